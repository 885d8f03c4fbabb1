// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Random pictures for tests.
#pragma once

#include <baldwin/core/image_set.hpp>

#include <cstddef>
#include <cstdint>
#include <random>

namespace baldwin::test {

/// Images with random pixels and labels below 10.
inline ImageSet random_images(std::size_t count, std::size_t channels, std::size_t height,
                              std::size_t width, std::uint32_t seed) {
    std::mt19937 random(seed);
    ImageSet set;
    set.images = Tensor<std::uint8_t>::from_shape({count, channels, height, width});
    for (auto& pixel : set.images) pixel = static_cast<std::uint8_t>(random() >> 24);
    for (std::size_t i = 0; i < count; ++i) {
        set.labels.push_back(static_cast<std::uint8_t>(random() % 10));
    }
    return set;
}

} // namespace baldwin::test

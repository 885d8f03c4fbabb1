// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A small data set for tests of programs: four kinds of noisy bars, as MNIST's four files.
#pragma once

#include <baldwin/core/random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace baldwin::test {

/// Side of the images of write_small_images, pixels.
inline constexpr std::size_t kSmallSide = 12;

/// Writes an idx file of bytes.
inline void write_idx(const std::filesystem::path& path, const std::vector<std::size_t>& extents,
                      const std::vector<std::uint8_t>& bytes) {
    std::ofstream out(path, std::ios::binary);
    const auto put = [&](std::size_t byte) { out.put(static_cast<char>(byte & 0xffU)); };
    put(0);
    put(0);
    put(8);
    put(extents.size());
    for (const std::size_t extent : extents) {
        for (const unsigned shift : {24U, 16U, 8U, 0U}) put(extent >> shift);
    }
    for (const std::uint8_t byte : bytes) put(byte);
}

/// Images of a bar at a random place, across or upright, in the first or the second half: the
/// four classes 0 to 3. Noise makes them hard enough to need a few epochs.
inline void write_small_part(const std::filesystem::path& folder, const std::string& prefix,
                             std::size_t count, const Stream& stream) {
    constexpr std::size_t kPixels = kSmallSide * kSmallSide;
    std::vector<std::uint8_t> images(count * kPixels);
    std::vector<std::uint8_t> labels(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Stream draws = stream.substream(i);
        labels[i] = static_cast<std::uint8_t>(i % 4);
        const bool is_upright = labels[i] % 2 == 1;
        const std::size_t half = labels[i] / 2 * (kSmallSide / 2);
        const std::size_t at = half + draws.below(kSmallSide / 2, 0);
        for (std::size_t p = 0; p < kPixels; ++p) {
            const std::size_t along = is_upright ? p % kSmallSide : p / kSmallSide;
            const std::uint64_t noise = draws.below(120, 1 + p);
            images[i * kPixels + p] = static_cast<std::uint8_t>(noise + (along == at ? 100U : 0U));
        }
    }
    write_idx(folder / (prefix + "-images-idx3-ubyte"), {count, kSmallSide, kSmallSide}, images);
    write_idx(folder / (prefix + "-labels-idx1-ubyte"), {count}, labels);
}

/// Writes the four files of a data set into an existing folder.
inline void write_small_images(const std::filesystem::path& folder, std::size_t train,
                               std::size_t test) {
    write_small_part(folder, "train", train, Stream(11, 1));
    write_small_part(folder, "t10k", test, Stream(11, 2));
}

} // namespace baldwin::test

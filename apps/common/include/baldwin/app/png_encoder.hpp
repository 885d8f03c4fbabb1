// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Compressed PNG for the rasters of SVG pictures.
#pragma once

#include <baldwin/core/svg.hpp>
#include <baldwin/io/png.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace baldwin::app {

/// What SvgOptions::encoder takes.
inline PngEncoder png_encoder() {
    return [](std::span<const std::uint8_t> pixels, std::size_t rows, std::size_t columns,
              std::size_t channels) {
        const auto bytes = io::png_bytes({.width = columns,
                                          .height = rows,
                                          .channels = channels,
                                          .pixels = {pixels.begin(), pixels.end()}});
        std::string text(bytes.size(), '\0');
        std::transform(bytes.begin(), bytes.end(), text.begin(),
                       [](std::byte byte) { return static_cast<char>(byte); });
        return text;
    };
}

} // namespace baldwin::app

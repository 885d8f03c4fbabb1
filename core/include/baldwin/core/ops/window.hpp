// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Windows that slide over images.
#pragma once

#include <baldwin/core/shape.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {

/// A window that slides over images: of a convolution or of a pooling. Extents in pixels.
struct Window {
    std::size_t height = 1;
    std::size_t width = 1;
    std::size_t stride_h = 1;
    std::size_t stride_w = 1;
    std::size_t pad_top = 0;
    std::size_t pad_bottom = 0;
    std::size_t pad_left = 0;
    std::size_t pad_right = 0;
    std::size_t dilation_h = 1;
    std::size_t dilation_w = 1;

    friend bool operator==(const Window&, const Window&) = default;
};

/// The window with the padding that makes the output ceil(input / stride), any odd pixel below
/// and to the right, as TensorFlow's SAME.
[[nodiscard]] inline Window same_padding(Window window, std::size_t height, std::size_t width) {
    const auto total = [](std::size_t extent, std::size_t span, std::size_t stride) {
        const std::size_t out = (extent + stride - 1) / stride;
        const std::size_t needed = (out - 1) * stride + span;
        return needed > extent ? needed - extent : 0;
    };
    const std::size_t span_h = (window.height - 1) * window.dilation_h + 1;
    const std::size_t span_w = (window.width - 1) * window.dilation_w + 1;
    const std::size_t rows = total(height, span_h, window.stride_h);
    const std::size_t columns = total(width, span_w, window.stride_w);
    window.pad_top = rows / 2;
    window.pad_bottom = rows - rows / 2;
    window.pad_left = columns / 2;
    window.pad_right = columns - columns / 2;
    return window;
}

namespace ops::detail {

/// \throws std::invalid_argument if x is no batch of images
inline void check_images(std::string_view name, const Shape& x) {
    if (x.rank() == 4) return;
    throw std::invalid_argument(std::string(name) + ": images (N, C, H, W) expected, got shape " +
                                to_string(x));
}

} // namespace ops::detail
} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Extents of a two-dimensional convolution, and the view of its weights.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace baldwin::kernels {

/// Extents of y = conv(x, w): x (batch, in_channels, height, width), w (out_channels,
/// in_channels / groups, kernel_h, kernel_w), y (batch, out_channels, out_height(), out_width()).
struct ConvGeometry {
    std::size_t batch = 1;
    std::size_t in_channels = 1;
    std::size_t height = 1;
    std::size_t width = 1;
    std::size_t out_channels = 1;
    std::size_t kernel_h = 1;
    std::size_t kernel_w = 1;
    std::size_t stride_h = 1;
    std::size_t stride_w = 1;
    std::size_t pad_top = 0; ///< rows of zeros above the image
    std::size_t pad_bottom = 0;
    std::size_t pad_left = 0;
    std::size_t pad_right = 0;
    std::size_t dilation_h = 1; ///< distance between neighbouring taps
    std::size_t dilation_w = 1;
    std::size_t groups = 1; ///< divides both channel counts; in_channels of them is depthwise

    /// Rows that the kernel spans, dilation included.
    [[nodiscard]] constexpr std::size_t span_h() const noexcept {
        return (kernel_h - 1) * dilation_h + 1;
    }
    [[nodiscard]] constexpr std::size_t span_w() const noexcept {
        return (kernel_w - 1) * dilation_w + 1;
    }
    [[nodiscard]] constexpr std::size_t out_height() const noexcept {
        return (height + pad_top + pad_bottom - span_h()) / stride_h + 1;
    }
    [[nodiscard]] constexpr std::size_t out_width() const noexcept {
        return (width + pad_left + pad_right - span_w()) / stride_w + 1;
    }
    [[nodiscard]] constexpr std::size_t in_pixels() const noexcept { return height * width; }
    [[nodiscard]] constexpr std::size_t out_pixels() const noexcept {
        return out_height() * out_width();
    }
    /// Channels of one group.
    [[nodiscard]] constexpr std::size_t group_in() const noexcept { return in_channels / groups; }
    [[nodiscard]] constexpr std::size_t group_out() const noexcept { return out_channels / groups; }
    [[nodiscard]] constexpr std::size_t taps() const noexcept { return kernel_h * kernel_w; }
};

/// Throws unless a convolution with these extents exists.
/// \throws std::invalid_argument that names the extent
inline void check(const ConvGeometry& g) {
    const auto require = [](bool holds, const char* what, std::size_t value) {
        if (holds) return;
        throw std::invalid_argument(std::string("conv2d: ") + what + ", got " +
                                    std::to_string(value));
    };
    require(g.kernel_h > 0, "kernel height must be >= 1", g.kernel_h);
    require(g.kernel_w > 0, "kernel width must be >= 1", g.kernel_w);
    require(g.stride_h > 0, "vertical stride must be >= 1", g.stride_h);
    require(g.stride_w > 0, "horizontal stride must be >= 1", g.stride_w);
    require(g.dilation_h > 0, "vertical dilation must be >= 1", g.dilation_h);
    require(g.dilation_w > 0, "horizontal dilation must be >= 1", g.dilation_w);
    require(g.in_channels > 0, "input channels must be >= 1", g.in_channels);
    require(g.out_channels > 0, "output channels must be >= 1", g.out_channels);
    require(g.groups > 0 && g.in_channels % g.groups == 0 && g.out_channels % g.groups == 0,
            "groups must be >= 1 and divide input and output channels", g.groups);
    require(g.height + g.pad_top + g.pad_bottom >= g.span_h(),
            "padded height must be at least the kernel's span", g.height);
    require(g.width + g.pad_left + g.pad_right >= g.span_w(),
            "padded width must be at least the kernel's span", g.width);
}

/// Weights of a convolution inside a larger block: the taps of one pair of channels lie side by
/// side at data + out_channel * plane_stride + in_channel_of_its_group * row_stride.
template <class T>
struct ConvWeights {
    T* data;
    std::size_t plane_stride;
    std::size_t row_stride;

    [[nodiscard]] T* at(std::size_t out_channel, std::size_t in_channel) const noexcept {
        return data + out_channel * plane_stride + in_channel * row_stride;
    }
    operator ConvWeights<const T>() const noexcept { return {data, plane_stride, row_stride}; }
};

} // namespace baldwin::kernels

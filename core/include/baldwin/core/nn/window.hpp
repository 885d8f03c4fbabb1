// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Windows that slide over images of any size: extents, strides and a rule for the padding, as
/// convolutions and pools describe them.
#pragma once

#include <baldwin/core/nn/layer.hpp>
#include <baldwin/core/ops/window.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace baldwin::nn {

/// A height and a width.
struct Extent2 {
    std::size_t height = 1;
    std::size_t width = 1;

    friend bool operator==(const Extent2&, const Extent2&) = default;
};

/// What surrounds an image.
///
/// `same` gives ceil(extent / stride) outputs, as TensorFlow does: where the total is odd the extra
/// row or column of zeros stands at the bottom or right.
struct Padding {
    enum class Kind { valid, same, amount };

    Kind kind = Kind::valid;
    Extent2 amount{0, 0}; ///< on each side, for Kind::amount

    static Padding valid() { return {}; }
    static Padding same() { return {Kind::same, {0, 0}}; }
    static Padding of(std::size_t rows, std::size_t columns) {
        return {Kind::amount, {rows, columns}};
    }
    friend bool operator==(const Padding&, const Padding&) = default;
};

/// A window before the size of the image is known.
struct WindowRule {
    Extent2 kernel = {};
    Extent2 stride = {};
    Padding padding = {};
    Extent2 dilation = {};

    /// Pixels that the window spans, dilation included.
    [[nodiscard]] Extent2 span() const {
        return {(kernel.height - 1) * dilation.height + 1, (kernel.width - 1) * dilation.width + 1};
    }
    friend bool operator==(const WindowRule&, const WindowRule&) = default;
};

namespace detail {

inline void check(const WindowRule& w) {
    require_positive("kernel height", w.kernel.height);
    require_positive("kernel width", w.kernel.width);
    require_positive("vertical stride", w.stride.height);
    require_positive("horizontal stride", w.stride.width);
    require_positive("vertical dilation", w.dilation.height);
    require_positive("horizontal dilation", w.dilation.width);
}

} // namespace detail

/// The window on images of \p height x \p width.
[[nodiscard]] inline Window window_on(const WindowRule& rule, std::size_t height,
                                      std::size_t width) {
    const Extent2 amount = rule.padding.amount;
    const Window window{.height = rule.kernel.height,
                        .width = rule.kernel.width,
                        .stride_h = rule.stride.height,
                        .stride_w = rule.stride.width,
                        .pad_top = amount.height,
                        .pad_bottom = amount.height,
                        .pad_left = amount.width,
                        .pad_right = amount.width,
                        .dilation_h = rule.dilation.height,
                        .dilation_w = rule.dilation.width};
    if (rule.padding.kind != Padding::Kind::same) return window;
    return same_padding(window, height, width);
}

/// Places of a window on images of \p height x \p width: the extents of the output.
/// \throws std::invalid_argument if an attribute is 0 or the window does not fit
[[nodiscard]] inline Extent2 places(const WindowRule& rule, std::size_t height, std::size_t width) {
    detail::check(rule);
    const Window window = window_on(rule, height, width);
    const std::size_t rows = height + window.pad_top + window.pad_bottom;
    const std::size_t columns = width + window.pad_left + window.pad_right;
    const Extent2 span = rule.span();
    if (rows < span.height || columns < span.width) {
        throw std::invalid_argument("a window of " + std::to_string(span.height) + "x" +
                                    std::to_string(span.width) + " does not fit an image of " +
                                    std::to_string(rows) + "x" + std::to_string(columns) +
                                    " (padding included)");
    }
    return {(rows - span.height) / rule.stride.height + 1,
            (columns - span.width) / rule.stride.width + 1};
}

/// Like window_on(), for the transposed convolution: the padding that it takes away.
///
/// `same` makes the output stride times the input where the window spans at least the stride; rows
/// that it cannot reach are added by extra().
[[nodiscard]] inline Window transposed_window(const WindowRule& rule) {
    Window window = window_on({rule.kernel, rule.stride, {}, rule.dilation}, 1, 1);
    const auto cut = [&](std::size_t span, std::size_t stride, std::size_t amount) {
        if (rule.padding.kind == Padding::Kind::same) return span > stride ? span - stride : 0;
        return 2 * amount;
    };
    const std::size_t rows =
        cut(rule.span().height, rule.stride.height, rule.padding.amount.height);
    const std::size_t columns =
        cut(rule.span().width, rule.stride.width, rule.padding.amount.width);
    window.pad_top = rows / 2;
    window.pad_bottom = rows - rows / 2;
    window.pad_left = columns / 2;
    window.pad_right = columns - columns / 2;
    return window;
}

/// Rows and columns that a transposed `same` window adds below and to the right.
[[nodiscard]] inline Extent2 transposed_extra(const WindowRule& rule) {
    if (rule.padding.kind != Padding::Kind::same) return {0, 0};
    const auto missing = [](std::size_t span, std::size_t stride) {
        return stride > span ? stride - span : 0;
    };
    return {missing(rule.span().height, rule.stride.height),
            missing(rule.span().width, rule.stride.width)};
}

} // namespace baldwin::nn

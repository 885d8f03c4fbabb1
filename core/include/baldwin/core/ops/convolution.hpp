// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Two-dimensional convolutions, plain and transposed, with weights that are views of a flat
/// vector.
#pragma once

#include <baldwin/core/kernels/conv.hpp>
#include <baldwin/core/kernels/rows.hpp>
#include <baldwin/core/ops/detail/broadcast.hpp>
#include <baldwin/core/ops/linear.hpp>
#include <baldwin/core/ops/window.hpp>
#include <baldwin/core/simd.hpp>
#include <baldwin/core/tape.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {

namespace ops {
namespace detail {

/// The extents that the kernels want.
inline kernels::ConvGeometry geometry(const Window& w, const Shape& x, std::size_t out_channels,
                                      std::size_t groups) {
    return {.batch = x[0],
            .in_channels = x[1],
            .height = x[2],
            .width = x[3],
            .out_channels = out_channels,
            .kernel_h = w.height,
            .kernel_w = w.width,
            .stride_h = w.stride_h,
            .stride_w = w.stride_w,
            .pad_top = w.pad_top,
            .pad_bottom = w.pad_bottom,
            .pad_left = w.pad_left,
            .pad_right = w.pad_right,
            .dilation_h = w.dilation_h,
            .dilation_w = w.dilation_w,
            .groups = groups};
}

template <class T>
kernels::ConvWeights<T> conv_weights(const Block<T>& block) {
    return {block.data, block.plane_stride, block.row_stride};
}

} // namespace detail

/// Cross-correlation with weights of planes = output channels, rows = input channels of a group,
/// columns = taps. Inputs on the tape: x, the vector that holds W, the vector that holds b (if
/// any).
struct Conv2d {
    static constexpr std::string_view kName = "conv2d";
    Window window;
    std::size_t groups = 1;
    Strides weight;
    Strides bias;
    bool has_bias = false;
    kernels::ConvGeometry geometry = {}; ///< set by forward

    /// z = conv(x, W) + B for any weights of this form; B or null.
    template <class T>
    void apply(const Executor& executor, Arena& arena, const Block<const T>& w, const T* b,
               const T* x, T* z) const {
        kernels::conv2d_forward<T>(executor, arena, geometry, x, detail::conv_weights(w), b, z);
    }
    /// c [+]= the transposed convolution of s; s as z above, c as x above.
    template <class T>
    void apply_transposed(const Executor& executor, Arena& arena, const Block<const T>& w,
                          const T* s, T* c, bool accumulate) const {
        kernels::conv2d_input_gradient<T>(executor, arena, geometry, s, detail::conv_weights(w), c,
                                          accumulate);
    }

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        detail::check_images(kName, x.shape());
        geometry = detail::geometry(window, x.shape(), weight.planes, groups);
        kernels::check(geometry);
        if (weight.rows * groups != x.shape()[1]) {
            throw std::invalid_argument("conv2d: " + std::to_string(weight.rows * groups) +
                                        " input channels expected, got shape " +
                                        to_string(x.shape()));
        }
        const auto y =
            f.output({x.shape()[0], weight.planes, geometry.out_height(), geometry.out_width()});
        const T* b = has_bias ? f.input(2).data() + bias.offset : nullptr;
        apply<T>(f.executor(), f.scratch(), {f.input(1).data(), weight}, b, x.data(), y.data());
    }
    template <class T>
    void backward(Backward<T>& b) {
        const T* g = b.gradient().data();
        if (const Sink<T> dx = b.sink(0)) {
            apply_transposed<T>(b.executor(), b.scratch(), {b.input(1).data(), weight}, g, dx.data,
                                dx.accumulate);
        }
        if (T* dw = b.accumulator(1)) {
            kernels::conv2d_weight_gradient<T>(b.executor(), b.scratch(), geometry,
                                               b.input(0).data(), g,
                                               detail::conv_weights(Block<T>(dw, weight)), true);
        }
        if (!has_bias) return;
        if (T* db = b.accumulator(2)) {
            kernels::channel_sums(b.executor(), b.scratch(), geometry.batch, geometry.out_channels,
                                  geometry.out_pixels(), g, db + bias.offset, true);
        }
    }
};

/// The transpose of a convolution: what its input gradient computes, used forwards. Weights of
/// planes = input channels, rows = output channels of a group, columns = taps.
struct ConvTranspose2d {
    static constexpr std::string_view kName = "conv2d_transposed";
    Window window;
    std::size_t groups = 1;
    std::size_t extra_h = 0; ///< rows added below the output
    std::size_t extra_w = 0; ///< columns added to the right of it
    Strides weight;
    Strides bias;
    bool has_bias = false;
    kernels::ConvGeometry geometry = {}; ///< of the plain convolution from output to input

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto y = f.output(output_shape(x.shape()));
        geometry = detail::geometry(window, y.shape(), weight.planes, groups);
        kernels::check(geometry);
        kernels::conv2d_input_gradient<T>(f.executor(), f.scratch(), geometry, x.data(),
                                          weights(f.input(1).data()), y.data(), false);
        if (has_bias) add_bias(f, f.input(2).data() + bias.offset, y);
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto g = b.gradient();
        if (const Sink<T> dx = b.sink(0)) {
            const std::size_t size = b.input(0).size();
            T* to = dx.accumulate ? b.template scratch<T>(size) : dx.data;
            kernels::conv2d_forward<T>(b.executor(), b.scratch(), geometry, g.data(),
                                       weights(b.input(1).data()), nullptr, to);
            const auto add = [](Pack<T> d, Pack<T> e) { return d + e; };
            if (dx.accumulate) map_into(size, add, dx.data, dx.data, to);
        }
        if (T* dw = b.accumulator(1)) {
            kernels::conv2d_weight_gradient<T>(b.executor(), b.scratch(), geometry, g.data(),
                                               b.input(0).data(),
                                               detail::conv_weights(Block<T>(dw, weight)), true);
        }
        if (!has_bias) return;
        if (T* db = b.accumulator(2)) {
            kernels::channel_sums(b.executor(), b.scratch(), geometry.batch, geometry.in_channels,
                                  geometry.in_pixels(), g.data(), db + bias.offset, true);
        }
    }

private:
    template <class T>
    [[nodiscard]] kernels::ConvWeights<const T> weights(const T* flat) const {
        return detail::conv_weights(Block<const T>(flat, weight));
    }
    template <class T>
    static void add_bias(Forward<T>& f, const T* b, TensorView<T> y) {
        const std::size_t pixels = y.shape()[2] * y.shape()[3];
        const std::size_t planes = y.shape()[0] * y.shape()[1];
        f.executor().chunks(planes, [&](std::size_t plane, std::size_t /*slot*/) {
            const Pack<T> shift = broadcast(b[plane % y.shape()[1]]);
            T* to = y.data() + plane * pixels;
            map_into(
                pixels, [shift](Pack<T> v) { return v + shift; }, to, to);
        });
    }
    [[nodiscard]] Shape output_shape(const Shape& x) const {
        detail::check_images(kName, x);
        if (weight.planes != x[1] || groups == 0 || x[1] % groups != 0) {
            throw std::invalid_argument("conv2d_transposed: " + std::to_string(weight.planes) +
                                        " input channels expected, got shape " + to_string(x));
        }
        const auto extent = [](std::size_t in, std::size_t stride, std::size_t span,
                               std::size_t extra, std::size_t pad) {
            const std::size_t full = (in - 1) * stride + span + extra;
            if (in == 0 || full <= pad || extra >= stride) {
                throw std::invalid_argument(
                    "conv2d_transposed: padding must be smaller than the output and the extra rows "
                    "and columns than the stride");
            }
            return full - pad;
        };
        return {x[0], weight.rows * groups,
                extent(x[2], window.stride_h, (window.height - 1) * window.dilation_h + 1, extra_h,
                       window.pad_top + window.pad_bottom),
                extent(x[3], window.stride_w, (window.width - 1) * window.dilation_w + 1, extra_w,
                       window.pad_left + window.pad_right)};
    }
};

namespace detail {

/// Checks the views of a convolution against the tape and its window.
template <class T>
void check_conv_views(const Tape<T>& tape, std::string_view name, const Window& window,
                      const WeightView& w, const WeightView& b, std::size_t out_channels) {
    check_view(tape, name, w);
    if (w.at.columns != window.height * window.width) {
        throw std::invalid_argument(std::string(name) + ": " +
                                    std::to_string(window.height * window.width) +
                                    " taps expected, got " + std::to_string(w.at.columns));
    }
    if (!b.source) return;
    check_view(tape, name, b);
    if (b.at.size() != out_channels || !b.at.is_compact()) {
        throw std::invalid_argument(std::string(name) + ": " + std::to_string(out_channels) +
                                    " adjacent biases expected, got " +
                                    std::to_string(b.at.size()));
    }
}

} // namespace detail
} // namespace ops

/// Two-dimensional cross-correlation.
/// \param x  (N, C, H, W)
/// \param w  planes = output channels, rows = C / groups, columns = window height * width;
///           narrowed views take the leading channels
/// \param b  one row of the output channels, or nothing
/// \throws std::invalid_argument if the sizes do not fit
template <class T>
Value conv2d(Tape<T>& tape, Value x, const WeightView& w, const WeightView& b, const Window& window,
             std::size_t groups = 1) {
    ops::detail::check_conv_views(tape, "conv2d", window, w, b, w.at.planes);
    const ops::Conv2d operation{window, groups, w.at, b.at, static_cast<bool>(b.source)};
    if (!b.source) return tape.apply(operation, {x, w.source});
    return tape.apply(operation, {x, w.source, b.source});
}

/// Transposed convolution: output extent (input - 1) * stride + span - padding + extra.
/// \param x        (N, C, H, W)
/// \param w        planes = C, rows = output channels / groups, columns = window height * width
/// \param b        one row of the output channels, or nothing
/// \param extra_h  rows added at the bottom, below the vertical stride; extra_w likewise
/// \throws std::invalid_argument if the sizes do not fit
template <class T>
Value conv2d_transposed(Tape<T>& tape, Value x, const WeightView& w, const WeightView& b,
                        const Window& window, std::size_t groups = 1, std::size_t extra_h = 0,
                        std::size_t extra_w = 0) {
    ops::detail::check_conv_views(tape, "conv2d_transposed", window, w, b, w.at.rows * groups);
    const ops::ConvTranspose2d operation{
        window, groups, extra_h, extra_w, w.at, b.at, static_cast<bool>(b.source)};
    if (!b.source) return tape.apply(operation, {x, w.source});
    return tape.apply(operation, {x, w.source, b.source});
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Layers with weight matrices and kernels: linear, convolution, transposed convolution.
#pragma once

#include <baldwin/core/nn/layer.hpp>
#include <baldwin/core/nn/window.hpp>
#include <baldwin/core/ops/convolution.hpp>
#include <baldwin/core/ops/layout.hpp>
#include <baldwin/core/ops/linear.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace baldwin::nn {

/// y = x W^T + b. Acts on the last axis; images (C, H, W) are flattened first, in that order.
///
/// Parameters: weight (outputs, inputs), bias (outputs).
struct Linear {
    static constexpr std::string_view kName = "linear";
    std::size_t outputs = 1;
    bool bias = true;

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require_positive("outputs", outputs);
        detail::require(x.rank() >= 1 && x.size() > 0, "needs samples with at least one axis", x);
        if (x.rank() > 2) return {outputs};
        Shape y = x;
        y[y.rank() - 1] = outputs;
        return y;
    }
    void declare(const Shape& x, Declaration& to) const {
        to.weight("weight", {outputs, inputs(x)}, inputs(x), outputs);
        if (bias) to.bias("bias", {outputs}, inputs(x), outputs);
    }
    [[nodiscard]] std::uint64_t macs(const Shape& x) const {
        return x.size() / inputs(x) * inputs(x) * outputs;
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        if (tape.shape(x).rank() > 3) x = flatten(tape, x);
        return linear(tape, x, a.parameters[0], detail::optional_view(a.parameters, 1));
    }
    friend bool operator==(const Linear&, const Linear&) = default;

private:
    static std::size_t inputs(const Shape& x) { return x.rank() > 2 ? x.size() : x.back(); }
};

/// Cross-correlation of images (C, H, W) with `channels` kernels.
///
/// Parameters: weight (channels, C / groups, kernel height, kernel width), bias (channels).
struct Convolution {
    static constexpr std::string_view kName = "conv";
    std::size_t channels = 1;
    WindowRule window = {};
    std::size_t groups = 1;
    bool depthwise = false; ///< as many groups as input channels, whatever `groups` says
    bool bias = true;

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require_image(x);
        detail::require_positive("channels", channels);
        const std::size_t g = groups_of(x);
        detail::require(g > 0 && x[0] % g == 0 && channels % g == 0,
                        "groups must divide input and output channels, here " + std::to_string(g) +
                            " groups, " + std::to_string(channels) + " output channels",
                        x);
        const Extent2 size = places(window, x[1], x[2]);
        return {channels, size.height, size.width};
    }
    void declare(const Shape& x, Declaration& to) const {
        const std::size_t taps = window.kernel.height * window.kernel.width;
        const std::size_t inputs = x[0] / groups_of(x);
        const std::size_t fan_out = channels / groups_of(x) * taps;
        to.weight("weight", {channels, inputs, window.kernel.height, window.kernel.width},
                  inputs * taps, fan_out);
        if (bias) to.bias("bias", {channels}, inputs * taps, fan_out);
    }
    [[nodiscard]] std::uint64_t macs(const Shape& x) const {
        const std::size_t taps = window.kernel.height * window.kernel.width;
        return output(x).size() * (x[0] / groups_of(x)) * taps;
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        const Shape shape = tape.shape(x);
        const WeightView& w = a.parameters[0];
        const std::size_t count = depthwise ? shape[1] : groups;
        return conv2d(tape, x, w, detail::optional_view(a.parameters, 1),
                      window_on(window, shape[2], shape[3]), count);
    }
    friend bool operator==(const Convolution&, const Convolution&) = default;

private:
    [[nodiscard]] std::size_t groups_of(const Shape& x) const { return depthwise ? x[0] : groups; }
};

/// The transpose of a convolution: images grow by the stride.
///
/// Parameters: weight (C, channels / groups, kernel height, kernel width), bias (channels).
struct TransposedConvolution {
    static constexpr std::string_view kName = "transposed_conv";
    std::size_t channels = 1;
    WindowRule window = {};
    std::size_t groups = 1;
    bool bias = true;

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require_image(x);
        detail::require_positive("channels", channels);
        detail::check(window);
        detail::require(groups > 0 && x[0] % groups == 0 && channels % groups == 0,
                        "groups must divide input and output channels", x);
        const Window w = transposed_window(window);
        const Extent2 extra = transposed_extra(window);
        const Extent2 span = window.span();
        const std::size_t rows = (x[1] - 1) * w.stride_h + span.height + extra.height;
        const std::size_t columns = (x[2] - 1) * w.stride_w + span.width + extra.width;
        detail::require(x[1] > 0 && x[2] > 0 && rows > w.pad_top + w.pad_bottom &&
                            columns > w.pad_left + w.pad_right,
                        "padding must leave something of the output", x);
        return {channels, rows - w.pad_top - w.pad_bottom, columns - w.pad_left - w.pad_right};
    }
    void declare(const Shape& x, Declaration& to) const {
        const std::size_t taps = window.kernel.height * window.kernel.width;
        // each output pixel is reached by about taps / stride^2 taps of every input channel
        const std::size_t steps = window.stride.height * window.stride.width;
        const std::size_t fan_in = std::max<std::size_t>(1, x[0] / groups * taps / steps);
        const std::size_t fan_out = channels / groups * taps;
        to.weight("weight", {x[0], channels / groups, window.kernel.height, window.kernel.width},
                  fan_in, fan_out);
        if (bias) to.bias("bias", {channels}, fan_in, fan_out);
    }
    [[nodiscard]] std::uint64_t macs(const Shape& x) const {
        return x.size() * (channels / groups) * window.kernel.height * window.kernel.width;
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        const Extent2 extra = transposed_extra(window);
        return conv2d_transposed(tape, x, a.parameters[0], detail::optional_view(a.parameters, 1),
                                 transposed_window(window), groups, extra.height, extra.width);
    }
    friend bool operator==(const TransposedConvolution&, const TransposedConvolution&) = default;
};

/// (C, H, W), or any other sample, as one axis.
struct Flatten {
    static constexpr std::string_view kName = "flatten";

    [[nodiscard]] Shape output(const Shape& x) const { return {x.size()}; }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& /*a*/) const {
        return flatten(tape, x);
    }
    friend bool operator==(const Flatten&, const Flatten&) = default;
};

/// The elements of a sample under other extents of the same product, such as rows as time steps.
struct Reshape {
    static constexpr std::string_view kName = "reshape";
    Shape shape = {};

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require(shape.rank() < Shape::kMaxRank && shape.size() == x.size(),
                        "needs as many elements as " + to_string(shape), x);
        return shape;
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& /*a*/) const {
        Shape batch(std::span<const std::size_t>(shape.begin(), shape.rank() + 1));
        for (std::size_t axis = shape.rank(); axis > 0; --axis) batch[axis] = shape[axis - 1];
        batch[0] = tape.shape(x)[0];
        return reshape(tape, x, batch);
    }
    friend bool operator==(const Reshape&, const Reshape&) = default;
};

} // namespace baldwin::nn

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Pooling layers: images (C, H, W) become smaller.
#pragma once

#include <baldwin/core/nn/layer.hpp>
#include <baldwin/core/nn/window.hpp>
#include <baldwin/core/ops/pooling.hpp>

#include <string_view>

namespace baldwin::nn {
namespace detail {

inline Shape pooled(const WindowRule& window, const Shape& x) {
    require_image(x);
    const Extent2 size = places(window, x[1], x[2]);
    return {x[0], size.height, size.width};
}

} // namespace detail

/// The largest element of each window; padding never wins.
struct MaxPool {
    static constexpr std::string_view kName = "max_pool";
    WindowRule window = {}; ///< not dilated

    [[nodiscard]] Shape output(const Shape& x) const { return detail::pooled(window, x); }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& /*a*/) const {
        const Shape shape = tape.shape(x);
        return max_pool2d(tape, x, window_on(window, shape[2], shape[3]));
    }
    friend bool operator==(const MaxPool&, const MaxPool&) = default;
};

/// The mean of each window; at the border of what lies inside the image.
struct AveragePool {
    static constexpr std::string_view kName = "average_pool";
    WindowRule window = {}; ///< not dilated

    [[nodiscard]] Shape output(const Shape& x) const { return detail::pooled(window, x); }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& /*a*/) const {
        const Shape shape = tape.shape(x);
        return average_pool2d(tape, x, window_on(window, shape[2], shape[3]));
    }
    friend bool operator==(const AveragePool&, const AveragePool&) = default;
};

/// The mean of each channel: (C, H, W) to (C).
struct GlobalAveragePool {
    static constexpr std::string_view kName = "global_average_pool";

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require_image(x);
        return {x[0]};
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& /*a*/) const {
        return global_average_pool(tape, x);
    }
    friend bool operator==(const GlobalAveragePool&, const GlobalAveragePool&) = default;
};

} // namespace baldwin::nn

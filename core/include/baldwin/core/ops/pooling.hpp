// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Maximum and average pooling of images.
#pragma once

#include <baldwin/core/kernels/pool.hpp>
#include <baldwin/core/ops/window.hpp>
#include <baldwin/core/tape.hpp>

#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace baldwin {
namespace ops {
namespace detail {

/// The extents that the kernels want.
/// \throws std::invalid_argument if the window does not fit the images
inline kernels::PoolGeometry pool_geometry(std::string_view name, const Window& w, const Shape& x) {
    check_images(name, x);
    if (w.dilation_h != 1 || w.dilation_w != 1) {
        throw std::invalid_argument("pool: windows are not dilated, dilation must be 1");
    }
    const kernels::PoolGeometry geometry{.planes = x[0] * x[1],
                                         .height = x[2],
                                         .width = x[3],
                                         .window_h = w.height,
                                         .window_w = w.width,
                                         .stride_h = w.stride_h,
                                         .stride_w = w.stride_w,
                                         .pad_top = w.pad_top,
                                         .pad_bottom = w.pad_bottom,
                                         .pad_left = w.pad_left,
                                         .pad_right = w.pad_right};
    kernels::check(geometry);
    return geometry;
}

} // namespace detail

/// The largest element of each window; of equal ones the first in row-major order.
struct MaxPool2d {
    static constexpr std::string_view kName = "max_pool2d";
    Window window;
    kernels::PoolGeometry geometry = {};           ///< set by forward
    const kernels::WindowIndex* winners = nullptr; ///< place of each maximum in its window

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        geometry = detail::pool_geometry(kName, window, x.shape());
        const auto y =
            f.output({x.shape()[0], x.shape()[1], geometry.out_height(), geometry.out_width()});
        auto* places = f.is_recording() ? f.template save<kernels::WindowIndex>(y.size()) : nullptr;
        kernels::max_pool_forward(f.executor(), geometry, x.data(), y.data(), places);
        winners = places;
    }
    template <class T>
    void backward(Backward<T>& b) {
        if (const Sink<T> dx = b.sink(0)) {
            kernels::max_pool_backward(b.executor(), geometry, b.gradient().data(), winners,
                                       dx.data, dx.accumulate);
        }
    }
};

/// The mean of each window.
struct AveragePool2d {
    static constexpr std::string_view kName = "average_pool2d";
    Window window;
    bool count_padding = false; ///< divide by the whole window at the border too
    kernels::PoolGeometry geometry = {};

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        geometry = detail::pool_geometry(kName, window, x.shape());
        const auto y =
            f.output({x.shape()[0], x.shape()[1], geometry.out_height(), geometry.out_width()});
        kernels::average_pool_forward(f.executor(), geometry, count_padding, x.data(), y.data());
    }
    template <class T>
    void backward(Backward<T>& b) {
        if (const Sink<T> dx = b.sink(0)) {
            kernels::average_pool_backward(b.executor(), geometry, count_padding,
                                           b.gradient().data(), dx.data, dx.accumulate);
        }
    }
};

/// The mean of each channel of each image.
struct GlobalAveragePool {
    static constexpr std::string_view kName = "global_average_pool";

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        detail::check_images(kName, x.shape());
        const auto y = f.output({x.shape()[0], x.shape()[1]});
        kernels::global_average_forward(f.executor(), y.size(), x.shape().size_from(2), x.data(),
                                        y.data());
    }
    template <class T>
    void backward(Backward<T>& b) {
        if (const Sink<T> dx = b.sink(0)) {
            const Shape shape = b.input(0).shape();
            kernels::global_average_backward(b.executor(), shape[0] * shape[1], shape.size_from(2),
                                             b.gradient().data(), dx.data, dx.accumulate);
        }
    }
};

} // namespace ops

/// The largest element of each window of \p x (N, C, H, W). Padding never wins.
/// \throws std::invalid_argument if the window does not fit
template <class T>
Value max_pool2d(Tape<T>& tape, Value x, const Window& window) {
    return tape.apply(ops::MaxPool2d{window}, {x});
}
/// The mean of each window of \p x (N, C, H, W).
/// \param count_padding  divide by the size of the window where it hangs over the border too
/// \throws std::invalid_argument if the window does not fit
template <class T>
Value average_pool2d(Tape<T>& tape, Value x, const Window& window, bool count_padding = false) {
    return tape.apply(ops::AveragePool2d{window, count_padding}, {x});
}
/// (N, C, H, W) to the channel means (N, C).
template <class T>
Value global_average_pool(Tape<T>& tape, Value x) {
    return tape.apply(ops::GlobalAveragePool{}, {x});
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Maximum and average pooling over windows of images, forwards and backwards.
#pragma once

#include <baldwin/core/kernels/detail/pool_halves.hpp>
#include <baldwin/core/kernels/rows.hpp>
#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace baldwin::kernels {

/// Extents of a pooling: x (planes, height, width), y (planes, out_height(), out_width()).
struct PoolGeometry {
    std::size_t planes = 1; ///< batch * channels
    std::size_t height = 1;
    std::size_t width = 1;
    std::size_t window_h = 1;
    std::size_t window_w = 1;
    std::size_t stride_h = 1;
    std::size_t stride_w = 1;
    std::size_t pad_top = 0; ///< less than the window, so that each window meets the image
    std::size_t pad_bottom = 0;
    std::size_t pad_left = 0;
    std::size_t pad_right = 0;

    [[nodiscard]] constexpr std::size_t out_height() const noexcept {
        return (height + pad_top + pad_bottom - window_h) / stride_h + 1;
    }
    [[nodiscard]] constexpr std::size_t out_width() const noexcept {
        return (width + pad_left + pad_right - window_w) / stride_w + 1;
    }
    /// Whether these are 2x2 windows at stride 2 without padding, for which there is a faster way.
    [[nodiscard]] constexpr bool is_halving() const noexcept {
        return window_h == 2 && window_w == 2 && stride_h == 2 && stride_w == 2 &&
               pad_top + pad_bottom + pad_left + pad_right == 0;
    }
    [[nodiscard]] constexpr std::size_t in_pixels() const noexcept { return height * width; }
    [[nodiscard]] constexpr std::size_t out_pixels() const noexcept {
        return out_height() * out_width();
    }
};

/// Place of a maximum in its window, row-major: dy * window_w + dx.
using WindowIndex = std::uint16_t;

/// Throws unless a pooling with these extents exists.
/// \throws std::invalid_argument that names the extent
inline void check(const PoolGeometry& g) {
    const auto require = [](bool holds, const char* what, std::size_t value) {
        if (holds) return;
        throw std::invalid_argument(std::string("pool: ") + what + ", got " +
                                    std::to_string(value));
    };
    require(g.window_h > 0, "window height must be >= 1", g.window_h);
    require(g.window_w > 0, "window width must be >= 1", g.window_w);
    require(g.window_h * g.window_w <= 65536, "window must have at most 65536 elements",
            g.window_h * g.window_w);
    require(g.stride_h > 0, "vertical stride must be >= 1", g.stride_h);
    require(g.stride_w > 0, "horizontal stride must be >= 1", g.stride_w);
    require(std::max(g.pad_top, g.pad_bottom) < g.window_h,
            "vertical padding must be less than the window", std::max(g.pad_top, g.pad_bottom));
    require(std::max(g.pad_left, g.pad_right) < g.window_w,
            "horizontal padding must be less than the window", std::max(g.pad_left, g.pad_right));
    require(g.height + g.pad_top + g.pad_bottom >= g.window_h,
            "padded height must be at least the window's", g.height);
    require(g.width + g.pad_left + g.pad_right >= g.window_w,
            "padded width must be at least the window's", g.width);
}

namespace detail {

/// The part of one window that lies inside the image.
struct Window {
    Range rows;
    Range columns;
    std::size_t first_dy; ///< place of rows.begin in the window
    std::size_t first_dx;

    [[nodiscard]] std::size_t size() const noexcept { return rows.size() * columns.size(); }
};

[[nodiscard]] inline Window window_at(const PoolGeometry& g, std::size_t y,
                                      std::size_t x) noexcept {
    const std::size_t top = std::max(y * g.stride_h, g.pad_top);
    const std::size_t left = std::max(x * g.stride_w, g.pad_left);
    const std::size_t bottom = std::min(y * g.stride_h + g.window_h, g.pad_top + g.height);
    const std::size_t right = std::min(x * g.stride_w + g.window_w, g.pad_left + g.width);
    return {{top - g.pad_top, std::max(bottom, top) - g.pad_top},
            {left - g.pad_left, std::max(right, left) - g.pad_left},
            top - y * g.stride_h,
            left - x * g.stride_w};
}

/// Runs f(plane) for all planes, in chunks of some ten thousand elements.
template <class F>
void each_plane(const Executor& executor, std::size_t planes, std::size_t elements, F&& f) {
    constexpr std::size_t kElementsPerChunk = 32768;
    if (planes == 0) return;
    const std::size_t chunks =
        std::clamp<std::size_t>(planes * elements / kElementsPerChunk, 1, planes);
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range range = part(planes, chunks, chunk);
        for (std::size_t plane = range.begin; plane < range.end; ++plane) f(plane);
    });
}

template <class T>
void max_pool_plane(const PoolGeometry& g, const T* x, T* y, WindowIndex* winners) {
    if (g.is_halving()) return max_pool_halves(g.height, g.width, x, y, winners);
    for (std::size_t i = 0; i < g.out_height(); ++i) {
        for (std::size_t j = 0; j < g.out_width(); ++j) {
            const Window w = window_at(g, i, j);
            T best = x[w.rows.begin * g.width + w.columns.begin];
            std::size_t winner = w.first_dy * g.window_w + w.first_dx;
            for (std::size_t r = w.rows.begin; r < w.rows.end; ++r) {
                for (std::size_t c = w.columns.begin; c < w.columns.end; ++c) {
                    const T value = x[r * g.width + c];
                    if (!beats(value, best)) continue;
                    best = value;
                    winner = (w.first_dy + r - w.rows.begin) * g.window_w + w.first_dx + c -
                             w.columns.begin;
                }
            }
            *y++ = best;
            if (winners) *winners++ = static_cast<WindowIndex>(winner);
        }
    }
}

template <class T>
void max_pool_plane_back(const PoolGeometry& g, const T* dy, const WindowIndex* winners, T* dx,
                         bool accumulate) {
    const bool leaves_gaps = !g.is_halving() || g.height % 2 != 0 || g.width % 2 != 0;
    if (!accumulate && leaves_gaps) std::fill_n(dx, g.in_pixels(), T{0});
    if (g.is_halving()) {
        return max_pool_halves_back(g.height, g.width, dy, winners, dx, accumulate);
    }
    for (std::size_t i = 0; i < g.out_height(); ++i) {
        for (std::size_t j = 0; j < g.out_width(); ++j, ++dy, ++winners) {
            const std::size_t row = i * g.stride_h + *winners / g.window_w - g.pad_top;
            const std::size_t column = j * g.stride_w + *winners % g.window_w - g.pad_left;
            dx[row * g.width + column] += *dy;
        }
    }
}

template <class T>
[[nodiscard]] T average_weight(const PoolGeometry& g, const Window& window,
                               bool count_padding) noexcept {
    const std::size_t count = count_padding ? g.window_h * g.window_w : window.size();
    return T{1} / static_cast<T>(count);
}

template <class T>
void average_pool_plane(const PoolGeometry& g, bool count_padding, const T* x, T* y) {
    for (std::size_t i = 0; i < g.out_height(); ++i) {
        for (std::size_t j = 0; j < g.out_width(); ++j) {
            const Window w = window_at(g, i, j);
            T sum = 0;
            for (std::size_t r = w.rows.begin; r < w.rows.end; ++r) {
                for (std::size_t c = w.columns.begin; c < w.columns.end; ++c) {
                    sum += x[r * g.width + c];
                }
            }
            *y++ = sum * average_weight<T>(g, w, count_padding);
        }
    }
}

template <class T>
void average_pool_plane_back(const PoolGeometry& g, bool count_padding, const T* dy, T* dx) {
    for (std::size_t i = 0; i < g.out_height(); ++i) {
        for (std::size_t j = 0; j < g.out_width(); ++j) {
            const Window w = window_at(g, i, j);
            const T share = *dy++ * average_weight<T>(g, w, count_padding);
            for (std::size_t r = w.rows.begin; r < w.rows.end; ++r) {
                for (std::size_t c = w.columns.begin; c < w.columns.end; ++c) {
                    dx[r * g.width + c] += share;
                }
            }
        }
    }
}

} // namespace detail

/// Largest element of each window; padding never wins. The first maximum in row-major window order
/// wins a tie, and the last NaN any window.
/// \param x        shape (planes, height, width)
/// \param y        shape (planes, out_height, out_width)
/// \param winners  as y, or nullptr: where each maximum stands in its window
template <class T>
void max_pool_forward(const Executor& executor, const PoolGeometry& geometry, const T* x, T* y,
                      WindowIndex* winners) {
    const PoolGeometry& g = geometry;
    detail::each_plane(executor, g.planes, g.in_pixels(), [&](std::size_t plane) {
        detail::max_pool_plane(g, x + plane * g.in_pixels(), y + plane * g.out_pixels(),
                               winners ? winners + plane * g.out_pixels() : nullptr);
    });
}

/// dx [+]= each dy at the place of the maximum it came from.
/// \param dy  shape (planes, out_height, out_width)
/// \param winners  as max_pool_forward wrote them
/// \param dx  shape (planes, height, width); every element is written
template <class T>
void max_pool_backward(const Executor& executor, const PoolGeometry& geometry, const T* dy,
                       const WindowIndex* winners, T* dx, bool accumulate) {
    const PoolGeometry& g = geometry;
    detail::each_plane(executor, g.planes, g.in_pixels(), [&](std::size_t plane) {
        detail::max_pool_plane_back(g, dy + plane * g.out_pixels(),
                                    winners + plane * g.out_pixels(), dx + plane * g.in_pixels(),
                                    accumulate);
    });
}

/// Mean of each window.
/// \param count_padding  divide by the window's size even where it hangs over the edge
/// \param x  shape (planes, height, width)
/// \param y  shape (planes, out_height, out_width)
template <class T>
void average_pool_forward(const Executor& executor, const PoolGeometry& geometry,
                          bool count_padding, const T* x, T* y) {
    const PoolGeometry& g = geometry;
    detail::each_plane(executor, g.planes, g.in_pixels(), [&](std::size_t plane) {
        detail::average_pool_plane(g, count_padding, x + plane * g.in_pixels(),
                                   y + plane * g.out_pixels());
    });
}

/// dx [+]= each dy shared out over its window.
/// \param dy  shape (planes, out_height, out_width)
/// \param dx  shape (planes, height, width); every element is written
template <class T>
void average_pool_backward(const Executor& executor, const PoolGeometry& geometry,
                           bool count_padding, const T* dy, T* dx, bool accumulate) {
    const PoolGeometry& g = geometry;
    detail::each_plane(executor, g.planes, g.in_pixels(), [&](std::size_t plane) {
        T* out = dx + plane * g.in_pixels();
        if (!accumulate) std::fill_n(out, g.in_pixels(), T{0});
        detail::average_pool_plane_back(g, count_padding, dy + plane * g.out_pixels(), out);
    });
}

/// Mean of each plane.
/// \param x  shape (planes, pixels)
/// \param y  shape (planes)
template <class T>
void global_average_forward(const Executor& executor, std::size_t planes, std::size_t pixels,
                            const T* x, T* y) {
    const T share = T{1} / static_cast<T>(pixels);
    detail::each_plane(executor, planes, pixels, [&](std::size_t plane) {
        y[plane] = detail::lane_sum(x + plane * pixels, pixels) * share;
    });
}

/// dx [+]= each dy shared out over its plane.
/// \param dy  shape (planes)
/// \param dx  shape (planes, pixels); every element is written
template <class T>
void global_average_backward(const Executor& executor, std::size_t planes, std::size_t pixels,
                             const T* dy, T* dx, bool accumulate) {
    const T share = T{1} / static_cast<T>(pixels);
    detail::each_plane(executor, planes, pixels, [&](std::size_t plane) {
        const T value = dy[plane] * share;
        T* out = dx + plane * pixels;
        if (!accumulate) return static_cast<void>(std::fill_n(out, pixels, value));
        for (std::size_t i = 0; i < pixels; ++i) out[i] += value;
    });
}

} // namespace baldwin::kernels

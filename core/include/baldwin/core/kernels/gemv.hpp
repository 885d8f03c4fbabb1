// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Matrix times vector: a linear layer at batch size 1, at the speed of memory.
#pragma once

#include <baldwin/core/kernels/detail/pack.hpp>
#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <cstddef>

namespace baldwin::kernels {

/// Extents of y = W x.
struct GemvShape {
    std::size_t rows;    ///< of W, elements of y
    std::size_t columns; ///< of W, elements of x
};

/// What else a matrix-vector product adds.
template <class T>
struct GemvOptions {
    bool accumulate = false; ///< add to what y holds
    const T* bias = nullptr; ///< (rows)
};

namespace detail {

/// Dot products of \p Rows rows with one vector: each sums in lanes, element i in lane i modulo
/// kLanes, then over the lanes.
template <class T, std::size_t Rows>
[[gnu::always_inline]] inline void dot_rows(const T* w, std::size_t stride, const T* x,
                                            std::size_t columns, T* sums) {
    Pack<T> lanes[Rows];
    unroll<Rows>([&](auto r) __attribute__((always_inline)) { lanes[r] = Pack<T>{}; });
    Pack<T> factor;
    Pack<T> weights;
    std::size_t i = 0;
    for (; i + kLanes<T> <= columns; i += kLanes<T>) {
        load(factor, x + i);
        unroll<Rows>([&](auto r) __attribute__((always_inline)) {
            load(weights, w + r * stride + i);
            multiply_add(lanes[r], weights, factor);
        });
    }
    if (i < columns) {
        load_part(factor, x + i, columns - i);
        unroll<Rows>([&](auto r) __attribute__((always_inline)) {
            load_part(weights, w + r * stride + i, columns - i);
            multiply_add(lanes[r], weights, factor);
        });
    }
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
        sums[r] = horizontal_sum<T>(lanes[r]);
    });
}

template <class T>
void gemv_rows(Range rows, std::size_t columns, const T* w, std::size_t stride, const T* x, T* y,
               const GemvOptions<T>& options) {
    constexpr std::size_t kStep = 4;
    const auto put = [&](std::size_t row, T sum) {
        if (options.accumulate) sum = y[row] + sum;
        y[row] = options.bias ? sum + options.bias[row] : sum;
    };
    std::size_t row = rows.begin;
    for (; row + kStep <= rows.end; row += kStep) {
        T sums[kStep];
        dot_rows<T, kStep>(w + row * stride, stride, x, columns, sums);
        for (std::size_t r = 0; r < kStep; ++r) put(row + r, sums[r]);
    }
    for (; row < rows.end; ++row) {
        T sum;
        dot_rows<T, 1>(w + row * stride, stride, x, columns, &sum);
        put(row, sum);
    }
}

} // namespace detail

/// y [+]= W x [+ bias]; W is row-major with \p row_stride, x and y are compact.
/// \cost reads W once
template <class T>
void gemv(const Executor& executor, const GemvShape& shape, const T* w, std::size_t row_stride,
          const T* x, T* y, const GemvOptions<T>& options = {}) {
    constexpr std::size_t kElementsPerChunk = 65536;
    const std::size_t chunks =
        std::clamp<std::size_t>(shape.rows * shape.columns / kElementsPerChunk, 1,
                                std::max<std::size_t>(shape.rows / 4, 1));
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
        detail::gemv_rows(part(shape.rows, chunks, chunk, 4), shape.columns, w, row_stride, x, y,
                          options);
    });
}

} // namespace baldwin::kernels

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Matrix times vector: a linear layer at batch size 1, at the speed of memory.
#pragma once

#include <baldwin/core/kernels/detail/packing.hpp>
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

/// Rows that go through the vector together.
inline constexpr std::size_t kDotRows = 8;

/// sums[r] = sum of the lanes of packs[r], each in the order of horizontal_sum.
template <class T>
[[gnu::always_inline]] inline void horizontal_sums(Pack<T> (&packs)[kDotRows], T* sums) {
    constexpr std::size_t kLanesNow = kLanes<T>;
    unroll<kDotRows / kLanesNow>([&](auto group) __attribute__((always_inline)) {
        Pack<T> block[kLanesNow];
        unroll<kLanesNow>([&](auto r) __attribute__((always_inline)) {
            block[r] = packs[group * kLanesNow + r];
        });
        transpose_block(block);
        if constexpr (kLanesNow == 8) {
            unroll<4>([&](auto i) __attribute__((always_inline)) { block[i] += block[i + 4]; });
        }
        block[0] += block[2];
        block[1] += block[3];
        block[0] += block[1];
        store(sums + group * kLanesNow, block[0]);
    });
}

/// Dot products of eight rows with one vector: each sums in lanes, element i in lane i modulo
/// kLanes, then over the lanes.
template <class T>
[[gnu::always_inline]] inline void dot_rows(const T* w, std::size_t stride, const T* x,
                                            std::size_t columns, T* sums) {
    Pack<T> lanes[kDotRows];
    const T* rows[kDotRows];
    unroll<kDotRows>([&](auto r) __attribute__((always_inline)) {
        lanes[r] = Pack<T>{};
        rows[r] = w + r * stride;
    });
    Pack<T> factor;
    Pack<T> weights;
    std::size_t i = 0;
    for (; i + kLanes<T> <= columns; i += kLanes<T>) {
        load(factor, x + i);
        unroll<kDotRows>([&](auto r) __attribute__((always_inline)) {
            load(weights, rows[r] + i);
            multiply_add(lanes[r], weights, factor);
        });
    }
    if (i < columns) {
        load_part(factor, x + i, columns - i);
        unroll<kDotRows>([&](auto r) __attribute__((always_inline)) {
            load_part(weights, rows[r] + i, columns - i);
            multiply_add(lanes[r], weights, factor);
        });
    }
    horizontal_sums<T>(lanes, sums);
}

/// One row, with the same bits.
template <class T>
[[nodiscard]] T dot_row(const T* w, const T* x, std::size_t columns) {
    Pack<T> lanes{};
    Pack<T> factor;
    Pack<T> weights;
    std::size_t i = 0;
    for (; i + kLanes<T> <= columns; i += kLanes<T>) {
        load(factor, x + i);
        load(weights, w + i);
        multiply_add(lanes, weights, factor);
    }
    if (i < columns) {
        load_part(factor, x + i, columns - i);
        load_part(weights, w + i, columns - i);
        multiply_add(lanes, weights, factor);
    }
    return horizontal_sum<T>(lanes);
}

template <class T>
void gemv_rows(Range rows, std::size_t columns, const T* w, std::size_t stride, const T* x, T* y,
               const GemvOptions<T>& options) {
    const auto put = [&](std::size_t row, T sum) {
        if (options.accumulate) sum = y[row] + sum;
        y[row] = options.bias ? sum + options.bias[row] : sum;
    };
    std::size_t row = rows.begin;
    for (; row + kDotRows <= rows.end; row += kDotRows) {
        T sums[kDotRows];
        dot_rows(w + row * stride, stride, x, columns, sums);
        for (std::size_t r = 0; r < kDotRows; ++r) put(row + r, sums[r]);
    }
    for (; row < rows.end; ++row) put(row, dot_row(w + row * stride, x, columns));
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
                                std::max<std::size_t>(shape.rows / detail::kDotRows, 1));
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
        detail::gemv_rows(part(shape.rows, chunks, chunk, detail::kDotRows), shape.columns, w,
                          row_stride, x, y, options);
    });
}

} // namespace baldwin::kernels

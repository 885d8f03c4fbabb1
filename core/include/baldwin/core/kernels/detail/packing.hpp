// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Copies parts of a matrix into the order in which the inner kernel reads them.
#pragma once

#include <baldwin/core/kernels/detail/micro.hpp>
#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace baldwin::kernels::detail {

/// Swaps the rows and columns of a square block held in packs.
[[gnu::always_inline]] inline void transpose_block(Pack<float> (&x)[8]) {
    Pack<float> pairs[8];
    Pack<float> quads[8];
    unroll<4>([&](auto i) __attribute__((always_inline)) {
        const auto& a = x[2 * i];
        const auto& b = x[2 * i + 1];
        pairs[2 * i] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
        pairs[2 * i + 1] = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
    });
    unroll<2>([&](auto half) __attribute__((always_inline)) {
        unroll<2>([&](auto i) __attribute__((always_inline)) {
            const auto& a = pairs[4 * half + i];
            const auto& b = pairs[4 * half + i + 2];
            quads[4 * half + 2 * i] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
            quads[4 * half + 2 * i + 1] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
        });
    });
    unroll<4>([&](auto i) __attribute__((always_inline)) {
        const auto& a = quads[i];
        const auto& b = quads[i + 4];
        x[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
        x[i + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
    });
}
[[gnu::always_inline]] inline void transpose_block(Pack<double> (&x)[4]) {
    const Pack<double> a = __builtin_shufflevector(x[0], x[1], 0, 4, 2, 6);
    const Pack<double> b = __builtin_shufflevector(x[0], x[1], 1, 5, 3, 7);
    const Pack<double> c = __builtin_shufflevector(x[2], x[3], 0, 4, 2, 6);
    const Pack<double> d = __builtin_shufflevector(x[2], x[3], 1, 5, 3, 7);
    x[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    x[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    x[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    x[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

/// to[j * to_stride + i] = from[i * from_stride + j] for one square block.
template <class T>
[[gnu::always_inline]] inline void transpose_block(const T* from, std::size_t from_stride, T* to,
                                                   std::size_t to_stride) {
    Pack<T> block[kLanes<T>];
    unroll<kLanes<T>>([&](auto i) __attribute__((always_inline)) {
        load(block[i], from + i * from_stride);
    });
    transpose_block(block);
    unroll<kLanes<T>>([&](auto i)
                          __attribute__((always_inline)) { store(to + i * to_stride, block[i]); });
}

/// The same for any extents: to is (columns, rows).
template <class T>
void transpose_into(std::size_t rows, std::size_t columns, const T* from, std::size_t from_stride,
                    T* to, std::size_t to_stride) {
    constexpr std::size_t kStep = kLanes<T>;
    const std::size_t full_rows = rows / kStep * kStep;
    const std::size_t full_columns = columns / kStep * kStep;
    const auto single = [&](std::size_t i, std::size_t j) {
        to[j * to_stride + i] = from[i * from_stride + j];
    };
    for (std::size_t i = 0; i < full_rows; i += kStep) {
        for (std::size_t j = 0; j < full_columns; j += kStep) {
            transpose_block(from + i * from_stride + j, from_stride, to + j * to_stride + i,
                            to_stride);
        }
        for (std::size_t j = full_columns; j < columns; ++j) {
            for (std::size_t lane = 0; lane < kStep; ++lane) single(i + lane, j);
        }
    }
    for (std::size_t i = full_rows; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) single(i, j);
    }
}

/// One factor of a product seen as vectors along the summed index k.
template <class T>
struct Operand {
    const T* data;
    std::size_t stride;
    std::size_t extent; ///< number of vectors
    bool unit_inner;    ///< element (e, k) is data[e * stride + k], else data[k * stride + e]

    [[nodiscard]] const T* at(std::size_t e, std::size_t k) const noexcept {
        return unit_inner ? data + e * stride + k : data + k * stride + e;
    }
};

/// Packs \p width vectors from \p first on as to[k][width], zeros beyond the last vector.
template <std::size_t Width, class T>
void pack_panel(const Operand<T>& from, std::size_t first, Range inner, T* to) {
    const std::size_t count = std::min(Width, from.extent - first);
    if (count < Width) std::fill_n(to, inner.size() * Width, T{0});
    const T* source = from.at(first, inner.begin);
    if (from.unit_inner) {
        transpose_into(count, inner.size(), source, from.stride, to, Width);
    } else if (count == Width) {
        for (std::size_t k = 0; k < inner.size(); ++k) {
            std::memcpy(to + k * Width, source + k * from.stride, Width * sizeof(T));
        }
    } else {
        for (std::size_t k = 0; k < inner.size(); ++k) {
            for (std::size_t i = 0; i < count; ++i) to[k * Width + i] = source[k * from.stride + i];
        }
    }
}

} // namespace baldwin::kernels::detail

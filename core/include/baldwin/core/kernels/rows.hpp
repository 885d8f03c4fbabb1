// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Sums over rows, over pixels, and transposition. Orders of summation follow from the extents.
#pragma once

#include <baldwin/core/arena.hpp>
#include <baldwin/core/kernels/detail/pack.hpp>
#include <baldwin/core/kernels/detail/packing.hpp>
#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <cstddef>

namespace baldwin::kernels {

namespace detail {

/// Rows added into one partial sum of column_sums.
inline constexpr std::size_t kRowsPerPartial = 256;

/// sums += x, element by element.
template <class T>
[[gnu::always_inline]] inline void add_into(std::size_t count, const T* x, T* sums) {
    for (std::size_t i = 0; i < count; ++i) sums[i] += x[i];
}

/// Sum of \p count elements in four packs of lanes.
template <class T>
[[nodiscard]] T lane_sum(const T* x, std::size_t count) {
    constexpr std::size_t kStep = 4 * kLanes<T>;
    Pack<T> lanes[4] = {};
    Pack<T> next;
    std::size_t i = 0;
    for (; i + kStep <= count; i += kStep) {
        unroll<4>([&](auto r) __attribute__((always_inline)) {
            load(next, x + i + r * kLanes<T>);
            lanes[r] += next;
        });
    }
    for (; i + kLanes<T> <= count; i += kLanes<T>) {
        load(next, x + i);
        lanes[0] += next;
    }
    if (i < count) {
        load_part(next, x + i, count - i);
        lanes[1] += next;
    }
    const Pack<T> all = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    return horizontal_sum<T>(all);
}

} // namespace detail

/// sums[j] [+]= sum over i of x[i][j]: the gradient of a linear layer's bias.
///
/// Rows are added in order within blocks of 256, then the blocks in order.
/// \param x     shape (rows, columns), compact
/// \param sums  shape (columns)
template <class T>
void column_sums(const Executor& executor, Arena& arena, std::size_t rows, std::size_t columns,
                 const T* x, T* sums, bool accumulate) {
    const ArenaScope scope(arena);
    const std::size_t blocks = (rows + detail::kRowsPerPartial - 1) / detail::kRowsPerPartial;
    T* partials = arena.allocate_zeroed<T>(blocks * columns);
    executor.chunks(blocks, [&](std::size_t block, std::size_t /*slot*/) {
        const Range range = part(rows, blocks, block, 1);
        for (std::size_t i = range.begin; i < range.end; ++i) {
            detail::add_into(columns, x + i * columns, partials + block * columns);
        }
    });
    if (!accumulate) std::fill_n(sums, columns, T{0});
    for (std::size_t block = 0; block < blocks; ++block) {
        detail::add_into(columns, partials + block * columns, sums);
    }
}

/// sums[c] [+]= sum over images and pixels of x[n][c][p]: the gradient of a convolution's bias.
///
/// Pixels of an image are added in lanes, then the images in order.
/// \param x     shape (batch, channels, pixels), compact
/// \param sums  shape (channels)
template <class T>
void channel_sums(const Executor& executor, Arena& /*arena*/, std::size_t batch,
                  std::size_t channels, std::size_t pixels, const T* x, T* sums, bool accumulate) {
    constexpr std::size_t kElementsPerChunk = 32768;
    const std::size_t chunks = std::clamp<std::size_t>(
        batch * channels * pixels / kElementsPerChunk, 1, std::max<std::size_t>(channels, 1));
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range range = part(channels, chunks, chunk);
        for (std::size_t c = range.begin; c < range.end; ++c) {
            T sum = 0;
            for (std::size_t n = 0; n < batch; ++n) {
                sum += detail::lane_sum(x + (n * channels + c) * pixels, pixels);
            }
            sums[c] = accumulate ? sums[c] + sum : sum;
        }
    });
}

/// y = x transposed.
/// \param x  shape (rows, columns)
/// \param y  shape (columns, rows), not overlapping x
template <class T>
void transpose(const Executor& executor, std::size_t rows, std::size_t columns, const T* x, T* y) {
    constexpr std::size_t kRowsPerChunk = 64;
    const std::size_t chunks = (rows + kRowsPerChunk - 1) / kRowsPerChunk;
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range range = part(rows, chunks, chunk, detail::kLanes<T>);
        detail::transpose_into(range.size(), columns, x + range.begin * columns, columns,
                               y + range.begin, rows);
    });
}

} // namespace baldwin::kernels

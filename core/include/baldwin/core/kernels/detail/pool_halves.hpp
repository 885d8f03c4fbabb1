// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Maximum pooling with 2x2 windows at stride 2, several windows at a time.
#pragma once

#include <baldwin/core/kernels/detail/pack.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace baldwin::kernels::detail {

/// Window indices of one pack.
template <class T>
struct IndexPackOf {
    using Type __attribute__((vector_size(2 * kLanes<T>))) = std::uint16_t;
};
template <class T>
using IndexPack = typename IndexPackOf<T>::Type;

/// The inverse of split_packs.
[[gnu::always_inline]] inline void join_pairs(Pack<float>& low, Pack<float>& high) {
    const Pack<float> even = low;
    const Pack<float> odd = high;
    low = __builtin_shufflevector(even, odd, 0, 8, 1, 9, 2, 10, 3, 11);
    high = __builtin_shufflevector(even, odd, 4, 12, 5, 13, 6, 14, 7, 15);
}
[[gnu::always_inline]] inline void join_pairs(Pack<double>& low, Pack<double>& high) {
    const Pack<double> even = low;
    const Pack<double> odd = high;
    low = __builtin_shufflevector(even, odd, 0, 4, 1, 5);
    high = __builtin_shufflevector(even, odd, 2, 6, 3, 7);
}

/// Whether a later element takes the place of the largest so far: only if larger, or not a number.
template <class T>
[[gnu::always_inline]] inline bool beats(T later, T largest) {
    return later > largest || later != later;
}
template <class T>
[[gnu::always_inline]] inline Mask<T> beats(const Pack<T>& later, const Pack<T>& largest) {
    return (later > largest) | (later != later);
}

/// Maxima of kLanes windows side by side; the first maximum in row-major order wins a tie.
template <class T>
[[gnu::always_inline]] inline void max_of_windows(const T* row, std::size_t width, T* y,
                                                  std::uint16_t* winners) {
    Pack<T> even;
    Pack<T> odd;
    split_pairs(row, even, odd);
    const Mask<T> odd_above = beats<T>(odd, even);
    const Pack<T> above = odd_above ? odd : even;
    split_pairs(row + width, even, odd);
    const Mask<T> odd_below = beats<T>(odd, even);
    const Pack<T> below = odd_below ? odd : even;
    const Mask<T> is_below = beats<T>(below, above);
    const Pack<T> best = is_below ? below : above;
    store(y, best);
    if (winners == nullptr) return;
    const Mask<T> index = is_below ? 2 - odd_below : -odd_above;
    const auto narrow = __builtin_convertvector(index, IndexPack<T>);
    std::memcpy(winners, &narrow, sizeof(narrow));
}

template <class T>
inline void max_of_window(const T* row, std::size_t width, T* y, std::uint16_t* winner) {
    const T* below = row + width;
    const std::size_t first = beats(row[1], row[0]) ? 1 : 0;
    const std::size_t second = beats(below[1], below[0]) ? 1 : 0;
    const bool is_below = beats(below[second], row[first]);
    *y = is_below ? below[second] : row[first];
    if (winner) *winner = static_cast<std::uint16_t>(is_below ? 2 + second : first);
}

/// How a row of windows is cut into packs.
///
/// A row shorter than a pack is done as one pack that runs over into the next rows, whose own pass
/// then repairs them; the last row of a plane is done window by window. A longer row ends with a
/// pack that overlaps the one before.
template <class T, class Whole, class Single>
[[gnu::always_inline]] inline void each_window(std::size_t windows, bool may_run_over,
                                               bool may_overlap, Whole&& whole, Single&& single) {
    constexpr std::size_t kStep = kLanes<T>;
    std::size_t j = 0;
    for (; j + kStep <= windows; j += kStep) whole(j);
    if (j == windows) return;
    if (j > 0 && may_overlap) return whole(windows - kStep);
    if (j == 0 && may_run_over) return whole(0);
    for (; j < windows; ++j) single(j);
}

/// One plane; \p winners may be nullptr.
template <class T>
void max_pool_halves(std::size_t height, std::size_t width, const T* x, T* y,
                     std::uint16_t* winners) {
    const std::size_t rows = height / 2;
    const std::size_t columns = width / 2;
    for (std::size_t i = 0; i < rows; ++i) {
        const T* row = x + 2 * i * width;
        T* out = y + i * columns;
        std::uint16_t* index = winners ? winners + i * columns : nullptr;
        // the next row holds the rest of a pack of at least four windows
        const bool may_run_over = i + 1 < rows && 2 * columns >= kLanes<T>;
        each_window<T>(
            columns, may_run_over, true,
            [&](std::size_t j) __attribute__((always_inline)) {
                max_of_windows<T>(row + 2 * j, width, out + j, index ? index + j : nullptr);
            },
            [&](std::size_t j) {
                max_of_window(row + 2 * j, width, out + j, index ? index + j : nullptr);
            });
    }
}

template <class T>
[[gnu::always_inline]] inline void put_pairs(T* out, Pack<T>& low, Pack<T>& high, bool accumulate) {
    join_pairs(low, high);
    if (accumulate) {
        Pack<T> old;
        load(old, out);
        low = old + low;
        load(old, out + kLanes<T>);
        high = old + high;
    }
    store(out, low);
    store(out + kLanes<T>, high);
}

/// Sends kLanes gradients to the winners of their windows, zeros to the other places.
template <class T>
[[gnu::always_inline]] inline void spread_windows(const T* dy, const std::uint16_t* winners, T* row,
                                                  std::size_t width, bool accumulate) {
    const Pack<T> zero{};
    Pack<T> gradient;
    load(gradient, dy);
    IndexPack<T> narrow;
    std::memcpy(&narrow, winners, sizeof(narrow));
    const auto index = __builtin_convertvector(narrow, Mask<T>);
    Pack<T> low = index == 0 ? gradient : zero;
    Pack<T> high = index == 1 ? gradient : zero;
    put_pairs(row, low, high, accumulate);
    low = index == 2 ? gradient : zero;
    high = index == 3 ? gradient : zero;
    put_pairs(row + width, low, high, accumulate);
}

/// One plane of the backward pass. Where it does not accumulate, an odd last row or column must be
/// zero already.
template <class T>
void max_pool_halves_back(std::size_t height, std::size_t width, const T* dy,
                          const std::uint16_t* winners, T* dx, bool accumulate) {
    const std::size_t rows = height / 2;
    const std::size_t columns = width / 2;
    const auto put = [&](T* to, T value) { *to = accumulate ? *to + value : value; };
    for (std::size_t i = 0; i < rows; ++i) {
        T* row = dx + 2 * i * width;
        const T* gradient = dy + i * columns;
        const std::uint16_t* winner = winners + i * columns;
        const bool may_run_over =
            !accumulate && width % 2 == 0 && i + 1 < rows && 2 * columns >= kLanes<T>;
        each_window<T>(
            columns, may_run_over, !accumulate,
            [&](std::size_t j) __attribute__((always_inline)) {
                spread_windows<T>(gradient + j, winner + j, row + 2 * j, width, accumulate);
            },
            [&](std::size_t j) {
                for (std::size_t place = 0; place < 4; ++place) {
                    put(row + place / 2 * width + 2 * j + place % 2,
                        winner[j] == place ? gradient[j] : T{0});
                }
            });
    }
}

} // namespace baldwin::kernels::detail

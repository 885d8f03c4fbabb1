// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Loops over rows and sums in an order that depends on sizes alone.
#pragma once

#include <baldwin/core/operation.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/simd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace baldwin::ops::detail {

/// Elements that one chunk of rows handles, at the least.
inline constexpr std::size_t kRowGrain = std::size_t{1} << 14;

/// Number of chunks for a loop over rows of so many elements each.
[[nodiscard]] inline std::size_t row_chunks(std::size_t rows, std::size_t columns,
                                            std::size_t most = std::size_t{1} << 12) {
    const std::size_t wanted = rows * columns / kRowGrain;
    return std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(1, std::min(rows, most)));
}

/// Calls f(row) for every row, chunks of rows in parallel.
template <class F>
void for_rows(const Executor& executor, std::size_t rows, std::size_t columns, F&& f) {
    const std::size_t count = row_chunks(rows, columns);
    executor.chunks(count, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range range = part(rows, count, chunk);
        for (std::size_t row = range.begin; row < range.end; ++row) f(row);
    });
}

/// Sum over i < n of f(in[i]...), in an order that depends on n alone.
///
/// Blocks of 4,096 are summed in T by lanes, then added in double, so that the rounding error of a
/// float sum does not grow with n.
/// \param f  maps packs to a pack; what it gives for lanes beyond n is dropped
template <PackScalar T, class F, class... In>
[[nodiscard]] double sum_of(std::size_t n, const F& f, const In*... in) {
    constexpr std::size_t kBlock = 4096;
    constexpr std::size_t kStep = 4 * kLanes<T>;
    double total = 0.0;
    for (std::size_t begin = 0; begin < n; begin += kBlock) {
        const std::size_t end = std::min(n, begin + kBlock);
        std::array<Pack<T>, 4> sums{};
        std::size_t i = begin;
        for (; i + kStep <= end; i += kStep) {
            for (std::size_t k = 0; k < 4; ++k) sums[k] += f(load(in + i + k * kLanes<T>)...);
        }
        std::size_t k = 0;
        for (; i + kLanes<T> <= end; i += kLanes<T>, ++k) sums[k] += f(load(in + i)...);
        if (i < end) {
            std::array<T, kLanes<T>> tail{};
            store_partial(tail.data(), f(load_partial(in + i, end - i)...), end - i);
            sums[k] += load(tail.data());
        }
        total += static_cast<double>(lane_sum((sums[0] + sums[1]) + (sums[2] + sums[3])));
    }
    return total;
}

/// Sum of n values, as sum_of.
template <PackScalar T>
[[nodiscard]] double wide_sum(std::size_t n, const T* in) {
    return sum_of<T>(n, [](Pack<T> x) { return x; }, in);
}

/// out[i] = f(in[i]...) or out[i] += f(in[i]...).
template <PackScalar T, class F, class... In>
void put_or_add(bool add, std::size_t n, const F& f, T* out, const In*... in) {
    if (add) {
        const auto sum = [&f](Pack<T> before, auto... x) { return before + f(x...); };
        map_into(n, sum, out, static_cast<const T*>(out), in...);
    } else {
        map_into(n, f, out, in...);
    }
}

/// Memory for what backward() reads: part of the record, or gone after this call without one.
template <class U, class T>
[[nodiscard]] U* keep(Forward<T>& f, std::size_t count) {
    return f.is_recording() ? f.template save<U>(count) : f.template scratch<U>(count);
}

} // namespace baldwin::ops::detail

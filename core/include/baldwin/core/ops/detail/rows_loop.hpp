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

// One compiled body each, whichever way it is called: were they inlined into the serial and the
// parallel loop, the compiler could fuse a product with a sum in one copy only.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wattributes" // clang has no noclone

/// Calls f(row) for the rows of a range.
template <class F>
[[gnu::noinline, gnu::noclone]] void run_rows(Range range, const F& f) {
    for (std::size_t row = range.begin; row < range.end; ++row) f(row);
}

/// Calls f(row) for every row, chunks of rows in parallel.
template <class F>
void for_rows(const Executor& executor, std::size_t rows, std::size_t columns, F&& f) {
    const std::size_t count = row_chunks(rows, columns);
    executor.chunks(count, [&](std::size_t chunk, std::size_t /*slot*/) {
        run_rows(part(rows, count, chunk), f);
    });
}

/// x in the lanes [begin, end), 0 elsewhere.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P lanes_between(P x, std::size_t begin, std::size_t end) {
    using T = ScalarOf<P>;
    P lane;
    for (std::size_t i = 0; i < kLanes<T>; ++i) lane[i] = static_cast<T>(i);
    const P inside = select(lane >= broadcast(static_cast<T>(begin)), x, P{});
    return select(lane < broadcast(static_cast<T>(end)), inside, P{});
}

/// Sum over at most 4,096 elements, by lanes.
template <PackScalar T, class F, class... In>
[[nodiscard, gnu::noinline, gnu::noclone]] T block_sum_of(std::size_t n, const F& f,
                                                          const In*... in) {
    constexpr std::size_t kWidth = kLanes<T>;
    Pack<T> a{};
    Pack<T> b{};
    Pack<T> c{};
    Pack<T> d{};
    std::size_t i = 0;
    for (; i + 4 * kWidth <= n; i += 4 * kWidth) {
        a += f(load(in + i)...);
        b += f(load(in + i + kWidth)...);
        c += f(load(in + i + 2 * kWidth)...);
        d += f(load(in + i + 3 * kWidth)...);
    }
    for (; i + kWidth <= n; i += kWidth) a += f(load(in + i)...);
    const std::size_t left = n - i;
    if (left > 0 && n >= kWidth) { // the last full pack, of which some is summed already
        b += lanes_between(f(load(in + n - kWidth)...), kWidth - left, kWidth);
    } else if (left > 0) {
        b += lanes_between(f(load_partial(in, n)...), 0, n);
    }
    return lane_sum((a + b) + (c + d));
}

/// Two sums in one pass, each in the order of block_sum_of.
template <PackScalar T, class F, class... In>
[[nodiscard, gnu::noinline, gnu::noclone]] std::array<T, 2> block_sums_of(std::size_t n, const F& f,
                                                                          const In*... in) {
    constexpr std::size_t kWidth = kLanes<T>;
    Pack<T> first[4] = {};
    Pack<T> second[4] = {};
    const auto add = [&](std::size_t i, std::size_t k) __attribute__((always_inline)) {
        const auto [u, v] = f(load(in + i)...);
        first[k] += u;
        second[k] += v;
    };
    const auto add_tail = [&](const auto& terms, std::size_t begin, std::size_t end)
        __attribute__((always_inline)) {
        first[1] += lanes_between(terms[0], begin, end);
        second[1] += lanes_between(terms[1], begin, end);
    };
    std::size_t i = 0;
    for (; i + 4 * kWidth <= n; i += 4 * kWidth) {
        add(i, 0);
        add(i + kWidth, 1);
        add(i + 2 * kWidth, 2);
        add(i + 3 * kWidth, 3);
    }
    for (; i + kWidth <= n; i += kWidth) add(i, 0);
    const std::size_t left = n - i;
    if (left > 0 && n >= kWidth) { // the last full pack, of which some is summed already
        add_tail(f(load(in + n - kWidth)...), kWidth - left, kWidth);
    } else if (left > 0) {
        add_tail(f(load_partial(in, n)...), 0, n);
    }
    return {lane_sum((first[0] + first[1]) + (first[2] + first[3])),
            lane_sum((second[0] + second[1]) + (second[2] + second[3]))};
}
#pragma GCC diagnostic pop

/// Sum over i < n of f(in[i]...), in an order that depends on n alone.
///
/// Blocks of 4,096 are summed in T by lanes, then added in double, so that the rounding error of a
/// float sum does not grow with n.
/// \param f  maps packs to a pack
template <PackScalar T, class F, class... In>
[[nodiscard]] double sum_of(std::size_t n, const F& f, const In*... in) {
    constexpr std::size_t kBlock = 4096;
    double total = 0.0;
    for (std::size_t begin = 0; begin < n; begin += kBlock) {
        const std::size_t count = std::min(n - begin, kBlock);
        total += static_cast<double>(block_sum_of<T>(count, f, (in + begin)...));
    }
    return total;
}

/// The same for two sums in one pass; f maps packs to an array of two.
template <PackScalar T, class F, class... In>
[[nodiscard]] std::array<double, 2> sums_of(std::size_t n, const F& f, const In*... in) {
    constexpr std::size_t kBlock = 4096;
    std::array<double, 2> totals{};
    for (std::size_t begin = 0; begin < n; begin += kBlock) {
        const std::size_t count = std::min(n - begin, kBlock);
        const auto sums = block_sums_of<T>(count, f, (in + begin)...);
        totals[0] += static_cast<double>(sums[0]);
        totals[1] += static_cast<double>(sums[1]);
    }
    return totals;
}

/// Sum of n values, as sum_of.
template <PackScalar T>
[[nodiscard]] double wide_sum(std::size_t n, const T* in) {
    return sum_of<T>(
        n, [](Pack<T> x) { return x; }, in);
}

/// map_into for short rows: the same bits, no copies of the tail where there is a full pack.
template <PackScalar T, class F, class... In>
void map_row(std::size_t n, const F& f, T* out, const In*... in) {
    constexpr std::size_t kWidth = kLanes<T>;
    if (n < kWidth || n % kWidth == 0) return map_into(n, f, out, in...);
    // the last full pack, made before anything is written: out may be an input
    std::array<T, kWidth> last;
    baldwin::detail::map_packs(1, f, last.data(), (in + n - kWidth)...);
    baldwin::detail::map_packs(n / kWidth, f, out, in...);
    std::copy_n(last.data(), kWidth, out + n - kWidth);
}

/// out[i] = f(in[i]...) or out[i] += f(in[i]...).
template <PackScalar T, class F, class... In>
void put_or_add(bool add, std::size_t n, const F& f, T* out, const In*... in) {
    if (add) {
        const auto sum = [&f](Pack<T> before, auto... x) { return before + f(x...); };
        map_row(n, sum, out, static_cast<const T*>(out), in...);
    } else {
        map_row(n, f, out, in...);
    }
}

/// Memory for what backward() reads: part of the record, or gone after this call without one.
template <class U, class T>
[[nodiscard]] U* keep(Forward<T>& f, std::size_t count) {
    return f.is_recording() ? f.template save<U>(count) : f.template scratch<U>(count);
}

} // namespace baldwin::ops::detail

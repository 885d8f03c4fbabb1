// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Vectors of 32 bytes with operators, and loops over them whose bits do not depend on position.
///
/// A pack is a GCC / clang vector: `+ - * /`, comparisons (which give masks) and mixed arithmetic
/// with a scalar work as written. Compilers fuse `a * b + c` as they like, and may do so in one
/// copy of a function and not in another; code whose bits matter calls `fma` where a product feeds
/// a sum. Everything here gives equal bits inside one binary (class B), not between builds.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#if defined(__AVX__)
#include <immintrin.h>
#endif

// Without -mavx GCC remarks that the calling convention of 32-byte vectors differs with it. All of
// these functions are inlined, and so are the lambdas that users hand in: the remark stays off.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace baldwin {

namespace detail {

template <class T>
struct PackOf;
template <>
struct PackOf<float> {
    typedef float type __attribute__((vector_size(32)));
    typedef std::int32_t integers __attribute__((vector_size(32)));
    typedef std::uint32_t naturals __attribute__((vector_size(32)));
};
template <>
struct PackOf<double> {
    typedef double type __attribute__((vector_size(32)));
    typedef std::int64_t integers __attribute__((vector_size(32)));
    typedef std::uint64_t naturals __attribute__((vector_size(32)));
};

} // namespace detail

/// 32 bytes of T: 8 floats or 4 doubles.
template <class T>
using Pack = typename detail::PackOf<T>::type;

/// Signed integers of the width of T, as many as a Pack<T> has lanes.
template <class T>
using IntegerPack = typename detail::PackOf<T>::integers;

/// Unsigned integers of the width of T, as many as a Pack<T> has lanes.
template <class T>
using NaturalPack = typename detail::PackOf<T>::naturals;

/// Number of values in a Pack<T>.
template <class T>
inline constexpr std::size_t kLanes = 32 / sizeof(T);

/// Pack<float> or Pack<double>.
template <class P>
concept AnyPack = std::same_as<P, Pack<float>> || std::same_as<P, Pack<double>>;

/// float or double.
template <class T>
concept PackScalar = std::same_as<T, float> || std::same_as<T, double>;

/// The scalar type of a pack.
template <AnyPack P>
using ScalarOf = std::conditional_t<std::same_as<P, Pack<float>>, float, double>;

/// What a comparison of two packs gives: all ones where true, zero where false.
template <AnyPack P>
using MaskOf = decltype(P{} < P{});

/// All lanes equal to `value`.
template <PackScalar T>
[[gnu::always_inline]] inline Pack<T> broadcast(T value) {
    return value - Pack<T>{};
}

/// The kLanes<T> values from `from` on, which needs no alignment.
template <PackScalar T>
[[gnu::always_inline]] inline Pack<T> load(const T* from) {
    Pack<T> pack;
    std::memcpy(&pack, from, sizeof(pack));
    return pack;
}

/// Writes kLanes<T> values to `to`, which needs no alignment.
template <PackScalar T>
[[gnu::always_inline]] inline void store(T* to, std::type_identity_t<Pack<T>> pack) {
    std::memcpy(to, &pack, sizeof(pack));
}

/// The first `count` <= kLanes<T> values from `from` on; the other lanes hold `fill`.
/// Reads no byte beyond them.
template <PackScalar T>
[[gnu::always_inline]] inline Pack<T> load_partial(const T* from, std::size_t count, T fill = 0) {
    std::array<T, kLanes<T>> lanes;
    lanes.fill(fill);
    std::copy_n(from, std::min(count, kLanes<T>), lanes.begin());
    return load(lanes.data());
}

/// Writes the first `count` <= kLanes<T> lanes to `to`, nothing beyond them.
template <PackScalar T>
[[gnu::always_inline]] inline void store_partial(T* to, std::type_identity_t<Pack<T>> pack,
                                                 std::size_t count) {
    std::array<T, kLanes<T>> lanes;
    store(lanes.data(), pack);
    std::copy_n(lanes.begin(), std::min(count, kLanes<T>), to);
}

/// a where the mask is set, else b.
template <AnyPack P>
[[gnu::always_inline]] inline P select(MaskOf<P> mask, P a, P b) {
    return mask ? a : b;
}

/// a * b + c, fused where the build has FMA instructions (then rounded once), else in two steps.
template <AnyPack P>
[[gnu::always_inline]] inline P fma(P a, P b, P c) {
#if defined(__FMA__)
    if constexpr (std::same_as<P, Pack<float>>) {
        return _mm256_fmadd_ps(a, b, c);
    } else {
        return _mm256_fmadd_pd(a, b, c);
    }
#elif defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF)
    for (std::size_t i = 0; i < kLanes<ScalarOf<P>>; ++i) c[i] = std::fma(a[i], b[i], c[i]);
    return c;
#else
    return a * b + c;
#endif
}

/// fma of two packs and a scalar addend.
template <AnyPack P>
[[gnu::always_inline]] inline P fma(P a, P b, ScalarOf<P> c) {
    return fma(a, b, broadcast(c));
}

/// The smaller lane; b where either is NaN.
template <AnyPack P>
[[gnu::always_inline]] inline P min(P a, P b) {
#if defined(__AVX__)
    if constexpr (std::same_as<P, Pack<float>>) {
        return _mm256_min_ps(a, b);
    } else {
        return _mm256_min_pd(a, b);
    }
#else
    return a < b ? a : b;
#endif
}

/// The larger lane; b where either is NaN, so that `max(zero, x)` keeps a NaN of x.
template <AnyPack P>
[[gnu::always_inline]] inline P max(P a, P b) {
#if defined(__AVX__)
    if constexpr (std::same_as<P, Pack<float>>) {
        return _mm256_max_ps(a, b);
    } else {
        return _mm256_max_pd(a, b);
    }
#else
    return a > b ? a : b;
#endif
}

/// The same bytes read as unsigned integers.
template <AnyPack P>
[[gnu::always_inline]] inline NaturalPack<ScalarOf<P>> as_bits(P x) {
    return std::bit_cast<NaturalPack<ScalarOf<P>>>(x);
}

/// The same bytes read as floating-point numbers.
template <PackScalar T>
[[gnu::always_inline]] inline Pack<T> from_bits(std::type_identity_t<NaturalPack<T>> bits) {
    return std::bit_cast<Pack<T>>(bits);
}

/// The sign bit alone: 0 or -0.
template <AnyPack P>
[[gnu::always_inline]] inline P sign_bit(P x) {
    using T = ScalarOf<P>;
    return from_bits<T>(as_bits(x) & as_bits(broadcast(T(-0.0))));
}

/// Absolute value, of NaN and infinities too.
template <AnyPack P>
[[gnu::always_inline]] inline P abs(P x) {
    using T = ScalarOf<P>;
    return from_bits<T>(as_bits(x) & ~as_bits(broadcast(T(-0.0))));
}

/// `magnitude` >= 0 with the sign bit of `sign`.
template <AnyPack P>
[[gnu::always_inline]] inline P with_sign_of(P magnitude, P sign) {
    return from_bits<ScalarOf<P>>(as_bits(magnitude) | as_bits(sign_bit(sign)));
}

/// Square root, correctly rounded.
template <AnyPack P>
[[gnu::always_inline]] inline P sqrt(P x) {
#if defined(__AVX__)
    if constexpr (std::same_as<P, Pack<float>>) {
        return _mm256_sqrt_ps(x);
    } else {
        return _mm256_sqrt_pd(x);
    }
#else
    for (std::size_t i = 0; i < kLanes<ScalarOf<P>>; ++i) x[i] = std::sqrt(x[i]);
    return x;
#endif
}

/// Whether the mask is set in any lane.
template <class M>
[[gnu::always_inline]] inline bool any_lane(M mask) {
    static_assert(sizeof(M) == 32);
#if defined(__AVX__)
    return _mm256_movemask_ps(std::bit_cast<__m256>(mask)) != 0;
#else
    const auto words = std::bit_cast<std::array<std::uint64_t, 4>>(mask);
    return (words[0] | words[1] | words[2] | words[3]) != 0;
#endif
}

/// Sum of the lanes, always added as the same tree: halves, quarters, neighbours.
template <AnyPack P>
[[gnu::always_inline]] inline ScalarOf<P> lane_sum(P x) {
    std::array<ScalarOf<P>, kLanes<ScalarOf<P>>> lanes;
    store(lanes.data(), x);
    for (std::size_t half = lanes.size() / 2; half > 0; half /= 2) {
        for (std::size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
    }
    return lanes[0];
}

/// Largest lane; lanes that are NaN do not count unless all are.
template <AnyPack P>
[[gnu::always_inline]] inline ScalarOf<P> lane_max(P x) {
    ScalarOf<P> largest = x[0];
    for (std::size_t i = 1; i < kLanes<ScalarOf<P>>; ++i) {
        largest = x[i] > largest || largest != largest ? x[i] : largest;
    }
    return largest;
}

namespace detail {

// One compiled body serves full packs and padded tails: were it inlined twice, the compiler could
// fuse a product with a sum in one copy only, and an element's bits would depend on its position.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wattributes"
template <class T, class F, class... In>
[[gnu::noinline, gnu::noclone]] void map_packs(std::size_t packs, const F& f, T* out,
                                               const In*... in) {
    for (std::size_t i = 0; i < packs * kLanes<T>; i += kLanes<T>)
        store(out + i, f(load(in + i)...));
}
#pragma GCC diagnostic pop

} // namespace detail

/// out[i] = f(in[i]...) for i < n, where f maps packs to a pack.
///
/// The tail runs through the same code on a padded copy (padded with 0), so the bits of an element
/// depend neither on its position nor on the addresses. `out` may be one of the inputs; any other
/// overlap is undefined.
/// \param f  called as f(Pack<T>...) with one pack per input
template <PackScalar T, class F, class... In>
    requires(std::same_as<In, T>&&...)
inline void map_into(std::size_t n, const F& f, T* out, const In*... in) {
    const std::size_t full = n / kLanes<T>;
    if (full > 0) detail::map_packs(full, f, out, in...);
    const std::size_t done = full * kLanes<T>;
    if (done == n) return;
    std::array<T, kLanes<T>> tail;
    [&](auto... lanes) {
        detail::map_packs(1, f, tail.data(), static_cast<const In*>(lanes.data())...);
    }([&](const In* from) {
        std::array<T, kLanes<T>> lanes{};
        std::copy_n(from + done, n - done, lanes.begin());
        return lanes;
    }(in)...);
    std::copy_n(tail.begin(), n - done, out + done);
}

namespace detail {

// Folds packs into 4 accumulators in turn, so that additions do not wait for one another; the
// order depends on n alone.
template <class T, class Fold, class... In>
[[gnu::always_inline]] inline std::array<Pack<T>, 4> fold(std::size_t n, T pad, const Fold& step,
                                                          const In*... in) {
    constexpr std::size_t kBlock = 4 * kLanes<T>;
    std::array<Pack<T>, 4> sums;
    sums.fill(broadcast(pad));
    std::size_t i = 0;
    for (; i + kBlock <= n; i += kBlock) {
        for (std::size_t k = 0; k < 4; ++k)
            sums[k] = step(sums[k], load(in + i + k * kLanes<T>)...);
    }
    for (std::size_t k = 0; i < n; ++k, i += kLanes<T>) {
        sums[k] = step(sums[k], load_partial(in + i, n - i, pad)...);
    }
    return sums;
}

} // namespace detail

/// Sum of n values in a fixed order that depends on n alone; 0 for n = 0.
/// \cost reads the values once, at cache speed
template <PackScalar T>
[[nodiscard]] T sum(std::size_t n, const T* in) {
    const auto add = [](Pack<T> a, Pack<T> x) { return a + x; };
    const auto sums = detail::fold(n, T(0), add, in);
    return lane_sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/// Sum of a[i] * b[i] in a fixed order that depends on n alone; 0 for n = 0.
template <PackScalar T>
[[nodiscard]] T dot(std::size_t n, const T* a, const T* b) {
    const auto step = [](Pack<T> s, Pack<T> x, Pack<T> y) { return fma(x, y, s); };
    const auto sums = detail::fold(n, T(0), step, a, b);
    return lane_sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/// Largest of n values; -infinity for n = 0. NaN values do not count.
template <PackScalar T>
[[nodiscard]] T maximum(std::size_t n, const T* in) {
    const auto step = [](Pack<T> a, Pack<T> x) { return max(x, a); };
    const auto largest = detail::fold(n, -std::numeric_limits<T>::infinity(), step, in);
    return lane_max(max(max(largest[0], largest[1]), max(largest[2], largest[3])));
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The 32-byte vector that the product kernels are written in: GCC and clang vector extensions, so
/// that one source serves AVX2, AVX-512 and plain x86-64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#if defined(__FMA__)
#include <immintrin.h>
#endif

namespace baldwin::kernels::detail {

/// Calls f(r) with r = 0, 1, ... as compile-time constants.
template <std::size_t Count, class F>
[[gnu::always_inline]] inline void unroll(F&& f) {
    [&]<std::size_t... r>(std::index_sequence<r...>) __attribute__((always_inline)) {
        (f(std::integral_constant<std::size_t, r>()), ...);
    }
    (std::make_index_sequence<Count>());
}

template <class T>
struct PackOf;
template <>
struct PackOf<float> {
    using Type __attribute__((vector_size(32))) = float;
};
template <>
struct PackOf<double> {
    using Type __attribute__((vector_size(32))) = double;
};
template <>
struct PackOf<std::int32_t> {
    using Type __attribute__((vector_size(32))) = std::int32_t;
};
template <>
struct PackOf<std::int64_t> {
    using Type __attribute__((vector_size(32))) = std::int64_t;
};

/// 32 bytes of T: 8 floats or 4 doubles.
template <class T>
using Pack = typename PackOf<T>::Type;

/// What comparing two packs of T gives: all ones or all zeros in each lane.
template <class T>
using Mask = Pack<std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>>;

template <class T>
inline constexpr std::size_t kLanes = 32 / sizeof(T);

// packs travel by reference: passing them by value has another ABI without AVX

template <class T>
[[gnu::always_inline]] inline void load(Pack<T>& pack, const T* from) {
    std::memcpy(&pack, from, sizeof(pack));
}
template <class T>
[[gnu::always_inline]] inline void store(T* to, const Pack<T>& pack) {
    std::memcpy(to, &pack, sizeof(pack));
}
/// Reads \p count < kLanes elements, nothing beyond them; the other lanes are zero.
template <class T>
[[gnu::always_inline]] inline void load_part(Pack<T>& pack, const T* from, std::size_t count) {
#if defined(__FMA__)
    // stored lane by lane and read back as a whole, the pack would wait for every store
    alignas(32) static constexpr std::int32_t kMasks[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    const std::int32_t* first = kMasks + 8 - count * sizeof(T) / 4;
    __m256i mask;
    std::memcpy(&mask, first, sizeof(mask));
    if constexpr (sizeof(T) == 4) {
        pack = _mm256_maskload_ps(from, mask);
    } else {
        pack = _mm256_maskload_pd(from, mask);
    }
#else
    T lanes[kLanes<T>] = {};
    for (std::size_t i = 0; i < count; ++i) lanes[i] = from[i];
    std::memcpy(&pack, lanes, sizeof(pack));
#endif
}
template <class T>
[[gnu::always_inline]] inline void store_part(T* to, const Pack<T>& pack, std::size_t count) {
    T lanes[kLanes<T>];
    std::memcpy(lanes, &pack, sizeof(pack));
    for (std::size_t i = 0; i < count; ++i) to[i] = lanes[i];
}

/// 16 bytes of T: the half of a pack.
template <class T>
struct HalfOf {
    using Type __attribute__((vector_size(16))) = T;
};
template <class T>
using Half = typename HalfOf<T>::Type;

[[gnu::always_inline]] inline void split(const Pack<float>& x, Half<float>& low,
                                         Half<float>& high) {
    low = __builtin_shufflevector(x, x, 0, 1, 2, 3);
    high = __builtin_shufflevector(x, x, 4, 5, 6, 7);
}
[[gnu::always_inline]] inline void split(const Pack<double>& x, Half<double>& low,
                                         Half<double>& high) {
    low = __builtin_shufflevector(x, x, 0, 1);
    high = __builtin_shufflevector(x, x, 2, 3);
}
[[gnu::always_inline]] inline void join(Pack<float>& x, const Half<float>& low,
                                        const Half<float>& high) {
    x = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
}
[[gnu::always_inline]] inline void join(Pack<double>& x, const Half<double>& low,
                                        const Half<double>& high) {
    x = __builtin_shufflevector(low, high, 0, 1, 2, 3);
}

/// Moves the first \p Bytes bytes of a half: 4, 8 or 16.
template <std::size_t Bytes, class T>
[[gnu::always_inline]] inline void load_bytes(Half<T>& half, const T* from) {
    if constexpr (Bytes == 16) {
        std::memcpy(&half, from, 16);
    } else if constexpr (Bytes == 8) {
        double pair = 0;
        std::memcpy(&pair, from, 8);
        half = (Half<T>)Half<double>{pair, 0};
    } else if constexpr (Bytes == 4) {
        half = Half<T>{*from};
    }
}
template <std::size_t Bytes, class T>
[[gnu::always_inline]] inline void store_bytes(T* to, const Half<T>& half) {
    if constexpr (Bytes > 0) std::memcpy(to, &half, Bytes);
}

/// Moves \p Count elements, a number known to the compiler that fills 4, 8 or 16 bytes of each
/// half; the other lanes are zero.
template <std::size_t Count, class T>
[[gnu::always_inline]] inline void load_count(Pack<T>& pack, const T* from) {
    constexpr std::size_t kHalf = kLanes<T> / 2;
    constexpr std::size_t kLow = Count < kHalf ? Count : kHalf;
    Half<T> low{};
    Half<T> high{};
    load_bytes<kLow * sizeof(T)>(low, from);
    load_bytes<(Count - kLow) * sizeof(T)>(high, from + kLow);
    join(pack, low, high);
}
template <std::size_t Count, class T>
[[gnu::always_inline]] inline void store_count(T* to, const Pack<T>& pack) {
    constexpr std::size_t kHalf = kLanes<T> / 2;
    constexpr std::size_t kLow = Count < kHalf ? Count : kHalf;
    Half<T> low;
    Half<T> high;
    split(pack, low, high);
    store_bytes<kLow * sizeof(T)>(to, low);
    store_bytes<(Count - kLow) * sizeof(T)>(to + kLow, high);
}

/// sum += a * b, rounded once where the processor has fused multiply-add.
[[gnu::always_inline]] inline void multiply_add(Pack<float>& sum, const Pack<float>& a,
                                                const Pack<float>& b) {
#if defined(__FMA__)
    sum = (Pack<float>)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)sum);
#else
    sum += a * b;
#endif
}
[[gnu::always_inline]] inline void multiply_add(Pack<double>& sum, const Pack<double>& a,
                                                const Pack<double>& b) {
#if defined(__FMA__)
    sum = (Pack<double>)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)sum);
#else
    sum += a * b;
#endif
}

/// Elements at even and at odd places of two packs side by side.
[[gnu::always_inline]] inline void split_packs(Pack<float>& even, Pack<float>& odd) {
    const Pack<float> a = even;
    const Pack<float> b = odd;
    even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
    odd = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}
[[gnu::always_inline]] inline void split_packs(Pack<double>& even, Pack<double>& odd) {
    const Pack<double> a = even;
    const Pack<double> b = odd;
    even = __builtin_shufflevector(a, b, 0, 2, 4, 6);
    odd = __builtin_shufflevector(a, b, 1, 3, 5, 7);
}
/// The same for 2 * kLanes neighbours in memory.
template <class T>
[[gnu::always_inline]] inline void split_pairs(const T* from, Pack<T>& even, Pack<T>& odd) {
    load(even, from);
    load(odd, from + kLanes<T>);
    split_packs(even, odd);
}

/// All lanes set to one value.
[[gnu::always_inline]] inline void broadcast(Pack<float>& pack, float x) {
    pack = Pack<float>{x, x, x, x, x, x, x, x};
}
[[gnu::always_inline]] inline void broadcast(Pack<double>& pack, double x) {
    pack = Pack<double>{x, x, x, x};
}

/// All ones in the lanes below \p count.
template <class T>
[[gnu::always_inline]] inline void first_lanes(Mask<T>& mask, std::size_t count) {
    std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t> lanes[kLanes<T>];
    for (std::size_t i = 0; i < kLanes<T>; ++i) lanes[i] = i < count ? -1 : 0;
    std::memcpy(&mask, lanes, sizeof(mask));
}

/// Sum of the lanes, pairwise, always in the same order.
template <class T>
[[gnu::always_inline]] inline T horizontal_sum(const Pack<T>& pack) {
    T lanes[kLanes<T>];
    std::memcpy(lanes, &pack, sizeof(pack));
    for (std::size_t width = kLanes<T> / 2; width > 0; width /= 2) {
        for (std::size_t i = 0; i < width; ++i) lanes[i] += lanes[i + width];
    }
    return lanes[0];
}

} // namespace baldwin::kernels::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The inner kernel with the 64-byte registers of AVX-512, for processors that have them: tiles of
/// up to 12 rows by two registers.
///
/// An element is the same chain of fused multiply-adds over k as in micro.hpp, so the bits are the
/// same, and the processor may be asked at run time. Every function carries the target attribute
/// and none is used without it. Builds without fused multiply-add round differently and have no
/// wide kernels.
#pragma once

#include <baldwin/core/kernels/detail/micro.hpp>

#include <cstddef>
#include <utility>

#if defined(__x86_64__) && defined(__FMA__)
#include <immintrin.h>
#endif

namespace baldwin::kernels::detail {

/// Rows of two tiles that are computed together where the left factor is packed.
inline constexpr std::size_t kWideRows = 2 * kTileRows;

/// Where the rows of a wide tile go, and what is added to them on the way: first what stands there,
/// then the biases.
template <class T>
struct WideTarget {
    T* data;
    std::size_t stride;
    bool old = false;
    const T* column_bias = nullptr; ///< of the first column, or nullptr
    const T* row_bias = nullptr;    ///< of the first row, or nullptr
};

/// A tile as wide as a panel, in memory.
template <class T>
struct alignas(64) WideSums {
    T sums[kTileRows * kPanelColumns<T>];

    [[nodiscard]] WideTarget<T> target() noexcept { return {sums, kPanelColumns<T>}; }
    [[nodiscard]] const T* half(std::size_t half) const noexcept {
        return sums + half * kTileColumns<T>;
    }
};

/// Two neighbouring panels of a packed left factor.
template <class T>
struct PackedPair {
    const T* data;
    std::size_t panel_size;

    [[nodiscard]] const T& at(std::size_t row, std::size_t k) const noexcept {
        return data[row / kTileRows * panel_size + k * kTileRows + row % kTileRows];
    }
    void advance(std::size_t /*count*/) noexcept {} // its sums are of one run
};

#if defined(__x86_64__) && defined(__FMA__)

/// Whether this build has wide kernels.
inline constexpr bool kHasWideTiles = true;

/// Whether products use the wide kernels. Tests set it to compare bits; never while one runs.
[[nodiscard]] inline bool& uses_wide_tiles() noexcept {
    static bool uses = __builtin_cpu_supports("avx512f") != 0;
    return uses;
}

/// 64 bytes of T.
template <class T>
struct WidePackOf;
template <>
struct WidePackOf<float> {
    using Type = __m512;
};
template <>
struct WidePackOf<double> {
    using Type = __m512d;
};
template <class T>
using WidePack = typename WidePackOf<T>::Type;

[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void wide_load(__m512& x,
                                                                         const float* from) {
    x = _mm512_loadu_ps(from);
}
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void wide_load(__m512d& x,
                                                                         const double* from) {
    x = _mm512_loadu_pd(from);
}
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void wide_store(float* to, __m512 x) {
    _mm512_storeu_ps(to, x);
}
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void wide_store(double* to, __m512d x) {
    _mm512_storeu_pd(to, x);
}
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void
wide_multiply_add(__m512& sum, float factor, const __m512& x) {
    sum = _mm512_fmadd_ps(_mm512_set1_ps(factor), x, sum);
}
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void
wide_multiply_add(__m512d& sum, double factor, const __m512d& x) {
    sum = _mm512_fmadd_pd(_mm512_set1_pd(factor), x, sum);
}
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void wide_broadcast(__m512& x,
                                                                              float value) {
    x = _mm512_set1_ps(value);
}
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void wide_broadcast(__m512d& x,
                                                                              double value) {
    x = _mm512_set1_pd(value);
}

template <class T, std::size_t Packs>
struct WideRow {
    WidePack<T> packs[Packs];
};

// loops over rows and packs are folds and branches: lambdas would lose the target attribute

template <class T, std::size_t Packs>
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void wide_row_load(WideRow<T, Packs>& row,
                                                                             const T* from) {
    wide_load(row.packs[0], from);
    if constexpr (Packs == 2) wide_load(row.packs[1], from + kTileColumns<T>);
}
template <class T, std::size_t Packs>
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void
wide_row_store(T* to, const WideRow<T, Packs>& row) {
    wide_store(to, row.packs[0]);
    if constexpr (Packs == 2) wide_store(to + kTileColumns<T>, row.packs[1]);
}
template <class T, std::size_t Packs>
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void
wide_row_add(WideRow<T, Packs>& sum, const WideRow<T, Packs>& other) {
    sum.packs[0] = other.packs[0] + sum.packs[0];
    if constexpr (Packs == 2) sum.packs[1] = other.packs[1] + sum.packs[1];
}
template <class T, std::size_t Packs>
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void
wide_row_step(WideRow<T, Packs>& sum, const T& factor, const WideRow<T, Packs>& x) {
    wide_multiply_add(sum.packs[0], factor, x.packs[0]);
    if constexpr (Packs == 2) wide_multiply_add(sum.packs[1], factor, x.packs[1]);
}

template <class T, std::size_t Packs>
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void
wide_row_finish(const WideTarget<T>& to, std::size_t r, WideRow<T, Packs>& sum) {
    T* out = to.data + r * to.stride;
    WideRow<T, Packs> other;
    if (to.old) {
        wide_row_load<T, Packs>(other, out);
        wide_row_add<T, Packs>(sum, other);
    }
    if (to.column_bias) {
        wide_row_load<T, Packs>(other, to.column_bias);
        wide_row_add<T, Packs>(sum, other);
    }
    if (to.row_bias) {
        wide_broadcast(other.packs[0], to.row_bias[r]);
        if constexpr (Packs == 2) other.packs[1] = other.packs[0];
        wide_row_add<T, Packs>(sum, other);
    }
    wide_row_store<T, Packs>(out, sum);
}

template <class T, std::size_t Packs, class Left, std::size_t... r>
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void
multiply_wide_rows(const SumRuns& runs, Left left, StridedColumns<T> right, const WideTarget<T>& to,
                   std::index_sequence<r...> /*rows*/) {
    WideRow<T, Packs> tile[sizeof...(r)] = {};
    for (std::size_t run = 0; run < runs.count; ++run) {
        for (std::size_t k = 0; k < runs.length; ++k, right.data += right.stride) {
            WideRow<T, Packs> x;
            wide_row_load<T, Packs>(x, right.data);
            (wide_row_step<T, Packs>(tile[r], left.at(r, k), x), ...);
            if constexpr (requires { left.ahead; }) {
                constexpr std::size_t kLine = 64 / sizeof(T);
                if (left.ahead != 0 && k % kLine == 0) (left.prefetch(r, k), ...);
            }
        }
        left.advance(runs.pitch);
    }
    (wide_row_finish<T, Packs>(to, r, tile[r]), ...);
}

/// to(r, c) = sum over k of left(r, k) right(k, c), and what \p to adds, for Rows rows and Packs
/// half panels.
template <class T, std::size_t Rows, std::size_t Packs, class Left>
[[gnu::target("avx512f,fma"), gnu::noinline]] void
multiply_wide(const SumRuns& runs, const Left& left, const StridedColumns<T>& right,
              const WideTarget<T>& to) {
    multiply_wide_rows<T, Packs>(runs, left, right, to, std::make_index_sequence<Rows>());
}

#else

inline constexpr bool kHasWideTiles = false;

[[nodiscard]] inline bool& uses_wide_tiles() noexcept {
    static bool uses = false;
    return uses;
}
template <class T, std::size_t Rows, std::size_t Packs, class Left>
void multiply_wide(const SumRuns& /*runs*/, const Left& /*left*/,
                   const StridedColumns<T>& /*right*/, const WideTarget<T>& /*to*/) {}

#endif

/// The same with a number of half panels known at run time.
template <class T, std::size_t Rows, class Left>
void multiply_wide(std::size_t halves, const SumRuns& runs, const Left& left,
                   const StridedColumns<T>& right, const WideTarget<T>& to) {
    if (halves == 2) {
        multiply_wide<T, Rows, 2>(runs, left, right, to);
    } else {
        multiply_wide<T, Rows, 1>(runs, left, right, to);
    }
}

} // namespace baldwin::kernels::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// bit_sums_portable.hpp with AVX2: 256 cells at a time.
///
/// Every function carries the target attribute and none is used without it, so no function is
/// ever compiled for two instruction sets.
#pragma once

#include <baldwin/sdr/detail/bit_sums_portable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)

#include <immintrin.h>

namespace baldwin::sdr::detail::avx2 {

[[gnu::target("avx2"), gnu::always_inline]] inline __m256i load(const Word* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

// sum + 2 carry = sum + a + b in each bit.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i add_bits(__m256i& sum, __m256i a,
                                                                    __m256i b) {
    const __m256i mixed = _mm256_xor_si256(a, b);
    const __m256i carry = _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(mixed, sum));
    sum = _mm256_xor_si256(sum, mixed);
    return carry;
}

// The counters of 256 cells.
template <std::size_t Planes>
struct Counters {
    __m256i plane[Planes];
};

// Adds eight rows; planes from 3 up take the carry one after the other.
template <std::size_t Planes>
[[gnu::target("avx2"), gnu::always_inline]] inline void add_eight(Counters<Planes>& c,
                                                                  const __m256i* row) {
    const __m256i twos_a = add_bits(c.plane[0], row[0], row[1]);
    const __m256i twos_b = add_bits(c.plane[0], row[2], row[3]);
    const __m256i fours_a = add_bits(c.plane[1], twos_a, twos_b);
    const __m256i twos_c = add_bits(c.plane[0], row[4], row[5]);
    const __m256i twos_d = add_bits(c.plane[0], row[6], row[7]);
    const __m256i fours_b = add_bits(c.plane[1], twos_c, twos_d);
    __m256i carry = add_bits(c.plane[2], fours_a, fours_b);
    for (std::size_t p = 3; p < Planes; ++p) {
        const __m256i next = _mm256_and_si256(c.plane[p], carry);
        c.plane[p] = _mm256_xor_si256(c.plane[p], carry);
        carry = next;
    }
}

template <std::size_t Planes>
[[gnu::target("avx2")]] inline void sum_rows_of(const SumTask& task) {
    const std::size_t count = planes_of(task.rows.size());
    const std::size_t rows = task.rows.size();
    for (std::size_t w = 0; w < task.words; w += 4) {
        Counters<Planes> counters;
        for (std::size_t p = 0; p < Planes; ++p) counters.plane[p] = _mm256_setzero_si256();
        __m256i row[8];
        std::size_t i = 0;
        for (; i + 8 <= rows; i += 8) {
            for (std::size_t k = 0; k < 8; ++k) {
                row[k] = load(task.weights + task.rows[i + k] * task.words + w);
            }
            add_eight(counters, row);
        }
        if (i < rows) {
            for (std::size_t k = 0; k < 8; ++k) {
                row[k] = i + k < rows ? load(task.weights + task.rows[i + k] * task.words + w)
                                      : _mm256_setzero_si256();
            }
            add_eight(counters, row);
        }
        for (std::size_t p = 0; p < count; ++p) {
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(task.planes + p * task.words + w),
                                counters.plane[p]);
        }
    }
}

// With a fixed number of planes they stay in registers; planes above those needed remain 0.
inline void sum_rows(const SumTask& task) {
    const std::size_t count = planes_of(task.rows.size());
    if (count <= 5) return sum_rows_of<5>(task);
    if (count <= 7) return sum_rows_of<7>(task);
    if (count <= 9) return sum_rows_of<9>(task);
    sum_rows_of<kMostPlanes>(task);
}

// Row after row, so that what is written next lies beside what was written last; the mask stays in
// registers. Wider vectors are slower here: every other one would straddle two cache lines.
template <std::size_t Vectors>
[[gnu::target("avx2")]] inline void or_part(const OrTask& task, std::size_t first) {
    __m256i mask[Vectors];
    for (std::size_t i = 0; i < Vectors; ++i) mask[i] = load(task.mask + first + 4 * i);
    for (const auto j : task.rows) {
        Word* row = task.weights + j * task.words + first;
        for (std::size_t i = 0; i < Vectors; ++i) {
            auto* at = reinterpret_cast<__m256i*>(row + 4 * i);
            _mm256_storeu_si256(at, _mm256_or_si256(load(row + 4 * i), mask[i]));
        }
    }
}

[[gnu::target("avx2")]] inline void or_rows(const OrTask& task) {
    std::size_t w = 0;
    for (; w + 16 <= task.words; w += 16) or_part<4>(task, w);
    const std::size_t left = (task.words - w) / 4;
    if (left == 3) return or_part<3>(task, w);
    if (left == 2) return or_part<2>(task, w);
    if (left == 1) return or_part<1>(task, w);
}

// The 16 numbers of bytes in one half of a vector.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i widened(__m128i bytes) {
    return _mm256_cvtepu8_epi16(bytes);
}

// Bits of planes `first` to `last` (at most eight) as a byte for each of 32 cells: each bit is
// spread over a byte of its own.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i
bytes_of(const Word* planes, std::size_t words, std::size_t half, std::size_t first,
         std::size_t last) {
    const __m256i own_byte =
        _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i own_bit = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201U));
    __m256i sum = _mm256_setzero_si256();
    __m256i value = _mm256_set1_epi8(1);
    for (std::size_t p = first; p < last; ++p) {
        const Word bits = planes[p * words + half / 2] >> (half % 2 == 0 ? 0 : 32);
        const __m256i all = _mm256_set1_epi32(static_cast<int>(bits & 0xffffffffU));
        const __m256i own = _mm256_and_si256(_mm256_shuffle_epi8(all, own_byte), own_bit);
        sum = _mm256_or_si256(sum, _mm256_and_si256(_mm256_cmpeq_epi8(own, own_bit), value));
        value = _mm256_add_epi8(value, value);
    }
    return sum;
}

[[gnu::target("avx2")]] inline void unpack(const Word* planes, std::size_t count, std::size_t words,
                                           std::uint16_t* counts) {
    for (std::size_t half = 0; half < 2 * words; ++half, counts += 32) {
        const __m256i low = bytes_of(planes, words, half, 0, std::min<std::size_t>(count, 8));
        __m256i first = widened(_mm256_castsi256_si128(low));
        __m256i second = widened(_mm256_extracti128_si256(low, 1));
        if (count > 8) {
            const __m256i high = bytes_of(planes, words, half, 8, count);
            const __m256i more = widened(_mm256_castsi256_si128(high));
            const __m256i rest = widened(_mm256_extracti128_si256(high, 1));
            first = _mm256_or_si256(first, _mm256_slli_epi16(more, 8));
            second = _mm256_or_si256(second, _mm256_slli_epi16(rest, 8));
        }
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(counts), first);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(counts + 16), second);
    }
}

// Lanes of T that are 0, all bits set.
template <class T>
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i is_zero(__m256i x) {
    const __m256i zero = _mm256_setzero_si256();
    if constexpr (sizeof(T) == 2) return _mm256_cmpeq_epi16(x, zero);
    if constexpr (sizeof(T) == 4) return _mm256_cmpeq_epi32(x, zero);
    return _mm256_cmpeq_epi64(x, zero);
}

template <class T>
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i all_lanes(std::size_t value) {
    if constexpr (sizeof(T) == 2) return _mm256_set1_epi16(static_cast<short>(value));
    if constexpr (sizeof(T) == 4) return _mm256_set1_epi32(static_cast<int>(value));
    return _mm256_set1_epi64x(static_cast<long long>(value));
}

template <class T>
[[gnu::target("avx2")]] inline void maxima_of(const Word* planes, std::size_t count,
                                              std::size_t words, Word* candidates,
                                              std::uint16_t* maxima) {
    constexpr std::size_t kModules = 32 / sizeof(T);
    for (std::size_t w = 0; w < words; w += 4, maxima += kModules) {
        __m256i left = load(candidates + w);
        __m256i most = _mm256_setzero_si256();
        for (std::size_t p = count; p-- > 0;) {
            const __m256i with = _mm256_and_si256(left, load(planes + p * words + w));
            const __m256i none = is_zero<T>(with);
            left = _mm256_blendv_epi8(with, left, none);
            most =
                _mm256_or_si256(most, _mm256_andnot_si256(none, all_lanes<T>(std::size_t{1} << p)));
        }
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(candidates + w), left);
        T part[kModules];
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(part), most);
        for (std::size_t i = 0; i < kModules; ++i) maxima[i] = static_cast<std::uint16_t>(part[i]);
    }
}

inline void module_maxima(const Word* planes, std::size_t count, const UnitLayout& layout,
                          Word* candidates, std::uint16_t* maxima) {
    if (layout.stride == 16) {
        maxima_of<std::uint16_t>(planes, count, layout.words, candidates, maxima);
    } else if (layout.stride == 32) {
        maxima_of<std::uint32_t>(planes, count, layout.words, candidates, maxima);
    } else if (layout.stride == 64) {
        maxima_of<std::uint64_t>(planes, count, layout.words, candidates, maxima);
    } else {
        portable::module_maxima(planes, count, layout, candidates, maxima);
    }
}

} // namespace baldwin::sdr::detail::avx2

#endif

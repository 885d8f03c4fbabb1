// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// bit_sums_portable.hpp with AVX-512: 512 cells at a time, a full adder is two instructions.
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

namespace baldwin::sdr::detail::avx512 {

// A row ends with a whole or half a vector: it is a multiple of 4 words.
[[gnu::target("avx512f"), gnu::always_inline]] inline __mmask8 lanes_of(std::size_t words_left) {
    return words_left >= 8 ? 0xff : 0x0f;
}

// sum + 2 carry = sum + a + b in each bit.
[[gnu::target("avx512f"), gnu::always_inline]] inline __m512i add_bits(__m512i& sum, __m512i a,
                                                                       __m512i b) {
    const __m512i carry = _mm512_ternarylogic_epi64(sum, a, b, 0xE8);
    sum = _mm512_ternarylogic_epi64(sum, a, b, 0x96);
    return carry;
}

// The counters of 512 cells.
template <std::size_t Planes>
struct Counters {
    __m512i plane[Planes];
};

// Adds eight rows; planes from 3 up take the carry one after the other.
template <std::size_t Planes>
[[gnu::target("avx512f"), gnu::always_inline]] inline void add_eight(Counters<Planes>& c,
                                                                     const __m512i* row) {
    const __m512i twos_a = add_bits(c.plane[0], row[0], row[1]);
    const __m512i twos_b = add_bits(c.plane[0], row[2], row[3]);
    const __m512i fours_a = add_bits(c.plane[1], twos_a, twos_b);
    const __m512i twos_c = add_bits(c.plane[0], row[4], row[5]);
    const __m512i twos_d = add_bits(c.plane[0], row[6], row[7]);
    const __m512i fours_b = add_bits(c.plane[1], twos_c, twos_d);
    __m512i carry = add_bits(c.plane[2], fours_a, fours_b);
    for (std::size_t p = 3; p < Planes; ++p) {
        const __m512i next = _mm512_and_si512(c.plane[p], carry);
        c.plane[p] = _mm512_xor_si512(c.plane[p], carry);
        carry = next;
    }
}

template <std::size_t Planes>
[[gnu::target("avx512f")]] inline void sum_rows_of(const SumTask& task) {
    const std::size_t count = planes_of(task.rows.size());
    const std::size_t rows = task.rows.size();
    for (std::size_t w = 0; w < task.words; w += 8) {
        const __mmask8 lanes = lanes_of(task.words - w);
        Counters<Planes> counters;
        for (std::size_t p = 0; p < Planes; ++p) counters.plane[p] = _mm512_setzero_si512();
        __m512i row[8];
        std::size_t i = 0;
        for (; i + 8 <= rows; i += 8) {
            for (std::size_t k = 0; k < 8; ++k) {
                row[k] = _mm512_maskz_loadu_epi64(lanes,
                                                  task.weights + task.rows[i + k] * task.words + w);
            }
            add_eight(counters, row);
        }
        if (i < rows) {
            for (std::size_t k = 0; k < 8; ++k) {
                row[k] = i + k < rows ? _mm512_maskz_loadu_epi64(
                                            lanes, task.weights + task.rows[i + k] * task.words + w)
                                      : _mm512_setzero_si512();
            }
            add_eight(counters, row);
        }
        for (std::size_t p = 0; p < count; ++p) {
            _mm512_mask_storeu_epi64(task.planes + p * task.words + w, lanes, counters.plane[p]);
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

// A row ends with half a vector where its words are no multiple of 8.
[[gnu::target("avx512f")]] inline void or_rows(const OrTask& task) {
    const std::size_t whole = task.words / 8 * 8;
    for (std::size_t w = 0; w < whole; w += 8) {
        const __m512i mask = _mm512_loadu_si512(task.mask + w);
        for (const auto j : task.rows) {
            Word* row = task.weights + j * task.words + w;
            _mm512_storeu_si512(row, _mm512_or_si512(_mm512_loadu_si512(row), mask));
        }
    }
    if (whole == task.words) return;
    const __m256i mask = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(task.mask + whole));
    for (const auto j : task.rows) {
        auto* row = reinterpret_cast<__m256i*>(task.weights + j * task.words + whole);
        _mm256_storeu_si256(row, _mm256_or_si256(_mm256_loadu_si256(row), mask));
    }
}

[[gnu::target("avx512f,avx512bw")]] inline void unpack(const Word* planes, std::size_t count,
                                                       std::size_t words, std::uint16_t* counts) {
    for (std::size_t half = 0; half < 2 * words; ++half) {
        __m512i sum = _mm512_setzero_si512();
        for (std::size_t p = 0; p < count; ++p) {
            const auto bits =
                static_cast<__mmask32>(planes[p * words + half / 2] >> (half % 2 == 0 ? 0 : 32));
            const __m512i value = _mm512_set1_epi16(static_cast<short>(1U << p));
            sum = _mm512_mask_add_epi16(sum, bits, sum, value);
        }
        _mm512_storeu_si512(counts + 32 * half, sum);
    }
}

// One plane of the search for maxima: lanes (modules) with a candidate that has this bit keep only
// such candidates and note the bit. There is one overload for each size of a module.
template <class Lane>
struct Search;

template <>
struct Search<std::uint16_t> {
    [[gnu::target("avx512f,avx512bw"), gnu::always_inline]] static void
    step(__m512i& left, __m512i& most, __m512i plane, std::size_t p) {
        const __m512i with = _mm512_and_si512(left, plane);
        const __mmask32 any = _mm512_test_epi16_mask(with, with);
        left = _mm512_mask_mov_epi16(left, any, with);
        most =
            _mm512_mask_add_epi16(most, any, most, _mm512_set1_epi16(static_cast<short>(1U << p)));
    }
    [[gnu::target("avx512f,avx512bw"), gnu::always_inline]] static void write(std::uint16_t* maxima,
                                                                              __m512i most) {
        _mm512_storeu_si512(maxima, most);
    }
};

template <>
struct Search<std::uint32_t> {
    [[gnu::target("avx512f,avx512bw"), gnu::always_inline]] static void
    step(__m512i& left, __m512i& most, __m512i plane, std::size_t p) {
        const __m512i with = _mm512_and_si512(left, plane);
        const __mmask16 any = _mm512_test_epi32_mask(with, with);
        left = _mm512_mask_mov_epi32(left, any, with);
        most = _mm512_mask_or_epi32(most, any, most, _mm512_set1_epi32(1 << p));
    }
    [[gnu::target("avx512f,avx512bw"), gnu::always_inline]] static void write(std::uint16_t* maxima,
                                                                              __m512i most) {
        _mm512_mask_cvtepi32_storeu_epi16(maxima, 0xffff, most);
    }
};

template <>
struct Search<std::uint64_t> {
    [[gnu::target("avx512f,avx512bw"), gnu::always_inline]] static void
    step(__m512i& left, __m512i& most, __m512i plane, std::size_t p) {
        const __m512i with = _mm512_and_si512(left, plane);
        const __mmask8 any = _mm512_test_epi64_mask(with, with);
        left = _mm512_mask_mov_epi64(left, any, with);
        most = _mm512_mask_or_epi64(most, any, most, _mm512_set1_epi64(1LL << p));
    }
    [[gnu::target("avx512f,avx512bw"), gnu::always_inline]] static void write(std::uint16_t* maxima,
                                                                              __m512i most) {
        _mm512_mask_cvtepi64_storeu_epi16(maxima, 0xff, most);
    }
};

template <class Lane>
[[gnu::target("avx512f,avx512bw")]] inline void maxima_of(const Word* planes, std::size_t count,
                                                          std::size_t words, Word* candidates,
                                                          std::uint16_t* maxima) {
    for (std::size_t w = 0; w < words; w += 8) {
        const __mmask8 lanes = lanes_of(words - w);
        __m512i left = _mm512_maskz_loadu_epi64(lanes, candidates + w);
        __m512i most = _mm512_setzero_si512();
        for (std::size_t p = count; p-- > 0;) {
            Search<Lane>::step(left, most, _mm512_maskz_loadu_epi64(lanes, planes + p * words + w),
                               p);
        }
        _mm512_mask_storeu_epi64(candidates + w, lanes, left);
        std::uint16_t part[32];
        Search<Lane>::write(part, most);
        const std::size_t modules = (words - w >= 8 ? 8 : 4) * sizeof(Word) / sizeof(Lane);
        std::copy_n(part, modules, maxima + w * sizeof(Word) / sizeof(Lane));
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

} // namespace baldwin::sdr::detail::avx512

#endif

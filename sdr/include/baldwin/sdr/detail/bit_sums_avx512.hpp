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

// Bits of planes `first` to `last` (at most eight) as a byte for each of the 64 cells of word w.
[[gnu::target("avx512f,avx512bw"), gnu::always_inline]] inline __m512i
bytes_of(const Word* planes, std::size_t words, std::size_t w, std::size_t first,
         std::size_t last) {
    __m512i sum = _mm512_setzero_si512();
    __m512i value = _mm512_set1_epi8(1);
    for (std::size_t p = first; p < last; ++p) {
        sum = _mm512_mask_add_epi8(sum, planes[p * words + w], sum, value);
        value = _mm512_add_epi8(value, value);
    }
    return sum;
}

// The numbers of bytes, of the lower or upper half; under full masks, as GCC 12 sees uninitialised
// values in the plain forms.
template <int Half>
[[gnu::target("avx512f,avx512bw"), gnu::always_inline]] inline __m512i widened(__m512i bytes) {
    const __m256i half = _mm512_maskz_extracti64x4_epi64(0xf, bytes, Half);
    return _mm512_maskz_cvtepu8_epi16(~__mmask32{0}, half);
}

[[gnu::target("avx512f,avx512bw")]] inline void unpack(const Word* planes, std::size_t count,
                                                       std::size_t words, std::uint16_t* counts) {
    for (std::size_t w = 0; w < words; ++w) {
        const __m512i low = bytes_of(planes, words, w, 0, std::min<std::size_t>(count, 8));
        __m512i first = widened<0>(low);
        __m512i second = widened<1>(low);
        if (count > 8) {
            const __m512i high = bytes_of(planes, words, w, 8, count);
            first = _mm512_or_si512(first, _mm512_slli_epi16(widened<0>(high), 8));
            second = _mm512_or_si512(second, _mm512_slli_epi16(widened<1>(high), 8));
        }
        _mm512_storeu_si512(counts + w * 64, first);
        _mm512_storeu_si512(counts + w * 64 + 32, second);
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

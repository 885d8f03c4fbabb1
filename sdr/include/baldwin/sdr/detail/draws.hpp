// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The random numbers of a mac: 32 bits each, a function of (stream, index), eight blocks of four
/// at a time: the lanes of a vector. All versions give the same numbers.
#pragma once

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/detail/bit_sums.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

namespace baldwin::sdr::detail {

inline constexpr std::size_t kDrawLanes = 8;
inline constexpr std::uint32_t kDrawKey = 0x5DC0DE5U; // apart from the draws of Stream itself

using DrawGroup = std::array<std::uint32_t, 4 * kDrawLanes>;

inline constexpr int kDrawRounds = 10;
inline constexpr std::uint32_t kDrawFactor0 = 0xD2511F53U; // constants of philox4x32
inline constexpr std::uint32_t kDrawFactor1 = 0xCD9E8D57U;
inline constexpr std::uint32_t kDrawStep0 = 0x9E3779B9U;
inline constexpr std::uint32_t kDrawStep1 = 0xBB67AE85U;

// Counters and key of a group: blocks first ... first + 7 of a stream.
struct DrawStart {
    std::uint64_t first;
    std::uint64_t id;
    std::uint32_t key0;
    std::uint32_t key1;

    DrawStart(const Stream& stream, std::uint64_t group)
        : first(group * kDrawLanes), id(stream.id()),
          key0(static_cast<std::uint32_t>(stream.seed()) ^ kDrawKey),
          key1(static_cast<std::uint32_t>(stream.seed() >> 32)) {}
};

namespace portable {

inline void draw_group(DrawStart start, std::uint32_t* out) {
    for (std::size_t i = 0; i < kDrawLanes; ++i) {
        const std::uint64_t block = start.first + i;
        std::uint32_t x0 = static_cast<std::uint32_t>(block);
        std::uint32_t x1 = static_cast<std::uint32_t>(block >> 32);
        std::uint32_t x2 = static_cast<std::uint32_t>(start.id);
        std::uint32_t x3 = static_cast<std::uint32_t>(start.id >> 32);
        std::uint32_t key0 = start.key0;
        std::uint32_t key1 = start.key1;
        for (int round = 0; round < kDrawRounds; ++round) {
            const std::uint64_t product0 = std::uint64_t{kDrawFactor0} * x0;
            const std::uint64_t product1 = std::uint64_t{kDrawFactor1} * x2;
            x0 = static_cast<std::uint32_t>(product1 >> 32) ^ x1 ^ key0;
            x1 = static_cast<std::uint32_t>(product1);
            x2 = static_cast<std::uint32_t>(product0 >> 32) ^ x3 ^ key1;
            x3 = static_cast<std::uint32_t>(product0);
            key0 += kDrawStep0;
            key1 += kDrawStep1;
        }
        out[i] = x0;
        out[kDrawLanes + i] = x1;
        out[2 * kDrawLanes + i] = x2;
        out[3 * kDrawLanes + i] = x3;
    }
}

} // namespace portable

#if defined(__x86_64__)

// Numbers of 32 bits in lanes of 64, whose upper halves are never read.
namespace avx2 {

[[gnu::target("avx2")]] inline void draw_group(DrawStart start, std::uint32_t* out) {
    const __m256i factor0 = _mm256_set1_epi64x(kDrawFactor0);
    const __m256i factor1 = _mm256_set1_epi64x(kDrawFactor1);
    for (std::size_t half = 0; half < 2; ++half) {
        const std::uint64_t begin = start.first + 4 * half;
        const auto first = static_cast<long long>(begin);
        const auto id = static_cast<long long>(start.id);
        __m256i x0 = _mm256_add_epi64(_mm256_set1_epi64x(first), _mm256_setr_epi64x(0, 1, 2, 3));
        __m256i x1 = _mm256_srli_epi64(x0, 32);
        __m256i x2 = _mm256_set1_epi64x(id);
        __m256i x3 = _mm256_srli_epi64(x2, 32);
        std::uint32_t key0 = start.key0;
        std::uint32_t key1 = start.key1;
        for (int round = 0; round < kDrawRounds; ++round) {
            const __m256i product0 = _mm256_mul_epu32(x0, factor0);
            const __m256i product1 = _mm256_mul_epu32(x2, factor1);
            const __m256i mixed0 = _mm256_xor_si256(x1, _mm256_set1_epi64x(key0));
            const __m256i mixed1 = _mm256_xor_si256(x3, _mm256_set1_epi64x(key1));
            x0 = _mm256_xor_si256(_mm256_srli_epi64(product1, 32), mixed0);
            x1 = product1;
            x2 = _mm256_xor_si256(_mm256_srli_epi64(product0, 32), mixed1);
            x3 = product0;
            key0 += kDrawStep0;
            key1 += kDrawStep1;
        }
        const __m256i low = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
        std::size_t word = 0;
        for (const __m256i x : {x0, x1, x2, x3}) {
            auto* at = reinterpret_cast<__m128i*>(out + kDrawLanes * word++ + 4 * half);
            _mm_storeu_si128(at, _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(x, low)));
        }
    }
}

} // namespace avx2

// Under full masks: GCC 12 sees uninitialised values in the plain forms.
namespace avx512 {

[[gnu::target("avx512f"), gnu::always_inline]] inline __m512i upper(__m512i x) {
    return _mm512_maskz_srli_epi64(0xff, x, 32);
}
[[gnu::target("avx512f"), gnu::always_inline]] inline __m512i product(__m512i a, __m512i b) {
    return _mm512_maskz_mul_epu32(0xff, a, b);
}

[[gnu::target("avx512f")]] inline void draw_group(DrawStart start, std::uint32_t* out) {
    const __m512i factor0 = _mm512_set1_epi64(kDrawFactor0);
    const __m512i factor1 = _mm512_set1_epi64(kDrawFactor1);
    __m512i x0 = _mm512_add_epi64(_mm512_set1_epi64(static_cast<long long>(start.first)),
                                  _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
    __m512i x1 = upper(x0);
    __m512i x2 = _mm512_set1_epi64(static_cast<long long>(start.id));
    __m512i x3 = upper(x2);
    for (int round = 0; round < kDrawRounds; ++round) {
        const __m512i product0 = product(x0, factor0);
        const __m512i product1 = product(x2, factor1);
        const __m512i key0 = _mm512_set1_epi64(start.key0);
        const __m512i key1 = _mm512_set1_epi64(start.key1);
        x0 = _mm512_ternarylogic_epi64(upper(product1), x1, key0, 0x96);
        x1 = product1;
        x2 = _mm512_ternarylogic_epi64(upper(product0), x3, key1, 0x96);
        x3 = product0;
        start.key0 += kDrawStep0;
        start.key1 += kDrawStep1;
    }
    std::size_t word = 0;
    for (const __m512i x : {x0, x1, x2, x3}) {
        auto* at = reinterpret_cast<__m256i*>(out + kDrawLanes * word++);
        _mm256_storeu_si256(at, _mm512_maskz_cvtepi64_epi32(0xff, x));
    }
}

} // namespace avx512

#endif

// Draws 32 group ... 32 group + 31: philox4x32 of counters (block, stream) under the seed; word w
// of block i is draw 8 w + i.
inline void draw_group(const Stream& stream, std::uint64_t group, DrawGroup& out, KernelPath path) {
    const DrawStart start(stream, group);
    path = chosen(path);
#if defined(__x86_64__)
    if (path == KernelPath::avx512) return avx512::draw_group(start, out.data());
    if (path == KernelPath::avx2) return avx2::draw_group(start, out.data());
#endif
    portable::draw_group(start, out.data());
}

// The group of a stream that was drawn last: the next call mostly begins in it.
struct LastGroup {
    std::uint64_t group = ~std::uint64_t{0};
    DrawGroup draws = {};
};

// out[i] = draw first + i.
// last: of the same stream
inline void fill_draws(const Stream& stream, std::uint64_t first, std::span<std::uint32_t> out,
                       KernelPath path, LastGroup& last) {
    constexpr std::size_t kSize = std::tuple_size_v<DrawGroup>;
    for (std::size_t done = 0; done < out.size();) {
        const std::uint64_t index = first + done;
        if (last.group != index / kSize) {
            last.group = index / kSize;
            draw_group(stream, last.group, last.draws, path);
        }
        const std::size_t begin = index % kSize;
        const std::size_t count = std::min(kSize - begin, out.size() - done);
        std::copy_n(last.draws.begin() + static_cast<std::ptrdiff_t>(begin), count,
                    out.begin() + static_cast<std::ptrdiff_t>(done));
        done += count;
    }
}
inline void fill_draws(const Stream& stream, std::uint64_t first, std::span<std::uint32_t> out,
                       KernelPath path = KernelPath::automatic) {
    LastGroup last;
    fill_draws(stream, first, out, path, last);
}

// A number in [0, bound) from 32 random bits; its probabilities are multiples of 2^-32.
inline std::uint64_t scaled(std::uint32_t random, std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(random) * bound) >> 32);
}

} // namespace baldwin::sdr::detail

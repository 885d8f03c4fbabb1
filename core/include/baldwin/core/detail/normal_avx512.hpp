// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// normal_portable.hpp with AVX-512: a group of 64 draws is four vectors of 16 lanes.
///
/// Every function carries the target attribute and none is used without it, so no function is
/// ever compiled for two instruction sets.
#pragma once

#include <baldwin/core/detail/normal_portable.hpp>
#include <baldwin/core/detail/philox.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)

#include <immintrin.h>

namespace baldwin::detail::avx512 {

// g++ 12 takes the plain forms of some intrinsics for uses of an uninitialised value, and warns in
// the user's build; the masked forms with all lanes on are the same instructions.
inline constexpr __mmask8 kAll8 = 0xff;
inline constexpr __mmask16 kAll16 = 0xffff;

// Sixteen Philox blocks; word w of block i is lane i of words[w].
struct Blocks {
    __m512i words[4];
};

// Eight blocks, one per 64-bit lane. The multiplier reads the low half of a lane only, so the high
// halves may hold anything.
struct HalfBlocks {
    __m512i x0, x1, x2, x3;
};

[[gnu::target("avx512f,fma"), gnu::always_inline]] inline HalfBlocks
philox_round(const HalfBlocks& x, __m512i key0, __m512i key1) {
    constexpr int kXor3 = 0x96;
    const __m512i multiplier0 = _mm512_set1_epi64(kPhiloxMultiplier0);
    const __m512i multiplier1 = _mm512_set1_epi64(kPhiloxMultiplier1);
    const __m512i product0 = _mm512_maskz_mul_epu32(kAll8, x.x0, multiplier0);
    const __m512i product1 = _mm512_maskz_mul_epu32(kAll8, x.x2, multiplier1);
    const __m512i high0 = _mm512_maskz_srli_epi64(kAll8, product0, 32);
    const __m512i high1 = _mm512_maskz_srli_epi64(kAll8, product1, 32);
    return {_mm512_ternarylogic_epi64(high1, x.x1, key0, kXor3), product1,
            _mm512_ternarylogic_epi64(high0, x.x3, key1, kXor3), product0};
}

// The low halves of the 64-bit lanes of a (blocks 0 1 4 5 8 9 12 13) and b (2 3 6 7 ...), in order.
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline __m512i merge(__m512i a, __m512i b) {
    return _mm512_castps_si512(
        _mm512_maskz_shuffle_ps(kAll16, _mm512_castsi512_ps(a), _mm512_castsi512_ps(b), 0x88));
}

[[gnu::target("avx512f,fma"), gnu::always_inline]] inline Blocks
philox_blocks(const WordSource& source, const RoundKeys& keys, std::uint64_t group) {
    const std::uint64_t tagged = (group * 16) | (static_cast<std::uint64_t>(source.kind) << 62);
    const __m512i low = _mm512_set1_epi64(static_cast<std::int64_t>(tagged & 0xffffffffU));
    const __m512i high = _mm512_set1_epi64(static_cast<std::int64_t>(tagged >> 32));
    const __m512i stream = _mm512_set1_epi64(static_cast<std::int64_t>(source.stream));
    const __m512i stream_high = _mm512_set1_epi64(static_cast<std::int64_t>(source.stream >> 32));
    const __m512i lanes_a = _mm512_set_epi64(13, 12, 9, 8, 5, 4, 1, 0);
    const __m512i lanes_b = _mm512_set_epi64(15, 14, 11, 10, 7, 6, 3, 2);
    HalfBlocks a{_mm512_or_si512(low, lanes_a), high, stream, stream_high};
    HalfBlocks b{_mm512_or_si512(low, lanes_b), high, stream, stream_high};
    for (std::size_t i = 0; i < kPhiloxRounds; ++i) {
        const __m512i key0 = _mm512_set1_epi32(static_cast<std::int32_t>(keys.first[i]));
        const __m512i key1 = _mm512_set1_epi32(static_cast<std::int32_t>(keys.second[i]));
        a = philox_round(a, key0, key1);
        b = philox_round(b, key0, key1);
    }
    return {{merge(a.x0, b.x0), merge(a.x1, b.x1), merge(a.x2, b.x2), merge(a.x3, b.x3)}};
}

template <std::size_t N>
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline __m512
polynomial(__m512 x, const std::array<float, N>& c) {
    __m512 sum = _mm512_set1_ps(c[N - 1]);
    for (std::size_t i = N - 1; i-- > 0;) sum = _mm512_fmadd_ps(sum, x, _mm512_set1_ps(c[i]));
    return sum;
}

[[gnu::target("avx512f,fma"), gnu::always_inline]] inline __m512 uniform_of(__m512i word) {
    const __m512 integer =
        _mm512_maskz_cvtepi32_ps(kAll16, _mm512_maskz_srli_epi32(kAll16, word, 8));
    return _mm512_mul_ps(integer, _mm512_set1_ps(0x1p-24F));
}

[[gnu::target("avx512f,fma"), gnu::always_inline]] inline __m512 radius_of(__m512i word) {
    const __m512i odd =
        _mm512_or_si512(_mm512_maskz_srli_epi32(kAll16, word, 1), _mm512_set1_epi32(1));
    const __m512i bits = _mm512_castps_si512(_mm512_maskz_cvtepi32_ps(kAll16, odd));
    const __m512i offset = _mm512_set1_epi32(static_cast<std::int32_t>(kRootHalfBits));
    const __m512i exponent = _mm512_maskz_srli_epi32(kAll16, _mm512_sub_epi32(bits, offset), 23);
    const __m512i mantissa = _mm512_sub_epi32(bits, _mm512_maskz_slli_epi32(kAll16, exponent, 23));
    const __m512 f = _mm512_sub_ps(_mm512_castsi512_ps(mantissa), _mm512_set1_ps(1.0F));
    const __m512 k =
        _mm512_maskz_cvtepi32_ps(kAll16, _mm512_sub_epi32(exponent, _mm512_set1_epi32(31)));
    const __m512 base = _mm512_mul_ps(k, _mm512_set1_ps(kMinusTwoLn2));
    const __m512 tail = polynomial(f, kMinusTwoLogTail);
    const __m512 slope = _mm512_fmadd_ps(f, tail, _mm512_set1_ps(-2.0F));
    return _mm512_maskz_sqrt_ps(kAll16, _mm512_fmadd_ps(f, slope, base));
}

[[gnu::target("avx512f,fma"), gnu::always_inline]] inline __m512 flip_sign(__m512 x, __m512i word) {
    const __m512i sign = _mm512_set1_epi32(static_cast<std::int32_t>(kSignBit));
    const __m512i flip = _mm512_and_si512(word, sign);
    return _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(x), flip));
}

// Box and Muller's transform of two words into two vectors.
[[gnu::target("avx512f,fma"), gnu::always_inline]] inline void
normal_pair(__m512i radius_word, __m512i angle_word, __m512& first, __m512& second) {
    const __m512 radius = radius_of(radius_word);
    const __m512i mask = _mm512_set1_epi32(static_cast<std::int32_t>(kAngleBits));
    const __m512 angle = _mm512_maskz_cvtepi32_ps(kAll16, _mm512_and_si512(angle_word, mask));
    const __m512 u = _mm512_mul_ps(angle, _mm512_set1_ps(0x1p-30F));
    const __m512 square = _mm512_mul_ps(u, u);
    const __m512 cosine = _mm512_mul_ps(radius, polynomial(square, kCosine));
    const __m512 sine = _mm512_mul_ps(radius, _mm512_mul_ps(u, polynomial(square, kSine)));
    first = flip_sign(cosine, _mm512_maskz_slli_epi32(kAll16, angle_word, 1));
    second = flip_sign(sine, angle_word);
}

[[gnu::target("avx512f,fma")]] inline void
fill_uniform(const WordSource& source, std::uint64_t group, std::size_t groups, float* out) {
    const RoundKeys keys = round_keys(source.seed);
    for (std::size_t g = 0; g < groups; ++g, out += kGroup) {
        const Blocks blocks = philox_blocks(source, keys, group + g);
        for (std::size_t w = 0; w < 4; ++w) {
            _mm512_storeu_ps(out + 16 * w, uniform_of(blocks.words[w]));
        }
    }
}

[[gnu::target("avx512f,fma")]] inline void
fill_normal(const WordSource& source, std::uint64_t group, std::size_t groups, float* out) {
    const RoundKeys keys = round_keys(source.seed);
    for (std::size_t g = 0; g < groups; ++g, out += kGroup) {
        const Blocks blocks = philox_blocks(source, keys, group + g);
        for (std::size_t w = 0; w < 4; w += 2) {
            __m512 first, second;
            normal_pair(blocks.words[w], blocks.words[w + 1], first, second);
            _mm512_storeu_ps(out + 16 * w, first);
            _mm512_storeu_ps(out + 16 * w + 16, second);
        }
    }
}

[[gnu::target("avx512f,fma")]] inline void add_normal(const WordSource& source, std::uint64_t group,
                                                      std::size_t groups, float sigma,
                                                      float* theta) {
    const RoundKeys keys = round_keys(source.seed);
    const __m512 scale = _mm512_set1_ps(sigma);
    for (std::size_t g = 0; g < groups; ++g, theta += kGroup) {
        const Blocks blocks = philox_blocks(source, keys, group + g);
        for (std::size_t w = 0; w < 4; w += 2) {
            __m512 first, second;
            normal_pair(blocks.words[w], blocks.words[w + 1], first, second);
            float* at = theta + 16 * w;
            _mm512_storeu_ps(at, _mm512_fmadd_ps(scale, first, _mm512_loadu_ps(at)));
            _mm512_storeu_ps(at + 16, _mm512_fmadd_ps(scale, second, _mm512_loadu_ps(at + 16)));
        }
    }
}

} // namespace baldwin::detail::avx512

#endif

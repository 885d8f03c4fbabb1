// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// normal_portable.hpp with AVX2: a group of 64 draws is two halves of four vectors of 8 lanes.
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

namespace baldwin::detail::avx2 {

// Eight Philox blocks; word w of block i is lane i of words[w].
struct Blocks {
    __m256i words[4];
};

// Four blocks, one per 64-bit lane. The multiplier reads the low half of a lane only, so the high
// halves may hold anything.
struct HalfBlocks {
    __m256i x0, x1, x2, x3;
};

[[gnu::target("avx2,fma"), gnu::always_inline]] inline HalfBlocks
philox_round(const HalfBlocks& x, __m256i key0, __m256i key1) {
    const __m256i multiplier0 = _mm256_set1_epi64x(kPhiloxMultiplier0);
    const __m256i multiplier1 = _mm256_set1_epi64x(kPhiloxMultiplier1);
    const __m256i product0 = _mm256_mul_epu32(x.x0, multiplier0);
    const __m256i product1 = _mm256_mul_epu32(x.x2, multiplier1);
    const __m256i high0 = _mm256_srli_epi64(product0, 32);
    const __m256i high1 = _mm256_srli_epi64(product1, 32);
    return {_mm256_xor_si256(high1, _mm256_xor_si256(x.x1, key0)), product1,
            _mm256_xor_si256(high0, _mm256_xor_si256(x.x3, key1)), product0};
}

// The low halves of the 64-bit lanes of a (blocks 0 1 4 5) and b (2 3 6 7), in order.
[[gnu::target("avx2,fma"), gnu::always_inline]] inline __m256i merge(__m256i a, __m256i b) {
    return _mm256_castps_si256(
        _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0x88));
}

[[gnu::target("avx2,fma"), gnu::always_inline]] inline Blocks
philox_blocks(const WordSource& source, const RoundKeys& keys, std::uint64_t first) {
    const std::uint64_t tagged = first | (static_cast<std::uint64_t>(source.kind) << 62);
    const __m256i low = _mm256_set1_epi64x(static_cast<std::int64_t>(tagged & 0xffffffffU));
    const __m256i high = _mm256_set1_epi64x(static_cast<std::int64_t>(tagged >> 32));
    const __m256i stream = _mm256_set1_epi64x(static_cast<std::int64_t>(source.stream));
    const __m256i stream_high = _mm256_set1_epi64x(static_cast<std::int64_t>(source.stream >> 32));
    const __m256i lanes_a = _mm256_set_epi64x(5, 4, 1, 0);
    const __m256i lanes_b = _mm256_set_epi64x(7, 6, 3, 2);
    HalfBlocks a{_mm256_or_si256(low, lanes_a), high, stream, stream_high};
    HalfBlocks b{_mm256_or_si256(low, lanes_b), high, stream, stream_high};
    for (std::size_t i = 0; i < kPhiloxRounds; ++i) {
        const __m256i key0 = _mm256_set1_epi32(static_cast<std::int32_t>(keys.first[i]));
        const __m256i key1 = _mm256_set1_epi32(static_cast<std::int32_t>(keys.second[i]));
        a = philox_round(a, key0, key1);
        b = philox_round(b, key0, key1);
    }
    return {{merge(a.x0, b.x0), merge(a.x1, b.x1), merge(a.x2, b.x2), merge(a.x3, b.x3)}};
}

template <std::size_t N>
[[gnu::target("avx2,fma"), gnu::always_inline]] inline __m256
polynomial(__m256 x, const std::array<float, N>& c) {
    __m256 sum = _mm256_set1_ps(c[N - 1]);
    for (std::size_t i = N - 1; i-- > 0;) sum = _mm256_fmadd_ps(sum, x, _mm256_set1_ps(c[i]));
    return sum;
}

[[gnu::target("avx2,fma"), gnu::always_inline]] inline __m256 uniform_of(__m256i word) {
    const __m256 integer = _mm256_cvtepi32_ps(_mm256_srli_epi32(word, 8));
    return _mm256_mul_ps(integer, _mm256_set1_ps(0x1p-24F));
}

[[gnu::target("avx2,fma"), gnu::always_inline]] inline __m256 radius_of(__m256i word) {
    const __m256i odd = _mm256_or_si256(_mm256_srli_epi32(word, 1), _mm256_set1_epi32(1));
    const __m256i bits = _mm256_castps_si256(_mm256_cvtepi32_ps(odd));
    const __m256i offset = _mm256_set1_epi32(static_cast<std::int32_t>(kRootHalfBits));
    const __m256i exponent = _mm256_srli_epi32(_mm256_sub_epi32(bits, offset), 23);
    const __m256i mantissa = _mm256_sub_epi32(bits, _mm256_slli_epi32(exponent, 23));
    const __m256 f = _mm256_sub_ps(_mm256_castsi256_ps(mantissa), _mm256_set1_ps(1.0F));
    const __m256 k = _mm256_cvtepi32_ps(_mm256_sub_epi32(exponent, _mm256_set1_epi32(31)));
    const __m256 base = _mm256_mul_ps(k, _mm256_set1_ps(kMinusTwoLn2));
    const __m256 tail = polynomial(f, kMinusTwoLogTail);
    const __m256 slope = _mm256_fmadd_ps(f, tail, _mm256_set1_ps(-2.0F));
    return _mm256_sqrt_ps(_mm256_fmadd_ps(f, slope, base));
}

[[gnu::target("avx2,fma"), gnu::always_inline]] inline __m256 flip_sign(__m256 x, __m256i word) {
    const __m256i sign = _mm256_set1_epi32(static_cast<std::int32_t>(kSignBit));
    const __m256i flip = _mm256_and_si256(word, sign);
    return _mm256_castsi256_ps(_mm256_xor_si256(_mm256_castps_si256(x), flip));
}

// Box and Muller's transform of two words into two vectors.
[[gnu::target("avx2,fma"), gnu::always_inline]] inline void
normal_pair(__m256i radius_word, __m256i angle_word, __m256& first, __m256& second) {
    const __m256 radius = radius_of(radius_word);
    const __m256i mask = _mm256_set1_epi32(static_cast<std::int32_t>(kAngleBits));
    const __m256 angle = _mm256_cvtepi32_ps(_mm256_and_si256(angle_word, mask));
    const __m256 u = _mm256_mul_ps(angle, _mm256_set1_ps(0x1p-30F));
    const __m256 square = _mm256_mul_ps(u, u);
    const __m256 cosine = _mm256_mul_ps(radius, polynomial(square, kCosine));
    const __m256 sine = _mm256_mul_ps(radius, _mm256_mul_ps(u, polynomial(square, kSine)));
    first = flip_sign(cosine, _mm256_slli_epi32(angle_word, 1));
    second = flip_sign(sine, angle_word);
}

[[gnu::target("avx2,fma")]] inline void fill_uniform(const WordSource& source, std::uint64_t group,
                                                     std::size_t groups, float* out) {
    const RoundKeys keys = round_keys(source.seed);
    for (std::size_t h = 0; h < 2 * groups; ++h, out += h % 2 == 0 ? kGroup - 8 : 8) {
        const Blocks blocks = philox_blocks(source, keys, group * 16 + 8 * h);
        for (std::size_t w = 0; w < 4; ++w) {
            _mm256_storeu_ps(out + 16 * w, uniform_of(blocks.words[w]));
        }
    }
}

[[gnu::target("avx2,fma")]] inline void fill_normal(const WordSource& source, std::uint64_t group,
                                                    std::size_t groups, float* out) {
    const RoundKeys keys = round_keys(source.seed);
    for (std::size_t h = 0; h < 2 * groups; ++h, out += h % 2 == 0 ? kGroup - 8 : 8) {
        const Blocks blocks = philox_blocks(source, keys, group * 16 + 8 * h);
        for (std::size_t w = 0; w < 4; w += 2) {
            __m256 first, second;
            normal_pair(blocks.words[w], blocks.words[w + 1], first, second);
            _mm256_storeu_ps(out + 16 * w, first);
            _mm256_storeu_ps(out + 16 * w + 16, second);
        }
    }
}

[[gnu::target("avx2,fma")]] inline void add_normal(const WordSource& source, std::uint64_t group,
                                                   std::size_t groups, float sigma, float* theta) {
    const RoundKeys keys = round_keys(source.seed);
    const __m256 scale = _mm256_set1_ps(sigma);
    for (std::size_t h = 0; h < 2 * groups; ++h, theta += h % 2 == 0 ? kGroup - 8 : 8) {
        const Blocks blocks = philox_blocks(source, keys, group * 16 + 8 * h);
        for (std::size_t w = 0; w < 4; w += 2) {
            __m256 first, second;
            normal_pair(blocks.words[w], blocks.words[w + 1], first, second);
            float* at = theta + 16 * w;
            _mm256_storeu_ps(at, _mm256_fmadd_ps(scale, first, _mm256_loadu_ps(at)));
            _mm256_storeu_ps(at + 16, _mm256_fmadd_ps(scale, second, _mm256_loadu_ps(at + 16)));
        }
    }
}

} // namespace baldwin::detail::avx2

#endif

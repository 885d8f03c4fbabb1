// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Uniform and normal numbers from random words, in plain C++: the definition of their bits.
///
/// The vector versions do the same operations lane by lane. Bits are equal on every machine and
/// under all flags short of -ffast-math, because every operation is an integer operation, an exact
/// or correctly rounded conversion, an IEEE product, square root or an explicit fma; no product
/// feeds a sum, so there is nothing that a compiler may contract.
#pragma once

#include <baldwin/core/detail/philox.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace baldwin::detail {

// Minimax polynomials, lowest power first (Remez exchange).
// -2 (ln(1 + f) - f) / f^2 for 1 + f in [sqrt(1/2), sqrt(2)]; relative error of ln 2^-25
inline constexpr std::array<float, 8> kMinusTwoLogTail = {
    0x1.fffffap-1F, -0x1.5556f4p-1F, 0x1.00049ap-1F, -0x1.98d2c2p-2F,
    0x1.535d32p-2F, -0x1.318508p-2F, 0x1.250468p-2F, -0x1.65c778p-3F};
// cos(pi u / 2) in u^2 for u in [0, 1]; error 2^-32
inline constexpr std::array<float, 6> kCosine = {
    1.0F, -0x1.3bd3ccp+0F, 0x1.03c1e6p-2F, -0x1.55d0bap-6F, 0x1.e12f88p-11F, -0x1.901be8p-16F};
// sin(pi u / 2) / u in u^2; error 2^-28
inline constexpr std::array<float, 5> kSine = {0x1.921fb4p+0F, -0x1.4abbb6p-1F, 0x1.46676ep-4F,
                                               -0x1.3232fap-8F, 0x1.3c4b32p-13F};
inline constexpr float kMinusTwoLn2 = -0x1.62e43p+0F;
inline constexpr std::uint32_t kRootHalfBits = 0x3f3504f3U; // sqrt(1/2) as a float
inline constexpr std::uint32_t kSignBit = 0x80000000U;
inline constexpr std::uint32_t kAngleBits = 0x3fffffffU;

template <std::size_t N>
inline float polynomial(float x, const std::array<float, N>& c) {
    float sum = c[N - 1];
    for (std::size_t i = N - 1; i-- > 0;) sum = std::fma(sum, x, c[i]);
    return sum;
}

// [0, 1) in steps of 2^-24.
inline float uniform_of(std::uint32_t word) {
    return static_cast<float>(static_cast<std::int32_t>(word >> 8)) * 0x1p-24F;
}

// sqrt(-2 ln u) with u = an odd 31-bit integer / 2^31 rounded to a float; at most 6.56.
inline float radius_of(std::uint32_t word) {
    const auto odd = static_cast<float>(static_cast<std::int32_t>((word >> 1) | 1U));
    const auto bits = std::bit_cast<std::uint32_t>(odd);
    const std::uint32_t exponent = (bits - kRootHalfBits) >> 23;
    const float f = std::bit_cast<float>(bits - (exponent << 23)) - 1.0F;
    const auto k = static_cast<float>(static_cast<std::int32_t>(exponent) - 31);
    const float base = k * kMinusTwoLn2;
    return std::sqrt(std::fma(f, std::fma(f, polynomial(f, kMinusTwoLogTail), -2.0F), base));
}

struct NormalPair {
    float first;
    float second;
};

// Box and Muller's transform: 30 bits give the angle within a quadrant, 2 bits the signs.
inline NormalPair normal_pair(std::uint32_t radius_word, std::uint32_t angle_word) {
    const float radius = radius_of(radius_word);
    const auto angle = static_cast<std::int32_t>(angle_word & kAngleBits);
    const float u = static_cast<float>(angle) * 0x1p-30F; // exact
    const float square = u * u;
    const float cosine = radius * polynomial(square, kCosine);
    const float sine = radius * (u * polynomial(square, kSine));
    const auto sign = [](float x, std::uint32_t bit) {
        return std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) ^ bit);
    };
    return {sign(cosine, (angle_word << 1) & kSignBit), sign(sine, angle_word & kSignBit)};
}

// One normal number; index as in WordSource: words 0 and 1 make a pair, and 2 and 3.
inline float normal_at(const WordSource& source, std::uint64_t index) {
    const PhiloxWords words = source.block(block_of(index));
    const std::size_t word = word_of(index);
    const NormalPair pair = normal_pair(words[word & 2U], words[word | 1U]);
    return (word & 1U) == 0 ? pair.first : pair.second;
}

// A whole group of 64 draws.
using Group = std::array<float, kGroup>;

inline void uniform_group_portable(const WordSource& source, std::uint64_t group, Group& out) {
    for (std::size_t lane = 0; lane < 16; ++lane) {
        const PhiloxWords words = source.block(group * 16 + lane);
        for (std::size_t w = 0; w < 4; ++w) out[16 * w + lane] = uniform_of(words[w]);
    }
}

inline void normal_group_portable(const WordSource& source, std::uint64_t group, Group& out) {
    for (std::size_t lane = 0; lane < 16; ++lane) {
        const PhiloxWords words = source.block(group * 16 + lane);
        for (std::size_t w = 0; w < 4; w += 2) {
            const NormalPair pair = normal_pair(words[w], words[w + 1]);
            out[16 * w + lane] = pair.first;
            out[16 * (w + 1) + lane] = pair.second;
        }
    }
}

} // namespace baldwin::detail

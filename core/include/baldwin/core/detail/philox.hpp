// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Philox 4x32 with 10 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"),
/// and how the words of a stream are laid out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace baldwin::detail {

inline constexpr std::uint32_t kPhiloxMultiplier0 = 0xD2511F53U;
inline constexpr std::uint32_t kPhiloxMultiplier1 = 0xCD9E8D57U;
inline constexpr std::uint32_t kPhiloxWeyl0 = 0x9E3779B9U;
inline constexpr std::uint32_t kPhiloxWeyl1 = 0xBB67AE85U;
inline constexpr int kPhiloxRounds = 10;

using PhiloxWords = std::array<std::uint32_t, 4>;

inline PhiloxWords philox4x32(PhiloxWords counter, std::uint32_t key0, std::uint32_t key1) {
    for (int round = 0; round < kPhiloxRounds; ++round) {
        const std::uint64_t product0 = std::uint64_t{kPhiloxMultiplier0} * counter[0];
        const std::uint64_t product1 = std::uint64_t{kPhiloxMultiplier1} * counter[2];
        counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key0,
                   static_cast<std::uint32_t>(product1),
                   static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key1,
                   static_cast<std::uint32_t>(product0)};
        key0 += kPhiloxWeyl0;
        key1 += kPhiloxWeyl1;
    }
    return counter;
}

// What a counter is used for; draws of different kinds come from different counters.
enum class DrawKind : std::uint64_t { words = 0, normals = 1, wide = 2, substreams = 3 };

// The words behind one kind of draw of one stream: the seed is the key; the counter is the block
// number (62 bits), the kind (2 bits) and the stream (64 bits).
//
// Vectors of 16 lanes are filled without shuffles: in a group of 64 draws, draw p comes from
// word p / 16 of counter p % 16.
struct WordSource {
    std::uint64_t seed;
    std::uint64_t stream;
    DrawKind kind;

    [[nodiscard]] PhiloxWords block(std::uint64_t number) const {
        const std::uint64_t tagged = number | (static_cast<std::uint64_t>(kind) << 62);
        return philox4x32(
            {static_cast<std::uint32_t>(tagged), static_cast<std::uint32_t>(tagged >> 32),
             static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)},
            static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32));
    }
};

// Both keys of each round.
struct RoundKeys {
    std::array<std::uint32_t, kPhiloxRounds> first;
    std::array<std::uint32_t, kPhiloxRounds> second;
};

inline RoundKeys round_keys(std::uint64_t seed) {
    RoundKeys keys;
    auto key0 = static_cast<std::uint32_t>(seed);
    auto key1 = static_cast<std::uint32_t>(seed >> 32);
    for (std::size_t i = 0; i < kPhiloxRounds; ++i) {
        keys.first[i] = key0;
        keys.second[i] = key1;
        key0 += kPhiloxWeyl0;
        key1 += kPhiloxWeyl1;
    }
    return keys;
}

inline constexpr std::size_t kGroup = 64; // draws that are made together

inline std::uint64_t block_of(std::uint64_t index) { return (index / kGroup) * 16 + index % 16; }
inline std::size_t word_of(std::uint64_t index) { return index / 16 % 4; }

} // namespace baldwin::detail

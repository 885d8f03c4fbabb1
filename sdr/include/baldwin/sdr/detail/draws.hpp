// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The random numbers of a mac: 32 bits each, a function of (stream, index), eight blocks of four
/// at a time so that the compiler has lanes to work on.
#pragma once

#include <baldwin/core/random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace baldwin::sdr::detail {

inline constexpr std::size_t kDrawLanes = 8;
inline constexpr std::uint32_t kDrawKey = 0x5DC0DE5U; // apart from the draws of Stream itself

using DrawGroup = std::array<std::uint32_t, 4 * kDrawLanes>;

// Draws 32 group ... 32 group + 31: philox4x32 of counters (block, stream) under the seed; word w
// of block i is draw 8 w + i.
inline void draw_group(const Stream& stream, std::uint64_t group, DrawGroup& out) {
    std::uint32_t x[4][kDrawLanes];
    for (std::size_t i = 0; i < kDrawLanes; ++i) {
        const std::uint64_t block = group * kDrawLanes + i;
        x[0][i] = static_cast<std::uint32_t>(block);
        x[1][i] = static_cast<std::uint32_t>(block >> 32);
        x[2][i] = static_cast<std::uint32_t>(stream.id());
        x[3][i] = static_cast<std::uint32_t>(stream.id() >> 32);
    }
    auto key0 = static_cast<std::uint32_t>(stream.seed()) ^ kDrawKey;
    auto key1 = static_cast<std::uint32_t>(stream.seed() >> 32);
    for (int round = 0; round < 10; ++round) {
        for (std::size_t i = 0; i < kDrawLanes; ++i) {
            const std::uint64_t product0 = std::uint64_t{0xD2511F53U} * x[0][i];
            const std::uint64_t product1 = std::uint64_t{0xCD9E8D57U} * x[2][i];
            x[0][i] = static_cast<std::uint32_t>(product1 >> 32) ^ x[1][i] ^ key0;
            x[1][i] = static_cast<std::uint32_t>(product1);
            x[2][i] = static_cast<std::uint32_t>(product0 >> 32) ^ x[3][i] ^ key1;
            x[3][i] = static_cast<std::uint32_t>(product0);
        }
        key0 += 0x9E3779B9U;
        key1 += 0xBB67AE85U;
    }
    for (std::size_t w = 0; w < 4; ++w) std::copy_n(x[w], kDrawLanes, out.begin() + 8 * w);
}

// out[i] = draw first + i.
inline void fill_draws(const Stream& stream, std::uint64_t first, std::span<std::uint32_t> out) {
    DrawGroup draws;
    for (std::size_t done = 0; done < out.size();) {
        const std::uint64_t index = first + done;
        draw_group(stream, index / draws.size(), draws);
        const std::size_t begin = index % draws.size();
        const std::size_t count = std::min(draws.size() - begin, out.size() - done);
        std::copy_n(draws.begin() + static_cast<std::ptrdiff_t>(begin), count,
                    out.begin() + static_cast<std::ptrdiff_t>(done));
        done += count;
    }
}

// A number in [0, bound) from 32 random bits; its probabilities are multiples of 2^-32.
inline std::uint64_t scaled(std::uint32_t random, std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(random) * bound) >> 32);
}

} // namespace baldwin::sdr::detail

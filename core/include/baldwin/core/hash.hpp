// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A 64-bit hash of bytes, for parameter vectors, self-tests and files: XXH64.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace baldwin {

namespace detail {

inline constexpr std::uint64_t kXxhPrime1 = 0x9E3779B185EBCA87U;
inline constexpr std::uint64_t kXxhPrime2 = 0xC2B2AE3D27D4EB4FU;
inline constexpr std::uint64_t kXxhPrime3 = 0x165667B19E3779F9U;
inline constexpr std::uint64_t kXxhPrime4 = 0x85EBCA77C2B2AE63U;
inline constexpr std::uint64_t kXxhPrime5 = 0x27D4EB2F165667C5U;

// The next bytes as a little-endian number; the span moves on.
template <class Integer>
inline std::uint64_t take(std::span<const std::byte>& data) {
    static_assert(std::endian::native == std::endian::little);
    Integer value;
    std::memcpy(&value, data.data(), sizeof(value));
    data = data.subspan(sizeof(value));
    return value;
}

inline std::uint64_t xxh_round(std::uint64_t lane, std::uint64_t word) {
    return std::rotl(lane + word * kXxhPrime2, 31) * kXxhPrime1;
}

// Takes whole stripes of 32 bytes through four lanes and joins the lanes.
inline std::uint64_t xxh_stripes(std::span<const std::byte>& data, std::uint64_t seed) {
    std::array<std::uint64_t, 4> lanes = {seed + kXxhPrime1 + kXxhPrime2, seed + kXxhPrime2, seed,
                                          seed - kXxhPrime1};
    while (data.size() >= 32) {
        for (auto& lane : lanes) lane = xxh_round(lane, take<std::uint64_t>(data));
    }
    std::uint64_t hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
                         std::rotl(lanes[3], 18);
    for (const auto lane : lanes) {
        hash = (hash ^ xxh_round(0, lane)) * kXxhPrime1 + kXxhPrime4;
    }
    return hash;
}

// Takes the last 0 to 31 bytes.
inline std::uint64_t xxh_tail(std::span<const std::byte> data, std::uint64_t hash) {
    while (data.size() >= 8) {
        hash ^= xxh_round(0, take<std::uint64_t>(data));
        hash = std::rotl(hash, 27) * kXxhPrime1 + kXxhPrime4;
    }
    if (data.size() >= 4) {
        hash ^= take<std::uint32_t>(data) * kXxhPrime1;
        hash = std::rotl(hash, 23) * kXxhPrime2 + kXxhPrime3;
    }
    while (!data.empty()) {
        hash ^= take<std::uint8_t>(data) * kXxhPrime5;
        hash = std::rotl(hash, 11) * kXxhPrime1;
    }
    return hash;
}

} // namespace detail

/// XXH64 of bytes (Collet's xxHash, 64-bit version). Not for adversaries.
/// \cost about 0.1 ns a byte
[[nodiscard]] inline std::uint64_t hash64(std::span<const std::byte> data, std::uint64_t seed = 0) {
    const std::uint64_t size = data.size();
    std::uint64_t hash = size >= 32 ? detail::xxh_stripes(data, seed) : seed + detail::kXxhPrime5;
    hash = detail::xxh_tail(data, hash + size);
    hash = (hash ^ (hash >> 33)) * detail::kXxhPrime2;
    hash = (hash ^ (hash >> 29)) * detail::kXxhPrime3;
    return hash ^ (hash >> 32);
}

/// A hash as 16 hexadecimal digits, as run directories and error messages show it.
[[nodiscard]] inline std::string hash_hex(std::uint64_t hash) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; hash >>= 4) text[i] = kDigits[hash & 0xfU];
    return text;
}

} // namespace baldwin

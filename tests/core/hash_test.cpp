// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/hash.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>

namespace baldwin::hash_test {
namespace {

using baldwin::hash64;

std::uint64_t hash_of(std::string_view text, std::uint64_t seed = 0) {
    return hash64(std::as_bytes(std::span<const char>(text.data(), text.size())), seed);
}

// Values of the xxHash specification's reference implementation (0.8): lengths that take the
// bytes alone, the 4-byte step, the 8-byte step and the stripes of 32.
TEST(CoreHash, AgreesWithPublishedValues) {
    EXPECT_EQ(hash_of(""), 0xef46db3751d8e999U);
    EXPECT_EQ(hash_of("a"), 0xd24ec4f1a98c6e5bU);
    EXPECT_EQ(hash_of("abc"), 0x44bc2cf5ad770999U);
    EXPECT_EQ(hash_of("xxhash", 20141025), 0xb559b98d844e0635U);
    EXPECT_EQ(hash_of("Call me Ishmael. Some years ago--never mind how long precisely-"),
              0x02a2e85470d6fd96U);
}

// Every length up to 100 takes another mixture of steps; each single bit has to count.
TEST(CoreHash, EveryBitCounts) {
    std::array<std::byte, 100> data{};
    for (std::size_t length = 1; length <= data.size(); ++length) {
        SCOPED_TRACE(length);
        const auto part = std::span<std::byte>(data).first(length);
        const std::uint64_t plain = hash64(part);
        std::set<std::uint64_t> hashes = {plain};
        for (std::size_t i = 0; i < length; ++i) {
            part[i] = std::byte{0x10};
            hashes.insert(hash64(part));
            part[i] = std::byte{0};
        }
        EXPECT_EQ(hashes.size(), length + 1);
        EXPECT_NE(hash64(part, 1), plain);
    }
}

TEST(CoreHash, HexHasSixteenDigits) {
    EXPECT_EQ(baldwin::hash_hex(0xef46db3751d8e999U), "ef46db3751d8e999");
    EXPECT_EQ(baldwin::hash_hex(0xaU), "000000000000000a");
}

} // namespace
} // namespace baldwin::hash_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#define BALDWIN_TEST_COUNT_ALLOCATIONS

#include <baldwin/io/gzip.hpp>

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace baldwin::gzip_test {
namespace {

using baldwin::io::gunzip;
using baldwin::io::gzip;
using baldwin::test::message_of;

std::vector<std::byte> raw(const std::vector<int>& values) {
    std::vector<std::byte> bytes;
    for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
    return bytes;
}

/// Bytes that pack badly.
std::vector<std::byte> noise(std::size_t size) {
    std::vector<std::byte> bytes(size);
    std::uint32_t state = 1;
    for (auto& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<std::byte>(state >> 24);
    }
    return bytes;
}

std::string refusal(const std::vector<std::byte>& bytes) {
    return message_of<std::runtime_error>([&] { return gunzip(bytes, "f"); });
}

// printf 'hello\n' | gzip -n
TEST(IoGzip, InflatesWhatGzipMakes) {
    const auto bytes =
        raw({0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD,
             0xC9, 0xC9, 0xE7, 0x02, 0x00, 0x20, 0x30, 0x3A, 0x36, 0x06, 0x00, 0x00, 0x00});
    const auto hello = baldwin::bytes_of("hello\n");
    EXPECT_EQ(gunzip(bytes, "f"), std::vector<std::byte>(hello.begin(), hello.end()));
}

TEST(IoGzip, GivesBackWhatWasPacked) {
    for (const std::size_t size : {0U, 1U, 1000U, 100'000U}) {
        for (const int level : {0, 1, 6, 9}) {
            SCOPED_TRACE(std::to_string(size) + " bytes at level " + std::to_string(level));
            EXPECT_EQ(gunzip(gzip(noise(size), level), "f"), noise(size));
            const std::vector<std::byte> zeros(size);
            EXPECT_EQ(gunzip(gzip(zeros, level), "f"), zeros);
        }
    }
    EXPECT_EQ(gzip(noise(1000)), gzip(noise(1000)));
}

TEST(IoGzip, JoinsTheMembersOfOneFile) {
    auto bytes = gzip(noise(1000));
    const auto more = gzip(std::vector<std::byte>(5000));
    bytes.insert(bytes.end(), more.begin(), more.end());
    auto expected = noise(1000);
    expected.resize(6000);
    EXPECT_EQ(gunzip(bytes, "f"), expected);
}

TEST(IoGzip, ReadsFilesPackedOrNot) {
    const baldwin::test::TemporaryFolder folder;
    baldwin::write_file(folder / "a", noise(500));
    baldwin::write_file(folder / "a.gz", gzip(noise(500)));
    EXPECT_EQ(baldwin::io::read_maybe_gzip(folder / "a"), noise(500));
    EXPECT_EQ(baldwin::io::read_maybe_gzip(folder / "a.gz"), noise(500));
    EXPECT_THROW(static_cast<void>(baldwin::io::read_maybe_gzip(folder / "b")), std::runtime_error);
}

TEST(IoGzip, TruncatedInputIsRefusedAtEveryLength) {
    const auto whole = gzip(noise(300));
    EXPECT_EQ(refusal({}), "f: is not a gzip file: it must begin with the bytes 1F 8B");
    EXPECT_EQ(refusal({whole.begin(), whole.begin() + 5}),
              "f: truncated: the compressed data ends too early");
    EXPECT_EQ(refusal({whole.begin(), whole.end() - 1}),
              "f: truncated: the compressed data ends too early");
    EXPECT_EQ(baldwin::test::accepted_prefixes(
                  whole, [](const auto& bytes) { static_cast<void>(gunzip(bytes, "f")); }),
              0U);
}

TEST(IoGzip, DamagedAndOversizedInputIsRefused) {
    const auto whole = gzip(noise(300));
    auto damaged = whole;
    damaged[damaged.size() - 6] ^= std::byte{1}; // checksum
    EXPECT_EQ(refusal(damaged), "f: is damaged after 300 inflated bytes: incorrect data check");
    auto longer = whole;
    longer.push_back(std::byte{'x'});
    longer.push_back(std::byte{'y'});
    EXPECT_EQ(refusal(longer), "f: is damaged after 300 inflated bytes: incorrect header check");
    EXPECT_EQ(refusal(noise(20)), "f: is not a gzip file: it must begin with the bytes 1F 8B");
}

TEST(IoGzip, ABombStopsAtTheLimit) {
    const auto bomb = gzip(std::vector<std::byte>(2'000'000), 9);
    ASSERT_LT(bomb.size(), 4'000U);
    baldwin::test::largest_allocation = 0;
    EXPECT_EQ(message_of<std::runtime_error>([&] { return gunzip(bomb, "f", 100'000); }),
              "f: inflates to more than the limit of 100000 bytes");
    EXPECT_LE(baldwin::test::largest_allocation, 300'000U);
    EXPECT_EQ(gunzip(bomb, "f", 2'000'000).size(), 2'000'000U);
}

TEST(IoGzip, AnInventedSizeReservesNothing) {
    auto bytes = gzip(noise(10));
    for (std::size_t i = bytes.size() - 4; i < bytes.size(); ++i) bytes[i] = std::byte{0xFF};
    baldwin::test::largest_allocation = 0;
    EXPECT_THROW(static_cast<void>(gunzip(bytes, "f")), std::runtime_error);
    EXPECT_LE(baldwin::test::largest_allocation, 1032 * bytes.size() + 65'536);
}

TEST(IoGzip, TheLevelMustExist) {
    EXPECT_EQ(message_of<std::invalid_argument>([] { return gzip(noise(1), 10); }),
              "gzip: level must be from 0 to 9, got 10");
    EXPECT_THROW(static_cast<void>(gzip(noise(1), -1)), std::invalid_argument);
}

// nothing may allocate more than deflate's largest ratio allows, or zlib's own window
baldwin::test::FuzzResult fuzz_reader(std::size_t rounds, std::uint64_t seed) {
    const std::vector<std::vector<std::byte>> inputs = {gzip(noise(100)),
                                                        gzip(std::vector<std::byte>(2000))};
    return baldwin::test::fuzz(
        inputs, [](const auto& bytes) { static_cast<void>(gunzip(bytes, "fuzz", 50'000)); },
        {.rounds = rounds, .seed = seed});
}

TEST(IoGzip, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(1500, 1);
    EXPECT_EQ(result.failure, "");
    EXPECT_GT(result.rejected, 500U);
    EXPECT_LE(result.largest_allocation, 150'000U);
}

TEST(IoGzipSlow, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(100'000, 2);
    EXPECT_EQ(result.failure, "");
    EXPECT_LE(result.largest_allocation, 150'000U);
}

} // namespace
} // namespace baldwin::gzip_test

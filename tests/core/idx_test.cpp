// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#define BALDWIN_TEST_COUNT_ALLOCATIONS

#include <baldwin/core/idx.hpp>

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace baldwin::idx_test {
namespace {

using baldwin::Tensor;
using baldwin::TensorView;
using baldwin::test::message_of;

std::vector<std::byte> raw(const std::vector<int>& values) {
    std::vector<std::byte> bytes;
    for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
    return bytes;
}

std::string refusal(const std::vector<int>& values) {
    return message_of<std::runtime_error>([&] { return baldwin::parse_idx(raw(values), "f"); });
}

template <class T>
void expect_round_trip(const Tensor<T>& tensor) {
    const auto bytes = baldwin::idx_bytes(TensorView<const T>(tensor));
    EXPECT_EQ(baldwin::parse_idx<T>(bytes, "memory"), tensor);
}

// the format as the MNIST page gives it: 0 0 8 rank, big-endian extents, elements
TEST(CoreIdx, ReadsTheDocumentedLayout) {
    const auto tensor =
        baldwin::parse_idx(raw({0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255}), "f");
    ASSERT_EQ(tensor.dimension(), 2U);
    EXPECT_EQ(tensor.shape()[0], 2U);
    EXPECT_EQ(tensor.shape()[1], 3U);
    EXPECT_EQ(tensor(0, 0), 1);
    EXPECT_EQ(tensor(1, 2), 255);
    const auto wide =
        baldwin::parse_idx<std::int16_t>(raw({0, 0, 11, 1, 0, 0, 0, 2, 1, 2, 255, 254}), "f");
    EXPECT_EQ(wide(0), 258);
    EXPECT_EQ(wide(1), -2);
}

TEST(CoreIdx, GivesBackWhatWasWrittenForEveryTypeAndRank) {
    expect_round_trip<std::uint8_t>({0, 7, 255});
    expect_round_trip<std::int8_t>({{-128, 127}, {0, 1}});
    expect_round_trip<std::int16_t>({{{-32768, 32767, 1}}});
    expect_round_trip<std::int32_t>({{{{-7, 1 << 30}}}});
    expect_round_trip<float>({1.5F, -std::numeric_limits<float>::infinity()});
    expect_round_trip<double>({{0.1, 0.2}, {1e-300, 0.0}});
    expect_round_trip<std::uint8_t>(Tensor<std::uint8_t>::from_shape({0, 28, 28}));
}

TEST(CoreIdx, ReadsAFile) {
    const baldwin::test::TemporaryFolder folder;
    const Tensor<std::uint8_t> tensor = {1, 2, 3};
    baldwin::write_file(folder / "a", baldwin::idx_bytes(TensorView<const std::uint8_t>(tensor)));
    EXPECT_EQ(baldwin::read_idx(folder / "a"), tensor);
    EXPECT_EQ(message_of([&] { return baldwin::read_idx(folder / "b"); }),
              (folder / "b").string() + ": cannot be opened: No such file or directory");
}

TEST(CoreIdx, WrongMagicTypeOrRankIsRefused) {
    EXPECT_EQ(refusal({1, 0, 8, 1, 0, 0, 0, 0}),
              "f: magic number 16779265 is not that of an idx file (0 0 type rank; type 8 = U8)");
    EXPECT_EQ(refusal({0, 0, 10, 1, 0, 0, 0, 0}),
              "f: magic number 2561 is not that of an idx file (0 0 type rank; type 8 = U8)");
    EXPECT_EQ(refusal({0, 0, 13, 1, 0, 0, 0, 0}), "f: has elements of type F32, U8 is needed");
    EXPECT_EQ(refusal({0, 0, 8, 0}), "f: has rank 0, 1 to 6 is right");
    EXPECT_EQ(refusal({0, 0, 8, 7}), "f: has rank 7, 1 to 6 is right");
    EXPECT_EQ(refusal({0x1F, 0x8B, 8, 0}),
              "f: magic number 529205248 is not that of an idx file (0 0 type rank; type 8 = U8)");
}

TEST(CoreIdx, TruncatedAndOversizedFilesAreRefused) {
    EXPECT_EQ(refusal({}),
              "f: truncated: the magic number needs 4 bytes at offset 0, the file has 0 left");
    EXPECT_EQ(refusal({0, 0, 8, 2, 0, 0, 0, 1}),
              "f: truncated: the shape needs 4 bytes at offset 8, the file has 0 left");
    EXPECT_EQ(refusal({0, 0, 8, 1, 0, 0, 0, 3, 1, 2}),
              "f: truncated: shape (3) needs 3 bytes of elements, the file has 2");
    EXPECT_EQ(refusal({0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3, 4}),
              "f: oversized: shape (3) needs 3 bytes of elements, the file has 4");
    const auto whole = raw({0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255});
    EXPECT_EQ(
        baldwin::test::accepted_prefixes(
            whole, [](const auto& bytes) { static_cast<void>(baldwin::parse_idx(bytes, "f")); }),
        0U);
}

// "negative" extents are those above 2^31: they must not be taken as small or as huge allocations
TEST(CoreIdx, NegativeAndOverflowingShapesAreRefused) {
    EXPECT_EQ(refusal({0, 0, 8, 1, 255, 255, 255, 255, 1}),
              "f: truncated: shape (4294967295) needs 4294967295 bytes of elements, "
              "the file has 1");
    EXPECT_EQ(refusal({0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}),
              "f: has shape (4294967295, 4294967295, 4294967295), whose size overflows");
    // 2^32 x 2^32 would be 2^64 = 0 bytes if it wrapped
    EXPECT_EQ(refusal({0, 0, 8, 4, 128, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2}),
              "f: has shape (2147483648, 2147483648, 2, 2), whose size overflows");
}

TEST(CoreIdx, WhatCannotBeWrittenIsRefused) {
    const float one = 1.0F;
    EXPECT_EQ(message_of<std::invalid_argument>(
                  [&] { return baldwin::idx_bytes(TensorView<const float>(&one, {})); }),
              "idx_bytes: rank must be >= 1, got 0");
    EXPECT_THROW(static_cast<void>(baldwin::idx_bytes(
                     TensorView<const float>(nullptr, {std::size_t{1} << 32, 0}))),
                 std::invalid_argument);
}

baldwin::test::FuzzResult fuzz_reader(std::size_t rounds, std::uint64_t seed) {
    const Tensor<std::int16_t> numbers = {{1, 2, 3}, {4, 5, 6}};
    const std::vector<std::vector<std::byte>> inputs = {
        raw({0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4}),
        baldwin::idx_bytes(TensorView<const std::int16_t>(numbers))};
    return baldwin::test::fuzz(inputs,
                               [](const std::vector<std::byte>& bytes) {
                                   if (bytes.size() > 2 && bytes[2] == std::byte{11}) {
                                       static_cast<void>(
                                           baldwin::parse_idx<std::int16_t>(bytes, "fuzz"));
                                   } else {
                                       static_cast<void>(baldwin::parse_idx(bytes, "fuzz"));
                                   }
                               },
                               {.rounds = rounds, .seed = seed, .focus = 16});
}

TEST(CoreIdx, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(5000, 1);
    EXPECT_EQ(result.failure, "");
    EXPECT_GT(result.rejected, 1000U);
    EXPECT_GT(result.accepted, 10U);
    EXPECT_LE(result.largest_allocation, 1024U); // error texts included
}

TEST(CoreIdxSlow, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(500'000, 2);
    EXPECT_EQ(result.failure, "");
    EXPECT_LE(result.largest_allocation, 1024U);
}

} // namespace
} // namespace baldwin::idx_test

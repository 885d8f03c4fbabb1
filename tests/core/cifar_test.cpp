// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#define BALDWIN_TEST_COUNT_ALLOCATIONS

#include <baldwin/core/cifar.hpp>

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/images.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace baldwin::cifar_test {
namespace {

using baldwin::kCifarRecord;
using baldwin::parse_cifar;
using baldwin::test::message_of;

/// Records with label i % 10 and byte (i + position) mod 256.
std::vector<std::byte> records(std::size_t count) {
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i < count; ++i) {
        bytes.push_back(static_cast<std::byte>(i % 10));
        for (std::size_t at = 1; at < kCifarRecord; ++at) {
            bytes.push_back(static_cast<std::byte>(i + at - 1));
        }
    }
    return bytes;
}

std::string refusal(const std::vector<std::byte>& bytes) {
    return message_of<std::runtime_error>([&] { return parse_cifar(bytes, "f"); });
}

TEST(CoreCifar, ReadsLabelsAndPlanes) {
    const auto set = parse_cifar(records(12), "f");
    EXPECT_EQ(set.size(), 12U);
    EXPECT_EQ(set.channels(), 3U);
    EXPECT_EQ(set.height(), 32U);
    EXPECT_EQ(set.width(), 32U);
    EXPECT_EQ(set.labels[11], 1);
    EXPECT_EQ(set.images(0, 0, 0, 5), 5);
    EXPECT_EQ(set.images(3, 1, 2, 7), (3 + 1024 + 2 * 32 + 7) % 256);
    EXPECT_EQ(set.images(11, 2, 31, 31), (11 + 3071) % 256);
}

TEST(CoreCifar, ReadsAFile) {
    const baldwin::test::TemporaryFolder folder;
    baldwin::write_file(folder / "a.bin", records(2));
    EXPECT_EQ(baldwin::read_cifar(folder / "a.bin").images, parse_cifar(records(2), "f").images);
    EXPECT_THROW(static_cast<void>(baldwin::read_cifar(folder / "b.bin")), std::runtime_error);
}

TEST(CoreCifar, SizesThatAreNoWholeRecordsAreRefused) {
    const std::string rule = " bytes, a positive multiple of 3073 (a label and 3 x 32 x 32 bytes) "
                             "is right";
    auto bytes = records(2);
    bytes.pop_back();
    EXPECT_EQ(refusal(bytes), "f: has 6145" + rule);
    bytes.resize(6147);
    EXPECT_EQ(refusal(bytes), "f: has 6147" + rule);
    EXPECT_EQ(refusal({}), "f: has 0" + rule);
    EXPECT_EQ(
        baldwin::test::accepted_prefixes(
            records(1), [](const auto& part) { static_cast<void>(parse_cifar(part, "f")); }, 200),
        0U);
}

TEST(CoreCifar, LabelsAboveNineAreRefused) {
    auto bytes = records(3);
    bytes[2 * kCifarRecord] = std::byte{10};
    EXPECT_EQ(refusal(bytes), "f: record 2 has label 10, 0 to 9 is right");
}

TEST(CoreCifar, DamagedFilesAreReadOrRefused) {
    const std::vector<std::vector<std::byte>> inputs = {records(1), records(2)};
    const auto result = baldwin::test::fuzz(
        inputs, [](const auto& bytes) { static_cast<void>(parse_cifar(bytes, "fuzz")); },
        {.rounds = 1500, .focus = 4});
    EXPECT_EQ(result.failure, "");
    EXPECT_GT(result.rejected, 100U);
    EXPECT_GT(result.accepted, 100U);
    EXPECT_LE(result.largest_allocation, 3 * kCifarRecord);
}

} // namespace
} // namespace baldwin::cifar_test

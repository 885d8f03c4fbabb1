// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#define BALDWIN_TEST_COUNT_ALLOCATIONS

#include <baldwin/io/png.hpp>

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace baldwin::png_test {
namespace {

using baldwin::io::parse_png;
using baldwin::io::Picture;
using baldwin::io::png_bytes;
using baldwin::test::message_of;

/// A picture with pixel values 0, 7, 14, ... modulo 256.
Picture sample(std::size_t width, std::size_t height, std::size_t channels) {
    Picture picture{width, height, channels, std::vector<std::uint8_t>(width * height * channels)};
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
        picture.pixels[i] = static_cast<std::uint8_t>(7 * i);
    }
    return picture;
}

std::string refusal(const std::vector<std::byte>& bytes) {
    return message_of<std::runtime_error>([&] { return parse_png(bytes, "f"); });
}

/// Corrects the checksum of the chunk whose type stands at offset \p type.
void fix_checksum(std::vector<std::byte>& bytes, std::size_t type, std::size_t length) {
    const auto sum =
        ::crc32(0, reinterpret_cast<const Bytef*>(&bytes[type]), static_cast<uInt>(length + 4));
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[type + 4 + length + i] = static_cast<std::byte>(sum >> (24 - 8 * i));
    }
}

TEST(IoPng, GivesBackWhatWasWrittenForEveryNumberOfChannels) {
    for (std::size_t channels = 1; channels <= 4; ++channels) {
        for (const auto& [width, height] : {std::pair{1U, 1U}, {17U, 5U}, {3U, 200U}}) {
            SCOPED_TRACE(channels);
            const auto picture = sample(width, height, channels);
            const auto found = parse_png(png_bytes(picture), "memory");
            EXPECT_EQ(found.width, width);
            EXPECT_EQ(found.height, height);
            EXPECT_EQ(found.channels, channels);
            EXPECT_EQ(found.pixels, picture.pixels);
        }
    }
}

TEST(IoPng, TheSamePictureGivesTheSameBytes) {
    EXPECT_EQ(png_bytes(sample(40, 30, 3)), png_bytes(sample(40, 30, 3)));
    const auto bytes = png_bytes(sample(4, 3, 3));
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    EXPECT_EQ(text.find("tIME"), std::string::npos);
    EXPECT_EQ(text.find("tEXt"), std::string::npos);
}

TEST(IoPng, WritesAndReadsFiles) {
    const baldwin::test::TemporaryFolder folder;
    baldwin::io::write_png(folder / "a.png", sample(4, 3, 3));
    EXPECT_EQ(baldwin::io::read_png(folder / "a.png").pixels, sample(4, 3, 3).pixels);
    EXPECT_EQ(message_of([&] { return baldwin::io::read_png(folder / "b.png"); }),
              (folder / "b.png").string() + ": cannot be opened: No such file or directory");
}

TEST(IoPng, WhatIsNoPictureIsNotWritten) {
    const auto write = [](const Picture& picture) {
        return message_of<std::invalid_argument>([&] { return png_bytes(picture); });
    };
    EXPECT_EQ(write(sample(0, 3, 1)), "png: width and height must be from 1 to 65536, got 0");
    EXPECT_EQ(write(sample(1, 65537, 1)),
              "png: width and height must be from 1 to 65536, got 65537");
    EXPECT_EQ(write(sample(1, 1, 5)), "png: channels must be from 1 to 4, got 5");
    auto picture = sample(2, 3, 3);
    picture.pixels.pop_back();
    EXPECT_EQ(write(picture), "png: pixels must be height x width x channels = 18, got 17");
    EXPECT_EQ(write({65536, 65536, 4, {}}),
              "png: a picture must have at most 2^30 bytes of pixels, got 17179869184");
}

TEST(IoPng, TruncatedAndOversizedFilesAreRefused) {
    const auto whole = png_bytes(sample(9, 9, 3));
    EXPECT_EQ(refusal({}), "f: is not a PNG file: its first 8 bytes are not the signature");
    EXPECT_EQ(refusal(std::vector<std::byte>(100)),
              "f: is not a PNG file: its first 8 bytes are not the signature");
    EXPECT_EQ(refusal({whole.begin(), whole.end() - 12}),
              "f: truncated: the length of a chunk needs 4 bytes at offset " +
                  std::to_string(whole.size() - 12) + ", the file has 0 left");
    auto longer = whole;
    longer.push_back(std::byte{0});
    EXPECT_EQ(refusal(longer),
              "f: oversized: 1 bytes too many after offset " + std::to_string(whole.size()));
    EXPECT_EQ(baldwin::test::accepted_prefixes(
                  whole, [](const auto& bytes) { static_cast<void>(parse_png(bytes, "f")); }),
              0U);
}

TEST(IoPng, DamagedChunksAreRefused) {
    auto bytes = png_bytes(sample(9, 9, 3));
    bytes[20] ^= std::byte{1};
    EXPECT_EQ(refusal(bytes), "f: is damaged: the chunk at offset 12 has a wrong checksum");
}

TEST(IoPng, HugeAnnouncedSizesAreRefusedBeforeAllocation) {
    auto bytes = png_bytes(sample(9, 9, 1));
    for (const std::size_t at : {17U, 21U}) bytes[at] = std::byte{1}; // sides of 65,545
    fix_checksum(bytes, 12, 13);
    baldwin::test::largest_allocation = 0;
    EXPECT_EQ(refusal(bytes), "f: announces 65545 x 65545 pixels, too many for " +
                                  std::to_string(bytes.size()) +
                                  " bytes or for the limit of 2^30 bytes");
    bytes[17] = bytes[21] = std::byte{0};
    bytes[18] = bytes[22] = std::byte{0x40}; // sides of 16,393
    fix_checksum(bytes, 12, 13);
    EXPECT_TRUE(refusal(bytes).starts_with("f: announces 16393 x 16393 pixels, too many for"));
    EXPECT_LE(baldwin::test::largest_allocation, 4096U);
}

// damage with correct checksums reaches libpng's decoder
baldwin::test::FuzzResult fuzz_reader(std::size_t rounds, std::uint64_t seed, bool with_checksums) {
    const std::vector<std::vector<std::byte>> inputs = {png_bytes(sample(9, 7, 3)),
                                                        png_bytes(sample(8, 8, 1))};
    return baldwin::test::fuzz(
        inputs,
        [&](std::vector<std::byte> bytes) {
            for (std::size_t at = 8; with_checksums && bytes.size() >= at + 12;) {
                std::size_t length = 0;
                for (std::size_t i = 0; i < 4; ++i) {
                    length = length << 8 | std::to_integer<std::size_t>(bytes[at + i]);
                }
                if (length > bytes.size() - at - 12) break;
                fix_checksum(bytes, at + 4, length);
                at += length + 12;
            }
            static_cast<void>(parse_png(bytes, "fuzz"));
        },
        {.rounds = rounds, .seed = seed});
}

// 8 x 1032 pixels for each byte, four channels at most
constexpr std::size_t kLargestAllocation = 4 * 8 * 1032 * 1024;

TEST(IoPng, DamagedFilesAreReadOrRefused) {
    const auto plain = fuzz_reader(500, 1, false);
    EXPECT_EQ(plain.failure, "");
    EXPECT_LE(plain.largest_allocation, kLargestAllocation);
    const auto deep = fuzz_reader(500, 2, true);
    EXPECT_EQ(deep.failure, "");
    EXPECT_GT(deep.rejected, 100U);
    EXPECT_GT(deep.accepted, 10U);
    EXPECT_LE(deep.largest_allocation, kLargestAllocation);
}

TEST(IoPngSlow, DamagedFilesAreReadOrRefused) {
    const auto deep = fuzz_reader(30'000, 3, true);
    EXPECT_EQ(deep.failure, "");
    EXPECT_LE(deep.largest_allocation, kLargestAllocation);
}

} // namespace
} // namespace baldwin::png_test

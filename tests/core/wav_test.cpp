// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#define BALDWIN_TEST_COUNT_ALLOCATIONS

#include <baldwin/core/wav.hpp>

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace baldwin::wav_test {
namespace {

using baldwin::parse_wav;
using baldwin::SampleFormat;
using baldwin::Sound;
using baldwin::Tensor;
using baldwin::wav_bytes;
using baldwin::test::message_of;

std::string little(std::uint32_t value, int width) {
    std::string text;
    for (int i = 0; i < width; ++i) text += static_cast<char>(value >> (8 * i));
    return text;
}

std::string chunk(const std::string& name, const std::string& content) {
    return name + little(static_cast<std::uint32_t>(content.size()), 4) + content +
           std::string(content.size() % 2, '\0');
}

/// A "fmt " chunk whose derived fields fit.
std::string format_chunk(std::uint32_t tag, std::uint32_t channels, std::uint32_t rate,
                         std::uint32_t bits) {
    const std::uint32_t block = channels * bits / 8;
    return chunk("fmt ", little(tag, 2) + little(channels, 2) + little(rate, 4) +
                             little(block * rate, 4) + little(block, 2) + little(bits, 2));
}

std::vector<std::byte> riff(const std::string& chunks) {
    const std::string whole = chunk("RIFF", "WAVE" + chunks);
    const auto bytes = baldwin::bytes_of(whole);
    return {bytes.begin(), bytes.end()};
}

std::string refusal(const std::vector<std::byte>& bytes) {
    const auto text = message_of<std::runtime_error>([&] { return parse_wav(bytes, "f"); });
    return text.starts_with("f: ") ? text.substr(3) : text;
}

/// A sound of one channel.
Sound mono(std::uint32_t rate, const std::vector<float>& values) {
    Sound sound{rate, baldwin::zeros<float>({values.size(), 1})};
    std::copy(values.begin(), values.end(), sound.samples.data());
    return sound;
}

/// Two channels, three frames, with both borders and the middle.
Sound sample() { return {8000, {{0.0F, -1.0F}, {0.5F, -0.5F}, {0.984375F, 0.25F}}}; }

// every value of sample() is a multiple of 2^-7, so all formats hold it exactly
TEST(CoreWav, GivesBackWhatWasWrittenInEveryFormat) {
    for (const auto format : {SampleFormat::u8, SampleFormat::i16, SampleFormat::i24,
                              SampleFormat::i32, SampleFormat::f32}) {
        SCOPED_TRACE(static_cast<int>(format));
        const auto sound = parse_wav(wav_bytes(sample(), format), "memory");
        EXPECT_EQ(sound.rate, 8000U);
        EXPECT_EQ(sound.samples, sample().samples);
        EXPECT_EQ(sound.channels(), 2U);
        EXPECT_DOUBLE_EQ(sound.seconds(), 3.0 / 8000);
    }
}

// the layout of the original specification (Microsoft and IBM 1991), worked by hand
TEST(CoreWav, WritesTheDocumentedLayout) {
    const Sound sound = mono(16000, {1.0F, -0.25F});
    EXPECT_EQ(
        wav_bytes(sound, SampleFormat::i16),
        riff(format_chunk(1, 1, 16000, 16) + chunk("data", "\xFF\x7F" + std::string("\0\xE0", 2))));
    const Sound odd = mono(16000, {-1.0F});
    EXPECT_EQ(wav_bytes(odd, SampleFormat::u8),
              riff(format_chunk(1, 1, 16000, 8) + chunk("data", std::string(1, '\0'))));
}

TEST(CoreWav, RoundsToTheNearestValue) {
    const Sound sound = mono(8000, {0.3F, -0.7F, 1e-9F});
    const auto found = parse_wav(wav_bytes(sound, SampleFormat::i16), "memory");
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(found.samples(i, 0), sound.samples(i, 0), 0.5 / 32768);
    }
}

TEST(CoreWav, ReadsExtensibleFormatsAndSkipsOtherChunks) {
    const std::string guid_tail("\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71", 14);
    const std::string format =
        chunk("fmt ", little(0xFFFE, 2) + little(1, 2) + little(8000, 4) + little(24000, 4) +
                          little(3, 2) + little(24, 2) + little(22, 2) + little(24, 2) +
                          little(0, 4) + little(1, 2) + guid_tail);
    const auto sound = parse_wav(riff(chunk("LIST", "odd") + format + chunk("fact", "1234") +
                                      chunk("data", std::string("\0\0\x40", 3))),
                                 "f");
    EXPECT_EQ(sound.samples(0, 0), 0.5F);
}

TEST(CoreWav, WritesAndReadsFiles) {
    const baldwin::test::TemporaryFolder folder;
    baldwin::write_wav(folder / "a.wav", sample());
    EXPECT_EQ(baldwin::read_wav(folder / "a.wav").samples, sample().samples);
    EXPECT_THROW(static_cast<void>(baldwin::read_wav(folder / "b.wav")), std::runtime_error);
}

TEST(CoreWav, WhatCannotBeStoredIsRefused) {
    const auto write = [](const Sound& sound, SampleFormat format) {
        return message_of<std::invalid_argument>([&] { return wav_bytes(sound, format); });
    };
    EXPECT_EQ(write(mono(0, {0.0F}), SampleFormat::i16), "wav: rate must be > 0, got 0");
    EXPECT_EQ(write(mono(8000, {1.5F}), SampleFormat::i16),
              "wav: samples must be finite and, for integers, in [-1, 1], got 1.500000 at 0");
    EXPECT_EQ(write(mono(8000, {1.5F}), SampleFormat::f32), "(no exception)");
    EXPECT_EQ(write(mono(8000, {NAN}), SampleFormat::f32).substr(0, 31),
              "wav: samples must be finite and");
    EXPECT_TRUE(write({8000, baldwin::zeros<float>({3})}, SampleFormat::i16)
                    .starts_with("wav: samples must have shape (frames, 1 to 65535 channels)"));
    EXPECT_TRUE(write({8000, baldwin::zeros<float>({1, 0})}, SampleFormat::i16)
                    .starts_with("wav: samples must have shape"));
    EXPECT_TRUE(write({8000, baldwin::zeros<float>({1, 65535})}, SampleFormat::i16)
                    .starts_with("wav: the file must stay below 4 GiB and a frame below 64 KiB"));
    EXPECT_TRUE(write(mono(4'000'000'000, {0.0F}), SampleFormat::i16)
                    .starts_with("wav: a second must take less than 4 GiB"));
}

TEST(CoreWav, TruncatedAndOversizedFilesAreRefused) {
    const auto whole = wav_bytes(sample());
    EXPECT_EQ(refusal({whole.begin(), whole.end() - 1}),
              "truncated: the header announces 48 bytes after offset 8, the file has 47");
    auto longer = whole;
    longer.push_back(std::byte{0});
    EXPECT_EQ(refusal(longer),
              "oversized: the header announces 48 bytes after offset 8, the file has 49");
    EXPECT_EQ(baldwin::test::accepted_prefixes(
                  whole, [](const auto& bytes) { static_cast<void>(parse_wav(bytes, "f")); }),
              0U);
    const std::string data = "data" + little(0xFFFFFFFF, 4) + "12";
    EXPECT_EQ(refusal(riff(format_chunk(1, 1, 8000, 16) + data)),
              "truncated: the 'data' chunk needs 4294967295 bytes at offset 44, the file has 2 "
              "left");
}

TEST(CoreWav, ChunksMustBeThereOnceAndInOrder) {
    const std::string format = format_chunk(1, 1, 8000, 16);
    const std::string data = chunk("data", "12");
    EXPECT_EQ(refusal(riff(format + data)), "(no exception)");
    EXPECT_EQ(refusal(riff(data + format)), "has 'data' before 'fmt '");
    EXPECT_EQ(refusal(riff(format + format + data)), "has two 'fmt ' chunks");
    EXPECT_EQ(refusal(riff(format + data + data)), "has two 'data' chunks");
    EXPECT_EQ(refusal(riff(format)), "has no 'data' chunk");
    EXPECT_EQ(refusal(riff(format + chunk("data", "123"))),
              "has 3 bytes of samples, a multiple of 2 is right");
    auto other = riff(format + data);
    other[8] = std::byte{'X'};
    EXPECT_EQ(refusal(other), "is a RIFF file, but not WAVE");
    other[0] = std::byte{'X'};
    EXPECT_EQ(refusal(other), "is not a WAVE file: it must begin with RIFF");
}

TEST(CoreWav, FormatsThatAreUnknownOrContradictThemselvesAreRefused) {
    const std::string data = chunk("data", "");
    const auto with = [&](std::uint32_t tag, std::uint32_t channels, std::uint32_t rate,
                          std::uint32_t bits) {
        return refusal(riff(format_chunk(tag, channels, rate, bits) + data));
    };
    const std::string known =
        " bits; 1 (integers) with 8, 16, 24 or 32 and 3 (floats) with 32 are read";
    EXPECT_EQ(with(2, 1, 8000, 16), "has samples of format 2 with 16" + known);
    EXPECT_EQ(with(1, 1, 8000, 12), "has samples of format 1 with 12" + known);
    EXPECT_EQ(with(1, 1, 8000, 0), "has samples of format 1 with 0" + known);
    EXPECT_EQ(with(3, 1, 8000, 64), "has samples of format 3 with 64" + known);
    EXPECT_EQ(with(1, 0, 8000, 16),
              "has 0 channels at 8000 frames a second, at least 1 of each is right");
    EXPECT_EQ(with(1, 1, 0, 16),
              "has 1 channels at 0 frames a second, at least 1 of each is right");
    EXPECT_EQ(refusal(riff(chunk("fmt ", std::string(17, '\1')) + data)),
              "the 'fmt ' chunk has 17 bytes, 16, 18 or 40 is right");
    const std::string wrong = chunk("fmt ", little(1, 2) + little(1, 2) + little(8000, 4) +
                                                little(16000, 4) + little(4, 2) + little(16, 2));
    EXPECT_EQ(refusal(riff(wrong + data)),
              "contradicts itself: 1 channels of 16 bits at 8000 a second, but 4 bytes a frame and "
              "16000 a second");
}

TEST(CoreWav, FloatsMustBeFinite) {
    EXPECT_EQ(refusal(riff(format_chunk(3, 1, 8000, 32) + chunk("data", little(0x7FC00000, 4)))),
              "sample 0 is not a finite number");
}

baldwin::test::FuzzResult fuzz_reader(std::size_t rounds, std::uint64_t seed) {
    const std::vector<std::vector<std::byte>> inputs = {wav_bytes(sample(), SampleFormat::u8),
                                                        wav_bytes(sample(), SampleFormat::i24),
                                                        wav_bytes(sample(), SampleFormat::f32)};
    return baldwin::test::fuzz(
        inputs, [](const auto& bytes) { static_cast<void>(parse_wav(bytes, "fuzz")); },
        {.rounds = rounds, .seed = seed, .focus = 48});
}

// a byte becomes a float at most; and the texts of errors
TEST(CoreWav, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(5000, 1);
    EXPECT_EQ(result.failure, "");
    EXPECT_GT(result.rejected, 1000U);
    EXPECT_GT(result.accepted, 10U);
    EXPECT_LE(result.largest_allocation, 2048U);
}

TEST(CoreWavSlow, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(500'000, 2);
    EXPECT_EQ(result.failure, "");
    EXPECT_LE(result.largest_allocation, 2048U);
}

} // namespace
} // namespace baldwin::wav_test

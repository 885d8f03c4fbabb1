// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Chunks and sample formats of RIFF WAVE files.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::detail {

inline constexpr unsigned kWavIntegers = 1;
inline constexpr unsigned kWavFloats = 3;
inline constexpr unsigned kWavExtensible = 0xFFFE;

/// What the "fmt " chunk says.
struct WavFormat {
    unsigned tag = kWavIntegers; ///< kWavIntegers or kWavFloats
    std::uint32_t rate = 0;      ///< frames a second
    std::size_t channels = 0;
    std::size_t bits = 0; ///< of a sample

    /// Bytes of a frame.
    [[nodiscard]] std::size_t block() const noexcept { return channels * bits / 8; }
};

struct WavContent {
    WavFormat format;
    std::span<const std::byte> data;
};

/// Checks the "fmt " chunk, \p size bytes long, and leaves \p file behind it.
inline WavFormat read_wav_format(ByteReader& file, std::size_t size) {
    if (size != 16 && size != 18 && size != 40) {
        file.fail("the 'fmt ' chunk has " + std::to_string(size) + " bytes, 16, 18 or 40 is right");
    }
    WavFormat format;
    format.tag = file.little_endian<std::uint16_t>("the format");
    format.channels = file.little_endian<std::uint16_t>("the format");
    format.rate = file.little_endian<std::uint32_t>("the format");
    const std::size_t byte_rate = file.little_endian<std::uint32_t>("the format");
    const std::size_t block = file.little_endian<std::uint16_t>("the format");
    format.bits = file.little_endian<std::uint16_t>("the format");
    const auto extension = file.take(size - 16, "the format's extension");
    if (format.tag == kWavExtensible && size == 40) {
        // the real tag stands in the first two bytes of the sub-format
        format.tag =
            std::to_integer<unsigned>(extension[8]) | std::to_integer<unsigned>(extension[9]) << 8;
    }
    const bool is_integer =
        format.tag == kWavIntegers && format.bits % 8 == 0 && format.bits >= 8 && format.bits <= 32;
    if (!is_integer && !(format.tag == kWavFloats && format.bits == 32)) {
        file.fail("has samples of format " + std::to_string(format.tag) + " with " +
                  std::to_string(format.bits) +
                  " bits; 1 (integers) with 8, 16, 24 or 32 and 3 "
                  "(floats) with 32 are read");
    }
    if (format.channels == 0 || format.rate == 0) {
        file.fail("has " + std::to_string(format.channels) + " channels at " +
                  std::to_string(format.rate) + " frames a second, at least 1 of each is right");
    }
    if (block != format.block() || byte_rate != block * format.rate) {
        file.fail("contradicts itself: " + std::to_string(format.channels) + " channels of " +
                  std::to_string(format.bits) + " bits at " + std::to_string(format.rate) +
                  " a second, but " + std::to_string(block) + " bytes a frame and " +
                  std::to_string(byte_rate) + " a second");
    }
    return format;
}

/// Checks the chunks of a whole file.
inline WavContent read_wav_chunks(ByteReader& file) {
    if (file.text(4, "'RIFF'") != "RIFF") file.fail("is not a WAVE file: it must begin with RIFF");
    const std::size_t announced = file.little_endian<std::uint32_t>("the file size");
    if (announced != file.left()) {
        file.fail(std::string(announced > file.left() ? "truncated" : "oversized") +
                  ": the header announces " + std::to_string(announced) +
                  " bytes after offset 8, the file has " + std::to_string(file.left()));
    }
    if (file.text(4, "'WAVE'") != "WAVE") file.fail("is a RIFF file, but not WAVE");
    WavContent content;
    bool has_data = false;
    while (file.left() > 0) {
        const auto name = file.text(4, "the name of a chunk");
        const std::size_t size = file.little_endian<std::uint32_t>("the size of a chunk");
        if (name == "fmt ") {
            if (content.format.bits != 0) file.fail("has two 'fmt ' chunks");
            content.format = read_wav_format(file, size);
        } else if (name == "data") {
            if (content.format.bits == 0) file.fail("has 'data' before 'fmt '");
            if (has_data) file.fail("has two 'data' chunks");
            content.data = file.take(size, "the 'data' chunk");
            has_data = true;
        } else {
            file.take(size, "a chunk");
        }
        // chunks are padded to even sizes; writers forget it at the end
        if (size % 2 == 1 && file.left() > 0) file.take(1, "padding");
    }
    if (!has_data) file.fail("has no 'data' chunk");
    if (content.data.size() % content.format.block() != 0) {
        file.fail("has " + std::to_string(content.data.size()) +
                  " bytes of samples, a multiple of " + std::to_string(content.format.block()) +
                  " is right");
    }
    return content;
}

/// The value of one stored sample.
inline float decode_sample(std::span<const std::byte> bytes, const WavFormat& format) {
    std::uint32_t raw = 0;
    std::memcpy(&raw, bytes.data(), bytes.size());
    if (format.tag == kWavFloats) return std::bit_cast<float>(raw);
    // bytes are unsigned with 128 in the middle; all others are signed
    if (format.bits == 8) return (static_cast<float>(raw) - 128.0F) / 128.0F;
    const auto top = static_cast<std::int32_t>(raw << (32 - format.bits));
    return static_cast<float>(top) * 0x1p-31F;
}

/// Format number \p kind of u8, i16, i24, i32, f32.
inline WavFormat wav_format(int kind, std::uint32_t rate, std::size_t channels) {
    constexpr std::size_t kBits[] = {8, 16, 24, 32, 32};
    return {kind == 4 ? kWavFloats : kWavIntegers, rate, channels, kBits[kind]};
}

/// Puts a file together sample by sample.
class WavBuilder {
public:
    WavBuilder(const WavFormat& format, std::size_t data_size) : format_(format) {
        const std::size_t padded = data_size + data_size % 2;
        bytes_.reserve(44 + padded);
        text("RIFF");
        number(36 + padded, 4);
        text("WAVEfmt ");
        number(16, 4);
        number(format.tag, 2);
        number(format.channels, 2);
        number(format.rate, 4);
        number(format.block() * format.rate, 4);
        number(format.block(), 2);
        number(format.bits, 2);
        text("data");
        number(data_size, 4);
    }
    void add(float value) {
        if (format_.tag == kWavFloats) return number(std::bit_cast<std::uint32_t>(value), 4);
        const double half = std::ldexp(1.0, static_cast<int>(format_.bits) - 1);
        const double scaled = std::min(std::nearbyint(value * half), half - 1);
        const auto stored = static_cast<std::int64_t>(format_.bits == 8 ? scaled + half : scaled);
        number(static_cast<std::size_t>(stored), format_.bits / 8);
    }
    [[nodiscard]] std::vector<std::byte> finish() {
        if (bytes_.size() % 2 == 1) bytes_.push_back(std::byte{0});
        return std::move(bytes_);
    }

private:
    void text(std::string_view text) {
        for (const char letter : text) bytes_.push_back(static_cast<std::byte>(letter));
    }
    void number(std::size_t value, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) {
            bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
        }
    }

    WavFormat format_;
    std::vector<std::byte> bytes_;
};

} // namespace baldwin::detail

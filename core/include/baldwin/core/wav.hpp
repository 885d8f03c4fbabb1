// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Sounds in RIFF WAVE files: integers of 8, 16, 24 and 32 bits and 32-bit floats.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>
#include <baldwin/core/detail/wav_format.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/tensor.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin {

/// A sound.
struct Sound {
    std::uint32_t rate = 44'100; ///< frames a second, > 0
    /// (frames, channels); integers of b bits are read as value / 2^(b-1), so lie in [-1, 1]
    Tensor<float> samples = Tensor<float>::from_shape({0, 1});

    [[nodiscard]] std::size_t frames() const { return samples.shape()[0]; }
    [[nodiscard]] std::size_t channels() const { return samples.shape()[1]; }
    /// Length in seconds.
    [[nodiscard]] double seconds() const { return static_cast<double>(frames()) / rate; }
};

/// The sound in the bytes of a WAVE file.
/// \param origin  path or other name, for errors
/// \throws std::runtime_error "origin: reason" if a chunk is truncated, missing, repeated or out of
///         order, the format is unknown or contradicts itself, or a float is not finite
[[nodiscard]] inline Sound parse_wav(std::span<const std::byte> bytes, std::string_view origin) {
    detail::ByteReader file(bytes, origin);
    const auto content = detail::read_wav_chunks(file);
    const std::size_t width = content.format.bits / 8;
    const std::size_t frames = content.data.size() / content.format.block();
    Sound sound;
    sound.rate = content.format.rate;
    sound.samples = Tensor<float>::from_shape({frames, content.format.channels});
    for (std::size_t i = 0; i < sound.samples.size(); ++i) {
        const float value =
            detail::decode_sample(content.data.subspan(i * width, width), content.format);
        if (!std::isfinite(value)) {
            file.fail("sample " + std::to_string(i) + " is not a finite number");
        }
        sound.samples.data()[i] = value;
    }
    return sound;
}

/// Reads a WAVE file.
/// \throws std::runtime_error with path and reason
[[nodiscard]] inline Sound read_wav(const std::filesystem::path& path,
                                    std::size_t limit = kFileLimit) {
    return parse_wav(read_file(path, limit), path.string());
}

/// How samples are stored.
enum class SampleFormat { u8, i16, i24, i32, f32 };

/// A sound as the bytes of a WAVE file. Integers of b bits store the nearest to value * 2^(b-1);
/// +1, which has none, becomes the largest integer.
/// \throws std::invalid_argument if the rate or the number of channels is not right, a sample is
/// not
///         finite, lies outside [-1, 1] for an integer format, or the file would exceed 4 GiB
[[nodiscard]] inline std::vector<std::byte> wav_bytes(const Sound& sound,
                                                      SampleFormat format = SampleFormat::i16) {
    const auto fail = [](const std::string& rule, const std::string& value) {
        throw std::invalid_argument("wav: " + rule + ", got " + value);
    };
    if (sound.rate == 0) fail("rate must be > 0", "0");
    if (sound.samples.dimension() != 2 || sound.channels() < 1 || sound.channels() > 65'535) {
        fail("samples must have shape (frames, 1 to 65535 channels)",
             std::to_string(sound.samples.dimension()) + " axes and " +
                 std::to_string(sound.samples.size()) + " samples");
    }
    const auto layout = detail::wav_format(static_cast<int>(format), sound.rate, sound.channels());
    const std::size_t size = sound.samples.size() * layout.bits / 8;
    if (size > std::numeric_limits<std::uint32_t>::max() - 1024 ||
        layout.block() > std::numeric_limits<std::uint16_t>::max()) {
        fail("the file must stay below 4 GiB and a frame below 64 KiB",
             std::to_string(size) + " bytes");
    }
    if (layout.block() * sound.rate > std::numeric_limits<std::uint32_t>::max()) {
        fail("a second must take less than 4 GiB",
             std::to_string(layout.block() * sound.rate) + " bytes");
    }
    detail::WavBuilder builder(layout, size);
    for (std::size_t i = 0; i < sound.samples.size(); ++i) {
        const float value = sound.samples.data()[i];
        const bool is_right =
            std::isfinite(value) && (format == SampleFormat::f32 || std::abs(value) <= 1.0F);
        if (!is_right) {
            fail("samples must be finite and, for integers, in [-1, 1]",
                 std::to_string(value) + " at " + std::to_string(i));
        }
        builder.add(value);
    }
    return builder.finish();
}

/// Writes a WAVE file.
/// \throws std::invalid_argument as wav_bytes
/// \throws std::runtime_error with path and reason; an older file is then untouched
inline void write_wav(const std::filesystem::path& path, const Sound& sound,
                      SampleFormat format = SampleFormat::i16, Sync sync = Sync::no) {
    write_file(path, wav_bytes(sound, format), sync);
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// PNG pictures of 8 bits a channel: grey, grey with alpha, RGB, RGBA. The same picture gives the
/// same bytes.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>
#include <baldwin/core/file.hpp>

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::io {

/// A picture, row-major from the top left, the channels of a pixel side by side.
struct Picture {
    std::size_t width = 0;
    std::size_t height = 0;
    std::size_t channels = 1;         ///< 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
    std::vector<std::uint8_t> pixels; ///< (height, width, channels)
};

/// Largest side of a picture, pixels.
inline constexpr std::size_t kLargestSide = 65'536;
/// Largest picture that is read or written, bytes of pixels: 1 GiB.
inline constexpr std::size_t kPictureLimit = std::size_t{1} << 30;

namespace detail {

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1A\n";

/// Walks the chunks: libpng itself stops at the last row and does not look further.
/// \throws std::runtime_error if a chunk is cut, has a wrong checksum, or is not where it must be
inline void check_png_chunks(std::span<const std::byte> bytes, std::string_view origin) {
    baldwin::detail::ByteReader file(bytes, origin);
    if (bytes.size() < kPngSignature.size() ||
        file.text(kPngSignature.size(), "the signature") != kPngSignature) {
        file.fail("is not a PNG file: its first 8 bytes are not the signature");
    }
    for (std::string_view type; type != "IEND";) {
        const std::size_t length = file.big_endian32("the length of a chunk");
        const std::size_t begin = file.position();
        type = file.text(4, "the type of a chunk");
        file.take(length, "a chunk");
        const auto* data = reinterpret_cast<const Bytef*>(bytes.data() + begin);
        const auto found = ::crc32(0, data, static_cast<uInt>(length + 4));
        if (file.big_endian32("the checksum of a chunk") != found) {
            file.fail("is damaged: the chunk at offset " + std::to_string(begin) +
                      " has a wrong checksum");
        }
    }
    file.expect_end();
}

/// libpng's description of a picture, freed at the end.
class PngImage {
public:
    PngImage() { image_.version = PNG_IMAGE_VERSION; }
    ~PngImage() { png_image_free(&image_); }
    PngImage(const PngImage&) = delete;
    PngImage& operator=(const PngImage&) = delete;

    png_image* operator->() noexcept { return &image_; }
    png_image* get() noexcept { return &image_; }

private:
    png_image image_{};
};

inline constexpr png_uint_32 kPngFormats[] = {0, PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB,
                                              PNG_FORMAT_RGBA};

inline void check_picture(const Picture& picture) {
    const auto fail = [](const std::string& rule, std::size_t value) {
        throw std::invalid_argument("png: " + rule + ", got " + std::to_string(value));
    };
    for (const std::size_t side : {picture.width, picture.height}) {
        if (side < 1 || side > kLargestSide) {
            fail("width and height must be from 1 to " + std::to_string(kLargestSide), side);
        }
    }
    if (picture.channels < 1 || picture.channels > 4) {
        fail("channels must be from 1 to 4", picture.channels);
    }
    const std::size_t size = picture.width * picture.height * picture.channels;
    if (size > kPictureLimit) fail("a picture must have at most 2^30 bytes of pixels", size);
    if (picture.pixels.size() != size) {
        fail("pixels must be height x width x channels = " + std::to_string(size),
             picture.pixels.size());
    }
}

} // namespace detail

/// The bytes of a PNG file.
/// \throws std::invalid_argument if the sides, the channels or the number of pixels are not right
[[nodiscard]] inline std::vector<std::byte> png_bytes(const Picture& picture) {
    detail::check_picture(picture);
    detail::PngImage image;
    image->width = static_cast<png_uint_32>(picture.width);
    image->height = static_cast<png_uint_32>(picture.height);
    image->format = detail::kPngFormats[picture.channels];
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(*image.get());
    std::vector<std::byte> bytes(size);
    if (png_image_write_to_memory(image.get(), bytes.data(), &size, 0, picture.pixels.data(), 0,
                                  nullptr) == 0) {
        throw std::runtime_error("png: " + std::string(image->message));
    }
    bytes.resize(size);
    return bytes;
}

/// Writes a PNG file.
/// \throws std::invalid_argument as png_bytes
/// \throws std::runtime_error with path and reason; an older file is then untouched
inline void write_png(const std::filesystem::path& path, const Picture& picture,
                      Sync sync = Sync::no) {
    write_file(path, png_bytes(picture), sync);
}

/// The picture in the bytes of a PNG file; 16-bit channels and palettes become 8-bit channels.
/// \param origin  path or other name, for errors
/// \throws std::runtime_error "origin: reason" if it is truncated, damaged, followed by other bytes
///         or too large
[[nodiscard]] inline Picture parse_png(std::span<const std::byte> bytes, std::string_view origin) {
    detail::check_png_chunks(bytes, origin);
    const baldwin::detail::ByteReader file(bytes, origin);
    detail::PngImage image;
    const auto check = [&](int ok) {
        if (ok == 0) file.fail("cannot be decoded: " + std::string(image->message));
    };
    check(png_image_begin_read_from_memory(image.get(), bytes.data(), bytes.size()));
    Picture picture;
    picture.width = image->width;
    picture.height = image->height;
    picture.channels = PNG_IMAGE_SAMPLE_CHANNELS(image->format);
    // a pixel takes a bit at least, and deflate packs 1032 bytes into one at most
    const std::size_t most = std::min(kPictureLimit / picture.channels, bytes.size() * 8 * 1032);
    if (picture.width > kLargestSide || picture.height > kLargestSide ||
        picture.width * picture.height > most) {
        file.fail("announces " + std::to_string(picture.width) + " x " +
                  std::to_string(picture.height) + " pixels, too many for " +
                  std::to_string(bytes.size()) + " bytes or for the limit of 2^30 bytes");
    }
    image->format = detail::kPngFormats[picture.channels];
    picture.pixels.resize(picture.width * picture.height * picture.channels);
    check(png_image_finish_read(image.get(), nullptr, picture.pixels.data(), 0, nullptr));
    return picture;
}

/// Reads a PNG file.
/// \throws std::runtime_error with path and reason
[[nodiscard]] inline Picture read_png(const std::filesystem::path& path) {
    return parse_png(read_file(path, kPictureLimit), path.string());
}

} // namespace baldwin::io

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// PNG without compression and without a library: what core alone can write.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace baldwin::detail {

inline void append_big_endian(std::string& bytes, std::uint32_t value) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        bytes += static_cast<char>(value >> shift & 255U);
    }
}

/// CRC-32 of ISO 3309, as PNG asks for (PNG specification, annex D).
inline std::uint32_t crc32_of(std::string_view bytes) {
    static constexpr auto kTable = [] {
        std::array<std::uint32_t, 256> table{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            table[i] = i;
            for (int bit = 0; bit < 8; ++bit) {
                table[i] = table[i] >> 1U ^ (table[i] & 1U ? 0xEDB88320U : 0U);
            }
        }
        return table;
    }();
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char byte : bytes) {
        crc = kTable[(crc ^ static_cast<std::uint8_t>(byte)) & 255U] ^ crc >> 8U;
    }
    return ~crc;
}

inline void append_chunk(std::string& png, std::string_view type, std::string_view data) {
    append_big_endian(png, static_cast<std::uint32_t>(data.size()));
    const std::string body = std::string(type) + std::string(data);
    png += body;
    append_big_endian(png, crc32_of(body));
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951 section 3.2.4).
inline std::string stored_zlib(std::string_view data) {
    std::string stream = "\x78\x01";
    std::uint32_t a = 1; // Adler-32
    std::uint32_t b = 0;
    std::size_t start = 0;
    do {
        const std::string_view block = data.substr(start, 65535);
        start += block.size();
        const auto length = static_cast<std::uint16_t>(block.size());
        stream += start >= data.size() ? '\1' : '\0';
        for (const unsigned word : {unsigned{length}, ~unsigned{length}}) {
            stream += static_cast<char>(word & 255U);
            stream += static_cast<char>(word >> 8U & 255U);
        }
        stream += block;
        for (const char byte : block) {
            a = (a + static_cast<std::uint8_t>(byte)) % 65521;
            b = (b + a) % 65521;
        }
    } while (start < data.size());
    append_big_endian(stream, b << 16U | a);
    return stream;
}

/// The bytes of a PNG file.
/// \param pixels    shape (rows, columns, channels)
/// \param channels  1 grey, 3 red-green-blue
inline std::string stored_png(std::span<const std::uint8_t> pixels, std::size_t rows,
                              std::size_t columns, std::size_t channels) {
    std::string header;
    append_big_endian(header, static_cast<std::uint32_t>(columns));
    append_big_endian(header, static_cast<std::uint32_t>(rows));
    header += {8, static_cast<char>(channels == 3 ? 2 : 0), 0, 0, 0};
    std::string lines;
    for (std::size_t row = 0; row < rows; ++row) {
        lines += '\0'; // no filter
        for (const std::uint8_t value :
             pixels.subspan(row * columns * channels, columns * channels)) {
            lines += static_cast<char>(value);
        }
    }
    std::string png = "\x89PNG\r\n\x1a\n";
    append_chunk(png, "IHDR", header);
    append_chunk(png, "IDAT", stored_zlib(lines));
    append_chunk(png, "IEND", {});
    return png;
}

} // namespace baldwin::detail

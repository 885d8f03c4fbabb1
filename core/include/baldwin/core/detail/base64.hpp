// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Base64 (RFC 4648), for rasters inside text files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::detail {

inline constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648 base64 with padding.
/// \cost O(bytes)
template <class Bytes>
std::string to_base64(const Bytes& bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t k) -> unsigned {
            return i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0U;
        };
        const unsigned group = byte(0) << 16U | byte(1) << 8U | byte(2);
        text += kBase64[group >> 18U];
        text += kBase64[group >> 12U & 63U];
        text += i + 1 < bytes.size() ? kBase64[group >> 6U & 63U] : '=';
        text += i + 2 < bytes.size() ? kBase64[group & 63U] : '=';
    }
    return text;
}

/// Inverse of to_base64.
/// \throws std::invalid_argument if the text is not base64
inline std::vector<std::uint8_t> from_base64(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    unsigned held = 0;
    unsigned bits = 0;
    for (const char letter : text) {
        const std::size_t value = kBase64.find(letter);
        if (value == std::string_view::npos) throw std::invalid_argument("is not base64");
        held = held << 6U | static_cast<unsigned>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(held >> bits & 255U));
    }
    return bytes;
}

} // namespace baldwin::detail

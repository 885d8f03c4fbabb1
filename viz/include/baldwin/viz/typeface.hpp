// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Letters as shapes in memory, whoever makes them.
#pragma once

#include <baldwin/viz/canvas.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace baldwin::viz {

/// Unicode characters of a text; a byte that is no UTF-8 becomes U+FFFD.
inline std::vector<char32_t> characters(std::string_view utf8) {
    std::vector<char32_t> all;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto first = static_cast<unsigned char>(utf8[i++]);
        std::size_t more = 0;
        char32_t letter = first;
        if (first >= 0xF0 && first < 0xF8) {
            more = 3;
            letter = first & 0x07U;
        } else if (first >= 0xE0) {
            more = first < 0xF0 ? 2 : 9;
            letter = first & 0x0FU;
        } else if (first >= 0xC0) {
            more = 1;
            letter = first & 0x1FU;
        } else if (first >= 0x80) {
            more = 9;
        }
        const auto is_next = [&](std::size_t at) {
            return at < utf8.size() && (static_cast<unsigned char>(utf8[at]) & 0xC0U) == 0x80U;
        };
        for (; more > 0 && more < 9 && is_next(i); --more) {
            letter = (letter << 6U) | (static_cast<unsigned char>(utf8[i++]) & 0x3FU);
        }
        all.push_back(more == 0 ? letter : U'\uFFFD');
    }
    return all;
}

/// A source of letters. One thread at a time.
class Typeface {
public:
    Typeface() = default;
    virtual ~Typeface() = default;
    Typeface(const Typeface&) = delete;
    Typeface& operator=(const Typeface&) = delete;

    /// Valid as long as the typeface. \p size: pixels, at least 1
    [[nodiscard]] virtual const GlyphShape& glyph(char32_t letter, unsigned size, bool bold) = 0;
    /// Pixels that two neighbours stand closer or wider than usual.
    [[nodiscard]] virtual double kerning(char32_t left, char32_t right, unsigned size,
                                         bool bold) = 0;
};

} // namespace baldwin::viz

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Drawings: a scene laid out on a surface, as commands in pixels that any painter can follow.
///
/// The SVG writer and the window draw the same commands, so both show the same picture.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace baldwin {

/// An upright rectangle in pixels, y downwards.
struct Rect {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;

    [[nodiscard]] double right() const noexcept { return x + width; }
    [[nodiscard]] double bottom() const noexcept { return y + height; }
    [[nodiscard]] bool contains(Point point) const noexcept {
        return point.x >= x && point.x <= right() && point.y >= y && point.y <= bottom();
    }
    friend bool operator==(const Rect&, const Rect&) = default;
};

/// A line or area; all coordinates are finite.
struct DrawPath {
    std::vector<Point> at = {};
    bool closed = false;
    std::optional<Paint> fill = std::nullopt; ///< closed paths only
    double opacity = 1;                       ///< of the fill
    std::optional<Paint> stroke = std::nullopt;
    double width = 1;
    bool dashed = false;
    std::optional<Rect> clip = std::nullopt;

    friend bool operator==(const DrawPath&, const DrawPath&) = default;
};

/// Filled circles of one size.
struct DrawDots {
    std::vector<Point> at = {};
    double radius = 3;
    Paint paint{};
    std::optional<Rect> clip = std::nullopt;

    friend bool operator==(const DrawDots&, const DrawDots&) = default;
};

/// A line of text that stands on its baseline.
struct DrawText {
    Point at{}; ///< end of the baseline that `anchor` names
    std::string text = {};
    double size = 11;
    Paint paint = Paint::ink();
    Text::Anchor anchor = Text::Anchor::start;
    bool bold = false;
    double angle = 0; ///< degrees clockwise around `at`

    friend bool operator==(const DrawText&, const DrawText&) = default;
};

/// A raster stretched over a rectangle, without smoothing.
struct DrawImage {
    Rect at{};
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t channels = 3;              ///< 1 grey, 3 red-green-blue
    std::vector<std::uint8_t> pixels = {}; ///< (rows, columns, channels)
    std::optional<Rect> clip = std::nullopt;

    friend bool operator==(const DrawImage&, const DrawImage&) = default;
};

using DrawCommand = std::variant<DrawPath, DrawDots, DrawText, DrawImage>;

/// Where a panel's coordinates ended up; for reading values under a pointer.
struct PanelPlace {
    Rect cell{};  ///< everything that belongs to the panel
    Rect plot{};  ///< the coordinate system
    Interval x{}; ///< world range over plot.width, left to right
    Interval y{}; ///< world range over plot.height, bottom to top
    bool log_x = false;
    bool log_y = false;
    bool reversed_x = false; ///< x.low stands at the right
    bool reversed_y = false; ///< y.low stands at the top

    friend bool operator==(const PanelPlace&, const PanelPlace&) = default;
};

/// A laid-out scene. The surface itself is for the painter to fill.
struct Drawing {
    double width = 0;
    double height = 0;
    std::string title = {};
    std::vector<DrawCommand> commands = {};
    std::vector<PanelPlace> panels = {};

    friend bool operator==(const Drawing&, const Drawing&) = default;
};

/// Advance of a line of text in a usual sans-serif face, pixels; on the generous side, so that
/// what is laid out with it does not collide in narrower faces.
inline double text_width(std::string_view text, double size, bool bold = false) {
    // hundredths of the font size for ' ' to '~'
    constexpr std::array<std::uint8_t, 95> kAdvance = {
        32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36,  32, 34, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53, 100, 69, 69, 70, 77, 63,
        58, 78, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63,  61, 73, 69, 99, 69,
        61, 69, 39, 34, 39, 84, 50, 50, 61, 64, 55, 64, 62, 35,  64, 63, 28, 28, 58,
        28, 98, 63, 61, 64, 64, 41, 52, 40, 63, 59, 82, 59, 59,  53, 64, 34, 64, 84};
    double hundredths = 0;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte >= 32 && byte < 127) hundredths += kAdvance[byte - 32U];
        if (byte >= 0xC0) hundredths += 66; // first byte of a longer character
    }
    return hundredths / 100 * size * (bold ? 1.16 : 1);
}

/// The text itself, or its beginning and an ellipsis where it is wider than \p width pixels.
inline std::string fitted(std::string_view text, double size, double width, bool bold = false) {
    if (text_width(text, size, bold) <= width) return std::string(text);
    std::string cut(text);
    while (!cut.empty() && text_width(cut + "…", size, bold) > width) {
        // a whole UTF-8 character at a time
        while (cut.size() > 1 && (static_cast<unsigned char>(cut.back()) & 0xC0U) == 0x80U) {
            cut.pop_back();
        }
        cut.pop_back();
    }
    while (!cut.empty() && cut.back() == ' ') cut.pop_back();
    return cut.empty() ? std::string() : cut + "…";
}

/// Text broken at spaces into lines of at most \p width pixels; a longer word stands alone.
inline std::vector<std::string> wrapped(std::string_view text, double size, double width) {
    std::vector<std::string> lines;
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t space = std::min(text.find(' ', start), text.size());
        const std::string word(text.substr(start, space - start));
        start = space + 1;
        if (word.empty()) continue;
        if (!lines.empty() && text_width(lines.back() + " " + word, size) <= width) {
            lines.back() += " " + word;
        } else {
            lines.push_back(word);
        }
    }
    return lines;
}

} // namespace baldwin

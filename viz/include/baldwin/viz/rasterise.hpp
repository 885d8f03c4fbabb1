// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Paints a drawing on a canvas, in the order of its commands.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/canvas.hpp>
#include <baldwin/viz/typeface.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::viz {

/// How a drawing comes onto a canvas.
struct RasterStyle {
    const Theme& theme;
    Typeface* typeface = nullptr; ///< null: no text
    double scale = 1;             ///< pixels of the canvas for one of the drawing
    Point origin{};               ///< where the drawing's corner stands, pixels of the drawing
};

namespace detail {

/// Follows the commands of a drawing.
class Rasteriser {
public:
    Rasteriser(Canvas& canvas, const RasterStyle& style)
        : canvas_(canvas), style_(style), whole_(canvas.clip()) {}
    ~Rasteriser() { canvas_.clip(whole_); }
    Rasteriser(const Rasteriser&) = delete;
    Rasteriser& operator=(const Rasteriser&) = delete;

    void operator()(const DrawPath& path) {
        clip(path.clip);
        auto at = pixels(path.at);
        if (path.fill) canvas_.area(at, style_.theme(*path.fill), path.opacity);
        if (!path.stroke) return;
        canvas_.line(std::move(at), {.width = std::max(path.width * style_.scale, 0.5),
                                     .closed = path.closed,
                                     .dash = path.dashed ? 6 * style_.scale : 0,
                                     .colour = style_.theme(*path.stroke)});
    }
    void operator()(const DrawDots& dots) {
        clip(dots.clip);
        canvas_.dots(pixels(dots.at), dots.radius * style_.scale, style_.theme(dots.paint));
    }
    void operator()(const DrawImage& image) {
        clip(image.clip);
        canvas_.image(image, pixels(image.at));
    }
    void operator()(const DrawText& text) {
        if (style_.typeface == nullptr || text.text.empty()) return;
        clip(std::nullopt);
        const auto letters = characters(text.text);
        const auto size =
            static_cast<unsigned>(std::max(6.0, std::floor(text.size * style_.scale + 0.25)));
        const double angle = text.angle * std::numbers::pi / 180;
        const Point anchor = pixel(text.at);
        const double share = static_cast<double>(text.anchor) / 2;
        double along = -share * width(letters, size, text.bold);
        if (text.angle == 0) along = std::round(along);
        char32_t before = 0;
        for (const char32_t letter : letters) {
            if (before != 0) along += style_.typeface->kerning(before, letter, size, text.bold);
            const GlyphShape& shape = style_.typeface->glyph(letter, size, text.bold);
            const Point pen = {std::round(anchor.x) + std::cos(angle) * along,
                               std::round(anchor.y) + std::sin(angle) * along};
            canvas_.glyph(shape, pen, style_.theme(text.paint), text.angle);
            along += shape.advance;
            before = letter;
        }
    }

private:
    [[nodiscard]] Point pixel(Point at) const {
        return {(at.x + style_.origin.x) * style_.scale, (at.y + style_.origin.y) * style_.scale};
    }
    [[nodiscard]] std::vector<Point> pixels(const std::vector<Point>& at) const {
        std::vector<Point> all(at);
        for (Point& point : all) point = pixel(point);
        return all;
    }
    [[nodiscard]] Rect pixels(const Rect& rect) const {
        const Point at = pixel(Point{rect.x, rect.y});
        return {at.x, at.y, rect.width * style_.scale, rect.height * style_.scale};
    }
    void clip(const std::optional<Rect>& rect) {
        if (!rect) return canvas_.clip(whole_);
        const Rect at = pixels(*rect);
        const Rect rounded = {std::round(at.x), std::round(at.y),
                              std::round(at.right()) - std::round(at.x),
                              std::round(at.bottom()) - std::round(at.y)};
        canvas_.clip(PixelBox::around(rounded).cut(whole_));
    }
    double width(const std::vector<char32_t>& letters, unsigned size, bool bold) {
        double sum = 0;
        char32_t before = 0;
        for (const char32_t letter : letters) {
            if (before != 0) sum += style_.typeface->kerning(before, letter, size, bold);
            sum += style_.typeface->glyph(letter, size, bold).advance;
            before = letter;
        }
        return sum;
    }

    Canvas& canvas_;
    const RasterStyle& style_;
    PixelBox whole_;
};

} // namespace detail

/// Paints a drawing within the canvas's clip; what is there stays where nothing is painted.
/// \cost O(pixels painted)
inline void paint(const Drawing& drawing, Canvas& canvas, const RasterStyle& style) {
    detail::Rasteriser rasteriser(canvas, style);
    for (const DrawCommand& command : drawing.commands) std::visit(rasteriser, command);
}

} // namespace baldwin::viz

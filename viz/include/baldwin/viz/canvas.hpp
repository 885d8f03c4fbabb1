// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Pixels in memory and what is painted on them: soft-edged lines, dots and areas, rasters,
/// letters.
///
/// A software renderer of OpenGL pays for every small triangle; this paints a panel of curves in
/// less than a tenth of that time, the same on every machine, and without a display.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/detail/coverage.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace baldwin::viz {

/// How a line is painted.
struct Stroke {
    double width = 1; ///< pixels
    bool closed = false;
    double dash = 0; ///< length of a dash, pixels; 0: none
    Colour colour{};
};

/// A letter's shape: how opaque it is at each pixel.
struct GlyphShape {
    int left = 0; ///< of the first column beside the pen, pixels
    int top = 0;  ///< of the first row beside the baseline, pixels, downwards
    int width = 0;
    int height = 0;
    double advance = 0;              ///< to the next pen position, pixels
    std::vector<std::uint8_t> alpha; ///< (height, width)
};

/// A picture of opaque pixels, painted with anti-aliasing; (0, 0) is its upper left corner.
class Canvas {
public:
    Canvas() = default;
    Canvas(int width, int height) { resize(width, height); }

    /// \param width, height  pixels; at least 1 is taken
    void resize(int width, int height) {
        width_ = std::max(width, 1);
        height_ = std::max(height, 1);
        pixels_.assign(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 4,
                       255);
        coverage_.resize(width_, height_);
        clip_ = bounds();
    }
    [[nodiscard]] int width() const noexcept { return width_; }
    [[nodiscard]] int height() const noexcept { return height_; }
    [[nodiscard]] PixelBox bounds() const noexcept { return {0, 0, width_, height_}; }
    /// (height, width, 4): red, green, blue and 255.
    [[nodiscard]] std::span<const std::uint8_t> pixels() const noexcept { return pixels_; }
    /// \param x, y  inside the bounds
    [[nodiscard]] Colour pixel(int x, int y) const {
        const std::uint8_t* at = pixels_.data() + offset(x, y);
        return {at[0], at[1], at[2]};
    }

    /// Restricts painting to a box; what lies outside the canvas is cut off.
    void clip(PixelBox box) { clip_ = box.cut(bounds()); }
    [[nodiscard]] PixelBox clip() const noexcept { return clip_; }

    /// Covers the clip with a colour.
    void clear(Colour colour) {
        for (int y = clip_.top; y < clip_.bottom; ++y) {
            std::uint8_t* at = pixels_.data() + offset(clip_.left, y);
            for (int x = clip_.left; x < clip_.right; ++x, at += 4) set(at, colour);
        }
    }
    /// Copies a box from another canvas of the same size.
    /// \return the smallest box around the pixels that were different
    PixelBox copy(const Canvas& from, PixelBox box) {
        box = box.cut(bounds());
        PixelBox changed{};
        for (int y = box.top; y < box.bottom; ++y) {
            const std::uint8_t* source = from.pixels_.data() + offset(box.left, y);
            std::uint8_t* target = pixels_.data() + offset(box.left, y);
            const auto length = 4 * static_cast<std::size_t>(std::max(box.width(), 0));
            const auto first = std::mismatch(source, source + length, target);
            if (first.first == source + length) continue;
            std::size_t last = length;
            while (source[last - 1] == target[last - 1]) --last;
            const auto begin = static_cast<std::size_t>(first.first - source);
            std::copy(source + begin, source + last, target + begin);
            changed = changed.joined({box.left + static_cast<int>(begin / 4), y,
                                      box.left + static_cast<int>((last + 3) / 4), y + 1});
        }
        return changed;
    }

    /// A line through points with round corners and ends; level and upright ones are sharp.
    void line(std::vector<Point> at, const Stroke& stroke) {
        if (at.size() < 2) return;
        if (stroke.dash <= 0 && at.size() == 2) snap(at[0], at[1], stroke.width);
        if (stroke.dash > 0)
            dashes(at, stroke);
        else
            solid(at, stroke);
        blend_coverage(stroke.colour, 1);
    }
    /// Filled circles.
    void dots(std::span<const Point> at, double radius, Colour colour) {
        for (const Point centre : at) coverage_.segment(centre, centre, radius, clip_);
        blend_coverage(colour, 1);
    }
    /// A filled area; of a self-crossing one what its outline winds around.
    /// \param opacity  in [0, 1]
    void area(std::span<const Point> at, Colour colour, double opacity = 1) {
        if (at.size() < 3) return;
        coverage_.area(at, clip_);
        blend_coverage(colour, opacity);
    }
    /// A raster stretched over a rectangle: pixels stay sharp when enlarged, are averaged when
    /// shrunk.
    /// \param image  of shape (rows, columns, channels) with 1 or 3 channels
    /// \param at     pixels of the canvas
    void image(const DrawImage& image, Rect at) {
        const PixelBox place = {
            static_cast<int>(std::lround(at.x)), static_cast<int>(std::lround(at.y)),
            static_cast<int>(std::lround(at.right())), static_cast<int>(std::lround(at.bottom()))};
        const PixelBox seen = place.cut(clip_);
        if (seen.empty()) return;
        std::vector<Span> columns;
        for (int x = seen.left; x < seen.right; ++x) {
            columns.push_back(source_span(x - place.left, place.width(), image.columns));
        }
        Span before{0, 0};
        for (int y = seen.top; y < seen.bottom; ++y) {
            const Span rows = source_span(y - place.top, place.height(), image.rows);
            std::uint8_t* to = pixels_.data() + offset(seen.left, y);
            // an enlarged row is made once and copied
            if (rows.first == before.first && rows.last == before.last) {
                std::copy_n(to - 4 * static_cast<std::ptrdiff_t>(width_), 4 * seen.width(), to);
                continue;
            }
            before = rows;
            for (const Span& span : columns) {
                set(to, mean(image, rows, span));
                to += 4;
            }
        }
    }
    /// A letter whose pen stands at a point.
    /// \param degrees  clockwise around the pen
    void glyph(const GlyphShape& shape, Point pen, Colour colour, double degrees = 0) {
        if (degrees != 0) return turned(shape, pen, colour, degrees);
        const int left = static_cast<int>(std::lround(pen.x)) + shape.left;
        const int top = static_cast<int>(std::lround(pen.y)) + shape.top;
        const PixelBox seen =
            PixelBox{left, top, left + shape.width, top + shape.height}.cut(clip_);
        for (int y = seen.top; y < seen.bottom; ++y) {
            const std::uint8_t* alpha =
                shape.alpha.data() + (y - top) * shape.width + (seen.left - left);
            std::uint8_t* to = pixels_.data() + offset(seen.left, y);
            for (int x = seen.left; x < seen.right; ++x, to += 4) blend(to, colour, *alpha++);
        }
    }

private:
    struct Span {
        std::size_t first;
        std::size_t last; ///< one behind
    };

    [[nodiscard]] std::size_t offset(int x, int y) const {
        return 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                    static_cast<std::size_t>(x));
    }
    static void set(std::uint8_t* at, Colour colour) {
        at[0] = colour.red;
        at[1] = colour.green;
        at[2] = colour.blue;
    }
    static void blend(std::uint8_t* at, Colour colour, int alpha) {
        if (alpha == 0) return;
        if (alpha == 255) return set(at, colour);
        const auto mixed = [alpha](int from, int to) {
            return static_cast<std::uint8_t>((from * (255 - alpha) + to * alpha + 127) / 255);
        };
        at[0] = mixed(at[0], colour.red);
        at[1] = mixed(at[1], colour.green);
        at[2] = mixed(at[2], colour.blue);
    }

    /// Paints what was collected and forgets it.
    void blend_coverage(Colour colour, double opacity) {
        const int strength = static_cast<int>(std::lround(256 * std::clamp(opacity, 0.0, 1.0)));
        const PixelBox touched = coverage_.touched();
        for (int y = touched.top; y < touched.bottom; ++y) {
            const std::uint8_t* alpha = coverage_.row(y) + touched.left;
            std::uint8_t* to = pixels_.data() + offset(touched.left, y);
            for (int x = touched.left; x < touched.right; ++x, to += 4, ++alpha) {
                if (*alpha > 0) blend(to, colour, *alpha * strength / 256);
            }
        }
        coverage_.clear();
    }

    /// Moves upright and level lines onto the pixel grid, where they are sharp.
    static void snap(Point& a, Point& b, double width) {
        const bool is_odd = std::lround(width) % 2 == 1;
        const auto place = [is_odd](double at) {
            return is_odd ? std::floor(at) + 0.5 : std::round(at);
        };
        if (std::abs(a.x - b.x) < 1e-6) a.x = b.x = place(a.x);
        if (std::abs(a.y - b.y) < 1e-6) a.y = b.y = place(a.y);
    }

    void solid(const std::vector<Point>& at, const Stroke& stroke) {
        const std::size_t segments = stroke.closed ? at.size() : at.size() - 1;
        for (std::size_t i = 0; i < segments; ++i) {
            coverage_.segment(at[i], at[(i + 1) % at.size()], stroke.width / 2, clip_);
        }
    }

    void dashes(const std::vector<Point>& at, const Stroke& stroke) {
        const double gap = stroke.dash * 2 / 3;
        const std::size_t segments = stroke.closed ? at.size() : at.size() - 1;
        bool is_on = true;
        double left = stroke.dash;
        for (std::size_t i = 0; i < segments; ++i) {
            Point from = at[i];
            const Point to = at[(i + 1) % at.size()];
            for (;;) {
                const double rest = std::hypot(to.x - from.x, to.y - from.y);
                const double share = rest > left ? left / rest : 1;
                const Point end = {from.x + share * (to.x - from.x),
                                   from.y + share * (to.y - from.y)};
                if (is_on) coverage_.segment(from, end, stroke.width / 2, clip_);
                if (rest <= left) {
                    left -= rest;
                    break;
                }
                from = end;
                is_on = !is_on;
                left = is_on ? stroke.dash : gap;
            }
        }
    }

    /// Pixels of the source that lie under one of the target.
    static Span source_span(int target, int targets, std::size_t sources) {
        const auto place = static_cast<std::size_t>(target);
        const auto all = static_cast<std::size_t>(targets);
        const std::size_t first = std::min(place * sources / all, sources - 1);
        return {first, std::max((place + 1) * sources / all, first + 1)};
    }
    static Colour mean(const DrawImage& image, Span rows, Span columns) {
        if (rows.last - rows.first == 1 && columns.last - columns.first == 1) {
            const std::uint8_t* at =
                image.pixels.data() + (rows.first * image.columns + columns.first) * image.channels;
            return image.channels == 3 ? Colour{at[0], at[1], at[2]} : Colour{at[0], at[0], at[0]};
        }
        std::array<std::size_t, 3> sum{};
        for (std::size_t row = rows.first; row < rows.last; ++row) {
            for (std::size_t column = columns.first; column < columns.last; ++column) {
                const std::uint8_t* from =
                    image.pixels.data() + (row * image.columns + column) * image.channels;
                for (std::size_t c = 0; c < 3; ++c) sum[c] += from[image.channels == 3 ? c : 0];
            }
        }
        const std::size_t count = (rows.last - rows.first) * (columns.last - columns.first);
        return {static_cast<std::uint8_t>(sum[0] / count),
                static_cast<std::uint8_t>(sum[1] / count),
                static_cast<std::uint8_t>(sum[2] / count)};
    }

    /// A letter at an angle, from the four nearest of its pixels.
    void turned(const GlyphShape& shape, Point pen, Colour colour, double degrees) {
        const double angle = degrees * std::numbers::pi / 180;
        const double cosine = std::cos(angle);
        const double sine = std::sin(angle);
        const double reach = std::hypot(std::max(std::abs(shape.left), shape.width + shape.left),
                                        std::max(std::abs(shape.top), shape.height + shape.top)) +
                             2;
        const PixelBox seen =
            PixelBox::around({pen.x - reach, pen.y - reach, 2 * reach, 2 * reach}).cut(clip_);
        for (int y = seen.top; y < seen.bottom; ++y) {
            std::uint8_t* to = pixels_.data() + offset(seen.left, y);
            for (int x = seen.left; x < seen.right; ++x, to += 4) {
                const double dx = x + 0.5 - pen.x;
                const double dy = y + 0.5 - pen.y;
                const double u = cosine * dx + sine * dy - shape.left - 0.5;
                const double v = cosine * dy - sine * dx - shape.top - 0.5;
                blend(to, colour, sample(shape, u, v));
            }
        }
    }
    static int sample(const GlyphShape& shape, double u, double v) {
        const int column = static_cast<int>(std::floor(u));
        const int row = static_cast<int>(std::floor(v));
        if (column < -1 || row < -1 || column >= shape.width || row >= shape.height) return 0;
        const auto at = [&](int r, int c) -> double {
            if (r < 0 || c < 0 || r >= shape.height || c >= shape.width) return 0;
            const int cell = r * shape.width + c;
            return shape.alpha[static_cast<std::size_t>(cell)];
        };
        const double right = u - column;
        const double low = v - row;
        const double upper = (1 - right) * at(row, column) + right * at(row, column + 1);
        const double lower = (1 - right) * at(row + 1, column) + right * at(row + 1, column + 1);
        constexpr double kHalf = 0.5; // rounds: never negative, and much faster than lround
        return static_cast<int>((1 - low) * upper + low * lower + kHalf);
    }

    int width_ = 0;
    int height_ = 0;
    std::vector<std::uint8_t> pixels_;
    PixelBox clip_{};
    detail::Coverage coverage_;
};

} // namespace baldwin::viz

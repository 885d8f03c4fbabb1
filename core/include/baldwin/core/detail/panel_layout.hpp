// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// One panel on its rectangle: heading, legend, axes with ticks, items in pixels.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/detail/axis_map.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/ticks.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::detail {

inline constexpr double kTitleSize = 13;
inline constexpr double kLabelSize = 11;
inline constexpr double kTickPitch = 12;       ///< pixels from one label of a category to the next
inline constexpr std::size_t kShortestCut = 6; ///< bytes, the ellipsis being three of them
inline constexpr double kSlant = 40;           ///< degrees of tick labels that do not fit upright

/// Lines thinned to the extremes of each pixel column; keeps first, last, lowest and highest.
inline std::vector<Point> thinned(const std::vector<Point>& pixels, double width) {
    const bool is_function = std::is_sorted(
        pixels.begin(), pixels.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
    if (!is_function || static_cast<double>(pixels.size()) <= 4 * width) return pixels;
    std::vector<Point> kept;
    for (std::size_t first = 0; first < pixels.size();) {
        const double column = std::floor(pixels[first].x);
        std::size_t low = first;
        std::size_t high = first;
        std::size_t end = first;
        for (; end < pixels.size() && std::floor(pixels[end].x) == column; ++end) {
            if (pixels[end].y < pixels[low].y) low = end;
            if (pixels[end].y > pixels[high].y) high = end;
        }
        std::vector<std::size_t> order = {first, low, high, end - 1};
        std::sort(order.begin(), order.end());
        order.erase(std::unique(order.begin(), order.end()), order.end());
        for (const std::size_t i : order) kept.push_back(pixels[i]);
        first = end;
    }
    return kept;
}

/// Lays out one panel and appends its commands to a drawing.
class PanelLayout {
public:
    PanelLayout(const Panel& panel, Rect cell, Drawing& drawing)
        : panel_(panel), cell_(cell), plot_(cell), drawing_(drawing) {
        paints_.reserve(panel.items.size());
        for (const Item& item : panel.items) paints_.push_back(resolved(item));
        measure();
    }

    void draw() {
        heading();
        legend();
        choose_frame();
        grid();
        for (std::size_t i = 0; i < panel_.items.size(); ++i) {
            item_ = i;
            std::visit([this](const auto& item) { add(item); }, panel_.items[i]);
        }
        labels();
        if (panel_.items.empty()) {
            put({{plot_.x + plot_.width / 2, plot_.y + plot_.height / 2},
                 "nothing yet",
                 12,
                 Paint::muted(),
                 Text::Anchor::middle});
        }
        drawing_.panels.push_back({cell_, plot_, x_range_, y_range_, is_log(panel_.x),
                                   is_log(panel_.y), panel_.x.reversed, panel_.y.reversed});
    }

private:
    struct ItemPaint {
        Paint paint;
        bool dashed = false; ///< the series colours have been used up once
    };

    static bool is_log(const Axis& axis) { return axis.scale == Axis::Scale::log; }

    // -- what the items ask for ---------------------------------------------------------------

    ItemPaint resolved(const Item& item) {
        Paint paint = std::visit(
            [](const auto& thing) -> Paint {
                if constexpr (requires { thing.paint; }) return thing.paint;
                if constexpr (requires { thing.fill; }) return thing.fill.value_or(Paint::ink());
                return Paint::ink();
            },
            item);
        if (paint.role != Paint::Role::automatic) return {paint};
        const std::size_t number = automatic_++;
        return {Paint::series(number), number >= kSeriesColours};
    }

    void measure() {
        Extents extents;
        extents.log_x = is_log(panel_.x);
        extents.log_y = is_log(panel_.y);
        for (const Item& item : panel_.items) std::visit(extents, item);
        x_range_ = range_of(panel_.x, extents.x, extents.padded_x);
        y_range_ = range_of(panel_.y, extents.y, extents.padded_y);
    }

    // -- heading and legend -------------------------------------------------------------------

    void put(DrawText text) { drawing_.commands.emplace_back(std::move(text)); }

    void take_top(double height) {
        plot_.y += height;
        plot_.height = std::max(1.0, plot_.height - height);
    }

    void heading() {
        if (!panel_.title.empty()) {
            put({{plot_.x, plot_.y + 13},
                 fitted(panel_.title, kTitleSize, cell_.width, true),
                 kTitleSize,
                 Paint::ink(),
                 Text::Anchor::start,
                 true});
            take_top(20);
        }
        for (const std::string& line : wrapped(panel_.note, kLabelSize, cell_.width)) {
            put({{plot_.x, plot_.y + 11}, line, kLabelSize, Paint::muted()});
            take_top(15);
        }
        take_top(4);
    }

    void legend() {
        if (!panel_.legend) return;
        double x = plot_.x;
        bool any = false;
        for (std::size_t i = 0; i < panel_.items.size(); ++i) {
            const std::string name = fitted(name_of(panel_.items[i]), kLabelSize, cell_.width - 24);
            if (name.empty()) continue;
            const double width = 24 + text_width(name, kLabelSize);
            if (any && x + width > cell_.right()) {
                take_top(16);
                x = plot_.x;
            }
            any = true;
            swatch(i, {x, plot_.y + 8});
            put({{x + 22, plot_.y + 12}, name, kLabelSize, Paint::ink()});
            x += width + 14;
        }
        if (any) take_top(20);
    }

    void swatch(std::size_t i, Point middle) {
        const auto [paint, dashed] = paints_[i];
        if (std::holds_alternative<Points>(panel_.items[i])) {
            drawing_.commands.emplace_back(DrawDots{{{middle.x + 8, middle.y}}, 4, paint});
        } else if (const auto* curve = std::get_if<Curve>(&panel_.items[i])) {
            DrawPath line{{middle, {middle.x + 17, middle.y}}};
            line.stroke = paint;
            line.width = std::max(2.0, curve->width);
            line.dashed = dashed || curve->dashed;
            drawing_.commands.emplace_back(std::move(line));
        } else {
            box({middle.x + 3, middle.y - 5, 11, 10}, paint, 1);
        }
    }

    void box(Rect at, Paint fill, double opacity) {
        DrawPath path{
            {{at.x, at.y}, {at.right(), at.y}, {at.right(), at.bottom()}, {at.x, at.bottom()}},
            true};
        path.fill = fill;
        path.opacity = opacity;
        drawing_.commands.emplace_back(std::move(path));
    }

    // -- the frame ----------------------------------------------------------------------------

    /// Room for the captions and tick labels, then the maps.
    void choose_frame() {
        if (panel_.y.visible && !caption_of(panel_.y).empty()) {
            put({{plot_.x, plot_.y + 11},
                 fitted(caption_of(panel_.y), kLabelSize, cell_.width),
                 kLabelSize,
                 Paint::muted()});
            take_top(24);
        } else if (panel_.y.visible) {
            take_top(6);
        }
        const double bottom = panel_.x.visible && !caption_of(panel_.x).empty() ? 36 : 20;
        if (panel_.x.visible) plot_.height = std::max(1.0, plot_.height - bottom);
        choose_y_ticks();
        choose_x_ticks();
        if (panel_.equal) shrink_to_scale();
        x_ = AxisMap(x_range_, is_log(panel_.x), panel_.x.reversed ? plot_.right() : plot_.x,
                     panel_.x.reversed ? plot_.x : plot_.right());
        y_ = AxisMap(y_range_, is_log(panel_.y), panel_.y.reversed ? plot_.y : plot_.bottom(),
                     panel_.y.reversed ? plot_.bottom() : plot_.y);
    }

    void choose_y_ticks() {
        if (!panel_.y.visible) return;
        const auto most = std::min<std::size_t>(10, static_cast<std::size_t>(plot_.height / 28));
        y_ticks_ = panel_.y.ticks.empty()
                       ? round_ticks(y_range_, most, panel_.y.scale, panel_.y.whole)
                       : panel_.y.ticks;
        if (!panel_.y.ticks.empty()) {
            double pitch = plot_.height / (y_range_.high - y_range_.low);
            if (panel_.equal) {
                pitch = std::min(pitch, plot_.width / (x_range_.high - x_range_.low));
            }
            drop_crowded(y_ticks_, pitch);
        }
        double widest = 0;
        for (Tick& tick : y_ticks_) {
            tick.label = fitted(tick.label, kLabelSize, 0.35 * cell_.width);
            widest = std::max(widest, text_width(tick.label, kLabelSize));
        }
        plot_.x += widest + 8;
        plot_.width = std::max(1.0, plot_.width - widest - 8);
        // the last label of the x axis stands out by about half its width
        if (panel_.x.visible) plot_.width = std::max(1.0, plot_.width - 12);
    }

    void choose_x_ticks() {
        if (!panel_.x.visible) return;
        if (!panel_.x.ticks.empty()) return fit_given_ticks();
        const auto room = static_cast<std::size_t>(plot_.width / 48);
        for (std::size_t most = std::min<std::size_t>(room, 10); most >= 2; --most) {
            x_ticks_ = round_ticks(x_range_, most, panel_.x.scale, panel_.x.whole);
            double needed = 0;
            for (const Tick& tick : x_ticks_) needed += text_width(tick.label, kLabelSize) + 16;
            if (needed <= plot_.width + 16) return;
        }
        if (x_ticks_.size() > 2) x_ticks_.resize(2);
    }

    /// Keeps every second, third, ... label where all would not be legible.
    static void drop_crowded(std::vector<Tick>& ticks, double pixels_per_unit) {
        if (ticks.size() < 2) return;
        const double pitch = std::abs(ticks[1].at - ticks[0].at) * pixels_per_unit;
        if (!(pitch > 0) || pitch >= kTickPitch) return;
        const auto stride = static_cast<std::size_t>(std::ceil(kTickPitch / pitch));
        std::vector<Tick> kept;
        for (std::size_t i = 0; i < ticks.size(); i += stride) kept.push_back(ticks[i]);
        ticks = std::move(kept);
    }

    /// Given labels stay; they are slanted where they would run into each other.
    void fit_given_ticks() {
        x_ticks_ = panel_.x.ticks;
        double widest = 0;
        for (Tick& tick : x_ticks_) {
            tick.label = fitted(tick.label, kLabelSize, 0.4 * cell_.height);
            widest = std::max(widest, text_width(tick.label, kLabelSize));
        }
        double room = plot_.width / std::max(1.0, x_range_.high - x_range_.low);
        if (panel_.equal) {
            room = std::min(room, plot_.height / std::max(1.0, y_range_.high - y_range_.low));
        }
        if (widest + 6 <= room) return;
        slanted_ = true;
        const double extra = widest * std::sin(kSlant * std::numbers::pi / 180) - 4;
        plot_.height = std::max(1.0, plot_.height - std::max(0.0, extra));
        label_drop_ = std::max(0.0, extra);
        if (panel_.equal) {
            room = std::min(room, plot_.height / std::max(1.0, y_range_.high - y_range_.low));
        }
        drop_crowded(x_ticks_, room);
        // slanted labels have taken from the height that the other axis counted with
        if (panel_.equal && !panel_.y.ticks.empty()) drop_crowded(y_ticks_, room);
    }

    /// One world unit gets one length; the frame keeps its upper left corner.
    void shrink_to_scale() {
        const double spans = (x_range_.high - x_range_.low) / (y_range_.high - y_range_.low);
        plot_.width = std::min(plot_.width, plot_.height * spans);
        plot_.height = std::min(plot_.height, plot_.width / spans);
    }

    void line(Point from, Point to, Paint paint) {
        if (!std::isfinite(from.x + from.y + to.x + to.y)) return;
        DrawPath path{{from, to}};
        path.stroke = paint;
        drawing_.commands.emplace_back(std::move(path));
    }

    [[nodiscard]] bool on_plot_x(double pixel) const {
        return pixel >= plot_.x - 0.5 && pixel <= plot_.right() + 0.5;
    }
    [[nodiscard]] bool on_plot_y(double pixel) const {
        return pixel >= plot_.y - 0.5 && pixel <= plot_.bottom() + 0.5;
    }

    void grid() {
        // categories need no lines: their items stand where the labels are
        if (panel_.y.visible && panel_.y.ticks.empty()) {
            for (const Tick& tick : y_ticks_) {
                const double y = y_(tick.at);
                if (on_plot_y(y)) line({plot_.x, y}, {plot_.right(), y}, Paint::grid());
            }
        }
        if (panel_.x.visible && !panel_.equal) {
            line({plot_.x, plot_.bottom()}, {plot_.right(), plot_.bottom()}, Paint::muted());
        }
    }

    void labels() {
        for (const Tick& tick : y_ticks_) {
            const double y = y_(tick.at);
            if (!on_plot_y(y)) continue;
            put({{plot_.x - 6, y + 0.35 * kLabelSize},
                 tick.label,
                 kLabelSize,
                 Paint::muted(),
                 Text::Anchor::end});
        }
        for (const Tick& tick : x_ticks_) {
            const double x = x_(tick.at);
            if (!on_plot_x(x)) continue;
            if (panel_.x.ticks.empty()) {
                line({x, plot_.bottom()}, {x, plot_.bottom() + 4}, Paint::muted());
            }
            if (slanted_) {
                put({{x + 4, plot_.bottom() + 12},
                     tick.label,
                     kLabelSize,
                     Paint::muted(),
                     Text::Anchor::end,
                     false,
                     -kSlant});
            } else {
                put({{x, plot_.bottom() + 16},
                     tick.label,
                     kLabelSize,
                     Paint::muted(),
                     Text::Anchor::middle});
            }
        }
        if (!panel_.x.visible || caption_of(panel_.x).empty()) return;
        put({{plot_.x + plot_.width / 2, plot_.bottom() + 32 + label_drop_},
             fitted(caption_of(panel_.x), kLabelSize, cell_.width),
             kLabelSize,
             Paint::muted(),
             Text::Anchor::middle});
    }

    // -- items --------------------------------------------------------------------------------

    [[nodiscard]] Point pixel(Point world) const { return {x_(world.x), y_(world.y)}; }

    static bool is_finite(Point point) { return std::isfinite(point.x) && std::isfinite(point.y); }

    [[nodiscard]] std::vector<Point> finite_pixels(const std::vector<Point>& world) const {
        std::vector<Point> pixels;
        for (const Point& point : world) {
            if (is_finite(pixel(point))) pixels.push_back(pixel(point));
        }
        return pixels;
    }

    /// The frame and a little more, so that a line along its edge keeps its width.
    [[nodiscard]] Rect clip() const {
        return {plot_.x - 2, plot_.y - 2, plot_.width + 4, plot_.height + 4};
    }

    void stroke(const std::vector<Point>& world, double width, bool dashed) {
        std::vector<Point> run;
        const auto flush = [&] {
            if (run.size() >= 2) {
                DrawPath path{thinned(run, plot_.width)};
                path.stroke = paints_[item_].paint;
                path.width = width;
                path.dashed = dashed;
                path.clip = clip();
                drawing_.commands.emplace_back(std::move(path));
            } else if (run.size() == 1) {
                dots(run, std::max(1.5, width)); // a lone value would be invisible as a line
            }
            run.clear();
        };
        for (const Point& point : world) {
            is_finite(pixel(point)) ? run.push_back(pixel(point)) : flush();
        }
        flush();
    }

    void dots(std::vector<Point> pixels, double radius) {
        if (pixels.empty()) return;
        const double reach = radius + 2;
        const Rect around = {plot_.x - reach, plot_.y - reach, plot_.width + 2 * reach,
                             plot_.height + 2 * reach};
        drawing_.commands.emplace_back(
            DrawDots{std::move(pixels), radius, paints_[item_].paint, around});
    }

    void add(const Points& item) { dots(finite_pixels(item.at), item.radius); }

    void add(const Lines& item) { stroke(item.at, item.width, item.dashed); }

    void add(const Curve& item) {
        stroke(item.at, item.width, item.dashed || paints_[item_].dashed);
        if (item.marked) dots(finite_pixels(item.at), item.width + 1.2);
    }

    void add(const Polygon& item) {
        DrawPath path{finite_pixels(item.corners), true};
        if (path.at.size() < 3) return;
        if (item.fill) path.fill = paints_[item_].paint;
        path.stroke = item.outline;
        path.opacity = item.opacity;
        path.clip = clip();
        drawing_.commands.emplace_back(std::move(path));
    }

    void add(const Bars& item) {
        for (const Point& top : item.tops) {
            const Point a = pixel({top.x - item.width / 2, top.y});
            const Point b =
                pixel({top.x + item.width / 2, is_log(panel_.y) ? y_range_.low : item.base});
            if (!is_finite(a) || !is_finite(b)) continue;
            DrawPath path{{a, {b.x, a.y}, b, {a.x, b.y}}, true};
            path.fill = paints_[item_].paint;
            path.clip = clip();
            drawing_.commands.emplace_back(std::move(path));
        }
    }

    void add(const Text& item) {
        const Point at = pixel(item.at);
        if (!is_finite(at)) return;
        double size = item.size;
        std::string text = item.text;
        if (item.fit > 0) {
            const double room = item.fit * x_.per_unit();
            const double natural = text_width(text, size, item.bold);
            if (natural > room) size = std::max(7.5, size * room / natural);
            text = fitted(text, size, room, item.bold);
            // a letter and dots say nothing, and of a number they say something false
            if (text != item.text && text.size() < kShortestCut) return;
        }
        put({{at.x, at.y + 0.35 * size}, text, size, paints_[item_].paint, item.anchor, item.bold});
    }

    void add(const Image& item) {
        check_image(item);
        const Point a = pixel(item.low);
        const Point b = pixel(item.high);
        if (!is_finite(a) || !is_finite(b)) return;
        const Rect at = {std::min(a.x, b.x), std::min(a.y, b.y), std::abs(a.x - b.x),
                         std::abs(a.y - b.y)};
        DrawImage image{at, item.rows, item.columns, item.channels, item.pixels, clip()};
        if (!item.values.empty()) {
            image.channels = 3;
            image.pixels.reserve(3 * item.values.size());
            for (const float value : item.values) {
                const Colour colour = diverging(static_cast<double>(value) / item.limit);
                image.pixels.insert(image.pixels.end(), {colour.red, colour.green, colour.blue});
            }
        }
        drawing_.commands.emplace_back(std::move(image));
        if (!item.framed) return;
        DrawPath frame{
            {{at.x, at.y}, {at.right(), at.y}, {at.right(), at.bottom()}, {at.x, at.bottom()}},
            true};
        frame.stroke = Paint::grid();
        drawing_.commands.emplace_back(std::move(frame));
    }

    const Panel& panel_;
    Rect cell_;
    Rect plot_;
    Drawing& drawing_;
    std::vector<ItemPaint> paints_;
    std::size_t automatic_ = 0;
    std::size_t item_ = 0; ///< the one being drawn
    Interval x_range_;
    Interval y_range_;
    AxisMap x_;
    AxisMap y_;
    std::vector<Tick> x_ticks_;
    std::vector<Tick> y_ticks_;
    bool slanted_ = false;
    double label_drop_ = 0; ///< pixels that slanted labels need below the usual ones
};

} // namespace baldwin::detail

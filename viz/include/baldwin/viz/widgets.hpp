// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Widgets: drawn into a drawing, with the areas that can be pointed at. They keep nothing; whoever
/// draws them again knows what they show.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// A place that answers to the pointer.
struct HitArea {
    std::string id;
    Rect at;
    std::string hint = {}; ///< tooltip; none if empty
};

/// Small pictures on buttons.
enum class Icon : std::uint8_t { run, pause, step, back, restart };

/// A drawing with areas.
class Ui {
public:
    /// \param hovered  id of the area under the pointer
    explicit Ui(std::string hovered = {}) : hovered_(std::move(hovered)) {}

    Drawing drawing;
    std::vector<HitArea> areas;

    static DrawPath box(Rect at, std::optional<Paint> fill,
                        std::optional<Paint> stroke = std::nullopt) {
        DrawPath path{
            {{at.x, at.y}, {at.right(), at.y}, {at.right(), at.bottom()}, {at.x, at.bottom()}},
            true};
        path.fill = fill;
        path.stroke = stroke;
        return path;
    }
    void fill(Rect at, Paint paint, double opacity = 1) {
        DrawPath path = box(at, paint);
        path.opacity = opacity;
        drawing.commands.emplace_back(std::move(path));
    }
    void line(Point from, Point to, Paint paint, double width = 1) {
        DrawPath path{{from, to}};
        path.stroke = paint;
        path.width = width;
        drawing.commands.emplace_back(std::move(path));
    }
    /// A line of text, its height centred on a row; cut off where it is wider than its room.
    void text(Point at, const std::string& what, Paint paint = Paint::ink(),
              Text::Anchor anchor = Text::Anchor::start, double size = 11, double room = 1e9,
              bool bold = false) {
        const std::string seen = fitted(what, size, room, bold);
        drawing.commands.emplace_back(
            DrawText{{at.x, at.y + 0.35 * size}, seen, size, paint, anchor, bold});
    }
    void area(std::string id, Rect at, std::string hint = {}) {
        areas.push_back({std::move(id), at, std::move(hint)});
    }

    void button(const std::string& id, Rect at, const std::string& label, std::string hint = {},
                bool is_on = false) {
        plate(id, at, is_on);
        text({at.x + at.width / 2, at.y + at.height / 2}, label,
             is_on ? Paint::surface() : Paint::ink(), Text::Anchor::middle, 11, at.width - 6);
        area(id, at, std::move(hint));
    }
    void button(const std::string& id, Rect at, Icon icon, std::string hint) {
        plate(id, at, false);
        draw(icon, {at.x + at.width / 2, at.y + at.height / 2});
        area(id, at, std::move(hint));
    }
    /// A word that is on or off.
    void toggle(const std::string& id, Rect at, const std::string& label, bool is_on,
                std::string hint = {}) {
        const Rect mark = {at.x, at.y + at.height / 2 - 5, 10, 10};
        drawing.commands.emplace_back(box(mark,
                                          is_on ? std::optional(Paint::series(0)) : std::nullopt,
                                          is_hovered(id) ? Paint::ink() : Paint::muted()));
        text({at.x + 15, at.y + at.height / 2}, label, is_on ? Paint::ink() : Paint::muted());
        area(id, at, std::move(hint));
    }
    /// A value between two ends: its label above at the left, the value as text at the right.
    void slider(const std::string& id, Rect at, const std::string& label, const std::string& value,
                double share, std::string hint = {}) {
        const double room = at.width - text_width(value, 11) - 8;
        text({at.x, at.y + 8}, label, Paint::muted(), Text::Anchor::start, 11, room);
        text({at.right(), at.y + 8}, value, Paint::ink(), Text::Anchor::end);
        track(id, {at.x, at.y + 14, at.width, 16}, share);
        area(id, {at.x, at.y + 14, at.width, 16}, std::move(hint));
    }
    /// The line and the knob of a slider alone.
    void track(const std::string& id, Rect at, double share) {
        const double y = at.y + at.height / 2;
        const Rect inner = knob_range(at);
        const double x = inner.x + std::clamp(share, 0.0, 1.0) * inner.width;
        line({inner.x, y}, {inner.right(), y}, Paint::grid(), 3);
        line({inner.x, y}, {x, y}, Paint::series(0), 3);
        const double radius = is_hovered(id) ? 6.5 : 5.5;
        drawing.commands.emplace_back(DrawDots{{{x, y}}, radius, Paint::series(0)});
    }
    /// Where the knob of a slider can be, so that it never leaves its area.
    static Rect knob_range(Rect at) { return {at.x + 6, at.y, at.width - 12, at.height}; }
    static double share_at(Rect area, double x) {
        const Rect inner = knob_range(area);
        return std::clamp((x - inner.x) / inner.width, 0.0, 1.0);
    }

    [[nodiscard]] bool is_hovered(const std::string& id) const { return hovered_ == id; }

private:
    void plate(const std::string& id, Rect at, bool is_on) {
        const Paint ground = is_on ? Paint::series(0) : Paint::grid();
        drawing.commands.emplace_back(
            box(at, ground, is_hovered(id) ? std::optional(Paint::muted()) : std::nullopt));
    }
    void shape(std::vector<Point> corners) {
        DrawPath path{std::move(corners), true};
        path.fill = Paint::ink();
        drawing.commands.emplace_back(std::move(path));
    }
    void draw(Icon icon, Point at) {
        const auto [x, y] = at;
        switch (icon) {
        case Icon::run: shape({{x - 4, y - 6}, {x + 6, y}, {x - 4, y + 6}}); break;
        case Icon::pause:
            fill({x - 5, y - 6, 4, 12}, Paint::ink());
            fill({x + 1, y - 6, 4, 12}, Paint::ink());
            break;
        case Icon::step:
            shape({{x - 5, y - 6}, {x + 3, y}, {x - 5, y + 6}});
            fill({x + 3, y - 6, 3, 12}, Paint::ink());
            break;
        case Icon::back:
            shape({{x + 5, y - 6}, {x - 3, y}, {x + 5, y + 6}});
            fill({x - 6, y - 6, 3, 12}, Paint::ink());
            break;
        case Icon::restart: {
            // three quarters of a circle with a head
            DrawPath ring{{{x + 5, y},
                           {x + 3.5, y + 3.5},
                           {x, y + 5},
                           {x - 3.5, y + 3.5},
                           {x - 5, y},
                           {x - 3.5, y - 3.5},
                           {x, y - 5}}};
            ring.stroke = Paint::ink();
            ring.width = 2;
            drawing.commands.emplace_back(std::move(ring));
            shape({{x, y - 9}, {x + 5, y - 5}, {x, y - 1}});
            break;
        }
        }
    }

    std::string hovered_;
};

/// The last drawn area that holds a point: later ones lie on top.
inline const HitArea* area_at(const std::vector<HitArea>& areas, Point at) {
    for (auto area = areas.rbegin(); area != areas.rend(); ++area) {
        if (area->at.contains(at)) return &*area;
    }
    return nullptr;
}

} // namespace baldwin::viz

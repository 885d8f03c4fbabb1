// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A panel of the workspace: what it shows, where it stands, and its newest drawing.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/control_panel.hpp>
#include <baldwin/viz/curve_chart.hpp>
#include <baldwin/viz/scene_view.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/split_tree.hpp>
#include <baldwin/viz/widgets.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// A drawing somewhere on the surface; a new revision wants to be painted.
struct Surface {
    Rect at{};
    Drawing drawing;
    std::vector<HitArea> areas; ///< beside the surface's corner
    std::uint64_t revision = 0; ///< different for any two drawings; 0: none yet

    /// Takes a new drawing; one that is the same as before changes nothing.
    void take(Rect where, Ui ui) {
        areas = std::move(ui.areas);
        if (revision > 0 && where == at && ui.drawing == drawing) return;
        static std::atomic<std::uint64_t> count{0};
        at = where;
        drawing = std::move(ui.drawing);
        revision = ++count;
    }
};

/// What all panels are drawn with.
struct PaneContext {
    Source& source;
    const ChartView& charts;
    const Theme& theme;
    ExhibitList& exhibits;
    const std::string& hovered; ///< id of the area under the pointer
    bool is_still = false;      ///< a picture: nothing to point at
};

/// A panel.
struct Pane {
    enum class Kind : std::uint8_t { chart, frame, controls, exhibits };

    std::string name; ///< unique
    Kind kind = Kind::chart;
    CurveChart chart = {};        ///< of Kind::chart
    SceneView view = {};          ///< of Kind::frame
    std::size_t run = 0;          ///< of Kind::frame
    std::string frame = {};       ///< of Kind::frame: its name in the run
    std::uint64_t frame_step = 0; ///< at which it was made
    std::shared_ptr<const Scene> scene = nullptr;
    bool is_closed = false;  ///< by the user
    bool is_visible = false; ///< it has a place
    bool is_stale = true;    ///< it has to be drawn again
    Surface surface = {};

    /// Begins the ids of its areas.
    [[nodiscard]] std::string prefix() const { return name + "/"; }

    /// Draws it again at a place.
    void draw(const PaneContext& context, Rect at, const std::string& caption) {
        Ui ui(context.hovered);
        ui.drawing.width = at.width;
        ui.drawing.height = at.height;
        const Point size = {at.width, at.height};
        if (at.x > 0) ui.line({0.5, 0}, {0.5, at.height}, Paint::grid());
        ui.line({0, 0.5}, {at.width, 0.5}, Paint::grid());
        switch (kind) {
        case Kind::chart:
            chart.draw(context.source, context.charts, context.theme, size, ui,
                       context.is_still ? std::string() : prefix());
            break;
        case Kind::frame:
            if (scene != nullptr)
                view.draw(*scene, caption, size, ui);
            else
                ui.text({16, 16}, caption, Paint::muted(), Text::Anchor::start, 11, size.x - 32);
            break;
        case Kind::controls:
            if (const auto* controls = context.source.controls()) {
                draw_controls(*controls, size, ui, prefix());
            }
            break;
        case Kind::exhibits:
            if (const auto* registry = context.source.registry()) {
                const auto runs = context.source.runs();
                draw_exhibits(*registry, context.exhibits,
                              runs.empty() ? std::string() : runs.front(), size, ui, prefix());
            }
            break;
        }
        surface.take(at, std::move(ui));
        is_stale = false;
    }
};

/// The arrangement that a workspace begins with, and the panels that found no room in it.
struct Arrangement {
    Split root;
    std::vector<std::string> left_out;
};

namespace detail {

/// Pixels below which a panel is hard to read.
inline constexpr Point kChartSize = {250, 165};
inline constexpr Point kFrameSize = {300, 230};

/// A grid of panels whose proportions come nearest to what reads well.
inline Split pane_grid(const std::vector<std::string>& names, double width, double height) {
    std::size_t best = 1;
    double least = 1e9;
    for (std::size_t columns = 1; columns <= names.size(); ++columns) {
        const auto rows = static_cast<double>((names.size() + columns - 1) / columns);
        const double aspect = width / static_cast<double>(columns) * rows / height;
        const double error = std::abs(std::log(aspect / 1.5));
        if (error < least) best = columns;
        least = std::min(least, error);
    }
    Split grid{.way = Split::Way::down};
    for (std::size_t first = 0; first < names.size(); first += best) {
        Split row{.way = Split::Way::across};
        const std::size_t last = std::min(first + best, names.size());
        for (std::size_t i = first; i < last; ++i) row.parts.push_back({.name = names[i]});
        grid.parts.push_back(std::move(row));
    }
    return grid;
}

/// Names of the frames, those of all runs that are called the same beside one another.
inline std::vector<std::string> frame_order(const std::vector<Pane>& panes) {
    std::vector<std::string> order;
    std::vector<std::string> done;
    for (const Pane& first : panes) {
        if (first.kind != Pane::Kind::frame) continue;
        if (std::find(done.begin(), done.end(), first.frame) != done.end()) continue;
        done.push_back(first.frame);
        for (const Pane& pane : panes) {
            const bool is_one = pane.kind == Pane::Kind::frame && pane.frame == first.frame;
            if (is_one && !pane.is_closed) order.push_back(pane.name);
        }
    }
    return order;
}

/// As many of the names as there is room for; the others are left out.
inline void keep_what_fits(std::vector<std::string>& names, double width, double height,
                           Point least, std::vector<std::string>& left_out) {
    const double columns = std::max(1.0, std::floor(width / least.x));
    const double rows = std::max(1.0, std::floor(height / least.y));
    const auto room = static_cast<std::size_t>(columns * rows);
    if (names.size() <= room) return;
    left_out.insert(left_out.end(), names.begin() + static_cast<std::ptrdiff_t>(room), names.end());
    names.resize(room);
}

} // namespace detail

/// Charts at the left, frames at the right, settings and exhibits at the very right.
inline Arrangement arranged(const std::vector<Pane>& panes, double width, double height) {
    Arrangement result{.root = {.way = Split::Way::across}, .left_out = {}};
    std::vector<std::string> charts;
    Split side{.way = Split::Way::down};
    for (const Pane& pane : panes) {
        if (pane.is_closed) continue;
        if (pane.kind == Pane::Kind::chart) charts.push_back(pane.name);
        if (pane.kind == Pane::Kind::controls) side.parts.push_back({.name = pane.name});
        if (pane.kind == Pane::Kind::exhibits) side.parts.push_back({.name = pane.name});
    }
    auto frames = detail::frame_order(panes);
    const double side_width = side.parts.empty() ? 0 : std::min(230.0, 0.35 * width);
    const double main = width - side_width;
    double chart_width = main;
    if (!frames.empty()) chart_width = charts.empty() ? 0 : main * (charts.size() > 4 ? 0.5 : 0.4);
    detail::keep_what_fits(charts, chart_width, height, detail::kChartSize, result.left_out);
    detail::keep_what_fits(frames, main - chart_width, height, detail::kFrameSize, result.left_out);
    const auto add = [&](Split part, double part_width) {
        part.weight = part_width;
        result.root.parts.push_back(std::move(part));
    };
    if (!charts.empty()) add(detail::pane_grid(charts, chart_width, height), chart_width);
    if (!frames.empty()) {
        add(detail::pane_grid(frames, main - chart_width, height), main - chart_width);
    }
    if (!side.parts.empty()) add(std::move(side), side_width);
    if (result.root.parts.empty()) result.root = {};
    return result;
}

} // namespace baldwin::viz

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Layout: places the panels of a scene on a surface and turns their items into pixels.
#pragma once

#include <baldwin/core/detail/panel_layout.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

namespace baldwin {

namespace detail {

inline constexpr double kMargin = 16; ///< pixels around each panel

inline constexpr double kLeastHeight = 170; ///< pixels below which a panel is hard to read
inline constexpr double kLeastWidth = 280;  ///< pixels, likewise
inline constexpr double kUsualAspect = 1.5; ///< width to height that suits most panels

/// Columns of the grid: those asked for, or what gives the best proportions; more where the
/// surface is too low for so many rows and wide enough.
inline std::size_t grid_columns(const Scene& scene, Rect area) {
    const std::size_t count = scene.panels.size();
    const auto rows = [count](std::size_t columns) {
        const std::size_t whole = (count + columns - 1) / columns;
        return static_cast<double>(whole);
    };
    if (scene.columns > 0) {
        std::size_t columns = std::min(scene.columns, std::max<std::size_t>(count, 1));
        while (columns < count && area.height / rows(columns) < kLeastHeight &&
               area.width / static_cast<double>(columns + 1) >= kLeastWidth) {
            ++columns;
        }
        return columns;
    }
    const bool is_square = std::all_of(scene.panels.begin(), scene.panels.end(),
                                       [](const Panel& panel) { return panel.equal; });
    const double wanted = is_square ? 1 : kUsualAspect;
    std::size_t best = 1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t columns = 1; columns <= count; ++columns) {
        const double aspect =
            area.width / static_cast<double>(columns) * rows(columns) / area.height;
        const double error = std::abs(std::log(aspect / wanted));
        if (error < least) best = columns;
        least = std::min(least, error);
    }
    return best;
}

/// Cells of the grid, row by row; a panel that takes several columns never breaks.
inline std::vector<Rect> grid_cells(const Scene& scene, Rect area) {
    const std::size_t columns = grid_columns(scene, area);
    std::vector<Rect> cells;       // y is the number of the row at first
    std::vector<double> heights{}; // of the rows, in units of Panel::height
    std::size_t column = columns;
    const double width = area.width / static_cast<double>(columns);
    for (const Panel& panel : scene.panels) {
        const std::size_t span = std::clamp<std::size_t>(panel.columns, 1, columns);
        if (column + span > columns) {
            heights.push_back(0);
            column = 0;
        }
        heights.back() = std::max(heights.back(), std::max(panel.height, 1e-3));
        cells.push_back({area.x + static_cast<double>(column) * width,
                         static_cast<double>(heights.size() - 1), static_cast<double>(span) * width,
                         0});
        column += span;
    }
    std::vector<double> tops = {area.y};
    const double all = std::accumulate(heights.begin(), heights.end(), 0.0);
    for (const double height : heights) tops.push_back(tops.back() + height / all * area.height);
    for (Rect& cell : cells) {
        const auto row = static_cast<std::size_t>(cell.y);
        cell.y = tops[row];
        cell.height = tops[row + 1] - tops[row];
    }
    return cells;
}

} // namespace detail

/// Lays a scene out.
/// \param width, height  of the surface in pixels; at least 1
/// \cost O(points + pixels); a curve longer than four points a pixel column is thinned to its
///       extremes there
inline Drawing lay_out(const Scene& scene, double width, double height) {
    Drawing drawing{std::max(width, 1.0), std::max(height, 1.0), scene.title, {}, {}};
    Rect area = {0, 0, drawing.width, drawing.height};
    if (!scene.title.empty()) {
        const double room = area.width - 2 * detail::kMargin;
        drawing.commands.emplace_back(DrawText{{detail::kMargin, 28},
                                               fitted(scene.title, 15, room, true),
                                               15,
                                               Paint::ink(),
                                               Text::Anchor::start,
                                               true});
        area.y += 34;
        area.height -= 34;
    }
    if (scene.panels.empty()) return drawing;
    const auto cells = detail::grid_cells(scene, area);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const Rect& cell = cells[i];
        const Rect inner = {cell.x + detail::kMargin, cell.y + detail::kMargin * 0.75,
                            std::max(1.0, cell.width - 2 * detail::kMargin),
                            std::max(1.0, cell.height - 1.5 * detail::kMargin)};
        detail::PanelLayout(scene.panels[i], inner, drawing).draw();
    }
    return drawing;
}

} // namespace baldwin

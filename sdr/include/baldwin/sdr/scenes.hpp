// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What a memory looks like: its input, its macs and their winners, how one mac judged, codes
/// beside one another, and the picture that a code stands for.
#pragma once

#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/sdr/network.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr {

namespace detail {

// Paper and ink of pictures: dark on light, whatever the theme.
inline std::uint8_t ink(double share) {
    return static_cast<std::uint8_t>(std::lround(245 - 215 * std::clamp(share, 0.0, 1.0)));
}

inline Panel picture_panel(std::string title, Image image) {
    Panel panel{.title = std::move(title)};
    panel.equal = true;
    panel.legend = false;
    panel.x.visible = panel.y.visible = false;
    const auto columns = static_cast<double>(image.columns);
    const auto rows = static_cast<double>(image.rows);
    panel.x.range = Interval{0, columns};
    panel.y.range = Interval{0, rows};
    panel.y.reversed = true;
    image.low = {0, 0};
    image.high = {columns, rows};
    image.framed = true;
    panel.items.emplace_back(std::move(image));
    return panel;
}

} // namespace detail

/// A frame as a picture: the share of its planes that are on at each place.
/// \param bits  shape (planes, rows, columns)
/// \throws std::invalid_argument if the size does not fit the extent
[[nodiscard]] inline Image frame_image(BitView bits, const Extent& extent) {
    const std::size_t n = extent.size();
    if (n == 0 || bits.size() % n != 0) {
        throw std::invalid_argument("sdr::frame_image: " + std::to_string(bits.size()) +
                                    " bits are no planes of " + std::to_string(extent.rows) +
                                    " x " + std::to_string(extent.columns));
    }
    // one direction of an edge is on at a time: one plane of several counts fully
    Image image;
    image.rows = extent.rows;
    image.columns = extent.columns;
    image.pixels.assign(n, detail::ink(0));
    bits.for_each([&](std::size_t i) { image.pixels[i % n] = detail::ink(1); });
    return image;
}

/// Edges as a relief of the ink, lit from the upper left: grey where brightness does not change,
/// lighter where it rises to the lower right, darker where it falls.
/// \param bits  shape (directions, rows, columns); plane d is brightness rising in direction d
/// \throws std::invalid_argument if the size does not fit the extent
[[nodiscard]] inline Image relief_image(BitView bits, const Extent& extent) {
    Image image = frame_image(bits, extent);
    const std::size_t n = extent.size();
    const auto directions = static_cast<double>(bits.size() / n);
    std::vector<double> slopes(n);
    bits.for_each([&](std::size_t i) {
        // lit most by a rise at 45 degrees, rows downwards
        const double angle = std::numbers::pi * (2 * static_cast<double>(i / n) / directions - .25);
        slopes[i % n] += std::cos(angle);
    });
    std::transform(slopes.begin(), slopes.end(), image.pixels.begin(), [](double slope) {
        return detail::ink(0.4 - 0.4 * std::clamp(slope, -1.0, 1.0));
    });
    return image;
}

/// A panel with a frame, one world unit a pixel, rows downwards.
[[nodiscard]] inline Panel frame_panel(std::string title, BitView bits, const Extent& extent) {
    return detail::picture_panel(std::move(title), frame_image(bits, extent));
}

/// The macs of a level in their grid: a block each with a column for each module and a row for
/// each cell, winners dark; empty where a mac has no code. One world unit is a mac.
[[nodiscard]] inline Panel mac_panel(std::string title, const Network& network, std::size_t level,
                                     std::optional<std::size_t> chosen = {}) {
    const Extent grid = network.parameters().levels[level].grid;
    const MacShape shape = network.macs(level)[0].shape();
    const std::size_t height = shape.cells + 2;
    const std::size_t width = shape.modules + 2;
    Image image;
    image.rows = grid.rows * height;
    image.columns = grid.columns * width;
    image.pixels.assign(image.rows * image.columns, detail::ink(0.18));
    for (std::size_t m = 0; m < grid.size(); ++m) {
        const std::size_t top = m / grid.columns * height + 1;
        const std::size_t left = m % grid.columns * width + 1;
        const auto winners = network.codes(level).code(0, m);
        for (std::size_t q = 0; q < shape.modules; ++q) {
            for (std::size_t k = 0; k < shape.cells; ++k) {
                image.pixels[(top + k) * image.columns + left + q] =
                    detail::ink(winners[q] == k ? 1 : 0);
            }
        }
    }
    Panel panel = detail::picture_panel(std::move(title), std::move(image));
    const auto columns = static_cast<double>(grid.columns);
    const auto rows = static_cast<double>(grid.rows);
    panel.equal = false;
    panel.x.range = Interval{0, columns};
    panel.y.range = Interval{0, rows};
    std::get<Image>(panel.items.front()).high = {columns, rows};
    if (chosen && *chosen < grid.size()) {
        const auto x = static_cast<double>(*chosen % grid.columns);
        const auto y = static_cast<double>(*chosen / grid.columns);
        panel.items.emplace_back(
            Lines{{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}}, Paint::series(1), 2.5});
    }
    return panel;
}

/// The mac at a place of mac_panel.
[[nodiscard]] inline std::optional<std::size_t> mac_at(const Extent& grid, double x, double y) {
    if (!(x >= 0 && y >= 0)) return std::nullopt;
    const auto column = static_cast<std::size_t>(x);
    const auto row = static_cast<std::size_t>(y);
    if (column >= grid.columns || row >= grid.rows) return std::nullopt;
    return row * grid.columns + column;
}

namespace detail {

// Values of all cells as a picture: a column for each module.
inline Panel cell_panel(std::string title, const MacShape& shape, std::span<const double> values,
                        double most, std::span<const Cell> winners) {
    Image image;
    image.rows = shape.cells;
    image.columns = shape.modules;
    image.pixels.assign(shape.units(), ink(0));
    for (std::size_t q = 0; q < shape.modules; ++q) {
        for (std::size_t k = 0; k < shape.cells; ++k) {
            const std::size_t unit = q * shape.cells + k;
            if (unit >= values.size()) continue;
            image.pixels[k * shape.modules + q] = ink(most > 0 ? values[unit] / most : 0);
        }
    }
    Panel panel = picture_panel(std::move(title), std::move(image));
    panel.equal = false;
    Points marks;
    for (std::size_t q = 0; q < winners.size(); ++q) {
        if (winners[q] == kNoCell) continue;
        marks.at.push_back({static_cast<double>(q) + 0.5, static_cast<double>(winners[q]) + 0.5});
    }
    marks.paint = Paint::series(1);
    marks.radius = 2.5;
    panel.items.emplace_back(std::move(marks));
    return panel;
}

} // namespace detail

/// How a mac judged the present frame: V, psi (its logarithm) and rho of each cell, the winners
/// marked; modules from left to right, cells downwards.
[[nodiscard]] inline std::vector<Panel> judgement_panels(const Network& network, std::size_t level,
                                                         std::size_t mac) {
    const Explanation judged = network.explain(level, mac);
    const MacShape shape = network.macs(level)[mac].shape();
    const auto winners = network.codes(level).code(0, mac);
    std::vector<double> logs(judged.psi.size());
    std::transform(judged.psi.begin(), judged.psi.end(), logs.begin(),
                   [](double psi) { return std::log(std::max(psi, 1.0)); });
    const double most = judged.eta > 1 ? std::log(judged.eta) : 1;
    std::vector<Panel> panels;
    panels.push_back(detail::cell_panel("V: evidence", shape, judged.v, 1, winners));
    panels.back().note = "mac " + std::to_string(mac) +
                         ", a column a module; G = " + fixed_text(judged.familiarity, 3);
    panels.push_back(detail::cell_panel("psi: likelihood", shape, logs, most, winners));
    panels.back().note = "to win, logarithm; eta = " + number_text(judged.eta, 3);
    panels.push_back(detail::cell_panel("rho: share", shape, judged.rho, 1, winners));
    panels.back().note = "of its module; dots: the winners";
    return panels;
}

/// G over time.
[[nodiscard]] inline Panel familiarity_panel(std::string title, std::span<const double> values) {
    Series series{.name = "mean G", .x = {}, .y = {values.begin(), values.end()}};
    for (std::size_t i = 0; i < values.size(); ++i) series.x.push_back(static_cast<double>(i + 1));
    Panel panel = curves(std::move(title), {.label = "presentation", .whole = true},
                         {.label = "familiarity G", .range = Interval{0, 1.02}}, {series});
    panel.legend = false;
    return panel;
}

/// How much each pair of codes has in common, dark for all of it.
/// \param codes    shape (n, modules)
/// \param modules  winners of a code; >= 1
[[nodiscard]] inline Panel intersection_panel(std::string title, std::span<const Cell> codes,
                                              std::size_t modules) {
    const std::size_t n = std::max<std::size_t>(1, codes.size() / modules);
    Image image;
    image.rows = image.columns = n;
    image.pixels.assign(n * n, detail::ink(0));
    for (std::size_t i = 0; i < codes.size() / modules; ++i) {
        for (std::size_t j = 0; j < codes.size() / modules; ++j) {
            const auto a = codes.subspan(i * modules, modules);
            const auto b = codes.subspan(j * modules, modules);
            std::size_t there = 0;
            for (const Cell winner : a) there += winner != kNoCell ? 1U : 0U;
            const double share =
                there == 0 ? 0.0
                           : static_cast<double>(intersection(a, b)) / static_cast<double>(there);
            image.pixels[i * n + j] = detail::ink(share);
        }
    }
    return detail::picture_panel(std::move(title), std::move(image));
}

/// Scores of classes as bars, the best one marked as such.
[[nodiscard]] inline Panel score_panel(std::string title, const std::vector<std::string>& names,
                                       std::span<const double> scores, std::string unit) {
    Panel panel =
        bar_chart(std::move(title), names, scores, {.label = "score", .unit = std::move(unit)});
    if (scores.empty()) return panel;
    const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
    panel.note = "answer: " + names[static_cast<std::size_t>(best)];
    return panel;
}

} // namespace baldwin::sdr

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Shapes that the scenes of environments are put together from.
#pragma once

#include <baldwin/core/scene.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::envs::detail {

/// An upright rectangle.
inline Polygon rectangle(Interval x, Interval y, Paint fill) {
    return {.corners = {{x.low, y.low}, {x.high, y.low}, {x.high, y.high}, {x.low, y.high}},
            .fill = fill};
}

/// A disc as a polygon of 32 corners, so that its radius is in world units.
inline Polygon disc(Point centre, double radius, Paint fill) {
    constexpr std::size_t kCorners = 32;
    Polygon polygon{.fill = fill};
    for (std::size_t i = 0; i < kCorners; ++i) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kCorners;
        polygon.corners.push_back(
            {centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle)});
    }
    return polygon;
}

/// A straight bar of some width between two points.
inline Polygon bar(Point from, Point to, double width, Paint fill) {
    const double length = std::hypot(to.x - from.x, to.y - from.y);
    if (length == 0) return disc(from, width / 2, fill);
    const double x = -(to.y - from.y) / length * width / 2;
    const double y = (to.x - from.x) / length * width / 2;
    return {.corners = {{from.x + x, from.y + y},
                        {to.x + x, to.y + y},
                        {to.x - x, to.y - y},
                        {from.x - x, from.y - y}},
            .fill = fill};
}

/// A panel without axes, whose units are as long in x as in y.
inline Panel stage(std::string title, std::string note, Interval x, Interval y) {
    return {.title = std::move(title),
            .note = std::move(note),
            .x = {.range = x, .visible = false},
            .y = {.range = y, .visible = false},
            .legend = false,
            .equal = true};
}

/// A scene of one panel.
inline Scene scene_of(Panel panel) {
    Scene scene;
    scene.panels.push_back(std::move(panel));
    return scene;
}

/// A number with a few digits.
inline std::string rounded(double value, int digits = 2) {
    const double scale = std::pow(10.0, digits);
    const double near = std::round(std::abs(value) * scale) / scale;
    std::string text = std::to_string(near);
    text.resize(text.find('.') + (digits == 0 ? 0 : static_cast<std::size_t>(digits) + 1));
    return (value < 0 && near > 0 ? "-" : "") + text;
}

} // namespace baldwin::envs::detail

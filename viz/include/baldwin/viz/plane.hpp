// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// From pixels to world coordinates and back; zooming and panning of ranges.
#pragma once

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <variant>

namespace baldwin::viz {

/// Coordinates of a panel that was laid out.
class Plane {
public:
    explicit Plane(const PanelPlace& place) : place_(place) {}

    [[nodiscard]] Point world(Point pixel) const {
        return {value(place_.x, place_.log_x, share_x(pixel.x)),
                value(place_.y, place_.log_y, share_y(pixel.y))};
    }
    /// NaN where a logarithmic axis has no such value.
    [[nodiscard]] Point pixel(Point world) const {
        const double x = share(place_.x, place_.log_x, world.x);
        const double y = share(place_.y, place_.log_y, world.y);
        const Rect& plot = place_.plot;
        return {plot.x + plot.width * (place_.reversed_x ? 1 - x : x),
                plot.y + plot.height * (place_.reversed_y ? y : 1 - y)};
    }
    /// How far along its range a pixel lies; 0 at the low end.
    [[nodiscard]] double share_x(double pixel) const {
        const double share = (pixel - place_.plot.x) / place_.plot.width;
        return place_.reversed_x ? 1 - share : share;
    }
    [[nodiscard]] double share_y(double pixel) const {
        const double share = (place_.plot.bottom() - pixel) / place_.plot.height;
        return place_.reversed_y ? 1 - share : share;
    }

private:
    static double value(Interval range, bool logarithmic, double share) {
        if (!logarithmic) return range.low + share * (range.high - range.low);
        return range.low * std::pow(range.high / range.low, share);
    }
    static double share(Interval range, bool logarithmic, double value) {
        if (!logarithmic) return (value - range.low) / (range.high - range.low);
        return std::log(value / range.low) / std::log(range.high / range.low);
    }

    const PanelPlace& place_;
};

/// A range after zooming: the place at \p share of it stays where it is.
/// \param factor  of its length; < 1 shows less
inline Interval zoomed(Interval range, bool logarithmic, double share, double factor) {
    if (logarithmic && range.low > 0) {
        const Interval bent =
            zoomed({std::log(range.low), std::log(range.high)}, false, share, factor);
        return {std::exp(bent.low), std::exp(bent.high)};
    }
    const double length = range.high - range.low;
    const double fixed = range.low + share * length;
    const double least = 1e-9 * std::max({std::abs(range.low), std::abs(range.high), 1e-6});
    const double next = std::max(length * factor, least);
    return {fixed - share * next, fixed + (1 - share) * next};
}

/// A range moved by a share of its length.
inline Interval panned(Interval range, bool logarithmic, double share) {
    if (logarithmic && range.low > 0) {
        const double factor = std::pow(range.high / range.low, share);
        return {range.low * factor, range.high * factor};
    }
    const double by = share * (range.high - range.low);
    return {range.low + by, range.high + by};
}

namespace detail {

inline void shift(Point& point, Point by) { point = {point.x + by.x, point.y + by.y}; }
inline void shift(std::optional<Rect>& rect, Point by) {
    if (rect) *rect = {rect->x + by.x, rect->y + by.y, rect->width, rect->height};
}
inline Rect shifted(const Rect& rect, Point by) {
    return {rect.x + by.x, rect.y + by.y, rect.width, rect.height};
}

} // namespace detail

/// Appends the commands and places of a drawing, moved.
inline void append(Drawing& to, Drawing from, Point by) {
    for (DrawCommand& command : from.commands) {
        std::visit(
            [by](auto& one) {
                if constexpr (requires { one.text; }) {
                    detail::shift(one.at, by);
                } else {
                    if constexpr (requires { one.at.width; })
                        one.at = detail::shifted(one.at, by);
                    else
                        for (Point& point : one.at) detail::shift(point, by);
                    detail::shift(one.clip, by);
                }
            },
            command);
        to.commands.push_back(std::move(command));
    }
    for (PanelPlace place : from.panels) {
        place.cell = detail::shifted(place.cell, by);
        place.plot = detail::shifted(place.plot, by);
        to.panels.push_back(place);
    }
}

} // namespace baldwin::viz

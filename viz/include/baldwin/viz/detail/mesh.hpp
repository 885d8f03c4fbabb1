// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Lines, dots and areas as triangles with a soft edge of one pixel, so that no multisampling is
/// needed (which a software renderer pays for dearly).
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/scene.hpp>

#include <SFML/Graphics/Color.hpp>
#include <SFML/Graphics/Vertex.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace baldwin::viz::detail {

inline sf::Color sf_colour(Colour colour, double opacity = 1) {
    return {colour.red, colour.green, colour.blue,
            static_cast<std::uint8_t>(std::lround(255 * std::clamp(opacity, 0.0, 1.0)))};
}

inline Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
inline Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
inline Point operator*(double factor, Point a) { return {factor * a.x, factor * a.y}; }
inline double length(Point a) { return std::hypot(a.x, a.y); }

/// How a line is drawn.
struct Stroke {
    double width = 1; ///< pixels
    bool closed = false;
    double dash = 0; ///< length of a dash, pixels; 0: none
    sf::Color colour;
};

/// Triangles that wait to be drawn together.
class Mesh {
public:
    [[nodiscard]] const std::vector<sf::Vertex>& vertices() const noexcept { return vertices_; }
    [[nodiscard]] bool empty() const noexcept { return vertices_.empty(); }
    void clear() noexcept { vertices_.clear(); }

    /// A line through points, with mitred corners.
    void line(std::vector<Point> at, const Stroke& stroke) {
        drop_repeats(at);
        if (at.size() < 2) return;
        if (stroke.dash > 0) return dashes(at, stroke);
        if (at.size() == 2) snap(at[0], at[1], stroke.width);
        solid(at, stroke);
    }

    /// A filled circle.
    void dot(Point centre, double radius, sf::Color colour) {
        const int corners = std::clamp(static_cast<int>(3 * radius), 10, 64);
        const double inner = std::max(radius - 0.5, 0.0);
        for (int i = 0; i < corners; ++i) {
            const Point from = direction(i, corners);
            const Point to = direction(i + 1, corners);
            triangle(centre, centre + inner * from, centre + inner * to, colour);
            soft_edge(centre + inner * from, centre + inner * to, centre + (inner + 1) * from,
                      centre + (inner + 1) * to, colour);
        }
    }

    /// A filled area. Exact for convex and star-shaped ones around their first corner; others are
    /// cut into ears.
    void area(const std::vector<Point>& at, sf::Color colour) {
        if (at.size() < 3) return;
        std::vector<Point> left(at);
        if (signed_area(left) < 0) std::reverse(left.begin(), left.end());
        // every round cuts one ear; a shape that crosses itself is cut anywhere
        while (left.size() > 3) {
            std::size_t ear = 0;
            while (ear + 1 < left.size() && !is_ear(left, ear)) ++ear;
            const std::size_t count = left.size();
            triangle(left[(ear + count - 1) % count], left[ear], left[(ear + 1) % count], colour);
            left.erase(left.begin() + static_cast<std::ptrdiff_t>(ear));
        }
        triangle(left[0], left[1], left[2], colour);
    }

private:
    static Point direction(int i, int corners) {
        const double angle = 2 * std::numbers::pi * i / corners;
        return {std::cos(angle), std::sin(angle)};
    }

    static double cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }

    static double signed_area(const std::vector<Point>& at) {
        double twice = 0;
        for (std::size_t i = 0; i < at.size(); ++i) twice += cross(at[i], at[(i + 1) % at.size()]);
        return twice / 2;
    }

    static bool is_ear(const std::vector<Point>& at, std::size_t i) {
        const std::size_t count = at.size();
        const Point a = at[(i + count - 1) % count];
        const Point b = at[i];
        const Point c = at[(i + 1) % count];
        if (cross(b - a, c - b) < 0) return false;
        return std::none_of(at.begin(), at.end(), [&](Point p) {
            if (p == a || p == b || p == c) return false;
            return cross(b - a, p - a) >= 0 && cross(c - b, p - b) >= 0 && cross(a - c, p - c) >= 0;
        });
    }

    static void drop_repeats(std::vector<Point>& at) {
        const auto same = [](Point a, Point b) { return length(a - b) < 1e-6; };
        at.erase(std::unique(at.begin(), at.end(), same), at.end());
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

    void dashes(const std::vector<Point>& at, const Stroke& stroke) {
        Stroke piece = stroke;
        piece.dash = 0;
        piece.closed = false;
        const double gap = stroke.dash * 2 / 3;
        std::vector<Point> dash = {at[0]};
        bool is_on = true;
        double left = stroke.dash;
        const std::size_t segments = stroke.closed ? at.size() : at.size() - 1;
        for (std::size_t i = 0; i < segments; ++i) {
            Point from = at[i];
            const Point to = at[(i + 1) % at.size()];
            while (length(to - from) > left) {
                from = from + (left / length(to - from)) * (to - from);
                if (is_on) {
                    dash.push_back(from);
                    solid(dash, piece);
                }
                dash = {from};
                is_on = !is_on;
                left = is_on ? stroke.dash : gap;
            }
            left -= length(to - from);
            if (is_on) dash.push_back(to);
        }
        if (is_on) line(dash, piece);
    }

    static Point normal(Point from, Point to) {
        const double size = std::max(length(to - from), 1e-9);
        return {-(to.y - from.y) / size, (to.x - from.x) / size};
    }

    /// Sideways steps of unit width where one segment ends and the next begins: the miter of both,
    /// or at a turn of more than 60 degrees each one's own, with a disc in the gap.
    struct Joint {
        Point end;
        Point begin;
        bool is_sharp = false;
    };
    static Joint joint(Point before, Point at, Point after) {
        const Point first = normal(before, at);
        const Point second = normal(at, after);
        const double cosine = first.x * second.x + first.y * second.y;
        if (cosine < 0.5) return {first, second, true};
        const Point miter = (1 / (1 + cosine)) * (first + second);
        return {miter, miter};
    }

    std::vector<Joint> joints(const std::vector<Point>& at, bool closed) const {
        const std::size_t count = at.size();
        std::vector<Joint> all(count);
        for (std::size_t i = 0; i < count; ++i) {
            const Point before = at[(i + count - 1) % count];
            const Point after = at[(i + 1) % count];
            all[i] = joint(before, at[i], after);
            if (closed) continue;
            if (i == 0) all[i] = {normal(at[i], after), normal(at[i], after)};
            if (i + 1 == count) all[i] = {normal(before, at[i]), normal(before, at[i])};
        }
        return all;
    }

    void solid(const std::vector<Point>& at, const Stroke& stroke) {
        const std::size_t count = at.size();
        const double inner = std::max(stroke.width / 2 - 0.5, 0.0);
        const double outer = inner + std::min(1.0, stroke.width);
        const auto joint = joints(at, stroke.closed);
        for (std::size_t i = 0; i + (stroke.closed ? 0 : 1) < count; ++i) {
            const std::size_t k = (i + 1) % count;
            const Point from = joint[i].begin;
            const Point to = joint[k].end;
            quad(at[i] - inner * from, at[i] + inner * from, at[k] - inner * to, at[k] + inner * to,
                 stroke.colour);
            for (const double sign : {-1.0, 1.0}) {
                soft_edge(at[i] + sign * inner * from, at[k] + sign * inner * to,
                          at[i] + sign * outer * from, at[k] + sign * outer * to, stroke.colour);
            }
            if (joint[k].is_sharp) dot(at[k], stroke.width / 2, stroke.colour);
        }
    }

    static sf::Vertex vertex(Point at, sf::Color colour) {
        return {sf::Vector2f(static_cast<float>(at.x), static_cast<float>(at.y)), colour};
    }

    void triangle(Point a, Point b, Point c, sf::Color colour) {
        for (const Point at : {a, b, c}) vertices_.push_back(vertex(at, colour));
    }

    void quad(Point a, Point b, Point c, Point d, sf::Color colour) {
        triangle(a, b, c, colour);
        triangle(b, c, d, colour);
    }

    /// Full colour along a-b, none along c-d.
    void soft_edge(Point a, Point b, Point c, Point d, sf::Color colour) {
        const sf::Color none(colour.r, colour.g, colour.b, 0);
        vertices_.insert(vertices_.end(), {vertex(a, colour), vertex(b, colour), vertex(c, none),
                                           vertex(b, colour), vertex(c, none), vertex(d, none)});
    }

    std::vector<sf::Vertex> vertices_;
};

} // namespace baldwin::viz::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A planar arm that unrolls from the origin until it is stretched or meets a wall: the smallest
/// problem with behaviours, for exhibits.
#pragma once

#include <baldwin/core/layout.hpp>
#include <baldwin/core/parameters.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution::detail {

/// A straight wall.
struct Wall {
    Point from;
    Point to;
};

/// Where the way from a to b meets a wall, as a share of the way; none if it does not.
inline std::optional<double> hit_share(Point a, Point b, const Wall& wall) {
    const Point way = {b.x - a.x, b.y - a.y};
    const Point along = {wall.to.x - wall.from.x, wall.to.y - wall.from.y};
    const Point gap = {wall.from.x - a.x, wall.from.y - a.y};
    const double cross = way.x * along.y - way.y * along.x;
    if (cross == 0) return std::nullopt; // parallel
    const double share = (gap.x * along.y - gap.y * along.x) / cross;
    const double place = (gap.x * way.y - gap.y * way.x) / cross;
    if (share < 0 || share > 1 || place < 0 || place > 1) return std::nullopt;
    return share;
}

/// An arm whose parameters are the angles of its joints, radians, each against the link before.
class PlanarArm {
public:
    /// \param joints  >= 1
    /// \param reach   length of the stretched arm; > 0
    PlanarArm(std::size_t joints, double reach, std::vector<Wall> walls = {})
        : joints_(joints), link_(reach / static_cast<double>(joints)), walls_(std::move(walls)) {}

    [[nodiscard]] std::span<const Wall> walls() const noexcept { return walls_; }
    /// Of the angles, which start as normals of a third of a radian.
    [[nodiscard]] Layout layout() const {
        Layout layout;
        layout.add({.name = "angles",
                    .shape = {joints_},
                    .offset = 0,
                    .layer = "arm",
                    .initialiser = Initialiser::normal(0.33)});
        return layout;
    }
    /// The joints from the origin to the tip; fewer where a wall stopped it.
    [[nodiscard]] std::vector<Point> pose(std::span<const float> angles) const {
        std::vector<Point> joints = {{0, 0}};
        double heading = 0;
        for (const float angle : angles) {
            heading += double{angle};
            const Point here = joints.back();
            const Point way = {link_ * std::cos(heading), link_ * std::sin(heading)};
            const double share = free_share(here, {here.x + way.x, here.y + way.y});
            joints.push_back({here.x + share * way.x, here.y + share * way.y});
            if (share < 1) break;
        }
        return joints;
    }

private:
    [[nodiscard]] double free_share(Point a, Point b) const {
        double free = 1;
        for (const Wall& wall : walls_) free = std::min(free, hit_share(a, b, wall).value_or(1));
        return free;
    }

    std::size_t joints_;
    double link_;
    std::vector<Wall> walls_;
};

} // namespace baldwin::neuroevolution::detail

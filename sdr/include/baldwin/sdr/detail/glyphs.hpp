// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Digits drawn by a pen that shakes: pictures for exhibits and tests that need no data set.
#pragma once

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/picture.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace baldwin::sdr::detail {

struct PenPoint {
    double x = 0; // in [0, 1], to the right
    double y = 0; // in [0, 1], downwards
};

// The stroke of each digit.
inline const std::vector<PenPoint>& stroke_of(std::size_t digit) {
    static const std::array<std::vector<PenPoint>, 10> kStrokes = {
        {{{.5, 0},
          {.2, .15},
          {.1, .5},
          {.2, .85},
          {.5, 1},
          {.8, .85},
          {.9, .5},
          {.8, .15},
          {.5, 0}},
         {{.3, .2}, {.55, 0}, {.55, 1}},
         {{.15, .2}, {.4, 0}, {.8, .1}, {.85, .35}, {.5, .65}, {.1, 1}, {.9, 1}},
         {{.15, .05}, {.8, .05}, {.45, .4}, {.85, .65}, {.7, .95}, {.15, .95}},
         {{.6, 0}, {.1, .65}, {.9, .65}, {.65, .65}, {.65, .4}, {.65, 1}},
         {{.85, 0}, {.2, 0}, {.15, .45}, {.6, .4}, {.85, .65}, {.65, .95}, {.15, 1}},
         {{.75, 0}, {.3, .35}, {.15, .7}, {.35, 1}, {.75, .95}, {.8, .65}, {.5, .55}, {.2, .7}},
         {{.1, .05}, {.9, .05}, {.6, .4}, {.4, 1}},
         {{.5, .45},
          {.2, .25},
          {.5, 0},
          {.8, .25},
          {.5, .45},
          {.15, .75},
          {.5, 1},
          {.85, .75},
          {.5, .45}},
         {{.8, .35}, {.5, .5}, {.2, .3}, {.45, 0}, {.8, .15}, {.8, .4}, {.6, 1}}}};
    return kStrokes[digit % kStrokes.size()];
}

inline double distance_to(const PenPoint& p, const PenPoint& a, const PenPoint& b) {
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = dx * dx + dy * dy;
    const double along = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;
    const double t = std::clamp(along, 0.0, 1.0);
    return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// Adds ink along a line, darkest in the middle; or takes it away. Coordinates in pixels.
inline void draw_line(Picture& picture, const PenPoint& from, const PenPoint& to, double radius,
                      bool is_erasing = false) {
    std::size_t i = 0;
    for (std::size_t row = 0; row < picture.size.rows; ++row) {
        for (std::size_t column = 0; column < picture.size.columns; ++column, ++i) {
            const PenPoint place{static_cast<double>(column) + 0.5, static_cast<double>(row) + 0.5};
            const double far = distance_to(place, from, to);
            const double strength = std::clamp(radius + 0.5 - far, 0.0, 1.0);
            const auto ink = static_cast<std::uint8_t>(std::lround(255 * strength));
            picture.pixels[i] = is_erasing ? (strength > 0 ? std::uint8_t{0} : picture.pixels[i])
                                           : std::max(picture.pixels[i], ink);
        }
    }
}

// A digit in a picture of at least 12 x 12, its size, slant, place and corners drawn from the
// stream.
inline Picture drawn_digit(std::size_t digit, const PictureSize& size, const Stream& stream) {
    Picture picture(size);
    const auto rows = static_cast<double>(size.rows);
    const auto columns = static_cast<double>(size.columns);
    const auto shake = [&](std::uint64_t i, double most) {
        return most * (2 * stream.uniform(i) - 1);
    };
    const double height = rows * (0.62 + shake(0, 0.06));
    const double width = columns * (0.44 + shake(1, 0.06));
    const double slant = shake(2, 0.18);
    const double left = (columns - width) / 2 + shake(3, 1.2);
    const double top = (rows - height) / 2 + shake(4, 1.2);
    std::vector<PenPoint> stroke = stroke_of(digit);
    for (std::size_t i = 0; i < stroke.size(); ++i) {
        PenPoint& p = stroke[i];
        const double y = p.y + shake(6 + 2 * i, 0.035);
        const double x = p.x + shake(7 + 2 * i, 0.05);
        p = {left + width * x + slant * height * (0.5 - y), top + height * y};
    }
    const double radius = rows / 28 * (1.15 + shake(5, 0.25));
    for (std::size_t i = 1; i < stroke.size(); ++i) {
        draw_line(picture, stroke[i - 1], stroke[i], radius);
    }
    return picture;
}

} // namespace baldwin::sdr::detail

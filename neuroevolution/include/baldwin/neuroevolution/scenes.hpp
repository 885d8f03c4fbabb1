// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Pictures of what an algorithm holds.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/neuroevolution/cells.hpp>
#include <baldwin/neuroevolution/map_elites.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace baldwin::neuroevolution {

/// Where an individual is drawn: a behaviour of one number over fitness.
/// \pre the behaviour is not empty
[[nodiscard]] inline Point place_of(std::span<const float> behaviour, double fitness) {
    return {behaviour[0], behaviour.size() > 1 ? static_cast<double>(behaviour[1]) : fitness};
}

namespace detail {

/// Least and largest fitness of what is filled; high > low.
inline Interval fitness_range(const MapElites& map) {
    Interval range{0, 0};
    for (const std::uint32_t cell : map.filled()) {
        const double fitness = map.occupants()[cell]->evaluation.fitness;
        const bool is_first = cell == map.filled().front();
        range.low = is_first ? fitness : std::min(range.low, fitness);
        range.high = is_first ? fitness : std::max(range.high, fitness);
    }
    if (!(range.low < range.high)) range.high = range.low + 1;
    return range;
}

inline Colour fitness_colour(double fitness, const Interval& range) {
    return sequential(0.15 + 0.85 * (fitness - range.low) / (range.high - range.low));
}

/// The first two axes of a grid, the second downwards or upwards.
inline Image grid_picture(const MapElites& map, const Interval& range, bool grows_down) {
    const auto axes = map.cells().axes();
    const bool is_flat = axes.size() > 1;
    const std::size_t rows = is_flat ? axes[1].bins : 1;
    Image image{.low = {axes[0].low, is_flat ? axes[1].low : 0},
                .high = {axes[0].high, is_flat ? axes[1].high : 1},
                .rows = rows,
                .columns = axes[0].bins,
                .channels = 3,
                .framed = true};
    for (std::size_t i = 0; i < rows; ++i) {
        const std::size_t row = grows_down ? i : rows - 1 - i;
        for (std::size_t column = 0; column < image.columns; ++column) {
            const auto& occupant = map.occupants()[column * rows + row];
            const Colour colour = occupant ? fitness_colour(occupant->evaluation.fitness, range)
                                           : Colour{255, 255, 255};
            image.pixels.insert(image.pixels.end(), {colour.red, colour.green, colour.blue});
        }
    }
    return image;
}

inline void draw_tessellation(Panel& panel, const MapElites& map, const Interval& range) {
    const std::size_t dimensions = map.cells().axes().size();
    const auto centroids = map.cells().centroids();
    for (const std::uint32_t cell : map.filled()) {
        const double fitness = map.occupants()[cell]->evaluation.fitness;
        panel.items.emplace_back(
            Points{.at = {place_of(centroids.subspan(cell * dimensions, dimensions), fitness)},
                   .paint = Paint::fixed(fitness_colour(fitness, range)),
                   .radius = 4});
    }
}

} // namespace detail

/// Fitness of the occupant of each cell, over the first two numbers of the behaviour.
/// \param grows_down  the second number's axis points down, as in mazes
[[nodiscard]] inline Panel elites_panel(const MapElites& map, bool grows_down = true) {
    Panel panel;
    panel.title = "Elites";
    const Interval range = detail::fitness_range(map);
    panel.note = std::to_string(map.filled().size()) + " of " + std::to_string(map.cells().size()) +
                 " cells filled; fitness " + fixed_text(range.low, 1) + " (light) to " +
                 fixed_text(range.high, 1) + " (dark)";
    const bool is_flat = map.cells().axes().size() > 1;
    panel.x.label = is_flat ? "behaviour, first number" : "behaviour";
    panel.y.label = is_flat ? "behaviour, second number" : "";
    panel.y.reversed = is_flat && grows_down;
    if (map.cells().is_grid()) {
        panel.items.emplace_back(detail::grid_picture(map, range, grows_down));
    } else {
        detail::draw_tessellation(panel, map, range);
    }
    return panel;
}

} // namespace baldwin::neuroevolution

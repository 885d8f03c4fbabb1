// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Which sources a mac is wired to, and by which synapses.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/detail/unit_layout.hpp>
#include <baldwin/sdr/network_parameters.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace baldwin::sdr::detail {

struct Point {
    double x = 0;
    double y = 0;
};

inline constexpr double kHexRow = 0.8660254037844386; // sqrt(3) / 2

// A grid of sources: pixels or macs, a unit apart, the first half a unit from the borders.
struct SourceGrid {
    Extent extent;
    Arrangement arrangement = Arrangement::rectangular;

    [[nodiscard]] bool is_hexagonal() const { return arrangement == Arrangement::hexagonal; }
    [[nodiscard]] Point at(std::size_t i) const {
        const std::size_t row = i / extent.columns;
        const auto x = static_cast<double>(i % extent.columns) + 0.5;
        const auto y = static_cast<double>(row) + 0.5;
        if (!is_hexagonal()) return {x, y};
        return {x + (row % 2 == 1 ? 0.5 : 0.0), y * kHexRow};
    }
    [[nodiscard]] Point size() const {
        const auto width = static_cast<double>(extent.columns);
        const auto height = static_cast<double>(extent.rows);
        if (!is_hexagonal()) return {width, height};
        return {width + (extent.rows > 1 ? 0.5 : 0.0), height * kHexRow};
    }
};

// Place i (fractional for shifted rows) of n along an axis of some length: fields of that radius
// are spread evenly so that the first and the last touch the borders, at whole steps.
inline double spread_centre(double i, double n, double length, double radius) {
    const double room = length - 2 * radius;
    if (radius == 0 || room <= 0 || n <= 1) return length / 2;
    return std::floor(i * room / (n - 1) + 0.5) + radius;
}

// Centre of the field of mac i of a level, in the coordinates of the level below.
inline Point field_centre(const LevelParameters& level, const SourceGrid& below, std::size_t i) {
    const std::size_t row = i / level.grid.columns;
    const auto column = static_cast<double>(i % level.grid.columns);
    const bool is_shifted = level.arrangement == Arrangement::hexagonal && level.grid.rows > 1;
    const double shift = is_shifted && row % 2 == 1 ? 0.5 : 0.0;
    const double places = static_cast<double>(level.grid.columns) + (is_shifted ? 0.5 : 0.0);
    const Point size = below.size();
    const double radius = level.u.radius();
    return {spread_centre(column + shift, places, size.x, radius),
            spread_centre(static_cast<double>(row), static_cast<double>(level.grid.rows), size.y,
                          radius)};
}

inline double distance(FieldForm form, const Point& a, const Point& b) {
    const double x = std::abs(a.x - b.x);
    const double y = std::abs(a.y - b.y);
    return form == FieldForm::box ? std::max(x, y) : std::sqrt(x * x + y * y);
}

// Sources of one signal of one mac.
struct Sources {
    std::vector<std::uint32_t> index; // of pixels or macs, rising
    std::vector<double> rate;         // share of synapses that exist, of each
};

// Rate of the band at a distance; 0 outside.
inline double rate_at(const Field& field, double distance) {
    if (field.bands.empty()) return 1;
    double border = 1e-9;
    for (const Band& band : field.bands) {
        border += band.thickness;
        if (distance <= border) return band.rate;
    }
    return 0;
}

// The sources within a field, which lie at position(i).
template <class Position>
Sources sources_within(const Field& field, const Point& centre, std::size_t count,
                       const Position& position) {
    Sources found;
    for (std::size_t i = 0; i < count; ++i) {
        const double rate = rate_at(field, distance(field.form, centre, position(i)));
        if (rate == 0) continue;
        found.index.push_back(static_cast<std::uint32_t>(i));
        found.rate.push_back(rate);
    }
    return found;
}

// Sources of one plane of an image become those of all planes.
inline void add_planes(Sources& sources, const NetworkParameters& network) {
    const std::size_t count = sources.index.size();
    for (std::size_t plane = 1; plane < network.planes; ++plane) {
        for (std::size_t i = 0; i < count; ++i) {
            sources.index.push_back(
                static_cast<std::uint32_t>(plane * network.input.size() + sources.index[i]));
            sources.rate.push_back(sources.rate[i]);
        }
    }
}

// The synapses that exist, a row of bits for each input; empty if all do.
// width: inputs of each source. own: number of the mac itself, whose cells do not reach their own
// module, if it may be among the sources.
inline AlignedVector<Word> draw_connections(const UnitLayout& layout, const Sources& sources,
                                            std::size_t width, std::size_t own,
                                            const Stream& stream) {
    const bool is_complete =
        std::all_of(sources.rate.begin(), sources.rate.end(), [](double r) { return r >= 1; });
    const bool has_own = std::binary_search(sources.index.begin(), sources.index.end(), own);
    if (is_complete && !has_own) return {};
    const auto& all = layout.cells;
    AlignedVector<Word> rows(sources.index.size() * width * layout.words);
    for (std::size_t j = 0; j < sources.index.size() * width; ++j) {
        Word* row = rows.data() + j * layout.words;
        std::copy(all.begin(), all.end(), row);
        const std::size_t source = j / width;
        for (std::size_t q = 0; q < layout.shape.modules; ++q) {
            const bool is_own_module =
                sources.index[source] == own && j % width / layout.shape.cells == q;
            for (std::size_t k = 0; k < layout.shape.cells; ++k) {
                const std::size_t unit = layout.bit(q, k);
                const bool exists = !is_own_module && (sources.rate[source] >= 1 ||
                                                       stream.uniform(j * layout.bits() + unit) <
                                                           sources.rate[source]);
                if (!exists) row[unit / 64] &= ~(Word{1} << (unit % 64));
            }
        }
    }
    return rows;
}

} // namespace baldwin::sdr::detail

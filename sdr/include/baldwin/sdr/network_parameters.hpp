// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Geometry of a network: grids of macs and the fields that they are wired to.
#pragma once

#include <baldwin/sdr/mac.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::sdr {

/// Rows and columns of an image or a grid.
struct Extent {
    std::size_t rows = 1;
    std::size_t columns = 1;
    [[nodiscard]] std::size_t size() const noexcept { return rows * columns; }
    friend bool operator==(const Extent& a, const Extent& b) = default;
};

/// How macs are placed.
enum class Arrangement : std::uint8_t {
    rectangular,
    hexagonal ///< odd rows are shifted by half a step, rows stand sqrt(3)/2 apart
};

/// What distance means.
enum class FieldForm : std::uint8_t {
    box, ///< the larger of both coordinate differences
    disc ///< Euclid's
};

/// A ring of a field.
struct Band {
    double thickness = 1.0; ///< in steps of the sources' grid; > 0
    double rate = 1.0;      ///< share of synapses that exist; in (0, 1]
    friend bool operator==(const Band& a, const Band& b) = default;
};

/// Sources that a mac is wired to: those within the bands around its centre.
struct Field {
    FieldForm form = FieldForm::box;
    std::vector<Band> bands = {}; ///< from the centre outwards; empty: all sources, complete
    friend bool operator==(const Field& a, const Field& b) = default;

    /// A square of \p side sources.
    [[nodiscard]] static Field square(std::size_t side) {
        return {FieldForm::box, {{static_cast<double>(side) / 2, 1.0}}};
    }
    /// Distance from the centre to the outer border; 0 for a field of all sources.
    [[nodiscard]] double radius() const noexcept {
        double sum = 0;
        for (const Band& band : bands) sum += band.thickness;
        return sum;
    }
};

/// A level of macs.
struct LevelParameters {
    Extent grid = {};
    Arrangement arrangement = Arrangement::rectangular;
    MacParameters mac = {};
    Field u = {};                ///< over the level below: pixels or macs
    std::optional<Field> h = {}; ///< over this level, the mac itself included; none: no H
    std::optional<Field> d = {}; ///< over the level above; none: no D
    friend bool operator==(const LevelParameters& a, const LevelParameters& b) = default;
};

/// An image and the levels above it.
struct NetworkParameters {
    Extent input = {};      ///< rows and columns of the image
    std::size_t planes = 1; ///< bits of a pixel, which a U field takes together; >= 1
    std::vector<LevelParameters> levels = {};

    /// Bits of a frame: bit (plane * rows + row) * columns + column.
    [[nodiscard]] std::size_t bits() const noexcept { return planes * input.size(); }
    friend bool operator==(const NetworkParameters& a, const NetworkParameters& b) = default;
};

/// \throws std::invalid_argument naming the level and the value that is out of range
inline void check(const NetworkParameters& network) {
    const auto fail = [](const std::string& what) {
        throw std::invalid_argument("sdr::Network: " + what);
    };
    if (network.input.size() == 0) fail("the input must have at least one pixel, got 0");
    if (network.planes == 0) fail("a pixel must have at least one bit, got 0 planes");
    if (network.planes == 0) fail("planes must be at least 1, got 0");
    if (network.levels.empty()) fail("there must be at least one level, got 0");
    for (std::size_t l = 0; l < network.levels.size(); ++l) {
        const LevelParameters& level = network.levels[l];
        const std::string where = "level " + std::to_string(l) + ": ";
        if (level.grid.size() == 0) fail(where + "there must be at least one mac, got 0");
        if (level.d && l + 1 == network.levels.size()) {
            fail(where + "D needs a level above, and this is the top");
        }
        for (const auto* field :
             {&level.u, level.h ? &*level.h : nullptr, level.d ? &*level.d : nullptr}) {
            if (field == nullptr) continue;
            for (const Band& band : field->bands) {
                if (!(band.thickness > 0)) {
                    fail(where + "a band's thickness must be above 0, got " +
                         std::to_string(band.thickness));
                }
                if (!(band.rate > 0 && band.rate <= 1)) {
                    fail(where + "a band's rate must be in (0, 1], got " +
                         std::to_string(band.rate));
                }
            }
        }
    }
}

} // namespace baldwin::sdr

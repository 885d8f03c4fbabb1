// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The start of a flat vector, as the initialisers in its layout say.
#pragma once

#include <baldwin/core/parameters.hpp>
#include <baldwin/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>

namespace baldwin {

/// The factor of an entry's distribution: the standard deviation, the limit or the constant.
[[nodiscard]] inline double initial_scale(const LayoutEntry& entry) {
    const Initialiser& initialiser = entry.initialiser;
    const auto fan_in = static_cast<double>(entry.fan_in);
    const auto fan_out = static_cast<double>(entry.fan_out);
    switch (initialiser.fan) {
    case Initialiser::Fan::in: return initialiser.scale / std::sqrt(fan_in);
    case Initialiser::Fan::out: return initialiser.scale / std::sqrt(fan_out);
    case Initialiser::Fan::average: return initialiser.scale / std::sqrt((fan_in + fan_out) / 2);
    default: return initialiser.scale;
    }
}

/// Fills one entry.
/// \param values  as many as the entry has elements
/// \param stream  the entry's own
template <class T>
void initialise_entry(const LayoutEntry& entry, std::span<T> values, const Stream& stream) {
    const T scale = static_cast<T>(static_cast<float>(initial_scale(entry)));
    switch (entry.initialiser.distribution) {
    case Initialiser::Distribution::constant: std::ranges::fill(values, scale); break;
    case Initialiser::Distribution::normal:
        stream.fill_normal(values);
        for (T& value : values) value *= scale;
        break;
    case Initialiser::Distribution::uniform:
        // u - 1/2 is exact, so no rounding but that of the product
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = static_cast<T>(stream.uniform_float(i) - 0.5F) * (2 * scale);
        }
        break;
    }
}

/// Fills a flat vector of \p layout; entry i draws from substream i of \p stream.
///
/// The bits of a float vector depend on the layout and the stream alone (class A); a vector of
/// doubles holds numbers from the same draws.
/// \throws std::invalid_argument if \p flat has another length than the layout
/// \cost about 2 ns an element
template <class T>
void initialise(const Layout& layout, std::span<T> flat, const Stream& stream) {
    if (flat.size() != layout.size()) {
        throw std::invalid_argument("initialise: the layout has " + std::to_string(layout.size()) +
                                    " elements, got a vector of " + std::to_string(flat.size()));
    }
    std::size_t index = 0;
    for (const LayoutEntry& entry : layout.entries()) {
        initialise_entry(entry, flat.subspan(entry.offset, entry.size()),
                         stream.substream(index++));
    }
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Scratch memory of a presentation, one for each thread: it grows and is never given back.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/sdr/detail/unit_layout.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace baldwin::sdr::detail {

// What one signal brings to each unit of the layout.
struct SignalSums {
    std::size_t rows = 0;                 // active afferents; 0: the signal is not there
    bool is_plain = false;                // evidence is a function of the count alone: `level`
    std::vector<std::uint16_t> counts;    // active afferents with a weight above 0
    std::vector<double> level;            // evidence of each count, if plain
    std::vector<std::uint16_t> afferents; // active afferents that are wired, if not plain
    std::vector<std::uint64_t> totals;    // sums of weights in fixed point, if not plain

    [[nodiscard]] std::size_t afferents_of(std::size_t unit) const {
        return is_plain ? rows : afferents[unit];
    }
};

struct Workspace {
    AlignedVector<Word> planes;
    AlignedVector<Word> candidates;
    AlignedVector<Word> winners;
    std::vector<std::uint16_t> maxima;
    std::array<SignalSums, 3> sums;   // u, h, d
    std::vector<std::uint16_t> part;  // counts of one group of sources
    std::vector<double> v;            // per unit
    std::vector<std::uint32_t> draws; // per module
    std::vector<double> logistic;
    std::vector<std::uint64_t> psi;
    std::vector<std::uint64_t> running; // sums of psi over the cells of modules
    std::vector<std::uint64_t> drawn;   // per module, where in its sum
    std::vector<std::uint32_t> rows;    // active inputs
};

inline Workspace& workspace() {
    thread_local Workspace space;
    return space;
}

} // namespace baldwin::sdr::detail

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
    bool is_there = false;                // an active afferent was delivered
    bool is_plain = false;                // evidence is a function of the count alone: `level`
    std::size_t rows = 0;                 // active afferents
    std::vector<std::uint16_t> counts;    // active afferents with weight 1
    std::vector<std::uint16_t> afferents; // active afferents there are; used unless all are
    std::vector<std::uint64_t> totals;    // weighted counts in units of 2^-kFixed, unless plain
    std::vector<double> level;            // evidence of each count, if plain
};

struct Workspace {
    AlignedVector<Word> planes;
    AlignedVector<Word> candidates;
    AlignedVector<Word> winners;
    std::vector<std::uint16_t> maxima;
    std::array<SignalSums, 3> sums;  // u, h, d
    std::vector<double> v;           // per unit of the layout
    std::vector<double> trial;       // the same, of another case of back-off
    std::vector<std::uint64_t> psi;  // fixed point, per unit
    std::vector<std::uint32_t> rows; // active inputs
    std::vector<std::uint16_t> part;
};

inline Workspace& workspace() {
    thread_local Workspace space;
    return space;
}

} // namespace baldwin::sdr::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// From V to winners (E9 to E12): likelihoods in fixed point, so that their sums are exact.
#pragma once

#include <baldwin/sdr/csa.hpp>
#include <baldwin/sdr/detail/draws.hpp>
#include <baldwin/sdr/detail/exact_math.hpp>
#include <baldwin/sdr/detail/unit_layout.hpp>
#include <baldwin/sdr/detail/workspace.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace baldwin::sdr::detail {

// A likelihood in [1, 2^26] in units of 2^-24, to the nearest.
inline std::uint64_t fixed_likelihood(double psi) {
    constexpr double kMagic = 0x1p52;
    return std::bit_cast<std::uint64_t>(psi * 0x1p24 + kMagic) & ((std::uint64_t{1} << 52) - 1);
}

// Likelihood of each value of V, in fixed point (E10). Stage by stage, for vectors.
inline void fill_likelihoods(std::span<const double> v, double eta, double slope, double centre,
                             std::vector<double>& scratch, std::vector<std::uint64_t>& psi) {
    const std::size_t n = v.size();
    if (psi.size() < n) psi.resize(n);
    if (scratch.size() < n) scratch.resize(n);
    for (std::size_t i = 0; i < n; ++i) scratch[i] = exact_exp(slope * (centre - v[i]));
    for (std::size_t i = 0; i < n; ++i) scratch[i] = 1 / (1 + scratch[i]);
    for (std::size_t i = 0; i < n; ++i) {
        psi[i] = fixed_likelihood(std::fma(eta - 1, scratch[i], 1.0));
    }
}

// A cell drawn in proportion to its likelihood (E11, E12). weight(k): in fixed point. Which cell it
// will be cannot be foreseen, so there is no branch on it. running: scratch.
template <class Weight>
inline Cell drawn_cell(std::size_t cells, std::uint32_t random, const Weight& weight,
                       std::vector<std::uint64_t>& running) {
    if (running.size() < cells) running.resize(cells);
    std::uint64_t total = 0;
    for (std::size_t k = 0; k < cells; ++k) running[k] = total += weight(k);
    const auto at = static_cast<std::int64_t>(scaled(random, total));
    std::uint64_t below = 0;
    for (std::size_t k = 0; k < cells; ++k) {
        below += static_cast<std::int64_t>(running[k]) <= at ? 1U : 0U;
    }
    return static_cast<Cell>(below);
}

// Modules that are drawn side by side: their sums do not wait for one another.
inline constexpr std::size_t kDrawnTogether = 4;
using SideBySide [[gnu::vector_size(kDrawnTogether * sizeof(std::int64_t))]] = std::int64_t;

// Cells whose counts are read at once; a module's row has room for whole fours.
inline constexpr std::size_t kReadTogether = 4;
inline std::size_t whole_reads(std::size_t cells) {
    return (cells + kReadTogether - 1) / kReadTogether * kReadTogether;
}

// Running sums of likelihood of four modules from `first` on, shape (cells in whole fours, 4), and
// where in them each draw falls. The last modules stand in for those beyond the end.
inline void sum_likelihoods(const UnitLayout& layout, const Workspace& space, std::size_t first,
                            std::uint64_t* running, std::uint64_t* drawn) {
    const std::size_t cells = layout.shape.cells;
    const std::uint64_t* psi = space.psi.data();
    const std::uint16_t* counts[kDrawnTogether];
    const auto module = [&](std::size_t i) {
        return std::min(first + i, layout.shape.modules - 1);
    };
    for (std::size_t i = 0; i < kDrawnTogether; ++i) {
        counts[i] = space.sums[0].counts.data() + layout.bit(module(i), 0);
    }
    static_assert(std::endian::native == std::endian::little && kDrawnTogether == 4);
    const auto likelihood = [&](std::uint64_t read, std::size_t k) {
        return static_cast<std::int64_t>(psi[read >> (16 * k) & 0xffffU]);
    };
    SideBySide total = {};
    std::uint64_t* sums = running;
    for (std::size_t first_cell = 0; first_cell < cells; first_cell += kReadTogether) {
        std::uint64_t read[kDrawnTogether];
        for (std::size_t i = 0; i < kDrawnTogether; ++i) {
            std::memcpy(read + i, counts[i] + first_cell, sizeof *read);
        }
        for (std::size_t k = 0; k < kReadTogether; ++k, sums += kDrawnTogether) {
            total += SideBySide{likelihood(read[0], k), likelihood(read[1], k),
                                likelihood(read[2], k), likelihood(read[3], k)};
            std::memcpy(sums, &total, sizeof total);
        }
    }
    const std::uint64_t* totals = running + (cells - 1) * kDrawnTogether;
    for (std::size_t i = 0; i < kDrawnTogether; ++i) {
        drawn[i] = scaled(space.draws[module(i)], totals[i]);
    }
}

// In each column of sums, shape (cells in whole fours, 4) and below 2^63, how many are at most a
// bound. Sums only rise and a bound is below that of all cells: those behind are above it too.
inline SideBySide sums_up_to(const std::uint64_t* sums, std::size_t cells,
                             const std::uint64_t* bounds) {
    SideBySide bound;
    std::memcpy(&bound, bounds, sizeof bound);
    SideBySide above = {};
    const std::size_t whole = whole_reads(cells);
    for (std::size_t first = 0; first < whole; first += kReadTogether) {
        for (std::size_t k = 0; k < kReadTogether; ++k, sums += kDrawnTogether) {
            SideBySide sum;
            std::memcpy(&sum, sums, sizeof sum);
            above += sum > bound; // a lane in which it holds is -1
        }
    }
    return above + static_cast<std::int64_t>(whole);
}

// drawn_cell for all modules of a mac, whose likelihoods are a function of the count: first all
// sums, then all comparisons, which so find the sums in place.
inline void draw_cells(const UnitLayout& layout, Workspace& space, std::span<Cell> winners) {
    const std::size_t modules = layout.shape.modules;
    const std::size_t groups = (modules + kDrawnTogether - 1) / kDrawnTogether;
    const std::size_t sums = whole_reads(layout.shape.cells) * kDrawnTogether;
    space.running.resize(groups * sums);
    space.drawn.resize(groups * kDrawnTogether);
    for (std::size_t g = 0; g < groups; ++g) {
        sum_likelihoods(layout, space, g * kDrawnTogether, space.running.data() + g * sums,
                        space.drawn.data() + g * kDrawnTogether);
    }
    for (std::size_t g = 0; g < groups; ++g) {
        const SideBySide below = sums_up_to(space.running.data() + g * sums, layout.shape.cells,
                                            space.drawn.data() + g * kDrawnTogether);
        for (std::size_t i = 0; i < kDrawnTogether && g * kDrawnTogether + i < modules; ++i) {
            winners[g * kDrawnTogether + i] = static_cast<Cell>(below[i]);
        }
    }
}

// The cell with the largest V, ties at random; `excluded` (or kNoCell) cannot win.
inline Cell best_cell(std::span<const double> v, Cell excluded, std::uint32_t random) {
    double most = -1;
    std::uint64_t ties = 0;
    for (std::size_t k = 0; k < v.size(); ++k) {
        if (k == excluded || v[k] < most) continue;
        ties = v[k] == most ? ties + 1 : 1;
        most = v[k];
    }
    std::uint64_t left = scaled(random, ties);
    for (std::size_t k = 0;; ++k) {
        if (k == excluded || v[k] != most) continue;
        if (left-- == 0) return static_cast<Cell>(k);
    }
}

// Place of the nth set bit of each byte, entry 8 * byte + n; 0 where there is none.
inline constexpr auto kPlacesInByte = [] {
    std::array<std::uint8_t, 256 * 8> places{};
    for (unsigned byte = 0; byte < 256; ++byte) {
        unsigned n = 0;
        for (unsigned place = 0; place < 8; ++place) {
            if ((byte >> place & 1U) != 0) {
                places[8 * byte + n++] = static_cast<std::uint8_t>(place);
            }
        }
    }
    return places;
}();

// Place of the nth set bit, of which there are more than n: the same steps whichever it is. Bits of
// all bytes are counted side by side; the bytes that end with at most n of them are skipped.
// \paper Vigna 2008, "Broadword implementation of rank/select queries", section 3
inline std::size_t place_of_bit(Word word, std::size_t n) {
    constexpr Word kEach = 0x0101010101010101U;
    constexpr Word kTops = 0x8080808080808080U;
    Word sums = word - (word >> 1 & 0x5555555555555555U);
    sums = (sums & 0x3333333333333333U) + (sums >> 2 & 0x3333333333333333U);
    sums = ((sums + (sums >> 4)) & 0x0f0f0f0f0f0f0f0fU) * kEach; // up to each byte's end
    const Word is_skipped = ((n * kEach | kTops) - sums) & kTops;
    const auto place = static_cast<std::size_t>((is_skipped >> 7) * kEach >> 56) * 8;
    const std::size_t rank = n - (sums << 8 >> place & 0xffU);
    return place + kPlacesInByte[(word >> place & 0xffU) * 8 + rank];
}

// One of the candidates of a module, which are bits of a row, at random. Always the same number of
// steps: a full memory has many candidates, an empty one few.
inline Cell candidate_cell(const UnitLayout& layout, std::span<const Word> candidates,
                           std::size_t q, std::uint32_t random) {
    const std::size_t first = layout.bit(q, 0);
    if (layout.stride <= 64) {
        const Word mask = ~Word{0} >> (64 - layout.stride);
        const Word word = candidates[first / 64] >> (first % 64) & mask;
        const std::uint64_t n = scaled(random, static_cast<std::uint64_t>(std::popcount(word)));
        return static_cast<Cell>(place_of_bit(word, n));
    }
    const auto words = candidates.subspan(first / 64, layout.stride / 64);
    std::size_t ties = 0;
    for (const Word word : words) ties += static_cast<std::size_t>(std::popcount(word));
    std::size_t left = scaled(random, ties);
    std::size_t w = 0;
    for (; left >= static_cast<std::size_t>(std::popcount(words[w])); ++w) {
        left -= static_cast<std::size_t>(std::popcount(words[w]));
    }
    return static_cast<Cell>(w * 64 + place_of_bit(words[w], left));
}

} // namespace baldwin::sdr::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// From frames and codes to the active inputs of a mac.
#pragma once

#include <baldwin/sdr/afferents.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/code_table.hpp>
#include <baldwin/sdr/detail/wiring.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baldwin::sdr::detail {

// Active inputs of one signal, gathered for a mac.
struct Gathered {
    std::vector<std::uint32_t> rows;
    std::vector<ActiveRows> groups;
    std::vector<std::uint32_t> active; // sources with a code
};

inline void gather_pixels(BitView frame, const Sources& sources, Gathered& out) {
    out.rows.resize(sources.index.size());
    std::size_t n = 0;
    for (std::size_t j = 0; j < sources.index.size(); ++j) {
        out.rows[n] = static_cast<std::uint32_t>(j);
        n += frame[sources.index[j]] ? 1U : 0U;
    }
    out.rows.resize(n);
    out.groups.assign(1, {out.rows, 1});
}

// Rows of the winners of the source macs, those with equally many hypotheses together.
inline void gather_codes(const CodeTable& table, std::size_t row, const Sources& sources,
                         Gathered& out) {
    const std::size_t units = table.shape.units();
    const auto zeta = [&](std::size_t s) {
        return table.hypotheses[row * table.macs + sources.index[s]];
    };
    out.active.clear();
    for (std::size_t s = 0; s < sources.index.size(); ++s) {
        if (zeta(s) > 0) out.active.push_back(static_cast<std::uint32_t>(s));
    }
    std::stable_sort(out.active.begin(), out.active.end(),
                     [&](auto a, auto b) { return zeta(a) < zeta(b); });
    out.rows.clear();
    out.rows.reserve(out.active.size() * table.shape.modules);
    out.groups.clear();
    std::size_t begin = 0;
    for (std::size_t i = 0; i < out.active.size(); ++i) {
        const auto code = table.code(row, sources.index[out.active[i]]);
        for (std::size_t q = 0; q < code.size(); ++q) {
            out.rows.push_back(static_cast<std::uint32_t>(out.active[i] * units +
                                                          q * table.shape.cells + code[q]));
        }
        const bool is_last =
            i + 1 == out.active.size() || zeta(out.active[i + 1]) != zeta(out.active[i]);
        if (!is_last) continue;
        out.groups.push_back({std::span(out.rows).subspan(begin), zeta(out.active[i])});
        begin = out.rows.size();
    }
}

} // namespace baldwin::sdr::detail

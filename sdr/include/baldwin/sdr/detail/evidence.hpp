// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// From active inputs to V and G (E2 to E8), for any mixture of signals.
#pragma once

#include <baldwin/sdr/afferents.hpp>
#include <baldwin/sdr/csa.hpp>
#include <baldwin/sdr/decay.hpp>
#include <baldwin/sdr/detail/bit_sums.hpp>
#include <baldwin/sdr/detail/workspace.hpp>
#include <baldwin/sdr/weights.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baldwin::sdr::detail {

// What a mac is asked to judge, and by what.
struct Question {
    const UnitLayout& layout;
    const CsaParameters& csa;
    const std::array<BinaryWeights, 3>& weights; // u, h, d
    const std::array<SynapseAges, 3>& ages;      // empty for binary weights
    std::size_t now;                             // time for the ages
    std::size_t least_features;                  // of the band of E1
    KernelPath path;
    const Afferents& afferents;

    [[nodiscard]] const SignalParameters& signal(std::size_t index) const {
        return index == 0 ? csa.u : index == 1 ? csa.h : csa.d;
    }
    [[nodiscard]] double exponent(std::size_t index) const {
        return index == 0 && afferents.is_first ? csa.first_exponent : signal(index).exponent;
    }
    // Z if it is the same for all units: by the band, or the number of active afferents.
    [[nodiscard]] std::size_t normaliser(std::size_t index, std::size_t active) const {
        if (index != 0 || csa.normaliser == Normaliser::active_count) return active;
        return least_features * (active / std::max<std::size_t>(1, afferents.features));
    }
};

struct Verdict {
    double familiarity = 0;
    Signals signals = Signals::none;
};

inline constexpr double kFactorUnit = 65536; // fixed point of F(zeta)

inline Signals signal_of(std::size_t index) { return static_cast<Signals>(1U << index); }

// Planes of counts of the given rows of bits; returns their number.
inline std::size_t sum_planes(const Question& question, const Word* bits,
                              std::span<const std::uint32_t> rows, Workspace& space) {
    const std::size_t planes = planes_of(rows.size());
    const std::size_t needed = planes * question.layout.words;
    if (space.planes.size() < needed) space.planes.resize(needed);
    sum_rows({bits, question.layout.words, rows, space.planes.data()}, question.path);
    return planes;
}

inline void count_rows(const Question& question, const Word* bits,
                       std::span<const std::uint32_t> rows, Workspace& space,
                       std::vector<std::uint16_t>& counts) {
    const std::size_t planes = sum_planes(question, bits, rows, space);
    counts.resize(question.layout.bits());
    unpack(space.planes.data(), planes, question.layout.words, counts.data(), question.path);
}

inline void add_counts(std::vector<std::uint16_t>& sum, const std::vector<std::uint16_t>& counts) {
    for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i] = static_cast<std::uint16_t>(sum[i] + counts[i]);
    }
}

// Adds the weights of a group of sources that fade; a weight of 0 does not count.
inline void add_fading(const Question& question, std::size_t index, const ActiveRows& group,
                       std::uint64_t factor, SignalSums& sums) {
    const BinaryWeights& weights = question.weights[index];
    const SynapseAges& ages = question.ages[index];
    for (const auto j : group.rows) {
        const BitView row(weights.bits().data() + j * question.layout.words,
                          question.layout.bits());
        row.for_each([&](std::size_t unit) {
            const unsigned weight = ages.weight(j, unit, question.now);
            sums.totals[unit] += factor * weight;
            sums.counts[unit] = static_cast<std::uint16_t>(sums.counts[unit] + (weight > 0));
        });
    }
}

// E2 for one group of sources, weighted by F(zeta).
inline void add_group(const Question& question, std::size_t index, const ActiveRows& group,
                      Workspace& space) {
    SignalSums& sums = space.sums[index];
    const BinaryWeights& weights = question.weights[index];
    const auto factor = static_cast<std::uint64_t>(
        hypotheses_weight(group.zeta, question.signal(index), question.csa.mch_form) * kFactorUnit);
    if (!question.ages[index].empty()) {
        add_fading(question, index, group, factor, sums);
    } else {
        count_rows(question, weights.bits().data(), group.rows, space, space.part);
        add_counts(sums.counts, space.part);
        for (std::size_t i = 0; i < sums.totals.size(); ++i) {
            sums.totals[i] += factor * space.part[i];
        }
    }
    if (weights.is_complete()) return;
    count_rows(question, weights.connections().data(), group.rows, space, space.part);
    add_counts(sums.afferents, space.part);
}

// Whether the evidence of a signal is a function of its count alone.
inline bool is_plain(const Question& question, std::size_t index) {
    const auto groups = question.afferents.signal(index);
    return groups.size() == 1 && groups[0].zeta == 1 && question.weights[index].is_complete() &&
           question.ages[index].empty();
}

// Evidence of each count that there can be. All of them, whatever is stored, so that a presentation
// always takes the same time.
inline void fill_levels(const Question& question, std::size_t index, SignalSums& sums) {
    const auto z = static_cast<double>(question.normaliser(index, sums.rows));
    const SignalParameters& signal = question.signal(index);
    const double exponent = question.exponent(index);
    sums.level.resize(sums.rows + 1);
    double* level = sums.level.data();
    for (std::size_t count = 0; count <= sums.rows; ++count) {
        level[count] = static_cast<double>(static_cast<std::int32_t>(count)) / z;
    }
    for (std::size_t count = 0; count <= sums.rows; ++count) {
        level[count] = after_cutoffs(level[count], signal);
    }
    if (exponent == 1) return;
    for (std::size_t count = 0; count <= sums.rows; ++count) {
        level[count] = exact_pow(level[count], exponent);
    }
}

inline std::size_t count_active(std::span<const ActiveRows> groups) {
    std::size_t rows = 0;
    for (const ActiveRows& group : groups) rows += group.rows.size();
    return rows;
}

// E2 for one signal.
inline void sum_signal(const Question& question, std::size_t index, Workspace& space) {
    const auto groups = question.afferents.signal(index);
    SignalSums& sums = space.sums[index];
    sums.rows = count_active(groups);
    if (sums.rows == 0) return;
    sums.is_plain = is_plain(question, index);
    if (sums.is_plain) {
        count_rows(question, question.weights[index].bits().data(), groups[0].rows, space,
                   sums.counts);
        fill_levels(question, index, sums);
        return;
    }
    const bool is_complete = question.weights[index].is_complete();
    sums.counts.assign(question.layout.bits(), 0);
    sums.totals.assign(question.layout.bits(), 0);
    sums.afferents.assign(question.layout.bits(),
                          static_cast<std::uint16_t>(is_complete ? sums.rows : 0));
    for (const ActiveRows& group : groups) add_group(question, index, group, space);
}

// E2 for all signals; returns those that delivered an active afferent.
inline Signals sum_signals(const Question& question, Workspace& space) {
    Signals there = Signals::none;
    for (std::size_t i = 0; i < 3; ++i) {
        sum_signal(question, i, space);
        if (space.sums[i].rows > 0) there = there | signal_of(i);
    }
    return there;
}

// E3: evidence of one unit from one signal.
inline double unit_evidence(const Question& question, std::size_t index, const SignalSums& sums,
                            std::size_t unit) {
    if (sums.is_plain) return sums.level[sums.counts[unit]];
    const bool is_fading = !question.ages[index].empty();
    const std::size_t active = std::max<std::size_t>(1, sums.afferents[unit]);
    const double z = static_cast<double>(question.normaliser(index, active)) *
                     (is_fading ? kFactorUnit * kMostWeight : kFactorUnit);
    return evidence(static_cast<double>(sums.totals[unit]) / z, question.signal(index),
                    question.exponent(index));
}

// E8: mean of the largest V of each module.
inline double familiarity_of(const UnitLayout& layout, const std::vector<double>& v) {
    double sum = 0;
    for (std::size_t q = 0; q < layout.shape.modules; ++q) {
        const double* first = v.data() + layout.bit(q, 0);
        sum += *std::max_element(first, first + layout.shape.cells);
    }
    return sum / static_cast<double>(layout.shape.modules);
}

// E4, E7 and E8: V of all cells from the given signals; returns G.
inline double fill_evidence(const Question& question, const Workspace& space, Signals signals,
                            std::vector<double>& v) {
    const UnitLayout& layout = question.layout;
    v.assign(layout.bits(), signals == Signals::none ? 0.0 : 1.0);
    for (std::size_t i = 0; i < 3; ++i) {
        if (!contains(signals, signal_of(i))) continue;
        for (std::size_t q = 0; q < layout.shape.modules; ++q) {
            for (std::size_t unit = layout.bit(q, 0); unit < layout.bit(q, layout.shape.cells);
                 ++unit) {
                v[unit] = rounded(v[unit] * unit_evidence(question, i, space.sums[i], unit));
            }
        }
    }
    return familiarity_of(layout, v);
}

// The first case of the chain that clears its threshold; of equally many signals the one with the
// largest G.
inline Verdict back_off(const Question& question, Signals there, Workspace& space) {
    const auto order = [](Signals set) { return std::popcount(static_cast<unsigned>(set)); };
    const auto is_better = [](const Verdict& a, const Verdict& b) {
        return b.signals == Signals::none || a.familiarity > b.familiarity;
    };
    Verdict cleared;
    Verdict most_familiar;
    for (const BackOffCase& attempt : question.csa.back_off) {
        if (!contains(there, attempt.signals)) continue;
        if (cleared.signals != Signals::none && order(attempt.signals) < order(cleared.signals)) {
            break;
        }
        const Verdict verdict{fill_evidence(question, space, attempt.signals, space.v),
                              attempt.signals};
        if (is_better(verdict, most_familiar)) most_familiar = verdict;
        if (verdict.familiarity >= attempt.threshold && is_better(verdict, cleared)) {
            cleared = verdict;
        }
    }
    Signals chosen = cleared.signals;
    if (chosen == Signals::none && question.csa.back_off_rest == BackOffRest::most_familiar) {
        chosen = most_familiar.signals;
    }
    if (chosen == Signals::none) chosen = there;
    return {fill_evidence(question, space, chosen, space.v), chosen};
}

// E2 to E8: fills space.v.
inline Verdict judge(const Question& question, Mode mode, Workspace& space) {
    const Signals there = sum_signals(question, space);
    if (mode == Mode::recognise && !question.csa.back_off.empty()) {
        return back_off(question, there, space);
    }
    return {fill_evidence(question, space, there, space.v), there};
}

// zeta of a number of cells above V_zeta: the mean over modules to the nearest whole number, at
// least 1 (E5).
inline std::size_t hypotheses_of(std::size_t cells_above, std::size_t modules) {
    return std::max<std::size_t>(1, (2 * cells_above + modules) / (2 * modules));
}

inline std::size_t count_hypotheses(const Question& question, const std::vector<double>& v) {
    const UnitLayout& layout = question.layout;
    std::size_t count = 0;
    for (std::size_t q = 0; q < layout.shape.modules; ++q) {
        for (std::size_t k = 0; k < layout.shape.cells; ++k) {
            count += v[layout.bit(q, k)] > question.csa.zeta_threshold ? 1U : 0U;
        }
    }
    return hypotheses_of(count, layout.shape.modules);
}

} // namespace baldwin::sdr::detail

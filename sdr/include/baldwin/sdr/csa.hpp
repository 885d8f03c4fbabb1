// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The equations of the code selection algorithm, one function each.
///
/// All have the same bits on every machine: codes depend on them.
#pragma once

#include <baldwin/sdr/detail/exact_math.hpp>
#include <baldwin/sdr/parameters.hpp>

#include <cmath>
#include <cstddef>

namespace baldwin::sdr {

/// X: a normalised sum clipped to [0, 1], after the cut-offs (E3).
[[nodiscard]] inline double after_cutoffs(double x, const SignalParameters& signal) noexcept {
    const double high = x > signal.max_cutoff ? 1.0 : x;
    return high < signal.min_cutoff ? 0.0 : high;
}

/// X^lambda of a normalised sum, after the cut-offs (E3, E4).
/// \param x  sum of weights over normaliser
[[nodiscard]] inline double evidence(double x, const SignalParameters& signal, double exponent) {
    return detail::exact_pow(after_cutoffs(x, signal), exponent);
}

/// F(zeta): weight of a source whose mac has \p zeta equally good hypotheses (E6).
[[nodiscard]] inline double hypotheses_weight(std::size_t zeta, const SignalParameters& signal,
                                              MchForm form) {
    const auto z = static_cast<double>(zeta);
    if (z >= signal.mch_ignore) return 0;
    return form == MchForm::divide ? 1 / z : detail::exact_pow(z, signal.mch_exponent);
}

/// eta: how much likelier than others the best cells become at familiarity G (E9).
/// \param cells  K
/// \return in [1, 1 + chi * K]
[[nodiscard]] inline double contrast(double familiarity, std::size_t cells, const Contrast& c) {
    const double g = (familiarity - c.floor) / (1 - c.floor);
    if (!(g > 0)) return 1;
    return std::fma(detail::exact_pow(g, c.gamma), c.chi * static_cast<double>(cells), 1.0);
}

/// psi: relative likelihood to win of a cell with evidence V (E10), in [1, eta].
[[nodiscard]] inline double win_likelihood(double v, double eta, double slope, double centre) {
    const double e = detail::exact_exp(slope * (centre - detail::rounded(v)));
    return std::fma(eta - 1, 1 / (1 + e), 1.0);
}

} // namespace baldwin::sdr

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Parameters of the code selection algorithm, with presets, and of learning.
///
/// Equation numbers E1 to E12 are those of Rinkus 2014, "Sparsey: event recognition via deep
/// hierarchical sparse distributed codes", arXiv 1611.04023.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::sdr {

/// Kinds of signal that reach a mac, as bits of a set.
enum class Signals : std::uint8_t {
    none = 0,
    u = 1, ///< from below, of this frame
    h = 2, ///< from macs of the same level, of the previous frame
    hu = 3,
    d = 4, ///< from above, of the previous frame
    ud = 5,
    hd = 6,
    hud = 7
};

[[nodiscard]] constexpr Signals operator|(Signals a, Signals b) noexcept {
    return static_cast<Signals>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
[[nodiscard]] constexpr Signals operator&(Signals a, Signals b) noexcept {
    return static_cast<Signals>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
/// Whether \p set holds all of \p part.
[[nodiscard]] constexpr bool contains(Signals set, Signals part) noexcept {
    return (set & part) == part;
}

/// What a sum of weights is divided by (E3).
enum class Normaliser : std::uint8_t {
    active_count, ///< number of active afferents of the unit
    pi_minus      ///< least number of active features that lets the mac become active
};

/// How the winners of a mac are chosen from V.
enum class Choice : std::uint8_t {
    hard,      ///< largest V, ties at random
    soft,      ///< drawn with relative likelihood psi (E10 to E12)
    calibrated ///< with probability G the largest V, else uniform: E[intersection] / Q =
               ///< G + (1 - G) / K exactly for one stored item (ours)
};

/// How familiarity G becomes contrast eta (E9): eta = 1 + g^gamma * chi * K with
/// g = max(0, (G - floor) / (1 - floor)).
struct Contrast {
    double floor = 0.0; ///< G-; G up to this gives eta = 1; in [0, 1)
    double gamma = 2.0; ///< > 0
    double chi = 100.0; ///< >= 0; chi * K at most 2^26
    friend bool operator==(const Contrast& a, const Contrast& b) = default;
};

/// Cut-offs and exponent of one signal (E3, E4).
struct SignalParameters {
    double exponent = 1.0;     ///< lambda; > 0
    double min_cutoff = 0.0;   ///< smaller values become 0; in [0, 1]
    double max_cutoff = 1.0;   ///< larger values become 1; in [0, 1]
    double mch_exponent = 0.7; ///< A of F(zeta) = zeta^A
    double mch_ignore = 4.0;   ///< B: sources with zeta >= B are ignored
    friend bool operator==(const SignalParameters& a, const SignalParameters& b) = default;
};

/// How a source with zeta hypotheses is weighted (E6).
enum class MchForm : std::uint8_t {
    multiply, ///< F = zeta^A
    divide    ///< F = 1 / zeta, as in the author's Java code
};

/// One attempt of retrieval to find the signals under which the input is familiar.
struct BackOffCase {
    Signals signals = Signals::u;
    double threshold = 0.96; ///< least G that is accepted
    friend bool operator==(const BackOffCase& a, const BackOffCase& b) = default;
};

/// What retrieval uses if no case of the chain clears its threshold.
enum class BackOffRest : std::uint8_t {
    highest_order, ///< all signals there are
    most_familiar  ///< the case with the largest G
};

/// The code selection algorithm of a mac.
struct CsaParameters {
    // when the mac becomes active (E1)
    double pi_minus = 0.0;       ///< least share of active features of the U field; in [0, 1]
    double pi_plus = 1.0;        ///< largest share, >= pi_minus
    std::size_t persistence = 1; ///< frames a code stays; >= 1

    // evidence (E2 to E4)
    Normaliser normaliser = Normaliser::active_count;
    double first_exponent = 1.0; ///< lambda_U0, in the first frame of an episode
    SignalParameters u = {};
    SignalParameters h = {};
    SignalParameters d = {};

    // multiple competing hypotheses (E5, E6)
    double zeta_threshold = 0.95; ///< V_zeta: cells above it count as hypotheses
    MchForm mch_form = MchForm::multiply;

    // familiarity to contrast (E9), contrast to likelihood (E10):
    // psi = 1 + (eta - 1) / (1 + exp(-slope * (V - centre)))
    Contrast contrast = {};
    double slope = 40.0;  ///< L; >= 0
    double centre = 0.90; ///< c, in V

    // learning and retrieval
    Choice learning_choice = Choice::soft;
    Choice retrieval_choice = Choice::hard;
    Contrast retrieval_contrast = {};       ///< of soft retrieval
    std::vector<BackOffCase> back_off = {}; ///< retrieval; empty: all signals there are
    BackOffRest back_off_rest = BackOffRest::highest_order;

    // options of the author's code
    bool exclude_previous_winner = false; ///< no cell wins twice in a row
    bool ratchet = false;      ///< centre rises from ratchet_from to `centre` as mean V grows
    double ratchet_from = 0.1; ///< in V

    friend bool operator==(const CsaParameters& a, const CsaParameters& b) = default;
};

/// Memory and classification: only near-certain evidence reinstates a cell. The default.
[[nodiscard]] inline CsaParameters strict() { return {}; }

/// Similarity studies: the intersection of codes falls smoothly with that of inputs.
[[nodiscard]] inline CsaParameters graded() {
    CsaParameters p;
    p.contrast.chi = 30;
    p.retrieval_contrast = p.contrast;
    p.slope = 10;
    p.centre = 0.80;
    return p;
}

/// Constants in the spirit of the 2014 paper's text: V_zeta near 1, threshold normaliser, squared
/// evidence. The bodies of the papers could not be read; see sdr/README.md.
[[nodiscard]] inline CsaParameters paper2014() {
    CsaParameters p;
    p.normaliser = Normaliser::active_count;
    p.u.exponent = p.h.exponent = p.d.exponent = 2;
    p.first_exponent = 2;
    p.slope = 28;
    p.centre = 0.70;
    return p;
}

/// The author's MNIST configuration: weak contrast in learning, made up for by hard retrieval.
[[nodiscard]] inline CsaParameters ndf() {
    CsaParameters p;
    p.pi_minus = 0.02;
    p.pi_plus = 0.30;
    p.first_exponent = 2;
    p.u = {
        .exponent = 2, .min_cutoff = 0.1, .max_cutoff = 0.9, .mch_exponent = 0.6, .mch_ignore = 3};
    p.h = {.exponent = 2, .min_cutoff = 0.1, .max_cutoff = 0.9};
    p.d = p.h;
    p.contrast = p.retrieval_contrast = {.floor = 0, .gamma = 2, .chi = 10};
    p.slope = 7;
    p.centre = 0.9;
    p.ratchet = true;
    p.ratchet_from = 0.1;
    p.back_off = {{Signals::hu, 0.93}, {Signals::u, 0.96}};
    return p;
}

/// The constants of the author's demonstration, with E9's contrast.
[[nodiscard]] inline CsaParameters demo() {
    CsaParameters p;
    p.slope = 100.0 / 15.0;
    p.centre = 0.50;
    return p;
}

/// What stops learning once its share of increased weights passes a limit (critical period).
enum class FreezeScope : std::uint8_t {
    none,
    unit,   ///< the weights of one signal to one cell
    bundle, ///< the weights of one signal to the mac
    mac     ///< all weights to the mac
};

/// How weights are kept.
enum class WeightPolicy : std::uint8_t {
    binary,  ///< one bit each, for good
    decaying ///< strength falls with age; a second use in time makes a weight more permanent
};

/// Learning of a mac.
struct Plasticity {
    FreezeScope freeze = FreezeScope::unit;
    double u_limit = 0.20; ///< share of increased weights after which learning stops; in (0, 1]
    double h_limit = 0.40; ///< the same for H
    double d_limit = 0.40; ///< the same for D
    WeightPolicy weights = WeightPolicy::binary;

    /// Limit of signal 0 (U), 1 (H) or 2 (D).
    [[nodiscard]] double limit(std::size_t index) const noexcept {
        return index == 0 ? u_limit : index == 1 ? h_limit : d_limit;
    }
    friend bool operator==(const Plasticity& a, const Plasticity& b) = default;
};

namespace detail {

// \throws std::invalid_argument "sdr::Mac: NAME must be RULE, got VALUE" unless it is so
inline void require(bool is_so, const std::string& name, const char* rule, double value) {
    if (is_so) return;
    std::ostringstream text;
    text << "sdr::Mac: " << name << " must be " << rule << ", got " << value;
    throw std::invalid_argument(text.str());
}

inline void check_contrast(const Contrast& c, std::size_t cells, const std::string& name) {
    require(c.floor >= 0 && c.floor < 1, name + ".floor", "in [0, 1)", c.floor);
    require(c.gamma > 0 && c.gamma <= 100, name + ".gamma", "in (0, 100]", c.gamma);
    const double most = c.chi * static_cast<double>(cells);
    require(c.chi >= 0 && most < 0x1p26, name + ".chi", "at least 0 and below 2^26 / K", c.chi);
}

inline void check_signal(const SignalParameters& s, const std::string& name) {
    require(s.exponent > 0 && s.exponent <= 100, name + ".exponent", "in (0, 100]", s.exponent);
    require(s.min_cutoff >= 0 && s.min_cutoff <= 1, name + ".min_cutoff", "in [0, 1]",
            s.min_cutoff);
    require(s.max_cutoff >= s.min_cutoff && s.max_cutoff <= 1, name + ".max_cutoff",
            "in [min_cutoff, 1]", s.max_cutoff);
    require(s.mch_exponent >= 0 && s.mch_exponent <= 4, name + ".mch_exponent", "in [0, 4]",
            s.mch_exponent);
    require(s.mch_ignore > 1 && s.mch_ignore <= 1000, name + ".mch_ignore", "in (1, 1000]",
            s.mch_ignore);
}

} // namespace detail

/// \param cells  K of the mac
/// \throws std::invalid_argument naming the parameter that is out of range
inline void check(const CsaParameters& csa, std::size_t cells) {
    using detail::require;
    const auto is_share = [](double x) { return x >= 0 && x <= 1; };
    require(is_share(csa.pi_minus), "pi_minus", "in [0, 1]", csa.pi_minus);
    require(csa.pi_plus >= csa.pi_minus && csa.pi_plus <= 1, "pi_plus", "in [pi_minus, 1]",
            csa.pi_plus);
    require(csa.persistence >= 1, "persistence", "at least 1",
            static_cast<double>(csa.persistence));
    require(csa.first_exponent > 0 && csa.first_exponent <= 100, "first_exponent", "in (0, 100]",
            csa.first_exponent);
    detail::check_signal(csa.u, "u");
    detail::check_signal(csa.h, "h");
    detail::check_signal(csa.d, "d");
    require(is_share(csa.zeta_threshold), "zeta_threshold", "in [0, 1]", csa.zeta_threshold);
    detail::check_contrast(csa.contrast, cells, "contrast");
    detail::check_contrast(csa.retrieval_contrast, cells, "retrieval_contrast");
    require(csa.slope >= 0 && csa.slope <= 1000, "slope", "in [0, 1000]", csa.slope);
    require(csa.centre >= -1 && csa.centre <= 2, "centre", "in [-1, 2]", csa.centre);
    require(csa.ratchet_from >= -1 && csa.ratchet_from <= csa.centre, "ratchet_from",
            "in [-1, centre]", csa.ratchet_from);
    for (const BackOffCase& attempt : csa.back_off) {
        require(attempt.signals != Signals::none, "back_off", "made of cases with a signal", 0);
        require(!std::isnan(attempt.threshold), "back_off", "made of cases with a threshold",
                attempt.threshold);
    }
}

/// \throws std::invalid_argument naming the parameter that is out of range
inline void check(const Plasticity& plasticity) {
    constexpr const char* kNames[] = {"u_limit", "h_limit", "d_limit"};
    for (std::size_t i = 0; i < 3; ++i) {
        const double limit = plasticity.limit(i);
        detail::require(limit > 0 && limit <= 1, kNames[i], "in (0, 1]", limit);
    }
}

} // namespace baldwin::sdr

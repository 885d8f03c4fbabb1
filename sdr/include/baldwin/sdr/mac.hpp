// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A macrocolumn: it chooses a sparse code for what it sees and stores it in a single trial.
#pragma once

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/code.hpp>
#include <baldwin/sdr/csa.hpp>
#include <baldwin/sdr/detail/bit_sums.hpp>
#include <baldwin/sdr/detail/workspace.hpp>
#include <baldwin/sdr/parameters.hpp>
#include <baldwin/sdr/weights.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr {

/// Whether a presentation changes weights.
enum class Mode : std::uint8_t { learn, recognise };

/// A mac's shape and rules.
struct MacParameters {
    MacShape shape = {};
    CsaParameters csa = {};
    Plasticity plasticity = {};
    friend bool operator==(const MacParameters& a, const MacParameters& b) = default;
};

/// Active inputs of one signal that come from macs with equally many hypotheses.
struct ActiveRows {
    std::span<const std::uint32_t> rows = {}; ///< rising indices of inputs
    std::size_t zeta = 1;                     ///< hypotheses of the sources; 1 for pixels
};

/// What reaches a mac in one frame.
struct Afferents {
    std::span<const ActiveRows> u = {};
    std::span<const ActiveRows> h = {};
    std::span<const ActiveRows> d = {};
    std::size_t features = 0; ///< active features of the U field: pixels, or macs
    bool is_first = true;     ///< first frame of an episode
    bool is_blind = false;    ///< no input: H or D alone may start a code, whatever the U band
};

/// How a mac judges an input, cell by cell; entry q * K + k is cell k of module q.
struct Explanation {
    std::vector<double> v;   ///< evidence, in [0, 1]
    std::vector<double> psi; ///< relative likelihood to win, in [1, eta]
    std::vector<double> rho; ///< likelihood to win; sums to 1 in each module
    double familiarity = 0;  ///< G
    double eta = 1;
    std::size_t hypotheses = 1;      ///< zeta
    Signals signals = Signals::none; ///< what V was made from
};

/// A macrocolumn of Q competitive modules of K cells with its weights.
///
/// Learning and retrieval take the same fixed number of steps however much is stored. Randomness
/// comes from the mac's own stream, Q draws for each code chosen, so codes do not depend on
/// threads or kernels. A value type; not to be used by two threads at once.
/// \paper Rinkus 2014, E1 to E12
class Mac {
public:
    /// A mac of its own with complete U weights from \p inputs pixels.
    /// \throws std::invalid_argument if a parameter is out of range
    Mac(const MacParameters& parameters, std::size_t inputs, const Stream& stream)
        : Mac(parameters, inputs,
              {BinaryWeights(detail::UnitLayout(checked(parameters.shape)), inputs), {}, {}},
              stream) {}

    /// A mac of a network.
    /// \param features  number of features of the U field: pixels, or macs
    /// \param weights   of the signals U, H and D
    Mac(const MacParameters& parameters, std::size_t features, std::array<BinaryWeights, 3> weights,
        const Stream& stream)
        : parameters_(parameters), layout_(checked(parameters.shape)), weights_(std::move(weights)),
          stream_(stream), winners_(parameters.shape.modules, kNoCell),
          usage_(parameters.shape.units()) {
        const auto n = static_cast<double>(features);
        least_features_ = std::max<std::size_t>(
            1, static_cast<std::size_t>(std::ceil(parameters.csa.pi_minus * n - 1e-9)));
        most_features_ = static_cast<std::size_t>(std::floor(parameters.csa.pi_plus * n + 1e-9));
    }

    [[nodiscard]] const MacParameters& parameters() const noexcept { return parameters_; }
    [[nodiscard]] const MacShape& shape() const noexcept { return parameters_.shape; }
    [[nodiscard]] const BinaryWeights& weights(Signals one) const {
        return weights_[index_of(one)];
    }
    /// Whether there is a code.
    [[nodiscard]] bool is_active() const noexcept { return is_active_; }
    /// The code: winner of each module, shape (Q); kNoCell if there is none.
    [[nodiscard]] std::span<const Cell> winners() const noexcept { return winners_; }
    /// G of the present code, in [0, 1]: 1 for an input that was stored.
    [[nodiscard]] double familiarity() const noexcept { return familiarity_; }
    /// zeta: number of about equally good hypotheses when the code was chosen; >= 1.
    [[nodiscard]] std::size_t hypotheses() const noexcept { return hypotheses_; }
    /// Signals that the present code was chosen by.
    [[nodiscard]] Signals signals() const noexcept { return signals_; }
    /// Frames that the present code has been on.
    [[nodiscard]] std::size_t age() const noexcept { return age_; }
    /// Whether all learning has stopped (FreezeScope::mac).
    [[nodiscard]] bool is_frozen() const noexcept { return is_frozen_; }
    /// Sigmoid centre in use; moves with the ratchet.
    [[nodiscard]] double centre() const noexcept { return parameters_.csa.centre; }
    /// Number of frames learned, with a code or without.
    [[nodiscard]] std::size_t frames_learned() const noexcept { return history_.size(); }
    /// Hash of the code after each frame that was learned, 0 where there was none.
    [[nodiscard]] std::span<const std::uint64_t> history() const noexcept { return history_; }
    /// How often each cell won in learning, shape (Q, K).
    [[nodiscard]] std::span<const std::uint32_t> usage() const noexcept { return usage_; }
    void set_kernel(KernelPath path) { path_ = path; }

    /// Forgets the present code, not what was learned: the next frame begins an episode.
    void begin_episode() {
        is_active_ = false;
        age_ = 0;
        std::fill(winners_.begin(), winners_.end(), kNoCell);
    }
    /// Stores a frame as an episode of its own.
    /// \throws std::invalid_argument if the frame has another size than the inputs
    void learn(BitView frame) { present(frame, Mode::learn); }
    /// Chooses the code of a frame as an episode of its own, without changing weights.
    void recognise(BitView frame) { present(frame, Mode::recognise); }

    /// One frame of the algorithm.
    void present(const Afferents& afferents, Mode mode);

    /// How the mac judges an input now, without any change.
    [[nodiscard]] Explanation explain(const Afferents& afferents, Mode mode) const;

private:
    struct Verdict {
        double familiarity = 0;
        Signals signals = Signals::none;
    };

    static const MacShape& checked(const MacShape& shape) {
        check(shape);
        return shape;
    }
    static std::size_t index_of(Signals one) {
        return one == Signals::u ? 0 : one == Signals::h ? 1 : 2;
    }
    static Signals signal_of(std::size_t index) { return static_cast<Signals>(1U << index); }
    static std::uint64_t scaled(std::uint64_t random, std::uint64_t bound) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>(random) * bound) >> 64);
    }
    static constexpr double kFixed = 0x1p24;     // units of psi
    static constexpr double kWeightUnit = 65536; // units of F(zeta)

    void present(BitView frame, Mode mode);
    [[nodiscard]] bool may_start(const Afferents& afferents) const {
        if (afferents.is_blind) return !afferents.h.empty() || !afferents.d.empty();
        return afferents.features >= least_features_ && afferents.features <= most_features_;
    }
    [[nodiscard]] const SignalParameters& signal(std::size_t index) const {
        const CsaParameters& csa = parameters_.csa;
        return index == 0 ? csa.u : index == 1 ? csa.h : csa.d;
    }

    void sum_signal(detail::Workspace& space, std::size_t index, const Afferents& afferents) const;
    void add_group(detail::Workspace& space, std::size_t index, const ActiveRows& group,
                   bool is_only) const;
    void count_rows(detail::Workspace& space, const detail::Word* bits,
                    std::span<const std::uint32_t> rows, std::vector<std::uint16_t>& counts) const;
    [[nodiscard]] Signals sum_all(detail::Workspace& space, const Afferents& afferents) const;
    [[nodiscard]] double fill_evidence(const detail::Workspace& space, Signals signals,
                                       const Afferents& afferents, std::vector<double>& v) const;
    [[nodiscard]] Verdict judge(detail::Workspace& space, const Afferents& afferents,
                                Mode mode) const;
    [[nodiscard]] Verdict back_off(detail::Workspace& space, Signals there,
                                   const Afferents& afferents) const;
    [[nodiscard]] std::size_t count_hypotheses(const std::vector<double>& v) const;
    [[nodiscard]] Choice choice(Mode mode) const {
        if (is_frozen_) return Choice::hard;
        return mode == Mode::learn ? parameters_.csa.learning_choice
                                   : parameters_.csa.retrieval_choice;
    }
    [[nodiscard]] double eta_of(double familiarity, Mode mode) const {
        const CsaParameters& csa = parameters_.csa;
        return contrast(familiarity, shape().cells,
                        mode == Mode::learn ? csa.contrast : csa.retrieval_contrast);
    }
    void choose(detail::Workspace& space, double familiarity, Mode mode);
    [[nodiscard]] Cell hard_winner(std::span<const double> v, std::uint64_t random) const;
    [[nodiscard]] Cell soft_winner(std::span<const double> v, double eta, double zero_psi,
                                   std::uint64_t random, std::vector<std::uint64_t>& psi) const;
    void store(detail::Workspace& space, const Afferents& afferents);
    void store_signal(detail::Workspace& space, std::size_t index,
                      std::span<const ActiveRows> groups);
    void note_learned();

    MacParameters parameters_;
    detail::UnitLayout layout_;
    std::array<BinaryWeights, 3> weights_; // u, h, d
    Stream stream_;
    std::uint64_t position_ = 0; // next draw
    KernelPath path_ = KernelPath::automatic;
    std::size_t least_features_ = 1;
    std::size_t most_features_ = 0;

    bool is_active_ = false;
    bool is_frozen_ = false;
    std::size_t age_ = 0;
    std::vector<Cell> winners_;
    double familiarity_ = 0;
    std::size_t hypotheses_ = 1;
    Signals signals_ = Signals::none;

    std::vector<std::uint64_t> history_;
    std::vector<std::uint32_t> usage_;
};

inline void Mac::present(BitView frame, Mode mode) {
    if (frame.size() != weights_[0].inputs()) {
        throw std::invalid_argument("sdr::Mac: a frame must have " +
                                    std::to_string(weights_[0].inputs()) + " bits, got " +
                                    std::to_string(frame.size()));
    }
    auto& rows = detail::workspace().rows;
    rows.clear();
    frame.for_each([&](std::size_t i) { rows.push_back(static_cast<std::uint32_t>(i)); });
    const ActiveRows group{rows, 1};
    begin_episode();
    present({.u = {&group, 1}, .features = rows.size(), .is_first = true}, mode);
}

inline void Mac::present(const Afferents& afferents, Mode mode) {
    if (is_active_ && age_ < parameters_.csa.persistence) { // E1
        ++age_;
    } else if (!may_start(afferents)) {
        begin_episode();
    } else {
        auto& space = detail::workspace();
        const Verdict verdict = judge(space, afferents, mode);
        familiarity_ = verdict.familiarity;
        signals_ = verdict.signals;
        hypotheses_ = count_hypotheses(space.v);
        choose(space, familiarity_, mode);
        is_active_ = true;
        age_ = 1;
        if (mode == Mode::learn && !is_frozen_) store(space, afferents);
    }
    if (mode == Mode::learn) note_learned();
}

// Counts of weights 1 from the given rows, for each unit.
inline void Mac::count_rows(detail::Workspace& space, const detail::Word* bits,
                            std::span<const std::uint32_t> rows,
                            std::vector<std::uint16_t>& counts) const {
    const std::size_t planes = detail::planes_of(rows.size());
    space.planes.resize(std::max(space.planes.size(), planes * layout_.words));
    counts.resize(layout_.bits());
    detail::sum_rows({bits, layout_.words, rows, space.planes.data()}, path_);
    detail::unpack(space.planes.data(), planes, layout_.words, counts.data(), path_);
}

// E2 for one group of sources.
inline void Mac::add_group(detail::Workspace& space, std::size_t index, const ActiveRows& group,
                           bool is_only) const {
    const BinaryWeights& weights = weights_[index];
    detail::SignalSums& sums = space.sums[index];
    auto& counts = is_only ? sums.counts : space.part;
    count_rows(space, weights.bits().data(), group.rows, counts);
    if (is_only) return;
    const double factor = hypotheses_weight(group.zeta, signal(index), parameters_.csa.mch_form);
    const auto weight = static_cast<std::uint64_t>(factor * kWeightUnit);
    for (std::size_t i = 0; i < layout_.bits(); ++i) {
        sums.counts[i] = static_cast<std::uint16_t>(sums.counts[i] + counts[i]);
        sums.totals[i] += weight * counts[i];
    }
}

// E2 and E3: sums of one signal and how they become evidence.
inline void Mac::sum_signal(detail::Workspace& space, std::size_t index,
                            const Afferents& afferents) const {
    const auto groups = index == 0 ? afferents.u : index == 1 ? afferents.h : afferents.d;
    const BinaryWeights& weights = weights_[index];
    detail::SignalSums& sums = space.sums[index];
    sums.rows = 0;
    for (const ActiveRows& group : groups) sums.rows += group.rows.size();
    sums.is_there = sums.rows > 0;
    if (!sums.is_there) return;
    sums.is_plain = groups.size() == 1 && groups[0].zeta == 1 && weights.is_complete();
    if (!sums.is_plain) {
        sums.counts.assign(layout_.bits(), 0);
        sums.totals.assign(layout_.bits(), 0);
        sums.afferents.assign(layout_.bits(),
                              static_cast<std::uint16_t>(weights.is_complete() ? sums.rows : 0));
    }
    for (const ActiveRows& group : groups) {
        add_group(space, index, group, sums.is_plain);
        if (sums.is_plain || weights.is_complete()) continue;
        count_rows(space, weights.connections().data(), group.rows, space.part);
        for (std::size_t i = 0; i < layout_.bits(); ++i) {
            sums.afferents[i] = static_cast<std::uint16_t>(sums.afferents[i] + space.part[i]);
        }
    }
}

inline Signals Mac::sum_all(detail::Workspace& space, const Afferents& afferents) const {
    Signals there = Signals::none;
    for (std::size_t i = 0; i < 3; ++i) {
        sum_signal(space, i, afferents);
        if (space.sums[i].is_there) there = there | signal_of(i);
    }
    for (std::size_t i = 0; i < 3; ++i) {
        detail::SignalSums& sums = space.sums[i];
        if (!sums.is_there || !sums.is_plain) continue;
        const double exponent =
            i == 0 && afferents.is_first ? parameters_.csa.first_exponent : signal(i).exponent;
        double z = static_cast<double>(sums.rows);
        if (i == 0 && parameters_.csa.normaliser == Normaliser::pi_minus) {
            z = static_cast<double>(least_features_ * (sums.rows / afferents.features));
        }
        sums.level.resize(sums.rows + 1);
        for (std::size_t c = 0; c <= sums.rows; ++c) {
            sums.level[c] = evidence(static_cast<double>(c) / z, signal(i), exponent);
        }
    }
    return there;
}

// E4, E7 and E8: V from the given signals; returns G.
inline double Mac::fill_evidence(const detail::Workspace& space, Signals signals,
                                 const Afferents& afferents, std::vector<double>& v) const {
    v.assign(layout_.bits(), 1.0);
    for (std::size_t i = 0; i < 3; ++i) {
        const detail::SignalSums& sums = space.sums[i];
        if (!contains(signals, signal_of(i))) continue;
        const double exponent =
            i == 0 && afferents.is_first ? parameters_.csa.first_exponent : signal(i).exponent;
        const bool is_threshold = i == 0 && parameters_.csa.normaliser == Normaliser::pi_minus;
        for (std::size_t unit = 0; unit < layout_.bits(); ++unit) {
            if (sums.is_plain) {
                v[unit] *= sums.level[sums.counts[unit]];
                continue;
            }
            const double z =
                is_threshold
                    ? static_cast<double>(least_features_ * (sums.rows / afferents.features))
                    : static_cast<double>(std::max<std::uint16_t>(1, sums.afferents[unit]));
            const double x = static_cast<double>(sums.totals[unit]) / (z * kWeightUnit);
            v[unit] *= evidence(x, signal(i), exponent);
        }
    }
    double sum = 0;
    for (std::size_t q = 0; q < shape().modules; ++q) {
        const auto first = v.begin() + static_cast<std::ptrdiff_t>(layout_.bit(q, 0));
        sum += detail::rounded(
            *std::max_element(first, first + static_cast<std::ptrdiff_t>(shape().cells)));
    }
    return sum / static_cast<double>(shape().modules);
}

inline Mac::Verdict Mac::judge(detail::Workspace& space, const Afferents& afferents,
                               Mode mode) const {
    const Signals there = sum_all(space, afferents);
    if (mode == Mode::recognise && !parameters_.csa.back_off.empty()) {
        return back_off(space, there, afferents);
    }
    return {fill_evidence(space, there, afferents, space.v), there};
}

// The first case of the chain that clears its threshold; of equally many signals the one with the
// largest G.
inline Mac::Verdict Mac::back_off(detail::Workspace& space, Signals there,
                                  const Afferents& afferents) const {
    const auto order = [](Signals set) { return std::popcount(static_cast<unsigned>(set)); };
    Verdict best;          // of those that cleared
    Verdict most_familiar; // of all
    for (const BackOffCase& attempt : parameters_.csa.back_off) {
        if (!contains(there, attempt.signals)) continue;
        if (best.signals != Signals::none && order(attempt.signals) < order(best.signals)) break;
        const double g = fill_evidence(space, attempt.signals, afferents, space.trial);
        if (most_familiar.signals == Signals::none || g > most_familiar.familiarity) {
            most_familiar = {g, attempt.signals};
        }
        if (g >= attempt.threshold && (best.signals == Signals::none || g > best.familiarity)) {
            best = {g, attempt.signals};
        }
    }
    Signals chosen = best.signals;
    if (chosen == Signals::none && parameters_.csa.back_off_rest == BackOffRest::most_familiar) {
        chosen = most_familiar.signals;
    }
    if (chosen == Signals::none) chosen = there;
    return {fill_evidence(space, chosen, afferents, space.v), chosen};
}

// E5
inline std::size_t Mac::count_hypotheses(const std::vector<double>& v) const {
    std::size_t count = 0;
    for (std::size_t q = 0; q < shape().modules; ++q) {
        for (std::size_t k = 0; k < shape().cells; ++k) {
            count += v[layout_.bit(q, k)] > parameters_.csa.zeta_threshold ? 1U : 0U;
        }
    }
    const std::size_t modules = shape().modules;
    return std::max<std::size_t>(1, (2 * count + modules) / (2 * modules));
}

inline Cell Mac::hard_winner(std::span<const double> v, std::uint64_t random) const {
    const double most = *std::max_element(v.begin(), v.end());
    const auto ties = static_cast<std::uint64_t>(std::count(v.begin(), v.end(), most));
    std::uint64_t left = scaled(random, ties);
    std::size_t k = 0;
    while (v[k] != most || left-- > 0) ++k;
    return static_cast<Cell>(k);
}

// E10 to E12 in fixed point, so that sums are exact.
inline Cell Mac::soft_winner(std::span<const double> v, double eta, double zero_psi,
                             std::uint64_t random, std::vector<std::uint64_t>& psi) const {
    const CsaParameters& csa = parameters_.csa;
    std::uint64_t total = 0;
    for (std::size_t k = 0; k < v.size(); ++k) {
        const double likelihood =
            v[k] == 0 ? zero_psi : win_likelihood(v[k], eta, csa.slope, csa.centre);
        psi[k] = static_cast<std::uint64_t>(likelihood * kFixed);
        total += psi[k];
    }
    std::uint64_t at = scaled(random, total);
    std::size_t k = 0;
    while (at >= psi[k]) at -= psi[k++];
    return static_cast<Cell>(k);
}

inline void Mac::choose(detail::Workspace& space, double familiarity, Mode mode) {
    const CsaParameters& csa = parameters_.csa;
    const double eta = eta_of(familiarity, mode);
    const double zero_psi = win_likelihood(0, eta, csa.slope, csa.centre);
    space.psi.resize(std::max(space.psi.size(), shape().cells));
    for (std::size_t q = 0; q < shape().modules; ++q) {
        const auto v = std::span<const double>(space.v).subspan(layout_.bit(q, 0), shape().cells);
        const std::uint64_t random = stream_.wide_bits(position_++);
        switch (choice(mode)) {
        case Choice::hard: winners_[q] = hard_winner(v, random); break;
        case Choice::soft: winners_[q] = soft_winner(v, eta, zero_psi, random, space.psi); break;
        case Choice::calibrated: {
            const auto low = static_cast<double>(random & 0xffffffffU) * 0x1p-32;
            const std::uint64_t high = random & ~std::uint64_t{0xffffffffU};
            winners_[q] = low < familiarity ? hard_winner(v, high)
                                            : static_cast<Cell>(scaled(high, shape().cells));
            break;
        }
        }
    }
}

inline void Mac::store_signal(detail::Workspace& space, std::size_t index,
                              std::span<const ActiveRows> groups) {
    const detail::SignalSums& sums = space.sums[index];
    if (!sums.is_there) return;
    BinaryWeights& weights = weights_[index];
    for (const ActiveRows& group : groups) weights.learn(group.rows, space.winners);
    const Plasticity& plasticity = parameters_.plasticity;
    const double limit = index == 0   ? plasticity.u_limit
                         : index == 1 ? plasticity.h_limit
                                      : plasticity.d_limit;
    for (std::size_t q = 0; q < shape().modules; ++q) {
        const Cell k = winners_[q];
        if (weights.is_frozen(q, k)) continue;
        const std::size_t unit = layout_.bit(q, k);
        const std::size_t afferents = sums.is_plain ? sums.rows : sums.afferents[unit];
        weights.add_increased(unit, afferents - sums.counts[unit]);
        if (plasticity.freeze == FreezeScope::unit && weights.saturation(q, k) > limit) {
            weights.freeze(unit);
        }
    }
    const bool is_whole =
        plasticity.freeze == FreezeScope::bundle || plasticity.freeze == FreezeScope::mac;
    if (!is_whole || weights.saturation() <= limit) return;
    if (plasticity.freeze == FreezeScope::bundle) weights.freeze_all();
    if (plasticity.freeze == FreezeScope::mac) is_frozen_ = true;
}

inline void Mac::store(detail::Workspace& space, const Afferents& afferents) {
    space.winners.resize(layout_.words);
    layout_.set_winners(winners_, space.winners);
    store_signal(space, 0, afferents.u);
    store_signal(space, 1, afferents.h);
    store_signal(space, 2, afferents.d);
    for (std::size_t q = 0; q < shape().modules; ++q) ++usage_[q * shape().cells + winners_[q]];
}

inline void Mac::note_learned() { history_.push_back(is_active_ ? hash_of(winners_) : 0); }

inline Explanation Mac::explain(const Afferents& afferents, Mode mode) const {
    auto& space = detail::workspace();
    const Verdict verdict = judge(space, afferents, mode);
    Explanation out;
    out.familiarity = verdict.familiarity;
    out.signals = verdict.signals;
    out.eta = eta_of(verdict.familiarity, mode);
    out.hypotheses = count_hypotheses(space.v);
    for (std::size_t q = 0; q < shape().modules; ++q) {
        double total = 0;
        for (std::size_t k = 0; k < shape().cells; ++k) {
            out.v.push_back(space.v[layout_.bit(q, k)]);
            out.psi.push_back(win_likelihood(out.v.back(), out.eta, parameters_.csa.slope,
                                             parameters_.csa.centre));
            total += out.psi.back();
        }
        for (std::size_t k = 0; k < shape().cells; ++k) {
            out.rho.push_back(out.psi[q * shape().cells + k] / total);
        }
    }
    return out;
}

} // namespace baldwin::sdr

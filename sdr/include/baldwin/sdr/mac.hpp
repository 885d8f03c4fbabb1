// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A macrocolumn: it chooses a sparse code for what it sees and stores it in a single trial.
#pragma once

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/afferents.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/code.hpp>
#include <baldwin/sdr/csa.hpp>
#include <baldwin/sdr/decay.hpp>
#include <baldwin/sdr/detail/choice.hpp>
#include <baldwin/sdr/detail/evidence.hpp>
#include <baldwin/sdr/parameters.hpp>
#include <baldwin/sdr/weights.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr {

/// A mac's shape and rules.
struct MacParameters {
    MacShape shape = {};
    CsaParameters csa = {};
    Plasticity plasticity = {};
    friend bool operator==(const MacParameters& a, const MacParameters& b) = default;
};

/// \throws std::invalid_argument naming the parameter that is out of range
inline void check(const MacParameters& mac) {
    check(mac.shape);
    check(mac.csa, mac.shape.cells);
    check(mac.plasticity);
}

/// What a mac keeps beside its weights; a memory file restores all of it.
struct MacState {
    bool is_active = false;
    bool is_frozen = false; ///< all learning has stopped (FreezeScope::mac)
    Signals signals = Signals::none;
    std::size_t age = 0;                     ///< frames that the code has been on
    std::size_t hypotheses = 1;              ///< zeta when it was chosen
    std::size_t ratchet_steps = 0;           ///< of 100
    double familiarity = 0;                  ///< G when it was chosen
    std::uint64_t draws = 0;                 ///< position in the random stream
    std::vector<Cell> winners = {};          ///< shape (Q); kNoCell without a code
    std::vector<std::uint32_t> usage = {};   ///< wins of each cell in learning, shape (Q, K)
    std::vector<std::uint64_t> history = {}; ///< hash of the code after each learned frame, or 0
    std::vector<float> familiarities = {};   ///< G of each learned frame; -1 without a code
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
              {BinaryWeights(detail::UnitLayout(parameters.shape), inputs), {}, {}}, stream) {}

    /// A mac of a network.
    /// \param features  number of features of the U field: pixels, or macs
    /// \param weights   of the signals U, H and D; empty where there is none
    /// \throws std::invalid_argument if a parameter is out of range
    Mac(const MacParameters& parameters, std::size_t features, std::array<BinaryWeights, 3> weights,
        const Stream& stream);

    [[nodiscard]] const MacParameters& parameters() const noexcept { return parameters_; }
    [[nodiscard]] const MacShape& shape() const noexcept { return parameters_.shape; }
    /// Weights of the signal u, h or d.
    [[nodiscard]] const BinaryWeights& weights(Signals one) const noexcept {
        return weights_[index_of(one)];
    }
    /// Ages of the weights of a signal; empty unless they decay.
    [[nodiscard]] const SynapseAges& ages(Signals one) const noexcept {
        return ages_[index_of(one)];
    }
    /// Whether there is a code.
    [[nodiscard]] bool is_active() const noexcept { return state_.is_active; }
    /// The code: winner of each module, shape (Q); kNoCell if there is none.
    [[nodiscard]] std::span<const Cell> winners() const noexcept { return state_.winners; }
    /// G of the present code, in [0, 1]: 1 for an input that was stored.
    [[nodiscard]] double familiarity() const noexcept { return state_.familiarity; }
    /// zeta: number of about equally good hypotheses when the code was chosen; >= 1.
    [[nodiscard]] std::size_t hypotheses() const noexcept { return state_.hypotheses; }
    [[nodiscard]] const MacState& state() const noexcept { return state_; }
    /// Number of frames learned, with a code or without.
    [[nodiscard]] std::size_t frames_learned() const noexcept { return state_.history.size(); }
    /// Sigmoid centre in use; the ratchet moves it.
    [[nodiscard]] double centre() const noexcept {
        const CsaParameters& csa = parameters_.csa;
        if (!csa.ratchet) return csa.centre;
        const double share = static_cast<double>(state_.ratchet_steps) / 100;
        return std::fma(csa.centre - csa.ratchet_from, share, csa.ratchet_from);
    }
    /// Number of winners that an input has a weight to: the reversed direction.
    /// \param winners  a row of bits
    [[nodiscard]] std::size_t reversed_sum(Signals one, std::size_t input,
                                           std::span<const detail::Word> winners) const;

    void set_kernel(KernelPath path) noexcept { path_ = path; }
    /// Forgets the present code, not what was learned: the next frame begins an episode.
    void begin_episode() noexcept {
        state_.is_active = false;
        state_.age = 0;
        std::fill(state_.winners.begin(), state_.winners.end(), kNoCell);
    }
    /// Stores a frame as an episode of its own.
    /// \throws std::invalid_argument if the frame has another size than the inputs
    void learn(BitView frame) { present(frame, Mode::learn); }
    /// Chooses the code of a frame as an episode of its own, without changing weights.
    /// \throws std::invalid_argument if the frame has another size than the inputs
    void recognise(BitView frame) { present(frame, Mode::recognise); }
    /// One frame of the algorithm.
    void present(const Afferents& afferents, Mode mode);
    /// Ends learning for good. Weights that decay and are not 0 become permanent.
    void finish_learning();
    /// How the mac judges an input now, without any change.
    [[nodiscard]] Explanation explain(const Afferents& afferents, Mode mode) const;

    /// Takes over what a memory file holds; sizes fit.
    void restore(MacState state) { state_ = std::move(state); }
    BinaryWeights& weights_to_restore(Signals one) noexcept { return weights_[index_of(one)]; }
    SynapseAges& ages_to_restore(Signals one) noexcept { return ages_[index_of(one)]; }

private:
    static std::size_t index_of(Signals one) noexcept {
        return one == Signals::u ? 0 : one == Signals::h ? 1 : 2;
    }
    void present(BitView frame, Mode mode);
    [[nodiscard]] detail::Question question(const Afferents& afferents) const noexcept {
        return {layout_,         parameters_.csa, weights_, ages_, state_.history.size(),
                least_features_, path_,           afferents};
    }
    [[nodiscard]] bool may_start(const Afferents& afferents) const noexcept {
        if (afferents.is_blind) return !afferents.h.empty() || !afferents.d.empty();
        return afferents.features >= least_features_ && afferents.features <= most_features_;
    }
    [[nodiscard]] Choice choice(Mode mode) const noexcept {
        if (state_.is_frozen) return Choice::hard;
        return mode == Mode::learn ? parameters_.csa.learning_choice
                                   : parameters_.csa.retrieval_choice;
    }
    [[nodiscard]] double eta_of(double familiarity, Mode mode) const {
        const CsaParameters& csa = parameters_.csa;
        return contrast(familiarity, shape().cells,
                        mode == Mode::learn ? csa.contrast : csa.retrieval_contrast);
    }
    [[nodiscard]] bool takes_short_way(const detail::Question& question, Mode mode) const;
    void draw(Mode mode, detail::Workspace& space);
    void choose_code(const Afferents& afferents, Mode mode, detail::Workspace& space);
    void choose_by_counts(const detail::Question& question, Mode mode, detail::Workspace& space);
    void choose_winners_by_counts(Mode mode, detail::Workspace& space);
    void choose_by_evidence(Mode mode, detail::Workspace& space);
    [[nodiscard]] Cell winner_by_evidence(std::span<const double> v, std::size_t q, Mode mode,
                                          double eta, detail::Workspace& space) const;
    void turn_ratchet(const std::vector<double>& v);
    void store(const Afferents& afferents, detail::Workspace& space);
    void store_signal(std::size_t index, std::span<const ActiveRows> groups,
                      detail::Workspace& space);
    void renew_ages(std::size_t index, std::span<const std::uint32_t> rows,
                    std::span<const detail::Word> winners);
    void freeze_cell(std::size_t index, std::size_t unit);
    void freeze_signal(std::size_t index);
    void note_learned();

    MacParameters parameters_;
    detail::UnitLayout layout_;
    std::array<BinaryWeights, 3> weights_; // u, h, d
    std::array<SynapseAges, 3> ages_;      // empty unless weights decay
    Stream stream_;
    detail::LastGroup last_draws_; // of stream_
    std::size_t least_features_ = 1;
    std::size_t most_features_ = 0;
    KernelPath path_ = KernelPath::automatic;
    MacState state_;
};

inline Mac::Mac(const MacParameters& parameters, std::size_t features,
                std::array<BinaryWeights, 3> weights, const Stream& stream)
    : parameters_(parameters), layout_(parameters.shape), weights_(std::move(weights)),
      stream_(stream) {
    check(parameters_);
    const auto n = static_cast<double>(features);
    const CsaParameters& csa = parameters_.csa;
    least_features_ =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(csa.pi_minus * n - 1e-9)));
    most_features_ = static_cast<std::size_t>(std::floor(csa.pi_plus * n + 1e-9));
    state_.winners.assign(shape().modules, kNoCell);
    state_.usage.assign(shape().units(), 0);
    if (parameters_.plasticity.weights != WeightPolicy::decaying) return;
    for (std::size_t i = 0; i < 3; ++i) {
        if (weights_[i].inputs() == 0) continue;
        ages_[i] = SynapseAges(weights_[i].inputs(), layout_.bits());
    }
}

inline void Mac::present(BitView frame, Mode mode) {
    if (frame.size() != weights_[0].inputs()) {
        throw std::invalid_argument("sdr::Mac: a frame must have " +
                                    std::to_string(weights_[0].inputs()) + " bits, got " +
                                    std::to_string(frame.size()));
    }
    auto& rows = detail::workspace().rows;
    frame.indices_into(rows);
    const ActiveRows group{rows, 1};
    begin_episode();
    present({.u = {&group, 1}, .features = rows.size(), .is_first = true}, mode);
}

inline void Mac::present(const Afferents& afferents, Mode mode) {
    if (state_.is_active && state_.age < parameters_.csa.persistence) { // E1
        ++state_.age;
    } else if (!may_start(afferents)) {
        begin_episode();
    } else {
        auto& space = detail::workspace();
        choose_code(afferents, mode, space);
        state_.is_active = true;
        state_.age = 1;
        if (mode == Mode::learn && !state_.is_frozen) store(afferents, space);
    }
    if (mode == Mode::learn) note_learned();
}

inline void Mac::choose_code(const Afferents& afferents, Mode mode, detail::Workspace& space) {
    const detail::Question question = this->question(afferents);
    if (takes_short_way(question, mode)) return choose_by_counts(question, mode, space);
    draw(mode, space);
    const detail::Verdict verdict = detail::judge(question, mode, space);
    state_.familiarity = verdict.familiarity;
    state_.signals = verdict.signals;
    state_.hypotheses = detail::count_hypotheses(question, space.v);
    if (mode == Mode::learn && parameters_.csa.ratchet) turn_ratchet(space.v);
    choose_by_evidence(mode, space);
}

// Q draws for each code, whether they are needed or not; calibrated noise takes two a module.
inline void Mac::draw(Mode mode, detail::Workspace& space) {
    space.draws.resize(shape().modules * (choice(mode) == Choice::calibrated ? 2 : 1));
    detail::fill_draws(stream_, state_.draws, space.draws, path_, last_draws_);
    state_.draws += space.draws.size();
}

// Whether evidence is a function of U counts alone, so that V need not be written down.
inline bool Mac::takes_short_way(const detail::Question& question, Mode mode) const {
    const CsaParameters& csa = parameters_.csa;
    return question.afferents.h.empty() && question.afferents.d.empty() &&
           detail::is_plain(question, 0) && choice(mode) != Choice::calibrated && !csa.ratchet &&
           !csa.exclude_previous_winner && (mode == Mode::learn || csa.back_off.empty());
}

// E2 to E12 where the maxima of the modules come straight from the bit planes.
inline void Mac::choose_by_counts(const detail::Question& question, Mode mode,
                                  detail::Workspace& space) {
    detail::SignalSums& sums = space.sums[0];
    const auto rows = question.afferents.u[0].rows;
    sums.rows = rows.size();
    sums.is_plain = true;
    space.sums[1].rows = space.sums[2].rows = 0;
    const std::size_t planes = detail::sum_planes(question, weights_[0].bits().data(), rows, space);
    if (mode == Mode::learn || choice(mode) == Choice::soft) {
        sums.counts.resize(layout_.bits());
        detail::unpack(space.planes.data(), planes, layout_.words, sums.counts.data(), path_);
    }
    space.candidates.assign(layout_.cells.begin(), layout_.cells.end());
    space.maxima.resize(layout_.places());
    detail::module_maxima(space.planes.data(), planes, layout_, space.candidates.data(),
                          space.maxima.data(), path_);
    const auto maxima = std::span<const std::uint16_t>(space.maxima).first(shape().modules);
    detail::fill_levels(question, 0, sums);

    double sum = 0; // E8
    for (const std::uint16_t most : maxima) sum += sums.level[most];
    state_.familiarity = sum / static_cast<double>(shape().modules);
    state_.signals = Signals::u;
    const auto above = static_cast<std::size_t>(
        std::upper_bound(sums.level.begin(), sums.level.end(), parameters_.csa.zeta_threshold) -
        sums.level.begin());
    state_.hypotheses = detail::hypotheses_of(
        detail::count_at_least(space.planes.data(), planes, layout_.words, above), shape().modules);
    choose_winners_by_counts(mode, space);
}

// E9 to E12 for evidence that is a function of the count.
inline void Mac::choose_winners_by_counts(Mode mode, detail::Workspace& space) {
    const detail::SignalSums& sums = space.sums[0];
    draw(mode, space);

    if (choice(mode) == Choice::hard) {
        for (std::size_t q = 0; q < shape().modules; ++q) {
            state_.winners[q] =
                detail::candidate_cell(layout_, space.candidates, q, space.draws[q]);
        }
        return;
    }
    detail::fill_likelihoods(sums.level, eta_of(state_.familiarity, mode), parameters_.csa.slope,
                             parameters_.csa.centre, space.logistic, space.psi);
    detail::draw_cells(layout_, space, state_.winners);
}

inline void Mac::choose_by_evidence(Mode mode, detail::Workspace& space) {
    const double eta = eta_of(state_.familiarity, mode);
    for (std::size_t q = 0; q < shape().modules; ++q) {
        const auto v = std::span<const double>(space.v).subspan(layout_.bit(q, 0), shape().cells);
        state_.winners[q] = winner_by_evidence(v, q, mode, eta, space);
    }
}

inline Cell Mac::winner_by_evidence(std::span<const double> v, std::size_t q, Mode mode, double eta,
                                    detail::Workspace& space) const {
    const CsaParameters& csa = parameters_.csa;
    const Cell excluded = csa.exclude_previous_winner ? state_.winners[q] : kNoCell;
    const std::uint32_t random = space.draws[q];
    if (choice(mode) == Choice::hard) return detail::best_cell(v, excluded, random);
    if (choice(mode) == Choice::calibrated) {
        const double is_faithful = random * 0x1p-32;
        const std::uint32_t which = space.draws[q + shape().modules];
        if (is_faithful < state_.familiarity) return detail::best_cell(v, excluded, which);
        return detail::drawn_cell(
            v.size(), which, [&](std::size_t k) { return k == excluded ? 0U : 1U; }, space.running);
    }
    detail::fill_likelihoods(v, eta, csa.slope, centre(), space.logistic, space.psi);
    if (excluded != kNoCell) space.psi[excluded] = 0;
    return detail::drawn_cell(
        v.size(), random, [&](std::size_t k) { return space.psi[k]; }, space.running);
}

// The centre rises with the largest mean V so far, in steps of a hundredth of its range.
inline void Mac::turn_ratchet(const std::vector<double>& v) {
    double sum = 0;
    for (std::size_t q = 0; q < shape().modules; ++q) {
        for (std::size_t k = 0; k < shape().cells; ++k) sum += v[layout_.bit(q, k)];
    }
    const double mean = sum / static_cast<double>(shape().units());
    state_.ratchet_steps = std::max(state_.ratchet_steps, static_cast<std::size_t>(mean * 100));
}

inline void Mac::store(const Afferents& afferents, detail::Workspace& space) {
    space.winners.resize(layout_.words);
    layout_.set_winners(state_.winners, space.winners);
    for (std::size_t i = 0; i < 3; ++i) {
        if (space.sums[i].rows > 0) store_signal(i, afferents.signal(i), space);
    }
    for (std::size_t q = 0; q < shape().modules; ++q) {
        ++state_.usage[q * shape().cells + state_.winners[q]];
    }
}

// Raises weights, then freezes what has passed its limit.
inline void Mac::store_signal(std::size_t index, std::span<const ActiveRows> groups,
                              detail::Workspace& space) {
    BinaryWeights& weights = weights_[index];
    const detail::SignalSums& sums = space.sums[index];
    const FreezeScope scope = parameters_.plasticity.freeze;
    const double limit = parameters_.plasticity.limit(index);
    const bool is_binary = ages_[index].empty();
    for (const ActiveRows& group : groups) {
        if (!is_binary) renew_ages(index, group.rows, space.winners);
        weights.learn(group.rows, space.winners, path_);
    }
    for (std::size_t q = 0; q < shape().modules; ++q) {
        const std::size_t unit = layout_.bit(q, state_.winners[q]);
        if (weights.is_frozen(unit)) continue;
        if (is_binary) {
            weights.add_increased(unit, sums.afferents_of(unit) - sums.counts[unit]);
        }
        if (scope == FreezeScope::unit && weights.saturation(unit) > limit) {
            freeze_cell(index, unit);
        }
    }
    if (weights.saturation() <= limit) return;
    if (scope == FreezeScope::bundle) freeze_signal(index);
    if (scope == FreezeScope::mac) finish_learning();
}

inline void Mac::renew_ages(std::size_t index, std::span<const std::uint32_t> rows,
                            std::span<const detail::Word> winners) {
    BinaryWeights& weights = weights_[index];
    const BitView code(winners.data(), layout_.bits());
    for (const auto j : rows) {
        code.for_each([&](std::size_t unit) {
            if (weights.is_frozen(unit) || !weights.exists(j, unit)) return;
            if (weights.weight(j, unit)) {
                ages_[index].renew(j, unit, state_.history.size(), parameters_.csa.persistence);
            } else {
                ages_[index].start(j, unit, state_.history.size());
                weights.add_increased(unit, 1);
            }
        });
    }
}

// Weights that decay stay as they are from now on: those above 0 for good, the others gone.
inline void Mac::freeze_cell(std::size_t index, std::size_t unit) {
    BinaryWeights& weights = weights_[index];
    SynapseAges& ages = ages_[index];
    if (!ages.empty() && !weights.is_frozen(unit)) {
        for (std::size_t j = 0; j < weights.inputs(); ++j) {
            if (!weights.weight(j, unit)) continue;
            if (ages.weight(j, unit, state_.history.size()) > 0) {
                ages.make_permanent(j, unit);
            } else {
                weights.clear_weight(j, unit);
            }
        }
    }
    weights.freeze(unit);
}

inline void Mac::freeze_signal(std::size_t index) {
    for (std::size_t q = 0; q < shape().modules; ++q) {
        for (std::size_t k = 0; k < shape().cells; ++k) freeze_cell(index, layout_.bit(q, k));
    }
}

inline void Mac::finish_learning() {
    for (std::size_t i = 0; i < 3; ++i) {
        if (weights_[i].inputs() > 0) freeze_signal(i);
    }
    state_.is_frozen = true;
}

inline void Mac::note_learned() {
    state_.history.push_back(state_.is_active ? hash_of(state_.winners) : 0);
    state_.familiarities.push_back(state_.is_active ? static_cast<float>(state_.familiarity)
                                                    : -1.0F);
}

inline std::size_t Mac::reversed_sum(Signals one, std::size_t input,
                                     std::span<const detail::Word> winners) const {
    const std::size_t index = index_of(one);
    const std::size_t all = weights_[index].reversed_sum(input, winners);
    if (ages_[index].empty() || all == 0) return all;
    std::size_t alive = 0;
    BitView(winners.data(), layout_.bits()).for_each([&](std::size_t unit) {
        const bool is_set = weights_[index].weight(input, unit);
        alive += is_set && ages_[index].weight(input, unit, state_.history.size()) > 0 ? 1U : 0U;
    });
    return alive;
}

inline Explanation Mac::explain(const Afferents& afferents, Mode mode) const {
    auto& space = detail::workspace();
    const detail::Question question = this->question(afferents);
    const detail::Verdict verdict = detail::judge(question, mode, space);
    Explanation out;
    out.familiarity = verdict.familiarity;
    out.signals = verdict.signals;
    out.eta = eta_of(verdict.familiarity, mode);
    out.hypotheses = detail::count_hypotheses(question, space.v);
    for (std::size_t q = 0; q < shape().modules; ++q) {
        double total = 0;
        for (std::size_t k = 0; k < shape().cells; ++k) {
            out.v.push_back(space.v[layout_.bit(q, k)]);
            out.psi.push_back(
                win_likelihood(out.v.back(), out.eta, parameters_.csa.slope, centre()));
            total += out.psi.back();
        }
        for (std::size_t k = 0; k < shape().cells; ++k) {
            out.rho.push_back(out.psi[q * shape().cells + k] / total);
        }
    }
    return out;
}

} // namespace baldwin::sdr

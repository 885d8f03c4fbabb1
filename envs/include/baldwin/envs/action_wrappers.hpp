// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Wrappers that change what is done: actions repeated for some steps, and sticky ones.
#pragma once

#include <baldwin/core/random.hpp>
#include <baldwin/envs/environment.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::envs {

/// Does each action for several steps, or until the episode ends; the rewards are added up.
template <Environment E>
class ActionRepeat {
public:
    /// \throws std::invalid_argument if times is 0
    ActionRepeat(E inner, std::size_t times) : inner_(std::move(inner)), times_(times) {
        if (times == 0) {
            throw std::invalid_argument("envs::ActionRepeat: times must be >= 1, got 0");
        }
    }

    [[nodiscard]] const E& inner() const noexcept { return inner_; }
    [[nodiscard]] Space observation_space() const { return inner_.observation_space(); }
    [[nodiscard]] Space action_space() const { return inner_.action_space(); }
    [[nodiscard]] Scene scene() const { return inner_.scene(); }
    [[nodiscard]] std::optional<Behaviour> behaviour() const { return behaviour_of(inner_); }

    std::span<const float> reset(std::uint64_t seed) { return inner_.reset(seed); }
    std::span<const float> reset() { return inner_.reset(); }
    Outcome step(const Action& action) {
        Outcome outcome = inner_.step(action);
        for (std::size_t i = 1; i < times_ && !outcome.is_over(); ++i) {
            const double reward = outcome.reward;
            outcome = inner_.step(action);
            outcome.reward += reward;
        }
        return outcome;
    }

private:
    E inner_;
    std::size_t times_;
};

/// Does the last action again, with some probability, instead of the one that was asked for.
///
/// What is repeated is what was done, not what was asked. The first step of an episode has nothing
/// to repeat. Draws come from a stream of their own under the episode's seed.
/// \paper Machado et al. 2018, "Revisiting the arcade learning environment", section 5
template <Environment E>
class StickyActions {
public:
    /// \throws std::invalid_argument if probability is not in [0, 1]
    StickyActions(E inner, double probability)
        : inner_(std::move(inner)), space_(inner_.action_space()), probability_(probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw std::invalid_argument("envs::StickyActions: probability must be in [0, 1], got " +
                                        std::to_string(probability));
        }
    }

    [[nodiscard]] const E& inner() const noexcept { return inner_; }
    [[nodiscard]] Space observation_space() const { return inner_.observation_space(); }
    [[nodiscard]] Space action_space() const { return space_; }
    [[nodiscard]] Scene scene() const { return inner_.scene(); }
    [[nodiscard]] std::optional<Behaviour> behaviour() const { return behaviour_of(inner_); }

    std::span<const float> reset(std::uint64_t seed) {
        stream_ = Stream(seed, kStream);
        draws_ = 0;
        has_last_ = false;
        return inner_.reset(seed);
    }
    std::span<const float> reset() {
        has_last_ = false;
        return inner_.reset();
    }
    Outcome step(const Action& action) {
        const Action wanted = checked(action);
        const bool repeats = has_last_ && stream_.uniform(draws_) < probability_;
        if (!repeats) return keep(wanted, inner_.step(wanted));
        const Outcome outcome = inner_.step(last());
        ++draws_;
        return outcome;
    }

private:
    static constexpr std::uint64_t kStream = 0x571C4AU;

    // a wrong action is refused even where it would not have been done
    [[nodiscard]] Action checked(const Action& action) const {
        if (const auto* discrete = std::get_if<Discrete>(&space_)) {
            return action.choice(discrete->count, "envs::StickyActions");
        }
        return action.values(std::get<Box>(space_).size(), "envs::StickyActions");
    }
    Outcome keep(const Action& action, const Outcome& outcome) {
        ++draws_;
        has_last_ = true;
        if (const auto* discrete = std::get_if<Discrete>(&space_)) {
            choice_ = action.choice(discrete->count, "envs::StickyActions");
        } else {
            const auto values = action.values(std::get<Box>(space_).size(), "envs::StickyActions");
            values_.assign(values.begin(), values.end());
        }
        return outcome;
    }
    [[nodiscard]] Action last() const {
        if (std::holds_alternative<Discrete>(space_)) return choice_;
        return values_;
    }

    E inner_;
    Space space_;
    double probability_;
    Stream stream_{0, kStream};
    std::uint64_t draws_ = 0;
    bool has_last_ = false;
    std::size_t choice_ = 0;
    std::vector<float> values_;
};

} // namespace baldwin::envs

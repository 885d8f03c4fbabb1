// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What an environment is: Gymnasium's interface as a concept.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/space.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::envs {

/// What a step returns.
struct Outcome {
    std::span<const float> observation; ///< valid until the environment changes
    double reward = 0;
    bool terminated = false; ///< the task came to its end
    bool truncated = false;  ///< a limit outside the task, such as a number of steps, was reached

    [[nodiscard]] bool is_over() const noexcept { return terminated || truncated; }
};

/// What an episode was like, as novelty search sees it.
struct Behaviour {
    std::vector<float> at;    ///< the point that is compared, e.g. where the robot ended
    double distance = 0;      ///< left to the goal at the end; 0: there
    double closest = 0;       ///< smallest such distance of the episode
    bool has_reached = false; ///< the goal was reached at some step
};

/// An environment is a value with these members:
///
///     Space observation_space() const;        always a Box; the same for the whole life
///     Space action_space() const;
///     span<const float> reset(uint64_t seed); starts an episode; everything random comes from seed
///     span<const float> reset();              starts an episode, going on with the generator
///     Outcome step(Action);
///     Scene scene() const;                    what it looks like now
///
/// The same seed and actions give the same bits, whatever was done before. An observation is valid
/// until the environment is changed, copied over or destroyed. A copy goes on by itself as the
/// original would. A step before the first reset or after the end of the episode throws
/// std::logic_error; an action outside the action space's kind and size, or not finite, throws
/// std::invalid_argument. Numbers beyond a box's bounds are clipped as each environment says.
/// Before any seed is given the generator is that of seed 0.
///
/// Optional: `std::optional<Behaviour> behaviour() const`, for environments with a goal in space.
template <class E>
concept Environment = std::copyable<E> &&
    requires(E env, const E fixed, std::uint64_t seed, const Action& action) {
    { fixed.observation_space() } -> std::same_as<Space>;
    { fixed.action_space() } -> std::same_as<Space>;
    { env.reset(seed) } -> std::same_as<std::span<const float>>;
    { env.reset() } -> std::same_as<std::span<const float>>;
    { env.step(action) } -> std::same_as<Outcome>;
    { fixed.scene() } -> std::same_as<Scene>;
};

/// The behaviour of an environment; none if it does not know any.
template <Environment E>
std::optional<Behaviour> behaviour_of(const E& env) {
    if constexpr (requires { env.behaviour(); }) {
        return env.behaviour();
    } else {
        return std::nullopt;
    }
}

/// Keeps the rule that a step belongs to a running episode.
class Episode {
public:
    void begin() noexcept { phase_ = Phase::running; }
    void end_if(bool over) noexcept {
        if (over) phase_ = Phase::over;
    }
    /// \throws std::logic_error if no episode is running
    void expect_running(std::string_view who) const {
        if (phase_ != Phase::running) fail(who);
    }
    [[nodiscard]] bool is_running() const noexcept { return phase_ == Phase::running; }

private:
    enum class Phase : std::uint8_t { none, running, over };

    [[noreturn]] void fail(std::string_view who) const {
        throw std::logic_error(std::string(who) +
                               (phase_ == Phase::none
                                    ? ": step before the first reset"
                                    : ": step after the end of the episode; reset comes first"));
    }

    Phase phase_ = Phase::none;
};

} // namespace baldwin::envs

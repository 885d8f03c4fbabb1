// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// An environment with a limit on the steps of an episode.
#pragma once

#include <baldwin/envs/environment.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace baldwin::envs {

/// Truncates episodes: the step number `limit` ends them unless the task has ended before.
///
/// A step that does both says both, as Gymnasium's does.
template <Environment E>
class TimeLimit {
public:
    /// \throws std::invalid_argument if limit is 0
    TimeLimit(E inner, std::size_t limit) : inner_(std::move(inner)), limit_(limit) {
        if (limit == 0) throw std::invalid_argument("envs::TimeLimit: limit must be >= 1, got 0");
    }

    [[nodiscard]] const E& inner() const noexcept { return inner_; }
    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    /// Steps of the episode so far.
    [[nodiscard]] std::size_t steps() const noexcept { return steps_; }

    [[nodiscard]] Space observation_space() const { return inner_.observation_space(); }
    [[nodiscard]] Space action_space() const { return inner_.action_space(); }
    [[nodiscard]] Scene scene() const { return inner_.scene(); }
    [[nodiscard]] std::optional<Behaviour> behaviour() const { return behaviour_of(inner_); }

    std::span<const float> reset(std::uint64_t seed) {
        begin();
        return inner_.reset(seed);
    }
    std::span<const float> reset() {
        begin();
        return inner_.reset();
    }
    Outcome step(const Action& action) {
        episode_.expect_running("envs::TimeLimit");
        Outcome outcome = inner_.step(action);
        outcome.truncated = ++steps_ >= limit_ || outcome.truncated;
        episode_.end_if(outcome.is_over());
        return outcome;
    }

private:
    void begin() {
        steps_ = 0;
        episode_.begin();
    }

    E inner_;
    std::size_t limit_;
    std::size_t steps_ = 0;
    Episode episode_;
};

} // namespace baldwin::envs

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// An environment whose observation is the last few frames of another.
#pragma once

#include <baldwin/envs/environment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::envs {

/// Joins the last frames along the first axis, the newest last; a reset fills all of them with the
/// first frame.
template <Environment E>
class FrameStack {
public:
    /// \param frames  how many; >= 1
    /// \throws std::invalid_argument if frames is 0
    FrameStack(E inner, std::size_t frames)
        : inner_(std::move(inner)), space_(stacked(inner_.observation_space(), frames)),
          size_(space_.size() / frames), seen_(space_.size()) {}

    [[nodiscard]] const E& inner() const noexcept { return inner_; }
    [[nodiscard]] Space observation_space() const { return space_; }
    [[nodiscard]] Space action_space() const { return inner_.action_space(); }
    [[nodiscard]] Scene scene() const { return inner_.scene(); }
    [[nodiscard]] std::optional<Behaviour> behaviour() const { return behaviour_of(inner_); }

    std::span<const float> reset(std::uint64_t seed) { return fill(inner_.reset(seed)); }
    std::span<const float> reset() { return fill(inner_.reset()); }
    /// \cost one copy of the stack
    Outcome step(const Action& action) {
        Outcome outcome = inner_.step(action);
        std::copy(seen_.begin() + static_cast<std::ptrdiff_t>(size_), seen_.end(), seen_.begin());
        std::copy(outcome.observation.begin(), outcome.observation.end(),
                  seen_.end() - static_cast<std::ptrdiff_t>(size_));
        outcome.observation = seen_;
        return outcome;
    }

private:
    static Box stacked(const Space& one, std::size_t frames) {
        if (frames == 0) {
            throw std::invalid_argument("envs::FrameStack: frames must be >= 1, got 0");
        }
        const Box& frame = std::get<Box>(one);
        Box all = frame;
        all.shape[0] *= frames;
        for (std::size_t i = 1; i < frames; ++i) {
            all.low.insert(all.low.end(), frame.low.begin(), frame.low.end());
            all.high.insert(all.high.end(), frame.high.begin(), frame.high.end());
        }
        return all;
    }
    std::span<const float> fill(std::span<const float> frame) {
        for (std::size_t at = 0; at < seen_.size(); at += size_) {
            std::copy(frame.begin(), frame.end(), seen_.begin() + static_cast<std::ptrdiff_t>(at));
        }
        return seen_;
    }

    E inner_;
    Box space_;
    std::size_t size_; // of one frame
    std::vector<float> seen_;
};

} // namespace baldwin::envs

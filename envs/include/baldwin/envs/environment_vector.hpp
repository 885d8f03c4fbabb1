// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Many environments stepped together over threads.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/envs/any_environment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::envs {

/// What happens after the end of an episode, as Gymnasium names it.
enum class AutoReset : std::uint8_t {
    next_step, ///< the next step ignores the action: it resets, with reward 0
    same_step, ///< the step that ends also resets; the last observation is kept apart
    disabled   ///< a further step is an error until reset_one
};

/// What a step of all environments returns; rows are environments. Valid until the next change.
struct BatchOutcome {
    std::span<const float> observations; ///< (environments, size)
    std::span<const double> rewards;     ///< (environments)
    std::span<const std::uint8_t> terminated;
    std::span<const std::uint8_t> truncated;
    std::span<const float> last_observations; ///< (environments, size): where an episode has just
                                              ///< ended, its last one (AutoReset::same_step)
};

/// Environments of one type, each with its own seed.
///
/// Environment i starts from seed + i and goes on with its own generator at each auto-reset, so
/// the results have the same bits for any number of threads.
template <Environment E = AnyEnvironment>
class EnvironmentVector {
public:
    /// \param model  copied count times
    /// \throws std::invalid_argument if count is 0
    EnvironmentVector(const E& model, std::size_t count, AutoReset mode = AutoReset::next_step,
                      Executor executor = Executor())
        : environments_(count, model), mode_(mode), executor_(std::move(executor)),
          size_(std::get<Box>(model.observation_space()).size()), observations_(count * size_),
          last_(mode == AutoReset::same_step ? count * size_ : 0), rewards_(count),
          terminated_(count), truncated_(count) {
        if (count == 0) {
            throw std::invalid_argument("envs::EnvironmentVector: count must be >= 1, got 0");
        }
    }

    [[nodiscard]] std::size_t count() const noexcept { return environments_.size(); }
    /// Entries of one observation.
    [[nodiscard]] std::size_t observation_size() const noexcept { return size_; }
    [[nodiscard]] std::span<const E> environments() const noexcept { return environments_; }

    /// Resets all.
    /// \return observations, shape (count, size)
    std::span<const float> reset(std::uint64_t seed) {
        for_all([&](std::size_t i) { put(observations_, i, environments_[i].reset(seed + i)); });
        std::fill(terminated_.begin(), terminated_.end(), std::uint8_t{0});
        std::fill(truncated_.begin(), truncated_.end(), std::uint8_t{0});
        return observations_;
    }
    /// Resets one whose episode is over, for AutoReset::disabled.
    /// \throws std::out_of_range if there is no such environment
    std::span<const float> reset_one(std::size_t i) {
        put(observations_, i, environments_.at(i).reset());
        terminated_[i] = truncated_[i] = 0;
        return row(observations_, i);
    }
    /// Steps all.
    /// \param actions  one for each environment
    /// \throws std::invalid_argument if their number differs; what an environment throws
    BatchOutcome step(std::span<const Action> actions) {
        if (actions.size() != count()) {
            throw std::invalid_argument("envs::EnvironmentVector: " + std::to_string(count()) +
                                        " actions are needed, got " +
                                        std::to_string(actions.size()));
        }
        for_all([&](std::size_t i) { step_one(i, actions[i]); });
        return {observations_, rewards_, terminated_, truncated_, last_};
    }

private:
    static constexpr std::size_t kChunk = 8; // environments that one thread takes at a time

    template <class F>
    void for_all(F f) {
        const std::size_t chunks = (count() + kChunk - 1) / kChunk;
        executor_.chunks(chunks, [&](std::size_t chunk, std::size_t) {
            const std::size_t end = std::min(count(), (chunk + 1) * kChunk);
            for (std::size_t i = chunk * kChunk; i < end; ++i) f(i);
        });
    }
    std::span<float> row(std::vector<float>& rows, std::size_t i) {
        return std::span(rows).subspan(i * size_, size_);
    }
    void put(std::vector<float>& rows, std::size_t i, std::span<const float> observation) {
        std::copy(observation.begin(), observation.end(), row(rows, i).begin());
    }
    void step_one(std::size_t i, const Action& action) {
        const bool was_over = terminated_[i] != 0 || truncated_[i] != 0;
        if (was_over && mode_ == AutoReset::next_step) {
            reset_one(i);
            rewards_[i] = 0;
            return;
        }
        const Outcome outcome = environments_[i].step(action);
        rewards_[i] = outcome.reward;
        terminated_[i] = outcome.terminated ? 1 : 0;
        truncated_[i] = outcome.truncated ? 1 : 0;
        if (outcome.is_over() && mode_ == AutoReset::same_step) {
            put(last_, i, outcome.observation);
            put(observations_, i, environments_[i].reset());
        } else {
            put(observations_, i, outcome.observation);
        }
    }

    std::vector<E> environments_;
    AutoReset mode_;
    Executor executor_;
    std::size_t size_;
    std::vector<float> observations_;
    std::vector<float> last_;
    std::vector<double> rewards_;
    std::vector<std::uint8_t> terminated_;
    std::vector<std::uint8_t> truncated_;
};

} // namespace baldwin::envs

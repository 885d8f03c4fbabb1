// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// An algorithm and an engine run together, in slices between which a run can be saved or stopped.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/detail/state.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// Drives an algorithm with an engine. Slices are a matter of time alone: where they end changes no
/// bit of the results.
class Evolution {
public:
    /// What a step came to.
    enum class Step : std::uint8_t {
        part,       ///< some evaluations more
        batch,      ///< a batch is complete and told
        generation, ///< and with it a generation
        stopped     ///< stop_requested(): some evaluations of the slice are missing
    };

    /// Both must outlive this object.
    /// \param slice_seconds  about how long a step takes, or one evaluation where that is longer; >
    /// 0
    Evolution(Algorithm& algorithm, Engine& engine, double slice_seconds = 4)
        : algorithm_(algorithm), engine_(engine), slice_seconds_(slice_seconds) {}

    [[nodiscard]] Algorithm& algorithm() const noexcept { return algorithm_; }
    [[nodiscard]] bool is_over() const noexcept { return algorithm_.is_over(); }

    /// Evaluates a slice of the batch that is asked for; tells it when all of it is there.
    /// \throws what the engine throws
    Step step() {
        const Batch& batch = algorithm_.ask();
        results_.resize(batch.items.size());
        evaluate_slice(batch);
        const auto is_missing = [](const Evaluation& one) { return one.episodes == 0; };
        const auto missing = std::find_if(results_.begin(), results_.end(), is_missing);
        if (missing != results_.end()) {
            const auto first = static_cast<std::size_t>(missing - results_.begin());
            return std::exchange(next_, first) > first ? Step::stopped : Step::part;
        }
        return finish(batch);
    }
    /// Steps to the end of the run, or until somebody asks to stop.
    void run() {
        while (!is_over() && step() != Step::stopped) continue;
    }

    /// The last complete batch and its evaluations; empty before the first.
    [[nodiscard]] const Batch& last_batch() const noexcept { return last_batch_; }
    [[nodiscard]] std::span<const Evaluation> last_results() const noexcept {
        return last_results_;
    }
    /// Items of the present batch that are evaluated.
    [[nodiscard]] std::size_t evaluated() const noexcept { return next_; }
    /// Episodes of the present batch that are played, and their steps: what the algorithm's
    /// progress does not count yet.
    struct Unfinished {
        std::uint64_t episodes = 0;
        std::uint64_t frames = 0;
    };
    /// \cost linear in the batch
    [[nodiscard]] Unfinished unfinished() const noexcept {
        Unfinished sum;
        for (const Evaluation& one : results_) {
            sum.episodes += one.episodes;
            sum.frames += one.frames;
        }
        return sum;
    }

    /// Adds the algorithm and the evaluations of the unfinished batch to a checkpoint.
    void save(SafetensorsWriter& out) const {
        algorithm_.save(out);
        detail::save_evaluations(out, "evolution.results", results_);
    }
    /// Takes them back. What is evaluated from here on has the bits of a run never stopped.
    /// \throws std::runtime_error if the checkpoint does not fit
    void restore(const SafetensorsFile& in) {
        algorithm_.restore(in);
        results_ = detail::read_evaluations(in, "evolution.results");
        next_ = 0;
        if (results_.empty() || results_.size() == algorithm_.ask().items.size()) return;
        throw std::runtime_error("the checkpoint has evaluations of " +
                                 std::to_string(results_.size()) + " items, the batch has " +
                                 std::to_string(algorithm_.ask().items.size()));
    }

private:
    using Clock = std::chrono::steady_clock;

    void evaluate_slice(const Batch& batch) {
        while (next_ < results_.size() && results_[next_].episodes > 0) ++next_;
        const auto rate = items_per_second_ * slice_seconds_;
        const std::size_t least = engine_.concurrency();
        const std::size_t count = rate > static_cast<double>(least)
                                      ? static_cast<std::size_t>(std::min(rate, 1e9))
                                      : least;
        const Range slice = {next_, std::min(next_ + count, results_.size())};
        const auto began = Clock::now();
        engine_.evaluate(batch, slice, results_);
        const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
        items_per_second_ = static_cast<double>(slice.size()) / std::max(seconds, 1e-6);
        next_ = slice.end;
    }
    Step finish(const Batch& batch) {
        last_batch_ = batch;
        last_results_ = std::exchange(results_, {});
        next_ = 0;
        const std::uint32_t before = algorithm_.progress().generation;
        algorithm_.tell(last_results_);
        return algorithm_.progress().generation > before ? Step::generation : Step::batch;
    }

    Algorithm& algorithm_;
    Engine& engine_;
    double slice_seconds_;
    double items_per_second_ = 0;
    std::size_t next_ = 0; // items before are evaluated
    std::vector<Evaluation> results_;
    Batch last_batch_;
    std::vector<Evaluation> last_results_;
};

} // namespace baldwin::neuroevolution

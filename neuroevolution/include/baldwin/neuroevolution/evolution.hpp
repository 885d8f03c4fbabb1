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
#include <optional>
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

    /// The last complete population, which a run that is resumed still has; empty before the first.
    [[nodiscard]] const EvaluatedBatch& population() const noexcept { return population_; }
    /// Items of the present batch that are evaluated.
    [[nodiscard]] std::size_t evaluated() const noexcept { return next_; }
    /// The algorithm's progress with what is played of the present batch, which it was not told
    /// yet.
    /// \cost linear in the batch
    [[nodiscard]] Progress progress() const {
        Progress sum = algorithm_.progress();
        detail::count(sum, results_);
        return sum;
    }
    /// The best so far, the present batch included.
    /// \cost as for progress()
    [[nodiscard]] std::optional<Champion> champion() const {
        return algorithm_.champion_so_far(results_);
    }

    /// Adds the algorithm, the last population and the evaluations of the unfinished batch to a
    /// checkpoint.
    void save(SafetensorsWriter& out) const {
        algorithm_.save(out);
        detail::save_batch(out, "evolution.population", population_);
        detail::save_evaluations(out, "evolution.results", results_);
    }
    /// Takes them back. What is evaluated from here on has the bits of a run never stopped.
    /// \throws std::runtime_error if the checkpoint does not fit
    void restore(const SafetensorsFile& in) {
        algorithm_.restore(in);
        population_ = detail::read_batch(in, "evolution.population");
        results_ = detail::read_evaluations(in, "evolution.results");
        next_ = 0;
        if (results_.empty() || results_.size() == algorithm_.ask().items.size()) return;
        throw std::runtime_error("the checkpoint has evaluations of " +
                                 std::to_string(results_.size()) + " items, the batch has " +
                                 std::to_string(algorithm_.ask().items.size()));
    }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t kGrowth = 8; // from one slice to the next, at most

    // as many items as the last ones let expect; a few at first, as those of another batch may take
    // a hundred times as long: what a kill loses is bounded by a slice
    [[nodiscard]] std::size_t slice_size() const {
        const std::size_t least = engine_.concurrency();
        const std::size_t most = next_ == 0 ? least : kGrowth * std::max(last_size_, least);
        const double expected = std::min(items_per_second_ * slice_seconds_, 1e9);
        return std::clamp(static_cast<std::size_t>(expected), least, most);
    }
    void evaluate_slice(const Batch& batch) {
        while (next_ < results_.size() && results_[next_].episodes > 0) ++next_;
        const Range slice = {next_, std::min(next_ + slice_size(), results_.size())};
        const auto began = Clock::now();
        engine_.evaluate(batch, slice, results_);
        const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
        items_per_second_ = static_cast<double>(slice.size()) / std::max(seconds, 1e-6);
        last_size_ = slice.size();
        next_ = slice.end;
    }
    Step finish(const Batch& batch) {
        EvaluatedBatch told = {batch, std::exchange(results_, {})};
        next_ = 0;
        const std::uint32_t before = algorithm_.progress().generation;
        algorithm_.tell(told.results);
        if (told.batch.purpose == Purpose::training) population_ = std::move(told);
        return algorithm_.progress().generation > before ? Step::generation : Step::batch;
    }

    Algorithm& algorithm_;
    Engine& engine_;
    double slice_seconds_;
    double items_per_second_ = 0;
    std::size_t last_size_ = 0; // of a slice
    std::size_t next_ = 0;      // items before are evaluated
    std::vector<Evaluation> results_;
    EvaluatedBatch population_;
};

} // namespace baldwin::neuroevolution

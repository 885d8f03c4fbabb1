// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Observations scaled by their running mean and deviation.
#pragma once

#include <baldwin/envs/environment.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::envs {

/// Mean and variance of each entry of the observations seen so far.
///
/// Statistics of several workers are merged; merged in one order they have the same bits.
/// \paper Welford 1962; Chan, Golub & LeVeque 1979 for the merge
class ObservationStatistics {
public:
    /// \param size  entries of an observation
    explicit ObservationStatistics(std::size_t size) : mean_(size), squares_(size) {}

    [[nodiscard]] std::size_t size() const noexcept { return mean_.size(); }
    /// Number of observations.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// Means, shape (size); 0 before the first observation.
    [[nodiscard]] std::span<const double> mean() const noexcept { return mean_; }
    /// Standard deviation of an entry; 1 before the second observation.
    [[nodiscard]] double deviation(std::size_t entry) const {
        if (count_ < 2) return 1;
        return std::sqrt(squares_[entry] / static_cast<double>(count_));
    }

    /// \throws std::invalid_argument if the observation has another size or a NaN
    void add(std::span<const float> observation) {
        expect_size(observation.size());
        for (const float value : observation) {
            if (std::isnan(value)) {
                throw std::invalid_argument("envs::ObservationStatistics: an observation is nan");
            }
        }
        ++count_;
        for (std::size_t i = 0; i < observation.size(); ++i) {
            const double off = observation[i] - mean_[i];
            mean_[i] += off / static_cast<double>(count_);
            squares_[i] += off * (observation[i] - mean_[i]);
        }
    }
    /// Adds what another has seen.
    /// \throws std::invalid_argument if its size differs
    void merge(const ObservationStatistics& other) {
        expect_size(other.size());
        if (other.count_ == 0) return;
        const auto ours = static_cast<double>(count_);
        const auto theirs = static_cast<double>(other.count_);
        count_ += other.count_;
        for (std::size_t i = 0; i < mean_.size(); ++i) {
            const double off = other.mean_[i] - mean_[i];
            mean_[i] += off * theirs / (ours + theirs);
            squares_[i] += other.squares_[i] + off * off * ours * theirs / (ours + theirs);
        }
    }

    friend bool operator==(const ObservationStatistics&, const ObservationStatistics&) = default;

private:
    void expect_size(std::size_t size) const {
        if (size == mean_.size()) return;
        throw std::invalid_argument("envs::ObservationStatistics: observations have " +
                                    std::to_string(mean_.size()) + " entries, got " +
                                    std::to_string(size));
    }

    std::uint64_t count_ = 0;
    std::vector<double> mean_;
    std::vector<double> squares_; // sums of squared differences from the mean
};

/// How observations are scaled.
struct NormaliseOptions {
    double floor = 0.1; ///< smallest deviation divided by; > 0
    float clip = 5;     ///< results lie in [-clip, clip]; > 0
};

/// Gives (observation - mean) / max(deviation, floor), clipped, by statistics that are fixed while
/// it runs; what it sees meanwhile is collected.
///
/// So an episode does not depend on those before it. Between generations the runner merges what
/// was collected, in one order, and calls normalise_by.
/// \paper Salimans et al. 2017, arXiv 1703.03864; floor and clip as in their code
template <Environment E>
class NormalisedObservations {
public:
    /// \throws std::invalid_argument if an option is not > 0
    explicit NormalisedObservations(E inner, const NormaliseOptions& options = {})
        : inner_(std::move(inner)), options_(options),
          space_(std::get<Box>(inner_.observation_space())), collected_(space_.size()),
          seen_(space_.size()) {
        if (!(options.floor > 0) || !(options.clip > 0)) {
            throw std::invalid_argument(
                "envs::NormalisedObservations: floor and clip must be > 0, got " +
                std::to_string(options.floor) + " and " + std::to_string(options.clip));
        }
        std::fill(space_.low.begin(), space_.low.end(), -options.clip);
        std::fill(space_.high.begin(), space_.high.end(), options.clip);
        normalise_by(collected_);
    }

    [[nodiscard]] const E& inner() const noexcept { return inner_; }
    [[nodiscard]] Space observation_space() const { return space_; }
    [[nodiscard]] Space action_space() const { return inner_.action_space(); }
    [[nodiscard]] Scene scene() const { return inner_.scene(); }
    [[nodiscard]] std::optional<Behaviour> behaviour() const { return behaviour_of(inner_); }
    /// Of all observations since the last clear_collected(), unscaled.
    [[nodiscard]] const ObservationStatistics& collected() const noexcept { return collected_; }
    void clear_collected() { collected_ = ObservationStatistics(space_.size()); }

    /// Scales by these statistics from now on.
    /// \throws std::invalid_argument if their size differs
    void normalise_by(const ObservationStatistics& statistics) {
        if (statistics.size() != space_.size()) {
            throw std::invalid_argument(
                "envs::NormalisedObservations: observations have " + std::to_string(space_.size()) +
                " entries, the statistics " + std::to_string(statistics.size()));
        }
        mean_.assign(statistics.mean().begin(), statistics.mean().end());
        scale_.resize(mean_.size());
        for (std::size_t i = 0; i < scale_.size(); ++i) {
            scale_[i] = 1 / std::max(statistics.deviation(i), options_.floor);
        }
    }

    std::span<const float> reset(std::uint64_t seed) { return scaled(inner_.reset(seed)); }
    std::span<const float> reset() { return scaled(inner_.reset()); }
    Outcome step(const Action& action) {
        Outcome outcome = inner_.step(action);
        outcome.observation = scaled(outcome.observation);
        return outcome;
    }

private:
    std::span<const float> scaled(std::span<const float> observation) {
        collected_.add(observation);
        for (std::size_t i = 0; i < seen_.size(); ++i) {
            const double value = (observation[i] - mean_[i]) * scale_[i];
            seen_[i] = std::clamp(static_cast<float>(value), -options_.clip, options_.clip);
        }
        return seen_;
    }

    E inner_;
    NormaliseOptions options_;
    Box space_;
    ObservationStatistics collected_;
    std::vector<double> mean_;
    std::vector<double> scale_;
    std::vector<float> seen_;
};

} // namespace baldwin::envs

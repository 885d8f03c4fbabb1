// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What is evaluated, by whom, and what comes back.
#pragma once

#include <baldwin/neuroevolution/normaliser.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// No cap on the steps of an episode.
inline constexpr std::uint64_t kNoCap = std::numeric_limits<std::uint64_t>::max();

/// A network to be tried: what a fitness function is given.
struct Candidate {
    std::span<const float> theta;         ///< its parameters; valid during the call
    std::span<const std::uint64_t> seeds; ///< one for each episode to be played
    std::uint64_t max_steps = kNoCap;     ///< an episode is cut off after so many
    std::size_t slot = 0; ///< calls at the same time have different slots, below the engine's
                          ///< concurrency(): for environments, tapes, scratch
    const Normaliser* normaliser = nullptr; ///< applied to observations; null: none
    bool wants_moments = false;             ///< fill Episode::moments with raw observations
};

/// What one episode came to.
struct Episode {
    double fitness = 0;           ///< finite; more is better
    std::uint64_t frames = 1;     ///< steps, or what a budget counts
    std::vector<float> behaviour; ///< the point that novelty compares; empty: has none
    bool was_cut = false;         ///< ended by max_steps
    bool reached_goal = false;    ///< for problems with a goal
    Moments moments = {};         ///< of the observations, if they were wanted
};

/// Tries a candidate: fills one Episode for each of its seeds. A pure function of theta, seeds, cap
/// and normaliser; called from several threads with different slots. What it throws ends the run.
using Fitness = std::function<void(const Candidate& candidate, std::span<Episode> episodes)>;

/// A fitness function from one that plays a single episode: (candidate, seed) -> Episode.
template <class F>
[[nodiscard]] Fitness each_episode(F play) {
    return [play = std::move(play)](const Candidate& candidate, std::span<Episode> episodes) {
        for (std::size_t i = 0; i < episodes.size(); ++i) {
            episodes[i] = play(candidate, candidate.seeds[i]);
        }
    };
}

/// A fitness function from one of theta alone: (span<const float>) -> double. No episodes, no
/// noise.
template <class F>
[[nodiscard]] Fitness plain_fitness(F value) {
    return [value = std::move(value)](const Candidate& candidate, std::span<Episode> episodes) {
        for (Episode& episode : episodes) {
            episode = Episode();
            episode.fitness = value(candidate.theta);
        }
    };
}

/// What the episodes of an individual came to.
struct Evaluation {
    double fitness = 0;         ///< mean over the episodes
    std::uint64_t frames = 0;   ///< of all episodes
    std::uint32_t episodes = 0; ///< 0: not evaluated yet
    std::uint32_t cut = 0;      ///< episodes that hit the cap
    std::uint32_t first_goal =
        0; ///< number of the first episode that reached the goal, from 1; 0: none
    std::vector<float> behaviour; ///< mean over the episodes
    Moments moments = {};

    friend bool operator==(const Evaluation& a, const Evaluation& b) = default;
};

} // namespace baldwin::neuroevolution

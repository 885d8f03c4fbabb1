// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// From the episodes of an item to its evaluation, and from evaluations to the best.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/evaluation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::neuroevolution::detail {

inline void check_range(const Batch& batch, Range items, std::size_t results) {
    if (results != batch.items.size() || items.begin > items.end || items.end > results) {
        throw std::invalid_argument(
            "Engine: there must be a result for each of " + std::to_string(batch.items.size()) +
            " items, and a range among them, got " + std::to_string(results) + " and [" +
            std::to_string(items.begin) + ", " + std::to_string(items.end) + ")");
    }
}

inline std::string item_text(const Batch& batch, std::size_t item) {
    return "child " + std::to_string(batch.items[item].child) + " of generation " +
           std::to_string(batch.generation);
}

inline void check_episode(const Batch& batch, std::size_t item, const Episode& episode) {
    const auto fail = [&](const std::string& what) {
        throw std::runtime_error(item_text(batch, item) + ": " + what);
    };
    if (!std::isfinite(episode.fitness)) {
        fail("its fitness must be a finite number, got " + std::to_string(episode.fitness));
    }
    for (const float x : episode.behaviour) {
        if (!std::isfinite(x)) fail("its behaviour must be finite, got " + std::to_string(x));
    }
}

/// Adds a behaviour to a sum of them.
inline void add_behaviour(std::vector<double>& sum, const std::vector<float>& behaviour) {
    if (sum.empty()) sum.resize(behaviour.size());
    if (sum.size() != behaviour.size()) {
        throw std::runtime_error("behaviours must all have the same length, got " +
                                 std::to_string(sum.size()) + " and " +
                                 std::to_string(behaviour.size()));
    }
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += behaviour[i];
}

/// \throws std::runtime_error if a fitness or a behaviour is not finite, or behaviours differ in
///         length
inline Evaluation summary_of(const Batch& batch, std::size_t item,
                             std::span<const Episode> episodes) {
    Evaluation result;
    double sum = 0;
    std::vector<double> behaviour;
    for (const Episode& episode : episodes) {
        check_episode(batch, item, episode);
        sum += episode.fitness;
        result.frames += episode.frames;
        ++result.episodes;
        if (episode.was_cut) ++result.cut;
        if (episode.reached_goal && result.first_goal == 0) result.first_goal = result.episodes;
        if (!episode.behaviour.empty()) add_behaviour(behaviour, episode.behaviour);
        result.moments.add(episode.moments);
    }
    const auto count = static_cast<double>(episodes.size());
    result.fitness = sum / count;
    for (const double x : behaviour) result.behaviour.push_back(static_cast<float>(x / count));
    return result;
}

/// The evaluations of the items of each parent, joined in the items' order. Some may be missing.
inline std::vector<Evaluation> by_parent(const Batch& batch, std::span<const Evaluation> results,
                                         std::size_t parents) {
    std::vector<Evaluation> joined(parents);
    std::vector<std::vector<double>> behaviours(parents);
    for (std::size_t i = 0; i < results.size(); ++i) {
        const Evaluation& one = results[i];
        Evaluation& to = joined[batch.items[i].parent];
        if (to.first_goal == 0 && one.first_goal > 0) to.first_goal = to.episodes + one.first_goal;
        to.fitness += one.fitness * one.episodes;
        to.frames += one.frames;
        to.episodes += one.episodes;
        to.cut += one.cut;
        if (one.behaviour.empty()) continue;
        auto& sum = behaviours[batch.items[i].parent];
        sum.resize(one.behaviour.size());
        for (std::size_t d = 0; d < sum.size(); ++d) {
            sum[d] += static_cast<double>(one.behaviour[d]) * one.episodes;
        }
    }
    for (std::size_t i = 0; i < parents; ++i) {
        if (joined[i].episodes == 0) continue;
        joined[i].fitness /= joined[i].episodes;
        for (const double x : behaviours[i]) {
            joined[i].behaviour.push_back(static_cast<float>(x / joined[i].episodes));
        }
    }
    return joined;
}

/// Places of the best by fitness, best first; of equals the first.
[[nodiscard]] inline std::vector<std::size_t> best_first(std::span<const double> fitness,
                                                         std::size_t count) {
    std::vector<std::size_t> order(fitness.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    count = std::min(count, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                      order.end(), [&](std::size_t a, std::size_t b) {
                          return fitness[a] != fitness[b] ? fitness[a] > fitness[b] : a < b;
                      });
    order.resize(count);
    return order;
}

[[nodiscard]] inline std::vector<double> fitness_of(std::span<const Evaluation> results) {
    std::vector<double> fitness;
    for (const Evaluation& one : results) fitness.push_back(one.fitness);
    return fitness;
}

} // namespace baldwin::neuroevolution::detail

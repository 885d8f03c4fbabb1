// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Whole episodes: an environment and a policy, which is any callable from observation to action.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/envs/environment.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::envs {

/// A callable from an observation to something that is an Action: a choice, a span or a vector; or
/// to an optional of one, where none ends the episode.
template <class P>
concept Policy = requires(P& policy, std::span<const float> observation) {
    { policy(observation) } -> std::convertible_to<std::optional<Action>>;
};

/// What an episode came to.
struct EpisodeResult {
    double total = 0; ///< sum of the rewards
    std::size_t steps = 0;
    bool terminated = false;
    bool truncated = false; ///< by the environment or by max_steps
    bool failed = false;    ///< the policy had no action; terminated too
    std::optional<Behaviour> behaviour = std::nullopt;
};

/// Plays one episode from reset(seed).
/// \param max_steps  the episode is truncated after so many
template <Environment E, Policy P>
EpisodeResult rollout(E& env, P&& policy, std::uint64_t seed,
                      std::size_t max_steps = std::numeric_limits<std::size_t>::max()) {
    EpisodeResult result;
    std::span<const float> observation = env.reset(seed);
    while (!result.terminated && !result.truncated) {
        auto&& answer = policy(observation); // outlives the action, which may be a view of it
        const std::optional<Action> action = answer;
        if (!action) {
            result.failed = result.terminated = true;
            break;
        }
        const Outcome outcome = env.step(*action);
        observation = outcome.observation;
        result.total += outcome.reward;
        result.terminated = outcome.terminated;
        result.truncated = ++result.steps >= max_steps || outcome.truncated;
    }
    result.behaviour = behaviour_of(env);
    return result;
}

/// Plays an episode for each seed, over threads; the results do not depend on their number.
/// \param env          copied once for each thread
/// \param make_policy  () -> Policy, called once for each thread; it must keep nothing from one
///                     episode to the next
/// \return one result for each seed, in their order
template <Environment E, class MakePolicy>
std::vector<EpisodeResult> rollouts(const E& env, MakePolicy make_policy,
                                    std::span<const std::uint64_t> seeds,
                                    std::size_t max_steps = std::numeric_limits<std::size_t>::max(),
                                    const Executor& executor = Executor()) {
    struct Player {
        E env;
        decltype(make_policy()) policy;
    };
    std::vector<std::optional<Player>> players(executor.concurrency());
    std::vector<EpisodeResult> results(seeds.size());
    executor.chunks(seeds.size(), [&](std::size_t i, std::size_t slot) {
        std::optional<Player>& player = players[slot];
        if (!player) player.emplace(Player{env, make_policy()});
        results[i] = rollout(player->env, player->policy, seeds[i], max_steps);
    });
    return results;
}

} // namespace baldwin::envs

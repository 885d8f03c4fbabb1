// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "search.hpp"

#include <baldwin/app/main.hpp>
#include <baldwin/core/stop.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

namespace ne = neuroevolution;

namespace {

// what twenty first networks see, an episode each
struct FirstLook {
    std::shared_ptr<const ne::Normaliser> normaliser;
    std::vector<ne::Evaluation> evaluations; // that it took
};

ne::Episode first_episode(const EvolveOptions& options, const ne::Decoder& decoder,
                          const ne::Fitness& play, std::uint32_t child) {
    const std::uint64_t seed = options.common.seed;
    const auto theta = decoder.decode(ne::Genome::fresh(seed, {0, child}));
    const std::uint64_t episode_seed = ne::episode_seed(seed, ne::Purpose::training, 0, child, 0);
    ne::Candidate candidate;
    candidate.theta = theta;
    candidate.seeds = {&episode_seed, 1};
    candidate.max_steps = options.cap();
    candidate.wants_moments = true;
    ne::Episode episode;
    play(candidate, {&episode, 1});
    return episode;
}

FirstLook first_look(const EvolveOptions& options, const Task& task, const ne::Decoder& decoder) {
    if (options.normalises != Choice::yes || is_strategy(options.algorithm)) return {};
    constexpr std::uint32_t kNetworks = 20;
    const ne::Fitness play = playing(task.network, task.env, 1);
    FirstLook look;
    ne::Moments moments;
    for (std::uint32_t i = 0; i < kNetworks; ++i) {
        const ne::Episode episode = first_episode(options, decoder, play, i);
        moments.add(episode.moments);
        ne::Evaluation& evaluation = look.evaluations.emplace_back();
        evaluation.episodes = 1;
        evaluation.frames = episode.frames;
        evaluation.first_goal = episode.reached_goal ? 1 : 0;
    }
    look.normaliser = std::make_shared<const ne::Normaliser>(ne::Normaliser::of(moments));
    return look;
}

void check_behaviour(const EvolveOptions& options, const envs::AnyEnvironment& env) {
    if (!options.needs_behaviour() || env.behaviour()) return;
    throw UsageError("--algorithm must be ga, rs or es with " + options.env +
                     ", which has no behaviour to compare");
}

} // namespace

Search make_search(const EvolveOptions& options) {
    const Executor executor(options.common.threads);
    Task task = make_task(options.env, options.make_options(), options.arch);
    check_behaviour(options, task.env);
    const ne::Decoder decoder(task.network.parameters(),
                              as_usage("--start", [&] { return options.start_rule(); }));
    auto algorithm = as_usage("", [&] { return options.make_algorithm(decoder, executor); });
    auto [normaliser, looked_at] = first_look(options, task, decoder);
    algorithm->charge(looked_at); // a checkpoint has them in its counts, and takes their place
    auto fitness = playing(task.network, task.env, executor.concurrency(), normaliser);
    return {std::move(task), std::move(normaliser),
            ne::LocalEngine(decoder, std::move(fitness), executor), std::move(algorithm)};
}

Playback Search::play(const ne::Parent& individual, std::uint64_t max_steps) const {
    const std::uint64_t seed = ne::episode_seed(algorithm->config().seed, ne::Purpose::test,
                                                algorithm->progress().generation, 0, 0);
    return Playback(task, engine.decoder().decode(individual.genome), normaliser_of(individual),
                    seed, max_steps);
}

std::optional<TestResult> test_champion(Search& search, const EvolveOptions& options) {
    const ne::Batch batch = search.algorithm->test_batch(options.test_episodes, options.test_cap());
    std::vector<ne::Evaluation> results(batch.items.size());
    search.engine.evaluate(batch, {0, results.size()}, results);
    if (stop_requested()) return std::nullopt;
    const auto count = static_cast<double>(results.size());
    TestResult test;
    for (const ne::Evaluation& one : results) test.mean += one.fitness;
    test.mean /= count;
    for (const ne::Evaluation& one : results) {
        test.deviation += (one.fitness - test.mean) * (one.fitness - test.mean);
    }
    test.deviation = std::sqrt(test.deviation / count);
    return test;
}

} // namespace baldwin::app

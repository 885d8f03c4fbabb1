// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "experiment.hpp"

#include "environments.hpp"
#include "policy.hpp"

#include <baldwin/app/main.hpp>

#include <cmath>
#include <utility>
#include <vector>

namespace baldwin::app {

namespace ne = neuroevolution;

namespace {

envs::AnyEnvironment make_environment(const EvolveOptions& options) {
    auto env = as_usage(
        "--env", [&] { return all_environments().make(options.env, options.make_options()); });
    env.reset(options.common.seed);
    if (options.needs_behaviour() && !env.behaviour()) {
        throw UsageError("--algorithm must be ga, rs or es with " + options.env +
                         ", which has no behaviour to compare");
    }
    return env;
}

TestResult result_of(const std::vector<ne::Evaluation>& results) {
    const auto count = static_cast<double>(results.size());
    TestResult test;
    for (const ne::Evaluation& one : results) test.mean += one.fitness / count;
    for (const ne::Evaluation& one : results) {
        test.deviation += (one.fitness - test.mean) * (one.fitness - test.mean) / count;
    }
    test.deviation = std::sqrt(test.deviation);
    return test;
}

} // namespace

Experiment make_experiment(const EvolveOptions& options) {
    const Executor executor(options.common.threads);
    auto env = make_environment(options);
    auto network = as_usage("--arch", [&] {
        return nn::Network(policy_architecture(options.arch, env), observation_shape(env));
    });
    const ne::Decoder decoder(network.parameters(),
                              as_usage("--start", [&] { return options.start_rule(); }));
    auto fitness =
        as_usage("--arch", [&] { return playing(network, env, executor.concurrency()); });
    auto algorithm = as_usage("", [&] { return options.make_algorithm(decoder, executor); });
    return {std::move(env), std::move(network),
            ne::LocalEngine(decoder, std::move(fitness), executor), std::move(algorithm)};
}

TestResult test_champion(Experiment& experiment, std::uint32_t episodes, std::uint64_t cap) {
    const ne::Batch batch = experiment.algorithm->test_batch(episodes, cap);
    std::vector<ne::Evaluation> results(batch.items.size());
    experiment.engine.evaluate(batch, {0, results.size()}, results);
    return result_of(results);
}

} // namespace baldwin::app

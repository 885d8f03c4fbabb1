// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve run: evolves networks that play an environment.

#include "commands.hpp"
#include "environments.hpp"
#include "evolve_options.hpp"
#include "policy.hpp"

#include <baldwin/app/parse.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/hash.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/envs/rollout.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>
#include <baldwin/neuroevolution/genome_file.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>

#include <chrono>
#include <cmath>
#include <iostream>
#include <utility>

namespace baldwin::app {
namespace {

namespace ne = neuroevolution;

// what is run, made from the options before a run directory is
struct Experiment {
    envs::AnyEnvironment env;
    nn::Network network;
    ne::LocalEngine engine;
    std::unique_ptr<ne::Algorithm> algorithm;
};

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

struct TestResult {
    double mean = 0;
    double deviation = 0;
};

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

template <class F>
double milliseconds(F&& f) {
    const auto began = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
        .count();
}

// from nothing, and as a child of a parent that is decoded
std::pair<double, double> decode_times(const ne::Decoder& decoder, const ne::Genome& genome) {
    AlignedVector<float> theta(decoder.size());
    const double cold = milliseconds([&] { decoder.decode_into(genome, theta); });
    if (genome.mutations.empty()) {
        AlignedVector<float> copy(decoder.size());
        return {cold, milliseconds([&] { std::copy(theta.begin(), theta.end(), copy.begin()); })};
    }
    ne::Genome parent = genome;
    const ne::Mutation last = parent.mutations.back();
    parent.mutations.pop_back();
    const auto from = decoder.decode(parent);
    return {cold, milliseconds([&] {
                decoder.mutate_into(from, {}, genome.seed_of(last), last.sigma, theta);
            })};
}

// the loop over generations with everything that is shown and kept of it
class Evolving {
public:
    Evolving(const EvolveOptions& options, Run& run, Experiment& experiment)
        : options_(options), run_(run), experiment_(experiment),
          evolution_(*experiment.algorithm, experiment.engine) {}

    void restore(const SafetensorsFile& tensors) { evolution_.restore(tensors); }

    // until the end or a stop; says whether it was stopped
    bool search() {
        run_.progress().begin("generations", options_.generations, progress().generation);
        while (!evolution_.is_over()) {
            const auto step = evolution_.step();
            if (step == ne::Evolution::Step::generation) end_generation();
            if (step == ne::Evolution::Step::stopped || Run::should_stop()) return true;
            run_.save_if_due(progress().generation, step == ne::Evolution::Step::generation,
                             [&](SafetensorsWriter& out) { evolution_.save(out); });
        }
        return false;
    }
    void finish(bool is_stopped) {
        const double seconds = run_.seconds();
        run_.save(progress().generation, [&](SafetensorsWriter& out) { evolution_.save(out); });
        Json json = figures(seconds);
        if (experiment_.algorithm->champion()) {
            write_champion();
            add_champion(json);
            if (!is_stopped) add_test(json);
        }
        run_.finish(progress().generation, is_stopped, json);
    }

private:
    [[nodiscard]] const ne::Progress& progress() const { return experiment_.algorithm->progress(); }
    [[nodiscard]] const ne::Champion& champion() const {
        return *experiment_.algorithm->champion();
    }

    void end_generation() {
        const ne::GenerationReport& report = experiment_.algorithm->report();
        std::vector<Metric> metrics = {{"fitness_max", report.fitness.most},
                                       {"fitness_upper_quartile", report.fitness.upper_quartile},
                                       {"fitness_median", report.fitness.median},
                                       {"fitness_lower_quartile", report.fitness.lower_quartile},
                                       {"fitness_min", report.fitness.least},
                                       {"fitness_mean", report.fitness.mean},
                                       {"elite", report.champion},
                                       {"evaluations", static_cast<double>(report.evaluations)},
                                       {"frames", static_cast<double>(report.frames)}};
        for (const auto& [name, value] : report.figures) metrics.push_back({name, value});
        run_.record(progress().generation, metrics);
        if (run_.progress().is_due()) {
            run_.progress().update(progress().generation,
                                   "elite " + shortest_text(report.champion) + ", median " +
                                       shortest_text(report.fitness.median));
        }
    }
    [[nodiscard]] Json figures(double seconds) const {
        Json json = {{"environment", options_.env},
                     {"algorithm", experiment_.algorithm->name()},
                     {"best_fitness", nullptr},
                     {"test_mean", nullptr},
                     {"test_std", nullptr},
                     {"generations", progress().generation},
                     {"evaluations", progress().evaluations},
                     {"frames", progress().frames},
                     {"frames_per_second", static_cast<double>(progress().frames) / seconds},
                     {"architecture", nn::print(experiment_.network.architecture())},
                     {"parameters", experiment_.network.parameters().size()}};
        if (experiment_.env.behaviour()) {
            json["reached"] = progress().evaluations_to_goal.has_value();
            json["evaluations_to_goal"] = nullptr;
            if (progress().evaluations_to_goal) {
                json["evaluations_to_goal"] = *progress().evaluations_to_goal;
            }
        }
        return json;
    }
    void add_champion(Json& json) {
        const ne::Genome& genome = champion().individual.genome;
        const auto [cold, cached] = decode_times(experiment_.engine.decoder(), genome);
        json["best_fitness"] = champion().fitness;
        json["genome_seeds"] = genome.seeds();
        json["genome_bytes"] = ne::genome_bytes(genome);
        json["compression"] = ne::compression(genome, experiment_.network.parameters().size());
        json["decode_ms_cold"] = cold;
        json["decode_ms_cached"] = cached;
        json["genome_hash"] = hash_hex(ne::genome_hash(genome));
        if (experiment_.env.behaviour()) add_final_position(json);
    }
    // the champion's first test episode once more
    void add_final_position(Json& json) {
        const ne::Batch batch = experiment_.algorithm->test_batch(1, options_.cap());
        const auto theta = experiment_.engine.decoder().decode(champion().individual.genome);
        Policy policy(experiment_.network, experiment_.env);
        policy.take(theta, champion().individual.normaliser.get());
        envs::AnyEnvironment env = experiment_.env;
        const auto result =
            envs::rollout(env, policy, ne::episode_seeds(batch, batch.items[0])[0], options_.cap());
        json["best_final_distance"] = result.behaviour->distance;
        json["best_final_xy"] = result.behaviour->at;
    }
    void add_test(Json& json) {
        const ne::Batch batch =
            experiment_.algorithm->test_batch(options_.test_episodes, test_cap());
        std::vector<ne::Evaluation> results(batch.items.size());
        experiment_.engine.evaluate(batch, {0, results.size()}, results);
        if (Run::should_stop()) return;
        const TestResult test = result_of(results);
        json["test_mean"] = test.mean;
        json["test_std"] = test.deviation;
        run_.progress().note("test " + shortest_text(test.mean) + " +- " +
                             shortest_text(test.deviation) + " over " +
                             std::to_string(results.size()) + " episodes (" +
                             run_.directory().path().string() + ")");
    }
    // tests may last twenty times as long as training, as in the paper
    [[nodiscard]] std::uint64_t test_cap() const {
        return options_.cap() == ne::kNoCap ? ne::kNoCap : 20 * options_.cap();
    }
    void write_champion() {
        ne::GenomeFile file;
        file.individual = champion().individual;
        file.architecture = nn::print(experiment_.network.architecture());
        file.input = nn::print(experiment_.network.input());
        file.start = experiment_.engine.decoder().start();
        file.metadata = {{"environment", options_.env},
                         {"fitness", shortest_text(champion().fitness)}};
        ne::write_genome(run_.directory().path() / "champion.genome", file);
    }

    const EvolveOptions& options_;
    Run& run_;
    Experiment& experiment_;
    ne::Evolution evolution_;
};

} // namespace

ExitCode run_evolution(const std::vector<std::string>& arguments) {
    EvolveOptions options;
    OptionTable table("baldwin-evolve run", "Evolves networks that play an environment.");
    options.declare(table);
    if (read_options(table, options.common, arguments)) return ExitCode::done;
    options.resolve();
    limit_threads(options.common.threads);
    Experiment experiment = make_experiment(options);
    const std::string architecture = nn::print(experiment.network.architecture()) + " on " +
                                     nn::print(experiment.network.input());
    Run run(table, options.common, architecture, options.checkpoint_seconds);
    Evolving evolving(options, run, experiment);
    if (run.checkpoint()) evolving.restore(run.checkpoint()->tensors);
    run.drop_checkpoint();
    const bool is_stopped = evolving.search();
    evolving.finish(is_stopped);
    return is_stopped ? ExitCode::interrupted : ExitCode::done;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve run: evolves networks that play an environment.

#include "commands.hpp"
#include "evolve_options.hpp"
#include "experiment.hpp"
#include "policy.hpp"
#include "run_scenes.hpp"

#include <baldwin/app/live.hpp>
#include <baldwin/app/parse.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/hash.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/envs/rollout.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>
#include <baldwin/neuroevolution/genome_file.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {
namespace {

namespace ne = neuroevolution;

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
    using Clock = std::chrono::steady_clock;

public:
    Evolving(const EvolveOptions& options, Run& run, Experiment& experiment)
        : options_(options), run_(run), experiment_(experiment),
          evolution_(*experiment.algorithm, experiment.engine),
          live_(options.common.view, "baldwin-evolve: " + options.env, run) {}

    void restore(const SafetensorsFile& tensors) {
        evolution_.restore(tensors);
        frames_before_ = progress().frames;
    }

    // until the end or a stop; says whether it was stopped
    bool search() {
        run_.progress().begin("generations", options_.generations, progress().generation);
        while (!evolution_.is_over()) {
            live_.attend(progress().generation);
            const auto began = Clock::now();
            const auto step = evolution_.step();
            searching_ += Clock::now() - began;
            if (step == ne::Evolution::Step::generation) end_generation();
            if (step == ne::Evolution::Step::stopped || Run::should_stop()) return true;
            run_.save_if_due(progress().generation, step == ne::Evolution::Step::generation,
                             [&](SafetensorsWriter& out) { evolution_.save(out); });
        }
        return false;
    }
    void finish(bool is_stopped) {
        run_.save(progress().generation, [&](SafetensorsWriter& out) { evolution_.save(out); });
        Json json = figures();
        if (experiment_.algorithm->champion()) {
            write_champion();
            add_champion(json);
            if (!is_stopped) add_test(json);
        }
        run_.finish(progress().generation, is_stopped, json);
        live_.stay();
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
        reports_.push_back(report);
        if (is_kept() || live_.wants_scene()) show();
    }
    // about twenty generations of a run are kept as frames
    [[nodiscard]] bool is_kept() const {
        const std::uint32_t interval = std::max(1U, options_.generations / 20);
        return progress().generation % interval == 0 || evolution_.is_over();
    }
    void show() {
        show("fitness", fitness_scene(reports_));
        if (experiment_.env.behaviour()) {
            show("behaviours", behaviour_scene(experiment_.env, evolution_.last_batch(),
                                               evolution_.last_results(), archive()));
        }
        const ne::Genome& genome = champion().individual.genome;
        if (genome.base == nullptr) show("ancestors", lineage_scene(genome));
        const auto* elites = dynamic_cast<const ne::MapElites*>(experiment_.algorithm.get());
        if (elites != nullptr && elites->cells().is_grid() && elites->cells().axes().size() <= 2) {
            show("elites", elites_scene(*elites));
        }
    }
    void show(const std::string& name, Scene scene) {
        if (is_kept()) {
            run_.directory().write_frame(progress().generation, name, "scene.json", to_json(scene));
        }
        live_.show(progress().generation, name, std::move(scene));
    }
    [[nodiscard]] std::span<const float> archive() const {
        const ne::Algorithm* algorithm = experiment_.algorithm.get();
        if (const auto* ga = dynamic_cast<const ne::GeneticAlgorithm*>(algorithm)) {
            return ga->archive().points();
        }
        if (const auto* es = dynamic_cast<const ne::EvolutionStrategy*>(algorithm)) {
            return es->archive().points();
        }
        return {};
    }
    // of this process: neither tests nor what it went on from
    [[nodiscard]] double frames_per_second() const {
        const double seconds = searching_.count();
        const auto frames = static_cast<double>(progress().frames - frames_before_);
        return seconds > 0 ? frames / seconds : 0;
    }
    [[nodiscard]] Json figures() const {
        Json json = {{"environment", options_.env},
                     {"algorithm", experiment_.algorithm->name()},
                     {"best_fitness", nullptr},
                     {"test_mean", nullptr},
                     {"test_std", nullptr},
                     {"generations", progress().generation},
                     {"evaluations", progress().evaluations},
                     {"frames", progress().frames},
                     {"frames_per_second", frames_per_second()},
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
        const auto test = test_champion(experiment_, options_.test_episodes, test_cap());
        if (Run::should_stop()) return;
        json["test_mean"] = test.mean;
        json["test_std"] = test.deviation;
        run_.progress().note("test " + shortest_text(test.mean) + " +- " +
                             shortest_text(test.deviation) + " over " +
                             std::to_string(options_.test_episodes) + " episodes (" +
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
    Live live_;
    std::vector<ne::GenerationReport> reports_; // of this process
    std::chrono::duration<double> searching_{};
    std::uint64_t frames_before_ = 0;
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

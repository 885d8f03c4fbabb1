// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve run: evolves networks that play an environment.

#include "commands.hpp"
#include "evolve_options.hpp"
#include "individuals.hpp"
#include "scenes.hpp"
#include "search.hpp"
#include "spotlight.hpp"

#include <baldwin/app/live.hpp>
#include <baldwin/app/parse.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/hash.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>
#include <baldwin/neuroevolution/genome_file.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace baldwin::app {
namespace {

namespace ne = neuroevolution;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
}

template <class F>
double milliseconds(F&& f) {
    const auto began = Clock::now();
    f();
    return 1000 * seconds_since(began);
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
    Evolving(const EvolveOptions& options, Run& run, Search& search)
        : options_(options), run_(run), search_(search),
          live_(options.common.view, "baldwin-evolve: " + options.env, run),
          evolution_(*search.algorithm, search.engine, options.common.view ? kLiveSlice : kSlice) {
        live_.on_pointer([this](const Pointer& pointer) { point(pointer); });
    }

    void restore(const SafetensorsFile& tensors) {
        evolution_.restore(tensors);
        history_.restore(tensors);
    }

    // until the end or a stop; says whether it was stopped
    bool evolve() {
        using Step = ne::Evolution::Step;
        const auto [unit, total, done] = course();
        run_.progress().begin(unit, total, done);
        first_frame_ = frames();
        while (!evolution_.is_over()) {
            live_.attend(progress().generation);
            const auto began = Clock::now();
            const Step step = evolution_.step();
            search_seconds_ += seconds_since(began);
            if (step == Step::generation) end_generation();
            if (step == Step::stopped || Run::should_stop()) return true;
            run_.save_if_due(progress().generation, step == Step::generation,
                             [&](SafetensorsWriter& out) { save(out); });
            if (live_.wants_scene()) show_play();
        }
        return false;
    }
    void finish(bool is_stopped) {
        run_.save(progress().generation, [&](SafetensorsWriter& out) { save(out); });
        Json json = figures();
        is_searching_ = false;
        // of a generation that was stopped, the best of what was evaluated
        if (const auto champion = evolution_.champion()) {
            write_champion(*champion);
            add_champion(json, *champion);
            write_individuals(run_.directory().path() / "individuals.safetensors", population(),
                              archive_of(*search_.algorithm));
            write_frames(*champion);
            if (!is_stopped) add_test(json);
        }
        run_.finish(progress().generation, is_stopped, json);
        live_.stay();
    }

private:
    static constexpr double kSlice = 4;        // seconds between two looks at the run
    static constexpr double kLiveSlice = 0.05; // the same with a window

    [[nodiscard]] const ne::Progress& progress() const { return search_.algorithm->progress(); }
    // those of the unfinished generation too: a large one takes half an hour
    [[nodiscard]] std::uint64_t frames() const { return evolution_.progress().frames; }
    [[nodiscard]] const Population& population() const { return evolution_.population(); }
    struct Course {
        std::string_view unit;
        double total;
        double done;
    };
    // how far the run is, in what ends it: a budget if one was given, otherwise generations
    [[nodiscard]] Course course() const {
        const auto of = [](std::string_view unit, std::uint64_t total, std::uint64_t done) {
            return Course{unit, static_cast<double>(total), static_cast<double>(done)};
        };
        if (options_.max_frames > 0) return of("frames", options_.max_frames, progress().frames);
        if (options_.max_evaluations > 0) {
            return of("evaluations", options_.max_evaluations, progress().evaluations);
        }
        return of("generations", options_.generations, progress().generation);
    }
    [[nodiscard]] const ne::Champion& champion() const { return *search_.algorithm->champion(); }

    void save(SafetensorsWriter& out) const {
        evolution_.save(out);
        history_.save(out);
    }
    void end_generation() {
        const ne::GenerationReport& report = search_.algorithm->report();
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
        history_.add(report);
        if (run_.progress().is_due()) {
            run_.progress().update(course().done,
                                   "generation " + std::to_string(progress().generation) +
                                       ", elite " + shortest_text(report.champion) + ", median " +
                                       shortest_text(report.fitness.median));
        }
        if (live_.wants_scene()) show_scenes();
        if (seconds_since(last_frame_) >= frame_period()) write_frames(champion());
    }
    // seconds: often at first, some forty for each tenfold time, a fiftieth of the time at most
    [[nodiscard]] double frame_period() const {
        constexpr double kLeast = 0.2;
        return std::max({kLeast, seconds_since(began_) / 20, 50 * frame_cost_});
    }
    [[nodiscard]] std::vector<NamedScene> scenes() const {
        return evolution_scenes(history_, *search_.algorithm, population(), search_.task.env);
    }
    void show_scenes() {
        for (auto& [name, scene] : scenes()) show(name, std::move(scene));
    }
    // whoever is picked is marked, and keeps the elite's place
    void show(const std::string& name, Scene scene) {
        if (spotlight_.picked() && name == "elite") return;
        if (name == "behaviours") spotlight_.mark(scene.panels.front());
        live_.show(progress().generation, name, std::move(scene));
    }
    // whoever is picked plays an episode in the elite's place
    void point(const Pointer& pointer) {
        if (!spotlight_.point(pointer, population())) return;
        play_ = search_.play(*spotlight_.picked(), options_.test_cap());
        if (!is_searching_) play_->play_to_end(); // nothing goes on step by step any more
        show_scenes();
        show_player();
    }
    // the episode in the window goes on a little; where it is over, the champion begins one
    void show_play() {
        constexpr int kSteps = 3;
        if (!search_.algorithm->champion()) return;
        if (!play_ || play_->is_over()) begin_elite();
        for (int i = 0; i < kSteps; ++i) play_->step();
        show_player();
    }
    void begin_elite() {
        const ne::Address birth = champion().individual.genome.birth();
        if (play_ && !spotlight_.picked() && elite_ == birth) return play_->restart();
        spotlight_.clear();
        play_ = search_.play(champion().individual, options_.test_cap());
        elite_ = birth;
    }
    void show_player() {
        Scene scene = play_->scene();
        if (spotlight_.picked()) scene.title = spotlight_.who() + ": " + scene.title;
        live_.show(progress().generation, "elite", std::move(scene));
    }
    void write_frames(const ne::Champion& champion) {
        const auto began = Clock::now();
        for (auto& [name, scene] : scenes()) write_frame(name, std::move(scene));
        Playback play = search_.play(champion.individual, options_.test_cap());
        play.play_to_end();
        write_frame("elite", play.scene());
        last_frame_ = Clock::now();
        frame_cost_ = seconds_since(began);
    }
    void write_frame(const std::string& name, Scene scene) {
        run_.directory().write_frame(progress().generation, name, "scene.json", to_json(scene));
        show(name, std::move(scene));
    }
    [[nodiscard]] Json figures() const {
        const ne::Progress now = evolution_.progress();
        Json json = {{"environment", options_.env},
                     {"algorithm", search_.algorithm->name()},
                     {"best_fitness", nullptr},
                     {"test_mean", nullptr},
                     {"test_std", nullptr},
                     {"generations", progress().generation},
                     {"evaluations", now.evaluations},
                     {"frames", now.frames},
                     {"frames_per_second", nullptr},
                     {"architecture", nn::print(search_.task.network.architecture())},
                     {"parameters", search_.task.network.parameters().size()}};
        if (search_seconds_ > 0) {
            json["frames_per_second"] =
                static_cast<double>(now.frames - first_frame_) / search_seconds_;
        }
        if (search_.task.env.behaviour()) {
            json["reached"] = now.evaluations_to_goal.has_value();
            json["evaluations_to_goal"] = nullptr;
            if (now.evaluations_to_goal) json["evaluations_to_goal"] = *now.evaluations_to_goal;
        }
        return json;
    }
    void add_champion(Json& json, const ne::Champion& champion) const {
        const ne::Genome& genome = champion.individual.genome;
        const auto [cold, cached] = decode_times(search_.engine.decoder(), genome);
        json["best_fitness"] = champion.fitness;
        json["genome_seeds"] = genome.seeds();
        json["genome_bytes"] = ne::genome_bytes(genome);
        json["compression"] = ne::compression(genome, search_.task.network.parameters().size());
        json["decode_ms_cold"] = cold;
        json["decode_ms_cached"] = cached;
        json["genome_hash"] = hash_hex(ne::genome_hash(genome));
        if (search_.task.env.behaviour()) add_final_position(json, champion);
    }
    // of the champion's first test episode
    void add_final_position(Json& json, const ne::Champion& champion) const {
        Playback play = search_.play(champion.individual, options_.test_cap());
        play.play_to_end();
        const envs::Behaviour& end = *play.result().behaviour;
        json["best_final_distance"] = end.distance;
        json["best_final_xy"] = {end.at[0], end.at.size() > 1 ? end.at[1] : 0.0F};
    }
    void add_test(Json& json) {
        const auto test = test_champion(search_, options_);
        if (!test) return;
        json["test_mean"] = test->mean;
        json["test_std"] = test->deviation;
        run_.progress().note("test " + fixed_text(test->mean, 2) + " +- " +
                             fixed_text(test->deviation, 2) + " over " +
                             std::to_string(options_.test_episodes) + " episodes (" +
                             run_.directory().path().string() + ")");
    }
    void write_champion(const ne::Champion& champion) const {
        ne::GenomeFile file;
        file.individual = {champion.individual.genome, search_.normaliser_of(champion.individual)};
        file.architecture = nn::print(search_.task.network.architecture());
        file.input = nn::print(search_.task.network.input());
        file.start = search_.engine.decoder().start();
        file.metadata =
            task_metadata(options_.env, options_.make_options(), options_.test_max_steps);
        file.metadata["fitness"] = shortest_text(champion.fitness);
        ne::write_genome(run_.directory().path() / "champion.genome", file);
    }

    const EvolveOptions& options_;
    Run& run_;
    Search& search_;
    Live live_;
    ne::Evolution evolution_;
    FitnessHistory history_;
    std::optional<Playback> play_; // in the window
    ne::Address elite_;            // that played there last
    Spotlight spotlight_;
    bool is_searching_ = true;
    std::uint64_t first_frame_ = 0;
    double search_seconds_ = 0;
    const Clock::time_point began_ = Clock::now();
    Clock::time_point last_frame_ = began_;
    double frame_cost_ = 0; // seconds
};

} // namespace

ExitCode run_evolution(const std::vector<std::string>& arguments) {
    EvolveOptions options;
    OptionTable table("baldwin-evolve run", "Evolves networks that play an environment.");
    options.declare(table);
    if (read_options(table, options.common, arguments)) return ExitCode::done;
    options.resolve();
    limit_threads(options.common.threads);
    Search search = make_search(options);
    const std::string architecture = nn::print(search.task.network.architecture()) + " on " +
                                     nn::print(search.task.network.input());
    Run run(table, options.common, architecture, options.checkpoint_seconds);
    Evolving evolving(options, run, search);
    if (run.checkpoint()) evolving.restore(run.checkpoint()->tensors);
    run.drop_checkpoint();
    const bool is_stopped = evolving.evolve();
    evolving.finish(is_stopped);
    return is_stopped ? ExitCode::interrupted : ExitCode::done;
}

} // namespace baldwin::app

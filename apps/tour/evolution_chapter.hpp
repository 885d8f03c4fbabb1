// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The tour's chapter on evolved networks: a maze that rewards the wrong way, a pole, a game.
#pragma once

#include "../evolve/evolve_options.hpp"
#include "../evolve/scenes.hpp"
#include "../evolve/search.hpp"
#include "chapter.hpp"

#include <baldwin/core/scene_json.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// What a search came to.
struct Searched {
    neuroevolution::Progress progress;
    double best = 0;     ///< fitness of the champion
    double test = 0;     ///< mean over episodes that nothing else plays
    double at_first = 0; ///< largest fitness of the first generation
    std::size_t parameters = 0;
    std::size_t genome_bytes = 0;
    FitnessHistory history;
    std::vector<Point> ends; ///< where individuals of all generations ended
    Panel stage;             ///< the environment
};

/// A search as baldwin-evolve run does it with the same options, shown live, with checkpoints of
/// its own.
class LiveSearch {
public:
    /// \param name  of its checkpoints
    LiveSearch(EvolveOptions options, std::string name, ChapterContext& context)
        : options_(resolved(std::move(options))), name_(std::move(name)), run_(context.run),
          live_(context.live), search_(make_search(options_)) {
        found_.stage = search_.task.env.scene().panels.front();
    }

    /// \return nothing if it was asked to stop
    std::optional<Searched> run() {
        constexpr double kSlice = 0.2; // seconds between two looks at the window
        using Step = neuroevolution::Evolution::Step;
        neuroevolution::Evolution evolution(*search_.algorithm, search_.engine, kSlice);
        const auto fill = [&](SafetensorsWriter& out) { save(evolution, out); };
        if (const auto kept = run_.part(name_)) restore(evolution, kept->tensors);
        while (!evolution.is_over()) {
            const Step step = evolution.step();
            const bool is_end = step == Step::generation;
            if (is_end) end_generation(evolution);
            if (Run::should_stop()) {
                run_.save_part(name_, generation(), fill);
                return std::nullopt;
            }
            run_.save_part_if_due(name_, generation(), is_end, fill);
            live_.attend(generation());
        }
        run_.save_part(name_, generation(), fill);
        const auto test = test_champion(search_, options_);
        if (!test) return std::nullopt;
        found_.test = test->mean;
        found_.progress = search_.algorithm->progress();
        found_.best = search_.champion().fitness;
        found_.parameters = search_.task.network.parameters().size();
        found_.genome_bytes = neuroevolution::genome_bytes(search_.champion().individual.genome);
        return std::move(found_);
    }

private:
    static EvolveOptions resolved(EvolveOptions options) {
        options.resolve();
        return options;
    }
    [[nodiscard]] std::uint64_t generation() const {
        return search_.algorithm->progress().generation;
    }
    void save(const neuroevolution::Evolution& evolution, SafetensorsWriter& out) const {
        evolution.save(out);
        found_.history.save(out);
        out.add_value("tour.at_first", found_.at_first);
        std::vector<double> ends;
        for (const Point& end : found_.ends) ends.insert(ends.end(), {end.x, end.y});
        out.add_copy("tour.ends", TensorView<const double>(ends.data(), {found_.ends.size(), 2}));
    }
    void restore(neuroevolution::Evolution& evolution, const SafetensorsFile& in) {
        evolution.restore(in);
        found_.history.restore(in);
        found_.at_first = in.value<double>("tour.at_first");
        const auto ends = in.values<double>("tour.ends");
        found_.ends.clear();
        for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
            found_.ends.push_back({ends[i], ends[i + 1]});
        }
    }
    void end_generation(const neuroevolution::Evolution& evolution) {
        const auto& report = search_.algorithm->report();
        if (report.generation == 0) found_.at_first = report.fitness.most;
        found_.history.add(report);
        const Population& population = evolution.population();
        for (const auto& one : population.results) {
            if (one.behaviour.size() != 2) continue;
            found_.ends.push_back({one.behaviour[0], one.behaviour[1]});
        }
        if (!live_.wants_scene()) return;
        for (auto& [name, scene] :
             evolution_scenes(found_.history, *search_.algorithm, population, search_.task.env)) {
            live_.show(generation(), options_.env + " " + name, std::move(scene));
        }
    }

    EvolveOptions options_;
    std::string name_;
    Run& run_;
    Live& live_;
    Search search_;
    Searched found_;
};

/// The chapter's work.
class EvolutionChapter {
public:
    explicit EvolutionChapter(ChapterContext& context) : context_(context) {}

    /// \return nothing if it was asked to stop
    std::optional<ChapterResult> run() {
        ChapterResult result;
        auto novel = search(maze(AlgorithmName::ga_ns, budget()), "maze-novelty");
        if (!novel) return std::nullopt;
        // as many tries by reward as novelty took
        const std::uint64_t tries = novel->progress.evaluations;
        auto reward = search(maze(AlgorithmName::ga, tries), "maze-reward");
        if (!reward) return std::nullopt;
        const auto pole = search(options("CartPole-v1"), "pole");
        if (!pole) return std::nullopt;
        const auto game = search(breakout(), "breakout");
        if (!game) return std::nullopt;
        add_maze(result, *novel, *reward);
        add_scores(result, *pole, *game);
        add_games(result, *pole, *game);
        describe(result, *novel, *game);
        result.repeat = command(maze(AlgorithmName::ga_ns, budget())) + "\n" +
                        command(maze(AlgorithmName::ga, tries)) + "\n" +
                        command(options("CartPole-v1")) + "\n" + command(breakout());
        for (const ChapterFigure& figure : result.figures) {
            context_.run.directory().write_frame(0, "evolution-" + figure.name, "scene.json",
                                                 to_json(figure.scene));
        }
        return result;
    }

private:
    [[nodiscard]] std::optional<Searched> search(EvolveOptions options, const char* name) {
        return LiveSearch(std::move(options), name, context_).run();
    }
    [[nodiscard]] EvolveOptions options(const char* env) const {
        EvolveOptions options;
        options.common.seed = context_.common.seed;
        options.common.threads = context_.common.threads;
        options.env = env;
        return options;
    }
    // evaluations: some thousands a second and core
    [[nodiscard]] std::uint64_t budget() const {
        if (context_.is_full) return 250'000;
        return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(4000 * context_.seconds), 500,
                                         60'000);
    }
    [[nodiscard]] EvolveOptions maze(AlgorithmName algorithm, std::uint64_t evaluations) const {
        EvolveOptions chosen = options("hard-maze");
        chosen.algorithm = algorithm;
        chosen.max_evaluations = evaluations;
        return chosen;
    }
    [[nodiscard]] EvolveOptions breakout() const {
        EvolveOptions chosen = options("minatar/breakout");
        chosen.population = 60;
        chosen.generations = context_.is_full ? 60 : context_.seconds < 3 ? 2 : 10;
        return chosen;
    }
    // the shell command of the same search
    [[nodiscard]] static std::string command(const EvolveOptions& chosen) {
        std::string text = "build/release/bin/baldwin-evolve run --env " + chosen.env;
        const auto add = [&text](const char* name, std::uint64_t value) {
            if (value > 0) text += std::string(" --") + name + " " + std::to_string(value);
        };
        if (chosen.algorithm == AlgorithmName::ga_ns) text += " --algorithm ga-ns";
        if (chosen.algorithm == AlgorithmName::ga) text += " --algorithm ga";
        add("max-evaluations", chosen.max_evaluations);
        add("population", chosen.population);
        add("generations", chosen.generations);
        return text + " --seed " + std::to_string(chosen.common.seed);
    }
    static void add(ChapterResult& result, std::string key, double value, std::string name,
                    std::string text, std::string beside = {}) {
        result.numbers.push_back(
            {std::move(key), value, std::move(name), std::move(text), std::move(beside)});
    }
    static Panel ends_panel(Searched& searched, std::string title, std::string note) {
        constexpr std::size_t kMost = 1500; // marks that can still be told apart
        const std::size_t every = std::max<std::size_t>(1, searched.ends.size() / kMost);
        Points points{.paint = Paint::series(0), .radius = 1.5, .name = "an individual's end"};
        for (std::size_t i = 0; i < searched.ends.size(); i += every) {
            points.at.push_back(searched.ends[i]);
        }
        Panel panel = std::move(searched.stage);
        panel.title = std::move(title);
        panel.note = std::move(note);
        panel.items.emplace_back(std::move(points));
        return panel;
    }
    static std::string outcome(const Searched& searched) {
        const auto& at = searched.progress.evaluations_to_goal;
        return at ? "goal reached after " + grouped(*at) + " tries"
                  : "goal not reached in " + grouped(searched.progress.evaluations) +
                        " tries, best " + fixed_text(-searched.best, 1) + " from it";
    }
    static std::string grouped(std::uint64_t count) {
        std::string digits = std::to_string(count);
        for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
        return digits;
    }
    static void add_maze(ChapterResult& result, Searched& novel, Searched& reward) {
        add(result, "maze_novelty_reached", novel.progress.evaluations_to_goal ? 1 : 0,
            "hard maze, selection by novelty", outcome(novel), "by reward: " + outcome(reward));
        add(result, "maze_reward_distance", -reward.best,
            "hard maze, selection by reward: nearest to the goal at the end",
            fixed_text(-reward.best, 1), "goal reached: below 10");
        Scene scene{.columns = 2};
        scene.panels.push_back(ends_panel(reward, "Selected by reward", outcome(reward)));
        scene.panels.push_back(ends_panel(novel, "Selected by novelty", outcome(novel)));
        result.figures.push_back(
            {"maze", std::move(scene),
             "Where individuals ended that started at the orange robot, as many on the left as on "
             "the right. Reward is the "
             "closeness to the goal, and the walls make it a trap: who is rewarded stays in the "
             "dead end below the goal. Who is merely chosen for ending where nobody ended before "
             "gets around.",
             960, 430});
    }
    static void add_scores(ChapterResult& result, const Searched& pole, const Searched& game) {
        add(result, "cart_pole", pole.test, "CartPole-v1: mean of 200 new episodes",
            fixed_text(pole.test, 1) + " steps",
            "500 is the most; " + grouped(pole.progress.evaluations) + " episodes played");
        add(result, "breakout", game.test, "MinAtar Breakout: mean of 200 new episodes",
            fixed_text(game.test, 2),
            "best of the first generation in its one episode: " + fixed_text(game.at_first, 0));
        add(result, "genome_bytes", static_cast<double>(game.genome_bytes),
            "the Breakout network as a list of seeds", std::to_string(game.genome_bytes) + " bytes",
            "as weights: " + grouped(4 * game.parameters) + " bytes");
    }
    static void add_games(ChapterResult& result, const Searched& pole, const Searched& game) {
        Scene scene{.columns = 2};
        scene.panels = {pole.history.panel(), game.history.panel()};
        scene.panels[0].title = "CartPole";
        scene.panels[1].title = "MinAtar Breakout";
        result.figures.push_back({"games", std::move(scene),
                                  "Fitness of each generation: the largest, the median and the "
                                  "quartiles are of single episodes, the elite is the best by the "
                                  "mean of many.",
                                  960, 320});
    }
    void describe(ChapterResult& result, const Searched& novel, const Searched& game) const {
        result.was_run =
            "Networks were evolved by mutation and selection alone, without gradients: 500 a "
            "generation in a maze whose reward misleads, 50 that balance a pole, 60 that play "
            "MinAtar's Breakout. A network is kept as the list of the seeds of its mutations.";
        result.data = "The environments are simulated; nothing was downloaded.";
        result.came_out = "Selected by novelty: " + outcome(novel) +
                          ". The network that plays Breakout, " + grouped(game.parameters) +
                          " weights, is " + std::to_string(game.genome_bytes) + " bytes of seeds.";
        result.steps = novel.progress.generation;
    }

    ChapterContext& context_;
};

/// The chapter for the tour's list.
inline Chapter evolution_chapter() {
    return {.name = "evolution",
            .title = "Evolution without gradients: a maze that misleads, a pole, a game",
            .share = 0.15,
            .prepare = [](const CommonOptions&) {}, // it needs no data
            .run = [](ChapterContext& context) { return EvolutionChapter(context).run(); }};
}

} // namespace baldwin::app

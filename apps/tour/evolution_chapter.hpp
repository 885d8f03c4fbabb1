// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The tour's chapter on evolved networks: a maze that rewards the wrong way, a pole, a game.
#pragma once

#include "../evolve/experiment.hpp"
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
    std::vector<Point> ends; ///< where individuals of all generations ended
    Panel stage;             ///< the environment
};

/// Searches as baldwin-evolve run does with the same options.
/// \return nothing if it was asked to stop
inline std::optional<Searched> search(EvolveOptions options, std::uint32_t test_episodes) {
    options.resolve();
    Experiment experiment = make_experiment(options);
    neuroevolution::Evolution evolution(*experiment.algorithm, experiment.engine);
    Searched found;
    found.stage = experiment.env.scene().panels.front();
    while (!evolution.is_over()) {
        const auto step = evolution.step();
        if (Run::should_stop()) return std::nullopt;
        if (step != neuroevolution::Evolution::Step::generation) continue;
        const auto& report = experiment.algorithm->report();
        if (report.generation == 0) found.at_first = report.fitness.most;
        for (const auto& one : evolution.last_results()) {
            if (one.behaviour.size() != 2) continue;
            found.ends.push_back({one.behaviour[0], one.behaviour[1]});
        }
    }
    const neuroevolution::Champion& champion = *experiment.algorithm->champion();
    found.progress = experiment.algorithm->progress();
    found.best = champion.fitness;
    found.test = test_champion(experiment, test_episodes, neuroevolution::kNoCap).mean;
    if (Run::should_stop()) return std::nullopt;
    found.parameters = experiment.network.parameters().size();
    found.genome_bytes = neuroevolution::genome_bytes(champion.individual.genome);
    return found;
}

/// The chapter's work.
class EvolutionChapter {
public:
    explicit EvolutionChapter(ChapterContext& context) : context_(context) {}

    /// \return nothing if it was asked to stop
    std::optional<ChapterResult> run() {
        ChapterResult result;
        auto novel = search(maze(AlgorithmName::ga_ns, budget()), 1);
        if (!novel) return std::nullopt;
        // as many tries by reward as novelty took
        const std::uint64_t tries = novel->progress.evaluations;
        auto reward = search(maze(AlgorithmName::ga, tries), 1);
        if (!reward) return std::nullopt;
        const auto pole = search(options("CartPole-v1"), 200);
        if (!pole) return std::nullopt;
        const auto game = search(breakout(), 100);
        if (!game) return std::nullopt;
        add_maze(result, *novel, *reward);
        add_scores(result, *pole, *game);
        describe(result, *novel, *game);
        for (const ChapterFigure& figure : result.figures) {
            context_.run.directory().write_frame(0, "evolution-" + figure.name, "scene.json",
                                                 to_json(figure.scene));
        }
        return result;
    }

private:
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
        add(result, "breakout", game.test, "MinAtar Breakout: mean of 100 new episodes",
            fixed_text(game.test, 2),
            "best of the first generation in its one episode: " + fixed_text(game.at_first, 0));
        add(result, "genome_bytes", static_cast<double>(game.genome_bytes),
            "the Breakout network as a list of seeds", std::to_string(game.genome_bytes) + " bytes",
            "as weights: " + grouped(4 * game.parameters) + " bytes");
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
        result.repeat = "build/release/bin/baldwin-evolve run --env hard-maze --algorithm ga-ns "
                        "--max-evaluations " +
                        std::to_string(budget()) + " --seed " +
                        std::to_string(context_.common.seed) + " --threads " +
                        std::to_string(context_.common.threads);
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

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "evolve_options.hpp"

#include <baldwin/app/main.hpp>
#include <baldwin/app/parse.hpp>
#include <baldwin/neuroevolution/map_elites.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <utility>

namespace baldwin::app {
namespace {

namespace ne = neuroevolution;

constexpr std::array<std::pair<std::string_view, AlgorithmName>, 8> kAlgorithms = {{
    {"own", AlgorithmName::own},
    {"ga", AlgorithmName::ga},
    {"ga-ns", AlgorithmName::ga_ns},
    {"rs", AlgorithmName::rs},
    {"es", AlgorithmName::es},
    {"ns-es", AlgorithmName::ns_es},
    {"nsr-es", AlgorithmName::nsr_es},
    {"map-elites", AlgorithmName::map_elites},
}};

AlgorithmName algorithm_of(std::string_view name) {
    const auto found = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                    [&](const auto& one) { return one.first == name; });
    return found == kAlgorithms.end() ? AlgorithmName::ga : found->second;
}

void declare_choice(OptionTable& table, std::string_view name, Choice& field, const char* help) {
    table.choice(name, field, help,
                 {{"own", Choice::own}, {"yes", Choice::yes}, {"no", Choice::no}});
}

void settle(Choice& choice, bool own) {
    if (choice == Choice::own) choice = own ? Choice::yes : Choice::no;
}

template <class T>
void settle(T& value, T own) {
    if (value == T{}) value = own;
}

void make_absolute(std::string& path) {
    if (!path.empty()) path = std::filesystem::absolute(path).lexically_normal().string();
}

bool is_strategy(AlgorithmName name) {
    return name == AlgorithmName::es || name == AlgorithmName::ns_es ||
           name == AlgorithmName::nsr_es;
}

void add_notes(OptionTable& table) {
    for (const char* name : {"fitness_max", "fitness_upper_quartile", "fitness_median",
                             "fitness_lower_quartile", "fitness_min", "fitness_mean", "elite"}) {
        table.add_metric(name, "return");
    }
    table.add_metric("evaluations", "episodes");
    table.add_metric("frames", "steps");
    table.add_note(
        "What is not given is the recipe's of the environment or of the preset: hard-maze, "
        "deep-ga-atari, image-hard-maze, image-hard-maze-small, humanoid.");
    table.add_note(
        "The run directory holds config.json, metrics.jsonl (a row a generation), events.jsonl, "
        "checkpoint.safetensors, champion.genome and summary.json, whose keys are: app, finished "
        "(false after Ctrl-C), step (generations), seconds, threads, environment, algorithm, "
        "best_fitness (of the best by reward, its last validation), test_mean and test_std (null "
        "after Ctrl-C), frames, frames_per_second, evaluations (episodes but for those of tests), "
        "parameters, genome_seeds, genome_bytes, compression, decode_ms_cold, decode_ms_cached, "
        "genome_hash, and where the environment has a behaviour: reached, evaluations_to_goal, "
        "best_final_distance, best_final_xy.");
    table.add_note("Exit codes: 0 done, 1 the run failed, 2 wrong usage, 130 interrupted.");
}

} // namespace

void EvolveOptions::declare(OptionTable& table) {
    common.declare(table);
    table.text("preset", preset, "NAME", "a recipe of the paper, or a smaller one");
    table.text("env", env, "ID", "what is played; baldwin-evolve list names them");
    table.choice("algorithm", algorithm, "how networks are searched; own: the preset's, else ga",
                 {{"own", AlgorithmName::own},
                  {"ga", AlgorithmName::ga},
                  {"ga-ns", AlgorithmName::ga_ns},
                  {"rs", AlgorithmName::rs},
                  {"es", AlgorithmName::es},
                  {"ns-es", AlgorithmName::ns_es},
                  {"nsr-es", AlgorithmName::nsr_es},
                  {"map-elites", AlgorithmName::map_elites}});
    table.text("arch", arch, "TEXT",
               "the policy's layers, such as 'linear 16, tanh'; the layer of outputs is added "
               "where the last one is not linear");
    table.count(
        "population", population,
        "children of a generation, the elite not among them; one more if odd in es, ns-es, nsr-es",
        {0, 10'000'000});
    table
        .count("generations", generations, "generations; fewer where a target is met first",
               {0, 10'000'000})
        .as(Role::end);
    table.count("parents", parents,
                "the best that have children; 0: the recipe's, at most a fifth "
                "of the population",
                {0, 10'000'000});
    table.number("sigma", sigma, "size of mutations", {0, 1000});
    table.text("start", start, "RULE", "how networks begin: fan-in, normc, xavier, layout");
    table.count("episodes", episodes, "episodes of an evaluation", {0, 100'000});
    table.text("validation", validation, "N",
               "episodes that the ten best play again to become champion; 0: fitness has no noise");
    table.count("max-steps", max_steps, "steps of a training episode at most");
    table.text("target", target, "FITNESS", "end with a champion so good; none: go on");
    declare_choice(table, "stop-at-goal", stops_at_goal, "end when an episode reached the goal");
    table.count("max-frames", max_frames, "end after so many steps; 0 is no limit")
        .endless_if_zero();
    table.count("max-evaluations", max_evaluations, "end after so many episodes; 0 is no limit")
        .endless_if_zero();
    table.count("neighbours", neighbours, "of novelty; 0: 25, and 10 in ns-es and nsr-es",
                {0, 100'000});
    table.number("archive-probability", archive_probability, "of entering the archive", {0, 1});
    table.choice("sigma-rule", sigma_rule, "how sigma changes in ga and ga-ns",
                 {{"schedule", ne::SigmaRule::schedule},
                  {"self-adaptive", ne::SigmaRule::self_adaptive},
                  {"fifth", ne::SigmaRule::fifth},
                  {"groups", ne::SigmaRule::groups}});
    table.number("rate", rate, "learning rate of es", {0, 100});
    table.number("weight-decay", weight_decay, "of es", {0, 10});
    declare_choice(table, "normalise", normalises, "observations, in es");
    table.count("cells", cells, "of map-elites: so many of a Voronoi tessellation; 0: a grid",
                {0, 1'000'000});
    table.count("test-episodes", test_episodes, "of the test at the end", {1, 100'000});
    table.text("maze", maze, "FILE", "maze; empty: the built-in hard maze");
    table.text("model", model, "FILE", "robot of MuJoCo, or ROM of Atari; empty: looked up");
    table.number("sticky", sticky, "probability that MinAtar repeats the last action", {0, 1});
    table.number("checkpoint-seconds", checkpoint_seconds,
                 "seconds between checkpoints, fewer where they would cost more than 2 % of the "
                 "time; 0 is after every slice of a generation",
                 {0, 3600});
    add_notes(table);
}

void EvolveOptions::resolve() {
    recipe_ =
        preset.empty() ? Recipe{} : as_usage("--preset", [&] { return preset_recipe(preset); });
    if (env.empty()) env = recipe_.env;
    if (env.empty()) {
        throw UsageError("--env must name an environment; baldwin-evolve list names them");
    }
    if (preset.empty()) recipe_ = recipe_of(env);
    if (algorithm == AlgorithmName::own) algorithm = algorithm_of(recipe_.algorithm);
    settle(arch, recipe_.arch);
    settle(population, recipe_.population);
    settle(generations, recipe_.generations);
    settle(parents, std::max(1U, std::min(recipe_.parents, population / 5)));
    settle(sigma, is_strategy(algorithm) ? 0.02 : recipe_.sigma);
    settle(start, std::string(to_string(recipe_.start)));
    settle(episodes, recipe_.episodes);
    if (is_strategy(algorithm)) {
        population += population % 2; // each perturbation with its mirror image
        recipe_.validation = std::max(recipe_.validation, 1U);
    }
    settle(validation, std::to_string(recipe_.validation));
    settle(max_steps, recipe_.max_steps);
    settle(target, recipe_.target ? shortest_text(*recipe_.target) : std::string("none"));
    settle(stops_at_goal, recipe_.stops_at_goal);
    settle(neighbours, is_strategy(algorithm) ? 10U : 25U);
    settle(normalises, recipe_.normalises);
    make_absolute(maze);
    make_absolute(model);
}

envs::MakeOptions EvolveOptions::make_options() const {
    envs::MakeOptions options;
    options.minatar.sticky = sticky;
    options.maze = maze;
    options.model = model;
    return options;
}

ne::StartRule EvolveOptions::start_rule() const { return ne::parse_start_rule(start); }

bool EvolveOptions::needs_behaviour() const noexcept {
    return algorithm == AlgorithmName::ga_ns || algorithm == AlgorithmName::ns_es ||
           algorithm == AlgorithmName::nsr_es || algorithm == AlgorithmName::map_elites;
}

ne::RunConfig EvolveOptions::run_config() const {
    constexpr auto kEndless = std::numeric_limits<std::uint64_t>::max();
    ne::RunConfig run;
    run.seed = common.seed;
    run.population = population;
    run.episodes = episodes;
    run.validation_episodes =
        static_cast<std::uint32_t>(parse_count(validation, {0, 100'000}, "--validation"));
    run.cap.steps = cap();
    run.generations = generations;
    run.frames = max_frames == 0 ? kEndless : max_frames;
    run.evaluations = max_evaluations == 0 ? kEndless : max_evaluations;
    if (target != "none") run.target = parse_number(target, {-1e300, 1e300}, "--target");
    run.stops_at_goal = stops_at_goal == Choice::yes;
    return run;
}

ne::GaConfig EvolveOptions::ga_config() const {
    ne::GaConfig config;
    config.run = run_config();
    config.parents = algorithm == AlgorithmName::rs ? 0 : parents;
    config.sigma.first = config.sigma.last = sigma;
    config.rule = sigma_rule;
    config.novelty.neighbours = neighbours;
    config.novelty.archive_probability = archive_probability;
    if (algorithm == AlgorithmName::ga_ns) config.selection = ne::Selection::novelty;
    return config;
}

ne::EsConfig EvolveOptions::es_config() const {
    ne::EsConfig config;
    config.run = run_config();
    config.kind = algorithm == AlgorithmName::es      ? ne::EsKind::es
                  : algorithm == AlgorithmName::ns_es ? ne::EsKind::ns_es
                                                      : ne::EsKind::nsr_es;
    config.sigma = sigma;
    config.rate = rate;
    config.weight_decay = weight_decay;
    config.novelty.archive_probability = archive_probability;
    config.novelty.neighbours = neighbours;
    config.normalises_observations = normalises == Choice::yes;
    return config;
}

std::unique_ptr<ne::Algorithm> EvolveOptions::make_map_elites(const Executor& executor) const {
    if (recipe_.axes.empty()) {
        throw std::invalid_argument("map-elites needs the range of a behaviour, which the recipe "
                                    "of " +
                                    env + " does not know");
    }
    ne::MapElitesConfig config;
    config.run = run_config();
    config.cells = cells == 0 ? ne::Cells::grid(recipe_.axes)
                              : ne::Cells::cvt(recipe_.axes, cells, common.seed, executor);
    config.sigma.first = config.sigma.last = sigma;
    config.qd_offset = recipe_.least_fitness;
    return std::make_unique<ne::MapElites>(config);
}

std::unique_ptr<ne::Algorithm> EvolveOptions::make_algorithm(const ne::Decoder& decoder,
                                                             const Executor& executor) const {
    if (is_strategy(algorithm)) {
        return std::make_unique<ne::EvolutionStrategy>(es_config(), decoder, executor);
    }
    if (algorithm == AlgorithmName::map_elites) return make_map_elites(executor);
    return std::make_unique<ne::GeneticAlgorithm>(ga_config(), executor);
}

} // namespace baldwin::app

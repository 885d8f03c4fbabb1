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

// an id without its version
std::string_view family_of(std::string_view env) { return env.substr(0, env.rfind("-v")); }

void add_notes(OptionTable& table) {
    for (const char* name : {"fitness_max", "fitness_upper_quartile", "fitness_median",
                             "fitness_lower_quartile", "fitness_min", "fitness_mean", "elite"}) {
        table.add_metric(name, "return");
    }
    table.add_metric("evaluations", "episodes");
    table.add_metric("frames", "steps");
    table.add_note(
        "What is not given, or is 0 or own, is the recipe's of the environment or of the "
        "preset: " +
        preset_names() + ".");
    table.add_note(
        "The run directory holds config.json, metrics.jsonl (a row a generation), events.jsonl, "
        "checkpoint.safetensors, champion.genome and summary.json, whose keys are: app, finished "
        "(false after Ctrl-C), step (generations), seconds, threads, environment, algorithm, "
        "best_fitness (of the best by reward, its last validation), test_mean and test_std (null "
        "after Ctrl-C), generations, evaluations (episodes but for those of tests), frames (steps "
        "of those episodes), frames_per_second (of searching, in this session), architecture, "
        "parameters, genome_seeds, genome_bytes, compression, decode_ms_cold, decode_ms_cached, "
        "genome_hash, and where the environment has a behaviour: reached (the goal, by any "
        "episode), evaluations_to_goal (null if not), best_final_distance, best_final_xy (a "
        "behaviour of one number has y = 0).");
    table.add_note("Exit codes: 0 done, 1 the run failed, 2 wrong usage, 130 interrupted.");
}

} // namespace

void EvolveOptions::declare(OptionTable& table) {
    common.declare(table);
    table.text("preset", preset, "NAME", "a recipe of the paper, or a smaller one");
    table.text("env", env, "ID", "what is played; baldwin-evolve list names them");
    table.text("arch", arch, "TEXT",
               "the policy's layers, such as 'linear 16, tanh'; the layer of outputs is added "
               "where the last one is not linear");
    declare_search(table);
    declare_episodes(table);
    declare_ends(table);
    table.text("maze", maze, "FILE", "maze; empty: the built-in hard maze");
    table.text("model", model, "FILE", "robot of MuJoCo, or ROM of Atari; empty: looked up");
    table.text("sticky", sticky, "P",
               "probability that MinAtar and Atari repeat the last action; empty: the recipe's");
    table.number("checkpoint-seconds", checkpoint_seconds,
                 "seconds between checkpoints, fewer where they would cost more than 2 % of the "
                 "time; 0 is after every slice of a generation",
                 {0, 3600});
    add_notes(table);
}

void EvolveOptions::declare_search(OptionTable& table) {
    table.choice("algorithm", algorithm, "how networks are searched; own: the preset's, else ga",
                 {{"own", AlgorithmName::own},
                  {"ga", AlgorithmName::ga},
                  {"ga-ns", AlgorithmName::ga_ns},
                  {"rs", AlgorithmName::rs},
                  {"es", AlgorithmName::es},
                  {"ns-es", AlgorithmName::ns_es},
                  {"nsr-es", AlgorithmName::nsr_es},
                  {"map-elites", AlgorithmName::map_elites}});
    table.count("population", population,
                "children of a generation, the elite not among them; es, ns-es and nsr-es make an "
                "odd one even",
                {0, 10'000'000});
    table.count("parents", parents,
                "the best that have children; 0: the recipe's, at most a fifth of the population",
                {0, 10'000'000});
    table.text("start", start, "RULE", "how networks begin: fan-in, normc, xavier, layout");
    table.number("sigma", sigma, "size of mutations", {0, 1000});
    table.choice("sigma-rule", sigma_rule, "how sigma changes in ga and ga-ns",
                 {{"schedule", ne::SigmaRule::schedule},
                  {"self-adaptive", ne::SigmaRule::self_adaptive},
                  {"fifth", ne::SigmaRule::fifth},
                  {"groups", ne::SigmaRule::groups}});
    table.choice("sigma-course", sigma_course,
                 "of the schedule in ga, ga-ns and map-elites, over --sigma-span generations",
                 {{"constant", ne::SigmaSchedule::Course::constant},
                  {"linear", ne::SigmaSchedule::Course::linear},
                  {"exponential", ne::SigmaSchedule::Course::exponential}});
    table.number("sigma-last", sigma_last, "where it ends; 0: a tenth of --sigma", {0, 1000});
    table.count("sigma-span", sigma_span, "generations until then", {1, 10'000'000});
    table.number("rate", rate, "learning rate of es, ns-es and nsr-es", {0, 100});
    table.number("weight-decay", weight_decay, "of the same", {0, 10});
    table.count("neighbours", neighbours, "of novelty; 0: 25, and 10 in ns-es and nsr-es",
                {0, 100'000});
    table.number("archive-probability", archive_probability, "of entering the archive", {0, 1});
    table.count("cells", cells, "of map-elites: so many of a Voronoi tessellation; 0: a grid",
                {0, 1'000'000});
    declare_choice(table, "normalise", normalises,
                   "observations: in es, ns-es and nsr-es by all that is seen, otherwise by what "
                   "twenty first networks see");
}

void EvolveOptions::declare_episodes(OptionTable& table) {
    table.count("episodes", episodes, "episodes of an evaluation", {0, 100'000});
    table.text("validation", validation, "N",
               "episodes that the ten best play again to become champion; 0: fitness has no noise");
    table.count("max-steps", max_steps, "steps of a training episode at most");
    table.number("cap-ratio", cap_ratio,
                 "what --max-steps is multiplied by when more than --cap-threshold of a "
                 "population's episodes were cut off",
                 {1, 100});
    table.number("cap-threshold", cap_threshold, "share of episodes", {0, 1});
    table.count("test-episodes", test_episodes, "of the test at the end", {0, 100'000});
    table.count("test-max-steps", test_max_steps,
                "steps of a test episode at most; 0: as many as in training, or the recipe's");
}

void EvolveOptions::declare_ends(OptionTable& table) {
    table
        .count("generations", generations, "generations; fewer where a target is met first",
               {0, 10'000'000})
        .as(Role::end);
    table.text("target", target, "FITNESS", "end with a champion so good; none: go on");
    declare_choice(table, "stop-at-goal", stops_at_goal, "end when an episode reached the goal");
    table.count("max-frames", max_frames, "end after so many steps; 0: the recipe's, or no limit")
        .endless_if_zero();
    table.count("max-evaluations", max_evaluations, "end after so many episodes; 0 is no limit")
        .endless_if_zero();
}

void EvolveOptions::choose_recipe() {
    if (preset.empty()) {
        if (env.empty()) {
            throw UsageError("--env must name an environment; baldwin-evolve list names them");
        }
        recipe_ = recipe_of(env);
        return;
    }
    recipe_ = as_usage("--preset", [&] { return preset_recipe(preset); });
    if (env.empty()) env = recipe_.env;
    if (family_of(env) == family_of(recipe_.env)) return;
    throw UsageError("--env must be " + recipe_.env + " with --preset " + preset + ", got '" + env +
                     "'");
}

void EvolveOptions::resolve() {
    choose_recipe();
    if (algorithm == AlgorithmName::own) algorithm = algorithm_of(recipe_.algorithm);
    settle(arch, recipe_.arch);
    settle(population, recipe_.population);
    if (is_strategy(algorithm)) population += population % 2; // mutants come in pairs
    settle(generations, recipe_.generations);
    settle(parents, std::max(1U, std::min(recipe_.parents, population / 5)));
    settle(sigma, is_strategy(algorithm) ? recipe_.strategy_sigma : recipe_.sigma);
    settle(rate, recipe_.rate);
    settle(start, std::string(to_string(recipe_.start)));
    settle(episodes, recipe_.episodes);
    if (is_strategy(algorithm)) recipe_.validation = std::max(recipe_.validation, 1U);
    settle(validation, std::to_string(recipe_.validation));
    settle(max_steps, recipe_.max_steps);
    settle(test_episodes, recipe_.test);
    settle(test_max_steps, recipe_.test_max_steps == 0 ? max_steps : recipe_.test_max_steps);
    settle(target, recipe_.target ? shortest_text(*recipe_.target) : std::string("none"));
    settle(stops_at_goal, recipe_.stops_at_goal);
    settle(neighbours, is_strategy(algorithm) ? 10U : 25U);
    settle(normalises, recipe_.normalises);
    settle(sticky, shortest_text(recipe_.sticky));
    settle(max_frames, recipe_.max_frames);
    make_absolute(maze);
    make_absolute(model);
    check();
}

// what the library would say of its own fields, in the words of the command line
void EvolveOptions::check() const {
    const auto require = [](bool holds, const std::string& what) {
        if (!holds) throw UsageError(what);
    };
    parse_number(sticky, {0, 1}, "--sticky");
    const auto rounds = parse_count(validation, {0, 100'000}, "--validation");
    if (is_strategy(algorithm)) {
        require(rounds >= 1, "--validation must be at least 1 in es, ns-es and nsr-es, got 0");
        return;
    }
    const bool has_parents = algorithm == AlgorithmName::ga || algorithm == AlgorithmName::ga_ns;
    require(!has_parents || parents <= population,
            "--parents must be at most the --population of " + std::to_string(population) +
                ", got " + std::to_string(parents));
    const bool has_groups = has_parents && sigma_rule == ne::SigmaRule::groups;
    require(!has_groups || population >= ne::GaConfig().sigma_groups,
            "--population must be at least " + std::to_string(ne::GaConfig().sigma_groups) +
                " with --sigma-rule groups, got " + std::to_string(population));
    require(algorithm != AlgorithmName::ga_ns || sigma_rule == ne::SigmaRule::schedule ||
                sigma_rule == ne::SigmaRule::self_adaptive,
            "--sigma-rule must be schedule or self-adaptive with --algorithm ga-ns, got " +
                std::string(to_string(sigma_rule)));
}

envs::MakeOptions EvolveOptions::make_options() const {
    envs::MakeOptions options;
    options.minatar.sticky = parse_number(sticky, {0, 1}, "--sticky");
    options.atari = recipe_.atari;
    options.atari.sticky = options.minatar.sticky;
    // caps of training and test are beyond the environment's own
    options.atari.max_steps =
        std::max<std::size_t>({options.atari.max_steps, max_steps, test_max_steps});
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
    run.cap = {.steps = cap(), .threshold = cap_threshold, .ratio = cap_ratio};
    run.generations = generations;
    run.frames = max_frames == 0 ? kEndless : max_frames;
    run.evaluations = max_evaluations == 0 ? kEndless : max_evaluations;
    if (target != "none") run.target = parse_number(target, {-1e300, 1e300}, "--target");
    run.stops_at_goal = stops_at_goal == Choice::yes;
    return run;
}

ne::SigmaSchedule EvolveOptions::schedule() const {
    ne::SigmaSchedule schedule;
    schedule.course = sigma_course;
    schedule.first = schedule.last = sigma;
    schedule.span = sigma_span;
    if (sigma_course != ne::SigmaSchedule::Course::constant)
        schedule.last = sigma_last == 0 ? sigma / 10 : sigma_last;
    return schedule;
}

ne::GaConfig EvolveOptions::ga_config() const {
    ne::GaConfig config;
    config.run = run_config();
    config.parents = algorithm == AlgorithmName::rs ? 0 : parents;
    config.sigma = schedule();
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
    // without noise the best of the mutants is known: it, the network and the old champion
    if (config.run.validation_episodes == 1) config.run.candidates = 3;
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
    config.sigma = schedule();
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

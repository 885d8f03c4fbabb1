// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve trace: an environment under a fixed rule of actions, to be compared with others.

#include "commands.hpp"
#include "float_json.hpp"

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/envs/catalogue.hpp>

#include <zlib.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::app {
namespace {

/// Values of the options of `trace`.
struct TraceOptions {
    std::string env;
    std::uint64_t seed = 1;
    double sticky = 0.1;
    std::size_t steps = 5000;
    std::size_t rule = 1;
    std::string maze;
    bool help = false;

    void declare(OptionTable& table) {
        table.text("env", env, "NAME",
                   "minatar/GAME, CartPole-v1, MountainCar-v0, MountainCarContinuous-v0, "
                   "Acrobot-v1, Pendulum-v1 or hard-maze");
        table.count("seed", seed, "seed of the environment");
        table.number("sticky", sticky, "minatar: probability that the last action is repeated",
                     {0, 1});
        table.count("steps", steps, "minatar: number of acts", {1, 1'000'000'000});
        table.count("rule", rule, "hard-maze: number of the rule of actions", {1, 3});
        table.text("maze", maze, "FILE", "hard-maze: another maze");
        table.flag("help", help, "print this text, and stop");
        table.add_note("Prints one JSON object. minatar/GAME, with pseudo-random actions: reward, "
                       "terminals, crc32 of all states. Classic control, with actions that are a "
                       "function of the step: start, last, steps, return. hard-maze: start, at "
                       "(steps 1, 100, 200, 400), distance, closest.");
    }
};

namespace trace {

Json array_of(std::span<const float> values) {
    Json array = Json::array();
    for (const float value : values) array.push_back(number_of(value));
    return array;
}

/// Plays a MinAtar game with the actions of a congruential generator, and hashes all states.
template <class Game>
Json minatar(const TraceOptions& options) {
    envs::MinAtar<Game> env({.sticky = options.sticky});
    auto crc = crc32(0, nullptr, 0);
    const auto hash = [&] {
        const auto state = env.state();
        crc = crc32(crc, state.data(), static_cast<uInt>(state.size()));
    };
    env.reset(options.seed);
    hash();
    std::uint32_t generator = 12345;
    std::int64_t reward = 0;
    std::uint64_t terminals = 0;
    for (std::size_t t = 0; t < options.steps; ++t) {
        generator = (1103515245U * generator + 12345U) & 0x7fffffffU;
        const envs::Outcome outcome = env.step(std::size_t{(generator >> 16U) % 6});
        reward += std::llround(outcome.reward);
        hash();
        if (!outcome.terminated) continue;
        ++terminals;
        env.reset();
        hash();
    }
    char hex[16];
    std::snprintf(hex, sizeof hex, "%08lx", crc);
    return {{"env", options.env}, {"reward", reward}, {"terminals", terminals}, {"crc32", hex}};
}

/// The action of a classic environment at step t: a choice, or the value of a box.
struct ClassicRule {
    std::string_view env;
    std::size_t limit; ///< steps at the latest
    std::function<std::size_t(std::size_t)> choice;
    std::function<double(std::size_t)> value;
};

const std::vector<ClassicRule>& classic_rules() {
    constexpr std::size_t kNone = 1'000'000;
    const auto wave = [](std::size_t t) { return std::sin(0.1 * static_cast<double>(t)); };
    static const std::vector<ClassicRule> kRules = {
        {"CartPole-v1", kNone, [](std::size_t t) { return t / 2 % 2; }, {}},
        {"MountainCar-v0", kNone, [](std::size_t t) { return t / 20 % 3; }, {}},
        {"MountainCarContinuous-v0", 100, {}, wave},
        {"Acrobot-v1", 100, [](std::size_t t) { return t / 5 % 3; }, {}},
        {"Pendulum-v1", kNone, {}, [wave](std::size_t t) { return 2 * wave(t); }},
    };
    return kRules;
}

Json classic(const TraceOptions& options, const ClassicRule& rule) {
    envs::AnyEnvironment env = envs::standard_catalogue().make(rule.env);
    const Json start = array_of(env.reset(options.seed));
    double total = 0;
    std::size_t t = 0;
    envs::Outcome outcome;
    do {
        const float value = rule.value ? static_cast<float>(rule.value(t)) : 0;
        outcome = env.step(rule.choice ? envs::Action(rule.choice(t))
                                       : envs::Action(std::span(&value, 1)));
        total += outcome.reward;
    } while (++t < rule.limit && !outcome.is_over());
    return {{"env", options.env},
            {"start", start},
            {"last", array_of(outcome.observation)},
            {"steps", t},
            {"return", total}};
}

/// The action of the maze's rule at step t, in single precision.
std::vector<float> maze_action(std::size_t rule, std::size_t t) {
    if (rule == 1) return {0, 0.5F};
    if (rule == 2) return {-0.15F, 0.25F};
    const std::uint32_t s = 1103515245U * static_cast<std::uint32_t>(t + 1) + 12345U;
    return {static_cast<float>(s >> 16U & 1023U) / 1023.0F - 0.5F,
            static_cast<float>(s >> 6U & 1023U) / 1023.0F - 0.25F};
}

Json maze(const TraceOptions& options) {
    envs::Maze env(options.maze.empty() ? envs::hard_maze_map() : envs::read_maze(options.maze));
    const Json start = array_of(env.reset());
    Json at = Json::object();
    bool is_over = false;
    for (std::size_t t = 0; !is_over; ++t) {
        is_over = env.step(maze_action(options.rule, t)).is_over();
        const std::size_t step = t + 1;
        if (step != 1 && step != 100 && step != 200 && step != 400) continue;
        const envs::MazeRobot& robot = env.robot();
        at[std::to_string(step)] = {{"x", number_of(robot.at.x)},
                                    {"y", number_of(robot.at.y)},
                                    {"heading", number_of(robot.heading)},
                                    {"collisions", robot.collisions}};
    }
    return {{"env", options.env},
            {"start", start},
            {"at", at},
            {"distance", number_of(env.distance())},
            {"closest", number_of(env.closest())}};
}

/// \throws UsageError if there is no trace of that environment
Json of(const TraceOptions& options) {
    namespace games = envs::minatar;
    const std::string& env = options.env;
    if (env == "minatar/asterix") return minatar<games::Asterix>(options);
    if (env == "minatar/breakout") return minatar<games::Breakout>(options);
    if (env == "minatar/freeway") return minatar<games::Freeway>(options);
    if (env == "minatar/seaquest") return minatar<games::Seaquest>(options);
    if (env == "minatar/space_invaders") return minatar<games::SpaceInvaders>(options);
    for (const ClassicRule& rule : classic_rules()) {
        if (env == rule.env) return classic(options, rule);
    }
    if (env == "hard-maze") return maze(options);
    throw UsageError("--env must be minatar/asterix, minatar/breakout, minatar/freeway, "
                     "minatar/seaquest, minatar/space_invaders, CartPole-v1, MountainCar-v0, "
                     "MountainCarContinuous-v0, Acrobot-v1, Pendulum-v1 or hard-maze, got '" +
                     env + "'");
}

/// Checks that an option is given only where it means something.
/// \throws UsageError naming the option
void check_options(const TraceOptions& options, const OptionTexts& given) {
    const bool is_minatar = options.env.starts_with("minatar/");
    const bool is_maze = options.env == "hard-maze";
    const auto check = [&](const char* name, bool fits, const char* whose) {
        if (fits || given.count(name) == 0) return;
        throw UsageError("--" + std::string(name) + " belongs to " + whose + ", not to '" +
                         options.env + "'");
    };
    check("sticky", is_minatar, "minatar");
    check("steps", is_minatar, "minatar");
    check("rule", is_maze, "hard-maze");
    check("maze", is_maze, "hard-maze");
}

} // namespace trace
} // namespace

ExitCode trace_environment(const std::vector<std::string>& arguments) {
    TraceOptions options;
    OptionTable table("baldwin-evolve trace", "plays an environment by a fixed rule of actions");
    options.declare(table);
    const auto given = read_options(table, options.help, arguments);
    if (!given) return ExitCode::done;
    trace::check_options(options, *given);
    std::cout << trace::of(options).dump() << '\n';
    return ExitCode::done;
}

} // namespace baldwin::app

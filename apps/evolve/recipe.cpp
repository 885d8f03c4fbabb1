// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "recipe.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace baldwin::app {
namespace {

using neuroevolution::StartRule;

constexpr std::uint32_t kUnlimited = 10'000'000; // generations

Recipe pole() {
    return {.arch = "linear 8, tanh",
            .sigma = 0.5,
            .strategy_sigma = 0.2,
            .rate = 0.1,
            .population = 50,
            .parents = 10,
            .generations = 40,
            .validation = 20,
            .target = 500};
}

Recipe acrobot() {
    return {.arch = "linear 16, tanh",
            .sigma = 0.5,
            .strategy_sigma = 0.2,
            .rate = 0.1,
            .population = 100,
            .parents = 20,
            .generations = 20,
            .episodes = 3,
            .validation = 50,
            .target = -78};
}

Recipe car() {
    return {.arch = "linear 16, tanh",
            .sigma = 0.5,
            .strategy_sigma = 0.2,
            .rate = 0.1,
            .population = 200,
            .parents = 20,
            .generations = 300,
            .episodes = 3,
            .validation = 100,
            .target = -103,
            .axes = {{-1.2, 0.6, 100}},
            .least_fitness = -200};
}

Recipe continuous_car() {
    Recipe recipe = car();
    recipe.target = 90;
    recipe.least_fitness = -100;
    return recipe;
}

Recipe pendulum() {
    return {.arch = "linear 16, tanh",
            .sigma = 0.2,
            .strategy_sigma = 0.2,
            .rate = 0.1,
            .population = 200,
            .parents = 20,
            .generations = 100,
            .episodes = 5,
            .validation = 50};
}

Recipe minatar() {
    return {.arch = "conv 16 3x3/1 valid, relu, linear 128, relu",
            .sigma = 0.05,
            .episodes = 5, // an episode's score says little
            .validation = 30,
            .max_steps = 5000};
}
// Where a game gives little for long, such as half a point for blind play in Asterix with a
// deviation of 0.9, first networks differ by less than 0.03 in what they truly earn: with one
// episode each and many parents small gains add up before luck fixes a line, and mutations that are
// small beside the first weights do not undo them.
Recipe scarce_minatar() {
    Recipe recipe = minatar();
    recipe.sigma = 0.01;
    recipe.population = 500;
    recipe.parents = 100;
    recipe.episodes = 1;
    recipe.validation = 10;
    return recipe;
}

Recipe maze() {
    return {.env = "hard-maze",
            .algorithm = "ga-ns",
            .arch = "linear 16, tanh",
            .sigma = 0.1,
            .population = 500,
            .parents = 20,
            .generations = 500,
            .test = 1, // nothing is drawn
            .stops_at_goal = true,
            .axes = {{0, 200, 20}, {0, 205, 20}},
            .least_fitness = -400};
}

Recipe image_maze() {
    Recipe recipe = maze();
    recipe.env = "image-hard-maze";
    recipe.arch = std::string(kDeepGaLayers);
    recipe.sigma = 0.005;
    recipe.population = 20000;
    recipe.parents = 61;
    recipe.generations = 800;
    recipe.start = StartRule::xavier;
    return recipe;
}

Recipe image_maze_small() {
    Recipe recipe = image_maze();
    recipe.population = 300;
    recipe.parents = 20;
    recipe.generations = 100;
    return recipe;
}

Recipe lander() {
    return {.arch = "linear 16, tanh",
            .sigma = 0.2,
            .population = 200,
            .parents = 20,
            .generations = 100,
            .episodes = 3,
            .validation = 30,
            .max_steps = 1000,
            .target = 200};
}

Recipe robot() {
    return {.arch = "linear 64, tanh, linear 64, tanh",
            .sigma = 0.02,
            .population = 200,
            .parents = 20,
            .generations = 100,
            .validation = 10,
            .test = 20,
            .normalises = true};
}

Recipe humanoid() {
    return {.env = "Humanoid-v4",
            .arch = "linear 256, tanh, linear 256, tanh",
            .sigma = 0.00224,
            .population = 12500,
            .parents = 625,
            .generations = 1500,
            .episodes = 5,
            .validation = 30,
            .start = StartRule::normc,
            .normalises = true};
}

Recipe humanoid_small() {
    Recipe recipe = humanoid();
    recipe.arch = "linear 64, tanh, linear 64, tanh";
    recipe.population = 200;
    recipe.parents = 20;
    recipe.generations = 50;
    recipe.episodes = 2;
    recipe.validation = 10;
    recipe.test = 20;
    return recipe;
}

// the authors' GPU code; its budget is one of steps
Recipe atari() {
    return {.env = "atari",
            .arch = std::string(kDeepGaLayers),
            .sigma = 0.002,
            .population = 1000,
            .parents = 20,
            .generations = kUnlimited,
            .validation = 30,
            .max_steps = 5000,
            .test_max_steps = 100'000,
            .start = StartRule::xavier,
            .sticky = 0,
            .atari = {.fire_on_reset = envs::FireOnReset::steps, .max_steps = 100'000},
            .max_frames = 1'500'000'000};
}

Recipe atari_small() {
    Recipe recipe = atari();
    recipe.arch = "conv 16 8x8/4 same, relu, conv 32 4x4/2 same, relu, linear 256, relu";
    recipe.population = 50;
    recipe.parents = 10;
    recipe.generations = 10;
    recipe.validation = 5;
    recipe.max_steps = 1000;
    recipe.test = 10;
    recipe.max_frames = 0;
    return recipe;
}

using Named = std::pair<std::string_view, Recipe (*)()>;

// by the beginning of the id, the first that fits
constexpr std::array kByEnvironment = {
    Named{"CartPole", pole},
    Named{"Acrobot", acrobot},
    Named{"MountainCarContinuous", continuous_car},
    Named{"MountainCar", car},
    Named{"Pendulum", pendulum},
    Named{"minatar/asterix", scarce_minatar},
    Named{"minatar/seaquest", scarce_minatar},
    Named{"minatar/", minatar},
    Named{"hard-maze", maze},
    Named{"image-hard-maze", image_maze_small},
    Named{"LunarLander", lander},
    Named{"atari", atari_small},
};

constexpr std::array kPresets = {
    Named{"hard-maze", maze},
    Named{"deep-ga-atari", atari},
    Named{"deep-ga-atari-small", atari_small},
    Named{"image-hard-maze", image_maze},
    Named{"image-hard-maze-small", image_maze_small},
    Named{"humanoid", humanoid},
    Named{"humanoid-small", humanoid_small},
};

} // namespace

Recipe recipe_of(std::string_view env) {
    for (const auto& [prefix, make] : kByEnvironment) {
        if (!env.starts_with(prefix)) continue;
        Recipe recipe = make();
        recipe.algorithm = "ga";
        return recipe;
    }
    return robot();
}

std::string preset_names() {
    std::string known;
    for (const auto& one : kPresets) known += (known.empty() ? "" : ", ") + std::string(one.first);
    return known;
}

Recipe preset_recipe(std::string_view name) {
    for (const auto& [id, make] : kPresets) {
        if (id == name) return make();
    }
    throw std::invalid_argument("unknown preset '" + std::string(name) +
                                "'; there are: " + preset_names());
}

} // namespace baldwin::app

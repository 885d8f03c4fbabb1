// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "recipe.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace baldwin::app {
namespace {

using neuroevolution::StartRule;

// the network of the Deep GA: 4,052,658 parameters with 18 actions and four frames of 84x84
constexpr const char* kDeepGa = "conv 32 8x8/4 same, relu, conv 64 4x4/2 same, relu, "
                                "conv 64 3x3 same, relu, linear 512, relu";

Recipe pole() {
    return {.arch = "linear 8, tanh",
            .sigma = 0.5,
            .population = 50,
            .parents = 10,
            .generations = 40,
            .validation = 20,
            .target = 500};
}

Recipe acrobot() {
    return {.arch = "linear 16, tanh",
            .sigma = 0.5,
            .population = 100,
            .parents = 20,
            .generations = 20,
            .episodes = 3,
            .validation = 50,
            .target = -78};
}

Recipe car() {
    return {.arch = "linear 16, tanh",
            .sigma = 0.2,
            .population = 200,
            .parents = 20,
            .generations = 100,
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
            .population = 200,
            .parents = 20,
            .generations = 100,
            .episodes = 5,
            .validation = 50};
}

Recipe minatar() {
    return {.arch = "conv 16 3x3/1 valid, relu, linear 128, relu",
            .sigma = 0.02,
            .population = 200,
            .parents = 20,
            .generations = 50,
            .validation = 30,
            .max_steps = 5000};
}

Recipe maze() {
    return {.env = "hard-maze",
            .algorithm = "ga-ns",
            .arch = "linear 16, tanh",
            .sigma = 0.1,
            .population = 500,
            .parents = 20,
            .generations = 500,
            .stops_at_goal = true,
            .axes = {{0, 300, 30}, {0, 200, 20}},
            .least_fitness = -400};
}

Recipe image_maze() {
    Recipe recipe = maze();
    recipe.env = "image-hard-maze";
    recipe.arch = kDeepGa;
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
            .validation = 10};
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
            .start = StartRule::normc};
}

Recipe atari() {
    return {.env = "atari",
            .arch = kDeepGa,
            .sigma = 0.002,
            .population = 1000,
            .parents = 20,
            .generations = 1000,
            .validation = 30,
            .max_steps = 5000,
            .start = StartRule::xavier};
}

using Named = std::pair<std::string_view, Recipe (*)()>;

// by the beginning of the id, the first that fits
constexpr std::array kByEnvironment = {
    Named{"CartPole", pole},
    Named{"Acrobot", acrobot},
    Named{"MountainCarContinuous", continuous_car},
    Named{"MountainCar", car},
    Named{"Pendulum", pendulum},
    Named{"minatar/", minatar},
    Named{"hard-maze", maze},
    Named{"image-hard-maze", image_maze_small},
    Named{"LunarLander", lander},
    Named{"atari", atari},
};

constexpr std::array kPresets = {
    Named{"hard-maze", maze},
    Named{"deep-ga-atari", atari},
    Named{"image-hard-maze", image_maze},
    Named{"image-hard-maze-small", image_maze_small},
    Named{"humanoid", humanoid},
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

Recipe preset_recipe(std::string_view name) {
    std::string known;
    for (const auto& [id, make] : kPresets) {
        if (id == name) return make();
        known += (known.empty() ? "" : ", ") + std::string(id);
    }
    throw std::invalid_argument("unknown preset '" + std::string(name) + "'; there are: " + known);
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// How each environment is evolved where the user does not say, and the presets of the paper.
#pragma once

#include <baldwin/envs/catalogue.hpp>
#include <baldwin/neuroevolution/cells.hpp>
#include <baldwin/neuroevolution/start.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::app {

/// A run's values where the user gives none.
struct Recipe {
    std::string env = {};              ///< of a preset
    std::string algorithm = "ga";      ///< of a preset
    std::string arch = {};             ///< hidden layers; the layer of outputs follows
    double sigma = 0.1;                ///< of mutations
    double strategy_sigma = 0.02;      ///< the same in evolution strategies
    double rate = 0.01;                ///< of evolution strategies
    std::uint32_t population = 100;    ///< children of a generation
    std::uint32_t parents = 20;        ///< at most; a fifth of a smaller population
    std::uint32_t generations = 50;    ///< at most
    std::uint32_t episodes = 1;        ///< of each evaluation
    std::uint32_t validation = 0;      ///< episodes that decide who is champion; 0: no noise
    std::uint64_t max_steps = 0;       ///< of an episode; 0: the environment's own end
    std::uint32_t test = 200;          ///< episodes of the test
    std::uint64_t test_max_steps = 0;  ///< of an episode of the test; 0: as in training
    std::optional<double> target = {}; ///< a champion so good ends the run
    bool stops_at_goal = false;
    neuroevolution::StartRule start = neuroevolution::StartRule::fan_in;
    bool normalises = false;      ///< observations
    double sticky = 0.1;          ///< of MinAtar and Atari
    envs::AtariRules atari = {};  ///< but for its sticky
    std::uint64_t max_frames = 0; ///< steps that end the run; 0: it has no such end
    std::vector<neuroevolution::BehaviourAxis> axes = {}; ///< of MAP-Elites; empty: no behaviour
    double least_fitness = 0;                             ///< of MAP-Elites' QD score
};

/// The recipe of an environment; one that suits small tasks where its id is not known.
[[nodiscard]] Recipe recipe_of(std::string_view env);

/// \throws std::invalid_argument naming all presets if there is none of that name
[[nodiscard]] Recipe preset_recipe(std::string_view name);

/// The names of all presets, with commas.
[[nodiscard]] std::string preset_names();

/// The hidden layers of the Deep GA's network: 4,052,658 parameters on four frames of 84 x 84 with
/// 18 actions. \paper Such et al. 2017, the authors' GPU code, LargeModel
inline constexpr std::string_view kDeepGaLayers =
    "conv 32 8x8/4 same, relu, conv 64 4x4/2 same, relu, conv 64 3x3 same, relu, linear 512, relu";

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What baldwin-evolve run shows while it goes on.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/any_environment.hpp>
#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/evaluation.hpp>
#include <baldwin/neuroevolution/map_elites.hpp>

#include <span>

namespace baldwin::app {

/// Fitness of the population over the generations: its largest, quartiles and the champion's.
/// \param reports  one for each finished generation, in order
[[nodiscard]] Scene fitness_scene(std::span<const neuroevolution::GenerationReport> reports);

/// Where the individuals of a batch ended, among the archive's points; over the environment's own
/// picture where its points are places. Each mark's key is the individual, "generation.child".
/// \param archive  (n, 2) or empty
[[nodiscard]] Scene behaviour_scene(const envs::AnyEnvironment& env,
                                    const neuroevolution::Batch& batch,
                                    std::span<const neuroevolution::Evaluation> results,
                                    std::span<const float> archive);

/// The champion's ancestors: which child each was of its generation, and how far it was mutated.
[[nodiscard]] Scene lineage_scene(const neuroevolution::Genome& genome);

/// The fitness of the individual in each cell of a grid; nothing is drawn where nobody is.
/// \pre the cells are a grid of one or two axes
[[nodiscard]] Scene elites_scene(const neuroevolution::MapElites& algorithm);

} // namespace baldwin::app

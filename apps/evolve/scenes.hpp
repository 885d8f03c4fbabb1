// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What a run of evolution looks like: fitness, behaviours, the family of the elite, MAP-Elites.
///
/// Individuals carry keys "generation.child", so one selected in a panel shows in all.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/any_environment.hpp>
#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/map_elites.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace baldwin::app {

/// Fitness of the generations so far.
class FitnessHistory {
public:
    void add(const neuroevolution::GenerationReport& report);
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size() / kColumns; }
    /// Largest, quartiles, median and least of each generation, and the elite.
    [[nodiscard]] Panel panel() const;

    void save(SafetensorsWriter& out) const;
    /// Empty if the checkpoint was taken before a generation was over.
    void restore(const SafetensorsFile& in);

private:
    static constexpr std::size_t kColumns = 7; // generation, most to least, elite

    std::vector<double> rows_;
};

/// A generation's individuals and what they came to.
using Population = neuroevolution::EvaluatedBatch;

/// "generation.child"
[[nodiscard]] std::string key_of(const neuroevolution::Address& address);

/// Title of the panel in which individuals are pointed at.
inline constexpr const char* kBehavioursTitle = "Behaviours";

/// Where the individuals of a population ended, among the archive's points; nothing without
/// behaviours.
/// \param env  draws its maze behind, if it is one
[[nodiscard]] std::optional<Panel> behaviour_panel(const Population& population,
                                                   std::span<const float> archive,
                                                   const envs::AnyEnvironment& env);

/// The novelty archive of an algorithm, point by point; empty where it has none.
[[nodiscard]] std::span<const float> archive_of(const neuroevolution::Algorithm& algorithm);

/// The lineages of the parents with the elite's; nothing where genomes have no seeds.
[[nodiscard]] std::optional<Panel> family_panel(std::span<const neuroevolution::Parent> parents,
                                                const neuroevolution::Genome& elite,
                                                std::size_t population);

/// A scene by the name of its frames.
struct NamedScene {
    std::string name;
    Scene scene;
};

/// What there is to see of an algorithm behind a generation: fitness, behaviours, elites, family.
[[nodiscard]] std::vector<NamedScene> evolution_scenes(const FitnessHistory& history,
                                                       const neuroevolution::Algorithm& algorithm,
                                                       const Population& population,
                                                       const envs::AnyEnvironment& env);

} // namespace baldwin::app

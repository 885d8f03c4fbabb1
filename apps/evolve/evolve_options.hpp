// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The options of baldwin-evolve run and the algorithm that they stand for.
#pragma once

#include "recipe.hpp"

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/envs/catalogue.hpp>
#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/genetic.hpp>
#include <baldwin/neuroevolution/strategy.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace baldwin::app {

/// Which search is run.
enum class AlgorithmName { own, ga, ga_ns, rs, es, ns_es, nsr_es, map_elites };

/// Whether networks are moved as wholes, by evolution strategies.
[[nodiscard]] constexpr bool is_strategy(AlgorithmName name) noexcept {
    return name == AlgorithmName::es || name == AlgorithmName::ns_es ||
           name == AlgorithmName::nsr_es;
}

/// What the recipe says, yes, or no.
enum class Choice { own, yes, no };

/// Values of the options of baldwin-evolve run; 0, "" and own are the recipe's until resolve().
struct EvolveOptions {
    CommonOptions common;
    std::string preset;
    std::string env;
    AlgorithmName algorithm = AlgorithmName::own;
    std::string arch;
    std::uint32_t population = 0;
    std::uint32_t generations = 0;
    std::uint32_t parents = 0;
    double sigma = 0;
    std::string start;
    std::uint32_t episodes = 0;
    std::string validation;
    std::uint64_t max_steps = 0;
    double cap_ratio = 1;
    double cap_threshold = 0.5;
    std::string target;
    Choice stops_at_goal = Choice::own;
    std::uint64_t max_frames = 0;
    std::uint64_t max_evaluations = 0;
    std::uint32_t neighbours = 0;
    double archive_probability = 0.01;
    neuroevolution::SigmaRule sigma_rule = neuroevolution::SigmaRule::schedule;
    neuroevolution::SigmaSchedule::Course sigma_course =
        neuroevolution::SigmaSchedule::Course::constant;
    double sigma_last = 0;
    std::uint32_t sigma_span = 100;
    double rate = 0;
    double weight_decay = 0.005;
    Choice normalises = Choice::own;
    std::uint32_t cells = 0;
    std::uint32_t test_episodes = 0;
    std::uint64_t test_max_steps = 0;
    std::string maze;
    std::string model;
    std::string sticky;
    double checkpoint_seconds = 8;

    /// Declares all of them.
    void declare(OptionTable& table);
    /// Puts the recipe's values in place of those that were not given, so that config.json says
    /// them. Texts are absolute paths from then on.
    /// \throws UsageError if there is no such preset, no environment is named, it is not the
    ///         preset's, or values do not go together
    void resolve();

    [[nodiscard]] envs::MakeOptions make_options() const;
    [[nodiscard]] neuroevolution::StartRule start_rule() const;
    /// The cap of a training episode.
    [[nodiscard]] std::uint64_t cap() const noexcept { return cap_of(max_steps); }
    [[nodiscard]] std::uint64_t test_cap() const noexcept { return cap_of(test_max_steps); }
    /// \throws std::invalid_argument if a value makes no sense, in one line
    [[nodiscard]] std::unique_ptr<neuroevolution::Algorithm>
    make_algorithm(const neuroevolution::Decoder& decoder, const Executor& executor) const;
    [[nodiscard]] bool needs_behaviour() const noexcept;

private:
    static std::uint64_t cap_of(std::uint64_t steps) noexcept {
        return steps == 0 ? neuroevolution::kNoCap : steps;
    }
    void declare_search(OptionTable& table);
    void declare_episodes(OptionTable& table);
    void declare_ends(OptionTable& table);
    void choose_recipe();
    void check() const;
    [[nodiscard]] neuroevolution::SigmaSchedule schedule() const;
    [[nodiscard]] neuroevolution::RunConfig run_config() const;
    [[nodiscard]] neuroevolution::GaConfig ga_config() const;
    [[nodiscard]] neuroevolution::EsConfig es_config() const;
    [[nodiscard]] std::unique_ptr<neuroevolution::Algorithm>
    make_map_elites(const Executor& executor) const;

    Recipe recipe_; // set by resolve()
};

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A search made from its options: task, engine and algorithm.
#pragma once

#include "evolve_options.hpp"
#include "experiment.hpp"

#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>
#include <baldwin/neuroevolution/normaliser.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace baldwin::app {

/// What evolves, and in what.
struct Search {
    Task task;
    std::shared_ptr<const neuroevolution::Normaliser> normaliser; ///< of those that bring none
    neuroevolution::LocalEngine engine;
    std::unique_ptr<neuroevolution::Algorithm> algorithm;

    /// There must be one.
    [[nodiscard]] const neuroevolution::Champion& champion() const {
        return *algorithm->champion();
    }
    /// Of an individual's observations; may be null.
    [[nodiscard]] std::shared_ptr<const neuroevolution::Normaliser>
    normaliser_of(const neuroevolution::Parent& individual) const {
        return individual.normaliser ? individual.normaliser : normaliser;
    }
    /// The first episode of the present generation's test, from its beginning.
    [[nodiscard]] Playback play(const neuroevolution::Parent& individual,
                                std::uint64_t max_steps) const;
};

/// \param options  resolved
/// \throws UsageError if they do not fit one another
[[nodiscard]] Search make_search(const EvolveOptions& options);

/// Returns of the champion's test.
struct TestResult {
    double mean = 0;
    double deviation = 0;
};

/// Plays the champion's test. \return nothing if a stop was requested
[[nodiscard]] std::optional<TestResult> test_champion(Search& search, const EvolveOptions& options);

} // namespace baldwin::app

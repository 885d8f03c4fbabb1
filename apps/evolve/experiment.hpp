// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What an evolution needs: the environment, the network, the engine and the algorithm.
#pragma once

#include "evolve_options.hpp"

#include <baldwin/core/nn/network.hpp>
#include <baldwin/envs/any_environment.hpp>
#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace baldwin::app {

/// Made from the options before a run directory is.
struct Experiment {
    envs::AnyEnvironment env; ///< at the start of an episode
    nn::Network network;
    neuroevolution::LocalEngine engine;
    std::unique_ptr<neuroevolution::Algorithm> algorithm;
};

/// \param options  resolved
/// \throws UsageError if they do not fit one another, in one line
/// \throws std::runtime_error if a file that they name cannot be used
[[nodiscard]] Experiment make_experiment(const EvolveOptions& options);

/// Returns of the champion's episodes.
struct TestResult {
    double mean = 0;
    double deviation = 0; ///< of one episode
};

/// Plays episodes of the champion that nothing else plays; they count for nothing. Of no meaning
/// where the run was asked to stop meanwhile.
/// \param cap  most steps of an episode
/// \pre there is a champion
[[nodiscard]] TestResult test_champion(Experiment& experiment, std::uint32_t episodes,
                                       std::uint64_t cap);

} // namespace baldwin::app

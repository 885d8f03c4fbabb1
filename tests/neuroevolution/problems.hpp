// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Small problems and runs that the tests of neuroevolution share.
#pragma once

#include "golden.hpp"

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/parameters.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace baldwin::neuroevolution::test {

/// n weights of one layer.
inline Layout flat_layout(std::size_t n) {
    Layout layout;
    layout.add(
        {"0.weight", {1, n}, 0, ParameterKind::weight, n, 1, "0", Initialiser::lecun_normal()});
    return layout;
}

/// Minus the squared distance from (0.5, 0.5, ...).
inline double sphere(std::span<const float> theta) {
    double sum = 0;
    for (const float x : theta) {
        const double away = static_cast<double>(x) - 0.5;
        sum -= away * away;
    }
    return sum;
}

/// The sphere with episode noise, behaviour (theta_0, theta_1), frames that differ, and a goal at
/// theta_0 > 0.45.
inline Episode noisy_sphere(const Candidate& candidate, std::uint64_t seed) {
    Episode episode;
    episode.fitness = sphere(candidate.theta) + 0.2 * double{Stream(seed).normal(0)};
    episode.frames = 5 + Stream(seed).below(10, 1);
    episode.behaviour = {candidate.theta[0], candidate.theta[1]};
    episode.reached_goal = candidate.theta[0] > 0.45F;
    episode.was_cut = episode.frames > candidate.max_steps;
    if (candidate.wants_moments) episode.moments.add(candidate.theta.first(3));
    return episode;
}

/// All that a run has learned, as bytes.
inline std::vector<std::byte> state_of(const Evolution& evolution) {
    SafetensorsWriter out;
    evolution.save(out);
    return out.bytes();
}

} // namespace baldwin::neuroevolution::test

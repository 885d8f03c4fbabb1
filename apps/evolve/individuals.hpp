// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The individuals of a run's last generation as a file, to be replayed one by one.
#pragma once

#include "scenes.hpp"

#include <baldwin/neuroevolution/genome_file.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

namespace baldwin::app {

/// What is kept of a run to be looked at.
struct Kept {
    Population population;      ///< each individual as a parent, with its fitness and behaviour
    std::vector<float> archive; ///< of novelty, behind one another; empty: there is none
};

/// Writes those of a population whose genomes are seeds; nothing for evolution strategies, whose
/// mutants share dense parameters.
///
/// Tensors: `genomes` u8 (packed, one behind the other), `ends` u64 (n), `fitness` f64 (n),
/// `behaviours` f32 (n, dimensions), `archive` f32 (m, dimensions).
/// \throws std::runtime_error with path and reason
void write_individuals(const std::filesystem::path& path, const Population& population,
                       std::span<const float> archive);

/// \throws std::runtime_error with path and reason if it is no such file
[[nodiscard]] Kept read_individuals(const std::filesystem::path& path);

} // namespace baldwin::app

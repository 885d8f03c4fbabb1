// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The individuals of a run's last generation as a file, to be replayed one by one.
#pragma once

#include "scenes.hpp"

#include <baldwin/neuroevolution/genome_file.hpp>

#include <cstddef>
#include <filesystem>
#include <vector>

namespace baldwin::app {

/// One of them.
struct Individual {
    neuroevolution::Genome genome;
    double fitness = 0;
    std::vector<float> behaviour; ///< may be empty
};

/// Writes those of a population whose genomes are seeds; nothing for evolution strategies, whose
/// mutants share dense parameters.
///
/// Tensors: `genomes` u8 (packed, one behind the other), `ends` u64 (n), `fitness` f64 (n),
/// `behaviours` f32 (n, dimensions).
/// \throws std::runtime_error with path and reason
void write_individuals(const std::filesystem::path& path, const Population& population);

/// \throws std::runtime_error with path and reason if it is no such file
[[nodiscard]] std::vector<Individual> read_individuals(const std::filesystem::path& path);

} // namespace baldwin::app

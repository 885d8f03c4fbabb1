// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A genome file with the network that it stands for.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/nn/network.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/genome_file.hpp>

#include <filesystem>

namespace baldwin::app {

/// What a genome file says, decoded.
struct GenomeNetwork {
    neuroevolution::GenomeFile file;
    nn::Network network;
    AlignedVector<float> theta; ///< finite

    [[nodiscard]] const neuroevolution::Genome& genome() const noexcept {
        return file.individual.genome;
    }
};

/// Reads and decodes a genome.
/// \throws std::runtime_error naming the file if it is no genome, does not fit its own
///         architecture, or decodes to numbers that are not finite
/// \cost about 1 ns for each parameter and mutation, over all cores
[[nodiscard]] GenomeNetwork read_network(const std::filesystem::path& path);

/// What decodes the genomes of a file.
[[nodiscard]] neuroevolution::Decoder decoder_of(const neuroevolution::GenomeFile& file,
                                                 const nn::Network& network);

} // namespace baldwin::app

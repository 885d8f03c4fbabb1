// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "genome_reader.hpp"

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/neuroevolution/safe_mutation.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace baldwin::app {

namespace ne = neuroevolution;

ne::Decoder decoder_of(const ne::GenomeFile& file, const nn::Network& network) {
    ne::MutationScale scale;
    if (file.safe) scale = ne::safe_mutation_scale(network, *file.safe);
    return ne::Decoder(network.parameters(), file.start, std::move(scale));
}

namespace {

GenomeNetwork decoded(ne::GenomeFile file) {
    nn::Network network(nn::parse(file.architecture), nn::parse_shape(file.input));
    auto theta = decoder_of(file, network).decode(file.individual.genome, Executor());
    return {std::move(file), std::move(network), std::move(theta)};
}

} // namespace

GenomeNetwork read_network(const std::filesystem::path& path) {
    ne::GenomeFile file = ne::read_genome(path);
    try {
        GenomeNetwork read = decoded(std::move(file));
        const auto wrong = std::find_if(read.theta.begin(), read.theta.end(),
                                        [](float value) { return !std::isfinite(value); });
        if (wrong == read.theta.end()) return read;
        throw file_error(path, "decodes to parameters that are not finite: number " +
                                   std::to_string(wrong - read.theta.begin()) + " is " +
                                   std::to_string(*wrong));
    } catch (const std::invalid_argument& error) {
        throw file_error(path, error.what());
    }
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "individuals.hpp"

#include <baldwin/core/file.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

namespace baldwin::app {

namespace ne = neuroevolution;

void write_individuals(const std::filesystem::path& path, const Population& population) {
    if (population.results.empty() || ne::genome_of(population.batch, 0).base) return;
    std::vector<std::uint8_t> genomes;
    std::vector<std::uint64_t> ends;
    std::vector<double> fitness;
    std::vector<float> behaviours;
    for (std::size_t i = 0; i < population.results.size(); ++i) {
        const auto packed = ne::pack(ne::genome_of(population.batch, i));
        genomes.insert(genomes.end(), packed.begin(), packed.end());
        ends.push_back(genomes.size());
        const ne::Evaluation& one = population.results[i];
        fitness.push_back(one.fitness);
        behaviours.insert(behaviours.end(), one.behaviour.begin(), one.behaviour.end());
    }
    SafetensorsWriter out;
    out.metadata = {{"format", "baldwin-individuals"}, {"version", "1"}};
    out.add("genomes", std::span<const std::uint8_t>(genomes));
    out.add("ends", std::span<const std::uint64_t>(ends));
    out.add("fitness", std::span<const double>(fitness));
    if (!behaviours.empty()) {
        const Shape shape{ends.size(), behaviours.size() / ends.size()};
        out.add("behaviours", TensorView<const float>(behaviours.data(), shape));
    }
    out.write(path);
}

std::vector<Individual> read_individuals(const std::filesystem::path& path) {
    const SafetensorsFile in = read_safetensors(path);
    if (!in.contains("genomes") || !in.contains("ends")) {
        throw file_error(path, "holds no individuals of a run");
    }
    const auto genomes = in.values<std::uint8_t>("genomes");
    const auto ends = in.values<std::uint64_t>("ends");
    const auto fitness = in.values<double>("fitness");
    AlignedVector<float> behaviours;
    if (in.contains("behaviours")) behaviours = in.values<float>("behaviours");
    if (fitness.size() != ends.size() ||
        behaviours.size() % std::max<std::size_t>(ends.size(), 1)) {
        throw file_error(path, "its tensors differ in length");
    }
    const std::size_t dimensions = ends.empty() ? 0 : behaviours.size() / ends.size();
    std::vector<Individual> individuals;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        if (ends[i] < begin || ends[i] > genomes.size()) {
            throw file_error(path, "its genomes end where they cannot");
        }
        const auto packed = std::span(genomes).subspan(begin, ends[i] - begin);
        const auto behaviour = std::span(behaviours).subspan(i * dimensions, dimensions);
        individuals.push_back(
            {ne::unpack(packed), fitness[i], {behaviour.begin(), behaviour.end()}});
        begin = ends[i];
    }
    return individuals;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "individuals.hpp"

#include <baldwin/core/file.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

namespace ne = neuroevolution;

void write_individuals(const std::filesystem::path& path, const Population& population,
                       std::span<const float> archive) {
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
    const std::size_t dimensions = behaviours.size() / ends.size();
    const auto add_points = [&](const char* name, std::span<const float> points) {
        const Shape shape{points.size() / dimensions, dimensions};
        out.add(name, TensorView<const float>(points.data(), shape));
    };
    if (!behaviours.empty()) add_points("behaviours", behaviours);
    if (!behaviours.empty() && !archive.empty()) add_points("archive", archive);
    out.write(path);
}

namespace {

// an individual that is there as a parent is its own child, with sigma 0
void add_individual(Population& population, ne::Genome genome, ne::Evaluation evaluation) {
    ne::Batch& batch = population.batch;
    ne::Item item;
    item.parent = item.child = static_cast<std::uint32_t>(batch.parents.size());
    batch.generation = std::max(batch.generation, genome.birth().generation);
    batch.parents.push_back({std::move(genome), nullptr});
    batch.items.push_back(item);
    population.results.push_back(std::move(evaluation));
}

} // namespace

Kept read_individuals(const std::filesystem::path& path) {
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
    Kept kept;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        if (ends[i] < begin || ends[i] > genomes.size()) {
            throw file_error(path, "its genomes end where they cannot");
        }
        const auto behaviour = std::span(behaviours).subspan(i * dimensions, dimensions);
        ne::Evaluation evaluation;
        evaluation.fitness = fitness[i];
        evaluation.episodes = 1;
        evaluation.behaviour.assign(behaviour.begin(), behaviour.end());
        add_individual(kept.population,
                       ne::unpack(std::span(genomes).subspan(begin, ends[i] - begin)),
                       std::move(evaluation));
        begin = ends[i];
    }
    if (!in.contains("archive")) return kept;
    const auto archive = in.values<float>("archive");
    kept.archive.assign(archive.begin(), archive.end());
    return kept;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Evolves a network that tells the inside of a ring from the outside, without a gradient: the Deep
// GA keeps it as a list of seeds, which decodes to the same weights anywhere.
#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/genetic.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

using namespace baldwin;
using namespace baldwin::neuroevolution;

int main() {
    constexpr std::size_t kPoints = 256;
    std::vector<float> x(2 * kPoints);
    Stream(1).fill_normal(std::span(x));
    const nn::Network network(nn::parse("linear 16, tanh, linear 16, tanh, linear 1"), {2});

    const Executor executor(2); // the result does not depend on it
    std::vector<Tape<float>> tapes(executor.concurrency());
    for (auto& tape : tapes) tape.set_recording(false);
    const auto fitness = [&](const Candidate& candidate, std::uint64_t /*episode_seed*/) {
        Tape<float>& tape = tapes[candidate.slot];
        tape.rewind();
        const Value y =
            network(tape, tape.leaf(candidate.theta), tape.leaf({x.data(), {kPoints, 2}}));
        Episode episode;
        for (std::size_t i = 0; i < kPoints; ++i) {
            const bool is_inside = x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1] < 1.4F;
            episode.fitness += (tape[y][i] > 0) == is_inside ? 1.0 / kPoints : 0.0;
        }
        return episode;
    };

    GeneticAlgorithm ga({.run = {.seed = 1, .population = 200, .generations = 60},
                         .parents = 20,
                         .sigma = {.first = 0.1}});
    LocalEngine engine(Decoder(network.parameters()), each_episode(fitness), executor);
    Evolution(ga, engine).run();

    const Genome& genome = ga.champion()->individual.genome;
    std::printf("right: %.1f %% after %llu evaluations\n", 100 * ga.champion()->fitness,
                static_cast<unsigned long long>(ga.progress().evaluations));
    std::printf("%zu weights, %zu bytes as floats; the genome: %zu seeds in %zu bytes\n",
                network.parameters().size(), 4 * network.parameters().size(), genome.seeds(),
                genome_bytes(genome));
    return ga.champion()->fitness > 0.95 ? 0 : 1;
}

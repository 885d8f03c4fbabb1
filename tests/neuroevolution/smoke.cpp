// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A walk through neuroevolution for the sanitizers: every algorithm on several threads, with and
/// without kept parents, saved and resumed inside a generation; genome files; a safe mutation.
/// Exit 0 if all of it held.

#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/genetic.hpp>
#include <baldwin/neuroevolution/genome_file.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>
#include <baldwin/neuroevolution/map_elites.hpp>
#include <baldwin/neuroevolution/safe_mutation.hpp>
#include <baldwin/neuroevolution/strategy.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace baldwin;
using namespace baldwin::neuroevolution;

Episode play(const Candidate& candidate, std::uint64_t seed) {
    Episode episode;
    for (const float x : candidate.theta) episode.fitness -= double{x} * x;
    episode.fitness += double{Stream(seed).normal(0)};
    episode.behaviour = {candidate.theta[0], candidate.theta[1]};
    if (candidate.wants_moments) episode.moments.add(candidate.theta.first(2));
    return episode;
}

std::unique_ptr<Algorithm> make(int kind, const Decoder& decoder, const Executor& executor) {
    RunConfig run;
    run.population = 20;
    run.generations = 3;
    run.validation_episodes = 6;
    run.candidates = 3;
    if (kind < 3) {
        GaConfig config;
        config.run = run;
        config.parents = kind == 2 ? 0 : 5;
        config.selection = kind == 1 ? Selection::novelty : Selection::fitness;
        config.rule = SigmaRule::self_adaptive;
        config.novelty.archive_probability = 0.5;
        return std::make_unique<GeneticAlgorithm>(config, executor);
    }
    if (kind < 6) {
        EsConfig config;
        config.run = run;
        config.kind = static_cast<EsKind>(kind - 3);
        config.normalises_observations = true;
        return std::make_unique<EvolutionStrategy>(config, decoder, executor);
    }
    MapElitesConfig config;
    config.run = run;
    config.cells = Cells::cvt({{-1, 1, 0}, {-1, 1, 0}}, 10, 1, executor);
    return std::make_unique<MapElites>(config);
}

std::uint64_t run(int kind, const Decoder& decoder, std::size_t threads, std::size_t cache,
                  bool is_resumed) {
    const Executor executor(threads);
    std::vector<std::byte> saved;
    for (;;) {
        const auto algorithm = make(kind, decoder, executor);
        LocalEngine engine(decoder, each_episode(play), executor, cache);
        Evolution evolution(*algorithm, engine, is_resumed ? 1e-9 : 1);
        if (!saved.empty()) evolution.restore(SafetensorsFile(saved, "saved"));
        for (int i = 0; !evolution.is_over() && (!is_resumed || i < 3); ++i) evolution.step();
        if (evolution.is_over()) return genome_hash(algorithm->champion()->individual.genome);
        SafetensorsWriter out;
        evolution.save(out);
        saved = out.bytes();
    }
}

bool file_comes_back() {
    const Genome genome = Genome::fresh(1, {0, 3}).mutated({{2, 7}, 0.5F});
    GenomeFile file;
    file.individual.genome = genome;
    file.safe = SafeMutations{Sensitivity::sum, 0.1F, {1, 2}};
    SafetensorsWriter out;
    add_genome(out, file);
    return read_genome(SafetensorsFile(out.bytes(), "x"), "x").individual.genome == genome;
}

} // namespace

int main() {
    const nn::Network network(nn::parse("linear 3, tanh, linear 1"), {2});
    SafeMutations rule;
    rule.states = {1, 0, 0, 1, -1, 2};
    int wrong = file_comes_back() ? 0 : 1;
    for (int kind = 0; kind < 8; ++kind) {
        const Decoder decoder(network.parameters(), StartRule::normc,
                              kind == 7 ? safe_mutation_scale(network, rule) : MutationScale());
        const int algorithm = kind == 7 ? 0 : kind;
        const std::uint64_t expected = run(algorithm, decoder, 1, 1U << 20, false);
        const bool held = run(algorithm, decoder, 3, 1U << 20, false) == expected &&
                          run(algorithm, decoder, 2, 0, true) == expected;
        if (held) continue;
        std::printf("kind %d: another genome\n", kind);
        ++wrong;
    }
    return wrong == 0 ? 0 : 1;
}

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "problems.hpp"
#include "support/errors.hpp"

#include <baldwin/neuroevolution/strategy.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::neuroevolution::strategy_test {
namespace {

using baldwin::test::message_of;

TEST(NeuroevolutionRanks, AreSpreadOverAUnitAndShareTies) {
    EXPECT_EQ(centred_ranks(std::vector<double>{3, 1, 7}), (std::vector<double>{0, -0.5, 0.5}));
    EXPECT_EQ(centred_ranks(std::vector<double>{5, 5, 0, 9, 5}),
              (std::vector<double>{0, 0, -0.5, 0.5, 0}));
    EXPECT_EQ(centred_ranks(std::vector<double>{2, 2}), (std::vector<double>{0, 0}));
    EXPECT_EQ(centred_ranks(std::vector<double>{2}), (std::vector<double>{0}));
}

EsConfig config_of(std::uint32_t population, std::uint32_t generations) {
    EsConfig config;
    config.run.population = population;
    config.run.generations = generations;
    config.run.validation_episodes = 1;
    return config;
}

// The first step by hand: g from the noise and the ranks, then Adam's first step, which moves each
// parameter by rate * g / (|g| + epsilon).
TEST(NeuroevolutionEs, MovesAlongTheRanksOfMirroredNoise) {
    EsConfig config = config_of(6, 1);
    config.weight_decay = 0;
    const Decoder decoder(test::flat_layout(10));
    EvolutionStrategy es(config, decoder);
    const std::vector<float> before(es.theta().begin(), es.theta().end());
    const Batch batch = es.ask();
    ASSERT_EQ(batch.items.size(), 6U);
    EXPECT_EQ(episode_seeds(batch, batch.items[0]), episode_seeds(batch, batch.items[1]));
    EXPECT_NE(episode_seeds(batch, batch.items[0]), episode_seeds(batch, batch.items[2]));
    EXPECT_EQ(batch.items[3].sigma, -batch.items[2].sigma);
    std::vector<Evaluation> results(6);
    const std::vector<double> fitness = {10, 2, 3, 4, 0, 30}; // ranks .3 -.3 -.1 .1 -.5 .5
    for (std::size_t i = 0; i < 6; ++i) {
        results[i].fitness = fitness[i];
        results[i].episodes = 1;
    }
    es.tell(results);
    for (std::uint64_t i = 0; i < 10; ++i) {
        const auto noise = [&](std::uint64_t pair) {
            return double{Stream(child_seed(1, 0, pair)).normal(i)};
        };
        const double g = (0.6 * noise(0) - 0.2 * noise(1) - 1.0 * noise(2)) / 6;
        // float steps of about 0.01: 1e-6 is beyond rounding
        EXPECT_NEAR(es.theta()[i], before[i] + 0.01 * g / (std::abs(g) + 1e-8), 1e-6) << i;
    }
}

double distance_after(const EsConfig& config, std::uint64_t seed) {
    EsConfig own = config;
    own.run.seed = seed;
    const Decoder decoder(test::flat_layout(100));
    EvolutionStrategy es(own, decoder);
    LocalEngine engine(decoder, plain_fitness(test::sphere));
    Evolution evolution(es, engine);
    evolution.run();
    return -es.champion()->fitness;
}

// From about 25 = 100 * 0.5^2 away. Adam with rate 0.02 covers 0.5 in 25 steps where the sign of
// the gradient is right.
TEST(NeuroevolutionEs, FindsTheMiddleOfASphere) {
    EsConfig config = config_of(40, 100);
    config.rate = 0.02;
    config.weight_decay = 0;
    for (std::uint64_t seed = 0; seed < 5; ++seed) EXPECT_LT(distance_after(config, seed), 1.25);
    // decay pulls towards 0
    config.weight_decay = 0.5;
    EXPECT_GT(distance_after(config, 0), 1.25);
}

TEST(NeuroevolutionEs, TheChampionIsANetworkThatWasMovedOrAMutantOfOne) {
    EsConfig config = config_of(20, 5);
    const Decoder decoder(test::flat_layout(10));
    EvolutionStrategy es(config, decoder);
    LocalEngine engine(decoder, plain_fitness(test::sphere));
    Evolution evolution(es, engine);
    evolution.run();
    const Champion& champion = *es.champion();
    const Genome& genome = champion.individual.genome;
    ASSERT_TRUE(genome.base);
    EXPECT_EQ(champion.fitness, test::sphere(decoder.decode(genome)));
    EXPECT_EQ(champion.fitness, champion.evaluation.fitness);
    EXPECT_GT(genome.birth().generation, 0U);
    EXPECT_LE(genome.mutations.size(), 1U);
    EXPECT_LT(compression(genome, 10), 1);
}

TEST(NeuroevolutionEs, StartsFromGivenParameters) {
    const Decoder decoder(test::flat_layout(3));
    EsConfig config = config_of(2, 1);
    config.start = std::make_shared<const AlignedVector<float>>(AlignedVector<float>{1, 2, 3});
    const EvolutionStrategy es(config, decoder);
    EXPECT_TRUE(std::equal(config.start->begin(), config.start->end(), es.theta().begin()));
    config.start = std::make_shared<const AlignedVector<float>>(2);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { EvolutionStrategy other(config, decoder); }),
              "Decoder: the base of the genome must have 3 elements, got 2");
}

// Observations 3 + 2 z: what is collected in one generation normalises the next.
TEST(NeuroevolutionEs, NormalisesObservationsByWhatWasSeen) {
    EsConfig config = config_of(20, 3);
    config.normalises_observations = true;
    config.moments_probability = 0.5;
    const Decoder decoder(test::flat_layout(4));
    EvolutionStrategy es(config, decoder);
    std::vector<double> means;
    LocalEngine engine(decoder, each_episode([&](const Candidate& it, std::uint64_t seed) {
                           Episode episode;
                           for (std::uint64_t i = 0; i < 200; ++i) {
                               const float x = 3 + 2 * Stream(seed).normal(i);
                               if (it.wants_moments) episode.moments.add(std::span(&x, 1));
                               float y = 0;
                               if (it.normaliser) it.normaliser->apply({&x, 1}, {&y, 1});
                               episode.fitness += double{y} / 200;
                           }
                           return episode;
                       }));
    Evolution evolution(es, engine);
    evolution.run();
    const auto normaliser = es.champion()->individual.normaliser;
    ASSERT_TRUE(normaliser);
    // about 10 episodes of 200 a generation, the first generation's at least: n >= 400, standard
    // error of the mean at most 2 / 20 = 0.1, of the deviation 0.071; bands of 5 of them
    EXPECT_NEAR(normaliser->mean[0], 3, 0.5);
    EXPECT_NEAR(normaliser->deviation[0], 2, 0.36);
    EXPECT_FALSE(evolution.population().batch.parents.front().normaliser == nullptr);
    float y = 0;
    const float far = 1000;
    normaliser->apply({&far, 1}, {&y, 1});
    EXPECT_EQ(y, 5);
    const std::vector<float> two = {1, 2};
    std::vector<float> out(2);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { normaliser->apply(two, out); }),
              "Normaliser: observations must have 1 elements, got 2");
    Moments moments;
    moments.add(two);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { moments.add(std::span(&far, 1)); }),
              "Moments: observations must have 2 elements, got 1");
}

Episode walk(const Candidate& candidate, std::uint64_t /*seed*/) {
    Episode episode;
    episode.behaviour = {candidate.theta[0], candidate.theta[1]};
    episode.fitness = -std::abs(double{candidate.theta[0]}); // rewards standing still
    return episode;
}

// Reward keeps the networks near 0, novelty drives them away. An Adam step is at most 0.05 an axis.
TEST(NeuroevolutionEs, NoveltyDrivesNetworksAway) {
    struct Reached {
        float in_archive = 0; // largest |x|
        float last = 0;       // of the network that was moved last
    };
    const auto reached = [](EsKind kind) {
        EsConfig config = config_of(20, 90);
        config.kind = kind;
        config.rate = 0.05;
        config.weight_decay = 0;
        const Decoder decoder(test::flat_layout(2));
        EvolutionStrategy es(config, decoder);
        LocalEngine engine(decoder, each_episode(walk));
        Evolution evolution(es, engine);
        evolution.run();
        EXPECT_EQ(es.archive().size(), kind == EsKind::es ? 0U : 90U);
        Reached most;
        most.last = std::abs(es.theta()[0]);
        for (std::size_t i = 0; i < es.archive().points().size(); i += 2) {
            most.in_archive = std::max(most.in_archive, std::abs(es.archive().points()[i]));
        }
        return most;
    };
    EXPECT_LT(reached(EsKind::es).last, 0.2F); // a few steps around 0
    EXPECT_GT(reached(EsKind::ns_es).in_archive, 0.5F);
    EXPECT_GT(reached(EsKind::ns_es).in_archive, reached(EsKind::nsr_es).in_archive);
}

} // namespace
} // namespace baldwin::neuroevolution::strategy_test

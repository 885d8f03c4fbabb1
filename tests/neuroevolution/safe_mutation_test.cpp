// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "support/errors.hpp"

#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/genetic.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>
#include <baldwin/neuroevolution/safe_mutation.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution::safe_mutation_test {
namespace {

using baldwin::test::message_of;

std::vector<float> scale_of(const char* architecture, const SafeMutations& rule,
                            const std::vector<float>& theta, std::size_t inputs) {
    const nn::Network network(nn::parse(architecture), Shape{inputs});
    std::vector<float> scale(theta.size());
    safe_mutation_scale(network, rule)(theta, scale);
    return scale;
}

// y = w x + b on x = 1, -3: dy/dw is 1 and -3, dy/db 1 and 1. Mean gradients: -1 and 1; mean sizes:
// 2 and 1. Two outputs have two rows of weights, each seen by one output only.
TEST(NeuroevolutionSafeMutation, ScalesByTheInverseOfSensitivity) {
    SafeMutations rule;
    rule.states = {1, -3};
    const std::vector<float> theta = {0.5F, 2.0F, 0.1F, 0.2F};
    EXPECT_EQ(scale_of("linear 2", rule, theta, 1), (std::vector<float>{1, 1, 1, 1}));
    rule.sensitivity = Sensitivity::absolute;
    EXPECT_EQ(scale_of("linear 2", rule, theta, 1), (std::vector<float>{0.5F, 0.5F, 1, 1}));
    rule.states = {0, 0.001F}; // hardly any effect: the floor
    EXPECT_EQ(scale_of("linear 2", rule, theta, 1)[0], 1 / rule.floor);
}

// y = w2 (w1 x): sensitivities w2 x and w1 x, by hand for both states.
TEST(NeuroevolutionSafeMutation, SeesThroughLayers) {
    SafeMutations rule;
    rule.states = {2};
    const std::vector<float> theta = {3, 0, 0.25F, 0};
    const auto scale = scale_of("linear 1, linear 1", rule, theta, 1);
    EXPECT_EQ(scale, (std::vector<float>{1 / 0.5F, 1 / 0.25F, 1 / 6.0F, 1}));
}

TEST(NeuroevolutionSafeMutation, CachedAndColdDecodingAgree) {
    const nn::Network network(nn::parse("linear 5, tanh, linear 3"), {4});
    SafeMutations rule;
    rule.states.resize(8 * 4);
    Stream(5).fill_normal(std::span<float>(rule.states));
    const Decoder safe(network.parameters(), StartRule::fan_in, safe_mutation_scale(network, rule));
    Genome genome = Genome::fresh(3, {0, 1});
    AlignedVector<float> parent = safe.decode(genome);
    AlignedVector<float> child(parent.size());
    std::vector<float> scale(parent.size());
    for (std::uint32_t g = 1; g < 6; ++g) {
        genome = genome.mutated({{g, g}, 0.1F});
        safe.scale()(parent, scale);
        safe.mutate_into(parent, scale, genome.seed_of(genome.mutations.back()), 0.1F, child);
        EXPECT_EQ(safe.decode(genome), child);
        parent = child;
    }
    EXPECT_NE(Decoder(network.parameters()).decode(genome), child);
}

// The scale of a parent is measured once and kept, or measured again for each child.
TEST(NeuroevolutionSafeMutation, ThreadsAndCacheDoNotChangeARun) {
    const nn::Network network(nn::parse("linear 5, tanh, linear 2"), {4});
    SafeMutations rule;
    rule.states.resize(6 * 4);
    Stream(5).fill_normal(std::span<float>(rule.states));
    const auto run = [&](std::size_t threads, std::size_t cache) {
        GaConfig config;
        config.run.population = 30;
        config.run.generations = 8;
        config.parents = 5;
        GeneticAlgorithm ga(config);
        LocalEngine engine(
            Decoder(network.parameters(), StartRule::normc, safe_mutation_scale(network, rule)),
            plain_fitness([](std::span<const float> theta) {
                double sum = 0;
                for (const float x : theta) sum -= std::abs(double{x} - 0.3);
                return sum;
            }),
            Executor(threads), cache);
        Evolution evolution(ga, engine);
        evolution.run();
        return std::pair(genome_hash(ga.champion()->individual.genome), ga.champion()->fitness);
    };
    const auto expected = run(1, 1U << 20);
    EXPECT_EQ(run(3, 1U << 20), expected);
    EXPECT_EQ(run(1, 0), expected);
}

TEST(NeuroevolutionSafeMutation, SaysWhatDoesNotFit) {
    const nn::Network network(nn::parse("linear 5, tanh, linear 3"), {4});
    SafeMutations rule;
    rule.states = {1, 2, 3};
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)safe_mutation_scale(network, rule); }),
              "SafeMutations: states must be rows of 4 elements, got 3 elements");
    rule.states = {1, 2, 3, 4};
    rule.floor = 0;
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)safe_mutation_scale(network, rule); }),
              "SafeMutations: floor must be > 0, got 0.000000");
    EXPECT_EQ(message_of<std::invalid_argument>([] { (void)parse_sensitivity("x"); }),
              "Sensitivity: must be sum or absolute, got 'x'");
}

} // namespace
} // namespace baldwin::neuroevolution::safe_mutation_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "problems.hpp"
#include "support/errors.hpp"

#include <baldwin/neuroevolution/genetic.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution::genetic_test {
namespace {

/// Evaluations with given fitness, one episode of ten frames each.
std::vector<Evaluation> told(const Batch& batch, const std::vector<double>& fitness) {
    std::vector<Evaluation> results(batch.items.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
        results[i].fitness = fitness[i];
        results[i].episodes = batch.items[i].episodes;
        results[i].frames = 10U * batch.items[i].episodes;
    }
    return results;
}

GaConfig tiny(std::uint32_t population, std::uint32_t parents) {
    GaConfig config;
    config.run.population = population;
    config.run.candidates = 2;
    config.parents = parents;
    return config;
}

std::vector<std::uint32_t> births(std::span<const Parent> parents) {
    std::vector<std::uint32_t> children;
    for (const Parent& one : parents) children.push_back(one.genome.birth().child);
    return children;
}

// Population 6, the three best are children 4, 1, 5.
TEST(NeuroevolutionGa, TheBestAreTheNextParents) {
    GeneticAlgorithm ga(tiny(6, 3));
    const Batch first = ga.ask();
    for (const Item& item : first.items) EXPECT_EQ(item.parent, Item::kNoParent);
    ga.tell(told(first, {1, 5, 0, 2, 9, 4}));
    EXPECT_EQ(births(ga.parents()), (std::vector<std::uint32_t>{4, 1, 5}));
    EXPECT_EQ(ga.champion()->fitness, 9);
    const Batch& second = ga.ask();
    for (std::size_t i = 0; i < 6; ++i) {
        const Item& item = second.items[i];
        ASSERT_LT(item.parent, 3U);
        EXPECT_EQ(genome_of(second, i), second.parents[item.parent].genome.mutated(
                                            {{1, static_cast<std::uint32_t>(i)}, 0.005F}));
    }
    // all worse than the champion: it stays, and takes the place of the last parent
    ga.tell(told(second, {1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(births(ga.parents()), (std::vector<std::uint32_t>{4, 5, 4}));
    EXPECT_EQ(ga.parents()[0].genome.birth(), (Address{0, 4}));
    EXPECT_EQ(ga.champion()->fitness, 9);
    EXPECT_EQ(ga.report().fitness.median, 3.5);
    EXPECT_EQ(ga.report().fitness.upper_quartile, 4.75);
}

// 12 validation episodes of each of two candidates: the one that was second by a single lucky
// episode is better in the mean; and the champion's old mean is not remembered.
TEST(NeuroevolutionGa, TheChampionIsTheBestOfTheValidated) {
    GaConfig config = tiny(4, 2);
    config.run.validation_episodes = 12;
    GeneticAlgorithm ga(config);
    ga.tell(told(ga.ask(), {10, 1, 9, 2}));
    EXPECT_FALSE(ga.champion());
    const Batch check = ga.ask();
    EXPECT_EQ(check.purpose, Purpose::validation);
    EXPECT_EQ(births(check.parents), (std::vector<std::uint32_t>{0, 2}));
    ASSERT_EQ(check.items.size(), 24U);
    EXPECT_EQ(check.items[22].first_episode, 10U);
    // 60 / 12 = 5 and 69 / 12 = 5.75
    ga.tell(told(check,
                 {10, 10, 10, 10, 10, 10, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 12, 12, 0, 0, 0, 0, 0}));
    EXPECT_EQ(ga.champion()->individual.genome.birth().child, 2U);
    EXPECT_DOUBLE_EQ(ga.champion()->fitness, 5.75);
    EXPECT_EQ(ga.champion()->episodes, 12U);
    EXPECT_EQ(ga.champion()->evaluation.fitness, 9);
    EXPECT_EQ(ga.progress().evaluations, 4U + 24);
    EXPECT_EQ(ga.progress().frames, 280U);

    ga.tell(told(ga.ask(), {1, 3, 2, 0}));
    const Batch again = ga.ask();
    EXPECT_EQ(again.parents[0].genome.birth(), (Address{0, 2}));
    EXPECT_EQ(again.parents[1].genome.birth(), (Address{1, 1}));
    std::vector<double> fitness(24, 1);
    std::fill(fitness.begin() + 12, fitness.end(), 2);
    ga.tell(told(again, fitness));
    EXPECT_EQ(ga.champion()->individual.genome.birth(), (Address{1, 1}));
    EXPECT_DOUBLE_EQ(ga.champion()->fitness, 2);
}

// The first children are mutants of given parameters, and so are all of the lineage.
TEST(NeuroevolutionGa, StartsFromGivenParameters) {
    GaConfig config = tiny(20, 4);
    config.run.generations = 5;
    config.sigma.first = 0.01;
    config.start = std::make_shared<const AlignedVector<float>>(10, 0.4F);
    GeneticAlgorithm ga(config);
    LocalEngine engine(Decoder(test::flat_layout(10)), plain_fitness(test::sphere));
    Evolution evolution(ga, engine);
    evolution.run();
    const Genome& genome = ga.champion()->individual.genome;
    EXPECT_EQ(genome.base, config.start);
    EXPECT_EQ(genome.mutations.front().birth.generation, 0U);
    EXPECT_EQ(test::sphere(engine.decoder().decode(genome)), ga.champion()->fitness);
    EXPECT_GT(ga.champion()->fitness, test::sphere(*config.start));
}

TEST(NeuroevolutionGa, AChampionAlwaysHasAChallenger) {
    GaConfig config = tiny(4, 2);
    config.run.candidates = 1;
    GeneticAlgorithm ga(config);
    ga.tell(told(ga.ask(), {1, 2, 3, 4}));
    EXPECT_EQ(ga.champion()->fitness, 4);
    ga.tell(told(ga.ask(), {1, 9, 3, 4}));
    EXPECT_EQ(ga.champion()->fitness, 9);
}

// Each of T parents is drawn with probability 1/T: 4,000 children, standard error
// sqrt(0.2 * 0.8 / 4000) = 0.0063; the band is 5 of them.
TEST(NeuroevolutionGa, ParentsAreDrawnUniformly) {
    GeneticAlgorithm ga(tiny(4000, 5));
    std::vector<double> fitness(4000);
    for (std::size_t i = 0; i < fitness.size(); ++i) fitness[i] = static_cast<double>(i);
    ga.tell(told(ga.ask(), fitness));
    std::vector<double> share(5);
    for (const Item& item : ga.ask().items) share[item.parent] += 1.0 / 4000;
    for (const double one : share) EXPECT_NEAR(one, 0.2, 5 * 0.0063);
}

double best_after(const GaConfig& config, std::uint64_t seed) {
    GaConfig own = config;
    own.run.seed = seed;
    GeneticAlgorithm ga(own);
    LocalEngine engine(Decoder(test::flat_layout(40)), plain_fitness(test::sphere));
    Evolution evolution(ga, engine);
    evolution.run();
    return ga.champion()->fitness;
}

TEST(NeuroevolutionGa, BeatsRandomSearchOnTenSeeds) {
    GaConfig config = tiny(50, 10);
    config.run.generations = 40;
    config.sigma.first = 0.05;
    GaConfig random = config;
    random.parents = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        EXPECT_GT(best_after(config, seed), best_after(random, seed) / 2) << seed;
    }
}

// Far from the goal a sigma of 0.001 is too small, near it 0.3 would be too large. 40 dimensions,
// from about (0, 0, ...): -10 at first.
TEST(NeuroevolutionGa, RulesThatAdaptSigmaGetFartherThanABadOne) {
    GaConfig config = tiny(50, 10);
    config.run.generations = 60;
    config.sigma.first = 0.001;
    const double bad = best_after(config, 1);
    for (const auto rule : {SigmaRule::self_adaptive, SigmaRule::fifth, SigmaRule::groups}) {
        config.rule = rule;
        EXPECT_GT(best_after(config, 1), 0.7 * bad) << to_string(rule);
    }
}

TEST(NeuroevolutionGa, SchedulesRunFromTheFirstToTheLast) {
    SigmaSchedule schedule;
    schedule.first = 0.4;
    schedule.last = 0.1;
    schedule.span = 4;
    EXPECT_EQ(sigma_at(schedule, 3, 0), 0.4);
    schedule.course = SigmaSchedule::Course::linear;
    EXPECT_DOUBLE_EQ(sigma_at(schedule, 0, 0), 0.4);
    EXPECT_DOUBLE_EQ(sigma_at(schedule, 2, 0), 0.25);
    EXPECT_DOUBLE_EQ(sigma_at(schedule, 9, 0), 0.1);
    schedule.course = SigmaSchedule::Course::exponential;
    EXPECT_DOUBLE_EQ(sigma_at(schedule, 2, 0), 0.2);
    schedule.by_frames = true;
    EXPECT_DOUBLE_EQ(sigma_at(schedule, 9, 2), 0.2);
    EXPECT_EQ(parse_sigma_rule("fifth"), SigmaRule::fifth);
    EXPECT_EQ(baldwin::test::message_of([] { (void)parse_sigma_rule("x"); }),
              "SigmaRule: must be schedule, self-adaptive, fifth or groups, got 'x'");
}

// 3 of 4 episodes hit the cap: above half, so it grows by half, but not beyond 200.
TEST(NeuroevolutionGa, TheCapGrowsWhenManyEpisodesHitIt) {
    GaConfig config = tiny(4, 2);
    config.run.cap = {.steps = 100, .threshold = 0.5, .ratio = 1.5, .most = 200};
    GeneticAlgorithm ga(config);
    const auto generation = [&](std::uint32_t cut) {
        auto results = told(ga.ask(), {1, 2, 3, 4});
        for (std::uint32_t i = 0; i < cut; ++i) results[i].cut = 1;
        const std::uint64_t cap = ga.ask().max_steps;
        ga.tell(results);
        return cap;
    };
    EXPECT_EQ(generation(2), 100U);
    EXPECT_EQ(generation(3), 100U);
    EXPECT_EQ(generation(4), 150U);
    EXPECT_EQ(generation(0), 200U);
    EXPECT_EQ(ga.ask().max_steps, 200U);
}

TEST(NeuroevolutionGa, EndsWithItsBudgetAtTheEndOfAGeneration) {
    const auto generations = [](auto change) {
        GaConfig config = tiny(4, 2);
        config.run.generations = 9;
        change(config.run);
        GeneticAlgorithm ga(config);
        while (!ga.is_over()) {
            auto results = told(ga.ask(), {1, 2, 3, 4.0 + ga.progress().generation});
            if (ga.progress().generation == 4) results[1].first_goal = 1;
            ga.tell(results);
        }
        return ga.progress().generation;
    };
    EXPECT_EQ(generations([](RunConfig&) {}), 9U);
    EXPECT_EQ(generations([](RunConfig& run) { run.frames = 81; }), 3U);
    EXPECT_EQ(generations([](RunConfig& run) { run.evaluations = 8; }), 2U);
    EXPECT_EQ(generations([](RunConfig& run) { run.target = 7; }), 4U);
    EXPECT_EQ(generations([](RunConfig& run) { run.stops_at_goal = true; }), 5U);
}

/// A room of 5 x 5 with a wall at x = 1 that ends at y = 3; theta is where a robot wants to go.
/// Reward pulls straight at the wall, towards (2, 0); the far corner can only be entered from
/// above.
Episode deceptive(const Candidate& candidate, std::uint64_t /*seed*/) {
    const float y = std::clamp(candidate.theta[1], -1.0F, 4.0F);
    const float most_x = y > 3 ? 4.0F : 1.0F;
    const float x = std::clamp(candidate.theta[0], -1.0F, most_x);
    Episode episode;
    episode.behaviour = {x, y};
    episode.fitness = -std::hypot(x - 2.0, y - 0.0);
    episode.reached_goal = x > 2;
    return episode;
}

TEST(NeuroevolutionGa, NoveltyFindsWhatRewardDoesNot) {
    int by_fitness = 0;
    int by_novelty = 0;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        for (const auto selection : {Selection::fitness, Selection::novelty}) {
            GaConfig config = tiny(50, 5);
            config.run.seed = seed;
            config.run.generations = 300;
            config.run.stops_at_goal = true;
            config.sigma.first = 0.1;
            config.selection = selection;
            config.novelty = {.neighbours = 10, .archive_probability = 0.1};
            GeneticAlgorithm ga(config);
            LocalEngine engine(Decoder(test::flat_layout(2)), each_episode(deceptive));
            Evolution evolution(ga, engine);
            evolution.run();
            const int reached = ga.progress().evaluations_to_goal ? 1 : 0;
            (selection == Selection::fitness ? by_fitness : by_novelty) += reached;
            // the champion is the best by reward, whatever selection goes by
            double best = -1e9;
            for (const Evaluation& one : evolution.population().results) {
                best = std::max(best, one.fitness);
            }
            EXPECT_GE(ga.champion()->fitness, best);
            EXPECT_EQ(ga.champion()->fitness, ga.champion()->evaluation.fitness);
        }
    }
    EXPECT_EQ(by_fitness, 0);
    EXPECT_EQ(by_novelty, 3);
}

} // namespace
} // namespace baldwin::neuroevolution::genetic_test

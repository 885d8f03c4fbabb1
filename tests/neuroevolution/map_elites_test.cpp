// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "problems.hpp"
#include "support/errors.hpp"
#include "support/threads.hpp"

#include <baldwin/neuroevolution/map_elites.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace baldwin::neuroevolution::map_elites_test {
namespace {

using baldwin::test::message_of;

TEST(NeuroevolutionCells, AGridNumbersItsBoxesRowByRow) {
    const Cells cells = Cells::grid({{0, 10, 5}, {-1, 1, 4}});
    EXPECT_EQ(cells.size(), 20U);
    const auto cell = [&](float x, float y) { return cells.cell_of(std::vector<float>{x, y}); };
    EXPECT_EQ(cell(0, -1), 0U);
    EXPECT_EQ(cell(0, 0), 2U);
    EXPECT_EQ(cell(3, 0.75F), 1U * 4 + 3);
    EXPECT_EQ(cell(10, 1), 19U);  // the upper border belongs to the last
    EXPECT_EQ(cell(-90, 90), 3U); // outside: the nearest
    EXPECT_EQ(
        message_of<std::invalid_argument>([&] { (void)cells.cell_of(std::vector<float>{1}); }),
        "Cells: a behaviour must have 2 dimensions, got 1");
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  (void)Cells::grid({{1, 1, 3}});
              }),
              "Cells: an axis must go from low to high, got 1.000000 to 1.000000");
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  (void)Cells::grid({{0, 1, 0}});
              }),
              "Cells: bins must be >= 1, got 0");
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  (void)Cells::cvt({{0, 1, 0}}, 0, 1);
              }),
              "Cells: count must be in [1, 2^20], got 0");
}

TEST(NeuroevolutionCells, ATessellationSharesTheSpaceEvenly) {
    constexpr std::size_t kCount = 50;
    const Executor executor(3);
    const baldwin::test::Rendezvous rendezvous(executor);
    const Cells cells = Cells::cvt({{0, 2, 0}, {0, 1, 0}}, kCount, 3, executor);
    const Cells serial = Cells::cvt({{0, 2, 0}, {0, 1, 0}}, kCount, 3);
    EXPECT_TRUE(
        std::equal(cells.centroids().begin(), cells.centroids().end(), serial.centroids().begin()));
    EXPECT_GT(rendezvous.full_loops(), 0U);
    std::vector<double> share(kCount);
    for (std::uint64_t i = 0; i < 20000; ++i) {
        const std::vector<float> at = {2 * Stream(1).uniform_float(i), Stream(2).uniform_float(i)};
        const std::size_t cell = cells.cell_of(at);
        share[cell] += 1.0 / 20000;
        double nearest = 1e9;
        for (std::size_t c = 0; c < kCount; ++c) {
            nearest = std::min(nearest, std::hypot(double{at[0]} - cells.centroids()[2 * c],
                                                   double{at[1]} - cells.centroids()[2 * c + 1]));
        }
        ASSERT_DOUBLE_EQ(std::hypot(double{at[0]} - cells.centroids()[2 * cell],
                                    double{at[1]} - cells.centroids()[2 * cell + 1]),
                         nearest);
    }
    // even shares are 1 / 50; uniform centroids without Lloyd's rounds differ by factors of 10
    EXPECT_GT(*std::min_element(share.begin(), share.end()), 0.4 / kCount);
    EXPECT_LT(*std::max_element(share.begin(), share.end()), 2.0 / kCount);
}

/// Behaviour (theta_0, theta_1), fitness -|theta_2|: every cell has the same optimum, 0.
Episode illuminated(const Candidate& candidate, std::uint64_t /*seed*/) {
    Episode episode;
    episode.behaviour = {candidate.theta[0], candidate.theta[1]};
    episode.fitness = -std::abs(double{candidate.theta[2]});
    return episode;
}

MapElitesConfig config_of(std::uint32_t generations) {
    MapElitesConfig config;
    config.run.population = 100;
    config.run.generations = generations;
    config.cells = Cells::grid({{-1, 1, 10}, {-1, 1, 10}});
    config.sigma.first = 0.2;
    config.qd_offset = -1;
    return config;
}

TEST(NeuroevolutionMapElites, FillsTheMapWithTheBestOfEachKind) {
    MapElites map(config_of(80));
    LocalEngine engine(Decoder(test::flat_layout(3)), each_episode(illuminated));
    Evolution evolution(map, engine);
    std::vector<std::vector<Evaluation>> all;
    double last_score = 0;
    while (!evolution.is_over()) {
        evolution.step();
        all.push_back(evolution.population().results);
        EXPECT_GE(map.qd_score(), last_score); // an occupant is replaced by better ones only
        last_score = map.qd_score();
    }
    // what plain search through all that was evaluated finds
    std::vector<double> best(100, -1e9);
    double score = 0;
    for (const auto& results : all) {
        for (const Evaluation& one : results) {
            double& cell = best[map.cells().cell_of(one.behaviour)];
            cell = std::max(cell, one.fitness);
        }
    }
    std::size_t filled = 0;
    for (std::size_t i = 0; i < 100; ++i) {
        ASSERT_EQ(map.occupants()[i].has_value(), best[i] > -1e9) << i;
        if (!map.occupants()[i]) continue;
        ++filled;
        score += best[i] + 1;
        EXPECT_EQ(map.occupants()[i]->evaluation.fitness, best[i]);
        const auto theta = engine.decoder().decode(map.occupants()[i]->individual.genome);
        EXPECT_EQ(illuminated({.theta = theta, .seeds = {}}, 0).fitness, best[i]);
    }
    EXPECT_EQ(map.coverage(), static_cast<double>(filled) / 100);
    EXPECT_DOUBLE_EQ(map.qd_score(), score);
    EXPECT_EQ(map.filled().size(), filled);
    EXPECT_GT(map.coverage(), 0.95);
    EXPECT_GT(map.qd_score(), 0.9 * 95);
    EXPECT_EQ(map.champion()->fitness, *std::max_element(best.begin(), best.end()));
}

TEST(NeuroevolutionMapElites, NeedsBehavioursOfItsDimensions) {
    MapElites map(config_of(1));
    LocalEngine engine(Decoder(test::flat_layout(3)), plain_fitness(test::sphere));
    Evolution evolution(map, engine);
    EXPECT_EQ(message_of<std::runtime_error>([&] { evolution.run(); }),
              "map-elites needs behaviours, got none");
}

} // namespace
} // namespace baldwin::neuroevolution::map_elites_test

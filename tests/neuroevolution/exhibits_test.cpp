// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/neuroevolution/exhibits.hpp>

#include "support/exhibits.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace baldwin::neuroevolution::exhibits_test {
namespace {

TEST(NeuroevolutionExhibits, AllHaveScenesThatFollowFromSeedAndParameters) {
    Registry registry;
    register_exhibits(registry);
    ASSERT_EQ(registry.exhibits().size(), 2U);
    baldwin::test::expect_lawful_exhibits(registry, 4);
    for (const Exhibit& exhibit : registry.exhibits()) {
        const auto values = starting_values(exhibit);
        const Scene scene = exhibit.make(exhibit.start(5, values));
        EXPECT_EQ(scene.panels.size(), 3U) << exhibit.name;
        EXPECT_NE(scene, exhibit.make(exhibit.start(6, values))) << exhibit.name;
    }
}

// What the exhibit is there to show. Of 20 seeds the slowest search by novelty took 40 generations,
// and one by reward came out of the trap in 300.
TEST(NeuroevolutionExhibits, NoveltyReachesAroundTheWallAndRewardDoesNot) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        SCOPED_TRACE(seed);
        ReachingSearch novelty(seed, Selection::novelty, 0.1);
        ReachingSearch reward(seed, Selection::fitness, 0.1);
        for (int generation = 0; generation < 100; ++generation) {
            novelty.step();
            reward.step();
        }
        EXPECT_TRUE(novelty.algorithm().is_over());
        EXPECT_LE(novelty.closest(), ReachingSearch::kTolerance);
        EXPECT_NEAR(reward.closest(), 0.3, 0.01); // the wall's distance from the target
    }
}

TEST(NeuroevolutionExhibits, TheRepertoireFillsThePlacesAndThePointerPicksOne) {
    ArmRepertoire repertoire(1, 8, 0.2);
    const double at_first = repertoire.map().coverage();
    for (int generation = 0; generation < 100; ++generation) repertoire.step();
    EXPECT_GT(repertoire.map().coverage(), at_first);
    // the disc that a reach of 1 sweeps is pi / 4 of the square
    EXPECT_GT(repertoire.map().coverage(), 0.9 * std::numbers::pi / 4);
    repertoire.point({.panel = ArmRepertoire::kMap, .x = -0.3, .y = 0.6});
    const auto pose = repertoire.shown_pose();
    ASSERT_TRUE(pose.has_value());
    EXPECT_EQ(pose->size(), 9U);
    constexpr double kCell = 2.0 / ArmRepertoire::kBins;
    EXPECT_NEAR(pose->back().x, -0.3, kCell);
    EXPECT_NEAR(pose->back().y, 0.6, kCell);
    repertoire.point({.panel = ArmRepertoire::kMap, .x = -0.99, .y = 0.99}); // out of reach
    EXPECT_FALSE(repertoire.shown_pose().has_value());
}

TEST(NeuroevolutionExhibits, AnArmEndsWhereItMeetsAWall) {
    const std::vector<float> straight(4, 0);
    const detail::PlanarArm free(4, 2);
    EXPECT_EQ(free.pose(straight).size(), 5U);
    EXPECT_DOUBLE_EQ(free.pose(straight).back().x, 2);
    const detail::PlanarArm walled(4, 2, {{{1.25, -1}, {1.25, 1}}, {{0, 3}, {9, 3}}});
    const auto pose = walled.pose(straight);
    ASSERT_EQ(pose.size(), 4U); // origin, .5, 1, the wall
    EXPECT_DOUBLE_EQ(pose.back().x, 1.25);
    std::vector<float> bent = straight;
    bent[0] = std::numbers::pi_v<float> / 2; // upwards, along no wall
    EXPECT_NEAR(walled.pose(bent).back().y, 2, 1e-6);
}

} // namespace
} // namespace baldwin::neuroevolution::exhibits_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// LunarLander: the sheet's section 3 (shared/reference/envs.md). The reference runs on an older
// Box2D, so trajectories are held against mechanics and bookkeeping, not against its digits.

#include <baldwin/envs/time_limit.hpp>
#include <baldwin/envs_box2d/lunar_lander.hpp>

#include "envs/env_conformance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baldwin::lunar_lander_test {
namespace {

using envs::LunarLander;
using envs::Outcome;
using envs::TimeLimit;
namespace lander = envs::lander;

TEST(EnvsLunarLander, Conforms) {
    test::expect_environment_conforms(TimeLimit(LunarLander(), 1000));
    test::expect_environment_conforms(TimeLimit(LunarLander(true), 1000));
}

TEST(EnvsLunarLander, TerrainIsTheGeneratorsSmoothedHeights) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        LunarLander env;
        env.reset(seed);
        envs::NumpyGenerator random(seed);
        std::array<double, 12> h{};
        for (double& height : h) height = random.uniform(0, 400.0 / 30 / 2);
        for (std::size_t i = 3; i < 8; ++i) h[i] = 400.0 / 30 / 4;
        const auto& terrain = env.terrain();
        for (std::size_t i = 0; i < 11; ++i) {
            EXPECT_DOUBLE_EQ(terrain[i].x, 2.0 * static_cast<double>(i));
            const double wanted = 0.33 * (h[(i + 11) % 12] + h[i] + h[i + 1]);
            EXPECT_DOUBLE_EQ(terrain[i].y, wanted) << i;
        }
        EXPECT_EQ(terrain[4].y, terrain[6].y);
    }
}

/// Momentum of lander and legs, divided by their mass.
struct Motion {
    double x = 0;
    double y = 0;
    double mass = 0;

    explicit Motion(const lander::Simulation& simulation) {
        for (const b2Body* body : {&simulation.lander(), &simulation.leg(0), &simulation.leg(1)}) {
            const double m = body->GetMass();
            mass += m;
            x += m * body->GetLinearVelocity().x;
            y += m * body->GetLinearVelocity().y;
        }
        x /= mass;
        y /= mass;
    }
};

lander::Simulation simulation_of(Point push) {
    envs::NumpyGenerator random(1);
    return {lander::draw_terrain(random), push};
}

// whatever the joints do, all three bodies together fall with 10 / 50 per step; the push acts for
// the first step. Velocities are float32 of size up to 10, added up over 40 steps: 40 * 1e-6
TEST(EnvsLunarLander, FallsFreelyUntilItTouches) {
    lander::Simulation simulation = simulation_of({300, -100});
    simulation.step({}, {0, 0});
    const double mass = Motion(simulation).mass;
    const double x = 300 / mass / 50;
    const double y = (-100 / mass - 10) / 50;
    for (int t = 0; t < 40; ++t) {
        const Motion motion(simulation);
        ASSERT_NEAR(motion.x, x, 4e-5) << t;
        ASSERT_NEAR(motion.y, y - t * 0.2, 4e-5) << t;
        simulation.step({}, {0, 0});
    }
    EXPECT_FALSE(simulation.has_crashed());
}

// an upright lander: the main engine's impulse is 13 * 4/30 upwards, a side engine's 0.6 * 12/30
TEST(EnvsLunarLander, EnginesGiveTheirImpulses) {
    const auto gain = [](const lander::Thrust& thrust) {
        lander::Simulation simulation = simulation_of({0, 0});
        simulation.step(thrust, {0, 0});
        const Motion motion(simulation);
        return Point{motion.x * motion.mass, (motion.y + 0.2) * motion.mass};
    };
    const Point main = gain({.main = 1});
    EXPECT_NEAR(main.x, 0, 1e-5);
    EXPECT_NEAR(main.y, 13 * 4 / 30.0, 1e-5);
    EXPECT_NEAR(gain({.main = 0.5}).y, 13 * 2 / 30.0, 1e-5);
    // the left engine pushes to the right
    const Point left = gain({.side = -1});
    EXPECT_NEAR(left.x, -0.6 * 12 / 30, 1e-5);
    EXPECT_NEAR(gain({.side = 1}).x, 0.6 * 12 / 30, 1e-5);
    EXPECT_NEAR(left.y, 0, 1e-5);
}

TEST(EnvsLunarLander, RewardIsTheChangeOfShapingMinusFuel) {
    LunarLander env(true);
    test::ActionSource actions(env.action_space(), 3);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        env.reset(seed);
        for (std::size_t t = 0;; ++t) {
            const double before = env.shaping();
            const auto action = actions.at(t);
            const auto values = action.values(2, "test");
            const double main = values[0] > 0 ? 0.5 + 0.5 * double{values[0]} : 0;
            const double side = std::abs(values[1]) > 0.5F ? std::abs(double{values[1]}) : 0;
            const Outcome outcome = env.step(action);
            if (outcome.terminated) {
                EXPECT_TRUE(outcome.reward == -100 || outcome.reward == 100);
                break;
            }
            ASSERT_NEAR(outcome.reward, env.shaping() - before - 0.3 * main - 0.03 * side, 1e-9);
        }
    }
}

TEST(EnvsLunarLander, FullContinuousEnginesAreTheDiscreteOnes) {
    LunarLander discrete;
    LunarLander continuous(true);
    const std::vector<std::vector<float>> same = {{-1, 0}, {0, -1}, {1, 0}, {0, 1}};
    discrete.reset(4);
    continuous.reset(4);
    for (std::size_t t = 0; t < 60; ++t) {
        const std::size_t choice = t / 3 % 4;
        const auto a = discrete.step(choice);
        const auto b = continuous.step(same[choice]);
        ASSERT_EQ(a.reward, b.reward);
        ASSERT_TRUE(std::equal(a.observation.begin(), a.observation.end(), b.observation.begin()));
        if (a.terminated) break;
    }
}

// a hand-made controller in the spirit of the reference's own: aim at an angle, then at a height
std::size_t land(std::span<const float> s) {
    const float aim = std::clamp(0.5F * s[0] + s[2], -0.4F, 0.4F);
    float turn = (aim - s[4]) * 0.5F - s[5];
    float rise = (0.55F * std::abs(s[0]) - s[1]) * 0.5F - s[3] * 0.5F;
    if (s[6] + s[7] > 0) {
        turn = 0;
        rise = -0.5F * s[3];
    }
    if (rise > std::abs(turn) && rise > 0.05F) return 2;
    if (turn < -0.05F) return 3;
    return turn > 0.05F ? 1 : 0;
}

// measured on 50 seeds: mean 252, one crash; 200 is what the reference calls solved
TEST(EnvsLunarLander, AControllerLandsIt) {
    double total = 0;
    constexpr int kEpisodes = 10;
    for (std::uint64_t seed = 0; seed < kEpisodes; ++seed) {
        TimeLimit env(LunarLander(), 1000);
        auto seen = env.reset(seed);
        Outcome outcome;
        do {
            outcome = env.step(land(seen));
            seen = outcome.observation;
            total += outcome.reward;
        } while (!outcome.is_over());
    }
    EXPECT_GT(total / kEpisodes, 200);
}

} // namespace
} // namespace baldwin::lunar_lander_test

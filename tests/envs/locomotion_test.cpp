// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// The MuJoCo robots: golden runs of the sheet's section 6.3 (shared/reference/envs.md) where the
// robot files are, and every reward term and ending on states of robots made here.

#include <baldwin/envs_mujoco/catalogue.hpp>
#include <baldwin/envs_mujoco/locomotion.hpp>

#include "envs/env_conformance.hpp"
#include "envs/robots.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::locomotion_test {
namespace {

using envs::Locomotion;
using envs::locomotion_rules;
using envs::LocomotionRules;
using envs::Outcome;
using envs::PhysicsModel;
using envs::Robot;
using test::message_of;

// nothing pulls, drags or touches: a state goes on as its velocities say
constexpr const char* kPlanar = R"(<mujoco><option timestep="0.01" gravity="0 0 0"/><worldbody>
  <body name="torso" pos="0 0 0">
    <joint type="slide" axis="1 0 0"/><joint type="slide" axis="0 0 1"/>
    <joint type="hinge" axis="0 1 0"/>
    <geom type="sphere" size="0.1"/>
    <body pos="0 0 0.2"><joint name="j" type="hinge" axis="0 1 0"/>
      <geom type="capsule" fromto="0 0 0 0 0 0.2" size="0.05"/></body>
  </body></worldbody>
  <actuator><motor joint="j" ctrllimited="true" ctrlrange="-0.4 0.4" gear="1e-9"/></actuator>
</mujoco>)";
constexpr const char* kFree = R"(<mujoco><option timestep="0.01" gravity="0 0 0"/><worldbody>
  <body name="torso" pos="0 0 0"><freejoint/><geom type="sphere" size="0.1" mass="2"/>
    <body pos="0 0 0.2"><joint name="j" type="hinge" axis="0 1 0"/>
      <geom type="capsule" fromto="0 0 0 0 0 0.2" size="0.05" mass="1"/></body>
  </body></worldbody>
  <actuator><motor joint="j" gear="1e-9"/></actuator></mujoco>)";
// a heavy ball that lies on the floor
constexpr const char* kHeavy = R"(<mujoco><option timestep="0.002"/><worldbody>
  <geom type="plane" size="5 5 1"/>
  <body name="torso" pos="0 0 0"><freejoint/><geom type="sphere" size="0.3" mass="200"/>
    <body pos="0 0 0.3"><joint name="j" type="hinge" axis="0 1 0"/>
      <geom type="sphere" size="0.02" mass="0.1"/></body>
  </body></worldbody>
  <actuator><motor joint="j" gear="1e-9"/></actuator></mujoco>)";

class EnvsLocomotion : public ::testing::Test {
protected:
    PhysicsModel model(const std::string& text) {
        const auto path = folder_ / "robot.xml";
        std::ofstream(path) << text;
        return envs::load_physics_model(path);
    }
    /// A step of a planar robot (x, z, tilt, joint) without control.
    Outcome planar_step(Robot robot, int version, std::vector<double> positions,
                        std::vector<double> velocities = {0, 0, 0, 0}) {
        Locomotion env(model(kPlanar), locomotion_rules(robot, version));
        env.start(positions, velocities);
        const Outcome outcome = env.step(std::vector<float>{0});
        return {{}, outcome.reward, outcome.terminated, outcome.truncated};
    }
    Outcome free_step(Robot robot, int version, double height) {
        Locomotion env(model(kFree), locomotion_rules(robot, version));
        env.start(std::vector<double>{0, 0, height, 1, 0, 0, 0, 0}, std::vector<double>(7));
        const Outcome outcome = env.step(std::vector<float>{0});
        return {{}, outcome.reward, outcome.terminated, outcome.truncated};
    }

    test::TemporaryFolder folder_;
};

void expect_end(const Outcome& outcome, bool ends, double reward) {
    EXPECT_EQ(outcome.terminated, ends);
    EXPECT_NEAR(outcome.reward, reward, 1e-9);
}

TEST_F(EnvsLocomotion, HopperEndsBelowItsHeightAndBeyondItsTilt) {
    expect_end(planar_step(Robot::hopper, 5, {0, 0.71, 0, 0}), false, 1);
    expect_end(planar_step(Robot::hopper, 5, {0, 0.69, 0, 0}), true, 0);
    expect_end(planar_step(Robot::hopper, 5, {0, 50, 0, 0}), false, 1); // no upper limit
    expect_end(planar_step(Robot::hopper, 5, {0, 1, 0.19, 0}), false, 1);
    expect_end(planar_step(Robot::hopper, 5, {0, 1, 0.21, 0}), true, 0);
    expect_end(planar_step(Robot::hopper, 5, {0, 1, -0.21, 0}), true, 0);
}

TEST_F(EnvsLocomotion, HopperEndsWhenAPartOfItsStateIsLarge) {
    expect_end(planar_step(Robot::hopper, 5, {0, 1, 0, 99}), false, 1);
    expect_end(planar_step(Robot::hopper, 5, {0, 1, 0, 101}), true, 0);
    EXPECT_FALSE(planar_step(Robot::hopper, 5, {0, 1, 0, 0}, {99, 0, 0, 0}).terminated);
    EXPECT_TRUE(planar_step(Robot::hopper, 5, {0, 1, 0, 0}, {101, 0, 0, 0}).terminated);
    // the walker has no such limit
    EXPECT_FALSE(planar_step(Robot::walker2d, 5, {0, 1, 0, 101}, {101, 0, 0, 0}).terminated);
}

TEST_F(EnvsLocomotion, WalkerEndsOutsideItsHeightsAndTilt) {
    expect_end(planar_step(Robot::walker2d, 5, {0, 0.81, 0, 0}), false, 1);
    expect_end(planar_step(Robot::walker2d, 5, {0, 0.79, 0, 0}), true, 0);
    expect_end(planar_step(Robot::walker2d, 5, {0, 1.99, 0, 0}), false, 1);
    expect_end(planar_step(Robot::walker2d, 5, {0, 2.01, 0, 0}), true, 0);
    expect_end(planar_step(Robot::walker2d, 5, {0, 1, 0.99, 0}), false, 1);
    expect_end(planar_step(Robot::walker2d, 5, {0, 1, 1.01, 0}), true, 0);
}

TEST_F(EnvsLocomotion, VersionFourPaysForTheFatalStepToo) {
    expect_end(planar_step(Robot::hopper, 4, {0, 0.69, 0, 0}), true, 1);
    expect_end(planar_step(Robot::walker2d, 4, {0, 0.79, 0, 0}), true, 1);
    expect_end(free_step(Robot::ant, 4, 0.19), true, 1);
    expect_end(free_step(Robot::humanoid, 4, 0.99), true, 5);
}

TEST_F(EnvsLocomotion, AntAndHumanoidEndOutsideTheirHeights) {
    expect_end(free_step(Robot::ant, 5, 0.19), true, 0);
    expect_end(free_step(Robot::ant, 5, 0.2), false, 1); // closed interval
    expect_end(free_step(Robot::ant, 5, 1.0), false, 1);
    expect_end(free_step(Robot::ant, 5, 1.01), true, 0);
    expect_end(free_step(Robot::humanoid, 5, 1.0), true, 0); // open interval
    expect_end(free_step(Robot::humanoid, 5, 1.01), false, 5);
    expect_end(free_step(Robot::humanoid, 5, 1.99), false, 5);
    expect_end(free_step(Robot::humanoid, 5, 2.0), true, 0);
}

TEST_F(EnvsLocomotion, CheetahAndSwimmerNeverEnd) {
    for (const int version : {4, 5}) {
        expect_end(planar_step(Robot::half_cheetah, version, {0, -5, 3, 200}), false, 0);
        expect_end(planar_step(Robot::swimmer, version, {0, -5, 3, 200}), false, 0);
    }
}

// a robot that glides with speed v gains weight * v, however its place is measured
TEST_F(EnvsLocomotion, ForwardRewardIsTheSpeed) {
    for (const int version : {4, 5}) {
        EXPECT_NEAR(planar_step(Robot::half_cheetah, version, {1, 0, 0, 0}, {3, 0, 0, 0}).reward, 3,
                    1e-9);
        EXPECT_NEAR(planar_step(Robot::swimmer, version, {1, 0, 0, 0}, {-2, 0, 0, 0}).reward, -2,
                    1e-9);
        EXPECT_NEAR(planar_step(Robot::hopper, version, {0, 1, 0, 0}, {2, 0, 0, 0}).reward, 3,
                    1e-9);
        for (const auto& [robot, weight] :
             {std::pair(Robot::ant, 1.0), std::pair(Robot::humanoid, 1.25)}) {
            Locomotion env(model(kFree), locomotion_rules(robot, version));
            const double height = robot == Robot::ant ? 0.9 : 1.5;
            env.start(std::vector<double>{0, 0, height, 1, 0, 0, 0, 0},
                      std::vector<double>{2, 0, 0, 0, 0, 0, 0});
            // bodies are seen where they were before the last frame, as in Gymnasium: four of the
            // five frames count in the first step, five in each further one
            env.step(std::vector<float>{0});
            EXPECT_NEAR(env.reward().forward, weight * 2 * 4 / 5, 1e-9);
            env.step(std::vector<float>{0});
            EXPECT_NEAR(env.reward().forward, weight * 2, 1e-9);
        }
    }
}

// the humanoid's place is its centre of mass, the ant's its torso: a moving limb shows which
TEST_F(EnvsLocomotion, PlaceIsTheTorsoOrTheCentreOfMass) {
    const auto forward = [&](Robot robot) {
        Locomotion env(model(kFree), locomotion_rules(robot, 4));
        env.start(std::vector<double>{0, 0, 0.9, 1, 0, 0, 0, 0},
                  std::vector<double>{0, 0, 0, 0, 0, 0, 3});
        env.step(std::vector<float>{0});
        return env.reward().forward;
    };
    EXPECT_GT(std::abs(forward(Robot::humanoid)), 0.01); // the limb alone moved at the start
    EXPECT_NE(forward(Robot::humanoid), 1.25 * forward(Robot::ant));
}

TEST_F(EnvsLocomotion, ControlCostCountsWhatWasAskedFor) {
    const std::vector<std::pair<Robot, double>> weights = {{Robot::half_cheetah, 0.1},
                                                           {Robot::hopper, 1e-3},
                                                           {Robot::swimmer, 1e-4},
                                                           {Robot::walker2d, 1e-3}};
    for (const int version : {4, 5}) {
        for (const auto& [robot, weight] : weights) {
            Locomotion env(model(kPlanar), locomotion_rules(robot, version));
            env.start(std::vector<double>{0, 1, 0, 0}, std::vector<double>(4));
            env.step(std::vector<float>{2}); // the motor is limited to 0.4
            EXPECT_NEAR(env.reward().control, weight * 4, 1e-12);
        }
        for (const auto& [robot, weight] :
             {std::pair(Robot::ant, 0.5), std::pair(Robot::humanoid, 0.1)}) {
            Locomotion env(model(kFree), locomotion_rules(robot, version));
            env.start(std::vector<double>{0, 0, 0.9, 1, 0, 0, 0, 0}, std::vector<double>(7));
            const Outcome outcome = env.step(std::vector<float>{3});
            EXPECT_NEAR(env.reward().control, weight * 9, 1e-12);
            EXPECT_NEAR(outcome.reward, env.reward().forward + env.reward().alive - weight * 9,
                        1e-12);
        }
    }
}

TEST_F(EnvsLocomotion, ContactCostIsThatOfTheForces) {
    const auto at_rest = [&](const LocomotionRules& rules) {
        Locomotion env(model(kHeavy), rules);
        env.start(std::vector<double>{0, 0, 0.3, 1, 0, 0, 0, 0}, std::vector<double>(7));
        for (int t = 0; t < 20; ++t) env.step(std::vector<float>{0});
        return env;
    };
    LocomotionRules ant = locomotion_rules(Robot::ant, 5);
    LocomotionRules humanoid = locomotion_rules(Robot::humanoid, 5);
    humanoid.heights.low = 0; // this robot is not so tall
    const auto sums = [](const Locomotion& env) {
        std::pair<double, double> found; // of squares as they are, and clipped to 1
        const auto& physics = env.physics();
        for (int i = 0; i < 6 * physics.model().nbody; ++i) {
            const double force = physics.data().cfrc_ext[i];
            found.first += force * force;
            found.second += std::min(force * force, 1.0);
        }
        return found;
    };
    const Locomotion on_legs = at_rest(ant);
    EXPECT_GT(sums(on_legs).first, 1e6); // 200 kg
    EXPECT_NEAR(on_legs.reward().contact, 5e-4 * sums(on_legs).second, 1e-12);
    EXPECT_GT(on_legs.reward().contact, 0);
    const Locomotion standing = at_rest(humanoid);
    EXPECT_NEAR(standing.reward().contact, 5e-7 * sums(standing).first, 1e-9);
    humanoid.contact_limit = 0.25;
    EXPECT_EQ(at_rest(humanoid).reward().contact, 0.25);
    EXPECT_EQ(locomotion_rules(Robot::humanoid, 5).contact_limit, 10);
    ant = locomotion_rules(Robot::ant, 4);
    EXPECT_EQ(at_rest(ant).reward().contact, 0); // version 4 has no such cost
}

TEST_F(EnvsLocomotion, SeesPositionsAndClippedSpeeds) {
    const std::vector<double> positions = {7, 1, 0.1, 0.5};
    const std::vector<double> velocities = {12, -11, 0.5, 30};
    const auto seen = [&](Robot robot) {
        Locomotion env(model(kPlanar), locomotion_rules(robot, 5));
        const auto observation = env.start(positions, velocities);
        return std::vector<float>(observation.begin(), observation.end());
    };
    EXPECT_EQ(seen(Robot::hopper), (std::vector<float>{1, 0.1F, 0.5F, 10, -10, 0.5F, 10}));
    EXPECT_EQ(seen(Robot::walker2d), seen(Robot::hopper));
    EXPECT_EQ(seen(Robot::half_cheetah), (std::vector<float>{1, 0.1F, 0.5F, 12, -11, 0.5F, 30}));
    EXPECT_EQ(seen(Robot::swimmer), (std::vector<float>{0.1F, 0.5F, 12, -11, 0.5F, 30}));
}

// nq 8, nv 7, nu 1 and 3 bodies with the world
TEST_F(EnvsLocomotion, SeesBodiesAsEachVersionDoes) {
    const auto size = [&](Robot robot, int version) {
        Locomotion env(model(kFree), locomotion_rules(robot, version));
        return env.reset(1).size();
    };
    EXPECT_EQ(size(Robot::ant, 4), 6U + 7);
    EXPECT_EQ(size(Robot::ant, 5), 6U + 7 + 2 * 6);
    EXPECT_EQ(size(Robot::humanoid, 4), 6U + 7 + 3 * 10 + 3 * 6 + 7 + 3 * 6);
    EXPECT_EQ(size(Robot::humanoid, 5), 6U + 7 + 2 * 10 + 2 * 6 + 1 + 2 * 6);
}

TEST_F(EnvsLocomotion, StartsWithinTheNoise) {
    for (const Robot robot : {Robot::hopper, Robot::half_cheetah}) {
        const LocomotionRules rules = locomotion_rules(robot, 5);
        Locomotion env(model(kPlanar), rules);
        envs::NumpyGenerator random(11);
        env.reset(11);
        for (const double position : env.physics().positions()) {
            EXPECT_EQ(position, random.uniform(-rules.noise, rules.noise)); // qpos0 is 0
        }
        for (const double velocity : env.physics().velocities()) {
            if (robot == Robot::hopper) {
                EXPECT_EQ(velocity, random.uniform(-rules.noise, rules.noise));
            } else {
                EXPECT_LT(std::abs(velocity), 7 * rules.noise);
                EXPECT_NE(velocity, 0);
            }
        }
    }
}

TEST_F(EnvsLocomotion, Conforms) {
    test::expect_environment_conforms(
        envs::TimeLimit(Locomotion(model(kPlanar), locomotion_rules(Robot::hopper, 5)), 100));
    LocomotionRules humanoid = locomotion_rules(Robot::humanoid, 4);
    humanoid.heights.low = -1;
    test::expect_environment_conforms(envs::TimeLimit(Locomotion(model(kHeavy), humanoid), 100));
}

TEST_F(EnvsLocomotion, MistakesAreNamedInOneLine) {
    const std::string error = message_of([&] { (void)model("<mujoco><worldbody><nonsense/>"); });
    EXPECT_NE(error.find("robot.xml: is no robot that MuJoCo takes: "), std::string::npos);
    EXPECT_EQ(error.find('\n'), std::string::npos);
    EXPECT_NE(message_of([] {
                  (void)envs::load_physics_model("/nowhere.xml");
              }).find("/nowhere.xml: is no robot"),
              std::string::npos);
    EXPECT_NE(message_of([] {
                  (void)envs::find_robot("", "no_such_robot");
              }).find("no_such_robot.xml in $BALDWIN_DATA/mujoco"),
              std::string::npos);
    EXPECT_THROW((void)locomotion_rules(Robot::ant, 3), std::invalid_argument);
    const char* still = "<mujoco><worldbody><body><geom size='1'/></body></worldbody></mujoco>";
    EXPECT_NE(message_of([&] {
                  Locomotion(model(still), locomotion_rules(Robot::ant, 5));
              }).find("at least 3 positions, got 0"),
              std::string::npos);
    Locomotion env(model(kPlanar), locomotion_rules(Robot::hopper, 5));
    EXPECT_NE(message_of([&] {
                  env.start(std::vector<double>{1}, std::vector<double>{1});
              }).find("4 positions and 4 velocities, got 1 and 1"),
              std::string::npos);
}

TEST_F(EnvsLocomotion, AnUnstableSimulationEndsTheEpisodeWithAPenalty) {
    Locomotion env(model(kPlanar), locomotion_rules(Robot::half_cheetah, 5));
    env.start(std::vector<double>{0, 1, 0, 0}, std::vector<double>{1e11, 0, 0, 0});
    const envs::Outcome outcome = env.step(std::vector<float>{0});
    EXPECT_TRUE(outcome.terminated);
    EXPECT_EQ(outcome.reward, -1000);
    for (const float x : outcome.observation) EXPECT_TRUE(std::isfinite(x));
    env.reset(1); // and the next one is as it should be
    EXPECT_FALSE(env.step(std::vector<float>{0}).terminated);
    EXPECT_FALSE(std::filesystem::exists("MUJOCO_LOG.TXT"));
}

using test::robots;

#define SKIP_WITHOUT_ROBOTS()                                                                      \
    if (robots().empty())                                                                          \
    GTEST_SKIP() << "needs Gymnasium's robots in $BALDWIN_DATA/mujoco or ../shared/data/mujoco "   \
                    "(humanoid.xml, ...)"

struct Golden {
    bool waves; ///< controls 0.4 sin(0.2 t + i), otherwise 0
    int version;
    double first;
    double tenth;
    int steps;
    double last;
    double total;
};

TEST(EnvsHumanoid, GoldenRuns) { // section 6.3, without noise
    SKIP_WITHOUT_ROBOTS();
    const auto model = envs::load_physics_model(robots() / "humanoid.xml");
    for (const Golden& golden :
         {Golden{false, 4, 1.398891191096, 1.289993431828, 40, 0.9961853615, 206.1432860467},
          Golden{false, 5, 1.398891191096, 1.289993431828, 40, 0.9961853615, 195.1235914462},
          Golden{true, 4, 1.398532498228, 1.243454046553, 27, 0.9993596986, 125.9741018237},
          Golden{true, 5, 1.398532498228, 1.243454046553, 27, 0.9993596986, 110.1313128385}}) {
        LocomotionRules rules = locomotion_rules(Robot::humanoid, golden.version);
        rules.noise = 0;
        Locomotion env(model, rules);
        EXPECT_EQ(env.reset(1).size(), golden.version == 4 ? 376U : 348U);
        double total = 0;
        int steps = 0;
        bool is_over = false;
        while (!is_over) {
            std::vector<float> control(17);
            for (std::size_t i = 0; i < control.size() && golden.waves; ++i) {
                control[i] =
                    static_cast<float>(0.4 * std::sin(0.2 * steps + static_cast<double>(i)));
            }
            const Outcome outcome = env.step(control);
            total += outcome.reward;
            is_over = outcome.terminated;
            const double height = env.physics().positions()[2];
            ++steps;
            if (steps == 1) {
                EXPECT_NEAR(height, golden.first, 1e-6);
            }
            if (steps == 10) {
                EXPECT_NEAR(height, golden.tenth, 1e-6);
            }
        }
        EXPECT_EQ(steps, golden.steps);
        EXPECT_NEAR(env.physics().positions()[2], golden.last, 1e-6);
        EXPECT_NEAR(total, golden.total, 1e-6);
    }
}

TEST(EnvsLocomotionCatalogue, EachRobotHasGymnasiumsSizes) {
    SKIP_WITHOUT_ROBOTS();
    envs::Catalogue catalogue;
    envs::add_mujoco_environments(catalogue);
    struct Size {
        std::string id;
        std::size_t observation;
        std::size_t action;
    };
    const std::vector<Size> sizes = {
        {"Ant-v4", 27, 8},         {"Ant-v5", 105, 8},       {"HalfCheetah-v4", 17, 6},
        {"HalfCheetah-v5", 17, 6}, {"Hopper-v4", 11, 3},     {"Hopper-v5", 11, 3},
        {"Humanoid-v4", 376, 17},  {"Humanoid-v5", 348, 17}, {"Swimmer-v4", 8, 2},
        {"Swimmer-v5", 8, 2},      {"Walker2d-v4", 17, 6},   {"Walker2d-v5", 17, 6}};
    ASSERT_EQ(catalogue.entries().size(), sizes.size());
    for (const Size& size : sizes) {
        SCOPED_TRACE(size.id);
        envs::AnyEnvironment env = catalogue.make(size.id);
        EXPECT_EQ(std::get<envs::Box>(env.observation_space()).size(), size.observation);
        EXPECT_EQ(envs::policy_outputs(env.action_space()), size.action);
        EXPECT_EQ(env.reset(1).size(), size.observation);
    }
}

TEST(EnvsLocomotionCatalogue, EachRobotConforms) {
    SKIP_WITHOUT_ROBOTS();
    envs::Catalogue catalogue;
    envs::add_mujoco_environments(catalogue);
    ASSERT_FALSE(catalogue.entries().empty());
    for (const envs::CatalogueEntry& entry : catalogue.entries()) {
        SCOPED_TRACE(entry.id);
        test::expect_environment_conforms(entry.make({}));
    }
}

} // namespace
} // namespace baldwin::locomotion_test

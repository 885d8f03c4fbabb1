// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Wrappers, vectors of environments, episodes, and the conformance suite on the whole catalogue.

#include <baldwin/envs/action_wrappers.hpp>
#include <baldwin/envs/catalogue.hpp>
#include <baldwin/envs/environment_vector.hpp>
#include <baldwin/envs/frame_stack.hpp>
#include <baldwin/envs/normalised.hpp>
#include <baldwin/envs/rollout.hpp>

#include "envs/env_conformance.hpp"
#include "support/errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::wrappers_test {
namespace {

using envs::Action;
using envs::AnyEnvironment;
using envs::AutoReset;
using envs::CartPole;
using envs::ObservationStatistics;
using envs::Outcome;
using envs::Pendulum;
using envs::TimeLimit;
using test::message_of;

class EnvsConformance : public ::testing::TestWithParam<envs::CatalogueEntry> {};

TEST_P(EnvsConformance, OfEachEnvironment) {
    test::expect_environment_conforms(GetParam().make({}));
}

INSTANTIATE_TEST_SUITE_P(All, EnvsConformance,
                         ::testing::ValuesIn(envs::standard_catalogue().entries()),
                         [](const auto& entry) {
                             std::string name = entry.param.id;
                             std::replace_if(
                                 name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
                             return name;
                         });

TEST(EnvsCatalogue, NamesWhatThereIs) {
    const auto catalogue = envs::standard_catalogue();
    const std::string error = message_of([&] { (void)catalogue.make("CartPole"); });
    EXPECT_TRUE(error.starts_with("unknown environment 'CartPole'; there are: CartPole-v0, "));
    EXPECT_NE(error.find("hard-maze"), std::string::npos);
    auto twice = catalogue;
    EXPECT_THROW(envs::add_environments(twice), std::invalid_argument);
}

TEST(EnvsCatalogue, SaysWhichSimulatorABuildIsWithout) {
    const auto catalogue = envs::standard_catalogue();
    const auto error = [&](const char* id) {
        return message_of([&] { (void)catalogue.make(id); });
    };
    EXPECT_EQ(error("LunarLander-v3"), "'LunarLander-v3' needs Box2D, which this build is without: "
                                       "install libbox2d-dev, configure and build again");
    EXPECT_NE(error("Humanoid-v4").find("needs MuJoCo"), std::string::npos);
    EXPECT_NE(error("atari/pong").find("needs ALE"), std::string::npos);
    auto with = catalogue;
    with.add({"LunarLander-v3", "", std::nullopt, catalogue.entries().front().make});
    EXPECT_TRUE(
        message_of([&] { (void)with.make("LunarLander-v9"); }).starts_with("unknown environment"));
}

TEST(EnvsCatalogue, OptionsReachTheEnvironment) {
    const auto catalogue = envs::standard_catalogue();
    envs::MakeOptions options;
    options.minatar.all_actions = false;
    EXPECT_EQ(envs::policy_outputs(catalogue.make("minatar/breakout", options).action_space()), 3U);
    options.maze = "/nowhere/maze.txt";
    EXPECT_THROW((void)catalogue.make("hard-maze", options), std::runtime_error);
    EXPECT_THROW((void)catalogue.make("image-hard-maze", options), std::runtime_error);
}

TEST(EnvsWrappers, Conform) {
    test::expect_environment_conforms(envs::FrameStack(CartPole(), 3));
    test::expect_environment_conforms(envs::ActionRepeat(CartPole(), 2));
    test::expect_environment_conforms(envs::StickyActions(CartPole(), 0.3));
    test::expect_environment_conforms(envs::StickyActions(Pendulum(), 0.5));
    test::expect_environment_conforms(envs::NormalisedObservations(Pendulum()));
}

TEST(EnvsWrappers, RefuseWhatMakesNoSense) {
    EXPECT_THROW(envs::FrameStack(CartPole(), 0), std::invalid_argument);
    EXPECT_THROW(envs::ActionRepeat(CartPole(), 0), std::invalid_argument);
    EXPECT_THROW(envs::StickyActions(CartPole(), 1.1), std::invalid_argument);
    EXPECT_THROW(envs::NormalisedObservations(CartPole(), {.floor = 0}), std::invalid_argument);
}

TEST(EnvsActionRepeat, AddsRewardsAndStopsAtTheEnd) {
    envs::ActionRepeat repeated(CartPole(), 4);
    CartPole plain;
    repeated.reset(8);
    plain.reset(8);
    double total = 0;
    Outcome outcome;
    while (!outcome.is_over()) {
        outcome = repeated.step(std::size_t{1});
        total += outcome.reward;
    }
    double steps = 1;
    while (!plain.step(std::size_t{1}).is_over()) ++steps;
    EXPECT_EQ(total, steps); // reward 1 a step, none after the end
    EXPECT_NE(std::fmod(steps, 4), 0) << "the case must end inside a repetition";
}

TEST(EnvsStickyActions, RepeatsAsOftenAsAsked) {
    // a pendulum near rest shows the torque that was done in its speed
    envs::StickyActions env(TimeLimit(Pendulum(), 4001), 0.25);
    Pendulum plain;
    auto seen = env.reset(4);
    plain.reset(4);
    int repeats = 0;
    float asked = 1;
    float done = 0;
    for (int t = 0; t < 4000; ++t) {
        asked = -asked; // what is asked always differs from what was asked before
        const float wanted = t == 0 ? asked : (done == asked ? -asked : asked);
        Pendulum other = plain;
        const auto as_asked = plain.step(std::vector<float>{wanted}).observation;
        seen = env.step(std::vector<float>{wanted}).observation;
        const bool is_repeated = !std::equal(seen.begin(), seen.end(), as_asked.begin());
        if (is_repeated) {
            ++repeats;
            other.step(std::vector<float>{done});
            plain = other;
        } else {
            done = wanted;
        }
    }
    // binomial(3999, 0.25): standard deviation 27.4, the band is 5 of them
    EXPECT_NEAR(repeats, 1000, 137);
}

TEST(EnvsStickyActions, FirstStepIsNeverRepeated) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        envs::StickyActions env(CartPole(), 1);
        CartPole plain;
        env.reset(seed);
        plain.reset(seed);
        const auto a = env.step(std::size_t{1}).observation;
        const auto b = plain.step(std::size_t{1}).observation;
        ASSERT_TRUE(std::equal(a.begin(), a.end(), b.begin()));
    }
}

TEST(EnvsNormalised, StatisticsAreMeanAndDeviation) {
    ObservationStatistics statistics(2);
    EXPECT_EQ(statistics.deviation(0), 1);
    for (const float value : {1.0F, 2.0F, 3.0F, 6.0F}) statistics.add(std::vector{value, -value});
    EXPECT_DOUBLE_EQ(statistics.mean()[0], 3);
    EXPECT_DOUBLE_EQ(statistics.mean()[1], -3);
    EXPECT_DOUBLE_EQ(statistics.deviation(0), std::sqrt(3.5)); // (4 + 1 + 0 + 9) / 4
    EXPECT_EQ(statistics.count(), 4U);
    EXPECT_THROW(statistics.add(std::vector{1.0F}), std::invalid_argument);
    EXPECT_THROW(statistics.add(std::vector{1.0F, NAN}), std::invalid_argument);
    EXPECT_THROW(statistics.merge(ObservationStatistics(3)), std::invalid_argument);
}

TEST(EnvsNormalised, MergedStatisticsAreThoseOfTheWhole) {
    const Stream stream(3);
    ObservationStatistics whole(1);
    ObservationStatistics parts(1);
    for (std::uint64_t part = 0; part < 7; ++part) {
        ObservationStatistics one(1);
        for (std::uint64_t i = 0; i < part * 5; ++i) {
            const std::vector<float> value = {10 + stream.normal(part * 100 + i)};
            whole.add(value);
            one.add(value);
        }
        parts.merge(one);
    }
    EXPECT_EQ(parts.count(), whole.count());
    EXPECT_NEAR(parts.mean()[0], whole.mean()[0], 1e-13 * 10);
    EXPECT_NEAR(parts.deviation(0), whole.deviation(0), 1e-12);
}

TEST(EnvsNormalised, ScalesClipsAndCollects) {
    envs::NormalisedObservations env(Pendulum(), {.floor = 0.1, .clip = 2});
    const auto raw = Pendulum().reset(6);
    ObservationStatistics statistics(3);
    // means 1, 0, 0 and deviations 1, 0 (the floor holds), 10
    statistics.add(std::vector{0.0F, 0.0F, -10.0F});
    statistics.add(std::vector{2.0F, 0.0F, 10.0F});
    env.normalise_by(statistics);
    Pendulum plain;
    const auto wanted = plain.reset(6);
    const auto got = env.reset(6);
    EXPECT_NEAR(got[0], wanted[0] - 1, 1e-6);
    EXPECT_NEAR(got[1], std::clamp(wanted[1] / 0.1F, -2.0F, 2.0F), 1e-5);
    EXPECT_NEAR(got[2], wanted[2] / 10, 1e-6);
    EXPECT_EQ(env.collected().count(), 1U);
    EXPECT_FLOAT_EQ(static_cast<float>(env.collected().mean()[2]), wanted[2]);
    env.clear_collected();
    EXPECT_EQ(env.collected().count(), 0U);
    EXPECT_THROW(env.normalise_by(ObservationStatistics(2)), std::invalid_argument);
    (void)raw;
}

/// All rows of 60 steps of 20 poles under a fixed rule, on some threads.
std::vector<float> poles_on(std::size_t threads, AutoReset mode) {
    envs::EnvironmentVector<CartPole> poles(CartPole(), 20, mode, Executor(threads));
    const auto start = poles.reset(40);
    std::vector<float> all(start.begin(), start.end());
    for (std::size_t t = 0; t < 60; ++t) {
        std::vector<Action> actions;
        for (std::size_t i = 0; i < poles.count(); ++i) actions.emplace_back((t + i) / 3 % 2);
        const auto outcome = poles.step(actions);
        all.insert(all.end(), outcome.observations.begin(), outcome.observations.end());
        for (const double reward : outcome.rewards) all.push_back(static_cast<float>(reward));
    }
    return all;
}

TEST(EnvsVector, BitsDoNotDependOnThreads) {
    for (const AutoReset mode : {AutoReset::next_step, AutoReset::same_step}) {
        const auto serial = poles_on(1, mode);
        for (const std::size_t threads : {2U, 3U, 8U}) EXPECT_EQ(poles_on(threads, mode), serial);
    }
}

TEST(EnvsVector, EnvironmentIStartsFromSeedPlusI) {
    envs::EnvironmentVector<CartPole> poles(CartPole(), 3);
    const auto rows = poles.reset(7);
    for (std::size_t i = 0; i < 3; ++i) {
        CartPole one;
        const auto wanted = one.reset(7 + i);
        EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(), rows.subspan(4 * i, 4).begin()));
    }
}

// one pole always pushed to the right; its own run says when it ends and how it starts again
TEST(EnvsVector, AutoResetModesDoWhatTheySay) {
    CartPole one;
    one.reset(5);
    std::vector<std::vector<float>> seen;
    bool is_over = false;
    while (!is_over) {
        const Outcome outcome = one.step(std::size_t{1});
        seen.emplace_back(outcome.observation.begin(), outcome.observation.end());
        is_over = outcome.is_over();
    }
    const auto again = one.reset();
    const std::vector<float> restart(again.begin(), again.end());
    const std::vector<Action> right = {std::size_t{1}};
    const auto vector_of = [](std::span<const float> values) {
        return std::vector<float>(values.begin(), values.end());
    };
    for (const AutoReset mode : {AutoReset::next_step, AutoReset::same_step, AutoReset::disabled}) {
        envs::EnvironmentVector<CartPole> poles(CartPole(), 1, mode);
        poles.reset(5);
        for (std::size_t t = 0; t + 1 < seen.size(); ++t) {
            const auto outcome = poles.step(right);
            ASSERT_EQ(vector_of(outcome.observations), seen[t]);
            ASSERT_EQ(outcome.terminated[0], 0);
        }
        const auto last = poles.step(right);
        EXPECT_EQ(last.terminated[0], 1);
        EXPECT_EQ(last.rewards[0], 1);
        if (mode == AutoReset::same_step) {
            EXPECT_EQ(vector_of(last.observations), restart);
            EXPECT_EQ(vector_of(last.last_observations), seen.back());
            continue;
        }
        EXPECT_EQ(vector_of(last.observations), seen.back());
        if (mode == AutoReset::disabled) {
            EXPECT_THROW(poles.step(right), std::logic_error);
            EXPECT_EQ(vector_of(poles.reset_one(0)), restart);
            EXPECT_NO_THROW(poles.step(right));
            continue;
        }
        const auto next = poles.step(right);
        EXPECT_EQ(vector_of(next.observations), restart);
        EXPECT_EQ(next.rewards[0], 0);
        EXPECT_EQ(next.terminated[0], 0);
    }
}

TEST(EnvsVector, RefusesWrongNumbers) {
    EXPECT_THROW((envs::EnvironmentVector<CartPole>(CartPole(), 0)), std::invalid_argument);
    envs::EnvironmentVector<CartPole> poles(CartPole(), 2);
    poles.reset(1);
    const std::vector<Action> one = {std::size_t{1}};
    EXPECT_EQ(message_of([&] { poles.step(one); }),
              "envs::EnvironmentVector: 2 actions are needed, got 1");
    EXPECT_THROW(poles.reset_one(2), std::out_of_range);
}

// angle plus a share of its speed: the classic controller of the pole
std::size_t balance(std::span<const float> seen) {
    return seen[2] + 0.3F * seen[3] + 0.02F * seen[0] + 0.05F * seen[1] > 0 ? 1 : 0;
}

TEST(EnvsRollout, PlaysToTheEndOrTheLimit) {
    TimeLimit env(CartPole(), 500);
    const auto whole = envs::rollout(env, balance, 3);
    EXPECT_EQ(whole.total, 500);
    EXPECT_EQ(whole.steps, 500U);
    EXPECT_TRUE(whole.truncated);
    EXPECT_FALSE(whole.terminated);
    EXPECT_FALSE(whole.behaviour.has_value());
    const auto part = envs::rollout(env, balance, 3, 20);
    EXPECT_EQ(part.steps, 20U);
    EXPECT_TRUE(part.truncated);
    const auto fallen = envs::rollout(
        env, [](std::span<const float>) { return std::size_t{0}; }, 3);
    EXPECT_TRUE(fallen.terminated);
    EXPECT_LT(fallen.steps, 20U);
}

TEST(EnvsRollout, PoliciesMayReturnVectorsAndBehavioursComeBack) {
    envs::Maze env;
    const auto result = envs::rollout(
        env,
        [](std::span<const float>) {
            return std::vector<float>{0, 0.5F};
        },
        1);
    ASSERT_TRUE(result.behaviour.has_value());
    EXPECT_NEAR(result.behaviour->at[0], 78, 1e-4); // golden run 1 of the sheet's section 5
    EXPECT_EQ(result.total, -result.behaviour->distance);
}

TEST(EnvsRollout, ManySeedsGiveTheSameResultsOnAnyThreads) {
    std::vector<std::uint64_t> seeds(30);
    std::iota(seeds.begin(), seeds.end(), 100);
    const auto totals = [&](std::size_t threads) {
        std::vector<double> all;
        const auto make = [] {
            return [](std::span<const float> seen) { return std::size_t{seen[2] > 0 ? 1U : 0U}; };
        };
        for (const auto& result : envs::rollouts(CartPole(), make, seeds, 500, Executor(threads))) {
            all.push_back(result.total);
        }
        return all;
    };
    const auto serial = totals(1);
    ASSERT_EQ(serial.size(), seeds.size());
    EXPECT_NE(serial.front(), serial.back());
    for (const std::size_t threads : {2U, 3U, 8U}) EXPECT_EQ(totals(threads), serial);
}

} // namespace
} // namespace baldwin::wrappers_test

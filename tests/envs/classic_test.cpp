// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Classic control against Gymnasium: the sheet's sections 1.1 and 2 (shared/reference/envs.md),
// recorded from Gymnasium main with NumPy 1.24.

#include <baldwin/envs/acrobot.hpp>
#include <baldwin/envs/cart_pole.hpp>
#include <baldwin/envs/mountain_car.hpp>
#include <baldwin/envs/numpy_random.hpp>
#include <baldwin/envs/pendulum.hpp>
#include <baldwin/envs/time_limit.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace baldwin::classic_test {
namespace {

using envs::Action;
using envs::Outcome;

/// What the golden rows say of an episode.
struct Played {
    std::vector<float> start = {};
    std::vector<float> last = {};
    std::size_t steps = 0;
    double total = 0;
    bool terminated = false;
    bool truncated = false;
};

template <envs::Environment E, class Rule>
Played run(E env, std::uint64_t seed, std::size_t limit, Rule rule) {
    const auto start = env.reset(seed);
    Played run{.start = {start.begin(), start.end()}};
    float value = 0;
    while (run.steps < limit && !run.terminated && !run.truncated) {
        const auto chosen = rule(run.steps++);
        const bool is_choice = std::is_integral_v<decltype(chosen)>;
        value = static_cast<float>(chosen);
        const Outcome outcome = env.step(is_choice ? Action(static_cast<std::size_t>(chosen))
                                                   : Action(std::span<const float>(&value, 1)));
        run.total += outcome.reward;
        run.terminated = outcome.terminated;
        run.truncated = outcome.truncated;
        run.last.assign(outcome.observation.begin(), outcome.observation.end());
    }
    return run;
}

void expect_near(const std::vector<float>& got, const std::vector<double>& wanted, double band) {
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], band) << i;
}

// the sheet: an independent double version agrees to float32 rounding, differences < 2e-7; for
// numbers up to 8 that is a unit in the last place of float32
constexpr double kBand = 5e-7;

TEST(EnvsNumpy, GeneratorGivesGymnasiumsDocumentedStart) { // section 1.1
    envs::NumpyGenerator random(123);
    for (const double wanted : {0.03647037, -0.0892358, -0.055928025, -0.06312564}) {
        // the digits are those of float32 printed with a precision of 8
        EXPECT_NEAR(static_cast<float>(random.uniform(-0.1, 0.1)), wanted, 6e-9);
    }
}

TEST(EnvsNumpy, LegacyIsTheMersenneTwister) {
    envs::NumpyLegacy random(5489); // section 1.1
    EXPECT_EQ(random.bits(), 3499211612U);
    // the C++ standard, [rand.predef]: the 10000th word of mt19937
    for (int i = 2; i < 10000; ++i) random.bits();
    EXPECT_EQ(random.bits(), 4123659995U);
}

TEST(EnvsNumpy, LegacyIntegersStayInRangeAndOneValueIsFree) {
    envs::NumpyLegacy random(7);
    envs::NumpyLegacy same(7);
    EXPECT_EQ(random.integer(4, 5), 4);
    EXPECT_EQ(random.bits(), same.bits());
    std::vector<int> counts(5);
    for (int i = 0; i < 5000; ++i) ++counts.at(static_cast<std::size_t>(random.integer(1, 6) - 1));
    // binomial(5000, 0.2): 5 standard deviations are 141
    for (const int count : counts) EXPECT_NEAR(count, 1000, 141);
}

TEST(EnvsNumpy, SeedsBeyond32BitsDiffer) {
    const std::uint64_t high = std::uint64_t{1} << 32U;
    EXPECT_NE(envs::NumpyLegacy(high).bits(), envs::NumpyLegacy(0).bits());
    EXPECT_NE(envs::NumpyLegacy(high).bits(), envs::NumpyLegacy(2 * high).bits());
    EXPECT_NE(envs::NumpyGenerator(high).bits(), envs::NumpyGenerator(0).bits());
}

// init_by_array([1, 2]) worked out apart from this code, from the published algorithm
TEST(EnvsNumpy, LargeSeedsAreLists) {
    std::vector<std::uint32_t> mt(624);
    mt[0] = 19650218U;
    for (std::uint32_t i = 1; i < 624; ++i) {
        mt[i] = 1812433253U * (mt[i - 1] ^ (mt[i - 1] >> 30U)) + i;
    }
    std::size_t i = 1;
    std::uint32_t j = 0;
    const auto step_on = [&] {
        if (++i >= 624) mt[0] = mt[623], i = 1;
    };
    for (int k = 624; k > 0; --k) {
        mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30U)) * 1664525U)) + (j + 1) + j;
        step_on();
        j = (j + 1) % 2;
    }
    for (int k = 623; k > 0; --k) {
        mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30U)) * 1566083941U)) -
                static_cast<std::uint32_t>(i);
        step_on();
    }
    mt[0] = 0x80000000U;
    std::uint32_t y = (mt[0] & 0x80000000U) | (mt[1] & 0x7fffffffU);
    y = mt[397] ^ (y >> 1U) ^ ((y & 1U) != 0 ? 0x9908b0dfU : 0U);
    y ^= y >> 11U;
    y ^= (y << 7U) & 0x9d2c5680U;
    y ^= (y << 15U) & 0xefc60000U;
    y ^= y >> 18U;
    EXPECT_EQ(envs::NumpyLegacy(std::uint64_t{2} << 32U | 1U).bits(), y);
}

TEST(EnvsCartPole, GoldenRun) { // section 2.6
    const Played got = run(envs::TimeLimit(envs::CartPole(), 500), 123, 500,
                           [](std::size_t t) { return t / 2 % 2; });
    EXPECT_EQ(got.steps, 33U);
    EXPECT_TRUE(got.terminated);
    EXPECT_EQ(got.total, 33);
    expect_near(got.start, {0.0182351861, -0.0446178988, -0.0279640127, -0.0315628201}, 1e-9);
    expect_near(got.last, {-0.13930182, -0.26656026, 0.21066393, 0.87054443}, kBand);
}

TEST(EnvsCartPole, PapersRewardIsMinusOneAtTheEndOnly) {
    const Played got = run(envs::CartPole(true), 123, 500, [](std::size_t t) { return t / 2 % 2; });
    EXPECT_EQ(got.total, -1);
    EXPECT_EQ(got.steps, 33U);
}

TEST(EnvsCartPole, LimitTruncates) {
    const Played got = run(envs::TimeLimit(envs::CartPole(), 10), 123, 500,
                           [](std::size_t t) { return t / 2 % 2; });
    EXPECT_EQ(got.steps, 10U);
    EXPECT_TRUE(got.truncated);
    EXPECT_FALSE(got.terminated);
}

TEST(EnvsMountainCar, GoldenRun) { // section 2.6
    const Played got = run(envs::TimeLimit(envs::MountainCar(), 200), 123, 999,
                           [](std::size_t t) { return t / 20 % 3; });
    EXPECT_EQ(got.steps, 200U);
    EXPECT_TRUE(got.truncated);
    EXPECT_EQ(got.total, -200);
    expect_near(got.start, {-0.4635296166, 0}, 3e-8);
    expect_near(got.last, {-0.50338894, 0.01029156}, kBand);
}

// pushing along with the motion solves it; section 2.2 gives reward -1 on the goal step too
TEST(EnvsMountainCar, SwingingReachesTheGoal) {
    envs::MountainCar env;
    float speed = env.reset(1)[1];
    double total = 0;
    std::size_t steps = 0;
    Outcome outcome;
    do {
        outcome = env.step(std::size_t{speed < 0 ? 0U : 2U});
        speed = outcome.observation[1];
        total += outcome.reward;
    } while (++steps < 300 && !outcome.terminated);
    EXPECT_TRUE(outcome.terminated);
    EXPECT_EQ(total, -static_cast<double>(steps));
    ASSERT_TRUE(env.behaviour().has_value());
    EXPECT_TRUE(env.behaviour()->has_reached);
    EXPECT_EQ(env.behaviour()->distance, 0);
    EXPECT_GE(env.behaviour()->at.at(0), 0.5F);
}

TEST(EnvsMountainCar, BehaviourIsTheLargestPosition) {
    envs::MountainCar env;
    env.reset(123);
    float largest = -2;
    for (std::size_t t = 0; t < 100; ++t) {
        largest = std::max(largest, env.step(t / 20 % 3).observation[0]);
    }
    EXPECT_FLOAT_EQ(env.behaviour()->at.at(0), std::max(largest, -0.4635296F));
    EXPECT_FALSE(env.behaviour()->has_reached);
}

TEST(EnvsMountainCarContinuous, GoldenRun) { // section 2.6; tolerance of 2.3
    const Played got = run(envs::MountainCarContinuous(), 123, 100,
                           [](std::size_t t) { return std::sin(0.1 * static_cast<double>(t)); });
    EXPECT_EQ(got.steps, 100U);
    EXPECT_NEAR(got.total, -4.757727044, 1e-6);
    expect_near(got.last, {0.10031445, 0.03816564}, 1e-5);
}

TEST(EnvsMountainCarContinuous, CostUsesTheForceAsAskedAndTheCarTheClippedOne) { // section 2.3
    const auto once = [](double force) {
        return run(envs::MountainCarContinuous(), 5, 1, [&](std::size_t) { return force; });
    };
    EXPECT_DOUBLE_EQ(once(3).total, -0.9);
    EXPECT_DOUBLE_EQ(once(1).total, -0.1);
    EXPECT_EQ(once(3).last, once(1).last);
}

TEST(EnvsAcrobot, GoldenRun) { // section 2.6
    const Played got = run(envs::TimeLimit(envs::Acrobot(), 500), 123, 100,
                           [](std::size_t t) { return t / 5 % 3; });
    EXPECT_EQ(got.total, -100);
    expect_near(got.start,
                {0.99933505, 0.03646229, 0.99602115, -0.08911742, -0.05592803, -0.06312564}, 3e-8);
    expect_near(got.last,
                {0.99722952, -0.07438593, 0.93848562, 0.34531835, -0.33265677, -0.85371137}, kBand);
}

// pumping energy: the torque follows the first link's motion; the last reward is 0 (section 2.4)
TEST(EnvsAcrobot, PumpingReachesTheLine) {
    envs::Acrobot env;
    float spin = env.reset(3)[4];
    double total = 0;
    std::size_t steps = 0;
    Outcome outcome;
    do {
        outcome = env.step(std::size_t{spin > 0 ? 0U : 2U});
        spin = outcome.observation[4];
        total += outcome.reward;
    } while (++steps < 1000 && !outcome.terminated);
    EXPECT_TRUE(outcome.terminated);
    EXPECT_EQ(total, -static_cast<double>(steps - 1));
    const float first = std::atan2(outcome.observation[1], outcome.observation[0]);
    const float second = std::atan2(outcome.observation[3], outcome.observation[2]);
    EXPECT_GT(-std::cos(first) - std::cos(first + second), 1 - 1e-5);
}

TEST(EnvsPendulum, GoldenRun) { // section 2.6
    const Played got = run(envs::TimeLimit(envs::Pendulum(), 200), 123, 999, [](std::size_t t) {
        return 2 * std::sin(0.1 * static_cast<double>(t));
    });
    EXPECT_EQ(got.steps, 200U);
    EXPECT_TRUE(got.truncated);
    EXPECT_NEAR(got.total, -1197.42262840, 1e-7);
    expect_near(got.start, {0.41236249, 0.91101986, -0.89235795}, 3e-8);
    expect_near(got.last, {-0.99779767, 0.06633079, -7.63369799}, kBand);
}

TEST(EnvsPendulum, TorqueIsClippedInMotionAndCost) { // section 2.5
    const auto once = [](double torque) {
        return run(envs::Pendulum(), 9, 1, [&](std::size_t) { return torque; });
    };
    EXPECT_EQ(once(7).last, once(2).last);
    EXPECT_EQ(once(7).total, once(2).total);
    EXPECT_NE(once(1).total, once(2).total);
}

} // namespace
} // namespace baldwin::classic_test

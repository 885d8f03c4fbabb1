// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/schedule.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace baldwin::schedule_test {
namespace {

TEST(CoreSchedule, ConstantIsTheRateAtEveryStep) {
    const Schedule schedule{.rate = 0.25};
    EXPECT_EQ(learning_rate(schedule, 0), 0.25);
    EXPECT_EQ(learning_rate(schedule, 1'000'000'000), 0.25);
}

TEST(CoreSchedule, StepMultipliesByTheFactorAtEachInterval) {
    const Schedule schedule{
        .course = Schedule::Course::step, .rate = 0.5, .interval = 10, .factor = 0.25};
    EXPECT_EQ(learning_rate(schedule, 9), 0.5);
    EXPECT_EQ(learning_rate(schedule, 10), 0.125);
    EXPECT_EQ(learning_rate(schedule, 29), 0.03125);
    EXPECT_EQ(learning_rate(schedule, 30), 0.0078125);
}

TEST(CoreSchedule, WarmUpGrowsLinearlyToTheFullRate) {
    const Schedule schedule{.rate = 1.0, .warm_up = 4};
    EXPECT_EQ(learning_rate(schedule, 0), 0.25);
    EXPECT_EQ(learning_rate(schedule, 1), 0.5);
    EXPECT_EQ(learning_rate(schedule, 3), 1.0);
    EXPECT_EQ(learning_rate(schedule, 4), 1.0);
}

// floor + (rate - floor) (1 + cos(pi t)) / 2 at t = 0, 1/4, 1/2, 3/4, 1; the cosine is accurate to
// an ulp or two, so 1e-15 is generous
TEST(CoreSchedule, CosineFallsFromTheRateToTheFloor) {
    const Schedule schedule{
        .course = Schedule::Course::cosine, .rate = 0.9, .warm_up = 20, .steps = 120, .floor = 0.1};
    EXPECT_EQ(learning_rate(schedule, 20), 0.9);
    EXPECT_NEAR(learning_rate(schedule, 45), 0.5 + 0.4 * std::sqrt(0.5), 1e-15);
    EXPECT_NEAR(learning_rate(schedule, 70), 0.5, 1e-15);
    EXPECT_NEAR(learning_rate(schedule, 95), 0.5 - 0.4 * std::sqrt(0.5), 1e-15);
    EXPECT_EQ(learning_rate(schedule, 120), 0.1);
    EXPECT_EQ(learning_rate(schedule, 5000), 0.1);
    EXPECT_NEAR(learning_rate(schedule, 9), 0.45, 1e-15);
}

TEST(CoreSchedule, AFieldOutOfRangeIsRefused) {
    EXPECT_NO_THROW(check(Schedule{}));
    EXPECT_THROW(check(Schedule{.rate = std::nan("")}), std::invalid_argument);
    EXPECT_THROW(check(Schedule{.rate = -0.1}), std::invalid_argument);
    EXPECT_THROW(check(Schedule{.rate = std::numeric_limits<double>::infinity()}),
                 std::invalid_argument);
    EXPECT_THROW(check(Schedule{.rate = 0.1, .floor = 0.2}), std::invalid_argument);
    EXPECT_THROW(check(Schedule{.interval = 0}), std::invalid_argument);
    EXPECT_THROW(check(Schedule{.factor = 0.0}), std::invalid_argument);
    EXPECT_THROW(check(Schedule{.factor = 1.5}), std::invalid_argument);
}

} // namespace
} // namespace baldwin::schedule_test

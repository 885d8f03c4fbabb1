// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// The interface itself: spaces, actions, the time limit, and the suite on a minimal model.

#include <baldwin/envs/any_environment.hpp>
#include <baldwin/envs/time_limit.hpp>

#include "envs/env_conformance.hpp"
#include "support/errors.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace baldwin::environment_test {
namespace {

using envs::Action;
using envs::Box;
using envs::Discrete;
using envs::Outcome;
using envs::Space;
using test::message_of;

/// Counts down from 5 to 9; action 1 counts twice. The smallest model of an environment.
class Countdown {
public:
    [[nodiscard]] static Space observation_space() { return envs::uniform_box({1}, -1, 9); }
    [[nodiscard]] static Space action_space() { return Discrete{2}; }
    std::span<const float> reset(std::uint64_t seed) {
        seed_ = seed;
        return reset();
    }
    std::span<const float> reset() {
        left_ = static_cast<float>(5 + seed_++ % 5);
        episode_.begin();
        return {&left_, 1};
    }
    Outcome step(const Action& action) {
        const auto count = static_cast<float>(1 + action.choice(2, "Countdown"));
        episode_.expect_running("Countdown");
        left_ -= count;
        episode_.end_if(left_ <= 0);
        return {{&left_, 1}, count, left_ <= 0, false};
    }
    [[nodiscard]] Scene scene() const {
        Panel panel{.title = "Countdown", .note = "Numbers left"};
        panel.items.emplace_back(Text{.text = std::to_string(left_)});
        return {.panels = {panel}};
    }

private:
    float left_ = 0;
    std::uint64_t seed_ = 0;
    envs::Episode episode_;
};

static_assert(envs::Environment<Countdown>);
static_assert(envs::Environment<envs::AnyEnvironment>);
static_assert(envs::Environment<envs::TimeLimit<Countdown>>);
static_assert(!envs::Environment<int>);

TEST(EnvsEnvironment, MinimalModelConforms) {
    test::expect_environment_conforms(Countdown());
    test::expect_environment_conforms(envs::TimeLimit(Countdown(), 4));
}

TEST(EnvsEnvironment, AnyEnvironmentKnowsWhatItHolds) {
    const envs::AnyEnvironment env = envs::TimeLimit(Countdown(), 4);
    ASSERT_NE(env.get<envs::TimeLimit<Countdown>>(), nullptr);
    EXPECT_EQ(env.get<envs::TimeLimit<Countdown>>()->limit(), 4U);
    EXPECT_EQ(env.get<Countdown>(), nullptr);
    EXPECT_FALSE(env.behaviour().has_value());
}

TEST(EnvsTimeLimit, TruncatesAtTheLimitAndCountsAgainAfterReset) {
    envs::TimeLimit env(Countdown(), 3);
    for (int episode = 0; episode < 2; ++episode) {
        env.reset(4); // 9 to count
        EXPECT_FALSE(env.step(std::size_t{0}).is_over());
        EXPECT_FALSE(env.step(std::size_t{0}).is_over());
        const Outcome last = env.step(std::size_t{0});
        EXPECT_TRUE(last.truncated);
        EXPECT_FALSE(last.terminated);
        EXPECT_THROW(env.step(std::size_t{0}), std::logic_error);
    }
}

TEST(EnvsTimeLimit, SaysBothWhenTheTaskEndsAtTheLimit) {
    envs::TimeLimit env(Countdown(), 3);
    env.reset(0); // 5 to count: 2 + 2 + 2
    env.step(std::size_t{1});
    env.step(std::size_t{1});
    const Outcome last = env.step(std::size_t{1});
    EXPECT_TRUE(last.terminated);
    EXPECT_TRUE(last.truncated);
}

TEST(EnvsTimeLimit, RefusesZero) {
    EXPECT_THROW(envs::TimeLimit(Countdown(), 0), std::invalid_argument);
}

TEST(EnvsSpace, BoxContainsItsBoundsAndNoNan) {
    const Box box{{2}, {-1, 0}, {1, envs::kUnbounded}};
    const auto holds = [&](std::array<float, 2> values) { return envs::contains(box, values); };
    EXPECT_TRUE(holds({-1, 0}));
    EXPECT_TRUE(holds({1, 1e30F}));
    EXPECT_FALSE(holds({1.0001F, 0}));
    EXPECT_FALSE(holds({0, -0.1F}));
    EXPECT_FALSE(holds({NAN, 0}));
    EXPECT_FALSE(envs::contains(box, std::vector<float>{0}));
}

TEST(EnvsSpace, GreedyActionIsTheFirstLargestChoice) {
    const std::vector<float> scores = {1, 3, 3, 2};
    EXPECT_EQ(envs::greedy_action(Discrete{4}, scores).choice(4, "test"), 1U);
    const auto values = envs::greedy_action(envs::uniform_box({4}, -1, 1), scores);
    EXPECT_EQ(values.values(4, "test").data(), scores.data());
    EXPECT_NE(message_of([&] {
                  (void)envs::greedy_action(Discrete{3}, scores);
              }).find("takes 3 outputs, got 4"),
              std::string::npos);
    EXPECT_THROW((void)envs::greedy_action(Discrete{1}, std::vector<float>{NAN}),
                 std::invalid_argument);
}

TEST(EnvsSpace, WrongActionsAreNamed) {
    EXPECT_EQ(message_of([] { (void)Action(std::size_t{2}).choice(2, "envs::X"); }),
              "envs::X: the action must be a choice 0 to 1, got choice 2");
    const std::vector<float> values = {1, 2};
    EXPECT_EQ(message_of([&] { (void)Action(values).choice(2, "envs::X"); }),
              "envs::X: the action must be a choice 0 to 1, got 2 numbers");
    EXPECT_EQ(message_of([&] { (void)Action(values).values(3, "envs::X"); }),
              "envs::X: the action must be 3 numbers, got 2 numbers");
    EXPECT_EQ(message_of([] { (void)Action(std::size_t{1}).values(1, "envs::X"); }),
              "envs::X: the action must be 1 numbers, got choice 1");
}

} // namespace
} // namespace baldwin::environment_test

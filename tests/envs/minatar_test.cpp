// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// MinAtar against the Python reference: golden traces of the sheet's section 4.6
// (shared/reference/envs.md), and rules of sections 4.1 to 4.5 that they may not show.

#include <baldwin/core/detail/stored_png.hpp>
#include <baldwin/envs/minatar/minatar.hpp>

#include "envs/env_conformance.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::minatar_test {
namespace {

using envs::MinAtar;
using envs::Outcome;
namespace games = envs::minatar;

struct Trace {
    int reward = 0;
    int terminals = 0;
    std::uint32_t crc = 0;

    friend bool operator==(const Trace&, const Trace&) = default;
};

std::ostream& operator<<(std::ostream& out, const Trace& trace) {
    return out << trace.reward << ' ' << trace.terminals << ' ' << std::hex << trace.crc;
}

template <class Game>
Trace trace_of(double sticky, std::uint64_t seed = 1, int steps = 5000) {
    MinAtar<Game> env({.sticky = sticky});
    std::string bytes;
    const auto keep = [&] {
        const auto state = env.state();
        bytes.append(state.begin(), state.end());
    };
    env.reset(seed);
    keep();
    Trace trace;
    std::uint32_t generator = 12345;
    for (int t = 0; t < steps; ++t) {
        generator = (1103515245U * generator + 12345U) % 2147483648U;
        const Outcome outcome = env.step(std::size_t{(generator >> 16U) % 6});
        trace.reward += static_cast<int>(outcome.reward);
        keep();
        if (!outcome.terminated) continue;
        ++trace.terminals;
        env.reset();
        keep();
    }
    trace.crc = detail::crc32_of(bytes);
    return trace;
}

TEST(EnvsMinAtar, GoldenTraces) {
    EXPECT_EQ(trace_of<games::Asterix>(0.1), (Trace{39, 64, 0x90e7ad72}));
    EXPECT_EQ(trace_of<games::Asterix>(0.0), (Trace{34, 83, 0xa5ffb37a}));
    EXPECT_EQ(trace_of<games::Breakout>(0.1), (Trace{220, 458, 0xc8bfed3b}));
    EXPECT_EQ(trace_of<games::Breakout>(0.0), (Trace{245, 414, 0x31aca492}));
    EXPECT_EQ(trace_of<games::Freeway>(0.1), (Trace{0, 1, 0x50810005}));
    EXPECT_EQ(trace_of<games::Freeway>(0.0), (Trace{1, 1, 0x9995967b}));
    EXPECT_EQ(trace_of<games::Seaquest>(0.1), (Trace{19, 149, 0xd8e7fbaa}));
    EXPECT_EQ(trace_of<games::Seaquest>(0.0), (Trace{18, 200, 0x1e272c84}));
    EXPECT_EQ(trace_of<games::SpaceInvaders>(0.1), (Trace{294, 95, 0x7e73ec47}));
    EXPECT_EQ(trace_of<games::SpaceInvaders>(0.0), (Trace{289, 88, 0xbc52f643}));
}

template <class Game>
class EnvsMinAtarGame : public ::testing::Test {};

using Games = ::testing::Types<games::Asterix, games::Breakout, games::Freeway, games::Seaquest,
                               games::SpaceInvaders>;
TYPED_TEST_SUITE(EnvsMinAtarGame, Games);

TYPED_TEST(EnvsMinAtarGame, MinimalActionsAreTheSixWithoutIdleOnes) {
    MinAtar<TypeParam> all({.sticky = 0});
    MinAtar<TypeParam> few({.sticky = 0, .all_actions = false});
    const std::size_t count = envs::policy_outputs(few.action_space());
    EXPECT_EQ(envs::policy_outputs(all.action_space()), 6U);
    EXPECT_EQ(count, TypeParam::kMinimal.size());
    all.reset(3);
    few.reset(3);
    for (std::size_t t = 0; t < 200; ++t) {
        const std::size_t choice = t * 7 % count;
        const Outcome a = all.step(static_cast<std::size_t>(TypeParam::kMinimal[choice]));
        const Outcome b = few.step(choice);
        ASSERT_EQ(all.state(), few.state());
        ASSERT_EQ(a.terminated, b.terminated);
        if (a.terminated) break;
    }
}

TYPED_TEST(EnvsMinAtarGame, AlwaysStickyNeverActs) {
    MinAtar<TypeParam> moved({.sticky = 1});
    MinAtar<TypeParam> idle({.sticky = 0});
    moved.reset(5);
    idle.reset(5);
    for (std::size_t t = 0; t < 50; ++t) {
        const bool is_over = moved.step(1 + t % 5).is_over();
        ASSERT_EQ(idle.step(std::size_t{0}).is_over(), is_over);
        ASSERT_EQ(moved.state(), idle.state());
        if (is_over) break;
    }
}

TYPED_TEST(EnvsMinAtarGame, ObservationIsTheStateChannelFirst) {
    MinAtar<TypeParam> env;
    env.reset(2);
    const auto observation = env.step(std::size_t{2}).observation;
    const auto state = env.state();
    constexpr std::size_t kChannels = MinAtar<TypeParam>::kChannels;
    std::size_t ones = 0;
    for (std::size_t c = 0; c < kChannels; ++c) {
        for (std::size_t cell = 0; cell < 100; ++cell) {
            ASSERT_EQ(observation[c * 100 + cell], state[cell * kChannels + c]);
            ones += state[cell * kChannels + c];
        }
    }
    EXPECT_GT(ones, 0U);
}

TEST(EnvsMinAtar, RampingMakesAsterixHarder) { // section 4.2 (6): from act 102 on
    MinAtar<games::Asterix> ramped({.sticky = 0});
    MinAtar<games::Asterix> even({.sticky = 0, .ramping = false});
    std::size_t first_difference = 0;
    for (std::uint64_t seed = 0; seed < 40 && first_difference == 0; ++seed) {
        ramped.reset(seed);
        even.reset(seed);
        for (std::size_t t = 1; t <= 200; ++t) {
            // runs along row 1 and 8 by turns live longer
            const std::size_t action = t % 2 == 0 ? 2 : 0;
            const bool is_over = ramped.step(action).is_over();
            if (even.step(action).is_over() != is_over || ramped.state() != even.state()) {
                first_difference = t;
                break;
            }
            if (is_over) break;
        }
    }
    // the first shorter timer is set at the first spawn after act 102
    EXPECT_GT(first_difference, 102U);
    EXPECT_LE(first_difference, 125U);
}

TEST(EnvsMinAtar, FreewayEndsAfter2501Acts) { // section 4.3
    MinAtar<games::Freeway> env;
    env.reset(1);
    int acts = 0;
    while (!env.step(std::size_t{0}).is_over()) ++acts;
    EXPECT_EQ(acts + 1, 2501);
}

TEST(EnvsMinAtar, SeaquestEndsWhenTheAirIsGone) { // section 4.5 (9): 200 units, one an act below
    games::Seaquest game;
    envs::NumpyLegacy random(1);
    // the game alone goes on after a hit, so only the oxygen can be counted on its own
    games::Board<10> board;
    game.reset(random);
    int acts = 0;
    std::size_t gauge = 10;
    while (gauge > 0 && acts < 300) {
        game.act(acts == 0 ? games::Move::down : games::Move::none, random, true);
        ++acts;
        board.clear();
        game.draw(board);
        gauge = 0;
        for (std::size_t x = 0; x < 10; ++x) gauge += board.values()[700 + 90 + x] != 0 ? 1 : 0;
    }
    EXPECT_EQ(acts, 181); // 19 units left are less than a tenth
}

TEST(EnvsMinAtar, RefusesAStickyProbabilityAboveOne) {
    EXPECT_THROW(MinAtar<games::Breakout>({.sticky = 1.5}), std::invalid_argument);
    EXPECT_THROW(MinAtar<games::Breakout>({.sticky = -0.1}), std::invalid_argument);
}

} // namespace
} // namespace baldwin::minatar_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// The Hard Maze against the public reference: the sheet's section 5 (shared/reference/envs.md),
// recorded from the reference's header built by g++ 12.2 -O2; mazes from files; the image version.

#include <baldwin/envs/maze.hpp>
#include <baldwin/envs/maze_map.hpp>
#include <baldwin/envs/maze_view.hpp>

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::maze_test {
namespace {

using envs::Maze;
using envs::MazeMap;
using envs::MazeRobot;
using test::message_of;

constexpr const char* kHardMaze = "0\n400\n13\n36 184\n0\n31 20\n31 20\n"
                                  "41 5 3 8\n3 8 4 49\n4 49 57 53\n4 49 7 202\n7 202 195 198\n"
                                  "195 198 186 8\n186 8 39 5\n56 54 56 157\n57 106 158 162\n"
                                  "77 201 108 164\n6 80 33 121\n192 146 87 91\n56 55 133 30\n";

// the golden digits stand for float32 values up to 400, whose unit in the last place is 3e-5
constexpr double kBand = 3.1e-5;

void expect_at(const MazeRobot& robot, double x, double y, double heading, int collisions) {
    EXPECT_NEAR(robot.at.x, x, kBand);
    EXPECT_NEAR(robot.at.y, y, kBand);
    EXPECT_NEAR(robot.heading, heading, kBand);
    EXPECT_EQ(robot.collisions, collisions);
}

/// Steps on until step number \p until, by a rule (t from 0) -> (a0, a1).
template <class Rule>
void play(Maze& env, std::size_t& t, std::size_t until, Rule rule) {
    for (; t < until; ++t) env.step(rule(t));
}

TEST(EnvsMaze, FirstObservation) {
    Maze env;
    const std::vector<double> wanted = {1,        1, 0.81556, 0.552432, 0.240711, 0.17383,
                                        0.293529, 0, 0,       0,        1};
    const auto got = env.reset(1);
    ASSERT_EQ(got.size(), wanted.size());
    // six digits are given; the reference's own float32 error is about 3e-7
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-6) << i;
}

TEST(EnvsMaze, GoldenRunOne) {
    Maze env;
    env.reset();
    std::size_t t = 0;
    const auto rule = [](std::size_t) { return std::vector<float>{0, 0.5F}; };
    play(env, t, 1, rule);
    expect_at(env.robot(), 36.2, 184, 0, 0);
    play(env, t, 100, rule);
    expect_at(env.robot(), 78, 184, 0, 79);
    play(env, t, 200, rule);
    expect_at(env.robot(), 78, 184, 0, 179);
    play(env, t, 399, rule);
    const auto last = env.step(rule(t));
    expect_at(env.robot(), 78, 184, 0, 379);
    EXPECT_NEAR(env.distance(), 170.601883, kBand);
    EXPECT_TRUE(last.terminated);
    EXPECT_EQ(last.reward, -static_cast<double>(env.distance()));
}

TEST(EnvsMaze, GoldenRunTwo) {
    Maze env;
    env.reset();
    std::size_t t = 0;
    const auto rule = [](std::size_t) { return std::vector<float>{-0.15F, 0.25F}; };
    play(env, t, 1, rule);
    expect_at(env.robot(), 36.2, 184, 359.8, 0);
    play(env, t, 100, rule);
    expect_at(env.robot(), 110.631927, 146.225128, 271.600586, 39);
    play(env, t, 200, rule);
    expect_at(env.robot(), 67.415825, 132.795151, 181.601196, 108);
    play(env, t, 400, rule);
    expect_at(env.robot(), 78.644051, 185.409714, 1.601402, 269);
    EXPECT_NEAR(env.closest(), 117.583237, kBand);
    EXPECT_FALSE(env.behaviour()->has_reached);
    EXPECT_EQ(env.behaviour()->at, (std::vector<float>{env.robot().at.x, env.robot().at.y}));
}

TEST(EnvsMaze, GoldenRunThree) {
    Maze env;
    env.reset();
    std::size_t t = 0;
    const auto rule = [](std::size_t at) {
        const std::uint32_t s = 1103515245U * static_cast<std::uint32_t>(at + 1) + 12345U;
        return std::vector<float>{static_cast<float>(s >> 16U & 1023U) / 1023.0F - 0.5F,
                                  static_cast<float>(s >> 6U & 1023U) / 1023.0F - 0.25F};
    };
    play(env, t, 100, rule);
    expect_at(env.robot(), 78.943146, 186.082886, 13.361297, 59);
    play(env, t, 200, rule);
    expect_at(env.robot(), 78.943146, 186.082886, 21.051609, 159);
    play(env, t, 400, rule);
    expect_at(env.robot(), 78.943146, 186.082886, 32.163021, 359);
}

// the goal's direction among [315, 405), [45, 135), [135, 225), [225, 315) degrees from the heading
TEST(EnvsMaze, GoalDirectionsIncludeTheirLowerEnd) {
    const auto quarter = [](float x, float y) {
        MazeMap map{.steps = 1, .start = {100, 100}, .goal = {100 + x, 100 + y}};
        map.walls = {{{0, 0}, {0, 300}}};
        Maze env(map);
        const auto seen = env.reset();
        EXPECT_EQ(std::count(seen.begin() + 7, seen.end(), 1.0F), 1);
        return std::find(seen.begin() + 7, seen.end(), 1.0F) - seen.begin() - 7;
    };
    EXPECT_EQ(quarter(10, 0), 0);
    EXPECT_EQ(quarter(10, -10), 0); // 315 degrees
    EXPECT_EQ(quarter(10, 10), 1);  // 45
    EXPECT_EQ(quarter(0, 10), 1);
    EXPECT_EQ(quarter(-10, 10), 2); // 135
    EXPECT_EQ(quarter(-10, 0), 2);
    EXPECT_EQ(quarter(-10, -10), 3); // 225
    EXPECT_EQ(quarter(0, -10), 3);
}

// a wall 60 ahead, worked by hand: accelerating by 0.2 a step to 3, the robot of radius 8 stops
// at the last position that leaves 8
TEST(EnvsMaze, StopsInFrontOfAWallAndMayBeFrozenByIt) {
    for (const bool freezes : {false, true}) {
        Maze env({.stops_on_collision = freezes,
                  .steps = 100,
                  .start = {100, 50},
                  .goal = {0, 50},
                  .walls = {{{160, 0}, {160, 100}}}});
        const auto seen = env.reset();
        EXPECT_FLOAT_EQ(seen[3], 0.6F); // straight ahead
        EXPECT_EQ(seen[6], 1.0F);       // nothing behind within 100
        for (int t = 0; t < 50; ++t) env.step(std::vector<float>{0, 0.5F});
        // 0.2 + ... + 3.0 = 24 after 15 steps, then 3 a step: 151 after 24, and 154 would touch
        EXPECT_NEAR(env.robot().at.x, 151, 1e-4);
        EXPECT_EQ(env.robot().collisions, 26);
        for (int t = 0; t < 30; ++t) env.step(std::vector<float>{0, -0.5F});
        if (freezes) {
            EXPECT_NEAR(env.robot().at.x, 151, 1e-4);
            EXPECT_EQ(env.robot().collisions, 56);
        } else {
            EXPECT_LT(env.robot().at.x, 140);
        }
    }
}

TEST(EnvsMaze, ReachesTheGoalWithinTen) {
    Maze env({.steps = 60, .start = {0, 0}, .goal = {60, 0}, .walls = {{{0, 50}, {100, 50}}}});
    env.reset();
    bool was_near = false;
    for (int t = 0; t < 60; ++t) {
        env.step(std::vector<float>{0, 0.5F});
        was_near = was_near || env.distance() < 10;
        ASSERT_EQ(env.behaviour()->has_reached, was_near);
    }
    EXPECT_TRUE(was_near);
    EXPECT_GT(env.distance(), 60); // gone past it
}

TEST(EnvsMazeMap, BuiltInMazeIsThePublicFile) {
    EXPECT_EQ(envs::parse_maze(kHardMaze, "hard"), envs::hard_maze_map());
    test::TemporaryFolder folder;
    std::ofstream(folder / "maze.txt") << kHardMaze;
    EXPECT_EQ(envs::read_maze(folder / "maze.txt"), envs::hard_maze_map());
}

TEST(EnvsMazeMap, MistakesAreNamedInOneLine) {
    const auto error = [](const std::string& text) {
        return message_of<std::runtime_error>([&] { (void)envs::parse_maze(text, "m.txt"); });
    };
    const std::string text = kHardMaze;
    EXPECT_EQ(error(""), "m.txt: is no maze: at the collision flag, the file ends");
    EXPECT_EQ(error("2 400"), "m.txt: is no maze: at the collision flag, a number 0 to 1 is "
                              "needed, got '2'");
    EXPECT_EQ(
        error("0 0"),
        "m.txt: is no maze: at the number of steps, a number 1 to 1000000 is needed, got '0'");
    EXPECT_EQ(error("0 1.5"),
              "m.txt: is no maze: at the number of steps, a whole number is needed");
    EXPECT_EQ(error("0 400 13 36 x"), "m.txt: is no maze: at y of the start, a number -1000000 to "
                                      "1000000 is needed, got 'x'");
    EXPECT_EQ(error("0 400 1 36 nan").find("got 'nan'") != std::string::npos, true);
    EXPECT_EQ(error(text.substr(0, text.size() - 4)),
              "m.txt: is no maze: at y of the end of wall 13 of 13, the file ends");
    EXPECT_EQ(error(text + " 7"), "m.txt: is no maze: at the end, more follows: '7'");
    EXPECT_NE(message_of([] { (void)envs::read_maze("/nowhere/maze.txt"); }).find("/nowhere/"),
              std::string::npos);
}

TEST(EnvsMazeView, ShowsRobotGoalAndWallsWhereTheyAre) {
    envs::MazeView env;
    const auto first = env.reset();
    // the maze spans x 3 to 195 and y 5 to 202 with 5 around: 207 units on 84 pixels
    const auto pixel = [](std::span<const float> picture, double x, double y) {
        const double scale = 84 / 207.0;
        const auto column = static_cast<std::size_t>((x + 2) * scale);
        const auto row = static_cast<std::size_t>((y - 0) * scale);
        return picture[row * 84 + column];
    };
    EXPECT_EQ(pixel(first, 32, 184), 1);     // the robot, away from its dark line
    EXPECT_EQ(pixel(first, 31, 20), 0.75F);  // the goal
    EXPECT_GT(pixel(first, 56, 100), 0.25F); // the wall from (56, 54) to (56, 157)
    EXPECT_EQ(pixel(first, 150, 100), 0);    // floor
    EXPECT_LT(pixel(first, 40, 184), 0.5F);  // the line to where it heads
    const std::vector<float> before(first.begin(), first.end());
    for (int t = 0; t < 20; ++t) env.step(std::vector<float>{0, 0.5F});
    const auto later = env.step(std::vector<float>{0, 0.5F}).observation;
    EXPECT_EQ(pixel(later, 28, 184), 0); // it has left
    EXPECT_EQ(pixel(later, 78, 180), 1);
}

TEST(EnvsMazeView, StackHoldsFourFramesNewestLast) {
    auto env = envs::image_maze();
    envs::MazeView one;
    const auto start = env.reset();
    const auto frame = one.reset();
    ASSERT_EQ(start.size(), 4U * 84 * 84);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_TRUE(std::equal(frame.begin(), frame.end(),
                               start.begin() + static_cast<long>(i * frame.size())));
    }
    std::vector<float> frames(frame.begin(), frame.end());
    std::span<const float> stack;
    for (int t = 0; t < 3; ++t) {
        const std::vector<float> action = {0.1F, 0.5F};
        const auto next = one.step(action).observation;
        frames.insert(frames.end(), next.begin(), next.end());
        stack = env.step(action).observation;
    }
    EXPECT_TRUE(std::equal(frames.begin(), frames.end(), stack.begin(), stack.end()));
}

} // namespace
} // namespace baldwin::maze_test

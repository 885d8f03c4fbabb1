// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// baldwin-evolve as its users call it: list and trace. Golden values are those of the sheet's
// sections 2.6, 4.6 and 5 (shared/reference/envs.md).

#include <baldwin/core/json.hpp>

#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace baldwin::evolve_test {
namespace {

using test::Outcome;
using Arguments = std::vector<std::string>;

Outcome evolve(const Arguments& arguments) {
    return test::run_program(std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-evolve", arguments);
}

/// The object that trace prints; stdout must hold one line and nothing else.
Json trace(Arguments arguments) {
    arguments.insert(arguments.begin(), "trace");
    const Outcome outcome = evolve(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1);
    return parse_json(outcome.out, "stdout");
}

void expect_near(const Json& got, const std::vector<double>& wanted, double band) {
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_NEAR(got[i].get<double>(), wanted[i], band) << i;
    }
}

TEST(AppEvolve, TracesMinAtar) {
    const Json sticky =
        trace({"--env", "minatar/seaquest", "--seed", "1", "--sticky", "0.1", "--steps", "5000"});
    EXPECT_EQ(sticky["reward"], 19);
    EXPECT_EQ(sticky["terminals"], 149);
    EXPECT_EQ(sticky["crc32"], "d8e7fbaa");
    EXPECT_TRUE(sticky["reward"].is_number_integer());
    const Json plain = trace({"--env", "minatar/breakout", "--sticky", "0", "--seed", "1"});
    EXPECT_EQ(plain["crc32"], "31aca492");
    EXPECT_NE(trace({"--env", "minatar/breakout", "--sticky", "0", "--seed", "2"})["crc32"],
              plain["crc32"]);
    EXPECT_EQ(trace({"--env", "minatar/freeway", "--seed", "1"})["crc32"], "50810005");
}

TEST(AppEvolve, TracesClassicControl) {
    const Json pole = trace({"--env", "CartPole-v1", "--seed", "123"});
    EXPECT_EQ(pole["steps"], 33);
    EXPECT_EQ(pole["return"], 33);
    expect_near(pole["start"], {0.0182351861, -0.0446178988, -0.0279640127, -0.0315628201}, 2e-6);
    expect_near(pole["last"], {-0.13930182, -0.26656026, 0.21066393, 0.87054443}, 2e-6);
    const Json car = trace({"--env", "MountainCarContinuous-v0", "--seed", "123"});
    EXPECT_EQ(car["steps"], 100);
    EXPECT_NEAR(car["return"].get<double>(), -4.757727044, 1e-4);
    const Json swing = trace({"--env", "Acrobot-v1", "--seed", "123"});
    EXPECT_EQ(swing["steps"], 100);
    EXPECT_EQ(swing["last"].size(), 6U);
    const Json pendulum = trace({"--env", "Pendulum-v1", "--seed", "123"});
    EXPECT_EQ(pendulum["steps"], 200);
    EXPECT_NEAR(pendulum["return"].get<double>(), -1197.42262840, 2e-6);
    EXPECT_EQ(trace({"--env", "MountainCar-v0", "--seed", "123"})["return"], -200);
}

TEST(AppEvolve, TracesTheMaze) {
    const Json two = trace({"--env", "hard-maze", "--rule", "2"});
    EXPECT_EQ(two["start"].size(), 11U);
    EXPECT_NEAR(two["at"]["100"]["x"].get<double>(), 110.631927, 3.1e-5);
    EXPECT_NEAR(two["at"]["200"]["heading"].get<double>(), 181.601196, 3.1e-5);
    EXPECT_EQ(two["at"]["400"]["collisions"], 269);
    EXPECT_NEAR(two["closest"].get<double>(), 117.583237, 3.1e-5);
    const Json three = trace({"--env", "hard-maze", "--rule", "3"});
    EXPECT_NEAR(three["at"]["400"]["y"].get<double>(), 186.082886, 3.1e-5);
    EXPECT_NEAR(trace({"--env", "hard-maze"})["distance"].get<double>(), 170.601883, 3.1e-5);
    test::TemporaryFolder folder;
    std::ofstream(folder / "m.txt") << "0 100 1  50 50  0  90 50  90 50  0 0 200 0\n";
    const Json own = trace({"--env", "hard-maze", "--maze", (folder / "m.txt").string()});
    EXPECT_TRUE(own["at"].contains("100"));
    EXPECT_FALSE(own["at"].contains("200"));
}

TEST(AppEvolve, ListsEnvironmentsWithTheirSpaces) {
    const Outcome outcome = evolve({"list"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_NE(outcome.out.find("hard-maze\n"), std::string::npos);
    EXPECT_NE(outcome.out.find("observation: 11 numbers in [0, 1]\n    action: 2 numbers in "
                               "[-0.5, 0.5]"),
              std::string::npos);
    EXPECT_NE(outcome.out.find("action: choice of 6"), std::string::npos);
}

void expect_refusal(const Arguments& arguments, int code, const Arguments& words) {
    const Outcome outcome = evolve(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    for (const auto& word : words) EXPECT_NE(outcome.err.find(word), std::string::npos) << word;
}

TEST(AppEvolve, MistakesAreOneLine) {
    expect_refusal({}, 2, {"list, trace", "got ''"});
    expect_refusal({"dance"}, 2, {"list, trace", "'dance'"});
    expect_refusal({"trace"}, 2, {"--env must be minatar/asterix", "hard-maze, got ''"});
    expect_refusal({"trace", "--env", "Pong"}, 2, {"'Pong'"});
    expect_refusal({"trace", "--env", "CartPole-v1", "--rule", "2"}, 2,
                   {"--rule belongs to hard-maze", "CartPole-v1"});
    expect_refusal({"trace", "--env", "hard-maze", "--rule", "4"}, 2, {"--rule", "1 to 3", "'4'"});
    expect_refusal({"trace", "--env", "CartPole-v1", "--seed", "-1"}, 2, {"--seed", "'-1'"});
    expect_refusal({"trace", "--env", "minatar/asterix", "--sticky", "2"}, 2, {"--sticky", "'2'"});
    expect_refusal({"trace", "--env", "hard-maze", "--maze", "/nowhere.txt"}, 1, {"/nowhere.txt"});
}

} // namespace
} // namespace baldwin::evolve_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// baldwin-evolve as its users call it: list, trace and run. Golden values are those of the sheet's
// sections 2.6, 4.6 and 5 (shared/reference/envs.md).

#include <baldwin/core/json.hpp>
#include <baldwin/core/random.hpp>

#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
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
    expect_refusal({}, 2, {"a command is missing", "genome, list, replay, run, trace"});
    expect_refusal({"dance"}, 2, {"genome, list, replay, run, trace", "'dance'"});
    expect_refusal({"trace"}, 2, {"--env must be minatar/asterix", "hard-maze, got ''"});
    expect_refusal({"trace", "--env", "Pong"}, 2, {"'Pong'"});
    expect_refusal({"trace", "--env", "CartPole-v1", "--rule", "2"}, 2,
                   {"--rule belongs to hard-maze", "CartPole-v1"});
    expect_refusal({"trace", "--env", "hard-maze", "--rule", "4"}, 2, {"--rule", "1 to 3", "'4'"});
    expect_refusal({"trace", "--env", "CartPole-v1", "--seed", "-1"}, 2, {"--seed", "'-1'"});
    expect_refusal({"trace", "--env", "minatar/asterix", "--sticky", "2"}, 2, {"--sticky", "'2'"});
    expect_refusal({"trace", "--env", "hard-maze", "--maze", "/nowhere.txt"}, 1, {"/nowhere.txt"});
}

// ---- run

class AppEvolveRun : public testing::Test {
protected:
    Json summary(const std::string& name) {
        return read_json(std::filesystem::path(folder_ / name) / "summary.json");
    }
    Arguments arguments(const std::string& name, const Arguments& more) {
        Arguments all = {"run", "--out", folder_ / name, "--quiet"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Json run(const std::string& name, const Arguments& more) {
        const Outcome outcome = evolve(arguments(name, more));
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        return outcome.code == 0 ? summary(name) : Json();
    }

    test::TemporaryFolder folder_;
};

TEST_F(AppEvolveRun, LearnsCartPoleAndSaysWhatItFound) {
    const Json found = run("pole", {"--env", "CartPole-v1", "--seed", "1", "--threads", "2"});
    EXPECT_GE(found.at("test_mean").get<double>(), 475);
    EXPECT_GE(found.at("best_fitness").get<double>(), 475);
    EXPECT_GT(found.at("frames").get<double>(), found.at("evaluations").get<double>());
    EXPECT_EQ(found.at("parameters"), 4 * 8 + 8 + 8 * 2 + 2);
    EXPECT_GT(found.at("genome_bytes").get<int>(), 0);
    EXPECT_DOUBLE_EQ(found.at("compression").get<double>(),
                     4.0 * found.at("parameters").get<double>() /
                         found.at("genome_bytes").get<double>());
    for (const char* key : {"test_std", "frames_per_second", "decode_ms_cold", "decode_ms_cached"})
        EXPECT_GE(found.at(key).get<double>(), 0) << key;
    EXPECT_EQ(found.at("genome_hash").get<std::string>().size(), 16U);
    EXPECT_FALSE(found.contains("reached")); // it has no behaviour
    EXPECT_TRUE(std::filesystem::exists(folder_ / "pole/champion.genome"));
}

// An evaluation is an episode; the elite of the last generation plays again where episodes differ.
TEST_F(AppEvolveRun, CountsEveryEpisodeButThoseOfTheTest) {
    const Arguments maze = {"--env", "hard-maze", "--population", "12", "--generations", "3"};
    EXPECT_EQ(run("maze", maze).at("evaluations"), 3 * 12);
    Arguments noisy = {"--env",      "CartPole-v1", "--population", "12", "--generations", "3",
                       "--episodes", "2",           "--validation", "4",  "--target",      "none"};
    const Json found = run("noisy", noisy);
    EXPECT_GE(found.at("evaluations").get<int>(), 3 * (12 * 2 + 10 * 4));
    EXPECT_LE(found.at("evaluations").get<int>(), 3 * (12 * 2 + 11 * 4));
}

TEST_F(AppEvolveRun, EveryAlgorithmGivesTheSameBitsOnAnyNumberOfThreads) {
    for (const char* algorithm : {"ga", "ga-ns", "rs", "es", "ns-es", "nsr-es", "map-elites"}) {
        SCOPED_TRACE(algorithm);
        std::set<std::string> hashes;
        std::set<double> fitness;
        for (const char* threads : {"1", "2", "8"}) {
            // an odd population: strategies take one more
            const Json found = run(std::string(algorithm) + threads,
                                   {"--env", "hard-maze", "--algorithm", algorithm, "--population",
                                    "21", "--generations", "3", "--seed", "5", "--threads", threads,
                                    "--test-episodes", "1"});
            hashes.insert(found.at("genome_hash").get<std::string>());
            fitness.insert(found.at("best_fitness").get<double>());
            EXPECT_EQ(found.at("best_final_xy").size(), 2U);
            EXPECT_EQ(-found.at("best_final_distance").get<double>(),
                      found.at("best_fitness").get<double>());
        }
        EXPECT_EQ(hashes.size(), 1U);
        EXPECT_EQ(fitness.size(), 1U);
    }
}

// on the tape, with noisy episodes, validations and observations that are normalised
TEST_F(AppEvolveRun, NoisyEpisodesGiveTheSameBitsOnAnyNumberOfThreads) {
    std::set<std::string> hashes;
    std::set<std::string> tests;
    for (const char* threads : {"1", "2", "8"}) {
        const Json found =
            run(threads, {"--env", "minatar/breakout", "--population", "9", "--generations", "3",
                          "--validation", "2", "--test-episodes", "3", "--seed", "4", "--normalise",
                          "yes", "--threads", threads});
        hashes.insert(found.at("genome_hash").get<std::string>());
        tests.insert(found.at("test_mean").dump() + found.at("frames").dump());
    }
    EXPECT_EQ(hashes.size(), 1U);
    EXPECT_EQ(tests.size(), 1U);
}

TEST_F(AppEvolveRun, ReplayPlaysWhatTheRunFound) {
    const std::string maze = folder_ / "maze.txt";
    std::ofstream(maze) << "0 50 1  50 50  0  90 50  90 50  0 0 200 0\n";
    const Json found = run("a", {"--env", "hard-maze", "--population", "20", "--generations", "4",
                                 "--maze", maze, "--stop-at-goal", "no"});
    EXPECT_TRUE(std::filesystem::exists(folder_ / "a/individuals.safetensors"));
    const Outcome played = evolve({"replay", folder_ / "a"});
    ASSERT_EQ(played.code, 0) << played.err;
    const Json episode = parse_json(played.out, "stdout");
    EXPECT_EQ(episode.at("steps"), 50); // the maze's own number: the genome knows its file
    EXPECT_EQ(episode.at("return"), found.at("test_mean"));
    EXPECT_EQ(episode.at("final_at"), found.at("best_final_xy"));
    EXPECT_EQ(
        parse_json(evolve({"replay", folder_ / "a", "--max-steps", "7"}).out, "stdout").at("steps"),
        7);
}

// Whatever chooses who has children: who is reported is the best by reward of all that lived. The
// networks that strategies move are no members of a population, and may be better still.
TEST_F(AppEvolveRun, TheChampionIsTheBestByRewardInEveryAlgorithm) {
    for (const std::string algorithm :
         {"ga", "ga-ns", "rs", "es", "ns-es", "nsr-es", "map-elites"}) {
        SCOPED_TRACE(algorithm);
        const Json found =
            run(algorithm, {"--env", "hard-maze", "--algorithm", algorithm, "--population", "60",
                            "--generations", "8", "--seed", "2", "--test-episodes", "1"});
        std::ifstream rows(folder_ / algorithm / "metrics.jsonl");
        double best = -1e300;
        for (std::string row; std::getline(rows, row);) {
            best = std::max(best, parse_json(row, "row").at("fitness_max").get<double>());
        }
        EXPECT_GE(found.at("best_fitness").get<double>(), best);
        if (!algorithm.ends_with("-es") && algorithm != "es") {
            EXPECT_EQ(found.at("best_fitness").get<double>(), best);
        }
    }
}

// Twenty episodes show how observations are spread, and are charged once.
TEST_F(AppEvolveRun, WhatTheNormaliserLooksAtIsPlayedToo) {
    const Arguments more = {
        "--env",       "hard-maze", "--population",      "10",   "--generations",  "2",
        "--normalise", "yes",       "--max-evaluations", "1000", "--stop-at-goal", "no"};
    EXPECT_EQ(run("seen", more).at("evaluations"), 20 + 2 * 10);
    const std::string out = folder_ / "seen";
    std::filesystem::remove(out + "/summary.json");
    ASSERT_EQ(evolve({"run", "--resume", out, "--quiet"}).code, 0);
    EXPECT_EQ(summary("seen").at("evaluations"), 20 + 2 * 10);
}

// A population that takes many seconds, stopped in the middle of the first generation: what it says
// is what a run of just the networks that it came to says.
TEST_F(AppEvolveRun, ARunThatIsStoppedReportsTheBestOfWhatItEvaluated) {
    const auto of = [](const std::string& population) {
        return Arguments{"--env",        "hard-maze", "--algorithm",    "ga-ns",
                         "--population", population,  "--generations",  "1",
                         "--seed",       "6",         "--stop-at-goal", "no",
                         "--threads",    "1"};
    };
    test::Process process(std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-evolve",
                          arguments("stopped", of("100000")));
    EXPECT_TRUE(process.runs_for(1));
    process.send(SIGINT);
    EXPECT_EQ(process.wait().code, 130);
    const Json found = summary("stopped");
    EXPECT_EQ(found.at("generations"), 0);
    EXPECT_LT(found.at("evaluations"), 100000);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "stopped/champion.genome"));
    const Json whole = run("whole", of(std::to_string(found.at("evaluations").get<int>())));
    for (const char* key :
         {"evaluations", "frames", "best_fitness", "best_final_distance", "best_final_xy",
          "reached", "genome_hash", "genome_bytes", "compression"}) {
        EXPECT_EQ(found.at(key), whole.at(key)) << key;
    }
    for (const char* key : {"decode_ms_cold", "decode_ms_cached"}) {
        EXPECT_TRUE(found.contains(key)) << key;
    }
}

// What is shown of the last generation is there although the process that played it was killed.
TEST_F(AppEvolveRun, ResumedBehindItsLastGenerationItStillHasItsIndividuals) {
    run("whole", {"--env", "hard-maze", "--algorithm", "ga-ns", "--population", "30",
                  "--generations", "3", "--seed", "4", "--stop-at-goal", "no"});
    const std::filesystem::path out = folder_ / "whole";
    const auto bytes = [](const std::filesystem::path& path) {
        std::ifstream in(path, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const std::string individuals = bytes(out / "individuals.safetensors");
    EXPECT_FALSE(individuals.empty());
    // as if killed between the last checkpoint and the files
    for (const char* name : {"individuals.safetensors", "summary.json", "champion.genome"})
        std::filesystem::remove(out / name);
    std::filesystem::remove_all(out / "frames");
    ASSERT_EQ(evolve({"run", "--resume", out, "--quiet"}).code, 0);
    EXPECT_EQ(bytes(out / "individuals.safetensors"), individuals);
    bool has_behaviours = false;
    for (const auto& file : std::filesystem::recursive_directory_iterator(out)) {
        if (file.path().string().find("behaviours") != std::string::npos) has_behaviours = true;
    }
    EXPECT_TRUE(has_behaviours);
}

// issue 5: test mean >= -100, and the goal within 250,000 evaluations; on one seed that is quick
TEST_F(AppEvolveRun, LearnsAcrobotAndTheMazeByNovelty) {
    EXPECT_GE(run("acrobot", {"--env", "Acrobot-v1", "--seed", "1"}).at("test_mean"), -100);
    const Json maze = run("maze", {"--env", "hard-maze", "--algorithm", "ga-ns", "--seed", "1",
                                   "--max-evaluations", "250000"});
    EXPECT_EQ(maze.at("reached"), true);
    EXPECT_LE(maze.at("evaluations_to_goal"), 250000);
}

TEST_F(AppEvolveRun, ARunKilledAtAnyMomentEndsWithTheSameBits) {
    const Arguments more = {"--env",          "hard-maze", "--algorithm",          "ga-ns",
                            "--population",   "150",       "--generations",        "12",
                            "--seed",         "4",         "--checkpoint-seconds", "0",
                            "--stop-at-goal", "no"};
    const Json whole = run("whole", more);
    const Stream moments(11);
    const auto program = std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-evolve";
    const std::string out = folder_ / "killed";
    const auto next = [&] {
        const bool has_begun = std::filesystem::exists(out + "/config.json");
        return has_begun ? Arguments{"run", "--resume", out} : arguments("killed", more);
    };
    int kills = 0;
    for (std::uint64_t kill = 0; kill < 8; ++kill) {
        test::Process process(program, next());
        if (!process.runs_for(0.4 * moments.uniform(kill))) break;
        process.send(SIGKILL);
        if (process.wait().code == 0) break; // it ended between the look and the signal
        ++kills;
    }
    EXPECT_GT(kills, 0);
    const Outcome last = evolve(next());
    ASSERT_EQ(last.code, 0) << last.err;
    const Json found = summary("killed");
    for (const char* key : {"genome_hash", "best_fitness", "evaluations", "frames", "test_mean"})
        EXPECT_EQ(found.at(key), whole.at(key)) << key;
    // it went on from where it stood: a search begun anew would give the same network
    std::ifstream rows(out + "/metrics.jsonl");
    std::uint64_t generation = 0;
    for (std::string row; std::getline(rows, row);) {
        EXPECT_EQ(parse_json(row, "row").at("step").get<std::uint64_t>(), ++generation);
    }
    EXPECT_EQ(generation, 12U);
}

TEST_F(AppEvolveRun, MistakesAreOneLineAndLeaveNothing) {
    const std::string out = folder_ / "out";
    const auto refuse = [&](Arguments more, int code, const Arguments& words) {
        more.insert(more.begin(), {"run", "--out", out});
        expect_refusal(more, code, words);
        EXPECT_FALSE(std::filesystem::exists(out));
    };
    refuse({}, 2, {"--env", "baldwin-evolve list"});
    refuse({"--env", "Pong"}, 2, {"'Pong'"});
    refuse({"--preset", "Pong"}, 2, {"'Pong'", "deep-ga-atari"});
    refuse({"--preset", "hard-maze", "--env", "CartPole-v1"}, 2,
           {"--env must be hard-maze", "'CartPole-v1'"});
    refuse({"--env", "CartPole-v1", "--population", "5", "--parents", "6"}, 2,
           {"--parents must be at most the --population of 5, got 6"});
    refuse({"--env", "CartPole-v1", "--algorithm", "es", "--validation", "0"}, 2,
           {"--validation must be at least 1"});
    refuse({"--env", "hard-maze", "--algorithm", "ga-ns", "--sigma-rule", "fifth"}, 2,
           {"--sigma-rule must be schedule or self-adaptive", "fifth"});
    refuse({"--env", "CartPole-v1", "--sticky", "1.5"}, 2, {"--sticky", "'1.5'"});
    refuse({"--env", "CartPole-v1", "--algorithm", "ga-ns"}, 2, {"CartPole-v1", "behaviour"});
    refuse({"--env", "CartPole-v1", "--arch", "linear 4, wave"}, 2, {"wave"});
    refuse({"--env", "CartPole-v1", "--arch", "linear 4, linear 3"}, 2, {"2 outputs", "3"});
    refuse({"--env", "CartPole-v1", "--arch", "conv 3 3x3"}, 2, {"--arch"});
    refuse({"--env", "hard-maze", "--maze", "/nowhere.txt"}, 1, {"/nowhere.txt"});
}

} // namespace
} // namespace baldwin::evolve_test

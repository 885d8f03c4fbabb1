// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/run_directory.hpp>

#include "../support/errors.hpp"
#include "../support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>
#include <string>

namespace baldwin::run_directory_test {
namespace {

using test::message_of;
using test::TemporaryFolder;

std::set<std::string> names_in(const std::filesystem::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

TEST(CoreRunDirectory, ANewOneIsMadeWithItsParents) {
    const TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "a/b/c");
    EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b/c"));
}

TEST(CoreRunDirectory, AnEmptyDirectoryIsTaken) {
    const TemporaryFolder folder;
    EXPECT_NO_THROW(RunDirectory::create(folder.path()));
}

TEST(CoreRunDirectory, OneWithContentIsRefusedAndLeftAlone) {
    const TemporaryFolder folder;
    write_text(folder / "notes.txt", "mine");
    const auto message =
        message_of<std::invalid_argument>([&] { RunDirectory::create(folder.path()); });
    EXPECT_NE(message.find("not empty"), std::string::npos) << message;
    EXPECT_NE(message.find("--resume " + folder.path().string()), std::string::npos) << message;
    EXPECT_EQ(names_in(folder.path()), std::set<std::string>{"notes.txt"});
}

TEST(CoreRunDirectory, WhatAKillInTheFirstMomentLeftDoesNotCount) {
    const TemporaryFolder folder;
    std::ofstream(folder / ".config.json.123-0.tmp") << "{";
    { const auto run = RunDirectory::create(folder.path()); }
    EXPECT_EQ(folder.count(), 0U);
}

TEST(CoreRunDirectory, AFileInItsPlaceIsRefused) {
    const TemporaryFolder folder;
    write_text(folder / "file", "mine");
    EXPECT_THROW(RunDirectory::create(folder / "file"), std::invalid_argument);
    EXPECT_EQ(read_text(folder / "file"), "mine");
}

TEST(CoreRunDirectory, APlaceThatCannotBeMadeIsAnErrorWithThePath) {
    const auto message =
        message_of<std::runtime_error>([] { RunDirectory::create("/dev/null/run"); });
    EXPECT_NE(message.find("/dev/null/run"), std::string::npos) << message;
}

TEST(CoreRunDirectory, ReopeningNeedsAConfig) {
    const TemporaryFolder folder;
    EXPECT_THROW(RunDirectory::reopen(folder.path()), std::invalid_argument);
    EXPECT_THROW(RunDirectory::reopen(folder / "missing"), std::invalid_argument);
    { RunDirectory::create(folder / "run").write_config({{"app", "x"}}); }
    EXPECT_EQ(RunDirectory::reopen(folder / "run").config()["app"], "x");
}

TEST(CoreRunDirectory, ABrokenConfigIsAnErrorWithThePath) {
    const TemporaryFolder folder;
    write_text(folder / "config.json", "{\"app\": ");
    const auto run = RunDirectory::reopen(folder.path());
    const auto message = message_of<std::runtime_error>([&] { static_cast<void>(run.config()); });
    EXPECT_NE(message.find("config.json: is not JSON: line 1"), std::string::npos) << message;
}

TEST(CoreRunDirectory, OnlyOneProcessWritesAtATime) {
    const TemporaryFolder folder;
    auto run = std::make_unique<RunDirectory>(RunDirectory::create(folder / "run"));
    run->write_config(Json::object());
    const auto message =
        message_of<std::runtime_error>([&] { RunDirectory::reopen(folder / "run"); });
    EXPECT_NE(message.find("another process"), std::string::npos) << message;
    run.reset();
    EXPECT_NO_THROW(RunDirectory::reopen(folder / "run"));
}

TEST(CoreRunDirectory, FramesCarryAnEightDigitStep) {
    const TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "run");
    run.write_frame(42, "curve", "scene.json", std::string_view("{}"));
    EXPECT_EQ(names_in(run.frames_path()), std::set<std::string>{"00000042-curve.scene.json"});
    EXPECT_EQ(run.frame_path(123456789, "a", "png").filename(), "123456789-a.png");
    EXPECT_THROW(static_cast<void>(run.frame_path(1, "../x", "png")), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(run.frame_path(1, "", "png")), std::invalid_argument);
}

TEST(CoreRunDirectory, EventsAreAppendedLineByLine) {
    const TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "run");
    run.append_event(0, "start");
    run.append_event(7, "resume", {{"threads", 2}});
    std::ifstream in(run.events_path());
    std::string line;
    std::getline(in, line);
    EXPECT_EQ(Json::parse(line)["event"], "start");
    std::getline(in, line);
    EXPECT_EQ(Json::parse(line)["step"], 7);
    EXPECT_EQ(Json::parse(line)["threads"], 2);
    EXPECT_FALSE(std::getline(in, line));
}

TEST(CoreRunDirectory, CuttingBackRemovesWhatIsLaterThanTheStep) {
    const TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "run");
    run.write_config(Json::object());
    for (const std::uint64_t step : {0U, 10U, 20U}) {
        MetricsWriter(run.metrics_path()).write(step, 0, {{"x", 1}});
        run.write_frame(step, "curve", "png", std::string_view("."));
    }
    run.write_summary(Json::object());
    std::ofstream(folder / "run/frames/notes.txt") << "mine";
    std::ofstream(folder / "run/.checkpoint.safetensors.9-1.tmp") << "half";
    std::ofstream(folder / "run/frames/.00000010-x.png.9-1.tmp") << "half";
    run.cut_back(10);
    EXPECT_EQ(read_metrics(run.metrics_path()).size(), 2U);
    EXPECT_EQ(names_in(run.frames_path()),
              (std::set<std::string>{"00000000-curve.png", "00000010-curve.png", "notes.txt"}));
    EXPECT_EQ(names_in(run.path()),
              (std::set<std::string>{"config.json", "metrics.jsonl", "frames"}));
    run.cut_back(std::nullopt);
    EXPECT_EQ(read_metrics(run.metrics_path()).size(), 0U);
    EXPECT_EQ(names_in(run.frames_path()), std::set<std::string>{"notes.txt"});
}

TEST(CoreRunDirectory, DefaultNamesCarryAppTimeAndSeedAndNeverCollide) {
    const TemporaryFolder folder;
    const auto now = std::chrono::system_clock::from_time_t(1795464900);
    const auto first = default_run_path("baldwin-train", 7, folder.path(), now);
    EXPECT_EQ(first.filename(), "baldwin-train-20261123-201500-7");
    const auto run = RunDirectory::create(first);
    EXPECT_EQ(default_run_path("baldwin-train", 7, folder.path(), now).filename(),
              "baldwin-train-20261123-201500-7-2");
}

TEST(CoreRunDirectory, TimesAreUtc) {
    EXPECT_EQ(time_text(std::chrono::system_clock::from_time_t(0)), "1970-01-01T00:00:00Z");
}

} // namespace
} // namespace baldwin::run_directory_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// What --view changes in a run: nothing, unless the user turns something, and then it is recorded.

#include <baldwin/core/file.hpp>
#include <baldwin/core/json.hpp>

#include "support/process.hpp"
#include "support/small_images.hpp"
#include "support/temporary_folder.hpp"
#include "viz/virtual_display.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace baldwin::live_test {
namespace {

using test::Process;

const std::filesystem::path kProgram = std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-train";

class AppLive : public ::testing::Test {
protected:
    void SetUp() override {
#ifndef BALDWIN_HAS_VIZ
        GTEST_SKIP() << "built without SFML";
#endif
        if (!test::VirtualDisplay::is_installed()) GTEST_SKIP() << "Xvfb is not installed";
        static const auto* const display = new test::VirtualDisplay;
        ::setenv("DISPLAY", display->name().c_str(), 1);
        std::filesystem::create_directories(folder_ / "data");
        test::write_small_images(folder_ / "data", 1200, 300);
    }
    [[nodiscard]] std::vector<std::string> arguments(const std::string& out,
                                                     std::vector<std::string> more) const {
        std::vector<std::string> all = {
            "--data",       (folder_ / "data").string(),
            "--arch",       "conv 6 3x3 same, relu, max_pool 2, flatten, linear 4",
            "--validation", "200",
            "--batch",      "25",
            "--out",        (folder_ / out).string()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] Json summary(const std::string& out) const {
        return read_json(folder_ / out / "summary.json");
    }

    test::TemporaryFolder folder_;
};

} // namespace

TEST_F(AppLive, ARunThatNobodyTouchesComputesTheSameBits) {
    const std::vector<std::string> epochs = {"--epochs", "3"};
    EXPECT_EQ(test::run_program(kProgram, arguments("plain", epochs)).code, 0);
    const auto seen = test::run_program(kProgram, arguments("seen", {"--epochs", "3", "--view"}));
    EXPECT_EQ(seen.code, 0);
    EXPECT_EQ(seen.err.find("no window"), std::string::npos) << seen.err;
    EXPECT_EQ(summary("seen")["parameters_hash"], summary("plain")["parameters_hash"]);
}

// Beside --resume as --view is, since it changes no number of the run.
TEST_F(AppLive, AFontThatIsNotThereIsTheUsersMistake) {
    EXPECT_EQ(test::run_program(kProgram, arguments("run", {"--epochs", "1"})).code, 0);
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{"--resume", folder_ / "run", "--epochs", "2"},
          std::vector<std::string>{"--data", folder_ / "data"}}) {
        std::vector<std::string> all = {"--view", "--font", "/none.ttf"};
        all.insert(all.end(), more.begin(), more.end());
        const auto outcome = test::run_program(kProgram, all);
        EXPECT_EQ(outcome.code, 2);
        EXPECT_NE(outcome.err.find("--font: there is no file '/none.ttf'"), std::string::npos)
            << outcome.err;
    }
}

// The display goes away while the run goes on: one line says so, and nothing else changes.
TEST_F(AppLive, AWindowThatIsGoneIsSaidInOneLine) {
    if (test::find_program("xdotool").empty()) GTEST_SKIP() << "xdotool is not installed";
    std::optional<test::VirtualDisplay> display(std::in_place);
    ::setenv("DISPLAY", display->name().c_str(), 1);
    Process process(kProgram, arguments("lost", {"--epochs", "100000", "--view"}));
    // a window that is only being opened when its display goes ends the program: inside Mesa
    const std::string save = "xdotool search --sync --onlyvisible --name '^baldwin-train:' "
                             "windowfocus key s >/dev/null 2>&1";
    const auto picture = folder_ / "lost" / "pictures" / "screenshot-1.png";
    for (int i = 0; i < 300 && !std::filesystem::exists(picture); ++i) {
        if (std::system(save.c_str()) != 0) continue;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(std::filesystem::exists(picture));
    display.reset();
    const std::string line = "the window closed: its display is gone; the run goes on\n";
    // the window's thread gives way to all else
    EXPECT_TRUE(process.until(60, [&] { return process.err().find(line) != std::string::npos; }));
    EXPECT_TRUE(process.runs_for(0.3));
    process.send(SIGINT);
    const auto outcome = process.wait();
    EXPECT_EQ(outcome.code, 130);
    EXPECT_EQ(outcome.err.find("the window closed", outcome.err.find(line) + 1), std::string::npos)
        << outcome.err;
}

TEST_F(AppLive, WhatTheUserTurnsIsRecordedAndChangesTheRun) {
    if (test::find_program("xdotool").empty()) GTEST_SKIP() << "xdotool is not installed";
    Process process(kProgram, arguments("turned", {"--epochs", "100000", "--view"}));
    // the slider: below the title of the settings, which stand at the right of 1280 x 800
    const std::string turn = "xdotool search --sync --onlyvisible --name '^baldwin-train:' "
                             "mousemove --window %1 1230 98 click 1 >/dev/null 2>&1";
    const auto events = folder_ / "turned" / "events.jsonl";
    for (int i = 0; i < 100 && !std::filesystem::exists(events); ++i) {
        if (std::system(turn.c_str()) != 0) ADD_FAILURE() << turn;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    process.send(SIGINT);
    EXPECT_EQ(process.wait().code, 130);
    ASSERT_TRUE(std::filesystem::exists(events));
    const std::string text = read_text(events);
    const Json event = Json::parse(text.substr(0, text.find('\n')));
    EXPECT_EQ(event["event"], "edit");
    EXPECT_EQ(event["parameter"], "learning rate factor");
    EXPECT_EQ(event["from"], 1.0);
    EXPECT_GT(event["to"], 1.0);
}

} // namespace baldwin::live_test

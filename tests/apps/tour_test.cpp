// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// baldwin-tour as its users call it: a report that stands alone, and commands that repeat it.

#include <baldwin/core/checkpoint.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/scene_json.hpp>

#include "support/process.hpp"
#include "support/small_images.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::tour_test {
namespace {

using test::Outcome;
using test::Process;
using test::TemporaryFolder;

const std::filesystem::path kTour = std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-tour";

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

class AppTour : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        ::unsetenv("DISPLAY");
        data_ = new TemporaryFolder();
        test::write_small_images(data_->path(), 1200, 300);
    }
    static void TearDownTestSuite() { delete data_; }

    using Arguments = std::vector<std::string>;

    [[nodiscard]] Arguments arguments(Arguments more = {}) const {
        Arguments all = {"--data", data_->path().string(), "--out", out(), "--seconds", "2"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] std::string out() const { return folder_ / "tour"; }
    [[nodiscard]] Json chapter() const {
        return read_json(folder_ / "tour/summary.json")["chapters"][0];
    }
    /// Runs a command that the report gives, in a directory of its own.
    [[nodiscard]] Json repeated(const std::string& command) const {
        std::istringstream words(command);
        std::filesystem::path program; // by its usual path
        words >> program;
        Arguments arguments;
        for (std::string word; words >> word;) {
            std::erase(word, '\''); // what a shell would take away
            arguments.push_back(word);
        }
        const TemporaryFolder again;
        arguments.insert(arguments.end(), {"--out", again / "run", "--quiet"});
        const Outcome outcome = test::run_program(BALDWIN_BIN_DIR / program.filename(), arguments);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        return read_json(again / "run/summary.json");
    }
    [[nodiscard]] Json repeated() const { return repeated(chapter()["repeat"].get<std::string>()); }

    static inline TemporaryFolder* data_ = nullptr;
    TemporaryFolder folder_;
};

TEST_F(AppTour, LastLineNamesAReportThatStandsAlone) {
    const Outcome outcome = test::run_program(kTour, arguments());
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const std::string lines = outcome.out.substr(0, outcome.out.size() - 1);
    const std::filesystem::path path = lines.substr(lines.rfind('\n') + 1);
    EXPECT_TRUE(path.is_absolute());
    EXPECT_EQ(path.filename(), "report.html");
    const std::string html = read_text(path);
    EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
    EXPECT_TRUE(html.ends_with("</html>\n"));
    // no address but the name space of its pictures, nothing fetched, nothing run
    EXPECT_EQ(count(html, "http"), count(html, "xmlns=\"http://www.w3.org/2000/svg\""));
    EXPECT_EQ(count(html, "href=\""), count(html, "href=\"data:image/png;base64,"));
    for (const char* part : {"<script", "src=", "@import", "url("})
        EXPECT_EQ(count(html, part), 0U);
    for (const char* part :
         {"What was run", "On what", "What came out", "How to repeat it", "test accuracy",
          "guessing: 25.00 %", "by Adam with a learning rate of 0.001 that falls to 0",
          "cross-entropy (nats)", "true class", "First-layer filters"}) {
        EXPECT_GE(count(html, part), 1U) << part;
    }
    EXPECT_EQ(count(html, "<figure>"), 9U);
    EXPECT_NE(html.find(chapter()["repeat"].get<std::string>().substr(0, 40)), std::string::npos);
}

TEST_F(AppTour, TheCommandInTheReportGivesTheSameNetwork) {
    ASSERT_EQ(test::run_program(kTour, arguments()).code, 0);
    const Json first = chapter();
    const Json again = repeated();
    EXPECT_EQ(again["parameters_hash"], first["parameters_hash"]);
    EXPECT_EQ(again["test_accuracy"], first["test_accuracy"]);
}

TEST_F(AppTour, EveryCommandInTheReportGivesItsNumbers) {
    ASSERT_EQ(test::run_program(kTour, arguments()).code, 0);
    const Json chapters = read_json(folder_ / "tour/summary.json")["chapters"];
    const auto commands = [&](const Json& chapter) {
        std::istringstream text(chapter["repeat"].get<std::string>());
        Arguments lines;
        for (std::string line; std::getline(text, line);) lines.push_back(line);
        return lines;
    };
    const auto memory = commands(chapters[1]);
    ASSERT_EQ(memory.size(), 2U); // the second runs the chapter itself
    EXPECT_EQ(repeated(memory[0])["test_accuracy"], chapters[1]["test_accuracy"]);
    const auto evolution = commands(chapters[2]);
    ASSERT_EQ(evolution.size(), 4U);
    EXPECT_EQ(repeated(evolution[0])["reached"], chapters[2]["maze_novelty_reached"] == 1);
    EXPECT_EQ(repeated(evolution[1])["best_final_distance"], chapters[2]["maze_reward_distance"]);
    EXPECT_EQ(repeated(evolution[2])["test_mean"], chapters[2]["cart_pole"]);
    const Json game = repeated(evolution[3]);
    EXPECT_EQ(game["test_mean"], chapters[2]["breakout"]);
    EXPECT_EQ(game["genome_bytes"], chapters[2]["genome_bytes"]);
}

TEST_F(AppTour, AnInterruptedTourSaysWhatIsKept) {
    Process process(kTour, arguments({"--full", "--quiet"}));
    ASSERT_TRUE(process.until(
        30, [&] { return std::filesystem::exists(folder_ / "tour/checkpoint.safetensors"); }));
    process.send(SIGINT);
    EXPECT_EQ(process.wait().code, 130);
    const Json summary = read_json(folder_ / "tour/summary.json");
    EXPECT_FALSE(summary["finished"].get<bool>());
    EXPECT_FALSE(summary.contains("report"));
    EXPECT_GT(summary["step"], 0);
    EXPECT_EQ(summary["step"].get<std::uint64_t>(),
              read_checkpoint(folder_ / "tour/checkpoint.safetensors").header.step);
}

TEST_F(AppTour, KilledAndResumedItEndsTheSame) {
    {
        Process process(kTour, arguments({"--full", "--quiet"}));
        ASSERT_TRUE(process.until(
            30, [&] { return std::filesystem::exists(folder_ / "tour/checkpoint.safetensors"); }));
        process.send(SIGKILL);
        EXPECT_EQ(process.wait().code, -SIGKILL);
    }
    const Outcome outcome = test::run_program(kTour, {"--resume", out(), "--quiet"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(repeated()["parameters_hash"], chapter()["parameters_hash"]);
}

TEST_F(AppTour, KilledWhileItEvolvesItGoesOnFromThere) {
    const auto evolving = [&](const char* name) {
        return Arguments{"--chapters", "evolution", "--seconds",   "20",
                         "--quiet",    "--out",     folder_ / name};
    };
    ASSERT_EQ(test::run_program(kTour, evolving("whole")).code, 0);
    {
        Process process(kTour, evolving("tour"));
        ASSERT_TRUE(process.until(30, [&] {
            return std::filesystem::exists(folder_ / "tour/maze-reward.checkpoint.safetensors");
        }));
        process.send(SIGKILL);
        EXPECT_EQ(process.wait().code, -SIGKILL);
    }
    ASSERT_EQ(test::run_program(kTour, {"--resume", out(), "--quiet"}).code, 0);
    const auto numbers = [&](const char* name) {
        Json chapter = read_json(folder_ / name / "summary.json")["chapters"][0];
        chapter.erase("repeat");
        return chapter;
    };
    EXPECT_EQ(numbers("tour"), numbers("whole"));
}

TEST_F(AppTour, FramesAreScenes) {
    ASSERT_EQ(test::run_program(kTour, arguments()).code, 0);
    std::size_t frames = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "tour/frames")) {
        std::vector<std::string> warnings;
        const Scene scene = scene_from_json(read_text(entry.path()), "frame", &warnings);
        EXPECT_FALSE(scene.panels.empty());
        EXPECT_TRUE(warnings.empty());
        ++frames;
    }
    EXPECT_GE(frames, 10U);
}

TEST_F(AppTour, ViewWithoutADisplayIsOneLineAndTheRunGoesOn) {
    const Outcome outcome = test::run_program(kTour, arguments({"--view"}));
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(count(outcome.err, "no window: "), 1U) << outcome.err;
}

TEST_F(AppTour, UnknownChaptersAndDataAreUsageErrors) {
    const Outcome chapters = test::run_program(kTour, arguments({"--chapters", "cooking"}));
    EXPECT_EQ(chapters.code, 2);
    EXPECT_EQ(chapters.err, "baldwin-tour: --chapters: there is no chapter 'cooking'; there are: "
                            "all, training, memory, evolution\n");
    const Outcome data = test::run_program(kTour, {"--data", "nonsense", "--out", out()});
    EXPECT_EQ(data.code, 2);
    EXPECT_EQ(count(data.err, "\n"), 1U) << data.err;
    EXPECT_FALSE(std::filesystem::exists(out())); // so that the same --out can be used again
}

} // namespace
} // namespace baldwin::tour_test

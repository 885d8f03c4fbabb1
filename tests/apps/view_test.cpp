// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// baldwin-view as its users call it: runs in, pictures and tables out.

#include <baldwin/core/file.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/run_directory.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/io/png.hpp>

#include "support/process.hpp"
#include "support/temporary_folder.hpp"
#include "viz/virtual_display.hpp"

#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::view_test {
namespace {

using test::Outcome;
using test::Process;
using test::TemporaryFolder;
using Arguments = std::vector<std::string>;

const std::filesystem::path kProgram = std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-view";

bool has_xvfb() { return std::filesystem::exists("/usr/bin/Xvfb"); }
void no_display() { ::unsetenv("DISPLAY"); }

Outcome run(const Arguments& arguments, const std::function<void()>& prepare = no_display) {
    return test::run_program(kProgram, arguments, prepare);
}

// a run with two losses, a rate that holds a NaN, and frames at some steps
void write_run(const std::filesystem::path& path, std::size_t frames = 3) {
    const auto run = RunDirectory::create(path);
    run.write_config({{"app", "a"}, {"metrics", {{"train_loss", "nats"}, {"test_loss", "nats"}}}});
    MetricsWriter metrics(run.metrics_path());
    for (std::uint64_t step = 0; step < 100; ++step) {
        const double x = static_cast<double>(step);
        metrics.write(step, x, {{"train_loss", 2 / (1 + x)}, {"test_loss", 2 / (1 + 0.5 * x)}});
    }
    metrics.write(100, 100, {{"rate", 0.0 / 0.0 * 1}});
    for (std::size_t i = 1; i <= frames; ++i) {
        Scene scene;
        const double height = static_cast<double>(i);
        scene.panels.push_back(
            bar_chart("Heights", {"a", "b"}, std::vector{height, 1.0}, {.label = "h"}));
        run.write_frame(10 * i, "bars", "scene.json", to_json(scene));
    }
}

class AppView : public ::testing::Test {
protected:
    void SetUp() override { write_run(folder_ / "run"); }

    // one line on stderr that holds all the words, nothing on stdout
    static void expect_refusal(const Outcome& outcome, int code, const Arguments& words) {
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
        EXPECT_TRUE(outcome.err.starts_with("baldwin-view: ")) << outcome.err;
        for (const auto& word : words) {
            EXPECT_NE(outcome.err.find(word), std::string::npos)
                << "missing: " << word << "\nin: " << outcome.err;
        }
    }

    TemporaryFolder folder_;
};

TEST_F(AppView, MistakesAreNamedInOneLine) {
    const std::string good = folder_ / "run";
    std::filesystem::create_directory(folder_ / "empty");
    std::ofstream(folder_ / "file") << "x";
    const std::vector<std::pair<Arguments, Arguments>> mistakes = {
        {{}, {"name a run directory", "--demo"}},
        {{folder_ / "none"}, {"none does not exist"}},
        {{folder_ / "file"}, {"file is not a directory"}},
        {{folder_ / "empty"}, {"empty holds no run", "config.json"}},
        {{good, good}, {"is given twice"}},
        {{good, "--size", "0x9"}, {"--size", "1280x800", "'0x9'"}},
        {{good, "--size", "1280"}, {"--size", "'1280'"}},
        {{good, "--size", "99999x800"}, {"--size", "8192"}},
        {{good, "--step", "x"}, {"--step", "'x'"}},
        {{good, "--scale", "9"}, {"--scale", "4"}},
        {{good, "--theme", "pink"}, {"--theme", "dark, light"}},
        {{good, "--font", "/none.ttf", "--snapshot", "x.png"}, {"--font", "/none.ttf"}},
        {{good, "--snapshoot", "x"}, {"--snapshoot", "did you mean --snapshot?"}},
        {{good, "--demo", "x"}, {"--demo", good}},
        {{"--demo", "x", "--csv", "y"}, {"--csv", "--demo"}},
    };
    for (const auto& [arguments, words] : mistakes) expect_refusal(run(arguments), 2, words);
}

TEST_F(AppView, AFileThatCannotBeWrittenIsNamed) {
    for (const char* option : {"--csv", "--svg"}) {
        expect_refusal(run({folder_ / "run", option, "/none/x"}), 1,
                       {"/none/x", "cannot be written"});
    }
}

TEST_F(AppView, TheTableHoldsEveryNumber) {
    write_run(folder_ / "b,\"2\"", 0);
    ASSERT_EQ(run({folder_ / "run", folder_ / "b,\"2\"", "--csv", folder_ / "t.csv"}).code, 0);
    const std::string table = read_text(folder_ / "t.csv");
    EXPECT_TRUE(table.starts_with("run,metric,step,value\nrun,train_loss,0,2\nrun,test_loss,0,2\n"
                                  "run,train_loss,1,1\nrun,test_loss,1,1.3333333333333333\n"));
    EXPECT_NE(table.find("\nrun,rate,100,\n\"b,\"\"2\"\"\",train_loss,0,2\n"), std::string::npos);
    EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1 + 2 * 201);
}

TEST_F(AppView, TheSvgNamesCurvesAxesAndFrames) {
    ASSERT_EQ(run({folder_ / "run", "--svg", folder_ / "a.svg", "--step", "25"}).code, 0);
    const std::string svg = read_text(folder_ / "a.svg");
    for (const char* text :
         {"loss (nats)", "train_loss", "test_loss", ">step<", "Heights, step 20"}) {
        EXPECT_NE(svg.find(text), std::string::npos) << text;
    }
    EXPECT_EQ(svg.find("step 30"), std::string::npos);
}

TEST_F(AppView, ARunThatIsHalfWrittenIsShownWithAWord) {
    std::ofstream(folder_ / "run/metrics.jsonl", std::ios::app) << "garbage\n{\"step\":300";
    std::ofstream(folder_ / "run/frames/00000090-bars.scene.json") << "{\"form";
    const auto outcome = run({folder_ / "run", "--svg", folder_ / "a.svg"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_NE(outcome.err.find("is no metrics row"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("00000090-bars.scene.json"), std::string::npos) << outcome.err;
    EXPECT_NE(read_text(folder_ / "a.svg").find("train_loss"), std::string::npos);
}

#ifdef BALDWIN_HAS_VIZ

std::set<std::vector<std::uint8_t>> colours_of(const io::Picture& picture) {
    std::set<std::vector<std::uint8_t>> colours;
    for (std::size_t at = 0; at < picture.pixels.size(); at += picture.channels) {
        colours.insert({picture.pixels.begin() + static_cast<std::ptrdiff_t>(at),
                        picture.pixels.begin() + static_cast<std::ptrdiff_t>(at + 3)});
    }
    return colours;
}

TEST_F(AppView, ASnapshotNeedsNoDisplay) {
    if (!has_xvfb()) GTEST_SKIP() << "needs Xvfb (Debian: xvfb)";
    const auto outcome =
        run({folder_ / "run", "--snapshot", folder_ / "new.png", "--size", "900x600"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    const auto newest = io::read_png(folder_ / "new.png");
    EXPECT_EQ(newest.width, 900U);
    EXPECT_EQ(newest.height, 600U);
    EXPECT_GT(colours_of(newest).size(), 30U); // letters and lines have soft edges
    ASSERT_EQ(run({folder_ / "run", "--snapshot", folder_ / "old.png", "--size", "900x600",
                   "--step", "10"})
                  .code,
              0);
    EXPECT_NE(io::read_png(folder_ / "old.png").pixels, newest.pixels);
    ASSERT_EQ(run({folder_ / "run", "--snapshot", folder_ / "same.png", "--size", "900x600"}).code,
              0);
    EXPECT_EQ(io::read_png(folder_ / "same.png").pixels, newest.pixels);
}

TEST_F(AppView, ASnapshotSaysWhatHadNoRoom) {
    if (!has_xvfb()) GTEST_SKIP() << "needs Xvfb (Debian: xvfb)";
    const auto outcome =
        run({folder_ / "run", "--snapshot", folder_ / "low.png", "--size", "400x160"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find(" panels had no room"), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

TEST_F(AppView, WithoutDisplayAndXvfbItSaysWhatIsMissing) {
    const auto nothing = [] {
        ::unsetenv("DISPLAY");
        ::setenv("PATH", "/nowhere", 1);
    };
    expect_refusal(run({folder_ / "run", "--snapshot", folder_ / "x.png"}, nothing), 1,
                   {"no display", "Xvfb is not installed", "--svg"});
    expect_refusal(run({folder_ / "run"}), 1, {"no display", "--snapshot"});
    EXPECT_FALSE(std::filesystem::exists(folder_ / "x.png"));
}

TEST_F(AppView, AFilmHasAPictureForEachStepWithFrames) {
    if (!has_xvfb()) GTEST_SKIP() << "needs Xvfb (Debian: xvfb)";
    const auto outcome = run({folder_ / "run", "--film", folder_ / "film", "--size", "320x200"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(outcome.out.starts_with("ffmpeg ")) << outcome.out;
    EXPECT_NE(outcome.out.find(folder_ / "film"), std::string::npos) << outcome.out;
    std::size_t pictures = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "film")) {
        EXPECT_EQ(io::read_png(file.path()).width, 320U);
        ++pictures;
    }
    EXPECT_EQ(pictures, 3U);
}

// what /proc/<id>/stat begins with
struct ProcessEntry {
    ::pid_t id = 0;
    std::string name;
    char state = 'X'; // Z: ended, but nobody asked for its exit code yet
    ::pid_t parent = 0;
};
ProcessEntry process_entry(const std::filesystem::path& folder) {
    ProcessEntry entry;
    std::ifstream(folder / "stat") >> entry.id >> entry.name >> entry.state >> entry.parent;
    return entry;
}
// the Xvfb that a process started, 0 if there is none
::pid_t server_of(::pid_t parent) {
    for (const auto& folder : std::filesystem::directory_iterator("/proc")) {
        const ProcessEntry entry = process_entry(folder.path());
        if (entry.parent == parent && entry.name == "(Xvfb)") return entry.id;
    }
    return 0;
}
bool is_xvfb(::pid_t id) {
    const ProcessEntry entry = process_entry("/proc/" + std::to_string(id));
    return entry.name == "(Xvfb)" && entry.state != 'Z';
}

TEST_F(AppView, ItsServerEndsWithItHoweverItEnds) {
    if (!has_xvfb()) GTEST_SKIP() << "needs Xvfb (Debian: xvfb)";
    write_run(folder_ / "long", 3000);
    for (const auto& [signal, code] :
         std::vector<std::pair<int, int>>{{SIGINT, 130}, {SIGTERM, 130}, {SIGKILL, -SIGKILL}}) {
        SCOPED_TRACE(signal);
        Process process(kProgram, {folder_ / "long", "--film", folder_ / "film"}, no_display);
        const auto has_begun = [&] { return std::filesystem::exists(folder_ / "film"); };
        ASSERT_TRUE(process.until(60, has_begun));
        const ::pid_t server = server_of(process.id());
        ASSERT_NE(server, 0);
        process.send(signal);
        EXPECT_EQ(process.wait().code, code);
        bool is_gone = false;
        for (int i = 0; i < 500 && !is_gone; ++i) {
            is_gone = !is_xvfb(server);
            ::usleep(10'000);
        }
        EXPECT_TRUE(is_gone);
        std::filesystem::remove_all(folder_ / "film");
    }
}

TEST_F(AppView, AnExhibitThatIsNotThereListsThoseThatAre) {
    const auto list = run({"--list"});
    EXPECT_EQ(list.code, 0) << list.err;
    expect_refusal(run({"--demo", "no-such"}), 2, {"no-such", "there are"});
}

// All programs open exhibits; where there is no display one line says so.
TEST(AppDemo, EveryProgramKnowsTheExhibits) {
    for (const char* name :
         {"baldwin-evolve", "baldwin-sdr", "baldwin-tour", "baldwin-train", "baldwin-view"}) {
        SCOPED_TRACE(name);
        const auto call = [&](const Arguments& arguments) {
            return test::run_program(std::filesystem::path(BALDWIN_BIN_DIR) / name, arguments,
                                     no_display);
        };
        const auto expect_line = [&](const Outcome& outcome, int code, const std::string& words) {
            EXPECT_EQ(outcome.code, code);
            EXPECT_EQ(outcome.out, "");
            EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
            EXPECT_TRUE(outcome.err.starts_with(std::string(name) + ": " + words)) << outcome.err;
        };
        expect_line(call({"--demo", "spirals", "--seed", "3"}), 1,
                    "no display (DISPLAY is not set): a window needs one");
        expect_line(call({"--demo=no-such"}), 2,
                    "--demo: \"no-such\" is not an exhibit; there are: ");
        expect_line(call({"--demo", "spirals", "--speed", "3"}), 2, "unknown option --speed");
        const auto help = call({"--help"});
        EXPECT_EQ(help.code, 0);
        EXPECT_NE(help.out.find("--demo NAME"), std::string::npos) << help.out;
    }
}

TEST(AppDemo, TheWindowOfAnExhibitClosesByEscape) {
    if (!has_xvfb() || test::find_program("xdotool").empty()) GTEST_SKIP() << "needs xdotool";
    const test::VirtualDisplay display;
    ::setenv("DISPLAY", display.name().c_str(), 1);
    for (const Arguments& arguments : {Arguments{"baldwin-sdr", "classify", "--demo", "spirals"},
                                       Arguments{"baldwin-train", "--demo", "spirals"}}) {
        Process process(std::filesystem::path(BALDWIN_BIN_DIR) / arguments[0],
                        {arguments.begin() + 1, arguments.end()});
        // the key goes down there; where it would come up again the window may be gone
        const std::string close = "xdotool search --sync --onlyvisible --name '^" + arguments[0] +
                                  ": spirals: ' key Escape >/dev/null 2>&1";
        const int ignored = std::system(close.c_str());
        (void)ignored;
        EXPECT_EQ(process.wait().code, 0);
    }
}

#else

TEST_F(AppView, WithoutSfmlItSaysWhatIsMissing) {
    expect_refusal(run({folder_ / "run"}), 1, {"without SFML", "--svg"});
    expect_refusal(run({folder_ / "run", "--snapshot", "x.png"}), 1, {"without SFML"});
}

#endif

} // namespace
} // namespace baldwin::view_test

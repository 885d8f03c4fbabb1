// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "view/run_source.hpp"

#include <baldwin/core/file.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/run_directory.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/io/png.hpp>

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace baldwin::app::run_source_test {
namespace {

using test::TemporaryFolder;

constexpr std::uint64_t kNewest = std::numeric_limits<std::uint64_t>::max();

void load(RunSource& source) {
    while (source.poll(0.1).more) {
    }
}

// polls until a look at the directories is due again
template <class Done>
bool polls_until(RunSource& source, Done&& done) {
    for (int attempt = 0; attempt < 300; ++attempt) {
        source.poll(0.01);
        if (done()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

Scene scene_with(const std::string& title) {
    Scene scene;
    scene.panels.push_back({.title = title});
    return scene;
}

RunDirectory write_run(const std::filesystem::path& path, double factor, std::size_t rows = 100) {
    auto run = RunDirectory::create(path);
    run.write_config({{"app", "a"}, {"metrics", {{"loss", "nats"}}}});
    MetricsWriter metrics(run.metrics_path());
    for (std::uint64_t step = 0; step < rows; ++step) {
        metrics.write(step, 0, {{"loss", factor * static_cast<double>(step)}, {"rate", 0.1}});
    }
    return run;
}

viz::CurveQuery query_of(std::size_t run, std::size_t metric, std::size_t columns = 0) {
    return {.run = run, .metric = metric, .steps = {0, 1e12}, .columns = columns};
}

TEST(AppRunSource, OverlaysMetricsByName) {
    const TemporaryFolder folder;
    write_run(folder / "a", 1);
    const auto run = write_run(folder / "b", 2);
    MetricsWriter(run.metrics_path()).write(100, 0, {{"more", 5.0}, {"loss", 7.0}});
    RunSource source({folder / "a", folder / "b"});
    load(source);
    EXPECT_EQ(source.runs(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(source.metrics(),
              (std::vector<viz::MetricInfo>{{"loss", "nats"}, {"rate", ""}, {"more", ""}}));
    EXPECT_EQ(source.extent(0, 0), (Interval{0, 99}));
    EXPECT_EQ(source.extent(1, 0), (Interval{0, 100}));
    EXPECT_EQ(source.extent(0, 2), std::nullopt);
    EXPECT_EQ(source.extent(1, 2), (Interval{100, 100}));
    EXPECT_EQ(source.curve(query_of(0, 0)).size(), 100U);
    EXPECT_EQ(source.nearest(query_of(1, 0), 50.2), (Point{50, 100}));
    EXPECT_TRUE(source.curve(query_of(0, 2)).empty());
    EXPECT_EQ(source.nearest(query_of(0, 2), 0), std::nullopt);
    EXPECT_EQ(source.loaded(), 1.0);
    EXPECT_TRUE(source.take_messages().empty());
}

TEST(AppRunSource, NamesAreShortAndDifferent) {
    const TemporaryFolder folder;
    write_run(folder / "x/run", 1);
    write_run(folder / "y/run", 1);
    write_run(folder / "z", 1);
    const RunSource source({folder / "x/run", folder / "y/run", folder / "z/"});
    EXPECT_EQ(source.runs()[2], "z");
    EXPECT_NE(source.runs()[0], source.runs()[1]);
    const auto message = test::message_of<std::invalid_argument>([&] {
        RunSource({folder / "z", folder / "z/."});
    });
    EXPECT_NE(message.find("is given twice"), std::string::npos) << message;
}

TEST(AppRunSource, FramesAreTheNewestNotLaterThanAStep) {
    const TemporaryFolder folder;
    const auto run = write_run(folder / "a", 1);
    run.write_frame(10, "filters", "scene.json", to_json(scene_with("early")));
    run.write_frame(20, "filters", "scene.json", to_json(scene_with("late")));
    run.write_frame(20, "zoo", "scene.json", to_json(scene_with("zoo")));
    RunSource source({folder / "a"});
    load(source);
    EXPECT_EQ(source.frame_steps(0), (std::vector<std::uint64_t>{10, 20}));
    EXPECT_TRUE(source.frames(0, 9).empty());
    const auto early = source.frames(0, 19);
    ASSERT_EQ(early.size(), 1U);
    EXPECT_EQ(early[0].step, 10U);
    EXPECT_EQ(early[0].scene->panels[0].title, "early");
    const auto newest = source.frames(0, kNewest);
    ASSERT_EQ(newest.size(), 2U);
    EXPECT_EQ(newest[0].scene->panels[0].title, "late");
    EXPECT_EQ(newest[1].name, "zoo");
    // the same object while nothing changed, though a fresh file is looked at again
    EXPECT_EQ(source.frames(0, 19)[0].scene.get(), early[0].scene.get());
    run.write_frame(20, "zoo", "scene.json", to_json(scene_with("changed")));
    EXPECT_EQ(source.frames(0, kNewest)[1].scene->panels[0].title, "changed");
}

TEST(AppRunSource, PicturesAndArraysAreScenes) {
    const TemporaryFolder folder;
    const auto run = write_run(folder / "a", 1);
    const io::Picture picture{2, 1, 4, {255, 0, 0, 255, 0, 0, 0, 0}};
    run.write_frame(1, "picture", "png", io::png_bytes(picture));
    const std::vector<std::pair<std::string, std::vector<std::size_t>>> shapes = {
        {"n0", {}}, {"n1", {6}}, {"n2", {2, 3}}, {"n3", {2, 2, 3}}, {"n4", {2, 2, 2, 3}}};
    for (const auto& [name, shape] : shapes) {
        const auto values = Tensor<double>::from_shape(shape);
        Tensor<double> filled = values;
        for (std::size_t i = 0; i < filled.size(); ++i)
            filled.data()[i] = 1.0 - static_cast<double>(i);
        run.write_frame(1, name, "npy", npy_bytes(TensorView<const double>(filled)));
    }
    RunSource source({folder / "a"});
    load(source);
    const auto frames = source.frames(0, 1);
    ASSERT_EQ(frames.size(), 6U);
    EXPECT_TRUE(source.take_messages().empty());
    const auto images = [&](std::size_t frame) {
        std::size_t count = 0;
        for (const Item& item : frames[frame].scene->panels.at(0).items) {
            count += std::holds_alternative<Image>(item) ? 1 : 0;
        }
        return count;
    };
    EXPECT_EQ(images(0), 0U);
    EXPECT_EQ(images(1), 0U);
    EXPECT_EQ(images(2), 1U);
    EXPECT_EQ(images(3), 2U);
    EXPECT_EQ(images(4), 4U);
    const auto& shown = std::get<Image>(frames[5].scene->panels.at(0).items.at(0));
    EXPECT_EQ(shown.pixels, (std::vector<std::uint8_t>{255, 0, 0, 255, 255, 255}));
}

TEST(AppRunSource, WhatCannotBeShownIsSaidOnce) {
    const TemporaryFolder folder;
    const auto run = write_run(folder / "a", 1);
    run.write_frame(1, "bad", "png", "no picture");
    run.write_frame(1, "cut", "scene.json", to_json(scene_with("x")).substr(0, 30));
    run.write_frame(1, "empty", "npy", "");
    run.write_frame(1, "good", "scene.json", to_json(scene_with("x")));
    run.write_frame(1, "newer", "scene.json",
                    R"({"format":"baldwin-scene","version":99,"panels":[]})");
    RunSource source({folder / "a"});
    load(source);
    for (int again = 0; again < 3; ++again) {
        const auto frames = source.frames(0, kNewest);
        ASSERT_EQ(frames.size(), 1U);
        EXPECT_EQ(frames[0].name, "good");
    }
    const auto messages = source.take_messages();
    ASSERT_EQ(messages.size(), 4U);
    EXPECT_NE(messages[3].find("version 99"), std::string::npos) << messages[3];
    load(source);
    EXPECT_TRUE(source.take_messages().empty());
}

TEST(AppRunSource, FollowsARunThatGoesOnIsResumedAndDeleted) {
    const TemporaryFolder folder;
    auto run = write_run(folder / "a", 1);
    run.write_frame(50, "f", "scene.json", to_json(scene_with("x")));
    RunSource source({folder / "a"});
    load(source);
    ASSERT_EQ(source.frames(0, kNewest).size(), 1U);
    run.cut_back(40);
    run.append_event(40, "resume", {{"threads", 2}});
    EXPECT_TRUE(polls_until(source, [&] {
        return source.extent(0, 0)->high == 40 && source.frame_steps(0).empty() &&
               !source.events(0).empty();
    }));
    EXPECT_EQ(source.events(0)[0].text, "resume: threads 2");
    EXPECT_EQ(source.curve(query_of(0, 0)).size(), 41U);
    MetricsWriter(run.metrics_path()).write(41, 0, {{"loss", -1.0}});
    EXPECT_TRUE(polls_until(source, [&] { return source.extent(0, 0)->high == 41; }));
    EXPECT_EQ(source.nearest(query_of(0, 0), 99), (Point{41, -1}));
    run.write_frame(41, "f", "scene.json", to_json(scene_with("y")));
    EXPECT_TRUE(polls_until(source, [&] { return source.frames(0, kNewest).size() == 1; }));
    std::filesystem::remove_all(folder / "a");
    std::vector<std::string> messages;
    EXPECT_TRUE(polls_until(source, [&] {
        for (auto& message : source.take_messages()) messages.push_back(message);
        return !messages.empty();
    }));
    EXPECT_NE(messages.at(0).find("was deleted"), std::string::npos);
    EXPECT_EQ(source.curve(query_of(0, 0)).size(), 42U);
}

TEST(AppRunSource, NoDamagedFrameStopsIt) {
    const TemporaryFolder folder;
    const auto run = write_run(folder / "a", 1);
    Scene scene = scene_with("x");
    scene.panels[0].items.emplace_back(Image{.rows = 2, .columns = 2, .pixels = {1, 2, 3, 4}});
    scene.panels[0].items.emplace_back(Curve{"c", {{0, 1}, {2, 3}}});
    const std::string text = to_json(scene);
    const auto png = io::png_bytes({3, 2, 1, {1, 2, 3, 4, 5, 6}});
    Tensor<float> array = Tensor<float>::from_shape({4, 3});
    const auto npy = npy_bytes(TensorView<const float>(array));
    test::Mutator mutate(4);
    for (int round = 0; round < 150; ++round) {
        SCOPED_TRACE(round);
        run.write_frame(1, "s", "scene.json", mutate(bytes_of(text), text.size()));
        run.write_frame(1, "p", "png", mutate(png, png.size()));
        run.write_frame(1, "n", "npy", mutate(npy, npy.size()));
        RunSource source({folder / "a"});
        load(source);
        EXPECT_LE(source.frames(0, 1).size(), 3U);
        EXPECT_LE(source.take_messages().size(), 10U);
    }
}

TEST(AppRunSource, TenThousandStepsOfTwentyMetricsAreReadWhole) {
    const TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "a");
    run.write_config({{"app", "a"}});
    {
        MetricsWriter metrics(run.metrics_path());
        std::vector<std::string> names;
        for (int i = 0; i < 20; ++i) names.push_back("metric_" + std::to_string(i));
        for (std::uint64_t step = 0; step < 10'000; ++step) {
            std::vector<Metric> row;
            for (const auto& name : names) {
                row.push_back({name, std::sin(0.01 * static_cast<double>(step + row.size()))});
            }
            metrics.write(step, 1e-3 * static_cast<double>(step), row);
        }
    }
    RunSource source({folder / "a"});
    load(source);
    std::size_t points = 0;
    for (std::size_t metric = 0; metric < 20; ++metric) {
        points += source.curve(query_of(0, metric)).size();
    }
    EXPECT_EQ(points, 200'000U);
}

// "VmHWM:   331312 kB": the most memory that was in use, in bytes
std::size_t most_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) << 10;
    }
    return 0;
}

// The contract of the visualizer: a picture before all is read, at most 1 GiB; viz_bench has the
// seconds. The file is read and never mapped: the file cache is no part of the process's memory.
TEST(AppRunSourceSlow, TenMillionLinesAreShownWhileTheyAreReadWithinAGibibyte) {
    const TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "a");
    run.write_config({{"app", "a"}});
    constexpr std::uint64_t kLines = 10'000'000;
    {
        MetricsWriter metrics(run.metrics_path());
        for (std::uint64_t step = 0; step < kLines; ++step) {
            const double x = static_cast<double>(step);
            const double loss = std::round(1e6 / (1 + 1e-6 * x) + 5e4 * std::sin(0.7 * x)) / 1e6;
            const double accuracy = std::round(1e4 * std::tanh(1e-6 * x)) / 1e4;
            metrics.write(step, 1e-3 * x, {{"loss", loss}, {"accuracy", accuracy}});
        }
    }
    RunSource source({folder / "a"});
    std::size_t first = 0; // points of the first picture
    bool has_more = true;
    while (has_more) {
        has_more = source.poll(0.03).more;
        for (std::size_t metric = 0; metric < source.metrics().size() && first == 0; ++metric) {
            const auto steps = source.extent(0, metric);
            first = source.curve({0, metric, *steps, 1280, 0}).size();
            EXPECT_TRUE(has_more);
        }
    }
    EXPECT_GT(first, 0U);
    EXPECT_EQ(source.curve(query_of(0, 0)).size(), kLines);
    EXPECT_LE(most_memory(), std::size_t{1} << 30);
    EXPECT_EQ(source.nearest(query_of(0, 1), 9'999'999)->x, 9'999'999);
}

} // namespace
} // namespace baldwin::app::run_source_test

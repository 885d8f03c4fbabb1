// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/run_directory.hpp>
#include <baldwin/core/run_reader.hpp>

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace baldwin::run_reader_test {
namespace {

using test::TemporaryFolder;

struct Counter {
    std::size_t samples = 0;
    void append(std::size_t, std::uint64_t, double) { ++samples; }
    void cut(std::size_t, std::size_t) {}
};

// polls until a look at the directory is due again, which is a quarter of a second later at most
template <class Done>
bool polls_until(RunReader& reader, Counter& sink, Done&& done) {
    for (int attempt = 0; attempt < 300; ++attempt) {
        reader.poll(0.01, sink);
        if (done()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

void put(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

// a finished run with two metrics, three frames, two events
void write_run(const std::filesystem::path& path) {
    const auto run = RunDirectory::create(path);
    run.write_config({{"app", "baldwin-test"},
                      {"version", kVersion},
                      {"metrics", {{"loss", "nats"}, {"rate", ""}}}});
    MetricsWriter metrics(run.metrics_path());
    for (std::uint64_t step = 1; step <= 50; ++step) {
        metrics.write(step, 0.1 * static_cast<double>(step), {{"loss", 1.0}, {"rate", 2.0}});
    }
    run.write_frame(50, "b", "npy", "no array");
    run.write_frame(10, "b", "npy", "no array");
    run.write_frame(50, "a", "scene.json", "{}");
    run.append_event(20, "resume", {{"threads", 2}});
    run.append_event(30, "warning", {{"text", "too warm"}});
    run.write_summary({{"finished", true}});
}

TEST(CoreRunReader, ReadsAFinishedRun) {
    const TemporaryFolder folder;
    write_run(folder / "run");
    RunReader reader(folder / "run");
    Counter sink;
    const RunNews news = reader.poll(1, sink);
    EXPECT_TRUE(news.log.metrics);
    EXPECT_TRUE(news.frames);
    EXPECT_TRUE(news.others);
    EXPECT_EQ(reader.config()["app"], "baldwin-test");
    EXPECT_EQ(reader.summary()["finished"], true);
    EXPECT_EQ(reader.unit("loss"), "nats");
    EXPECT_EQ(reader.unit("other"), "");
    ASSERT_EQ(reader.log().size(), 2U);
    const auto frames = folder / "run/frames";
    EXPECT_EQ(
        reader.frames(),
        (std::vector<RunFrame>{{10, "b", RunFrame::Kind::array, frames / "00000010-b.npy"},
                               {50, "a", RunFrame::Kind::scene, frames / "00000050-a.scene.json"},
                               {50, "b", RunFrame::Kind::array, frames / "00000050-b.npy"}}));
    EXPECT_EQ(reader.remarks(),
              (std::vector<RunRemark>{{20, "resume", "threads 2"}, {30, "warning", "too warm"}}));
    EXPECT_TRUE(reader.take_warnings().empty());
    reader.log().want(0);
    reader.poll(1, sink);
    EXPECT_EQ(sink.samples, 50U);
}

TEST(CoreRunReader, FrameNamesAreReadStrictly) {
    const auto frame = parse_frame_name("x/123456789-b-2.scene.json");
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->step, 123456789U);
    EXPECT_EQ(frame->name, "b-2");
    EXPECT_EQ(frame->path, "x/123456789-b-2.scene.json");
    for (const char* name :
         {"", "1-a.png", "0000001-a.png", "00000001.png", "00000001-.png", "00000001-a.jpg",
          "00000001-a", "-0000001-a.png", "0000000a-a.png", "99999999999999999999-a.png"}) {
        EXPECT_FALSE(parse_frame_name(name)) << name;
    }
}

TEST(CoreRunReader, WhatIsNoRunIsRefused) {
    const TemporaryFolder folder;
    put(folder / "file", "x");
    std::filesystem::create_directory(folder / "empty");
    for (const auto& [name, words] :
         std::vector<std::pair<std::string, std::string>>{{"none", "does not exist"},
                                                          {"file", "is not a directory"},
                                                          {"empty", "holds no run"}}) {
        const auto message = test::message_of<std::invalid_argument>(
            [&, path = folder / name] { const RunReader reader(path); });
        EXPECT_NE(message.find(words), std::string::npos) << message;
        EXPECT_NE(message.find(folder / name), std::string::npos) << message;
    }
}

TEST(CoreRunReader, FollowsARunAsItWrites) {
    const TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "run");
    run.write_config({{"app", "a"}});
    RunReader reader(folder / "run");
    Counter sink;
    reader.poll(1, sink);
    EXPECT_TRUE(reader.summary().empty());
    run.write_frame(3, "a", "png", "x");
    EXPECT_TRUE(polls_until(reader, sink, [&] { return reader.frames().size() == 1; }));
    run.append_event(3, "edit", {{"rate", 0.5}});
    EXPECT_TRUE(polls_until(reader, sink, [&] { return reader.remarks().size() == 1; }));
    run.write_summary({{"finished", false}});
    EXPECT_TRUE(polls_until(reader, sink, [&] { return !reader.summary().empty(); }));
    run.cut_back(std::nullopt);
    EXPECT_TRUE(polls_until(reader, sink,
                            [&] { return reader.summary().empty() && reader.frames().empty(); }));
    EXPECT_TRUE(reader.take_warnings().empty());
}

TEST(CoreRunReader, ADeletedDirectoryIsSaidOnceAndWhatWasReadStays) {
    const TemporaryFolder folder;
    write_run(folder / "run");
    RunReader reader(folder / "run");
    Counter sink;
    reader.poll(1, sink);
    std::filesystem::remove_all(folder / "run");
    ASSERT_TRUE(polls_until(reader, sink, [&] { return !reader.exists(); }));
    const auto warnings = reader.take_warnings();
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_NE(warnings[0].find("was deleted"), std::string::npos);
    EXPECT_EQ(reader.config()["app"], "baldwin-test");
    EXPECT_EQ(reader.remarks().size(), 2U);
    EXPECT_EQ(reader.log().size(), 2U);
    EXPECT_EQ(reader.frames().size(), 3U);
}

TEST(CoreRunReader, ANewerVersionIsSaid) {
    const TemporaryFolder folder;
    for (const auto& [version, is_newer] :
         std::vector<std::pair<std::string, bool>>{{"99.0.0", true},
                                                   {"0.99", true},
                                                   {std::string(kVersion), false},
                                                   {"0.0.9", false},
                                                   {"", false},
                                                   {"x", false}}) {
        put(folder / "config.json", "{\"version\":\"" + version + "\"}");
        RunReader reader(folder.path());
        Counter sink;
        reader.poll(1, sink);
        const auto warnings = reader.take_warnings();
        EXPECT_EQ(warnings.size(), is_newer ? 1U : 0U) << version;
        if (is_newer) {
            EXPECT_NE(warnings.at(0).find("newer version " + version), std::string::npos);
        }
    }
}

TEST(CoreRunReader, WhatIsDamagedIsNamedOnce) {
    const TemporaryFolder folder;
    write_run(folder / "run");
    for (const char* name : {"config.json", "summary.json", "events.jsonl"}) {
        SCOPED_TRACE(name);
        put(folder / "run" / name, "{\"half");
        if (std::string(name) == "events.jsonl") put(folder / "run" / name, "[]\n[]\n");
        RunReader reader(folder / "run");
        Counter sink;
        reader.poll(1, sink);
        const auto warnings = reader.take_warnings();
        ASSERT_EQ(warnings.size(), 1U);
        EXPECT_NE(warnings[0].find(name), std::string::npos);
        std::filesystem::remove(folder / "run" / name);
    }
    put(folder / "run/frames/readme.txt", "x");
    RunReader reader(folder / "run");
    Counter sink;
    reader.poll(1, sink);
    EXPECT_EQ(reader.take_warnings().size(), 1U);
    EXPECT_EQ(reader.frames().size(), 3U);
}

// every file damaged in every way, one after another, under the eyes of one reader
TEST(CoreRunReader, NoDamageStopsTheReader) {
    const TemporaryFolder folder;
    write_run(folder / "run");
    const std::vector<std::string> names = {"config.json", "summary.json", "events.jsonl",
                                            "metrics.jsonl"};
    std::vector<std::vector<std::byte>> whole;
    for (const auto& name : names) whole.push_back(read_file(folder / ("run/" + name)));
    test::Mutator mutate(3);
    for (int round = 0; round < 200; ++round) {
        SCOPED_TRACE(round);
        const std::size_t file = static_cast<std::size_t>(round) % names.size();
        const auto damaged = mutate(whole[file], whole[file].size());
        write_file(folder / ("run/" + names[file]), damaged, Sync::no);
        RunReader reader(folder / "run");
        Counter sink;
        while (reader.poll(1, sink).log.more) {
        }
        for (std::size_t metric = 0; metric < reader.log().size(); ++metric) {
            reader.log().want(metric);
        }
        while (reader.poll(1, sink).log.more) {
        }
        EXPECT_LE(sink.samples, 200U);
        EXPECT_LE(reader.take_warnings().size(), 8U);
    }
}

} // namespace
} // namespace baldwin::run_reader_test

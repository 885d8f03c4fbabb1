// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/file.hpp>
#include <baldwin/core/metric_log.hpp>
#include <baldwin/core/metrics.hpp>

#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::metric_log_test {
namespace {

using test::TemporaryFolder;

// what a reader keeps of a metrics file
struct Kept {
    std::vector<std::vector<std::pair<std::uint64_t, double>>> columns;

    void append(std::size_t metric, std::uint64_t step, double value) {
        if (columns.size() <= metric) columns.resize(metric + 1);
        columns[metric].emplace_back(step, value);
    }
    void cut(std::size_t metric, std::size_t samples) {
        ASSERT_LT(metric, columns.size());
        ASSERT_LT(samples, columns[metric].size());
        columns[metric].resize(samples);
    }
};

using Columns = std::map<std::string, std::vector<std::pair<std::uint64_t, double>>>;

// bits, because a NaN is not equal to itself
std::string same(const Columns& a, const Columns& b) {
    if (a.size() != b.size()) return "numbers of metrics differ";
    for (const auto& [name, samples] : a) {
        const auto other = b.find(name);
        if (other == b.end()) return name + " is missing";
        if (samples.size() != other->second.size()) {
            return name + " has " + std::to_string(samples.size()) + " samples, not " +
                   std::to_string(other->second.size());
        }
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const bool is_nan =
                std::isnan(samples[i].second) && std::isnan(other->second[i].second);
            if (samples[i].first != other->second[i].first ||
                (!is_nan && samples[i].second != other->second[i].second)) {
                return name + " differs at sample " + std::to_string(i);
            }
        }
    }
    return "";
}

Columns columns_of(const MetricLog& log, const Kept& kept) {
    Columns columns;
    for (std::size_t metric = 0; metric < kept.columns.size(); ++metric) {
        if (!kept.columns[metric].empty()) columns[log.name(metric)] = kept.columns[metric];
    }
    return columns;
}

// the independent reader: every line through the JSON library
Columns reference(const std::filesystem::path& path) {
    Columns columns;
    for (const MetricsRow& row : read_metrics(path)) {
        for (const auto& [name, value] : row.values) columns[name].emplace_back(row.step, value);
    }
    return columns;
}

void want_all(MetricLog& log) {
    for (std::size_t metric = 0; metric < log.size(); ++metric) log.want(metric);
}

void read_all(MetricLog& log, Kept& kept) {
    do {
        while (log.read(1, kept).more) {
        }
        want_all(log);
    } while (log.read(1, kept).any());
}

// rows as an app writes them: some each step, others now and then, a value may be NaN
class Writer {
public:
    Writer(const std::filesystem::path& path, std::uint64_t seed) : path_(path), random_(seed) {}

    void write(std::size_t rows) {
        MetricsWriter out(path_);
        for (std::size_t i = 0; i < rows; ++i) {
            step_ += random_() % 3;
            if (random_() % 50 == 0) {
                out.write(step_, seconds(),
                          {{"epoch", static_cast<double>(random_() % 9)}, {"v/loss", value()}});
            } else {
                out.write(step_, seconds(), {{"loss", value()}, {"rate", value()}});
            }
        }
    }
    void cut_back(std::uint64_t step) {
        cut_metrics(path_, step);
        step_ = step;
    }
    std::uint64_t step() const { return step_; }

private:
    double seconds() { return static_cast<double>(random_() % 1000) / 8; }
    double value() {
        const auto bits = random_();
        if (bits % 97 == 0) return std::numeric_limits<double>::quiet_NaN();
        return (static_cast<double>(bits % 2'000'001) - 1e6) *
               std::pow(10.0, static_cast<double>(bits % 40) - 20);
    }

    std::filesystem::path path_;
    std::mt19937_64 random_;
    std::uint64_t step_ = 0;
};

void put(const std::filesystem::path& path, const std::string& text, bool append = false) {
    std::ofstream(path, append ? std::ios::app : std::ios::trunc) << text;
}

TEST(CoreMetricLog, ReadsWhatTheWriterWrote) {
    const TemporaryFolder folder;
    Writer(folder / "m", 1).write(25'000); // several blocks and a mark
    ASSERT_GT(std::filesystem::file_size(folder / "m"), MetricLog::kMarkDistance);
    MetricLog log(folder / "m");
    Kept kept;
    read_all(log, kept);
    EXPECT_EQ(same(reference(folder / "m"), columns_of(log, kept)), "");
    EXPECT_EQ(log.share(), 1.0);
    EXPECT_TRUE(log.take_warnings().empty());
}

TEST(CoreMetricLog, ParsesOnlyWhatIsWantedAndCatchesUp) {
    const TemporaryFolder folder;
    Writer writer(folder / "m", 2);
    writer.write(25'000);
    MetricLog log(folder / "m");
    Kept kept;
    while (log.read(1, kept).more) {
    }
    EXPECT_TRUE(kept.columns.empty());
    ASSERT_EQ(log.size(), 4U);
    std::size_t rate = 0;
    while (log.name(rate) != "rate") ++rate;
    log.want(rate);
    EXPECT_LT(log.share(), 0.5);
    while (log.read(1, kept).more) {
    }
    EXPECT_EQ(log.share(), 1.0);
    auto wanted = reference(folder / "m");
    const Columns all = wanted;
    std::erase_if(wanted, [](const auto& column) { return column.first != "rate"; });
    EXPECT_EQ(same(wanted, columns_of(log, kept)), "");
    // steps are known of the others too
    for (std::size_t metric = 0; metric < log.size(); ++metric) {
        const auto& samples = all.at(log.name(metric));
        EXPECT_EQ(log.extent(metric), std::pair(samples.front().first, samples.back().first));
    }
    writer.write(5000);
    read_all(log, kept);
    EXPECT_EQ(same(reference(folder / "m"), columns_of(log, kept)), "");
}

TEST(CoreMetricLog, ReadsInSlicesOfTime) {
    const TemporaryFolder folder;
    Writer(folder / "m", 3).write(20'000);
    MetricLog log(folder / "m");
    Kept kept;
    const LogNews news = log.read(0, kept);
    EXPECT_TRUE(news.more);
    EXPECT_TRUE(news.metrics);
    EXPECT_LE(log.share() * static_cast<double>(log.bytes()), 1.0 * MetricLog::kBlock);
    EXPECT_GT(log.share(), 0.0);
}

TEST(CoreMetricLog, WaitsForTheEndOfALine) {
    const TemporaryFolder folder;
    put(folder / "m", "{\"step\":1,\"seconds\":0,\"a\":1}\n{\"step\":2,\"seconds\":0,\"a\":2");
    MetricLog log(folder / "m");
    Kept kept;
    read_all(log, kept);
    EXPECT_EQ(kept.columns.at(0).size(), 1U);
    EXPECT_EQ(log.share(), 1.0);
    put(folder / "m", "5}\n", true);
    read_all(log, kept);
    ASSERT_EQ(kept.columns.at(0).size(), 2U);
    EXPECT_EQ(kept.columns[0][1], std::pair(std::uint64_t{2}, 25.0));
    EXPECT_TRUE(log.take_warnings().empty());
}

// the file is cut at any step and written on, shorter or longer than before, between any two reads
TEST(CoreMetricLog, FollowsARunThatIsResumed) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        SCOPED_TRACE(seed);
        const TemporaryFolder folder;
        std::mt19937_64 random(seed);
        Writer writer(folder / "m", seed + 100);
        MetricLog log(folder / "m");
        Kept kept;
        for (int round = 0; round < 8; ++round) {
            writer.write(random() % 8'000);
            if (random() % 2 == 0) log.read(0, kept);
            if (random() % 3 == 0) want_all(log);
            if (random() % 2 == 0) writer.cut_back(random() % (writer.step() + 1));
            if (random() % 2 == 0) log.read(0, kept);
        }
        writer.write(100);
        read_all(log, kept);
        EXPECT_EQ(same(reference(folder / "m"), columns_of(log, kept)), "");
        EXPECT_TRUE(log.take_warnings().empty());
    }
}

TEST(CoreMetricLog, ACutRereadsNoMoreThanIsNeeded) {
    const TemporaryFolder folder;
    Writer writer(folder / "m", 5);
    writer.write(30'000);
    MetricLog log(folder / "m");
    Kept kept;
    read_all(log, kept);
    const std::size_t before = kept.columns[0].size();
    writer.cut_back(writer.step() - 10);
    log.read(0, kept);
    // one mark of 1 MiB and the block that followed it, of rows of 40 bytes or more
    EXPECT_GT(kept.columns[0].size() + (MetricLog::kMarkDistance + MetricLog::kBlock) / 40, before);
}

TEST(CoreMetricLog, AReplacedFileIsReadAnew) {
    const TemporaryFolder folder;
    Writer(folder / "m", 6).write(3000);
    MetricLog log(folder / "m");
    Kept kept;
    read_all(log, kept);
    Writer(folder / "other", 7).write(4000);
    std::filesystem::rename(folder / "other", folder / "m");
    read_all(log, kept);
    EXPECT_EQ(same(reference(folder / "m"), columns_of(log, kept)), "");
    put(folder / "m", "");
    read_all(log, kept);
    EXPECT_TRUE(columns_of(log, kept).empty());
    for (std::size_t metric = 0; metric < log.size(); ++metric) {
        EXPECT_FALSE(log.extent(metric)) << log.name(metric);
    }
}

TEST(CoreMetricLog, WhatWasReadOfADeletedFileStays) {
    const TemporaryFolder folder;
    MetricLog log(folder / "m");
    Kept kept;
    EXPECT_FALSE(log.read(1, kept).any());
    EXPECT_FALSE(log.exists());
    Writer(folder / "m", 8).write(1000);
    read_all(log, kept);
    const Columns before = reference(folder / "m");
    std::filesystem::remove(folder / "m");
    read_all(log, kept);
    EXPECT_FALSE(log.exists());
    EXPECT_EQ(same(before, columns_of(log, kept)), "");
    EXPECT_TRUE(log.take_warnings().empty()); // whoever knows the directory says it
}

TEST(CoreMetricLog, ReadsRowsThatOthersWrote) {
    const TemporaryFolder folder;
    put(folder / "m", "{ \"step\" : 1 , \"a\" : 1.5e3 , \"b b\" : null }\r\n"
                      "{\"a\":-2,\"seconds\":3,\"step\":2}\n"
                      "{\"step\":3,\"note\":\"x, y}\",\"a\":3,\"more\":{\"a\":[1,2]}}\n"
                      "{\"step\":4,\"\\u0061\":4}\n"
                      "{\"step\":5,\"a\":9,\"a\":5}\n");
    MetricLog log(folder / "m");
    Kept kept;
    read_all(log, kept);
    const Columns columns = columns_of(log, kept);
    EXPECT_EQ(columns.at("a"), (std::vector<std::pair<std::uint64_t, double>>{
                                   {1, 1500}, {2, -2}, {3, 3}, {4, 4}, {5, 5}}));
    ASSERT_EQ(columns.at("b b").size(), 1U);
    EXPECT_TRUE(std::isnan(columns.at("b b")[0].second));
    EXPECT_EQ(columns.size(), 2U);
    EXPECT_TRUE(log.take_warnings().empty());
}

TEST(CoreMetricLog, LinesThatAreNoRowsAreLeftOutWithOneWarning) {
    const TemporaryFolder folder;
    const std::string good = "{\"step\":7,\"seconds\":0,\"a\":1}\n";
    for (const char* bad :
         {"", "{", "}", "x", "[1]", "{\"step\":1.5,\"a\":1}", "{\"step\":-1,\"a\":1}", "{\"a\":1}",
          "{\"step\":8,\"a\":inf}", "{\"step\":8,\"a\":-nan}", "{\"step\":8,\"a\":1e999}",
          "{\"step\":8,\"a\":1} x", "{\"step\":8,\"a\":}", "{\"step\":8,\"a\"",
          "{\"step\":8,\"a\":1,}", "{\"step\":99999999999999999999,\"a\":1}",
          "{\"step\":8 \"a\":1}"}) {
        SCOPED_TRACE(bad);
        std::filesystem::remove(folder / "m");
        put(folder / "m", good + bad + "\n" + bad + "\n{\"step\":9,\"a\":2}\n");
        MetricLog log(folder / "m");
        Kept kept;
        read_all(log, kept);
        EXPECT_EQ(kept.columns.at(0).size(), 2U);
        const auto warnings = log.take_warnings();
        ASSERT_EQ(warnings.size(), 1U);
        EXPECT_NE(warnings[0].find("the line at byte " + std::to_string(good.size())),
                  std::string::npos)
            << warnings[0];
    }
}

TEST(CoreMetricLog, StepsThatGoBackAreLeftOutForEachMetric) {
    const TemporaryFolder folder;
    put(folder / "m", "{\"step\":5,\"a\":1,\"b\":1}\n{\"step\":4,\"b\":2,\"c\":2}\n"
                      "{\"step\":5,\"a\":3}\n{\"step\":6,\"b\":4}\n");
    MetricLog log(folder / "m");
    Kept kept;
    read_all(log, kept);
    const Columns columns = columns_of(log, kept);
    using Samples = std::vector<std::pair<std::uint64_t, double>>;
    EXPECT_EQ(columns.at("a"), (Samples{{5, 1}, {5, 3}}));
    EXPECT_EQ(columns.at("b"), (Samples{{5, 1}, {6, 4}}));
    EXPECT_EQ(columns.at("c"), (Samples{{4, 2}}));
    EXPECT_EQ(log.take_warnings().size(), 1U);
}

TEST(CoreMetricLog, ALineWithoutEndIsNotReadForever) {
    const TemporaryFolder folder;
    put(folder / "m", "{\"step\":1,\"a\":1}\n" + std::string(20U << 20, '\0'));
    MetricLog log(folder / "m");
    Kept kept;
    read_all(log, kept);
    EXPECT_EQ(kept.columns.at(0).size(), 1U);
    ASSERT_EQ(log.take_warnings().size(), 1U);
    EXPECT_FALSE(log.read(1, kept).any());
}

TEST(CoreMetricLog, SomethingElseOfThatNameIsAWarning) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "m");
    MetricLog log(folder / "m");
    Kept kept;
    read_all(log, kept);
    read_all(log, kept);
    EXPECT_EQ(log.take_warnings().size(), 1U);
}

// whatever damage a file has, reading it ends, and lines that are left whole are read
TEST(CoreMetricLog, NoDamageStopsTheReader) {
    const TemporaryFolder folder;
    Writer(folder / "m", 9).write(300);
    const auto bytes = read_file(folder / "m");
    test::Mutator mutate(10);
    MetricLog log(folder / "damaged"); // one reader that sees all versions, and a new one for each
    Kept kept;
    for (int round = 0; round < 200; ++round) {
        SCOPED_TRACE(round);
        const auto damaged = mutate(bytes, bytes.size());
        write_file(folder / "damaged", damaged, Sync::no);
        read_all(log, kept);
        MetricLog fresh(folder / "damaged");
        Kept once;
        read_all(fresh, once);
        EXPECT_EQ(same(columns_of(fresh, once), columns_of(log, kept)), "");
    }
}

} // namespace
} // namespace baldwin::metric_log_test

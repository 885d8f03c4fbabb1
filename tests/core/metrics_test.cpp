// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/metrics.hpp>

#include "../support/errors.hpp"
#include "../support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace baldwin::metrics_test {
namespace {

using test::message_of;
using test::TemporaryFolder;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// rows at steps 0, 10, 20, ... each with its step as a value
void write_rows(const std::filesystem::path& path, std::uint64_t rows) {
    MetricsWriter writer(path);
    for (std::uint64_t i = 0; i < rows; ++i) {
        writer.write(10 * i, static_cast<double>(i), {{"loss", static_cast<double>(10 * i)}});
    }
}

TEST(CoreMetrics, ARowIsAFlatObjectWithNullForWhatIsNotFinite) {
    const TemporaryFolder folder;
    MetricsWriter writer(folder / "metrics.jsonl");
    writer.write(7, 1.25, {{"loss", 0.1}, {"bad", kNan}, {"worse", -kInfinity}, {"count", 3}});
    writer.flush();
    EXPECT_EQ(
        read_text(folder / "metrics.jsonl"),
        "{\"step\":7,\"seconds\":1.25,\"loss\":0.1,\"bad\":null,\"worse\":null,\"count\":3}\n");
}

TEST(CoreMetrics, NumbersReadBackAsTheSameDoubles) {
    const TemporaryFolder folder;
    const std::vector<double> values = {0.1, 1.0 / 3, 1e-300, -5e300, 123456789.123456789, 0.0};
    MetricsWriter writer(folder / "metrics.jsonl");
    for (std::size_t i = 0; i < values.size(); ++i) writer.write(i, 0, {{"x", values[i]}});
    writer.write(values.size(), 0, {{"x", kNan}});
    writer.flush();
    const auto rows = read_metrics(folder / "metrics.jsonl");
    ASSERT_EQ(rows.size(), values.size() + 1);
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(rows[i].find("x"), values[i]);
    EXPECT_TRUE(std::isnan(rows.back().find("x").value()));
    EXPECT_EQ(rows[0].find("y"), std::nullopt);
}

TEST(CoreMetrics, NamesThatWouldBreakTheRowAreRefused) {
    const TemporaryFolder folder;
    MetricsWriter writer(folder / "metrics.jsonl");
    for (const char* name : {"", "a b", "quo\"te", "step", "seconds", "line\nbreak"}) {
        EXPECT_THROW(writer.write(0, 0, {{name, 1}}), std::invalid_argument) << name;
    }
}

TEST(CoreMetrics, ALineStillBeingWrittenIsLeftOut) {
    const TemporaryFolder folder;
    write_text(folder / "metrics.jsonl", "{\"step\":1,\"seconds\":0}\n{\"step\":2,\"sec");
    EXPECT_EQ(read_metrics(folder / "metrics.jsonl").size(), 1U);
}

TEST(CoreMetrics, ABrokenLineIsNamed) {
    const TemporaryFolder folder;
    write_text(folder / "metrics.jsonl", "{\"step\":1,\"seconds\":0}\nnonsense\n");
    const auto message = message_of([&] { read_metrics(folder / "metrics.jsonl"); });
    EXPECT_NE(message.find("line 2"), std::string::npos) << message;
}

TEST(CoreMetrics, CuttingKeepsTheRowsUpToTheStep) {
    const TemporaryFolder folder;
    const auto path = folder / "metrics.jsonl";
    for (const std::uint64_t last : {0U, 9U, 10U, 25U, 40U, 1000U}) {
        write_rows(path, 5);
        const auto before = read_metrics(path);
        cut_metrics(path, last);
        const auto rows = read_metrics(path);
        ASSERT_EQ(rows.size(), std::min<std::uint64_t>(5, last / 10 + 1)) << last;
        for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].values, before[i].values);
        std::filesystem::remove(path);
    }
}

TEST(CoreMetrics, CuttingBeforeTheStartLeavesNothing) {
    const TemporaryFolder folder;
    write_rows(folder / "metrics.jsonl", 3);
    cut_metrics(folder / "metrics.jsonl", std::nullopt);
    EXPECT_EQ(std::filesystem::file_size(folder / "metrics.jsonl"), 0U);
}

TEST(CoreMetrics, CuttingRemovesAHalfWrittenLine) {
    const TemporaryFolder folder;
    write_text(folder / "metrics.jsonl", "{\"step\":1,\"seconds\":0}\n{\"step\":2,\"sec");
    cut_metrics(folder / "metrics.jsonl", 100);
    { MetricsWriter(folder / "metrics.jsonl").write(2, 0.5, {{"x", 1}}); }
    const auto rows = read_metrics(folder / "metrics.jsonl");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].step, 2U);
}

TEST(CoreMetrics, CuttingAMissingFileIsFine) {
    const TemporaryFolder folder;
    EXPECT_NO_THROW(cut_metrics(folder / "metrics.jsonl", 3));
}

TEST(CoreMetrics, AWriterAppends) {
    const TemporaryFolder folder;
    write_rows(folder / "metrics.jsonl", 2);
    write_rows(folder / "metrics.jsonl", 2);
    EXPECT_EQ(read_metrics(folder / "metrics.jsonl").size(), 4U);
}

TEST(CoreMetrics, AFullDiskIsAnErrorWithThePath) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this system";
    MetricsWriter writer("/dev/full");
    writer.write(1, 0, {{"x", 1}});
    const auto message = message_of<std::runtime_error>([&] { writer.flush(); });
    EXPECT_NE(message.find("/dev/full"), std::string::npos) << message;
    EXPECT_NE(message.find("No space left"), std::string::npos) << message;
}

TEST(CoreMetrics, AnUnwritablePlaceIsAnErrorWithThePath) {
    const auto message = message_of<std::runtime_error>([] { MetricsWriter("/nowhere/m.jsonl"); });
    EXPECT_NE(message.find("/nowhere/m.jsonl"), std::string::npos) << message;
}

} // namespace
} // namespace baldwin::metrics_test

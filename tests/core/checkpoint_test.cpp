// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/checkpoint.hpp>

#include "../support/errors.hpp"
#include "../support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace baldwin::checkpoint_test {
namespace {

using test::message_of;
using test::TemporaryFolder;

const CheckpointHeader kHeader{.app = "baldwin-train",
                               .architecture = "linear 10",
                               .config_hash = "c0ffee",
                               .self_test = "5e1f",
                               .step = 1234,
                               .seconds = 5.4321};

// theta = value, repeated
void write(const std::filesystem::path& path, const CheckpointHeader& header, float value,
           std::size_t size = 1000) {
    const AlignedVector<float> theta(size, value);
    SafetensorsWriter tensors;
    tensors.add("theta", std::span<const float>(theta));
    write_checkpoint(path, header, tensors);
}

TEST(CoreCheckpoint, WhatWasWrittenIsReadBack) {
    const TemporaryFolder folder;
    write(folder / "c", kHeader, 0.5F);
    const auto checkpoint = read_checkpoint(folder / "c");
    EXPECT_EQ(checkpoint.header.app, kHeader.app);
    EXPECT_EQ(checkpoint.header.architecture, kHeader.architecture);
    EXPECT_EQ(checkpoint.header.config_hash, kHeader.config_hash);
    EXPECT_EQ(checkpoint.header.self_test, kHeader.self_test);
    EXPECT_EQ(checkpoint.header.step, kHeader.step);
    EXPECT_EQ(checkpoint.header.seconds, kHeader.seconds);
    EXPECT_EQ(checkpoint.tensors.values<float>("theta"), AlignedVector<float>(1000, 0.5F));
}

TEST(CoreCheckpoint, ANewerVersionIsRefused) {
    const TemporaryFolder folder;
    SafetensorsWriter tensors;
    tensors.metadata = {{"format", "baldwin-checkpoint"}, {"version", "999"}};
    tensors.write(folder / "c");
    const auto message = message_of<std::runtime_error>([&] { read_checkpoint(folder / "c"); });
    EXPECT_NE(message.find("newer program"), std::string::npos) << message;
    EXPECT_NE(message.find("999"), std::string::npos) << message;
}

TEST(CoreCheckpoint, AnotherSafetensorsFileIsRefused) {
    const TemporaryFolder folder;
    SafetensorsWriter().write(folder / "c");
    const auto message = message_of<std::runtime_error>([&] { read_checkpoint(folder / "c"); });
    EXPECT_NE(message.find("is not a checkpoint"), std::string::npos) << message;
}

TEST(CoreCheckpoint, ATruncatedFileIsRefused) {
    const TemporaryFolder folder;
    write(folder / "c", kHeader, 0.5F);
    std::filesystem::resize_file(folder / "c", 2000);
    EXPECT_THROW(read_checkpoint(folder / "c"), std::runtime_error);
}

TEST(CoreCheckpoint, ANumberThatIsNoneIsRefused) {
    const TemporaryFolder folder;
    SafetensorsWriter tensors;
    tensors.metadata = {{"format", "baldwin-checkpoint"}, {"version", "1x"}};
    tensors.write(folder / "c");
    const auto message = message_of<std::runtime_error>([&] { read_checkpoint(folder / "c"); });
    EXPECT_NE(message.find("'1x'"), std::string::npos) << message;
}

TEST(CoreCheckpoint, AnotherAppArchitectureOrConfigurationIsNamed) {
    auto other = kHeader;
    other.architecture = "linear 11";
    auto message = message_of([&] { check_resumable(other, kHeader, "c", true); });
    EXPECT_EQ(message, "c: is a checkpoint of another architecture: 'linear 11', this run has "
                       "'linear 10'");
    other = kHeader;
    other.app = "baldwin-sdr";
    EXPECT_THROW(check_resumable(other, kHeader, "c", true), std::runtime_error);
    other = kHeader;
    other.config_hash = "beef";
    EXPECT_THROW(check_resumable(other, kHeader, "c", true), std::runtime_error);
}

TEST(CoreCheckpoint, OtherArithmeticIsRefusedUnlessAccepted) {
    auto other = kHeader;
    other.self_test = "beef";
    const auto message = message_of([&] { check_resumable(other, kHeader, "c", false); });
    EXPECT_NE(message.find("--accept-other-bits"), std::string::npos) << message;
    EXPECT_TRUE(check_resumable(other, kHeader, "c", true));
    EXPECT_FALSE(check_resumable(kHeader, kHeader, "c", false));
}

// a limit on the size of files stands for the full disk
TEST(CoreCheckpoint, AFullDiskLosesNoEarlierCheckpoint) {
    const TemporaryFolder folder;
    write(folder / "c", kHeader, 1.0F);
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{2000, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto message =
        message_of<std::runtime_error>([&] { write(folder / "c", kHeader, 2.0F); });
    ::setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, handler);
    EXPECT_NE(message.find("cannot be written"), std::string::npos) << message;
    EXPECT_EQ(read_checkpoint(folder / "c").tensors.values<float>("theta")[0], 1.0F);
    EXPECT_EQ(folder.count(), 1U);
}

// Simulated runs of 1,000 s in steps: how often checkpoints come and what share they take.
struct Tally {
    std::size_t count = 0;
    double longest_gap = 0;
    double share = 0;
};
Tally simulate(double step, double cost, std::size_t steps_per_epoch) {
    CheckpointCadence cadence(0.0);
    Tally tally;
    double now = 0;
    double last = 0;
    for (std::size_t i = 1; now < 1000; ++i) {
        now += step;
        const bool is_boundary = i % steps_per_epoch == 0;
        if (!(is_boundary ? cadence.is_due_at_boundary(now) : cadence.is_due(now))) continue;
        tally.longest_gap = std::max(tally.longest_gap, now - last);
        cadence.wrote(now, now + cost);
        now += cost;
        last = now;
        ++tally.count;
    }
    tally.share = static_cast<double>(tally.count) * cost / now;
    return tally;
}

TEST(CoreCheckpoint, CheapOnesComeAtEachEpochAndAtLeastEveryTenSeconds) {
    const auto short_epochs = simulate(0.01, 0.005, 100);
    EXPECT_GE(short_epochs.count, 990U);
    const auto long_epochs = simulate(0.3, 0.1, 1000);
    EXPECT_LE(long_epochs.longest_gap, 10.0);
    EXPECT_LE(long_epochs.share, 0.02);
}

TEST(CoreCheckpoint, DearOnesComeLessOften) {
    for (const double cost : {0.05, 0.5}) {
        EXPECT_LE(simulate(0.05, cost, 7).share, 0.021) << cost; // the first one is unpaid
        EXPECT_GE(simulate(0.05, cost, 7).count, 2U) << cost;
    }
}

TEST(CoreCheckpoint, NoneIsSoDearThatHalfAMinuteWouldBeLost) {
    const auto dear = simulate(0.05, 3.0, 1000000);
    EXPECT_LE(dear.longest_gap, 25.1);
    EXPECT_GE(dear.longest_gap, 24.9); // still as seldom as that
}

TEST(CoreCheckpoint, APeriodOfZeroMeansAfterEveryStep) {
    CheckpointCadence cadence({.period = 0}, 0.0);
    cadence.wrote(0, 5);
    EXPECT_TRUE(cadence.is_due(5));
    EXPECT_TRUE(cadence.is_due_at_boundary(5));
}

TEST(CoreCheckpoint, ACadenceWithoutSenseIsRefused) {
    EXPECT_THROW(CheckpointCadence({.period = -1}, 0), std::invalid_argument);
    EXPECT_THROW(CheckpointCadence({.share = 0}, 0), std::invalid_argument);
    EXPECT_THROW(CheckpointCadence({.share = 1.5}, 0), std::invalid_argument);
    EXPECT_THROW(CheckpointCadence({.longest = -1}, 0), std::invalid_argument);
}

} // namespace
} // namespace baldwin::checkpoint_test

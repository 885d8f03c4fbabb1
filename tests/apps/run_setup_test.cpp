// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/run_setup.hpp>

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace baldwin::app::run_setup_test {
namespace {

using test::message_of;
using test::TemporaryFolder;

// A program whose state is one number: each step adds the rate to it.
struct Counter {
    CommonOptions common;
    double rate = 0.5;
    std::size_t steps = 10;
    OptionTable table{"baldwin-test", "Counts."};
    double value = 0;

    explicit Counter(const std::vector<std::string>& arguments) {
        common.quiet = true;
        common.declare(table);
        table.number("rate", rate, "added in each step", {0, 10, true});
        table.count("steps", steps, "how many", {1, 1000}).as(Role::end);
        read_options(table, common, arguments);
    }
    void fill(SafetensorsWriter& out) const { out.add_value("value", value); }
    // runs to the end, or until after step `last`, as a killed process would
    double run(std::uint64_t last = 1000, const std::string& architecture = "adder") {
        Run run(table, common, architecture, 0.0);
        std::uint64_t step = 0;
        if (run.checkpoint()) {
            step = run.checkpoint()->header.step;
            value = run.checkpoint()->tensors.value<double>("value");
        }
        while (step < steps) {
            value += rate;
            ++step;
            run.record(step, {{"value", value}});
            if (step % 3 == 0) run.save(step, [&](auto& out) { fill(out); });
            if (step >= last) return value;
        }
        run.finish(step, false, {{"value", value}});
        return value;
    }
};

class AppRun : public ::testing::Test {
protected:
    std::string text(const std::string& name) const { return read_text(run_ + "/" + name); }
    Json json(const std::string& name) const { return read_json(run_ + "/" + name); }

    TemporaryFolder folder_;
    std::string run_ = folder_ / "run";
};

TEST_F(AppRun, ConfigHoldsEveryOptionAndWhatMadeTheRun) {
    Counter({"--out", run_, "--rate", "0.25", "--seed", "7"}).run();
    const Json config = json("config.json");
    EXPECT_EQ(config["app"], "baldwin-test");
    EXPECT_EQ(config["options"]["rate"], 0.25);
    EXPECT_EQ(config["options"]["steps"], 10);
    EXPECT_EQ(config["seed"], 7);
    for (const char* key : {"version", "git_revision", "compiler", "flags", "cpu", "threads",
                            "started", "self_test"}) {
        EXPECT_TRUE(config.contains(key)) << key;
    }
}

TEST_F(AppRun, ARunCanBeRepeatedFromItsConfig) {
    const double value = Counter({"--out", run_, "--rate", "0.25"}).run();
    Counter again({"--config", run_ + "/config.json", "--out", folder_ / "again"});
    EXPECT_EQ(again.run(), value);
}

TEST_F(AppRun, SummaryHasTheHeadline) {
    Counter({"--out", run_}).run();
    const Json summary = json("summary.json");
    EXPECT_EQ(summary["value"], 5.0);
    EXPECT_EQ(summary["finished"], true);
    EXPECT_EQ(summary["step"], 10);
}

TEST_F(AppRun, AResumedRunEndsAsOneNeverStopped) {
    const double whole = Counter({"--out", folder_ / "whole"}).run();
    const auto rows = read_metrics(folder_ / "whole/metrics.jsonl");
    for (const std::uint64_t last : {1U, 3U, 5U, 9U}) {
        std::filesystem::remove_all(run_);
        Counter({"--out", run_}).run(last);
        EXPECT_EQ(Counter({"--resume", run_}).run(), whole) << last;
        const auto resumed = read_metrics(run_ + "/metrics.jsonl");
        ASSERT_EQ(resumed.size(), rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            EXPECT_EQ(resumed[i].step, rows[i].step);
            EXPECT_EQ(resumed[i].values, rows[i].values);
        }
        EXPECT_EQ(json("summary.json")["value"], whole);
    }
}

TEST_F(AppRun, ALaterEndIsKeptForTheNextResume) {
    Counter({"--out", run_}).run();
    Counter({"--resume", run_, "--steps", "20"}).run(12);
    EXPECT_EQ(Counter({"--resume", run_}).run(), 10.0);
    const auto events = text("events.jsonl");
    EXPECT_NE(events.find("\"steps\":20"), std::string::npos) << events;
}

TEST_F(AppRun, ANonEmptyDirectoryIsRefusedAndLeftAlone) {
    Counter({"--out", run_}).run();
    const auto before = text("metrics.jsonl");
    const auto message = message_of<UsageError>([&] { Counter({"--out", run_}).run(); });
    EXPECT_NE(message.find("--resume " + run_), std::string::npos) << message;
    EXPECT_EQ(text("metrics.jsonl"), before);
}

TEST_F(AppRun, AnUnwritablePlaceIsRefused) {
    const auto message = message_of<UsageError>([&] { Counter({"--out", "/dev/null/run"}).run(); });
    EXPECT_NE(message.find("--out: /dev/null/run"), std::string::npos) << message;
}

TEST_F(AppRun, ACheckpointThatDoesNotBelongHereIsRefusedAndNothingIsTouched) {
    Counter({"--out", run_}).run(5);
    std::ofstream(run_ + "/summary.json") << "{}";
    const auto refused = [&](const std::string& architecture) {
        return message_of<std::runtime_error>([&] {
            Counter({"--resume", run_}).run(1000, architecture);
        });
    };
    const auto message = refused("another");
    EXPECT_NE(message.find("another architecture"), std::string::npos) << message;

    auto checkpoint = read_checkpoint(run_ + "/checkpoint.safetensors");
    const auto write = [&](auto change) {
        SafetensorsWriter tensors;
        tensors.add_value("value", 1.5);
        auto header = checkpoint.header;
        change(header, tensors);
        tensors.write(run_ + "/checkpoint.safetensors");
    };
    write([](auto&, auto& tensors) {
        tensors.metadata = {{"format", "baldwin-checkpoint"}, {"version", "2"}};
    });
    EXPECT_NE(refused("adder").find("newer program"), std::string::npos);
    EXPECT_EQ(read_metrics(run_ + "/metrics.jsonl").size(), 5U);
    EXPECT_EQ(text("summary.json"), "{}");
    EXPECT_FALSE(std::filesystem::exists(run_ + "/events.jsonl"));
}

TEST_F(AppRun, AnEditedConfigIsNoticed) {
    Counter({"--out", run_}).run(5);
    Json config = json("config.json");
    config["options"]["rate"] = 0.75;
    write_text(run_ + "/config.json", pretty(config));
    const auto message = message_of<std::runtime_error>([&] { Counter({"--resume", run_}).run(); });
    EXPECT_NE(message.find("another configuration"), std::string::npos) << message;
}

TEST_F(AppRun, OtherArithmeticIsRefusedUnlessAcceptedAndThenNoted) {
    Counter counter({"--out", run_});
    counter.run(5);
    auto header = read_checkpoint(run_ + "/checkpoint.safetensors").header;
    header.self_test = "ffffffffffffffff";
    SafetensorsWriter tensors;
    tensors.add_value("value", 1.5);
    write_checkpoint(run_ + "/checkpoint.safetensors", header, tensors);
    const auto message = message_of<std::runtime_error>([&] { Counter({"--resume", run_}).run(); });
    EXPECT_NE(message.find("--accept-other-bits"), std::string::npos) << message;
    EXPECT_EQ(Counter({"--resume", run_, "--accept-other-bits"}).run(), 5.0);
    EXPECT_NE(text("events.jsonl").find("\"other_bits\":true"), std::string::npos);
}

TEST_F(AppRun, TimeGoesOnWhereItStopped) {
    Counter({"--out", run_}).run(5);
    auto header = read_checkpoint(run_ + "/checkpoint.safetensors").header;
    header.seconds = 100;
    SafetensorsWriter tensors;
    tensors.add_value("value", 1.5);
    write_checkpoint(run_ + "/checkpoint.safetensors", header, tensors);
    Counter({"--resume", run_}).run();
    EXPECT_GE(json("summary.json")["seconds"].get<double>(), 100.0);
}

} // namespace
} // namespace baldwin::app::run_setup_test

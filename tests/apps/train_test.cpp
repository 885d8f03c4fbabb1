// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// baldwin-train as its users call it: arguments in, exit code, outputs and run directory back.

#include <baldwin/core/checkpoint.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/random.hpp>

#include "support/process.hpp"
#include "support/small_images.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::train_test {
namespace {

using test::Outcome;
using test::Process;
using test::TemporaryFolder;

const std::filesystem::path kProgram = std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-train";

// convolution, norm with state, dropout-free; small enough for a run of about a second
constexpr const char* kNetwork =
    "conv 6 3x3 same, batch_norm, relu, max_pool 2, flatten, linear 24, relu, linear 4";

class AppTrain : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        data_ = new TemporaryFolder();
        test::write_small_images(data_->path(), 1200, 300);
    }
    static void TearDownTestSuite() { delete data_; }

    using Arguments = std::vector<std::string>;

    [[nodiscard]] Arguments arguments(const std::string& out, Arguments more = {}) const {
        Arguments all = {"--data",       data_->path().string(),
                         "--arch",       kNetwork,
                         "--validation", "200",
                         "--batch",      "25",
                         "--out",        out};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    static Outcome run(const Arguments& arguments) {
        return test::run_program(kProgram, arguments);
    }
    [[nodiscard]] Json summary(const std::string& name) const {
        return read_json(folder_ / (name + "/summary.json"));
    }
    // one line on stderr that holds all the words, nothing on stdout
    static void expect_refusal(const Outcome& outcome, int code, const Arguments& words) {
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
        EXPECT_TRUE(outcome.err.starts_with("baldwin-train: ")) << outcome.err;
        for (const auto& word : words) {
            EXPECT_NE(outcome.err.find(word), std::string::npos)
                << "missing: " << word << "\nin: " << outcome.err;
        }
    }
    // everything in a metrics file but the time
    static std::vector<std::pair<std::uint64_t, std::vector<std::pair<std::string, double>>>>
    timeless(const std::filesystem::path& path) {
        std::vector<std::pair<std::uint64_t, std::vector<std::pair<std::string, double>>>> rows;
        for (auto& row : read_metrics(path)) rows.emplace_back(row.step, std::move(row.values));
        return rows;
    }
    // a second run must be indistinguishable from the first
    void expect_same_run(const std::string& a, const std::string& b) const {
        for (const char* key : {"parameters_hash", "test_accuracy", "test_loss",
                                "validation_accuracy", "train_loss", "images", "step"}) {
            EXPECT_EQ(summary(a)[key], summary(b)[key]) << key;
        }
        EXPECT_EQ(timeless(folder_ / (a + "/metrics.jsonl")),
                  timeless(folder_ / (b + "/metrics.jsonl")));
        EXPECT_EQ(read_text(folder_ / (a + "/model.safetensors")),
                  read_text(folder_ / (b + "/model.safetensors")));
    }

    inline static TemporaryFolder* data_ = nullptr;
    TemporaryFolder folder_;
};

TEST_F(AppTrain, ARunLearnsAndLeavesWhatTheDesignSays) {
    const auto outcome = run(arguments(folder_ / "a", {"--epochs", "4", "--lr", "0.01"}));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("epoch 4 of 4"), std::string::npos) << outcome.err;
    const Json result = summary("a");
    EXPECT_GT(result["test_accuracy"].get<double>(), 0.9);
    EXPECT_GT(result["validation_accuracy"].get<double>(), 0.9);
    EXPECT_EQ(result["finished"], true);
    EXPECT_EQ(result["images"], 4000);
    EXPECT_EQ(result["parameters_hash"].get<std::string>().size(), 16U);
    for (const char* key : {"train_images_per_second", "parameters", "macs", "seconds"}) {
        EXPECT_GT(result[key].get<double>(), 0) << key;
    }
    for (const char* name :
         {"config.json", "metrics.jsonl", "checkpoint.safetensors", "model.safetensors",
          "frames/00000160-learning-curve.scene.json", "frames/00000160-filters.scene.json",
          "frames/00000160-predictions.scene.json", "frames/00000160-confusion.scene.json"}) {
        EXPECT_TRUE(std::filesystem::exists(folder_ / ("a/" + std::string(name)))) << name;
    }
}

TEST_F(AppTrain, TheThreadsLeaveNoTraceInTheBits) {
    for (const char* threads : {"1", "2", "3", "8"}) {
        ASSERT_EQ(run(arguments(folder_ / threads, {"--threads", threads})).code, 0);
    }
    expect_same_run("1", "2");
    expect_same_run("1", "3");
    expect_same_run("1", "8");
}

TEST_F(AppTrain, TheSeedDecidesTheBits) {
    ASSERT_EQ(run(arguments(folder_ / "a", {"--epochs", "1"})).code, 0);
    ASSERT_EQ(run(arguments(folder_ / "b", {"--epochs", "1", "--seed", "2"})).code, 0);
    EXPECT_NE(summary("a")["parameters_hash"], summary("b")["parameters_hash"]);
}

TEST_F(AppTrain, ARunRepeatsFromItsConfig) {
    ASSERT_EQ(run(arguments(folder_ / "a", {"--epochs", "1", "--optimiser", "adam"})).code, 0);
    ASSERT_EQ(run({"--config", folder_ / "a/config.json", "--out", folder_ / "b"}).code, 0);
    expect_same_run("a", "b");
}

TEST_F(AppTrain, EveryOptionTrains) {
    for (const Arguments& more :
         {Arguments{"--optimiser", "adamw", "--weight-decay", "0.01", "--clip", "1"},
          {"--schedule", "step", "--warm-up", "10", "--augment", "both"},
          {"--schedule", "constant", "--label-smoothing", "0.1", "--augment", "shift"},
          {"--validation", "0", "--train-images", "300", "--augment", "flip", "--quiet"},
          {"--max-seconds", "0.05", "--epochs", "100000"}}) {
        std::filesystem::remove_all(folder_ / "a");
        Arguments all = arguments(folder_ / "a", {});
        if (more[0] == "--validation") all.erase(all.begin() + 4, all.begin() + 6);
        all.insert(all.end(), more.begin(), more.end());
        const auto outcome = run(all);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_GT(summary("a")["test_accuracy"].get<double>(), 0.0);
    }
}

TEST_F(AppTrain, QuietIsSilent) {
    const auto outcome = run(arguments(folder_ / "a", {"--epochs", "1", "--quiet"}));
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out + outcome.err, "");
}

// ---- questions that are answered on stdout

TEST_F(AppTrain, QuestionsAreAnsweredOnStdoutAlone) {
    for (const auto& [argument, word] :
         std::vector<std::pair<std::string, std::string>>{{"--help", "--label-smoothing"},
                                                          {"--version", "baldwin-train"},
                                                          {"--print-config", "\"options\""}}) {
        const auto outcome = run({argument});
        EXPECT_EQ(outcome.code, 0) << argument;
        EXPECT_NE(outcome.out.find(word), std::string::npos) << outcome.out;
        EXPECT_EQ(outcome.err, "") << argument;
    }
}

TEST_F(AppTrain, DescribePrintsShapesParametersAndMacs) {
    const auto dqn = run({"--describe", "--arch", "dqn"});
    EXPECT_EQ(dqn.code, 0) << dqn.err;
    EXPECT_NE(dqn.out.find("4,052,658"), std::string::npos) << dqn.out;
    const auto text =
        run({"--describe", "--arch", "flatten, linear 4", "--data", data_->path().string()});
    EXPECT_NE(text.out.find("580"), std::string::npos) << text.out; // 144 x 4 + 4
    EXPECT_NE(text.out.find("576"), std::string::npos) << text.out; // 144 x 4
}

TEST_F(AppTrain, AStdoutThatCannotBeWrittenIsAFailure) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this system";
    const auto outcome = test::run_program(
        kProgram, {"--help"}, [] { ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO); });
    expect_refusal(outcome, 1, {"stdout"});
}

// ---- mistakes: one line, the right code, nothing made or destroyed

TEST_F(AppTrain, WrongUsageIsOneLineAndExitCodeTwo) {
    struct Case {
        Arguments more;
        Arguments words;
    };
    for (const Case& wrong : std::vector<Case>{
             {{"--colour", "red"}, {"unknown option --colour"}},
             {{"--epoch", "3"}, {"--epoch", "did you mean --epochs"}},
             {{"--threads", "0"}, {"--threads", "1 to 1024", "'0'"}},
             {{"--lr", "fast"}, {"--lr", "number", "'fast'"}},
             {{"--lr", "nan"}, {"--lr", "number", "'nan'"}},
             {{"--lr", "inf"}, {"--lr", "number", "'inf'"}},
             {{"--optimiser", "magic"}, {"--optimiser", "sgd, adam, adamw", "'magic'"}},
             {{"stray"}, {"'stray'"}},
             {{"--config", "/nowhere.json"}, {"/nowhere.json"}}}) {
        const auto outcome = run(arguments(folder_ / "a", wrong.more));
        expect_refusal(outcome, 2, wrong.words);
        EXPECT_FALSE(std::filesystem::exists(folder_ / "a"));
    }
}

TEST_F(AppTrain, ABadArchitectureIsNamedByPositionAndWord) {
    const auto refused = [&](const std::string& arch) {
        return run({"--data", data_->path().string(), "--arch", arch, "--out", folder_ / "a",
                    "--validation", "200"});
    };
    expect_refusal(refused("resnett"), 2, {"--arch", "resnett", "mlp, cnn, dqn, resnet"});
    expect_refusal(refused("flatten, linaer 4"), 2, {"--arch", "linaer", "10"});
    expect_refusal(refused("flatten, linear four"), 2, {"--arch", "four"});
    expect_refusal(refused("flatten, linear 5"), 2, {"4 classes"});
    expect_refusal(refused("conv 4 99x99, flatten, linear 4"), 2, {"0.conv"});
    expect_refusal(refused("flatten, linear 99999999999, linear 4"), 2, {"--arch", "position 17"});
    expect_refusal(refused("flatten, linear 99999999, linear 99999999, linear 4"), 2,
                   {"--arch", "linear", "more than"});
    EXPECT_FALSE(std::filesystem::exists(folder_ / "a"));
}

TEST_F(AppTrain, MissingDataIsNamed) {
    expect_refusal(run({"--data", folder_ / "nothing", "--out", folder_ / "a"}), 2,
                   {"--data", "nothing"});
    expect_refusal(run({"--data", "no-such-set", "--out", folder_ / "a"}), 2,
                   {"--data", "no-such-set", "fashion-mnist"});
}

TEST_F(AppTrain, ATruncatedFileIsNamed) {
    const auto data = folder_ / "data";
    std::filesystem::copy(data_->path(), data);
    const auto file = data / "train-images-idx3-ubyte";
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    expect_refusal(run({"--data", data.string(), "--out", folder_ / "a"}), 1,
                   {"train-images-idx3-ubyte", "truncated"});
    EXPECT_FALSE(std::filesystem::exists(folder_ / "a"));
}

TEST_F(AppTrain, HoldingOutEverythingIsRefused) {
    expect_refusal(run({"--data", data_->path().string(), "--out", folder_ / "a", "--arch",
                        kNetwork, "--validation", "1200"}),
                   2, {"1200"});
}

TEST_F(AppTrain, PlacesThatCannotBeUsedAreNamed) {
    expect_refusal(run(arguments("/dev/null/run")), 2, {"--out", "/dev/null/run"});
    std::filesystem::create_directory(folder_ / "full");
    std::ofstream(folder_ / "full/notes.txt") << "mine";
    expect_refusal(run(arguments(folder_ / "full")), 2, {"--out", "not empty", "--resume"});
    EXPECT_EQ(read_text(folder_ / "full/notes.txt"), "mine");
    expect_refusal(run({"--resume", folder_ / "full"}), 2, {"--resume", "config.json"});
}

TEST_F(AppTrain, ALossThatIsNotFiniteNamesStepAndLayer) {
    const auto outcome =
        run({"--data", data_->path().string(), "--arch",
             "flatten, linear 24, linear 24, linear 24, linear 4", "--optimiser", "sgd", "--lr",
             "100", "--validation", "200", "--out", folder_ / "a", "--quiet"});
    expect_refusal(outcome, 1, {"the loss became", "at step", "(epoch 1, batch", "linear"});
    const auto events = read_text(folder_ / "a/events.jsonl");
    EXPECT_NE(events.find("\"failed\""), std::string::npos) << events;
}

// ---- stopping and going on

TEST_F(AppTrain, ARunKilledAtAnyMomentEndsWithTheSameBits) {
    const Arguments more = {"--epochs", "6", "--checkpoint-seconds", "0.02"};
    ASSERT_EQ(run(arguments(folder_ / "whole", more)).code, 0);
    const Stream moments(7);
    int kills = 0;
    for (std::uint64_t round = 0; round < 3; ++round) {
        SCOPED_TRACE(round);
        const std::string name = "killed" + std::to_string(round);
        const std::string out = folder_ / name;
        for (std::uint64_t kill = 0; kill < 6; ++kill) {
            const bool has_begun = std::filesystem::exists(out + "/config.json");
            Process process(kProgram,
                            has_begun ? Arguments{"--resume", out} : arguments(out, more));
            if (!process.runs_for(0.3 * moments.uniform(10 * round + kill))) break;
            process.send(SIGKILL);
            const int code = process.wait().code;
            if (code == 0) break; // it ended between the look and the signal
            EXPECT_EQ(code, -SIGKILL);
            ++kills;
        }
        const bool has_begun = std::filesystem::exists(out + "/config.json");
        const auto last = run(has_begun ? Arguments{"--resume", out} : arguments(out, more));
        ASSERT_EQ(last.code, 0) << last.err;
        expect_same_run("whole", name);
    }
    EXPECT_GT(kills, 0);
}

TEST_F(AppTrain, ACheckpointAfterEveryStepCostsNoBits) {
    ASSERT_EQ(run(arguments(folder_ / "a", {"--epochs", "1"})).code, 0);
    ASSERT_EQ(run(arguments(folder_ / "b", {"--epochs", "1", "--checkpoint-seconds", "0"})).code,
              0);
    expect_same_run("a", "b");
}

TEST_F(AppTrain, InterruptedRunsSaveSayHowToGoOnAndDoSo) {
    const Arguments more = {"--epochs", "200"};
    for (const int signal : {SIGINT, SIGTERM}) {
        const std::string out = folder_ / std::to_string(signal);
        Process process(kProgram, arguments(out, more));
        ASSERT_TRUE(process.until(
            20, [&] { return std::filesystem::exists(out + "/checkpoint.safetensors"); }));
        process.send(signal);
        const auto outcome = process.wait();
        EXPECT_EQ(outcome.code, 130) << outcome.err;
        EXPECT_NE(outcome.err.find("--resume " + out), std::string::npos) << outcome.err;
        const Json stopped = read_json(out + "/summary.json");
        EXPECT_EQ(stopped["finished"], false);
        const auto checkpoint = read_checkpoint(out + "/checkpoint.safetensors");
        EXPECT_EQ(stopped["step"], checkpoint.header.step);
    }
}

TEST_F(AppTrain, AnInterruptedRunEndsWithTheSameBits) {
    const Arguments more = {"--epochs", "12"};
    ASSERT_EQ(run(arguments(folder_ / "whole", more)).code, 0);
    Process process(kProgram, arguments(folder_ / "a", more));
    process.until(20,
                  [&] { return std::filesystem::exists(folder_ / "a/checkpoint.safetensors"); });
    process.send(SIGINT);
    ASSERT_EQ(process.wait().code, 130);
    ASSERT_EQ(run({"--resume", folder_ / "a", "--threads", "3", "--quiet"}).code, 0);
    expect_same_run("whole", "a");
}

TEST_F(AppTrain, ALaterEndContinuesAsIfMeantFromTheStart) {
    const auto with = [&](const std::string& name, const std::string& epochs) {
        return arguments(folder_ / name, {"--schedule", "constant", "--epochs", epochs});
    };
    ASSERT_EQ(run(with("whole", "3")).code, 0);
    ASSERT_EQ(run(with("a", "1")).code, 0);
    ASSERT_EQ(run({"--resume", folder_ / "a", "--epochs", "3"}).code, 0);
    expect_same_run("whole", "a");
    expect_refusal(run({"--resume", folder_ / "a", "--epochs", "2"}), 2, {"--epochs", "later"});
    expect_refusal(run({"--resume", folder_ / "a", "--lr", "0.1"}), 2, {"--lr", "--resume"});
}

// what was learned on a course that fell to 0 is not what a longer run would have learned
TEST_F(AppTrain, AScheduleThatEndsWithTheRunRefusesALaterEnd) {
    ASSERT_EQ(run(arguments(folder_ / "a", {"--epochs", "1"})).code, 0);
    const std::string before = read_text(folder_ / "a/config.json");
    expect_refusal(run({"--resume", folder_ / "a", "--epochs", "3"}), 2,
                   {"--epochs", "--schedule constant"});
    EXPECT_EQ(read_text(folder_ / "a/config.json"), before);
}

TEST_F(AppTrain, ARelativeFolderOfDataIsRememberedWhole) {
    std::filesystem::copy(data_->path(), folder_ / "digits");
    const Arguments wanted = {"--data", "digits",       "--arch", kNetwork, "--epochs",
                              "1",      "--validation", "200",    "--out",  "a"};
    const auto there = [&] { EXPECT_EQ(::chdir(folder_.path().c_str()), 0); };
    ASSERT_EQ(test::run_program(kProgram, wanted, there).code, 0);
    EXPECT_EQ(read_json(folder_ / "a/config.json")["options"]["data"],
              (folder_ / "digits").string());
}

TEST_F(AppTrain, ACheckpointThatDoesNotFitIsRefusedAndNothingIsTouched) {
    ASSERT_EQ(run(arguments(folder_ / "a", {"--epochs", "1"})).code, 0);
    const auto path = folder_ / "a/checkpoint.safetensors";
    const auto original = read_checkpoint(path);
    const auto metrics = read_text(folder_ / "a/metrics.jsonl");
    const auto refused = [&](const char* key, const std::string& value) {
        SafetensorsWriter tensors;
        tensors.metadata = original.tensors.metadata;
        tensors.metadata[key] = value;
        tensors.write(path);
        const auto before = read_text(path);
        const auto outcome = run({"--resume", folder_ / "a"});
        EXPECT_EQ(read_text(path), before);
        EXPECT_EQ(read_text(folder_ / "a/metrics.jsonl"), metrics);
        EXPECT_TRUE(std::filesystem::exists(folder_ / "a/summary.json"));
        return outcome;
    };
    expect_refusal(refused("architecture", "linear 4"), 1, {"architecture", "linear 4"});
    expect_refusal(refused("app", "baldwin-sdr"), 1, {"app", "baldwin-sdr"});
    expect_refusal(refused("version", "99"), 1, {"newer", "99"});
    expect_refusal(refused("config_hash", "0"), 1, {"configuration"});
    expect_refusal(refused("self_test", "0"), 1, {"--accept-other-bits"});
    expect_refusal(refused("step", "x"), 1, {"'x'"});
    std::ofstream(path) << "nonsense";
    expect_refusal(run({"--resume", folder_ / "a"}), 1, {"checkpoint.safetensors"});
}

// a limit on the size of files stands for the disk that fills up
TEST_F(AppTrain, AFullDiskLosesNoEarlierCheckpoint) {
    const Arguments more = {"--epochs", "3", "--quiet"};
    ASSERT_EQ(run(arguments(folder_ / "whole", more)).code, 0);
    Process process(kProgram, arguments(folder_ / "a",
                                        {"--epochs", "3", "--checkpoint-seconds", "0", "--quiet"}));
    process.until(20,
                  [&] { return std::filesystem::exists(folder_ / "a/checkpoint.safetensors"); });
    process.send(SIGKILL);
    process.wait();
    const auto before = read_checkpoint(folder_ / "a/checkpoint.safetensors").header.step;
    const auto full = test::run_program(kProgram, {"--resume", folder_ / "a"}, [] {
        const rlimit limit{16384, 16384};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    });
    expect_refusal(full, 1, {"cannot be written", "File too large"});
    EXPECT_EQ(read_checkpoint(folder_ / "a/checkpoint.safetensors").header.step, before);
    ASSERT_EQ(run({"--resume", folder_ / "a"}).code, 0);
    EXPECT_EQ(summary("a")["parameters_hash"], summary("whole")["parameters_hash"]);
}

TEST_F(AppTrain, TwoProcessesDoNotWriteOneRun) {
    Process first(kProgram, arguments(folder_ / "a", {"--epochs", "5000"}));
    ASSERT_TRUE(
        first.until(20, [&] { return std::filesystem::exists(folder_ / "a/config.json"); }));
    expect_refusal(run({"--resume", folder_ / "a"}), 1, {"another process"});
}

} // namespace
} // namespace baldwin::train_test

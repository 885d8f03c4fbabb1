// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// baldwin-sdr as its users call it: arguments in, exit code, outputs and run directory back.

#include <baldwin/core/json.hpp>
#include <baldwin/io/dataset.hpp>

#include "support/process.hpp"
#include "support/small_images.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr_test {
namespace {

using test::Outcome;
using test::Process;
using test::TemporaryFolder;

const std::filesystem::path kProgram = std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-sdr";

class AppSdr : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        data_ = new TemporaryFolder();
        test::write_small_images(data_->path(), 4000, 300);
    }
    static void TearDownTestSuite() { delete data_; }

    using Arguments = std::vector<std::string>;

    // four kinds of bars, 12 x 12
    [[nodiscard]] Arguments classify(const std::string& out, Arguments more = {}) const {
        Arguments all = {"classify",  "--data",      data_->path().string(),
                         "--out",     folder_ / out, "--grid",
                         "3",         "--field",     "6",
                         "--encoder", "threshold",   "--threshold",
                         "130",       "--deskew",    "off"};
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
    static void expect_refusal(const Outcome& outcome, const Arguments& words) {
        EXPECT_EQ(outcome.code, 2) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
        for (const auto& word : words) {
            EXPECT_NE(outcome.err.find(word), std::string::npos)
                << "missing: " << word << "\nin: " << outcome.err;
        }
    }
    void expect_same_run(const std::string& a, const std::string& b) const {
        for (const char* key :
             {"codes_hash", "stored_hash", "test_accuracy", "accuracy_linear", "accuracy_count",
              "accuracy_binary", "mean_g", "unique_codes", "frozen_share", "saturation", "step"}) {
            EXPECT_EQ(summary(a)[key], summary(b)[key]) << key;
        }
    }

    inline static TemporaryFolder* data_ = nullptr;
    TemporaryFolder folder_;
};

TEST_F(AppSdr, ClassifyLeavesWhatTheContractSays) {
    const auto outcome = run(classify("a", {"--train-per-class", "100"}));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("nearest neighbour"), std::string::npos) << outcome.err;
    const Json result = summary("a");
    for (const char* key :
         {"test_accuracy", "accuracy_count", "accuracy_binary", "accuracy_linear", "knn1_accuracy",
          "knn1_grey_accuracy", "knn1_encoded_accuracy", "mean_g"}) {
        EXPECT_GT(result[key].get<double>(), 0.25) << key; // chance
        EXPECT_LE(result[key].get<double>(), 1) << key;
    }
    EXPECT_GT(result["test_accuracy"].get<double>(), 0.8);
    for (const char* key : {"train_seconds", "store_us_median", "recognize_us_median"}) {
        EXPECT_GT(result[key].get<double>(), 0) << key;
    }
    EXPECT_EQ(result["test_accuracy"], result["accuracy_linear"]);
    EXPECT_EQ(result["readout"], "linear");
    EXPECT_EQ(result["items"], 400);
    EXPECT_EQ(result["asked_items"], 300);
    EXPECT_LE(result["unique_codes"].get<int>(), 400);
    EXPECT_GE(result["frozen_share"].get<double>(), 0);
    EXPECT_EQ(result["codes_hash"].get<std::string>().size(), 16U);
    for (const char* name : {"config.json", "metrics.jsonl", "checkpoint.safetensors",
                             "frames/00000400-confusion.scene.json"}) {
        EXPECT_TRUE(std::filesystem::exists(folder_ / ("a/" + std::string(name)))) << name;
    }
}

TEST_F(AppSdr, OneAndTwoThreadsGiveTheSameBits) {
    ASSERT_EQ(run(classify("one", {"--train-per-class", "200", "--threads", "1"})).code, 0);
    ASSERT_EQ(run(classify("two", {"--train-per-class", "200", "--threads", "2"})).code, 0);
    expect_same_run("one", "two");
    ASSERT_EQ(run(classify("other", {"--train-per-class", "200", "--seed", "2"})).code, 0);
    EXPECT_NE(summary("one")["codes_hash"], summary("other")["codes_hash"]);
}

// Every version of the machine code, with one thread and with two.
TEST_F(AppSdr, EveryKernelGivesTheSameBits) {
    ASSERT_EQ(run(classify("portable",
                           {"--train-per-class", "100", "--kernel", "portable", "--threads", "1"}))
                  .code,
              0);
    for (const char* kernel : {"automatic", "avx2", "avx512"}) {
        for (const char* threads : {"1", "2"}) {
            const std::string name = std::string(kernel) + threads;
            SCOPED_TRACE(name);
            const auto outcome = run(classify(
                name, {"--train-per-class", "100", "--kernel", kernel, "--threads", threads}));
            if (outcome.err.find("this CPU cannot run") != std::string::npos) {
                expect_refusal(outcome, {"--kernel", kernel, "automatic"});
                continue;
            }
            ASSERT_EQ(outcome.code, 0) << outcome.err;
            expect_same_run("portable", name);
        }
    }
}

TEST_F(AppSdr, AStoppedOrKilledRunEndsWithTheSameBits) {
    const Arguments all = {"--train-per-class", "all", "--checkpoint-seconds", "0"};
    ASSERT_EQ(run(classify("whole", all)).code, 0);
    for (const auto& [name, signal] :
         {std::pair{"killed", SIGKILL}, std::pair{"stopped", SIGINT}}) {
        SCOPED_TRACE(name);
        Process process(kProgram, classify(name, all));
        const std::string folder = folder_ / name;
        ASSERT_TRUE(process.until(
            60, [&] { return std::filesystem::exists(folder + "/checkpoint.safetensors"); }));
        process.send(signal);
        const Outcome outcome = process.wait();
        EXPECT_EQ(outcome.code, signal == SIGKILL ? -SIGKILL : 130) << outcome.err;
        const Outcome resumed = run({"classify", "--resume", folder});
        ASSERT_EQ(resumed.code, 0) << resumed.err;
        expect_same_run("whole", name);
    }
}

TEST_F(AppSdr, ValidationLeavesTheTestPicturesAlone) {
    ASSERT_EQ(run(classify("a", {"--train-per-class", "50", "--validation", "400"})).code, 0);
    const Json result = summary("a");
    EXPECT_TRUE(result["test_accuracy"].is_null());
    EXPECT_GT(result["validation_accuracy"].get<double>(), 0.25);
    EXPECT_EQ(result["asked"], "validation");
    EXPECT_EQ(result["asked_items"], 400);
    EXPECT_EQ(result["readout"], "binary"); // few items of each class
}

TEST_F(AppSdr, WrongInputIsOneClearLine) {
    expect_refusal(run({}), {"a command is missing", "classify"});
    expect_refusal(run({"clasify"}), {"'clasify' is not a command", "classify"});
    expect_refusal(run(classify("x", {"--train-per-class", "1001"})),
                   {"--train-per-class", "class 0", "1000", "got 1001"});
    expect_refusal(run(classify("x", {"--train-per-class", "0"})), {"--train-per-class", "all"});
    expect_refusal(run(classify("x", {"--q", "0"})), {"--q", "'0'", "4096"});
    expect_refusal(run(classify("x", {"--k", "1"})), {"--k", "'1'", "4096"});
    expect_refusal(run(classify("x", {"--directions", "5"})), {"directions", "4 or 8", "got 5"});
    expect_refusal(run(classify("x", {"--kernel", "sse"})), {"--kernel", "'sse'", "portable"});
    expect_refusal(run(classify("x", {"--validation", "4000"})), {"--validation", "4000"});
    expect_refusal(run({"classify", "--data", folder_ / "nowhere"}), {"--data", "nowhere"});
    expect_refusal(run({"similarity", "--data", "mnist"}), {"--data", "similarity"});
    expect_refusal(run({"events", "--data", folder_.path().string()}), {"--data", "weizmann"});
    EXPECT_FALSE(std::filesystem::exists(folder_ / "x"));
}

TEST_F(AppSdr, AnEmptyClassIsNamed) {
    TemporaryFolder data;
    test::write_small_images(data.path(), 3, 8); // classes 0 to 2; 3 is only in the test part
    const auto outcome =
        run({"classify", "--data", data.path().string(), "--train-per-class", "1"});
    expect_refusal(outcome, {"class 3", "no training image"});
}

TEST_F(AppSdr, ImagesOfAnotherSizeAreRefused) {
    TemporaryFolder data;
    test::write_small_images(data.path(), 8, 8);
    // test images of 6 x 24: as many pixels, another shape
    test::write_idx(data.path() / "t10k-images-idx3-ubyte", {8, 6, 24},
                    std::vector<std::uint8_t>(8 * 144));
    const auto outcome =
        run({"classify", "--data", data.path().string(), "--train-per-class", "1"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("6, 24"), std::string::npos) << outcome.err;
}

// A memory saved in one shape does not go into another.
TEST_F(AppSdr, ACheckpointOfAnotherShapeIsRefused) {
    ASSERT_EQ(run(classify("a", {"--train-per-class", "20", "--checkpoint-seconds", "0"})).code, 0);
    ASSERT_EQ(
        run(classify("b", {"--train-per-class", "20", "--checkpoint-seconds", "0", "--k", "20"}))
            .code,
        0);
    std::filesystem::copy_file(folder_ / "a/checkpoint.safetensors",
                               folder_ / "b/checkpoint.safetensors",
                               std::filesystem::copy_options::overwrite_existing);
    const auto outcome = run({"classify", "--resume", folder_ / "b"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("checkpoint of another configuration"), std::string::npos)
        << outcome.err;
}

// Test 15 of the sheet, as the command checks it.
TEST_F(AppSdr, SimilarityIsPreserved) {
    const auto outcome = run({"similarity", "--out", folder_ / "s"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const Json result = summary("s");
    EXPECT_EQ(result["passed"], true);
    ASSERT_EQ(result["rows"].size(), 4U);
    ASSERT_EQ(result["checks"].size(), 40U);
    EXPECT_GT(result["rows"][0]["intersection"][0].get<double>(), 0.9);
    EXPECT_LT(result["rows"][0]["intersection"][8].get<double>(), 0.2);
}

// The standard error of two trials is far too uncertain for 36 checks at four of them: with 1
// degree of freedom each fails with probability 0.16.
TEST_F(AppSdr, AStudyWhoseCheckFailsSaysSo) {
    const auto outcome = run({"similarity", "--trials", "2", "--out", folder_ / "s"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_NE(outcome.err.find("not met: "), std::string::npos) << outcome.err;
    EXPECT_EQ(summary("s")["passed"], false);
}

TEST_F(AppSdr, CapacityAndSequencesAreThoseOfThePrototype) {
    for (const char* name : {"capacity", "sequence"}) {
        const auto outcome = run({name, "--out", folder_ / name});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(summary(name)["passed"], true) << name;
    }
}

TEST_F(AppSdr, DamagedPicturesAreRecalled) {
    const auto outcome =
        run({"recall", "--data", data_->path().string(), "--items-per-class", "5", "--encoder",
             "threshold", "--threshold", "130", "--field", "12", "--out", folder_ / "r"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const Json result = summary("r");
    ASSERT_EQ(result["rows"].size(), 21U);
    const Json& whole = result["rows"][0];
    EXPECT_EQ(whole["damage"], "noise");
    EXPECT_EQ(whole["share"], 0.0);
    // a stored picture is wholly familiar. Pictures of one bar are nested in one another here: then
    // the cells of both have V = 1 and ties fall at random. Measured: 0.951 with these pictures,
    // 0.976 to 0.997 with four seeds on others of their kind
    EXPECT_EQ(whole["g"], 1.0);
    EXPECT_GT(whole["code"].get<double>(), 0.9);
    EXPECT_EQ(whole["shown"], 1.0);
    for (const char* key : {"code", "identified", "knn1", "picture", "shown", "g"}) {
        EXPECT_TRUE(result["rows"][20].contains(key)) << key;
    }
}

// -- real data --------------------------------------------------------------------------------

class AppSdrOnRealData : public AppSdr {
protected:
    Json accuracy(const std::string& data, const Arguments& more) {
        try {
            (void)io::load_dataset(data);
        } catch (const std::invalid_argument& error) {
            missing_ = error.what();
            return {};
        }
        const std::string out = folder_ / std::to_string(runs_++);
        Arguments all = {"classify", "--data", data, "--out", out};
        all.insert(all.end(), more.begin(), more.end());
        const auto outcome = run(all);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        return read_json(out + "/summary.json");
    }
    std::string missing_;
    int runs_ = 0;
};

// Tests 23 and 24 of the sheet, with the net of 7 x 7 macs that is the default: its bounds of .84
// and .86 are a prototype's on plain bits, which ours does not reach on those (README of sdr).
// Seeds 1 to 5 of the default gave .947 to .957 and .956 to .964 at 50 of a class.
TEST_F(AppSdrOnRealData, MnistSmoke) {
    const Json smoke = accuracy("mnist", {"--train-per-class", "50"});
    if (!missing_.empty()) GTEST_SKIP() << "MNIST is absent, nothing was tested: " << missing_;
    EXPECT_GE(smoke["accuracy_count"].get<double>(), 0.93);
    EXPECT_GE(smoke["accuracy_binary"].get<double>(), 0.94);
    const Json few = accuracy("mnist", {"--train-per-class", "20"});
    EXPECT_GT(few["accuracy_binary"].get<double>(), few["knn1_accuracy"].get<double>());
}

TEST_F(AppSdrOnRealData, MnistContract) {
    const Json result = accuracy("mnist", {"--train-per-class", "200"});
    if (!missing_.empty()) GTEST_SKIP() << "MNIST is absent, nothing was tested: " << missing_;
    EXPECT_GE(result["test_accuracy"].get<double>(), 0.92);
    EXPECT_FALSE(result.contains("collapse"));
}

TEST_F(AppSdrOnRealData, FashionFewShotIsAboveItsBaselines) {
    const Json result = accuracy("fashion-mnist", {"--train-per-class", "50"});
    if (!missing_.empty()) {
        GTEST_SKIP() << "Fashion-MNIST is absent, nothing was tested: " << missing_;
    }
    for (const char* key : {"knn1_accuracy", "knn1_grey_accuracy", "knn1_encoded_accuracy"}) {
        EXPECT_GT(result["test_accuracy"].get<double>(), result[key].get<double>()) << key;
    }
}

} // namespace
} // namespace baldwin::sdr_test

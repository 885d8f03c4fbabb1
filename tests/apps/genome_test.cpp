// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// baldwin-evolve genome as its users call it.

#include <baldwin/core/hash.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/model_file.hpp>
#include <baldwin/core/safetensors.hpp>

#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace baldwin::genome_test {
namespace {

using test::Outcome;
using Arguments = std::vector<std::string>;

// the network of the Deep GA for Atari, whole
constexpr const char* kDeepGa =
    "conv 32 8x8/4 same, relu, conv 64 4x4/2 same, relu, conv 64 3x3 same, relu, linear 512, "
    "relu, linear 18";

Outcome genome(Arguments arguments) {
    arguments.insert(arguments.begin(), "genome");
    return test::run_program(std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-evolve", arguments);
}

/// stdout of a tool that must succeed and say nothing else.
std::string output_of(const Arguments& arguments) {
    const Outcome outcome = genome(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
}

Json json_of(const Arguments& arguments) {
    const std::string out = output_of(arguments);
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
    return parse_json(out, "stdout");
}

class AppGenome : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const {
        return (folder_ / name).string();
    }
    /// A genome of a small network; more options may follow.
    [[nodiscard]] std::string make(const std::string& name, const std::string& seed,
                                   const std::string& generations,
                                   const Arguments& more = {}) const {
        Arguments arguments = {"make",
                               "--arch",
                               "linear 8, tanh, linear 2",
                               "--input",
                               "11",
                               "--seed",
                               seed,
                               "--generations",
                               generations,
                               "--out",
                               path(name)};
        arguments.insert(arguments.end(), more.begin(), more.end());
        EXPECT_EQ(output_of(arguments), "");
        return path(name);
    }

    test::TemporaryFolder folder_;
};

TEST_F(AppGenome, DeepGaIsOfAFewBytes) {
    output_of({"make", "--arch", kDeepGa, "--generations", "100", "--seed", "1", "--out",
               path("a.genome")});
    const Json text = json_of({"show", path("a.genome")});
    EXPECT_EQ(text["parameters"], 4'052'658);
    EXPECT_EQ(text["generations"], 100);
    EXPECT_EQ(text["input"], "4x84x84");
    EXPECT_EQ(text["architecture"], kDeepGa);
    EXPECT_GE(text["compression"], 40'000);
    EXPECT_DOUBLE_EQ(text["compression"].get<double>(),
                     4.0 * 4'052'658 / text["genome_bytes"].get<double>());
    EXPECT_EQ(text["file_bytes"], std::filesystem::file_size(path("a.genome")));
    EXPECT_EQ(text["theta_hash"].get<std::string>().size(), 16U);
    // the preset has the same network, start and sigma
    output_of({"make", "--arch", "deep-ga-atari", "--generations", "100", "--seed", "1", "--out",
               path("b.genome")});
    EXPECT_EQ(json_of({"show", path("b.genome")}), text);
}

TEST_F(AppGenome, IsAFunctionOfItsOptions) {
    const Json first = json_of({"show", make("a", "7", "20")});
    EXPECT_EQ(json_of({"show", make("b", "7", "20")}), first);
    const auto hash = [&](const std::string& seed, const Arguments& more) {
        return json_of({"show", make("c", seed, "20", more)})["theta_hash"];
    };
    EXPECT_EQ(hash("7", {"--sigma", "0.002", "--start", "xavier"}), first["theta_hash"]);
    EXPECT_NE(hash("8", {}), first["theta_hash"]);
    EXPECT_NE(hash("7", {"--sigma", "0.003"}), first["theta_hash"]);
    EXPECT_NE(hash("7", {"--start", "normc"}), first["theta_hash"]);
}

TEST_F(AppGenome, PresetsKnowTheirEnvironments) {
    output_of({"make", "--arch", "hard-maze", "--generations", "3", "--out", path("a")});
    const Json maze = json_of({"show", path("a")});
    EXPECT_EQ(maze["architecture"], "linear 16, tanh, linear 2");
    EXPECT_EQ(maze["input"], "11");
    EXPECT_EQ(maze["start"], "fan-in");
    EXPECT_NE(output_of({"lineage", path("a")}).find("\"sigma\":0.1,"), std::string::npos);
}

TEST_F(AppGenome, DecodesToAModel) {
    const Json shown = json_of({"show", make("a", "3", "12")});
    EXPECT_EQ(output_of({"decode", path("a"), "--out", path("model.safetensors")}), "");
    const Model model = read_model(path("model.safetensors"));
    EXPECT_EQ(model.theta.size(), 11U * 8 + 8 + 8 * 2 + 2);
    EXPECT_EQ(hash_hex(hash64(std::as_bytes(std::span<const float>(model.theta)))),
              shown["theta_hash"]);
    EXPECT_EQ(nn::print(model.network.input()), "11");
    EXPECT_EQ(model.metadata.at("genome_hash"), shown["genome_hash"]);
}

TEST_F(AppGenome, DiffFindsWhereTheyPart) {
    const std::string whole = make("a", "3", "12");
    const std::string prefix = make("b", "3", "9");
    const Json json = json_of({"diff", whole, prefix});
    EXPECT_TRUE(json["same_start"]);
    EXPECT_EQ(json["shared_mutations"], 9);
    EXPECT_EQ(json["mutations"], (Json{12, 9}));
    EXPECT_EQ(json["parts_at"][0]["generation"], 10);
    EXPECT_TRUE(json["parts_at"][1].is_null());
    // three mutations of 114 normals: chi of 342 degrees, four deviations (sqrt(1/2) each) wide
    EXPECT_NEAR(json["l2_distance"].get<double>() / 0.002, std::sqrt(342.0), 4 * std::sqrt(0.5));
    EXPECT_GT(json["correlation"], 0.99);
    const Json self = json_of({"diff", whole, whole});
    EXPECT_EQ(self["l2_distance"], 0);
    EXPECT_DOUBLE_EQ(self["correlation"].get<double>(), 1);
}

TEST_F(AppGenome, DiffOfStrangers) {
    const std::string one = make("a", "3", "12");
    const Json runs = json_of({"diff", one, make("b", "4", "12")});
    EXPECT_FALSE(runs["same_start"]);
    EXPECT_EQ(runs["shared_mutations"], 0);
    EXPECT_EQ(runs["parts_at"][1]["generation"], 1);
    // 114 pairs without correlation: five deviations of 1 / sqrt(114)
    EXPECT_LT(std::abs(runs["correlation"].get<double>()), 5 / std::sqrt(114.0));
    output_of({"make", "--arch", "linear 2", "--input", "11", "--out", path("c")});
    const Json networks = json_of({"diff", one, path("c")});
    EXPECT_FALSE(networks["same_architecture"]);
    EXPECT_TRUE(networks["l2_distance"].is_null());
}

TEST_F(AppGenome, LineageHasARowForEachGene) {
    std::istringstream rows(output_of({"lineage", make("a", "3", "12", {"--sigma", "0.25"})}));
    std::vector<Json> genes;
    for (std::string row; std::getline(rows, row);) genes.push_back(parse_json(row, "row"));
    ASSERT_EQ(genes.size(), 13U);
    EXPECT_TRUE(genes[0]["sigma"].is_null());
    for (std::size_t i = 0; i < genes.size(); ++i) EXPECT_EQ(genes[i]["generation"], i);
    EXPECT_EQ(genes[12]["sigma"], 0.25);
    EXPECT_NE(genes[11]["seed"], genes[12]["seed"]);
    EXPECT_EQ(genes[12]["child"], json_of({"show", path("a")})["born"]["child"]);
}

void expect_refusal(const Arguments& arguments, int code, const Arguments& words) {
    const Outcome outcome = genome(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    for (const auto& word : words) {
        EXPECT_NE(outcome.err.find(word), std::string::npos) << word << " in " << outcome.err;
    }
}

TEST_F(AppGenome, WrongUsageIsOneLine) {
    expect_refusal({}, 2, {"a command is missing", "decode, diff, lineage, make, show"});
    expect_refusal({"dance"}, 2, {"'dance'"});
    expect_refusal({"show"}, 2, {"genome show must be given FILE", "got 0"});
    expect_refusal({"diff", "a"}, 2, {"FILE FILE", "got 1"});
    expect_refusal({"decode", "a"}, 2, {"--out must name"});
    expect_refusal({"make", "--out", path("a")}, 2, {"--arch must name"});
    expect_refusal({"make", "--arch", "linear 2"}, 2, {"--out must name"});
    const auto refuse = [&](const std::string& option, const std::string& value,
                            const Arguments& words) {
        Arguments arguments = {"make", "--out", path("a"), "--" + option, value};
        if (option != "arch") arguments.insert(arguments.end(), {"--arch", "linear 2"});
        expect_refusal(arguments, 2, words);
    };
    refuse("arch", "linear 2, squash", {"--arch", "'squash'"});
    refuse("arch", "conv 8 99x99, linear 2", {"--arch", "99"});
    refuse("input", "wide", {"--input", "'wide'"});
    refuse("sigma", "0", {"--sigma", "'0'"});
    refuse("start", "zero", {"--start", "'zero'", "xavier"});
    refuse("generations", "-1", {"--generations", "'-1'"});
    EXPECT_FALSE(std::filesystem::exists(path("a")));
}

/// Writes a genome file again with a text changed.
void change(const std::string& from, const std::string& to, const std::string& key,
            const std::string& text) {
    const SafetensorsFile in = read_safetensors(from);
    const auto packed = in.values<std::uint8_t>("genome");
    SafetensorsWriter out;
    out.metadata = in.metadata;
    out.metadata[key] = text;
    out.add("genome", std::span<const std::uint8_t>(packed));
    out.write(to);
}

TEST_F(AppGenome, DamagedFilesAreOneLine) {
    const std::string good = make("good", "3", "12");
    const auto refuse = [&](const std::string& name, const Arguments& words) {
        Arguments all = words;
        all.push_back(name);
        expect_refusal({"show", path(name)}, 1, all);
    };
    refuse("nowhere", {});
    std::filesystem::copy_file(good, path("short"));
    std::filesystem::resize_file(path("short"), std::filesystem::file_size(good) - 3);
    refuse("short", {});
    change(good, path("newer"), "version", "2");
    refuse("newer", {"genome version 2", "reads version 1"});
    change(good, path("model"), "format", "baldwin-model");
    refuse("model", {"is not a genome"});
    change(good, path("squash"), "architecture", "linear 2, squash");
    refuse("squash", {"'squash'"});
    change(good, path("texts"), "environment", "CartPole-v1");
    EXPECT_EQ(json_of({"show", path("texts")})["metadata"], (Json{{"environment", "CartPole-v1"}}));
    expect_refusal({"diff", good, path("newer")}, 1, {"newer", "genome version 2"});
}

TEST_F(AppGenome, ReplaysAnEpisode) {
    output_of({"make", "--arch", "hard-maze", "--generations", "5", "--out", path("a")});
    const auto replay = [&](const Arguments& more) {
        Arguments arguments = {"replay", path("a")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return test::run_program(std::filesystem::path(BALDWIN_BIN_DIR) / "baldwin-evolve",
                                 arguments);
    };
    const Outcome silent = replay({});
    EXPECT_EQ(silent.code, 2);
    EXPECT_NE(silent.err.find("--env must name an environment"), std::string::npos);
    EXPECT_EQ(replay({"--env", "CartPole-v1"}).code, 2);
    const Outcome whole = replay({"--env", "hard-maze", "--max-steps", "6", "--png", path("png"),
                                  "--scene", path("s.json"), "--width", "64", "--height", "48"});
    ASSERT_EQ(whole.code, 0) << whole.err;
    EXPECT_EQ(parse_json(whole.out, "stdout")["steps"], 6);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "png" / "00000006.png"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "png" / "00000007.png"));
    EXPECT_EQ(read_json(path("s.json"))["format"], "baldwin-scene");
}

} // namespace
} // namespace baldwin::genome_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve genome: networks as lists of seeds; made, shown, decoded and compared.

#include "commands.hpp"
#include "float_json.hpp"
#include "genome_reader.hpp"
#include "policy.hpp"
#include "recipe.hpp"

#include <baldwin/app/environments.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/app/subcommands.hpp>
#include <baldwin/core/initialise.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/model_file.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::app {
namespace {

namespace ne = neuroevolution;

// the user's words: files, and options
class Words {
public:
    Words(const std::string& tool, std::string purpose, std::string usage)
        : tool_(tool), usage_(std::move(usage)),
          table_("baldwin-evolve genome " + tool, std::move(purpose)) {
        if (!usage_.empty()) table_.words(files_, usage_);
        table_.flag("help", help_, "print this text, and stop");
    }
    [[nodiscard]] OptionTable& table() { return table_; }
    [[nodiscard]] const std::string& file(std::size_t index) const { return files_[index]; }
    [[nodiscard]] bool gives(std::string_view option) const { return given_.count(option) != 0; }

    // false if the user wanted help and has it
    bool read(const std::vector<std::string>& arguments, std::size_t files) {
        const auto given = read_options(table_, help_, arguments);
        if (!given) return false;
        given_ = *given;
        if (files_.size() == files) return true;
        throw UsageError("genome " + tool_ + " must be given " + usage_ + ", got " +
                         std::to_string(files_.size()) + " files");
    }
    // for an option without which there is nothing to do
    void require(std::string_view option, std::string_view what) const {
        if (gives(option)) return;
        throw UsageError("genome " + tool_ + ": --" + std::string(option) + " must name " +
                         std::string(what));
    }

private:
    std::string tool_;
    std::string usage_;
    OptionTable table_;
    std::vector<std::string> files_;
    OptionTexts given_;
    bool help_ = false;
};

// ---- make

constexpr std::uint64_t kChildren = 1000;       // of a generation, as in the paper
constexpr std::size_t kAtariActions = 18;       // of a whole console
constexpr const char* kAtariFrames = "4x84x84"; // the last four pictures
constexpr std::uint64_t kMostGenerations = 10'000'000;

struct MakeOptions {
    std::string arch;
    std::string input = kAtariFrames;
    std::string start = "xavier";
    std::string out;
    std::uint64_t generations = 100;
    std::uint64_t seed = 1;
    double sigma = 0.002;

    void declare(OptionTable& table) {
        table.text("arch", arch, "ARCH", "all layers in the text form, or the name of a preset");
        table.text("input", input, "SHAPE", "extents of an observation").preset +=
            ", with a preset its environment's";
        table.count("generations", generations, "number of mutations", {0, kMostGenerations});
        table.count("seed", seed, "seed of the run that the genome might be of");
        table
            .number("sigma", sigma, "deviation of the mutations",
                    {.min = 0, .max = 1000, .excludes_min = true})
            .preset += ", with a preset the preset's";
        table.text("start", start, "RULE", "of the first weights: fan-in, normc, xavier, layout")
            .preset += ", with a preset the preset's";
        table.text("out", out, "FILE", "genome file to write");
    }
};

std::optional<Recipe> preset_of(std::string_view name) {
    try {
        return preset_recipe(name);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

// hidden layers become a whole network: the environment knows its outputs
void complete(const Recipe& recipe, const Words& words, MakeOptions& options) {
    std::string input = kAtariFrames;
    options.arch = recipe.arch + ", linear " + std::to_string(kAtariActions);
    if (recipe.env != "atari") { // its console needs no game
        const envs::AnyEnvironment env = all_environments().make(recipe.env);
        options.arch = nn::print(policy_architecture(recipe.arch, env));
        input = nn::print(observation_shape(env));
    }
    if (!words.gives("input")) options.input = input;
    if (!words.gives("sigma")) options.sigma = recipe.sigma;
    if (!words.gives("start")) options.start = to_string(recipe.start);
}

// one child of every generation, each by chance
ne::Genome random_lineage(const MakeOptions& options) {
    const Stream stream(options.seed);
    const auto birth = [&](std::uint64_t generation) {
        return ne::Address{static_cast<std::uint32_t>(generation),
                           static_cast<std::uint32_t>(stream.below(kChildren, generation))};
    };
    ne::Genome genome = ne::Genome::fresh(options.seed, birth(0));
    for (std::uint64_t generation = 1; generation <= options.generations; ++generation) {
        genome.mutations.push_back({birth(generation), static_cast<float>(options.sigma)});
    }
    return genome;
}

ExitCode make(const std::vector<std::string>& arguments) {
    Words words("make", "Makes a genome of random mutations.", "");
    MakeOptions options;
    options.declare(words.table());
    if (!words.read(arguments, 0)) return ExitCode::done;
    words.require("arch", "a preset or layers such as 'linear 16, tanh, linear 2'");
    words.require("out", "the file to write");
    if (const auto recipe = preset_of(options.arch)) complete(*recipe, words, options);
    const auto layers = as_usage("--arch", [&] { return nn::parse(options.arch); });
    const auto input = as_usage("--input", [&] { return nn::parse_shape(options.input); });
    const auto network = as_usage("--arch", [&] { return nn::Network(layers, input); });
    ne::GenomeFile file;
    file.individual.genome = random_lineage(options);
    file.architecture = nn::print(network.architecture());
    file.input = nn::print(network.input());
    file.start = as_usage("--start", [&] { return ne::parse_start_rule(options.start); });
    ne::write_genome(options.out, file);
    return ExitCode::done;
}

// ---- show

// what the user or the run put into the file, beside what the format needs
std::map<std::string, std::string> further_texts(const ne::GenomeFile& file) {
    constexpr std::array kOfTheFormat = {"format", "version",          "architecture", "input",
                                         "start",  "safe_sensitivity", "safe_floor"};
    std::map<std::string, std::string> texts;
    for (const auto& [key, text] : file.metadata) {
        const bool is_known =
            std::find(kOfTheFormat.begin(), kOfTheFormat.end(), key) != kOfTheFormat.end();
        if (!is_known) texts[key] = text;
    }
    return texts;
}

ExitCode show(const std::vector<std::string>& arguments) {
    Words words("show", "Prints what a genome is, as one JSON object.", "FILE");
    words.table().add_note(
        "genome_bytes: the packed list of seeds (and the parameters that it starts from, if it "
        "does); file_bytes: with architecture and metadata; compression: bytes of the parameters "
        "by genome_bytes; theta_hash: of the decoded parameters.");
    if (!words.read(arguments, 1)) return ExitCode::done;
    const GenomeNetwork read = read_network(words.file(0));
    const ne::Genome& genome = read.genome();
    const Json json = {
        {"architecture", read.file.architecture},
        {"input", read.file.input},
        {"start", genome.base ? "parameters" : to_string(read.file.start)},
        {"parameters", read.theta.size()},
        {"generations", genome.mutations.size()},
        {"born", {{"generation", genome.birth().generation}, {"child", genome.birth().child}}},
        {"run_seed", genome.run_seed},
        {"genome_bytes", ne::genome_bytes(genome)},
        {"file_bytes", std::filesystem::file_size(words.file(0))},
        {"compression", ne::compression(genome, read.theta.size())},
        {"genome_hash", hash_hex(ne::genome_hash(genome))},
        {"theta_hash", hash_hex(ne::theta_hash(read.theta))},
        {"normalises_observations", read.file.individual.normaliser != nullptr},
        {"has_safe_mutations", read.file.safe.has_value()},
        {"metadata", further_texts(read.file)}};
    std::cout << json.dump() << '\n';
    return ExitCode::done;
}

// ---- decode

ExitCode decode(const std::vector<std::string>& arguments) {
    Words words("decode", "Writes a genome's network as a model with all its weights.", "FILE");
    std::string out;
    words.table().text("out", out, "FILE", "safetensors file to write");
    if (!words.read(arguments, 1)) return ExitCode::done;
    words.require("out", "the safetensors file to write");
    const GenomeNetwork read = read_network(words.file(0));
    AlignedVector<float> state(read.network.state().size());
    initialise(read.network.state(), std::span<float>(state), Stream(read.genome().run_seed));
    auto metadata = further_texts(read.file);
    metadata["genome_hash"] = hash_hex(ne::genome_hash(read.genome()));
    write_model(out, read.network, read.theta, state, metadata);
    if (read.file.individual.normaliser) {
        std::cerr << "baldwin-evolve: the genome's network takes normalised observations; the "
                     "model file holds the network alone\n";
    }
    return ExitCode::done;
}

// ---- diff

bool has_same_start(const ne::Genome& a, const ne::Genome& b) {
    if (a.base || b.base) return a.base && b.base && *a.base == *b.base;
    return a.run_seed == b.run_seed && a.origin == b.origin;
}

// mutations from the start on; a seed is that of a run's child, so two runs share none
std::size_t shared_mutations(const ne::Genome& a, const ne::Genome& b) {
    if (!has_same_start(a, b) || a.run_seed != b.run_seed) return 0;
    const auto parted = std::mismatch(a.mutations.begin(), a.mutations.end(), b.mutations.begin(),
                                      b.mutations.end());
    return static_cast<std::size_t>(parted.first - a.mutations.begin());
}

Json mutation_json(const ne::Mutation& mutation) {
    return {{"generation", mutation.birth.generation},
            {"child", mutation.birth.child},
            {"sigma", number_of(mutation.sigma)}};
}

Json mutation_at(const ne::Genome& genome, std::size_t index) {
    return index < genome.mutations.size() ? mutation_json(genome.mutations[index]) : Json(nullptr);
}

double distance(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = static_cast<double>(a[i]) - b[i];
        sum += difference * difference;
    }
    return std::sqrt(sum);
}

double mean(std::span<const float> values) {
    double sum = 0;
    for (const float value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

// Pearson's; null where one of them is constant
Json correlation(std::span<const float> a, std::span<const float> b) {
    const double mean_a = mean(a);
    const double mean_b = mean(b);
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
        ab += (a[i] - mean_a) * (b[i] - mean_b);
    }
    if (!(aa > 0 && bb > 0)) return nullptr;
    return ab / std::sqrt(aa * bb);
}

ExitCode diff(const std::vector<std::string>& arguments) {
    Words words("diff", "Compares two genomes; prints one JSON object.", "FILE FILE");
    words.table().add_note(
        "same_start: they begin with the same seed or the same parameters; shared_mutations: how "
        "many from the start on are equal; mutations: how many each has; parts_at: the first that "
        "differs of each, null where one ends; l2_distance and correlation: of the decoded "
        "parameters, null if the networks differ.");
    if (!words.read(arguments, 2)) return ExitCode::done;
    const GenomeNetwork a = read_network(words.file(0));
    const GenomeNetwork b = read_network(words.file(1));
    const bool is_same_network =
        a.file.architecture == b.file.architecture && a.file.input == b.file.input;
    const std::size_t shared = shared_mutations(a.genome(), b.genome());
    Json json = {
        {"same_architecture", is_same_network},
        {"same_start", has_same_start(a.genome(), b.genome()) && a.file.start == b.file.start},
        {"shared_mutations", shared},
        {"mutations", {a.genome().mutations.size(), b.genome().mutations.size()}},
        {"parts_at", {mutation_at(a.genome(), shared), mutation_at(b.genome(), shared)}},
        {"l2_distance", nullptr},
        {"correlation", nullptr}};
    if (is_same_network) {
        json["l2_distance"] = distance(a.theta, b.theta);
        json["correlation"] = correlation(a.theta, b.theta);
    }
    std::cout << json.dump() << '\n';
    return ExitCode::done;
}

// ---- lineage

ExitCode lineage(const std::vector<std::string>& arguments) {
    Words words("lineage", "Prints a JSON object for each gene, the first the start.", "FILE");
    words.table().add_note("seed: 16 hexadecimal digits, null where the genome starts from "
                           "parameters; sigma: null for the start.");
    if (!words.read(arguments, 1)) return ExitCode::done;
    const ne::Genome genome = ne::read_genome(words.file(0)).individual.genome;
    Json start = mutation_json({genome.origin, 0});
    start["sigma"] = nullptr;
    start["seed"] = genome.base ? Json(nullptr) : Json(hash_hex(genome.start_seed()));
    std::cout << start.dump() << '\n';
    for (const ne::Mutation& mutation : genome.mutations) {
        Json row = mutation_json(mutation);
        row["seed"] = hash_hex(genome.seed_of(mutation));
        std::cout << row.dump() << '\n';
    }
    return ExitCode::done;
}

// ---- all of them

constexpr std::array kTools = {
    Subcommand{"decode", "FILE --out MODEL: its network as a model file", decode},
    Subcommand{"diff", "FILE FILE: how two genomes differ", diff},
    Subcommand{"lineage", "FILE: all its genes", lineage},
    Subcommand{"make", "--arch ARCH --out FILE: a genome of random mutations", make},
    Subcommand{"show", "FILE: what it is, its sizes and hashes", show},
};

} // namespace

ExitCode genome_tools(const std::vector<std::string>& arguments) {
    return run_subcommand("baldwin-evolve genome", "networks as lists of seeds", kTools, arguments);
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve replay: one episode of an evolved network, as pictures and as a line of JSON.

#include "commands.hpp"
#include "environments.hpp"
#include "genome_reader.hpp"
#include "policy.hpp"

#include <baldwin/app/options.hpp>
#include <baldwin/core/colour.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/envs/rollout.hpp>
#include <baldwin/io/png.hpp>
#include <baldwin/viz/rasterise.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::app {
namespace {

struct ReplayOptions {
    std::vector<std::string> files;
    std::string env;
    std::uint64_t episode_seed = 1;
    std::uint64_t max_steps = 0;
    std::string maze;
    std::string model;
    double sticky = 0.1;
    std::string png;
    std::string scene;
    std::uint32_t width = 640;
    std::uint32_t height = 480;
    bool help = false;

    void declare(OptionTable& table);
    [[nodiscard]] std::filesystem::path genome() const;
    // takes what the run says where the user says nothing
    void follow_run(const OptionTexts& given);
    void follow_genome(const neuroevolution::GenomeFile& file);
    [[nodiscard]] envs::AnyEnvironment make_environment() const;

private:
    [[nodiscard]] bool is_run() const { return std::filesystem::is_directory(files.at(0)); }
};

void ReplayOptions::declare(OptionTable& table) {
    table.words(files, "RUN_OR_GENOME");
    table.text("env", env, "ID", "what is played").preset = "what the network was evolved on";
    table.count("episode-seed", episode_seed, "seed of the episode");
    table.count("max-steps", max_steps, "steps at most; 0: the environment's own end");
    table.text("maze", maze, "FILE", "maze").preset = "the run's";
    table.text("model", model, "FILE", "robot of MuJoCo, or ROM of Atari").preset = "the run's";
    table.number("sticky", sticky, "probability that MinAtar repeats the last action", {0, 1})
        .preset = "the run's, else 0.1";
    table.text("png", png, "DIR", "write a picture of each step into DIR: 00000000.png and so on");
    table.text("scene", scene, "FILE", "write the scene of the last step as JSON");
    table.count("width", width, "of pictures, pixels", {16, 8192});
    table.count("height", height, "of pictures, pixels", {16, 8192});
    table.flag("help", help, "print this text, and stop");
    table.add_note("RUN_OR_GENOME is the directory of a run, whose champion is played, or a genome "
                   "file. Prints one JSON object: environment, episode_seed, return, steps, "
                   "terminated; with a behaviour final_distance, final_at and reached.");
}

std::filesystem::path ReplayOptions::genome() const {
    const std::filesystem::path path = files.at(0);
    return is_run() ? path / "champion.genome" : path;
}

void ReplayOptions::follow_run(const OptionTexts& given) {
    if (!is_run()) return;
    const auto path = std::filesystem::path(files[0]) / "config.json";
    const Json config = read_json(path);
    const auto take = [&](const char* name, auto& field) {
        if (given.count(name) != 0 || !config.contains("options")) return;
        const Json& options = config["options"];
        if (!options.contains(name)) return;
        try {
            options[name].get_to(field);
        } catch (const Json::exception&) {
            throw file_error(path, "option '" + std::string(name) + "' is " + options[name].dump());
        }
    };
    take("env", env);
    take("maze", maze);
    take("model", model);
    take("sticky", sticky);
}

void ReplayOptions::follow_genome(const neuroevolution::GenomeFile& file) {
    if (!env.empty()) return;
    const auto found = file.metadata.find("environment");
    if (found == file.metadata.end()) {
        throw UsageError("--env must name an environment: the genome does not say what it plays");
    }
    env = found->second;
}

envs::AnyEnvironment ReplayOptions::make_environment() const {
    envs::MakeOptions make;
    make.minatar.sticky = sticky;
    make.maze = maze;
    make.model = model;
    return as_usage("--env", [&] { return all_environments().make(env, make); });
}

// Pictures without letters: these would need a display.
class Pictures {
public:
    explicit Pictures(const ReplayOptions& options) : folder_(options.png) {
        if (folder_.empty()) return;
        canvas_.resize(static_cast<int>(options.width), static_cast<int>(options.height));
        std::error_code error;
        std::filesystem::create_directories(folder_, error);
        if (error) throw file_error(folder_, "cannot be made: " + error.message());
    }
    void add(const envs::AnyEnvironment& env) {
        if (folder_.empty()) return;
        const Drawing drawing = lay_out(env.scene(), canvas_.width(), canvas_.height());
        canvas_.clear(kLightTheme.surface);
        viz::paint(drawing, canvas_, {kLightTheme});
        const auto pixels = canvas_.pixels();
        std::string digits = std::to_string(count_++);
        digits.insert(0, 8 - std::min<std::size_t>(8, digits.size()), '0');
        io::write_png(folder_ / (digits + ".png"),
                      {.width = static_cast<std::size_t>(canvas_.width()),
                       .height = static_cast<std::size_t>(canvas_.height()),
                       .channels = 4,
                       .pixels = {pixels.begin(), pixels.end()}});
    }

private:
    std::filesystem::path folder_;
    viz::Canvas canvas_;
    std::size_t count_ = 0;
};

envs::EpisodeResult play(const ReplayOptions& options, const GenomeNetwork& champion,
                         envs::AnyEnvironment& env) {
    Policy policy = as_usage("--env", [&] { return Policy(champion.network, env); });
    policy.take(champion.theta, champion.file.individual.normaliser.get());
    Pictures pictures(options);
    const auto act = [&](std::span<const float> observation) {
        pictures.add(env);
        return policy(observation);
    };
    const auto most = options.max_steps == 0 ? std::numeric_limits<std::size_t>::max()
                                             : std::size_t{options.max_steps};
    const envs::EpisodeResult result = envs::rollout(env, act, options.episode_seed, most);
    pictures.add(env);
    return result;
}

Json result_json(const ReplayOptions& options, const envs::EpisodeResult& result) {
    Json json = {{"environment", options.env},
                 {"episode_seed", options.episode_seed},
                 {"return", result.total},
                 {"steps", result.steps},
                 {"terminated", result.terminated}};
    if (!result.behaviour) return json;
    json["final_at"] = result.behaviour->at;
    json["final_distance"] = result.behaviour->distance;
    json["reached"] = result.behaviour->has_reached;
    return json;
}

} // namespace

ExitCode replay(const std::vector<std::string>& arguments) {
    ReplayOptions options;
    OptionTable table("baldwin-evolve replay", "Plays one episode of an evolved network.");
    options.declare(table);
    const auto given = read_options(table, options.help, arguments);
    if (!given) return ExitCode::done;
    if (options.files.size() != 1) {
        throw UsageError("replay must be given one run directory or genome file, got " +
                         std::to_string(options.files.size()));
    }
    const GenomeNetwork champion = read_network(options.genome());
    options.follow_run(*given);
    options.follow_genome(champion.file);
    envs::AnyEnvironment env = options.make_environment();
    const envs::EpisodeResult result = play(options, champion, env);
    if (!options.scene.empty()) write_text(options.scene, to_json(env.scene()) + "\n", Sync::no);
    std::cout << result_json(options, result).dump() << '\n';
    return ExitCode::done;
}

} // namespace baldwin::app

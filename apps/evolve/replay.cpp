// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve replay: an individual at play.

#include "commands.hpp"
#include "experiment.hpp"
#include "genome_reader.hpp"
#include "individuals.hpp"
#include "replay_window.hpp"
#include "spotlight.hpp"

#include <baldwin/app/options.hpp>
#include <baldwin/app/parse.hpp>
#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/core/stop.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {
namespace {

namespace ne = neuroevolution;

struct ReplayOptions {
    std::vector<std::string> files;
    std::string env;
    std::uint64_t episode_seed = 1;
    std::uint64_t max_steps = 0;
    std::string maze;
    std::string model;
    double sticky = 0.1;
    std::string png;
    std::uint64_t every = 1;
    std::uint32_t width = 640;
    std::uint32_t height = 480;
    std::string scene;
    bool view = false;
    bool help = false;

    void declare(OptionTable& table);
};

void ReplayOptions::declare(OptionTable& table) {
    table.words(files, "RUN_OR_GENOME");
    table.text("env", env, "ID", "what is played").preset = "what the network was evolved on";
    table.count("episode-seed", episode_seed, "seed of the episode");
    table.count("max-steps", max_steps, "steps at most").preset = "as many as in the run's test";
    table.text("maze", maze, "FILE", "maze").preset = "the run's";
    table.text("model", model, "FILE", "robot of MuJoCo, or ROM of Atari").preset = "the run's";
    table
        .number("sticky", sticky, "probability that MinAtar and Atari repeat the last action",
                {0, 1})
        .preset = "the run's, else 0.1";
    table.flag("view", view, "a window on the episode, again and again");
    table.text("png", png, "DIR", "write pictures of the steps: 00000000.png and so on");
    table.count("every", every, "steps between two pictures", {1, 1'000'000});
    table.count("width", width, "of pictures, pixels", {16, 8192});
    table.count("height", height, "of pictures, pixels", {16, 8192});
    table.text("scene", scene, "FILE", "write the scene of the last step as JSON");
    table.flag("help", help, "print this text, and stop");
    table.add_note("RUN_OR_GENOME is the directory of a run, whose champion is played, or a genome "
                   "file. Prints one JSON object: environment, episode_seed, return, steps, "
                   "terminated; with a behaviour final_distance, final_at and reached. In the "
                   "window of a run, a click among the behaviours plays the individual nearest to "
                   "it.");
}

// what the user says of the task stands above what the file says
void override_metadata(ne::GenomeFile& file, const OptionTexts& given) {
    const auto take = [&](const char* option, const char* key) {
        const auto found = given.find(option);
        if (found != given.end()) file.metadata[key] = found->second;
    };
    take("env", "environment");
    take("maze", "maze");
    take("model", "model");
    take("sticky", "sticky");
    take("max-steps", "max_steps");
}

// the champion with what there is beside it
struct Cast {
    GenomeNetwork champion;
    Task task;
    ne::Decoder decoder;
    Kept kept;
    std::optional<Panel> cloud; // of their behaviours, if they have any
    std::uint64_t max_steps;

    [[nodiscard]] Playback play(AlignedVector<float> theta, std::uint64_t seed) const {
        return Playback(task, std::move(theta), champion.file.individual.normaliser, seed,
                        max_steps);
    }
    [[nodiscard]] const std::string& environment() const {
        return champion.file.metadata.at("environment");
    }
};

std::uint64_t cap_of(const ne::GenomeFile& file) {
    const auto found = file.metadata.find("max_steps");
    const std::uint64_t cap =
        found == file.metadata.end() ? 0 : parse_count(found->second, {}, "max_steps");
    return cap == 0 ? ne::kNoCap : cap;
}

std::shared_ptr<const Cast> open_cast(const std::filesystem::path& path, const OptionTexts& given) {
    const bool is_run = std::filesystem::is_directory(path);
    GenomeNetwork champion = read_network(is_run ? path / "champion.genome" : path);
    override_metadata(champion.file, given);
    Task task = task_of(champion);
    ne::Decoder decoder = decoder_of(champion.file, champion.network);
    Kept kept;
    const auto beside = path / "individuals.safetensors";
    if (is_run && std::filesystem::exists(beside)) kept = read_individuals(beside);
    auto cloud = behaviour_panel(kept.population, kept.archive, task.env);
    if (cloud) cloud->note += "; a click plays the nearest";
    const std::uint64_t cap = cap_of(champion.file);
    return std::make_shared<const Cast>(Cast{std::move(champion), std::move(task),
                                             std::move(decoder), std::move(kept), std::move(cloud),
                                             cap});
}

// what the window shows: an individual at play beside the behaviours of all
class Stage {
public:
    Stage(std::shared_ptr<const Cast> cast, std::uint64_t seed)
        : cast_(std::move(cast)), seed_(seed), play_(cast_->play(cast_->champion.theta, seed)) {}

    void step() {
        if (play_.is_over()) {
            play_.restart();
        } else {
            play_.step();
        }
    }
    void point(const Pointer& pointer) {
        if (!spotlight_.point(pointer, cast_->kept.population)) return;
        play_ = cast_->play(cast_->decoder.decode(spotlight_.picked()->genome), seed_);
    }
    [[nodiscard]] Scene scene() const {
        Scene scene = play_.scene();
        scene.title = spotlight_.who() + ": " + scene.title;
        if (!cast_->cloud) return scene;
        scene.panels.push_back(*cast_->cloud);
        spotlight_.mark(scene.panels.back());
        return scene;
    }

private:
    std::shared_ptr<const Cast> cast_;
    std::uint64_t seed_;
    Playback play_;
    Spotlight spotlight_;
};

Exhibit exhibit_of(const std::shared_ptr<const Cast>& cast) {
    return make_exhibit<Stage>(
        {.category = "replay", .name = cast->environment(), .summary = "an evolved network"},
        [cast](std::uint64_t seed, Exhibit::Values) { return Stage(cast, seed); },
        [](Stage& stage, Exhibit::Values) { stage.step(); },
        [](const Stage& stage) { return stage.scene(); },
        [](Stage& stage, const Pointer& pointer) { stage.point(pointer); });
}

Json result_json(const Cast& cast, std::uint64_t seed, const envs::EpisodeResult& result) {
    Json json = {{"environment", cast.environment()},
                 {"episode_seed", seed},
                 {"return", result.total},
                 {"steps", result.steps},
                 {"terminated", result.terminated}};
    if (!result.behaviour) return json;
    json["final_at"] = result.behaviour->at;
    json["final_distance"] = result.behaviour->distance;
    json["reached"] = result.behaviour->has_reached;
    return json;
}

// false if a stop was requested
bool play_through(Playback& play, const ReplayOptions& options) {
    std::optional<PictureWriter> pictures;
    if (!options.png.empty()) {
        pictures.emplace(options.png, static_cast<int>(options.width),
                         static_cast<int>(options.height));
        pictures->write(play.scene());
    }
    while (!play.is_over()) {
        if (stop_requested()) return false;
        play.step();
        const bool is_due = play.result().steps % options.every == 0 || play.is_over();
        if (pictures && is_due) pictures->write(play.scene());
    }
    if (!options.scene.empty()) write_text(options.scene, to_json(play.scene()) + "\n", Sync::no);
    return true;
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
    const StopSignals signals;
    const auto cast = open_cast(options.files[0], *given);
    Playback play = cast->play(cast->champion.theta, options.episode_seed);
    if (!play_through(play, options)) return ExitCode::interrupted;
    std::cout << result_json(*cast, options.episode_seed, play.result()).dump() << '\n'
              << std::flush;
    if (!options.view) return ExitCode::done;
    const std::string obstacle = window_obstacle();
    if (obstacle.empty()) {
        return show_exhibit(exhibit_of(cast), options.episode_seed, "baldwin-evolve replay");
    }
    std::cerr << "baldwin-evolve: no window: " << obstacle << '\n';
    return ExitCode::done;
}

} // namespace baldwin::app

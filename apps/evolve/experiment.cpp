// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "experiment.hpp"

#include <baldwin/app/environments.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/parse.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ticks.hpp>

#include <utility>

namespace baldwin::app {

namespace ne = neuroevolution;

Task make_task(const std::string& env, const envs::MakeOptions& options, const std::string& arch) {
    auto made = as_usage("--env", [&] { return all_environments().make(env, options); });
    made.reset(0);
    auto network = as_usage("--arch", [&] {
        return nn::Network(policy_architecture(arch, made), observation_shape(made));
    });
    as_usage("--arch", [&] { return Policy(network, made).memory().size(); });
    return {std::move(made), std::move(network)};
}

std::map<std::string, std::string>
task_metadata(const std::string& env, const envs::MakeOptions& options, std::uint64_t max_steps) {
    std::map<std::string, std::string> metadata = {
        {"environment", env},
        {"sticky", shortest_text(options.minatar.sticky)},
        {"maze", options.maze},
        {"model", options.model},
        {"max_steps", std::to_string(max_steps)}};
    if (!env.starts_with("atari")) return metadata;
    metadata["fire_on_reset"] = std::to_string(static_cast<int>(options.atari.fire_on_reset));
    metadata["episode_steps"] = std::to_string(options.atari.max_steps);
    return metadata;
}

Task task_of(const GenomeNetwork& genome) {
    const auto text = [&](const char* key) {
        const auto found = genome.file.metadata.find(key);
        return found == genome.file.metadata.end() ? std::string() : found->second;
    };
    if (text("environment").empty()) {
        throw UsageError("--env must name an environment: the genome does not say what it plays");
    }
    envs::MakeOptions options;
    const std::string sticky = text("sticky");
    if (!sticky.empty()) {
        options.minatar.sticky = options.atari.sticky = parse_number(sticky, {0, 1}, "sticky");
    }
    const std::string fire = text("fire_on_reset");
    if (!fire.empty()) {
        options.atari.fire_on_reset =
            static_cast<envs::FireOnReset>(parse_count(fire, {0, 2}, "fire_on_reset"));
    }
    const std::string steps = text("episode_steps");
    if (!steps.empty()) options.atari.max_steps = parse_count(steps, {}, "episode_steps");
    options.maze = text("maze");
    options.model = text("model");
    auto env =
        as_usage("--env", [&] { return all_environments().make(text("environment"), options); });
    env.reset(0);
    as_usage("--env", [&] { return Policy(genome.network, env).memory().size(); });
    return {std::move(env), genome.network};
}

Playback::Playback(const Task& task, AlignedVector<float> theta,
                   std::shared_ptr<const ne::Normaliser> normaliser, std::uint64_t seed,
                   std::uint64_t max_steps)
    : env_(task.env), policy_(std::make_shared<Policy>(task.network, task.env)),
      theta_(std::make_shared<const AlignedVector<float>>(std::move(theta))),
      normaliser_(std::move(normaliser)), seed_(seed), max_steps_(max_steps) {
    restart();
}

void Playback::restart() {
    const auto first = env_.reset(seed_);
    observation_.assign(first.begin(), first.end());
    memory_.clear();
    result_ = {};
}

void Playback::step() {
    if (is_over()) return;
    policy_->take(*theta_, normaliser_.get());
    if (!memory_.empty()) policy_->remember(memory_);
    const auto action = policy_->act(observation_);
    if (!action) {
        result_.failed = result_.terminated = true;
        result_.behaviour = env_.behaviour();
        return;
    }
    const envs::Outcome outcome = env_.step(*action);
    memory_ = policy_->memory();
    observation_.assign(outcome.observation.begin(), outcome.observation.end());
    result_.total += outcome.reward;
    result_.terminated = outcome.terminated;
    result_.truncated = ++result_.steps >= max_steps_ || outcome.truncated;
    if (is_over()) result_.behaviour = env_.behaviour();
}

Scene Playback::scene() const {
    Scene scene = env_.scene();
    scene.title = "Step " + std::to_string(result_.steps) + ", return " +
                  fixed_text(result_.total, 2) + (is_over() ? ", over" : "");
    return scene;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "policy.hpp"

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/kernels/gemv.hpp>
#include <baldwin/core/math.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

namespace baldwin::app {

using neuroevolution::Candidate;
using neuroevolution::Episode;

Shape observation_shape(const envs::AnyEnvironment& env) {
    const envs::Space space = env.observation_space();
    if (const auto* box = std::get_if<envs::Box>(&space)) return box->shape;
    throw std::invalid_argument("observations must be numbers, got a " + to_string(space));
}

nn::Architecture policy_architecture(const std::string& arch, const envs::AnyEnvironment& env) {
    nn::Architecture layers = arch.empty() ? nn::Architecture() : nn::parse(arch);
    const std::size_t outputs = envs::policy_outputs(env.action_space());
    const auto* last = layers.empty() ? nullptr : std::get_if<nn::Linear>(&layers.back().kind);
    if (last == nullptr) layers.emplace_back(nn::Linear{.outputs = outputs});
    return layers;
}

Policy::Policy(const nn::Network& network, const envs::AnyEnvironment& env)
    : network_(network), actions_(env.action_space()), layers_(dense_layers(network)),
      answers_(network.input().size(), network.output().size()) {
    const std::size_t wanted = envs::policy_outputs(actions_);
    if (network.output().size() != wanted) {
        throw std::invalid_argument("the network must give " + std::to_string(wanted) +
                                    " outputs for a " + to_string(actions_) + ", got " +
                                    std::to_string(network.output().size()));
    }
    if (network.input() != observation_shape(env)) {
        throw std::invalid_argument("the network must take observations of " +
                                    to_string(observation_shape(env)) + ", got " +
                                    to_string(network.input()));
    }
    if (network.state().size() > 0) {
        throw std::invalid_argument("a policy must have no running statistics, which a genome does "
                                    "not hold; use group or layer norms");
    }
    std::vector<std::size_t> extents = {1};
    extents.insert(extents.end(), network.input().begin(), network.input().end());
    batch_of_one_ = Shape(std::span<const std::size_t>(extents));
    tape_.set_recording(false);
    seen_.resize(network.input().size());
}

std::vector<Policy::Dense> Policy::dense_layers(const nn::Network& network) {
    if (network.input().rank() != 1) return {};
    const auto entries = network.parameters().entries();
    std::vector<Dense> layers;
    std::size_t next = 0; // entry of the layout
    for (const nn::Layer& layer : network.architecture()) {
        const std::string_view name = nn::name_of(layer);
        if (const auto* linear = std::get_if<nn::Linear>(&layer.kind)) {
            const LayoutEntry& weight = entries[next++];
            layers.push_back(
                {.inputs = weight.shape[1],
                 .outputs = weight.shape[0],
                 .weight = weight.offset,
                 .bias = linear->bias ? std::optional(entries[next++].offset) : std::nullopt});
        } else if (!layers.empty() && layers.back().after == Dense::After::nothing &&
                   (name == "tanh" || name == "relu")) {
            layers.back().after = name == "tanh" ? Dense::After::tanh : Dense::After::relu;
        } else {
            return {};
        }
    }
    return layers;
}

void Policy::take(std::span<const float> theta, const neuroevolution::Normaliser* normaliser) {
    theta_ = theta;
    normaliser_ = normaliser;
    answers_.forget();
    begin_episode();
}

// the kernels that the tape uses for one sample, so the bits are its bits
std::span<const float> Policy::dense(std::span<const float> x) {
    now_.assign(x.begin(), x.end());
    for (const Dense& layer : layers_) {
        next_.resize(layer.outputs);
        const float* bias = layer.bias ? theta_.data() + *layer.bias : nullptr;
        kernels::gemv<float>(Executor::serial(), {layer.outputs, layer.inputs},
                             theta_.data() + layer.weight, layer.inputs, now_.data(), next_.data(),
                             {.bias = bias});
        if (layer.after == Dense::After::tanh) {
            map_into(
                next_.size(), [](Pack<float> v) { return baldwin::tanh(v); }, next_.data(),
                next_.data());
        } else if (layer.after == Dense::After::relu) {
            map_into(
                next_.size(), [](Pack<float> v) { return baldwin::max(Pack<float>{}, v); },
                next_.data(), next_.data());
        }
        std::swap(now_, next_);
    }
    return now_;
}

std::span<const float> Policy::general(std::span<const float> x) {
    tape_.rewind();
    const Value theta = tape_.leaf(theta_);
    const Value input = tape_.leaf({x.data(), batch_of_one_});
    Value memory;
    if (!memory_.empty()) memory = tape_.leaf({memory_.data(), {1, memory_.size()}});
    const nn::Evaluation result = network_(tape_, theta, Value{}, input, {}, memory);
    const auto y = tape_[result.y];
    now_.assign(y.data(), y.data() + y.size());
    if (!memory_.empty()) std::copy_n(tape_[result.memory].data(), memory_.size(), memory_.data());
    return now_;
}

std::span<const float> Policy::outputs_for(std::span<const float> x) {
    if (!layers_.empty()) return dense(x);
    if (!memory_.empty()) return general(x);
    return answers_.find_or(x, [&](std::span<const float> asked) { return general(asked); });
}

envs::Action Policy::operator()(std::span<const float> observation) {
    const auto action = act(observation);
    if (action) return *action;
    const auto bad = std::ranges::find_if_not(outputs_, [](float x) { return std::isfinite(x); });
    throw std::runtime_error("an output of the network is " + std::to_string(*bad));
}

std::optional<envs::Action> Policy::act(std::span<const float> observation) {
    if (normaliser_ != nullptr) {
        normaliser_->apply(observation, seen_);
        observation = seen_;
    }
    outputs_ = outputs_for(observation);
    const auto is_finite = [](float x) { return std::isfinite(x); };
    if (!std::ranges::all_of(outputs_, is_finite)) return std::nullopt;
    return envs::greedy_action(actions_, outputs_);
}

namespace {

// an environment and a policy for each slot
struct Player {
    Player(const envs::AnyEnvironment& environment, const nn::Network& network)
        : env(environment), policy(network, environment) {}

    envs::AnyEnvironment env;
    Policy policy;
};

Episode play(Player& player, const Candidate& candidate, std::uint64_t seed) {
    Episode episode;
    player.policy.begin_episode();
    const auto act = [&](std::span<const float> observation) {
        if (candidate.wants_moments) episode.moments.add(observation);
        return player.policy.act(observation);
    };
    const envs::EpisodeResult result = envs::rollout(player.env, act, seed, candidate.max_steps);
    episode.fitness = result.total - (result.failed ? kFailurePenalty : 0);
    episode.frames = std::max<std::uint64_t>(1, result.steps);
    episode.was_cut = !result.terminated && result.steps >= candidate.max_steps;
    if (result.behaviour) {
        episode.behaviour = result.behaviour->at;
        episode.reached_goal = result.behaviour->has_reached;
    }
    return episode;
}

} // namespace

neuroevolution::Fitness playing(const nn::Network& network, const envs::AnyEnvironment& env,
                                std::size_t concurrency,
                                std::shared_ptr<const neuroevolution::Normaliser> normaliser) {
    const auto players = std::make_shared<std::deque<Player>>(); // a tape stays where it is
    for (std::size_t i = 0; i < concurrency; ++i) players->emplace_back(env, network);
    return [players, normaliser = std::move(normaliser)](const Candidate& candidate,
                                                         std::span<Episode> episodes) {
        Player& player = (*players)[candidate.slot];
        player.policy.take(candidate.theta,
                           candidate.normaliser ? candidate.normaliser : normaliser.get());
        for (std::size_t i = 0; i < episodes.size(); ++i) {
            episodes[i] = play(player, candidate, candidate.seeds[i]);
        }
    };
}

} // namespace baldwin::app

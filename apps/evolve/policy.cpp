// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "policy.hpp"

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/math.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/envs/rollout.hpp>

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
    : network_(network), actions_(env.action_space()), layers_(dense_layers(network)) {
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
    tape_.set_recording(false);
    seen_.resize(network.input().size());
    std::vector<std::size_t> extents = {1};
    extents.insert(extents.end(), network.input().begin(), network.input().end());
    batch_ = Shape(std::span<const std::size_t>(extents));
}

std::vector<Policy::Dense> Policy::dense_layers(const nn::Network& network) {
    std::vector<Dense> layers;
    if (network.input().rank() != 1) return {};
    std::size_t inputs = network.input().size();
    std::size_t offset = 0;
    for (const nn::Layer& layer : network.architecture()) {
        const std::string_view name = nn::name_of(layer);
        if (const auto* linear = std::get_if<nn::Linear>(&layer.kind)) {
            const std::size_t weights = inputs * linear->outputs;
            layers.push_back({.inputs = inputs,
                              .outputs = linear->outputs,
                              .weight = offset,
                              .bias = offset + weights,
                              .has_bias = linear->bias});
            offset += weights + (linear->bias ? linear->outputs : 0);
            inputs = linear->outputs;
        } else if (!layers.empty() && layers.back().after == Dense::After::nothing &&
                   (name == "tanh" || name == "relu")) {
            layers.back().after = name == "tanh" ? Dense::After::tanh : Dense::After::relu;
        } else {
            return {};
        }
    }
    // a layout with anything between them would be read wrongly
    return offset == network.parameters().size() ? layers : std::vector<Dense>();
}

void Policy::take(std::span<const float> theta, const neuroevolution::Normaliser* normaliser) {
    theta_ = theta;
    normaliser_ = normaliser;
}

std::span<const float> Policy::dense(std::span<const float> x) {
    now_.assign(x.begin(), x.end());
    for (const Dense& layer : layers_) {
        next_.resize(layer.outputs);
        const float* weight = theta_.data() + layer.weight;
        for (std::size_t i = 0; i < layer.outputs; ++i, weight += layer.inputs) {
            float sum = layer.has_bias ? theta_[layer.bias + i] : 0.0F;
            for (std::size_t k = 0; k < layer.inputs; ++k) sum = std::fma(weight[k], now_[k], sum);
            next_[i] = layer.after == Dense::After::relu ? std::max(sum, 0.0F) : sum;
        }
        if (layer.after == Dense::After::tanh) {
            const float* sums = next_.data();
            map_into(
                layer.outputs, [](Pack<float> v) { return tanh(v); }, next_.data(), sums);
        }
        std::swap(now_, next_);
    }
    return now_;
}

std::span<const float> Policy::general(std::span<const float> x) {
    tape_.rewind();
    const Value y = network_(tape_, tape_.leaf(theta_), tape_.leaf({x.data(), batch_}));
    now_.assign(tape_[y].data(), tape_[y].data() + network_.output().size());
    return now_;
}

envs::Action Policy::operator()(std::span<const float> observation) {
    if (normaliser_ != nullptr) {
        normaliser_->apply(observation, seen_);
        observation = seen_;
    }
    const auto outputs = layers_.empty() ? general(observation) : dense(observation);
    for (const float value : outputs) {
        if (!std::isfinite(value)) {
            throw std::runtime_error("an output of the network is " + std::to_string(value));
        }
    }
    return envs::greedy_action(actions_, outputs);
}

namespace {

// an environment and a policy for each slot
struct Player {
    Player(const nn::Network& network, const envs::AnyEnvironment& played)
        : env(played), policy(network, played) {}

    envs::AnyEnvironment env;
    Policy policy;
};

Episode play(Player& player, const Candidate& candidate, std::uint64_t seed) {
    Episode episode;
    player.policy.take(candidate.theta, candidate.normaliser);
    const auto act = [&](std::span<const float> observation) {
        if (candidate.wants_moments) episode.moments.add(observation);
        return player.policy(observation);
    };
    const envs::EpisodeResult result = envs::rollout(player.env, act, seed, candidate.max_steps);
    episode.fitness = result.total;
    episode.frames = result.steps;
    episode.was_cut = !result.terminated && result.steps >= candidate.max_steps;
    if (result.behaviour) {
        episode.behaviour = result.behaviour->at;
        episode.reached_goal = result.behaviour->has_reached;
    }
    return episode;
}

} // namespace

neuroevolution::Fitness playing(const nn::Network& network, const envs::AnyEnvironment& env,
                                std::size_t concurrency) {
    const auto players = std::make_shared<std::deque<Player>>();
    for (std::size_t i = 0; i < concurrency; ++i) players->emplace_back(network, env);
    return neuroevolution::each_episode([players](const Candidate& candidate, std::uint64_t seed) {
        return play((*players)[candidate.slot], candidate, seed);
    });
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A network as a policy, and what its episodes come to as a fitness.
#pragma once

#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/tape.hpp>
#include <baldwin/envs/any_environment.hpp>
#include <baldwin/neuroevolution/evaluation.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace baldwin::app {

/// Plays a network of any parameters, one at a time: greedy choices, or the outputs as numbers.
///
/// A network of linear layers, tanh and relu alone is evaluated by loops of its own, whose sums run
/// over the inputs in their order.
class Policy {
public:
    /// \throws std::invalid_argument if the network does not take observations of the environment
    ///         or does not give its actions
    Policy(const nn::Network& network, const envs::AnyEnvironment& env);

    /// The parameters to play by; they and the normaliser must live until the next call.
    void take(std::span<const float> theta, const neuroevolution::Normaliser* normaliser);
    /// \throws std::runtime_error if an output is not finite
    envs::Action operator()(std::span<const float> observation);

private:
    struct Dense {
        std::size_t inputs = 0;
        std::size_t outputs = 0;
        std::size_t weight = 0; // offsets in theta
        std::size_t bias = 0;
        bool has_bias = false;
        enum class After : std::uint8_t { nothing, tanh, relu } after = After::nothing;
    };

    static std::vector<Dense> dense_layers(const nn::Network& network);
    [[nodiscard]] std::span<const float> dense(std::span<const float> x);
    [[nodiscard]] std::span<const float> general(std::span<const float> x);

    nn::Network network_;
    envs::Space actions_;
    std::vector<Dense> layers_; // empty: the tape
    Shape batch_;               // of one observation
    Tape<float> tape_;
    std::span<const float> theta_;
    const neuroevolution::Normaliser* normaliser_ = nullptr;
    std::vector<float> seen_; // normalised
    std::vector<float> now_;
    std::vector<float> next_;
};

/// The layers that the user named with the layer of outputs behind, unless it is there.
/// \throws std::invalid_argument if the text is no architecture
[[nodiscard]] nn::Architecture policy_architecture(const std::string& arch,
                                                   const envs::AnyEnvironment& env);

/// The shape of an observation. \throws std::invalid_argument if it is a choice
[[nodiscard]] Shape observation_shape(const envs::AnyEnvironment& env);

/// Plays episodes: fitness is the sum of rewards, frames are steps.
/// \param concurrency  how many candidates are evaluated at a time
[[nodiscard]] neuroevolution::Fitness
playing(const nn::Network& network, const envs::AnyEnvironment& env, std::size_t concurrency);

} // namespace baldwin::app

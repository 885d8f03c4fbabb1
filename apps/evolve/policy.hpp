// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A network as a policy, and what its episodes come to as a fitness.
#pragma once

#include "answer_table.hpp"

#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/tape.hpp>
#include <baldwin/envs/any_environment.hpp>
#include <baldwin/envs/rollout.hpp>
#include <baldwin/neuroevolution/evaluation.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace baldwin::app {

/// Plays a network of any parameters, one at a time: greedy choices, or the outputs as numbers.
///
/// A network of linear layers, tanh and relu alone is evaluated without the tape, with the same
/// bits: much faster where layers are small. Without recurrent layers, the tape's latest
/// answers are kept until other parameters come. Recurrent layers remember from step to step and
/// begin each episode with zeros.
class Policy {
public:
    /// \throws std::invalid_argument if the network does not take observations of the environment
    ///         or does not give its actions, or has running statistics
    Policy(const nn::Network& network, const envs::AnyEnvironment& env);

    /// The parameters to play by; they and the normaliser must live, unchanged, until the next
    /// call. An episode begins.
    void take(std::span<const float> theta, const neuroevolution::Normaliser* normaliser);
    /// Another episode with the same parameters.
    void begin_episode() { memory_.assign(network_.memory(), 0); }
    /// What recurrent layers remember, to be kept when several episodes are played in turn.
    [[nodiscard]] const std::vector<float>& memory() const noexcept { return memory_; }
    void remember(const std::vector<float>& memory) { memory_ = memory; }
    /// \throws std::runtime_error if an output is not finite
    envs::Action operator()(std::span<const float> observation);
    /// The same; nothing if an output is not finite.
    std::optional<envs::Action> act(std::span<const float> observation);

private:
    struct Dense {
        std::size_t inputs = 0;
        std::size_t outputs = 0;
        std::size_t weight = 0; // offsets in theta
        std::optional<std::size_t> bias = std::nullopt;
        enum class After : std::uint8_t { nothing, tanh, relu } after = After::nothing;
    };

    static std::vector<Dense> dense_layers(const nn::Network& network);
    [[nodiscard]] std::span<const float> dense(std::span<const float> x);
    [[nodiscard]] std::span<const float> general(std::span<const float> x);
    [[nodiscard]] std::span<const float> outputs_for(std::span<const float> x);

    nn::Network network_;
    envs::Space actions_;
    std::vector<Dense> layers_; // empty: the tape
    Shape batch_of_one_;
    Tape<float> tape_;
    std::span<const float> theta_;
    const neuroevolution::Normaliser* normaliser_ = nullptr;
    std::vector<float> seen_;   // normalised
    std::vector<float> memory_; // of recurrent layers
    std::vector<float> now_;
    std::vector<float> next_;
    AnswerTable answers_;            // of the tape, where nothing is remembered
    std::span<const float> outputs_; // for the last observation
};

/// The layers that the user named with the layer of outputs behind, unless it is there.
/// \throws std::invalid_argument if the text is no architecture
[[nodiscard]] nn::Architecture policy_architecture(const std::string& arch,
                                                   const envs::AnyEnvironment& env);

/// The shape of an observation. \throws std::invalid_argument if it is a choice
[[nodiscard]] Shape observation_shape(const envs::AnyEnvironment& env);

/// What an episode loses in which the network gives an output that is no finite number: it ends
/// there, and is worse than any other.
inline constexpr double kFailurePenalty = 1e6;

/// Plays episodes: fitness is the sum of rewards, frames are steps.
/// \param concurrency  how many candidates are evaluated at a time
/// \param normaliser   of the observations of candidates that bring none; null: as they are
[[nodiscard]] neuroevolution::Fitness
playing(const nn::Network& network, const envs::AnyEnvironment& env, std::size_t concurrency,
        std::shared_ptr<const neuroevolution::Normaliser> normaliser = nullptr);

} // namespace baldwin::app

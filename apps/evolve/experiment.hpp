// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What is evolved: an environment with the network that plays it, and single episodes of it.
#pragma once

#include "genome_reader.hpp"
#include "policy.hpp"

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/envs/any_environment.hpp>
#include <baldwin/envs/catalogue.hpp>
#include <baldwin/envs/rollout.hpp>
#include <baldwin/neuroevolution/normaliser.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace baldwin::app {

/// An environment and a network that fits it.
struct Task {
    envs::AnyEnvironment env; ///< after a reset
    nn::Network network;
};

/// \param arch  hidden layers, or all
/// \throws UsageError if there is no such environment, or the network does not fit
[[nodiscard]] Task make_task(const std::string& env, const envs::MakeOptions& options,
                             const std::string& arch);

/// The task of a genome, as its file's metadata name it.
/// \throws UsageError if they name no environment, or one that the network does not fit
[[nodiscard]] Task task_of(const GenomeNetwork& genome);

/// What a genome's file has to say of its task, for task_of().
[[nodiscard]] std::map<std::string, std::string>
task_metadata(const std::string& env, const envs::MakeOptions& options, std::uint64_t max_steps);

/// An individual at play, a step at a time. A value: a copy goes on by itself.
class Playback {
public:
    /// Begins an episode.
    Playback(const Task& task, AlignedVector<float> theta,
             std::shared_ptr<const neuroevolution::Normaliser> normaliser, std::uint64_t seed,
             std::uint64_t max_steps);

    /// Nothing happens once the episode is over.
    void step();
    void play_to_end() {
        while (!is_over()) step();
    }
    /// Begins the same episode again.
    void restart();
    [[nodiscard]] bool is_over() const noexcept { return result_.terminated || result_.truncated; }
    /// So far; the behaviour only at the end.
    [[nodiscard]] const envs::EpisodeResult& result() const noexcept { return result_; }
    [[nodiscard]] Scene scene() const;

private:
    envs::AnyEnvironment env_;
    std::shared_ptr<Policy> policy_; // copies use it in turn
    std::shared_ptr<const AlignedVector<float>> theta_;
    std::shared_ptr<const neuroevolution::Normaliser> normaliser_;
    std::uint64_t seed_;
    std::uint64_t max_steps_;
    std::vector<float> observation_;
    std::vector<float> memory_;
    envs::EpisodeResult result_;
};

} // namespace baldwin::app

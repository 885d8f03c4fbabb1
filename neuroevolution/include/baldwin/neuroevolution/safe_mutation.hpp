// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Safe mutations: noise divided by how much the network's outputs depend on each parameter.
#pragma once

#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/tape.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/safe_rule.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

namespace detail {

/// Measures sensitivities of one network on fixed inputs.
class SensitivityMeter {
public:
    SensitivityMeter(nn::Network network, SafeMutations rule)
        : network_(std::move(network)), rule_(std::move(rule)) {
        const std::size_t inputs = network_.input().size();
        if (rule_.states.empty() || rule_.states.size() % inputs != 0) {
            throw std::invalid_argument("SafeMutations: states must be rows of " +
                                        std::to_string(inputs) + " elements, got " +
                                        std::to_string(rule_.states.size()) + " elements");
        }
        if (!(rule_.floor > 0)) {
            throw std::invalid_argument("SafeMutations: floor must be > 0, got " +
                                        std::to_string(rule_.floor));
        }
        if (network_.state().size() > 0) {
            throw std::invalid_argument("SafeMutations: a network with batch norms has no fixed "
                                        "sensitivity");
        }
        states_ = rule_.states.size() / inputs;
    }

    /// scale[i] = 1 / max(floor, sqrt(sum over outputs of (mean over states of the gradient)^2)).
    void measure(std::span<const float> theta, std::span<float> scale) const {
        std::ranges::fill(scale, 0.0F);
        Tape<float> tape;
        const std::size_t groups = rule_.sensitivity == Sensitivity::sum ? 1 : states_;
        const std::size_t outputs = network_.output().size();
        std::vector<float> gradient(theta.size());
        std::vector<float> mean(theta.size());
        for (std::size_t output = 0; output < outputs; ++output) {
            std::ranges::fill(mean, 0.0F);
            for (std::size_t group = 0; group < groups; ++group) {
                gradient_of(tape, theta, output, group, groups, gradient);
                for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += std::abs(gradient[i]);
            }
            for (std::size_t i = 0; i < mean.size(); ++i) {
                scale[i] = std::fma(mean[i], mean[i], scale[i]);
            }
        }
        const float states = static_cast<float>(states_);
        for (float& x : scale) x = 1 / std::max(rule_.floor, std::sqrt(x) / states);
    }

private:
    /// Gradient of the sum of one output over a group of states.
    void gradient_of(Tape<float>& tape, std::span<const float> theta, std::size_t output,
                     std::size_t group, std::size_t groups, std::span<float> gradient) const {
        tape.rewind();
        const std::size_t rows = states_ / groups;
        const auto part =
            std::span<const float>(rule_.states)
                .subspan(group * rows * network_.input().size(), rows * network_.input().size());
        std::vector<std::size_t> extents = {rows};
        extents.insert(extents.end(), network_.input().begin(), network_.input().end());
        const Value parameters = tape.leaf(theta);
        const Value x = tape.leaf({part.data(), Shape(std::span<const std::size_t>(extents))});
        const Value y = network_(tape, parameters, x);
        const std::size_t outputs = network_.output().size();
        std::vector<float> seed(rows * outputs);
        for (std::size_t row = 0; row < rows; ++row) seed[row * outputs + output] = 1;
        tape.backward({{y, seed}}, {{parameters, gradient}});
    }

    nn::Network network_;
    SafeMutations rule_;
    std::size_t states_ = 0;
};

} // namespace detail

/// The scale of safe mutations, for a Decoder: the change of the outputs that a unit of noise makes
/// is then about the same for every parameter.
///
/// A pure function of theta. Its bits are of class B, and so are those of genomes decoded with it.
/// \throws std::invalid_argument if the states do not fit the network
/// \cost for each decoded parent a forward and backward pass for each output (and for each state)
/// \paper Lehman et al. 2018, "Safe mutations for deep and recurrent neural networks through output
///        gradients", arXiv 1712.06563 (the floor as recalled)
[[nodiscard]] inline MutationScale safe_mutation_scale(const nn::Network& network,
                                                       const SafeMutations& rule) {
    auto meter = std::make_shared<const detail::SensitivityMeter>(network, rule);
    return [meter = std::move(meter)](std::span<const float> theta, std::span<float> scale) {
        meter->measure(theta, scale);
    };
}

} // namespace baldwin::neuroevolution

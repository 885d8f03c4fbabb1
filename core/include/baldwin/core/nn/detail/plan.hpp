// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// An architecture with everything looked up that an evaluation needs.
#pragma once

#include <baldwin/core/nn/architecture.hpp>
#include <baldwin/core/parallel.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::nn::detail {

/// Most entries that one layer declares in a layout.
inline constexpr std::size_t kMostEntries = 4;

/// One layer of a plan. Blocks hold the steps inside them.
struct Step {
    Layer kind;
    std::string label;
    std::uint64_t number = 0; ///< unique in the network
    Shape input = {};
    Shape output = {};
    Range parameters = {}; ///< indices of its entries in the layout of θ
    Range state = {};      ///< indices of its entries in the layout of the state
    Range memory = {};     ///< columns of the memory
    std::uint64_t macs = 0;
    std::vector<Step> body = {};
    std::vector<Step> shortcut = {};
};

/// What starts the weights of a layer, seen from the activation that follows it.
inline Initialiser initialiser_before(const Activation* next) {
    const bool is_rectified = next != nullptr && next->entry().is_rectifier;
    return is_rectified ? Initialiser::he_normal() : Initialiser::glorot_uniform();
}

/// The activation that a layer feeds, past norms and pools; nullptr if there is none.
inline const Activation* activation_after(const Architecture& layers, std::size_t index) {
    for (std::size_t i = index + 1; i < layers.size(); ++i) {
        const auto& kind = layers[i].kind;
        if (const auto* found = std::get_if<Activation>(&kind)) return found;
        const bool is_affine = std::holds_alternative<Linear>(kind) ||
                               std::holds_alternative<Convolution>(kind) ||
                               std::holds_alternative<TransposedConvolution>(kind);
        if (is_affine) return nullptr;
    }
    return nullptr;
}

/// The network's layers with their labels, places and shapes.
class Plan {
public:
    Plan(const Architecture& architecture, const Shape& input) {
        if (input.rank() == 0 || input.size() == 0) {
            throw std::invalid_argument("Network: the input must have elements, got shape " +
                                        to_string(input));
        }
        output = input;
        steps = resolve(architecture, "", output);
        for (const auto& entry : parameters.entries()) {
            parameter_places.push_back(view_of({}, entry).at);
        }
        for (const auto& entry : state.entries()) state_places.push_back(view_of({}, entry).at);
    }

    std::vector<Step> steps;
    Layout parameters;
    Layout state;
    std::vector<Strides> parameter_places; ///< of each entry of θ, as view_of gives it
    std::vector<Strides> state_places;
    std::size_t memory = 0;
    Shape output;

private:
    // x: extents before, and after, the layers
    std::vector<Step> resolve(const Architecture& layers, const std::string& prefix, Shape& x) {
        std::vector<Step> resolved;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const std::string place = prefix + std::to_string(i) + ".";
            Step step{layers[i], place + std::string(name_of(layers[i])), next_number_++};
            step.input = x;
            const auto weights = initialiser_before(activation_after(layers, i));
            std::visit([&](const auto& kind) { fill(step, kind, place, weights); }, layers[i].kind);
            x = step.output;
            resolved.push_back(std::move(step));
        }
        return resolved;
    }
    void fill(Step& step, const Sequential& block, const std::string& place,
              const Initialiser& /*weights*/) {
        step.output = step.input;
        step.body = resolve(block.body, place, step.output);
        close(step);
    }
    void fill(Step& step, const Residual& block, const std::string& place,
              const Initialiser& /*weights*/) {
        step.output = step.input;
        step.body = resolve(block.body, place, step.output);
        Shape shortcut = step.input;
        step.shortcut = resolve(block.shortcut, place + "shortcut.", shortcut);
        if (shortcut != step.output) {
            fail(step.label, "the body gives " + to_string(step.output) + " but the shortcut " +
                                 to_string(shortcut));
        }
        close(step);
    }
    template <class L>
    void fill(Step& step, const L& layer, const std::string& /*place*/,
              const Initialiser& weights) {
        static_assert(LayerDescription<L>);
        step.parameters.begin = parameters.entries().size();
        step.state.begin = state.entries().size();
        try {
            step.output = layer.output(step.input);
            (void)checked_size(step.output, Layout::kMostSize);
            Declaration declaration(parameters, state, step.label, weights);
            declare(layer, step.input, declaration);
        } catch (const std::invalid_argument& error) {
            fail(step.label, error.what());
        }
        close(step);
        step.macs = macs_of(layer, step.input);
        step.memory = {memory, memory + memory_of(layer)};
        memory += memory_of(layer);
    }
    void close(Step& step) const {
        step.parameters.end = parameters.entries().size();
        step.state.end = state.entries().size();
        if (!step.body.empty() || !step.shortcut.empty()) {
            step.parameters.begin = step.parameters.end;
            step.state.begin = step.state.end;
        }
    }
    [[noreturn]] static void fail(const std::string& label, const std::string& what) {
        throw std::invalid_argument("Network: layer " + label + ": " + what);
    }

    std::uint64_t next_number_ = 0;
};

} // namespace baldwin::nn::detail

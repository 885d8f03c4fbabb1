// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A network: a pure function of (θ, state, x, context). It owns no weights.
#pragma once

#include <baldwin/core/nn/architecture.hpp>
#include <baldwin/core/nn/detail/joiner.hpp>
#include <baldwin/core/nn/detail/plan.hpp>
#include <baldwin/core/ops/arithmetic.hpp>
#include <baldwin/core/ops/layout.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::nn {

/// What an evaluation gives.
struct Evaluation {
    Value y;      ///< (N, extents of output())
    Value state;  ///< new statistics, flat, the layout of state(); the old ones if none changed
    Value memory; ///< (N, memory()): what the recurrent steps remember; none without such steps
};

/// One layer of a network as it was resolved, for tables and for those who build on it.
struct LayerInfo {
    std::string label; ///< such as "3.conv" or "4.0.conv"
    Shape input;       ///< of one sample
    Shape output;
    std::size_t parameters = 0; ///< length of its part of θ
    std::uint64_t macs = 0;     ///< multiply-accumulates for one sample
    std::size_t depth = 0;      ///< number of blocks around it
};

/// An architecture resolved for one input shape.
///
/// Cheap to copy; any number of threads may evaluate it at once, each on its own tape. Tapes keep
/// references to its labels: one copy must outlive the record.
class Network {
public:
    /// \param input  extents of one sample, such as (1, 28, 28)
    /// \throws std::invalid_argument that names the layer whose input does not fit
    Network(const Architecture& architecture, const Shape& input)
        : architecture_(architecture), input_(input),
          plan_(std::make_shared<const detail::Plan>(architecture, input)) {}

    [[nodiscard]] const Architecture& architecture() const noexcept { return architecture_; }
    /// Extents of one input sample.
    [[nodiscard]] const Shape& input() const noexcept { return input_; }
    /// Extents of one output sample.
    [[nodiscard]] const Shape& output() const noexcept { return plan_->output; }
    /// Layout of θ.
    [[nodiscard]] const Layout& parameters() const noexcept { return plan_->parameters; }
    /// Layout of the state; empty without batch norms.
    [[nodiscard]] const Layout& state() const noexcept { return plan_->state; }
    /// Numbers that recurrent steps remember for each sample.
    [[nodiscard]] std::size_t memory() const noexcept { return plan_->memory; }
    /// All layers in order of evaluation, those inside blocks too.
    [[nodiscard]] std::vector<LayerInfo> layers() const {
        std::vector<LayerInfo> list;
        collect(plan_->steps, 0, list);
        return list;
    }

    /// Evaluates a batch.
    /// \param theta   flat vector of the layout parameters(): a leaf or computed
    /// \param state   flat vector of the layout state(); may be none if that is empty
    /// \param x       (N, extents of input())
    /// \param memory  (N, memory()), what an earlier evaluation returned; none means zeros
    /// \throws std::invalid_argument if a size does not fit; the message names the layer
    /// \cost allocates nothing beyond what the tape holds
    template <class T>
    Evaluation operator()(Tape<T>& tape, Value theta, Value state, Value x,
                          const Context& context = {}, Value memory = {}) const;
    /// Evaluates a network without state.
    template <class T>
    Value operator()(Tape<T>& tape, Value theta, Value x, const Context& context = {}) const {
        return (*this)(tape, theta, Value{}, x, context).y;
    }

private:
    template <class T>
    struct Run {
        Tape<T>& tape;
        const detail::Plan& plan;
        Value theta;
        Value state;
        Value memory;
        const Context& context;
        detail::Joiner* new_state;  // null where statistics stay as they are
        detail::Joiner* new_memory; // null without recurrent steps

        Value sequence(Value x) {
            const Value y = sequence(plan.steps, x);
            tape.set_label({});
            return y;
        }
        Value sequence(const std::vector<detail::Step>& steps, Value x) {
            for (const detail::Step& step : steps) {
                x = std::visit([&](const auto& kind) { return evaluate(step, kind, x); },
                               step.kind.kind);
            }
            return x;
        }
        Value evaluate(const detail::Step& step, const Sequential& /*kind*/, Value x) {
            return sequence(step.body, x);
        }
        Value evaluate(const detail::Step& step, const Residual& /*kind*/, Value x) {
            const Value body = sequence(step.body, x);
            const Value shortcut = sequence(step.shortcut, x);
            tape.set_label(step.label);
            return add(tape, body, shortcut);
        }
        template <class L>
        Value evaluate(const detail::Step& step, const L& layer, Value x) {
            tape.set_label(step.label);
            std::array<WeightView, detail::kMostEntries> views;
            Arguments arguments;
            arguments.parameters = bind(plan.parameter_places, step.parameters, theta, views);
            arguments.context = context;
            arguments.number = step.number;
            if (step.state.size() == 0 && step.memory.size() == 0) {
                return layer.apply(tape, x, arguments);
            }
            return evaluate_with_state(step, layer, x, arguments);
        }
        template <class L>
        Value evaluate_with_state(const detail::Step& step, const L& layer, Value x,
                                  Arguments& arguments) {
            std::array<WeightView, detail::kMostEntries> views;
            std::array<Value, detail::kMostEntries> kept;
            Value remembered;
            arguments.state = bind(plan.state_places, step.state, state, views);
            arguments.new_state = std::span(kept).first(new_state ? step.state.size() : 0);
            if (memory && step.memory.size() > 0) {
                arguments.memory = slice(tape, memory, 1, step.memory.begin, step.memory.end);
            }
            arguments.new_memory = &remembered;
            const Value y = layer.apply(tape, x, arguments);
            for (const Value value : arguments.new_state) new_state->add(tape, value, 0);
            if (step.memory.size() > 0) new_memory->add(tape, remembered, 1);
            return y;
        }
        static std::span<const WeightView> bind(const std::vector<Strides>& places, Range entries,
                                                Value source, std::span<WeightView> views) {
            for (std::size_t i = entries.begin; i < entries.end; ++i) {
                views[i - entries.begin] = {source, places[i]};
            }
            return views.first(entries.size());
        }
    };

    template <class T>
    void check(const Tape<T>& tape, Value theta, Value state, Value x, Value memory) const {
        const auto flat = [&](const char* what, Value value, std::size_t size) {
            const std::size_t got = value ? tape[value].size() : 0;
            if (got == size) return;
            throw std::invalid_argument("Network: " + std::string(what) + " must have " +
                                        std::to_string(size) + " elements, got " +
                                        std::to_string(got));
        };
        flat("theta", theta, plan_->parameters.size());
        if (state || plan_->state.size() > 0) flat("the state", state, plan_->state.size());
        const auto& shape = tape[x].shape();
        bool fits = shape.rank() == input_.rank() + 1;
        for (std::size_t i = 0; fits && i < input_.rank(); ++i) fits = shape[i + 1] == input_[i];
        if (!fits) {
            throw std::invalid_argument("Network: x must be a batch of samples " +
                                        to_string(input_) + ", got " + to_string(shape));
        }
        if (memory) flat("the memory", memory, shape[0] * plan_->memory);
    }
    void collect(const std::vector<detail::Step>& steps, std::size_t depth,
                 std::vector<LayerInfo>& list) const {
        for (const detail::Step& step : steps) {
            collect(step.body, depth + 1, list);
            collect(step.shortcut, depth + 1, list);
            std::size_t parameters = 0;
            for (std::size_t i = step.parameters.begin; i < step.parameters.end; ++i) {
                parameters += plan_->parameters[i].size();
            }
            list.push_back({step.label, step.input, step.output, parameters, step.macs, depth});
        }
    }

    Architecture architecture_;
    Shape input_;
    std::shared_ptr<const detail::Plan> plan_;
};

// not defined in the class: extern_network.hpp can then keep it from being compiled everywhere
template <class T>
Evaluation Network::operator()(Tape<T>& tape, Value theta, Value state, Value x,
                               const Context& context, Value memory) const {
    check(tape, theta, state, x, memory);
    const bool keeps_state = context.mode != Mode::inference && plan_->state.size() > 0;
    Run<T> run{tape, *plan_, theta, state, memory, context, nullptr, nullptr};
    if (!keeps_state && plan_->memory == 0) return {run.sequence(x), state, {}};
    detail::Joiner new_state;
    detail::Joiner new_memory;
    if (keeps_state) run.new_state = &new_state;
    run.new_memory = &new_memory;
    const Value y = run.sequence(x);
    return {y, keeps_state ? new_state.joined(tape, 0) : state,
            plan_->memory > 0 ? new_memory.joined(tape, 1) : Value{}};
}

} // namespace baldwin::nn

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The tape: one evaluation context for inference, training and explanation.
#pragma once

#include <baldwin/core/operation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin {

/// What enters a walk at a value: its gradient, or its relevance.
template <class T>
struct Seed {
    Value value;
    std::span<const T> gradient = {}; ///< as many as the value has elements; empty means ones
};

/// Whether a result replaces what a buffer holds or is added to it.
enum class Store { overwrite, add };

/// What a walk is asked for: the gradient of a value, written into the caller's memory.
template <class T>
struct Target {
    Value value;
    std::span<T> into; ///< as many as the value has elements
    Store store = Store::overwrite;
};

/// One recorded operation, seen from outside.
template <class T>
class NodeView {
public:
    NodeView(const detail::Node<T>& node, const std::uint32_t* inputs, std::uint32_t generation)
        : node_(node), inputs_(inputs), generation_(generation) {}

    [[nodiscard]] std::string_view name() const noexcept { return node_.table->name; }
    /// The layer that was evaluated, as Tape::set_label named it.
    [[nodiscard]] std::string_view label() const noexcept { return node_.label; }
    [[nodiscard]] std::size_t inputs() const noexcept { return node_.inputs; }
    [[nodiscard]] std::size_t outputs() const noexcept { return node_.outputs; }
    [[nodiscard]] Value input(std::size_t i) const { return {inputs_[i], generation_}; }
    [[nodiscard]] Value output(std::size_t i = 0) const {
        return {node_.first_output + static_cast<std::uint32_t>(i), generation_};
    }
    /// The operation with its attributes and saved data, or nullptr if it is of another type.
    template <class Op>
    [[nodiscard]] const Op* as() const noexcept {
        const bool same = node_.table == &detail::kOperationTable<Op, T>;
        return same ? static_cast<const Op*>(node_.operation) : nullptr;
    }

private:
    detail::Node<T> node_;
    const std::uint32_t* inputs_;
    std::uint32_t generation_;
};

/// One step of a walk: a node and the gradients around it.
template <class T>
class Step : public Backward<T> {
public:
    Step(Tape<T>& tape, std::size_t node) : Backward<T>(tape, node), tape_(tape), node_(node) {}

    [[nodiscard]] NodeView<T> node() const { return tape_.node(node_); }
    /// Passes on the gradient, as the operation itself defines it.
    void backward() { tape_.call_backward(node_, *this); }
    /// A tape of its own for evaluating operations inside a walk; rewound after every step.
    [[nodiscard]] Tape<T>& above() { return tape_.above(); }

private:
    Tape<T>& tape_;
    std::size_t node_;
};

/// Evaluates operations and, while recording, remembers them so that they can be walked back.
///
/// Values live until rewind(); the memory is kept, so a loop of fixed shape asks the system for
/// memory in its first turn only. A tape belongs to one thread at a time; any number of tapes may
/// read one parameter vector.
template <class T>
class Tape {
public:
    explicit Tape(Executor executor = Executor::serial()) : executor_(std::move(executor)) {}
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    // ---- recording

    /// Forgets all values, keeps their memory. Handles from before are invalid.
    void rewind() {
        arena_.rewind();
        values_.clear();
        nodes_.clear();
        input_list_.clear();
        label_ = {};
        ++generation_;
    }
    /// Without recording the same evaluation costs no memory for the backward pass.
    void set_recording(bool recording) noexcept { recording_ = recording; }
    [[nodiscard]] bool is_recording() const noexcept { return recording_; }
    /// Names the layer that the following operations belong to; the text must outlive the record.
    void set_label(std::string_view label) noexcept { label_ = label; }

    /// A value that reads the caller's memory, which must outlive the record.
    Value leaf(TensorView<const T> data) { return add_value(data); }
    Value leaf(std::span<const T> data) { return add_value(TensorView<const T>(data)); }
    /// A value with a copy of \p data.
    /// \throws std::invalid_argument if the counts differ
    Value constant(const Shape& shape, std::span<const T> data) {
        if (data.size() != shape.size()) {
            throw std::invalid_argument("Tape::constant: shape " + to_string(shape) + " needs " +
                                        std::to_string(shape.size()) + " elements, got " +
                                        std::to_string(data.size()));
        }
        T* copy = arena_.allocate<T>(shape.size());
        std::copy(data.begin(), data.end(), copy);
        return add_value({copy, shape});
    }
    /// A value of equal elements; a scalar by default.
    Value filled(T element, const Shape& shape = {}) {
        T* data = arena_.allocate<T>(shape.size());
        std::fill_n(data, shape.size(), element);
        return add_value({data, shape});
    }
    /// A value with memory that the caller fills before it is used.
    std::pair<Value, TensorView<T>> input(const Shape& shape) {
        const TensorView<T> view(arena_.allocate<T>(shape.size()), shape);
        return {add_value(view), view};
    }

    /// Evaluates an operation; its further outputs are at output(first, i).
    /// \throws std::invalid_argument if the inputs do not fit
    template <class Op>
        requires Operation<Op, T> Value apply(const Op& operation, std::span<const Value> inputs) {
            const std::size_t first_input = input_list_.size();
            for (const Value value : inputs) input_list_.push_back(index_of(value));
            const std::size_t first_output = values_.size();
            const ArenaScope scope(scratch_);
            Forward<T> context(*this, first_input);
            if (recording_) {
                Op* kept = new (arena_.allocate<Op>(1)) Op(operation);
                OperationCode<Op, T>::forward(*kept, context);
                push_node(&detail::kOperationTable<Op, T>, kept, first_input, first_output);
            } else {
                Op once(operation);
                OperationCode<Op, T>::forward(once, context);
                input_list_.resize(first_input);
            }
            return handle(first_output);
        }
    template <class Op>
        requires Operation<Op, T> Value apply(const Op& operation,
                                              std::initializer_list<Value> inputs) {
            return apply(operation, std::span<const Value>(inputs.begin(), inputs.size()));
        }
    /// Output \p i of the operation whose first output is \p first.
    [[nodiscard]] static Value output(Value first, std::size_t i) {
        return {first.index + static_cast<std::uint32_t>(i), first.generation};
    }

    // ---- reading

    [[nodiscard]] TensorView<const T> operator[](Value value) const {
        return values_[index_of(value)];
    }
    [[nodiscard]] Shape shape(Value value) const { return values_[index_of(value)].shape(); }
    /// The element of a value of size 1.
    [[nodiscard]] T item(Value value) const {
        BALDWIN_ASSERT((*this)[value].size() == 1);
        return (*this)[value][0];
    }
    /// Number of recorded operations, in order of evaluation.
    [[nodiscard]] std::size_t nodes() const noexcept { return nodes_.size(); }
    [[nodiscard]] NodeView<T> node(std::size_t i) const {
        return {nodes_[i], input_list_.data() + nodes_[i].first_input, generation_};
    }
    /// The first recorded operation with an output that is infinite or not a number.
    /// \cost one pass over all recorded outputs
    [[nodiscard]] std::optional<NodeView<T>> first_non_finite() const {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            for (std::uint32_t k = 0; k < nodes_[i].outputs; ++k) {
                if (!is_finite(values_[nodes_[i].first_output + k])) return node(i);
            }
        }
        return std::nullopt;
    }

    // ---- walking back

    /// Gradients of sum over seeds of <value, seed gradient> with respect to the targets.
    ///
    /// A value that is no target and leads to none costs nothing, so parameters left out are
    /// frozen. The record stays as it is and can be walked again.
    void backward(std::span<const Seed<T>> seeds, std::span<const Target<T>> targets) {
        walk(seeds, targets, [](Step<T>& step) { step.backward(); });
    }
    void backward(std::initializer_list<Seed<T>> seeds, std::initializer_list<Target<T>> targets) {
        backward(std::span<const Seed<T>>(seeds.begin(), seeds.size()),
                 std::span<const Target<T>>(targets.begin(), targets.size()));
    }
    /// The walk with a rule of the caller's: rule(Step<T>&) is called for every operation between
    /// targets and seeds, last first, and writes what flows to the inputs; step.backward() is
    /// the gradient. Layer-wise relevance propagation is such a rule.
    /// \throws std::invalid_argument if a seed or target has another size than its value
    template <class Rule>
    void walk(std::span<const Seed<T>> seeds, std::span<const Target<T>> targets, Rule&& rule) {
        walk_arena_.rewind();
        slots_.assign(values_.size(), Slot{});
        for (const auto& target : targets) open_target(target);
        spread_wanted();
        for (const auto& seed : seeds) put_seed(seed);
        for (std::size_t i = nodes_.size(); i-- > 0;) {
            if (!is_reached(nodes_[i])) continue;
            const ArenaScope scope(scratch_);
            Step<T> step(*this, i);
            rule(step);
            if (above_) above_->rewind();
        }
        for (const auto& target : targets) close_target(target);
    }
    /// The tape that rules evaluate on, see Step::above.
    [[nodiscard]] Tape& above() {
        if (!above_) above_ = std::make_unique<Tape>(executor_);
        return *above_;
    }

    [[nodiscard]] const Executor& executor() const noexcept { return executor_; }
    /// Bytes held for values, gradients and scratch.
    [[nodiscard]] std::size_t capacity() const noexcept {
        return arena_.capacity() + walk_arena_.capacity() + scratch_.capacity();
    }

private:
    friend class Forward<T>;
    friend class Backward<T>;
    friend class Step<T>;

    struct Slot {
        T* data = nullptr;
        bool wanted = false; // a target, or on the way to one
        bool filled = false;
        bool is_target = false;
        bool is_leaf_target = false; // data is the caller's and may hold sums of other walks
    };

    // ---- values and nodes
    Value handle(std::size_t index) const noexcept {
        return {static_cast<std::uint32_t>(index), generation_};
    }
    std::uint32_t index_of(Value value) const {
        BALDWIN_ASSERT(value.generation == generation_ && value.index < values_.size());
        return value.index;
    }
    Value add_value(TensorView<const T> view) {
        values_.push_back(view);
        return handle(values_.size() - 1);
    }
    void push_node(const detail::OperationTable<T>* table, void* operation, std::size_t first_input,
                   std::size_t first_output) {
        const auto narrow = [](std::size_t n) { return static_cast<std::uint32_t>(n); };
        nodes_.push_back({table, operation, narrow(first_input),
                          narrow(input_list_.size() - first_input), narrow(first_output),
                          narrow(values_.size() - first_output), label_});
    }
    static bool is_finite(const TensorView<const T>& view) {
        return std::all_of(view.begin(), view.end(), [](T x) { return std::isfinite(x); });
    }

    // ---- walking
    void call_backward(std::size_t i, Backward<T>& context) {
        nodes_[i].table->backward(nodes_[i].operation, context);
    }
    bool is_reached(const detail::Node<T>& node) const {
        const auto first = slots_.begin() + node.first_output;
        return std::any_of(first, first + node.outputs,
                           [](const Slot& slot) { return slot.wanted && slot.filled; });
    }
    void check_size(const char* what, Value value, std::size_t size) const {
        if ((*this)[value].size() == size) return;
        throw std::invalid_argument("Tape: " + std::string(what) + " of " + std::to_string(size) +
                                    " elements for a value of shape " + to_string(shape(value)));
    }
    bool is_leaf(std::uint32_t index) const {
        return std::none_of(nodes_.begin(), nodes_.end(), [&](const detail::Node<T>& node) {
            return index >= node.first_output && index < node.first_output + node.outputs;
        });
    }
    // a leaf's gradient is made in the caller's buffer; an intermediate one flows on from here,
    // so what the caller's buffer held before must stay out of it
    void open_target(const Target<T>& target) {
        check_size("a target", target.value, target.into.size());
        Slot& slot = slots_[target.value.index];
        slot.wanted = true;
        slot.is_target = true;
        if (!is_leaf(target.value.index)) return;
        slot.is_leaf_target = true;
        slot.data = target.into.data();
        slot.filled = target.store == Store::add;
    }
    void close_target(const Target<T>& target) {
        const Slot& slot = slots_[target.value.index];
        if (!slot.filled) {
            if (target.store == Store::overwrite) std::ranges::fill(target.into, T{0});
        } else if (!slot.is_leaf_target && target.store == Store::overwrite) {
            std::copy_n(slot.data, target.into.size(), target.into.data());
        } else if (!slot.is_leaf_target) {
            std::transform(target.into.begin(), target.into.end(), slot.data, target.into.begin(),
                           std::plus<>());
        }
    }
    void spread_wanted() {
        for (const auto& node : nodes_) {
            const auto* first = input_list_.data() + node.first_input;
            if (std::none_of(first, first + node.inputs,
                             [&](std::uint32_t input) { return slots_[input].wanted; })) {
                continue;
            }
            for (std::uint32_t k = 0; k < node.outputs; ++k) {
                slots_[node.first_output + k].wanted = true;
            }
        }
    }
    void put_seed(const Seed<T>& seed) {
        const std::size_t size = (*this)[seed.value].size();
        if (!seed.gradient.empty()) check_size("a seed", seed.value, seed.gradient.size());
        if (!slots_[seed.value.index].wanted) return;
        const Sink<T> sink = sink_of(seed.value.index);
        for (std::size_t i = 0; i < size; ++i) {
            const T gradient = seed.gradient.empty() ? T{1} : seed.gradient[i];
            sink.data[i] = sink.accumulate ? sink.data[i] + gradient : gradient;
        }
    }
    Sink<T> sink_of(std::uint32_t index) {
        Slot& slot = slots_[index];
        if (!slot.wanted) return {};
        if (slot.data == nullptr) slot.data = walk_arena_.allocate<T>(values_[index].size());
        return {slot.data, std::exchange(slot.filled, true)};
    }
    // the gradient of an output is read by nobody once its operation has passed it on
    Sink<T> sink_in_place(std::uint32_t input, std::uint32_t output) {
        Slot& to = slots_[input];
        const Slot& from = slots_[output];
        if (to.wanted && to.data == nullptr && from.filled && !from.is_target) {
            BALDWIN_ASSERT(values_[input].size() == values_[output].size());
            to.data = from.data;
        }
        return sink_of(input);
    }
    T* accumulator_of(std::uint32_t index) {
        const Sink<T> sink = sink_of(index);
        if (sink && !sink.accumulate) std::fill_n(sink.data, values_[index].size(), T{0});
        return sink.data;
    }

    Executor executor_;
    Arena arena_;      // values, saved data and operations of the record
    Arena walk_arena_; // gradients of one walk
    Arena scratch_;    // temporaries of one operation
    std::vector<TensorView<const T>> values_;
    std::vector<detail::Node<T>> nodes_;
    std::vector<std::uint32_t> input_list_;
    std::vector<Slot> slots_;
    std::unique_ptr<Tape> above_;
    std::string_view label_;
    std::uint32_t generation_ = 0;
    bool recording_ = true;
};

// ---- the contexts of operations

template <class T>
TensorView<const T> Forward<T>::input(std::size_t i) const {
    return tape_.values_[tape_.input_list_[first_input_ + i]];
}
template <class T>
TensorView<T> Forward<T>::output(const Shape& shape) {
    const TensorView<T> view(tape_.arena_.template allocate<T>(shape.size()), shape);
    tape_.add_value(view);
    return view;
}
template <class T>
void Forward<T>::alias(std::size_t input_index, const Shape& shape) {
    tape_.add_value(input(input_index).reshaped(shape));
}
template <class T>
bool Forward<T>::is_recording() const noexcept {
    return tape_.recording_;
}
template <class T>
template <class U>
U* Forward<T>::save(std::size_t count) {
    return tape_.arena_.template allocate<U>(count);
}
template <class T>
Arena& Forward<T>::scratch() {
    return tape_.scratch_;
}
template <class T>
const Executor& Forward<T>::executor() const {
    return tape_.executor_;
}

template <class T>
TensorView<const T> Backward<T>::input(std::size_t i) const {
    return tape_.values_[tape_.input_list_[tape_.nodes_[node_].first_input + i]];
}
template <class T>
TensorView<const T> Backward<T>::output(std::size_t i) const {
    return tape_.values_[tape_.nodes_[node_].first_output + i];
}
template <class T>
TensorView<const T> Backward<T>::gradient(std::size_t i) {
    const std::uint32_t index = tape_.nodes_[node_].first_output + static_cast<std::uint32_t>(i);
    const auto& slot = tape_.slots_[index];
    const Shape& shape = tape_.values_[index].shape();
    if (slot.filled) return {slot.data, shape};
    return {tape_.scratch_.template allocate_zeroed<T>(shape.size()), shape};
}
template <class T>
bool Backward<T>::wants(std::size_t i) const {
    return tape_.slots_[tape_.input_list_[tape_.nodes_[node_].first_input + i]].wanted;
}
template <class T>
Sink<T> Backward<T>::sink(std::size_t i) {
    return tape_.sink_of(tape_.input_list_[tape_.nodes_[node_].first_input + i]);
}
template <class T>
Sink<T> Backward<T>::sink_in_place(std::size_t i) {
    const auto& node = tape_.nodes_[node_];
    return tape_.sink_in_place(tape_.input_list_[node.first_input + i], node.first_output);
}
template <class T>
T* Backward<T>::accumulator(std::size_t i) {
    return tape_.accumulator_of(tape_.input_list_[tape_.nodes_[node_].first_input + i]);
}
template <class T>
Arena& Backward<T>::scratch() {
    return tape_.scratch_;
}
template <class T>
const Executor& Backward<T>::executor() const {
    return tape_.executor_;
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What an operation on the tape is, and what it sees when it runs forwards and backwards.
#pragma once

#include <baldwin/core/arena.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/tensor.hpp>
#include <baldwin/core/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace baldwin {

template <class T>
class Tape;

/// Where a backward pass puts the gradient of one input, shape of that input.
template <class T>
struct Sink {
    T* data = nullptr;       ///< nullptr where nobody asked for this gradient
    bool accumulate = false; ///< add to what is there; else every element must be written

    explicit operator bool() const noexcept { return data != nullptr; }
};

/// What an operation sees while it computes its outputs.
template <class T>
class Forward {
public:
    Forward(Tape<T>& tape, std::size_t first_input) : tape_(tape), first_input_(first_input) {}

    [[nodiscard]] TensorView<const T> input(std::size_t i) const;
    /// Declares the next output and returns its memory, not initialised.
    [[nodiscard]] TensorView<T> output(const Shape& shape);
    /// Declares the next output as the memory of an input under other extents; nothing is copied.
    void alias(std::size_t input_index, const Shape& shape);
    /// Whether a backward pass may follow; if not, nothing needs to be saved for it.
    [[nodiscard]] bool is_recording() const noexcept;
    /// Memory that lives as long as the record, for what the backward pass needs.
    template <class U>
    [[nodiscard]] U* save(std::size_t count);
    /// Memory that lives until this call returns.
    template <class U>
    [[nodiscard]] U* scratch(std::size_t count) {
        return scratch().template allocate<U>(count);
    }
    [[nodiscard]] Arena& scratch();
    [[nodiscard]] const Executor& executor() const;

private:
    Tape<T>& tape_;
    std::size_t first_input_;
};

/// What an operation sees while gradients (or relevance) flow back through it.
template <class T>
class Backward {
public:
    Backward(Tape<T>& tape, std::size_t node) : tape_(tape), node_(node) {}

    [[nodiscard]] TensorView<const T> input(std::size_t i) const;
    [[nodiscard]] TensorView<const T> output(std::size_t i = 0) const;
    /// Gradient of an output, shape of that output; zeros where nothing came back to it.
    [[nodiscard]] TensorView<const T> gradient(std::size_t i = 0);
    /// Whether somebody asked for the gradient of this input or of something before it.
    [[nodiscard]] bool wants(std::size_t i) const;
    /// Where to write the whole gradient of an input. Ask once per input, then write.
    [[nodiscard]] Sink<T> sink(std::size_t i);
    /// As sink(i), but possibly in the memory of gradient(0), which is then overwritten: for
    /// operations whose input is as large as their output and that read an element of the gradient
    /// before they write that place. Call gradient() first.
    [[nodiscard]] Sink<T> sink_in_place(std::size_t i);
    /// Where to add the gradient of some elements of an input: zeroed on first use, nullptr if
    /// unwanted. For views, gathers and other operations that touch a part.
    [[nodiscard]] T* accumulator(std::size_t i);
    template <class U>
    [[nodiscard]] U* scratch(std::size_t count) {
        return scratch().template allocate<U>(count);
    }
    [[nodiscard]] Arena& scratch();
    [[nodiscard]] const Executor& executor() const;

private:
    Tape<T>& tape_;
    std::size_t node_;
};

/// An operation on the tape. A model is a trivially destructible struct with
///
///     static constexpr std::string_view kName;
///     void forward(Forward<T>&);    // checks shapes, declares outputs in order, fills them
///     void backward(Backward<T>&);  // fills or adds to the gradients of the wanted inputs
///
/// It is copied into the record: members that forward() sets (attributes, saved statistics,
/// arg-max indices) are there for backward() and for other walks. forward() throws
/// std::invalid_argument for inputs that do not fit.
template <class Op, class T>
concept Operation = std::is_trivially_destructible_v<Op> && std::copyable<Op> &&
    requires(Op op, Forward<T>& forward, Backward<T>& backward) {
    { Op::kName } -> std::convertible_to<std::string_view>;
    op.forward(forward);
    op.backward(backward);
};

/// What a tape calls of an operation's type. Its members are not defined in the class, so that
/// extern_operations.hpp can keep them from being compiled in every file.
template <class Op, class T>
struct OperationCode {
    static void forward(Op& operation, Forward<T>& context);
    static void backward(void* operation, Backward<T>& context);
};

template <class Op, class T>
void OperationCode<Op, T>::forward(Op& operation, Forward<T>& context) {
    operation.forward(context);
}
template <class Op, class T>
void OperationCode<Op, T>::backward(void* operation, Backward<T>& context) {
    static_cast<Op*>(operation)->backward(context);
}

namespace detail {

/// The functions of an operation's type, one table per type.
template <class T>
struct OperationTable {
    std::string_view name;
    void (*backward)(void* operation, Backward<T>& context);
};

template <class Op, class T>
inline constexpr OperationTable<T> kOperationTable{Op::kName, &OperationCode<Op, T>::backward};

/// One step of the record. Inputs and outputs are ranges of the tape's lists.
template <class T>
struct Node {
    const OperationTable<T>* table = nullptr;
    void* operation = nullptr;
    std::uint32_t first_input = 0;
    std::uint32_t inputs = 0;
    std::uint32_t first_output = 0;
    std::uint32_t outputs = 0;
    std::string_view label;
};

} // namespace detail
} // namespace baldwin

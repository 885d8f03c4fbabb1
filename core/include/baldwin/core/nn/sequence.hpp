// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Layers for sequences: embedding, recurrent cells, attention. Samples are (time, features).
#pragma once

#include <baldwin/core/nn/detail/joiner.hpp>
#include <baldwin/core/nn/layer.hpp>
#include <baldwin/core/ops/attention.hpp>
#include <baldwin/core/ops/layout.hpp>
#include <baldwin/core/ops/recurrent.hpp>
#include <baldwin/core/ops/rows.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::nn {

/// Rows of a table by number: (...) whole numbers to (..., width).
///
/// Parameter: table (rows, width). Numbers come as values on the tape and have no gradient.
struct Embedding {
    static constexpr std::string_view kName = "embedding";
    std::size_t rows = 1;
    std::size_t width = 1;

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require_positive("rows", rows);
        detail::require_positive("width", width);
        detail::require(x.rank() + 1 < Shape::kMaxRank, "needs samples of at most 4 axes", x);
        std::vector<std::size_t> extents(x.begin(), x.end());
        extents.push_back(width);
        return Shape(std::span<const std::size_t>(extents));
    }
    void declare(const Shape& /*x*/, Declaration& to) const { to.embedding("table", rows, width); }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        return embedding(tape, x, a.parameters[0]);
    }
    friend bool operator==(const Embedding&, const Embedding&) = default;
};

/// How a recurrent layer goes through time.
enum class Recurrence {
    sequence, ///< (time, features) to (time, hidden), from zeros
    last,     ///< (time, features) to (hidden): what stands at the end
    step,     ///< (features) to (hidden): one step from the memory given to the one returned
};

namespace detail {

inline std::size_t features_of(const Shape& x, Recurrence recurrence) {
    const std::size_t rank = recurrence == Recurrence::step ? 1 : 2;
    require(x.rank() == rank && x.size() > 0,
            rank == 1 ? "a step needs samples of shape (features)"
                      : "needs samples of shape (time, features)",
            x);
    return x.back();
}
inline Shape recurrent_output(const Shape& x, std::size_t hidden, Recurrence recurrence) {
    require_positive("the number of hidden units", hidden);
    (void)features_of(x, recurrence);
    return recurrence == Recurrence::sequence ? Shape{x[0], hidden} : Shape{hidden};
}
inline void declare_gates(std::size_t gates, std::size_t inputs, std::size_t hidden,
                          Declaration& to) {
    const Initialiser glorot = Initialiser::glorot_uniform();
    to.weight("weight_input", {gates, hidden, inputs}, inputs, hidden, glorot);
    to.weight("weight_hidden", {gates, hidden, hidden}, hidden, hidden, glorot);
}
/// Runs a cell from zeros over the time axis of x (N, time, features).
/// \param step  step(state, x (N, features)) moves the state and returns the visible part (N, H)
template <class T, class State, class Step>
Value over_time(Tape<T>& tape, Value x, State state, Recurrence recurrence, const Step& step) {
    const Shape shape = tape.shape(x);
    Joiner outputs;
    Value h;
    for (std::size_t t = 0; t < shape[1]; ++t) {
        h = step(state, reshape(tape, slice(tape, x, 1, t, t + 1), {shape[0], shape[2]}));
        if (recurrence == Recurrence::last) continue;
        outputs.add(tape, reshape(tape, h, {shape[0], 1, tape.shape(h)[1]}), 1);
    }
    return recurrence == Recurrence::last ? h : outputs.joined(tape, 1);
}

} // namespace detail

/// Long short-term memory; gates in the order input, forget, candidate, output.
///
/// Parameters: weight_input (4, hidden, features), weight_hidden (4, hidden, hidden),
/// bias (4, 1, hidden). A step remembers h and c. \paper Hochreiter & Schmidhuber 1997; Gers 2000
struct Lstm {
    static constexpr std::string_view kName = "lstm";
    std::size_t hidden = 1;
    Recurrence recurrence = Recurrence::sequence;

    [[nodiscard]] Shape output(const Shape& x) const {
        return detail::recurrent_output(x, hidden, recurrence);
    }
    void declare(const Shape& x, Declaration& to) const {
        detail::declare_gates(4, x.back(), hidden, to);
        to.bias("bias", {4, 1, hidden}, x.back(), hidden);
    }
    [[nodiscard]] std::uint64_t macs(const Shape& x) const {
        return x.size() / x.back() * 4 * hidden * (x.back() + hidden);
    }
    [[nodiscard]] std::size_t memory() const {
        return recurrence == Recurrence::step ? 2 * hidden : 0;
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        const std::size_t units = a.parameters[1].at.columns;
        const auto step = [&](LstmState& state, Value input) {
            state =
                lstm_cell(tape, input, state, a.parameters[0], a.parameters[1], a.parameters[2]);
            return state.h;
        };
        LstmState state{tape.filled(T{0}, {tape.shape(x)[0], units}), {}};
        state.c = state.h;
        if (recurrence != Recurrence::step) {
            return detail::over_time(tape, x, state, recurrence, step);
        }
        if (a.memory) {
            state = {slice(tape, a.memory, 1, 0, units),
                     slice(tape, a.memory, 1, units, 2 * units)};
        }
        const Value h = step(state, x);
        if (a.new_memory != nullptr) *a.new_memory = concatenate(tape, {state.h, state.c}, 1);
        return h;
    }
    friend bool operator==(const Lstm&, const Lstm&) = default;
};

/// Gated recurrent unit; gates in the order reset, update, candidate.
///
/// Parameters: weight_input (3, hidden, features), weight_hidden (3, hidden, hidden),
/// bias_input (3, 1, hidden), bias_hidden (3, 1, hidden). A step remembers h.
/// \paper Cho et al. 2014, with the reset after the product as in cuDNN
struct Gru {
    static constexpr std::string_view kName = "gru";
    std::size_t hidden = 1;
    Recurrence recurrence = Recurrence::sequence;

    [[nodiscard]] Shape output(const Shape& x) const {
        return detail::recurrent_output(x, hidden, recurrence);
    }
    void declare(const Shape& x, Declaration& to) const {
        detail::declare_gates(3, x.back(), hidden, to);
        to.bias("bias_input", {3, 1, hidden}, x.back(), hidden);
        to.bias("bias_hidden", {3, 1, hidden}, hidden, hidden);
    }
    [[nodiscard]] std::uint64_t macs(const Shape& x) const {
        return x.size() / x.back() * 3 * hidden * (x.back() + hidden);
    }
    [[nodiscard]] std::size_t memory() const { return recurrence == Recurrence::step ? hidden : 0; }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        const auto step = [&](Value& h, Value input) {
            h = gru_cell(tape, input, h, a.parameters[0], a.parameters[1], a.parameters[2],
                         a.parameters[3]);
            return h;
        };
        const std::size_t units = a.parameters[1].at.columns;
        Value h = a.memory ? a.memory : tape.filled(T{0}, {tape.shape(x)[0], units});
        if (recurrence != Recurrence::step) {
            return detail::over_time(tape, x, h, recurrence, step);
        }
        (void)step(h, x);
        if (a.new_memory != nullptr) *a.new_memory = h;
        return h;
    }
    friend bool operator==(const Gru&, const Gru&) = default;
};

/// Multi-head attention of a sequence to itself: (time, width) to (time, width).
///
/// Parameters: projections (3, width, width) in the order query, key, value, output (width, width),
/// and with bias: bias (3, 1, width), output_bias (width). \paper Vaswani et al. 2017, section 3.2
struct Attention {
    static constexpr std::string_view kName = "attention";
    std::size_t heads = 1; ///< divides the width
    bool causal = false;   ///< nobody looks ahead
    bool bias = true;

    [[nodiscard]] Shape output(const Shape& x) const {
        (void)detail::features_of(x, Recurrence::sequence);
        detail::require(heads > 0 && x.back() % heads == 0,
                        std::to_string(heads) + " heads must divide the width", x);
        return x;
    }
    void declare(const Shape& x, Declaration& to) const {
        const std::size_t width = x.back();
        const Initialiser glorot = Initialiser::glorot_uniform();
        to.weight("projections", {3, width, width}, width, width, glorot);
        to.weight("output", {width, width}, width, width, glorot);
        if (!bias) return;
        to.bias("bias", {3, 1, width}, width, width);
        to.bias("output_bias", {width}, width, width);
    }
    [[nodiscard]] std::uint64_t macs(const Shape& x) const {
        return x[0] * x[1] * (4 * x[1] + 2 * x[0]);
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        const auto weights = AttentionWeights::of_planes(a.parameters[0], a.parameters[1],
                                                         detail::optional_view(a.parameters, 2),
                                                         detail::optional_view(a.parameters, 3));
        return multi_head_attention(tape, x, x, weights, {.heads = heads, .causal = causal});
    }
    friend bool operator==(const Attention&, const Attention&) = default;
};

} // namespace baldwin::nn

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What a layer is: a description that says which parameters and state it has and how it maps
/// values. It keeps none of them.
#pragma once

#include <baldwin/core/parameters.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/tape.hpp>
#include <baldwin/core/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace baldwin::nn {

/// How an evaluation treats norms and dropout.
enum class Mode {
    inference,   ///< norms use the statistics of the state; no dropout
    training,    ///< norms use the batch's statistics and move those of the state; dropout
    re_estimate, ///< as training without dropout; new statistics are the plain mean over batches
};

/// The part of a network's signature that is neither numbers learned nor numbers read.
struct Context {
    Mode mode = Mode::inference;
    Stream stream{0};       ///< what dropout draws from
    std::uint64_t step = 0; ///< of training; while re-estimating the number of batches seen before
};

/// What a layer is given beside x, in the order in which it declared it.
struct Arguments {
    std::span<const WeightView> parameters;
    std::span<const WeightView> state; ///< statistics as they are
    std::span<Value> new_state;        ///< where a norm puts new ones, shapes as declared
    Value memory;                      ///< (N, memory) of a recurrent step; none means zeros
    Value* new_memory = nullptr;       ///< where a recurrent step puts what it remembers
    Context context;
    std::uint64_t number = 0; ///< of the layer in its network; its random substream
};

/// Collects what a layer declares: named entries of θ and of the state.
class Declaration {
public:
    /// \param label    the layer's name, such as "3.conv"
    /// \param weights  how weights start, where the layer leaves it open
    Declaration(Layout& parameters, Layout& state, std::string label, const Initialiser& weights)
        : parameters_(parameters), state_(state), label_(std::move(label)), weights_(weights) {}

    /// Weights that start as the activation after the layer wants it.
    void weight(std::string_view name, const Shape& shape, std::size_t fan_in,
                std::size_t fan_out) {
        weight(name, shape, fan_in, fan_out, weights_);
    }
    void weight(std::string_view name, const Shape& shape, std::size_t fan_in, std::size_t fan_out,
                const Initialiser& initialiser) {
        add(parameters_, name, shape, ParameterKind::weight, fan_in, fan_out, initialiser);
    }
    /// Addends that start at 0.
    void bias(std::string_view name, const Shape& shape, std::size_t fan_in, std::size_t fan_out) {
        add(parameters_, name, shape, ParameterKind::bias, fan_in, fan_out,
            Initialiser::constant(0.0));
    }
    /// A factor per channel that starts at 1, such as γ of a norm.
    void scale(std::string_view name, std::size_t count) {
        add(parameters_, name, {count}, ParameterKind::scale, 1, 1, Initialiser::constant(1.0));
    }
    /// An addend per channel that starts at 0, such as β of a norm.
    void shift(std::string_view name, std::size_t count) {
        add(parameters_, name, {count}, ParameterKind::shift, 1, 1, Initialiser::constant(0.0));
    }
    void embedding(std::string_view name, std::size_t rows, std::size_t width) {
        add(parameters_, name, {rows, width}, ParameterKind::embedding, rows, width,
            Initialiser::normal(1.0));
    }
    void mean(std::string_view name, std::size_t count) {
        add(state_, name, {count}, ParameterKind::mean, 1, 1, Initialiser::constant(0.0));
    }
    void variance(std::string_view name, std::size_t count) {
        add(state_, name, {count}, ParameterKind::variance, 1, 1, Initialiser::constant(1.0));
    }

private:
    void add(Layout& layout, std::string_view name, const Shape& shape, ParameterKind kind,
             std::size_t fan_in, std::size_t fan_out, const Initialiser& initialiser) const {
        layout.add({.name = label_ + "." + std::string(name),
                    .shape = shape,
                    .kind = kind,
                    .fan_in = fan_in,
                    .fan_out = fan_out,
                    .layer = label_,
                    .initialiser = initialiser});
    }

    Layout& parameters_;
    Layout& state_;
    std::string label_;
    Initialiser weights_;
};

/// A layer. A model is an equality-comparable struct of attributes with
///
///     static constexpr std::string_view kName;                // its word in the text form
///     Shape output(const Shape& x) const;                     // extents of one sample
///     Value apply(Tape<T>& tape, Value x, const Arguments& arguments) const;
///
/// and, where it has any,
///
///     void declare(const Shape& x, Declaration& to) const;    // parameters and state
///     std::uint64_t macs(const Shape& x) const;               // multiply-accumulates a sample
///     std::size_t memory() const;                             // numbers a step remembers
///
/// output() throws std::invalid_argument for a sample that does not fit. apply() takes whole
/// batches and reads its widths from the views it is given, so that it also runs on narrowed ones.
template <class L>
concept LayerDescription = std::equality_comparable<L> &&
    requires(const L layer, const Shape& x, Tape<float>& tape, Value value, const Arguments& a) {
    { L::kName } -> std::convertible_to<std::string_view>;
    { layer.output(x) } -> std::same_as<Shape>;
    { layer.apply(tape, value, a) } -> std::same_as<Value>;
};

/// Declares a layer's parameters and state; nothing where it has none.
template <class L>
void declare(const L& layer, const Shape& x, Declaration& to) {
    if constexpr (requires { layer.declare(x, to); }) layer.declare(x, to);
}
/// Multiply-accumulates for one sample of extents \p x.
template <class L>
[[nodiscard]] std::uint64_t macs_of(const L& layer, const Shape& x) {
    if constexpr (requires { layer.macs(x); }) {
        return layer.macs(x);
    } else {
        return 0;
    }
}
/// Numbers that a layer remembers for each sample from one evaluation to the next.
template <class L>
[[nodiscard]] std::size_t memory_of(const L& layer) {
    if constexpr (requires { layer.memory(); }) {
        return layer.memory();
    } else {
        return 0;
    }
}

namespace detail {

/// \throws std::invalid_argument unless \p holds
inline void require(bool holds, std::string_view what, const Shape& got) {
    if (holds) return;
    throw std::invalid_argument(std::string(what) + ", got " + to_string(got));
}
inline void require_image(const Shape& x) {
    require(x.rank() == 3, "needs samples of shape (channels, height, width)", x);
}
/// \throws std::invalid_argument if an attribute that counts something is 0
inline void require_positive(std::string_view what, std::size_t value) {
    if (value > 0) return;
    throw std::invalid_argument(std::string(what) + " must be >= 1, got 0");
}
/// The view of a parameter that may have been left out.
inline WeightView optional_view(std::span<const WeightView> views, std::size_t index) {
    return index < views.size() ? views[index] : WeightView{};
}

} // namespace detail
} // namespace baldwin::nn

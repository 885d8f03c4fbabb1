// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Layers without parameters that act on single numbers or on the last axis.
#pragma once

#include <baldwin/core/nn/layer.hpp>
#include <baldwin/core/ops/dropout.hpp>
#include <baldwin/core/ops/elementwise.hpp>
#include <baldwin/core/ops/loss.hpp>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin::nn {

/// Functions of one number.
enum class Function {
    relu,
    leaky_relu,
    elu,
    softplus,
    tanh,
    sigmoid,
    gelu,
    silu,
    hard_swish,
    sign, ///< its gradient is that of the identity where |x| <= parameter
    exp,
    log,
    sqrt,
    square,
    abs,
    sin,
    cos,
};

/// A function's word in the text form, and the parameter it has unless told otherwise.
struct FunctionEntry {
    std::string_view name;
    Function function;
    bool is_rectifier = false; ///< about half of its inputs are cut off or flattened
    bool has_parameter = false;
    double parameter = 0.0;
};

/// All functions, in the order of the enumeration.
inline constexpr std::array<FunctionEntry, 17> kFunctions{{
    {"relu", Function::relu, true},
    {"leaky_relu", Function::leaky_relu, true, true, 0.01},
    {"elu", Function::elu, true, true, 1.0},
    {"softplus", Function::softplus, true},
    {"tanh", Function::tanh},
    {"sigmoid", Function::sigmoid},
    {"gelu", Function::gelu, true},
    {"silu", Function::silu, true},
    {"hard_swish", Function::hard_swish, true},
    {"sign", Function::sign, false, true, 1.0},
    {"exp", Function::exp},
    {"log", Function::log},
    {"sqrt", Function::sqrt},
    {"square", Function::square},
    {"abs", Function::abs},
    {"sin", Function::sin},
    {"cos", Function::cos},
}};

/// A function of one number, applied to every element.
struct Activation {
    static constexpr std::string_view kName = "activation";
    Function function = Function::relu;
    double parameter = 0.0; ///< slope, alpha or reach; 0 and unused for the others

    Activation() = default;
    /// With the function's usual parameter.
    Activation(Function of) : function(of), parameter(entry().parameter) {}
    Activation(Function of, double with) : function(of), parameter(with) {}

    [[nodiscard]] constexpr const FunctionEntry& entry() const {
        return kFunctions[static_cast<std::size_t>(function)];
    }

    [[nodiscard]] Shape output(const Shape& x) const { return x; }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& /*a*/) const {
        switch (function) {
        case Function::relu: return relu(tape, x);
        case Function::leaky_relu: return leaky_relu(tape, x, parameter);
        case Function::elu: return elu(tape, x, parameter);
        case Function::softplus: return softplus(tape, x);
        case Function::tanh: return tanh(tape, x);
        case Function::sigmoid: return sigmoid(tape, x);
        case Function::gelu: return gelu(tape, x);
        case Function::silu: return silu(tape, x);
        case Function::hard_swish: return hard_swish(tape, x);
        case Function::sign: return straight_through_sign(tape, x, parameter);
        default: return apply_plain(tape, x);
        }
    }
    friend bool operator==(const Activation&, const Activation&) = default;

private:
    template <class T>
    Value apply_plain(Tape<T>& tape, Value x) const {
        switch (function) {
        case Function::exp: return exp(tape, x);
        case Function::log: return log(tape, x);
        case Function::sqrt: return sqrt(tape, x);
        case Function::square: return square(tape, x);
        case Function::abs: return abs(tape, x);
        case Function::sin: return sin(tape, x);
        default: return cos(tape, x);
        }
    }
};

/// exp(x / temperature) / sum over the last axis.
struct Softmax {
    static constexpr std::string_view kName = "softmax";
    double temperature = 1.0; ///< > 0

    [[nodiscard]] Shape output(const Shape& x) const {
        if (!(temperature > 0.0)) throw std::invalid_argument("the temperature must be > 0");
        detail::require(x.rank() >= 1, "needs samples with at least one axis", x);
        return x;
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& /*a*/) const {
        return softmax(tape, x, temperature);
    }
    friend bool operator==(const Softmax&, const Softmax&) = default;
};

/// Sets elements to 0 with a probability and scales the others up, in training only.
///
/// Which ones follows from the context's stream and step and the layer's place in the network.
struct Dropout {
    static constexpr std::string_view kName = "dropout";
    double probability = 0.5; ///< of dropping, [0, 1)

    [[nodiscard]] Shape output(const Shape& x) const {
        if (probability >= 0.0 && probability < 1.0) return x;
        throw std::invalid_argument("the probability must lie in [0, 1), got " +
                                    std::to_string(probability));
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        if (a.context.mode != Mode::training || probability == 0.0) return x;
        return dropout(tape, x, probability, a.context.stream.substream(a.number), a.context.step);
    }
    friend bool operator==(const Dropout&, const Dropout&) = default;
};

} // namespace baldwin::nn

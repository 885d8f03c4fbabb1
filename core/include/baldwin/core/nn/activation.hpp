// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Layers without parameters that act on single numbers or on the last axis.
#pragma once

#include <baldwin/core/nn/layer.hpp>
#include <baldwin/core/ops/elementwise.hpp>
#include <baldwin/core/ops/loss.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace baldwin::nn {

/// A function of one number, applied to every element.
struct Activation : detail::PlainLayer {
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
        sign, ///< straight-through: its gradient is that of the identity where |x| <= parameter
        exp,
        log,
        sqrt,
        square,
        abs,
        sin,
        cos,
    };
    /// A function's word in the text form, and the parameter it has unless told otherwise.
    struct Entry {
        std::string_view name;
        Function function;
        bool has_parameter = false;
        double parameter = 0.0;
        bool is_rectifier = false; ///< about half of its inputs are cut off or flattened
    };
    static constexpr std::array<Entry, 17> kTable{{
        {"relu", Function::relu, false, 0.0, true},
        {"leaky_relu", Function::leaky_relu, true, 0.01, true},
        {"elu", Function::elu, true, 1.0, true},
        {"softplus", Function::softplus, false, 0.0, true},
        {"tanh", Function::tanh},
        {"sigmoid", Function::sigmoid},
        {"gelu", Function::gelu, false, 0.0, true},
        {"silu", Function::silu, false, 0.0, true},
        {"hard_swish", Function::hard_swish, false, 0.0, true},
        {"sign", Function::sign, true, 1.0},
        {"exp", Function::exp},
        {"log", Function::log},
        {"sqrt", Function::sqrt},
        {"square", Function::square},
        {"abs", Function::abs},
        {"sin", Function::sin},
        {"cos", Function::cos},
    }};
    static constexpr std::string_view kName = "activation";

    Function function = Function::relu;
    double parameter = entry().parameter; ///< slope, alpha or reach; unused by the others

    /// A function with its usual parameter.
    static Activation of(Function function) {
        return {{}, function, kTable[static_cast<std::size_t>(function)].parameter};
    }
    [[nodiscard]] constexpr const Entry& entry() const {
        return kTable[static_cast<std::size_t>(function)];
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
struct Softmax : detail::PlainLayer {
    static constexpr std::string_view kName = "softmax";
    double temperature = 1.0; ///< > 0

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require(x.rank() >= 1, "needs samples with at least one axis", x);
        return x;
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& /*a*/) const {
        return softmax(tape, x, temperature);
    }
    friend bool operator==(const Softmax&, const Softmax&) = default;
};

} // namespace baldwin::nn

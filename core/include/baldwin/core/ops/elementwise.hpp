// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Activations and other functions of one number, applied to every element.
#pragma once

#include <baldwin/core/math.hpp>
#include <baldwin/core/ops/detail/unary.hpp>
#include <baldwin/core/tape.hpp>

#include <limits>
#include <stdexcept>
#include <string_view>

namespace baldwin {
namespace ops {

// ---- activations. At a kink the derivative is that of the side written first.

/// max(x, 0); derivative 0 at 0.
struct ReluFunction {
    static constexpr std::string_view kName = "relu";
    template <AnyPack P>
    P value(P x) const {
        return max(P{}, x);
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        return select(x > P{}, P{} + 1, P{});
    }
};
using Relu = Unary<ReluFunction>;

/// x for x > 0, else slope * x.
struct LeakyReluFunction {
    static constexpr std::string_view kName = "leaky_relu";
    double slope = 0.01;
    template <AnyPack P>
    P value(P x) const {
        return select(x > P{}, x, x * static_cast<ScalarOf<P>>(slope));
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        return select(x > P{}, P{} + 1, P{} + static_cast<ScalarOf<P>>(slope));
    }
};
using LeakyRelu = Unary<LeakyReluFunction>;

/// x for x > 0, else alpha * (exp(x) - 1). \paper Clevert et al. 2016, eq. 15
struct EluFunction {
    static constexpr std::string_view kName = "elu";
    double alpha = 1.0;
    template <AnyPack P>
    P value(P x) const {
        return select(x > P{}, x, (exp(min(P{}, x)) - 1) * static_cast<ScalarOf<P>>(alpha));
    }
    template <AnyPack P>
    P derivative(P x, P y) const {
        return select(x > P{}, P{} + 1, y + static_cast<ScalarOf<P>>(alpha));
    }
};
using Elu = Unary<EluFunction>;

/// ln(1 + exp(x)).
struct SoftplusFunction {
    static constexpr std::string_view kName = "softplus";
    template <AnyPack P>
    P value(P x) const {
        return softplus(x);
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        return sigmoid(x);
    }
};
using Softplus = Unary<SoftplusFunction>;

struct TanhFunction {
    static constexpr std::string_view kName = "tanh";
    template <AnyPack P>
    P value(P x) const {
        return tanh(x);
    }
    template <AnyPack P>
    P derivative(P /*x*/, P y) const {
        return 1 - y * y;
    }
};
using Tanh = Unary<TanhFunction>;

/// 1 / (1 + exp(-x)).
struct SigmoidFunction {
    static constexpr std::string_view kName = "sigmoid";
    template <AnyPack P>
    P value(P x) const {
        return sigmoid(x);
    }
    template <AnyPack P>
    P derivative(P /*x*/, P y) const {
        return y * (1 - y);
    }
};
using Sigmoid = Unary<SigmoidFunction>;

/// x times the standard normal distribution function of x, exactly (no tanh approximation).
/// \paper Hendrycks & Gimpel 2016, section 2
struct GeluFunction {
    static constexpr std::string_view kName = "gelu";
    template <AnyPack P>
    static P distribution(P x) {
        using T = ScalarOf<P>;
        return (1 + erf(x * static_cast<T>(0.70710678118654752))) * static_cast<T>(0.5);
    }
    template <AnyPack P>
    P value(P x) const {
        return x * distribution(x);
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        using T = ScalarOf<P>;
        const P density = exp(x * x * static_cast<T>(-0.5)) * static_cast<T>(0.39894228040143268);
        return fma(x, density, distribution(x));
    }
};
using Gelu = Unary<GeluFunction>;

/// x * sigmoid(x), also called swish.
struct SiluFunction {
    static constexpr std::string_view kName = "silu";
    template <AnyPack P>
    P value(P x) const {
        return x * sigmoid(x);
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        const P s = sigmoid(x);
        return s * fma(x, 1 - s, P{} + 1);
    }
};
using Silu = Unary<SiluFunction>;

/// x * clamp(x + 3, 0, 6) / 6. \paper Howard et al. 2019, section 5.2
struct HardSwishFunction {
    static constexpr std::string_view kName = "hard_swish";
    template <AnyPack P>
    P value(P x) const {
        return x * max(P{}, min(P{} + 6, x + 3)) / 6;
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        const P inside = select(x >= P{} + 3, P{} + 1, (x + x + 3) / 6);
        return select(x <= P{} - 3, P{}, inside);
    }
};
using HardSwish = Unary<HardSwishFunction>;

// ---- plain functions

struct ExpFunction {
    static constexpr std::string_view kName = "exp";
    template <AnyPack P>
    P value(P x) const {
        return exp(x);
    }
    template <AnyPack P>
    P derivative(P /*x*/, P y) const {
        return y;
    }
};
using Exp = Unary<ExpFunction>;

/// Natural logarithm; not finite for x <= 0.
struct LogFunction {
    static constexpr std::string_view kName = "log";
    template <AnyPack P>
    P value(P x) const {
        return log(x);
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        return 1 / x;
    }
};
using Log = Unary<LogFunction>;

struct SqrtFunction {
    static constexpr std::string_view kName = "sqrt";
    template <AnyPack P>
    P value(P x) const {
        return sqrt(x);
    }
    template <AnyPack P>
    P derivative(P /*x*/, P y) const {
        return static_cast<ScalarOf<P>>(0.5) / y;
    }
};
using Sqrt = Unary<SqrtFunction>;

struct SquareFunction {
    static constexpr std::string_view kName = "square";
    template <AnyPack P>
    P value(P x) const {
        return x * x;
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        return x + x;
    }
};
using Square = Unary<SquareFunction>;

/// Absolute value; derivative 0 at 0.
struct AbsFunction {
    static constexpr std::string_view kName = "abs";
    template <AnyPack P>
    P value(P x) const {
        return abs(x);
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        return select(x > P{}, P{} + 1, select(x < P{}, P{} - 1, P{}));
    }
};
using Abs = Unary<AbsFunction>;

struct SinFunction {
    static constexpr std::string_view kName = "sin";
    template <AnyPack P>
    P value(P x) const {
        return sin(x);
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        return cos(x);
    }
};
using Sin = Unary<SinFunction>;

struct CosFunction {
    static constexpr std::string_view kName = "cos";
    template <AnyPack P>
    P value(P x) const {
        return cos(x);
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        return -sin(x);
    }
};
using Cos = Unary<CosFunction>;

/// x held within [low, high]; derivative 1 inside and at the bounds.
struct ClampFunction {
    static constexpr std::string_view kName = "clamp";
    double low = 0.0;
    double high = 1.0;
    template <AnyPack P>
    P value(P x) const {
        using T = ScalarOf<P>;
        return max(P{} + static_cast<T>(low), min(P{} + static_cast<T>(high), x));
    }
    template <AnyPack P>
    P derivative(P x, P y) const {
        return select(x == y, P{} + 1, P{});
    }
};
using Clamp = Unary<ClampFunction>;

/// factor * x + shift.
struct AffineFunction {
    static constexpr std::string_view kName = "affine";
    double factor = 1.0;
    double shift = 0.0;
    template <AnyPack P>
    P value(P x) const {
        using T = ScalarOf<P>;
        return fma(x, P{} + static_cast<T>(factor), P{} + static_cast<T>(shift));
    }
    template <AnyPack P>
    P derivative(P /*x*/, P /*y*/) const {
        return P{} + static_cast<ScalarOf<P>>(factor);
    }
};
using Affine = Unary<AffineFunction>;

/// +1 for x >= 0, else -1; backwards as if it were the identity where |x| <= reach.
/// \paper Hubara et al. 2016, eq. 4 (reach 1)
struct StraightThroughSignFunction {
    static constexpr std::string_view kName = "straight_through_sign";
    double reach = 1.0;
    template <AnyPack P>
    P value(P x) const {
        return select(x >= P{}, P{} + 1, select(x < P{}, P{} - 1, x)); // NaN stays NaN
    }
    template <AnyPack P>
    P derivative(P x, P /*y*/) const {
        return select(abs(x) <= P{} + static_cast<ScalarOf<P>>(reach), P{} + 1, P{});
    }
};
using StraightThroughSign = Unary<StraightThroughSignFunction>;

} // namespace ops

// Functions on the tape: result of the shape of x.

template <class T>
Value relu(Tape<T>& tape, Value x) {
    return tape.apply(ops::Relu{}, {x});
}
/// \param slope  factor for negative x
template <class T>
Value leaky_relu(Tape<T>& tape, Value x, double slope = 0.01) {
    return tape.apply(ops::LeakyRelu{{.slope = slope}}, {x});
}
/// \param alpha  minus the limit for x towards -infinity
template <class T>
Value elu(Tape<T>& tape, Value x, double alpha = 1.0) {
    return tape.apply(ops::Elu{{.alpha = alpha}}, {x});
}
template <class T>
Value softplus(Tape<T>& tape, Value x) {
    return tape.apply(ops::Softplus{}, {x});
}
template <class T>
Value tanh(Tape<T>& tape, Value x) {
    return tape.apply(ops::Tanh{}, {x});
}
template <class T>
Value sigmoid(Tape<T>& tape, Value x) {
    return tape.apply(ops::Sigmoid{}, {x});
}
template <class T>
Value gelu(Tape<T>& tape, Value x) {
    return tape.apply(ops::Gelu{}, {x});
}
template <class T>
Value silu(Tape<T>& tape, Value x) {
    return tape.apply(ops::Silu{}, {x});
}
template <class T>
Value hard_swish(Tape<T>& tape, Value x) {
    return tape.apply(ops::HardSwish{}, {x});
}
template <class T>
Value exp(Tape<T>& tape, Value x) {
    return tape.apply(ops::Exp{}, {x});
}
template <class T>
Value log(Tape<T>& tape, Value x) {
    return tape.apply(ops::Log{}, {x});
}
template <class T>
Value sqrt(Tape<T>& tape, Value x) {
    return tape.apply(ops::Sqrt{}, {x});
}
template <class T>
Value square(Tape<T>& tape, Value x) {
    return tape.apply(ops::Square{}, {x});
}
template <class T>
Value abs(Tape<T>& tape, Value x) {
    return tape.apply(ops::Abs{}, {x});
}
template <class T>
Value sin(Tape<T>& tape, Value x) {
    return tape.apply(ops::Sin{}, {x});
}
template <class T>
Value cos(Tape<T>& tape, Value x) {
    return tape.apply(ops::Cos{}, {x});
}
/// \throws std::invalid_argument if low > high
template <class T>
Value clamp(Tape<T>& tape, Value x, double low, double high) {
    if (!(low <= high)) throw std::invalid_argument("clamp: low must not exceed high");
    return tape.apply(ops::Clamp{{.low = low, .high = high}}, {x});
}
/// factor * x + shift.
template <class T>
Value affine(Tape<T>& tape, Value x, double factor, double shift = 0.0) {
    return tape.apply(ops::Affine{{.factor = factor, .shift = shift}}, {x});
}
/// The sign of x, differentiated as the identity where |x| <= reach.
template <class T>
Value straight_through_sign(Tape<T>& tape, Value x, double reach = 1.0) {
    return tape.apply(ops::StraightThroughSign{{.reach = reach}}, {x});
}

} // namespace baldwin

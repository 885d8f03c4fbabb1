// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Elementary functions on packs, with polynomials of our own and no call of libm.
///
/// The same bits for an argument wherever it stands: in a pack, in a tail, as a scalar, on every
/// CPU that runs the binary (class B). NaN gives NaN. The stated errors (float, double) are bounds
/// on the largest that were found against long double over millions of arguments from the whole
/// range, in units of the last place, with and without FMA; tests/core/math_test.cpp holds them.
#pragma once

#include <baldwin/core/detail/math_constants.hpp>
#include <baldwin/core/detail/math_reduction.hpp>
#include <baldwin/core/simd.hpp>

#include <array>
#include <cstddef>
#include <limits>

namespace baldwin {

namespace detail {

// c[0] + c[1] x + c[2] x^2 ..., by Horner's rule.
template <AnyPack P, std::size_t N>
[[gnu::always_inline]] inline P polynomial(P x, const std::array<ScalarOf<P>, N>& c) {
    P sum = broadcast(c[N - 1]);
    for (std::size_t i = N - 1; i-- > 0;) sum = fma(sum, x, c[i]);
    return sum;
}

// 2^n for integers n between the exponents of normal numbers, both included.
template <class T>
[[gnu::always_inline]] inline Pack<T> power_of_two(NaturalPack<T> n) {
    using C = MathConstants<T>;
    return from_bits<T>((n + typename C::Unsigned(C::kExponentBias)) << C::kMantissaBits);
}

// x = n ln 2 + r with |r| <= ln(2) / 2, and e^r - 1 - r = r^2 * tail.
template <AnyPack P>
struct ExpParts {
    NaturalPack<ScalarOf<P>> n; // two's complement
    P r;
    P tail;
};

template <AnyPack P>
[[gnu::always_inline]] inline ExpParts<P> exp_parts(P x) {
    using T = ScalarOf<P>;
    using C = MathConstants<T>;
    const P shifted = fma(x, broadcast(C::kLog2e), C::kRoundMagic);
    const P n = shifted - C::kRoundMagic;
    const P r = fma(n, broadcast(-C::kLn2Low), fma(n, broadcast(-C::kLn2High), x));
    return {as_bits(shifted) - as_bits(broadcast(C::kRoundMagic)), r, polynomial(r, C::kExpTail)};
}

// e^x - 1 where nothing underflows: for x >= kExpm1Least.
template <AnyPack P>
[[gnu::always_inline]] inline P expm1_direct(P x) {
    using T = ScalarOf<P>;
    const auto [n, r, tail] = exp_parts(x);
    const P half = power_of_two<T>(n - typename MathConstants<T>::Unsigned(1)); // 2^n may overflow
    return fma(half, fma(r * r, tail, r), half - T(0.5)) * T(2);
}

// ln(u) + correction for u in (0, infinity): u = 2^k (1 + f), s = f / (2 + f),
// ln(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), arranged as in Sun's fdlibm.
template <AnyPack P>
[[gnu::always_inline]] inline P log_direct(P u, P correction) {
    using T = ScalarOf<P>;
    using C = MathConstants<T>;
    const auto is_subnormal = u < std::numeric_limits<T>::min();
    u = select(is_subnormal, u * C::kNormalScale, u);
    constexpr T kInteger = T(typename C::Unsigned(1) << C::kMantissaBits);
    constexpr T kRootHalf = T(0.70710678118654752440);
    const auto one = as_bits(broadcast(T(1)));
    const auto biased = (as_bits(u) - as_bits(broadcast(kRootHalf)) + one) >> C::kMantissaBits;
    const auto exponent_bits = (biased << C::kMantissaBits) - one;
    const P f = from_bits<T>(as_bits(u) - exponent_bits) - T(1);
    P k = from_bits<T>(biased | as_bits(broadcast(kInteger))) - (kInteger + T(C::kExponentBias));
    k = select(is_subnormal, k - C::kNormalShift, k);
    const P s = f / (f + T(2));
    const P z = s * s;
    const P half_f = f * T(0.5);
    const P inner = fma(half_f, f, z * polynomial(z, C::kLogTail));
    const P small = fma(s, inner, fma(k, broadcast(C::kLn2Low), correction));
    return fma(k, broadcast(C::kLn2High), f - fma(half_f, f, -small));
}

// What ln gives outside (0, infinity).
template <AnyPack P>
[[gnu::always_inline]] inline P log_limits(P x, P value) {
    using T = ScalarOf<P>;
    using Limits = std::numeric_limits<T>;
    const P zero = {};
    value = select(x > zero, value, broadcast(Limits::quiet_NaN()));
    value = select(x == zero, broadcast(-Limits::infinity()), value);
    return select(x == broadcast(Limits::infinity()), x, value);
}

// Sine of the angle advanced by `shift` quadrants.
template <class T>
[[gnu::always_inline]] inline Pack<T> sine(const Angle<T>& angle, T shift) {
    using C = MathConstants<T>;
    using P = Pack<T>;
    const auto [r, low, n] = angle;
    const P t = r * r;
    const P sine = r + fma(r * t, polynomial(t, C::kSinTail), low);
    const P half = t * T(0.5); // exact
    const P main = T(1) - half;
    const P cosine_tail = fma(t * t, polynomial(t, C::kCosTail), -(r * low));
    const P cosine = main + (((T(1) - main) - half) + cosine_tail);
    // the last bits of an integer below 2^22 behind the rounding constant
    const auto quadrant = as_bits(n + (C::kRoundMagic + shift));
    const auto zero = NaturalPack<T>{};
    const P value = (quadrant & 1) == zero ? sine : cosine;
    return (quadrant & 2) == zero ? value : -value;
}

} // namespace detail

/// e^x; 0 below the smallest subnormal number, infinity above the largest number.
/// Error at most 1.2, 1.2 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P exp(P x) {
    using T = ScalarOf<P>;
    using C = detail::MathConstants<T>;
    using U = typename C::Unsigned;
    x = min(broadcast(C::kExpMost), max(broadcast(C::kExpLeast), x));
    const auto [n, r, tail] = detail::exp_parts(x);
    // 2^n in two factors, the first half as large, so that both are normal numbers
    const auto half = ((n + U(4096)) >> 1) - U(2048);
    const P value = fma(r, fma(r, tail, T(1)), T(1));
    return value * detail::power_of_two<T>(half) * detail::power_of_two<T>(n - half);
}

/// e^x - 1, accurate near 0.
/// Error at most 1.5, 2.0 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P expm1(P x) {
    using T = ScalarOf<P>;
    using C = detail::MathConstants<T>;
    const P inside = min(broadcast(C::kExpMost), max(broadcast(C::kExpm1Least), x));
    // below 2^-60 the answer is x, -0 and subnormal numbers included
    return select(abs(x) < broadcast(T(0x1p-60)), x, detail::expm1_direct(inside));
}

/// Natural logarithm; -infinity at 0, NaN below.
/// Error at most 0.9, 0.8 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P log(P x) {
    return detail::log_limits(x, detail::log_direct(x, P{}));
}

/// ln(1 + x), accurate near 0; -infinity at -1, NaN below.
/// Error at most 0.9, 0.8 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P log1p(P x) {
    using T = ScalarOf<P>;
    const P u = x + T(1);
    const P lost = select(x < broadcast(T(1)), x - (u - T(1)), T(1) - (u - x));
    const P value = detail::log_limits(u, detail::log_direct(u, lost / u));
    return select(abs(x) < broadcast(T(0x1p-60)), x, value);
}

/// Hyperbolic tangent.
/// Error at most 2.4, 2.6 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P tanh(P x) {
    using T = ScalarOf<P>;
    const P magnitude = min(broadcast(detail::MathConstants<T>::kTanhMost), abs(x));
    const P t = detail::expm1_direct(magnitude + magnitude); // tanh a = t / (t + 2), t = e^2a - 1
    return with_sign_of(t / (t + T(2)), x);
}

/// 1 / (1 + e^-x), accurate in relative terms on both sides.
/// Error at most 2.4, 2.3 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P sigmoid(P x) {
    using T = ScalarOf<P>;
    const P e = exp(-abs(x));
    return select(x < P{}, e, broadcast(T(1))) / (e + T(1));
}

/// ln(1 + e^x), without overflow.
/// Error at most 1.7, 1.8 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P softplus(P x) {
    return max(P{}, x) + log1p(exp(-abs(x)));
}

/// Sine of an angle in radians, of any size; NaN for infinities.
/// \cost angles beyond 1e6 take a slower way, about 30 ns a lane
/// Error at most 1.5, 1.2 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P sin(P x) {
    using T = ScalarOf<P>;
    const P value = detail::sine<T>(detail::reduce_angle(x), T(0));
    return select(x == P{}, x, value);
}

/// Cosine of an angle in radians, of any size; NaN for infinities.
/// Error at most 1.5, 1.2 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P cos(P x) {
    using T = ScalarOf<P>;
    return detail::sine<T>(detail::reduce_angle(x), T(1));
}

/// The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
/// Error at most 1.3, 1.5 ulp.
template <AnyPack P>
[[nodiscard, gnu::always_inline]] inline P erf(P x) {
    using T = ScalarOf<P>;
    using C = detail::MathConstants<T>;
    const P a = min(broadcast(C::kErfMost), abs(x));
    const P square = a * a;
    const P near = fma(a, detail::polynomial(square, C::kErfTail), a);
    const P scaled = detail::polynomial((a - T(2)) / (a + T(2)), C::kErfcx); // e^(a^2) erfc(a)
    const P far = fma(scaled, -exp(-square), T(1));
    return with_sign_of(select(a < broadcast(T(1)), near, far), x);
}

/// e^x
template <PackScalar T>
[[nodiscard]] inline T exp(T x) {
    return exp(broadcast(x))[0];
}
/// e^x - 1
template <PackScalar T>
[[nodiscard]] inline T expm1(T x) {
    return expm1(broadcast(x))[0];
}
/// Natural logarithm.
template <PackScalar T>
[[nodiscard]] inline T log(T x) {
    return log(broadcast(x))[0];
}
/// ln(1 + x)
template <PackScalar T>
[[nodiscard]] inline T log1p(T x) {
    return log1p(broadcast(x))[0];
}
/// Hyperbolic tangent.
template <PackScalar T>
[[nodiscard]] inline T tanh(T x) {
    return tanh(broadcast(x))[0];
}
/// 1 / (1 + e^-x)
template <PackScalar T>
[[nodiscard]] inline T sigmoid(T x) {
    return sigmoid(broadcast(x))[0];
}
/// ln(1 + e^x)
template <PackScalar T>
[[nodiscard]] inline T softplus(T x) {
    return softplus(broadcast(x))[0];
}
/// Sine of an angle in radians.
template <PackScalar T>
[[nodiscard]] inline T sin(T x) {
    return sin(broadcast(x))[0];
}
/// Cosine of an angle in radians.
template <PackScalar T>
[[nodiscard]] inline T cos(T x) {
    return cos(broadcast(x))[0];
}
/// The error function.
template <PackScalar T>
[[nodiscard]] inline T erf(T x) {
    return erf(broadcast(x))[0];
}
/// Square root, correctly rounded.
template <PackScalar T>
[[nodiscard]] inline T sqrt(T x) {
    return sqrt(broadcast(x))[0];
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// exp, log and pow with the same bits on every machine and under all flags short of -ffast-math:
/// codes depend on them. Each sum of a product is an explicit fma, nothing is left to contract.
/// Errors are a few units of the last place.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace baldwin::sdr::detail {

// 1 / k! for k = 0 ... 13; the rest of the series is below 2^-56 for |r| <= ln(2) / 2
inline constexpr std::array<double, 14> kInverseFactorials = {
    1.0,
    1.0,
    1.0 / 2,
    1.0 / 6,
    1.0 / 24,
    1.0 / 120,
    1.0 / 720,
    1.0 / 5040,
    1.0 / 40320,
    1.0 / 362880,
    1.0 / 3628800,
    1.0 / 39916800,
    1.0 / 479001600,
    1.0 / 6227020800,
};
inline constexpr double kLn2High = 0x1.62e42fefa39efp-1;
inline constexpr double kLn2Low = 0x1.abc9e3b39803fp-56;
inline constexpr double kLog2e = 0x1.71547652b82fep+0;

// A value that the compiler has to round here: it cannot become part of an fma.
inline double rounded(double x) {
#if defined(__x86_64__)
    asm("" : "+x"(x));
#elif defined(__aarch64__)
    asm("" : "+w"(x));
#else
    volatile double stored = x;
    x = stored;
#endif
    return x;
}

// e^x for |x| <= 700; beyond, the value there.
inline double exact_exp(double x) {
    constexpr double kRound = 0x1.8p52; // the last bits of a sum with it are the nearest integer
    x = x > 700 ? 700 : x;
    x = x < -700 ? -700 : x;
    const double shifted = std::fma(x, kLog2e, kRound);
    const double n = shifted - kRound;
    const double r = std::fma(-n, kLn2Low, std::fma(-n, kLn2High, x));
    // Horner's rule written out, so that a loop over arguments becomes one of vectors
    const double sum = [r]<std::size_t... I>(std::index_sequence<I...>) {
        double value = kInverseFactorials[sizeof...(I)];
        ((value = std::fma(value, r, kInverseFactorials[sizeof...(I) - 1 - I])), ...);
        return value;
    }
    (std::make_index_sequence<kInverseFactorials.size() - 1>());
    const std::uint64_t exponent = std::bit_cast<std::uint64_t>(shifted) + 1023;
    return sum * std::bit_cast<double>(exponent << 52); // exact
}

// ln x for normal x > 0: x = 2^e m, m in [sqrt(1/2), sqrt(2)), ln m = 2 atanh((m - 1) / (m + 1)).
inline double exact_log(double x) {
    int e = 0;
    double m = std::frexp(x, &e);
    if (m < 0x1.6a09e667f3bcdp-1) {
        m *= 2;
        --e;
    }
    const double s = (m - 1) / (m + 1);
    const double square = rounded(s * s);
    double sum = 0;
    for (int k = 23; k >= 3; k -= 2) sum = std::fma(sum, square, 1.0 / k);
    const double twice = rounded(2 * s);
    const double tail = rounded(square * sum);
    return std::fma(static_cast<double>(e), kLn2High, std::fma(twice, tail, twice));
}

// x^y for x >= 0 and y > 0; products alone where y is a small whole number.
inline double exact_pow(double x, double y) {
    if (x <= 0) return 0;
    if (x == 1 || y == 1) return x;
    if (y == std::floor(y) && y <= 16) {
        double power = x;
        for (int i = 1; i < static_cast<int>(y); ++i) power *= x;
        return power;
    }
    return exact_exp(rounded(y * exact_log(x)));
}

} // namespace baldwin::sdr::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Angles taken modulo pi / 2, for sine and cosine of any finite number.
#pragma once

#include <baldwin/core/detail/math_constants.hpp>
#include <baldwin/core/simd.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace baldwin::detail {

// x = quadrant * pi / 2 + (high + low), |high| <= pi / 4 and a little.
template <class T>
struct Angle {
    Pack<T> high;
    Pack<T> low;
    Pack<T> quadrant; // an integer of any size below 2^22
};

struct ScalarAngle {
    double high;
    double low;
    double quadrant; // 0, 1, 2, 3 or 4
};

inline constexpr double kDirectAngle = 1.0e6; // up to here the quadrant is below 2^20

// 64 bits of 2 / pi from bit `first` on, counted from 1 behind the binary point; 0 before it.
inline std::uint64_t two_over_pi_bits(int first) {
    const int bit = first - 1 + 64; // counted from one word before the table
    const auto word = [](int i) {
        return i < 1 ? std::uint64_t{0} : kTwoOverPi.at(static_cast<std::size_t>(i - 1));
    };
    const int offset = bit % 64;
    const std::uint64_t upper = word(bit / 64) << offset;
    return offset == 0 ? upper : upper | (word(bit / 64 + 1) >> (64 - offset));
}

// (a * b + carry) of 64 bits each; the high half becomes the new carry.
inline std::uint64_t multiply_add(std::uint64_t a, std::uint64_t b, std::uint64_t& carry) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b + carry;
    carry = static_cast<std::uint64_t>(product >> 64);
    return static_cast<std::uint64_t>(product);
}

// The two's complement number (high, middle, low) * 2^-190 in (-1/2, 1/2], times pi / 2.
inline ScalarAngle scale_fraction(std::array<std::uint64_t, 3> words, double quadrant) {
    const bool is_negative = (words[0] >> 61) & 1U; // fraction >= 1/2: count from the next quadrant
    words[0] &= (std::uint64_t{1} << 62) - 1;
    double sign = 1;
    if (is_negative) {
        sign = -1;
        quadrant += 1;
        words = {((std::uint64_t{1} << 62) - 1) - words[0], ~words[1], ~words[2]};
    }
    // each word rounded to a double; together they hold more than 100 bits below any leading zeros
    const double top = std::ldexp(static_cast<double>(words[0] >> 10), 10 - 62);
    const double rest =
        std::ldexp(static_cast<double>(((words[0] & 1023U) << 43) | (words[1] >> 21)), -105);
    const double last =
        std::ldexp(static_cast<double>(((words[1] & 0x1fffffU) << 32) | (words[2] >> 32)), -158);
    const double high = top + rest;
    const double low = ((top - high) + rest) + last;
    const double sum = high + low;
    const double error = (high - sum) + low;
    const double angle = sum * kHalfPiHigh;
    const double correction =
        std::fma(sum, kHalfPiHigh, -angle) + (sum * kHalfPiLow + error * kHalfPiHigh);
    return {sign * angle, sign * correction, quadrant};
}

// Payne and Hanek's reduction: only the bits of 2 / pi that matter modulo 4 are multiplied.
inline ScalarAngle reduce_any(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const int exponent = static_cast<int>((bits >> 52) & 0x7ffU) - 1075;
    if (exponent == 0x7ff - 1075) {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        return {nan, nan, 0};
    }
    const std::uint64_t mantissa =
        (bits & ((std::uint64_t{1} << 52) - 1)) | (std::uint64_t{1} << 52);
    // |x| = mantissa * 2^exponent; bits of 2 / pi above 2^(2 - exponent) give multiples of 4
    const int first = exponent - 1;
    std::array<std::uint64_t, 3> words{};
    std::uint64_t carry = 0;
    words[2] = multiply_add(mantissa, two_over_pi_bits(first + 128), carry);
    words[1] = multiply_add(mantissa, two_over_pi_bits(first + 64), carry);
    words[0] = multiply_add(mantissa, two_over_pi_bits(first), carry);
    const ScalarAngle angle = scale_fraction(words, static_cast<double>(words[0] >> 62));
    return x < 0 ? ScalarAngle{-angle.high, -angle.low, 4 - angle.quadrant} : angle;
}

// Replaces the lanes that the direct reduction cannot serve.
template <class T>
[[gnu::noinline]] void reduce_large(const T* x, T* high, T* low, T* quadrant) {
    for (std::size_t i = 0; i < kLanes<T>; ++i) {
        if (std::abs(x[i]) <= T(kDirectAngle)) continue;
        const ScalarAngle angle = reduce_any(static_cast<double>(x[i]));
        high[i] = static_cast<T>(angle.high);
        low[i] = static_cast<T>(angle.low);
        quadrant[i] = static_cast<T>(angle.quadrant);
    }
}

// Cody and Waite's reduction in three parts; products with the first two are exact, so it does
// not matter whether the compiler fuses them.
[[gnu::always_inline]] inline Angle<double> reduce_direct(Pack<double> x) {
    const double magic = MathConstants<double>::kRoundMagic;
    const Pack<double> n = fma(x, broadcast(1 / kHalfPiHigh), magic) - magic;
    const Pack<double> first = x - n * kHalfPi1;
    const Pack<double> second = n * kHalfPi2;
    const Pack<double> sum = first - second;
    const Pack<double> rest = fma(n, broadcast(-kHalfPi3), (first - sum) - second);
    const Pack<double> high = sum + rest;
    return {high, (sum - high) + rest, n};
}

typedef float HalfPack __attribute__((vector_size(16)));

// Four floats, reduced in double: two parts are enough. Gives the angle and the quadrant.
[[gnu::always_inline]] inline std::array<HalfPack, 2> reduce_half(HalfPack x) {
    const double magic = MathConstants<double>::kRoundMagic;
    const Pack<double> wide = __builtin_convertvector(x, Pack<double>);
    const Pack<double> n = fma(wide, broadcast(1 / kHalfPiHigh), magic) - magic;
    const Pack<double> angle = fma(n, broadcast(-kHalfPi2Full), wide - n * kHalfPi1);
    return {__builtin_convertvector(angle, HalfPack), __builtin_convertvector(n, HalfPack)};
}

[[gnu::always_inline]] inline Angle<float> reduce_direct(Pack<float> x) {
    const auto [angle0, n0] = reduce_half(__builtin_shufflevector(x, x, 0, 1, 2, 3));
    const auto [angle1, n1] = reduce_half(__builtin_shufflevector(x, x, 4, 5, 6, 7));
    return {__builtin_shufflevector(angle0, angle1, 0, 1, 2, 3, 4, 5, 6, 7), Pack<float>{},
            __builtin_shufflevector(n0, n1, 0, 1, 2, 3, 4, 5, 6, 7)};
}

template <AnyPack P>
[[gnu::always_inline]] inline Angle<ScalarOf<P>> reduce_angle(P x) {
    using T = ScalarOf<P>;
    Angle<T> angle = reduce_direct(x);
    if (any_lane(!(abs(x) <= broadcast(T(kDirectAngle))))) {
        std::array<T, 4 * kLanes<T>> lanes;
        T* from = lanes.data();
        store(from, x);
        store(from + kLanes<T>, angle.high);
        store(from + 2 * kLanes<T>, angle.low);
        store(from + 3 * kLanes<T>, angle.quadrant);
        reduce_large(from, from + kLanes<T>, from + 2 * kLanes<T>, from + 3 * kLanes<T>);
        angle = {load(from + kLanes<T>), load(from + 2 * kLanes<T>), load(from + 3 * kLanes<T>)};
    }
    return angle;
}

} // namespace baldwin::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Softmax of one row, without overflow.
#pragma once

#include <baldwin/core/math.hpp>
#include <baldwin/core/ops/detail/rows_loop.hpp>
#include <baldwin/core/simd.hpp>

#include <cstddef>
#include <limits>

namespace baldwin::ops::detail {

/// Largest of n >= 1 values, as maximum(): NaN values do not count. Quick for short rows.
template <class T>
[[nodiscard]] T row_maximum(std::size_t n, const T* x) {
    constexpr std::size_t kWidth = kLanes<T>;
    if (n < kWidth) {
        T most = x[0];
        for (std::size_t i = 1; i < n; ++i) most = x[i] > most || most != most ? x[i] : most;
        return most;
    }
    Pack<T> most = broadcast(-std::numeric_limits<T>::infinity());
    for (std::size_t i = 0; i + kWidth <= n; i += kWidth) most = max(load(x + i), most);
    return lane_max(max(load(x + n - kWidth), most)); // again what fills the last pack
}

/// ln(sum of exp) of a row in two parts, which add up exactly where one number would round:
/// exp((x - most) - log_sum) are the probabilities.
template <class T>
struct LogSum {
    T most;    ///< the largest element
    T log_sum; ///< ln(sum exp(factor (x - most))), between 0 and ln(n)
};

/// \param factor  of the exponent, 1 / temperature
template <class T>
[[nodiscard]] LogSum<T> log_sum_of(std::size_t n, T factor, const T* x) {
    const T most = row_maximum(n, x);
    const auto term = [=](Pack<T> v) { return exp((v - most) * factor); };
    return {most, log(static_cast<T>(sum_of<T>(n, term, x)))};
}

/// y = softmax(factor x); y may be x.
template <class T>
void softmax_row(std::size_t n, T factor, const T* x, T* y) {
    const T most = row_maximum(n, x);
    map_into(
        n, [=](Pack<T> v) { return exp((v - most) * factor); }, y, x);
    const T sum = static_cast<T>(wide_sum<T>(n, y));
    map_into(
        n, [=](Pack<T> v) { return v / sum; }, y, static_cast<const T*>(y));
}

/// The gradient of softmax_row: factor y (g - <g, y>), put or added to dx; dx may be g.
template <class T>
void softmax_row_gradient(bool add, std::size_t n, T factor, const T* y, const T* g, T* dx) {
    const auto product = [](Pack<T> u, Pack<T> v) { return u * v; };
    const T mean = static_cast<T>(sum_of<T>(n, product, y, g));
    const auto slope = [=](Pack<T> u, Pack<T> v) { return u * (v - mean) * factor; };
    put_or_add(add, n, slope, dx, y, g);
}

} // namespace baldwin::ops::detail

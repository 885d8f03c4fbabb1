// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The loops of the optimisers over neighbouring elements.
///
/// No product feeds a sum but through fma, so a compiler has nothing to contract and every element
/// has the same bits wherever a chunk begins.
#pragma once

#include <baldwin/core/simd.hpp>

#include <algorithm>
#include <cstddef>

namespace baldwin::detail {

/// What is done to a gradient before it is used: clip, scale, add decay * θ.
template <class T>
struct GradientFilter {
    T limit;
    T factor;
    T decay;

    [[gnu::always_inline]] Pack<T> operator()(Pack<T> g, Pack<T> theta) const {
        const Pack<T> clipped = max(broadcast(-limit), min(broadcast(limit), g)); // NaN stays NaN
        return fma(theta, broadcast(decay), clipped * factor);
    }
};

template <class T>
struct SgdStep {
    T rate;
    T momentum;
    bool nesterov;
};

template <class T>
struct AdamStep {
    T beta1;
    T rest1; ///< 1 - beta1
    T beta2;
    T rest2;
    T rate;   ///< with the first moment's bias correction
    T spread; ///< 1 / sqrt(1 - beta2^t)
    T epsilon;
    T keep; ///< factor of θ: 1 - rate * decay, or 1
};

/// Calls body(first, count) for each pack; count is below kLanes<T> for a last, partial one.
template <class T, class Body>
[[gnu::always_inline]] inline void for_packs(std::size_t count, const Body& body) {
    std::size_t i = 0;
    for (; i + kLanes<T> <= count; i += kLanes<T>) body(i, kLanes<T>);
    if (i < count) body(i, count - i);
}
template <class T>
[[gnu::always_inline]] inline Pack<T> load_some(const T* from, std::size_t count) {
    return count == kLanes<T> ? load(from) : load_partial(from, count);
}
template <class T>
[[gnu::always_inline]] inline void store_some(T* to, Pack<T> pack, std::size_t count) {
    if (count == kLanes<T>) {
        store(to, pack);
    } else {
        store_partial(to, pack, count);
    }
}

template <class T>
void sgd_update(const SgdStep<T>& step, const GradientFilter<T>& clean, std::size_t count, T* theta,
                const T* gradient, T* velocity) {
    const Pack<T> back = broadcast(-step.rate);
    const Pack<T> momentum = broadcast(step.momentum);
    for_packs<T>(count, [&](std::size_t i, std::size_t some) {
        const Pack<T> w = load_some(theta + i, some);
        Pack<T> move = clean(load_some(gradient + i, some), w);
        if (velocity != nullptr) {
            const Pack<T> v = fma(load_some(velocity + i, some), momentum, move);
            store_some(velocity + i, v, some);
            move = step.nesterov ? fma(v, momentum, move) : v;
        }
        store_some(theta + i, fma(move, back, w), some);
    });
}

template <class T>
void adam_update(const AdamStep<T>& step, const GradientFilter<T>& clean, std::size_t count,
                 T* theta, const T* gradient, T* first, T* second) {
    const Pack<T> beta1 = broadcast(step.beta1);
    const Pack<T> beta2 = broadcast(step.beta2);
    for_packs<T>(count, [&](std::size_t i, std::size_t some) {
        const Pack<T> w = load_some(theta + i, some);
        const Pack<T> g = clean(load_some(gradient + i, some), w);
        const Pack<T> m = fma(load_some(first + i, some), beta1, g * step.rest1);
        const Pack<T> v = fma(load_some(second + i, some), beta2, g * g * step.rest2);
        store_some(first + i, m, some);
        store_some(second + i, v, some);
        const Pack<T> deviation = fma(sqrt(v), broadcast(step.spread), broadcast(step.epsilon));
        store_some(theta + i, fma(w, broadcast(step.keep), -(m * step.rate / deviation)), some);
    });
}

/// Sum of squares of neighbouring elements, each clipped to [-limit, limit] if limit > 0.
template <class T>
[[nodiscard]] double sum_of_squares(std::size_t count, const T* values, double limit) {
    constexpr std::size_t kRun = 1024; // short enough for sums in T to stay exact to a few bits
    double total = 0.0;
    for (std::size_t begin = 0; begin < count; begin += kRun) {
        const T* run = values + begin;
        const std::size_t size = std::min(kRun, count - begin);
        if (limit == 0.0) {
            total += static_cast<double>(dot(size, run, run));
            continue;
        }
        T clipped[kRun];
        const Pack<T> most = broadcast(static_cast<T>(limit));
        map_into(
            size, [most](Pack<T> g) { return max(-most, min(most, g)); }, clipped, run);
        total += static_cast<double>(dot(size, clipped, clipped));
    }
    return total;
}

} // namespace baldwin::detail

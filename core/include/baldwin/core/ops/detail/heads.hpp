// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The two orders of a tensor with heads: by step, as layers exchange it, and by head.
#pragma once

#include <baldwin/core/operation.hpp>
#include <baldwin/core/ops/detail/rows_loop.hpp>

#include <algorithm>
#include <cstddef>

namespace baldwin::ops::detail {

/// A tensor (batch, steps, heads * width), by head (batch, heads, steps, width).
struct Heads {
    std::size_t batch;
    std::size_t heads;
    std::size_t steps;
    std::size_t width;

    [[nodiscard]] std::size_t elements() const noexcept { return batch * heads * steps * width; }
};

/// Calls f(by_step, by_head) with the first elements of every run of width elements.
template <class F>
void for_runs(const Executor& executor, const Heads& e, const F& f) {
    for_rows(executor, e.batch * e.steps, e.heads * e.width, [&](std::size_t row) {
        const std::size_t example = row / e.steps;
        const std::size_t step = row % e.steps;
        for (std::size_t h = 0; h < e.heads; ++h) {
            f((row * e.heads + h) * e.width, ((example * e.heads + h) * e.steps + step) * e.width);
        }
    });
}

/// A tensor given by step as one by head, in the arena; x itself where there is one head.
template <class T>
[[nodiscard]] const T* split_heads(const Executor& executor, Arena& arena, const Heads& e,
                                   const T* x) {
    if (e.heads == 1) return x;
    T* parts = arena.allocate<T>(e.elements());
    for_runs(executor, e, [&](std::size_t by_step, std::size_t by_head) {
        std::copy_n(x + by_step, e.width, parts + by_head);
    });
    return parts;
}

/// Puts or adds a tensor given by head to one by step.
template <class T>
void merge_heads(const Executor& executor, const Heads& e, const T* parts, const Sink<T>& to) {
    for_runs(executor, e, [&](std::size_t by_step, std::size_t by_head) {
        T* out = to.data + by_step;
        const T* in = parts + by_head;
        for (std::size_t i = 0; i < e.width; ++i) out[i] = to.accumulate ? out[i] + in[i] : in[i];
    });
}

} // namespace baldwin::ops::detail

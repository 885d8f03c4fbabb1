// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Rates by the wall clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace baldwin::bench {

/// Keeps the compiler from dropping a result.
template <class V>
inline void keep(V& value) {
    asm volatile("" : : "m"(value) : "memory");
}

/// Calls \p work, which returns how much it did, for about \p seconds; amount per second. The first
/// call is not counted.
template <class F>
[[nodiscard]] double rate_of(double seconds, F&& work) {
    using Clock = std::chrono::steady_clock;
    work();
    double amount = 0;
    double took = 0;
    const auto began = Clock::now();
    do {
        amount += work();
        took = std::chrono::duration<double>(Clock::now() - began).count();
    } while (took < seconds);
    return amount / took;
}

[[nodiscard]] inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

} // namespace baldwin::bench

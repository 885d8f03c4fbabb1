// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What this machine can do at most, measured in the run that uses it.
#pragma once

#include "../support/timing.hpp"

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/kernels/detail/pack.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace baldwin::bench {

/// Limits of some number of threads.
struct Limits {
    double flops; ///< float multiply-adds in registers, two operations each, per second
    double read;  ///< bytes read from memory per second
    double bits;  ///< 32-bit random numbers per second, one thread
};

/// Twelve chains of multiply-adds, enough to hide their latency.
[[gnu::noinline]] inline float run_chains(std::size_t count) {
    namespace k = kernels::detail;
    k::Pack<float> sums[12];
    k::Pack<float> factor;
    k::broadcast(factor, 0.999F);
    for (std::size_t i = 0; i < 12; ++i) k::broadcast(sums[i], static_cast<float>(i));
    for (std::size_t n = 0; n < count; ++n) {
        k::unroll<12>([&](auto i) __attribute__((always_inline)) {
            k::multiply_add(sums[i], sums[i], factor);
        });
    }
    float total = 0;
    for (const auto& sum : sums) total += k::horizontal_sum<float>(sum);
    return total;
}

/// Bytes per second of reading a block far larger than the caches.
[[nodiscard]] inline double read_rate(const Executor& executor, std::size_t threads) {
    static const AlignedVector<float> block(std::size_t{1} << 24, 1.0F); // 64 MiB
    const std::size_t chunks = 16 * threads;
    return rate_of(0.2, [&] {
        executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
            namespace k = kernels::detail;
            const Range range = part(block.size(), chunks, chunk, 64);
            k::Pack<float> sums[8] = {};
            for (std::size_t i = range.begin; i < range.end; i += 64) {
                k::unroll<8>([&](auto r) __attribute__((always_inline)) {
                    k::Pack<float> next;
                    k::load(next, block.data() + i + 8 * r);
                    sums[r] += next;
                });
            }
            for (auto& sum : sums) keep(sum);
        });
        return static_cast<double>(block.size() * sizeof(float));
    });
}

[[nodiscard]] inline Limits measure_limits(std::size_t threads) {
    const Executor executor(threads);
    Limits limits{};
    constexpr std::size_t kSteps = 100000;
    limits.flops = rate_of(0.2, [&] {
        executor.chunks(threads, [&](std::size_t, std::size_t) {
            auto sum = run_chains(kSteps);
            keep(sum);
        });
        return 2.0 * 12 * 8 * static_cast<double>(kSteps * threads);
    });
    limits.read = read_rate(executor, threads);
    AlignedVector<float> uniform(std::size_t{1} << 16);
    const Stream stream(1, 1);
    limits.bits = rate_of(0.2, [&] {
        stream.fill_uniform(std::span<float>(uniform));
        return static_cast<double>(uniform.size());
    });
    return limits;
}

} // namespace baldwin::bench

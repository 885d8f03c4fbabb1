// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Makes sure that as many threads take part in a test as it says.
#pragma once

#include <baldwin/core/parallel.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <thread>

namespace baldwin::test {

/// Runs short sleeping chunks until every thread of the executor has worked on one: on a machine
/// with fewer processors the last threads would else come too late for loops of microseconds.
inline void gather_threads(const Executor& executor) {
    const std::size_t threads = executor.concurrency();
    for (int call = 0; call < 2000 && executor.participants() < threads; ++call) {
        executor.chunks(4 * threads, [](std::size_t, std::size_t) {
            std::this_thread::sleep_for(std::chrono::microseconds(50));
        });
    }
    EXPECT_EQ(executor.participants(), threads);
}

} // namespace baldwin::test

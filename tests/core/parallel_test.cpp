// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/parallel.hpp>

#include "support/threads.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COUNTS_ALLOCATIONS 0
#endif
#endif
#if !defined(COUNTS_ALLOCATIONS) && defined(__GLIBC__)
#define COUNTS_ALLOCATIONS 1
#endif

namespace {

std::atomic<std::size_t> allocations{0};

} // namespace

#if COUNTS_ALLOCATIONS
// every request of every thread and library passes here
extern "C" {
void* __libc_malloc(std::size_t bytes);                          // NOLINT
void* __libc_calloc(std::size_t count, std::size_t bytes);       // NOLINT
void* __libc_memalign(std::size_t alignment, std::size_t bytes); // NOLINT

void* malloc(std::size_t bytes) {
    allocations.fetch_add(1);
    return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
    allocations.fetch_add(1);
    return __libc_calloc(count, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
    allocations.fetch_add(1);
    return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** pointer, std::size_t alignment, std::size_t bytes) {
    allocations.fetch_add(1);
    *pointer = __libc_memalign(alignment, bytes);
    return *pointer == nullptr ? 12 : 0;
}
}
#endif

namespace baldwin::parallel_test {
namespace {

constexpr std::array<std::size_t, 4> kThreadCounts{1, 2, 3, 8};

TEST(CoreRange, PartsCoverTheWholeInOrder) {
    for (const std::size_t total : {0U, 1U, 7U, 64U, 1000U}) {
        for (const std::size_t parts : {1U, 2U, 5U, 64U}) {
            for (const std::size_t multiple : {1U, 3U, 16U}) {
                SCOPED_TRACE(testing::Message() << total << ' ' << parts << ' ' << multiple);
                std::size_t at = 0;
                for (std::size_t i = 0; i < parts; ++i) {
                    const Range range = part(total, parts, i, multiple);
                    EXPECT_EQ(range.begin, at);
                    EXPECT_LE(range.begin, range.end);
                    EXPECT_TRUE(range.end == total || range.end % multiple == 0);
                    EXPECT_LE(range.size(), (total / parts / multiple + 1) * multiple);
                    at = range.end;
                }
                EXPECT_EQ(at, total);
            }
        }
    }
}

TEST(CoreExecutor, RunsEachChunkOnce) {
    for (const std::size_t threads : kThreadCounts) {
        const Executor executor(threads);
        for (const std::size_t count : {0U, 1U, 2U, 7U, 300U}) {
            std::vector<std::atomic<int>> runs(count);
            executor.chunks(count, [&](std::size_t chunk, std::size_t slot) {
                EXPECT_LT(slot, executor.concurrency());
                ++runs[chunk];
            });
            for (const auto& times : runs) EXPECT_EQ(times, 1);
        }
    }
}

TEST(CoreExecutor, SerialRunsInOrderOnTheCaller) {
    std::vector<std::size_t> order;
    const auto caller = std::this_thread::get_id();
    Executor::serial().chunks(20, [&](std::size_t chunk, std::size_t slot) {
        EXPECT_EQ(slot, 0U);
        EXPECT_EQ(std::this_thread::get_id(), caller);
        order.push_back(chunk);
    });
    std::vector<std::size_t> expected(20);
    std::iota(expected.begin(), expected.end(), std::size_t{0});
    EXPECT_EQ(order, expected);
}

TEST(CoreExecutor, NoTwoChunksShareASlotAtATime) {
    const Executor executor(8);
    std::array<std::atomic<int>, 8> busy{};
    for (int call = 0; call < 200; ++call) {
        executor.chunks(32, [&](std::size_t /*chunk*/, std::size_t slot) {
            EXPECT_EQ(busy[slot].fetch_add(1), 0);
            std::this_thread::yield();
            busy[slot].fetch_sub(1);
        });
    }
}

// While a thread waits for its inner loop it must not start another outer chunk, or a lock or
// thread-local scratch that the chunk holds would be entered twice.
TEST(CoreExecutor, InnerLoopsAreIsolated) {
    static thread_local int outer_depth = 0;
    const Executor executor(8);
    std::atomic<int> inner{0};
    for (int call = 0; call < 20; ++call) {
        executor.chunks(16, [&](std::size_t /*outer*/, std::size_t /*slot*/) {
            EXPECT_EQ(outer_depth++, 0);
            executor.chunks(8, [&](std::size_t, std::size_t) {
                std::this_thread::sleep_for(std::chrono::microseconds(20));
                ++inner;
            });
            --outer_depth;
        });
    }
    EXPECT_EQ(inner, 20 * 16 * 8);
}

TEST(CoreExecutor, ExceptionsReachTheCaller) {
    for (const std::size_t threads : kThreadCounts) {
        const Executor executor(threads);
        const auto run = [&] {
            executor.chunks(100, [](std::size_t chunk, std::size_t /*slot*/) {
                if (chunk == 37) throw std::runtime_error("chunk 37");
            });
        };
        EXPECT_THROW(run(), std::runtime_error);
        std::atomic<int> after{0};
        executor.chunks(10, [&](std::size_t, std::size_t) { ++after; });
        EXPECT_EQ(after, 10);
    }
}

TEST(CoreExecutor, AsManyThreadsTakePartAsAsked) {
    for (const std::size_t threads : kThreadCounts) {
        const Executor executor(threads);
        EXPECT_EQ(executor.concurrency(), threads);
        const test::Rendezvous rendezvous(executor);
        std::mutex mutex;
        std::set<std::thread::id> ids;
        executor.chunks(4 * threads, [&](std::size_t, std::size_t) {
            const std::scoped_lock lock(mutex);
            ids.insert(std::this_thread::get_id());
        });
        EXPECT_EQ(ids.size(), threads);
        EXPECT_EQ(rendezvous.most_threads(), threads);
        EXPECT_EQ(rendezvous.full_loops(), threads > 1 ? 1U : 0U);
    }
}

TEST(CoreExecutor, ALoopOfFewerChunksHasFewerThreads) {
    const Executor executor(8);
    const test::Rendezvous rendezvous(executor);
    executor.chunks(3, [](std::size_t, std::size_t) {});
    EXPECT_EQ(rendezvous.most_threads(), 3U);
    EXPECT_EQ(rendezvous.full_loops(), 0U);
}

TEST(CoreExecutor, WhatAnObserverThrowsReachesTheCaller) {
    struct : LoopObserver {
        void enter(const void*, std::size_t) override { throw std::runtime_error("observed"); }
    } observer;
    const Executor executor(2);
    executor.set_observer(&observer);
    std::atomic<int> runs{0};
    EXPECT_THROW(executor.chunks(9, [&](std::size_t, std::size_t) { ++runs; }), std::runtime_error);
    executor.set_observer(nullptr);
    EXPECT_EQ(runs, 0);
    executor.chunks(9, [&](std::size_t, std::size_t) { ++runs; });
    EXPECT_EQ(runs, 9);
}

TEST(CoreExecutor, SeveralThreadsMayCallAtOnce) {
    const Executor executor(2);
    std::atomic<int> runs{0};
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&] {
            for (int call = 0; call < 100; ++call) {
                executor.chunks(6, [&](std::size_t, std::size_t) { ++runs; });
            }
        });
    }
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(runs, 4 * 100 * 6);
}

TEST(CoreExecutor, SteadyLoopsAllocateNothing) {
#if COUNTS_ALLOCATIONS
    const Executor executor(8);
    std::atomic<int> sum{0};
    const auto loop = [&](int calls) {
        for (int call = 0; call < calls; ++call) {
            executor.chunks(16, [&](std::size_t, std::size_t) { ++sum; });
        }
    };
    test::gather_threads(executor);
    loop(500);
    const std::size_t before = allocations;
    loop(5000);
    EXPECT_EQ(allocations - before, 0U);
    EXPECT_GT(before, 0U); // the counter sees this program's allocations
#else
    GTEST_SKIP() << "a sanitizer owns malloc";
#endif
}

TEST(CoreExecutor, RefusesZeroThreads) {
    EXPECT_THROW(Executor(0), std::invalid_argument);
    EXPECT_THROW(limit_threads(0), std::invalid_argument);
}

} // namespace
} // namespace baldwin::parallel_test

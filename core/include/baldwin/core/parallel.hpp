// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Parallel loops whose result does not depend on the number of threads. The only header that sees
/// oneTBB.
#pragma once

#include <baldwin/core/assert.hpp>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace baldwin {

/// Half-open interval of indices.
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] constexpr std::size_t size() const noexcept { return end - begin; }
};

/// Part \p i of [0, total) cut into \p parts pieces that differ by at most one \p multiple; every
/// inner border is a whole number of multiples. Pieces may be empty.
[[nodiscard]] constexpr Range part(std::size_t total, std::size_t parts, std::size_t i,
                                   std::size_t multiple = 1) noexcept {
    BALDWIN_ASSERT(parts > 0 && i < parts && multiple > 0);
    const std::size_t units = (total + multiple - 1) / multiple;
    const std::size_t base = units / parts;
    const std::size_t extra = units % parts;
    const std::size_t first = i * base + std::min(i, extra);
    const std::size_t last = first + base + (i < extra ? 1 : 0);
    return {std::min(first * multiple, total), std::min(last * multiple, total)};
}

namespace detail {

/// The process-wide limit on TBB's threads; TBB itself takes the minimum of all live controls, so
/// there is one.
class ThreadLimit {
public:
    static ThreadLimit& instance() {
        static auto* limit = new ThreadLimit; // never destroyed: workers may outlive main
        return *limit;
    }
    void set(std::size_t threads) {
        const std::scoped_lock lock(mutex_);
        replace(threads);
    }
    void raise(std::size_t threads) {
        const std::scoped_lock lock(mutex_);
        if (threads > current()) replace(threads);
    }

private:
    static std::size_t current() {
        return oneapi::tbb::global_control::active_value(
            oneapi::tbb::global_control::max_allowed_parallelism);
    }
    void replace(std::size_t threads) {
        control_ = std::make_unique<oneapi::tbb::global_control>(
            oneapi::tbb::global_control::max_allowed_parallelism, threads);
    }

    std::mutex mutex_;
    std::unique_ptr<oneapi::tbb::global_control> control_;
};

} // namespace detail

/// Limits the threads of the whole process, the caller included.
/// \throws std::invalid_argument if \p threads is 0
inline void limit_threads(std::size_t threads) {
    if (threads == 0) throw std::invalid_argument("limit_threads: threads must be >= 1, got 0");
    detail::ThreadLimit::instance().set(threads);
}

/// Watches the loops that an executor runs on several threads: for tests and profilers.
class LoopObserver {
public:
    /// A thread is about to run its first chunk of a loop. Called by several threads at once; what
    /// it throws leaves the loop as if a chunk had thrown it.
    /// \param loop   names the loop while it runs; a later loop may have the same name
    /// \param slots  how many threads it has room for: so many calls if the first chunks of all
    ///               last until the others have begun theirs, else as many or fewer
    virtual void enter(const void* loop, std::size_t slots) = 0;

protected:
    ~LoopObserver() = default;
};

/// Runs the chunks of a loop, on this thread or on several.
///
/// The number of chunks must come from the problem alone, never from concurrency(): then every
/// chunk does the same work whichever thread runs it, and results have the same bits for any number
/// of threads. A cheap handle: copies share the threads. Any number of threads may call it at once.
class Executor {
public:
    /// Runs everything on the calling thread, in order.
    Executor() = default;
    [[nodiscard]] static Executor serial() { return {}; }

    /// Up to \p threads threads work at a time, the caller among them; raises the process's limit
    /// where it is lower.
    /// \throws std::invalid_argument if \p threads is 0
    explicit Executor(std::size_t threads) {
        if (threads == 0) throw std::invalid_argument("Executor: threads must be >= 1, got 0");
        if (threads == 1) return;
        detail::ThreadLimit::instance().raise(threads);
        state_ = std::make_shared<State>(threads);
    }

    /// Number of slots: chunks running at the same time have different slots below this number.
    [[nodiscard]] std::size_t concurrency() const noexcept {
        return state_ ? state_->concurrency : 1;
    }

    /// Calls f(chunk, slot) once for each chunk in [0, count) and returns when all are done.
    ///
    /// A slot serves for scratch memory: no two calls with the same slot overlap. While it waits, a
    /// thread takes chunks of this call only, so a loop inside a chunk is safe. The first exception
    /// thrown by f is thrown here, after the running chunks have ended; the others may be skipped.
    /// \cost about 2 us with several threads; nothing for one chunk; no allocation once warm
    template <class F>
    void chunks(std::size_t count, F&& f) const {
        using Body = std::remove_reference_t<F>;
        void* body = const_cast<void*>(static_cast<const volatile void*>(&f));
        if (count > 1 && state_) {
            run_parallel(count, {body, &call<Body>});
        } else {
            for (std::size_t chunk = 0; chunk < count; ++chunk) call<Body>(body, chunk, 0);
        }
    }

    /// Shows all loops of this executor and its copies to an observer, which must outlive it or be
    /// replaced; nullptr ends that. Not while a loop runs. A serial executor has nothing to show.
    void set_observer(LoopObserver* observer) const noexcept {
        if (state_) state_->observer = observer;
    }

private:
    struct State {
        explicit State(std::size_t threads)
            : concurrency(threads), arena(static_cast<int>(threads)) {}

        std::size_t concurrency;
        oneapi::tbb::task_arena arena;
        LoopObserver* observer = nullptr;
    };

    /// The body of a loop without its type, so that TBB's templates are compiled once and not for
    /// every loop: they were a third of the compile time.
    struct Loop {
        void* body;
        void (*call)(void* body, std::size_t chunk, std::size_t slot);
    };

    // not inlined: one copy of the body serves both ways of running it
    template <class Body>
    [[gnu::noinline]] static void call(void* body, std::size_t chunk, std::size_t slot) {
        (*static_cast<Body*>(body))(chunk, slot);
    }

    // One task a slot; each takes chunks from a common counter until none is left. oneTBB orders
    // what the caller wrote before the chunks and these before its return. The acquire and release
    // say it once more, at no cost, to ThreadSanitizer, which cannot look into oneTBB.
    void run_parallel(std::size_t count, const Loop& loop) const {
        const std::size_t slots = std::min(count, state_->concurrency);
        std::atomic<bool> ready{false};
        alignas(64) std::atomic<std::size_t> next{0};
        const auto work = [&](std::size_t slot) {
            if (!ready.load(std::memory_order_acquire)) return; // it always is
            std::size_t chunk = next.fetch_add(1, std::memory_order_release);
            if (chunk >= count) return;
            try {
                if (state_->observer) state_->observer->enter(&next, slots);
                for (; chunk < count; chunk = next.fetch_add(1, std::memory_order_release)) {
                    loop.call(loop.body, chunk, slot);
                }
            } catch (...) {
                next.fetch_add(count, std::memory_order_release);
                throw;
            }
        };
        ready.store(true, std::memory_order_release);
        const auto acquire = [&] { static_cast<void>(next.load(std::memory_order_acquire)); };
        try {
            state_->arena.execute([&] {
                oneapi::tbb::this_task_arena::isolate([&] {
                    oneapi::tbb::parallel_for(std::size_t{0}, slots, work,
                                              oneapi::tbb::static_partitioner());
                });
            });
        } catch (...) {
            acquire();
            throw;
        }
        acquire();
    }

    std::shared_ptr<State> state_;
};

} // namespace baldwin

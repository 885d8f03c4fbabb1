// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Makes sure that as many threads take part in a loop as a test says.
#pragma once

#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

namespace baldwin::test {

/// Lets no thread of an executor run its first chunk of a loop before every thread that the loop
/// has room for is about to run one: so each of them has its share of each loop, also of loops of
/// microseconds on a machine with fewer processors.
///
/// A loop that is not filled within ten seconds throws, so loops inside of chunks do: none of
/// core's has any.
class Rendezvous final : public LoopObserver {
public:
    explicit Rendezvous(const Executor& executor) : executor_(executor) {
        executor_.set_observer(this);
    }
    ~Rendezvous() { executor_.set_observer(nullptr); }
    Rendezvous(const Rendezvous&) = delete;
    Rendezvous& operator=(const Rendezvous&) = delete;

    void enter(const void* loop, std::size_t slots) override {
        std::unique_lock lock(mutex_);
        Meeting& meeting = meetings_[loop];
        const auto turn = meeting.turn;
        meeting.threads.insert(std::this_thread::get_id());
        if (meeting.threads.size() == slots) {
            end(meeting, slots);
        } else if (!changed_.wait_for(lock, std::chrono::seconds(10),
                                      [&] { return meeting.turn != turn; })) {
            throw std::runtime_error("a loop did not get its threads");
        }
    }

    /// Loops in which as many threads took part as the executor has.
    [[nodiscard]] std::size_t full_loops() const noexcept { return full_loops_; }
    /// The most threads that took part in one loop; 1 if none was parallel.
    [[nodiscard]] std::size_t most_threads() const noexcept { return most_threads_; }

private:
    struct Meeting {
        std::set<std::thread::id> threads;
        std::size_t turn = 0;
    };

    void end(Meeting& meeting, std::size_t slots) {
        most_threads_ = std::max(most_threads_, slots);
        if (slots == executor_.concurrency()) ++full_loops_;
        meeting.threads.clear();
        ++meeting.turn;
        changed_.notify_all();
    }

    Executor executor_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<const void*, Meeting> meetings_; // by the loop's address, which later loops reuse
    std::size_t full_loops_ = 0;
    std::size_t most_threads_ = 1;
};

/// Has every thread of the executor run a chunk: what threads allocate on their first day is done.
inline void gather_threads(const Executor& executor) {
    const Rendezvous rendezvous(executor);
    executor.chunks(executor.concurrency(), [](std::size_t, std::size_t) {});
    if (rendezvous.most_threads() != executor.concurrency()) {
        throw std::logic_error("not all threads have come");
    }
}

} // namespace baldwin::test

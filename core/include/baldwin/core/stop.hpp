// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The stop flag: Ctrl-C and SIGTERM ask a run to end, a second one ends it at once.
#pragma once

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>

namespace baldwin {

/// Exit code of a run that was interrupted, 128 + SIGINT as shells have it.
inline constexpr int kInterruptedExitCode = 130;

namespace detail {

static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must not take a lock");
inline std::atomic<bool> stop_flag{false};

// async-signal-safe: one atomic exchange, at most _exit
inline void on_stop_signal(int /*signal*/) {
    if (stop_flag.exchange(true)) ::_exit(kInterruptedExitCode);
}

} // namespace detail

/// Whether somebody asked this process to stop: a signal, or request_stop().
[[nodiscard]] inline bool stop_requested() noexcept {
    return detail::stop_flag.load(std::memory_order_relaxed);
}

/// Asks the process to stop, as a closed window does. Any thread.
inline void request_stop() noexcept { detail::stop_flag.store(true); }

/// Takes the request back, before another run in the same process.
inline void clear_stop() noexcept { detail::stop_flag.store(false); }

/// Turns SIGINT and SIGTERM into the stop flag for as long as it lives.
///
/// The first signal sets the flag; a run looks at it once a step, saves and ends. A second signal
/// ends the process with exit code 130 there and then. Interrupted system calls are restarted.
class StopSignals {
public:
    StopSignals() {
        struct sigaction action {};
        action.sa_handler = &detail::on_stop_signal;
        action.sa_flags = SA_RESTART;
        ::sigemptyset(&action.sa_mask);
        for (std::size_t i = 0; i < kSignals.size(); ++i) {
            ::sigaction(kSignals[i], &action, &before_[i]);
        }
    }
    ~StopSignals() {
        for (std::size_t i = 0; i < kSignals.size(); ++i) {
            ::sigaction(kSignals[i], &before_[i], nullptr);
        }
    }
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

private:
    static constexpr std::array<int, 2> kSignals{SIGINT, SIGTERM};
    std::array<struct sigaction, 2> before_{};
};

} // namespace baldwin

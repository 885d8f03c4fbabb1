// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// CPU time of a thread and of the helpers that graphics libraries start for it.
#pragma once

#include <time.h>

#if defined(__linux__)
#include <pthread.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#endif

namespace baldwin::viz {

/// CPU time, from its construction on, of the calling thread and of the threads that it causes to
/// be started.
///
/// The thread takes a name that new threads inherit, unless they give themselves one: those of
/// OpenGL drivers have a colon in it or begin with "llvmpipe". Other threads of the program, such
/// as those that compute, have neither.
class ThreadMeter {
public:
    ThreadMeter() {
#if defined(__linux__)
        ::pthread_setname_np(::pthread_self(), kName);
        find_threads();
        for (auto& [id, thread] : threads_) thread.before = thread.now = read(thread.clock);
#endif
    }

    /// Seconds since the construction.
    /// \cost a system call for each thread; every 32nd time the list of threads is read again
    [[nodiscard]] double seconds() {
#if defined(__linux__)
        if (calls_++ % 32 == 0) find_threads();
        double sum = 0;
        for (auto& [id, thread] : threads_) {
            thread.now = std::max(thread.now, read(thread.clock));
            sum += thread.now - thread.before;
        }
        return sum;
#else
        return own() - began_;
#endif
    }
    /// Seconds of the calling thread alone.
    [[nodiscard]] static double own() { return read(CLOCK_THREAD_CPUTIME_ID); }

private:
    struct Thread {
        clockid_t clock;
        double before = 0; ///< seconds that it had taken at the meter's construction
        double now = 0;    ///< the same, last read: stays when the thread has ended
    };

    static constexpr const char* kName = "baldwin-view";

    static double read(clockid_t clock) {
        timespec time{};
        if (::clock_gettime(clock, &time) != 0) return 0; // the thread has ended
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    }
#if defined(__linux__)
    static bool is_ours(const std::filesystem::path& task) {
        std::ifstream file(task / "comm");
        std::string name;
        std::getline(file, name);
        return name == kName || name.find(':') != std::string::npos || name.starts_with("llvmpipe");
    }
    void find_threads() {
        namespace fs = std::filesystem;
        std::error_code error;
        fs::directory_iterator tasks("/proc/self/task", error);
        for (; !error && tasks != fs::directory_iterator(); tasks.increment(error)) {
            const std::string id = tasks->path().filename();
            if (is_ours(tasks->path())) threads_.try_emplace(id, Thread{clock_of(id)});
        }
    }
    /// The kernel's name for the CPU clock of a thread of this process.
    static clockid_t clock_of(const std::string& thread) {
        constexpr unsigned kThreadClock = 6;
        const auto id = static_cast<unsigned>(std::stoul(thread));
        return static_cast<clockid_t>((~id << 3U) | kThreadClock);
    }

    std::map<std::string, Thread> threads_; ///< by the kernel's number
    unsigned calls_ = 0;
#else
    double began_ = own();
#endif
};

} // namespace baldwin::viz

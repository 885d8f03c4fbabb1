// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// CPU time of a thread and of the helpers that graphics libraries start for it.
#pragma once

#include <time.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#if defined(__linux__)
#include <pthread.h>
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
#endif
    }

    /// Seconds since the construction.
    /// \cost a system call for each thread; every 32nd time the list of threads is read again
    [[nodiscard]] double seconds() {
#if defined(__linux__)
        if (calls_++ % 32 == 0) find_threads();
        double sum = -began_;
        for (const clockid_t thread : threads_) sum += read(thread);
        return sum;
#else
        return own() - began_;
#endif
    }
    /// Seconds of the calling thread alone.
    [[nodiscard]] static double own() { return read(CLOCK_THREAD_CPUTIME_ID); }

private:
    static constexpr const char* kName = "baldwin-view";

    static double read(clockid_t clock) {
        timespec time{};
        if (::clock_gettime(clock, &time) != 0) return 0; // the thread has just ended
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    }
    static bool is_ours(const std::filesystem::path& task) {
        std::ifstream file(task / "comm");
        std::string name;
        std::getline(file, name);
        return name == kName || name.find(':') != std::string::npos || name.starts_with("llvmpipe");
    }
    void find_threads() {
        namespace fs = std::filesystem;
        threads_.clear();
        std::error_code error;
        fs::directory_iterator tasks("/proc/self/task", error);
        for (; !error && tasks != fs::directory_iterator(); tasks.increment(error)) {
            if (is_ours(tasks->path())) threads_.push_back(clock_of(tasks->path().filename()));
        }
    }
    /// The kernel's name for the CPU clock of a thread of this process.
    static clockid_t clock_of(const std::string& thread) {
        constexpr unsigned kThreadClock = 6;
        const auto id = static_cast<unsigned>(std::stoul(thread));
        return static_cast<clockid_t>((~id << 3U) | kThreadClock);
    }

    double began_ = own(); ///< of the calling thread
    std::vector<clockid_t> threads_;
    unsigned calls_ = 0;
};

} // namespace baldwin::viz

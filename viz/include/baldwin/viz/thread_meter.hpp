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

#if defined(__linux__)
#include <pthread.h>
#endif

namespace baldwin::viz {

/// CPU time of the calling thread and of the threads that it causes to be started.
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

    /// Seconds so far.
    /// \cost reads the list of threads
    [[nodiscard]] double seconds() const {
#if defined(__linux__)
        namespace fs = std::filesystem;
        double sum = 0;
        std::error_code error;
        fs::directory_iterator threads("/proc/self/task", error);
        for (; !error && threads != fs::directory_iterator(); threads.increment(error)) {
            if (is_ours(threads->path())) sum += cpu_of(threads->path().filename().string());
        }
        return sum;
#else
        return own();
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
    /// The kernel's name for the CPU clock of a thread of this process.
    static double cpu_of(const std::string& thread) {
        constexpr unsigned kThreadClock = 6;
        const auto id = static_cast<unsigned>(std::stoul(thread));
        return read(static_cast<clockid_t>((~id << 3U) | kThreadClock));
    }
};

} // namespace baldwin::viz

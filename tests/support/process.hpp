// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Programs run as a user runs them: arguments in, exit code and both outputs back.
#pragma once

#include "temporary_folder.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace baldwin::test {

/// How a program ended.
struct Outcome {
    int code = -1;   ///< exit code; -signal if a signal ended it
    std::string out; ///< stdout
    std::string err; ///< stderr
    double seconds = 0;
};

/// A started program.
class Process {
public:
    /// \param prepare  called in the child before the program starts, e.g. to set limits
    Process(const std::filesystem::path& program, std::vector<std::string> arguments,
            const std::function<void()>& prepare = {})
        : started_(std::chrono::steady_clock::now()) {
        std::vector<char*> argv;
        std::string name = program.string();
        argv.push_back(name.data());
        for (auto& argument : arguments) argv.push_back(argument.data());
        argv.push_back(nullptr);
        child_ = ::fork();
        if (child_ < 0) throw std::runtime_error("fork failed");
        if (child_ > 0) return;
        redirect(folder_ / "out", STDOUT_FILENO);
        redirect(folder_ / "err", STDERR_FILENO);
        if (prepare) prepare();
        ::execv(name.c_str(), argv.data());
        ::_exit(127);
    }
    ~Process() {
        if (child_ <= 0) return;
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] ::pid_t id() const noexcept { return child_; }
    void send(int signal) const { ::kill(child_, signal); }
    /// What stands on stderr so far.
    [[nodiscard]] std::string err() const { return content(folder_ / "err"); }
    /// Waits for the end.
    Outcome wait() {
        int status = 0;
        ::waitpid(child_, &status, 0);
        child_ = 0;
        return outcome(status);
    }
    /// Whether it is still running after at most \p seconds.
    bool runs_for(double seconds) {
        return !until(seconds, [] { return false; }) && !has_ended();
    }
    /// Waits until \p condition holds; false if that takes longer than \p seconds or it ended.
    template <class F>
    bool until(double seconds, F&& condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end || has_ended()) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }

private:
    static void redirect(const std::filesystem::path& path, int target) {
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(file, target);
        ::close(file);
    }
    [[nodiscard]] bool has_ended() const {
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT);
        return info.si_pid != 0;
    }
    static std::string content(const std::filesystem::path& path) {
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
    [[nodiscard]] Outcome outcome(int status) const {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
                content(folder_ / "out"), content(folder_ / "err"), took.count()};
    }

    TemporaryFolder folder_;
    ::pid_t child_ = 0;
    std::chrono::steady_clock::time_point started_;
};

/// Runs a program to its end.
inline Outcome run_program(const std::filesystem::path& program,
                           const std::vector<std::string>& arguments,
                           const std::function<void()>& prepare = {}) {
    return Process(program, arguments, prepare).wait();
}

} // namespace baldwin::test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A private Xvfb for tests that open windows, and xdotool to type into them.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace baldwin::test {

/// The program's path, or empty if it is not installed.
inline std::filesystem::path find_program(const std::string& name) {
    for (const char* folder : {"/usr/bin", "/usr/local/bin", "/bin"}) {
        if (std::filesystem::exists(std::filesystem::path(folder) / name)) {
            return std::filesystem::path(folder) / name;
        }
    }
    return {};
}

/// An X server without a screen; ends with this or with the process.
class VirtualDisplay {
public:
    /// \throws std::runtime_error if Xvfb does not start within ten seconds
    VirtualDisplay() {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
        server_ = ::fork();
        if (server_ == 0) serve(ends[1]);
        ::close(ends[1]);
        const std::string number = first_line(ends[0]);
        ::close(ends[0]);
        if (number.empty()) throw std::runtime_error("Xvfb did not start");
        name_ = ":" + number;
    }
    ~VirtualDisplay() {
        ::kill(server_, SIGTERM);
        ::waitpid(server_, nullptr, 0);
    }
    VirtualDisplay(const VirtualDisplay&) = delete;
    VirtualDisplay& operator=(const VirtualDisplay&) = delete;

    /// For the environment's DISPLAY.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// It takes nothing from its clients until it goes on.
    void stop() const { ::kill(server_, SIGSTOP); }
    void go_on() const { ::kill(server_, SIGCONT); }

    static bool is_installed() { return !find_program("Xvfb").empty(); }

private:
    [[noreturn]] static void serve(int number_to) {
        const int nowhere = ::open("/dev/null", O_WRONLY);
        ::dup2(nowhere, STDOUT_FILENO);
        ::dup2(nowhere, STDERR_FILENO);
        ::prctl(PR_SET_PDEATHSIG, SIGTERM); // a test that crashes leaves no server behind
        ::dup2(number_to, 3);
        const std::string program = find_program("Xvfb").string();
        ::execl(program.c_str(), "Xvfb", "-displayfd", "3", "-screen", "0", "1600x1200x24",
                "-nolisten", "tcp", static_cast<char*>(nullptr));
        ::_exit(127);
    }

    static std::string first_line(int from) {
        std::string line;
        pollfd wait{from, POLLIN, 0};
        char letter = 0;
        while (::poll(&wait, 1, 10000) == 1 && ::read(from, &letter, 1) == 1 && letter != '\n') {
            line += letter;
        }
        return line;
    }

    pid_t server_ = 0;
    std::string name_;
};

} // namespace baldwin::test

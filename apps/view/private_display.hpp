// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A display of the program's own where there is none: SFML ends a program that has no display.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace baldwin::app {

/// An Xvfb that lives as long as this object, named in DISPLAY.
///
/// It ends with the object, and with the process however that ends: the kernel signals it when the
/// thread that made it is gone, so make it in the main thread.
class PrivateDisplay {
public:
    /// \throws std::runtime_error saying what is missing if it does not start
    PrivateDisplay() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("no pipe can be made");
        const ::pid_t parent = ::getpid();
        server_ = ::fork();
        if (server_ < 0) fail("no process can be made");
        if (server_ == 0) serve(ends[1], parent);
        ::close(ends[1]);
        const std::string number = line_from(ends[0]);
        ::close(ends[0]);
        if (number.empty()) {
            const bool is_missing = end() == kNotFound;
            fail(is_missing ? "Xvfb is not installed" : "Xvfb does not start");
        }
        ::setenv("DISPLAY", (":" + number).c_str(), 1);
    }
    ~PrivateDisplay() { end(); }
    PrivateDisplay(const PrivateDisplay&) = delete;
    PrivateDisplay& operator=(const PrivateDisplay&) = delete;

private:
    static constexpr int kNotFound = 127;    // exit code, as shells have it
    static constexpr int kPatience = 20'000; // milliseconds until it must have said its number

    [[noreturn]] static void fail(const std::string& what) {
        throw std::runtime_error("there is no display, and " + what +
                                 " (Debian: apt install xvfb); --csv and --svg need neither");
    }
    [[noreturn]] static void serve(int number_to, ::pid_t parent) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) ::_exit(1); // it ended before the line above
        // Ctrl-C is for the program, which then ends the server
        ::setpgid(0, 0);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        const int nowhere = ::open("/dev/null", O_RDWR);
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            ::dup2(nowhere, stream);
        }
        // without close-on-exec, whatever its number is
        const int kept = ::dup(number_to);
        const std::string number = std::to_string(kept);
        ::execlp("Xvfb", "Xvfb", "-displayfd", number.c_str(), "-screen", "0", "1280x800x24",
                 "-nolisten", "tcp", "-noreset", static_cast<char*>(nullptr));
        ::_exit(errno == ENOENT ? kNotFound : 1);
    }
    static std::string line_from(int file) {
        std::string line;
        pollfd wait{file, POLLIN, 0};
        char letter = 0;
        for (;;) {
            const int ready = ::poll(&wait, 1, kPatience);
            if (ready < 0 && errno == EINTR) continue;
            if (ready != 1 || ::read(file, &letter, 1) != 1) return {};
            if (letter == '\n') return line;
            line += letter;
        }
    }
    /// Ends the server and says its exit code, -1 if a signal ended it.
    int end() noexcept {
        int status = 0;
        ::kill(server_, SIGTERM);
        while (::waitpid(server_, &status, 0) < 0 && errno == EINTR) {
        }
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    ::pid_t server_ = 0;
};

} // namespace baldwin::app

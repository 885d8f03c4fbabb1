// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What every program's main does: exit codes, and an exception as one line on stderr.
#pragma once

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace baldwin::app {

/// How a program ends.
enum class ExitCode : int {
    done = 0,
    failed = 1,        ///< the run failed
    usage = 2,         ///< an option or its value was wrong; nothing was run
    not_met = 3,       ///< the run is done and a check of it was not met
    interrupted = 130, ///< Ctrl-C or SIGTERM; the run was saved
};

/// A mistake of the user's: what was wrong, with which value, and what would be right.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Calls \p f; what it objects to as an invalid argument is the user's mistake.
/// \param option  "--arch" and the like, put before the message; may be empty
/// \throws UsageError for a std::invalid_argument
template <class F>
auto as_usage(std::string_view option, F&& f) {
    try {
        return std::forward<F>(f)();
    } catch (const std::invalid_argument& error) {
        throw UsageError((option.empty() ? "" : std::string(option) + ": ") + error.what());
    }
}

/// A text without line breaks and other control characters.
inline std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        if (!is_control)
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    return line;
}

/// Runs a program and turns what it throws into one line on stderr and an exit code.
/// \param app   the program's name, put before the message
/// \param body  () -> ExitCode
template <class F>
int run_main(std::string_view app, F&& body) noexcept {
    // a limit on file sizes is an error of write(), as a full disk is
    std::signal(SIGXFSZ, SIG_IGN);
    const auto fail = [&](std::string_view message, ExitCode code) {
        std::cerr << app << ": " << one_line(message) << std::endl;
        return static_cast<int>(code);
    };
    try {
        const ExitCode code = std::forward<F>(body)();
        if (!std::cout.flush()) return fail("stdout cannot be written", ExitCode::failed);
        return static_cast<int>(code);
    } catch (const UsageError& error) {
        return fail(error.what(), ExitCode::usage);
    } catch (const std::bad_alloc&) {
        return fail("out of memory", ExitCode::failed);
    } catch (const std::exception& error) {
        return fail(error.what(), ExitCode::failed);
    }
}

} // namespace baldwin::app

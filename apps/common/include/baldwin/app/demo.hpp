// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// --demo NAME, which every program takes: an exhibit in a window instead of the program's work.
#pragma once

#include <baldwin/app/main.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::app {

/// Whether an exhibit is asked for.
/// \param arguments  without the program's name
bool asks_for_demo(const std::vector<std::string>& arguments);

/// Shows the exhibit that the arguments ask for until its window is closed.
/// \throws UsageError if there is none of that name, or something else is asked for as well
/// \throws std::runtime_error if no window can be opened
ExitCode show_demo(std::string_view program, const std::vector<std::string>& arguments);

/// A program's main: an exhibit where one is asked for, else what the program does.
/// \param work  (arguments) -> ExitCode
template <class F>
int run_main_with_demo(std::string_view program, const std::vector<std::string>& arguments,
                       F&& work) noexcept {
    return run_main(program, [&] {
        return asks_for_demo(arguments) ? show_demo(program, arguments)
                                        : std::forward<F>(work)(arguments);
    });
}

} // namespace baldwin::app

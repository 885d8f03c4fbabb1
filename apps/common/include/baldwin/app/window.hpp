// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A window that is all that a program does: on runs, on an exhibit.
#pragma once

#include <baldwin/app/main.hpp>

#include <string>

namespace baldwin::viz {
class Source;
}

namespace baldwin::app {

/// How a program's window begins.
struct WindowLook {
    std::string title = {};
    std::string program = {}; ///< said before what was saved and where, on stderr
    std::string advice = {};  ///< said behind why there is no window: "; --svg FILE needs none"
    unsigned width = 1280;
    unsigned height = 800;
    double scale = 1; ///< of everything drawn
    bool dark = true;
};

/// Shows a source until the user closes the window or asks the program to stop. Compiled once, in
/// window.cpp, as the window of --view is.
/// \return interrupted after such a request
/// \throws std::runtime_error if there is no display, or the program was built without SFML
ExitCode show_window(viz::Source& source, const WindowLook& look);

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/window.hpp>

#ifdef BALDWIN_HAS_VIZ
#include <baldwin/core/stop.hpp>
#include <baldwin/viz/display.hpp>
#include <baldwin/viz/window.hpp>

#include <iostream>
#endif

#include <stdexcept>

namespace baldwin::app {

#ifdef BALDWIN_HAS_VIZ

ExitCode show_window(viz::Source& source, const WindowLook& look) {
    const std::string obstacle = viz::display_obstacle();
    if (!obstacle.empty()) {
        throw std::runtime_error(obstacle + ": a window needs one" + look.advice);
    }
    const viz::WindowOptions options{.title = look.title,
                                     .width = look.width,
                                     .height = look.height,
                                     .scale = look.scale,
                                     .dark = look.dark,
                                     .cpu_share = 1, // it is the program's only work
                                     .tell = [&look](const std::string& what) {
                                         std::cerr << look.program << ": " << one_line(what)
                                                   << "\n";
                                     }};
    viz::Window window(source, options);
    window.run([] { return !stop_requested(); });
    return stop_requested() ? ExitCode::interrupted : ExitCode::done;
}

#else

ExitCode show_window(viz::Source& /*source*/, const WindowLook& look) {
    throw std::runtime_error("no window: this program was built without SFML" + look.advice);
}

#endif

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/demo.hpp>

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/exhibits.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/app/window.hpp>
#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/stop.hpp>
#include <baldwin/viz/exhibit_source.hpp>

#include <algorithm>
#include <cstdint>

namespace baldwin::app {

bool asks_for_demo(const std::vector<std::string>& arguments) {
    return std::any_of(arguments.begin(), arguments.end(), [](const std::string& argument) {
        return argument == "--demo" || argument.starts_with("--demo=");
    });
}

ExitCode show_demo(std::string_view program, const std::vector<std::string>& arguments) {
    std::string name;
    std::string font;
    std::uint64_t seed = 1;
    bool help = false;
    OptionTable table(std::string(program), "Shows an exhibit in a window.");
    table.text("demo", name, "NAME",
               "what is shown, such as spirals; baldwin-view --list names them");
    table.count("seed", seed, "seed of the exhibit");
    table.text("font", font, "FILE", "font; by default one of the system's");
    table.flag("help", help, "print this text, and stop");
    // "baldwin-sdr classify --demo NAME" asks for the same: its help lists the option
    const bool has_command = !arguments.front().starts_with('-');
    if (!read_options(table, help, {arguments.begin() + (has_command ? 1 : 0), arguments.end()})) {
        return ExitCode::done;
    }
    if (!font.empty()) use_font(font);
    const Registry registry = all_exhibits();
    const Exhibit& exhibit =
        as_usage("--demo", [&]() -> const Exhibit& { return registry.find(name); });
    const StopSignals signals;
    viz::ExhibitSource source(registry, exhibit, seed);
    return show_window(source, {.title = std::string(program) + ": " + source.title(),
                                .program = std::string(program)});
}

} // namespace baldwin::app

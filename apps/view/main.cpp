// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-view: looks at runs, live or finished, and at exhibits.

#include "export_csv.hpp"
#include "overview.hpp"
#include "run_source.hpp"
#include "view_options.hpp"

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/exhibits.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/png_encoder.hpp>
#include <baldwin/app/window.hpp>
#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/run_reader.hpp>
#include <baldwin/core/stop.hpp>
#include <baldwin/core/svg.hpp>

#include <baldwin/viz/exhibit_source.hpp>
#include <baldwin/viz/source.hpp>

#ifdef BALDWIN_HAS_VIZ
#include "painting.hpp"
#endif

#include <cstddef>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::app {
namespace {

std::vector<std::filesystem::path> paths_of(const ViewOptions& options) {
    return {options.runs.begin(), options.runs.end()};
}

/// What is wrong with a run is said and is no reason to stop.
void say_messages(viz::Source& source) {
    for (const std::string& message : source.take_messages()) say(message);
}

/// Reads until nothing is left; false after a stop was requested.
bool load(viz::Source& source) {
    while (source.poll(0.1).more) {
        if (stop_requested()) return false;
    }
    say_messages(source);
    return !stop_requested();
}

bool write_csv(const ViewOptions& options) {
    CsvTable table(options.csv);
    const auto names = detail::short_names(paths_of(options));
    for (std::size_t run = 0; run < names.size(); ++run) {
        const RunReader reader(options.runs[run]); // checks that it is one
        MetricLog log(reader.log().path());
        if (!table.add(names[run], log)) return false;
        for (const std::string& warning : log.take_warnings()) say(warning);
    }
    table.commit();
    return true;
}

bool write_svg(viz::Source& source, const ViewOptions& options) {
    SvgOptions svg{.width = static_cast<double>(options.size.width),
                   .height = static_cast<double>(options.size.height)};
    svg.encoder = png_encoder();
    // a large run's curves are read when they are asked for: the first drawing asks, as soon as
    // their names are known, and the last has them
    source.poll(0);
    overview(source, options.step, options.size.width);
    if (!load(source)) return false;
    overview(source, options.step, options.size.width);
    if (!load(source)) return false;
    const Scene scene = overview(source, options.step, options.size.width);
    write_text(options.svg, to_svg(scene, svg), Sync::no);
    return true;
}

#ifdef BALDWIN_HAS_VIZ

/// What goes without a display.
constexpr const char* kAdvice = "; --snapshot FILE, --svg FILE and --csv FILE do not";

/// Pictures off screen; false if a stop was requested.
bool paint(viz::Source& source, const ViewOptions& options) {
    if (options.snapshot.empty() && options.film.empty()) return true;
    Painting painting(options);
    if (!options.snapshot.empty() && !painting.write_snapshot(source)) return false;
    if (!options.film.empty()) {
        if (!painting.write_film(source)) return false;
        std::cout << viz::film_command(options.film, kFilmRate) << "\n";
    }
    say_messages(source);
    return true;
}

#else

/// What goes without SFML.
constexpr const char* kAdvice = "; --svg FILE and --csv FILE work";

[[noreturn]] void refuse_to_paint() {
    throw std::runtime_error("this program was built without SFML and paints nothing" +
                             std::string(kAdvice));
}
bool paint(viz::Source& /*source*/, const ViewOptions& options) {
    if (!options.snapshot.empty() || !options.film.empty()) refuse_to_paint();
    return true;
}

#endif

ExitCode open_window(viz::Source& source, const ViewOptions& options) {
    return show_window(source, {.title = "baldwin-view: " + source.title(),
                                .program = "baldwin-view",
                                .advice = kAdvice,
                                .width = static_cast<unsigned>(options.size.width),
                                .height = static_cast<unsigned>(options.size.height),
                                .scale = options.scale,
                                .dark = options.theme == ThemeName::dark});
}

/// Takes an exhibit to the step that is wanted; false if a stop was requested.
bool advance(viz::ExhibitSource& source, const ViewOptions& options) {
    viz::Controls& controls = *source.controls();
    controls.run(false);
    for (std::uint64_t step = 0; step < options.steps_of_exhibit(); ++step) {
        if (stop_requested()) return false;
        controls.step();
        source.poll(1);
    }
    say_messages(source);
    return true;
}

ExitCode write_files(viz::Source& source, const ViewOptions& options) {
    const bool is_done = (options.csv.empty() || write_csv(options)) &&
                         (options.svg.empty() || write_svg(source, options)) &&
                         paint(source, options);
    say_messages(source);
    return is_done ? ExitCode::done : ExitCode::interrupted;
}

ExitCode show_exhibit(const Registry& registry, const ViewOptions& options) {
    const Exhibit& exhibit =
        as_usage("--demo", [&]() -> const Exhibit& { return registry.find(options.demo); });
    viz::ExhibitSource source(registry, exhibit, options.seed);
    if (!options.writes_files()) return open_window(source, options);
    return advance(source, options) ? write_files(source, options) : ExitCode::interrupted;
}

void print_list(const Registry& registry) {
    for (const Exhibit& exhibit : registry.exhibits()) {
        std::cout << exhibit.category << '/' << exhibit.name << "  " << exhibit.summary << "\n";
    }
}

ExitCode view(const std::vector<std::string>& arguments) {
    ViewOptions options;
    OptionTable table("baldwin-view",
                      "Shows runs, live or finished, and exhibits: in a window, or as files.");
    options.declare(table);
    if (options.read(table, arguments)) return ExitCode::done;
    const Registry registry = all_exhibits();
    if (options.list) {
        print_list(registry);
        return ExitCode::done;
    }
    const StopSignals signals;
    if (!options.demo.empty()) return show_exhibit(registry, options);
    const auto source =
        as_usage("", [&] { return std::make_unique<RunSource>(paths_of(options)); });
    return options.writes_files() ? write_files(*source, options) : open_window(*source, options);
}

} // namespace
} // namespace baldwin::app

int main(int argc, char** argv) {
    using namespace baldwin::app;
    return run_main("baldwin-view", [&] { return view(arguments_of(argc, argv)); });
}

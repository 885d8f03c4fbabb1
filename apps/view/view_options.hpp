// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The options of baldwin-view.
#pragma once

#include <baldwin/app/build_info.hpp>
#include <baldwin/app/common_options.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/app/parse.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::app {

/// A line on stderr.
inline void say(const std::string& what) {
    std::cerr << "baldwin-view: " << one_line(what) << "\n";
}

/// The colours a window starts with.
enum class ThemeName { dark, light };

/// Width and height of a picture or window, pixels.
struct PictureSize {
    static constexpr std::size_t kLeast = 160;
    static constexpr std::size_t kMost = 8192;

    std::size_t width = 1280;
    std::size_t height = 800;
};

/// Reads "1280x800".
/// \throws UsageError naming the value and what would be right
inline PictureSize parse_size(std::string_view text, std::string_view what) {
    const std::size_t cross = text.find('x');
    try {
        if (cross == std::string_view::npos) throw UsageError("");
        const CountRange range{PictureSize::kLeast, PictureSize::kMost};
        return {parse_count(text.substr(0, cross), range, what),
                parse_count(text.substr(cross + 1), range, what)};
    } catch (const UsageError&) {
        throw UsageError(std::string(what) + " must be WIDTHxHEIGHT in pixels, each from " +
                         std::to_string(PictureSize::kLeast) + " to " +
                         std::to_string(PictureSize::kMost) + ", such as 1280x800, got '" +
                         std::string(text) + "'");
    }
}

/// Values of the options of baldwin-view.
struct ViewOptions {
    std::vector<std::string> runs;
    std::string demo;     ///< exhibit; empty: runs are shown
    std::string snapshot; ///< PNG to write; likewise svg, csv and film
    std::string svg;
    std::string csv;
    std::string film; ///< folder for numbered PNGs
    std::string size_text = "1280x800";
    PictureSize size;
    std::uint64_t step = std::numeric_limits<std::uint64_t>::max(); ///< the greatest: the newest
    std::string font;
    double scale = 1;
    ThemeName theme = ThemeName::dark;
    std::uint64_t seed = 1;
    bool list = false;
    bool help = false;
    bool version = false;

    [[nodiscard]] bool writes_files() const {
        return !snapshot.empty() || !svg.empty() || !csv.empty() || !film.empty();
    }
    /// How far an exhibit is taken for a picture.
    [[nodiscard]] std::uint64_t steps_of_exhibit() const {
        constexpr std::uint64_t kUsual = 100;
        return step == std::numeric_limits<std::uint64_t>::max() ? kUsual : step;
    }

    /// Declares all of them.
    void declare(OptionTable& table);
    /// Reads a command line.
    /// \return whether the program's work is done: the answer was printed on stdout
    /// \throws UsageError
    bool read(OptionTable& table, const std::vector<std::string>& arguments);
};

inline void ViewOptions::declare(OptionTable& table) {
    table.words(runs, "RUN [RUN ...]");
    table.text("demo", demo, "NAME", "show an exhibit instead of runs; --list names them");
    table.flag("list", list, "print the exhibits, and stop");
    table.count("seed", seed, "seed of the exhibit");
    table.text("snapshot", snapshot, "FILE",
               "write what the window would show as PNG, and stop; needs no display");
    table.text("svg", svg, "FILE", "write curves and frames as SVG, and stop");
    table.text("csv", csv, "FILE",
               "write the numbers behind the curves as CSV (run, metric, step, value), and stop");
    table.text("film", film, "DIR",
               "write a PNG for each step that has frames into DIR, print the ffmpeg line that "
               "makes a film of them, and stop; needs no display");
    table.text("size", size_text, "WxH", "size of window and pictures, pixels");
    table.count("step", step, "step that pictures show").preset =
        "the newest, of an exhibit the 100th";
    table.text("font", font, "FILE",
               "font; by default what BALDWIN_FONT names, or one of the system's");
    table.number("scale", scale, "size of everything drawn; 2 for dense screens", {0.5, 4});
    table.choice("theme", theme, "colours",
                 {{"dark", ThemeName::dark}, {"light", ThemeName::light}});
    table.flag("version", version, "print the version, and stop");
    table.flag("help", help, "print this text, and stop");
    table.add_note("RUN is the directory that a run writes, finished or still running: "
                   "its curves, its frames and its events are shown, several runs in one picture. "
                   "Keys of the window: F1 lists them.");
    table.add_note("Exit codes: 0 done, 1 something failed, 2 wrong usage, 130 interrupted.");
}

inline bool ViewOptions::read(OptionTable& table, const std::vector<std::string>& arguments) {
    if (!read_options(table, help, arguments)) return true;
    if (version) {
        std::cout << table.app() << ' ' << kVersion << " (" << kRevision << ")\n";
        return true;
    }
    size = parse_size(size_text, "--size");
    if (!font.empty()) use_font(font);
    if (list) return false;
    if (demo.empty() && runs.empty()) {
        throw UsageError("nothing to show: name a run directory, or an exhibit by --demo NAME "
                         "(--list names them)");
    }
    if (!demo.empty() && !runs.empty()) {
        throw UsageError("--demo shows an exhibit and no run: leave out '" + runs[0] + "'");
    }
    if (!demo.empty() && (!csv.empty() || !film.empty())) {
        throw UsageError("--csv and --film need a run; with --demo there are --snapshot and --svg");
    }
    return false;
}

} // namespace baldwin::app

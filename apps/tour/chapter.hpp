// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Chapters of the tour: small self-contained experiments that say what they did and what came out.
#pragma once

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/live.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/scene.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace baldwin::app {

/// What a chapter is given.
struct ChapterContext {
    Run& run;                    ///< for metrics, frames, checkpoints, progress
    Live& live;                  ///< the window, if there is one
    const CommonOptions& common; ///< seed, threads, data
    Executor executor;
    double seconds = 60;  ///< about how long it may take
    bool is_full = false; ///< the long form, however long it takes
};

/// A number that came out.
struct ChapterNumber {
    std::string key; ///< in summary.json
    double value = 0;
    std::string name;   ///< for people
    std::string text;   ///< the value for people, with its unit
    std::string beside; ///< what to compare it with; may be empty
};

/// A picture with a sentence that says what is seen.
struct ChapterFigure {
    std::string name; ///< plain, names the frame
    Scene scene;
    std::string caption;
    double width = 960;  ///< pixels
    double height = 360; ///< pixels
};

/// What a chapter hands back for the report.
struct ChapterResult {
    std::string was_run;  ///< what was done, for somebody who knows nothing of it
    std::string data;     ///< on what
    std::string came_out; ///< the result in a sentence or two
    std::vector<ChapterNumber> numbers;
    std::vector<ChapterFigure> figures;
    std::string repeat;         ///< shell commands, one a line, that give the same numbers
    Json more = Json::object(); ///< further keys for summary.json
    std::uint64_t steps = 0;    ///< of the experiment
};

/// A chapter as the tour lists it.
struct Chapter {
    std::string name; ///< plain, for --chapters
    std::string title;
    double share = 1; ///< of the tour's time, beside the other chapters'
    /// Finds what run() needs, such as data, before anything is written.
    std::function<void(const CommonOptions&)> prepare;
    /// Does the work; nothing if the run was asked to stop.
    std::function<std::optional<ChapterResult>(ChapterContext&)> run;
};

} // namespace baldwin::app

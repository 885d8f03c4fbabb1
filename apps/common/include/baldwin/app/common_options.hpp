// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The options that all programs share, and how a program's options are read as a whole.
#pragma once

#include <baldwin/app/options.hpp>
#include <baldwin/core/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace baldwin::app {

/// Values of the shared options.
struct CommonOptions {
    std::uint64_t seed = 1; ///< decides every random number of the run
    std::size_t threads = std::max(1U, std::thread::hardware_concurrency()); ///< worker threads
    std::string data;   ///< name of a data set, or a folder
    std::string out;    ///< run directory; empty: runs/<app>-<time>-<seed>
    std::string resume; ///< run directory to go on with; empty: a new run
    std::string config; ///< file with options; empty: none
    std::string font;   ///< file; empty: one of the system's
    std::string demo;   ///< exhibit; see demo.hpp, which takes care of it before
    bool view = false;
    bool quiet = false;
    bool accept_other_bits = false;
    bool help = false;
    bool version = false;
    bool print_config = false;
    OptionTexts given = {}; ///< what stood on the command line, set by read_options

    [[nodiscard]] bool is_resumed() const noexcept { return !resume.empty(); }

    /// Declares them; the data option only shows where it has a default.
    void declare(OptionTable& table);
};

/// Checks that only what may change stands beside --resume.
/// \throws UsageError naming the option
void check_beside_resume(const OptionTable& table, const OptionTexts& given);

/// Checks that a resumed run ends no earlier than it was to.
/// \param given, stored  the texts of the command line and of the run's config.json
/// \throws UsageError naming the option
void check_later_end(const OptionTable& table, const OptionTexts& given, const OptionTexts& stored);

/// Makes a file the font of this process's windows and pictures.
/// \throws UsageError if there is no such file
void use_font(const std::string& path);

/// The JSON in a file that --config names.
/// \throws UsageError if there is no such file, or it is not JSON
Json read_config_file(const std::string& path);

/// Reads command line and files into the fields of a table, and answers --help and its like.
/// \param arguments  without the program's name
/// \return whether the program's work is done: the answer was printed on stdout
/// \throws UsageError, one line: what was wrong, with which value, what would be right
bool read_options(OptionTable& table, CommonOptions& common,
                  const std::vector<std::string>& arguments);

/// The arguments of main without the program's name.
inline std::vector<std::string> arguments_of(int argc, const char* const* argv) {
    return {argv + std::min(argc, 1), argv + argc};
}

} // namespace baldwin::app

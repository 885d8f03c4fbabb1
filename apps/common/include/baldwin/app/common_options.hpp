// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The options that all programs share, and how a program's options are read as a whole.
#pragma once

#include <baldwin/app/build_info.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/run_directory.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
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
    bool view = false;
    bool quiet = false;
    bool accept_other_bits = false;
    bool help = false;
    bool version = false;
    bool print_config = false;
    OptionTexts given = {}; ///< what stood on the command line, set by read_options

    [[nodiscard]] bool is_resumed() const noexcept { return !resume.empty(); }

    /// Declares them; the data option only shows where it has a default.
    void declare(OptionTable& table) {
        table.text("data", data, "NAME|DIR", "data set by name, or a folder that holds it");
        table.count("seed", seed, "seed of every random number");
        table
            .count("threads", threads, "worker threads; the result does not depend on it",
                   {1, 1024})
            .as(Role::conduct);
        table
            .text("out", out, "DIR",
                  "run directory, new or empty; by default "
                  "runs/<app>-<time>-<seed>")
            .as(Role::place);
        table
            .text("resume", resume, "DIR",
                  "go on with the run in DIR; beside it only --threads, --view, --quiet, "
                  "--accept-other-bits and a later end")
            .as(Role::place);
        table
            .flag("accept-other-bits", accept_other_bits,
                  "resume although this program's arithmetic differs")
            .as(Role::conduct);
        table
            .text("config", config, "FILE",
                  "options from a config.json or from what --print-config wrote; the command "
                  "line wins")
            .as(Role::place);
        table.flag("view", view, "show the run live in a window").as(Role::conduct);
        table.flag("quiet", quiet, "no progress on stderr").as(Role::conduct);
        table.flag("print-config", print_config, "print all options with their values, and stop")
            .as(Role::place);
        table.flag("version", version, "print the version, and stop").as(Role::place);
        table.flag("help", help, "print this text, and stop").as(Role::place);
    }
};

/// Checks that only what may change stands beside --resume.
/// \throws UsageError naming the option
inline void check_beside_resume(const OptionTable& table, const OptionTexts& given) {
    for (const auto& [name, text] : given) {
        const Option& option = *table.find(name);
        const bool is_allowed = option.role == Role::conduct || option.role == Role::end ||
                                name == "resume" || name == "print-config";
        if (is_allowed) continue;
        throw UsageError("--" + name +
                         " cannot stand beside --resume: a resumed run keeps its "
                         "options; only --threads, --view, --quiet, --accept-other-bits and a "
                         "later end can be given");
    }
}

/// Checks that a resumed run ends no earlier than it was to.
/// \param given, stored  the texts of the command line and of the run's config.json
/// \throws UsageError naming the option
inline void check_later_end(const OptionTable& table, const OptionTexts& given,
                            const OptionTexts& stored) {
    for (const auto& [name, text] : given) {
        const Option& option = *table.find(name);
        const auto before = stored.find(name);
        if (option.role != Role::end || before == stored.end()) continue;
        const auto end_of = [&](const std::string& value) {
            option.set(value);
            const double end = option.json().get<double>();
            return option.zero_is_endless && end == 0 ? std::numeric_limits<double>::infinity()
                                                      : end;
        };
        if (end_of(text) >= end_of(before->second)) continue;
        throw UsageError("--" + name + ": a resumed run can only end later than it was to, at " +
                         before->second + ", got '" + text + "'");
    }
}

/// The JSON in a file that --config names.
/// \throws UsageError if there is no such file, or it is not JSON
inline Json read_config_file(const std::string& path) {
    try {
        return read_json(path);
    } catch (const std::runtime_error& error) {
        throw UsageError("--config: " + std::string(error.what()));
    }
}

/// Reads command line and files into the fields of a table, and answers --help and its like.
/// \param arguments  without the program's name
/// \return whether the program's work is done: the answer was printed on stdout
/// \throws UsageError, one line: what was wrong, with which value, what would be right
inline bool read_options(OptionTable& table, CommonOptions& common,
                         const std::vector<std::string>& arguments) {
    common.given = table.read_command_line(arguments);
    const OptionTexts& given = common.given;
    const auto is_on = [&](std::string_view name) {
        const auto found = given.find(name);
        return found != given.end() && parse_flag(found->second, "--" + std::string(name));
    };
    if (is_on("help")) {
        std::cout << table.help_text();
        return true;
    }
    if (is_on("version")) {
        std::cout << table.app() << ' ' << kVersion << " (" << kRevision << ")\n";
        return true;
    }
    table.assign({&given});
    OptionTexts stored;
    if (common.is_resumed()) {
        check_beside_resume(table, given);
        const RunDirectory run =
            as_usage("--resume", [&] { return RunDirectory::reopen(common.resume); });
        stored = table.read_config(run.config(), run.config_path().string());
        check_later_end(table, given, stored);
    } else if (!common.config.empty()) {
        stored = table.read_config(read_config_file(common.config), common.config);
    }
    table.assign({&given, &stored});
    // what belongs to this call alone never comes from a file
    if (!is_on("accept-other-bits")) common.accept_other_bits = false;
    if (is_on("print-config")) {
        std::cout << pretty({{"app", table.app()}, {"options", table.to_json()}});
        return true;
    }
    return false;
}

/// The arguments of main without the program's name.
inline std::vector<std::string> arguments_of(int argc, const char* const* argv) {
    return {argv + std::min(argc, 1), argv + argc};
}

} // namespace baldwin::app

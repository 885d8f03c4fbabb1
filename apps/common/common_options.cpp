// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/build_info.hpp>
#include <baldwin/app/common_options.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/app/parse.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/run_directory.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace baldwin::app {

void CommonOptions::declare(OptionTable& table) {
    table.text("data", data, "NAME|DIR", "data set by name, or a folder that holds it");
    table.count("seed", seed, "seed of every random number");
    table.count("threads", threads, "worker threads; the result does not depend on it", {1, 1024})
        .as(Role::conduct);
    table
        .text("out", out, "DIR",
              "run directory, new or empty; by default "
              "runs/<app>-<time>-<seed>")
        .as(Role::place);
    table
        .text("resume", resume, "DIR",
              "go on with the run in DIR; beside it only --threads, --view, --font, --quiet, "
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
    table
        .text("font", font, "FILE",
              "font of windows and pictures; by default what BALDWIN_FONT names, or one of the "
              "system's")
        .as(Role::place);
    table
        .text("demo", demo, "NAME",
              "show an exhibit in a window instead; beside it only --seed and --font; "
              "baldwin-view --list names them")
        .as(Role::place);
    table.flag("quiet", quiet, "no progress on stderr").as(Role::conduct);
    table.flag("print-config", print_config, "print all options with their values, and stop")
        .as(Role::place);
    table.flag("version", version, "print the version, and stop").as(Role::place);
    table.flag("help", help, "print this text, and stop").as(Role::place);
}

void check_beside_resume(const OptionTable& table, const OptionTexts& given) {
    for (const auto& [name, text] : given) {
        const Option& option = *table.find(name);
        const bool is_allowed = option.role == Role::conduct || option.role == Role::end ||
                                name == "resume" || name == "print-config" || name == "font";
        if (is_allowed) continue;
        throw UsageError(
            "--" + name +
            " cannot stand beside --resume: a resumed run keeps its "
            "options; only --threads, --view, --font, --quiet, --accept-other-bits and "
            "a later end can be given");
    }
}

void check_later_end(const OptionTable& table, const OptionTexts& given,
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

void use_font(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        throw UsageError("--font: there is no file '" + path + "'; name a .ttf or .otf file");
    }
    ::setenv("BALDWIN_FONT", path.c_str(), 1); // where viz looks first
}

Json read_config_file(const std::string& path) {
    try {
        return read_json(path);
    } catch (const std::runtime_error& error) {
        throw UsageError("--config: " + std::string(error.what()));
    }
}

bool read_options(OptionTable& table, CommonOptions& common,
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
    if (!common.font.empty()) use_font(common.font);
    // what belongs to this call alone never comes from a file
    if (!is_on("accept-other-bits")) common.accept_other_bits = false;
    if (is_on("print-config")) {
        std::cout << pretty({{"app", table.app()}, {"options", table.to_json()}});
        return true;
    }
    return false;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/subcommands.hpp>

#include <baldwin/app/build_info.hpp>

#include <algorithm>
#include <cstddef>
#include <iostream>

namespace baldwin::app {
namespace {

void print_subcommands(std::string_view program, std::string_view purpose,
                       std::span<const Subcommand> commands) {
    std::size_t width = 0;
    for (const Subcommand& command : commands) width = std::max(width, command.name.size());
    std::cout << program << ": " << purpose << "\n\nusage: " << program << " COMMAND [options]\n\n";
    for (const Subcommand& command : commands) {
        std::cout << "  " << command.name << std::string(width + 2 - command.name.size(), ' ')
                  << command.summary << '\n';
    }
    std::cout << '\n'
              << program << " COMMAND --help lists its options; --demo NAME shows an\n"
              << "exhibit in a window (baldwin-view --list names them).\n";
}

std::string names_of(std::span<const Subcommand> commands) {
    std::string all;
    for (const Subcommand& command : commands) {
        all += (all.empty() ? "" : ", ") + std::string(command.name);
    }
    return all;
}

} // namespace

ExitCode run_subcommand(std::string_view program, std::string_view purpose,
                        std::span<const Subcommand> commands,
                        const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        throw UsageError("a command is missing; there are: " + names_of(commands));
    }
    const std::string& name = arguments.front();
    if (name == "--help") {
        print_subcommands(program, purpose, commands);
        return ExitCode::done;
    }
    if (name == "--version") {
        std::cout << program << ' ' << kVersion << " (" << kRevision << ")\n";
        return ExitCode::done;
    }
    const auto found = std::find_if(commands.begin(), commands.end(),
                                    [&](const Subcommand& one) { return one.name == name; });
    if (found == commands.end()) {
        throw UsageError("'" + name + "' is not a command; there are: " + names_of(commands));
    }
    return found->run({arguments.begin() + 1, arguments.end()});
}

} // namespace baldwin::app

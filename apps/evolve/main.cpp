// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve: populations of networks in environments.

#include "commands.hpp"
#include "environments.hpp"
#include "trace.hpp"

#include <baldwin/app/build_info.hpp>
#include <baldwin/app/common_options.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/envs/catalogue.hpp>
#include <baldwin/envs/space.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::app {
namespace {

ExitCode list(const std::vector<std::string>& arguments) {
    OptionTable table("baldwin-evolve list", "lists the environments with their spaces");
    bool help = false;
    table.flag("help", help, "print this text, and stop");
    const OptionTexts given = table.read_command_line(arguments);
    table.assign({&given});
    if (help) {
        std::cout << table.help_text();
        return ExitCode::done;
    }
    const envs::Catalogue catalogue = all_environments();
    for (const envs::CatalogueEntry& entry : catalogue.entries()) {
        std::cout << entry.id << "\n    " << entry.summary << '\n';
        try {
            const envs::AnyEnvironment env = entry.make({});
            std::cout << "    observation: " << to_string(env.observation_space())
                      << "\n    action: " << to_string(env.action_space()) << '\n';
        } catch (const std::runtime_error& error) { // a robot's file is not here
            std::cout << "    " << error.what() << '\n';
        }
        if (entry.solved) std::cout << "    solved at: " << shortest_text(*entry.solved) << '\n';
    }
    return ExitCode::done;
}

/// One thing that the program does.
struct Command {
    std::string_view name;
    std::string_view summary;
    ExitCode (*run)(const std::vector<std::string>& arguments);
};

constexpr std::array kCommands = {
    Command{"genome", "makes, shows, decodes and compares genomes", genome_tools},
    Command{"list", "the environments with their spaces", list},
    Command{"replay", "plays one episode of an evolved network", replay},
    Command{"run", "evolves networks that play an environment", run_evolution},
    Command{"trace", "an environment played by a fixed rule, as one JSON object", trace::run},
};

std::string help_text() {
    std::string text = "baldwin-evolve: populations of networks in environments\n\n"
                       "usage: baldwin-evolve EXPERIMENT [options]\n\n";
    for (const Command& command : kCommands) {
        text += "  " + std::string(command.name) + std::string(10 - command.name.size(), ' ') +
                std::string(command.summary) + "\n";
    }
    return text + "\nbaldwin-evolve EXPERIMENT --help lists its options.\n";
}

ExitCode run(std::vector<std::string> arguments) {
    const std::string name = arguments.empty() ? "" : arguments.front();
    if (name == "--help") {
        std::cout << help_text();
        return ExitCode::done;
    }
    if (name == "--version") {
        std::cout << "baldwin-evolve " << kVersion << " (" << kRevision << ")\n";
        return ExitCode::done;
    }
    const auto found = std::find_if(kCommands.begin(), kCommands.end(),
                                    [&](const Command& one) { return one.name == name; });
    if (found == kCommands.end()) {
        std::string known;
        for (const Command& one : kCommands) {
            known += (known.empty() ? "" : ", ") + std::string(one.name);
        }
        throw UsageError("the first word must be one of " + known + ", got '" + name +
                         "'; see --help");
    }
    arguments.erase(arguments.begin());
    return found->run(arguments);
}

} // namespace
} // namespace baldwin::app

int main(int argc, char** argv) {
    using namespace baldwin::app;
    return run_main("baldwin-evolve", [&] { return run(arguments_of(argc, argv)); });
}

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve: populations of networks in environments.

#include "commands.hpp"
#include "trace.hpp"

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/environments.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/app/subcommands.hpp>
#include <baldwin/envs/catalogue.hpp>
#include <baldwin/envs/space.hpp>

#include <array>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::app {
namespace {

ExitCode list(const std::vector<std::string>& arguments) {
    OptionTable table("baldwin-evolve list", "lists the environments with their spaces");
    bool help = false;
    table.flag("help", help, "print this text, and stop");
    if (!read_options(table, help, arguments)) return ExitCode::done;
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

constexpr std::array kCommands = {
    Subcommand{"genome", "makes, shows, decodes and compares genomes", genome_tools},
    Subcommand{"list", "the environments with their spaces", list},
    Subcommand{"replay", "plays one episode of an evolved network", replay},
    Subcommand{"run", "evolves networks that play an environment", run_evolution},
    Subcommand{"trace", "an environment played by a fixed rule, as one JSON object", trace::run},
};

} // namespace
} // namespace baldwin::app

int main(int argc, char** argv) {
    using namespace baldwin::app;
    return run_main("baldwin-evolve", [&] {
        return run_subcommand("baldwin-evolve", "populations of networks in environments",
                              kCommands, arguments_of(argc, argv));
    });
}

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve list: the environments of this build.

#include "commands.hpp"

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/environments.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/envs/catalogue.hpp>
#include <baldwin/envs/space.hpp>

#include <iostream>
#include <stdexcept>

namespace baldwin::app {

ExitCode list_environments(const std::vector<std::string>& arguments) {
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

} // namespace baldwin::app

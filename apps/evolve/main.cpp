// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-evolve: populations of networks in environments.

#include "commands.hpp"

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/demo.hpp>
#include <baldwin/app/subcommands.hpp>

#include <array>
#include <string>
#include <vector>

namespace baldwin::app {
namespace {

constexpr std::array kCommands = {
    Subcommand{"genome", "makes, shows, decodes and compares genomes", genome_tools},
    Subcommand{"list", "the environments with their spaces", list_environments},
    Subcommand{"replay", "plays one episode of an evolved network", replay},
    Subcommand{"run", "evolves networks that play an environment", run_evolution},
    Subcommand{"trace", "an environment played by a fixed rule, as one JSON object",
               trace_environment},
};

} // namespace
} // namespace baldwin::app

int main(int argc, char** argv) {
    using namespace baldwin::app;
    const auto work = [](const std::vector<std::string>& arguments) {
        return run_subcommand("baldwin-evolve", "populations of networks in environments",
                              kCommands, arguments);
    };
    return run_main_with_demo("baldwin-evolve", arguments_of(argc, argv), work);
}

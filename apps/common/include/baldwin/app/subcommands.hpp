// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Programs that do one of several things, named by the first word of the command line.
#pragma once

#include <baldwin/app/main.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::app {

/// One of the things that a program does.
struct Subcommand {
    std::string_view name;
    std::string_view summary;
    ExitCode (*run)(const std::vector<std::string>& arguments); ///< those behind its name
};

/// Runs the one that the first argument names; answers --help and --version.
/// \param program  with what stands before the name: "baldwin-sdr", "baldwin-evolve genome"
/// \param purpose  of all of them, half a sentence
/// \throws UsageError naming all of them if the first argument is none
ExitCode run_subcommand(std::string_view program, std::string_view purpose,
                        std::span<const Subcommand> commands,
                        const std::vector<std::string>& arguments);

} // namespace baldwin::app

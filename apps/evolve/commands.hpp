// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The commands of baldwin-evolve, each in a file of its name.
#pragma once

#include <baldwin/app/main.hpp>

#include <string>
#include <vector>

namespace baldwin::app {

/// \param arguments  those behind the command's name
ExitCode run_evolution(const std::vector<std::string>& arguments);
ExitCode genome_tools(const std::vector<std::string>& arguments);
ExitCode list_environments(const std::vector<std::string>& arguments);
ExitCode replay(const std::vector<std::string>& arguments);
ExitCode trace_environment(const std::vector<std::string>& arguments);

} // namespace baldwin::app

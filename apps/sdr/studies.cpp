// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// The commands without pictures: they share what is expensive to compile.

#include "commands.hpp"
#include "events_command.hpp"
#include "study_commands.hpp"

namespace baldwin::app {

ExitCode run_similarity(const std::vector<std::string>& arguments) { return similarity(arguments); }
ExitCode run_capacity(const std::vector<std::string>& arguments) { return capacity(arguments); }
ExitCode run_sequence(const std::vector<std::string>& arguments) { return sequence(arguments); }
ExitCode run_events(const std::vector<std::string>& arguments) { return events(arguments); }

} // namespace baldwin::app

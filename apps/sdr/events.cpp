// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "commands.hpp"
#include "events_command.hpp"

namespace baldwin::app {

ExitCode run_events(const std::vector<std::string>& arguments) { return events(arguments); }

} // namespace baldwin::app

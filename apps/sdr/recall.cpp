// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "commands.hpp"
#include "recall_command.hpp"

namespace baldwin::app {

ExitCode run_recall(const std::vector<std::string>& arguments) { return recall(arguments); }

} // namespace baldwin::app

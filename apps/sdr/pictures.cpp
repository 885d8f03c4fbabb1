// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// The commands that store pictures: they share what is expensive to compile.

#include "classify.hpp"
#include "commands.hpp"
#include "recall_command.hpp"

namespace baldwin::app {

ExitCode run_classify(const std::vector<std::string>& arguments) { return classify(arguments); }
ExitCode run_recall(const std::vector<std::string>& arguments) { return recall(arguments); }

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "classify.hpp"
#include "commands.hpp"

namespace baldwin::app {

ExitCode run_classify(const std::vector<std::string>& arguments) { return classify(arguments); }

} // namespace baldwin::app

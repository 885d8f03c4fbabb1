// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The commands of baldwin-sdr; pictures.cpp and studies.cpp compile them.
#pragma once

#include <baldwin/app/main.hpp>

#include <string>
#include <vector>

namespace baldwin::app {

/// \param arguments  those behind the command's name
ExitCode run_classify(const std::vector<std::string>& arguments);
ExitCode run_similarity(const std::vector<std::string>& arguments);
ExitCode run_capacity(const std::vector<std::string>& arguments);
ExitCode run_events(const std::vector<std::string>& arguments);
ExitCode run_recall(const std::vector<std::string>& arguments);
ExitCode run_sequence(const std::vector<std::string>& arguments);

} // namespace baldwin::app

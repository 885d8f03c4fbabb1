// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-sdr: Sparsey's memories at a shell, one command for each study.

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
    Subcommand{"classify", "store pictures, each seen once, and name others", run_classify},
    Subcommand{"similarity", "codes of similar inputs", run_similarity},
    Subcommand{"capacity", "how many items a mac recalls", run_capacity},
    Subcommand{"recall", "stored pictures from damaged ones", run_recall},
    Subcommand{"events", "actions in clips, by a memory of three levels", run_events},
    Subcommand{"sequence", "context, recognition and completion of sequences", run_sequence},
};

} // namespace
} // namespace baldwin::app

int main(int argc, char** argv) {
    using namespace baldwin::app;
    const auto work = [](const std::vector<std::string>& arguments) {
        return run_subcommand("baldwin-sdr",
                              "single-trial memory in sparse distributed codes (Sparsey)",
                              kCommands, arguments);
    };
    return run_main_with_demo("baldwin-sdr", arguments_of(argc, argv), work);
}

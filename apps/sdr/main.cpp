// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-sdr: Sparsey's memories at a shell, one command for each study.

#include "commands.hpp"

#include <baldwin/app/main.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::app {
namespace {

struct Command {
    std::string_view name;
    std::string_view purpose;
    ExitCode (*run)(const std::vector<std::string>& arguments);
};

constexpr std::array kCommands = {
    Command{"classify", "store pictures, each seen once, and name others", run_classify},
    Command{"similarity", "codes of similar inputs", run_similarity},
    Command{"capacity", "how many items a mac recalls", run_capacity},
    Command{"recall", "stored pictures from damaged ones", run_recall},
    Command{"events", "actions in clips, by a memory of three levels", run_events},
    Command{"sequence", "context, recognition and completion of sequences", run_sequence},
};

std::string names() {
    std::string all;
    for (const Command& command : kCommands) {
        all += (all.empty() ? "" : ", ") + std::string(command.name);
    }
    return all;
}

void print_help() {
    std::cout << "baldwin-sdr: single-trial memory in sparse distributed codes (Sparsey).\n\n"
                 "usage: baldwin-sdr COMMAND [options], baldwin-sdr COMMAND --help\n\n";
    for (const Command& command : kCommands) {
        std::cout << "  " << command.name << std::string(12 - command.name.size(), ' ')
                  << command.purpose << "\n";
    }
}

ExitCode dispatch(std::vector<std::string> arguments) {
    if (arguments.empty()) throw UsageError("a command is missing; there are: " + names());
    if (arguments[0] == "--help") {
        print_help();
        return ExitCode::done;
    }
    const std::string name = arguments[0];
    arguments.erase(arguments.begin());
    for (const Command& command : kCommands) {
        if (command.name == name) return command.run(arguments);
    }
    throw UsageError("'" + name + "' is not a command; there are: " + names());
}

} // namespace
} // namespace baldwin::app

int main(int argc, char** argv) {
    using namespace baldwin::app;
    return run_main("baldwin-sdr", [&] {
        return dispatch({argv + std::min(argc, 1), argv + argc});
    });
}

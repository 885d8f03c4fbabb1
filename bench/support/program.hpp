// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What the main of every benchmark does: options, peers, exit codes, its file of results.
#pragma once

#include <cstddef>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>

namespace baldwin::bench {

/// How a benchmark of several keys, measured in rounds, is run.
struct Options {
    std::string json = {}; ///< file of results
    std::string peer = {}; ///< path of the peer's program; empty: none
    double seconds = 1.0;  ///< of one measurement
    std::size_t rounds = 3;
    std::string only = {}; ///< part of the keys to run
};

/// Hands each "--name value" to take(name, value), which says whether it knows the name.
/// \throws std::invalid_argument if a value is missing or a name unknown
template <class Take>
void read_options(int count, char** arguments, Take&& take) {
    for (int i = 1; i < count; i += 2) {
        const std::string name = arguments[i];
        if (i + 1 == count) throw std::invalid_argument(name + " needs a value");
        if (!take(name, std::string(arguments[i + 1]))) {
            throw std::invalid_argument("unknown option " + name);
        }
    }
}

/// \param options   what holds for those that are not given
/// \param has_peer  whether --peer is one
/// \throws std::invalid_argument
inline Options parse_options(int count, char** arguments, Options options, bool has_peer) {
    read_options(count, arguments, [&](const std::string& name, const std::string& value) {
        if (name == "--json") {
            options.json = value;
        } else if (name == "--peer" && has_peer) {
            options.peer = value;
        } else if (name == "--seconds") {
            options.seconds = std::stod(value);
        } else if (name == "--rounds") {
            options.rounds = std::stoul(value);
        } else if (name == "--only") {
            options.only = value;
        } else {
            return false;
        }
        return true;
    });
    if (options.json.empty()) throw std::invalid_argument("--json FILE is required");
    if (options.rounds == 0) throw std::invalid_argument("--rounds must be >= 1");
    if (!(options.seconds > 0)) throw std::invalid_argument("--seconds must be > 0");
    return options;
}

/// The number that a peer's program prints; nothing if it prints none.
/// \throws std::runtime_error if it fails
inline std::optional<double> run_peer(const std::string& command) {
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    double number = 0;
    const int read = std::fscanf(pipe, "%lf", &number);
    if (pclose(pipe) != 0) throw std::runtime_error(command + ": failed");
    return read == 1 ? std::optional(number) : std::nullopt;
}

/// A number for JSON and for the table, with six figures; "null" for none.
inline std::string number(const std::optional<double>& value) {
    if (!value) return "null";
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", *value);
    return text;
}

/// Writes one JSON object.
/// \param members  its members, each behind two spaces, separated by ",\n"; may be empty
/// \throws std::runtime_error if the file cannot be written
inline void write_results(const std::string& path, const std::string& members) {
    std::ofstream file(path);
    file << "{\n" << members << "\n}\n";
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

/// Runs a benchmark; what it throws becomes one line on stderr.
/// \param name   the program's name, put before the message
/// \param parse  (count, arguments) -> its options
/// \param run    (options)
/// \return 0; 2 if parse threw, 1 if run did
template <class Parse, class Run>
int run_main(const char* name, int count, char** arguments, Parse&& parse, Run&& run) {
    int code = 2;
    try {
        const auto options = parse(count, arguments);
        code = 1;
        run(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return code;
    }
    return 0;
}

} // namespace baldwin::bench

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What the main of every benchmark does: exit codes, and its file of results.
#pragma once

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

namespace baldwin::bench {

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

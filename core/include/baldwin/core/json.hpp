// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// JSON values that keep the order of their keys, read from files with one-line errors.
#pragma once

#include <baldwin/core/file.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace baldwin {

/// A JSON value whose objects keep their keys in the order of insertion.
using Json = nlohmann::ordered_json;

/// Largest JSON file that is read: 64 MiB.
inline constexpr std::size_t kJsonLimit = std::size_t{1} << 26;

/// Parses a whole text.
/// \param origin  path or other name, for errors
/// \throws std::runtime_error "origin: is not JSON: ..." with line and column
inline Json parse_json(std::string_view text, const std::string& origin) {
    try {
        return Json::parse(text);
    } catch (const Json::exception& error) { // a number like 1e999 is no parse_error
        // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
        const std::string_view what = error.what();
        const std::size_t at = what.find("at line");
        throw file_error(origin, "is not JSON: " + std::string(what.substr(
                                                       at == std::string_view::npos ? 0 : at + 3)));
    }
}

/// Parses a file.
/// \throws std::runtime_error if it cannot be read, is larger than kJsonLimit, or is not JSON
inline Json read_json(const std::filesystem::path& path) {
    return parse_json(read_text(path, kJsonLimit), path.string());
}

/// A JSON value on indented lines, ending in a line break; texts that are not UTF-8 are repaired.
inline std::string pretty(const Json& value) {
    return value.dump(4, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace baldwin

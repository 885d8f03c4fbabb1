// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Strict reading of option values: the whole text is a number in its range, or an error says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace baldwin::app {

/// What a real-valued option accepts.
struct NumberRange {
    double min = 0;
    double max = std::numeric_limits<double>::infinity();
    bool excludes_min = false; ///< min itself is too small

    [[nodiscard]] bool contains(double value) const noexcept {
        return (excludes_min ? value > min : value >= min) && value <= max;
    }
};

/// What an integer option accepts.
struct CountRange {
    std::uint64_t min = 0;
    std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
};

/// The shortest text of a number that reads back the same.
std::string shortest_text(double value);

/// "> 0, <= 100"
std::string to_string(const NumberRange& range);
/// "1 to 1024", ">= 1"
std::string to_string(const CountRange& range);

/// A finite number in a range.
/// \param what  how to call it in the error: "--lr"
/// \throws UsageError naming the value and what would be right
double parse_number(std::string_view text, const NumberRange& range, std::string_view what);

/// A whole number in a range, written in decimal digits.
/// \throws UsageError naming the value and what would be right
std::uint64_t parse_count(std::string_view text, const CountRange& range, std::string_view what);

/// "true" or "false".
/// \throws UsageError otherwise
bool parse_flag(std::string_view text, std::string_view what);

/// Index of \p text in \p names.
/// \throws UsageError listing the names
std::size_t parse_choice(std::string_view text, std::span<const std::string_view> names,
                         std::string_view what);

/// Number of letters to insert, remove or replace to make one word from the other.
/// \cost O(a b)
std::size_t edit_distance(std::string_view a, std::string_view b);

} // namespace baldwin::app

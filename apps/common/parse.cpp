// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/main.hpp>
#include <baldwin/app/parse.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace baldwin::app {

std::string shortest_text(double value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

std::string to_string(const NumberRange& range) {
    const std::string low = (range.excludes_min ? "> " : ">= ") + shortest_text(range.min);
    return std::isfinite(range.max) ? low + ", <= " + shortest_text(range.max) : low;
}

std::string to_string(const CountRange& range) {
    if (range.max == std::numeric_limits<std::uint64_t>::max()) {
        return ">= " + std::to_string(range.min);
    }
    return std::to_string(range.min) + " to " + std::to_string(range.max);
}

double parse_number(std::string_view text, const NumberRange& range, std::string_view what) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number =
        result.ec == std::errc() && result.ptr == text.data() + text.size() && std::isfinite(value);
    if (is_number && range.contains(value)) return value;
    throw UsageError(std::string(what) + " must be a number " + to_string(range) + ", got '" +
                     std::string(text) + "'");
}

std::uint64_t parse_count(std::string_view text, const CountRange& range, std::string_view what) {
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = result.ec == std::errc() && result.ptr == text.data() + text.size();
    if (is_number && value >= range.min && value <= range.max) return value;
    throw UsageError(std::string(what) + " must be a whole number " + to_string(range) + ", got '" +
                     std::string(text) + "'");
}

bool parse_flag(std::string_view text, std::string_view what) {
    if (text == "true" || text == "false") return text == "true";
    throw UsageError(std::string(what) + " must be true or false, got '" + std::string(text) + "'");
}

std::size_t parse_choice(std::string_view text, std::span<const std::string_view> names,
                         std::string_view what) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::string list;
    for (const auto name : names) list += (list.empty() ? "" : ", ") + std::string(name);
    throw UsageError(std::string(what) + " must be one of " + list + ", got '" + std::string(text) +
                     "'");
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

} // namespace baldwin::app

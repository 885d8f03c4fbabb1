// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Single-precision numbers in JSON.
#pragma once

#include <baldwin/core/json.hpp>

#include <charconv>

namespace baldwin::app {

/// The shortest decimal that reads back as the same float, as a JSON number.
inline Json number_of(float value) {
    char digits[32];
    const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    double shortest = 0;
    std::from_chars(digits, end, shortest);
    return shortest;
}

} // namespace baldwin::app

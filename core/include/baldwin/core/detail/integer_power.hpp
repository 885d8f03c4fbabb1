// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Whole powers without libm.
#pragma once

#include <cstdint>

namespace baldwin::detail {

/// base^exponent by squaring: the same bits on every machine.
[[nodiscard]] inline double integer_power(double base, std::uint64_t exponent) {
    double power = 1.0;
    for (; exponent > 0; exponent >>= 1U, base *= base) {
        if ((exponent & 1U) != 0) power *= base;
    }
    return power;
}

} // namespace baldwin::detail

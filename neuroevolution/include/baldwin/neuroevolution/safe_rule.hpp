// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Which safe mutations a genome was made with; what they do stands in safe_mutation.hpp.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::neuroevolution {

/// How the outputs' dependence on a parameter is put into one number.
enum class Sensitivity : std::uint8_t {
    sum,     ///< of the mean gradient: opposite effects on different inputs cancel (SM-G-SUM)
    absolute ///< of the mean size of the gradient; a walk for each input (SM-G-ABS)
};

[[nodiscard]] inline std::string_view to_string(Sensitivity sensitivity) {
    return sensitivity == Sensitivity::sum ? "sum" : "absolute";
}
/// \throws std::invalid_argument if there is none of that name
[[nodiscard]] inline Sensitivity parse_sensitivity(std::string_view text) {
    if (text == "sum") return Sensitivity::sum;
    if (text == "absolute") return Sensitivity::absolute;
    throw std::invalid_argument("Sensitivity: must be sum or absolute, got '" + std::string(text) +
                                "'");
}

/// Mutations scaled by output sensitivity. Part of what a genome means: decoding needs it.
struct SafeMutations {
    Sensitivity sensitivity = Sensitivity::sum;
    float floor = 0.01F;       ///< least sensitivity that counts, > 0: no scale is above 1 / floor
    std::vector<float> states; ///< inputs that sensitivity is measured on, shape (n, inputs)

    friend bool operator==(const SafeMutations& a, const SafeMutations& b) = default;
};

} // namespace baldwin::neuroevolution

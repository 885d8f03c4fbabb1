// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Mutation power: schedules, and rules by which it adapts itself.
#pragma once

#include <baldwin/core/math.hpp>
#include <baldwin/core/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin::neuroevolution {

/// A sigma that follows generations or frames. The value used is stored with each mutation, so
/// genomes do not depend on it.
struct SigmaSchedule {
    enum class Course : std::uint8_t { constant, linear, exponential };

    Course course = Course::constant;
    double first = 0.005;   ///< > 0
    double last = 0.005;    ///< > 0; reached after `span`, kept from there on
    std::uint64_t span = 1; ///< generations, or frames; >= 1
    bool by_frames = false;
};

/// The sigma of a schedule.
[[nodiscard]] inline double sigma_at(const SigmaSchedule& schedule, std::uint64_t generation,
                                     std::uint64_t frames) {
    const std::uint64_t at = schedule.by_frames ? frames : generation;
    const double done = std::min(1.0, static_cast<double>(at) / static_cast<double>(schedule.span));
    switch (schedule.course) {
    case SigmaSchedule::Course::linear:
        return std::fma(done, schedule.last - schedule.first, schedule.first);
    case SigmaSchedule::Course::exponential:
        return schedule.first * baldwin::exp(done * baldwin::log(schedule.last / schedule.first));
    default: return schedule.first;
    }
}

/// How a GA's sigma comes about.
enum class SigmaRule : std::uint8_t {
    schedule,      ///< as the schedule says
    self_adaptive, ///< a child inherits its parent's, times 2^u, u uniform in (-1, 1) (SAMR)
    fifth,         ///< grows when more than a fifth of the children beat their parents (MR15)
    groups         ///< groups of children share one; those of the greatest gain live on (GESMR)
};

inline constexpr std::array<std::string_view, 4> kSigmaRuleNames = {"schedule", "self-adaptive",
                                                                    "fifth", "groups"};

[[nodiscard]] inline std::string_view to_string(SigmaRule rule) {
    return kSigmaRuleNames[static_cast<std::size_t>(rule)];
}
/// \throws std::invalid_argument if there is no such rule
[[nodiscard]] inline SigmaRule parse_sigma_rule(std::string_view text) {
    const auto found = std::find(kSigmaRuleNames.begin(), kSigmaRuleNames.end(), text);
    if (found == kSigmaRuleNames.end()) {
        throw std::invalid_argument(
            "SigmaRule: must be schedule, self-adaptive, fifth or groups, got '" +
            std::string(text) + "'");
    }
    return static_cast<SigmaRule>(found - kSigmaRuleNames.begin());
}

namespace detail {

/// sigma times 2^u, u uniform in (-1, 1).
inline float varied_sigma(float sigma, const Stream& stream, std::uint64_t index) {
    constexpr double kLn2 = 0.69314718055994530942;
    const double factor = baldwin::exp((2 * stream.uniform(index) - 1) * kLn2);
    return static_cast<float>(sigma * factor);
}

} // namespace detail

} // namespace baldwin::neuroevolution

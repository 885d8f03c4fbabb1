// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Learning rates as pure functions of the step.
#pragma once

#include <baldwin/core/detail/integer_power.hpp>
#include <baldwin/core/math.hpp>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace baldwin {

/// How a learning rate changes over the steps of a run.
///
/// A linear warm-up leads to the full rate, which the course then lowers.
struct Schedule {
    enum class Course { constant, step, cosine };

    Course course = Course::constant;
    double rate = 0.1;          ///< after warm-up, before any decay; >= 0
    std::uint64_t warm_up = 0;  ///< steps in which the rate grows linearly up to `rate`
    std::uint64_t steps = 1;    ///< cosine: length of the run, warm-up included; the rate stays
                                ///< at `floor` from there on
    double floor = 0.0;         ///< cosine: the last rate, in [0, rate]
    std::uint64_t interval = 1; ///< step: steps between two decays, counted from step 0; >= 1
    double factor = 0.1;        ///< step: what each decay multiplies the rate by; in (0, 1]
};

namespace detail {

inline void check_schedule(bool holds, const char* what, double got) {
    if (holds) return;
    throw std::invalid_argument(std::string("Schedule: ") + what + ", got " + std::to_string(got));
}
[[nodiscard]] inline double cosine_rate(const Schedule& s, std::uint64_t step) {
    if (step >= s.steps) return s.floor;
    const double done = static_cast<double>(step - s.warm_up);
    const double angle = 3.14159265358979323846 * done / static_cast<double>(s.steps - s.warm_up);
    return std::fma(s.rate - s.floor, 0.5 + 0.5 * baldwin::cos(angle), s.floor);
}

} // namespace detail

/// Refuses a schedule that makes no sense, before a run starts.
/// \throws std::invalid_argument that names the field
inline void check(const Schedule& s) {
    detail::check_schedule(std::isfinite(s.rate) && s.rate >= 0.0, "rate must be a number >= 0",
                           s.rate);
    detail::check_schedule(s.floor >= 0.0 && s.floor <= s.rate, "floor must lie in [0, rate]",
                           s.floor);
    detail::check_schedule(s.factor > 0.0 && s.factor <= 1.0, "factor must lie in (0, 1]",
                           s.factor);
    detail::check_schedule(s.interval >= 1, "interval must be >= 1",
                           static_cast<double>(s.interval));
}

/// The rate for step 0, 1, ...
///
/// Warm-up: rate * (step + 1) / warm_up while step < warm_up. Then constant: rate; step:
/// rate * factor^floor(step / interval); cosine: from rate down to floor along half a cosine.
/// \paper Goyal et al. 2017, section 2.2 (warm-up); Loshchilov & Hutter 2017, eq. 5 (cosine)
[[nodiscard]] inline double learning_rate(const Schedule& s, std::uint64_t step) {
    if (step < s.warm_up) {
        return s.rate * static_cast<double>(step + 1) / static_cast<double>(s.warm_up);
    }
    switch (s.course) {
    case Schedule::Course::step: return s.rate * detail::integer_power(s.factor, step / s.interval);
    case Schedule::Course::cosine: return detail::cosine_rate(s, step);
    default: return s.rate;
    }
}

} // namespace baldwin

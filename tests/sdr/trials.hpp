// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Means of independent trials and the bands that they leave.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>

namespace baldwin::sdr::test {

/// A sample of a random quantity.
class Trials {
public:
    void add(double value) {
        ++count_;
        const double step = value - mean_;
        mean_ += step / static_cast<double>(count_);
        squares_ += step * (value - mean_);
    }
    [[nodiscard]] double mean() const { return mean_; }
    /// Standard deviation of one trial.
    [[nodiscard]] double deviation() const {
        return count_ < 2 ? 0.0 : std::sqrt(squares_ / static_cast<double>(count_ - 1));
    }
    /// Standard error of the mean.
    [[nodiscard]] double error() const {
        return deviation() / std::sqrt(static_cast<double>(count_));
    }
    /// Expects a figure that is one further run of the same quantity, given to three digits: it
    /// differs from our mean by one run's deviation and the mean's error, 4 of which together are
    /// the band.
    void expect_run(double figure) const {
        const double both = std::hypot(deviation(), error());
        EXPECT_NEAR(mean_, figure, 4 * both + 0.0005)
            << count_ << " trials, deviation " << deviation();
    }

private:
    std::size_t count_ = 0;
    double mean_ = 0;
    double squares_ = 0; // sum of squared deviations
};

} // namespace baldwin::sdr::test

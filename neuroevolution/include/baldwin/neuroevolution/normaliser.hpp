// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Running mean and variance of observations, as a policy's input is normalised with.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::neuroevolution {

/// Sums over observations. Adding up those of many individuals in the order of their numbers gives
/// the same bits whoever collected them.
struct Moments {
    std::uint64_t count = 0;
    std::vector<double> sum;     ///< (observation size); empty while nothing was added
    std::vector<double> squares; ///< the same for the squares

    /// Adds one observation.
    void add(std::span<const float> observation) {
        resize(observation.size());
        ++count;
        for (std::size_t i = 0; i < observation.size(); ++i) {
            const double x = observation[i];
            sum[i] += x;
            squares[i] += x * x; // exact product: fused or not, the same bits
        }
    }
    /// Adds what others collected.
    /// \throws std::invalid_argument if the observations are of another size
    void add(const Moments& other) {
        if (other.count == 0) return;
        resize(other.sum.size());
        count += other.count;
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] += other.sum[i];
            squares[i] += other.squares[i];
        }
    }

    friend bool operator==(const Moments& a, const Moments& b) = default;

private:
    void resize(std::size_t size) {
        if (sum.empty()) {
            sum.resize(size);
            squares.resize(size);
        }
        if (sum.size() != size) {
            throw std::invalid_argument("Moments: observations must have " +
                                        std::to_string(sum.size()) + " elements, got " +
                                        std::to_string(size));
        }
    }
};

/// Takes an observation to mean 0 and deviation 1, clipped.
struct Normaliser {
    std::vector<float> mean;
    std::vector<float> deviation; ///< at least kLeastDeviation
    float clip = 5;               ///< largest size of a normalised element

    static constexpr float kLeastDeviation = 1e-2F;

    /// Of what was seen so far; mean 0 and deviation 1 for fewer than two observations.
    static Normaliser of(const Moments& moments, float clip = 5) {
        Normaliser normaliser;
        normaliser.clip = clip;
        const auto count = static_cast<double>(moments.count);
        for (std::size_t i = 0; i < moments.sum.size(); ++i) {
            const double mean = moments.count < 2 ? 0 : moments.sum[i] / count;
            const double variance =
                moments.count < 2 ? 1 : std::fma(-mean, mean, moments.squares[i] / count);
            normaliser.mean.push_back(static_cast<float>(mean));
            normaliser.deviation.push_back(
                std::max(kLeastDeviation, static_cast<float>(std::sqrt(std::max(0.0, variance)))));
        }
        return normaliser;
    }

    /// out[i] = clip((x[i] - mean[i]) / deviation[i]); a copy where there is nothing to go by.
    /// \throws std::invalid_argument if a size does not fit
    void apply(std::span<const float> x, std::span<float> out) const {
        if (out.size() != x.size() || (!mean.empty() && mean.size() != x.size())) {
            throw std::invalid_argument("Normaliser: observations must have " +
                                        std::to_string(mean.size()) + " elements, got " +
                                        std::to_string(x.size()));
        }
        for (std::size_t i = 0; i < x.size(); ++i) {
            out[i] = mean.empty() ? x[i] : std::clamp((x[i] - mean[i]) / deviation[i], -clip, clip);
        }
    }

    friend bool operator==(const Normaliser& a, const Normaliser& b) = default;
};

} // namespace baldwin::neuroevolution

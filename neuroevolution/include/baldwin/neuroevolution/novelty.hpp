// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Novelty: how far a behaviour is from its nearest neighbours among those seen before.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/detail/neighbours.hpp>
#include <baldwin/neuroevolution/detail/state.hpp>
#include <baldwin/neuroevolution/evaluation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::neuroevolution {

/// How far two behaviours are apart.
enum class Distance : std::uint8_t { squared, euclidean };

struct NoveltyConfig {
    std::uint32_t neighbours = 25; ///< k, >= 1
    Distance distance = Distance::squared;
    double archive_probability = 0.01; ///< that an individual enters the archive
};

/// Behaviours that newcomers are compared with; it only grows. Nearest neighbours are exact: by a
/// k-d tree in up to 16 dimensions, by comparing all beyond.
class NoveltyArchive {
public:
    /// Takes its dimension from the first point.
    NoveltyArchive() = default;
    /// \throws std::invalid_argument if \p dimensions is 0
    explicit NoveltyArchive(std::size_t dimensions) { expect(dimensions); }

    [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
    /// 0 while nothing is known.
    [[nodiscard]] std::size_t dimensions() const noexcept { return index_.dimensions(); }
    /// All points, shape (size, dimensions), in the order of their addition.
    [[nodiscard]] std::span<const float> points() const noexcept { return index_.points(); }

    /// Squared Euclidean distances to the nearest entries.
    /// \param queries  shape (n, dimensions)
    /// \return shape (n, k), rising in each row; infinity where there are fewer than k entries
    /// \throws std::invalid_argument if the queries are of another dimension
    /// \cost in 2-D about 4 us a query among 100,000 entries, k = 25
    [[nodiscard]] std::vector<double> nearest(std::span<const float> queries, std::size_t k,
                                              const Executor& executor = Executor::serial()) const {
        return index_.nearest(queries, k, executor);
    }

    /// Sets the dimension, or checks it.
    /// \throws std::invalid_argument if the archive has another, or it is 0
    void expect(std::size_t dimensions) { index_.expect(dimensions); }
    /// \throws std::invalid_argument if the point has another dimension or is not finite
    void add(std::span<const float> point) { index_.add(point); }

    void save(SafetensorsWriter& out, const std::string& name) const {
        const std::vector<float> points(this->points().begin(), this->points().end());
        detail::add_list(out, name, points);
        out.add_value<std::uint64_t>(name + ".dimensions", dimensions());
    }
    /// \throws std::runtime_error if the file has no such archive
    void restore(const SafetensorsFile& in, const std::string& name) {
        const auto points = detail::list_of<float>(in, name);
        const auto dimensions = in.value<std::uint64_t>(name + ".dimensions");
        *this = NoveltyArchive();
        if (dimensions == 0) return;
        expect(dimensions);
        for (std::size_t i = 0; i + dimensions <= points.size(); i += dimensions) {
            add(std::span<const float>(points).subspan(i, dimensions));
        }
    }

private:
    detail::NeighbourIndex index_;
};

namespace detail {

/// Mean of the k first of rising squared distances, without the infinite ones; 0 without any.
[[nodiscard]] inline double mean_distance(std::span<const double> squares,
                                          const NoveltyConfig& config) {
    double sum = 0;
    std::size_t count = 0;
    for (; count < squares.size() && count < config.neighbours && std::isfinite(squares[count]);
         ++count) {
        sum += config.distance == Distance::squared ? squares[count] : std::sqrt(squares[count]);
    }
    return count > 0 ? sum / static_cast<double>(count) : 0;
}

/// The mean distance of each point to its k nearest entries of the archive.
[[nodiscard]] inline std::vector<double> mean_distances(const NoveltyArchive& archive,
                                                        std::span<const float> points,
                                                        const NoveltyConfig& config,
                                                        const Executor& executor) {
    const std::size_t k = config.neighbours;
    const auto squares = archive.nearest(points, k, executor);
    std::vector<double> means;
    for (std::size_t i = 0; i < squares.size(); i += k) {
        means.push_back(mean_distance(std::span<const double>(squares).subspan(i, k), config));
    }
    return means;
}

} // namespace detail

/// Novelty of each of a population: the mean distance to the k nearest among the archive and the
/// others of the population. With fewer than k of them, to all there are; 0 for a lone one.
/// \param points  shape (n, dimensions of the archive)
/// \paper Lehman & Stanley 2011, eq. 1
[[nodiscard]] inline std::vector<double> novelty_of(const NoveltyArchive& archive,
                                                    std::span<const float> points,
                                                    const NoveltyConfig& config,
                                                    const Executor& executor = Executor::serial()) {
    const std::size_t k = config.neighbours;
    detail::NeighbourIndex population;
    population.expect(archive.dimensions());
    population.add_all(points);
    const auto old = archive.nearest(points, k, executor);
    // one more, because each one's nearest neighbour here is itself
    const auto others = population.nearest(points, k + 1, executor);
    std::vector<double> novelty;
    for (std::size_t i = 0; i < population.size(); ++i) {
        std::vector<double> all(old.begin() + static_cast<std::ptrdiff_t>(i * k),
                                old.begin() + static_cast<std::ptrdiff_t>((i + 1) * k));
        const auto own = others.begin() + static_cast<std::ptrdiff_t>(i * (k + 1));
        all.insert(all.end(), own + 1, own + static_cast<std::ptrdiff_t>(k + 1));
        std::sort(all.begin(), all.end());
        novelty.push_back(detail::mean_distance(all, config));
    }
    return novelty;
}

namespace detail {

/// The behaviours of a population, one after the other.
/// \throws std::runtime_error if there are none, or of different lengths
[[nodiscard]] inline std::vector<float> behaviours_of(std::span<const Evaluation> results) {
    std::vector<float> points;
    for (const Evaluation& one : results) {
        const std::size_t wanted = results.front().behaviour.size();
        if (one.behaviour.empty() || one.behaviour.size() != wanted) {
            throw std::runtime_error("novelty needs behaviours of one length, got " +
                                     std::to_string(wanted) + " and " +
                                     std::to_string(one.behaviour.size()));
        }
        points.insert(points.end(), one.behaviour.begin(), one.behaviour.end());
    }
    return points;
}

[[nodiscard]] inline double mean_of(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

} // namespace detail

} // namespace baldwin::neuroevolution

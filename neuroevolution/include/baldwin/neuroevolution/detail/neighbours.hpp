// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Exact nearest neighbours of points that are added over time.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/neuroevolution/detail/kd_tree.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::neuroevolution::detail {

/// Points in k-d trees that cover them in the order of their addition, each at least twice as large
/// as the next; the last few points are compared one by one. Two trees of about one size become
/// one, so adding n points costs O(n log^2 n) in all.
class NeighbourIndex {
public:
    [[nodiscard]] std::size_t dimensions() const noexcept { return dimensions_; }
    [[nodiscard]] std::size_t size() const noexcept {
        return dimensions_ == 0 ? 0 : points_.size() / dimensions_;
    }
    [[nodiscard]] std::span<const float> points() const noexcept { return points_; }

    void expect(std::size_t dimensions) {
        if (dimensions > 0 && (dimensions_ == 0 || dimensions_ == dimensions)) {
            dimensions_ = dimensions;
            return;
        }
        throw std::invalid_argument(
            dimensions == 0 ? "NoveltyArchive: a behaviour must have a dimension, got 0"
                            : "NoveltyArchive: the archive has " + std::to_string(dimensions_) +
                                  " dimensions, got a behaviour of " + std::to_string(dimensions));
    }
    void add(std::span<const float> point) {
        expect(point.size());
        for (const float x : point) {
            if (!std::isfinite(x)) {
                throw std::invalid_argument("NoveltyArchive: a behaviour must be finite, got " +
                                            std::to_string(x));
            }
        }
        points_.insert(points_.end(), point.begin(), point.end());
        grow_trees();
    }
    /// \param points  shape (n, dimensions)
    void add_all(std::span<const float> points) {
        for (std::size_t i = 0; i < points.size(); i += dimensions_) {
            add(points.subspan(i, dimensions_));
        }
    }

    [[nodiscard]] std::vector<double> nearest(std::span<const float> queries, std::size_t k,
                                              const Executor& executor) const {
        const std::size_t count = check_queries(queries);
        std::vector<double> out(count * k, std::numeric_limits<double>::infinity());
        for_queries(queries, k, executor, [&](std::size_t query, Nearest& found) {
            std::size_t at = query * k;
            for (const auto& entry : found.sorted()) out[at++] = entry.distance;
        });
        return out;
    }
    /// Index of the nearest point to each query; there must be one.
    [[nodiscard]] std::vector<std::uint32_t> closest(std::span<const float> queries,
                                                     const Executor& executor) const {
        std::vector<std::uint32_t> out(check_queries(queries));
        for_queries(queries, 1, executor, [&](std::size_t query, Nearest& found) {
            out[query] = found.sorted().front().index;
        });
        return out;
    }

private:
    static constexpr std::size_t kTail = 256;   // points that are in no tree, at most
    static constexpr std::size_t kQueries = 64; // of a chunk

    std::size_t check_queries(std::span<const float> queries) const {
        if (dimensions_ == 0 || queries.size() % dimensions_ != 0) {
            throw std::invalid_argument("NoveltyArchive: queries must be rows of " +
                                        std::to_string(dimensions_) + " elements, got " +
                                        std::to_string(queries.size()) + " elements");
        }
        return queries.size() / dimensions_;
    }
    template <class F>
    void for_queries(std::span<const float> queries, std::size_t k, const Executor& executor,
                     F&& f) const {
        const std::size_t count = queries.size() / dimensions_;
        executor.chunks((count + kQueries - 1) / kQueries,
                        [&](std::size_t chunk, std::size_t /*slot*/) {
                            Nearest found(k);
                            const std::size_t end = std::min(count, (chunk + 1) * kQueries);
                            for (std::size_t q = chunk * kQueries; q < end; ++q) {
                                found.clear();
                                search(queries.data() + q * dimensions_, found);
                                f(q, found);
                            }
                        });
    }
    void search(const float* query, Nearest& found) const {
        for (const KdTree& tree : trees_) tree.search(query, found);
        scan(query, points_.data(), in_trees_, size(), dimensions_, nullptr, 0, found);
    }
    void grow_trees() {
        if (dimensions_ > kMostTreeDimensions || size() - in_trees_ < kTail) return;
        std::size_t first = in_trees_;
        while (!trees_.empty() && trees_.back().size() < 2 * (size() - first)) {
            first -= trees_.back().size();
            trees_.pop_back();
        }
        trees_.emplace_back(std::span<const float>(points_).subspan(first * dimensions_),
                            dimensions_, first);
        in_trees_ = size();
    }

    std::size_t dimensions_ = 0;
    std::vector<float> points_; // in the order of their addition
    std::vector<KdTree> trees_; // the oldest and largest first
    std::size_t in_trees_ = 0;  // the first so many points are in trees
};

} // namespace baldwin::neuroevolution::detail

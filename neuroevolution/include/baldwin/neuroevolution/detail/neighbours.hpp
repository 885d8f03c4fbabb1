// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Exact nearest neighbours of points that are added over time.
#pragma once

#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::neuroevolution::detail {

inline constexpr std::size_t kMostTreeDimensions = 16; ///< beyond, a tree visits everything

/// Squared distances of a query to points that stand one after the other. One compiled body for all
/// searches, so that a tree and a plain search find equal numbers.
[[gnu::noinline]] inline void squared_distances(const float* query, const float* points,
                                                std::size_t count, std::size_t dimensions,
                                                double* out) {
    for (std::size_t i = 0; i < count; ++i, points += dimensions) {
        double sum = 0;
        for (std::size_t d = 0; d < dimensions; ++d) {
            const double difference = static_cast<double>(query[d]) - points[d];
            sum += difference * difference;
        }
        out[i] = sum;
    }
}

/// The k smallest distances so far, and whose they are; of equal ones the lower index.
class Nearest {
public:
    struct Entry {
        double distance;
        std::uint32_t index;

        friend bool operator<(const Entry& a, const Entry& b) {
            return a.distance != b.distance ? a.distance < b.distance : a.index < b.index;
        }
    };

    explicit Nearest(std::size_t k) : k_(k) { heap_.reserve(k + 1); }

    void clear() { heap_.clear(); }
    /// What a distance may not exceed to be of interest.
    [[nodiscard]] double bound() const {
        return heap_.size() < k_ ? std::numeric_limits<double>::infinity() : heap_[0].distance;
    }
    void offer(double distance, std::uint32_t index) {
        if (distance > bound()) return;
        const Entry entry{distance, index};
        if (heap_.size() == k_) {
            if (!(entry < heap_[0])) return;
            std::pop_heap(heap_.begin(), heap_.end());
            heap_.back() = entry;
        } else {
            heap_.push_back(entry);
        }
        std::push_heap(heap_.begin(), heap_.end());
    }
    /// In rising order; then it has to be cleared.
    std::span<const Entry> sorted() {
        std::sort_heap(heap_.begin(), heap_.end());
        return heap_;
    }

private:
    std::size_t k_;
    std::vector<Entry> heap_;
};

/// Points with a balanced k-d tree over the first of them; the rest are compared one by one until
/// they are many enough for a new tree.
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
        grow_tree();
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
    static constexpr std::size_t kLeaf = 16;    // points
    static constexpr std::size_t kQueries = 64; // of a chunk

    struct Node {
        float split = 0;
        std::uint32_t axis = 0;
        std::uint32_t begin = 0; // points of the subtree, in the tree's order
        std::uint32_t end = 0;
        std::uint32_t right = 0; // the left child is the next node; 0: a leaf
    };

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
        if (!nodes_.empty()) {
            std::vector<double> offsets(dimensions_, 0.0);
            visit(0, query, 0, offsets.data(), found);
        }
        scan(query, points_.data(), in_tree_, size(), nullptr, found);
    }
    // points [begin, end) of an array that names them by `names`, or by their place
    void scan(const float* query, const float* points, std::size_t begin, std::size_t end,
              const std::uint32_t* names, Nearest& found) const {
        std::array<double, 64> distances;
        for (std::size_t at = begin; at < end; at += distances.size()) {
            const std::size_t count = std::min(distances.size(), end - at);
            squared_distances(query, points + at * dimensions_, count, dimensions_,
                              distances.data());
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t place = at + i;
                found.offer(distances[i],
                            names == nullptr ? static_cast<std::uint32_t>(place) : names[place]);
            }
        }
    }
    // the nearer side first; the other if its box may hold something. `box` is the squared distance
    // to this subtree's box, made of the squared offsets along each axis.
    void visit(std::size_t at, const float* query, double box, double* offsets,
               Nearest& found) const {
        const Node& node = nodes_[at];
        if (node.right == 0) {
            return scan(query, ordered_.data(), node.begin, node.end, order_.data(), found);
        }
        const double offset = static_cast<double>(query[node.axis]) - node.split;
        const std::size_t near = offset < 0 ? at + 1 : node.right;
        const std::size_t far = offset < 0 ? node.right : at + 1;
        visit(near, query, box, offsets, found);
        const double old = offsets[node.axis];
        const double far_box = box - old + offset * offset;
        // sums in another order than the distances': a hair of slack keeps the search exact
        if (far_box * (1 - 1e-9) > found.bound()) return;
        offsets[node.axis] = offset * offset;
        visit(far, query, far_box, offsets, found);
        offsets[node.axis] = old;
    }
    void grow_tree() {
        if (dimensions_ > kMostTreeDimensions) return;
        if (size() - in_tree_ < std::max<std::size_t>(64, in_tree_ / 4)) return;
        in_tree_ = size();
        order_.resize(in_tree_);
        std::iota(order_.begin(), order_.end(), 0U);
        nodes_.clear();
        build(0, static_cast<std::uint32_t>(in_tree_));
        ordered_.clear();
        for (const std::uint32_t index : order_) {
            const float* point = points_.data() + index * dimensions_;
            ordered_.insert(ordered_.end(), point, point + dimensions_);
        }
    }
    [[nodiscard]] float at(std::uint32_t index, std::size_t axis) const {
        return points_[index * dimensions_ + axis];
    }
    std::uint32_t widest_axis(std::uint32_t begin, std::uint32_t end) const {
        std::uint32_t widest = 0;
        double most = -1;
        for (std::uint32_t axis = 0; axis < dimensions_; ++axis) {
            const auto [low, high] = std::minmax_element(
                order_.begin() + begin, order_.begin() + end,
                [&](std::uint32_t a, std::uint32_t b) { return at(a, axis) < at(b, axis); });
            const double width = static_cast<double>(at(*high, axis)) - at(*low, axis);
            if (width > most) {
                most = width;
                widest = axis;
            }
        }
        return widest;
    }
    void build(std::uint32_t begin, std::uint32_t end) {
        const std::size_t self = nodes_.size();
        nodes_.push_back({0, 0, begin, end, 0});
        if (end - begin <= kLeaf) return;
        const std::uint32_t axis = widest_axis(begin, end);
        const std::uint32_t middle = begin + (end - begin) / 2;
        std::nth_element(order_.begin() + begin, order_.begin() + middle, order_.begin() + end,
                         [&](std::uint32_t a, std::uint32_t b) {
                             return at(a, axis) != at(b, axis) ? at(a, axis) < at(b, axis) : a < b;
                         });
        nodes_[self].axis = axis;
        nodes_[self].split = at(order_[middle], axis);
        build(begin, middle);
        nodes_[self].right = static_cast<std::uint32_t>(nodes_.size());
        build(middle, end);
    }

    std::size_t dimensions_ = 0;
    std::vector<float> points_; // in the order of their addition
    std::size_t in_tree_ = 0;   // the first so many are in the tree
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> order_; // of the points in the tree
    std::vector<float> ordered_;       // the same points in that order
};

} // namespace baldwin::neuroevolution::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A balanced k-d tree over points that stand one after the other.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
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

/// Offers the points [begin, end) of an array, under the numbers that `names` gives them, or with
/// null under first + place.
inline void scan(const float* query, const float* points, std::size_t begin, std::size_t end,
                 std::size_t dimensions, const std::uint32_t* names, std::size_t first,
                 Nearest& found) {
    std::array<double, 64> distances;
    for (std::size_t at = begin; at < end; at += distances.size()) {
        const std::size_t count = std::min(distances.size(), end - at);
        squared_distances(query, points + at * dimensions, count, dimensions, distances.data());
        const double bound = found.bound();
        for (std::size_t i = 0; i < count; ++i) {
            if (distances[i] > bound) continue;
            const std::size_t place = at + i;
            found.offer(distances[i], names == nullptr ? static_cast<std::uint32_t>(first + place)
                                                       : names[place]);
        }
    }
}

/// Splits the widest side of each box at its median until a few points are left.
class KdTree {
public:
    /// \param points      shape (n, dimensions); copied
    /// \param dimensions  at most kMostTreeDimensions
    /// \param first       number of the first point
    KdTree(std::span<const float> points, std::size_t dimensions, std::size_t first)
        : dimensions_(dimensions), order_(points.size() / dimensions) {
        std::iota(order_.begin(), order_.end(), 0U);
        build(points.data(), 0, static_cast<std::uint32_t>(order_.size()));
        points_.reserve(points.size());
        for (std::uint32_t& index : order_) {
            const float* point = points.data() + index * dimensions_;
            points_.insert(points_.end(), point, point + dimensions_);
            index += static_cast<std::uint32_t>(first);
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

    /// Offers all points that may be among the nearest.
    void search(const float* query, Nearest& found) const {
        std::array<double, kMostTreeDimensions> offsets{};
        visit(0, query, 0, offsets.data(), found);
    }

private:
    static constexpr std::size_t kLeaf = 12; // points

    struct Node {
        float split = 0;
        std::uint32_t axis = 0;
        std::uint32_t begin = 0; // points of the subtree, in the tree's order
        std::uint32_t end = 0;
        std::uint32_t right = 0; // the left child is the next node; 0: a leaf
    };

    // the nearer side first; the other if its box may hold something. `box` is the squared distance
    // to this subtree's box, made of the squared offsets along each axis.
    void visit(std::size_t at, const float* query, double box, double* offsets,
               Nearest& found) const {
        const Node& node = nodes_[at];
        if (node.right == 0) {
            return scan(query, points_.data(), node.begin, node.end, dimensions_, order_.data(), 0,
                        found);
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
    std::uint32_t widest_axis(const float* points, std::uint32_t begin, std::uint32_t end) const {
        std::uint32_t widest = 0;
        double most = -1;
        for (std::uint32_t axis = 0; axis < dimensions_; ++axis) {
            float low = std::numeric_limits<float>::infinity();
            float high = -low;
            for (std::uint32_t i = begin; i < end; ++i) {
                const float x = points[order_[i] * dimensions_ + axis];
                low = std::min(low, x);
                high = std::max(high, x);
            }
            const double width = static_cast<double>(high) - low;
            if (width > most) widest = axis;
            most = std::max(most, width);
        }
        return widest;
    }
    void build(const float* points, std::uint32_t begin, std::uint32_t end) {
        const std::size_t self = nodes_.size();
        nodes_.push_back({0, 0, begin, end, 0});
        if (end - begin <= kLeaf) return;
        const std::uint32_t axis = widest_axis(points, begin, end);
        const auto at = [&](std::uint32_t index) { return points[index * dimensions_ + axis]; };
        const std::uint32_t middle = begin + (end - begin) / 2;
        std::nth_element(order_.begin() + begin, order_.begin() + middle, order_.begin() + end,
                         [&](std::uint32_t a, std::uint32_t b) {
                             return at(a) != at(b) ? at(a) < at(b) : a < b;
                         });
        nodes_[self].axis = axis;
        nodes_[self].split = at(order_[middle]);
        build(points, begin, middle);
        nodes_[self].right = static_cast<std::uint32_t>(nodes_.size());
        build(points, middle, end);
    }

    std::size_t dimensions_;
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> order_; // numbers of the points, in the tree's order
    std::vector<float> points_;        // in that order
};

} // namespace baldwin::neuroevolution::detail

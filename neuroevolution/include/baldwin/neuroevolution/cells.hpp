// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Cells of a behaviour space: a grid, or the regions around centroids.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/neuroevolution/detail/neighbours.hpp>
#include <baldwin/neuroevolution/seeds.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// One axis of a behaviour space.
struct BehaviourAxis {
    double low = 0;
    double high = 1;         ///< > low
    std::uint32_t bins = 10; ///< of a grid; >= 1
};

/// Divides a box of behaviours into numbered cells. What is outside belongs to the nearest cell.
class Cells {
public:
    /// Equal boxes; cell numbers are row-major, the last axis fastest.
    /// \throws std::invalid_argument if an axis makes no sense or there are more than 2^24 cells
    static Cells grid(std::vector<BehaviourAxis> axes) {
        Cells cells(std::move(axes));
        std::size_t count = 1;
        for (const BehaviourAxis& axis : cells.axes_) {
            if (axis.bins == 0) throw std::invalid_argument("Cells: bins must be >= 1, got 0");
            count *= axis.bins;
            if (count > kMost) {
                throw std::invalid_argument("Cells: a grid may have 2^24 cells, got more");
            }
        }
        cells.size_ = count;
        return cells;
    }
    /// A centroidal Voronoi tessellation of the box: centroids by Lloyd's algorithm on uniform
    /// samples, 32 for each cell.
    /// \param axes   their bins are not used
    /// \throws std::invalid_argument if an axis makes no sense or count is not in [1, 2^20]
    /// \cost about .3 s for 1,000 cells in 2-D
    /// \paper Vassiliades et al. 2018, arXiv 1610.05729
    static Cells cvt(std::vector<BehaviourAxis> axes, std::size_t count, std::uint64_t seed,
                     const Executor& executor = Executor::serial());

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::span<const BehaviourAxis> axes() const noexcept { return axes_; }
    [[nodiscard]] bool is_grid() const noexcept { return centroids_.size() == 0; }
    /// Centroids of a tessellation, shape (size, axes).
    [[nodiscard]] std::span<const float> centroids() const noexcept { return centroids_.points(); }

    /// The cell of a behaviour.
    /// \throws std::invalid_argument if it has another number of dimensions than there are axes
    [[nodiscard]] std::size_t cell_of(std::span<const float> behaviour) const {
        if (behaviour.size() != axes_.size()) {
            throw std::invalid_argument("Cells: a behaviour must have " +
                                        std::to_string(axes_.size()) + " dimensions, got " +
                                        std::to_string(behaviour.size()));
        }
        if (!is_grid()) return centroids_.closest(behaviour, Executor::serial())[0];
        std::size_t cell = 0;
        for (std::size_t i = 0; i < axes_.size(); ++i) {
            const BehaviourAxis& axis = axes_[i];
            const double share = (behaviour[i] - axis.low) / (axis.high - axis.low);
            const double bin = std::floor(share * axis.bins);
            cell =
                cell * axis.bins + static_cast<std::size_t>(std::clamp(bin, 0.0, axis.bins - 1.0));
        }
        return cell;
    }

private:
    static constexpr std::size_t kMost = std::size_t{1} << 24;
    static constexpr std::size_t kSamples = 32; // of a cell
    static constexpr int kRounds = 25;

    explicit Cells(std::vector<BehaviourAxis> axes) : axes_(std::move(axes)) {
        if (axes_.empty()) throw std::invalid_argument("Cells: there must be an axis, got none");
        for (const BehaviourAxis& axis : axes_) {
            if (std::isfinite(axis.high - axis.low) && axis.low < axis.high) continue;
            throw std::invalid_argument("Cells: an axis must go from low to high, got " +
                                        std::to_string(axis.low) + " to " +
                                        std::to_string(axis.high));
        }
    }
    [[nodiscard]] std::vector<float> uniform_points(std::size_t count, const Stream& draws) const {
        std::vector<float> points;
        for (std::size_t i = 0; i < count * axes_.size(); ++i) {
            const BehaviourAxis& axis = axes_[i % axes_.size()];
            points.push_back(
                static_cast<float>(std::fma(draws.uniform(i), axis.high - axis.low, axis.low)));
        }
        return points;
    }

    std::vector<BehaviourAxis> axes_;
    std::size_t size_ = 0;
    detail::NeighbourIndex centroids_; // empty: a grid
};

inline Cells Cells::cvt(std::vector<BehaviourAxis> axes, std::size_t count, std::uint64_t seed,
                        const Executor& executor) {
    if (count == 0 || count > (std::size_t{1} << 20)) {
        throw std::invalid_argument("Cells: count must be in [1, 2^20], got " +
                                    std::to_string(count));
    }
    Cells cells(std::move(axes));
    cells.size_ = count;
    const std::size_t dimensions = cells.axes_.size();
    const Stream draws(seed, detail::kCentroids);
    const auto samples = cells.uniform_points(count * kSamples, draws);
    std::vector<float> centres = cells.uniform_points(count, draws.substream(1));
    for (int round = 0; round < kRounds; ++round) {
        detail::NeighbourIndex index;
        index.expect(dimensions);
        index.add_all(centres);
        const auto owner = index.closest(samples, executor);
        std::vector<double> sums(centres.size());
        std::vector<std::size_t> members(count);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            sums[owner[i / dimensions] * dimensions + i % dimensions] += samples[i];
        }
        for (const std::uint32_t one : owner) ++members[one];
        for (std::size_t i = 0; i < centres.size(); ++i) {
            const std::size_t own = members[i / dimensions];
            if (own > 0) centres[i] = static_cast<float>(sums[i] / static_cast<double>(own));
        }
    }
    cells.centroids_.expect(dimensions);
    cells.centroids_.add_all(centres);
    return cells;
}

} // namespace baldwin::neuroevolution

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Loops over two operands of different shape, as broadcasting and reductions need them.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/shape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin::ops::detail {

/// Elements that one chunk of an elementwise loop handles: large enough to outweigh a fork, small
/// enough that three arrays of it stay in a core's cache.
inline constexpr std::size_t kGrain = std::size_t{1} << 15;

/// Calls f(begin, end) on chunks of [0, size); their number depends on size alone.
template <class F>
void for_grains(const Executor& executor, std::size_t size, F&& f) {
    const std::size_t count = std::max<std::size_t>(1, size / kGrain);
    executor.chunks(count, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range range = part(size, count, chunk, 16);
        if (range.size() > 0) f(range.begin, range.end);
    });
}

/// Extents of the result of broadcasting two shapes as NumPy does.
/// \throws std::invalid_argument if an axis has two different extents and neither is 1
inline Shape broadcast_shape(std::string_view name, const Shape& a, const Shape& b) {
    const Shape& longer = a.rank() >= b.rank() ? a : b;
    const Shape& shorter = a.rank() >= b.rank() ? b : a;
    Shape shape = longer;
    const std::size_t lead = longer.rank() - shorter.rank();
    for (std::size_t axis = 0; axis < shorter.rank(); ++axis) {
        std::size_t& extent = shape[lead + axis];
        if (extent == 1) extent = shorter[axis];
        if (shorter[axis] != extent && shorter[axis] != 1) {
            throw std::invalid_argument(std::string(name) + ": shapes " + to_string(a) + " and " +
                                        to_string(b) + " do not broadcast");
        }
    }
    return shape;
}

/// A loop over all elements of a shape with the places of two operands in step.
///
/// Neighbouring axes along which both operands advance regularly are merged; the innermost one is
/// left to the caller as a row in which an operand moves by 1 or stands still.
class PairLoop {
public:
    /// \param shape  the extents looped over
    /// \param a, b   extents of the operands, aligned at the last axis, 1 where broadcast
    PairLoop(const Shape& shape, const Shape& a, const Shape& b) {
        std::size_t step_a = 1;
        std::size_t step_b = 1;
        for (std::size_t back = 0; back < shape.rank(); ++back) {
            const std::size_t extent = shape.back(back);
            const std::size_t in_a = back < a.rank() ? a.back(back) : 1;
            const std::size_t in_b = back < b.rank() ? b.back(back) : 1;
            if (extent != 1) push({extent, in_a == 1 ? 0 : step_a, in_b == 1 ? 0 : step_b});
            step_a *= in_a;
            step_b *= in_b;
        }
        if (axes_ == 0) push({shape.size(), 0, 0});
        for (std::size_t i = 1; i < axes_; ++i) rows_ *= axis_[i].extent;
    }

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// Elements of a row.
    [[nodiscard]] std::size_t row() const noexcept { return axis_[0].extent; }
    /// Whether the operand moves along a row; if not, one element serves the whole row.
    [[nodiscard]] bool a_moves() const noexcept { return axis_[0].a != 0; }
    [[nodiscard]] bool b_moves() const noexcept { return axis_[0].b != 0; }

    /// Calls f(place in the whole, place in a, place in b) for the rows in [begin, end).
    template <class F>
    void for_rows(std::size_t begin, std::size_t end, F&& f) const {
        for (std::size_t index = begin; index < end; ++index) {
            std::size_t rest = index;
            std::size_t at_a = 0;
            std::size_t at_b = 0;
            for (std::size_t i = 1; i < axes_; ++i) {
                const std::size_t step = rest % axis_[i].extent;
                rest /= axis_[i].extent;
                at_a += step * axis_[i].a;
                at_b += step * axis_[i].b;
            }
            f(index * row(), at_a, at_b);
        }
    }
    /// The same on chunks of rows whose number depends on the shape alone.
    template <class F>
    void for_rows(const Executor& executor, F&& f) const {
        const std::size_t count = std::clamp<std::size_t>(rows_ * row() / kGrain, 1, rows_);
        executor.chunks(count, [&](std::size_t chunk, std::size_t /*slot*/) {
            const Range range = part(rows_, count, chunk);
            for_rows(range.begin, range.end, f);
        });
    }

private:
    struct Axis {
        std::size_t extent, a, b;
    };
    // axes come innermost first; a new one merges if both operands simply go on
    void push(Axis axis) {
        if (axes_ > 0) {
            Axis& inner = axis_[axes_ - 1];
            if (axis.a == inner.a * inner.extent && axis.b == inner.b * inner.extent) {
                inner.extent *= axis.extent;
                return;
            }
        }
        axis_[axes_++] = axis;
    }

    std::array<Axis, Shape::kMaxRank> axis_{};
    std::size_t axes_ = 0;
    std::size_t rows_ = 1;
};

} // namespace baldwin::ops::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Extents of a tensor, held in place so that making one never allocates.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>

namespace baldwin {

/// Extents of a row-major tensor, outermost first. Rank 0 is a scalar with one element.
class Shape {
public:
    static constexpr std::size_t kMaxRank = 6;

    constexpr Shape() = default;
    /// \throws std::invalid_argument if there are more than kMaxRank extents
    constexpr Shape(std::initializer_list<std::size_t> extents)
        : Shape(std::span<const std::size_t>(extents.begin(), extents.size())) {}
    /// \throws std::invalid_argument if there are more than kMaxRank extents
    constexpr explicit Shape(std::span<const std::size_t> extents) : rank_(extents.size()) {
        if (rank_ > kMaxRank) {
            throw std::invalid_argument("Shape: rank must be at most 6, got " +
                                        std::to_string(rank_));
        }
        for (std::size_t axis = 0; axis < rank_; ++axis) extents_[axis] = extents[axis];
    }

    [[nodiscard]] constexpr std::size_t rank() const noexcept { return rank_; }
    /// Number of elements; 1 for a scalar.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_from(0); }
    /// Product of the extents from \p axis on: the number of elements in one entry of axis - 1.
    [[nodiscard]] constexpr std::size_t size_from(std::size_t axis) const noexcept {
        std::size_t count = 1;
        for (; axis < rank_; ++axis) count *= extents_[axis];
        return count;
    }
    [[nodiscard]] constexpr std::size_t operator[](std::size_t axis) const noexcept {
        return extents_[axis];
    }
    [[nodiscard]] constexpr std::size_t& operator[](std::size_t axis) noexcept {
        return extents_[axis];
    }
    /// Extent counted from the innermost axis: back(0) is the last one.
    [[nodiscard]] constexpr std::size_t back(std::size_t axis = 0) const noexcept {
        return extents_[rank_ - 1 - axis];
    }
    [[nodiscard]] constexpr const std::size_t* begin() const noexcept { return extents_.data(); }
    [[nodiscard]] constexpr const std::size_t* end() const noexcept { return begin() + rank_; }

    friend constexpr bool operator==(const Shape& a, const Shape& b) noexcept {
        if (a.rank_ != b.rank_) return false;
        for (std::size_t axis = 0; axis < a.rank_; ++axis) {
            if (a[axis] != b[axis]) return false;
        }
        return true;
    }

private:
    std::array<std::size_t, kMaxRank> extents_{};
    std::size_t rank_ = 0;
};

/// "(64, 1, 28, 28)", as error messages print it.
inline std::string to_string(const Shape& shape) {
    std::string text = "(";
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
        if (axis > 0) text += ", ";
        text += std::to_string(shape[axis]);
    }
    return text + ")";
}

/// Number of elements of a shape that came from outside, such as a text that a user wrote.
/// \throws std::invalid_argument if there are more than \p most
inline std::size_t checked_size(const Shape& shape, std::size_t most) {
    std::size_t count = 1;
    for (const std::size_t extent : shape) {
        if (extent != 0 && count > most / extent) {
            throw std::invalid_argument("shape " + to_string(shape) + " has more than " +
                                        std::to_string(most) + " elements");
        }
        count *= extent;
    }
    return count;
}

} // namespace baldwin

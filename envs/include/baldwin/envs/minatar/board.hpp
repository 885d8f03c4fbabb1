// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The 10x10 board of MinAtar's games, seen as channels of ones and zeros.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baldwin::envs::minatar {

inline constexpr int kSize = 10; ///< rows and columns of every board

/// The six actions, in the reference's order.
enum class Move : std::uint8_t { none, left, up, right, down, fire };

/// Whether a cell is on the board.
constexpr bool is_inside(int x, int y) noexcept {
    return x >= 0 && x < kSize && y >= 0 && y < kSize;
}

/// An observation under construction: shape (channels, 10, 10), row-major.
///
/// Only cells that were set are cleared again: a frame costs what is on it, not what could be.
template <std::size_t Channels>
class Board {
public:
    void clear() noexcept {
        for (std::size_t i = 0; i < count_; ++i) values_[set_[i]] = 0;
        count_ = 0;
    }
    /// Sets a cell of a channel; it must be on the board.
    void set(std::size_t channel, int x, int y) noexcept {
        const std::size_t index = channel * kCells + static_cast<std::size_t>(y * kSize + x);
        if (values_[index] != 0) return;
        values_[index] = 1;
        set_[count_++] = static_cast<std::uint16_t>(index);
    }
    /// Sets a cell if it is on the board.
    void set_inside(std::size_t channel, int x, int y) noexcept {
        if (is_inside(x, y)) set(channel, x, y);
    }

    [[nodiscard]] std::span<const float> values() const noexcept { return values_; }

private:
    static constexpr std::size_t kCells = std::size_t{kSize} * kSize;

    std::array<float, Channels * kCells> values_{};
    std::array<std::uint16_t, Channels * kCells> set_{}; // the first count_ are indices of ones
    std::size_t count_ = 0;
};

/// One bit for each cell of a board.
class Cells {
public:
    [[nodiscard]] bool at(int x, int y) const noexcept { return (row(y) >> x & 1U) != 0; }
    void set(int x, int y) noexcept { row(y) |= static_cast<std::uint16_t>(1U << x); }
    void clear(int x, int y) noexcept { row(y) &= static_cast<std::uint16_t>(~(1U << x)); }
    void clear() noexcept { rows_ = {}; }
    /// Sets columns first to last of some rows.
    void fill(int first_x, int last_x, int first_y, int last_y) noexcept {
        for (int y = first_y; y <= last_y; ++y) {
            for (int x = first_x; x <= last_x; ++x) set(x, y);
        }
    }

    [[nodiscard]] bool is_empty() const noexcept { return columns() == 0; }
    /// Number of cells that are set.
    [[nodiscard]] int count() const noexcept {
        int count = 0;
        for (const std::uint16_t bits : rows_) count += __builtin_popcount(bits);
        return count;
    }
    /// One bit for each column with a set cell.
    [[nodiscard]] unsigned columns() const noexcept {
        unsigned all = 0;
        for (const std::uint16_t bits : rows_) all |= bits;
        return all;
    }
    [[nodiscard]] std::uint16_t& row(int y) noexcept { return rows_[static_cast<std::size_t>(y)]; }
    [[nodiscard]] const std::uint16_t& row(int y) const noexcept {
        return rows_[static_cast<std::size_t>(y)];
    }

    /// Everything one row up; the lowest row becomes empty.
    void move_up() noexcept {
        for (int y = 0; y + 1 < kSize; ++y) row(y) = row(y + 1);
        row(kSize - 1) = 0;
    }
    /// Everything one row down; the highest row becomes empty.
    void move_down() noexcept {
        for (int y = kSize - 1; y > 0; --y) row(y) = row(y - 1);
        row(0) = 0;
    }
    /// Everything one column to the right (1) or left (-1); what leaves is lost.
    void move_sideways(int direction) noexcept {
        for (std::uint16_t& bits : rows_) {
            const unsigned moved = direction > 0 ? unsigned{bits} << 1U : unsigned{bits} >> 1U;
            bits = static_cast<std::uint16_t>(moved & kRow);
        }
    }
    /// Draws the set cells into a channel.
    template <std::size_t Channels>
    void draw(Board<Channels>& board, std::size_t channel) const noexcept {
        for (int y = 0; y < kSize; ++y) {
            for (unsigned bits = row(y); bits != 0; bits &= bits - 1) {
                board.set(channel, __builtin_ctz(bits), y);
            }
        }
    }

private:
    static constexpr unsigned kRow = (1U << kSize) - 1;

    std::array<std::uint16_t, kSize> rows_{};
};

} // namespace baldwin::envs::minatar

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The inner kernel of every matrix product and convolution: a tile of 6 rows by 2 packs that stays
/// in registers while k runs.
///
/// Each element of a tile is one chain of fused multiply-adds over k, in order. Which tile an
/// element falls into, and how operands reach the kernel, therefore never shows in its bits.
#pragma once

#include <baldwin/core/kernels/detail/pack.hpp>

#include <array>
#include <cstddef>
#include <type_traits>

namespace baldwin::kernels::detail {

/// Rows of a full tile.
inline constexpr std::size_t kTileRows = 6;
/// Columns of a tile: 16 floats or 8 doubles.
template <class T>
inline constexpr std::size_t kTileColumns = 2 * kLanes<T>;
/// Columns of a panel, which is packed in one go: two tiles side by side.
template <class T>
inline constexpr std::size_t kPanelColumns = 2 * kTileColumns<T>;
/// Longest chain of multiply-adds before it is added to the result: six rows and two packs of this
/// length fit the first-level cache of any machine we know.
inline constexpr std::size_t kMaxBlock = 320;

/// Number of blocks that a sum over \p length terms is cut into.
[[nodiscard]] constexpr std::size_t block_count(std::size_t length) noexcept {
    return length == 0 ? 1 : (length + kMaxBlock - 1) / kMaxBlock;
}

/// A tile of sums.
template <class T, std::size_t Rows>
struct Tile {
    Pack<T> sums[Rows][2];
};

/// Left operand packed as [k][kTileRows].
template <class T>
struct PackedRows {
    const T* data;

    [[nodiscard]] const T& at(std::size_t row, std::size_t k) const noexcept {
        return data[k * kTileRows + row];
    }
    void advance(std::size_t /*count*/) noexcept {} // its sums are of one run
};

/// Left operand as one pointer per row, elements of a row side by side.
template <class T>
struct DirectRows {
    std::array<const T*, kTileRows> rows;
    std::size_t ahead = 0; ///< from a row to that of the next tile, or 0

    [[nodiscard]] const T& at(std::size_t row, std::size_t k) const noexcept {
        return rows[row][k];
    }
    void advance(std::size_t count) noexcept {
        for (auto& row : rows) row += count;
    }
    /// Asks for what the next tile reads: its rows are too short, and too far apart, for the
    /// processor to see a stream.
    [[gnu::always_inline]] void prefetch(std::size_t row, std::size_t k) const noexcept {
        __builtin_prefetch(rows[row] + k + ahead);
    }
};

/// Right operand: two packs side by side for each k.
template <class T>
struct StridedColumns {
    const T* data;
    std::size_t stride; ///< from k to k + 1
};

/// The summed index as \p count runs of neighbours in the left operand, as the pixels of an image
/// are the runs of its rows. The right operand goes on from run to run.
struct SumRuns {
    std::size_t length;
    std::size_t count = 1;
    std::size_t pitch = 0; ///< from run to run in the left operand

    [[nodiscard]] std::size_t size() const noexcept { return length * count; }
};

template <class T, std::size_t Rows>
[[gnu::always_inline]] inline void clear(Tile<T, Rows>& tile) {
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
        tile.sums[r][0] = Pack<T>{};
        tile.sums[r][1] = Pack<T>{};
    });
}

/// tile += column k of the left factor times the row (first, second).
template <class T, std::size_t Rows, class Left>
[[gnu::always_inline]] inline void step(Tile<T, Rows>& tile, const Left& left, std::size_t k,
                                        const Pack<T>& first, const Pack<T>& second) {
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
        Pack<T> factor;
        broadcast(factor, left.at(r, k));
        multiply_add(tile.sums[r][0], factor, first);
        multiply_add(tile.sums[r][1], factor, second);
    });
}

/// tile = sum over k of left(:, k) right(k, :).
template <class T, std::size_t Rows, class Left>
[[gnu::always_inline]] inline void multiply(Tile<T, Rows>& tile, const SumRuns& runs, Left left,
                                            const StridedColumns<T>& right) {
    clear(tile);
    const T* columns = right.data;
    for (std::size_t run = 0; run < runs.count; ++run) {
        for (std::size_t k = 0; k < runs.length; ++k, columns += right.stride) {
            Pack<T> first;
            Pack<T> second;
            load(first, columns);
            load(second, columns + kLanes<T>);
            step<T, Rows>(tile, left, k, first, second);
        }
        left.advance(runs.pitch);
    }
}

/// Calls f(Rows) with the smallest kernel height that holds \p rows of a tile.
template <class F>
[[gnu::always_inline]] inline void with_tile_rows(std::size_t rows, F&& f) {
    switch (rows) {
    case 1:
    case 2: return f(std::integral_constant<std::size_t, 2>());
    case 3:
    case 4: return f(std::integral_constant<std::size_t, 4>());
    default: return f(std::integral_constant<std::size_t, kTileRows>());
    }
}

/// A tile in memory, [row][kTileColumns].
template <class T>
struct alignas(32) SpilledTile {
    T sums[kTileRows * kTileColumns<T>];
};

/// Reads the tile from rows that stand \p stride apart.
template <class T, std::size_t Rows>
[[gnu::always_inline]] inline void read(Tile<T, Rows>& tile, const T* from, std::size_t stride) {
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
        load(tile.sums[r][0], from + r * stride);
        load(tile.sums[r][1], from + r * stride + kLanes<T>);
    });
}

/// Writes the tile as rows of kTileColumns elements.
template <class T, std::size_t Rows>
[[gnu::always_inline]] inline void spill(const Tile<T, Rows>& tile, T* to) {
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
        store(to + r * kTileColumns<T>, tile.sums[r][0]);
        store(to + r * kTileColumns<T> + kLanes<T>, tile.sums[r][1]);
    });
}

} // namespace baldwin::kernels::detail

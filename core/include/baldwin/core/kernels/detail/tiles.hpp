// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// How a product is cut into tiles, and how finished tiles are added to its result.
#pragma once

#include <baldwin/core/kernels/detail/micro.hpp>
#include <baldwin/core/kernels/detail/packing.hpp>
#include <baldwin/core/kernels/detail/wide.hpp>
#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <cstddef>

namespace baldwin::kernels::detail {

/// Where a product goes. Element (r, c) is data[r * stride + c], or data[c * stride + r] where
/// transposed.
template <class T>
struct ProductTarget {
    T* data;
    std::size_t stride;
    bool transposed = false;
    bool accumulate = false;
    const T* row_bias = nullptr;
    const T* column_bias = nullptr;

    [[nodiscard]] ProductTarget swapped() const noexcept {
        return {data, stride, !transposed, accumulate, column_bias, row_bias};
    }
};

/// The part of a result that one tile covers.
struct TileSpot {
    std::size_t row;
    std::size_t column;
    std::size_t rows;    ///< valid rows of the tile
    std::size_t columns; ///< valid columns of the tile
    bool is_first;       ///< first block of the sum: biases are added, old values maybe not
};

/// Cuts rows into tiles of six. Where some are left over the first tile has four, and the last
/// three or four if need be: one or two rows would not keep the multipliers busy.
class RowTiles {
public:
    explicit RowTiles(std::size_t rows) noexcept
        : rows_(rows), count_((rows + kTileRows - 1) / kTileRows),
          first_(std::min(rows, kTileRows)) {
        const std::size_t left = rows % kTileRows;
        if (left == 4 || (count_ > 1 && (left == 1 || left == 2))) first_ = 4;
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] Range operator[](std::size_t tile) const noexcept {
        return {begin(tile), std::min(begin(tile + 1), rows_)};
    }
    /// The tile that holds a row.
    [[nodiscard]] std::size_t tile_of(std::size_t row) const noexcept {
        return row < first_ ? 0 : 1 + (row - first_) / kTileRows;
    }

private:
    [[nodiscard]] std::size_t begin(std::size_t tile) const noexcept {
        return tile == 0 ? 0 : first_ + (tile - 1) * kTileRows;
    }

    std::size_t rows_;
    std::size_t count_;
    std::size_t first_;
};

// element by element, for tiles at an edge; same sums, same order
template <class T>
void finish_spilled(const T* sums, const ProductTarget<T>& target, const TileSpot& spot) {
    const bool adds = target.accumulate || !spot.is_first;
    const std::size_t row_step = target.transposed ? 1 : target.stride;
    const std::size_t column_step = target.transposed ? target.stride : 1;
    for (std::size_t j = 0; j < spot.columns; ++j) {
        T* out = target.data + spot.row * row_step + (spot.column + j) * column_step;
        for (std::size_t r = 0; r < spot.rows; ++r, out += row_step) {
            T value = sums[r * kTileColumns<T> + j];
            if (adds) value = *out + value;
            if (spot.is_first && target.column_bias) value += target.column_bias[spot.column + j];
            if (spot.is_first && target.row_bias) value += target.row_bias[spot.row + r];
            *out = value;
        }
    }
}

/// What is added to the sums of a tile on their way to the result.
template <class T>
struct Additions {
    bool old;             ///< what the result holds
    const T* column_bias; ///< of the tile's first column, or nullptr
    const T* row_bias;    ///< of the tile's first row, or nullptr

    Additions(const ProductTarget<T>& target, const TileSpot& spot) noexcept
        : old(target.accumulate || !spot.is_first),
          column_bias(spot.is_first && target.column_bias ? target.column_bias + spot.column
                                                          : nullptr),
          row_bias(spot.is_first && target.row_bias ? target.row_bias + spot.row : nullptr) {}
};

template <class T, std::size_t Rows>
[[gnu::always_inline]] inline void finish_straight(Tile<T, Rows>& tile, T* out, std::size_t stride,
                                                   const Additions<T>& add) {
    unroll<2 * Rows>([&](auto i) __attribute__((always_inline)) {
        constexpr std::size_t kRow = i / 2;
        constexpr std::size_t kColumn = i % 2 * kLanes<T>;
        Pack<T>& sums = tile.sums[kRow][i % 2];
        T* to = out + kRow * stride + kColumn;
        Pack<T> other;
        if (add.old) {
            load(other, to);
            sums = other + sums;
        }
        if (add.column_bias) {
            load(other, add.column_bias + kColumn);
            sums += other;
        }
        if (add.row_bias) {
            broadcast(other, add.row_bias[kRow]);
            sums += other;
        }
        store(to, sums);
    });
}

/// Transposes kLanes columns at a time; a column of the tile is then a run of the result.
template <class T, std::size_t Rows>
[[gnu::always_inline]] inline void finish_transposed(const Tile<T, Rows>& tile, T* out,
                                                     std::size_t stride, const Additions<T>& add) {
    constexpr std::size_t kLanesNow = kLanes<T>;
    unroll<2>([&](auto half) __attribute__((always_inline)) {
        unroll<(Rows + kLanesNow - 1) / kLanesNow>([&](auto group) __attribute__((always_inline)) {
            constexpr std::size_t kFirst = group * kLanesNow;
            constexpr std::size_t kCount = Rows - kFirst < kLanesNow ? Rows - kFirst : kLanesNow;
            Pack<T> block[kLanesNow];
            unroll<kLanesNow>([&](auto r) __attribute__((always_inline)) {
                if constexpr (r < kCount) {
                    block[r] = tile.sums[kFirst + r][half];
                } else {
                    block[r] = Pack<T>{};
                }
            });
            transpose_block(block);
            Pack<T> row_bias{};
            if (add.row_bias) load_count<kCount>(row_bias, add.row_bias + kFirst);
            unroll<kLanesNow>([&](auto j) __attribute__((always_inline)) {
                T* to = out + (half * kLanesNow + j) * stride + kFirst;
                Pack<T> other;
                if (add.old) {
                    load_count<kCount>(other, to);
                    block[j] = other + block[j];
                }
                if (add.column_bias) {
                    broadcast(other, add.column_bias[half * kLanesNow + j]);
                    block[j] += other;
                }
                if (add.row_bias) block[j] += row_bias;
                store_count<kCount>(to, block[j]);
            });
        });
    });
}

/// Adds a finished tile to the result.
/// \tparam MayTranspose  whether the target may be transposed; saves code where it never is
template <bool MayTranspose, class T, std::size_t Rows>
[[gnu::always_inline]] inline void finish(Tile<T, Rows>& tile, const ProductTarget<T>& target,
                                          const TileSpot& spot) {
    if (spot.columns < kTileColumns<T> || spot.rows < Rows) {
        SpilledTile<T> spilled;
        spill(tile, spilled.sums);
        return finish_spilled(spilled.sums, target, spot);
    }
    const Additions<T> add(target, spot);
    if constexpr (MayTranspose) {
        if (target.transposed) {
            return finish_transposed(tile, target.data + spot.column * target.stride + spot.row,
                                     target.stride, add);
        }
    }
    finish_straight(tile, target.data + spot.row * target.stride + spot.column, target.stride, add);
}

/// Puts the sums of a tile whose columns belong to several images, each part to its image.
template <class T>
void finish_images(const T* sums, const ProductTarget<T>& target, const TileSpot& spot,
                   std::size_t image_size, std::size_t image_stride) {
    const std::size_t end = spot.column + spot.columns;
    for (std::size_t pixel = spot.column; pixel < end;) {
        const std::size_t image = pixel / image_size;
        const std::size_t columns = std::min(end, (image + 1) * image_size) - pixel;
        ProductTarget<T> part_target = target;
        part_target.data += image * image_stride;
        finish_spilled(sums + (pixel - spot.column), part_target,
                       {spot.row, pixel - image * image_size, spot.rows, columns, spot.is_first});
        pixel += columns;
    }
}

/// Where the tiles of one panel go.
template <class T>
struct PanelTarget {
    ProductTarget<T> target;
    std::size_t column;         ///< first of the panel
    std::size_t columns;        ///< valid columns
    bool is_first;              ///< as in TileSpot
    std::size_t image_size = 0; ///< where columns belong to several images: how many to each
    std::size_t image_stride = 0;

    [[nodiscard]] std::size_t halves() const noexcept { return columns > kTileColumns<T> ? 2 : 1; }
    [[nodiscard]] TileSpot spot(Range rows, std::size_t half) const noexcept {
        const std::size_t first = half * kTileColumns<T>;
        return {rows.begin, column + first, rows.size(), std::min(kTileColumns<T>, columns - first),
                is_first};
    }
    /// Whether the rows of a tile are adjacent runs of the result.
    [[nodiscard]] bool is_straight() const noexcept {
        return !target.transposed && image_size == 0 && columns == halves() * kTileColumns<T>;
    }
    /// The place of a tile's rows if is_straight().
    [[nodiscard]] WideTarget<T> wide(std::size_t row) const noexcept {
        const Additions<T> add(target, {row, column, 1, columns, is_first});
        return {target.data + row * target.stride + column, target.stride, add.old, add.column_bias,
                add.row_bias};
    }
};

/// Adds a finished half of a tile to the result.
template <bool MayTranspose, class T, std::size_t Rows>
[[gnu::always_inline]] inline void finish(Tile<T, Rows>& tile, const PanelTarget<T>& panel,
                                          Range rows, std::size_t half) {
    const TileSpot spot = panel.spot(rows, half);
    if (panel.image_size == 0) return finish<MayTranspose>(tile, panel.target, spot);
    SpilledTile<T> spilled;
    spill(tile, spilled.sums);
    finish_images(spilled.sums, panel.target, spot, panel.image_size, panel.image_stride);
}

} // namespace baldwin::kernels::detail

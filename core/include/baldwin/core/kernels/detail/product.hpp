// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Cuts a matrix product into tiles, panels and chunks.
#pragma once

#include <baldwin/core/arena.hpp>
#include <baldwin/core/kernels/detail/micro.hpp>
#include <baldwin/core/kernels/detail/packing.hpp>
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

/// A product with one factor on the side of the tile's rows, the other on that of its columns.
template <class T>
struct Product {
    std::size_t inner;
    Operand<T> left;
    Operand<T> right;
    ProductTarget<T> target;

    [[nodiscard]] RowTiles row_tiles() const noexcept { return RowTiles(left.extent); }
    [[nodiscard]] std::size_t column_panels() const noexcept {
        return (right.extent + kTileColumns<T> - 1) / kTileColumns<T>;
    }
    /// Rows of a left factor that lie side by side in k are read in place, unless they are read so
    /// often that a tidy copy pays.
    [[nodiscard]] bool packs_left() const noexcept {
        return !left.unit_inner || column_panels() >= 24;
    }
    [[nodiscard]] std::size_t packed_left_size() const noexcept {
        return packs_left() ? row_tiles().count() * kTileRows * inner : 0;
    }
    [[nodiscard]] std::size_t slot_size() const noexcept {
        return kTileColumns<T> * std::min(inner, kMaxBlock);
    }
    [[nodiscard]] double cost() const noexcept;
};

/// Estimated processor cycles for two 8-lane multiply-adds a cycle; only ever compared.
template <class T>
double Product<T>::cost() const noexcept {
    const auto rows = static_cast<double>(row_tiles().count() * kTileRows);
    const auto columns = static_cast<double>(column_panels() * kTileColumns<T>);
    const auto depth = static_cast<double>(inner);
    const double per_column = right.unit_inner ? 0.4 : 0.15;
    const double per_row = packs_left() ? 0.3 : 0.0;
    const double per_result = target.transposed ? 0.5 : 0.2;
    return depth * (rows * columns / static_cast<double>(kTileColumns<T>) + columns * per_column +
                    rows * per_row) +
           per_result * rows * columns * static_cast<double>(block_count(inner));
}

/// Packs row panels of the left factor, [panel][k][kTileRows].
template <class T>
void pack_left(const Executor& executor, const Product<T>& product, T* packed) {
    constexpr std::size_t kElementsPerChunk = 16384;
    const RowTiles tiles = product.row_tiles();
    const std::size_t panel_size = kTileRows * product.inner;
    const std::size_t chunks =
        std::clamp<std::size_t>(tiles.count() * panel_size / kElementsPerChunk, 1, tiles.count());
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range range = part(tiles.count(), chunks, chunk);
        for (std::size_t tile = range.begin; tile < range.end; ++tile) {
            pack_panel<kTileRows>(product.left, tiles[tile].begin, {0, product.inner},
                                  packed + tile * panel_size);
        }
    });
}

/// Computes one tile from a packed or direct left factor and hands it to put(tile).
/// \param packed_left  the tile's panel, or nullptr
/// \param right  what kernels multiply() with
template <class T, class Right, class Put>
[[gnu::always_inline]] inline void run_tile(const Product<T>& product, const T* packed_left,
                                            Range rows, const Right& right, Range inner,
                                            Put&& put) {
    with_tile_rows(
        rows.size(), [&](auto height) __attribute__((always_inline)) {
            Tile<T, height> tile;
            if (packed_left) {
                multiply<T, height>(tile, inner.size(),
                                    PackedRows<T>{packed_left + inner.begin * kTileRows}, right);
            } else {
                DirectRows<T> left;
                for (std::size_t r = 0; r < kTileRows; ++r) {
                    const std::size_t row = std::min(rows.begin + r, rows.end - 1);
                    left.rows[r] = product.left.at(row, inner.begin);
                }
                multiply<T, height>(tile, inner.size(), left, right);
            }
            put(tile);
        });
}

/// Computes the tiles of some rows of tiles and some column panels.
/// \param scratch  room for product.slot_size() elements
template <class T>
void run_panels(const Product<T>& product, const T* packed_left, Range row_tiles,
                Range column_panels, T* scratch) {
    constexpr std::size_t kColumns = kTileColumns<T>;
    const std::size_t blocks = block_count(product.inner);
    const RowTiles tiles = product.row_tiles();
    const std::size_t left_size = kTileRows * product.inner;
    const bool may_read_in_place = !product.right.unit_inner && row_tiles.size() <= 2;
    for (std::size_t block = 0; block < blocks; ++block) {
        const Range inner = part(product.inner, blocks, block);
        for (std::size_t panel = column_panels.begin; panel < column_panels.end; ++panel) {
            const std::size_t column = panel * kColumns;
            const std::size_t columns = std::min(kColumns, product.right.extent - column);
            StridedColumns<T> right{scratch, kColumns};
            if (may_read_in_place && columns == kColumns) {
                right = {product.right.at(column, inner.begin), product.right.stride};
            } else {
                pack_panel<kColumns>(product.right, column, inner, scratch);
            }
            for (std::size_t i = row_tiles.begin; i < row_tiles.end; ++i) {
                const Range rows = tiles[i];
                const T* panel_left = packed_left ? packed_left + i * left_size : nullptr;
                run_tile(
                    product, panel_left, rows, right,
                    inner, [&](auto& tile) __attribute__((always_inline)) {
                        finish<true>(tile, product.target,
                                     {rows.begin, column, rows.size(), columns, block == 0});
                    });
            }
        }
    }
}

/// The same, with so few rows at a time that they stay in the second-level cache.
template <class T>
void run_blocks(const Product<T>& product, const T* packed_left, Range row_tiles,
                Range column_panels, T* scratch) {
    constexpr std::size_t kMostTiles = 64 * sizeof(float) / sizeof(T);
    const std::size_t blocks =
        std::max<std::size_t>((row_tiles.size() + kMostTiles - 1) / kMostTiles, 1);
    for (std::size_t block = 0; block < blocks; ++block) {
        const Range range = part(row_tiles.size(), blocks, block);
        run_panels(product, packed_left,
                   {row_tiles.begin + range.begin, row_tiles.begin + range.end}, column_panels,
                   scratch);
    }
}

/// How many chunks the panels of a product are cut into. Chunks never show in the bits, so this may
/// look at the number of threads.
struct ProductChunks {
    std::size_t row_parts = 1;
    std::size_t column_parts = 1;
};

template <class T>
ProductChunks chunks_of(const Product<T>& product, std::size_t threads) {
    constexpr double kCyclesPerChunk = 20000;
    const auto wanted = static_cast<std::size_t>(product.cost() / kCyclesPerChunk);
    ProductChunks chunks;
    if (threads == 1 || wanted < 2) return chunks;
    chunks.column_parts = std::min(product.column_panels(), wanted);
    if (chunks.column_parts < 4 * threads) {
        // fewer than 8 row panels would not pay for packing the columns again
        const std::size_t most = std::max<std::size_t>(product.row_tiles().count() / 8, 1);
        chunks.row_parts =
            std::clamp<std::size_t>(std::min(wanted, 4 * threads) / chunks.column_parts, 1, most);
    }
    return chunks;
}

template <class T>
void run(const Executor& executor, Arena& arena, const Product<T>& product) {
    T* packed_left = nullptr;
    if (product.packs_left()) {
        packed_left = arena.allocate<T>(product.packed_left_size());
        pack_left(executor, product, packed_left);
    }
    const std::size_t slot_size = product.slot_size();
    T* scratch = arena.allocate<T>(executor.concurrency() * slot_size);
    const ProductChunks cut = chunks_of(product, executor.concurrency());
    executor.chunks(cut.row_parts * cut.column_parts, [&](std::size_t chunk, std::size_t slot) {
        run_blocks(product, packed_left,
                   part(product.row_tiles().count(), cut.row_parts, chunk % cut.row_parts),
                   part(product.column_panels(), cut.column_parts, chunk / cut.row_parts),
                   scratch + slot * slot_size);
    });
}

/// The whole product on the calling thread.
/// \param scratch  room for packed_left_size() + slot_size() elements
template <class T>
void run_serially(const Product<T>& product, T* scratch) {
    T* packed_left = product.packs_left() ? scratch : nullptr;
    if (packed_left) pack_left(Executor::serial(), product, packed_left);
    run_blocks(product, packed_left, {0, product.row_tiles().count()}, {0, product.column_panels()},
               scratch + product.packed_left_size());
}

/// Puts the factors on the sides of the tile where the product costs least.
template <class T>
[[nodiscard]] Product<T> best_product(const Product<T>& straight) {
    const Product<T> swapped{straight.inner, straight.right, straight.left,
                             straight.target.swapped()};
    return straight.cost() <= swapped.cost() ? straight : swapped;
}

} // namespace baldwin::kernels::detail

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

// element by element, for tiles at an edge and for transposed results; same sums, same order
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

template <class T>
[[gnu::always_inline]] inline void finish_pack(Pack<T>& sums, T* out, bool adds,
                                               const T* column_bias, const T* row_bias) {
    Pack<T> other;
    if (adds) {
        load(other, out);
        sums = other + sums;
    }
    if (column_bias) {
        load(other, column_bias);
        sums += other;
    }
    if (row_bias) {
        broadcast(other, *row_bias);
        sums += other;
    }
    store(out, sums);
}

/// Adds a finished tile to the result.
template <class T, std::size_t Rows>
[[gnu::always_inline]] inline void finish(Tile<T, Rows>& tile, const ProductTarget<T>& target,
                                          const TileSpot& spot) {
    if (target.transposed || spot.columns < kTileColumns<T> || spot.rows < Rows) {
        alignas(32) T sums[Rows * kTileColumns<T>];
        spill(tile, sums);
        return finish_spilled(sums, target, spot);
    }
    const bool adds = target.accumulate || !spot.is_first;
    const T* column_bias =
        spot.is_first && target.column_bias ? target.column_bias + spot.column : nullptr;
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
        T* out = target.data + (spot.row + r) * target.stride + spot.column;
        const T* row_bias =
            spot.is_first && target.row_bias ? target.row_bias + spot.row + r : nullptr;
        finish_pack(tile.sums[r][0], out, adds, column_bias, row_bias);
        finish_pack(tile.sums[r][1], out + kLanes<T>, adds,
                    column_bias ? column_bias + kLanes<T> : nullptr, row_bias);
    });
}

/// A product with one factor on the side of the tile's rows, the other on that of its columns.
template <class T>
struct Product {
    std::size_t inner;
    Operand<T> left;
    Operand<T> right;
    ProductTarget<T> target;

    [[nodiscard]] std::size_t row_panels() const noexcept {
        return (left.extent + kTileRows - 1) / kTileRows;
    }
    [[nodiscard]] std::size_t column_panels() const noexcept {
        return (right.extent + kTileColumns<T> - 1) / kTileColumns<T>;
    }
    /// Rows of a left factor that lie side by side in k are read in place.
    [[nodiscard]] bool packs_left() const noexcept { return !left.unit_inner; }
    [[nodiscard]] std::size_t packed_left_size() const noexcept {
        return packs_left() ? row_panels() * kTileRows * inner : 0;
    }
    [[nodiscard]] std::size_t slot_size() const noexcept {
        return kTileColumns<T> * std::min(inner, kMaxBlock);
    }
    [[nodiscard]] double cost() const noexcept;
};

/// Estimated processor cycles for two 8-lane multiply-adds a cycle; only ever compared.
template <class T>
double Product<T>::cost() const noexcept {
    const auto rows = static_cast<double>(row_panels() * kTileRows);
    const auto columns = static_cast<double>(column_panels() * kTileColumns<T>);
    const auto depth = static_cast<double>(inner);
    const double per_column = right.unit_inner ? 0.4 : 0.15;
    const double per_row = packs_left() ? 0.3 : 0.0;
    const double per_result = target.transposed ? 1.0 : 0.3;
    return depth * (rows * columns / static_cast<double>(kTileColumns<T>) + columns * per_column +
                    rows * per_row) +
           per_result * rows * columns * static_cast<double>(block_count(inner));
}

/// Packs row panels of the left factor, [panel][k][kTileRows].
template <class T>
void pack_left(const Executor& executor, const Product<T>& product, T* packed) {
    constexpr std::size_t kElementsPerChunk = 16384;
    const std::size_t panels = product.row_panels();
    const std::size_t panel_size = kTileRows * product.inner;
    const std::size_t chunks =
        std::clamp<std::size_t>(panels * panel_size / kElementsPerChunk, 1, panels);
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range range = part(panels, chunks, chunk);
        for (std::size_t panel = range.begin; panel < range.end; ++panel) {
            pack_panel<kTileRows>(product.left, panel * kTileRows, {0, product.inner},
                                  packed + panel * panel_size);
        }
    });
}

/// Computes one tile from a packed or direct left factor.
template <class T>
void run_tile(const Product<T>& product, const T* packed_left, const StridedColumns<T>& columns,
              Range inner, const TileSpot& spot) {
    with_tile_rows(spot.rows, [&](auto rows) __attribute__((always_inline)) {
        Tile<T, rows> tile;
        if (packed_left) {
            const T* panel = packed_left + (spot.row * product.inner + inner.begin * kTileRows);
            multiply<T, rows>(tile, inner.size(), PackedRows<T>{panel}, columns);
        } else {
            DirectRows<T> left;
            for (std::size_t r = 0; r < kTileRows; ++r) {
                left.rows[r] =
                    product.left.at(spot.row + std::min(r, spot.rows - 1), inner.begin);
            }
            multiply<T, rows>(tile, inner.size(), left, columns);
        }
        finish(tile, product.target, spot);
    });
}

/// Computes the tiles of some row panels and some column panels.
/// \param scratch  room for product.slot_size() elements
template <class T>
void run_panels(const Product<T>& product, const T* packed_left, Range row_panels,
                Range column_panels, T* scratch) {
    constexpr std::size_t kColumns = kTileColumns<T>;
    const std::size_t blocks = block_count(product.inner);
    const bool may_read_in_place = !product.right.unit_inner && row_panels.size() <= 2;
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
            for (std::size_t p = row_panels.begin; p < row_panels.end; ++p) {
                const std::size_t row = p * kTileRows;
                const std::size_t rows = std::min(kTileRows, product.left.extent - row);
                run_tile(product, packed_left, right, inner,
                         {row, column, rows, columns, block == 0});
            }
        }
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
        const std::size_t most = std::max<std::size_t>(product.row_panels() / 8, 1);
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
        run_panels(product, packed_left,
                   part(product.row_panels(), cut.row_parts, chunk % cut.row_parts),
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
    run_panels(product, packed_left, {0, product.row_panels()}, {0, product.column_panels()},
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

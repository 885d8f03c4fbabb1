// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Cuts a matrix product into panels and chunks.
#pragma once

#include <baldwin/core/arena.hpp>
#include <baldwin/core/kernels/detail/packing.hpp>
#include <baldwin/core/kernels/detail/tiles.hpp>
#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <cstddef>

namespace baldwin::kernels::detail {

/// A product with one factor on the side of the tile's rows, the other on that of its columns.
template <class T>
struct Product {
    std::size_t inner;
    Operand<T> left;
    Operand<T> right;
    ProductTarget<T> target;

    [[nodiscard]] RowTiles row_tiles() const noexcept { return RowTiles(left.extent); }
    [[nodiscard]] std::size_t column_panels() const noexcept {
        return (right.extent + kPanelColumns<T> - 1) / kPanelColumns<T>;
    }
    /// Rows of a left factor that lie side by side in k are read in place, unless they are read so
    /// often that a tidy copy pays.
    [[nodiscard]] bool packs_left() const noexcept {
        return !left.unit_inner || column_panels() >= 12;
    }
    [[nodiscard]] std::size_t packed_left_size() const noexcept {
        return packs_left() ? row_tiles().count() * kTileRows * inner : 0;
    }
    [[nodiscard]] std::size_t slot_size() const noexcept {
        return kPanelColumns<T> * std::min(inner, kMaxBlock);
    }
    [[nodiscard]] double cost() const noexcept;
};

/// Estimated processor cycles for two 8-lane multiply-adds a cycle; only ever compared.
template <class T>
double Product<T>::cost() const noexcept {
    const auto rows = static_cast<double>(row_tiles().count() * kTileRows);
    const auto columns = static_cast<double>((right.extent + kTileColumns<T> - 1) /
                                             kTileColumns<T> * kTileColumns<T>);
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

/// The rows of one tile of an unpacked left factor, from \p k on.
template <class T>
[[nodiscard]] DirectRows<T> direct_rows(const Product<T>& product, Range rows, std::size_t k) {
    DirectRows<T> left;
    for (std::size_t r = 0; r < kTileRows; ++r) {
        left.rows[r] = product.left.at(std::min(rows.begin + r, rows.end - 1), k);
    }
    if (rows.end + kTileRows <= product.left.extent) left.ahead = kTileRows * product.left.stride;
    return left;
}

/// Computes the rows of one tile times one panel, and adds them to the result.
template <bool MayTranspose, class T, class Left>
[[gnu::always_inline]] inline void run_narrow(const SumRuns& runs, const Left& left, Range rows,
                                              const StridedColumns<T>& right,
                                              const PanelTarget<T>& panel) {
    with_tile_rows(
        rows.size(), [&](auto height) __attribute__((always_inline)) {
            for (std::size_t half = 0; half < panel.halves(); ++half) {
                Tile<T, height> tile;
                multiply<T, height>(tile, runs, left,
                                    {right.data + half * kTileColumns<T>, right.stride});
                finish<MayTranspose>(tile, panel, rows, half);
            }
        });
}

/// The same in wide registers.
template <bool MayTranspose, class T, class Left>
[[gnu::always_inline]] inline void run_wide(const SumRuns& runs, const Left& left, Range rows,
                                            const StridedColumns<T>& right,
                                            const PanelTarget<T>& panel) {
    with_tile_rows(
        rows.size(), [&](auto height) __attribute__((always_inline)) {
            if (panel.is_straight() && rows.size() == height) {
                return multiply_wide<T, height>(panel.halves(), runs, left, right,
                                                panel.wide(rows.begin));
            }
            WideSums<T> sums;
            multiply_wide<T, height>(panel.halves(), runs, left, right, sums.target());
            for (std::size_t half = 0; half < panel.halves(); ++half) {
                Tile<T, height> tile;
                read(tile, sums.half(half), kPanelColumns<T>);
                finish<MayTranspose>(tile, panel, rows, half);
            }
        });
}

template <bool MayTranspose, class T, class Left>
[[gnu::always_inline]] inline void run_tile(const SumRuns& runs, const Left& left, Range rows,
                                            const StridedColumns<T>& right,
                                            const PanelTarget<T>& panel) {
    if constexpr (kHasWideTiles) {
        if (uses_wide_tiles()) return run_wide<MayTranspose>(runs, left, rows, right, panel);
    }
    run_narrow<MayTranspose>(runs, left, rows, right, panel);
}

/// Computes some rows of tiles times one panel, and adds them to the result.
/// \param packed_left  the packed left factor, or nullptr: it is read in place
/// \param inner        the part of the summed index
template <bool MayTranspose, class T>
void run_tiles(const Product<T>& product, const T* packed_left, Range row_tiles, Range inner,
               const StridedColumns<T>& right, const PanelTarget<T>& panel) {
    const RowTiles tiles = product.row_tiles();
    const std::size_t panel_size = kTileRows * product.inner;
    const SumRuns runs{inner.size()};
    const bool may_pair = uses_wide_tiles() && packed_left && panel.is_straight();
    for (std::size_t i = row_tiles.begin; i < row_tiles.end; ++i) {
        const Range rows = tiles[i];
        if (!packed_left) {
            const auto left = direct_rows(product, rows, inner.begin);
            run_tile<MayTranspose>(runs, left, rows, right, panel);
            continue;
        }
        const T* left = packed_left + i * panel_size + inner.begin * kTileRows;
        if (may_pair && i + 1 < row_tiles.end && rows.size() + tiles[i + 1].size() == kWideRows) {
            multiply_wide<T, kWideRows>(panel.halves(), runs, PackedPair<T>{left, panel_size},
                                        right, panel.wide(rows.begin));
            ++i;
        } else {
            run_tile<MayTranspose>(runs, PackedRows<T>{left}, rows, right, panel);
        }
    }
}

/// Computes the tiles of some rows of tiles and some column panels.
/// \param scratch  room for product.slot_size() elements
template <class T>
void run_panels(const Product<T>& product, const T* packed_left, Range row_tiles,
                Range column_panels, T* scratch) {
    constexpr std::size_t kColumns = kPanelColumns<T>;
    const std::size_t blocks = block_count(product.inner);
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
            run_tiles<true>(product, packed_left, row_tiles, inner, right,
                            PanelTarget<T>{product.target, column, columns, block == 0});
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

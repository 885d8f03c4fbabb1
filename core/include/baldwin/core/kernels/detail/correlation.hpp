// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Convolution as a matrix product whose right factor is read out of a framed image: pixels as
/// columns, (channel, tap) as the summed index.
#pragma once

#include <baldwin/core/kernels/detail/halo.hpp>
#include <baldwin/core/kernels/detail/product.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace baldwin::kernels::detail {

/// Pixels of a result, image after image in row-major order, as places in framed images.
struct PixelGrid {
    std::size_t rows;
    std::size_t columns;
    std::size_t pitch;           ///< from row to row in the framed image
    std::size_t images = 1;      ///< framed images one after the other
    std::size_t image_pitch = 0; ///< from image to image

    [[nodiscard]] std::size_t image_size() const noexcept { return rows * columns; }
    [[nodiscard]] std::size_t size() const noexcept { return images * image_size(); }
    [[nodiscard]] std::size_t place(std::size_t pixel) const noexcept {
        const std::size_t row = pixel / columns;
        return row / rows * image_pitch + row % rows * pitch + pixel % columns;
    }
};

/// How the pixels of one pack are read: lanes below \p split at \p first, the others, which lie in
/// the next row of the image, at \p second.
struct PackSource {
    std::size_t first;
    std::size_t second;
    std::size_t split;
};

[[nodiscard]] inline PackSource pack_source(const PixelGrid& grid, std::size_t pixel,
                                            std::size_t lanes) noexcept {
    const std::size_t last = grid.size() - 1;
    if (pixel > last) return {grid.place(last), grid.place(last), lanes};
    const std::size_t first = grid.place(pixel);
    const std::size_t left = grid.columns - pixel % grid.columns;
    if (left >= lanes || pixel + left > last) return {first, first, lanes};
    return {first, grid.place(pixel + left) - left, left};
}

/// The pixels of one tile as the right factor of a product: row k is what tap k reads.
///
/// The first tile that multiplies with them packs them on the way, to[k][columns of the tile]; it
/// has the loads and stores to spare.
template <class T>
class PixelColumns {
public:
    PixelColumns(const PixelGrid& grid, std::size_t first, const T* framed, T* to)
        : grid_(grid), first_(first), framed_(framed), to_(to),
          low_(pack_source(grid, first, kLanes<T>)),
          high_(pack_source(grid, first + kLanes<T>, kLanes<T>)) {
        first_lanes<T>(low_mask_, low_.split);
        first_lanes<T>(high_mask_, high_.split);
    }

    /// The same pixels for a part of the sum.
    [[nodiscard]] PixelColumns with(const std::uint32_t* offsets) const noexcept {
        PixelColumns copy = *this;
        copy.offsets_ = offsets;
        return copy;
    }
    /// Whether packs are read whole; rows of few pixels are packed one by one instead.
    [[nodiscard]] bool reads_packs() const noexcept { return grid_.columns + 1 >= kLanes<T>; }

    /// Reads row k and keeps a copy.
    [[gnu::always_inline]] void read(std::size_t k, Pack<T>& low, Pack<T>& high) const {
        const T* from = framed_ + offsets_[k];
        T* to = to_ + k * kTileColumns<T>;
        Pack<T> next;
        load(low, from + low_.first);
        load(next, from + low_.second);
        low = low_mask_ ? low : next;
        store(to, low);
        load(high, from + high_.first);
        load(next, from + high_.second);
        high = high_mask_ ? high : next;
        store(to + kLanes<T>, high);
    }
    /// Packs \p count rows.
    void pack_one_by_one(std::size_t count) const {
        constexpr std::size_t kColumns = kTileColumns<T>;
        std::size_t places[kColumns];
        for (std::size_t i = 0; i < kColumns; ++i) {
            places[i] = grid_.place(std::min(first_ + i, grid_.size() - 1));
        }
        for (std::size_t k = 0; k < count; ++k) {
            const T* from = framed_ + offsets_[k];
            for (std::size_t i = 0; i < kColumns; ++i) to_[k * kColumns + i] = from[places[i]];
        }
    }

private:
    const PixelGrid& grid_;
    std::size_t first_;
    const T* framed_;
    T* to_;
    const std::uint32_t* offsets_ = nullptr;
    PackSource low_;
    PackSource high_;
    Mask<T> low_mask_;
    Mask<T> high_mask_;
};

/// tile = sum over k < count of left(:, k) pixels(k, :), packing the pixels.
template <class T, std::size_t Rows, class Left>
[[gnu::always_inline]] inline void multiply(Tile<T, Rows>& tile, std::size_t count,
                                            const Left& left, const PixelColumns<T>& pixels) {
    clear(tile);
    for (std::size_t k = 0; k < count; ++k) {
        Pack<T> first;
        Pack<T> second;
        pixels.read(k, first, second);
        step<T, Rows>(tile, left, k, first, second);
    }
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

/// Computes the tiles of some panels of pixels.
/// \param product  left factor, length of the sum and target of the first image
/// \param image_stride  from image to image in the target
/// \param scratch  room for product.slot_size() elements
template <class T>
void correlate(const Product<T>& product, const T* packed_left, const PixelGrid& grid,
               const T* framed, const std::uint32_t* offsets, std::size_t image_stride,
               Range panels, T* scratch) {
    constexpr std::size_t kColumns = kTileColumns<T>;
    const std::size_t blocks = block_count(product.inner);
    const RowTiles tiles = product.row_tiles();
    const std::size_t image_size = grid.image_size();
    for (std::size_t panel = panels.begin; panel < panels.end; ++panel) {
        const std::size_t pixel = panel * kColumns;
        const std::size_t columns = std::min(kColumns, grid.size() - pixel);
        const std::size_t image = pixel / image_size;
        const bool is_in_one_image = pixel + columns <= (image + 1) * image_size;
        const PixelColumns<T> pixels(grid, pixel, framed, scratch);
        ProductTarget<T> target = product.target;
        target.data += image * image_stride - image * image_size; // columns count from image 0
        for (std::size_t block = 0; block < blocks; ++block) {
            const Range inner = part(product.inner, blocks, block);
            const auto run = [&](std::size_t i, const auto& right) __attribute__((always_inline)) {
                const Range rows = tiles[i];
                const T* left = packed_left ? packed_left + i * kTileRows * product.inner : nullptr;
                const TileSpot spot{rows.begin, pixel, rows.size(), columns, block == 0};
                run_tile(
                    product, left, rows, right,
                    inner, [&](auto& tile) __attribute__((always_inline)) {
                        if (is_in_one_image) return finish<false>(tile, target, spot);
                        SpilledTile<T> spilled;
                        spill(tile, spilled.sums);
                        finish_images(spilled.sums, product.target, spot, image_size, image_stride);
                    });
            };
            const auto part_of_pixels = pixels.with(offsets + inner.begin);
            const StridedColumns<T> packed{scratch, kColumns};
            if (pixels.reads_packs()) {
                run(0, part_of_pixels);
            } else {
                part_of_pixels.pack_one_by_one(inner.size());
                run(0, packed);
            }
            for (std::size_t i = 1; i < tiles.count(); ++i) run(i, packed);
        }
    }
}

} // namespace baldwin::kernels::detail

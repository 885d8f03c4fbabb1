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

/// The pixels of one panel as the right factor of a product: row k is what tap k reads.
template <class T>
class PixelColumns {
public:
    PixelColumns(const PixelGrid& grid, std::size_t first, const T* framed)
        : grid_(grid), first_(first), framed_(framed) {
        for (std::size_t i = 0; i < kPacks; ++i) {
            sources_[i] = pack_source(grid, first + i * kLanes<T>, kLanes<T>);
            first_lanes<T>(masks_[i], sources_[i].split);
        }
    }

    /// Packs \p count rows, to[k][columns of the panel].
    void pack(const std::uint32_t* offsets, std::size_t count, T* to) const {
        if (grid_.columns + 1 < kLanes<T>) return pack_one_by_one(offsets, count, to);
        for (std::size_t k = 0; k < count; ++k, to += kPanelColumns<T>) {
            const T* from = framed_ + offsets[k];
            unroll<kPacks>([&](auto i) __attribute__((always_inline)) {
                Pack<T> low;
                Pack<T> high;
                load(low, from + sources_[i].first);
                load(high, from + sources_[i].second);
                low = masks_[i] ? low : high;
                store(to + i * kLanes<T>, low);
            });
        }
    }

private:
    static constexpr std::size_t kPacks = kPanelColumns<T> / kLanes<T>;

    /// For rows of few pixels, of which a pack would hold more than two.
    void pack_one_by_one(const std::uint32_t* offsets, std::size_t count, T* to) const {
        std::size_t places[kPanelColumns<T>];
        for (std::size_t i = 0; i < kPanelColumns<T>; ++i) {
            places[i] = grid_.place(std::min(first_ + i, grid_.size() - 1));
        }
        for (std::size_t k = 0; k < count; ++k) {
            const T* from = framed_ + offsets[k];
            for (const std::size_t place : places) *to++ = from[place];
        }
    }

    const PixelGrid& grid_;
    std::size_t first_;
    const T* framed_;
    PackSource sources_[kPacks];
    Mask<T> masks_[kPacks];
};

/// Where a panel of pixels, which count from the first image on, goes.
template <class T>
[[nodiscard]] PanelTarget<T> pixel_target(ProductTarget<T> target, const PixelGrid& grid,
                                          std::size_t first, std::size_t image_stride,
                                          bool is_first) noexcept {
    const std::size_t size = grid.image_size();
    const std::size_t columns = std::min(kPanelColumns<T>, grid.size() - first);
    const std::size_t image = first / size;
    if (first + columns > (image + 1) * size) {
        return {target, first, columns, is_first, size, image_stride};
    }
    target.data += image * image_stride;
    return {target, first - image * size, columns, is_first};
}

/// Computes the tiles of some panels of pixels.
/// \param product  left factor, length of the sum and target of the first image
/// \param image_stride  from image to image in the target
/// \param scratch  room for product.slot_size() elements
template <class T>
void correlate(const Product<T>& product, const T* packed_left, const PixelGrid& grid,
               const T* framed, const std::uint32_t* offsets, std::size_t image_stride,
               Range panels, T* scratch) {
    const std::size_t blocks = block_count(product.inner);
    const Range row_tiles{0, product.row_tiles().count()};
    for (std::size_t panel = panels.begin; panel < panels.end; ++panel) {
        const std::size_t first = panel * kPanelColumns<T>;
        const PixelColumns<T> pixels(grid, first, framed);
        for (std::size_t block = 0; block < blocks; ++block) {
            const Range inner = part(product.inner, blocks, block);
            pixels.pack(offsets + inner.begin, inner.size(), scratch);
            run_tiles<false>(product, packed_left, row_tiles, inner, {scratch, kPanelColumns<T>},
                             pixel_target(product.target, grid, first, image_stride, block == 0));
        }
    }
}

} // namespace baldwin::kernels::detail

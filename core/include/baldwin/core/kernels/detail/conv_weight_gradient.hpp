// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Gradient of a convolution with respect to its weights: (channel, tap) as rows read out of the
/// framed image, output channels as columns, pixels as the summed index.
#pragma once

#include <baldwin/core/kernels/detail/conv_plan.hpp>

namespace baldwin::kernels::detail {

/// tile = sum over the pixels of \p rows image rows of left(:, pixel) right(pixel, :).
template <class T, std::size_t Rows>
[[gnu::always_inline]] inline void multiply_rows(Tile<T, Rows>& tile, std::size_t rows,
                                                 const PixelGrid& grid, DirectRows<T> left,
                                                 const T* right) {
    clear(tile);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t j = 0; j < grid.columns; ++j, right += kTileColumns<T>) {
            step<T, Rows>(tile, left, j, right);
        }
        left.advance(grid.pitch);
    }
}

/// Sizes of the partial sums: [chunk of images][group][k][output channel, padded to tiles].
struct WeightGradientPlan {
    std::size_t chunks;        ///< of images; a function of the extents alone
    std::size_t inner;         ///< (input channel, tap) pairs of a group
    std::size_t padded_out;    ///< output channels of a group, padded
    std::size_t group_size;    ///< elements of one group's partial sums
    std::size_t rows_per_block; ///< image rows in one chain of multiply-adds
};

template <class T>
[[nodiscard]] WeightGradientPlan weight_gradient_plan(const ConvGeometry& g) {
    constexpr std::size_t kMostPartials = std::size_t{1} << 22;
    WeightGradientPlan plan{};
    plan.inner = g.group_in() * g.taps();
    plan.padded_out = (g.group_out() + kTileColumns<T> - 1) / kTileColumns<T> * kTileColumns<T>;
    plan.group_size = plan.inner * plan.padded_out;
    plan.chunks = std::clamp<std::size_t>(kMostPartials / (g.groups * plan.group_size), 1,
                                          std::min<std::size_t>(g.batch, 8));
    plan.rows_per_block = std::max<std::size_t>(kMaxBlock / g.out_width(), 1);
    return plan;
}

/// Adds one image's gradient for one group and one panel of output channels to the partial sums.
template <class T>
void add_weight_panel(const WeightGradientPlan& plan, const PixelGrid& grid, const T* framed,
                      const std::uint32_t* offsets, const T* packed_dy, std::size_t column,
                      T* partial) {
    const ProductTarget<T> target{partial, plan.padded_out, false, true, nullptr, nullptr};
    for (std::size_t y = 0; y < grid.rows; y += plan.rows_per_block) {
        const std::size_t rows = std::min(plan.rows_per_block, grid.rows - y);
        const T* right = packed_dy + y * grid.columns * kTileColumns<T>;
        for (std::size_t k = 0; k < plan.inner; k += kTileRows) {
            const std::size_t valid = std::min(kTileRows, plan.inner - k);
            DirectRows<T> left;
            for (std::size_t r = 0; r < kTileRows; ++r) {
                left.rows[r] = framed + offsets[k + std::min(r, valid - 1)] + y * grid.pitch;
            }
            with_tile_rows(valid, [&](auto height) __attribute__((always_inline)) {
                Tile<T, height> tile;
                multiply_rows<T, height>(tile, rows, grid, left, right);
                finish(tile, target, {k, column, valid, kTileColumns<T>, true});
            });
        }
    }
}

/// dw [+]= the partial sums, chunks of images in order.
template <class T>
void reduce_weight_gradient(const ConvGeometry& g, const WeightGradientPlan& plan,
                            const T* partials, ConvWeights<T> dw, std::size_t o, bool accumulate) {
    const std::size_t group = o / g.group_out();
    const T* first = partials + group * plan.group_size + o % g.group_out();
    for (std::size_t k = 0; k < plan.inner; ++k) {
        T sum = first[k * plan.padded_out];
        for (std::size_t chunk = 1; chunk < plan.chunks; ++chunk) {
            sum += first[chunk * g.groups * plan.group_size + k * plan.padded_out];
        }
        T& out = dw.at(o, k / g.taps())[k % g.taps()];
        out = accumulate ? out + sum : sum;
    }
}

template <class T>
void conv_weight_gradient(const Executor& executor, Arena& arena, const ConvGeometry& g,
                          const T* x, const T* dy, ConvWeights<T> dw, bool accumulate) {
    const Halo halo = input_halo(g);
    const auto* offsets = input_offsets(g, halo, arena);
    const PixelGrid grid{g.out_height(), g.out_width(), halo.columns.length};
    const auto plan = weight_gradient_plan<T>(g);
    const std::size_t chunk_size = g.groups * plan.group_size;
    T* partials = arena.allocate<T>(plan.chunks * chunk_size);
    const SlotScratch<T> scratch(executor, arena, halo.size() + grid.size() * kTileColumns<T>);
    executor.chunks(plan.chunks * g.groups, [&](std::size_t chunk, std::size_t slot) {
        const std::size_t group = chunk % g.groups;
        const Range images = part(g.batch, plan.chunks, chunk / g.groups);
        T* partial = partials + chunk * plan.group_size;
        T* framed = scratch[slot];
        T* packed_dy = framed + halo.size();
        std::fill_n(partial, plan.group_size, T{0});
        for (std::size_t n = images.begin; n < images.end; ++n) {
            fill_halo(halo, x + (n * g.in_channels + group * g.group_in()) * g.in_pixels(), framed);
            const Operand<T> gradient{
                dy + (n * g.out_channels + group * g.group_out()) * grid.size(), grid.size(),
                g.group_out(), true};
            for (std::size_t o = 0; o < g.group_out(); o += kTileColumns<T>) {
                pack_panel<kTileColumns<T>>(gradient, o, {0, grid.size()}, packed_dy);
                add_weight_panel(plan, grid, framed, offsets, packed_dy, o, partial);
            }
        }
    });
    executor.chunks(g.out_channels, [&](std::size_t o, std::size_t /*slot*/) {
        reduce_weight_gradient(g, plan, partials, dw, o, accumulate);
    });
}

} // namespace baldwin::kernels::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Forward convolution.
#pragma once

#include <baldwin/core/kernels/detail/conv_plan.hpp>

namespace baldwin::kernels::detail {

/// Weights of all groups as packed row panels, [group][panel][k][kTileRows].
template <class T>
[[nodiscard]] const T* pack_forward_weights(const ConvGeometry& g, ConvWeights<const T> w,
                                            Arena& arena) {
    const RowTiles tiles(g.group_out());
    const std::size_t inner = g.group_in() * g.taps();
    T* packed = arena.allocate_zeroed<T>(g.groups * tiles.count() * kTileRows * inner);
    T* group_data = packed;
    for (std::size_t group = 0; group < g.groups; ++group) {
        for (std::size_t o = 0; o < g.group_out(); ++o) {
            const std::size_t tile = tiles.tile_of(o);
            T* to = group_data + tile * kTileRows * inner + o - tiles[tile].begin;
            for (std::size_t c = 0; c < g.group_in(); ++c) {
                const T* from = w.at(group * g.group_out() + o, c);
                for (std::size_t tap = 0; tap < g.taps(); ++tap, to += kTileRows) *to = from[tap];
            }
        }
        group_data += tiles.count() * kTileRows * inner;
    }
    return packed;
}

/// One group of one image as a product of weights and pixels.
template <class T>
[[nodiscard]] Product<T> forward_product(const ConvGeometry& g, ConvWeights<const T> w,
                                         const T* bias, T* y, std::size_t image,
                                         std::size_t group) {
    const std::size_t channel = group * g.group_out();
    const std::size_t inner = g.group_in() * g.taps();
    T* out = y + (image * g.out_channels + channel) * g.out_pixels();
    const bool is_compact = w.row_stride == g.taps() || g.group_in() == 1;
    return {inner,
            {w.at(channel, 0), w.plane_stride, g.group_out(), is_compact},
            {nullptr, 0, g.out_pixels(), false},
            {out, g.out_pixels(), false, false, bias ? bias + channel : nullptr, nullptr}};
}

template <class T>
void conv_forward(const Executor& executor, Arena& arena, const ConvGeometry& g, const T* x,
                  ConvWeights<const T> w, const T* bias, T* y) {
    const Halo halo = input_halo(g);
    const auto* offsets = input_offsets(g, halo, arena);
    const auto shape = forward_product(g, w, bias, y, 0, 0);
    const T* packed = shape.packs_left() ? pack_forward_weights(g, w, arena) : nullptr;
    const std::size_t packed_size = shape.packed_left_size();
    const ImageCut cut =
        image_cut<T>(g.batch, g.groups, g.out_pixels(), halo.size(), executor.concurrency());
    const SlotScratch<T> scratch(executor, arena, cut.together * halo.size() + shape.slot_size());
    clear_frames(executor, halo, cut.together, scratch);
    executor.chunks(cut.chunks, [&](std::size_t chunk, std::size_t slot) {
        const std::size_t group = chunk / cut.parts % g.groups;
        const std::size_t first = chunk / cut.parts / g.groups * cut.together;
        const std::size_t images = std::min(cut.together, g.batch - first);
        const PixelGrid grid{g.out_height(), g.out_width(), halo.columns.length, images,
                             halo.size()};
        T* framed = scratch[slot];
        for (std::size_t i = 0; i < images; ++i) {
            const std::size_t channel = (first + i) * g.in_channels + group * g.group_in();
            fill_halo(halo, x + channel * g.in_pixels(), framed + i * halo.size());
        }
        const std::size_t panels = (grid.size() + kPanelColumns<T> - 1) / kPanelColumns<T>;
        correlate(forward_product(g, w, bias, y, first, group),
                  packed ? packed + group * packed_size : nullptr, grid, framed, offsets,
                  g.out_channels * g.out_pixels(), part(panels, cut.parts, chunk % cut.parts),
                  framed + cut.together * halo.size());
    });
}

} // namespace baldwin::kernels::detail

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
    const std::size_t panels = (g.group_out() + kTileRows - 1) / kTileRows;
    const std::size_t inner = g.group_in() * g.taps();
    T* packed = arena.allocate_zeroed<T>(g.groups * panels * kTileRows * inner);
    T* group_data = packed;
    for (std::size_t group = 0; group < g.groups; ++group) {
        for (std::size_t o = 0; o < g.group_out(); ++o) {
            T* to = group_data + o / kTileRows * kTileRows * inner + o % kTileRows;
            for (std::size_t c = 0; c < g.group_in(); ++c) {
                const T* from = w.at(group * g.group_out() + o, c);
                for (std::size_t tap = 0; tap < g.taps(); ++tap, to += kTileRows) *to = from[tap];
            }
        }
        group_data += panels * kTileRows * inner;
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
    const PixelGrid grid{g.out_height(), g.out_width(), halo.columns.length};
    const auto shape = forward_product(g, w, bias, y, 0, 0);
    const T* packed = shape.packs_left() ? pack_forward_weights(g, w, arena) : nullptr;
    const std::size_t packed_size = shape.packed_left_size();
    const std::size_t panels = shape.column_panels();
    const std::size_t images = g.batch * g.groups;
    const std::size_t parts = parts_per_image(images, panels, executor.concurrency());
    const SlotScratch<T> scratch(executor, arena, halo.size() + shape.slot_size());
    executor.chunks(images * parts, [&](std::size_t chunk, std::size_t slot) {
        const std::size_t image = chunk / parts / g.groups;
        const std::size_t group = chunk / parts % g.groups;
        T* framed = scratch[slot];
        fill_halo(halo, x + (image * g.in_channels + group * g.group_in()) * g.in_pixels(), framed);
        correlate(forward_product(g, w, bias, y, image, group),
                  packed ? packed + group * packed_size : nullptr, grid, framed, offsets,
                  part(panels, parts, chunk % parts), framed + halo.size());
    });
}

} // namespace baldwin::kernels::detail

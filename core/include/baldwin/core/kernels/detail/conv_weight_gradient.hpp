// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Gradient of a convolution with respect to its weights: (channel, tap) as rows read out of the
/// framed image, output channels as columns, pixels as the summed index.
#pragma once

#include <baldwin/core/kernels/detail/conv_plan.hpp>

namespace baldwin::kernels::detail {

/// Sizes of the partial sums: [chunk of images][group][panel of output channels][k][kPanelColumns].
struct WeightGradientPlan {
    std::size_t chunks;         ///< of images; a function of the extents alone
    std::size_t inner;          ///< (input channel, tap) pairs of a group
    std::size_t panels;         ///< of the output channels of a group
    std::size_t panel_size;     ///< elements of one panel's partial sums
    std::size_t size;           ///< elements of one chunk's partial sums
    std::size_t rows_per_block; ///< image rows in one chain of multiply-adds
};

template <class T>
[[nodiscard]] WeightGradientPlan weight_gradient_plan(const ConvGeometry& g) {
    constexpr std::size_t kMostPartials = std::size_t{1} << 22;
    WeightGradientPlan plan{};
    plan.inner = g.group_in() * g.taps();
    plan.panels = (g.group_out() + kPanelColumns<T> - 1) / kPanelColumns<T>;
    plan.panel_size = plan.inner * kPanelColumns<T>;
    plan.size = g.groups * plan.panels * plan.panel_size;
    plan.chunks =
        std::clamp<std::size_t>(kMostPartials / plan.size, 1, std::min<std::size_t>(g.batch, 8));
    plan.rows_per_block = std::max<std::size_t>(kMaxBlock / g.out_width(), 1);
    return plan;
}

/// Adds one image's gradient for one group and one panel of output channels to the partial sums.
template <class T>
void add_weight_panel(const WeightGradientPlan& plan, const PixelGrid& grid, const T* framed,
                      const std::uint32_t* offsets, const T* packed_dy, std::size_t halves,
                      T* partial) {
    const PanelTarget<T> target{{partial, kPanelColumns<T>, false, true, nullptr, nullptr},
                                0,
                                halves * kTileColumns<T>,
                                true};
    const RowTiles tiles(plan.inner);
    for (std::size_t y = 0; y < grid.rows; y += plan.rows_per_block) {
        const SumRuns runs{grid.columns, std::min(plan.rows_per_block, grid.rows - y), grid.pitch};
        const StridedColumns<T> right{packed_dy + y * grid.columns * kPanelColumns<T>,
                                      kPanelColumns<T>};
        for (std::size_t i = 0; i < tiles.count(); ++i) {
            const Range k = tiles[i];
            DirectRows<T> left;
            for (std::size_t r = 0; r < kTileRows; ++r) {
                left.rows[r] = framed + offsets[std::min(k.begin + r, k.end - 1)] + y * grid.pitch;
            }
            run_tile<false>(runs, left, k, right, target);
        }
    }
}

/// dw [+]= the partial sums of one panel, chunks of images in order.
/// \param partials  the panel's sums in the first chunk; overwritten
/// \param scratch   room for plan.panel_size elements
template <class T>
void reduce_weight_panel(const ConvGeometry& g, const WeightGradientPlan& plan, Range channels,
                         T* partials, ConvWeights<T> dw, bool accumulate, T* scratch) {
    for (std::size_t chunk = 1; chunk < plan.chunks; ++chunk) {
        const T* next = partials + chunk * plan.size;
        for (std::size_t i = 0; i < plan.panel_size; ++i) partials[i] += next[i];
    }
    transpose_into(plan.inner, channels.size(), partials, kPanelColumns<T>, scratch, plan.inner);
    for (std::size_t o = channels.begin; o < channels.end; ++o) {
        for (std::size_t c = 0; c < g.group_in(); ++c, scratch += g.taps()) {
            T* out = dw.at(o, c);
            for (std::size_t tap = 0; tap < g.taps(); ++tap) {
                out[tap] = accumulate ? out[tap] + scratch[tap] : scratch[tap];
            }
        }
    }
}

/// Partial sums of some images for one group.
/// \param scratch  room for a frame and for a panel of the output gradient
template <class T>
void add_weight_images(const ConvGeometry& g, const WeightGradientPlan& plan, const Halo& halo,
                       const std::uint32_t* offsets, Range images, std::size_t group, const T* x,
                       const T* dy, T* partial, T* framed) {
    constexpr std::size_t kColumns = kPanelColumns<T>;
    const PixelGrid grid{g.out_height(), g.out_width(), halo.columns.length};
    T* packed_dy = framed + halo.size();
    std::fill_n(partial, plan.panels * plan.panel_size, T{0});
    clear_halo(halo, framed);
    for (std::size_t n = images.begin; n < images.end; ++n) {
        fill_halo(halo, x + (n * g.in_channels + group * g.group_in()) * g.in_pixels(), framed);
        const std::size_t channel = n * g.out_channels + group * g.group_out();
        const Operand<T> gradient{dy + channel * grid.size(), grid.size(), g.group_out(), true};
        for (std::size_t panel = 0; panel < plan.panels; ++panel) {
            pack_panel<kColumns>(gradient, panel * kColumns, {0, grid.size()}, packed_dy);
            const std::size_t halves = g.group_out() - panel * kColumns > kTileColumns<T> ? 2 : 1;
            add_weight_panel(plan, grid, framed, offsets, packed_dy, halves,
                             partial + panel * plan.panel_size);
        }
    }
}

template <class T>
void conv_weight_gradient(const Executor& executor, Arena& arena, const ConvGeometry& g, const T* x,
                          const T* dy, ConvWeights<T> dw, bool accumulate) {
    const Halo halo = input_halo(g);
    const auto* offsets = input_offsets(g, halo, arena);
    const auto plan = weight_gradient_plan<T>(g);
    const std::size_t group_size = plan.panels * plan.panel_size;
    T* partials = arena.allocate<T>(plan.chunks * plan.size);
    const SlotScratch<T> scratch(
        executor, arena,
        std::max(halo.size() + g.out_pixels() * kPanelColumns<T>, plan.panel_size));
    executor.chunks(plan.chunks * g.groups, [&](std::size_t chunk, std::size_t slot) {
        add_weight_images(g, plan, halo, offsets, part(g.batch, plan.chunks, chunk / g.groups),
                          chunk % g.groups, x, dy, partials + chunk * group_size, scratch[slot]);
    });
    executor.chunks(g.groups * plan.panels, [&](std::size_t i, std::size_t slot) {
        const std::size_t first = i / plan.panels * g.group_out();
        const std::size_t offset = i % plan.panels * kPanelColumns<T>;
        const std::size_t count = std::min(kPanelColumns<T>, g.group_out() - offset);
        reduce_weight_panel(g, plan, {first + offset, first + offset + count},
                            partials + i * plan.panel_size, dw, accumulate, scratch[slot]);
    });
}

} // namespace baldwin::kernels::detail

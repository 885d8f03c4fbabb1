// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Gradient of a convolution with respect to its input: for each phase of the stride, a convolution
/// of stride 1 over the framed output gradient with the taps that meet that phase.
#pragma once

#include <baldwin/core/kernels/detail/conv_plan.hpp>

namespace baldwin::kernels::detail {

/// Taps of one axis that reach one phase of the padded input, and the input rows of that phase.
struct PhaseAxis {
    std::size_t phase;     ///< padded positions p with p modulo stride == phase
    std::size_t first_tap; ///< taps first_tap, first_tap + tap_step, ...
    std::size_t tap_step;
    std::size_t taps;
    std::size_t first; ///< first index i so that stride * i + phase lies in the image
    std::size_t count; ///< number of such indices
    std::size_t reach; ///< largest shift of a tap: tap t reads output position i - shift(t)
};

[[nodiscard]] inline PhaseAxis phase_axis(std::size_t phase, std::size_t stride,
                                          std::size_t dilation, std::size_t kernel,
                                          std::size_t before, std::size_t extent) noexcept {
    PhaseAxis axis{phase, kernel, 1, 0, 0, 0, 0};
    for (std::size_t tap = 0; tap < kernel; ++tap) {
        if (tap * dilation % stride != phase) continue;
        if (axis.taps == 0) axis.first_tap = tap;
        if (axis.taps == 1) axis.tap_step = tap - axis.first_tap;
        ++axis.taps;
        axis.reach = (tap * dilation - phase) / stride;
    }
    const auto below = [&](std::size_t end) { // indices i with stride * i + phase < end
        return end > phase ? (end - phase + stride - 1) / stride : std::size_t{0};
    };
    axis.first = below(before);
    axis.count = below(before + extent) - axis.first;
    return axis;
}

/// One phase of the input gradient.
template <class T>
struct InputPhase {
    PhaseAxis rows;
    PhaseAxis columns;
    Halo halo;                    ///< frame of the output gradient of one group
    const std::uint32_t* offsets; ///< (output channel, tap)
    const T* packed;              ///< [group][panel][k][kTileRows], rows are input channels
    std::size_t inner;

    [[nodiscard]] PixelGrid grid(std::size_t images) const noexcept {
        return {rows.count, columns.count, halo.columns.length, images, halo.size()};
    }
    [[nodiscard]] std::size_t pixels() const noexcept { return rows.count * columns.count; }
    [[nodiscard]] std::size_t taps() const noexcept { return rows.taps * columns.taps; }
};

template <class T>
[[nodiscard]] const T* pack_phase_weights(const ConvGeometry& g, ConvWeights<const T> w,
                                          const InputPhase<T>& phase, Arena& arena) {
    const RowTiles tiles(g.group_in());
    const std::size_t panel_size = kTileRows * phase.inner;
    T* packed = arena.allocate_zeroed<T>(g.groups * tiles.count() * panel_size);
    for (std::size_t o = 0; o < g.out_channels; ++o) {
        for (std::size_t c = 0; c < g.group_in(); ++c) {
            const std::size_t tile = tiles.tile_of(c);
            const T* from = w.at(o, c);
            T* to = packed + (o / g.group_out() * tiles.count() + tile) * panel_size +
                    (o % g.group_out()) * phase.taps() * kTileRows + c - tiles[tile].begin;
            for (std::size_t i = 0; i < phase.rows.taps; ++i) {
                const std::size_t row = phase.rows.first_tap + i * phase.rows.tap_step;
                for (std::size_t j = 0; j < phase.columns.taps; ++j, to += kTileRows) {
                    const std::size_t column = phase.columns.first_tap + j * phase.columns.tap_step;
                    *to = from[row * g.kernel_w + column];
                }
            }
        }
    }
    return packed;
}

template <class T>
[[nodiscard]] const std::uint32_t* phase_offsets(const ConvGeometry& g, const InputPhase<T>& phase,
                                                 Arena& arena) {
    auto* offsets = arena.allocate<std::uint32_t>(phase.inner);
    auto* next = offsets;
    const auto shift = [](const PhaseAxis& axis, std::size_t i, std::size_t dilation,
                          std::size_t stride) {
        return ((axis.first_tap + i * axis.tap_step) * dilation - axis.phase) / stride;
    };
    for (std::size_t o = 0; o < g.group_out(); ++o) {
        for (std::size_t i = 0; i < phase.rows.taps; ++i) {
            for (std::size_t j = 0; j < phase.columns.taps; ++j) {
                const std::size_t dy =
                    phase.rows.reach - shift(phase.rows, i, g.dilation_h, g.stride_h);
                const std::size_t dx =
                    phase.columns.reach - shift(phase.columns, j, g.dilation_w, g.stride_w);
                *next++ = static_cast<std::uint32_t>(o * phase.halo.channel_size() +
                                                     phase.halo.offset(dy, dx));
            }
        }
    }
    return offsets;
}

template <class T>
[[nodiscard]] InputPhase<T> input_phase(const ConvGeometry& g, ConvWeights<const T> w,
                                        std::size_t row, std::size_t column, Arena& arena) {
    const auto framed = [](const PhaseAxis& axis, std::size_t source) {
        return HaloAxis{source, 1, 1, axis.count + axis.reach,
                        static_cast<std::ptrdiff_t>(axis.reach) -
                            static_cast<std::ptrdiff_t>(axis.first)};
    };
    InputPhase<T> phase{};
    phase.rows = phase_axis(row, g.stride_h, g.dilation_h, g.kernel_h, g.pad_top, g.height);
    phase.columns = phase_axis(column, g.stride_w, g.dilation_w, g.kernel_w, g.pad_left, g.width);
    phase.halo = {g.group_out(), framed(phase.rows, g.out_height()),
                  framed(phase.columns, g.out_width())};
    phase.inner = g.group_out() * phase.taps();
    phase.packed = pack_phase_weights(g, w, phase, arena);
    phase.offsets = phase_offsets(g, phase, arena);
    return phase;
}

/// Puts the pixels of one phase where they belong in the input gradient.
template <class T>
void scatter_phase(const ConvGeometry& g, const InputPhase<T>& phase, const T* values, T* dx,
                   bool accumulate) {
    const std::size_t top = phase.rows.first * g.stride_h + phase.rows.phase - g.pad_top;
    const std::size_t left = phase.columns.first * g.stride_w + phase.columns.phase - g.pad_left;
    for (std::size_t c = 0; c < g.group_in(); ++c) {
        for (std::size_t i = 0; i < phase.rows.count; ++i) {
            T* to = dx + (c * g.height + top + i * g.stride_h) * g.width + left;
            for (std::size_t j = 0; j < phase.columns.count; ++j, to += g.stride_w) {
                *to = accumulate ? *to + *values : *values;
                ++values;
            }
        }
    }
}

/// Some images of one group.
struct ImageRun {
    std::size_t first;
    std::size_t images;
    std::size_t group;
    std::size_t part; ///< which part of their pixels
    std::size_t parts;
};

/// One phase of one group of some images.
/// \param scratch  room for the frames, the panel and, with a stride, the phase's pixels
template <class T>
void run_input_phase(const ConvGeometry& g, const InputPhase<T>& phase, const ImageRun& run,
                     const T* dy, T* dx, bool accumulate, T* scratch) {
    const PixelGrid grid = phase.grid(run.images);
    if (grid.size() == 0) return;
    const bool is_direct = g.stride_h == 1 && g.stride_w == 1;
    const std::size_t image_size = g.in_channels * g.in_pixels();
    dx += run.first * image_size + run.group * g.group_in() * g.in_pixels();
    dy += (run.first * g.out_channels + run.group * g.group_out()) * g.out_pixels();
    T* framed = scratch;
    Product<T> product{phase.inner,
                       {nullptr, 0, g.group_in(), false},
                       {nullptr, 0, grid.size(), false},
                       {dx, phase.pixels(), false, accumulate, nullptr, nullptr}};
    T* panel = framed + run.images * phase.halo.size();
    T* pixels = panel + product.slot_size();
    if (!is_direct) product.target = {pixels, phase.pixels(), false, false, nullptr, nullptr};
    const std::size_t phase_size = g.group_in() * phase.pixels();
    for (std::size_t i = 0; i < run.images; ++i) {
        if (!is_direct) clear_halo(phase.halo, framed + i * phase.halo.size());
        fill_halo(phase.halo, dy + i * g.out_channels * g.out_pixels(),
                  framed + i * phase.halo.size());
    }
    correlate(product, phase.packed + run.group * product.packed_left_size(), grid, framed,
              phase.offsets, is_direct ? image_size : phase_size,
              part(product.column_panels(), run.parts, run.part), panel);
    for (std::size_t i = 0; i < run.images && !is_direct; ++i) {
        scatter_phase(g, phase, pixels + i * phase_size, dx + i * image_size, accumulate);
    }
}

/// Elements of scratch for \p images images of a phase.
template <class T>
[[nodiscard]] std::size_t phase_scratch_size(const ConvGeometry& g, const InputPhase<T>& phase,
                                             std::size_t images) {
    return images * (phase.halo.size() + g.group_in() * phase.pixels()) +
           kPanelColumns<T> * std::min(phase.inner, kMaxBlock);
}

template <class T>
void conv_input_gradient(const Executor& executor, Arena& arena, const ConvGeometry& g, const T* dy,
                         ConvWeights<const T> w, T* dx, bool accumulate) {
    const std::size_t count = g.stride_h * g.stride_w;
    auto* phases = arena.allocate<InputPhase<T>>(count);
    for (std::size_t i = 0; i < count; ++i) {
        phases[i] = input_phase(g, w, i / g.stride_w, i % g.stride_w, arena);
    }
    ImageCut cut =
        image_cut<T>(g.batch, g.groups * count, std::max(phases[0].pixels(), std::size_t{1}),
                     phases[0].halo.size(), executor.concurrency());
    if (count > 1 && cut.parts > 1) { // a strided phase is written in one go
        cut.chunks /= cut.parts;
        cut.parts = 1;
    }
    std::size_t scratch_size = 0;
    for (std::size_t i = 0; i < count; ++i) {
        scratch_size = std::max(scratch_size, phase_scratch_size(g, phases[i], cut.together));
    }
    const SlotScratch<T> scratch(executor, arena, scratch_size);
    if (count == 1) clear_frames(executor, phases[0].halo, cut.together, scratch);
    executor.chunks(cut.chunks, [&](std::size_t chunk, std::size_t slot) {
        const std::size_t run = chunk / cut.parts / count;
        const std::size_t first = run / g.groups * cut.together;
        run_input_phase(g, phases[chunk / cut.parts % count],
                        {first, std::min(cut.together, g.batch - first), run % g.groups,
                         chunk % cut.parts, cut.parts},
                        dy, dx, accumulate, scratch[slot]);
    });
}

} // namespace baldwin::kernels::detail

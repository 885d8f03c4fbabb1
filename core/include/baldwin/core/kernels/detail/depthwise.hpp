// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Depthwise convolution: one input and one output channel a group, so there is no product of
/// matrices in it; pixels of a row go through the taps side by side.
#pragma once

#include <baldwin/core/kernels/detail/conv_plan.hpp>
#include <baldwin/core/kernels/rows.hpp>

namespace baldwin::kernels::detail {

[[nodiscard]] inline bool is_depthwise(const ConvGeometry& g) noexcept {
    return g.groups == g.in_channels && g.groups == g.out_channels;
}

/// Calls f(channel plane of the batch, slot) for all of them, in chunks of some ten thousand
/// pixels.
template <class F>
void each_channel(const Executor& executor, const ConvGeometry& g, F&& f) {
    constexpr std::size_t kPixelsPerChunk = 16384;
    const std::size_t planes = g.batch * g.in_channels;
    const std::size_t chunks =
        std::clamp<std::size_t>(planes * g.out_pixels() / kPixelsPerChunk, 1, planes);
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t slot) {
        const Range range = part(planes, chunks, chunk);
        for (std::size_t plane = range.begin; plane < range.end; ++plane) f(plane, slot);
    });
}

/// Correlates one framed channel with its taps: every pixel is a chain over the taps in order.
/// The frame has room for a pack read from its last pixel.
template <class T>
void correlate_channel(const PixelGrid& grid, const T* framed, const std::uint32_t* offsets,
                       const T* taps, std::size_t count, T bias, T* y, bool accumulate) {
    for (std::size_t row = 0; row < grid.rows; ++row, framed += grid.pitch) {
        for (std::size_t j = 0; j < grid.columns; j += kLanes<T>, y += kLanes<T>) {
            Pack<T> sum{};
            Pack<T> pixels;
            Pack<T> weight;
            for (std::size_t k = 0; k < count; ++k) {
                load(pixels, framed + j + offsets[k]);
                broadcast(weight, taps[k]);
                multiply_add(sum, pixels, weight);
            }
            broadcast(weight, bias);
            sum += weight;
            const std::size_t left = std::min(kLanes<T>, grid.columns - j);
            if (accumulate) {
                left == kLanes<T> ? load(pixels, y) : load_part(pixels, y, left);
                sum = pixels + sum;
            }
            left == kLanes<T> ? store(y, sum) : store_part(y, sum, left);
        }
        y -= (grid.columns + kLanes<T> - 1) / kLanes<T> * kLanes<T> - grid.columns;
    }
}

template <class T>
void depthwise_forward(const Executor& executor, Arena& arena, const ConvGeometry& g, const T* x,
                       ConvWeights<const T> w, const T* bias, T* y) {
    const Halo halo = input_halo(g);
    const auto* offsets = input_offsets(g, halo, arena);
    const PixelGrid grid{g.out_height(), g.out_width(), halo.columns.length};
    const SlotScratch<T> scratch(executor, arena, halo.size());
    each_channel(executor, g, [&](std::size_t plane, std::size_t slot) {
        const std::size_t channel = plane % g.in_channels;
        clear_halo(halo, scratch[slot]);
        fill_halo(halo, x + plane * g.in_pixels(), scratch[slot]);
        correlate_channel(grid, scratch[slot], offsets, w.at(channel, 0), g.taps(),
                          bias ? bias[channel] : T{0}, y + plane * grid.size(), false);
    });
}

/// Input gradient at stride 1: correlation with the taps in reverse order.
template <class T>
void depthwise_input_gradient(const Executor& executor, Arena& arena, const ConvGeometry& g,
                              const T* dy, ConvWeights<const T> w, T* dx, bool accumulate) {
    const auto axis = [](std::size_t source, std::size_t extent, std::size_t span,
                         std::size_t before) {
        return HaloAxis{source, 1, 1, extent + span - 1,
                        static_cast<std::ptrdiff_t>(span - 1) -
                            static_cast<std::ptrdiff_t>(before)};
    };
    const Halo halo{1, axis(g.out_height(), g.height, g.span_h(), g.pad_top),
                    axis(g.out_width(), g.width, g.span_w(), g.pad_left)};
    const auto* offsets = input_offsets(g, halo, arena);
    const PixelGrid grid{g.height, g.width, halo.columns.length};
    T* reversed = arena.allocate<T>(g.in_channels * g.taps());
    for (std::size_t c = 0; c < g.in_channels; ++c) {
        std::reverse_copy(w.at(c, 0), w.at(c, 0) + g.taps(), reversed + c * g.taps());
    }
    const SlotScratch<T> scratch(executor, arena, halo.size());
    each_channel(executor, g, [&](std::size_t plane, std::size_t slot) {
        clear_halo(halo, scratch[slot]);
        fill_halo(halo, dy + plane * g.out_pixels(), scratch[slot]);
        correlate_channel(grid, scratch[slot], offsets, reversed + plane % g.in_channels * g.taps(),
                          g.taps(), T{0}, dx + plane * grid.size(), accumulate);
    });
}

/// Sum over pixels of framed pixels, shifted by one tap, times the output gradient; in lanes along
/// each row, the rows in order.
template <class T>
[[nodiscard]] T depthwise_tap_gradient(const PixelGrid& grid, const T* framed, const T* dy) {
    Pack<T> sum{};
    Pack<T> pixels;
    Pack<T> gradient;
    for (std::size_t row = 0; row < grid.rows; ++row, framed += grid.pitch, dy += grid.columns) {
        std::size_t j = 0;
        for (; j + kLanes<T> <= grid.columns; j += kLanes<T>) {
            load(pixels, framed + j);
            load(gradient, dy + j);
            multiply_add(sum, pixels, gradient);
        }
        if (j == grid.columns) continue;
        load_part(pixels, framed + j, grid.columns - j);
        load_part(gradient, dy + j, grid.columns - j);
        multiply_add(sum, pixels, gradient);
    }
    return horizontal_sum<T>(sum);
}

/// Each channel sums over the images in order.
template <class T>
void depthwise_weight_gradient(const Executor& executor, Arena& arena, const ConvGeometry& g,
                               const T* x, const T* dy, ConvWeights<T> dw, bool accumulate) {
    const Halo halo = input_halo(g);
    const auto* offsets = input_offsets(g, halo, arena);
    const PixelGrid grid{g.out_height(), g.out_width(), halo.columns.length};
    const SlotScratch<T> scratch(executor, arena, halo.size() + g.taps());
    executor.chunks(g.in_channels, [&](std::size_t c, std::size_t slot) {
        T* framed = scratch[slot];
        T* sums = framed + halo.size();
        std::fill_n(sums, g.taps(), T{0});
        clear_halo(halo, framed);
        for (std::size_t n = 0; n < g.batch; ++n) {
            const std::size_t plane = n * g.in_channels + c;
            fill_halo(halo, x + plane * g.in_pixels(), framed);
            for (std::size_t tap = 0; tap < g.taps(); ++tap) {
                sums[tap] +=
                    depthwise_tap_gradient(grid, framed + offsets[tap], dy + plane * grid.size());
            }
        }
        T* out = dw.at(c, 0);
        for (std::size_t tap = 0; tap < g.taps(); ++tap) {
            out[tap] = accumulate ? out[tap] + sums[tap] : sums[tap];
        }
    });
}

} // namespace baldwin::kernels::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// How the images of a convolution are framed, and how its work is cut.
#pragma once

#include <baldwin/core/arena.hpp>
#include <baldwin/core/kernels/conv_geometry.hpp>
#include <baldwin/core/kernels/detail/correlation.hpp>
#include <baldwin/core/kernels/detail/halo.hpp>
#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace baldwin::kernels::detail {

/// The frame in which a convolution reads the input channels of one group.
[[nodiscard]] inline Halo input_halo(const ConvGeometry& g) noexcept {
    const auto axis = [](std::size_t source, std::size_t stride, std::size_t span, std::size_t out,
                         std::size_t before) {
        return HaloAxis{source, stride, std::min(stride, span), out + (span - 1) / stride,
                        static_cast<std::ptrdiff_t>(before)};
    };
    return {g.group_in(), axis(g.height, g.stride_h, g.span_h(), g.out_height(), g.pad_top),
            axis(g.width, g.stride_w, g.span_w(), g.out_width(), g.pad_left)};
}

/// Where (channel, tap) begins in the frame, in the order of the weights.
[[nodiscard]] inline const std::uint32_t* input_offsets(const ConvGeometry& g, const Halo& halo,
                                                        Arena& arena) {
    auto* offsets = arena.allocate<std::uint32_t>(halo.channels * g.taps());
    std::size_t k = 0;
    for (std::size_t c = 0; c < halo.channels; ++c) {
        for (std::size_t tap = 0; tap < g.taps(); ++tap, ++k) {
            const std::size_t dy = tap / g.kernel_w * g.dilation_h;
            const std::size_t dx = tap % g.kernel_w * g.dilation_w;
            offsets[k] = static_cast<std::uint32_t>(c * halo.channel_size() + halo.offset(dy, dx));
        }
    }
    return offsets;
}

/// Memory of the slots of a parallel loop, taken before the loop begins.
template <class T>
class SlotScratch {
public:
    SlotScratch(const Executor& executor, Arena& arena, std::size_t size)
        : size_((size + 15) / 16 * 16),
          data_(arena.allocate<T>(executor.concurrency() * size_)) {}

    [[nodiscard]] T* operator[](std::size_t slot) const noexcept { return data_ + slot * size_; }

private:
    std::size_t size_;
    T* data_;
};

/// Parts that each image is cut into so that every thread has work. Parts never show in the bits.
[[nodiscard]] inline std::size_t parts_per_image(std::size_t images, std::size_t panels,
                                                 std::size_t threads) noexcept {
    if (threads == 1 || images >= 4 * threads) return 1;
    return std::clamp<std::size_t>((4 * threads + images - 1) / images, 1, panels);
}

} // namespace baldwin::kernels::detail

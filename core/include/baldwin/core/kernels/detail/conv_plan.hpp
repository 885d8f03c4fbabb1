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
    const std::size_t taps = g.taps();
    auto* offsets = arena.allocate<std::uint32_t>(halo.channels * taps);
    for (std::size_t tap = 0; tap < taps; ++tap) {
        const std::size_t dy = tap / g.kernel_w * g.dilation_h;
        const std::size_t dx = tap % g.kernel_w * g.dilation_w;
        offsets[tap] = static_cast<std::uint32_t>(halo.offset(dy, dx));
    }
    const auto step = static_cast<std::uint32_t>(halo.channel_size());
    for (std::size_t k = taps; k < halo.channels * taps; ++k) offsets[k] = offsets[k - taps] + step;
    return offsets;
}

/// Memory of the slots of a parallel loop, taken before the loop begins.
template <class T>
class SlotScratch {
public:
    SlotScratch(const Executor& executor, Arena& arena, std::size_t size)
        : size_((size + 15) / 16 * 16), data_(arena.allocate<T>(executor.concurrency() * size_)) {}

    [[nodiscard]] T* operator[](std::size_t slot) const noexcept { return data_ + slot * size_; }

private:
    std::size_t size_;
    T* data_;
};

/// Makes the frames at the beginning of each slot zero, once for all the images that they will
/// hold.
template <class T>
void clear_frames(const Executor& executor, const Halo& halo, std::size_t frames,
                  const SlotScratch<T>& scratch) {
    for (std::size_t slot = 0; slot < executor.concurrency(); ++slot) {
        for (std::size_t i = 0; i < frames; ++i) clear_halo(halo, scratch[slot] + i * halo.size());
    }
}

/// How the images of a batch are cut into chunks: several images together, so that few columns of
/// the last tile are empty, or parts of one image, so that every thread has work. Neither shows in
/// the bits.
struct ImageCut {
    std::size_t together = 1;
    std::size_t parts = 1;
    std::size_t chunks = 1;
};

/// \param images       of the batch, for one group
/// \param groups       chunks there are anyway
/// \param pixels       of one image's result
/// \param framed_size  elements of one framed image
template <class T>
[[nodiscard]] ImageCut image_cut(std::size_t images, std::size_t groups, std::size_t pixels,
                                 std::size_t framed_size, std::size_t threads) noexcept {
    constexpr std::size_t kColumns = kTileColumns<T>;         // half a panel
    constexpr std::size_t kMostElements = 200000 / sizeof(T); // a part of the second-level cache
    const auto panels = [&](std::size_t count) {
        return (count * pixels + kColumns - 1) / kColumns;
    };
    const std::size_t wanted = threads == 1 ? 1 : 4 * threads;
    const std::size_t most =
        std::min({images, std::max<std::size_t>(images * groups / wanted, 1),
                  std::max<std::size_t>(kMostElements / framed_size, 1), std::size_t{16}});
    ImageCut cut;
    for (std::size_t count = 2; count <= most; ++count) {
        if (panels(count) * cut.together < panels(cut.together) * count) cut.together = count;
    }
    const std::size_t runs = (images + cut.together - 1) / cut.together * groups;
    if (runs < wanted) {
        cut.parts =
            std::clamp<std::size_t>((wanted + runs - 1) / runs, 1, (panels(cut.together) + 1) / 2);
    }
    cut.chunks = runs * cut.parts;
    return cut;
}

} // namespace baldwin::kernels::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Images with a frame of zeros, taken apart into phases so that a strided convolution reads them
/// like one of stride 1.
///
/// A convolution of stride s reads pixel s * y + k for tap k. With the rows split into s phases by
/// their number modulo s, tap k reads phase k mod s at row y + k / s: stride 1 inside each phase.
#pragma once

#include <baldwin/core/kernels/detail/pack.hpp>
#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace baldwin::kernels::detail {

/// One axis of a framed image: position p of phase f holds source index p * phases + f - before.
struct HaloAxis {
    std::size_t source;    ///< extent of the image
    std::size_t phases;    ///< distance between source indices of one phase
    std::size_t used;      ///< phases that are kept, the first ones
    std::size_t length;    ///< positions kept of each phase
    std::ptrdiff_t before; ///< zeros in front; negative where the front is cut off

    /// Positions of phase \p phase that lie inside the image.
    [[nodiscard]] Range inside(std::size_t phase) const noexcept {
        const auto shift = before - static_cast<std::ptrdiff_t>(phase);
        const auto position = [&](std::ptrdiff_t at) { // first position at or after source index at
            if (at <= 0) return std::size_t{0};
            return std::min((static_cast<std::size_t>(at) + phases - 1) / phases, length);
        };
        const std::size_t first = position(shift);
        return {first, std::max(position(shift + static_cast<std::ptrdiff_t>(source)), first)};
    }
    [[nodiscard]] std::size_t source_of(std::size_t phase, std::size_t position) const noexcept {
        return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(position * phases + phase) -
                                        before);
    }
};

/// A framed image: [channel][phase row][phase column][row][column].
struct Halo {
    std::size_t channels;
    HaloAxis rows;
    HaloAxis columns;

    [[nodiscard]] std::size_t plane() const noexcept { return rows.length * columns.length; }
    /// From channel to channel: an odd number of cache lines, so that the same pixel of many
    /// channels does not fall into the same few sets of the cache.
    [[nodiscard]] std::size_t channel_size() const noexcept {
        constexpr std::size_t kLine = 16;
        const std::size_t lines = (rows.used * columns.used * plane() + kLine - 1) / kLine;
        return (lines | 1) * kLine;
    }
    /// Elements, with room for a pack read from the last one.
    [[nodiscard]] std::size_t size() const noexcept { return channels * channel_size() + 16; }
    /// Where source offset (dy, dx) from the first pixel begins.
    [[nodiscard]] std::size_t offset(std::size_t dy, std::size_t dx) const noexcept {
        const std::size_t phase = dy % rows.phases * columns.used + dx % columns.phases;
        return phase * plane() + dy / rows.phases * columns.length + dx / columns.phases;
    }
};

/// Copies \p count elements that stand two or four apart, and returns how many it has copied: whole
/// packs, as long as nothing beyond the last element is read.
template <std::size_t Step, class T>
[[gnu::always_inline]] inline std::size_t take_packs(const T* from, std::size_t count, T* to) {
    std::size_t i = 0;
    for (; i + kLanes<T> < count; i += kLanes<T>) {
        Pack<T> even[Step / 2];
        Pack<T> odd;
        unroll<Step / 2>([&](auto part) __attribute__((always_inline)) {
            split_pairs(from + i * Step + 2 * part * kLanes<T>, even[part], odd);
        });
        if constexpr (Step == 4) split_packs(even[0], even[1]);
        store(to + i, even[0]);
    }
    return i;
}

/// to[i] = from[i * step].
template <class T>
[[gnu::always_inline]] inline void copy_row(const T* from, std::size_t step, std::size_t count,
                                            T* to) {
    std::size_t i = 0;
    if (step == 1 && count >= kLanes<T>) {
        Pack<T> pack;
        for (; i + kLanes<T> < count; i += kLanes<T>) {
            load(pack, from + i);
            store(to + i, pack);
        }
        load(pack, from + count - kLanes<T>); // overlaps the one before
        store(to + count - kLanes<T>, pack);
        return;
    }
    if (step == 2) i = take_packs<2>(from, count, to);
    if (step == 4) i = take_packs<4>(from, count, to);
    for (; i < count; ++i) to[i] = from[i * step];
}

/// One phase of one channel, into a frame of zeros.
template <class T>
void fill_halo_plane(const Halo& halo, std::size_t phase_row, std::size_t phase_column,
                     const T* image, T* plane) {
    const Range columns = halo.columns.inside(phase_column);
    const Range rows = halo.rows.inside(phase_row);
    if (columns.size() == 0 || rows.size() == 0) return;
    const std::size_t length = halo.columns.length;
    const std::size_t pitch = halo.rows.phases * halo.columns.source;
    const T* from = image + halo.rows.source_of(phase_row, rows.begin) * halo.columns.source +
                    halo.columns.source_of(phase_column, columns.begin);
    T* to = plane + rows.begin * length + columns.begin;
    for (std::size_t row = 0; row < rows.size(); ++row, from += pitch, to += length) {
        copy_row(from, halo.columns.phases, columns.size(), to);
    }
}

/// Makes the frame of zeros; images copied into it later leave it alone.
template <class T>
void clear_halo(const Halo& halo, T* framed) {
    std::fill_n(framed, halo.size(), T{0});
}

/// Copies an image (channels, rows.source, columns.source) into its frame.
template <class T>
void fill_halo(const Halo& halo, const T* image, T* framed) {
    const std::size_t pixels = halo.rows.source * halo.columns.source;
    for (std::size_t c = 0; c < halo.channels; ++c) {
        for (std::size_t i = 0; i < halo.rows.used; ++i) {
            for (std::size_t j = 0; j < halo.columns.used; ++j) {
                fill_halo_plane(halo, i, j, image + c * pixels,
                                framed + c * halo.channel_size() +
                                    (i * halo.columns.used + j) * halo.plane());
            }
        }
    }
}

} // namespace baldwin::kernels::detail

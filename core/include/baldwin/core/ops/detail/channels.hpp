// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Sums and affine maps per channel of tensors (N, C, ...), as batch normalisation needs them.
#pragma once

#include <baldwin/core/ops/detail/rows_loop.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/shape.hpp>
#include <baldwin/core/simd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin::ops::detail {

/// A tensor (N, C, ...) as batch x channels x plane.
struct ChannelExtents {
    std::size_t batch;
    std::size_t channels;
    std::size_t plane; ///< elements of one channel in one image

    /// Elements of one channel in the whole batch.
    [[nodiscard]] std::size_t per_channel() const noexcept { return batch * plane; }
    [[nodiscard]] std::size_t size() const noexcept { return batch * channels * plane; }
};

/// \throws std::invalid_argument if there is no channel axis or an axis is empty
inline ChannelExtents channel_extents(std::string_view name, const Shape& shape) {
    if (shape.rank() < 2 || shape.size() == 0) {
        throw std::invalid_argument(std::string(name) +
                                    ": x must have shape (N, C, ...) with N, C >= 1, got " +
                                    to_string(shape));
    }
    return {shape[0], shape[1], shape.size_from(2)};
}

/// Calls f(range of channels), ranges in parallel; borders are whole packs where plane is 1.
template <class T, class F>
void for_channels(const Executor& executor, const ChannelExtents& e, F&& f) {
    const std::size_t multiple = e.plane == 1 ? kLanes<T> : 1;
    const std::size_t units = (e.channels + multiple - 1) / multiple;
    const std::size_t count = row_chunks(units, e.size() / units);
    executor.chunks(count, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range range = part(e.channels, count, chunk, multiple);
        if (range.size() > 0) f(range);
    });
}

/// sums[c] = sum over images and pixels of f(c)(in[...]...) for c in the range.
///
/// Pixels of a plane are added as in sum_of, the planes of a channel in order, in double.
/// \param f  f(c) is the function on packs for channel c
template <class T, class F, class... In>
void sum_planes(const ChannelExtents& e, Range channels, double* sums, const F& f,
                const In*... in) {
    for (std::size_t c = channels.begin; c < channels.end; ++c) {
        const auto term = f(c);
        double total = 0.0;
        for (std::size_t n = 0; n < e.batch; ++n) {
            const std::size_t at = (n * e.channels + c) * e.plane;
            total += sum_of<T>(e.plane, term, (in + at)...);
        }
        sums[c] = total;
    }
}

/// The same for planes of one element, where neighbouring channels share a pack: blocks of 64 rows
/// are added in T, the blocks in double.
/// \param f  f(c) is the function on packs for the channels from c on
template <class T, class F, class... In>
void sum_columns(const ChannelExtents& e, Range channels, double* sums, const F& f,
                 const In*... in) {
    constexpr std::size_t kBlock = 64;
    for (std::size_t c = channels.begin; c < channels.end; c += kLanes<T>) {
        const std::size_t width = std::min(kLanes<T>, channels.end - c);
        const auto term = f(c);
        std::array<double, kLanes<T>> totals{};
        for (std::size_t begin = 0; begin < e.batch; begin += kBlock) {
            Pack<T> sum{};
            for (std::size_t n = begin; n < std::min(e.batch, begin + kBlock); ++n) {
                const std::size_t at = n * e.channels + c;
                if (width == kLanes<T>) {
                    sum += term(load(in + at)...);
                } else {
                    sum += term(load_partial(in + at, width)...);
                }
            }
            for (std::size_t k = 0; k < kLanes<T>; ++k) totals[k] += static_cast<double>(sum[k]);
        }
        std::copy_n(totals.begin(), width, sums + c);
    }
}

/// out = f(c)(in...) (or += ) for the channels of a range, plane by plane.
/// \param f  f(c) is the function on packs for channel c
template <class T, class F, class... In>
void map_planes(const ChannelExtents& e, Range channels, bool add, T* out, const F& f,
                const In*... in) {
    for (std::size_t c = channels.begin; c < channels.end; ++c) {
        const auto function = f(c);
        for (std::size_t n = 0; n < e.batch; ++n) {
            const std::size_t at = (n * e.channels + c) * e.plane;
            put_or_add(add, e.plane, function, out + at, (in + at)...);
        }
    }
}

} // namespace baldwin::ops::detail

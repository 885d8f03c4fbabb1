// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Sums and affine maps per channel of tensors (N, C, ...), as batch normalisation needs them.
#pragma once

#include <baldwin/core/arena.hpp>
#include <baldwin/core/ops/detail/rows_loop.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/shape.hpp>
#include <baldwin/core/simd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
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

/// Calls f(range of channels), ranges in parallel, for loops over the images inside: a range has at
/// least 32 columns of a row, for less than some packs at a time is slow.
template <class F>
void for_channels(const Executor& executor, const ChannelExtents& e, F&& f) {
    const std::size_t most = std::max<std::size_t>(e.channels * e.plane / 32, 1);
    const std::size_t count = row_chunks(e.channels, e.per_channel(), most);
    executor.chunks(
        count, [&](std::size_t chunk, std::size_t /*slot*/) { f(part(e.channels, count, chunk)); });
}

// one compiled body, as run_rows; a division a plane would cost as much as a short plane
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wattributes" // clang has no noclone
template <class F>
[[gnu::noinline, gnu::noclone]] void run_planes(Range planes, std::size_t channels, const F& f) {
    std::size_t channel = planes.begin % channels;
    for (std::size_t plane = planes.begin; plane < planes.end; ++plane) {
        f(plane, channel);
        if (++channel == channels) channel = 0;
    }
}
#pragma GCC diagnostic pop

/// Calls f(plane, channel) for every plane, in the order of memory, which is three times as fast as
/// channel by channel.
template <class F>
void for_planes(const Executor& executor, const ChannelExtents& e, F&& f) {
    const std::size_t planes = e.batch * e.channels;
    const std::size_t count = row_chunks(planes, e.plane);
    executor.chunks(count, [&](std::size_t chunk, std::size_t /*slot*/) {
        run_planes(part(planes, count, chunk), e.channels, f);
    });
}

/// Number of values, their mean and the sum of squares around it.
struct Moments {
    double count = 0.0;
    double mean = 0.0;
    double squares = 0.0;
};

/// Moments of each channel: of each plane in two passes, then over the images in order, so that
/// memory is read once and nothing is lost where the mean is large.
template <class T>
void plane_moments(const Executor& executor, Arena& arena, const ChannelExtents& e, const T* x,
                   Moments* moments) {
    auto* of_plane = arena.allocate<Moments>(e.batch * e.channels);
    const double count = static_cast<double>(e.plane);
    for_planes(executor, e, [&](std::size_t plane, std::size_t /*channel*/) {
        const T* from = x + plane * e.plane;
        const double mean = wide_sum<T>(e.plane, from) / count;
        const auto square = [m = static_cast<T>(mean)](Pack<T> v) { return (v - m) * (v - m); };
        of_plane[plane] = {count, mean, sum_of<T>(e.plane, square, from)};
    });
    const double batch = static_cast<double>(e.batch);
    for (std::size_t c = 0; c < e.channels; ++c) {
        double sum = 0.0;
        double squares = 0.0;
        for (std::size_t n = 0; n < e.batch; ++n) sum += of_plane[n * e.channels + c].mean;
        const double mean = sum / batch;
        for (std::size_t n = 0; n < e.batch; ++n) {
            const Moments& plane = of_plane[n * e.channels + c];
            squares += plane.squares + (plane.mean - mean) * (plane.mean - mean) * count;
        }
        moments[c] = {batch * count, mean, squares};
    }
}

/// sums[c] = sum of g, sums[C + c] = sum of g (x - mean[c]), over images and pixels.
template <class T>
void plane_gradient_sums(const Executor& executor, Arena& arena, const ChannelExtents& e,
                         const T* g, const T* x, const T* mean, double* sums) {
    const std::size_t planes = e.batch * e.channels;
    double* of_plane = arena.allocate<double>(2 * planes);
    for_planes(executor, e, [&](std::size_t plane, std::size_t c) {
        const std::size_t at = plane * e.plane;
        const auto terms = [m = mean[c]](Pack<T> u, Pack<T> v) {
            return std::array<Pack<T>, 2>{u, u * (v - m)};
        };
        const auto [of_g, of_product] = sums_of<T>(e.plane, terms, g + at, x + at);
        of_plane[plane] = of_g;
        of_plane[planes + plane] = of_product;
    });
    std::fill_n(sums, 2 * e.channels, 0.0);
    for (std::size_t first = 0; first < planes; first += e.channels) {
        for (std::size_t c = 0; c < e.channels; ++c) {
            sums[c] += of_plane[first + c];
            sums[e.channels + c] += of_plane[planes + first + c];
        }
    }
}

/// Tensors whose planes are small, seen as rows of channels * plane columns, which fill packs.
template <class T>
class Columns {
public:
    /// \param arena   gives room, as long as the caller's scope lasts
    /// \param arrays  how many wide arrays are needed, >= 1
    Columns(const ChannelExtents& e, Arena& arena, std::size_t arrays)
        : e_(e), width_(suit() ? e.channels * e.plane : 0),
          sums_(arena.allocate<double>(e.channels)), totals_(arena.allocate<double>(width_)),
          partial_(arena.allocate<T>(width_)), wide_(arena.allocate<T>(arrays * width_)) {}

    /// Whether planes of this size are better seen so.
    [[nodiscard]] bool suit() const noexcept { return e_.plane < 64; }

    /// Wide array \p i, after wide(i)[c * plane + p] = narrow[c] for the channels of a range.
    const T* expand(std::size_t i, Range channels, const T* narrow) const {
        T* wide = wide_ + i * width_;
        for (std::size_t c = channels.begin; c < channels.end; ++c) {
            std::fill_n(wide + c * e_.plane, e_.plane, narrow[c]);
        }
        return wide;
    }
    /// Calls f(element, column, count) for the part of each row that belongs to the channels.
    template <class F>
    void for_rows(Range channels, const F& f) const {
        const std::size_t first = channels.begin * e_.plane;
        for (std::size_t n = 0; n < e_.batch; ++n) {
            f(n * width_ + first, first, channels.size() * e_.plane);
        }
    }
    /// sums[c] = sum over images and pixels of f(in...), for the channels of a range.
    template <class F, class... In>
    void sum_of(Range channels, double* sums, const F& f, const In*... in) const {
        sum(channels, sums, [&](T* to, std::size_t at, std::size_t, std::size_t count) {
            put_or_add(true, count, f, to, (in + at)...);
        });
    }
    /// The same of f(in..., w), w an expanded array.
    template <class F, class... In>
    void sum_with(Range channels, double* sums, const F& f, const T* wide, const In*... in) const {
        sum(channels, sums, [&](T* to, std::size_t at, std::size_t column, std::size_t count) {
            put_or_add(true, count, f, to, (in + at)..., wide + column);
        });
    }
    /// Moments of each channel of a range, in two passes.
    void moments(Range channels, const T* x, Moments* result) const {
        const double count = static_cast<double>(e_.per_channel());
        sum_of(
            channels, sums_, [](Pack<T> v) { return v; }, x);
        T* means = wide_;
        for (std::size_t c = channels.begin; c < channels.end; ++c) {
            result[c] = {count, sums_[c] / count, 0.0};
            std::fill_n(means + c * e_.plane, e_.plane, static_cast<T>(result[c].mean));
        }
        const auto square = [](Pack<T> v, Pack<T> m) { return (v - m) * (v - m); };
        sum_with(channels, sums_, square, means, x);
        for (std::size_t c = channels.begin; c < channels.end; ++c) result[c].squares = sums_[c];
    }

private:
    // sums[c] = sum over images and pixels of what add(to, element, column, count) adds to `to`:
    // blocks of 64 rows are added in T, the blocks and then the pixels in double
    template <class Add>
    void sum(Range channels, double* sums, const Add& add) const {
        constexpr std::size_t kBlock = 64;
        const Range columns{channels.begin * e_.plane, channels.end * e_.plane};
        std::fill(totals_ + columns.begin, totals_ + columns.end, 0.0);
        for (std::size_t begin = 0; begin < e_.batch; begin += kBlock) {
            std::fill(partial_ + columns.begin, partial_ + columns.end, T{0});
            for (std::size_t n = begin; n < std::min(e_.batch, begin + kBlock); ++n) {
                add(partial_ + columns.begin, n * width_ + columns.begin, columns.begin,
                    columns.size());
            }
            for (std::size_t i = columns.begin; i < columns.end; ++i) {
                totals_[i] += static_cast<double>(partial_[i]);
            }
        }
        for (std::size_t c = channels.begin; c < channels.end; ++c) {
            const double* pixels = totals_ + c * e_.plane;
            sums[c] = std::accumulate(pixels, pixels + e_.plane, 0.0);
        }
    }

    ChannelExtents e_;
    std::size_t width_;
    double* sums_;
    double* totals_;
    T* partial_;
    T* wide_;
};

} // namespace baldwin::ops::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Group and instance normalisation: groups of channels of one example to mean 0 and variance 1.
#pragma once

#include <baldwin/core/ops/detail/channels.hpp>
#include <baldwin/core/ops/detail/weight_input.hpp>
#include <baldwin/core/ops/layer_norm.hpp>
#include <baldwin/core/tape.hpp>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {
namespace ops {

/// y = scale (x - mean) / sqrt(variance + epsilon) + shift, with the mean and biased variance of
/// each group of neighbouring channels of each example. \paper Wu & He 2018, eq. 1-7
struct GroupNorm {
    static constexpr std::string_view kName = "group_norm";
    std::size_t groups = 1;
    double epsilon = 1e-5;
    detail::WeightInput scale; ///< (C), ones if absent
    detail::WeightInput shift; ///< (C), zeros if absent
    const void* saved = nullptr;

    /// What was subtracted from each group; shape (N, groups).
    template <class T>
    [[nodiscard]] const T* means() const {
        return static_cast<const T*>(saved);
    }
    /// What each group was multiplied by before scale; shape (N, groups).
    template <class T>
    [[nodiscard]] const T* factors(std::size_t batch) const {
        return static_cast<const T*>(saved) + batch * groups;
    }

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto e = detail::channel_extents(kName, x.shape());
        const auto y = f.output(x.shape());
        const std::size_t rows = e.batch * groups;
        T* means = detail::keep<T>(f, 2 * rows);
        saved = means;
        const T* a = scale.compact(f, e.channels, T{1});
        const T* b = shift.compact(f, e.channels, T{0});
        detail::for_rows(f.executor(), rows, e.size() / rows, [&](std::size_t row) {
            measure(e, row, x.data(), means, means + rows);
            normalise(e, row, x.data(), a, b, y.data());
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto x = b.input(0);
        const auto e = detail::channel_extents(kName, x.shape());
        const std::size_t rows = e.batch * groups;
        const T* a = scale.compact(b, e.channels, T{1});
        const T* g = b.gradient().data();
        double* sums = b.template scratch<double>(2 * e.batch * e.channels);
        const Sink<T> dx = b.sink_in_place(0);
        detail::for_rows(b.executor(), rows, e.size() / rows, [&](std::size_t row) {
            sum_gradients(e, row, x.data(), g, sums);
            if (dx) to_input(e, row, x.data(), g, a, sums, dx);
        });
        if (scale.wanted(b) || shift.wanted(b)) add_parameter_gradients(b, e, sums);
    }

private:
    [[nodiscard]] Range channels_of(const detail::ChannelExtents& e, std::size_t row) const {
        const std::size_t width = e.channels / groups;
        const std::size_t first = row % groups * width;
        return {first, first + width};
    }
    template <class T>
    void measure(const detail::ChannelExtents& e, std::size_t row, const T* x, T* means,
                 T* factors) const {
        const std::size_t n = e.channels / groups * e.plane;
        const double count = static_cast<double>(n);
        const T mean = static_cast<T>(detail::wide_sum<T>(n, x + row * n) / count);
        const auto square = [mean](Pack<T> v) { return (v - mean) * (v - mean); };
        const double variance = detail::sum_of<T>(n, square, x + row * n) / count;
        means[row] = mean;
        factors[row] = static_cast<T>(1.0 / std::sqrt(variance + epsilon));
    }
    template <class T>
    void normalise(const detail::ChannelExtents& e, std::size_t row, const T* x, const T* a,
                   const T* b, T* y) const {
        const Range channels = channels_of(e, row);
        const T mean = means<T>()[row];
        const T factor = factors<T>(e.batch)[row];
        for (std::size_t c = channels.begin; c < channels.end; ++c) {
            const std::size_t at = (row / groups * e.channels + c) * e.plane;
            const auto map = [=, s = broadcast(factor * a[c]), t = broadcast(b[c])](Pack<T> v) {
                return fma(v - mean, s, t);
            };
            map_into(e.plane, map, y + at, x + at);
        }
    }
    // sums of g and of g (x - mean) over each plane, shape (N, C, 2)
    template <class T>
    void sum_gradients(const detail::ChannelExtents& e, std::size_t row, const T* x, const T* g,
                       double* sums) const {
        const Range channels = channels_of(e, row);
        const auto product = [mean = means<T>()[row]](Pack<T> u, Pack<T> v) {
            return u * (v - mean);
        };
        for (std::size_t c = channels.begin; c < channels.end; ++c) {
            const std::size_t plane = row / groups * e.channels + c;
            sums[2 * plane] = detail::wide_sum<T>(e.plane, g + plane * e.plane);
            sums[2 * plane + 1] =
                detail::sum_of<T>(e.plane, product, g + plane * e.plane, x + plane * e.plane);
        }
    }
    // with h = scale g and z = (x - mean) r: dx = r (h - <h> - z <h z>), <> the mean of a group
    template <class T>
    void to_input(const detail::ChannelExtents& e, std::size_t row, const T* x, const T* g,
                  const T* a, const double* sums, const Sink<T>& dx) const {
        const Range channels = channels_of(e, row);
        const double r = static_cast<double>(factors<T>(e.batch)[row]);
        const double share = r / static_cast<double>(channels.size() * e.plane);
        const std::size_t first = row / groups * e.channels;
        double offset = 0.0;
        double tilt = 0.0;
        for (std::size_t c = channels.begin; c < channels.end; ++c) {
            offset -= static_cast<double>(a[c]) * sums[2 * (first + c)] * share;
            tilt -= static_cast<double>(a[c]) * sums[2 * (first + c) + 1] * share * r * r;
        }
        const T mean = means<T>()[row];
        const Pack<T> constant = broadcast(static_cast<T>(offset));
        const Pack<T> of_x = broadcast(static_cast<T>(tilt));
        for (std::size_t c = channels.begin; c < channels.end; ++c) {
            const std::size_t at = (first + c) * e.plane;
            const Pack<T> of_g = broadcast(static_cast<T>(r) * a[c]);
            const auto slope = [=](Pack<T> u, Pack<T> v) {
                return fma(u, of_g, fma(v - mean, of_x, constant));
            };
            detail::put_or_add(dx.accumulate, e.plane, slope, dx.data + at, g + at, x + at);
        }
    }
    template <class T>
    void add_parameter_gradients(Backward<T>& b, const detail::ChannelExtents& e,
                                 const double* sums) const {
        T* to_scale = b.template scratch<T>(e.channels);
        T* to_shift = b.template scratch<T>(e.channels);
        for (std::size_t c = 0; c < e.channels; ++c) {
            double of_scale = 0.0;
            double of_shift = 0.0;
            for (std::size_t n = 0; n < e.batch; ++n) {
                const double* plane = sums + 2 * (n * e.channels + c);
                const std::size_t row = n * groups + c / (e.channels / groups);
                of_shift += plane[0];
                of_scale += plane[1] * static_cast<double>(factors<T>(e.batch)[row]);
            }
            to_scale[c] = static_cast<T>(of_scale);
            to_shift[c] = static_cast<T>(of_shift);
        }
        scale.add_gradient(b, static_cast<const T*>(to_scale));
        shift.add_gradient(b, static_cast<const T*>(to_shift));
    }
};

} // namespace ops

/// Group normalisation of (N, C, ...).
/// \param groups        divides C
/// \param scale, shift  (C) each, or nothing for 1 and 0
/// \throws std::invalid_argument if the sizes do not fit, groups does not divide C, or epsilon is
/// negative
template <class T>
Value group_norm(Tape<T>& tape, Value x, std::size_t groups, const WeightView& scale = {},
                 const WeightView& shift = {}, double epsilon = 1e-5) {
    ops::detail::require_epsilon(ops::GroupNorm::kName, epsilon);
    const std::size_t channels =
        ops::detail::channel_extents(ops::GroupNorm::kName, tape.shape(x)).channels;
    if (groups == 0 || channels % groups != 0) {
        throw std::invalid_argument("group_norm: groups must divide the " +
                                    std::to_string(channels) + " channels, got " +
                                    std::to_string(groups));
    }
    ops::detail::InputList<T> inputs(tape, ops::GroupNorm::kName);
    inputs.add(x);
    const ops::GroupNorm operation{groups, epsilon, inputs.add(scale, "scale", channels),
                                   inputs.add(shift, "shift", channels)};
    return tape.apply(operation, inputs.values());
}

/// Instance normalisation of (N, C, ...): each channel of each example for itself.
/// \param scale, shift  (C) each, or nothing for 1 and 0
/// \throws std::invalid_argument if the sizes do not fit or epsilon is negative
/// \paper Ulyanov et al. 2016, eq. 4
template <class T>
Value instance_norm(Tape<T>& tape, Value x, const WeightView& scale = {},
                    const WeightView& shift = {}, double epsilon = 1e-5) {
    const Shape& shape = tape.shape(x);
    const std::size_t channels = ops::detail::channel_extents("instance_norm", shape).channels;
    return group_norm(tape, x, channels, scale, shift, epsilon);
}

} // namespace baldwin

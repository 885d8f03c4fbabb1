// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Batch normalisation: each channel to mean 0 and variance 1 over the whole batch.
#pragma once

#include <baldwin/core/ops/detail/channels.hpp>
#include <baldwin/core/ops/detail/weight_input.hpp>
#include <baldwin/core/tape.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {

/// Where the statistics of a batch norm come from, and what becomes of the state.
enum class NormMode {
    batch,      ///< those of the batch; state moves towards them by the momentum
    running,    ///< those of the state, which stays
    re_estimate ///< those of the batch; state becomes the plain mean over batches 0 .. step
};

/// Attributes of batch_norm.
struct BatchNormOptions {
    NormMode mode = NormMode::batch;
    double momentum = 0.1;  ///< weight of the batch in the new statistics, [0, 1]; mode batch
    double epsilon = 1e-5;  ///< added to the variance, >= 0
    std::uint64_t step = 0; ///< number of this batch, from 0; mode re_estimate
};

/// What batch_norm gives: the result and the state to commit.
struct Normalised {
    Value y;        ///< shape of x
    Value mean;     ///< new running mean (C)
    Value variance; ///< new running variance (C)
};

namespace ops {

/// y = scale (x - mean) / sqrt(variance + epsilon) + shift, per channel. \paper Ioffe & Szegedy
/// 2015, algorithm 1
///
/// Outputs: y, new mean, new variance.
struct BatchNorm {
    static constexpr std::string_view kName = "batch_norm";
    BatchNormOptions options;
    detail::WeightInput scale;    ///< ones if absent
    detail::WeightInput shift;    ///< zeros if absent
    detail::WeightInput mean;     ///< state; without it the new state is the batch's
    detail::WeightInput variance; ///< state, as mean
    const void* saved = nullptr;

    /// The mean that was subtracted, shape (C).
    template <class T>
    [[nodiscard]] const T* mean_used() const {
        return static_cast<const T*>(saved);
    }
    /// The factor 1 / sqrt(variance + epsilon) that was used, shape (C).
    template <class T>
    [[nodiscard]] const T* inverse_deviation_used(std::size_t channels) const {
        return static_cast<const T*>(saved) + channels;
    }

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto e = detail::channel_extents(kName, x.shape());
        check_count(e);
        const auto y = f.output(x.shape());
        State<T> state{mean.compact(f, e.channels, T{0}), variance.compact(f, e.channels, T{0}),
                       f.output({e.channels}).data(), f.output({e.channels}).data()};
        T* used = detail::keep<T>(f, 2 * e.channels);
        saved = used;
        const Maps<T> maps{used, used + e.channels, scale.compact(f, e.channels, T{1}),
                           shift.compact(f, e.channels, T{0}), f.template scratch<T>(e.channels)};
        const detail::Columns<T> columns(e, f.scratch(), 3);
        auto* moments = f.template scratch<detail::Moments>(e.channels);
        if (options.mode == NormMode::running) {
            use_state(e.channels, state, maps);
        } else {
            measure(f, e, columns, x.data(), moments);
            use_moments(e.channels, moments, state, maps);
        }
        normalise(f.executor(), e, columns, x.data(), maps, y.data());
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto x = b.input(0);
        const auto e = detail::channel_extents(kName, x.shape());
        const std::size_t n = e.channels;
        const T* used = mean_used<T>();
        Slopes<T> slopes{used, used + n, scale.compact(b, n, T{1})};
        for (T** array : {&slopes.of_gradient, &slopes.of_x, &slopes.constant, &slopes.to_scale,
                          &slopes.to_shift, &slopes.to_mean, &slopes.to_variance}) {
            *array = b.template scratch<T>(n);
        }
        slopes.new_mean = b.gradient(1).data();
        slopes.new_variance = b.gradient(2).data();
        double* sums = b.scratch().template allocate_zeroed<double>(2 * n);
        const bool sums_matter = options.mode != NormMode::running || scale.wanted(b) ||
                                 shift.wanted(b) || mean.wanted(b) || variance.wanted(b);
        const T* g = b.gradient(0).data();
        const detail::Columns<T> columns(e, b.scratch(), 4);
        const Sink<T> dx = b.sink_in_place(0);
        if (sums_matter) sum_gradients(b, e, columns, x.data(), g, used, sums);
        set_slopes(e, sums, slopes);
        if (dx) spread(b.executor(), e, columns, x.data(), g, slopes, dx);
        scale.add_gradient(b, static_cast<const T*>(slopes.to_scale));
        shift.add_gradient(b, static_cast<const T*>(slopes.to_shift));
        mean.add_gradient(b, static_cast<const T*>(slopes.to_mean));
        variance.add_gradient(b, static_cast<const T*>(slopes.to_variance));
    }

private:
    template <class T>
    struct State {
        const T* mean;
        const T* variance;
        T* new_mean;
        T* new_variance;
    };
    // y = (x - mean) factor + shift
    template <class T>
    struct Maps {
        T* mean;
        T* inverse;
        const T* scale;
        const T* shift;
        T* factor;
    };
    // dx = of_gradient g + of_x (x - mean) + constant
    template <class T>
    struct Slopes {
        const T* mean;
        const T* inverse;
        const T* scale;
        const T* new_mean = nullptr; // gradients of the new statistics
        const T* new_variance = nullptr;
        T* of_gradient = nullptr;
        T* of_x = nullptr;
        T* constant = nullptr;
        T* to_scale = nullptr;
        T* to_shift = nullptr;
        T* to_mean = nullptr;
        T* to_variance = nullptr;
    };

    void check_count(const detail::ChannelExtents& e) const {
        if (options.mode == NormMode::running || e.per_channel() > 1) return;
        throw std::invalid_argument("batch_norm: batch statistics need at least 2 values per "
                                    "channel, got 1");
    }
    // weight of the batch in the new state
    [[nodiscard]] double weight_of_batch() const {
        if (!mean) return 1.0;
        if (options.mode == NormMode::batch) return options.momentum;
        return 1.0 / (static_cast<double>(options.step) + 1.0);
    }
    template <class T>
    void use_state(std::size_t channels, const State<T>& state, const Maps<T>& maps) const {
        for (std::size_t c = 0; c < channels; ++c) {
            state.new_mean[c] = maps.mean[c] = state.mean[c];
            state.new_variance[c] = state.variance[c];
            maps.inverse[c] = inverse_deviation<T>(static_cast<double>(state.variance[c]));
        }
    }
    template <class T>
    [[nodiscard]] T inverse_deviation(double v) const {
        return static_cast<T>(1.0 / std::sqrt(v + options.epsilon));
    }
    template <class T>
    static void measure(Forward<T>& f, const detail::ChannelExtents& e,
                        const detail::Columns<T>& columns, const T* x, detail::Moments* moments) {
        if (!columns.suit()) {
            return detail::plane_moments(f.executor(), f.scratch(), e, x, moments);
        }
        detail::for_channels(f.executor(), e,
                             [&](Range channels) { columns.moments(channels, x, moments); });
    }
    template <class T>
    void use_moments(std::size_t channels, const detail::Moments* moments, const State<T>& state,
                     const Maps<T>& maps) const {
        const double weight = weight_of_batch();
        const auto move = [weight](T old, double to) {
            if (weight == 1.0) return static_cast<T>(to); // whatever the state held
            return static_cast<T>((1.0 - weight) * static_cast<double>(old) + weight * to);
        };
        for (std::size_t c = 0; c < channels; ++c) {
            const auto [count, mean_of_batch, squares] = moments[c];
            maps.mean[c] = static_cast<T>(mean_of_batch);
            maps.inverse[c] = inverse_deviation<T>(squares / count);
            state.new_mean[c] = move(state.mean[c], mean_of_batch);
            state.new_variance[c] = move(state.variance[c], squares / (count - 1.0));
        }
    }
    template <class T>
    static void normalise(const Executor& executor, const detail::ChannelExtents& e,
                          const detail::Columns<T>& columns, const T* x, const Maps<T>& maps,
                          T* y) {
        for (std::size_t c = 0; c < e.channels; ++c)
            maps.factor[c] = maps.inverse[c] * maps.scale[c];
        if (!columns.suit()) {
            return detail::for_planes(executor, e, [&](std::size_t plane, std::size_t c) {
                const auto function = [m = broadcast(maps.mean[c]), a = broadcast(maps.factor[c]),
                                       b = broadcast(maps.shift[c])](Pack<T> v) {
                    return fma(v - m, a, b);
                };
                detail::map_row(e.plane, function, y + plane * e.plane, x + plane * e.plane);
            });
        }
        detail::for_channels(executor, e, [&](Range channels) {
            const T* m = columns.expand(0, channels, maps.mean);
            const T* a = columns.expand(1, channels, maps.factor);
            const T* b = columns.expand(2, channels, maps.shift);
            const auto function = [](Pack<T> v, Pack<T> pm, Pack<T> pa, Pack<T> pb) {
                return fma(v - pm, pa, pb);
            };
            columns.for_rows(channels, [&](std::size_t at, std::size_t i, std::size_t count) {
                detail::map_row(count, function, y + at, x + at, m + i, a + i, b + i);
            });
        });
    }
    // sum of g, then sum of g (x - mean)
    template <class T>
    static void sum_gradients(Backward<T>& b, const detail::ChannelExtents& e,
                              const detail::Columns<T>& columns, const T* x, const T* g,
                              const T* mean, double* sums) {
        if (!columns.suit()) {
            return detail::plane_gradient_sums(b.executor(), b.scratch(), e, g, x, mean, sums);
        }
        detail::for_channels(b.executor(), e, [&](Range channels) {
            const T* m = columns.expand(0, channels, mean);
            columns.sum_of(
                channels, sums, [](Pack<T> u) { return u; }, g);
            const auto product = [](Pack<T> u, Pack<T> v, Pack<T> w) { return u * (v - w); };
            columns.sum_with(channels, sums + e.channels, product, m, g, x);
        });
    }
    template <class T>
    void set_slopes(const detail::ChannelExtents& e, const double* sums, const Slopes<T>& s) const {
        const double count = static_cast<double>(e.per_channel());
        const bool is_running = options.mode == NormMode::running;
        const double weight = is_running ? 0.0 : weight_of_batch();
        for (std::size_t c = 0; c < e.channels; ++c) {
            const double inverse = static_cast<double>(s.inverse[c]);
            const double factor = inverse * static_cast<double>(s.scale[c]);
            const double sum_g = sums[c];
            const double sum_gx = sums[e.channels + c];
            const double to_mean = static_cast<double>(s.new_mean[c]);
            const double to_variance = static_cast<double>(s.new_variance[c]);
            double of_x = 0.0;
            double constant = 0.0;
            double through_mean = 0.0;
            double through_variance = 0.0;
            if (is_running) {
                through_mean = -factor * sum_g;
                through_variance = -0.5 * factor * inverse * inverse * sum_gx;
            } else {
                of_x = 2.0 * weight * to_variance / (count - 1.0) -
                       factor * inverse * inverse * sum_gx / count;
                constant = (weight * to_mean - factor * sum_g) / count;
            }
            s.of_gradient[c] = static_cast<T>(factor);
            s.of_x[c] = static_cast<T>(of_x);
            s.constant[c] = static_cast<T>(constant);
            s.to_scale[c] = static_cast<T>(inverse * sum_gx);
            s.to_shift[c] = static_cast<T>(sum_g);
            s.to_mean[c] = static_cast<T>((1.0 - weight) * to_mean + through_mean);
            s.to_variance[c] = static_cast<T>((1.0 - weight) * to_variance + through_variance);
        }
    }
    template <class T>
    static void spread(const Executor& executor, const detail::ChannelExtents& e,
                       const detail::Columns<T>& columns, const T* x, const T* g,
                       const Slopes<T>& s, const Sink<T>& dx) {
        if (!columns.suit()) {
            return detail::for_planes(executor, e, [&](std::size_t plane, std::size_t c) {
                const auto function = [m = broadcast(s.mean[c]), p = broadcast(s.of_gradient[c]),
                                       q = broadcast(s.of_x[c]),
                                       r = broadcast(s.constant[c])](Pack<T> u, Pack<T> v) {
                    return fma(u, p, fma(v - m, q, r));
                };
                const std::size_t at = plane * e.plane;
                detail::put_or_add(dx.accumulate, e.plane, function, dx.data + at, g + at, x + at);
            });
        }
        detail::for_channels(executor, e, [&](Range channels) {
            const T* m = columns.expand(0, channels, s.mean);
            const T* p = columns.expand(1, channels, s.of_gradient);
            const T* q = columns.expand(2, channels, s.of_x);
            const T* r = columns.expand(3, channels, s.constant);
            const auto function = [](Pack<T> u, Pack<T> v, Pack<T> pm, Pack<T> pp, Pack<T> pq,
                                     Pack<T> pr) { return fma(u, pp, fma(v - pm, pq, pr)); };
            columns.for_rows(channels, [&](std::size_t at, std::size_t i, std::size_t count) {
                detail::put_or_add(dx.accumulate, count, function, dx.data + at, g + at, x + at,
                                   m + i, p + i, q + i, r + i);
            });
        });
    }
};

} // namespace ops

/// Batch normalisation of (N, C) or (N, C, H, W), with the statistics of the whole batch or of the
/// state; the new state is a value that the caller commits.
///
/// The batch is normalised with its biased variance; the new running variance is made from the
/// unbiased one, as in PyTorch. Everything is differentiable: in mode running the statistics
/// are inputs like others and do not depend on x.
/// \param scale, shift    (C) each, or nothing for 1 and 0
/// \param mean, variance  state (C) each; both may be absent but in mode running, and the new state
///                        is then the batch's alone
/// \throws std::invalid_argument if the sizes do not fit, a channel has fewer than 2 values in a
/// mode that measures them, or an option is out of range
template <class T>
Normalised batch_norm(Tape<T>& tape, Value x, const WeightView& scale, const WeightView& shift,
                      const WeightView& mean, const WeightView& variance,
                      const BatchNormOptions& options = {}) {
    const bool has_state = static_cast<bool>(mean.source);
    if (!(options.momentum >= 0.0 && options.momentum <= 1.0)) {
        throw std::invalid_argument("batch_norm: momentum must lie in [0, 1], got " +
                                    std::to_string(options.momentum));
    }
    if (!(options.epsilon >= 0.0)) {
        throw std::invalid_argument("batch_norm: epsilon must be >= 0, got " +
                                    std::to_string(options.epsilon));
    }
    if (has_state != static_cast<bool>(variance.source) ||
        (!has_state && options.mode == NormMode::running)) {
        throw std::invalid_argument("batch_norm: mode running needs a running mean and variance; "
                                    "else both or none");
    }
    const std::size_t channels = ops::detail::channel_extents("batch_norm", tape.shape(x)).channels;
    ops::detail::InputList<T> inputs(tape, "batch_norm");
    inputs.add(x);
    const ops::BatchNorm operation{options, inputs.add(scale, "scale", channels),
                                   inputs.add(shift, "shift", channels),
                                   inputs.add(mean, "running mean", channels),
                                   inputs.add(variance, "running variance", channels)};
    const Value y = tape.apply(operation, inputs.values());
    return {y, Tape<T>::output(y, 1), Tape<T>::output(y, 2)};
}

} // namespace baldwin

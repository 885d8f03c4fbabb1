// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Layer norm and RMS norm: each row along the last axis to equal size.
#pragma once

#include <baldwin/core/ops/detail/rows_loop.hpp>
#include <baldwin/core/ops/detail/weight_input.hpp>
#include <baldwin/core/tape.hpp>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {
namespace ops {

/// y = scale (x - mean) / sqrt(variance + epsilon) + shift along the last axis, with the biased
/// variance (Centred); or y = scale x / sqrt(mean of squares + epsilon) + shift.
template <bool Centred>
struct RowNorm {
    static constexpr std::string_view kName = Centred ? "layer_norm" : "rms_norm";
    double epsilon = 1e-5;
    detail::WeightInput scale; ///< ones if absent
    detail::WeightInput shift; ///< zeros if absent
    const void* saved = nullptr;

    /// What was subtracted from each row; shape (rows).
    template <class T>
    [[nodiscard]] const T* means() const {
        return static_cast<const T*>(saved);
    }
    /// What each row was multiplied by before scale; shape (rows).
    template <class T>
    [[nodiscard]] const T* factors(std::size_t rows) const {
        return static_cast<const T*>(saved) + rows;
    }

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const std::size_t n = x.shape().back();
        const std::size_t rows = x.size() / n;
        const auto y = f.output(x.shape());
        T* means = detail::keep<T>(f, 2 * rows);
        T* factors = means + rows;
        saved = means;
        const T* a = scale.compact(f, n, T{1});
        const T* b = shift.compact(f, n, T{0});
        detail::for_rows(f.executor(), rows, n, [&](std::size_t row) {
            const T* from = x.data() + row * n;
            measure(n, from, means[row], factors[row]);
            const auto map = [m = means[row], r = factors[row]](Pack<T> v, Pack<T> s, Pack<T> t) {
                return fma((v - m) * r, s, t);
            };
            map_into(n, map, y.data() + row * n, from, a, b);
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const Rows<T> at(*this, b);
        if (scale.wanted(b) || shift.wanted(b)) {
            const T* sums = parameter_sums(b, at);
            scale.add_gradient(b, sums);
            shift.add_gradient(b, sums + at.n);
        }
        if (const Sink<T> dx = b.sink_in_place(0)) {
            detail::for_rows(b.executor(), at.rows, at.n,
                             [&](std::size_t row) { to_input(at, row, dx); });
        }
    }

private:
    // what the backward pass reads
    template <class T>
    struct Rows {
        Rows(const RowNorm& norm, Backward<T>& b)
            : n(b.input(0).shape().back()), rows(b.input(0).size() / n), x(b.input(0).data()),
              g(b.gradient().data()), means(norm.means<T>()), factors(norm.factors<T>(rows)),
              scale(norm.scale.compact(b, n, T{1})) {}

        std::size_t n;
        std::size_t rows;
        const T* x;
        const T* g;
        const T* means;
        const T* factors;
        const T* scale;
    };

    template <class T>
    void measure(std::size_t n, const T* x, T& mean, T& factor) const {
        const double count = static_cast<double>(n);
        mean = Centred ? static_cast<T>(detail::wide_sum<T>(n, x) / count) : T{0};
        const auto square = [m = mean](Pack<T> v) { return (v - m) * (v - m); };
        const double variance = detail::sum_of<T>(n, square, x) / count;
        factor = static_cast<T>(1.0 / std::sqrt(variance + epsilon));
    }
    // with h = scale g and z = (x - mean) r: dx = r (h - <h> - z <h z>), <> the mean of a row
    template <class T>
    static void to_input(const Rows<T>& at, std::size_t row, const Sink<T>& dx) {
        const std::size_t n = at.n;
        const T* x = at.x + row * n;
        const T* g = at.g + row * n;
        const T m = at.means[row];
        const T r = at.factors[row];
        const double count = static_cast<double>(n);
        const auto h = [](Pack<T> u, Pack<T> s) { return u * s; };
        const auto hz = [=](Pack<T> u, Pack<T> s, Pack<T> v) { return u * s * ((v - m) * r); };
        const Pack<T> offset =
            broadcast(static_cast<T>(Centred ? detail::sum_of<T>(n, h, g, at.scale) / count : 0.0));
        const Pack<T> tilt =
            broadcast(static_cast<T>(detail::sum_of<T>(n, hz, g, at.scale, x) / count));
        const auto slope = [=](Pack<T> u, Pack<T> s, Pack<T> v) {
            return fma(u, s, -fma((v - m) * r, tilt, offset)) * r;
        };
        detail::put_or_add(dx.accumulate, n, slope, dx.data + row * n, g, at.scale, x);
    }
    // sum over rows of g z, then of g; shape (2, n). Chunks of rows are added in order.
    template <class T>
    static const T* parameter_sums(Backward<T>& b, const Rows<T>& at) {
        const std::size_t n = at.n;
        const std::size_t chunks = detail::row_chunks(at.rows, n, 64);
        T* sums = b.scratch().template allocate_zeroed<T>(chunks * 2 * n);
        b.executor().chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
            T* to = sums + chunk * 2 * n;
            const Range range = part(at.rows, chunks, chunk);
            for (std::size_t row = range.begin; row < range.end; ++row) {
                const auto z = [m = at.means[row], r = at.factors[row]](Pack<T> u, Pack<T> v) {
                    return u * ((v - m) * r);
                };
                const auto g = [](Pack<T> u) { return u; };
                detail::put_or_add(true, n, z, to, at.g + row * n, at.x + row * n);
                detail::put_or_add(true, n, g, to + n, at.g + row * n);
            }
        });
        for (std::size_t chunk = 1; chunk < chunks; ++chunk) {
            detail::put_or_add(
                true, 2 * n, [](Pack<T> v) { return v; }, sums,
                static_cast<const T*>(sums + chunk * 2 * n));
        }
        return sums;
    }
};
using LayerNorm = RowNorm<true>;
using RmsNorm = RowNorm<false>;

namespace detail {

inline void require_epsilon(std::string_view name, double epsilon) {
    if (epsilon >= 0.0) return;
    throw std::invalid_argument(std::string(name) + ": epsilon must be >= 0, got " +
                                std::to_string(epsilon));
}

template <class Norm, class T>
Value row_norm(Tape<T>& tape, Value x, const WeightView& scale, const WeightView& shift,
               double epsilon) {
    require_epsilon(Norm::kName, epsilon);
    const Shape& shape = tape.shape(x);
    if (shape.rank() == 0 || shape.back() == 0) {
        throw std::invalid_argument(std::string(Norm::kName) +
                                    ": x must have a last axis of at least 1 element, got shape " +
                                    to_string(shape));
    }
    InputList<T> inputs(tape, Norm::kName);
    inputs.add(x);
    const Norm operation{epsilon, inputs.add(scale, "scale", shape.back()),
                         inputs.add(shift, "shift", shape.back())};
    return tape.apply(operation, inputs.values());
}

} // namespace detail
} // namespace ops

/// Layer normalisation along the last axis. \paper Ba et al. 2016, eq. 4
/// \param x             (..., n)
/// \param scale, shift  (n) each, or nothing for 1 and 0
/// \throws std::invalid_argument if the sizes do not fit or epsilon is negative
template <class T>
Value layer_norm(Tape<T>& tape, Value x, const WeightView& scale = {}, const WeightView& shift = {},
                 double epsilon = 1e-5) {
    return ops::detail::row_norm<ops::LayerNorm>(tape, x, scale, shift, epsilon);
}

/// Root-mean-square normalisation along the last axis. \paper Zhang & Sennrich 2019, eq. 4
/// \param x      (..., n)
/// \param scale  (n), or nothing for 1
/// \throws std::invalid_argument if the sizes do not fit or epsilon is negative
template <class T>
Value rms_norm(Tape<T>& tape, Value x, const WeightView& scale = {}, double epsilon = 1e-6) {
    return ops::detail::row_norm<ops::RmsNorm>(tape, x, scale, {}, epsilon);
}

} // namespace baldwin

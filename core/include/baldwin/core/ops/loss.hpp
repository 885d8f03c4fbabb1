// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Softmax over the last axis, and losses. Every loss is one number, a mean.
#pragma once

#include <baldwin/core/math.hpp>
#include <baldwin/core/ops/detail/broadcast.hpp>
#include <baldwin/core/ops/detail/rows_loop.hpp>
#include <baldwin/core/ops/detail/softmax_row.hpp>
#include <baldwin/core/tape.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {

/// How cross_entropy reads its labels.
struct CrossEntropyOptions {
    double label_smoothing = 0.0; ///< share of the target spread evenly over all classes, [0, 1)
};

namespace ops {
namespace detail {

/// A tensor as rows along its last axis.
struct RowExtents {
    std::size_t rows;
    std::size_t columns;
};

/// \throws std::invalid_argument if there is no last axis with at least one element
inline RowExtents row_extents(std::string_view name, const Shape& shape) {
    if (shape.rank() == 0 || shape.back() == 0) {
        throw std::invalid_argument(std::string(name) +
                                    ": x must have a last axis of at least 1 element, got shape " +
                                    to_string(shape));
    }
    return {shape.size() / shape.back(), shape.back()};
}
/// \throws std::invalid_argument if a loss would be the mean of nothing
inline void require_elements(std::string_view name, const Shape& shape) {
    if (shape.size() > 0) return;
    throw std::invalid_argument(std::string(name) + ": needs at least 1 element, got shape " +
                                to_string(shape));
}
/// \throws std::invalid_argument if the shapes differ
inline void require_equal(std::string_view name, const Shape& a, const Shape& b) {
    if (a == b) return;
    throw std::invalid_argument(std::string(name) + ": both shapes must be equal, got " +
                                to_string(a) + " and " + to_string(b));
}
inline void require_temperature(std::string_view name, double temperature) {
    if (temperature > 0.0 && temperature < std::numeric_limits<double>::infinity()) return;
    throw std::invalid_argument(std::string(name) + ": temperature must be > 0 and finite, got " +
                                std::to_string(temperature));
}

/// Writes the mean over rows of loss(row), rows in parallel, added in order.
template <class T, class Loss>
void mean_of_rows(Forward<T>& f, const RowExtents& extents, const Loss& loss) {
    T* losses = f.template scratch<T>(extents.rows);
    for_rows(f.executor(), extents.rows, extents.columns,
             [&](std::size_t row) { losses[row] = loss(row); });
    const double total = wide_sum<T>(extents.rows, losses);
    f.output({})[0] = static_cast<T>(total / static_cast<double>(extents.rows));
}

/// The gradient that reaches each row of a mean over rows.
template <class T>
[[nodiscard]] T share_of_row(Backward<T>& b, std::size_t rows) {
    return b.gradient()[0] / static_cast<T>(rows);
}

/// p ln(p / q) from ln p and ln q; 0 where p = 0.
template <AnyPack P>
[[nodiscard]] inline P divergence(P p, P log_p, P log_q) {
    const P none = broadcast(-std::numeric_limits<ScalarOf<P>>::infinity());
    return select(log_p == none, P{}, p * (log_p - log_q));
}

} // namespace detail

/// exp(x / t) / sum exp(x / t) over the last axis.
struct Softmax {
    static constexpr std::string_view kName = "softmax";
    double temperature = 1.0;

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto [rows, n] = detail::row_extents(kName, x.shape());
        const auto y = f.output(x.shape());
        const T factor = static_cast<T>(1.0 / temperature);
        detail::for_rows(f.executor(), rows, n, [&, n = n](std::size_t row) {
            detail::softmax_row(n, factor, x.data() + row * n, y.data() + row * n);
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto y = b.output();
        const auto g = b.gradient();
        const auto [rows, n] = detail::row_extents(kName, y.shape());
        const Sink<T> dx = b.sink_in_place(0);
        if (!dx) return;
        const T factor = static_cast<T>(1.0 / temperature);
        detail::for_rows(b.executor(), rows, n, [&, n = n](std::size_t row) {
            const std::size_t at = row * n;
            detail::softmax_row_gradient(dx.accumulate, n, factor, y.data() + at, g.data() + at,
                                         dx.data + at);
        });
    }
};

/// x / t - ln sum exp(x / t) over the last axis.
struct LogSoftmax {
    static constexpr std::string_view kName = "log_softmax";
    double temperature = 1.0;

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto [rows, n] = detail::row_extents(kName, x.shape());
        const auto y = f.output(x.shape());
        const T factor = static_cast<T>(1.0 / temperature);
        detail::for_rows(f.executor(), rows, n, [&, n = n](std::size_t row) {
            const T* from = x.data() + row * n;
            const auto [most, log_sum] = detail::log_sum_of(n, factor, from);
            const Pack<T> shift = broadcast(-log_sum);
            map_into(
                n, [=, m = most](Pack<T> v) { return fma(v - m, broadcast(factor), shift); },
                y.data() + row * n, from);
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto y = b.output();
        const auto g = b.gradient();
        const auto [rows, n] = detail::row_extents(kName, y.shape());
        const Sink<T> dx = b.sink_in_place(0);
        if (!dx) return;
        const T factor = static_cast<T>(1.0 / temperature);
        detail::for_rows(b.executor(), rows, n, [&, n = n](std::size_t row) {
            const std::size_t at = row * n;
            const T sum = static_cast<T>(detail::wide_sum<T>(n, g.data() + at));
            const auto slope = [=](Pack<T> u, Pack<T> v) {
                return fma(exp(u), broadcast(-sum), v) * factor;
            };
            detail::put_or_add(dx.accumulate, n, slope, dx.data + at, y.data() + at, g.data() + at);
        });
    }
};

/// Mean over rows of -sum target ln softmax(x), the target given as a class.
struct CrossEntropy {
    static constexpr std::string_view kName = "cross_entropy";
    const std::int32_t* labels = nullptr; ///< one per row
    std::size_t count = 0;
    double smoothing = 0.0;
    const void* saved = nullptr; ///< LogSum<T> of each row

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto extents = detail::row_extents(kName, x.shape());
        check(extents);
        if (f.is_recording()) labels = std::copy_n(labels, count, copy_place(f)) - count;
        auto* sums = detail::keep<detail::LogSum<T>>(f, count);
        saved = sums;
        detail::mean_of_rows(f, extents, [&](std::size_t row) {
            const T* logits = x.data() + row * extents.columns;
            sums[row] = detail::log_sum_of(extents.columns, T{1}, logits);
            return loss(extents.columns, logits, sums[row], labels[row]);
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto x = b.input(0);
        const std::size_t n = x.shape().back();
        const T share = detail::share_of_row(b, count);
        const Sink<T> dx = b.sink(0);
        if (!dx) return;
        const auto* sums = static_cast<const detail::LogSum<T>*>(saved);
        const T spread = static_cast<T>(smoothing / static_cast<double>(n));
        const T peak = share * static_cast<T>(1.0 - smoothing);
        detail::for_rows(b.executor(), count, n, [&](std::size_t row) {
            const auto slope = [=, s = sums[row]](Pack<T> v) {
                return (exp((v - s.most) - s.log_sum) - spread) * share;
            };
            T* to = dx.data + row * n;
            detail::put_or_add(dx.accumulate, n, slope, to, x.data() + row * n);
            to[labels[row]] -= peak;
        });
    }

private:
    template <class T>
    std::int32_t* copy_place(Forward<T>& f) const {
        return f.template save<std::int32_t>(count);
    }
    void check(const detail::RowExtents& extents) const {
        if (count == 0 || count != extents.rows) {
            throw std::invalid_argument(
                "cross_entropy: needs one label per row and at least one, got " +
                std::to_string(count) + " labels for " + std::to_string(extents.rows) + " rows");
        }
        for (std::size_t i = 0; i < count; ++i) {
            if (labels[i] >= 0 && static_cast<std::size_t>(labels[i]) < extents.columns) continue;
            throw std::invalid_argument(
                "cross_entropy: labels must lie in [0, " + std::to_string(extents.columns) +
                "), got " + std::to_string(labels[i]) + " at index " + std::to_string(i));
        }
    }
    // (1 - s) (-ln p_label) + s / n * sum (-ln p), with -ln p = log_sum - (x - most)
    template <class T>
    T loss(std::size_t n, const T* x, const detail::LogSum<T>& sums, std::int32_t label) const {
        const T of_label = sums.log_sum - (x[label] - sums.most);
        if (smoothing == 0.0) return of_label;
        const auto term = [most = sums.most](Pack<T> v) { return v - most; };
        const double mean = detail::sum_of<T>(n, term, x) / static_cast<double>(n);
        return static_cast<T>((1.0 - smoothing) * static_cast<double>(of_label) +
                              smoothing * (static_cast<double>(sums.log_sum) - mean));
    }
};

/// Mean over rows of -sum target ln softmax(x), the target given as a row of weights.
struct SoftCrossEntropy {
    static constexpr std::string_view kName = "soft_cross_entropy";
    const void* saved = nullptr; ///< LogSum<T> of each row

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto t = f.input(1);
        const auto extents = detail::row_extents(kName, x.shape());
        detail::require_equal(kName, x.shape(), t.shape());
        detail::require_elements(kName, x.shape());
        auto* sums = detail::keep<detail::LogSum<T>>(f, extents.rows);
        saved = sums;
        detail::mean_of_rows(f, extents, [&, n = extents.columns](std::size_t row) {
            const T* logits = x.data() + row * n;
            sums[row] = detail::log_sum_of(n, T{1}, logits);
            const auto term = [s = sums[row]](Pack<T> v, Pack<T> w) {
                return w * (s.log_sum - (v - s.most));
            };
            return static_cast<T>(detail::sum_of<T>(n, term, logits, t.data() + row * n));
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        to_logits(b);
        to_targets(b);
    }

private:
    template <class T>
    void to_logits(Backward<T>& b) const {
        const auto x = b.input(0);
        const auto t = b.input(1);
        const auto [rows, n] = detail::row_extents(kName, x.shape());
        const T share = detail::share_of_row(b, rows);
        const Sink<T> dx = b.sink(0);
        if (!dx) return;
        const auto* sums = static_cast<const detail::LogSum<T>*>(saved);
        detail::for_rows(b.executor(), rows, n, [&, n = n](std::size_t row) {
            const T* weights = t.data() + row * n;
            const T total = static_cast<T>(detail::wide_sum<T>(n, weights));
            const auto slope = [=, s = sums[row]](Pack<T> v, Pack<T> w) {
                return fma(exp((v - s.most) - s.log_sum), broadcast(total), -w) * share;
            };
            detail::put_or_add(dx.accumulate, n, slope, dx.data + row * n, x.data() + row * n,
                               weights);
        });
    }
    template <class T>
    void to_targets(Backward<T>& b) const {
        const auto x = b.input(0);
        const auto [rows, n] = detail::row_extents(kName, x.shape());
        const T share = detail::share_of_row(b, rows);
        const Sink<T> dt = b.sink(1);
        if (!dt) return;
        const auto* sums = static_cast<const detail::LogSum<T>*>(saved);
        detail::for_rows(b.executor(), rows, n, [&, n = n](std::size_t row) {
            const auto slope = [=, s = sums[row]](Pack<T> v) {
                return (s.log_sum - (v - s.most)) * share;
            };
            detail::put_or_add(dt.accumulate, n, slope, dt.data + row * n, x.data() + row * n);
        });
    }
};

/// Mean over rows of sum p ln(p / q), from ln p and ln q.
struct KlDivergence {
    static constexpr std::string_view kName = "kl_divergence";

    template <class T>
    void forward(Forward<T>& f) {
        const auto p = f.input(0);
        const auto q = f.input(1);
        const auto extents = detail::row_extents(kName, p.shape());
        detail::require_equal(kName, p.shape(), q.shape());
        detail::require_elements(kName, p.shape());
        detail::mean_of_rows(f, extents, [&, n = extents.columns](std::size_t row) {
            const auto term = [](Pack<T> u, Pack<T> v) { return detail::divergence(exp(u), u, v); };
            return static_cast<T>(
                detail::sum_of<T>(n, term, p.data() + row * n, q.data() + row * n));
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto p = b.input(0);
        const T* q = b.input(1).data();
        const T share = detail::share_of_row(b, p.size() / p.shape().back());
        const auto put = [&](const Sink<T>& to, const auto& slope) {
            if (!to) return;
            detail::for_grains(b.executor(), p.size(), [&](std::size_t begin, std::size_t end) {
                detail::put_or_add(to.accumulate, end - begin, slope, to.data + begin,
                                   p.data() + begin, q + begin);
            });
        };
        put(b.sink(0), [share](Pack<T> u, Pack<T> v) {
            const Pack<T> e = exp(u);
            return (e + detail::divergence(e, u, v)) * share;
        });
        put(b.sink(1), [share](Pack<T> u, Pack<T> /*v*/) { return exp(u) * -share; });
    }
};

/// The mean over all elements of a function of the difference of two tensors.
///
/// A model of Function has kName, value(d) and derivative(d) on packs.
template <class Function>
struct DifferenceLoss : Function {
    static constexpr std::string_view kName = Function::kName;

    template <class T>
    void forward(Forward<T>& f) {
        const auto a = f.input(0);
        const auto b = f.input(1);
        detail::require_equal(kName, a.shape(), b.shape());
        detail::require_elements(kName, a.shape());
        const std::size_t count = detail::row_chunks(a.size(), 1);
        double* sums = f.template scratch<double>(count);
        f.executor().chunks(count, [&](std::size_t chunk, std::size_t /*slot*/) {
            const Range range = part(a.size(), count, chunk);
            const auto term = [this](Pack<T> u, Pack<T> v) { return Function::value(u - v); };
            sums[chunk] = detail::sum_of<T>(range.size(), term, a.data() + range.begin,
                                            b.data() + range.begin);
        });
        const double total = detail::wide_sum<double>(count, sums);
        f.output({})[0] = static_cast<T>(total / static_cast<double>(a.size()));
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto u = b.input(0);
        const T* v = b.input(1).data();
        const T share = detail::share_of_row(b, u.size());
        for (std::size_t side = 0; side < 2; ++side) {
            const Sink<T> to = b.sink(side);
            if (!to) continue;
            const T factor = side == 0 ? share : -share;
            const auto slope = [this, factor](Pack<T> p, Pack<T> q) {
                return Function::derivative(p - q) * factor;
            };
            detail::for_grains(b.executor(), u.size(), [&](std::size_t begin, std::size_t end) {
                detail::put_or_add(to.accumulate, end - begin, slope, to.data + begin,
                                   u.data() + begin, v + begin);
            });
        }
    }
};

struct SquaredErrorFunction {
    static constexpr std::string_view kName = "mean_squared_error";
    template <AnyPack P>
    P value(P d) const {
        return d * d;
    }
    template <AnyPack P>
    P derivative(P d) const {
        return d + d;
    }
};
using MeanSquaredError = DifferenceLoss<SquaredErrorFunction>;

/// d^2 / 2 for |d| <= delta, else delta (|d| - delta / 2). \paper Huber 1964
struct HuberFunction {
    static constexpr std::string_view kName = "huber";
    double delta = 1.0;
    template <AnyPack P>
    P value(P d) const {
        using T = ScalarOf<P>;
        const T limit = static_cast<T>(delta);
        const P size = abs(d);
        return select(size > limit + P{}, (size - limit * T(0.5)) * limit, d * d * T(0.5));
    }
    template <AnyPack P>
    P derivative(P d) const {
        const P limit = P{} + static_cast<ScalarOf<P>>(delta);
        return max(-limit, min(limit, d));
    }
};
using Huber = DifferenceLoss<HuberFunction>;

} // namespace ops

/// Softmax of x / temperature over the last axis, without overflow. Result of the shape of x.
/// \throws std::invalid_argument if the temperature is not positive, or x has no last axis
template <class T>
Value softmax(Tape<T>& tape, Value x, double temperature = 1.0) {
    ops::detail::require_temperature(ops::Softmax::kName, temperature);
    return tape.apply(ops::Softmax{temperature}, {x});
}

/// Natural logarithm of softmax(x / temperature) over the last axis, without overflow.
/// \throws std::invalid_argument if the temperature is not positive, or x has no last axis
template <class T>
Value log_softmax(Tape<T>& tape, Value x, double temperature = 1.0) {
    ops::detail::require_temperature(ops::LogSoftmax::kName, temperature);
    return tape.apply(ops::LogSoftmax{temperature}, {x});
}

/// Cross-entropy of softmax(logits) against classes, mean over rows, in nats. Scalar result.
///
/// With label smoothing s the target of a row of n classes is 1 - s + s / n for the label and
/// s / n for every other class. \paper Szegedy et al. 2016, section 7
/// \param logits  shape (..., classes)
/// \param labels  one per row, copied; each in [0, classes)
/// \throws std::invalid_argument if the counts differ, a label is out of range or smoothing is
/// outside [0, 1)
template <class T>
Value cross_entropy(Tape<T>& tape, Value logits, std::span<const std::int32_t> labels,
                    const CrossEntropyOptions& options = {}) {
    const double smoothing = options.label_smoothing;
    if (!(smoothing >= 0.0 && smoothing < 1.0)) {
        throw std::invalid_argument("cross_entropy: label_smoothing must lie in [0, 1), got " +
                                    std::to_string(smoothing));
    }
    return tape.apply(ops::CrossEntropy{labels.data(), labels.size(), smoothing}, {logits});
}

/// Cross-entropy of softmax(logits) against rows of weights, mean over rows, in nats. Scalar.
///
/// Rows of targets are used as they are; those of a distribution sum to 1.
/// \param logits, targets  equal shapes (..., classes)
/// \throws std::invalid_argument if the shapes differ or are empty
template <class T>
Value soft_cross_entropy(Tape<T>& tape, Value logits, Value targets) {
    return tape.apply(ops::SoftCrossEntropy{}, {logits, targets});
}

/// Kullback-Leibler divergence KL(p || q) = sum p ln(p / q), mean over rows, in nats. Scalar.
///
/// Both come as logarithms, as log_softmax gives them; p is the teacher, q the student. A class
/// with p = 0 adds nothing.
/// \param log_p, log_q  equal shapes (..., classes)
/// \throws std::invalid_argument if the shapes differ or are empty
template <class T>
Value kl_divergence(Tape<T>& tape, Value log_p, Value log_q) {
    return tape.apply(ops::KlDivergence{}, {log_p, log_q});
}

/// Mean over all elements of (a - b)^2. Scalar.
/// \throws std::invalid_argument if the shapes differ or are empty
template <class T>
Value mean_squared_error(Tape<T>& tape, Value a, Value b) {
    return tape.apply(ops::MeanSquaredError{}, {a, b});
}

/// Mean over all elements of the Huber loss of a - b, quadratic up to delta and linear beyond.
/// \throws std::invalid_argument if the shapes differ or are empty, or delta is not positive
template <class T>
Value huber(Tape<T>& tape, Value a, Value b, double delta = 1.0) {
    if (!(delta > 0.0)) {
        throw std::invalid_argument("huber: delta must be > 0, got " + std::to_string(delta));
    }
    return tape.apply(ops::Huber{{.delta = delta}}, {a, b});
}

} // namespace baldwin

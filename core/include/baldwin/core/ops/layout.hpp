// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Operations that move elements without changing them.
#pragma once

#include <baldwin/core/tape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>

namespace baldwin {
namespace ops {

/// The same elements under other extents; the memory is shared, not copied.
struct Reshape {
    static constexpr std::string_view kName = "reshape";
    Shape shape;

    template <class T>
    void forward(Forward<T>& f) {
        if (shape.size() != f.input(0).size()) {
            throw std::invalid_argument("reshape: " + to_string(f.input(0).shape()) +
                                        " does not have as many elements as " + to_string(shape));
        }
        f.alias(0, shape);
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto g = b.gradient();
        const Sink<T> to = b.sink_in_place(0);
        if (!to || to.data == g.data()) return;
        if (!to.accumulate) {
            std::copy(g.begin(), g.end(), to.data);
        } else {
            for (std::size_t i = 0; i < g.size(); ++i) to.data[i] += g[i];
        }
    }
};

/// The value without its history: nothing flows back.
struct StopGradient {
    static constexpr std::string_view kName = "stop_gradient";

    template <class T>
    void forward(Forward<T>& f) {
        f.alias(0, f.input(0).shape());
    }
    template <class T>
    void backward(Backward<T>& b) {
        (void)b.accumulator(0); // zeros, or whatever other paths added
    }
};

/// Axes in another order: output axis i is input axis order[i].
struct Transpose {
    static constexpr std::string_view kName = "transpose";
    std::array<std::size_t, Shape::kMaxRank> order{};
    std::size_t rank = 0;

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto y = f.output(permuted(x.shape()));
        visit(x.shape(), [&](std::size_t to, std::size_t from) { y[to] = x[from]; });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto g = b.gradient();
        const Sink<T> dx = b.sink(0);
        if (!dx) return;
        visit(b.input(0).shape(), [&](std::size_t from, std::size_t to) {
            dx.data[to] = dx.accumulate ? dx.data[to] + g[from] : g[from];
        });
    }

private:
    [[nodiscard]] Shape permuted(const Shape& shape) const {
        unsigned seen = 0;
        for (std::size_t axis = 0; axis < rank; ++axis) seen |= 1U << order[axis];
        if (rank != shape.rank() || seen != (1U << rank) - 1) {
            throw std::invalid_argument("transpose: the order must name each axis of " +
                                        to_string(shape) + " once");
        }
        Shape result = shape;
        for (std::size_t axis = 0; axis < rank; ++axis) result[axis] = shape[order[axis]];
        return result;
    }
    // calls f(place in the output, place in the input) for all elements, output in order
    template <class F>
    void visit(const Shape& shape, F&& f) const {
        const Shape result = permuted(shape);
        std::array<std::size_t, Shape::kMaxRank> index{};
        for (std::size_t to = 0, from = 0; to < shape.size(); ++to) {
            f(to, from);
            for (std::size_t axis = rank; axis-- > 0;) {
                const std::size_t stride = shape.size_from(order[axis] + 1);
                from += stride;
                if (++index[axis] < result[axis]) break;
                from -= result[axis] * stride;
                index[axis] = 0;
            }
        }
    }
};

/// Inputs laid end to end along one axis.
struct Concatenate {
    static constexpr std::string_view kName = "concatenate";
    std::size_t axis = 0;
    std::size_t inputs = 0;

    template <class T>
    void forward(Forward<T>& f) {
        const auto y = f.output(joined(f));
        const std::size_t row = y.shape().size_from(axis);
        for (std::size_t i = 0, at = 0; i < inputs; ++i) {
            const auto x = f.input(i);
            const std::size_t piece = x.shape().size_from(axis);
            for (std::size_t r = 0; r < x.size() / std::max<std::size_t>(piece, 1); ++r) {
                std::copy_n(x.data() + r * piece, piece, y.data() + r * row + at);
            }
            at += piece;
        }
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto g = b.gradient();
        const std::size_t row = g.shape().size_from(axis);
        for (std::size_t i = 0, at = 0; i < inputs; ++i) {
            const Shape& shape = b.input(i).shape();
            const std::size_t piece = shape.size_from(axis);
            if (T* dx = b.accumulator(i); dx != nullptr && piece > 0) {
                for (std::size_t k = 0; k < shape.size(); ++k) {
                    dx[k] += g[k / piece * row + at + k % piece];
                }
            }
            at += piece;
        }
    }

private:
    template <class T>
    [[nodiscard]] Shape joined(Forward<T>& f) const {
        Shape shape = f.input(0).shape();
        if (axis >= shape.rank()) {
            throw std::invalid_argument("concatenate: axis " + std::to_string(axis) +
                                        " does not exist in " + to_string(shape));
        }
        for (std::size_t i = 1; i < inputs; ++i) {
            Shape other = f.input(i).shape();
            const std::size_t extent = axis < other.rank() ? other[axis] : 0;
            if (axis < other.rank()) other[axis] = shape[axis];
            if (other != shape) {
                throw std::invalid_argument("concatenate: " + to_string(f.input(0).shape()) +
                                            " and " + to_string(f.input(i).shape()) +
                                            " differ outside axis " + std::to_string(axis));
            }
            shape[axis] += extent;
        }
        return shape;
    }
};

/// The entries [begin, end) of one axis.
struct Slice {
    static constexpr std::string_view kName = "slice";
    std::size_t axis = 0;
    std::size_t begin = 0;
    std::size_t end = 0;

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        Shape shape = x.shape();
        if (axis >= shape.rank() || begin > end || end > shape[axis]) {
            throw std::invalid_argument("slice: [" + std::to_string(begin) + ", " +
                                        std::to_string(end) + ") of axis " + std::to_string(axis) +
                                        " does not exist in " + to_string(shape));
        }
        shape[axis] = end - begin;
        const auto y = f.output(shape);
        visit(x.shape(), y.size(), [&](std::size_t to, std::size_t from, std::size_t count) {
            std::copy_n(x.data() + from, count, y.data() + to);
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto g = b.gradient();
        T* dx = b.accumulator(0);
        if (dx == nullptr) return;
        visit(b.input(0).shape(), g.size(),
              [&](std::size_t from, std::size_t to, std::size_t count) {
                  for (std::size_t i = 0; i < count; ++i) dx[to + i] += g[from + i];
              });
    }

private:
    // calls f(place in the slice, place in the whole, run length)
    template <class F>
    void visit(const Shape& whole, std::size_t size, F&& f) const {
        const std::size_t inner = whole.size_from(axis + 1);
        const std::size_t run = (end - begin) * inner;
        const std::size_t row = whole.size_from(axis);
        for (std::size_t r = 0; run > 0 && r < size / run; ++r) {
            f(r * run, r * row + begin * inner, run);
        }
    }
};

} // namespace ops

/// The same elements under other extents of the same product.
/// \throws std::invalid_argument if the products differ
template <class T>
Value reshape(Tape<T>& tape, Value x, const Shape& shape) {
    return tape.apply(ops::Reshape{shape}, {x});
}

/// (N, ...) as (N, product of the rest).
template <class T>
Value flatten(Tape<T>& tape, Value x) {
    const Shape shape = tape.shape(x);
    return reshape(tape, x, {shape[0], shape.size_from(1)});
}

/// The value as a constant: no gradient passes.
template <class T>
Value stop_gradient(Tape<T>& tape, Value x) {
    return tape.apply(ops::StopGradient{}, {x});
}

/// Axes in another order: result axis i is axis order[i] of \p x.
/// \throws std::invalid_argument if the order is not a permutation of the axes
template <class T>
Value transpose(Tape<T>& tape, Value x, std::initializer_list<std::size_t> order) {
    ops::Transpose operation{.rank = order.size()};
    if (order.size() > Shape::kMaxRank ||
        std::ranges::any_of(order, [&](std::size_t axis) { return axis >= order.size(); })) {
        throw std::invalid_argument("transpose: the order must be a permutation of the axes");
    }
    std::copy(order.begin(), order.end(), operation.order.begin());
    return tape.apply(operation, {x});
}

/// Values laid end to end along \p axis.
/// \throws std::invalid_argument if there are none or their other extents differ
template <class T>
Value concatenate(Tape<T>& tape, std::span<const Value> values, std::size_t axis) {
    if (values.empty()) throw std::invalid_argument("concatenate: needs at least one value");
    return tape.apply(ops::Concatenate{axis, values.size()}, values);
}
template <class T>
Value concatenate(Tape<T>& tape, std::initializer_list<Value> values, std::size_t axis) {
    return concatenate(tape, std::span<const Value>(values.begin(), values.size()), axis);
}

/// The entries [begin, end) of \p axis.
/// \throws std::invalid_argument if they do not exist
template <class T>
Value slice(Tape<T>& tape, Value x, std::size_t axis, std::size_t begin, std::size_t end) {
    return tape.apply(ops::Slice{axis, begin, end}, {x});
}

} // namespace baldwin

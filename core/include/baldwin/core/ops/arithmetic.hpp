// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Addition, subtraction, multiplication and division with broadcasting; sums and means over axes.
#pragma once

#include <baldwin/core/ops/detail/broadcast.hpp>
#include <baldwin/core/simd.hpp>
#include <baldwin/core/tape.hpp>

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {
namespace ops {

struct AddFunction {
    static constexpr std::string_view kName = "add";
    template <AnyPack P>
    static P value(P a, P b) {
        return a + b;
    }
    template <AnyPack P>
    static P to_a(P g, P /*a*/, P /*b*/) {
        return g;
    }
    template <AnyPack P>
    static P to_b(P g, P /*a*/, P /*b*/) {
        return g;
    }
};
struct SubtractFunction {
    static constexpr std::string_view kName = "subtract";
    template <AnyPack P>
    static P value(P a, P b) {
        return a - b;
    }
    template <AnyPack P>
    static P to_a(P g, P /*a*/, P /*b*/) {
        return g;
    }
    template <AnyPack P>
    static P to_b(P g, P /*a*/, P /*b*/) {
        return -g;
    }
};
struct MultiplyFunction {
    static constexpr std::string_view kName = "multiply";
    template <AnyPack P>
    static P value(P a, P b) {
        return a * b;
    }
    template <AnyPack P>
    static P to_a(P g, P /*a*/, P b) {
        return g * b;
    }
    template <AnyPack P>
    static P to_b(P g, P a, P /*b*/) {
        return g * a;
    }
};
struct DivideFunction {
    static constexpr std::string_view kName = "divide";
    template <AnyPack P>
    static P value(P a, P b) {
        return a / b;
    }
    template <AnyPack P>
    static P to_a(P g, P /*a*/, P b) {
        return g / b;
    }
    template <AnyPack P>
    static P to_b(P g, P a, P b) {
        return -(g * a) / (b * b);
    }
};

/// A function of two numbers, applied with NumPy's broadcasting.
///
/// A model of Function has kName, value(a, b), and the products of a gradient g with its partial
/// derivatives, to_a(g, a, b) and to_b(g, a, b), on packs.
template <class Function>
struct Binary {
    static constexpr std::string_view kName = Function::kName;

    template <class T>
    void forward(Forward<T>& f) {
        const auto a = f.input(0);
        const auto b = f.input(1);
        const auto y = f.output(detail::broadcast_shape(kName, a.shape(), b.shape()));
        if (a.shape() == b.shape()) {
            detail::for_grains(f.executor(), y.size(), [&](std::size_t begin, std::size_t end) {
                const auto value = [](Pack<T> u, Pack<T> v) { return Function::value(u, v); };
                map_into(end - begin, value, y.data() + begin, a.data() + begin, b.data() + begin);
            });
            return;
        }
        const detail::PairLoop loop(y.shape(), a.shape(), b.shape());
        loop.for_rows(f.executor(), [&](std::size_t at, std::size_t at_a, std::size_t at_b) {
            row(loop, y.data() + at, a.data() + at_a, b.data() + at_b);
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        differentiate(b, 0,
                      [](Pack<T> g, Pack<T> u, Pack<T> v) { return Function::to_a(g, u, v); });
        differentiate(b, 1,
                      [](Pack<T> g, Pack<T> u, Pack<T> v) { return Function::to_b(g, u, v); });
    }

private:
    template <class T>
    static void row(const detail::PairLoop& loop, T* y, const T* a, const T* b) {
        const std::size_t n = loop.row();
        if (loop.a_moves() && loop.b_moves()) {
            map_into(
                n, [](Pack<T> u, Pack<T> v) { return Function::value(u, v); }, y, a, b);
        } else if (loop.a_moves()) {
            const Pack<T> v = broadcast(*b);
            map_into(
                n, [v](Pack<T> u) { return Function::value(u, v); }, y, a);
        } else {
            const Pack<T> u = broadcast(*a);
            const T element = *b;
            if (loop.b_moves()) {
                map_into(
                    n, [u](Pack<T> v) { return Function::value(u, v); }, y, b);
            } else {
                std::fill_n(y, n, Function::value(u, broadcast(element))[0]);
            }
        }
    }
    // the gradient of one side; with broadcasting, contributions are added in element order
    template <class T, class Partial>
    static void differentiate(Backward<T>& context, std::size_t side, const Partial& partial) {
        if (!context.wants(side)) return;
        const auto g = context.gradient();
        const auto a = context.input(0);
        const auto b = context.input(1);
        if (context.input(side).shape() == g.shape() && a.shape() == b.shape()) {
            const Sink<T> to = context.sink(side);
            detail::for_grains(context.executor(), g.size(),
                               [&](std::size_t begin, std::size_t end) {
                                   write(end - begin, partial, to.data + begin, to.accumulate,
                                         g.data() + begin, a.data() + begin, b.data() + begin);
                               });
            return;
        }
        T* to = context.accumulator(side);
        const detail::PairLoop loop(g.shape(), a.shape(), b.shape());
        T* buffer = context.template scratch<T>(3 * loop.row());
        loop.for_rows(0, loop.rows(), [&](std::size_t at, std::size_t at_a, std::size_t at_b) {
            add_row(loop, side, partial, to + (side == 0 ? at_a : at_b), g.data() + at,
                    a.data() + at_a, b.data() + at_b, buffer);
        });
    }
    template <class T, class Partial>
    static void write(std::size_t n, const Partial& partial, T* to, bool accumulate, const T* g,
                      const T* a, const T* b) {
        if (accumulate) {
            const auto add = [&](Pack<T> d, Pack<T> dy, Pack<T> u, Pack<T> v) {
                return d + partial(dy, u, v);
            };
            map_into(n, add, to, to, g, a, b);
        } else {
            map_into(n, partial, to, g, a, b);
        }
    }
    template <class T, class Partial>
    static void add_row(const detail::PairLoop& loop, std::size_t side, const Partial& partial,
                        T* to, const T* g, const T* a, const T* b, T* buffer) {
        const std::size_t n = loop.row();
        const auto spread = [&](bool moves, const T* from, T* into) {
            if (moves) return from;
            std::fill_n(into, n, *from);
            return static_cast<const T*>(into);
        };
        const T* full_a = spread(loop.a_moves(), a, buffer);
        const T* full_b = spread(loop.b_moves(), b, buffer + n);
        if (side == 0 ? loop.a_moves() : loop.b_moves()) {
            write(n, partial, to, true, g, full_a, full_b);
        } else {
            write(n, partial, buffer + 2 * n, false, g, full_a, full_b);
            *to += baldwin::sum(n, buffer + 2 * n);
        }
    }
};
using Add = Binary<AddFunction>;
using Subtract = Binary<SubtractFunction>;
using Multiply = Binary<MultiplyFunction>;
using Divide = Binary<DivideFunction>;

/// Sum over axes times a factor: 1 for a sum, 1 / count for a mean.
struct Sum {
    static constexpr std::string_view kName = "sum";
    unsigned axes = 0; ///< bit i set: axis i is summed over and disappears
    bool is_mean = false;

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const Shape kept = kept_extents(x.shape());
        const auto y = f.output(without_axes(x.shape()));
        std::fill(y.begin(), y.end(), T{0});
        const detail::PairLoop loop(x.shape(), x.shape(), kept);
        loop.for_rows(0, loop.rows(), [&](std::size_t at, std::size_t, std::size_t to) {
            if (loop.b_moves()) {
                const auto add = [](Pack<T> s, Pack<T> v) { return s + v; };
                map_into(loop.row(), add, y.data() + to, y.data() + to, x.data() + at);
            } else {
                y[to] += baldwin::sum(loop.row(), x.data() + at);
            }
        });
        for (T& element : y) element *= factor<T>(x.size(), y.size());
    }
    template <class T>
    void backward(Backward<T>& b) {
        const Shape& shape = b.input(0).shape();
        const auto g = b.gradient();
        const Sink<T> dx = b.sink(0);
        if (!dx) return;
        const T scale = factor<T>(shape.size(), g.size());
        const detail::PairLoop loop(shape, shape, kept_extents(shape));
        loop.for_rows(b.executor(), [&](std::size_t at, std::size_t, std::size_t from) {
            for (std::size_t i = 0; i < loop.row(); ++i) {
                const T d = g[loop.b_moves() ? from + i : from] * scale;
                dx.data[at + i] = dx.accumulate ? dx.data[at + i] + d : d;
            }
        });
    }

private:
    template <class T>
    [[nodiscard]] T factor(std::size_t all, std::size_t left) const {
        return is_mean && all > 0 ? T(1) / static_cast<T>(all / left) : T(1);
    }
    [[nodiscard]] Shape kept_extents(Shape shape) const {
        for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
            if ((axes >> axis & 1U) != 0) shape[axis] = 1;
        }
        return shape;
    }
    [[nodiscard]] Shape without_axes(const Shape& shape) const {
        std::array<std::size_t, Shape::kMaxRank> extents{};
        std::size_t rank = 0;
        for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
            if ((axes >> axis & 1U) == 0) extents[rank++] = shape[axis];
        }
        return Shape(std::span<const std::size_t>(extents.data(), rank));
    }
};

namespace detail {

/// Bits of the axes to sum over; none named means all.
inline unsigned axis_bits(std::string_view name, const Shape& shape,
                          std::initializer_list<std::size_t> axes) {
    unsigned bits = axes.size() == 0 ? (1U << shape.rank()) - 1 : 0;
    for (const std::size_t axis : axes) {
        if (axis >= shape.rank()) {
            throw std::invalid_argument(std::string(name) + ": axis " + std::to_string(axis) +
                                        " does not exist in " + to_string(shape));
        }
        bits |= 1U << axis;
    }
    return bits;
}

} // namespace detail
} // namespace ops

/// a + b with NumPy's broadcasting.
/// \throws std::invalid_argument if the shapes do not broadcast; so do the three below
template <class T>
Value add(Tape<T>& tape, Value a, Value b) {
    return tape.apply(ops::Add{}, {a, b});
}
/// a - b with NumPy's broadcasting.
template <class T>
Value subtract(Tape<T>& tape, Value a, Value b) {
    return tape.apply(ops::Subtract{}, {a, b});
}
/// a * b, element by element, with NumPy's broadcasting.
template <class T>
Value multiply(Tape<T>& tape, Value a, Value b) {
    return tape.apply(ops::Multiply{}, {a, b});
}
/// a / b, element by element, with NumPy's broadcasting.
template <class T>
Value divide(Tape<T>& tape, Value a, Value b) {
    return tape.apply(ops::Divide{}, {a, b});
}

/// Sum over the named axes, which disappear; over all if none is named.
/// \throws std::invalid_argument if an axis does not exist
template <class T>
Value sum(Tape<T>& tape, Value x, std::initializer_list<std::size_t> axes = {}) {
    return tape.apply(ops::Sum{ops::detail::axis_bits("sum", tape.shape(x), axes), false}, {x});
}
/// Mean over the named axes, which disappear; over all if none is named.
/// \throws std::invalid_argument if an axis does not exist
template <class T>
Value mean(Tape<T>& tape, Value x, std::initializer_list<std::size_t> axes = {}) {
    return tape.apply(ops::Sum{ops::detail::axis_bits("mean", tape.shape(x), axes), true}, {x});
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What every operation promises: the same bits for any number of threads and on any strided view,
/// and constant memory in a loop.
#pragma once

#include <baldwin/core/tape.hpp>

#include "support/gradient_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace baldwin::test {

/// Values and gradients of one evaluation, in order.
template <class T>
using Results = std::vector<std::vector<T>>;

template <class T>
std::vector<T> normals(std::size_t count, unsigned seed, double scale = 1.0) {
    const auto values = normal_values(count, seed, scale);
    return {values.begin(), values.end()};
}

template <class T>
std::vector<T> elements(const Tape<T>& tape, Value value) {
    return {tape[value].begin(), tape[value].end()};
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// The output of a graph and the gradients of all leaves, from a fixed gradient of the output.
/// \param graph  called as graph(tape, leaves)
template <class T, class Graph>
Results<T> evaluate(Tape<T>& tape, const Graph& graph, const std::vector<Shape>& shapes,
                    const std::vector<std::vector<T>>& inputs) {
    tape.rewind();
    std::vector<Value> leaves;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        leaves.push_back(tape.leaf(TensorView<const T>(inputs[i].data(), shapes[i])));
    }
    const Value y = graph(tape, std::span<const Value>(leaves));
    Results<T> results{elements(tape, y)};
    for (const auto& input : inputs) results.emplace_back(input.size());
    std::vector<Target<T>> targets;
    for (std::size_t i = 0; i < inputs.size(); ++i) targets.push_back({leaves[i], results[i + 1]});
    std::vector<T> weights(results[0].size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] = static_cast<T>(static_cast<double>(i * 37 % 101) / 50.0 - 1.0);
    }
    const Seed<T> seed{y, weights};
    tape.backward(std::span(&seed, 1), targets);
    return results;
}

template <class T>
std::vector<std::vector<T>> normal_inputs(const std::vector<Shape>& shapes) {
    std::vector<std::vector<T>> inputs;
    unsigned seed = 31;
    for (const Shape& shape : shapes) inputs.push_back(normals<T>(shape.size(), seed++));
    return inputs;
}

/// Values and gradients have the same bits for 1, 2, 3 and 8 threads.
template <class T, class Graph>
void expect_same_bits_for_threads(const Graph& graph, const std::vector<Shape>& shapes) {
    const auto inputs = normal_inputs<T>(shapes);
    Tape<T> serial;
    const Results<T> expected = evaluate(serial, graph, shapes, inputs);
    for (const std::size_t threads : {1u, 2u, 3u, 8u}) {
        Tape<T> tape{Executor(threads)};
        const Results<T> results = evaluate(tape, graph, shapes, inputs);
        for (std::size_t i = 0; i < results.size(); ++i) {
            EXPECT_TRUE(same_bits(results[i], expected[i])) << threads << " threads, array " << i;
        }
    }
}

/// After the first turn, a loop asks for no more memory.
template <class T, class Graph>
void expect_steady_memory(const Graph& graph, const std::vector<Shape>& shapes) {
    const auto inputs = normal_inputs<T>(shapes);
    Tape<T> tape;
    evaluate(tape, graph, shapes, inputs);
    const std::size_t capacity = tape.capacity();
    for (int turn = 0; turn < 3; ++turn) evaluate(tape, graph, shapes, inputs);
    EXPECT_EQ(tape.capacity(), capacity);
}

/// Extents of a weight view.
struct ViewExtents {
    std::size_t planes;
    std::size_t rows;
    std::size_t columns;
};

/// Where views lie in one flat vector: one after another, or apart from each other.
class Placement {
public:
    /// \param offset  elements before the first view and between views
    /// \param pad  elements between two rows
    Placement(const std::vector<ViewExtents>& extents, std::size_t offset, std::size_t pad) {
        for (const auto& [planes, rows, columns] : extents) {
            size_ += offset;
            const std::size_t row_stride = columns + pad;
            const std::size_t plane_stride = rows * row_stride + (pad == 0 ? 0 : 3);
            places_.push_back({size_, planes, rows, columns, plane_stride, row_stride});
            size_ += places_.back().extent();
        }
        size_ += pad;
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::vector<WeightView> views(Value source) const {
        std::vector<WeightView> views;
        for (const Strides& at : places_) views.push_back({source, at});
        return views;
    }
    /// The elements of all views, in order.
    template <class T>
    [[nodiscard]] std::vector<T> gather(std::vector<T> flat) const {
        std::vector<T> compact;
        for_each(flat, [&](T& element) { compact.push_back(element); });
        return compact;
    }
    /// A flat vector with these elements in the views and \p other elsewhere.
    template <class T>
    [[nodiscard]] std::vector<T> scatter(const std::vector<T>& compact, T other) const {
        std::vector<T> flat(size_, other);
        auto next = compact.begin();
        for_each(flat, [&](T& element) { element = *next++; });
        return flat;
    }

private:
    template <class T, class F>
    void for_each(std::vector<T>& flat, const F& f) const {
        for (const Strides& at : places_) {
            const Block<T> block(flat.data(), at);
            for (std::size_t p = 0; p < at.planes; ++p) {
                for (std::size_t r = 0; r < at.rows; ++r) {
                    for (std::size_t c = 0; c < at.columns; ++c) f(block.row(p, r)[c]);
                }
            }
        }
    }

    std::vector<Strides> places_;
    std::size_t size_ = 0;
};

/// Gradient check of graph(tape, inputs, views) with the weights in narrowed views of one θ.
template <class Graph>
void expect_view_gradients(const Graph& graph, std::vector<Shape> shapes,
                           const std::vector<ViewExtents>& extents, double tolerance = 2e-7) {
    const Placement placement(extents, 3, 2);
    shapes.push_back({placement.size()});
    expect_gradients(
        [&](Tape<double>& tape, std::span<const Value> in) {
            const std::vector<WeightView> views = placement.views(in.back());
            return graph(tape, in.first(in.size() - 1), std::span<const WeightView>(views));
        },
        shapes, tolerance);
}

/// Values and gradients on narrowed views have the bits of those on compact ones, for every offset
/// modulo 16 and rows up to 8,000 elements apart; what lies outside the views is neither read
/// (it is NaN) nor given a gradient.
template <class T, class Graph>
void expect_view_bits(const Graph& graph, std::vector<Shape> shapes,
                      const std::vector<ViewExtents>& extents) {
    const auto run = [&](const Placement& placement) {
        const Placement compact(extents, 0, 0);
        std::vector<std::vector<T>> inputs;
        for (const Shape& shape : shapes) {
            inputs.push_back(normals<T>(shape.size(), 5 + static_cast<unsigned>(inputs.size())));
        }
        const auto theta = normals<T>(compact.size(), 3);
        inputs.push_back(placement.scatter(theta, std::numeric_limits<T>::quiet_NaN()));
        auto all = shapes;
        all.push_back({placement.size()});
        Tape<T> tape;
        const auto on_views = [&](Tape<T>& t, std::span<const Value> in) {
            const std::vector<WeightView> views = placement.views(in.back());
            return graph(t, in.first(in.size() - 1), std::span<const WeightView>(views));
        };
        Results<T> results = evaluate(tape, on_views, all, inputs);
        const std::vector<T> gradient = placement.gather(results.back());
        EXPECT_TRUE(same_bits(results.back(), placement.scatter(gradient, T{0})));
        results.back() = gradient;
        return results;
    };
    const Results<T> expected = run(Placement(extents, 0, 0));
    for (std::size_t offset = 0; offset < 16; ++offset) {
        const std::size_t pad = offset % 4 == 3 ? 8001 + offset : offset + 1;
        const Results<T> results = run(Placement(extents, offset, pad));
        for (std::size_t i = 0; i < results.size(); ++i) {
            EXPECT_TRUE(same_bits(results[i], expected[i]))
                << "offset " << offset << ", array " << i;
        }
    }
}

} // namespace baldwin::test

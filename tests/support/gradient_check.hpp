// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Finite-difference check of everything that is differentiable on a tape.
#pragma once

#include <baldwin/core/tape.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <random>
#include <span>
#include <vector>

namespace baldwin::test {

/// Builds a value of any shape from leaves on the given tape.
using Graph = std::function<Value(Tape<double>&, std::span<const Value>)>;

/// Standard normal numbers scaled by \p scale, from a fixed seed.
inline std::vector<double> normal_values(std::size_t count, unsigned seed, double scale = 1.0) {
    std::mt19937_64 engine(seed);
    std::normal_distribution<double> normal(0.0, scale);
    std::vector<double> values(count);
    std::generate(values.begin(), values.end(), [&] { return normal(engine); });
    return values;
}

namespace detail {

/// Sum over the graph's elements times fixed random weights, so that every output counts.
inline double weighted_sum(const Graph& graph, const std::vector<Shape>& shapes,
                           const std::vector<std::vector<double>>& inputs) {
    Tape<double> tape;
    std::vector<Value> leaves;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        leaves.push_back(tape.leaf(TensorView<const double>(inputs[i].data(), shapes[i])));
    }
    const auto y = tape[graph(tape, leaves)];
    const auto weights = normal_values(y.size(), 99);
    double sum = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += y[i] * weights[i];
    return sum;
}

} // namespace detail

/// Compares the tape's gradients with central differences for every element of every input.
///
/// The truncation error is of the order step^2 times the third derivative and the rounding error of
/// the order 1e-16 / step, both near 1e-10 at step 1e-5 for values of order one; the default
/// tolerance leaves two to three orders for larger ones.
inline void expect_gradients(const Graph& graph, const std::vector<Shape>& shapes,
                             std::vector<std::vector<double>> inputs, double tolerance = 2e-7,
                             double step = 1e-5) {
    Tape<double> tape;
    std::vector<Value> leaves;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        ASSERT_EQ(inputs[i].size(), shapes[i].size());
        leaves.push_back(tape.leaf(TensorView<const double>(inputs[i].data(), shapes[i])));
    }
    const Value y = graph(tape, leaves);
    const auto weights = normal_values(tape[y].size(), 99);
    std::vector<std::vector<double>> gradients;
    std::vector<Target<double>> targets;
    for (const auto& input : inputs) gradients.emplace_back(input.size(), std::nan(""));
    for (std::size_t i = 0; i < inputs.size(); ++i) targets.push_back({leaves[i], gradients[i]});
    const Seed<double> seed{y, weights};
    tape.backward(std::span(&seed, 1), targets);

    for (std::size_t i = 0; i < inputs.size(); ++i) {
        for (std::size_t k = 0; k < inputs[i].size(); ++k) {
            const double x = inputs[i][k];
            inputs[i][k] = x + step;
            const double above = detail::weighted_sum(graph, shapes, inputs);
            inputs[i][k] = x - step;
            const double below = detail::weighted_sum(graph, shapes, inputs);
            inputs[i][k] = x;
            const double expected = (above - below) / (2 * step);
            EXPECT_NEAR(gradients[i][k], expected, tolerance * std::max(1.0, std::abs(expected)))
                << "input " << i << ", element " << k;
        }
    }
}

/// The same with standard normal inputs.
inline void expect_gradients(const Graph& graph, const std::vector<Shape>& shapes,
                             double tolerance = 2e-7) {
    std::vector<std::vector<double>> inputs;
    unsigned seed = 1;
    for (const Shape& shape : shapes) inputs.push_back(normal_values(shape.size(), seed++));
    expect_gradients(graph, shapes, std::move(inputs), tolerance);
}

} // namespace baldwin::test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "support/gradient_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace baldwin::test {
namespace {

/// Sum over the graph's elements times fixed random weights, so that every output counts.
double weighted_sum(const Graph& graph, const std::vector<Shape>& shapes,
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

} // namespace

void expect_gradients(const Graph& graph, const std::vector<Shape>& shapes,
                      std::vector<std::vector<double>> inputs, double tolerance, double step) {
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
            const double above = weighted_sum(graph, shapes, inputs);
            inputs[i][k] = x - step;
            const double below = weighted_sum(graph, shapes, inputs);
            inputs[i][k] = x;
            const double expected = (above - below) / (2 * step);
            EXPECT_NEAR(gradients[i][k], expected, tolerance * std::max(1.0, std::abs(expected)))
                << "input " << i << ", element " << k;
        }
    }
}

void expect_gradients(const Graph& graph, const std::vector<Shape>& shapes, double tolerance) {
    std::vector<std::vector<double>> inputs;
    unsigned seed = 1;
    for (const Shape& shape : shapes) inputs.push_back(normal_values(shape.size(), seed++));
    expect_gradients(graph, shapes, std::move(inputs), tolerance);
}

} // namespace baldwin::test

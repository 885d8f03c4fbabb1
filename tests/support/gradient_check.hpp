// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Finite-difference check of everything that is differentiable on a tape.
#pragma once

#include <baldwin/core/tape.hpp>

#include <algorithm>
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

/// Compares the tape's gradients with central differences for every element of every input.
///
/// The truncation error is of the order step^2 times the third derivative and the rounding error of
/// the order 1e-16 / step, both near 1e-10 at step 1e-5 for values of order one; the default
/// tolerance leaves two to three orders for larger ones.
void expect_gradients(const Graph& graph, const std::vector<Shape>& shapes,
                      std::vector<std::vector<double>> inputs, double tolerance = 2e-7,
                      double step = 1e-5);

/// The same with standard normal inputs.
void expect_gradients(const Graph& graph, const std::vector<Shape>& shapes,
                      double tolerance = 2e-7);

} // namespace baldwin::test

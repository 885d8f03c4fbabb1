// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/arithmetic.hpp>
#include <baldwin/core/ops/elementwise.hpp>
#include <baldwin/core/ops/layout.hpp>
#include <baldwin/core/ops/linear.hpp>

#include "support/gradient_check.hpp"
#include "support/threads.hpp"
#include "support/views.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace baldwin::ops_linear_test {
namespace {

using test::expect_gradients;

std::vector<float> floats(std::size_t count, unsigned seed) {
    const auto values = test::normal_values(count, seed);
    return {values.begin(), values.end()};
}

TEST(OpsLinear, ValuesWorkedByHand) {
    const std::vector<double> x{1, 2, 3};
    const std::vector<double> theta{1, 0, -1, 2, 1, 0, 10, 20}; // W 2x3, b 2
    Tape<double> tape;
    const Value t = tape.leaf(theta);
    const Value y =
        linear(tape, tape.constant({1, 3}, x), matrix_view(t, 0, 2, 3), vector_view(t, 6, 2));
    EXPECT_EQ(tape[y][0], 8.0);  // 1 - 3 + 10
    EXPECT_EQ(tape[y][1], 24.0); // 2 + 2 + 20
}

TEST(OpsLinear, GradientsAreRightThroughWholeAndNarrowedViews) {
    expect_gradients(
        [](Tape<double>& t, auto in) {
            return linear(t, in[0], matrix_view(in[1], 0, 3, 5), vector_view(in[1], 15, 3));
        },
        {{4, 5}, {18}});
    expect_gradients( // no bias, one row, three axes
        [](Tape<double>& t, auto in) { return linear(t, in[0], matrix_view(in[1], 0, 3, 5)); },
        {{1, 2, 5}, {15}});
    expect_gradients( // two planes of 2 of 3 rows and 4 of 6 columns, bias elsewhere
        [](Tape<double>& t, auto in) {
            const auto w = planes_view(in[1], 1, 2, 3, 6).narrowed(2, 4);
            return linear(t, in[0], w, vector_view(in[2], 2, 4));
        },
        {{3, 4}, {40}, {7}});
}

TEST(OpsLinear, GradientsFlowThroughAComputedTheta) {
    expect_gradients(
        [](Tape<double>& t, auto in) {
            const Value theta = tanh(t, linear(t, in[1], matrix_view(in[2], 0, 12, 4)));
            const Value flat = reshape(t, theta, {12});
            return linear(t, in[0], matrix_view(flat, 0, 3, 3), vector_view(flat, 9, 3));
        },
        {{2, 3}, {1, 4}, {48}});
}

struct Outcome {
    std::vector<float> y, dx, dw;
    bool operator==(const Outcome&) const = default;
};

Outcome evaluate(const std::vector<float>& x, const Shape& shape, const std::vector<float>& compact,
                 const Strides& at, std::size_t length, const Executor& executor = {}) {
    const auto theta = test::placed(compact, at, length, 777.0F);
    Tape<float> tape{executor};
    const Value vx = tape.leaf(TensorView<const float>(x.data(), shape));
    const Value vt = tape.leaf(theta);
    const Value y = linear(tape, vx, WeightView{vt, at});
    std::vector<float> dx(x.size());
    std::vector<float> dtheta(theta.size());
    tape.backward({{square(tape, y)}}, {{vx, dx}, {vt, dtheta}});
    Outcome outcome{{tape[y].begin(), tape[y].end()}, dx, test::compacted(dtheta, at)};
    std::size_t touched = 0;
    for (const float d : dtheta) touched += d != 0.0F ? 1 : 0;
    EXPECT_LE(touched, at.size()) << "a gradient was written outside the view";
    return outcome;
}

TEST(OpsLinear, ANarrowedViewGivesTheBitsOfACompactCopy) {
    for (const std::size_t batch : {1, 3, 33}) {
        for (const auto& [rows, columns] :
             {std::pair<std::size_t, std::size_t>{10, 37}, {33, 64}}) {
            const Shape shape{batch, columns};
            const auto x = floats(shape.size(), 3);
            const auto w = floats(2 * rows * columns, 4);
            Outcome compact;
            test::for_every_place(2, rows, columns, [&](const Strides& at, std::size_t length) {
                const Outcome outcome = evaluate(x, shape, w, at, length);
                if (compact.y.empty()) compact = outcome;
                EXPECT_EQ(outcome, compact) << "offset " << at.offset << ", row stride "
                                            << at.row_stride << ", batch " << batch;
            });
        }
    }
}

TEST(OpsLinear, BitsDoNotDependOnTheNumberOfThreads) {
    const Shape shape{96, 300};
    const auto x = floats(shape.size(), 3);
    const auto w = floats(200 * 300, 4);
    const Strides at{0, 1, 200, 300, 60000, 300};
    const Outcome serial = evaluate(x, shape, w, at, 60000);
    for (const std::size_t threads : {2, 3, 8}) {
        const Executor executor(threads);
        const test::Rendezvous rendezvous(executor);
        EXPECT_EQ(evaluate(x, shape, w, at, 60000, executor), serial);
        // forward, gradient of x and of the weights
        EXPECT_GE(rendezvous.full_loops(), 3U) << threads << " threads";
    }
}

TEST(OpsLinear, WhatDoesNotFitIsRefused) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {2, 3});
    const Value theta = tape.filled(1.0, {12});
    EXPECT_THROW((void)linear(tape, x, matrix_view(theta, 0, 2, 4)), std::invalid_argument);
    EXPECT_THROW((void)linear(tape, x, matrix_view(theta, 0, 5, 3)), std::invalid_argument);
    EXPECT_THROW((void)linear(tape, x, matrix_view(theta, 0, 2, 3), vector_view(theta, 6, 3)),
                 std::invalid_argument);
}

TEST(OpsMatMul, GradientsAreRightInAllForms) {
    for (const bool ta : {false, true}) {
        for (const bool tb : {false, true}) {
            const auto graph = [=](Tape<double>& t, auto in) {
                return matmul(t, in[0], in[1], {ta, tb});
            };
            const Shape a = ta ? Shape{2, 5, 3} : Shape{2, 3, 5};
            const Shape b = tb ? Shape{2, 4, 5} : Shape{2, 5, 4};
            const Shape one = tb ? Shape{4, 5} : Shape{5, 4};
            expect_gradients(graph, {a, b});
            expect_gradients(graph, {a, one});
            expect_gradients(graph, {ta ? Shape{5, 3} : Shape{3, 5}, one});
        }
    }
}

TEST(OpsMatMul, WhatDoesNotFitIsRefused) {
    Tape<double> tape;
    const Value a = tape.filled(1.0, {2, 3, 4});
    EXPECT_THROW((void)matmul(tape, a, tape.filled(1.0, {2, 3, 4})), std::invalid_argument);
    EXPECT_THROW((void)matmul(tape, a, tape.filled(1.0, {3, 4, 4})), std::invalid_argument);
    EXPECT_THROW((void)matmul(tape, a, tape.filled(1.0, {4})), std::invalid_argument);
}

} // namespace
} // namespace baldwin::ops_linear_test

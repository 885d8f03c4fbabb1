// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/linear.hpp>
#include <baldwin/core/ops/recurrent.hpp>

#include "support/errors.hpp"
#include "support/gradient_check.hpp"
#include "support/operation_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace baldwin::ops_recurrent_test {
namespace {

using test::elements;
using Inputs = std::span<const Value>;
using Views = std::span<const WeightView>;

double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// one unit, one input: every gate has weights and a bias of its own, so a wrong order shows
TEST(OpsLstmCell, OneUnitFollowsTheEquations) {
    Tape<double> tape;
    const std::vector<double> theta{0.1, 0.2, 0.3, 0.4, -0.5, 0.6, 0.7, -0.8, 1.0, 2.0, -1.0, 0.5};
    const Value t = tape.leaf(theta);
    const double x = 1.5, h = -0.4, c = 0.9;
    const LstmState state{tape.filled(h, {1, 1}), tape.filled(c, {1, 1})};
    const LstmState next =
        lstm_cell(tape, tape.filled(x, {1, 1}), state, planes_view(t, 0, 4, 1, 1),
                  planes_view(t, 4, 4, 1, 1), planes_view(t, 8, 4, 1, 1));
    const double i = logistic(0.1 * x - 0.5 * h + 1.0);
    const double f = logistic(0.2 * x + 0.6 * h + 2.0);
    const double g = std::tanh(0.3 * x + 0.7 * h - 1.0);
    const double o = logistic(0.4 * x - 0.8 * h + 0.5);
    EXPECT_NEAR(tape.item(next.c), f * c + i * g, 1e-15);
    EXPECT_NEAR(tape.item(next.h), o * std::tanh(f * c + i * g), 1e-15);
}

TEST(OpsGruCell, OneUnitFollowsTheEquations) {
    Tape<double> tape;
    const std::vector<double> theta{0.1, 0.2, 0.3, -0.5, 0.6, 0.7, 1.0, 2.0, -1.0, 0.5, -0.3, 0.8};
    const Value t = tape.leaf(theta);
    const double x = 1.5, h = -0.4;
    const Value next = gru_cell(tape, tape.filled(x, {1, 1}), tape.filled(h, {1, 1}),
                                planes_view(t, 0, 3, 1, 1), planes_view(t, 3, 3, 1, 1),
                                planes_view(t, 6, 3, 1, 1), planes_view(t, 9, 3, 1, 1));
    const double r = logistic(0.1 * x + 1.0 - 0.5 * h + 0.5);
    const double z = logistic(0.2 * x + 2.0 + 0.6 * h - 0.3);
    const double n = std::tanh(0.3 * x - 1.0 + r * (0.7 * h + 0.8));
    EXPECT_NEAR(tape.item(next), (1 - z) * n + z * h, 1e-15);
}

// 3 inputs, 5 units
const auto kLstmHidden = [](auto& tape, Inputs in, Views w) {
    return lstm_cell(tape, in[0], {in[1], in[2]}, w[0], w[1], w[2]).h;
};
const auto kLstmCell = [](auto& tape, Inputs in, Views w) {
    return lstm_cell(tape, in[0], {in[1], in[2]}, w[0], w[1], w[2]).c;
};
const auto kGru = [](auto& tape, Inputs in, Views w) {
    return gru_cell(tape, in[0], in[1], w[0], w[1], w[2], w[3]);
};
const std::vector<Shape> kLstmShapes{{2, 3}, {2, 5}, {2, 5}};
const std::vector<Shape> kGruShapes{{2, 3}, {2, 5}};
const std::vector<test::ViewExtents> kLstmViews{{4, 5, 3}, {4, 5, 5}, {4, 1, 5}};
const std::vector<test::ViewExtents> kGruViews{{3, 5, 3}, {3, 5, 5}, {3, 1, 5}, {3, 1, 5}};

TEST(OpsLstmCell, GradientsAreRightThroughViews) {
    test::expect_view_gradients(kLstmHidden, kLstmShapes, kLstmViews, 1e-6);
    test::expect_view_gradients(kLstmCell, kLstmShapes, kLstmViews, 1e-6);
}

TEST(OpsGruCell, GradientsAreRightThroughViews) {
    test::expect_view_gradients(kGru, kGruShapes, kGruViews, 1e-6);
}

// three steps with state handed on, both outputs used, no biases
TEST(OpsLstmCell, GradientsFlowThroughTime) {
    test::expect_gradients(
        [](Tape<double>& t, Inputs in) {
            LstmState state{in[1], in[1]};
            for (int step = 0; step < 3; ++step) {
                state = lstm_cell(t, in[0], state, planes_view(in[2], 0, 4, 3, 2),
                                  planes_view(in[2], 24, 4, 3, 3));
            }
            return lstm_cell(t, state.c, state, planes_view(in[2], 1, 4, 3, 3),
                             planes_view(in[2], 24, 4, 3, 3))
                .h;
        },
        {{2, 2}, {2, 3}, {60}}, 1e-6);
}

TEST(OpsGruCell, GradientsFlowThroughTime) {
    test::expect_gradients(
        [](Tape<double>& t, Inputs in) {
            Value h = in[0]; // input and state are one value
            for (int step = 0; step < 3; ++step) {
                h = gru_cell(t, h, h, planes_view(in[1], 0, 3, 3, 3),
                             planes_view(in[1], 27, 3, 3, 3));
            }
            return h;
        },
        {{2, 3}, {54}}, 1e-6);
}

// weights computed by another network on the same tape
TEST(OpsRecurrent, ComputedWeightsHaveRightGradients) {
    test::expect_gradients(
        [](Tape<double>& t, Inputs in) {
            const Value theta = linear(t, in[1], matrix_view(in[2], 0, 40, 2));
            const WeightView input = planes_view(theta, 0, 4, 2, 2);
            const WeightView hidden = planes_view(theta, 16, 4, 2, 2);
            const Value h =
                lstm_cell(t, in[0], {in[0], in[0]}, input, hidden, planes_view(theta, 32, 4, 1, 2))
                    .h;
            return gru_cell(t, h, in[0], input.narrowed(3, 2, 2), hidden.narrowed(3, 2, 2));
        },
        {{3, 2}, {1, 2}, {40, 2}}, 1e-6);
}

TEST(OpsRecurrent, NaNIsNotHidden) {
    Tape<float> tape;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Value x = tape.filled(nan, {1, 1});
    const Value h = tape.filled(0.0f, {1, 1});
    const Value t = tape.filled(1.0f, {4});
    const WeightView w = planes_view(t, 0, 4, 1, 1);
    EXPECT_TRUE(std::isnan(tape.item(lstm_cell(tape, x, {h, h}, w, w).h)));
    EXPECT_TRUE(
        std::isnan(tape.item(gru_cell(tape, x, h, w.narrowed(3, 1, 1), w.narrowed(3, 1, 1)))));
}

TEST(OpsRecurrent, WhatDoesNotFitIsRefused) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {2, 3});
    const Value h = tape.filled(1.0, {2, 5});
    const Value t = tape.filled(1.0, {400});
    const WeightView input = planes_view(t, 0, 4, 5, 3);
    const WeightView hidden = planes_view(t, 60, 4, 5, 5);
    const auto lstm = [&](Value x_, Value h_, Value c, auto... views) {
        return test::message_of<std::invalid_argument>([&] {
            (void)lstm_cell(tape, x_, {h_, c}, views...);
        });
    };
    const auto gru = [&](auto... arguments) {
        return test::message_of<std::invalid_argument>([&] { (void)gru_cell(tape, arguments...); });
    };
    EXPECT_EQ(lstm(x, h, x, input, hidden),
              "lstm_cell: h and c must have one shape, got (2, 5) and (2, 3)");
    EXPECT_EQ(lstm(tape.filled(1.0, {3}), h, h, input, hidden),
              "lstm_cell: x (N, I) and state (N, H) expected, got (3) and (2, 5)");
    EXPECT_EQ(lstm(x, h, h, hidden, hidden),
              "lstm_cell: weights of 4 x 5 x 3 expected, got 4 x 5 x 5");
    EXPECT_EQ(lstm(x, h, h, input, hidden, vector_view(t, 0, 5)),
              "lstm_cell: bias must have 20 elements, got 5");
    EXPECT_EQ(gru(x, h, input, hidden), "gru_cell: weights of 3 x 5 x 3 expected, got 4 x 5 x 3");
    EXPECT_EQ(gru(x, h, input.narrowed(3, 5, 3), hidden),
              "gru_cell: weights of 3 x 5 x 5 expected, got 4 x 5 x 5");
    EXPECT_EQ(gru(x, tape.filled(1.0, {3, 5}), input, hidden),
              "gru_cell: x (N, I) and state (N, H) expected, got (2, 3) and (3, 5)");
    EXPECT_EQ(gru(x, h, input.narrowed(3, 5, 3), planes_view(t, 390, 3, 5, 5)),
              "gru_cell: a view ends at element 465 of a vector of 400");
}

template <class T>
class OpsRecurrentOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OpsRecurrentOf, Scalars);

template <class T>
Value both_cells(Tape<T>& t, Inputs in, std::size_t n) {
    const WeightView w = planes_view(in[2], 0, 4, n, n);
    const WeightView bias = planes_view(in[2], 7, 4, 1, n);
    const LstmState state = lstm_cell(t, in[0], {in[1], in[1]}, w, w, bias);
    return gru_cell(t, state.h, state.c, w.narrowed(3, n, n), w.narrowed(3, n, n),
                    bias.narrowed(3, 1, n), bias.narrowed(3, 1, n));
}

TYPED_TEST(OpsRecurrentOf, BitsDoNotDependOnThreads) {
    const auto graph = [](Tape<TypeParam>& t, Inputs in) { return both_cells(t, in, 41); };
    test::expect_same_bits_for_threads<TypeParam>(graph, {{900, 41}, {900, 41}, {4 * 41 * 41}});
}

TYPED_TEST(OpsRecurrentOf, NarrowedViewsGiveTheBitsOfACompactCopy) {
    test::expect_view_bits<TypeParam>(kLstmHidden, kLstmShapes, kLstmViews);
    test::expect_view_bits<TypeParam>(kLstmCell, kLstmShapes, kLstmViews);
    test::expect_view_bits<TypeParam>(kGru, kGruShapes, kGruViews);
    test::expect_view_bits<TypeParam>(kGru, {{1, 3}, {1, 5}}, kGruViews); // one row: gemv
}

TYPED_TEST(OpsRecurrentOf, MemoryIsSteady) {
    const auto graph = [](Tape<TypeParam>& t, Inputs in) { return both_cells(t, in, 5); };
    test::expect_steady_memory<TypeParam>(graph, {{3, 5}, {3, 5}, {100}});
}

} // namespace
} // namespace baldwin::ops_recurrent_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/arithmetic.hpp>
#include <baldwin/core/ops/elementwise.hpp>
#include <baldwin/core/ops/layout.hpp>

#include "support/gradient_check.hpp"
#include "support/operation_check.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

namespace baldwin::ops_arithmetic_test {
namespace {

using test::expect_gradients;

std::vector<double> iota(std::size_t count) {
    std::vector<double> values(count);
    std::iota(values.begin(), values.end(), 0.0);
    return values;
}

std::vector<double> elements(const Tape<double>& tape, Value value) {
    return {tape[value].begin(), tape[value].end()};
}

// pairs of shapes that meet every branch of the loop: equal, row, column, scalar, inner axis, both
const std::vector<std::pair<Shape, Shape>> kPairs = {
    {{2, 3}, {2, 3}}, {{2, 3}, {3}},          {{2, 3}, {2, 1}}, {{2, 3}, {}},
    {{3}, {2, 3}},    {{2, 3, 4}, {2, 1, 4}}, {{2, 1}, {1, 3}}, {{1, 3, 1}, {2, 1, 5}},
    {{1}, {1, 1}},    {{4, 17}, {17}}};

TEST(OpsArithmetic, GradientsAreRightForEveryWayOfBroadcasting) {
    for (const auto& [a, b] : kPairs) {
        SCOPED_TRACE(to_string(a) + " with " + to_string(b));
        expect_gradients([](Tape<double>& t, auto in) { return add(t, in[0], in[1]); }, {a, b});
        expect_gradients([](Tape<double>& t, auto in) { return subtract(t, in[0], in[1]); },
                         {a, b});
        expect_gradients([](Tape<double>& t, auto in) { return multiply(t, in[0], in[1]); },
                         {a, b});
        auto divisor = test::normal_values(b.size(), 5);
        for (double& d : divisor) d = d < 0 ? d - 1 : d + 1; // away from zero
        expect_gradients([](Tape<double>& t, auto in) { return divide(t, in[0], in[1]); }, {a, b},
                         {test::normal_values(a.size(), 4), divisor});
    }
}

TEST(OpsArithmetic, BroadcastingGivesNumPysValues) {
    Tape<double> tape;
    const auto a = iota(3);
    const auto b = iota(2);
    const Value y = subtract(tape, tape.constant({1, 3}, a), tape.constant({2, 1}, b));
    EXPECT_EQ(tape.shape(y), Shape({2, 3}));
    EXPECT_EQ(elements(tape, y), (std::vector<double>{0, 1, 2, -1, 0, 1}));
}

TEST(OpsArithmetic, ShapesThatDoNotBroadcastAreRefused) {
    Tape<double> tape;
    const Value a = tape.filled(1.0, {2, 3});
    EXPECT_THROW((void)add(tape, a, tape.filled(1.0, {2})), std::invalid_argument);
    EXPECT_THROW((void)add(tape, a, tape.filled(1.0, {3, 3})), std::invalid_argument);
}

TEST(OpsArithmetic, AValueAddedToItselfGetsTwiceTheGradient) {
    expect_gradients([](Tape<double>& t, auto in) { return multiply(t, in[0], in[0]); }, {{3, 2}});
    expect_gradients([](Tape<double>& t,
                        auto in) { return add(t, multiply(t, in[0], in[0]), sum(t, in[0], {0})); },
                     {{3, 2}});
}

TEST(OpsArithmetic, SumsAndMeansOverAnyAxesAreRight) {
    Tape<double> tape;
    const auto x = iota(24);
    const Value v = tape.constant({2, 3, 4}, x);
    EXPECT_EQ(tape.item(sum(tape, v)), 276.0);
    EXPECT_EQ(tape.item(mean(tape, v)), 11.5);
    EXPECT_EQ(elements(tape, sum(tape, v, {0, 2})), (std::vector<double>{60, 92, 124}));
    EXPECT_EQ(elements(tape, mean(tape, v, {1})),
              (std::vector<double>{4, 5, 6, 7, 16, 17, 18, 19}));
    EXPECT_THROW((void)sum(tape, v, {3}), std::invalid_argument);
}

TEST(OpsArithmetic, SumsAndMeansHaveRightGradients) {
    for (const auto& axes :
         std::vector<std::vector<std::size_t>>{{}, {0}, {1}, {2}, {0, 2}, {1, 2}}) {
        expect_gradients(
            [&](Tape<double>& t, auto in) {
                switch (axes.size()) {
                case 0: return mean(t, in[0]);
                case 1: return sum(t, in[0], {axes[0]});
                default: return mean(t, in[0], {axes[0], axes[1]});
                }
            },
            {{2, 3, 5}});
    }
}

template <class T>
class OpsArithmeticOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OpsArithmeticOf, Scalars);

TYPED_TEST(OpsArithmeticOf, BitsDoNotDependOnTheNumberOfThreads) {
    const std::vector<Shape> shapes{{61, 5000}, {61, 5000}};
    using Graph = test::GraphOf<TypeParam>;
    for (const Graph& graph : {
             Graph([](auto&t, auto in) { return multiply(t, in[0], in[1]); }),
             Graph([](auto&t, auto in) { return divide(t, in[0], exp(t, in[1])); }),
             Graph([](auto&t, auto in) { return subtract(t, in[0], mean(t, in[1], {0})); }),
             Graph([](auto&t, auto in) {
                 return add(t, reshape(t, in[0], {5000, 61}), sum(t, in[1], {1}));
             }),
         }) {
        test::expect_same_bits_for_threads<TypeParam>(graph, shapes);
    }
}

TEST(OpsLayout, MovesElementsWhereTheyBelong) {
    Tape<double> tape;
    const auto x = iota(6);
    const Value v = tape.constant({2, 3}, x);
    EXPECT_EQ(elements(tape, transpose(tape, v, {1, 0})), (std::vector<double>{0, 3, 1, 4, 2, 5}));
    EXPECT_EQ(elements(tape, slice(tape, v, 1, 1, 3)), (std::vector<double>{1, 2, 4, 5}));
    EXPECT_EQ(elements(tape, concatenate(tape, {v, v}, 1)),
              (std::vector<double>{0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5}));
    EXPECT_EQ(tape.shape(flatten(tape, tape.filled(0.0, {2, 3, 4}))), Shape({2, 12}));
    EXPECT_EQ(tape[reshape(tape, v, {3, 2})].data(), tape[v].data());
}

TEST(OpsLayout, GradientsAreRight) {
    expect_gradients(
        [](Tape<double>& t, auto in) {
            return transpose(t, in[0], {2, 0, 1});
        },
        {{2, 3, 4}});
    expect_gradients([](Tape<double>& t, auto in) { return slice(t, in[0], 1, 1, 3); },
                     {{2, 4, 3}});
    expect_gradients(
        [](Tape<double>& t, auto in) {
            return concatenate(t, {in[0], in[1], in[0]}, 1);
        },
        {{2, 3, 2}, {2, 1, 2}});
    expect_gradients(
        [](Tape<double>& t, auto in) {
            const Value flat = reshape(t, in[0], {6});
            return multiply(t, flat, reshape(t, in[0], {6}));
        },
        {{2, 3}});
}

TEST(OpsLayout, StopGradientStopsIt) {
    Tape<double> tape;
    const std::vector<double> x{3.0};
    const Value v = tape.leaf(x);
    const Value y = multiply(tape, stop_gradient(tape, v), v);
    std::vector<double> gradient(1);
    tape.backward({{y}}, {{v, gradient}});
    EXPECT_EQ(gradient[0], 3.0);
}

TEST(OpsLayout, WhatDoesNotFitIsRefused) {
    Tape<double> tape;
    const Value v = tape.filled(0.0, {2, 3});
    EXPECT_THROW((void)reshape(tape, v, {5}), std::invalid_argument);
    EXPECT_THROW((void)transpose(tape, v, {0, 0}), std::invalid_argument);
    EXPECT_THROW((void)transpose(tape, v, {0, 2}), std::invalid_argument);
    EXPECT_THROW((void)transpose(tape, v, {0}), std::invalid_argument);
    EXPECT_THROW((void)slice(tape, v, 1, 2, 4), std::invalid_argument);
    EXPECT_THROW((void)slice(tape, v, 2, 0, 1), std::invalid_argument);
    EXPECT_THROW((void)concatenate(tape, {v, tape.filled(0.0, {3, 3})}, 1), std::invalid_argument);
    EXPECT_THROW((void)concatenate(tape, {}, 0), std::invalid_argument);
}

} // namespace
} // namespace baldwin::ops_arithmetic_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/pooling.hpp>

#include "support/gradient_check.hpp"
#include "support/operation_check.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <vector>

namespace baldwin::ops_pooling_test {
namespace {

const std::vector<Window> kWindows = {
    {.height = 2, .width = 2, .stride_h = 2, .stride_w = 2},
    {.height = 3, .width = 3, .stride_h = 2, .stride_w = 2, .pad_top = 1, .pad_left = 1},
    {.height = 3, .width = 2, .stride_h = 1, .stride_w = 1, .pad_bottom = 2, .pad_right = 1},
    {.height = 5, .width = 6, .stride_h = 1, .stride_w = 1}};

TEST(OpsPooling, GradientsAreRight) {
    for (const Window& window : kWindows) {
        test::expect_gradients(
            [&](Tape<double>& t, auto in) { return max_pool2d(t, in[0], window); }, {{2, 3, 5, 6}});
        for (const bool count : {false, true}) {
            test::expect_gradients(
                [&](Tape<double>& t, auto in) { return average_pool2d(t, in[0], window, count); },
                {{2, 3, 5, 6}});
        }
    }
    test::expect_gradients([](Tape<double>& t, auto in) { return global_average_pool(t, in[0]); },
                           {{2, 3, 5, 6}});
}

TEST(OpsPooling, ValuesWorkedByHand) {
    const std::vector<double> x{1, 5, 2, 8, 3, -1, 4, 4, 0, 6, 7, 2};
    Tape<double> tape;
    const Value v = tape.constant({1, 1, 3, 4}, x);
    const auto values = [&](Value y) {
        return std::vector<double>(tape[y].begin(), tape[y].end());
    };
    const Window two{.height = 2, .width = 2, .stride_h = 2, .stride_w = 2, .pad_bottom = 1};
    EXPECT_EQ(values(max_pool2d(tape, v, two)), (std::vector<double>{5, 8, 6, 7}));
    EXPECT_EQ(values(average_pool2d(tape, v, two)), (std::vector<double>{2, 4.5, 3, 4.5}));
    EXPECT_EQ(values(average_pool2d(tape, v, two, true)), (std::vector<double>{2, 4.5, 1.5, 2.25}));
    EXPECT_EQ(values(global_average_pool(tape, v)), (std::vector<double>{41.0 / 12}));
}

TEST(OpsPooling, OfEqualElementsTheFirstGetsTheGradient) {
    const std::vector<double> x{3, 3, 3, 3};
    Tape<double> tape;
    const Value v = tape.constant({1, 1, 2, 2}, x);
    const Value y = max_pool2d(tape, v, {.height = 2, .width = 2});
    std::vector<double> gradient(4);
    tape.backward({{y}}, {{v, gradient}});
    EXPECT_EQ(gradient, (std::vector<double>{1, 0, 0, 0}));
}

TEST(OpsPooling, NotANumberIsPassedOn) {
    for (const Window& window : kWindows) {
        std::vector<float> x(5 * 48, 1.0F);
        x[67] = std::numeric_limits<float>::quiet_NaN();
        Tape<float> tape;
        (void)max_pool2d(tape, tape.constant({1, 1, 15, 16}, x), window);
        EXPECT_TRUE(tape.first_non_finite()) << window.height << "x" << window.width;
    }
}

template <class T>
class OpsPoolingOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OpsPoolingOf, Scalars);

TYPED_TEST(OpsPoolingOf, BitsDoNotDependOnThreads) {
    using Graph = test::GraphOf<TypeParam>;
    const Window& window = kWindows[1];
    for (const Graph& graph : {
             Graph([&](auto&t, auto in) { return max_pool2d(t, in[0], window); }),
             Graph([&](auto&t, auto in) { return average_pool2d(t, in[0], window); }),
             Graph([](auto&t, auto in) { return global_average_pool(t, in[0]); }),
         }) {
        test::expect_same_bits_for_threads<TypeParam>(graph, {{160, 16, 19, 21}});
    }
}

TEST(OpsPooling, WhatDoesNotFitIsRefused) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {1, 1, 4, 4});
    EXPECT_THROW((void)max_pool2d(tape, x, {.height = 5}), std::invalid_argument);
    EXPECT_THROW((void)max_pool2d(tape, x, {.height = 2, .pad_top = 2}), std::invalid_argument);
    EXPECT_THROW((void)average_pool2d(tape, x, {.height = 2, .dilation_h = 2}),
                 std::invalid_argument);
    EXPECT_THROW((void)global_average_pool(tape, tape.filled(1.0, {4, 4})), std::invalid_argument);
}

} // namespace
} // namespace baldwin::ops_pooling_test

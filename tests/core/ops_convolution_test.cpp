// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/convolution.hpp>
#include <baldwin/core/ops/elementwise.hpp>
#include <baldwin/core/ops/layout.hpp>

#include "support/gradient_check.hpp"
#include "support/operation_check.hpp"
#include "support/threads.hpp"
#include "support/views.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace baldwin::ops_convolution_test {
namespace {

using test::expect_gradients;

/// One convolution: image, channels and window.
struct Case {
    Shape x;
    std::size_t out_channels;
    Window window;
    std::size_t groups = 1;
};

std::vector<Case> cases() {
    std::vector<Case> all;
    all.push_back({{2, 3, 5, 6}, 4, {.height = 3, .width = 3}});
    all.push_back({{2, 2, 5, 4}, 3, same_padding({.height = 3, .width = 3}, 5, 4)});
    all.push_back({{1, 1, 6, 6}, 7, same_padding({.height = 5, .width = 3}, 6, 6)});
    all.push_back({{2, 2, 7, 8}, 3, {.height = 3, .width = 2, .stride_h = 2, .stride_w = 3}});
    all.push_back({{1, 2, 8, 9},
                   2,
                   same_padding({.height = 4, .width = 4, .stride_h = 2, .stride_w = 2}, 8, 9)});
    all.push_back({{1, 2, 7, 7}, 2, {.height = 3, .width = 3, .dilation_h = 2, .dilation_w = 2}});
    all.push_back({{2, 4, 5, 5}, 6, same_padding({.height = 3, .width = 3}, 5, 5), 2});
    all.push_back({{2, 3, 5, 5}, 3, same_padding({.height = 3, .width = 3}, 5, 5), 3});
    all.push_back(
        {{2, 3, 6, 5},
         6,
         {.height = 3, .width = 3, .stride_h = 2, .stride_w = 2, .pad_top = 1, .pad_left = 1},
         3});
    all.push_back({{3, 5, 4, 4}, 3, {.height = 1, .width = 1}});
    all.push_back({{1, 2, 4, 4}, 2, {.height = 4, .width = 4}});
    return all;
}

std::string describe(const Case& c) {
    return to_string(c.x) + " to " + std::to_string(c.out_channels) + ", kernel " +
           std::to_string(c.window.height) + "x" + std::to_string(c.window.width) + ", stride " +
           std::to_string(c.window.stride_h) + ", groups " + std::to_string(c.groups);
}

std::size_t weights_of(const Case& c) {
    return c.out_channels * (c.x[1] / c.groups) * c.window.height * c.window.width;
}

/// The definition, tap by tap.
std::vector<double> by_definition(const Case& c, const std::vector<double>& x,
                                  const std::vector<double>& w, const Shape& out) {
    const auto& win = c.window;
    const std::size_t group_in = c.x[1] / c.groups;
    const std::size_t group_out = c.out_channels / c.groups;
    std::vector<double> y;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t ox = i % out[3];
        const std::size_t oy = i / out[3] % out[2];
        const std::size_t o = i / (out[3] * out[2]) % out[1];
        const std::size_t n = i / out.size_from(1);
        double sum = 0;
        for (std::size_t t = 0; t < group_in * win.height * win.width; ++t) {
            const std::size_t kx = t % win.width;
            const std::size_t ky = t / win.width % win.height;
            const std::size_t ch = t / (win.width * win.height);
            const std::size_t iy = oy * win.stride_h + ky * win.dilation_h - win.pad_top;
            const std::size_t ix = ox * win.stride_w + kx * win.dilation_w - win.pad_left;
            if (iy >= c.x[2] || ix >= c.x[3]) continue; // wrapped below zero, or beyond
            const std::size_t channel = o / group_out * group_in + ch;
            sum += x[((n * c.x[1] + channel) * c.x[2] + iy) * c.x[3] + ix] *
                   w[o * group_in * win.height * win.width + t];
        }
        y.push_back(sum);
    }
    return y;
}

WeightView view(const Case& c, Value theta) {
    return planes_view(theta, 0, c.out_channels, c.x[1] / c.groups,
                       c.window.height * c.window.width);
}

TEST(OpsConvolution, ValuesFollowTheDefinition) {
    for (const Case& c : cases()) {
        SCOPED_TRACE(describe(c));
        const auto x = test::normal_values(c.x.size(), 1);
        const auto w = test::normal_values(weights_of(c), 2);
        Tape<double> tape;
        const Value y = conv2d(tape, tape.leaf(TensorView<const double>(x.data(), c.x)),
                               view(c, tape.leaf(w)), {}, c.window, c.groups);
        const auto expected = by_definition(c, x, w, tape.shape(y));
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_NEAR(tape[y][i], expected[i], 1e-13); // at most 50 products of order one
        }
    }
}

TEST(OpsConvolution, GradientsAreRight) {
    for (const Case& c : cases()) {
        SCOPED_TRACE(describe(c));
        expect_gradients(
            [&](Tape<double>& t, auto in) {
                return conv2d(t, in[0], view(c, in[1]), vector_view(in[2], 0, c.out_channels),
                              c.window, c.groups);
            },
            {c.x, {weights_of(c)}, {c.out_channels}});
    }
}

TEST(OpsConvolution, TheTransposeIsTheAdjoint) {
    // <conv(x), s> = <x, transposed(s)> for every geometry whose strides cover the image
    for (const Case& c : cases()) {
        SCOPED_TRACE(describe(c));
        const auto x = test::normal_values(c.x.size(), 1);
        const auto w = test::normal_values(weights_of(c), 2);
        Tape<double> tape;
        const Value theta = tape.leaf(w);
        const Value y = conv2d(tape, tape.leaf(TensorView<const double>(x.data(), c.x)),
                               view(c, theta), {}, c.window, c.groups);
        const auto s = test::normal_values(tape[y].size(), 3);
        const Shape out = tape.shape(y);
        const auto& win = c.window;
        const std::size_t span_h = (win.height - 1) * win.dilation_h + 1;
        const std::size_t span_w = (win.width - 1) * win.dilation_w + 1;
        const std::size_t extra_h =
            c.x[2] + win.pad_top + win.pad_bottom - (out[2] - 1) * win.stride_h - span_h;
        const std::size_t extra_w =
            c.x[3] + win.pad_left + win.pad_right - (out[3] - 1) * win.stride_w - span_w;
        const Value back = conv2d_transposed(tape, tape.constant(out, s), view(c, theta), {},
                                             c.window, c.groups, extra_h, extra_w);
        ASSERT_EQ(tape.shape(back), c.x);
        double left = 0;
        double right = 0;
        for (std::size_t i = 0; i < s.size(); ++i) left += tape[y][i] * s[i];
        for (std::size_t i = 0; i < x.size(); ++i) right += tape[back][i] * x[i];
        EXPECT_NEAR(left, right, 1e-11);
    }
}

TEST(OpsConvolution, TransposedGradientsAreRight) {
    for (const std::size_t groups : {1, 2}) {
        for (const std::size_t stride : {1, 2}) {
            const Window window{
                .height = 3, .width = 2, .stride_h = stride, .stride_w = stride, .pad_top = 1};
            expect_gradients(
                [&](Tape<double>& t, auto in) {
                    const auto w = planes_view(in[1], 0, 4, 3, 6);
                    const auto b = vector_view(in[2], 0, 3 * groups);
                    return conv2d_transposed(t, in[0], w, b, window, groups, stride - 1);
                },
                {{2, 4, 3, 3}, {72}, {3 * groups}});
        }
    }
}

TEST(OpsConvolution, TransposedValuesWorkedByHand) {
    // each pixel stamps the kernel, stride 2: 1 2 / 3 4 with kernel [10 1]
    const std::vector<double> x{1, 2};
    const std::vector<double> w{10, 1};
    Tape<double> tape;
    const Value y = conv2d_transposed(tape, tape.constant({1, 1, 1, 2}, x),
                                      planes_view(tape.leaf(w), 0, 1, 1, 2), {},
                                      {.height = 1, .width = 2, .stride_h = 1, .stride_w = 2});
    EXPECT_EQ(std::vector<double>(tape[y].begin(), tape[y].end()),
              (std::vector<double>{10, 1, 20, 2}));
}

struct Outcome {
    std::vector<float> y, dx, dw;
    bool operator==(const Outcome&) const = default;
};

Outcome evaluate(const Case& c, const Strides& at, std::size_t length,
                 const Executor& executor = {}) {
    const auto xs = test::normal_values(c.x.size(), 3);
    const std::vector<float> x(xs.begin(), xs.end());
    const auto ws = test::normal_values(at.size(), 4);
    const auto theta = test::placed(std::vector<float>(ws.begin(), ws.end()), at, length, 777.0F);
    Tape<float> tape{executor};
    const Value vx = tape.leaf(TensorView<const float>(x.data(), c.x));
    const Value vt = tape.leaf(theta);
    const Value y = conv2d(tape, vx, WeightView{vt, at}, {}, c.window, c.groups);
    std::vector<float> dx(x.size());
    std::vector<float> dtheta(theta.size());
    tape.backward({{square(tape, y)}}, {{vx, dx}, {vt, dtheta}});
    return {{tape[y].begin(), tape[y].end()}, dx, test::compacted(dtheta, at)};
}

TEST(OpsConvolution, ANarrowedViewGivesTheBitsOfACompactCopy) {
    for (const Case& c : cases()) {
        SCOPED_TRACE(describe(c));
        Outcome compact;
        test::for_every_place(c.out_channels, c.x[1] / c.groups, c.window.height * c.window.width,
                              [&](const Strides& at, std::size_t length) {
                                  const Outcome outcome = evaluate(c, at, length);
                                  if (compact.y.empty()) compact = outcome;
                                  EXPECT_EQ(outcome, compact)
                                      << "offset " << at.offset << ", row stride " << at.row_stride;
                              });
    }
}

TEST(OpsConvolution, BitsDoNotDependOnTheNumberOfThreads) {
    std::vector<Case> larger;
    larger.push_back({{9, 8, 14, 14}, 16, same_padding({.height = 3, .width = 3}, 14, 14)});
    larger.push_back({{9, 4, 20, 20}, 8, {.height = 4, .width = 4, .stride_h = 2, .stride_w = 2}});
    larger.push_back({{9, 8, 46, 46}, 8, same_padding({.height = 3, .width = 3}, 46, 46), 8});
    for (const Case& c : larger) {
        SCOPED_TRACE(describe(c));
        const std::size_t rows = c.x[1] / c.groups;
        const std::size_t taps = c.window.height * c.window.width;
        const Strides at{0, c.out_channels, rows, taps, rows * taps, taps};
        const Outcome serial = evaluate(c, at, at.size());
        for (const std::size_t threads : {2, 3, 8}) {
            const Executor executor(threads);
            const test::Rendezvous rendezvous(executor);
            EXPECT_EQ(evaluate(c, at, at.size(), executor), serial) << threads;
            // forward, gradient of the image and of the kernels
            EXPECT_GE(rendezvous.full_loops(), 3U) << threads << " threads";
        }
    }
}

template <class T>
class OpsConvolutionOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OpsConvolutionOf, Scalars);

TYPED_TEST(OpsConvolutionOf, NarrowedKernelsAndBiasGiveTheBitsOfACompactCopy) {
    const Window window = same_padding({.height = 3, .width = 3}, 5, 6);
    for (const std::size_t groups : {1, 2, 4}) { // 4: depthwise
        SCOPED_TRACE(groups);
        test::expect_view_bits<TypeParam>(
            [&](auto& t, auto in, auto w) { return conv2d(t, in[0], w[0], w[1], window, groups); },
            {{2, 4, 5, 6}}, {{4, 4 / groups, 9}, {1, 1, 4}});
        test::expect_view_bits<TypeParam>(
            [&](auto& t, auto in, auto w) {
                return conv2d_transposed(t, in[0], w[0], w[1], window, groups);
            },
            {{2, 4, 5, 6}}, {{4, 4 / groups, 9}, {1, 1, 4}});
    }
}

TYPED_TEST(OpsConvolutionOf, FlattenedImagesInNarrowedViewsGiveTheBitsOfACompactCopy) {
    const Window window = same_padding({.height = 3, .width = 3}, 5, 6);
    test::expect_view_bits<TypeParam>( // 3 channels of 30 pixels into 7 outputs
        [&](auto& t, auto in, auto w) {
            return linear(t, flatten(t, conv2d(t, in[0], w[0], {}, window)), w[1], w[2]);
        },
        {{2, 2, 5, 6}}, {{3, 2, 9}, {1, 7, 90}, {1, 1, 7}});
}

TYPED_TEST(OpsConvolutionOf, TransposedBitsDoNotDependOnThreads) {
    const Window window{.height = 4, .width = 4, .stride_h = 2, .stride_w = 2};
    test::expect_same_bits_for_threads<TypeParam>(
        [&](auto& t, auto in) {
            return conv2d_transposed(t, in[0], planes_view(in[1], 0, 8, 6, 16), {}, window);
        },
        {{17, 8, 14, 14}, {8 * 6 * 16}});
}

TEST(OpsConvolution, ParametersInViewsAndComputedOnesHaveRightGradients) {
    const Window window = same_padding({.height = 3, .width = 3}, 4, 4);
    for (const std::size_t groups : {1, 2, 4}) {
        SCOPED_TRACE(groups);
        test::expect_view_gradients(
            [&](auto& t, auto in, auto w) { return conv2d(t, in[0], w[0], w[1], window, groups); },
            {{2, 4, 4, 4}}, {{4, 4 / groups, 9}, {1, 1, 4}});
        test::expect_view_gradients(
            [&](auto& t, auto in, auto w) {
                return conv2d_transposed(t, in[0], w[0], w[1], window, groups);
            },
            {{2, 4, 4, 4}}, {{4, 4 / groups, 9}, {1, 1, 4}});
    }
}

TEST(OpsConvolution, FlattenFollowedByANarrowedLinearTakesTheLeadingChannels) {
    const Window window = same_padding({.height = 3, .width = 3}, 4, 4);
    expect_gradients( // 3 of 5 channels of 16 pixels each: a prefix of the linear layer's columns
        [&](Tape<double>& t, auto in) {
            const auto kernels = planes_view(in[1], 0, 5, 2, 9).narrowed(3, 2, 9);
            const Value features = flatten(t, conv2d(t, in[0], kernels, {}, window));
            return linear(t, features, matrix_view(in[2], 0, 4, 80).narrowed(4, 48));
        },
        {{2, 2, 4, 4}, {90}, {320}});
}

TEST(OpsConvolution, WhatDoesNotFitIsRefused) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {1, 3, 4, 4});
    const Value theta = tape.filled(1.0, {1000});
    const Window window{.height = 3, .width = 3};
    EXPECT_THROW((void)conv2d(tape, x, planes_view(theta, 0, 2, 2, 9), {}, window),
                 std::invalid_argument);
    EXPECT_THROW((void)conv2d(tape, x, planes_view(theta, 0, 2, 3, 4), {}, window),
                 std::invalid_argument);
    EXPECT_THROW(
        (void)conv2d(tape, x, planes_view(theta, 0, 2, 3, 25), {}, Window{.height = 5, .width = 5}),
        std::invalid_argument);
    EXPECT_THROW(
        (void)conv2d(tape, x, planes_view(theta, 0, 2, 3, 9), vector_view(theta, 0, 3), window),
        std::invalid_argument);
    EXPECT_THROW((void)conv2d_transposed(tape, x, planes_view(theta, 0, 2, 3, 9), {}, window),
                 std::invalid_argument);
    EXPECT_THROW(
        (void)conv2d(tape, tape.filled(1.0, {3, 4}), planes_view(theta, 0, 2, 3, 9), {}, window),
        std::invalid_argument);
}

} // namespace
} // namespace baldwin::ops_convolution_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/optim.hpp>

#include "support/gradient_check.hpp"
#include "support/threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::optim_test {
namespace {

/// A layout of one entry for each size, weights and biases in turn.
Layout layout_of(std::initializer_list<std::size_t> sizes) {
    Layout layout;
    for (const std::size_t size : sizes) {
        const std::size_t index = layout.entries().size();
        layout.add({.name = "e" + std::to_string(index),
                    .shape = {size},
                    .kind = index % 2 == 0 ? ParameterKind::weight : ParameterKind::bias,
                    .layer = "0.linear",
                    .initialiser = {}});
    }
    return layout;
}

/// θ after \p gradients.size() steps of rate 0.1 on one number that starts at 1.
double walk(const OptimiserOptions& options, const std::vector<double>& gradients) {
    const Layout layout = layout_of({1});
    Optimiser<double> optimiser(layout, options);
    std::vector<double> theta{1.0};
    for (const double g : gradients) optimiser.step(theta, std::span(&g, 1), 0.1);
    return theta[0];
}

constexpr double kRounding = 4e-16; // a few operations on numbers of order one

TEST(CoreOptim, SgdWithoutMomentumFollowsTheGradient) {
    EXPECT_NEAR(walk({.rule = Sgd{.momentum = 0.0}}, {2.0, -1.0}), 1.0 - 0.2 + 0.1, kRounding);
}

// v1 = 2, v2 = 0.5 * 2 - 1 = 0, v3 = 0 + 4 = 4
TEST(CoreOptim, MomentumAddsUpPastGradients) {
    EXPECT_NEAR(walk({.rule = Sgd{.momentum = 0.5}}, {2.0, -1.0}), 0.8, kRounding);
    EXPECT_NEAR(walk({.rule = Sgd{.momentum = 0.5}}, {2.0, -1.0, 4.0}), 0.4, kRounding);
}

// moves g + momentum v: 2 + 1 = 3, then -1 + 0 = -1
TEST(CoreOptim, NesterovLooksOneStepAhead) {
    const OptimiserOptions options{.rule = Sgd{.momentum = 0.5, .nesterov = true}};
    EXPECT_NEAR(walk(options, {2.0}), 0.7, kRounding);
    EXPECT_NEAR(walk(options, {2.0, -1.0}), 0.8, kRounding);
}

// g = 2 + 0.5 * 1 = 2.5
TEST(CoreOptim, WeightDecayAddsToTheGradient) {
    EXPECT_NEAR(walk({.rule = Sgd{.momentum = 0.0, .weight_decay = 0.5}}, {2.0}), 0.75, kRounding);
}

// The first step of Adam is rate * g / (|g| + epsilon). Second step with beta1 = 0.5, beta2 = 0.75
// and g = 2, then -1: m = 0.5 * 1 + 0.5 * -1 = 0, so it stands still; third with g = 4:
// m = 2, m^ = 2 / (1 - 1/8) = 16/7; v = 1, 1, then 0.75 * 1 + 0.25 * 16 = 4.75,
// v^ = 4.75 / (1 - 27/64) = 304/37.
TEST(CoreOptim, AdamIsBiasCorrected) {
    const OptimiserOptions options{.rule = Adam{.beta1 = 0.5, .beta2 = 0.75, .epsilon = 1e-8}};
    EXPECT_NEAR(walk(options, {2.0}), 1.0 - 0.1 * 2.0 / (2.0 + 1e-8), kRounding);
    EXPECT_NEAR(walk(options, {2.0, -1.0}), walk(options, {2.0}), kRounding);
    const double third = 0.1 * (16.0 / 7.0) / (std::sqrt(304.0 / 37.0) + 1e-8);
    EXPECT_NEAR(walk(options, {2.0, -1.0, 4.0}), walk(options, {2.0}) - third, kRounding);
}

TEST(CoreOptim, AdamWDecaysBesideTheGradient) {
    EXPECT_NEAR(walk({.rule = AdamW{.weight_decay = 0.5}}, {2.0}),
                1.0 * (1 - 0.1 * 0.5) - 0.1 * 2.0 / (2.0 + 1e-8), kRounding);
    EXPECT_NEAR(walk({.rule = Adam{.weight_decay = 0.5}}, {2.0}), 1.0 - 0.1 * 2.5 / (2.5 + 1e-8),
                kRounding);
}

TEST(CoreOptim, BiasesDecayOnlyWhenAsked) {
    const Layout layout = layout_of({3, 2, 3, 1}); // weights, biases, weights, biases
    for (const bool all : {false, true}) {
        Optimiser<double> optimiser(
            layout, {.rule = Sgd{.momentum = 0.0, .weight_decay = 1.0}, .decay_all = all});
        std::vector<double> theta(9, 1.0);
        const std::vector<double> gradient(9, 0.0);
        optimiser.step(theta, gradient, 0.5);
        for (std::size_t i = 0; i < 9; ++i) {
            const bool is_bias = i == 3 || i == 4 || i == 8;
            EXPECT_EQ(theta[i], is_bias && !all ? 1.0 : 0.5) << i;
        }
    }
}

TEST(CoreOptim, ValuesAreClippedFirstAndThenTheNorm) {
    EXPECT_NEAR(walk({.rule = Sgd{.momentum = 0.0}, .clip_value = 0.5}, {2.0}), 0.95, kRounding);
    EXPECT_NEAR(walk({.rule = Sgd{.momentum = 0.0}, .clip_value = 0.5}, {-0.25}), 1.025, kRounding);
    const Layout layout = layout_of({2});
    // (3, 4) has norm 5, scaled to 1; clipped to (3, 3) its norm is 3 sqrt(2)
    for (const double limit : {0.0, 3.0}) {
        Optimiser<double> optimiser(
            layout, {.rule = Sgd{.momentum = 0.0}, .clip_value = limit, .clip_norm = 1.0});
        std::vector<double> theta{0.0, 0.0};
        optimiser.step(theta, std::vector<double>{3.0, 4.0}, 1.0);
        EXPECT_NEAR(theta[0], limit == 0.0 ? -0.6 : -std::sqrt(0.5), kRounding);
        EXPECT_NEAR(theta[1], limit == 0.0 ? -0.8 : -std::sqrt(0.5), kRounding);
        optimiser.step(theta, std::vector<double>{0.3, 0.4}, 1.0); // short enough: left alone
        EXPECT_NEAR(theta[0], limit == 0.0 ? -0.9 : -std::sqrt(0.5) - 0.3, kRounding);
    }
}

/// All rules that have something to say, with clipping.
std::vector<OptimiserOptions> all_rules() {
    return {{.rule = Sgd{.momentum = 0.0}},
            {.rule = Sgd{.momentum = 0.9, .weight_decay = 1e-3}, .clip_norm = 0.5},
            {.rule = Sgd{.momentum = 0.9, .nesterov = true}, .clip_value = 0.3},
            {.rule = Adam{.weight_decay = 1e-2}, .clip_value = 0.8, .clip_norm = 2.0},
            {.rule = AdamW{}}};
}

std::vector<float> floats(std::size_t count, unsigned seed) {
    const auto values = test::normal_values(count, seed);
    return {values.begin(), values.end()};
}

// long enough for several chunks and for a tail in each of the four entries
TEST(CoreOptim, BitsDoNotDependOnTheNumberOfThreads) {
    const Layout layout = layout_of({70'003, 57, 60'001, 33});
    const auto start = floats(layout.size(), 1);
    const auto gradient = floats(layout.size(), 2);
    for (const OptimiserOptions& options : all_rules()) {
        std::vector<float> first;
        for (const std::size_t threads : {1, 2, 3, 8}) {
            const Executor executor(threads);
            const test::Rendezvous rendezvous(executor);
            Optimiser<float> optimiser(layout, options, executor);
            auto theta = start;
            for (int step = 0; step < 5; ++step) optimiser.step(theta, gradient, 0.1);
            EXPECT_EQ(rendezvous.most_threads(), threads);
            if (first.empty()) first = theta;
            EXPECT_EQ(std::memcmp(first.data(), theta.data(), theta.size() * sizeof(float)), 0);
        }
    }
}

TEST(CoreOptim, ElementsMoveAloneWhereverTheyStand) {
    const auto gradient = floats(40, 5);
    for (OptimiserOptions options : all_rules()) {
        options.clip_norm = 0.0;
        const Layout whole = layout_of({40});
        auto theta = floats(40, 4);
        Optimiser<float>(whole, options).step(theta, gradient, 0.1);
        for (std::size_t i = 0; i < 40; ++i) {
            std::vector<float> one{floats(40, 4)[i]};
            Optimiser<float>(layout_of({1}), options)
                .step(one, std::span(gradient).subspan(i, 1), 0.1);
            EXPECT_EQ(one[0], theta[i]);
        }
    }
}

TEST(CoreOptim, ARunGoesOnWithTheSameBitsFromItsState) {
    const Layout layout = layout_of({50, 7});
    for (const OptimiserOptions& options : all_rules()) {
        Optimiser<float> whole(layout, options);
        auto theta = floats(57, 1);
        for (unsigned i = 0; i < 4; ++i) whole.step(theta, floats(57, 10 + i), 0.05);
        auto resumed_theta = theta;
        Optimiser<float> resumed(layout, options);
        resumed.resume_at(whole.steps());
        const auto from = whole.state();
        const auto to = resumed.state();
        ASSERT_EQ(from.size(), to.size());
        for (std::size_t i = 0; i < from.size(); ++i) {
            EXPECT_EQ(from[i].name, to[i].name);
            std::ranges::copy(from[i].values, to[i].values.begin());
        }
        for (unsigned i = 4; i < 8; ++i) {
            whole.step(theta, floats(57, 10 + i), 0.05);
            resumed.step(resumed_theta, floats(57, 10 + i), 0.05);
        }
        EXPECT_EQ(theta, resumed_theta);
        EXPECT_EQ(resumed.steps(), 8u);
    }
}

TEST(CoreOptim, SquaredNormCountsEveryElement) {
    std::vector<double> values(100'001, 1.0);
    values.back() = 3.0;
    EXPECT_EQ(squared_norm<double>(Executor(), values), 100'009.0);
    EXPECT_EQ(squared_norm<double>(Executor(3), values, 2.0), 100'004.0);
    EXPECT_EQ(squared_norm<double>(Executor(), {}), 0.0);
}

TEST(CoreOptim, WhatDoesNotFitIsRefusedAndNothingMoves) {
    const Layout layout = layout_of({3});
    Optimiser<float> optimiser(layout, {.rule = Adam{}, .clip_norm = 1.0});
    std::vector<float> theta(3, 1.0F);
    std::vector<float> gradient(3, 1.0F);
    const double nan = std::nan("");
    EXPECT_THROW(optimiser.step(theta, gradient, nan), std::invalid_argument);
    EXPECT_THROW(optimiser.step(theta, gradient, -1.0), std::invalid_argument);
    EXPECT_THROW(optimiser.step(theta, std::span(gradient).first(2), 0.1), std::invalid_argument);
    EXPECT_THROW(optimiser.step(std::span(theta).first(2), gradient, 0.1), std::invalid_argument);
    gradient[1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(optimiser.step(theta, gradient, 0.1), std::runtime_error);
    EXPECT_EQ(theta, std::vector<float>(3, 1.0F));
    EXPECT_EQ(optimiser.steps(), 0u);
    for (const OptimiserOptions& options :
         std::vector<OptimiserOptions>{{.rule = Sgd{.momentum = 1.0}},
                                       {.rule = Sgd{.momentum = nan}},
                                       {.rule = Sgd{.momentum = 0.0, .nesterov = true}},
                                       {.rule = Sgd{.weight_decay = -1.0}},
                                       {.rule = Adam{.beta1 = 1.0}},
                                       {.rule = Adam{.beta2 = -0.1}},
                                       {.rule = AdamW{.epsilon = 0.0}},
                                       {.rule = AdamW{.weight_decay = nan}},
                                       {.clip_value = -1.0},
                                       {.clip_norm = nan}}) {
        EXPECT_THROW(Optimiser<float>(layout, options), std::invalid_argument);
    }
}

// without clipping a gradient that is not a number shows in theta, it is not hidden
TEST(CoreOptim, ANaNIsNotHiddenByClippingValues) {
    const double moved = walk({.rule = Sgd{}, .clip_value = 1.0}, {std::nan("")});
    EXPECT_TRUE(std::isnan(moved));
}

} // namespace
} // namespace baldwin::optim_test

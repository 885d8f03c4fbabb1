// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/elementwise.hpp>

#include "support/gradient_check.hpp"
#include "support/threads.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::ops_elementwise_test {
namespace {

/// A function on the tape beside the same function as the C library computes it.
struct Case {
    std::string name;
    std::function<Value(Tape<double>&, Value)> on_tape;
    std::function<double(double)> reference;
    bool positive_only = false;
    std::vector<double> kinks = {};
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"relu",
         [](auto& t, Value x) { return relu(t, x); },
         [](double x) { return std::max(x, 0.0); },
         false,
         {0}},
        {"leaky_relu",
         [](auto& t, Value x) { return leaky_relu(t, x, 0.2); },
         [](double x) { return x > 0 ? x : 0.2 * x; },
         false,
         {0}},
        {"elu",
         [](auto& t, Value x) { return elu(t, x, 0.7); },
         [](double x) { return x > 0 ? x : 0.7 * std::expm1(x); },
         false,
         {0}},
        {"softplus", [](auto& t, Value x) { return softplus(t, x); },
         [](double x) { return std::log1p(std::exp(x)); }},
        {"tanh", [](auto& t, Value x) { return tanh(t, x); },
         [](double x) { return std::tanh(x); }},
        {"sigmoid", [](auto& t, Value x) { return sigmoid(t, x); }, logistic},
        {"gelu", [](auto& t, Value x) { return gelu(t, x); },
         [](double x) { return 0.5 * x * std::erfc(-x / std::numbers::sqrt2); }},
        {"silu", [](auto& t, Value x) { return silu(t, x); },
         [](double x) { return x * logistic(x); }},
        {"hard_swish",
         [](auto& t, Value x) { return hard_swish(t, x); },
         [](double x) { return x * std::clamp(x + 3, 0.0, 6.0) / 6; },
         false,
         {-3, 3}},
        {"exp", [](auto& t, Value x) { return exp(t, x); }, [](double x) { return std::exp(x); }},
        {"log", [](auto& t, Value x) { return log(t, x); }, [](double x) { return std::log(x); },
         true},
        {"sqrt", [](auto& t, Value x) { return sqrt(t, x); }, [](double x) { return std::sqrt(x); },
         true},
        {"square", [](auto& t, Value x) { return square(t, x); }, [](double x) { return x * x; }},
        {"abs",
         [](auto& t, Value x) { return abs(t, x); },
         [](double x) { return std::abs(x); },
         false,
         {0}},
        {"sin", [](auto& t, Value x) { return sin(t, x); }, [](double x) { return std::sin(x); }},
        {"cos", [](auto& t, Value x) { return cos(t, x); }, [](double x) { return std::cos(x); }},
        {"clamp",
         [](auto& t, Value x) { return clamp(t, x, -0.5, 0.9); },
         [](double x) { return std::clamp(x, -0.5, 0.9); },
         false,
         {-0.5, 0.9}},
        {"affine", [](auto& t, Value x) { return affine(t, x, -2.0, 0.5); },
         [](double x) { return 0.5 - 2 * x; }},
    };
    return all;
}

// 29 points, so full packs and a tail occur; none within 1e-3 of a kink, where no derivative exists
std::vector<double> points(const Case& c) {
    std::vector<double> x;
    for (int i = 0; i < 29; ++i) {
        double point = -4.1 + 0.2931 * i;
        for (const double kink : c.kinks) {
            if (std::abs(point - kink) < 1e-3) point += 0.01;
        }
        x.push_back(c.positive_only ? 0.05 + std::abs(point) : point);
    }
    return x;
}

// the functions of math.hpp are within a few units in the last place (their own tests); composed
// ones lose a few more where terms cancel, near zero relative to values of order one
TEST(OpsElementwise, ValuesAreThoseOfTheCLibrary) {
    for (const Case& c : cases()) {
        SCOPED_TRACE(c.name);
        const auto x = points(c);
        Tape<double> tape;
        const auto y = tape[c.on_tape(tape, tape.leaf(x))];
        for (std::size_t i = 0; i < x.size(); ++i) {
            EXPECT_NEAR(y[i], c.reference(x[i]), 4e-15 * std::max(1.0, std::abs(y[i]))) << x[i];
        }
    }
}

TEST(OpsElementwise, GradientsAreRight) {
    for (const Case& c : cases()) {
        SCOPED_TRACE(c.name);
        const auto x = points(c);
        test::expect_gradients([&](auto& t, auto in) { return c.on_tape(t, in[0]); }, {{x.size()}},
                               {x}, 1e-6);
    }
}

TEST(OpsElementwise, DerivativesAtKinksAreAsDocumented) {
    const std::vector<double> zero{0.0};
    std::vector<double> gradient(1);
    for (const bool use_abs : {false, true}) {
        Tape<double> tape;
        const Value x = tape.leaf(zero);
        tape.backward({{use_abs ? abs(tape, x) : relu(tape, x)}}, {{x, gradient}});
        EXPECT_EQ(gradient[0], 0.0);
    }
}

TEST(OpsElementwise, StraightThroughSignPassesTheGradientWithinItsReach) {
    const std::vector<double> x{-2.0, -0.5, 0.0, 0.5, 2.0};
    std::vector<double> gradient(5);
    Tape<double> tape;
    const Value v = tape.leaf(x);
    const Value y = straight_through_sign(tape, v);
    tape.backward({{y}}, {{v, gradient}});
    EXPECT_EQ(std::vector<double>(tape[y].begin(), tape[y].end()),
              (std::vector<double>{-1, -1, 1, 1, 1}));
    EXPECT_EQ(gradient, (std::vector<double>{0, 1, 1, 1, 0}));
}

TEST(OpsElementwise, NotANumberIsPassedOn) {
    const std::vector<double> x{std::numeric_limits<double>::quiet_NaN()};
    for (const Case& c : cases()) {
        Tape<double> tape;
        const Value y = c.on_tape(tape, tape.leaf(x));
        EXPECT_TRUE(std::isnan(tape.item(y))) << c.name;
    }
}

TEST(OpsElementwise, AnElementsBitsDoNotDependOnItsPlaceOrTheThreads) {
    std::vector<float> x(300'003);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 977) * 0.011F - 5;
    std::vector<std::vector<float>> results;
    for (const std::size_t threads : {1, 2, 3, 8}) {
        const Executor executor(threads);
        const test::Rendezvous rendezvous(executor);
        Tape<float> tape(executor);
        const Value v = tape.leaf(x);
        const auto y = tape[gelu(tape, tanh(tape, v))];
        results.emplace_back(y.begin(), y.end());
        EXPECT_EQ(rendezvous.most_threads(), threads);
    }
    for (const auto& result : results) {
        EXPECT_EQ(std::memcmp(result.data(), results[0].data(), x.size() * sizeof(float)), 0);
    }
    Tape<float> tape;
    for (std::size_t shift = 0; shift < 16; ++shift) {
        const Value v = tape.leaf(std::span<const float>(x).subspan(shift, 37));
        const auto y = tape[gelu(tape, tanh(tape, v))];
        EXPECT_EQ(std::memcmp(y.data(), results[0].data() + shift, 37 * sizeof(float)), 0);
    }
}

TEST(OpsElementwise, ClampWantsItsBoundsInOrder) {
    Tape<double> tape;
    EXPECT_THROW((void)clamp(tape, tape.filled(0.0), 1.0, 0.0), std::invalid_argument);
}

} // namespace
} // namespace baldwin::ops_elementwise_test

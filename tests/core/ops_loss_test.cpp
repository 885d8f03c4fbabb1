// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/loss.hpp>

#include "support/errors.hpp"
#include "support/gradient_check.hpp"
#include "support/operation_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::ops_loss_test {
namespace {

using test::elements;
using test::expect_gradients;

const std::vector<std::int32_t> kLabels{2, 0, 1, 2, 9, 4};

template <class T>
Value logits_of(Tape<T>& tape, const Shape& shape, std::vector<T> x) {
    return tape.constant(shape, std::span<const T>(x));
}

TEST(OpsLoss, SoftmaxGivesTheSharesOfTheExponentials) {
    Tape<double> tape;
    const Value x = logits_of<double>(tape, {2, 3}, {0.0, std::log(2.0), std::log(5.0), 7, 7, 7});
    const auto y = elements(tape, softmax(tape, x));
    const std::vector<double> expected{0.125, 0.25, 0.625, 1.0 / 3, 1.0 / 3, 1.0 / 3};
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(y[i], expected[i], 1e-15);
    const auto log_y = elements(tape, log_softmax(tape, x));
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(log_y[i], std::log(expected[i]), 1e-15);
}

TEST(OpsLoss, ATemperatureDividesTheLogits) {
    Tape<double> tape;
    const Value x = logits_of<double>(tape, {3}, {0.0, 2 * std::log(2.0), 2 * std::log(5.0)});
    const auto y = elements(tape, softmax(tape, x, 2.0));
    EXPECT_NEAR(y[2], 0.625, 1e-15);
    EXPECT_NEAR(elements(tape, log_softmax(tape, x, 2.0))[0], std::log(0.125), 1e-15);
}

TEST(OpsLoss, LargeLogitsNeitherOverflowNorLosePrecision) {
    Tape<float> tape;
    const Value x = logits_of<float>(tape, {3}, {1e4f, 1e4f, -1e4f});
    const auto y = elements(tape, softmax(tape, x));
    EXPECT_EQ(y, (std::vector<float>{0.5f, 0.5f, 0.0f}));
    const std::vector<std::int32_t> label{1};
    const Value loss = cross_entropy<float>(tape, x, label);
    EXPECT_FLOAT_EQ(tape.item(loss), std::log(2.0f)); // not rounded to a float near 1e4
    EXPECT_FLOAT_EQ(elements(tape, log_softmax(tape, x))[2], -2e4f - std::log(2.0f));
}

TEST(OpsLoss, NaNFlowsThrough) {
    Tape<float> tape;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Value x = logits_of<float>(tape, {2, 3}, {0.0f, nan, 1.0f, 1.0f, 2.0f, 3.0f});
    const auto y = elements(tape, softmax(tape, x));
    EXPECT_TRUE(std::isnan(y[0]) && std::isnan(y[1]) && std::isnan(y[2]));
    EXPECT_FALSE(std::isnan(y[3]));
    const std::vector<std::int32_t> labels{0, 1};
    EXPECT_TRUE(std::isnan(tape.item(cross_entropy<float>(tape, x, labels))));
    EXPECT_TRUE(std::isnan(tape.item(mean_squared_error(tape, x, x))));
    EXPECT_TRUE(std::isnan(tape.item(huber(tape, x, tape.filled(0.0f, {2, 3})))));
}

// logits 0, ln 2, ln 5: probabilities 1/8, 1/4, 5/8
TEST(OpsLoss, CrossEntropyIsTheMeanSurprise) {
    Tape<double> tape;
    const Value x = logits_of<double>(
        tape, {2, 3}, {0.0, std::log(2.0), std::log(5.0), 0.0, std::log(2.0), std::log(5.0)});
    const std::vector<std::int32_t> labels{0, 1};
    EXPECT_NEAR(tape.item(cross_entropy<double>(tape, x, labels)), 2.5 * std::log(2.0), 1e-15);
    // smoothing 0.3: 0.7 of that and 0.1 of each class
    const double all = std::log(8.0) + std::log(4.0) + std::log(1.6);
    EXPECT_NEAR(tape.item(cross_entropy<double>(tape, x, labels, {.label_smoothing = 0.3})),
                0.7 * 2.5 * std::log(2.0) + 0.1 * all, 1e-15);
    const Value targets = logits_of<double>(tape, {2, 3}, {0.8, 0.1, 0.1, 0.1, 0.8, 0.1});
    EXPECT_NEAR(tape.item(soft_cross_entropy(tape, x, targets)),
                0.7 * 2.5 * std::log(2.0) + 0.1 * all, 1e-15);
}

TEST(OpsLoss, TheGradientOfCrossEntropyIsProbabilityMinusTarget) {
    const std::vector<double> x{0.0, std::log(2.0), std::log(5.0)};
    const std::vector<std::int32_t> labels{2};
    std::vector<double> dx(3);
    Tape<double> tape;
    const Value vx = tape.leaf(TensorView<const double>(x.data(), {1, 3}));
    tape.backward({{cross_entropy<double>(tape, vx, labels)}}, {{vx, dx}});
    EXPECT_NEAR(dx[0], 0.125, 1e-15);
    EXPECT_NEAR(dx[1], 0.25, 1e-15);
    EXPECT_NEAR(dx[2], -0.375, 1e-15);
}

TEST(OpsLoss, LabelsAreCopied) {
    const std::vector<double> x{0.5, 1.0, 2.0};
    std::vector<std::int32_t> labels{2};
    std::vector<double> before(3), after(3);
    Tape<double> tape;
    const Value vx = tape.leaf(TensorView<const double>(x.data(), {1, 3}));
    const Value loss = cross_entropy<double>(tape, vx, labels);
    tape.backward({{loss}}, {{vx, before}});
    labels[0] = -7;
    tape.backward({{loss}}, {{vx, after}});
    EXPECT_EQ(before, after);
}

// p = (1/2, 1/2, 0), q = (1/4, 1/2, 1/4): KL = ln(2) / 2
TEST(OpsLoss, KlDivergenceIgnoresWhatCannotHappen) {
    Tape<double> tape;
    const double none = -std::numeric_limits<double>::infinity();
    const Value p = logits_of<double>(tape, {1, 3}, {std::log(0.5), std::log(0.5), none});
    const Value q =
        logits_of<double>(tape, {1, 3}, {std::log(0.25), std::log(0.5), std::log(0.25)});
    EXPECT_NEAR(tape.item(kl_divergence(tape, p, q)), 0.5 * std::log(2.0), 1e-15);
    EXPECT_EQ(tape.item(kl_divergence(tape, p, p)), 0.0);
    EXPECT_EQ(tape.item(kl_divergence(tape, q, p)), -none); // q can do what p cannot
    std::vector<double> dp(3), dq(3);
    tape.backward({{kl_divergence(tape, p, q)}}, {{p, dp}, {q, dq}});
    EXPECT_EQ(dp[2], 0.0);
    EXPECT_NEAR(dp[0], 0.5 * (std::log(2.0) + 1), 1e-15);
    EXPECT_NEAR(dq[0], -0.5, 1e-15);
}

TEST(OpsLoss, SquaredErrorAndHuberHaveTheirClosedForms) {
    Tape<double> tape;
    const Value a = logits_of<double>(tape, {4}, {0.5, -0.5, 3.0, -4.0});
    const Value zero = tape.filled(0.0, {4});
    EXPECT_EQ(tape.item(mean_squared_error(tape, a, zero)), (0.25 + 0.25 + 9 + 16) / 4);
    EXPECT_EQ(tape.item(huber(tape, a, zero, 2.0)), (0.125 + 0.125 + 4 + 6) / 4);
    std::vector<double> da(4), db(4);
    tape.backward({{huber(tape, a, zero, 2.0)}}, {{a, da}, {zero, db}});
    EXPECT_EQ(da, (std::vector<double>{0.125, -0.125, 0.5, -0.5}));
    EXPECT_EQ(db, (std::vector<double>{-0.125, 0.125, -0.5, 0.5}));
}

TEST(OpsLoss, GradientsAreRight) {
    for (const Shape& shape : {Shape({3, 10}), Shape({1, 3}), Shape({2, 1, 17}), Shape({5})}) {
        SCOPED_TRACE(to_string(shape));
        const auto two = {shape, shape};
        expect_gradients([](auto& t, auto in) { return softmax(t, in[0]); }, {shape});
        expect_gradients([](auto& t, auto in) { return softmax(t, in[0], 0.5); }, {shape});
        expect_gradients([](auto& t, auto in) { return log_softmax(t, in[0]); }, {shape});
        expect_gradients([](auto& t, auto in) { return log_softmax(t, in[0], 3.0); }, {shape});
        expect_gradients([](auto& t, auto in) { return soft_cross_entropy(t, in[0], in[1]); }, two);
        expect_gradients([](auto& t, auto in) { return kl_divergence(t, in[0], in[1]); }, two);
        expect_gradients([](auto& t, auto in) { return mean_squared_error(t, in[0], in[1]); }, two);
        expect_gradients([](auto& t, auto in) { return huber(t, in[0], in[1], 0.7); }, two);
    }
    const std::span<const std::int32_t> labels(kLabels);
    for (const double smoothing : {0.0, 0.2}) {
        const auto loss = [&](auto& t, auto in) {
            return cross_entropy(t, in[0], labels, {.label_smoothing = smoothing});
        };
        expect_gradients(loss, {{6, 10}});
        expect_gradients(loss, {{2, 3, 10}});
    }
}

TEST(OpsLoss, AValueOnBothSidesGetsBothGradients) {
    expect_gradients([](auto& t, auto in) { return soft_cross_entropy(t, in[0], in[0]); },
                     {{3, 4}});
    expect_gradients([](auto& t, auto in) { return kl_divergence(t, in[0], in[0]); }, {{3, 4}});
    expect_gradients([](auto& t, auto in) { return mean_squared_error(t, in[0], in[0]); },
                     {{3, 4}});
    expect_gradients(
        [](auto& t, auto in) {
            const std::vector<std::int32_t> labels{1, 2, 3};
            return mean_squared_error(t, softmax(t, in[0]),
                                      softmax(t, log_softmax(t, in[0], 2.0), 0.5));
        },
        {{3, 4}});
}

template <class T>
class OpsLossOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OpsLossOf, Scalars);

// all losses of one graph, weighted so that no gradient vanishes
template <class T>
Value all_losses(Tape<T>& tape, std::span<const Value> in, std::span<const std::int32_t> labels) {
    const Value log_p = log_softmax(tape, in[0], 2.0);
    const Value p = softmax(tape, in[1], 0.5);
    const Value loss = kl_divergence(tape, log_p, log_softmax(tape, in[1]));
    const Value other = soft_cross_entropy(tape, in[0], p);
    const Value third = cross_entropy(tape, in[0], labels, {.label_smoothing = 0.1});
    const Value fourth = huber(tape, in[0], p);
    return mean_squared_error(tape, huber(tape, loss, other), huber(tape, third, fourth));
}

TYPED_TEST(OpsLossOf, BitsDoNotDependOnThreads) {
    std::vector<std::int32_t> labels(1400);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 101);
    const auto graph = [&](Tape<TypeParam>& tape, std::span<const Value> in) {
        return all_losses(tape, in, labels);
    };
    test::expect_same_bits_for_threads<TypeParam>(graph, {{1400, 101}, {1400, 101}});
    const auto soft = [](Tape<TypeParam>& tape, std::span<const Value> in) {
        return log_softmax(tape, softmax(tape, in[0]));
    };
    test::expect_same_bits_for_threads<TypeParam>(soft, {{1400, 101}});
}

TYPED_TEST(OpsLossOf, MemoryIsSteady) {
    const auto graph = [&](Tape<TypeParam>& tape, std::span<const Value> in) {
        return all_losses<TypeParam>(tape, in, kLabels);
    };
    test::expect_steady_memory<TypeParam>(graph, {{6, 10}, {6, 10}});
}

TYPED_TEST(OpsLossOf, WithoutRecordingTheValuesAreTheSame) {
    const auto x = test::normals<TypeParam>(60, 1);
    Tape<TypeParam> tape;
    const auto losses = [&] {
        const Value v = tape.leaf(TensorView<const TypeParam>(x.data(), {6, 10}));
        return tape.item(all_losses<TypeParam>(tape, std::vector<Value>{v, v}, kLabels));
    };
    const TypeParam recorded = losses();
    tape.set_recording(false);
    EXPECT_EQ(losses(), recorded);
}

TEST(OpsLoss, ALabelOutOfRangeIsNamed) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {3, 4});
    const auto message = [&](std::vector<std::int32_t> labels) {
        return test::message_of([&] { (void)cross_entropy<double>(tape, x, labels); });
    };
    EXPECT_EQ(message({0, 4, 1}), "cross_entropy: labels must lie in [0, 4), got 4 at index 1");
    EXPECT_EQ(message({0, 3, -1}), "cross_entropy: labels must lie in [0, 4), got -1 at index 2");
    EXPECT_EQ(message({0, 3}),
              "cross_entropy: needs one label per row and at least one, got 2 labels for 3 rows");
}

TEST(OpsLoss, AttributesAndShapesThatDoNotFitAreRefused) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {3, 4});
    const Value other = tape.filled(1.0, {4, 3});
    const Value empty = tape.filled(1.0, {0, 4});
    const std::vector<std::int32_t> labels{0, 1, 2};
    EXPECT_THROW((void)cross_entropy<double>(tape, x, labels, {.label_smoothing = 1.0}),
                 std::invalid_argument);
    EXPECT_THROW((void)cross_entropy<double>(tape, x, labels, {.label_smoothing = -0.1}),
                 std::invalid_argument);
    EXPECT_THROW((void)cross_entropy<double>(tape, empty, {}), std::invalid_argument);
    EXPECT_THROW((void)softmax(tape, x, 0.0), std::invalid_argument);
    EXPECT_THROW((void)softmax(tape, tape.filled(1.0)), std::invalid_argument);
    EXPECT_THROW((void)softmax(tape, tape.filled(1.0, {2, 0})), std::invalid_argument);
    EXPECT_THROW((void)log_softmax(tape, x, std::nan("")), std::invalid_argument);
    EXPECT_THROW((void)soft_cross_entropy(tape, x, other), std::invalid_argument);
    EXPECT_THROW((void)kl_divergence(tape, x, other), std::invalid_argument);
    EXPECT_THROW((void)mean_squared_error(tape, x, other), std::invalid_argument);
    EXPECT_THROW((void)mean_squared_error(tape, empty, empty), std::invalid_argument);
    EXPECT_THROW((void)huber(tape, x, x, 0.0), std::invalid_argument);
}

} // namespace
} // namespace baldwin::ops_loss_test

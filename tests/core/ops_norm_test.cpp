// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/linear.hpp>
#include <baldwin/core/ops/norm.hpp>

#include "support/errors.hpp"
#include "support/gradient_check.hpp"
#include "support/operation_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace baldwin::ops_norm_test {
namespace {

using test::elements;
using test::expect_gradients;
using Views = std::span<const WeightView>;
using Inputs = std::span<const Value>;

template <class T>
WeightView whole(const Tape<T>& tape, Value vector) {
    return vector_view(vector, 0, tape.shape(vector).size());
}
template <class T>
WeightView filled_view(Tape<T>& tape, std::size_t count, T element) {
    return vector_view(tape.filled(element, {count}), 0, count);
}
void expect_near(const std::vector<double>& values, const std::vector<double>& expected,
                 double tolerance = 1e-14) {
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_NEAR(values[i], expected[i], tolerance) << "element " << i;
    }
}
// shapes that meet every branch: no planes, small ones, large ones, more rows than are summed in T
const std::vector<Shape> kShapes = {{5, 3}, {2, 3, 2, 2}, {66, 1}, {2, 1, 1, 67}};

// ---- batch norm

// channel 0 holds 1, 2, 3, 6: mean 3, biased variance 3.5, unbiased 14/3;
// channel 1 holds 0, 0, 4, 4: mean 2, biased variance 4, unbiased 16/3
class OpsBatchNormByHand : public testing::Test {
protected:
    Normalised run(const BatchNormOptions& options) {
        const std::vector<double> x{1, 2, 0, 0, 3, 6, 4, 4};   // (2, 2, 1, 2)
        const std::vector<double> theta{2.0, 1.0, 10.0, -1.0}; // scale, shift
        const std::vector<double> state{1.0, 0.0, 2.0, 8.0};   // mean, variance
        const Value t = tape.constant({4}, theta);
        const Value s = tape.constant({4}, state);
        return batch_norm(tape, tape.constant({2, 2, 1, 2}, x), vector_view(t, 0, 2),
                          vector_view(t, 2, 2), vector_view(s, 0, 2), vector_view(s, 2, 2),
                          options);
    }
    Tape<double> tape;
};

TEST_F(OpsBatchNormByHand, BatchStatisticsNormaliseAndMoveTheState) {
    const Normalised result = run({.momentum = 0.25, .epsilon = 0.0});
    const double r = 2.0 / std::sqrt(3.5);
    expect_near(elements(tape, result.y), {10 - 2 * r, 10 - r, -2, -2, 10, 10 + 3 * r, 0, 0});
    expect_near(elements(tape, result.mean), {1.5, 0.5});
    expect_near(elements(tape, result.variance), {1.5 + 3.5 / 3, 6 + 4.0 / 3}); // unbiased
}

TEST_F(OpsBatchNormByHand, RunningStatisticsAreUsedAndStay) {
    const Normalised result = run({.mode = NormMode::running, .epsilon = 1.0});
    const double r = 2.0 / std::sqrt(3.0);
    expect_near(elements(tape, result.y),
                {10, 10 + r, -1, -1, 10 + 2 * r, 10 + 5 * r, 4.0 / 3 - 1, 4.0 / 3 - 1});
    expect_near(elements(tape, result.mean), {1.0, 0.0});
    expect_near(elements(tape, result.variance), {2.0, 8.0});
}

TEST_F(OpsBatchNormByHand, ReEstimationTakesThePlainMeanOverBatches) {
    const Normalised first = run({.mode = NormMode::re_estimate, .step = 0});
    expect_near(elements(tape, first.mean), {3.0, 2.0}); // what the state held is forgotten
    expect_near(elements(tape, first.variance), {14.0 / 3, 16.0 / 3});
    const Normalised fourth = run({.mode = NormMode::re_estimate, .step = 3});
    expect_near(elements(tape, fourth.mean), {(3 * 1.0 + 3) / 4, 2.0 / 4});
    expect_near(elements(tape, fourth.variance), {(3 * 2 + 14.0 / 3) / 4, (3 * 8 + 16.0 / 3) / 4});
    EXPECT_EQ(elements(tape, first.y), elements(tape, fourth.y));
    EXPECT_EQ(elements(tape, first.y), elements(tape, run({}).y)); // batch statistics
}

TEST(OpsBatchNorm, TheResultHasMeanZeroAndVarianceOne) {
    for (const Shape& shape : {Shape({301, 11}), Shape({7, 5, 9, 13})}) {
        Tape<float> tape;
        auto x = test::normals<float>(shape.size(), 1, 3.0);
        for (float& value : x) value += 1000.0f; // far from zero: two passes are needed
        const Normalised result = batch_norm<float>(tape, tape.constant(shape, x), {}, {}, {}, {});
        const auto y = tape[result.y];
        const std::size_t plane = shape.size_from(2);
        const double count = static_cast<double>(shape[0] * plane);
        for (std::size_t c = 0; c < shape[1]; ++c) {
            double sum = 0.0;
            double squares = 0.0;
            for (std::size_t i = 0; i < y.size(); ++i) {
                if (i / plane % shape[1] != c) continue;
                sum += y[i];
                squares += static_cast<double>(y[i]) * y[i];
            }
            // x is known to 2^-14, a third of that in y
            EXPECT_NEAR(sum / count, 0.0, 5e-5);
            EXPECT_NEAR(squares / count, 1.0, 1e-4);
            EXPECT_NEAR(tape[result.mean][c], 1000.0, 1.0);
        }
    }
}

TEST(OpsBatchNorm, GradientsAreRightInEveryMode) {
    for (const NormMode mode : {NormMode::batch, NormMode::running, NormMode::re_estimate}) {
        for (const Shape& shape : kShapes) {
            SCOPED_TRACE(to_string(shape) + " mode " + std::to_string(static_cast<int>(mode)));
            const std::size_t n = shape[1];
            std::vector<std::vector<double>> in{
                test::normal_values(shape.size(), 1), test::normal_values(n, 2),
                test::normal_values(n, 3), test::normal_values(n, 4), test::normal_values(n, 5)};
            for (double& v : in[4]) v = 0.5 + std::abs(v);
            for (const std::size_t output : {0u, 1u, 2u}) { // y and both new statistics
                if (output > 0 && shape.size() > 30) continue;
                const auto graph = [&](Tape<double>& t, Inputs v) {
                    const BatchNormOptions options{
                        .mode = mode, .momentum = 0.3, .epsilon = 0.01, .step = 2};
                    const Normalised result = batch_norm(t, v[0], whole(t, v[1]), whole(t, v[2]),
                                                         whole(t, v[3]), whole(t, v[4]), options);
                    return Tape<double>::output(result.y, output);
                };
                expect_gradients(graph, {shape, {n}, {n}, {n}, {n}}, in, 1e-6);
            }
        }
    }
}

TEST(OpsBatchNorm, GradientsFromAllOutputsAddUp) {
    const auto graph = [](Tape<double>& t, Inputs v) {
        const Normalised result =
            batch_norm(t, v[0], {}, {}, whole(t, v[1]), whole(t, v[2]), {.momentum = 0.5});
        const WeightView scale = whole(t, result.mean);
        return batch_norm(t, result.y, scale, whole(t, result.variance), {}, {}).y;
    };
    expect_gradients(graph, {{4, 3, 2, 2}, {3}, {3}}, 1e-6);
}

// x, scale, shift, mean, variance of C channels in views; variance is one row apart
const auto kBatchNorm = [](auto& tape, Inputs in, Views w) {
    return batch_norm(tape, in[0], w[0], w[1], w[2], w[3]).y;
};
std::vector<test::ViewExtents> vectors(std::size_t count, std::size_t channels) {
    return std::vector<test::ViewExtents>(count, {1, 1, channels});
}

TEST(OpsBatchNorm, NarrowedViewsHaveRightGradients) {
    test::expect_view_gradients(kBatchNorm, {{4, 5}}, vectors(4, 5), 1e-6);
    test::expect_view_gradients(kBatchNorm, {{2, 5, 3, 3}}, vectors(4, 5), 1e-6);
}

TEST(OpsBatchNorm, AConstantChannelBecomesItsShift) {
    Tape<float> tape;
    const Value x = tape.filled(0.1f, {8, 2, 3, 3});
    const Normalised result = batch_norm<float>(tape, x, {}, filled_view(tape, 2, 0.5f), {}, {});
    for (const float y : tape[result.y]) EXPECT_NEAR(y, 0.5f, 1e-5);
}

TEST(OpsBatchNorm, NaNStaysInItsChannel) {
    Tape<float> tape;
    auto x = test::normals<float>(5 * 9, 1);
    x[9 + 2] = std::numeric_limits<float>::quiet_NaN();
    const Normalised result = batch_norm<float>(tape, tape.constant({5, 9}, x), {}, {}, {}, {});
    for (std::size_t i = 0; i < x.size(); ++i) {
        EXPECT_EQ(std::isnan(tape[result.y][i]), i % 9 == 2);
    }
    EXPECT_TRUE(std::isnan(tape[result.variance][2]));
}

TEST(OpsBatchNorm, WhatDoesNotFitIsRefused) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {4, 3});
    const WeightView three = filled_view(tape, 3, 1.0);
    const WeightView two = filled_view(tape, 2, 1.0);
    const auto message = [&](auto... arguments) {
        return test::message_of<std::invalid_argument>(
            [&] { (void)batch_norm(tape, arguments...); });
    };
    const WeightView none;
    EXPECT_EQ(message(x, two, three, three, three),
              "batch_norm: scale must have 3 elements, got 2");
    EXPECT_EQ(message(x, three, three, three, two),
              "batch_norm: running variance must have 3 elements, got 2");
    EXPECT_EQ(message(tape.filled(1.0, {1, 3}), three, three, three, three),
              "batch_norm: batch statistics need at least 2 values per channel, got 1");
    EXPECT_EQ(message(tape.filled(1.0, {3}), none, none, none, none),
              "batch_norm: x must have shape (N, C, ...) with N, C >= 1, got (3)");
    EXPECT_EQ(message(x, none, none, none, none, BatchNormOptions{.mode = NormMode::running}),
              "batch_norm: mode running needs a running mean and variance; else both or none");
    EXPECT_EQ(message(x, none, none, none, none, BatchNormOptions{.momentum = 1.5}),
              "batch_norm: momentum must lie in [0, 1], got 1.500000");
    EXPECT_EQ(message(x, none, none, none, none, BatchNormOptions{.epsilon = -1.0}),
              "batch_norm: epsilon must be >= 0, got -1.000000");
    EXPECT_EQ(message(x, vector_view(three.source, 1, 3), none, none, none),
              "batch_norm: a view ends at element 4 of a vector of 3");
    EXPECT_NO_THROW((void)batch_norm(tape, tape.filled(1.0, {1, 3}), three, three, three, three,
                                     {.mode = NormMode::running}));
}

// ---- layer, RMS, group and instance norm

// 1, 2, 3, 6: mean 3, biased variance 3.5, mean square 12.5
TEST(OpsLayerNorm, ValuesAreThoseWorkedByHand) {
    Tape<double> tape;
    const std::vector<double> x{1, 2, 3, 6};
    const std::vector<double> theta{1, 2, 3, 4, 0.5, 0.5, 0.5, 0.5};
    const Value v = tape.constant({1, 4}, x);
    const Value t = tape.constant({8}, theta);
    const double r = 1.0 / std::sqrt(3.5);
    expect_near(elements(tape, layer_norm(tape, v, vector_view(t, 0, 4), vector_view(t, 4, 4), 0)),
                {0.5 - 2 * r, 0.5 - 2 * r, 0.5, 0.5 + 12 * r});
    const double q = 1.0 / std::sqrt(12.5 + 1.0);
    expect_near(elements(tape, rms_norm(tape, v, vector_view(t, 0, 4), 1.0)),
                {q, 4 * q, 9 * q, 24 * q});
}

TEST(OpsGroupNorm, ValuesAreThoseWorkedByHand) {
    Tape<double> tape;
    // one example, 4 channels of 2: groups of two channels are 1 2 3 6 and 0 0 4 4
    const std::vector<double> x{1, 2, 3, 6, 0, 0, 4, 4};
    const std::vector<double> scale{1, 2, 1, 3};
    const Value v = tape.constant({1, 4, 2}, x);
    const WeightView s = vector_view(tape.constant({4}, scale), 0, 4);
    const double r = 1.0 / std::sqrt(3.5);
    expect_near(elements(tape, group_norm(tape, v, 2, s, {}, 0.0)),
                {-2 * r, -r, 0, 6 * r, -1, -1, 3, 3});
    const Value each = instance_norm(tape, v, s, {}, 0.25); // 1 2 has variance 1/4, 3 6 has 9/4
    const double p = 1.0 / std::sqrt(0.5);
    const double q = 2.0 / std::sqrt(2.5);
    expect_near(elements(tape, each), {-0.5 * p, 0.5 * p, -1.5 * q, 1.5 * q, 0, 0, 0, 0});
}

const auto kLayerNorm = [](auto& tape, Inputs in, Views w) {
    return layer_norm(tape, in[0], w[0], w[1], 0.01);
};
const auto kRmsNorm = [](auto& tape, Inputs in, Views w) {
    return rms_norm(tape, in[0], w[0], 0.01);
};
const auto kGroupNorm = [](auto& tape, Inputs in, Views w) {
    return group_norm(tape, in[0], 3, w[0], w[1], 0.01);
};
const auto kInstanceNorm = [](auto& tape, Inputs in, Views w) {
    return instance_norm(tape, in[0], w[0], w[1], 0.01);
};

TEST(OpsLayerNorm, GradientsAreRightThroughViews) {
    for (const Shape& shape : {Shape({6}), Shape({5, 11}), Shape({2, 1, 33})}) {
        SCOPED_TRACE(to_string(shape));
        test::expect_view_gradients(kLayerNorm, {shape}, vectors(2, shape.back()), 1e-6);
        test::expect_view_gradients(kRmsNorm, {shape}, vectors(1, shape.back()), 1e-6);
        expect_gradients([](auto& t, auto in) { return layer_norm(t, in[0]); }, {shape}, 1e-6);
        expect_gradients([](auto& t, auto in) { return rms_norm(t, in[0]); }, {shape}, 1e-6);
    }
}

TEST(OpsGroupNorm, GradientsAreRightThroughViews) {
    for (const Shape& shape : {Shape({2, 6}), Shape({2, 6, 5}), Shape({3, 6, 2, 3})}) {
        SCOPED_TRACE(to_string(shape));
        test::expect_view_gradients(kGroupNorm, {shape}, vectors(2, 6), 1e-6);
        if (shape.size_from(2) > 1) {
            test::expect_view_gradients(kInstanceNorm, {shape}, vectors(2, 6), 1e-6);
        }
    }
    expect_gradients([](auto& t, auto in) { return group_norm(t, in[0], 2); }, {{2, 4, 3}}, 1e-6);
}

TEST(OpsNorm, AColumnOfAMatrixServesAsScale) {
    const test::ViewExtents column{1, 6, 1};
    test::expect_view_gradients(kGroupNorm, {{2, 6, 5}}, {column, column}, 1e-6);
    test::expect_view_gradients(kLayerNorm, {{2, 6}}, {column, {2, 3, 1}}, 1e-6);
    test::expect_view_bits<float>(kLayerNorm, {{2, 6}}, {column, {2, 3, 1}});
}

// scale and shift computed from another vector on the same tape, as a hypernetwork does
TEST(OpsNorm, ComputedScalesHaveRightGradients) {
    const auto generated = [](Tape<double>& t, Inputs in) {
        return linear(t, in[1], matrix_view(in[2], 0, 12, 3));
    };
    expect_gradients(
        [&](Tape<double>& t, Inputs in) {
            const Value theta = generated(t, in);
            const Value y =
                batch_norm(t, in[0], vector_view(theta, 0, 6), vector_view(theta, 6, 6), {}, {}).y;
            const Value z = group_norm(t, y, 2, vector_view(theta, 3, 6));
            return layer_norm(t, z, vector_view(theta, 1, 3), vector_view(theta, 8, 3));
        },
        {{4, 6, 3}, {1, 3}, {12, 3}}, 1e-6);
}

TEST(OpsNorm, WhatDoesNotFitIsRefused) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {4, 6});
    const WeightView four = filled_view(tape, 4, 1.0);
    const auto message = [](const auto& call) {
        return test::message_of<std::invalid_argument>(call);
    };
    EXPECT_EQ(message([&] { (void)group_norm(tape, x, 4); }),
              "group_norm: groups must divide the 6 channels, got 4");
    EXPECT_EQ(message([&] { (void)group_norm(tape, x, 0); }),
              "group_norm: groups must divide the 6 channels, got 0");
    EXPECT_EQ(message([&] { (void)layer_norm(tape, x, four); }),
              "layer_norm: scale must have 6 elements, got 4");
    EXPECT_EQ(message([&] { (void)layer_norm(tape, x, {}, four); }),
              "layer_norm: shift must have 6 elements, got 4");
    EXPECT_EQ(message([&] { (void)rms_norm(tape, tape.filled(1.0)); }),
              "rms_norm: x must have a last axis of at least 1 element, got shape ()");
    EXPECT_THROW((void)rms_norm(tape, x, {}, -1.0), std::invalid_argument);
    EXPECT_THROW((void)group_norm(tape, x, 2, {}, {}, std::nan("")), std::invalid_argument);
    EXPECT_THROW((void)instance_norm(tape, tape.filled(1.0, {3})), std::invalid_argument);
    EXPECT_THROW((void)instance_norm(tape, x, four), std::invalid_argument);
}

// ---- bits and memory, in both types

template <class T>
class OpsNormOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OpsNormOf, Scalars);

template <class T>
Value all_norms(Tape<T>& t, Inputs in) {
    const WeightView scale = vector_view(in[1], 1, 12);
    const WeightView shift = vector_view(in[1], 9, 12);
    const Normalised batch = batch_norm(t, in[0], scale, shift, scale, shift);
    const Value group = group_norm(t, batch.y, 3, scale, shift);
    const Value instance = instance_norm(t, group, whole(t, batch.mean), scale);
    const std::size_t last = t.shape(in[0]).back();
    return rms_norm(t, layer_norm(t, instance, vector_view(in[1], 0, last), {}),
                    vector_view(in[1], 3, last));
}

TYPED_TEST(OpsNormOf, BitsDoNotDependOnThreads) {
    using Graph = test::GraphOf<TypeParam>;
    using Record = Tape<TypeParam>;
    const Graph batch = [](Record& t, Inputs in) {
        const WeightView all = whole(t, in[1]);
        return batch_norm(t, in[0], all, all, {}, {}).y;
    };
    const Graph group = [](Record& t, Inputs in) {
        return group_norm(t, in[0], 3, whole(t, in[1]), whole(t, in[1]));
    };
    const Graph instance = [](Record& t, Inputs in) {
        return instance_norm(t, in[0], whole(t, in[1]), whole(t, in[1]));
    };
    const Graph layer = [](Record& t, Inputs in) {
        return layer_norm(t, in[0], whole(t, in[1]), whole(t, in[1]));
    };
    const Graph rms = [](Record& t, Inputs in) { return rms_norm(t, in[0], whole(t, in[1])); };
    for (const Graph& norm : {batch, group, instance}) {
        test::expect_same_bits_for_threads<TypeParam>(norm, {{33, 12, 19, 21}, {12}});
    }
    for (const Graph& norm : {group, instance}) {
        test::expect_same_bits_for_threads<TypeParam>(norm, {{3999, 12, 3}, {12}});
    }
    test::expect_same_bits_for_threads<TypeParam>(batch, {{499, 300, 3}, {300}});
    for (const Graph& norm : {batch, layer, rms}) {
        // columns are cut into ranges of 32 and more: 525 are enough for 8 threads
        test::expect_same_bits_for_threads<TypeParam>(norm, {{701, 525}, {525}});
    }
}

TYPED_TEST(OpsNormOf, NarrowedViewsGiveTheBitsOfACompactCopy) {
    test::expect_view_bits<TypeParam>(kBatchNorm, {{9, 5}}, vectors(4, 5));
    test::expect_view_bits<TypeParam>(kBatchNorm, {{2, 5, 3, 3}}, vectors(4, 5));
    test::expect_view_bits<TypeParam>(kBatchNorm, {{2, 3, 8, 9}}, vectors(4, 3));
    test::expect_view_bits<TypeParam>(kLayerNorm, {{5, 19}}, vectors(2, 19));
    test::expect_view_bits<TypeParam>(kRmsNorm, {{5, 19}}, vectors(1, 19));
    test::expect_view_bits<TypeParam>(kGroupNorm, {{2, 6, 5}}, vectors(2, 6));
    test::expect_view_bits<TypeParam>(kInstanceNorm, {{2, 6, 5}}, vectors(2, 6));
}

TYPED_TEST(OpsNormOf, MemoryIsSteady) {
    const auto norms = [](Tape<TypeParam>& t, Inputs in) { return all_norms(t, in); };
    test::expect_steady_memory<TypeParam>(norms, {{3, 12, 3, 7}, {40}});
}

TYPED_TEST(OpsNormOf, WithoutRecordingTheValuesAreTheSame) {
    const auto x = test::normals<TypeParam>(2 * 12 * 15, 1);
    const auto theta = test::normals<TypeParam>(40, 2);
    Tape<TypeParam> tape;
    const auto run = [&] {
        const Value v = tape.leaf(TensorView<const TypeParam>(x.data(), {2, 12, 3, 5}));
        return elements(tape, all_norms(tape, std::vector<Value>{v, tape.leaf(theta)}));
    };
    const auto recorded = run();
    tape.set_recording(false);
    EXPECT_TRUE(test::same_bits(run(), recorded));
}

} // namespace
} // namespace baldwin::ops_norm_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/attention.hpp>

#include "support/errors.hpp"
#include "support/gradient_check.hpp"
#include "support/operation_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace baldwin::ops_attention_test {
namespace {

using test::elements;
using Inputs = std::span<const Value>;
using Views = std::span<const WeightView>;

template <class T>
Value constant(Tape<T>& tape, const Shape& shape, const std::vector<T>& values) {
    return tape.constant(shape, values);
}

// keys chosen so that the scores of query 0 are 0 and ln 3: weights 1/4 and 3/4
class OpsAttentionByHand : public testing::Test {
protected:
    std::vector<double> run(const AttentionOptions& options) {
        const double s = std::sqrt(2.0) * std::log(3.0);
        const Value q = constant<double>(tape, {1, 2, 2}, {1, 0, 0, 1});
        const Value k = constant<double>(tape, {1, 2, 2}, {0, s, s, 0});
        const Value v = constant<double>(tape, {1, 2, 2}, {4, 8, 0, 4});
        return elements(tape, attention(tape, q, k, v, options));
    }
    Tape<double> tape;
};

void expect_near(const std::vector<double>& values, const std::vector<double>& expected) {
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-14) << i;
}

TEST_F(OpsAttentionByHand, ResultsAreWeightedMeansOfTheValues) {
    expect_near(run({}), {1, 5, 3, 7}); // (4 + 3 * 0) / 4, (8 + 3 * 4) / 4 and the other way round
}
TEST_F(OpsAttentionByHand, ACausalQuerySeesNothingLater) {
    expect_near(run({.causal = true}), {4, 8, 3, 7});
}
TEST_F(OpsAttentionByHand, AMaskedKeyIsNotSeen) {
    const std::vector<std::uint8_t> second{0, 1};
    expect_near(run({.key_mask = second}), {0, 4, 0, 4});
}
TEST_F(OpsAttentionByHand, WhereNothingIsSeenTheResultIsZero) {
    const std::vector<std::uint8_t> none{0, 0};
    const std::vector<std::uint8_t> second{0, 1};
    expect_near(run({.key_mask = none}), {0, 0, 0, 0});
    expect_near(run({.causal = true, .key_mask = second}), {0, 0, 0, 4});
}
TEST_F(OpsAttentionByHand, HeadsLookAtTheirOwnPart) {
    // width 1: scores of head 0 are q[0] k[0] = (0, s) and (0, 0), of head 1 (0, 0) and (s, 0)
    const double large = std::pow(3.0, std::sqrt(2.0));
    const double w = large / (1 + large);
    expect_near(run({.heads = 2}), {4 * (1 - w), 6, 2, 4 + 4 * w});
}

TEST(OpsAttention, TheLastQueryStandsAtTheLastKey) {
    Tape<double> tape;
    const Value q = tape.filled(0.0, {1, 2, 1}); // equal scores: plain means
    const Value k = tape.filled(0.0, {1, 3, 1});
    const Value v = constant<double>(tape, {1, 3, 1}, {1, 3, 8});
    expect_near(elements(tape, attention(tape, q, k, v, {.causal = true})), {2, 4});
    const Value many = tape.filled(0.0, {1, 5, 1});
    expect_near(elements(tape, attention(tape, many, k, v, {.causal = true})), {0, 0, 1, 2, 4});
}

TEST(OpsAttention, TheRecordHoldsTheWeights) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {2, 3, 4});
    (void)attention(tape, x, x, x, {.heads = 2, .causal = true});
    const auto* operation = tape.node(0).as<ops::Attention>();
    ASSERT_NE(operation, nullptr);
    const double* weights = operation->weights<double>();
    for (std::size_t row = 0; row < 2 * 2 * 3; ++row) {
        for (std::size_t j = 0; j < 3; ++j) {
            const double expected = j <= row % 3 ? 1.0 / static_cast<double>(row % 3 + 1) : 0.0;
            EXPECT_NEAR(weights[row * 3 + j], expected, 1e-15);
        }
    }
}

TEST(OpsAttention, GradientsAreRight) {
    const std::vector<std::uint8_t> mask{1, 0, 1, 1, 1, 0, 0, 0, 0, 0}; // nothing in example 1
    for (const bool causal : {false, true}) {
        for (const bool masked : {false, true}) {
            SCOPED_TRACE(std::string(causal ? "causal " : "") + (masked ? "masked" : ""));
            AttentionOptions options{.heads = 2, .causal = causal};
            if (masked) options.key_mask = mask;
            const auto graph = [&](Tape<double>& t, Inputs in) {
                return attention(t, in[0], in[1], in[2], options);
            };
            test::expect_gradients(graph, {{2, 3, 4}, {2, 5, 4}, {2, 5, 6}}, 1e-6);
        }
    }
    const auto self = [](Tape<double>& t, Inputs in) { return attention(t, in[0], in[0], in[0]); };
    test::expect_gradients(self, {{2, 4, 3}}, 1e-6);
}

TEST(OpsAttention, MasksAreCopied) {
    Tape<double> tape;
    const auto x = test::normal_values(12, 1);
    std::vector<std::uint8_t> mask{1, 1, 0};
    const Value v = tape.leaf(TensorView<const double>(x.data(), {1, 3, 4}));
    const Value y = attention(tape, v, v, v, {.causal = true, .key_mask = mask});
    std::vector<double> before(12), after(12);
    tape.backward({{y}}, {{v, before}});
    mask.assign(3, 0);
    tape.backward({{y}}, {{v, after}});
    EXPECT_EQ(before, after);
}

TEST(OpsAttention, LargeScoresNeitherOverflowNorHideNaN) {
    Tape<float> tape;
    const Value q = constant<float>(tape, {1, 1, 1}, {1e4f});
    const Value k = constant<float>(tape, {1, 2, 1}, {1e4f, -1e4f});
    const Value v = constant<float>(tape, {1, 2, 1}, {2.0f, 5.0f});
    EXPECT_EQ(elements(tape, attention(tape, q, k, v))[0], 2.0f);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Value bad = constant<float>(tape, {1, 2, 1}, {nan, 1.0f});
    EXPECT_TRUE(std::isnan(elements(tape, attention(tape, q, bad, v))[0]));
    const std::vector<std::uint8_t> second{0, 1};
    EXPECT_EQ(elements(tape, attention(tape, q, bad, v, {.key_mask = second}))[0], 5.0f);
}

TEST(OpsAttention, WhatDoesNotFitIsRefused) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {2, 3, 4});
    const Value longer = tape.filled(1.0, {2, 5, 4});
    const Value wider = tape.filled(1.0, {2, 3, 6});
    const std::vector<std::uint8_t> mask(5, 1);
    const auto message = [&](auto... arguments) {
        return test::message_of<std::invalid_argument>(
            [&] { (void)attention(tape, arguments...); });
    };
    EXPECT_EQ(message(x, x, longer), "attention: q (N, Q, D), k (N, K, D), v (N, K, E) expected, "
                                     "got (2, 3, 4), (2, 3, 4), (2, 5, 4)");
    EXPECT_NE(message(x, wider, wider), "(no exception)");
    EXPECT_NE(message(tape.filled(1.0, {3, 4}), x, x), "(no exception)");
    EXPECT_EQ(message(x, x, x, AttentionOptions{.heads = 3}),
              "attention: heads must divide the last axis of 4, got 3");
    EXPECT_EQ(message(x, x, wider, AttentionOptions{.heads = 4}),
              "attention: heads must divide the last axis of 6, got 4");
    EXPECT_EQ(message(x, x, x, AttentionOptions{.heads = 0}),
              "attention: heads must divide the last axis of 4, got 0");
    EXPECT_EQ(message(x, x, x, AttentionOptions{.key_mask = mask}),
              "attention: the key mask must have 6 elements, got 5");
}

// ---- multi-head attention: q, k, v as planes of 6 rows, of which 4 are used: 2 heads of width 2

const auto kMultiHead = [](auto& tape, Inputs in, Views w) {
    const auto weights = AttentionWeights::of_planes(w[0], w[1], w[2], w[3]);
    return multi_head_attention(tape, in[0], in[1], weights, {.heads = 2, .causal = true});
};
const std::vector<test::ViewExtents> kProjections{{3, 4, 5}, {1, 7, 4}, {3, 1, 4}, {1, 1, 7}};

TEST(OpsMultiHeadAttention, GradientsAreRightThroughViews) {
    test::expect_view_gradients(kMultiHead, {{2, 3, 5}, {2, 4, 5}}, kProjections, 1e-6);
}

TEST(OpsMultiHeadAttention, ItIsProjectionsAroundAttention) {
    Tape<double> tape;
    const auto theta = test::normal_values(3 * 16 + 16, 1);
    const Value t = tape.leaf(theta);
    const auto x = test::normal_values(24, 2);
    const Value v = tape.leaf(TensorView<const double>(x.data(), {2, 3, 4}));
    const auto weights =
        AttentionWeights::of_planes(planes_view(t, 0, 3, 4, 4), matrix_view(t, 48, 4, 4));
    const Value y = multi_head_attention(tape, v, v, weights, {.heads = 2});
    const auto project = [&](std::size_t p) {
        return linear(tape, v, matrix_view(t, 16 * p, 4, 4));
    };
    const Value z = linear(tape, attention(tape, project(0), project(1), project(2), {.heads = 2}),
                           matrix_view(t, 48, 4, 4));
    EXPECT_EQ(elements(tape, y), elements(tape, z));
}

TEST(OpsMultiHeadAttention, FewerHeadsAreANarrowedView) {
    Tape<float> tape;
    const auto theta = test::normals<float>(3 * 6 * 5 + 7 * 6 + 18, 1);
    const Value t = tape.leaf(theta);
    const auto all = AttentionWeights::of_planes(
        planes_view(t, 0, 3, 6, 5), matrix_view(t, 90, 7, 6), planes_view(t, 132, 3, 1, 6));
    const Value compact = tape.constant({3 * 4 * 5 + 7 * 4 + 12}, [&] {
        std::vector<float> copy;
        const auto rows = [&](std::size_t first, std::size_t stride, std::size_t count,
                              std::size_t columns) {
            for (std::size_t r = 0; r < count; ++r) {
                for (std::size_t c = 0; c < columns; ++c)
                    copy.push_back(theta[first + r * stride + c]);
            }
        };
        for (std::size_t p = 0; p < 3; ++p) rows(30 * p, 5, 4, 5);
        rows(90, 6, 7, 4);
        rows(132, 6, 3, 4);
        return copy;
    }());
    const auto copied = AttentionWeights::of_planes(planes_view(compact, 0, 3, 4, 5),
                                                    matrix_view(compact, 60, 7, 4),
                                                    planes_view(compact, 88, 3, 1, 4));
    const auto x = test::normals<float>(2 * 3 * 5, 2);
    const Value v = tape.leaf(TensorView<const float>(x.data(), {2, 3, 5}));
    const AttentionOptions two{.heads = 2};
    EXPECT_TRUE(
        test::same_bits(elements(tape, multi_head_attention(tape, v, v, all.narrowed(4), two)),
                        elements(tape, multi_head_attention(tape, v, v, copied, two))));
    EXPECT_THROW((void)AttentionWeights::of_planes(planes_view(t, 0, 2, 6, 5), all.output),
                 std::invalid_argument);
}

// projections computed by another network on the same tape
TEST(OpsMultiHeadAttention, ComputedWeightsHaveRightGradients) {
    test::expect_gradients(
        [](Tape<double>& t, Inputs in) {
            const Value theta = linear(t, in[1], matrix_view(in[2], 0, 32, 2));
            const auto weights = AttentionWeights::of_planes(planes_view(theta, 0, 3, 2, 4),
                                                             matrix_view(theta, 24, 4, 2));
            return multi_head_attention(t, in[0], in[0], weights, {});
        },
        {{1, 3, 4}, {1, 2}, {32, 2}}, 1e-6);
}

template <class T>
class OpsAttentionOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OpsAttentionOf, Scalars);

TYPED_TEST(OpsAttentionOf, BitsDoNotDependOnThreads) {
    std::vector<std::uint8_t> mask(9 * 65, 1);
    for (std::size_t i = 0; i < mask.size(); i += 3) mask[i] = 0;
    const auto graph = [&](Tape<TypeParam>& t, Inputs in) {
        return attention(t, in[0], in[0], in[1], {.heads = 3, .causal = true, .key_mask = mask});
    };
    test::expect_same_bits_for_threads<TypeParam>(graph, {{9, 65, 33}, {9, 65, 12}});
}

TYPED_TEST(OpsAttentionOf, NarrowedViewsGiveTheBitsOfACompactCopy) {
    test::expect_view_bits<TypeParam>(kMultiHead, {{2, 3, 5}, {2, 4, 5}}, kProjections);
}

TYPED_TEST(OpsAttentionOf, MemoryIsSteadyAndValuesDoNotDependOnRecording) {
    const std::vector<std::uint8_t> mask{1, 1, 0, 1, 1, 1};
    const auto graph = [&](Tape<TypeParam>& t, Inputs in) {
        return attention(t, in[0], in[0], in[0], {.heads = 2, .key_mask = mask});
    };
    test::expect_steady_memory<TypeParam>(graph, {{2, 3, 4}});
    const auto x = test::normals<TypeParam>(24, 1);
    Tape<TypeParam> tape;
    const auto run = [&] {
        const Value v = tape.leaf(TensorView<const TypeParam>(x.data(), {2, 3, 4}));
        return elements(tape, graph(tape, std::vector<Value>{v}));
    };
    const auto recorded = run();
    tape.set_recording(false);
    EXPECT_TRUE(test::same_bits(run(), recorded));
}

} // namespace
} // namespace baldwin::ops_attention_test

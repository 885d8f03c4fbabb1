// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/dropout.hpp>

#include "support/errors.hpp"
#include "support/gradient_check.hpp"
#include "support/operation_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <vector>

namespace baldwin::ops_dropout_test {
namespace {

using test::elements;

std::vector<float> mask(double probability, std::uint64_t stream, std::uint64_t step,
                        std::size_t count = 4096) {
    Tape<float> tape;
    const Value x = tape.filled(1.0f, {count});
    return elements(tape, dropout(tape, x, probability, Stream(7, stream), step));
}

TEST(OpsDropout, ElementsAreZeroOrScaled) {
    for (const float y : mask(0.2, 0, 0)) EXPECT_TRUE(y == 0.0f || y == 1.25f) << y;
    for (const float y : mask(0.0, 0, 0)) EXPECT_EQ(y, 1.0f);
}

// The share kept of n independent elements has standard error sqrt(p (1 - p) / n); 5 of them.
TEST(OpsDropout, TheShareDroppedIsTheProbability) {
    constexpr std::size_t kCount = 200000;
    for (const double p : {0.1, 0.5, 0.9}) {
        double dropped = 0.0;
        for (const float y : mask(p, 3, 1, kCount)) dropped += y == 0.0f ? 1.0 : 0.0;
        EXPECT_NEAR(dropped / kCount, p, 5 * std::sqrt(p * (1 - p) / kCount));
    }
}

// Two independent masks of p = 1/2 agree in half of the elements, with the same standard error;
// neighbours within one mask too.
TEST(OpsDropout, MasksOfOtherStepsAndStreamsAndNeighboursAreIndependent) {
    constexpr std::size_t kCount = 100000;
    const auto base = mask(0.5, 0, 0, kCount);
    auto shifted = base;
    std::rotate(shifted.begin(), shifted.begin() + 1, shifted.end());
    for (const auto& other : {mask(0.5, 0, 1, kCount), mask(0.5, 1, 0, kCount), shifted}) {
        double agreeing = 0.0;
        for (std::size_t i = 0; i < kCount; ++i) agreeing += base[i] == other[i] ? 1.0 : 0.0;
        EXPECT_NEAR(agreeing / kCount, 0.5, 5 * 0.5 / std::sqrt(kCount));
    }
    EXPECT_EQ(base, mask(0.5, 0, 0, kCount));
}

TEST(OpsDropout, AnElementsFateDependsOnItsIndexAlone) {
    const auto whole = mask(0.3, 0, 5, 3000);
    for (const std::size_t count : {1u, 7u, 511u, 512u, 513u, 2049u}) {
        const auto part = mask(0.3, 0, 5, count);
        EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()));
    }
    Tape<double> tape; // the same mask in double
    const auto y = elements(tape, dropout(tape, tape.filled(1.0, {3000}), 0.3, Stream(7, 0), 5));
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_EQ(y[i] == 0.0, whole[i] == 0.0f);
}

// over several chunks of the loop
TEST(OpsDropout, TheMaskIsThatOfTheStream) {
    const auto y = mask(0.3, 4, 5, 100000);
    const Stream draws = Stream(7, 4).substream(5);
    for (std::size_t i = 0; i < y.size(); ++i) {
        ASSERT_EQ(y[i] == 0.0f, draws.uniform_float(i) < 0.3f) << i;
    }
}

TEST(OpsDropout, GradientsAreRight) {
    const auto graph = [](auto& t, auto in) { return dropout(t, in[0], 0.4, Stream(1, 2), 3); };
    test::expect_gradients(graph, {{3, 17}});
    test::expect_gradients(
        [&](auto& t, auto in) {
            const Value y = graph(t, in);
            return dropout(t, y, 0.4, Stream(1, 2), 4);
        },
        {{40}});
}

TEST(OpsDropout, NaNIsNotHidden) {
    Tape<float> tape;
    const Value x = tape.filled(std::numeric_limits<float>::quiet_NaN(), {64});
    for (const float y : elements(tape, dropout(tape, x, 0.5, Stream(1), 0))) {
        EXPECT_TRUE(std::isnan(y));
    }
}

TEST(OpsDropout, AProbabilityOutsideItsRangeIsRefused) {
    Tape<float> tape;
    const Value x = tape.filled(1.0f, {4});
    const auto message = [&](double p) {
        return test::message_of<std::invalid_argument>(
            [&] { (void)dropout(tape, x, p, Stream(1), 0); });
    };
    EXPECT_EQ(message(1.0), "dropout: probability must lie in [0, 1), got 1.000000");
    EXPECT_EQ(message(-0.5), "dropout: probability must lie in [0, 1), got -0.500000");
    EXPECT_NE(message(std::nan("")), "(no exception)");
}

template <class T>
class OpsDropoutOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OpsDropoutOf, Scalars);

TYPED_TEST(OpsDropoutOf, BitsDoNotDependOnThreadsAndMemoryIsSteady) {
    const auto graph = [](Tape<TypeParam>& t, std::span<const Value> in) {
        return dropout(t, in[0], 0.3, Stream(1, 2), 3);
    };
    test::expect_same_bits_for_threads<TypeParam>(graph, {{300007}});
    test::expect_steady_memory<TypeParam>(graph, {{1000}});
}

} // namespace
} // namespace baldwin::ops_dropout_test

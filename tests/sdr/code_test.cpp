// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "support/errors.hpp"

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/code.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace baldwin::code_test {
namespace {

using namespace baldwin;
using test::message_of;

TEST(SdrCode, OverlapIsOneOnlyForEqualCodes) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SCOPED_TRACE(seed);
        const auto a = sdr::random_code({16, 8}, Stream(seed, 0));
        const auto b = sdr::random_code({16, 8}, Stream(seed, 1));
        EXPECT_EQ(sdr::overlap(a, b), sdr::overlap(b, a));
        EXPECT_EQ(sdr::overlap(a, b) == 1.0, a == b);
        EXPECT_EQ(sdr::overlap(a, a), 1.0);
        EXPECT_EQ(sdr::overlap(a.bits(), b.bits()), sdr::intersection(a.winners(), b.winners()));
        EXPECT_EQ(a.bits().count(), 16U);
    }
}

// Test 1 of the reference sheet for codes drawn without evidence. Each module agrees with
// probability 1/K, so an overlap has mean 1/8 and deviation sqrt((1/8)(7/8)/24) = 0.0675. 4000
// pairs: standard errors 0.0675 / sqrt(4000) = 0.00107 of the mean and, as overlaps are nearly
// normal, 0.0675 / sqrt(8000) = 0.00075 of the deviation; the bands are 5 of them.
TEST(SdrCode, RandomCodesOverlapByChanceOnly) {
    double sum = 0;
    double squares = 0;
    constexpr int kPairs = 4000;
    for (std::uint64_t i = 0; i < kPairs; ++i) {
        const double both = sdr::overlap(sdr::random_code({24, 8}, Stream(7, 2 * i)),
                                         sdr::random_code({24, 8}, Stream(7, 2 * i + 1)));
        sum += both;
        squares += both * both;
    }
    const double mean = sum / kPairs;
    EXPECT_NEAR(mean, 1.0 / 8, 5 * 0.00107);
    EXPECT_NEAR(std::sqrt(squares / kPairs - mean * mean), 0.0675, 5 * 0.00075);
}

TEST(SdrCode, NoiseChangesExactlyTheShareAskedFor) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto code = sdr::random_code({20, 5}, Stream(seed, 0));
        EXPECT_EQ(sdr::overlap(code, sdr::with_noise(code, 0.3, Stream(seed, 1))), 0.7);
        EXPECT_EQ(sdr::overlap(code, sdr::with_noise(code, 1.0, Stream(seed, 1))), 0.0);
        EXPECT_EQ(sdr::with_noise(code, 0.0, Stream(seed, 1)), code);
    }
}

TEST(SdrCode, SaysWhatIsWrong) {
    EXPECT_EQ(message_of([] {
                  return sdr::Code({0, 8}, {});
              }),
              "sdr::MacShape: modules (Q) must be in [1, 4096], got 0");
    EXPECT_EQ(message_of([] {
                  return sdr::Code({2, 1}, {0, 0});
              }),
              "sdr::MacShape: cells (K) must be in [2, 4096], got 1");
    EXPECT_EQ(message_of([] {
                  return sdr::Code({2, 5000}, {0, 0});
              }),
              "sdr::MacShape: cells (K) must be in [2, 4096], got 5000");
    EXPECT_EQ(message_of([] {
                  return sdr::Code({2, 8}, {0});
              }),
              "sdr::Code: there must be a winner for each of 2 modules, got 1");
    EXPECT_EQ(message_of([] {
                  return sdr::Code({2, 8}, {0, 8});
              }),
              "sdr::Code: winners must be below 8, got 8");
    const sdr::Code small({2, 8}, {1, 2});
    const sdr::Code large({3, 8}, {1, 2, 3});
    EXPECT_EQ(message_of([&] { return sdr::overlap(small, large); }),
              "sdr::overlap: codes must have the same shape, got 2 x 8 and 3 x 8");
    EXPECT_EQ(message_of([&] { return sdr::with_noise(small, 1.5, Stream(1)); }),
              "sdr::with_noise: share must be in [0, 1], got 1.500000");
}

} // namespace
} // namespace baldwin::code_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// The equations one by one: tests 5 and 10 of the reference sheet, and class A arithmetic.

#include "support/errors.hpp"

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/csa.hpp>
#include <baldwin/sdr/parameters.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

namespace baldwin::sdr::csa_test {
namespace {

// E9 by hand: 1 + 1^2 * 100 * 8 at G = 1; at (G - G-) / (1 - G-) = 1/2, 1 + 1/4 * 800.
TEST(SdrCsa, ContrastFollowsE9) {
    EXPECT_EQ(contrast(1.0, 8, {.floor = 0, .gamma = 2, .chi = 100}), 801);
    EXPECT_EQ(contrast(0.75, 8, {.floor = 0.5, .gamma = 2, .chi = 100}), 201);
    for (const double g : {0.0, 0.2, 0.5}) {
        EXPECT_EQ(contrast(g, 8, {.floor = 0.5, .gamma = 2, .chi = 100}), 1);
    }
}

// E10 by hand: half of eta - 1 at the centre; the limits 1 and eta; monotone in V.
TEST(SdrCsa, LikelihoodIsASigmoidBetweenOneAndEta) {
    EXPECT_EQ(win_likelihood(0.9, 801, 40, 0.9), 401);
    EXPECT_EQ(win_likelihood(0.3, 1, 40, 0.9), 1);
    double last = 1;
    for (int i = 0; i <= 100; ++i) {
        const double psi = win_likelihood(i / 100.0, 801, 40, 0.9);
        EXPECT_GE(psi, last) << i;
        EXPECT_LE(psi, 801);
        last = psi;
    }
    EXPECT_GT(last, 780); // 1 + 800 / (1 + e^-4) = 786.6
}

// The four-constant form of the sheet, 1 + (eta - 1) / (1 + (s1 exp(-s2 (V - s3)))^s4), is ours
// with L = s2 s4 and c = s3 + ln(s1) / s2. Both are a handful of roundings: 1e-12 relative.
TEST(SdrCsa, SlopeAndCentreReplaceFourConstants) {
    const double s1 = 3, s2 = 8, s3 = 0.4, s4 = 2.5, eta = 161;
    for (int i = 0; i <= 20; ++i) {
        const double v = i / 20.0;
        const double theirs = 1 + (eta - 1) / (1 + std::pow(s1 * std::exp(-s2 * (v - s3)), s4));
        const double ours = win_likelihood(v, eta, s2 * s4, s3 + std::log(s1) / s2);
        EXPECT_NEAR(ours, theirs, 1e-12 * theirs);
    }
}

// E6: one hypothesis weighs 1, more weigh zeta^A, B and more nothing. 2^0.6 by libm; the error of
// ours is a few units of the last place.
TEST(SdrCsa, HypothesesWeightFollowsE6) {
    const SignalParameters u{.mch_exponent = 0.6, .mch_ignore = 3};
    EXPECT_EQ(hypotheses_weight(1, u, MchForm::multiply), 1);
    EXPECT_NEAR(hypotheses_weight(2, u, MchForm::multiply), std::pow(2.0, 0.6), 1e-14);
    EXPECT_EQ(hypotheses_weight(3, u, MchForm::multiply), 0);
    EXPECT_EQ(hypotheses_weight(7, u, MchForm::multiply), 0);
    EXPECT_EQ(hypotheses_weight(2, u, MchForm::divide), 0.5);
}

TEST(SdrCsa, CutoffsAndExponentShapeEvidence) {
    const SignalParameters s{.exponent = 2, .min_cutoff = 0.1, .max_cutoff = 0.9};
    EXPECT_EQ(evidence(0.05, s, 2), 0);
    EXPECT_EQ(evidence(0.1, s, 2), 0.1 * 0.1);
    EXPECT_EQ(evidence(0.5, s, 2), 0.25);
    EXPECT_EQ(evidence(0.9, s, 2), 0.9 * 0.9);
    EXPECT_EQ(evidence(0.95, s, 2), 1);
    EXPECT_EQ(evidence(3.0, {}, 1), 1); // clipped
}

// Against libm, whose error is below 1 ulp: ours may be 3 off (13 roundings of which only the last
// few count fully; measured 1.6 over a million arguments).
TEST(SdrCsa, OwnExpAndPowAreAccurate) {
    const Stream stream(1);
    for (std::uint64_t i = 0; i < 20000; ++i) {
        const double x = (stream.uniform(i) - 0.5) * 120;
        EXPECT_NEAR(detail::exact_exp(x) / std::exp(x), 1, 3 * 0x1p-52) << x;
        const double base = stream.uniform(i + 20000) + 1e-6;
        const double power = 0.1 + 4 * stream.uniform(i + 40000);
        // an error of the logarithm is multiplied by up to |y ln x| < 57 before exp
        const double bound = (4 + 2 * std::abs(power * std::log(base))) * 0x1p-52;
        EXPECT_NEAR(detail::exact_pow(base, power) / std::pow(base, power), 1, bound);
    }
    EXPECT_EQ(detail::exact_pow(0.3, 3), 0.3 * 0.3 * 0.3);
    EXPECT_EQ(detail::exact_pow(0, 0.5), 0);
    EXPECT_EQ(detail::exact_exp(0), 1);
}

// Codes have the same bits in every build: these patterns came from a build with FMA instructions
// and from one for plain x86-64 without them.
TEST(SdrCsa, BitsAreThoseOfEveryBuild) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(detail::exact_exp(-1.7)), 0x3fc7622c78a98a07U);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(detail::exact_pow(0.37, 0.7)), 0x3fdfe8daae9b1fb1U);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(win_likelihood(0.61, 333.3, 28.1, 0.57)),
              0x406f797effde6a9cU);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(contrast(0.83, 20, {.floor = 0.1, .gamma = 1.7})),
              0x4095e85e013ac456U);
}

TEST(SdrCsa, PresetsAreInRange) {
    for (const auto& csa : {strict(), graded(), paper2014(), ndf(), demo()}) {
        EXPECT_NO_THROW(check(csa, 20));
    }
}

std::string refusal(void (*change)(CsaParameters&)) {
    CsaParameters csa;
    change(csa);
    return test::message_of([&] { check(csa, 20); });
}

TEST(SdrCsa, SaysWhichParameterIsOutOfRange) {
    EXPECT_EQ(refusal([](auto& p) { p.pi_minus = -0.1; }),
              "sdr::Mac: pi_minus must be in [0, 1], got -0.1");
    EXPECT_EQ(refusal([](auto& p) { p.pi_minus = 0.5, p.pi_plus = 0.4; }),
              "sdr::Mac: pi_plus must be in [pi_minus, 1], got 0.4");
    EXPECT_EQ(refusal([](auto& p) { p.persistence = 0; }),
              "sdr::Mac: persistence must be at least 1, got 0");
    EXPECT_EQ(refusal([](auto& p) { p.h.exponent = 0; }),
              "sdr::Mac: h.exponent must be in (0, 100], got 0");
    EXPECT_EQ(refusal([](auto& p) { p.u.max_cutoff = 1.5; }),
              "sdr::Mac: u.max_cutoff must be in [min_cutoff, 1], got 1.5");
    EXPECT_EQ(refusal([](auto& p) { p.contrast.floor = 1; }),
              "sdr::Mac: contrast.floor must be in [0, 1), got 1");
    EXPECT_EQ(refusal([](auto& p) { p.contrast.chi = 1e8; }),
              "sdr::Mac: contrast.chi must be at least 0 and below 2^26 / K, got 1e+08");
    EXPECT_EQ(refusal([](auto& p) { p.slope = std::nan(""); }),
              "sdr::Mac: slope must be in [0, 1000], got nan");
    EXPECT_EQ(test::message_of([] { check(Plasticity{.u_limit = 0}); }),
              "sdr::Mac: u_limit must be in (0, 1], got 0");
}

} // namespace
} // namespace baldwin::sdr::csa_test

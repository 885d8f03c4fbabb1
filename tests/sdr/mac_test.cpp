// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// One mac: tests 1 to 6 and 10 of the reference sheet.

#include "support/errors.hpp"

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/mac.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::sdr::mac_test {
namespace {

constexpr std::size_t kPixels = 144;
constexpr std::size_t kActive = 12;

MacParameters soft(const CsaParameters& csa, const MacShape& shape) {
    MacParameters p{shape, csa, {.freeze = FreezeScope::none}};
    p.csa.retrieval_choice = Choice::soft;
    return p;
}

std::vector<Cell> code_of(const Mac& mac) { return {mac.winners().begin(), mac.winners().end()}; }

/// A frame that shares the first \p shared of twelve pixels with the frame of all twelve.
BitSet sharing(std::size_t shared) {
    BitSet set(kPixels);
    for (std::size_t i = 0; i < kActive; ++i) set.set(i < shared ? i : 100 + i);
    return set;
}

// Test 2: the only stored item has all weights from its pixels, so a probe that shares o of S
// pixels has V = (o / S)^lambda for the winners, in every module. G is the mean of 24 equal
// numbers: 24 roundings of 2^-53 at most.
TEST(SdrMac, FamiliarityOfASharedPartIsExact) {
    for (const double exponent : {1.0, 2.0}) {
        MacParameters p{{24, 8}, strict(), {}};
        p.csa.first_exponent = exponent;
        Mac mac(p, kPixels, Stream(1));
        mac.learn(sharing(12));
        EXPECT_EQ(mac.familiarity(), 0);
        for (std::size_t shared = 0; shared <= kActive; ++shared) {
            mac.recognise(sharing(shared));
            const double expected = std::pow(static_cast<double>(shared) / kActive, exponent);
            EXPECT_NEAR(mac.familiarity(), expected, 24 * 0x1p-53) << shared;
        }
    }
}

// Test 3: V is 1 for the stored winner and 0 for the others, so P = psi(1) / (psi(1) + (K - 1)
// psi(0)). The four figures are the sheet's, to its four digits; the drawn share is that of 1000
// trials of 24 modules: standard error sqrt(P (1 - P) / 24000), the band is 4 of them.
TEST(SdrMac, SoftReinstatementFollowsTheFormula) {
    const std::vector<std::pair<CsaParameters, std::pair<double, double>>> presets = {
        {graded(), {0.9656, 0.9587}}, {strict(), {0.9912, 0.9904}}};
    for (const auto& [csa, figures] : presets) {
        for (const auto& [cells, figure] :
             {std::pair<std::size_t, double>{8, figures.first}, {20, figures.second}}) {
            const double eta = contrast(1, cells, csa.contrast);
            const double best = win_likelihood(1, eta, csa.slope, csa.centre);
            const double rest = win_likelihood(0, eta, csa.slope, csa.centre);
            const double p = best / (best + static_cast<double>(cells - 1) * rest);
            EXPECT_NEAR(p, figure, 0.00005);
            std::size_t same = 0;
            for (std::uint64_t trial = 0; trial < 1000; ++trial) {
                Mac mac(soft(csa, {24, cells}), kPixels, Stream(2, trial));
                mac.learn(sharing(12));
                const auto stored = code_of(mac);
                mac.recognise(sharing(12));
                same += intersection(stored, mac.winners());
            }
            EXPECT_NEAR(static_cast<double>(same) / 24000, p, 4 * std::sqrt(p * (1 - p) / 24000));
        }
    }
}

// Test 1: at G = 0 winners are drawn uniformly, so codes of disjoint inputs agree in 1/8 of the
// modules, deviation sqrt((1/8)(7/8)/24) = 0.0675 of one overlap; standard errors of 1000 trials
// 0.00213 and 0.00151, bands 4 of them.
TEST(SdrMac, CodesOfUnrelatedInputsOverlapByChance) {
    double sum = 0;
    double squares = 0;
    for (std::uint64_t trial = 0; trial < 1000; ++trial) {
        Mac mac(soft(strict(), {24, 8}), kPixels, Stream(3, trial));
        mac.learn(sharing(12));
        const auto stored = code_of(mac);
        mac.learn(sharing(0));
        EXPECT_EQ(mac.familiarity(), 0);
        const double both = static_cast<double>(intersection(stored, mac.winners())) / 24;
        sum += both;
        squares += both * both;
    }
    const double mean = sum / 1000;
    EXPECT_NEAR(mean, 0.125, 4 * 0.00213);
    EXPECT_NEAR(std::sqrt(squares / 1000 - mean * mean), 0.0675, 4 * 0.00151);
}

// Test 4.
TEST(SdrMac, HardRetrievalInAFreshMacIsExact) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SCOPED_TRACE(seed);
        Mac mac({{50, 20}, strict(), {}}, 784, Stream(seed));
        const BitSet frame = random_bits(784, 100, Stream(seed, 9));
        mac.learn(frame);
        const auto stored = code_of(mac);
        mac.recognise(frame);
        EXPECT_EQ(code_of(mac), stored);
        EXPECT_EQ(mac.familiarity(), 1);
        EXPECT_EQ(mac.hypotheses(), 1U);
    }
}

// Test 5: rho sums to 1 in each module and is uniform where nothing is familiar.
TEST(SdrMac, ExplanationIsALikelihood) {
    Mac mac(soft(graded(), {10, 7}), kPixels, Stream(4));
    const auto rows = sharing(12).indices();
    const ActiveRows group{rows, 1};
    const Afferents afferents{.u = {&group, 1}, .features = rows.size()};
    for (const double rho : mac.explain(afferents, Mode::learn).rho) EXPECT_EQ(rho, 1.0 / 7);
    for (std::uint64_t i = 0; i < 10; ++i) mac.learn(random_bits(kPixels, 12, Stream(5, i)));
    mac.learn(sharing(9));
    const Explanation known = mac.explain(afferents, Mode::recognise);
    EXPECT_EQ(known.eta, contrast(known.familiarity, 7, graded().contrast));
    for (std::size_t q = 0; q < 10; ++q) {
        double sum = 0;
        for (std::size_t k = 0; k < 7; ++k) {
            sum += known.rho[q * 7 + k];
            EXPECT_GE(known.psi[q * 7 + k], 1);
            EXPECT_LE(known.psi[q * 7 + k], known.eta);
        }
        EXPECT_NEAR(sum, 1, 7 * 0x1p-52); // 7 roundings
    }
    mac.recognise(sharing(12)); // the short way of counts gives the same G
    EXPECT_EQ(mac.familiarity(), known.familiarity);
    EXPECT_EQ(mac.hypotheses(), known.hypotheses);
}

// Test 6: 2000 draws of each of 50 modules (1e5 in all) against rho. Cells that are expected less
// than 5 times are taken together. The sum of chi-squares has d degrees of freedom, mean d and
// deviation sqrt(2 d); the band is 5 deviations.
TEST(SdrMac, WinnersAreDrawnByTheirLikelihood) {
    constexpr std::size_t kDraws = 2000;
    Mac mac(soft(graded(), {50, 20}), kPixels, Stream(6));
    for (std::uint64_t i = 0; i < 30; ++i) mac.learn(random_bits(kPixels, 12, Stream(7, i)));
    const BitSet probe = moved(random_bits(kPixels, 12, Stream(7, 3)), 0.25, Stream(8));
    const auto rows = probe.indices();
    const ActiveRows group{rows, 1};
    const auto rho = mac.explain({.u = {&group, 1}, .features = 12}, Mode::recognise).rho;
    std::vector<double> won(rho.size());
    for (std::size_t i = 0; i < kDraws; ++i) {
        mac.recognise(probe);
        for (std::size_t q = 0; q < 50; ++q) ++won[q * 20 + mac.winners()[q]];
    }
    double chi_square = 0;
    double freedom = 0;
    for (std::size_t q = 0; q < 50; ++q) {
        double rare_expected = 0;
        double rare_won = 0;
        freedom -= 1;
        const auto add = [&](double expected, double seen) {
            chi_square += (seen - expected) * (seen - expected) / expected;
            freedom += 1;
        };
        for (std::size_t i = q * 20; i < (q + 1) * 20; ++i) {
            const double expected = rho[i] * kDraws;
            if (expected >= 5) {
                add(expected, won[i]);
            } else {
                rare_expected += expected;
                rare_won += won[i];
            }
        }
        if (rare_expected > 0) add(rare_expected, rare_won);
    }
    EXPECT_GT(freedom, 300);
    EXPECT_NEAR(chi_square, freedom, 5 * std::sqrt(2 * freedom));
}

// Test 10: the band takes both edges in; 0.05 and 0.10 of 144 pixels are 7.2 and 14.4.
TEST(SdrMac, ActivationBandIncludesItsEdges) {
    MacParameters p{{8, 8}, strict(), {}};
    p.csa.pi_minus = 0.05;
    p.csa.pi_plus = 0.10;
    Mac mac(p, kPixels, Stream(1));
    const auto is_active = [&](std::size_t pixels) {
        mac.learn(random_bits(kPixels, pixels, Stream(2, pixels)));
        return mac.is_active();
    };
    EXPECT_FALSE(is_active(7));
    EXPECT_EQ(mac.winners()[0], kNoCell);
    EXPECT_TRUE(is_active(8));
    EXPECT_TRUE(is_active(14));
    EXPECT_FALSE(is_active(15));
    EXPECT_FALSE(is_active(0));
    p.csa.pi_minus = 8.0 / 144; // a whole number of pixels despite rounding
    p.csa.pi_plus = 14.0 / 144;
    mac = Mac(p, kPixels, Stream(1));
    EXPECT_FALSE(is_active(7));
    EXPECT_TRUE(is_active(8));
    EXPECT_TRUE(is_active(14));
    EXPECT_FALSE(is_active(15));
}

// Test 10: a code stays for exactly `persistence` frames, whatever comes.
TEST(SdrMac, PersistenceHoldsACode) {
    MacParameters p{{16, 8}, strict(), {}};
    p.csa.persistence = 3;
    Mac mac(p, kPixels, Stream(1));
    std::vector<std::vector<Cell>> codes;
    for (std::uint64_t frame = 0; frame < 9; ++frame) {
        const auto rows = random_bits(kPixels, 12, Stream(2, frame)).indices();
        const ActiveRows group{rows, 1};
        mac.present({.u = {&group, 1}, .features = 12, .is_first = frame == 0}, Mode::learn);
        codes.push_back(code_of(mac));
    }
    for (std::size_t frame = 1; frame < 9; ++frame) {
        EXPECT_EQ(codes[frame] == codes[frame - 1], frame % 3 != 0) << frame;
    }
}

// Calibrated noise with p(G) = G: E[intersection] / Q = G + (1 - G) / K. 1000 trials of 24 modules,
// which share G, so they are independent: the band is 4 standard errors.
TEST(SdrMac, CalibratedNoiseIsLinearInFamiliarity) {
    for (const std::size_t shared : {0U, 3U, 6U, 9U, 12U}) {
        MacParameters p{{24, 8}, strict(), {.freeze = FreezeScope::none}};
        p.csa.retrieval_choice = Choice::calibrated;
        std::size_t same = 0;
        for (std::uint64_t trial = 0; trial < 1000; ++trial) {
            Mac mac(p, kPixels, Stream(9, trial));
            mac.learn(sharing(12));
            const auto stored = code_of(mac);
            mac.recognise(sharing(shared));
            same += intersection(stored, mac.winners());
        }
        const double g = static_cast<double>(shared) / kActive;
        const double expected = g + (1 - g) / 8;
        EXPECT_NEAR(static_cast<double>(same) / 24000, expected,
                    4 * std::sqrt(expected * (1 - expected) / 24000) + 1e-12)
            << shared;
    }
}

TEST(SdrMac, PreviousWinnersCanBeExcluded) {
    MacParameters p{{16, 4}, strict(), {}};
    p.csa.exclude_previous_winner = true;
    Mac mac(p, kPixels, Stream(1));
    const auto rows = sharing(12).indices();
    const ActiveRows group{rows, 1};
    std::vector<Cell> last;
    for (int frame = 0; frame < 20; ++frame) {
        const Mode mode = frame < 10 ? Mode::learn : Mode::recognise;
        mac.present({.u = {&group, 1}, .features = 12}, mode);
        if (frame > 0) {
            EXPECT_EQ(intersection(last, mac.winners()), 0U);
        }
        last = code_of(mac);
    }
}

// The centre goes from 0.1 to 0.9 in hundredths of the way as the largest mean V grows: after one
// item the mean V of a second that shares all its pixels is 1/K (the winners' V is 1), so with
// K = 4 it stands at 25 steps, 0.1 + 0.25 * 0.8.
TEST(SdrMac, RatchetRaisesTheCentre) {
    MacParameters p{{16, 4}, strict(), {.freeze = FreezeScope::none}};
    p.csa.ratchet = true;
    p.csa.ratchet_from = 0.1;
    Mac mac(p, kPixels, Stream(1));
    EXPECT_DOUBLE_EQ(mac.centre(), 0.1);
    mac.learn(sharing(12));
    EXPECT_DOUBLE_EQ(mac.centre(), 0.1);
    mac.learn(sharing(12));
    EXPECT_DOUBLE_EQ(mac.centre(), 0.1 + 0.25 * 0.8);
    mac.learn(sharing(0));
    EXPECT_DOUBLE_EQ(mac.centre(), 0.1 + 0.25 * 0.8); // never back
}

// Z by the band counts missing weights of a small input less: 8 active of at least 6 needed give
// min(1, 8 / 6).
TEST(SdrMac, ThresholdNormaliserDividesByTheBand) {
    MacParameters p{{8, 8}, strict(), {}};
    p.csa.normaliser = Normaliser::pi_minus;
    p.csa.pi_minus = 16.0 / 144;
    Mac mac(p, kPixels, Stream(1));
    mac.learn(random_bits(kPixels, 40, Stream(2)));
    mac.recognise(moved(random_bits(kPixels, 40, Stream(2)), 0.8, Stream(3))); // 8 of 40 are left
    EXPECT_NEAR(mac.familiarity(), 8.0 / 16, 8 * 0x1p-53);
}

TEST(SdrMac, SameSeedSameCodesOnEveryKernel) {
    const auto run = [](KernelPath path, std::uint64_t seed) {
        Mac mac({{50, 20}, graded(), {}}, 784, Stream(seed));
        mac.set_kernel(path);
        for (std::uint64_t i = 0; i < 60; ++i) mac.learn(random_bits(784, 90 + i, Stream(1, i)));
        return std::vector<std::uint64_t>(mac.state().history);
    };
    const auto expected = run(KernelPath::portable, 1);
    EXPECT_NE(expected, run(KernelPath::portable, 2));
    for (const auto path : {KernelPath::automatic, KernelPath::avx2, KernelPath::avx512}) {
        if (has_path(path)) {
            EXPECT_EQ(run(path, 1), expected);
        }
    }
}

TEST(SdrMac, SaysWhatIsWrong) {
    EXPECT_EQ(test::message_of([] {
                  Mac({{0, 8}, strict(), {}}, 10, Stream(1));
              }),
              "sdr::MacShape: modules (Q) must be in [1, 4096], got 0");
    EXPECT_EQ(test::message_of([] {
                  Mac({{8, 1}, strict(), {}}, 10, Stream(1));
              }),
              "sdr::MacShape: cells (K) must be in [2, 4096], got 1");
    Mac mac({{8, 8}, strict(), {}}, 10, Stream(1));
    EXPECT_EQ(test::message_of([&] { mac.learn(BitSet(11)); }),
              "sdr::Mac: a frame must have 10 bits, got 11");
}

} // namespace
} // namespace baldwin::sdr::mac_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Critical periods and decay: tests 8 and 9 of the reference sheet.

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/mac.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace baldwin::sdr::plasticity_test {
namespace {

constexpr std::size_t kPixels = 144;

BitSet frame(std::uint64_t i) { return random_bits(kPixels, 12, Stream(11, i)); }

Mac mac_with(const Plasticity& plasticity, const MacShape& shape = {24, 16}) {
    return Mac({shape, strict(), plasticity}, kPixels, Stream(1));
}

/// Counted bit by bit.
double saturation_by_hand(const Mac& mac) {
    const BinaryWeights& weights = mac.weights(Signals::u);
    std::size_t on = 0;
    for (std::size_t j = 0; j < kPixels; ++j) {
        for (std::size_t q = 0; q < mac.shape().modules; ++q) {
            for (std::size_t k = 0; k < mac.shape().cells; ++k) {
                on += weights.weight(j, weights.layout().bit(q, k)) ? 1U : 0U;
            }
        }
    }
    return static_cast<double>(on) / static_cast<double>(kPixels * mac.shape().units());
}

// Test 9: each weight stays 0 with probability 1 - S/N whenever its cell wins, which is n/K times:
// p = 1 - (1 - S/N)^(n/K), within 10 % as the sheet says (winners are not quite independent).
TEST(SdrPlasticity, SaturationFollowsTheLaw) {
    Mac mac = mac_with({.freeze = FreezeScope::none});
    for (std::uint64_t n = 1; n <= 100; ++n) {
        mac.learn(frame(n));
        if (n != 50 && n != 100) continue;
        const double law = 1 - std::pow(1 - 12.0 / 144, static_cast<double>(n) / 16);
        EXPECT_NEAR(mac.weights(Signals::u).saturation(), law, 0.1 * law);
        EXPECT_DOUBLE_EQ(mac.weights(Signals::u).saturation(), saturation_by_hand(mac));
    }
}

// Test 9: a cell freezes in the step in which it first passes the limit, and then no weight of it
// changes any more, while those of others do.
TEST(SdrPlasticity, FrozenCellsNeverChangeAgain) {
    constexpr double kLimit = 0.2;
    Mac mac = mac_with({.freeze = FreezeScope::unit, .u_limit = kLimit});
    const BinaryWeights& weights = mac.weights(Signals::u);
    const auto& layout = weights.layout();
    std::vector<double> before(layout.bits());
    std::size_t frozen = 0;
    for (std::uint64_t n = 0; n < 150; ++n) {
        std::vector<bool> was_frozen(layout.bits());
        for (std::size_t unit = 0; unit < layout.bits(); ++unit) {
            was_frozen[unit] = weights.is_frozen(unit);
            before[unit] = weights.saturation(unit);
        }
        mac.learn(frame(n));
        for (std::size_t unit = 0; unit < layout.bits(); ++unit) {
            if (was_frozen[unit]) {
                EXPECT_TRUE(weights.is_frozen(unit));
                EXPECT_EQ(weights.saturation(unit), before[unit]);
            } else {
                EXPECT_EQ(weights.is_frozen(unit), weights.saturation(unit) > kLimit);
            }
        }
        frozen = weights.frozen_cells();
    }
    EXPECT_GT(frozen, 24U * 16 / 2); // the law reaches 0.2 at n = 41
    EXPECT_LT(frozen, 24U * 16);
    EXPECT_DOUBLE_EQ(weights.saturation(), saturation_by_hand(mac));
}

TEST(SdrPlasticity, BundleAndMacFreezeAsAWhole) {
    for (const auto scope : {FreezeScope::bundle, FreezeScope::mac}) {
        Mac mac = mac_with({.freeze = scope, .u_limit = 0.1});
        double before = 0;
        double after = 0;
        for (std::uint64_t n = 0; n < 60; ++n) {
            const bool was_frozen = mac.weights(Signals::u).frozen_cells() > 0;
            before = mac.weights(Signals::u).saturation();
            mac.learn(frame(n));
            after = mac.weights(Signals::u).saturation();
            const std::size_t frozen = mac.weights(Signals::u).frozen_cells();
            EXPECT_EQ(frozen, after > 0.1 ? 24U * 16 : 0U);
            if (was_frozen) {
                EXPECT_EQ(after, before);
            }
        }
        EXPECT_GT(after, 0.1); // the law: n = 20
        EXPECT_EQ(mac.state().is_frozen, scope == FreezeScope::mac);
    }
}

TEST(SdrPlasticity, NothingFreezesWithoutAScope) {
    Mac mac = mac_with({.freeze = FreezeScope::none, .u_limit = 0.01});
    for (std::uint64_t n = 0; n < 30; ++n) mac.learn(frame(n));
    EXPECT_EQ(mac.weights(Signals::u).frozen_cells(), 0U);
}

// Test 8: the table of the sheet.
TEST(SdrPlasticity, WeightsDecayInSteps) {
    const std::vector<std::pair<std::size_t, unsigned>> ages = {
        {0, 127}, {1999, 127}, {2000, 120}, {2999, 120}, {3000, 50}, {3999, 50}, {4000, 0}};
    for (const auto& [age, weight] : ages) {
        EXPECT_EQ(decayed_weight(0, age), weight) << age;
        EXPECT_EQ(decayed_weight(1, 2 * age), weight) << age; // all three ages are doubled
        EXPECT_EQ(decayed_weight(kPermanent, age), 127U);
    }
    EXPECT_EQ(decayed_weight(kPermanent, 1000000), 127U);
}

/// A mac whose weights decay, and empty frames that let time pass.
class Fading {
public:
    Mac mac;
    BitSet item = frame(0);

    Fading() : mac(mac_with(decaying(), {8, 8})) {}

    void wait(std::size_t frames) {
        for (std::size_t i = 0; i < frames; ++i) mac.learn(BitSet(kPixels));
    }
    double familiarity() {
        mac.recognise(item);
        return mac.familiarity();
    }
    /// Stiffness of the synapse from the first pixel of the item to module 0's winner.
    unsigned stiffness() {
        mac.recognise(item);
        const auto unit = mac.weights(Signals::u).layout().bit(0, mac.winners()[0]);
        return mac.ages(Signals::u).stiffness(item.indices()[0], unit);
    }

private:
    static Plasticity decaying() {
        Plasticity plasticity;
        plasticity.freeze = FreezeScope::none;
        plasticity.weights = WeightPolicy::decaying;
        return plasticity;
    }
};

// Test 8: familiarity falls with the weights, 120/127 and 50/127, and a decayed item is as good as
// new. All weights of the item have the same age.
TEST(SdrPlasticity, FamiliarityFadesWithAge) {
    Fading fading;
    fading.mac.learn(fading.item); // time 0: age is frames learned since
    EXPECT_EQ(fading.familiarity(), 1);
    fading.wait(1998);
    EXPECT_EQ(fading.familiarity(), 1); // age 1999
    fading.wait(1);
    EXPECT_NEAR(fading.familiarity(), 120.0 / 127, 8 * 0x1p-53);
    fading.wait(1000);
    EXPECT_NEAR(fading.familiarity(), 50.0 / 127, 8 * 0x1p-53);
    fading.wait(1000);
    EXPECT_EQ(fading.familiarity(), 0);
}

// Test 8: uses in time add stiffness, 0 to 1 to permanent; a late one starts anew.
TEST(SdrPlasticity, RepeatedUseMakesWeightsPermanent) {
    Fading fading;
    fading.mac.learn(fading.item);
    EXPECT_EQ(fading.stiffness(), 0U);
    fading.wait(100);
    fading.mac.learn(fading.item);
    EXPECT_EQ(fading.stiffness(), 1U);
    fading.wait(3000); // below the first age of stiffness 1
    fading.mac.learn(fading.item);
    EXPECT_EQ(fading.stiffness(), unsigned{kPermanent});
    fading.wait(9000);
    EXPECT_EQ(fading.familiarity(), 1);

    Fading late;
    late.mac.learn(late.item);
    late.wait(2500); // beyond the first age: used again, no stiffer
    late.mac.learn(late.item);
    EXPECT_EQ(late.stiffness(), 0U);
    EXPECT_EQ(late.familiarity(), 1);
}

// Test 8: the end of learning keeps what is there for good and drops what has decayed.
TEST(SdrPlasticity, DecayedTransientsAreNotMadePermanent) {
    Fading fading;
    fading.mac.learn(fading.item);
    fading.wait(2500);
    const BitSet young = frame(1) - fading.item;
    fading.mac.learn(young);
    fading.wait(2000); // the item is 4501 frames old, the other one 2000
    fading.mac.finish_learning();
    EXPECT_EQ(fading.familiarity(), 0);
    fading.mac.recognise(young);
    EXPECT_EQ(fading.mac.familiarity(), 1); // full strength again
    EXPECT_NEAR(fading.mac.weights(Signals::u).saturation(), saturation_by_hand(fading.mac), 1e-15);
}

} // namespace
} // namespace baldwin::sdr::plasticity_test

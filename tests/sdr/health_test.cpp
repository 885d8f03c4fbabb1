// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Figures of health and the warning; bit sets and the codebook, which have no file of their own.

#include "support/errors.hpp"

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/codebook.hpp>
#include <baldwin/sdr/health.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace baldwin::sdr::health_test {
namespace {

/// Images of ten kinds: the kind's 60 pixels of a common 200, a quarter of them moved.
std::vector<BitSet> similar_images(std::size_t count) {
    std::vector<BitSet> images;
    for (std::uint64_t i = 0; i < count; ++i) {
        const BitSet kind = random_bits(200, 60, Stream(1, i % 10));
        images.push_back(moved(kind, 0.25, Stream(2, i)));
    }
    return images;
}

Mac mac_after(const Plasticity& plasticity, std::size_t count) {
    Mac mac({{20, 16}, strict(), plasticity}, 200, Stream(3));
    for (const BitSet& image : similar_images(count)) mac.learn(image);
    return mac;
}

// Without a critical period everything becomes familiar: a few cells win all the time.
TEST(SdrHealth, WarnsOfACollapsedMemoryAndNotOfAHealthyOne) {
    Plasticity never;
    never.freeze = FreezeScope::none;
    const Health collapsed = health_of(mac_after(never, 600));
    EXPECT_GT(collapsed.mean_familiarity, 0.9);
    EXPECT_LT(collapsed.usage_entropy, 2); // half of log2 16
    EXPECT_EQ(collapsed.poor_macs, 1U);
    const auto warning = collapse_warning(collapsed);
    ASSERT_TRUE(warning.has_value());
    EXPECT_EQ(*warning, "1 of 1 macs collapsed: the entropy of their cells' use is below 2.00 "
                        "bits, half of log2 K");
    const Health healthy = health_of(mac_after({}, 600));
    EXPECT_EQ(collapse_warning(healthy), std::nullopt);
    EXPECT_GT(healthy.frozen_share, 0.5);
}

// One poor mac among many is enough, and is counted.
TEST(SdrHealth, WarnsOfASingleCollapsedMac) {
    Health health;
    health.stores = health.unique_codes = 1000;
    health.most_entropy = 4;
    health.macs = 49;
    EXPECT_EQ(collapse_warning(health), std::nullopt);
    health.poor_macs = 1;
    EXPECT_EQ(collapse_warning(health), "1 of 49 macs collapsed: the entropy of their cells' use "
                                        "is below 2.00 bits, half of log2 K");
}

// The same image again and again: one code, whatever the entropy of its cells.
TEST(SdrHealth, WarnsOfTooFewCodes) {
    Health health;
    health.stores = 100;
    health.unique_codes = 9;
    EXPECT_EQ(collapse_warning(health), "the memory has collapsed: 9 different codes in 100 "
                                        "stores, a healthy one has at least 10 %");
    health.unique_codes = 10;
    EXPECT_EQ(collapse_warning(health), std::nullopt);
}

// By hand: two frames with a code, one without, the first again.
TEST(SdrHealth, CountsByHand) {
    Mac mac({{4, 8}, strict(), {}}, 20, Stream(1));
    const std::array<std::uint32_t, 2> one = {0, 1};
    const std::array<std::uint32_t, 2> other = {5, 6};
    mac.learn(BitSet::of(20, one));
    mac.learn(BitSet::of(20, other));
    mac.learn(BitSet(20));
    const Health health = health_of(mac);
    EXPECT_EQ(health.stores, 2U);
    EXPECT_EQ(health.unique_codes, 2U);
    EXPECT_EQ(health.mean_familiarity, 0); // nothing in common
    EXPECT_EQ(health.most_entropy, 3);
    EXPECT_EQ(health.macs, 0U);                     // two stores are too few to judge
    EXPECT_EQ(health.saturation, 16.0 / (20 * 32)); // 2 pixels to 4 cells, twice
    EXPECT_EQ(collapse_warning(health), std::nullopt);
    EXPECT_EQ(health_of(Mac({{4, 8}, strict(), {}}, 20, Stream(1))).unique_share(), 1);
}

// Two stores in which no module chose the same cell: 1 bit in each module; else less.
TEST(SdrHealth, EntropyIsThatOfTheWins) {
    Mac mac({{6, 8}, strict(), {}}, 20, Stream(4));
    const std::array<std::uint32_t, 1> one = {0};
    const std::array<std::uint32_t, 1> other = {5};
    mac.learn(BitSet::of(20, one));
    EXPECT_EQ(usage_entropy(mac), 0);
    const std::vector<Cell> first(mac.winners().begin(), mac.winners().end());
    mac.learn(BitSet::of(20, other));
    const std::size_t same = intersection(first, mac.winners());
    EXPECT_DOUBLE_EQ(usage_entropy(mac), static_cast<double>(6 - same) / 6);
}

TEST(SdrBitSet, OperationsAreThoseOfSets) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const BitSet a = random_bits(130, 40, Stream(seed, 0));
        const BitSet b = random_bits(130, 50, Stream(seed, 1));
        const std::size_t both = overlap(a, b);
        EXPECT_EQ((a & b).count(), both);
        EXPECT_EQ((a | b).count(), 90 - both);
        EXPECT_EQ((a ^ b).count(), 90 - 2 * both);
        EXPECT_EQ((a - b).count(), 40 - both);
        EXPECT_EQ((a - b) | (a & b), a);
        EXPECT_EQ(jaccard(a, b), static_cast<double>(both) / static_cast<double>(90 - both));
        EXPECT_EQ(BitSet::of(130, a.indices()), a);
        EXPECT_EQ(sparsity(a), 40.0 / 130);
        for (const auto i : a.indices()) EXPECT_TRUE(a[i]);
    }
}

TEST(SdrBitSet, NoiseKeepsTheCountAndDropsTakeTheirShare) {
    const BitSet a = random_bits(100, 40, Stream(1));
    EXPECT_EQ(moved(a, 0.25, Stream(2)).count(), 40U);
    EXPECT_EQ(overlap(a, moved(a, 0.25, Stream(2))), 30U);
    EXPECT_EQ(moved(a, 0, Stream(2)), a);
    EXPECT_EQ(dropped(a, 0.25, Stream(2)).count(), 30U);
    EXPECT_EQ(overlap(a, dropped(a, 0.25, Stream(2))), 30U);
    // a full set has nowhere to move to
    EXPECT_EQ(moved(random_bits(10, 10, Stream(1)), 0.5, Stream(2)).count(), 10U);
}

TEST(SdrBitSet, SaysWhatIsWrong) {
    using test::message_of;
    const std::array<std::uint32_t, 1> far = {10};
    EXPECT_EQ(message_of([&] { (void)BitSet::of(10, far); }),
              "sdr::BitSet: index must be below the size, 10, got 10");
    EXPECT_EQ(message_of([] { BitSet(3) |= BitSet(4); }),
              "sdr::BitSet: both sets must have the same size, got 3 and 4");
    EXPECT_EQ(message_of([] { (void)overlap(BitSet(3), BitSet(4)); }),
              "sdr::BitSet: both sets must have the same size, got 3 and 4");
    EXPECT_EQ(message_of([] { (void)random_bits(3, 4, Stream(1)); }),
              "sdr::random_bits: count must be at most the size, 3, got 4");
    EXPECT_EQ(message_of([] { (void)moved(BitSet(3), -1, Stream(1)); }),
              "sdr::moved: share must be in [0, 1], got -1.000000");
    EXPECT_EQ(message_of([] { (void)dropped(BitSet(3), 2, Stream(1)); }),
              "sdr::dropped: share must be in [0, 1], got 2.000000");
}

TEST(SdrCodebook, FindsTheMostSimilarCode) {
    Codebook book(30);
    std::vector<Code> codes;
    for (std::uint64_t i = 0; i < 50; ++i) {
        codes.push_back(random_code({30, 10}, Stream(5, i)));
        EXPECT_EQ(book.add(codes.back().winners()), i);
    }
    for (std::uint64_t i = 0; i < 50; ++i) {
        const Code noisy = with_noise(codes[i], 0.4, Stream(6, i));
        const Match match = book.best_match(noisy.winners());
        EXPECT_EQ(match.index, i); // 18 of 30 modules; others agree in 3 on average
        EXPECT_EQ(match.intersection, 18U);
        EXPECT_EQ(match.likelihood, 0.6);
        EXPECT_EQ(book.likelihoods(noisy.winners())[i], 0.6);
    }
}

TEST(SdrCodebook, SaysWhatIsWrong) {
    using test::message_of;
    EXPECT_EQ(message_of([] { Codebook(0); }), "sdr::Codebook: width must be >= 1, got 0");
    Codebook book(3);
    const std::vector<Cell> two = {1, 2};
    EXPECT_EQ(message_of([&] { book.add(two); }),
              "sdr::Codebook: a code must have 3 winners, got 2");
    const std::vector<Cell> three = {1, 2, 3};
    EXPECT_EQ(message_of([&] { (void)book.best_match(three); }),
              "sdr::Codebook: nothing is stored");
}

} // namespace
} // namespace baldwin::sdr::health_test

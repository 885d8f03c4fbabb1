// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// What one mac remembers: tests 15, 16, 20, 21 and 22 of the reference sheet.

#include "trials.hpp"

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/codebook.hpp>
#include <baldwin/sdr/mac.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr::recall_test {
namespace {

using test::Trials;

MacParameters unfrozen(const MacShape& shape, const CsaParameters& csa) {
    return {shape, csa, {.freeze = FreezeScope::none}};
}

/// A mac and a codebook of what it stored.
struct Memory {
    Mac mac;
    Codebook book;

    Memory(const MacParameters& parameters, std::size_t inputs, const Stream& stream)
        : mac(parameters, inputs, stream), book(parameters.shape.modules) {}

    void learn(BitView frame) {
        mac.learn(frame);
        book.add(mac.winners());
    }
    /// Share of the winners of a stored code that come back.
    double recall(std::size_t item, BitView frame) {
        mac.recognise(frame);
        return static_cast<double>(intersection(book.code(item), mac.winners())) /
               static_cast<double>(book.width());
    }
};

constexpr std::array<std::size_t, 9> kShared = {12, 11, 10, 9, 8, 6, 4, 2, 0};

/// Mean intersection with the code of an item when a frame that shares some pixels is presented.
Trials similarity(const CsaParameters& csa, std::size_t before, std::size_t shared) {
    Trials trials;
    CsaParameters soft = csa;
    soft.retrieval_choice = Choice::soft;
    for (std::uint64_t trial = 0; trial < 1000; ++trial) {
        const Stream stream = Stream(15 + before, trial).substream(shared);
        Memory memory(unfrozen({24, 8}, soft), 144, stream);
        for (std::size_t i = 0; i < before; ++i) {
            memory.learn(random_bits(144, 12, stream.substream(100 + i)));
        }
        const BitSet item = random_bits(144, 12, stream.substream(1));
        memory.learn(item);
        const double share = static_cast<double>(12 - shared) / 12;
        trials.add(memory.recall(before, moved(item, share, stream.substream(2))));
    }
    return trials;
}

// Test 15: the sheet's means of 1000 trials. Both are means of as many trials, so they differ by
// less than 4 standard errors of their difference, sqrt(2) of ours, and its rounding. The rows must
// fall with the similarity of the input, up to the noise of each step.
void expect_row(const CsaParameters& csa, std::size_t before, const std::array<double, 9>& sheet) {
    double last = 2;
    double last_error = 0;
    for (std::size_t i = 0; i < kShared.size(); ++i) {
        SCOPED_TRACE(testing::Message() << kShared[i] << " of 12 shared");
        const Trials trials = similarity(csa, before, kShared[i]);
        EXPECT_NEAR(trials.mean(), sheet[i], 4 * std::sqrt(2.0) * trials.error() + 0.0005);
        EXPECT_LE(trials.mean(), last + 4 * (trials.error() + last_error));
        last = trials.mean();
        last_error = trials.error();
    }
}

TEST(SdrRecall, SimilarityIsPreservedGraded) {
    expect_row(graded(), 0, {.964, .954, .931, .876, .764, .349, .144, .124, .124});
}
TEST(SdrRecall, SimilarityIsPreservedStrict) {
    expect_row(strict(), 0, {.992, .985, .844, .226, .126, .126, .126, .127, .126});
}
TEST(SdrRecallTable, SimilarityIsPreservedGradedAfterTwenty) {
    expect_row(graded(), 20, {.924, .911, .882, .841, .771, .517, .292, .187, .138});
}
TEST(SdrRecallTable, SimilarityIsPreservedStrictAfterTwenty) {
    expect_row(strict(), 20, {.991, .986, .896, .525, .289, .155, .130, .126, .128});
}

// Test 16: with the probe's code active, the mean intersection with each stored code ranks as the
// input's similarity to each stored item. Means over 400 trials have errors below 0.01; the
// smallest step between neighbours is larger (0.144 against 0.124 in the table for one item).
TEST(SdrRecall, StoredCodesAreActiveBySimilarity) {
    constexpr std::array<std::size_t, 5> kOrder = {12, 10, 8, 6, 0};
    std::array<Trials, kOrder.size()> shares;
    for (std::uint64_t trial = 0; trial < 400; ++trial) {
        const Stream stream(16, trial);
        CsaParameters soft = graded();
        soft.retrieval_choice = Choice::soft;
        Memory memory(unfrozen({24, 8}, soft), 144, stream);
        const BitSet probe = random_bits(144, 12, stream.substream(1));
        // stored in another order than that of similarity
        for (const std::size_t i : {2U, 4U, 0U, 3U, 1U}) {
            const double share = static_cast<double>(12 - kOrder[i]) / 12;
            memory.learn(moved(probe, share, stream.substream(10 + i)));
        }
        memory.mac.recognise(probe);
        const auto likelihoods = memory.book.likelihoods(memory.mac.winners());
        constexpr std::array<std::size_t, 5> kStoredAs = {2, 4, 0, 3, 1};
        for (std::size_t i = 0; i < kOrder.size(); ++i) shares[i].add(likelihoods[kStoredAs[i]]);
        const Match best = memory.book.best_match(memory.mac.winners());
        EXPECT_EQ(best.likelihood, *std::max_element(likelihoods.begin(), likelihoods.end()));
    }
    for (std::size_t i = 1; i < kOrder.size(); ++i) {
        EXPECT_LT(shares[i].mean(), shares[i - 1].mean()) << kOrder[i];
    }
}

/// Hard recall of n random items, averaged over them.
Trials capacity(std::size_t modules, std::size_t cells, std::size_t items, std::size_t trials) {
    Trials recall;
    for (std::uint64_t trial = 0; trial < trials; ++trial) {
        Memory memory(unfrozen({modules, cells}, strict()), 144, Stream(20, trial));
        const auto frame = [&](std::size_t i) {
            return random_bits(144, 12, Stream(21 + trial, i));
        };
        for (std::size_t i = 0; i < items; ++i) memory.learn(frame(i));
        double sum = 0;
        for (std::size_t i = 0; i < items; ++i) sum += memory.recall(i, frame(i));
        recall.add(sum / static_cast<double>(items));
    }
    return recall;
}

// Test 20: the sheet's figures are those of single runs or means of few, so each lies within the
// band of one further run (Trials::expect_run).
TEST(SdrRecall, CapacityGrowsWithCells) {
    capacity(24, 8, 100, 8).expect_run(0.917);
    capacity(24, 16, 100, 8).expect_run(0.992);
    capacity(24, 32, 100, 8).expect_run(1.000);
}
TEST(SdrRecallTable, CapacityOfTwoHundredItems) {
    capacity(24, 8, 200, 20).expect_run(0.755);
    capacity(24, 16, 200, 20).expect_run(0.790);
    capacity(24, 32, 200, 20).expect_run(0.982);
    // more modules average noise and add no room: the same within the noise of both means
    const Trials few = capacity(24, 16, 120, 20);
    const Trials many = capacity(50, 16, 120, 20);
    EXPECT_NEAR(few.mean(), many.mean(), 4 * std::hypot(few.error(), many.error()));
}

// Test 21: 15 % of the bits moved do no harm at 200 items, and at 400 the memory has collapsed.
TEST(SdrRecall, NoiseIsHarmlessUntilTheMemoryIsFull) {
    Trials healthy;
    Trials collapsed;
    for (const std::size_t items : {200U, 400U}) {
        for (std::uint64_t trial = 0; trial < 4; ++trial) {
            Memory memory(unfrozen({50, 20}, strict()), 784, Stream(22, trial));
            const auto frame = [&](std::size_t i) {
                return random_bits(784, 40, Stream(23 + trial, i));
            };
            for (std::size_t i = 0; i < items; ++i) memory.learn(frame(i));
            double sum = 0;
            std::size_t best = 0;
            for (std::size_t i = 0; i < items; ++i) {
                sum += memory.recall(i, moved(frame(i), 0.15, Stream(24, i)));
                best += memory.book.best_match(memory.mac.winners()).index == i ? 1U : 0U;
            }
            const double recall = sum / static_cast<double>(items);
            (items == 200 ? healthy : collapsed).add(recall);
            if (items == 200) {
                EXPECT_EQ(best, items);
            }
        }
    }
    healthy.expect_run(1.000);
    collapsed.expect_run(0.38);
}

/// Median time of storing and of recognising items first ... first + 99 of a mac, microseconds.
std::pair<double, double> median_times(Mac& mac, std::uint64_t first) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> store;
    std::vector<double> recognise;
    for (std::uint64_t i = first; i < first + 100; ++i) {
        const BitSet frame = random_bits(784, 100, Stream(25, i));
        const auto a = Clock::now();
        mac.learn(frame);
        const auto b = Clock::now();
        mac.recognise(frame);
        const auto c = Clock::now();
        store.push_back(std::chrono::duration<double, std::micro>(b - a).count());
        recognise.push_back(std::chrono::duration<double, std::micro>(c - b).count());
    }
    std::nth_element(store.begin(), store.begin() + 50, store.end());
    std::nth_element(recognise.begin(), recognise.begin() + 50, recognise.end());
    return {store[50], recognise[50]};
}

// Test 22: freezing off, as many active inputs. The best of five macs each, as other programs run.
TEST(SdrRecallTable, TimeDoesNotDependOnWhatIsStored) {
    std::pair<double, double> early{1e9, 1e9};
    std::pair<double, double> late{1e9, 1e9};
    const auto keep = [](auto& best, const auto& now) {
        best = {std::min(best.first, now.first), std::min(best.second, now.second)};
    };
    for (std::uint64_t run = 0; run < 5; ++run) {
        Mac mac(unfrozen({50, 20}, strict()), 784, Stream(26, run));
        keep(early, median_times(mac, 0));
        for (std::uint64_t i = 100; i < 9900; ++i) mac.learn(random_bits(784, 100, Stream(25, i)));
        keep(late, median_times(mac, 9900));
    }
    EXPECT_LE(late.first / early.first, 1.1);
    EXPECT_LE(late.second / early.second, 1.1);
}

} // namespace
} // namespace baldwin::sdr::recall_test

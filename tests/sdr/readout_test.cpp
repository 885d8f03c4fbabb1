// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/sdr/knn.hpp>
#include <baldwin/sdr/linear_readout.hpp>
#include <baldwin/sdr/readout.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

namespace baldwin::sdr::readout_test {
namespace {

using Winners = std::vector<Cell>;

constexpr ReadoutShape kShape{.modules = 3, .cells = 4, .classes = 2};

TEST(SdrClassReadout, ScoresAreThoseOfTheRule) {
    ClassReadout readout(kShape);
    readout.learn(Winners{0, 1, 2}, 0);
    readout.learn(Winners{0, 1, 3}, 0);
    readout.learn(Winners{3, 1, kNoCell}, 1);
    readout.prepare();
    EXPECT_EQ(readout.binary_scores(Winners{0, 1, 3}), (std::vector<double>{3, 1}));
    EXPECT_EQ(readout.binary_scores(Winners{kNoCell, 1, kNoCell}), (std::vector<double>{1, 1}));
    // (count + 0.1) / (items + 0.4), in float
    const auto scores = readout.count_scores(Winners{0, 1, 2});
    EXPECT_NEAR(scores[0], 2 * std::log(2.1 / 2.4) + std::log(1.1 / 2.4), 1e-5);
    EXPECT_NEAR(scores[1], 2 * std::log(0.1 / 1.4) + std::log(1.1 / 1.4), 1e-5);
}

TEST(SdrClassReadout, RestoredCountsGiveTheSameScores) {
    ClassReadout readout(kShape);
    readout.learn(Winners{1, 2, 3}, 1);
    ClassReadout other(kShape);
    other.restore(readout.counts(), readout.items());
    readout.prepare();
    other.prepare();
    EXPECT_EQ(other.count_scores(Winners{1, 0, 3}), readout.count_scores(Winners{1, 0, 3}));
}

TEST(SdrClassReadout, MisuseThrows) {
    EXPECT_THROW(ClassReadout({.modules = 0, .cells = 4, .classes = 2}), std::invalid_argument);
    EXPECT_THROW(ClassReadout({.modules = 1, .cells = 4, .classes = 1}), std::invalid_argument);
    ClassReadout readout(kShape);
    EXPECT_THROW(readout.learn(Winners{0, 1}, 0), std::invalid_argument);
    EXPECT_THROW(readout.learn(Winners{0, 1, 2}, 2), std::invalid_argument);
    EXPECT_THROW((void)readout.count_scores(Winners{0, 1, 2}), std::invalid_argument);
    EXPECT_THROW((void)readout.binary_scores(Winners{0}), std::invalid_argument);
    EXPECT_THROW(readout.restore(std::vector<std::uint32_t>(3), readout.items()),
                 std::invalid_argument);
}

// Codes whose class is decided by two modules together cannot be told apart module by module, but
// each pair of cells here has its own third module: linearly separable by construction.
TEST(SdrLinearReadout, LearnsWhatIsLinearlySeparable) {
    Winners codes;
    std::vector<std::uint8_t> labels;
    const Stream stream(5);
    for (std::uint64_t i = 0; i < 200; ++i) {
        const auto label = static_cast<std::uint8_t>(stream.below(2, 3 * i));
        codes.push_back(static_cast<Cell>(stream.below(4, 3 * i + 1)));
        codes.push_back(static_cast<Cell>(stream.below(4, 3 * i + 2)));
        codes.push_back(static_cast<Cell>(label * 2 + i % 2));
        labels.push_back(label);
    }
    LinearReadout readout(kShape);
    readout.fit(codes, labels, {}, Stream(1));
    LinearReadout again(kShape);
    again.fit(codes, labels, {}, Stream(1));
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto code = std::span(codes).subspan(3 * i, 3);
        EXPECT_EQ(best_class(readout.scores(code)), labels[i]);
        EXPECT_EQ(readout.scores(code), again.scores(code));
    }
}

// One step from zero moves each active weight by rate / modules * (target - 1 / classes).
TEST(SdrLinearReadout, OneStepIsTheGradientOfTheCrossEntropy) {
    LinearReadout readout(kShape);
    readout.fit(Winners{1, 2, kNoCell}, std::vector<std::uint8_t>{1}, {.rate = 3, .passes = 1},
                Stream(1));
    const auto scores = readout.scores(Winners{1, 2, 0});
    EXPECT_FLOAT_EQ(static_cast<float>(scores[0]), -1.0F);
    EXPECT_FLOAT_EQ(static_cast<float>(scores[1]), 1.0F);
}

TEST(SdrLinearReadout, MisuseThrows) {
    LinearReadout readout(kShape);
    const std::vector<std::uint8_t> labels = {1};
    EXPECT_THROW(readout.fit(Winners{1, 2}, labels, {}, Stream(1)), std::invalid_argument);
    EXPECT_THROW(readout.fit(Winners{}, std::vector<std::uint8_t>{}, {}, Stream(1)),
                 std::invalid_argument);
    EXPECT_THROW(readout.fit(Winners{1, 2, 3}, std::vector<std::uint8_t>{2}, {}, Stream(1)),
                 std::invalid_argument);
    EXPECT_THROW(readout.fit(Winners{1, 2, 3}, labels, {.rate = 0}, Stream(1)),
                 std::invalid_argument);
    EXPECT_THROW(readout.fit(Winners{1, 2, 3}, labels,
                             {.rate = std::numeric_limits<double>::quiet_NaN()}, Stream(1)),
                 std::invalid_argument);
    EXPECT_THROW((void)readout.scores(Winners{1}), std::invalid_argument);
}

std::vector<BitSet> drawn_sets(std::size_t count, std::size_t bits, std::uint64_t seed) {
    std::vector<BitSet> sets;
    const Stream stream(seed);
    for (std::size_t i = 0; i < count; ++i) {
        sets.push_back(random_bits(bits, 1 + stream.below(bits / 2, i), stream.substream(i)));
    }
    return sets;
}

// More items than a block of columns, sizes that fill no whole word, an empty set among them.
TEST(SdrNearest, JaccardIsThatOfTheDefinition) {
    auto items = drawn_sets(4200, 93, 1);
    items[7].clear();
    auto queries = drawn_sets(70, 93, 2);
    queries[3].clear();
    const auto nearest = nearest_by_jaccard(items, queries);
    EXPECT_EQ(nearest_by_jaccard(items, queries, Executor(3)), nearest);
    EXPECT_EQ(nearest[3], 7U);
    for (std::size_t q = 0; q < queries.size(); ++q) {
        std::uint32_t best = 0;
        for (std::uint32_t i = 1; i < items.size(); ++i) {
            if (jaccard(items[i], queries[q]) > jaccard(items[best], queries[q])) best = i;
        }
        EXPECT_EQ(nearest[q], best) << "query " << q;
    }
}

TEST(SdrNearest, DistanceIsThatOfTheDefinition) {
    constexpr std::size_t kLength = 37;
    const Stream stream(3);
    std::vector<std::uint8_t> items(61 * kLength);
    std::vector<std::uint8_t> queries(35 * kLength);
    for (std::size_t i = 0; i < items.size(); ++i) {
        items[i] = static_cast<std::uint8_t>(stream.below(256, i));
    }
    for (std::size_t i = 0; i < queries.size(); ++i) {
        queries[i] = static_cast<std::uint8_t>(stream.below(256, 1'000'000 + i));
    }
    const auto nearest = nearest_by_distance(items, queries, kLength);
    EXPECT_EQ(nearest_by_distance(items, queries, kLength, Executor(3)), nearest);
    for (std::size_t q = 0; q < 35; ++q) {
        std::int64_t least = std::numeric_limits<std::int64_t>::max();
        std::uint32_t best = 0;
        for (std::uint32_t i = 0; i < 61; ++i) {
            std::int64_t far = 0;
            for (std::size_t j = 0; j < kLength; ++j) {
                const std::int64_t d =
                    std::int64_t{items[i * kLength + j]} - queries[q * kLength + j];
                far += d * d;
            }
            if (far >= least) continue;
            least = far;
            best = i;
        }
        EXPECT_EQ(nearest[q], best) << "query " << q;
    }
}

TEST(SdrNearest, MisuseThrows) {
    const auto items = drawn_sets(3, 20, 1);
    EXPECT_THROW((void)nearest_by_jaccard({}, items), std::invalid_argument);
    EXPECT_THROW((void)nearest_by_jaccard(items, drawn_sets(1, 21, 1)), std::invalid_argument);
    const std::vector<std::uint8_t> bytes(8);
    EXPECT_THROW((void)nearest_by_distance(bytes, bytes, 3), std::invalid_argument);
    EXPECT_THROW((void)nearest_by_distance(bytes, bytes, 0), std::invalid_argument);
    EXPECT_THROW((void)nearest_by_distance({}, bytes, 4), std::invalid_argument);
    EXPECT_THROW((void)agreement({}, bytes, {}), std::invalid_argument);
}

} // namespace
} // namespace baldwin::sdr::readout_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Memory for sequences: tests 11, 17, 18 and 19 of the reference sheet.

#include "trials.hpp"

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/network.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace baldwin::sdr::sequence_test {
namespace {

using test::Trials;
using Sequence = std::vector<BitSet>;
using Trace = std::vector<std::vector<Cell>>; // a code for each frame

/// The published net: 12 x 12 pixels, one mac with U and H, both complete.
NetworkParameters one_mac(const MacShape& shape, double centre) {
    NetworkParameters network;
    network.input = {12, 12};
    LevelParameters level;
    level.mac.shape = shape;
    level.mac.csa.centre = centre;
    level.mac.plasticity.freeze = FreezeScope::none;
    level.h = Field{};
    network.levels.push_back(level);
    return network;
}

/// Frames of 9 to 12 random pixels.
BitSet frame(const Stream& stream) {
    return random_bits(144, 9 + stream.below(4, 1), stream.substream(0));
}

std::vector<Sequence> sequences(std::size_t count, const Stream& stream) {
    std::vector<Sequence> all(count);
    for (std::size_t s = 0; s < count; ++s) {
        for (std::size_t t = 0; t < 10; ++t) all[s].push_back(frame(stream.substream(10 * s + t)));
    }
    return all;
}

Trace present(Network& network, const Sequence& sequence, Mode mode) {
    Trace trace;
    network.begin_episode();
    for (const BitSet& image : sequence) {
        network.present(image, mode);
        const auto code = network.codes().row(0);
        trace.emplace_back(code.begin(), code.end());
    }
    return trace;
}

/// Mean share of equal winners.
double agreement(const Trace& a, const Trace& b) {
    double sum = 0;
    for (std::size_t t = 0; t < a.size(); ++t) {
        sum += static_cast<double>(intersection(a[t], b[t])) / static_cast<double>(a[t].size());
    }
    return sum / static_cast<double>(a.size());
}

// Test 17: the second X has full U but no H support, since it follows B: G is about the chance
// overlap 1/8 of the codes of A and B, so eta stays near 13 and psi of a cell with V = 1/8 at 1.
// Two codes agree by chance, 1/8 with deviation 0.0675; 500 trials, 4 standard errors (the sheet:
// .122 against .125). In its own context each comes back whole in every trial: only its winners
// have U = H = 1.
TEST(SdrSequence, TheSameFrameHasACodeForEachContext) {
    Trials overlap;
    for (std::uint64_t trial = 0; trial < 500; ++trial) {
        Network network(one_mac({24, 8}, 0.9), trial);
        const BitSet a = frame(Stream(17, 3 * trial));
        const BitSet b = frame(Stream(17, 3 * trial + 1));
        const BitSet x = frame(Stream(17, 3 * trial + 2));
        const Trace after_a = present(network, {a, x}, Mode::learn);
        const Trace after_b = present(network, {b, x}, Mode::learn);
        overlap.add(static_cast<double>(intersection(after_a[1], after_b[1])) / 24);
        EXPECT_EQ(present(network, {a, x}, Mode::recognise)[1], after_a[1]);
        EXPECT_EQ(present(network, {b, x}, Mode::recognise)[1], after_b[1]);
    }
    EXPECT_NEAR(overlap.mean(), 0.125, 4 * 0.0675 / std::sqrt(500.0));
}

// Test 17, whole sequences: symbols that return have codes of their own, and all come back once the
// first one is unmistakable. A sequence that begins with a symbol of three codes leaves the mac
// with three hypotheses (3 winners in each module but for chance agreements, 1/16 each: 2.8 on
// average).
TEST(SdrSequence, ComplexSequencesAreKeptApart) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Network network(one_mac({24, 16}, 0.9), seed);
        std::vector<BitSet> symbols;
        for (std::uint64_t i = 0; i < 5; ++i) symbols.push_back(frame(Stream(18, 5 * seed + i)));
        Sequence complex;
        for (const std::size_t i : {4U, 0U, 1U, 0U, 2U, 0U, 1U, 3U}) complex.push_back(symbols[i]);
        const Trace learned = present(network, complex, Mode::learn);
        EXPECT_LT(intersection(learned[1], learned[3]), 24U / 2);
        EXPECT_LT(intersection(learned[3], learned[5]), 24U / 2);
        EXPECT_LT(intersection(learned[2], learned[6]), 24U / 2);
        EXPECT_EQ(agreement(present(network, complex, Mode::recognise), learned), 1);
        network.begin_episode();
        network.recognise(symbols[0]);
        EXPECT_EQ(network.macs(0)[0].hypotheses(), 3U);
    }
}

/// Chain HU then U with thresholds.
NetworkParameters with_chain(std::vector<BackOffCase> chain) {
    auto network = one_mac({24, 16}, 0.9);
    network.levels[0].mac.csa.back_off = std::move(chain);
    return network;
}

// Test 11: in the learned order HU is familiar and is what is taken; in a new order of the same
// frames HU is not, and a chain that ends in U finds every frame familiar: G = 1, which hides the
// new order. Without the U step G shows it.
TEST(SdrSequence, BackOffTakesTheHighestOrderThatClears) {
    const std::vector<BackOffCase> both = {{Signals::hu, 0.9}, {Signals::u, 0.9}};
    for (const auto& chain : {both, {{Signals::hu, 0.9}}}) {
        Network network(with_chain(chain), 1);
        const Sequence known = sequences(1, Stream(19))[0];
        present(network, known, Mode::learn);
        const Mac& mac = network.macs(0)[0];
        network.begin_episode();
        for (std::size_t t = 0; t < known.size(); ++t) {
            network.recognise(known[t]);
            EXPECT_EQ(mac.familiarity(), 1);
            EXPECT_EQ(mac.state().signals, t == 0 ? Signals::u : Signals::hu);
        }
        network.begin_episode();
        for (const std::size_t t : {0U, 5U, 1U, 9U, 3U}) { // none at its old place
            network.recognise(known[t]);
            if (t == 0) continue;
            if (chain.size() == 2) {
                EXPECT_EQ(mac.familiarity(), 1);
                EXPECT_EQ(mac.state().signals, Signals::u);
            } else {
                EXPECT_LT(mac.familiarity(), 0.5);
                EXPECT_EQ(mac.state().signals, Signals::hu);
            }
        }
    }
}

// Of two cases of the same order that clear, the more familiar one is taken; nothing clears: all
// signals, or the most familiar case if asked.
TEST(SdrSequence, BackOffComparesCasesOfTheSameOrder) {
    for (const auto rest : {BackOffRest::highest_order, BackOffRest::most_familiar}) {
        auto parameters = with_chain({{Signals::hu, 1.1}, {Signals::u, 1.1}});
        parameters.levels[0].mac.csa.back_off_rest = rest;
        Network network(parameters, 1);
        const Sequence known = sequences(1, Stream(19))[0];
        present(network, known, Mode::learn);
        network.begin_episode();
        network.recognise(known[0]);
        network.recognise(known[5]); // H speaks for known[1], U for known[5]
        EXPECT_EQ(network.macs(0)[0].state().signals,
                  rest == BackOffRest::highest_order ? Signals::hu : Signals::u);
    }
    Network network(with_chain({{Signals::h, 0.5}, {Signals::u, 0.5}}), 1);
    const Sequence known = sequences(1, Stream(19))[0];
    present(network, known, Mode::learn);
    network.begin_episode();
    network.recognise(known[0]);
    network.recognise(moved(known[1], 0.3, Stream(3))); // H is sure, U is not
    EXPECT_EQ(network.macs(0)[0].state().signals, Signals::h);
    EXPECT_EQ(network.macs(0)[0].familiarity(), 1);
}

/// Mean recall R of n sequences with so many pixels of every frame moved.
std::array<Trials, 3> recall(const MacShape& shape, double centre, std::size_t count,
                             std::size_t trials) {
    std::array<Trials, 3> recall;
    for (std::uint64_t trial = 0; trial < trials; ++trial) {
        auto parameters = one_mac(shape, centre);
        auto& csa = parameters.levels[0].mac.csa;
        csa.back_off = {{Signals::hu, 0.5}, {Signals::u, 2.0}}; // U only if it is better
        csa.back_off_rest = BackOffRest::most_familiar;
        Network network(parameters, trial);
        const auto all = sequences(count, Stream(20 + trial));
        std::vector<Trace> learned;
        for (const Sequence& one : all) learned.push_back(present(network, one, Mode::learn));
        for (std::size_t pixels = 0; pixels < 3; ++pixels) {
            double sum = 0;
            for (std::size_t s = 0; s < count; ++s) {
                Sequence noisy;
                for (const BitSet& image : all[s]) {
                    const double share =
                        static_cast<double>(pixels) / static_cast<double>(image.count());
                    noisy.push_back(
                        moved(image, share, Stream(40 + pixels, noisy.size() + 10 * s)));
                }
                sum += agreement(present(network, noisy, Mode::recognise), learned[s]);
            }
            recall[pixels].add(sum / static_cast<double>(count));
        }
    }
    return recall;
}

void expect_recall(const MacShape& shape, double centre, std::size_t count, std::size_t trials,
                   const std::array<double, 3>& sheet) {
    SCOPED_TRACE(testing::Message() << count << " sequences");
    const auto found = recall(shape, centre, count, trials);
    for (std::size_t pixels = 0; pixels < 3; ++pixels) found[pixels].expect_run(sheet[pixels]);
}

// Test 18: the sheet's figures are single runs of the prototype, see Trials::expect_run.
TEST(SdrSequence, RecallsSequencesDespiteNoise) {
    expect_recall({9, 16}, 0.95, 10, 8, {1.000, .997, .991});
    expect_recall({9, 16}, 0.95, 20, 8, {.990, .960, .885});
}
TEST(SdrSequenceTable, RecallsSequencesDespiteNoise) {
    expect_recall({9, 16}, 0.95, 15, 20, {.999, .989, .960});
    expect_recall({9, 16}, 0.95, 25, 20, {.944, .839, .592});
    expect_recall({9, 16}, 0.95, 30, 20, {.779, .568, .396});
    expect_recall({24, 16}, 0.90, 20, 20, {.993, .979, .948});
    expect_recall({24, 16}, 0.90, 25, 20, {.977, .934, .815});
}

/// Completion from the first frame: mean agreement of codes and mean Jaccard of pixels.
std::pair<Trials, Trials> completion(const MacShape& shape, std::size_t count, std::size_t trials) {
    std::pair<Trials, Trials> result;
    for (std::uint64_t trial = 0; trial < trials; ++trial) {
        Network network(one_mac(shape, 0.9), trial);
        const auto all = sequences(count, Stream(60 + trial));
        std::vector<Trace> learned;
        for (const Sequence& one : all) learned.push_back(present(network, one, Mode::learn));
        double codes = 0;
        double pixels = 0;
        for (std::size_t s = 0; s < count; ++s) {
            network.begin_episode();
            network.recognise(all[s][0]);
            for (std::size_t t = 1; t < 10; ++t) {
                pixels += jaccard(network.predict(), all[s][t]);
                codes += static_cast<double>(intersection(network.codes().row(0), learned[s][t])) /
                         static_cast<double>(shape.modules);
            }
        }
        result.first.add(codes / static_cast<double>(9 * count));
        result.second.add(pixels / static_cast<double>(9 * count));
    }
    return result;
}

// Test 19, as test 18.
TEST(SdrSequence, CompletesSequencesFromTheirFirstFrame) {
    const auto small = completion({24, 16}, 10, 8);
    small.first.expect_run(1.000);
    small.second.expect_run(1.000);
}
TEST(SdrSequenceTable, CompletesSequencesFromTheirFirstFrame) {
    const auto large = completion({24, 16}, 20, 20);
    large.first.expect_run(.998);
    large.second.expect_run(.937);
    const auto few = completion({9, 16}, 10, 20);
    few.first.expect_run(.998);
    few.second.expect_run(.983);
    const auto more = completion({9, 16}, 15, 20);
    more.first.expect_run(.935);
    more.second.expect_run(.817);
}

// Nothing to go by: a mac without H stays silent.
TEST(SdrSequence, PredictionNeedsASignal) {
    auto parameters = one_mac({8, 8}, 0.9);
    parameters.levels[0].h.reset();
    Network network(parameters, 1);
    network.learn(frame(Stream(1)));
    EXPECT_EQ(network.predict().count(), 0U);
    EXPECT_FALSE(network.macs(0)[0].is_active());
}

} // namespace
} // namespace baldwin::sdr::sequence_test

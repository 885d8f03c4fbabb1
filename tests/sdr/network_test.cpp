// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Networks of macs: wiring, threads and kernels (tests 7 and 13 of the reference sheet),
// reconstruction.

#include "support/errors.hpp"
#include "support/threads.hpp"

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/network.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace baldwin::sdr::network_test {
namespace {

LevelParameters level(const Extent& grid, const MacShape& shape, const Field& u) {
    LevelParameters out;
    out.grid = grid;
    out.mac.shape = shape;
    out.u = u;
    return out;
}

NetworkParameters network(const Extent& input, std::vector<LevelParameters> levels) {
    NetworkParameters out;
    out.input = input;
    out.levels = std::move(levels);
    return out;
}

std::vector<BitSet> frames(std::size_t bits, std::size_t active, std::size_t count,
                           std::uint64_t seed) {
    std::vector<BitSet> all;
    for (std::uint64_t i = 0; i < count; ++i) {
        all.push_back(random_bits(bits, active, Stream(seed, i)));
    }
    return all;
}

/// Two levels with all three kinds of signal.
NetworkParameters deep() {
    auto first = level({3, 3}, {6, 10}, Field::square(6));
    first.h = Field::square(3);
    first.d = Field{};
    auto second = level({1, 1}, {12, 8}, {});
    second.h = Field{};
    second.mac.csa.persistence = 2;
    return network({12, 12}, {first, second});
}

// Test 7: 144 pixels to 144 cells, and 144 cells to those of the 8 other modules, 16 each.
TEST(SdrNetwork, HasTheWeightsOfThePublishedNet) {
    auto only = level({1, 1}, {9, 16}, {});
    only.h = Field{};
    const Network net(network({12, 12}, {only}), 1);
    EXPECT_EQ(net.weights(), 39168U);
    const BinaryWeights& h = net.macs(0)[0].weights(Signals::h);
    EXPECT_EQ(h.inputs(), 144U);
    for (std::size_t j = 0; j < 144; ++j) {
        for (std::size_t q = 0; q < 9; ++q) {
            for (std::size_t k = 0; k < 16; ++k) {
                EXPECT_EQ(h.exists(j, h.layout().bit(q, k)), j / 16 != q);
            }
        }
    }
}

// No H weight inside a module is ever set, and each U weight lies in its field.
TEST(SdrNetwork, LearnsAlongItsWiresOnly) {
    Network net(deep(), 3);
    net.learn_all(frames(144, 40, 30, 1));
    for (const Mac& mac : net.macs(0)) {
        const BinaryWeights& h = mac.weights(Signals::h);
        std::size_t on = 0;
        for (std::size_t j = 0; j < h.inputs(); ++j) {
            for (std::size_t q = 0; q < 6; ++q) {
                for (std::size_t k = 0; k < 10; ++k) {
                    const std::size_t unit = h.layout().bit(q, k);
                    EXPECT_TRUE(h.exists(j, unit) || !h.weight(j, unit));
                    on += h.weight(j, unit) ? 1U : 0U;
                }
            }
        }
        EXPECT_GT(on, 0U);
        EXPECT_EQ(on, h.increased());
        EXPECT_GT(mac.weights(Signals::d).increased(), 0U);
    }
}

// Fields of 10 in 28 pixels at 7 places stand 3 apart: field i covers columns 3 i to 3 i + 9. A mac
// is active if and only if a pixel of its field is on.
TEST(SdrNetwork, SquareFieldsAreSpreadToTheBorders) {
    Network net(network({28, 28}, {level({7, 7}, {2, 2}, Field::square(10))}), 1);
    for (std::size_t pixel = 0; pixel < 784; pixel += 5) {
        BitSet frame(784);
        frame.set(pixel);
        net.recognise(frame);
        for (std::size_t m = 0; m < 49; ++m) {
            const auto sees = [](std::size_t place, std::size_t at) {
                return at >= 3 * place && at < 3 * place + 10;
            };
            EXPECT_EQ(net.macs(0)[m].is_active(),
                      sees(m / 7, pixel / 28) && sees(m % 7, pixel % 28));
        }
    }
}

// A disc of radius 1 on a hexagonal grid holds a mac and its six neighbours; on a rectangular one
// the mac and four. The mac in the middle of 5 x 5.
TEST(SdrNetwork, HexagonalGridsHaveSixNeighbours) {
    for (const auto& [arrangement, count] :
         {std::pair{Arrangement::hexagonal, 7U}, {Arrangement::rectangular, 5U}}) {
        auto only = level({5, 5}, {2, 2}, {});
        only.arrangement = arrangement;
        only.h = Field{FieldForm::disc, {{1.0, 1.0}}};
        const Network net(network({6, 6}, {only}), 1);
        EXPECT_EQ(net.macs(0)[12].weights(Signals::h).inputs(), count * 4);
    }
}

// Bands with rates: a share of the synapses exists. Three macs with 1264 pixels within radius 20 at
// rate 0.3 to 40 cells are 50,560 draws or more: deviation of the share below 0.0021, band 5.
TEST(SdrNetwork, ConnectionRatesThinTheSynapses) {
    const Field field{FieldForm::disc, {{10.0, 1.0}, {10.0, 0.3}}};
    const Network net(network({60, 60}, {level({1, 1}, {10, 4}, field)}), 1);
    const BinaryWeights& u = net.macs(0)[0].weights(Signals::u);
    const std::size_t inner = 316; // pixel centres within 10 of the middle of four pixels
    EXPECT_EQ(u.inputs(), 1264U);
    std::size_t near = 0;
    for (std::size_t j = 0; j < u.inputs(); ++j) {
        std::size_t synapses = 0;
        for (std::size_t q = 0; q < 10; ++q) {
            for (std::size_t k = 0; k < 4; ++k) {
                synapses += u.exists(j, u.layout().bit(q, k)) ? 1U : 0U;
            }
        }
        near += synapses == 40 ? 1U : 0U;
    }
    EXPECT_EQ(near, inner);
    const auto outer = static_cast<double>((u.inputs() - inner) * 40);
    const double share = (static_cast<double>(u.size()) - static_cast<double>(inner * 40)) / outer;
    EXPECT_NEAR(share, 0.3, 5 * std::sqrt(0.3 * 0.7 / outer));
}

std::vector<std::uint64_t> codes_of(const NetworkParameters& parameters, const Executor& executor,
                                    KernelPath path, bool is_one_by_one) {
    Network net(parameters, 9, executor);
    net.set_kernel(path);
    const auto images = frames(parameters.bits(), parameters.bits() / 5, 25, 4);
    std::vector<std::uint64_t> hashes;
    if (is_one_by_one) {
        for (const BitSet& image : images) {
            net.learn(image);
            hashes.push_back(hash_of(net.codes().row(0)));
        }
    } else {
        const CodeTable table = net.learn_all(images);
        for (std::size_t f = 0; f < table.frames(); ++f) hashes.push_back(hash_of(table.row(f)));
    }
    for (const CodeTable& table : {net.recognise_all(images), net.codes(0)}) {
        hashes.push_back(hash_of(table.winners));
    }
    return hashes;
}

// Test 13, for a spatial network (macs go through all frames) and one with all signals.
TEST(SdrNetwork, CodesDoNotDependOnThreadsOrKernels) {
    auto second = level({1, 1}, {8, 20}, {});
    const auto spatial = network({14, 14}, {level({3, 3}, {6, 40}, Field::square(6)), second});
    for (const auto& parameters : {spatial, deep()}) {
        const auto expected = codes_of(parameters, {}, KernelPath::portable, true);
        for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
            SCOPED_TRACE(threads);
            const Executor executor(threads);
            test::gather_threads(executor);
            for (const bool is_one_by_one : {false, true}) {
                EXPECT_EQ(codes_of(parameters, executor, KernelPath::automatic, is_one_by_one),
                          expected);
            }
        }
        for (const auto path : {KernelPath::avx2, KernelPath::avx512}) {
            if (has_path(path)) {
                EXPECT_EQ(codes_of(parameters, {}, path, false), expected);
            }
        }
    }
}

// Four stored images without a common pixel come back pixel by pixel, from the first level and from
// the code of the top through two levels of reversed weights.
TEST(SdrNetwork, ReconstructsFromEachLevel) {
    auto parameters =
        network({12, 12}, {level({2, 2}, {20, 20}, Field::square(6)), level({1, 1}, {40, 20}, {})});
    // a cell that stopped learning would miss what it should recall
    for (LevelParameters& one : parameters.levels) one.mac.plasticity.u_limit = 1;
    Network net(parameters, 2);
    std::vector<BitSet> images(4, BitSet(144));
    for (std::size_t pixel = 0; pixel < 144; ++pixel) {
        const std::uint64_t image = Stream(6).below(8, pixel); // half of the pixels in none
        if (image < 4) images[image].set(pixel);
    }
    net.learn_all(images);
    for (const BitSet& image : images) {
        net.recognise(image);
        EXPECT_EQ(net.reconstruct(0), image);
        EXPECT_EQ(net.reconstruct(1), image);
    }
    EXPECT_EQ(net.codes().mean_familiarity(0), 1);
}

// What the window asks for is what the mac did.
TEST(SdrNetwork, ExplainsThePresentFrame) {
    Network net(deep(), 5);
    const auto images = frames(144, 40, 12, 8);
    net.learn_all(images);
    net.begin_episode();
    for (const BitSet& image : images) {
        net.recognise(image);
        for (std::size_t m = 0; m < 9; ++m) {
            const Explanation why = net.explain(0, m);
            EXPECT_EQ(why.familiarity, net.macs(0)[m].familiarity());
            EXPECT_EQ(why.hypotheses, net.macs(0)[m].hypotheses());
            EXPECT_EQ(why.signals, net.macs(0)[m].state().signals);
        }
    }
}

// E6: macs of the level below that waver between two hypotheses count 2^0.7 each; those with four
// or more do not count. The top mac stored one code of two source macs; in a probe one source is
// sure and right and the other one wavers: V = (1 * Q + F * Q / 2) / (2 Q) with half of its winners
// right.
TEST(SdrNetwork, SourcesWithManyHypothesesAreWeighted) {
    MacParameters mac;
    mac.shape = {4, 4};
    // two source macs of 4 x 4 cells; the winners of the second are cell 0 at storing time
    Mac top(mac, 2, {BinaryWeights(detail::UnitLayout(mac.shape), 32), {}, {}}, Stream(1));
    const std::vector<std::uint32_t> stored = {0, 4, 8, 12, 16, 20, 24, 28};
    const ActiveRows all{stored, 1};
    top.present({.u = {&all, 1}, .features = 2}, Mode::learn);
    const std::vector<std::uint32_t> sure = {0, 4, 8, 12};
    const std::vector<std::uint32_t> wavering = {16, 20, 25, 29};
    const auto familiarity = [&](std::size_t zeta) {
        const std::vector<ActiveRows> groups = {{sure, 1}, {wavering, zeta}};
        top.begin_episode();
        top.present({.u = groups, .features = 2}, Mode::recognise);
        return top.familiarity();
    };
    EXPECT_NEAR(familiarity(1), 6.0 / 8, 1e-15);
    // F is kept in units of 2^-16
    EXPECT_NEAR(familiarity(2), (4 + std::pow(2.0, 0.7) * 2) / 8, 0x1p-16);
    EXPECT_NEAR(familiarity(4), 4.0 / 8, 1e-15);
}

TEST(SdrNetwork, SaysWhatIsWrong) {
    const auto refusal = [](NetworkParameters parameters) {
        return test::message_of([&] { Network(std::move(parameters), 1); });
    };
    const auto good = network({8, 8}, {level({2, 2}, {4, 4}, Field::square(4))});
    auto bad = good;
    bad.input = {0, 8};
    EXPECT_EQ(refusal(bad), "sdr::Network: the input must have at least one pixel, got 0");
    bad = good;
    bad.levels.clear();
    EXPECT_EQ(refusal(bad), "sdr::Network: there must be at least one level, got 0");
    bad = good;
    bad.levels[0].grid = {0, 0};
    EXPECT_EQ(refusal(bad), "sdr::Network: level 0: there must be at least one mac, got 0");
    bad = good;
    bad.levels[0].mac.shape.cells = 1;
    EXPECT_EQ(refusal(bad), "sdr::MacShape: cells (K) must be in [2, 4096], got 1");
    bad = good;
    bad.levels[0].d = Field{};
    EXPECT_EQ(refusal(bad), "sdr::Network: level 0: D needs a level above, and this is the top");
    bad = good;
    bad.levels[0].u.bands[0].rate = 1.5;
    EXPECT_EQ(refusal(bad), "sdr::Network: level 0: a band's rate must be in (0, 1], got 1.500000");
    bad = good;
    bad.levels[0].u.bands[0].thickness = 0;
    EXPECT_EQ(refusal(bad),
              "sdr::Network: level 0: a band's thickness must be above 0, got 0.000000");
    bad = good;
    bad.levels[0].u = {FieldForm::disc, {{0.1, 1.0}}};
    EXPECT_EQ(refusal(bad), "sdr::Network: level 0: mac 0 has an empty U field");
    bad = network({300, 300}, {level({1, 1}, {4, 4}, {})});
    EXPECT_EQ(refusal(bad), "sdr::Network: level 0: mac 0 may have 90000 active inputs of one "
                            "signal, the most is 65535");
    Network net(good, 1);
    EXPECT_EQ(test::message_of([&] { net.learn(BitSet(63)); }),
              "sdr::Network: a frame must have 64 bits (8 x 8), got 63");
    const std::vector<BitSet> mixed = {BitSet(64), BitSet(65)};
    EXPECT_EQ(test::message_of([&] { net.learn_all(mixed); }),
              "sdr::Network: a frame must have 64 bits (8 x 8), got 65");
    EXPECT_EQ(net.macs(0)[0].frames_learned(), 0U);
}

} // namespace
} // namespace baldwin::sdr::network_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Test 12 of the reference sheet: all versions of the kernels give the integers of plain loops.

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/detail/bit_sums.hpp>
#include <baldwin/sdr/detail/choice.hpp>
#include <baldwin/sdr/detail/draws.hpp>
#include <baldwin/sdr/detail/unit_layout.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace baldwin::sdr::kernels_test {
namespace {

using detail::UnitLayout;
using detail::Word;

struct Case {
    std::size_t inputs;
    std::size_t active;
    MacShape shape;
};

/// Random weights and active rows, and the counts by a loop over single bits.
struct Problem {
    UnitLayout layout;
    AlignedVector<Word> weights;
    std::vector<std::uint32_t> rows;
    std::vector<std::uint16_t> counts;

    Problem(const Case& c, const Stream& stream) : layout(c.shape) {
        const auto& all = layout.cells;
        weights.resize(c.inputs * layout.words);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            weights[i] = stream.wide_bits(i) & all[i % layout.words];
        }
        rows = permutation(c.inputs, stream.substream(1));
        rows.resize(c.active);
        std::sort(rows.begin(), rows.end());
        counts.resize(layout.bits());
        for (const auto row : rows) {
            for (std::size_t unit = 0; unit < layout.bits(); ++unit) {
                counts[unit] = static_cast<std::uint16_t>(
                    counts[unit] + (weights[row * layout.words + unit / 64] >> (unit % 64) & 1U));
            }
        }
    }
};

const std::vector<Case> kCases = {
    {144, 12, {24, 8}},   {784, 100, {50, 20}}, {384, 24, {16, 12}},   {100, 0, {10, 50}},
    {100, 100, {10, 50}}, {63, 63, {3, 16}},    {65, 1, {1, 2}},       {33, 7, {7, 33}},
    {33, 8, {7, 32}},     {17, 9, {5, 65}},     {300, 255, {9, 64}},   {300, 256, {2, 130}},
    {70, 70, {70, 20}},   {5, 3, {13, 17}},     {1100, 1023, {4, 16}},
};

std::vector<KernelPath> paths() {
    std::vector<KernelPath> here;
    for (const auto path : {KernelPath::portable, KernelPath::avx2, KernelPath::avx512}) {
        if (has_path(path)) here.push_back(path);
    }
    return here;
}

TEST(SdrKernels, AllVersionsCountAsPlainLoopsDo) {
    for (std::size_t i = 0; i < kCases.size(); ++i) {
        const Problem problem(kCases[i], Stream(3, i));
        const std::size_t planes = detail::planes_of(problem.rows.size());
        for (const auto path : paths()) {
            SCOPED_TRACE(testing::Message() << "case " << i << ", path " << int(path));
            AlignedVector<Word> bits(planes * problem.layout.words, ~Word{0});
            std::vector<std::uint16_t> counts(problem.layout.bits(), 7);
            detail::sum_rows(
                {problem.weights.data(), problem.layout.words, problem.rows, bits.data()}, path);
            detail::unpack(bits.data(), planes, problem.layout.words, counts.data(), path);
            EXPECT_EQ(counts, problem.counts);
        }
    }
}

TEST(SdrKernels, AllVersionsFindTheMaximaOfModules) {
    for (std::size_t i = 0; i < kCases.size(); ++i) {
        const Problem problem(kCases[i], Stream(3, i));
        const UnitLayout& layout = problem.layout;
        const std::size_t planes = detail::planes_of(problem.rows.size());
        AlignedVector<Word> bits(planes * layout.words);
        detail::sum_rows({problem.weights.data(), layout.words, problem.rows, bits.data()},
                         KernelPath::portable);
        for (const auto path : paths()) {
            SCOPED_TRACE(testing::Message() << "case " << i << ", path " << int(path));
            auto candidates = layout.cells;
            std::vector<std::uint16_t> maxima(layout.places());
            detail::module_maxima(bits.data(), planes, layout, candidates.data(), maxima.data(),
                                  path);
            for (std::size_t q = 0; q < layout.shape.modules; ++q) {
                const auto* counts = problem.counts.data() + layout.bit(q, 0);
                const auto most = *std::max_element(counts, counts + layout.shape.cells);
                ASSERT_EQ(maxima[q], most) << "module " << q;
                for (std::size_t k = 0; k < layout.stride; ++k) {
                    const std::size_t unit = layout.bit(q, k);
                    const bool expected = k < layout.shape.cells && counts[k] == most;
                    ASSERT_EQ((candidates[unit / 64] >> (unit % 64) & 1U) != 0, expected)
                        << "module " << q << ", cell " << k;
                }
            }
        }
    }
}

TEST(SdrKernels, AllVersionsSetTheSameBits) {
    for (std::size_t i = 0; i < kCases.size(); ++i) {
        const Problem problem(kCases[i], Stream(3, i));
        const std::size_t words = problem.layout.words;
        AlignedVector<Word> mask(words);
        for (std::size_t w = 0; w < words; ++w) mask[w] = Stream(4, i).wide_bits(w);
        auto expected = problem.weights;
        for (const auto row : problem.rows) {
            for (std::size_t w = 0; w < words; ++w) expected[row * words + w] |= mask[w];
        }
        for (const auto path : paths()) {
            SCOPED_TRACE(testing::Message() << "case " << i << ", path " << int(path));
            auto weights = problem.weights;
            detail::or_rows({weights.data(), words, problem.rows, mask.data()}, path);
            EXPECT_EQ(weights, expected);
        }
    }
}

TEST(SdrKernels, CountsUnitsAboveAThreshold) {
    for (std::size_t i = 0; i < kCases.size(); ++i) {
        const Problem problem(kCases[i], Stream(3, i));
        const std::size_t words = problem.layout.words;
        const std::size_t planes = detail::planes_of(problem.rows.size());
        AlignedVector<Word> bits(planes * words);
        detail::sum_rows({problem.weights.data(), words, problem.rows, bits.data()},
                         KernelPath::portable);
        for (std::size_t least = 1; least < 2 * problem.rows.size() + 3; least += 1 + least / 3) {
            const auto expected = std::count_if(problem.counts.begin(), problem.counts.end(),
                                                [&](auto count) { return count >= least; });
            EXPECT_EQ(detail::count_at_least(bits.data(), planes, words, least),
                      static_cast<std::size_t>(expected))
                << "case " << i << ", at least " << least;
        }
    }
}

// The portable version is a loop over single blocks; blocks from 2^32 on use the counter's upper
// half.
TEST(SdrKernels, AllVersionsDrawTheSameNumbers) {
    const Stream stream(0x123456789abcdefU, 0xfedcba9876543210U);
    for (const std::uint64_t first :
         {std::uint64_t{0}, std::uint64_t{77}, std::uint64_t{1} << 40}) {
        std::vector<std::uint32_t> expected(150);
        detail::fill_draws(stream, first, expected, KernelPath::portable);
        for (const auto path : paths()) {
            std::vector<std::uint32_t> draws(150);
            detail::fill_draws(stream, first, draws, path);
            EXPECT_EQ(draws, expected) << "from " << first << ", path " << int(path);
        }
        // a part of the numbers is the same numbers
        std::vector<std::uint32_t> part(41);
        detail::fill_draws(stream, first + 53, part);
        EXPECT_TRUE(std::equal(part.begin(), part.end(), expected.begin() + 53));
        // nor does it matter what was drawn before
        detail::LastGroup last;
        for (const std::uint64_t offset : {0U, 20U, 109U, 5U, 64U}) {
            detail::fill_draws(stream, first + offset, part, KernelPath::automatic, last);
            EXPECT_TRUE(std::equal(part.begin(), part.end(),
                                   expected.begin() + static_cast<std::ptrdiff_t>(offset)))
                << "from " << first << " + " << offset;
        }
    }
}

TEST(SdrKernels, FindsTheNthBitOfAWord) {
    const Stream stream(8);
    for (std::uint64_t i = 0; i < 500; ++i) {
        Word word = stream.wide_bits(2 * i);
        if (i % 3 == 0) word &= stream.wide_bits(2 * i + 1); // fewer
        if (i % 3 == 1) word |= stream.wide_bits(2 * i + 1); // more
        if (i == 0) word = ~Word{0};
        std::size_t n = 0;
        BitView(&word, 64).for_each([&](std::size_t place) {
            ASSERT_EQ(detail::place_of_bit(word, n), place) << "bit " << n << " of " << word;
            ++n;
        });
    }
}

// Several modules at a time, whose number is no multiple of it, against one after the other.
TEST(SdrKernels, DrawsAllModulesAsOneAfterTheOther) {
    for (const MacShape shape : {MacShape{50, 20}, MacShape{7, 3}, MacShape{1, 130}}) {
        const UnitLayout layout(shape);
        const Stream stream(9, shape.modules);
        detail::Workspace space;
        for (std::uint64_t i = 0; i < 30; ++i) {
            space.psi.push_back((std::uint64_t{1} << 24) + (stream.wide_bits(i) >> 16));
        }
        space.sums[0].counts.resize(layout.bits());
        for (std::size_t unit = 0; unit < layout.bits(); ++unit) {
            space.sums[0].counts[unit] = static_cast<std::uint16_t>(stream.below(30, 100 + unit));
        }
        space.draws.resize(shape.modules);
        detail::fill_draws(stream, 0, space.draws);
        std::vector<Cell> winners(shape.modules);
        detail::draw_cells(layout, space, winners);
        std::vector<std::uint64_t> scratch;
        for (std::size_t q = 0; q < shape.modules; ++q) {
            const auto psi = [&](std::size_t k) {
                return space.psi[space.sums[0].counts[layout.bit(q, k)]];
            };
            EXPECT_EQ(winners[q], detail::drawn_cell(shape.cells, space.draws[q], psi, scratch))
                << "module " << q << " of " << shape.modules;
        }
    }
}

} // namespace
} // namespace baldwin::sdr::kernels_test

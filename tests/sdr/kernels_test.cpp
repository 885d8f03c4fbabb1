// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Test 12 of the reference sheet: all versions of the kernels give the integers of plain loops.

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/detail/bit_sums.hpp>
#include <baldwin/sdr/detail/unit_layout.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace baldwin::sdr {
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

} // namespace
} // namespace baldwin::sdr

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

namespace baldwin::random_test {
namespace {

using baldwin::Stream;
using baldwin::detail::NormalPath;
using baldwin::detail::WordSource;
using Words = std::array<std::uint32_t, 4>;

constexpr std::size_t kMany = std::size_t{1} << 20;

std::vector<float> normals(const Stream& stream, std::size_t count, std::uint64_t first = 0) {
    std::vector<float> values(count);
    stream.fill_normal(values, first);
    return values;
}

std::vector<float> uniforms(const Stream& stream, std::size_t count, std::uint64_t first = 0) {
    std::vector<float> values(count);
    stream.fill_uniform(std::span<float>(values), first);
    return values;
}

// Sum of (observed - expected)^2 / expected. With c cells its mean is c - 1, its variance
// 2 (c - 1); the band used below is five standard deviations to both sides.
void expect_even(const std::vector<std::size_t>& cells) {
    const auto total =
        static_cast<double>(std::accumulate(cells.begin(), cells.end(), std::size_t{0}));
    const auto freedom = static_cast<double>(cells.size() - 1);
    const double expected = total / static_cast<double>(cells.size());
    double chi2 = 0;
    for (const auto cell : cells)
        chi2 += std::pow(static_cast<double>(cell) - expected, 2) / expected;
    EXPECT_NEAR(chi2, freedom, 5 * std::sqrt(2 * freedom));
}

double correlation(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < b.size(); ++i)
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum / static_cast<double>(b.size());
}

// The three vectors that Random123 publishes for philox4x32-10 (kat_vectors).
TEST(CorePhilox, AgreesWithPublishedVectors) {
    EXPECT_EQ(baldwin::philox4x32({0, 0, 0, 0}, {0, 0}),
              (Words{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}));
    EXPECT_EQ(baldwin::philox4x32({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}),
              (Words{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}));
    EXPECT_EQ(baldwin::philox4x32({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U},
                                  {0xa4093822U, 0x299f31d0U}),
              (Words{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}));
}

// Draw 64 g + 16 w + l is word w of block 16 g + l; the counter is (block, stream), the key the
// seed.
TEST(CoreStream, WordsAreThePhiloxBlocksInLaneOrder) {
    const std::uint64_t seed = 0x123456789abcdef0U;
    const std::uint64_t id = 0xfedcba9876543210U;
    const Stream stream(seed, id);
    for (const std::uint64_t group : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 30}) {
        for (std::uint32_t lane = 0; lane < 16; ++lane) {
            const std::uint64_t block = group * 16 + lane;
            const Words words = baldwin::philox4x32({static_cast<std::uint32_t>(block),
                                                     static_cast<std::uint32_t>(block >> 32),
                                                     0x76543210U, 0xfedcba98U},
                                                    {0x9abcdef0U, 0x12345678U});
            for (std::size_t w = 0; w < 4; ++w) {
                EXPECT_EQ(stream.bits(group * 64 + 16 * w + lane), words[w]);
            }
        }
    }
}

TEST(CoreStream, BlockAtAnyOffsetIsASliceOfTheWhole) {
    const Stream stream(7, 3);
    const auto all_normals = normals(stream, 1000);
    const auto all_uniforms = uniforms(stream, 1000);
    for (std::size_t first = 0; first < 130; first += 13) {
        for (const std::size_t count : {0U, 1U, 5U, 63U, 64U, 65U, 128U, 200U, 777U}) {
            const auto from = static_cast<std::ptrdiff_t>(first);
            const auto some = normals(stream, count, first);
            EXPECT_TRUE(std::equal(some.begin(), some.end(), all_normals.begin() + from));
            const auto more = uniforms(stream, count, first);
            EXPECT_TRUE(std::equal(more.begin(), more.end(), all_uniforms.begin() + from));
        }
    }
}

TEST(CoreStream, SingleDrawsEqualBlocks) {
    const Stream stream(99, 1);
    const std::uint64_t first = (std::uint64_t{1} << 34) - 100; // the counter's low word overflows
    const auto block = normals(stream, 300, first);
    const auto flat = uniforms(stream, 300, first);
    std::vector<double> wide(300);
    std::vector<double> wide_normals(300);
    stream.fill_uniform(std::span<double>(wide), first);
    stream.fill_normal(std::span<double>(wide_normals), first);
    for (std::size_t i = 0; i < block.size(); ++i) {
        EXPECT_EQ(stream.normal(first + i), block[i]);
        EXPECT_EQ(stream.uniform_float(first + i), flat[i]);
        EXPECT_EQ(stream.uniform(first + i), wide[i]);
        EXPECT_EQ(wide_normals[i], static_cast<double>(block[i]));
    }
}

TEST(CoreStream, BlocksTouchNothingBesideThem) {
    for (std::size_t first = 0; first < 70; first += 3) {
        std::vector<float> guarded(300, 42.0F);
        Stream(1).fill_normal(std::span<float>(guarded).subspan(10, 201), first);
        for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(guarded[i], 42.0F);
        for (std::size_t i = 211; i < 300; ++i) EXPECT_EQ(guarded[i], 42.0F);
    }
}

TEST(CoreStream, AddedNoiseEqualsStoredNoise) {
    const Stream stream(5, 8);
    for (const std::size_t first : {0U, 1U, 63U, 64U, 100U}) {
        for (const std::size_t count : {0U, 1U, 64U, 200U, 1000U}) {
            auto theta = uniforms(stream.substream(1), count);
            auto expected = theta;
            const auto noise = normals(stream, count, first);
            for (std::size_t i = 0; i < count; ++i) {
                expected[i] = std::fma(0.02F, noise[i], expected[i]);
            }
            stream.axpy_normal(theta, 0.02F, first);
            EXPECT_EQ(theta, expected);
        }
    }
}

class CoreStreamPath : public testing::TestWithParam<NormalPath> {
protected:
    void SetUp() override {
        if (!baldwin::detail::has_path(GetParam())) GTEST_SKIP() << "this CPU has not the version";
    }

    template <class Operation>
    void expect_portable_bits(const Operation& operation, std::size_t count) const {
        for (const std::uint64_t first :
             {std::uint64_t{0}, std::uint64_t{77}, (std::uint64_t{1} << 34) - 500,
              (std::uint64_t{1} << 62) - 100000}) {
            const WordSource source{first * 3 + 1, ~first, baldwin::detail::DrawKind::normals};
            std::vector<float> ours(count, 0.25F);
            std::vector<float> portable = ours;
            baldwin::detail::on_draws(operation, source, first, ours, GetParam());
            baldwin::detail::on_draws(operation, source, first, portable, NormalPath::portable);
            for (std::size_t i = 0; i < count; ++i) {
                ASSERT_EQ(std::bit_cast<std::uint32_t>(ours[i]),
                          std::bit_cast<std::uint32_t>(portable[i]));
            }
        }
    }
};

TEST_P(CoreStreamPath, GivesTheBitsOfThePortableVersion) {
    expect_portable_bits(baldwin::detail::FillNormal{}, 20000);
    expect_portable_bits(baldwin::detail::FillUniform{}, 20000);
    expect_portable_bits(baldwin::detail::AddNormal{0.013F}, 20000);
}

INSTANTIATE_TEST_SUITE_P(Wide, CoreStreamPath,
                         testing::Values(NormalPath::avx2, NormalPath::avx512),
                         [](const auto& run) {
                             return run.param == NormalPath::avx2 ? "Avx2" : "Avx512";
                         });

// Against Box and Muller's formula in long double. The angle's argument is exact to 2^-25
// quadrants, so cosine and sine are within 1.3e-7; with the radius (at most 6.56, relative
// error 1.2e-7) and rounding, 2e-6 holds with room.
TEST(CoreNormal, FollowsTheFormula) {
    const Stream stream(21);
    for (std::uint64_t i = 0; i < 20000; ++i) {
        const std::uint32_t a = i < 64 ? std::uint32_t{1} << (i % 32) : stream.bits(2 * i);
        const std::uint32_t b = stream.bits(2 * i + 1);
        const long double u = static_cast<long double>((a >> 1) | 1U) / 2147483648.0L;
        const long double radius = std::sqrt(-2 * std::log(u));
        const long double quarter =
            1.57079632679489661923L * static_cast<long double>(b & 0x3fffffffU) / 1073741824.0L;
        const auto pair = baldwin::detail::normal_pair(a, b);
        const long double sign0 = (b >> 30) & 1U ? -1 : 1;
        const long double sign1 = (b >> 31) & 1U ? -1 : 1;
        ASSERT_NEAR(pair.first, static_cast<double>(sign0 * radius * std::cos(quarter)), 2e-6);
        ASSERT_NEAR(pair.second, static_cast<double>(sign1 * radius * std::sin(quarter)), 2e-6);
    }
}

TEST(CoreNormal, ExtremeWordsAreFinite) {
    for (const std::uint32_t a : {0U, 1U, 2U, 3U, ~0U, ~0U - 1, ~0U - 256, 1U << 31}) {
        for (const std::uint32_t b : {0U, 1U, ~0U, 0x3fffffffU, 0x40000000U, 0x80000000U}) {
            const auto pair = baldwin::detail::normal_pair(a, b);
            EXPECT_LE(std::hypot(pair.first, pair.second), 6.56F) << a << ' ' << b;
        }
    }
}

// N = 2^20 draws. Standard errors: mean 1/sqrt(N); z^2 sqrt(2/N); z^3 sqrt(15/N); z^4 sqrt(96/N).
TEST(CoreNormal, HasTheMomentsOfTheNormalDistribution) {
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
        for (const float z : normals(Stream(seed), kMany)) {
            const auto x = static_cast<double>(z);
            m1 += x;
            m2 += x * x;
            m3 += x * x * x;
            m4 += x * x * x * x;
        }
        const auto n = static_cast<double>(kMany);
        EXPECT_NEAR(m1 / n, 0, 5 / std::sqrt(n));
        EXPECT_NEAR(m2 / n, 1, 5 * std::sqrt(2 / n));
        EXPECT_NEAR(m3 / n, 0, 5 * std::sqrt(15 / n));
        EXPECT_NEAR(m4 / n, 3, 5 * std::sqrt(96 / n));
    }
}

// Counts beyond t have mean N p and variance N p; p = erfc(t / sqrt 2).
TEST(CoreNormal, HasTheTailsOfTheNormalDistribution) {
    const auto values = normals(Stream(11), 4 * kMany);
    for (const double threshold : {1.0, 2.0, 3.0, 4.0, 4.5}) {
        const auto beyond = std::count_if(values.begin(), values.end(), [&](float z) {
            return std::abs(static_cast<double>(z)) > threshold;
        });
        const double expected =
            static_cast<double>(values.size()) * std::erfc(threshold / std::sqrt(2.0));
        EXPECT_NEAR(static_cast<double>(beyond), expected, 5 * std::sqrt(expected));
    }
}

// The distribution function maps normals to uniforms: 256 cells of equal probability.
TEST(CoreNormal, FillsCellsOfEqualProbabilityEvenly) {
    std::vector<std::size_t> cells(256);
    for (const float z : normals(Stream(12), kMany)) {
        const double u = 0.5 * std::erfc(-static_cast<double>(z) / std::sqrt(2.0));
        ++cells[std::min<std::size_t>(255, static_cast<std::size_t>(u * 256))];
    }
    expect_even(cells);
}

TEST(CoreUniform, FillsCellsEvenlyInHighAndLowBits) {
    std::vector<std::size_t> high(1024), low(1024);
    for (const float u : uniforms(Stream(13), kMany)) {
        ASSERT_GE(u, 0.0F);
        ASSERT_LT(u, 1.0F);
        const auto bits = static_cast<std::uint32_t>(u * 0x1p24F);
        ++high[bits >> 14];
        ++low[bits & 1023U];
    }
    expect_even(high);
    expect_even(low);
}

// Mean 1/2 and variance 1/12: standard errors sqrt(1/12/N) and sqrt(1/180/N).
TEST(CoreUniform, DoublesHaveTheMomentsOfTheUniformDistribution) {
    const Stream stream(14);
    double mean = 0, variance = 0;
    const double n = 200000;
    for (std::uint64_t i = 0; i < 200000; ++i) {
        const double u = stream.uniform(i);
        ASSERT_GE(u, 0);
        ASSERT_LT(u, 1);
        mean += u / n;
        variance += (u - 0.5) * (u - 0.5) / n;
    }
    EXPECT_NEAR(mean, 0.5, 5 * std::sqrt(1 / 12.0 / n));
    EXPECT_NEAR(variance, 1 / 12.0, 5 * std::sqrt(1 / 180.0 / n));
}

// The correlation of N pairs of independent standard normals has standard error 1/sqrt(N).
TEST(CoreStream, RelatedStreamsAreUncorrelated) {
    const double band = 5 / std::sqrt(static_cast<double>(kMany / 4));
    const Stream base(42, 0);
    const auto a = normals(base, kMany / 4);
    for (const Stream& other : {Stream(42, 1), Stream(43, 0), Stream(0, 42), base.substream(0),
                                base.substream(1), Stream(42, std::uint64_t{1} << 63)}) {
        EXPECT_NEAR(correlation(a, normals(other, kMany / 4)), 0, band);
    }
}

// The two normals of a pair share a radius (lag 16): their squares must be uncorrelated too.
// (z^2 - 1) has variance 2, so the mean product of two has standard error 2/sqrt(N).
TEST(CoreNormal, NeighboursAreUncorrelatedInValueAndSquare) {
    const auto values = normals(Stream(15), kMany);
    auto squares = values;
    for (float& z : squares) z = z * z - 1;
    for (const std::size_t lag : {1U, 2U, 8U, 15U, 16U, 17U, 32U, 48U, 64U}) {
        const double band = 5 / std::sqrt(static_cast<double>(kMany - lag));
        const std::span<const float> shifted = std::span<const float>(values).subspan(lag);
        EXPECT_NEAR(correlation(values, shifted), 0, band) << lag;
        EXPECT_NEAR(correlation(squares, std::span<const float>(squares).subspan(lag)), 0, 2 * band)
            << lag;
    }
}

TEST(CoreStream, KindsOfDrawShareNoBits) {
    const Stream stream(16);
    std::vector<std::uint32_t> words;
    for (std::uint64_t i = 0; i < 2000; ++i) {
        words.push_back(stream.bits(i));
        words.push_back(static_cast<std::uint32_t>(stream.wide_bits(i)));
        words.push_back(static_cast<std::uint32_t>(stream.wide_bits(i) >> 32));
    }
    std::sort(words.begin(), words.end());
    // 6000 words of 32 bits: 6000^2 / 2^33 = 0.004 equal pairs expected
    EXPECT_EQ(std::unique(words.begin(), words.end()), words.end());
}

TEST(CoreStream, SubstreamsDiffer) {
    const Stream stream(17, 5);
    std::vector<std::uint64_t> ids = {stream.id()};
    for (std::uint64_t child = 0; child < 10000; ++child) {
        ids.push_back(stream.substream(child).id());
        ids.push_back(stream.substream(child << 32).substream(7).id());
    }
    std::sort(ids.begin(), ids.end());
    const auto end = std::unique(ids.begin(), ids.end());
    EXPECT_EQ(end, ids.end());
    EXPECT_EQ(stream.substream(3), Stream(17, 5).substream(3));
    EXPECT_NE(stream.substream(3), Stream(18, 5).substream(3));
}

TEST(CoreStream, BelowIsEven) {
    const Stream stream(18);
    std::vector<std::size_t> cells(7);
    for (std::uint64_t i = 0; i < 100000; ++i) ++cells.at(stream.below(7, i));
    expect_even(cells);
    EXPECT_EQ(stream.below(1, 0), 0U);
    EXPECT_LT(stream.below(std::numeric_limits<std::uint64_t>::max(), 1),
              std::numeric_limits<std::uint64_t>::max());
}

// The share of N draws with probability p has standard error sqrt(p (1 - p) / N).
TEST(CoreStream, BernoulliHasItsProbability) {
    const Stream stream(19);
    std::size_t count = 0;
    for (std::uint64_t i = 0; i < 100000; ++i) {
        count += stream.bernoulli(0.3, i);
        EXPECT_TRUE(stream.bernoulli(1, i));
        EXPECT_FALSE(stream.bernoulli(0, i));
    }
    EXPECT_NEAR(static_cast<double>(count) / 1e5, 0.3, 5 * std::sqrt(0.21 / 1e5));
}

TEST(CoreStream, RefusesWhatHasNoMeaning) {
    const Stream stream(1);
    EXPECT_THROW(static_cast<void>(stream.below(0, 0)), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(stream.bernoulli(-0.1, 0)), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(stream.bernoulli(1.1, 0)), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(stream.bernoulli(std::nan(""), 0)), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(baldwin::permutation((std::size_t{1} << 32) + 1, stream)),
                 std::invalid_argument);
}

TEST(CorePermutation, HoldsEachNumberOnce) {
    for (const std::size_t count : {0U, 1U, 2U, 5U, 1000U}) {
        auto order = baldwin::permutation(count, Stream(20, count));
        EXPECT_EQ(order, baldwin::permutation(count, Stream(20, count)));
        std::sort(order.begin(), order.end());
        for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(order[i], i);
    }
}

TEST(CorePermutation, AllOrdersOfFourAreEquallyLikely) {
    std::map<std::vector<std::uint32_t>, std::size_t> counts;
    for (std::uint64_t i = 0; i < 24000; ++i) ++counts[baldwin::permutation(4, Stream(21, i))];
    EXPECT_EQ(counts.size(), 24U);
    std::vector<std::size_t> cells;
    for (const auto& [order, count] : counts) cells.push_back(count);
    expect_even(cells);
}

} // namespace
} // namespace baldwin::random_test

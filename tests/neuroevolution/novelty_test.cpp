// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "support/errors.hpp"
#include "support/threads.hpp"

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/novelty.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

namespace baldwin::neuroevolution::novelty_test {
namespace {

using baldwin::test::message_of;

enum class Cloud { uniform, lattice, line, clustered };

/// Points that are hard for trees in different ways: many ties, a line, clusters far apart.
std::vector<float> points_of(Cloud cloud, std::size_t count, std::size_t dimensions,
                             std::uint64_t seed) {
    const Stream draws(seed, static_cast<std::uint64_t>(cloud));
    std::vector<float> points(count * dimensions);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const float u = draws.uniform_float(i);
        switch (cloud) {
        case Cloud::uniform: points[i] = 200 * u; break;
        case Cloud::lattice: points[i] = std::floor(6 * u); break;
        case Cloud::line: points[i] = i % dimensions == 0 ? u : 1; break;
        case Cloud::clustered:
            points[i] = u + 1e4F * std::floor(4 * draws.uniform_float(i / dimensions + 900'000));
            break;
        }
    }
    return points;
}

/// All distances, sorted; in double, without a tree.
std::vector<double> brute_force(const std::vector<float>& points, const float* query,
                                std::size_t dimensions, std::size_t k) {
    std::vector<double> all(points.size() / dimensions);
    detail::squared_distances(query, points.data(), all.size(), dimensions, all.data());
    all.resize(std::max(all.size(), k), std::numeric_limits<double>::infinity());
    std::sort(all.begin(), all.end());
    all.resize(k);
    return all;
}

NoveltyArchive archive_of(const std::vector<float>& points, std::size_t dimensions) {
    NoveltyArchive archive(dimensions);
    for (std::size_t i = 0; i < points.size(); i += dimensions) {
        archive.add(std::span<const float>(points).subspan(i, dimensions));
    }
    return archive;
}

TEST(NeuroevolutionArchive, FindsWhatComparingAllFinds) {
    for (const auto cloud : {Cloud::uniform, Cloud::lattice, Cloud::line, Cloud::clustered}) {
        for (const std::size_t dimensions : {1U, 2U, 3U, 7U, 16U, 17U, 40U}) {
            for (const std::size_t count : {1U, 20U, 256U, 333U, 2000U}) {
                SCOPED_TRACE(::testing::Message()
                             << static_cast<int>(cloud) << ' ' << dimensions << ' ' << count);
                const auto points = points_of(cloud, count, dimensions, 1);
                const auto queries = points_of(cloud, 12, dimensions, 2);
                const NoveltyArchive archive = archive_of(points, dimensions);
                const std::size_t k = 25;
                const auto found = archive.nearest(queries, k);
                for (std::size_t q = 0; q < 12; ++q) {
                    const auto wanted =
                        brute_force(points, queries.data() + q * dimensions, dimensions, k);
                    EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(),
                                           found.begin() + static_cast<std::ptrdiff_t>(q * k)));
                }
            }
        }
    }
}

// Trees are built and joined as the archive grows; every size in between has to be right.
TEST(NeuroevolutionArchive, IsRightAtEverySize) {
    const auto points = points_of(Cloud::uniform, 900, 2, 3);
    const auto query = points_of(Cloud::uniform, 1, 2, 4);
    NoveltyArchive archive;
    for (std::size_t n = 1; n <= 900; ++n) {
        archive.add(std::span<const float>(points).subspan(2 * (n - 1), 2));
        const std::vector<float> so_far(points.begin(),
                                        points.begin() + static_cast<std::ptrdiff_t>(2 * n));
        ASSERT_EQ(archive.nearest(query, 5), brute_force(so_far, query.data(), 2, 5)) << n;
    }
    EXPECT_EQ(archive.size(), 900U);
    EXPECT_TRUE(std::equal(points.begin(), points.end(), archive.points().begin()));
}

TEST(NeuroevolutionArchive, AnyNumberOfThreadsFindsTheSame) {
    const NoveltyArchive archive = archive_of(points_of(Cloud::uniform, 3000, 2, 5), 2);
    const auto queries = points_of(Cloud::uniform, 700, 2, 6);
    const auto expected = archive.nearest(queries, 9);
    for (const std::size_t threads : {2U, 3U, 8U}) {
        const Executor executor(threads);
        const baldwin::test::Rendezvous rendezvous(executor);
        EXPECT_EQ(archive.nearest(queries, 9, executor), expected);
        EXPECT_EQ(rendezvous.full_loops(), 1U);
    }
}

// Archive 0 and 10 on a line, population 1, 2 and 7, k = 2, squared distances:
// 1: to 0 is 1, to 2 is 1 -> 1.  2: to 1 is 1, to 0 is 4 -> 2.5.  7: to 10 is 9, to 2 is 25 -> 17.
TEST(NeuroevolutionNovelty, IsTheMeanDistanceToTheNearestOfArchiveAndOthers) {
    NoveltyArchive archive = archive_of({0, 10}, 1);
    const std::vector<float> population = {1, 2, 7};
    NoveltyConfig config;
    config.neighbours = 2;
    EXPECT_EQ(novelty_of(archive, population, config), (std::vector<double>{1, 2.5, 17}));
    config.distance = Distance::euclidean;
    EXPECT_EQ(novelty_of(archive, population, config), (std::vector<double>{1, 1.5, 4}));
    config.neighbours = 100; // all there are: 7 to 0, 10, 1, 2 is 7, 3, 6, 5
    EXPECT_EQ(novelty_of(archive, population, config)[2], 5.25);
    // two at one place are no neighbour of themselves, but of one another
    config.neighbours = 1;
    EXPECT_EQ(novelty_of(archive, std::vector<float>{4, 4, 8}, config),
              (std::vector<double>{0, 0, 2}));
    const NoveltyArchive empty(1);
    EXPECT_EQ(novelty_of(empty, std::vector<float>{4}, config), (std::vector<double>{0}));
}

TEST(NeuroevolutionArchive, SaysWhatDoesNotFit) {
    NoveltyArchive archive = archive_of({0, 10, 3, 4}, 2);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { archive.add(std::vector<float>{1}); }),
              "NoveltyArchive: the archive has 2 dimensions, got a behaviour of 1");
    EXPECT_EQ(message_of<std::invalid_argument>([&] { NoveltyArchive none(0); }),
              "NoveltyArchive: a behaviour must have a dimension, got 0");
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  archive.add(std::vector<float>{1, std::numeric_limits<float>::infinity()});
              }),
              "NoveltyArchive: a behaviour must be finite, got inf");
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  (void)archive.nearest(std::vector<float>{1, 2, 3}, 1);
              }),
              "NoveltyArchive: queries must be rows of 2 elements, got 3 elements");
}

TEST(NeuroevolutionArchive, ComesBackFromAFile) {
    const NoveltyArchive archive = archive_of(points_of(Cloud::clustered, 500, 3, 5), 3);
    SafetensorsWriter out;
    archive.save(out, "a");
    NoveltyArchive back(7);
    back.restore(SafetensorsFile(out.bytes(), "x"), "a");
    const auto queries = points_of(Cloud::clustered, 10, 3, 6);
    EXPECT_EQ(back.nearest(queries, 4), archive.nearest(queries, 4));
}

} // namespace
} // namespace baldwin::neuroevolution::novelty_test

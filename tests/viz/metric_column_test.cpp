// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/viz/metric_column.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace baldwin::metric_column_test {

using viz::CurveQuery;
using viz::MetricColumn;

namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

/// A noisy hill within [-2, 2]; exact, so equal wherever it is computed.
double wave(std::size_t i) {
    const auto noise = static_cast<double>(i * 7919 % 10'007) / 8192;
    return noise - static_cast<double>(i % 30'000) / 32'768;
}

MetricColumn column_of(std::size_t count) {
    MetricColumn column;
    for (std::size_t i = 0; i < count; ++i) column.append(static_cast<double>(10 * i), wave(i));
    return column;
}

} // namespace

TEST(VizMetricColumn, FewSamplesComeAsTheyAreWithTheNeighboursOutside) {
    const MetricColumn column = column_of(20);
    const auto points = column.curve({.steps = {45, 75}, .columns = 100});
    ASSERT_EQ(points.size(), 5U); // 40 | 50 60 70 | 80
    EXPECT_EQ(points.front(), (Point{40, wave(4)}));
    EXPECT_EQ(points.back(), (Point{80, wave(8)}));
    EXPECT_EQ(column.curve({.steps = {0, 1000}, .columns = 0}).size(), 20U);
}

// Every pixel column shows the extremes that a plain look at all of its samples finds.
TEST(VizMetricColumn, ManySamplesKeepTheExtremesOfEveryPixelColumn) {
    const std::size_t count = 100'000;
    const MetricColumn column = column_of(count);
    const Interval steps{123'456, 923'456};
    const std::size_t columns = 37;
    const auto points = column.curve({.steps = steps, .columns = columns});
    EXPECT_LE(points.size(), 4 * columns + 2);
    EXPECT_TRUE(
        std::is_sorted(points.begin(), points.end(), [](Point a, Point b) { return a.x < b.x; }));
    const double width = (steps.high - steps.low) / static_cast<double>(columns);
    for (std::size_t c = 0; c < columns; ++c) {
        const double low = steps.low + static_cast<double>(c) * width;
        double least = 2;
        double greatest = -2;
        for (std::size_t i = 0; i < count; ++i) {
            const auto step = static_cast<double>(10 * i);
            if (step < low || step >= low + width) continue;
            least = std::min(least, wave(i));
            greatest = std::max(greatest, wave(i));
        }
        double shown_least = 2;
        double shown_greatest = -2;
        for (const Point point : points) {
            if (point.x < low || point.x >= low + width) continue;
            shown_least = std::min(shown_least, point.y);
            shown_greatest = std::max(shown_greatest, point.y);
        }
        EXPECT_EQ(shown_least, least) << c;
        EXPECT_EQ(shown_greatest, greatest) << c;
    }
}

TEST(VizMetricColumn, AGapStaysAGapHoweverManySamplesAreAroundIt) {
    MetricColumn column;
    for (std::size_t i = 0; i < 10'000; ++i) {
        column.append(static_cast<double>(i), i == 5000 ? kGap : wave(i));
    }
    const auto points = column.curve({.steps = {0, 10'000}, .columns = 10});
    EXPECT_EQ(std::count_if(points.begin(), points.end(),
                            [](Point point) { return std::isnan(point.y); }),
              1);
}

// By hand, weight 1/2: s = v1/2; s/(1-1/2) = v1. Then s = v1/4 + v2/2; s/(1-1/4) = (v1 + 2 v2)/3.
TEST(VizMetricColumn, SmoothingIsDebiasedAndForgetsGaps) {
    MetricColumn column;
    column.append(1, 3);
    column.append(2, kGap);
    column.append(3, 6);
    const auto points = column.curve({.steps = {0, 9}, .columns = 0, .smoothing = 0.5});
    EXPECT_DOUBLE_EQ(points[0].y, 3);
    EXPECT_TRUE(std::isnan(points[1].y));
    EXPECT_DOUBLE_EQ(points[2].y, (3 + 2 * 6) / 3.0);
    column.append(4, 6); // s = (3/4 + 6/2)/2 + 3 = 4.875; / (1 - 1/8)
    EXPECT_DOUBLE_EQ(column.nearest({.smoothing = 0.5}, 4)->y, 4.875 / 0.875);
    EXPECT_DOUBLE_EQ(column.nearest({}, 4)->y, 6);
}

TEST(VizMetricColumn, TheNearestSampleIsExactAndTheEarlierOfTwo) {
    const MetricColumn column = column_of(20'000);
    EXPECT_EQ(column.nearest({}, 1004)->x, 1000);
    EXPECT_EQ(column.nearest({}, 1005)->x, 1000);
    EXPECT_EQ(column.nearest({}, 1006), (Point{1010, wave(101)}));
    EXPECT_EQ(column.nearest({}, -50)->x, 0);
    EXPECT_EQ(column.nearest({}, 1e9)->x, 199'990);
    EXPECT_FALSE(MetricColumn().nearest({}, 3));
}

// A resumed run writes its later steps again; nothing of the first try may stay.
TEST(VizMetricColumn, AnEarlierStepStartsANewPast) {
    MetricColumn column = column_of(10'000);
    column.append(50'005, 9);
    EXPECT_EQ(column.size(), 5002U);
    EXPECT_EQ(column.extent(), (Interval{0, 50'005}));
    double greatest = 0;
    for (const Point point : column.curve({.steps = {0, 1e6}, .columns = 3})) {
        greatest = std::max(greatest, point.y);
    }
    EXPECT_EQ(greatest, 9);
    (void)column.curve({.steps = {0, 1e6}, .columns = 3, .smoothing = 0.9});
    column.cut_after(70);
    EXPECT_EQ(column.size(), 8U);
    EXPECT_EQ(column.curve({.steps = {0, 1e6}, .columns = 0, .smoothing = 0.9}).size(), 8U);
    column.clear();
    EXPECT_FALSE(column.extent());
}

} // namespace baldwin::metric_column_test

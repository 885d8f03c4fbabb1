// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/progress.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <string>

namespace baldwin::progress_test {
namespace {

// a clock that stands where it is put
struct Stage {
    double now = 0;
    std::ostringstream out;

    Progress progress(ProgressConfig config) {
        return Progress(config, out, [this] { return now; });
    }
};

TEST(CoreProgress, PlainLinesComeEveryFewSecondsWithRateAndTimeLeft) {
    Stage stage;
    auto progress = stage.progress({});
    progress.begin("images", 60000);
    for (int second = 1; second <= 12; ++second) {
        stage.now = second;
        progress.update(1000.0 * second, "loss 0.5");
    }
    EXPECT_EQ(stage.out.str(), "5,000 of 60,000 images (8 %), 1,000/s, 55 s left, loss 0.5\n"
                               "10,000 of 60,000 images (17 %), 1,000/s, 50 s left, loss 0.5\n");
}

TEST(CoreProgress, ATerminalLineRewritesItselfAndFitsTheWidth) {
    Stage stage;
    auto progress = stage.progress({.is_terminal = true, .width = 20});
    progress.begin("images", 100);
    stage.now = 1;
    progress.update(10);
    stage.now = 1.05; // too soon to draw again
    progress.update(11);
    progress.note("epoch 1");
    EXPECT_EQ(stage.out.str(), "\r\x1b[2K10 of 100 images (1\r\x1b[2Kepoch 1\n");
}

TEST(CoreProgress, QuietShowsNothing) {
    Stage stage;
    auto progress = stage.progress({.is_quiet = true});
    stage.now = 100;
    progress.update(10);
    progress.note("epoch 1");
    EXPECT_FALSE(progress.is_due());
    EXPECT_EQ(stage.out.str(), "");
}

TEST(CoreProgress, ARunThatGoesOnCountsItsOwnSessionOnly) {
    Stage stage;
    auto progress = stage.progress({});
    progress.begin("steps", 1000, 900);
    stage.now = 10;
    progress.update(950);
    EXPECT_EQ(stage.out.str(), "950 of 1,000 steps (95 %), 5/s, 10 s left\n");
}

TEST(CoreProgress, AnUnknownTotalHasNoTimeLeft) {
    Stage stage;
    auto progress = stage.progress({});
    progress.begin("steps", 0);
    stage.now = 10;
    progress.update(20);
    EXPECT_EQ(stage.out.str(), "20 steps, 2/s\n");
}

TEST(CoreProgress, DurationsReadAsPeopleSayThem) {
    EXPECT_EQ(duration_text(7.6), "8 s");
    EXPECT_EQ(duration_text(65), "1 min 05 s");
    EXPECT_EQ(duration_text(7 * 3600 + 125), "7 h 02 min");
    EXPECT_EQ(duration_text(-1), "?");
    EXPECT_EQ(duration_text(std::numeric_limits<double>::infinity()), "?");
}

TEST(CoreProgress, QuantitiesHaveThreeDigitsOrThousands) {
    EXPECT_EQ(quantity_text(0.12345), "0.123");
    EXPECT_EQ(quantity_text(999.4), "999");
    EXPECT_EQ(quantity_text(999.6), "1,000");
    EXPECT_EQ(quantity_text(1234567), "1,234,567");
    EXPECT_EQ(quantity_text(-123456), "-123,456");
    EXPECT_EQ(quantity_text(std::numeric_limits<double>::quiet_NaN()), "?");
}

} // namespace
} // namespace baldwin::progress_test

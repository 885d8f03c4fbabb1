// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/core/plot.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace baldwin::plot_test {
namespace {

template <class T>
std::vector<T> all(const Panel& panel) {
    std::vector<T> found;
    for (const Item& item : panel.items) {
        if (const auto* one = std::get_if<T>(&item)) found.push_back(*one);
    }
    return found;
}

} // namespace

TEST(CorePlot, LearningCurvesDrawAccuracyInPercent) {
    const Scene scene =
        learning_curves({.label = "epoch", .whole = true}, {{"training", {1, 2}, {0.5, 0.25}}},
                        {{"validation", {1, 2}, {0.8, 0.9}}});
    ASSERT_EQ(scene.panels.size(), 2U);
    EXPECT_EQ(scene.panels[0].y.unit, "nats");
    EXPECT_EQ(scene.panels[1].y.unit, "%");
    EXPECT_DOUBLE_EQ(all<Curve>(scene.panels[1]).at(0).at.at(1).y, 90);
    EXPECT_EQ(all<Curve>(scene.panels[0]).at(0).name, "training");
    EXPECT_TRUE(scene.panels[0].x.whole);
}

TEST(CorePlot, CurvesRefuseColumnsOfDifferentLength) {
    EXPECT_THROW(curves("t", {}, {}, {{"a", {1, 2}, {1}}}), std::invalid_argument);
}

TEST(CorePlot, ConfusionMatrixShowsItsCountsRowByRow) {
    const std::vector<std::size_t> counts = {90, 10, 0, 1500};
    const Panel panel = confusion_matrix("c", counts, {"cat", "dog"});
    const auto texts = all<Text>(panel);
    ASSERT_EQ(texts.size(), 3U); // a zero stays empty
    EXPECT_EQ(texts[1].text, "10");
    EXPECT_EQ(texts[1].at, (Point{1, 0})); // true class cat: first row; answer dog: second column
    EXPECT_EQ(texts[2].text, "1500");      // no comma: cells are narrow
    EXPECT_EQ(panel.y.label, "true class");
    EXPECT_EQ(panel.x.ticks.at(1).label, "dog");
    EXPECT_TRUE(panel.y.reversed);
    // shares of the row, not of all
    const auto cells = all<Polygon>(panel);
    EXPECT_EQ(cells.at(3).fill, Paint::fixed(sequential(1)));
    EXPECT_EQ(cells.at(2).fill, Paint::fixed(sequential(0)));
}

TEST(CorePlot, ConfusionMatrixRefusesAWrongNumberOfCounts) {
    const std::vector<std::size_t> counts = {1, 2, 3};
    EXPECT_THROW(confusion_matrix("c", counts, {"cat", "dog"}), std::invalid_argument);
    EXPECT_THROW(confusion_matrix("c", {}, {}), std::invalid_argument);
}

TEST(CorePlot, ImageGridPlacesPicturesRowByRow) {
    std::vector<Captioned> pictures(5);
    for (auto& picture : pictures) picture.image = {.rows = 1, .columns = 1, .pixels = {1}};
    pictures[4].caption = "last";
    const Panel panel = image_grid("g", pictures, 3);
    const auto images = all<Image>(panel);
    ASSERT_EQ(images.size(), 5U);
    EXPECT_EQ(images[3].low.x, images[0].low.x);
    EXPECT_EQ(images[4].low.y, images[3].low.y);
    EXPECT_GT(images[3].low.y, images[0].high.y);
    const auto texts = all<Text>(panel);
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_GT(texts[0].at.y, images[4].high.y);
    EXPECT_LT(texts[0].at.y, panel.y.range->high);
    EXPECT_THROW(image_grid("g", pictures, 0), std::invalid_argument);
    pictures[0].image.rows = 2;
    EXPECT_THROW(image_grid("g", pictures, 3), std::invalid_argument);
}

// Pictures of 44 pixels with two lines of 11 pixels below: no line lies over another.
TEST(CorePlot, CaptionsOfSmallPicturesKeepApart) {
    std::vector<Captioned> pictures(16);
    for (auto& picture : pictures) {
        picture.image = {.rows = 1, .columns = 1, .pixels = {1}};
        picture.caption = "3 100 %";
        picture.second = "right";
    }
    const double wide = 8 * 1.08 * 44 + 32;
    const Drawing drawing = lay_out({.panels = {image_grid("g", pictures, 8)}}, wide, 400);
    std::vector<double> baselines;
    for (const auto& command : drawing.commands) {
        const auto* text = std::get_if<DrawText>(&command);
        if (text != nullptr && (text->text == "right" || text->text == "3 100 %")) {
            EXPECT_GE(text->size, 9) << text->text; // narrower text would hardly be read
            baselines.push_back(text->at.y);
        }
    }
    ASSERT_EQ(baselines.size(), 32U);
    std::sort(baselines.begin(), baselines.end());
    baselines.erase(std::unique(baselines.begin(), baselines.end()), baselines.end());
    ASSERT_EQ(baselines.size(), 4U);
    for (std::size_t i = 1; i < baselines.size(); ++i) {
        EXPECT_GE(baselines[i] - baselines[i - 1], 11) << i;
    }
}

TEST(CorePlot, FiltersShareOneZeroCentredScale) {
    const std::vector<float> weights = {0.5F, -2.0F, 0.1F, 0.0F};
    const auto images = all<Image>(filter_grid("f", weights, {2, 1, 1, 2}));
    ASSERT_EQ(images.size(), 2U);
    for (const Image& image : images) EXPECT_EQ(image.limit, 2);
    EXPECT_EQ(images[0].values, (std::vector<float>{0.5F, -2.0F}));
    EXPECT_THROW(filter_grid("f", weights, {3, 1, 1, 2}), std::invalid_argument);
}

TEST(CorePlot, BarChartNamesItsBars) {
    const std::vector<double> values = {3, 4};
    const Panel panel = bar_chart("b", {"x", "y"}, values, {.label = "n"});
    EXPECT_EQ(all<Bars>(panel).at(0).tops.at(1), (Point{1, 4}));
    EXPECT_EQ(panel.x.ticks.at(1).label, "y");
    EXPECT_THROW(bar_chart("b", {"x"}, values, {}), std::invalid_argument);
}

TEST(CorePlot, HistogramCountsEveryFiniteValueOnce) {
    std::vector<float> values;
    for (int i = 0; i < 1000; ++i) values.push_back(static_cast<float>(i) / 999.0F);
    values.push_back(std::numeric_limits<float>::quiet_NaN());
    values.push_back(std::numeric_limits<float>::infinity());
    const auto tops = all<Bars>(histogram("h", values, {.label = "v"}, 10)).at(0).tops;
    ASSERT_EQ(tops.size(), 10U);
    double total = 0;
    for (const Point& top : tops) {
        EXPECT_EQ(top.y, 100);
        total += top.y;
    }
    EXPECT_EQ(total, 1000);
    EXPECT_TRUE(histogram("h", {}, {}).items.empty());
    EXPECT_THROW(histogram("h", values, {}, 0), std::invalid_argument);
}

} // namespace baldwin::plot_test

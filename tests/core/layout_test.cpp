// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/ticks.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace baldwin::layout_test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <class Command>
std::vector<Command> all(const Drawing& drawing) {
    std::vector<Command> found;
    for (const DrawCommand& command : drawing.commands) {
        if (const auto* one = std::get_if<Command>(&command)) found.push_back(*one);
    }
    return found;
}

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
    std::vector<std::string> texts;
    for (const Tick& tick : ticks) texts.push_back(tick.label);
    return texts;
}

/// The box that an upright text covers, by the layout's own estimate of its width.
Rect box_of(const DrawText& text) {
    const double width = text_width(text.text, text.size, text.bold);
    const double shift = static_cast<double>(text.anchor) / 2 * width;
    return {text.at.x - shift, text.at.y - 0.75 * text.size, width, text.size};
}

bool overlap(const Rect& a, const Rect& b) {
    return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

Panel two_curves() {
    return curves("A title that says what this is", {.label = "step"},
                  {.label = "cross-entropy", .unit = "nats"},
                  {{"training", {0, 5000, 10000}, {2.3, 0.5, 0.2}},
                   {"validation", {0, 5000, 10000}, {2.3, 0.6, 0.4}}});
}

} // namespace

// One label alone tells no scale, however small the plot is.
TEST(CoreTicks, AreAtLeastTwo) {
    for (std::size_t most = 0; most < 4; ++most) {
        for (const Interval range : {Interval{430, 1720}, {0.13, 0.64}, {1, 1.9}, {-7, 0.4}}) {
            EXPECT_GE(round_ticks(range, most).size(), 2U) << range.low << " " << most;
            EXPECT_LE(round_ticks(range, most).size(), 6U) << range.low << " " << most;
        }
    }
}

// Slanted class names take height from the matrix, whose rows then have to be told apart as well.
TEST(CoreLayout, NamesOfASmallConfusionMatrixDoNotOverlap) {
    std::vector<std::string> names;
    for (int i = 0; i < 10; ++i) names.push_back("a long name " + std::to_string(i));
    const Scene scene{
        .panels = {confusion_matrix("Matrix", std::vector<std::size_t>(100, 3), names)}};
    for (const double height : {180.0, 240.0, 320.0, 500.0}) {
        std::vector<double> rows;
        std::vector<double> columns;
        for (const DrawText& text : all<DrawText>(lay_out(scene, 320, height))) {
            if (!text.text.starts_with("a long")) continue;
            text.angle == 0 ? rows.push_back(text.at.y) : columns.push_back(text.at.x);
        }
        std::sort(rows.begin(), rows.end());
        std::sort(columns.begin(), columns.end());
        for (const auto* at : {&rows, &columns}) {
            for (std::size_t i = 1; i < at->size(); ++i) {
                EXPECT_GE((*at)[i] - (*at)[i - 1], 11.9) << height;
            }
        }
        EXPECT_GE(rows.size(), 2U) << height;
    }
}

TEST(CoreTicks, AreRoundAndCoverTheRange) {
    EXPECT_EQ(labels(round_ticks({0, 10000}, 6)),
              (std::vector<std::string>{"0", "2,000", "4,000", "6,000", "8,000", "10,000"}));
    EXPECT_EQ(labels(round_ticks({-0.3, 0.31}, 5)),
              (std::vector<std::string>{"-0.2", "0.0", "0.2"}));
    EXPECT_EQ(labels(round_ticks({0, 3e6}, 4)), (std::vector<std::string>{"0", "1M", "2M", "3M"}));
    EXPECT_EQ(labels(round_ticks({1, 3}, 9, Axis::Scale::linear, true)),
              (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_EQ(labels(round_ticks({0.001, 100}, 8, Axis::Scale::log)),
              (std::vector<std::string>{"0.001", "0.01", "0.1", "1", "10", "100"}));
    EXPECT_EQ(labels(round_ticks({1e-9, 1e-3}, 4, Axis::Scale::log)),
              (std::vector<std::string>{"1e-9", "1e-7", "1e-5", "0.001"}));
    EXPECT_EQ(labels(round_ticks({2, 9}, 8, Axis::Scale::log)),
              (std::vector<std::string>{"2", "5"}));
}

TEST(CoreTicks, StayFewForAnyRange) {
    for (const Interval range :
         {Interval{1e300, 1.1e300}, Interval{1e15, 1e15 + 1}, Interval{-1e-300, 1e-300},
          Interval{0, 1e308}, Interval{-1e308, 1e308}, Interval{123456.7, 123456.8}}) {
        EXPECT_LE(round_ticks(range, 6).size(), 14U) << range.low;
    }
}

TEST(CoreTicks, NumbersReadAsPeopleWriteThem) {
    EXPECT_EQ(fixed_text(1234567.891, 2), "1,234,567.89");
    EXPECT_EQ(fixed_text(-999, 0), "-999");
    EXPECT_EQ(fixed_text(-1000, 0), "-1,000");
    EXPECT_EQ(number_text(0.91234), "0.9123");
    EXPECT_EQ(number_text(12345.6), "12,346");
    EXPECT_EQ(number_text(0.5), "0.5");
    EXPECT_EQ(number_text(3.2e9), "3.20e+09");
    EXPECT_EQ(number_text(kNan), "n/a");
    EXPECT_EQ(number_text(0), "0");
}

TEST(CoreDrawing, TextIsCutAtWholeCharacters) {
    EXPECT_EQ(fitted("short", 11, 100), "short");
    const std::string cut = fitted("ääääääääää", 10, 40);
    EXPECT_LE(text_width(cut, 10), 40);
    EXPECT_TRUE(cut.ends_with("…"));
    EXPECT_EQ((cut.size() - 3) % 2, 0U);
    EXPECT_EQ(fitted("anything", 11, 0), "");
}

TEST(CoreDrawing, WrappingKeepsEveryWord) {
    const auto lines = wrapped("one two  three four", 10, 55);
    std::string joined;
    for (const auto& line : lines) {
        EXPECT_LE(text_width(line, 10), 55);
        joined += (joined.empty() ? "" : " ") + line;
    }
    EXPECT_EQ(joined, "one two three four");
}

TEST(CoreLayout, MapsCornersOfTheWorldToCornersOfThePlot) {
    Panel panel;
    panel.x.range = Interval{0, 10};
    panel.y.range = Interval{-1, 1};
    panel.items = {Points{{{0, -1}, {10, 1}}}};
    const Drawing drawing = lay_out({.panels = {panel}}, 400, 300);
    const Rect plot = drawing.panels.at(0).plot;
    const auto dots = all<DrawDots>(drawing);
    ASSERT_EQ(dots.size(), 1U);
    EXPECT_NEAR(dots[0].at[0].x, plot.x, 1e-9);
    EXPECT_NEAR(dots[0].at[0].y, plot.bottom(), 1e-9);
    EXPECT_NEAR(dots[0].at[1].x, plot.right(), 1e-9);
    EXPECT_NEAR(dots[0].at[1].y, plot.y, 1e-9);
}

TEST(CoreLayout, LogAxisSpacesDecadesEvenly) {
    Panel panel;
    panel.y.scale = Axis::Scale::log;
    panel.items = {Curve{"c", {{0, 1}, {1, 10}, {2, 100}, {3, 0}, {4, -5}}}};
    const auto paths = all<DrawPath>(lay_out({.panels = {panel}}, 400, 300));
    const auto curve = std::find_if(paths.begin(), paths.end(),
                                    [](const DrawPath& path) { return path.at.size() == 3; });
    ASSERT_NE(curve, paths.end()); // the two values that have no logarithm are gaps
    EXPECT_NEAR(curve->at[0].y - curve->at[1].y, curve->at[1].y - curve->at[2].y, 1e-9);
}

TEST(CoreLayout, GapsBreakACurve) {
    Panel panel;
    panel.legend = false;
    panel.items = {Curve{"c", {{0, 1}, {1, 1}, {2, kNan}, {3, 1}, {4, 1}}, Paint::bad()}};
    const auto paths = all<DrawPath>(lay_out({.panels = {panel}}, 400, 300));
    EXPECT_EQ(std::count_if(paths.begin(), paths.end(),
                            [](const DrawPath& path) { return path.stroke == Paint::bad(); }),
              2);
}

TEST(CoreLayout, LongCurvesKeepTheirExtremes) {
    Curve curve{"c", {}, Paint::bad()};
    for (int i = 0; i < 100000; ++i) curve.at.push_back({double(i), std::sin(i * 0.37)});
    curve.at[54321].y = 9;
    curve.at[54322].y = -9;
    Panel panel;
    panel.legend = false;
    panel.items = {curve};
    const Drawing drawing = lay_out({.panels = {panel}}, 500, 300);
    const Rect plot = drawing.panels[0].plot;
    for (const DrawPath& path : all<DrawPath>(drawing)) {
        if (path.stroke != Paint::bad()) continue;
        EXPECT_LE(path.at.size(), 4 * 502U);
        const auto [top, bottom] =
            std::minmax_element(path.at.begin(), path.at.end(),
                                [](const Point& a, const Point& b) { return a.y < b.y; });
        // the range is 18 wide and padded by 5 % on both sides
        EXPECT_NEAR(top->y, plot.y + plot.height * 0.05 / 1.1, 1);
        EXPECT_NEAR(bottom->y, plot.bottom() - plot.height * 0.05 / 1.1, 1);
    }
}

TEST(CoreLayout, NamesAxesUnitsAndCurves) {
    const auto texts = all<DrawText>(lay_out({.title = "T", .panels = {two_curves()}}, 640, 400));
    for (const char* wanted : {"T", "A title that says what this is", "step",
                               "cross-entropy (nats)", "training", "validation", "10,000"}) {
        EXPECT_TRUE(std::any_of(texts.begin(), texts.end(), [&](const DrawText& text) {
            return text.text == wanted;
        })) << wanted;
    }
}

TEST(CoreLayout, TextsNeitherOverlapNorLeaveTheSurface) {
    const std::vector<std::string> names = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"};
    const std::vector<double> values = {1, 2, 3, 4, 5};
    Scene scene{.title = "Everything", .panels = {two_curves(), two_curves()}};
    scene.panels[1].y.scale = Axis::Scale::log;
    scene.panels[1].note = "a note that is long enough to need more than one line in a small panel";
    scene.panels.push_back(bar_chart("Bars", names, values, {.label = "number"}, "class"));
    for (const auto& [width, height] : {std::pair{1280.0, 800.0}, {800.0, 600.0}, {640.0, 900.0}}) {
        const Drawing drawing = lay_out(scene, width, height);
        const auto texts = all<DrawText>(drawing);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (texts[i].angle != 0) continue;
            const Rect box = box_of(texts[i]);
            EXPECT_TRUE(box.x >= 0 && box.right() <= width && box.bottom() <= height)
                << texts[i].text << " at " << width;
            for (std::size_t k = 0; k < i; ++k) {
                if (texts[k].angle != 0) continue;
                EXPECT_FALSE(overlap(box, box_of(texts[k])))
                    << texts[i].text << " on " << texts[k].text << " at " << width;
            }
        }
    }
}

TEST(CoreLayout, EqualAxesKeepSquaresSquare) {
    Image image{.low = {0, 0}, .high = {1, 1}, .rows = 1, .columns = 1, .pixels = {7}};
    Panel panel{.items = {image}};
    panel.equal = true;
    const auto images = all<DrawImage>(lay_out({.panels = {panel}}, 700, 300));
    ASSERT_EQ(images.size(), 1U);
    EXPECT_NEAR(images[0].at.width, images[0].at.height, 1e-9);
}

TEST(CoreLayout, PanelsFillTheGridWithoutOverlap) {
    Scene scene{.panels = std::vector<Panel>(5), .columns = 3};
    scene.panels[3].columns = 2;
    const Drawing drawing = lay_out(scene, 900, 600);
    ASSERT_EQ(drawing.panels.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            EXPECT_FALSE(overlap(drawing.panels[i].cell, drawing.panels[k].cell)) << i << k;
        }
    }
    EXPECT_GT(drawing.panels[3].cell.width, 1.9 * drawing.panels[0].cell.width);
}

TEST(CoreLayout, RowsAreAsHighAsTheirTallestPanelAsks) {
    Scene scene{.panels = std::vector<Panel>(4), .columns = 2};
    scene.panels[1].height = 3;
    const auto places = lay_out(scene, 900, 1600).panels;
    EXPECT_EQ(places[0].cell.height, places[1].cell.height);
    EXPECT_GT(places[1].cell.height, 2.8 * places[2].cell.height);
    EXPECT_LT(places[3].cell.bottom(), 1600);
}

TEST(CoreLayout, ColumnsFollowTheSurface) {
    Scene scene{.panels = std::vector<Panel>(6)};
    const auto columns = [&](double width, double height) {
        const auto places = lay_out(scene, width, height).panels;
        return std::count_if(places.begin(), places.end(), [&](const PanelPlace& place) {
            return place.cell.y == places[0].cell.y;
        });
    };
    EXPECT_EQ(columns(1200, 500), 3);
    EXPECT_EQ(columns(500, 2000), 1);
    scene.columns = 2;
    EXPECT_EQ(columns(1200, 800), 2);
    EXPECT_EQ(columns(1200, 400), 3); // three rows would be too low to read
    EXPECT_EQ(columns(500, 400), 2);  // and no room for a third column here
    // two maps that keep their proportions are larger beside one another than in one column
    scene = {.panels = std::vector<Panel>(2)};
    for (Panel& panel : scene.panels) panel.equal = true;
    EXPECT_EQ(columns(1034, 690), 2);
    EXPECT_EQ(columns(690, 1034), 1);
}

TEST(CoreLayout, FurtherSeriesAreDashed) {
    Panel panel;
    for (std::size_t i = 0; i < kSeriesColours + 1; ++i) {
        panel.items.emplace_back(Curve{"c" + std::to_string(i), {{0, 0}, {1, double(i)}}});
    }
    const auto paths = all<DrawPath>(lay_out({.panels = {panel}}, 640, 480));
    std::vector<bool> dashed;
    for (const DrawPath& path : paths) {
        if (path.stroke == Paint::series(0) && path.clip) dashed.push_back(path.dashed);
    }
    EXPECT_EQ(dashed, (std::vector<bool>{false, true}));
}

TEST(CoreLayout, OddScenesAreDrawnInFinitePixels) {
    constexpr double kHuge = 1e308;
    Scene scene{.panels = std::vector<Panel>(5)};
    scene.panels[0].items = {Curve{"one", {{3, 3}}}, Curve{"none", {}}};
    scene.panels[1].items = {Points{{{kNan, 1}, {-kHuge, kHuge}, {kHuge, -kHuge}}}};
    scene.panels[2].items = {Polygon{{{0, 0}}}, Bars{}, Lines{}, Text{}};
    scene.panels[2].x.scale = Axis::Scale::log;
    scene.panels[3].items = {Bars{{{0, 5}}}};
    scene.panels[3].y.scale = Axis::Scale::log;
    scene.panels[4].x.range = Interval{0, 1e-300};
    scene.panels[4].items = {Curve{"c", {{0, 1}, {1e-300, 2}}}};
    for (const double size : {1.0, 40.0, 500.0}) {
        const Drawing drawing = lay_out(scene, size, size);
        for (const DrawPath& path : all<DrawPath>(drawing)) {
            for (const Point& at : path.at) EXPECT_TRUE(std::isfinite(at.x + at.y));
        }
        for (const DrawDots& dots : all<DrawDots>(drawing)) {
            for (const Point& at : dots.at) EXPECT_TRUE(std::isfinite(at.x + at.y));
        }
    }
}

} // namespace baldwin::layout_test

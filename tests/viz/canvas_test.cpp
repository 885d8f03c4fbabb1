// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/viz/canvas.hpp>
#include <baldwin/viz/rasterise.hpp>
#include <baldwin/viz/typeface.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

namespace baldwin::canvas_test {

using viz::Canvas;
using viz::PixelBox;

namespace {

constexpr Colour kBlack{0, 0, 0};
constexpr Colour kWhite{255, 255, 255};

Canvas white(int width = 100, int height = 80) {
    Canvas canvas(width, height);
    canvas.clear(kWhite);
    return canvas;
}

/// Area that is black, in pixels.
double darkness(const Canvas& canvas) {
    double sum = 0;
    for (int y = 0; y < canvas.height(); ++y) {
        for (int x = 0; x < canvas.width(); ++x) sum += 1 - canvas.pixel(x, y).red / 255.0;
    }
    return sum;
}

// A pixel is one of 256 greys: its coverage is known to half a step.
double rounding(double pixels) { return pixels / 510; }

} // namespace

TEST(VizCanvas, AreasCoverWhatTheyMeasure) {
    Canvas canvas = white();
    const std::vector<Point> rectangle = {{10.25, 10}, {50.25, 10}, {50.25, 30.5}, {10.25, 30.5}};
    canvas.area(rectangle, kBlack);
    EXPECT_NEAR(darkness(canvas), 40 * 20.5, rounding(41 * 21));
    EXPECT_EQ(canvas.pixel(30, 20), kBlack);
    EXPECT_EQ(canvas.pixel(30, 31), kWhite);

    // rows are looked at in four lines: a triangle's area is off by a quarter pixel a side at most
    canvas = white();
    const std::vector<Point> triangle = {{10, 10}, {90, 10}, {50, 70}};
    canvas.area(triangle, kBlack);
    EXPECT_NEAR(darkness(canvas), 0.5 * 80 * 60, 0.25 * 80);
}

TEST(VizCanvas, WhatAnOutlineWindsAroundIsFilledOnce) {
    Canvas canvas = white();
    std::vector<Point> star;
    for (int i = 0; i < 5; ++i) {
        const double angle = 2 * std::numbers::pi * (2 * i) / 5;
        star.push_back({50 + 30 * std::sin(angle), 40 - 30 * std::cos(angle)});
    }
    canvas.area(star, kBlack);
    EXPECT_EQ(canvas.pixel(50, 40), kBlack); // wound around twice
    EXPECT_EQ(canvas.pixel(50, 70), kWhite); // between two points
}

TEST(VizCanvas, LinesAreAsWideAsTheySayAndLevelOnesSharp) {
    Canvas canvas = white();
    canvas.line({{10, 20.3}, {90, 20.3}}, {.width = 1, .colour = kBlack});
    EXPECT_EQ(canvas.pixel(50, 20), kBlack);
    EXPECT_EQ(canvas.pixel(50, 19), kWhite);
    EXPECT_EQ(canvas.pixel(50, 21), kWhite);

    // a slanted one: length times width and half a disc at both ends. The edge's ramp of one pixel
    // is symmetric around the line's border, so only rounding and sampling remain.
    canvas = white();
    canvas.line({{10, 10}, {60, 55}}, {.width = 3, .colour = kBlack});
    const double expected = std::hypot(50, 45) * 3 + std::numbers::pi * 1.5 * 1.5;
    EXPECT_NEAR(darkness(canvas), expected, 0.02 * expected);
}

TEST(VizCanvas, OverlapsOfOneLineAreNotDarker) {
    Canvas canvas = white();
    const Colour grey{128, 128, 128};
    canvas.line({{20, 40}, {80, 40}, {20, 40}, {80, 41}}, {.width = 5, .colour = grey});
    EXPECT_EQ(canvas.pixel(50, 40), grey);
}

TEST(VizCanvas, DashesLeaveGaps) {
    Canvas canvas = white();
    canvas.line({{0.5, 40.5}, {99.5, 40.5}}, {.width = 1, .dash = 6, .colour = kBlack});
    int dark = 0;
    for (int x = 0; x < 100; ++x) dark += canvas.pixel(x, 40).red < 128 ? 1 : 0;
    // six on, four off, and round ends of half a pixel
    EXPECT_NEAR(dark, 60, 15);
}

TEST(VizCanvas, NothingIsPaintedOutsideOfTheClipOrTheCanvas) {
    Canvas canvas = white();
    canvas.clip({20, 20, 40, 40});
    canvas.line({{-1e7, -1e7}, {1e7, 1e7}}, {.width = 9, .colour = kBlack});
    canvas.area(std::vector<Point>{{-500, -500}, {500, -500}, {500, 500}, {-500, 501}}, kBlack);
    canvas.dots(std::vector<Point>{{20, 20}, {1e8, 30}}, 50, kBlack);
    EXPECT_EQ(canvas.pixel(30, 30), kBlack);
    EXPECT_EQ(darkness(canvas), 20 * 20);
    canvas.clip({-50, -50, 5000, 5000});
    EXPECT_EQ(canvas.clip(), canvas.bounds());
}

TEST(VizCanvas, RastersStaySharpWhenEnlargedAndAreAveragedWhenShrunk) {
    DrawImage image{.rows = 2, .columns = 2, .channels = 1, .pixels = {0, 255, 255, 0}};
    Canvas canvas = white();
    canvas.image(image, {10, 10, 40, 40});
    EXPECT_EQ(canvas.pixel(29, 29), kBlack);
    EXPECT_EQ(canvas.pixel(30, 29), kWhite);
    canvas.image(image, {60, 10, 1, 1});
    EXPECT_EQ(canvas.pixel(60, 10), (Colour{127, 127, 127}));
}

namespace {

/// Letters that are full boxes, 5 wide and 7 high, every 6 pixels.
class Boxes final : public viz::Typeface {
public:
    const viz::GlyphShape& glyph(char32_t letter, unsigned /*size*/, bool /*bold*/) override {
        last = letter;
        return shape_;
    }
    double kerning(char32_t, char32_t, unsigned, bool) override { return 0; }
    char32_t last = 0;

private:
    viz::GlyphShape shape_{0, -7, 5, 7, 6, std::vector<std::uint8_t>(35, 255)};
};

Drawing text_at(Point at, Text::Anchor anchor, double angle = 0) {
    return {.commands = {DrawText{
                .at = at, .text = "aé…", .paint = Paint::ink(), .anchor = anchor, .angle = angle}}};
}

} // namespace

TEST(VizRasterise, TextStandsOnItsBaselineAtItsAnchor) {
    Boxes boxes;
    const viz::RasterStyle style{kLightTheme, &boxes, 1, {}};
    Canvas canvas = white();
    paint(text_at({50, 40}, Text::Anchor::end), canvas, style);
    EXPECT_EQ(boxes.last, U'…');                      // three characters, not six bytes
    EXPECT_EQ(canvas.pixel(32, 33), kLightTheme.ink); // 50 - 3 * 6
    EXPECT_EQ(canvas.pixel(31, 36), kWhite);
    EXPECT_EQ(canvas.pixel(48, 39), kLightTheme.ink);
    EXPECT_EQ(canvas.pixel(48, 40), kWhite);
    // upright: the letters' tops point to the left
    canvas = white();
    paint(text_at({50, 40}, Text::Anchor::start, -90), canvas, style);
    EXPECT_EQ(canvas.pixel(46, 37), kLightTheme.ink);
    EXPECT_EQ(canvas.pixel(53, 37), kWhite);
    // without letters all else works
    paint(text_at({50, 40}, Text::Anchor::start), canvas, {kLightTheme, nullptr, 1, {}});
}

TEST(VizTypeface, BytesThatAreNoUtf8AreReplaced) {
    EXPECT_EQ(viz::characters("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
              (std::vector<char32_t>{U'a', 0xE9, 0x20AC, 0x1F600}));
    EXPECT_EQ(viz::characters("\xC3"), (std::vector<char32_t>{0xFFFD}));
    EXPECT_EQ(viz::characters("\xFFz"), (std::vector<char32_t>{0xFFFD, U'z'}));
    EXPECT_EQ(viz::characters("\xE2\x82z"), (std::vector<char32_t>{0xFFFD, U'z'}));
}

} // namespace baldwin::canvas_test

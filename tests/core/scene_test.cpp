// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/colour.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/scene_json.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::scene_test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A scene with one item of each type and every option away from its default.
Scene full_scene() {
    Image grey{.low = {0, 0}, .high = {2, 1}, .rows = 1, .columns = 2, .pixels = {0, 255}};
    Image rgb{.rows = 1, .columns = 1, .channels = 3, .pixels = {1, 2, 3}, .framed = true};
    Image values{.rows = 2, .columns = 1, .values = {-0.5F, 0.25F}, .limit = 0.5, .key = "map"};
    Panel panel{.title = "t", .note = "n"};
    panel.x = {.label = "step", .unit = "s", .scale = Axis::Scale::log, .range = Interval{1, 9}};
    panel.y = {.ticks = {{0, "zero"}, {1, "\"one\" <&>"}}, .whole = true, .reversed = true};
    panel.y.visible = false;
    panel.legend = false;
    panel.equal = true;
    panel.columns = 2;
    panel.height = 1.5;
    panel.items = {Points{{{1, 2}}, Paint::bad(), 4, "p", {"first"}},
                   Lines{{{1, 2}, {3, 4}}, Paint::fixed({1, 2, 254}), 2, true, "line"},
                   Polygon{{{0, 0}, {1, 0}, {0, 1}}, std::nullopt, Paint::grid(), 0.5, "area"},
                   Text{{1, 2}, "ünï", Paint::muted(), 9, Text::Anchor::end, 0.5, true},
                   grey,
                   rgb,
                   values,
                   Bars{{{1, 2}}, 0.5, -1, Paint::series(5), "b", {"first"}},
                   Curve{"c", {{0.1, 1e-300}, {2, -3}}, Paint{}, 3, true, true, "curve"}};
    return {.title = "all", .panels = {panel, Panel{}}, .columns = 3};
}

/// sRGB to OKLab through a simulation of a colour vision deficiency on linear light.
std::array<double, 3> seen(Colour colour, const std::array<std::array<double, 3>, 3>& vision) {
    const auto linear = [](std::uint8_t channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    const std::array<double, 3> in = {linear(colour.red), linear(colour.green),
                                      linear(colour.blue)};
    std::array<double, 3> c{};
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t k = 0; k < 3; ++k) c[i] += vision[i][k] * in[k];
        c[i] = std::min(1.0, std::max(0.0, c[i]));
    }
    const double l = std::cbrt(0.4122214708 * c[0] + 0.5363325363 * c[1] + 0.0514459929 * c[2]);
    const double m = std::cbrt(0.2119034982 * c[0] + 0.6806995451 * c[1] + 0.1073969566 * c[2]);
    const double s = std::cbrt(0.0883024619 * c[0] + 0.2817188376 * c[1] + 0.6299787005 * c[2]);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

double luminance(Colour colour) {
    const auto linear = [](std::uint8_t channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) +
           0.0722 * linear(colour.blue);
}

} // namespace

// Machado, Oliveira and Fernandes 2009, severity 1; the identity for normal vision.
TEST(CoreColour, SeriesStayApartForEveryKindOfColourVision) {
    const std::vector<std::array<std::array<double, 3>, 3>> visions = {
        {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
        {{{0.152286, 1.052583, -0.204868},
          {0.114503, 0.786281, 0.099216},
          {-0.003882, -0.048116, 1.051998}}},
        {{{0.367322, 0.860646, -0.227968},
          {0.280085, 0.672501, 0.047413},
          {-0.011820, 0.042940, 0.968881}}},
        {{{1.255528, -0.076749, -0.178779},
          {-0.078411, 0.930809, 0.147602},
          {0.004733, 0.691367, 0.303900}}}};
    for (const Theme& theme : {kLightTheme, kDarkTheme}) {
        for (std::size_t v = 0; v < visions.size(); ++v) {
            for (std::size_t i = 0; i < kSeriesColours; ++i) {
                for (std::size_t k = 0; k < i; ++k) {
                    SCOPED_TRACE(std::to_string(v) + ": " + to_string(theme.series[i]) + " " +
                                 to_string(theme.series[k]));
                    const auto a = seen(theme.series[i], visions[v]);
                    const auto b = seen(theme.series[k], visions[v]);
                    EXPECT_GE(std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]), 0.085);
                }
            }
        }
    }
}

// WCAG 2.1: 3 : 1 for graphics (1.4.11), 4.5 : 1 for text (1.4.3).
TEST(CoreColour, RolesContrastWithTheSurface) {
    for (const Theme& theme : {kLightTheme, kDarkTheme}) {
        const auto contrast = [&](Colour colour) {
            const double a = luminance(colour) + 0.05;
            const double b = luminance(theme.surface) + 0.05;
            return std::max(a, b) / std::min(a, b);
        };
        for (const Colour colour : theme.series)
            EXPECT_GE(contrast(colour), 3) << to_string(colour);
        for (const Colour colour : {theme.ink, theme.muted, theme.good, theme.bad}) {
            EXPECT_GE(contrast(colour), 4.5) << to_string(colour);
        }
    }
}

TEST(CoreColour, DivergingMapIsCentredOnZero) {
    EXPECT_EQ(diverging(0.0), diverging(-0.0));
    const double middle = luminance(diverging(0));
    for (double size = 0.1; size <= 1; size += 0.1) {
        const double below = luminance(diverging(-size));
        const double above = luminance(diverging(size));
        EXPECT_LT(below, luminance(diverging(-size + 0.1)));
        EXPECT_LT(above, luminance(diverging(size - 0.1)));
        EXPECT_NEAR(below, above, 0.06) << size;
        EXPECT_LT(above, middle);
    }
    EXPECT_EQ(diverging(7), diverging(1));
    EXPECT_EQ(diverging(kNan), (Colour{128, 128, 128}));
    EXPECT_EQ(sequential(kNan), (Colour{128, 128, 128}));
}

TEST(CoreColour, PaintsSurviveTheirNames) {
    for (const Paint& paint :
         {Paint{}, Paint::ink(), Paint::muted(), Paint::grid(), Paint::surface(), Paint::good(),
          Paint::bad(), Paint::series(4), Paint::fixed({9, 171, 255})}) {
        EXPECT_EQ(parse_paint(to_string(paint)), paint) << to_string(paint);
    }
    EXPECT_EQ(parse_colour("#0AbCfF"), (Colour{10, 188, 255}));
    for (const char* wrong : {"", "#12345", "#12345g", "seriesx", "pink", "#1234567"}) {
        EXPECT_FALSE(parse_paint(wrong)) << wrong;
    }
}

TEST(CoreScene, JsonGivesTheSceneBack) {
    const Scene scene = full_scene();
    std::vector<std::string> warnings;
    EXPECT_EQ(scene_from_json(to_json(scene), "x", &warnings), scene);
    EXPECT_TRUE(warnings.empty());
}

TEST(CoreScene, NonFiniteNumbersAreNull) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    Panel panel;
    panel.items = {Curve{"c", {{0, kNan}, {1, kInfinity}, {2, 3}}}};
    const std::string text = to_json(Scene{.panels = {panel}});
    EXPECT_NE(text.find("\"y\":[null,null,3.0]"), std::string::npos) << text;
    const Scene back = scene_from_json(text);
    const auto& curve = std::get<Curve>(back.panels[0].items[0]);
    EXPECT_TRUE(std::isnan(curve.at[0].y));
    EXPECT_TRUE(std::isnan(curve.at[1].y));
    EXPECT_EQ(curve.at[2], (Point{2, 3}));
}

TEST(CoreScene, UnknownItemsAreSkippedWithAWarning) {
    std::vector<std::string> warnings;
    const Scene scene = scene_from_json(
        R"({"format":"baldwin-scene","version":1,"future":7,"panels":[{"items":[
            {"type":"hologram"},{"type":"text","text":"kept","glow":true}]}]})",
        "a.scene.json", &warnings);
    ASSERT_EQ(scene.panels.at(0).items.size(), 1U);
    EXPECT_EQ(std::get<Text>(scene.panels[0].items[0]).text, "kept");
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0], "a.scene.json: panels[0].items[0] of unknown type \"hologram\" skipped");
}

TEST(CoreScene, MalformedTextIsOneClearError) {
    const std::string head = R"({"format":"baldwin-scene","version":1,"panels":)";
    const auto with_item = [&](const std::string& item) {
        return head + R"([{"items":[)" + item + "]}]}";
    };
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "truncated"},
        {"[1,2", "truncated"},
        {"7", "not a Baldwin scene"},
        {R"({"format":"other"})", "not a Baldwin scene"},
        {R"({"format":"baldwin-scene","version":2,"panels":[]})", "version 2"},
        {R"({"format":"baldwin-scene","version":-1,"panels":[]})", "version"},
        {R"({"format":"baldwin-scene","version":1})", "panels must be an array"},
        {head + "[3]}", "panels[0] must be an object"},
        {head + "1e999}", "truncated or not JSON"},
        {with_item("3"), "panels[0].items[0] must be an object"},
        {with_item(R"({"type":"curve","x":[1],"y":[1,2]})"), "same length"},
        {with_item(R"({"type":"curve","x":[1],"y":["a"]})"), "y must hold numbers"},
        {with_item(R"({"type":"points","x":[1],"y":[1],"paint":"pink"})"), "got \"pink\""},
        {with_item(
             R"({"type":"image","low":[0,0],"high":[1,1],"rows":2,"columns":2,"pixels":"AA=="})"),
         "does not hold 1"},
        {with_item(
             R"({"type":"image","low":[0],"high":[1,1],"rows":1,"columns":1,"pixels":"AA=="})"),
         "two numbers"},
        {with_item(
             R"({"type":"image","low":[0,0],"high":[1,1],"rows":1,"columns":1,"pixels":"?"})"),
         "base64"},
        {with_item(
             R"({"type":"image","low":[0,0],"high":[1,1],"rows":18446744073709551615,"columns":18446744073709551615,"pixels":"AA=="})"),
         "does not hold"},
    };
    for (const auto& [text, reason] : cases) {
        SCOPED_TRACE(text);
        try {
            static_cast<void>(scene_from_json(text, "f.json"));
            ADD_FAILURE() << "was accepted";
        } catch (const std::runtime_error& error) {
            const std::string what = error.what();
            EXPECT_TRUE(what.starts_with("f.json: ")) << what;
            EXPECT_NE(what.find(reason), std::string::npos) << what;
            EXPECT_EQ(what.find('\n'), std::string::npos);
        }
    }
}

// Any prefix and any changed byte is read or refused, never anything else.
TEST(CoreScene, DamagedTextNeverDoesMoreThanThrow) {
    const std::string text = to_json(full_scene());
    for (std::size_t length = 0; length < text.size(); length += 7) {
        EXPECT_THROW(static_cast<void>(scene_from_json(text.substr(0, length))),
                     std::runtime_error);
    }
    std::uint32_t state = 1;
    const auto next = [&state] { return (state = state * 1664525U + 1013904223U) >> 8U; };
    for (int round = 0; round < 2000; ++round) {
        std::string damaged = text;
        for (std::uint32_t i = 0; i <= next() % 4; ++i) {
            damaged[next() % damaged.size()] = static_cast<char>(next() % 256);
        }
        try {
            static_cast<void>(scene_from_json(damaged));
        } catch (const std::runtime_error&) {
        }
    }
}

TEST(CoreScene, TextThatIsNotUtf8IsRepaired) {
    const Scene scene = scene_from_json(to_json(Scene{.title = "a\xFF"
                                                               "b"}));
    EXPECT_EQ(scene.title, "a\xEF\xBF\xBD"
                           "b");
}

TEST(CoreScene, ZipRefusesColumnsOfDifferentLength) {
    EXPECT_THROW(static_cast<void>(zip_points({1, 2}, {1})), std::invalid_argument);
}

TEST(CoreScene, CaptionsNameTheUnit) {
    EXPECT_EQ(caption_of({.label = "time", .unit = "s"}), "time (s)");
    EXPECT_EQ(caption_of({.label = "epoch"}), "epoch");
    EXPECT_EQ(caption_of({.unit = "%"}), "%");
}

} // namespace baldwin::scene_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/detail/base64.hpp>
#include <baldwin/core/detail/stored_png.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/svg.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::svg_test {
namespace {

Scene scene_with_image() {
    Image image{.rows = 1, .columns = 2, .pixels = {0, 255}};
    Panel panel{.title = "a < b & \"c\"", .items = {image, Curve{"c", {{0, 0}, {1, 1}}}}};
    return {.title = "it's", .panels = {panel}};
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

/// Whether every element that is opened is closed in order: enough of XML for what is written.
bool is_balanced(std::string_view xml) {
    std::vector<std::string> open;
    for (auto at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at + 1)) {
        const auto end = xml.find('>', at);
        if (end == std::string_view::npos) return false;
        const std::string_view tag = xml.substr(at + 1, end - at - 1);
        const std::string name(tag.substr(0, tag.find_first_of(" />", 1)));
        if (tag.front() == '/') {
            if (open.empty() || "/" + open.back() != name) return false;
            open.pop_back();
        } else if (tag.back() != '/') {
            open.push_back(name);
        }
    }
    return open.empty();
}

} // namespace

TEST(CoreSvg, IsOneSelfContainedElement) {
    const std::string svg = to_svg(scene_with_image(), {.width = 300, .height = 200});
    EXPECT_TRUE(svg.starts_with("<svg "));
    EXPECT_TRUE(svg.ends_with("</svg>\n"));
    EXPECT_TRUE(is_balanced(svg));
    EXPECT_NE(svg.find("viewBox=\"0 0 300 200\""), std::string::npos);
    // the only address in it is the name space
    EXPECT_EQ(count(svg, "http"), 1U);
    EXPECT_EQ(count(svg, "url("), 0U);
    EXPECT_EQ(count(svg, "href=\""), count(svg, "href=\"data:image/png;base64,"));
    EXPECT_EQ(count(svg, "nan") + count(svg, "inf"), 0U);
}

TEST(CoreSvg, EscapesTextAndDropsControlCharacters) {
    const std::string svg = to_svg(scene_with_image());
    EXPECT_NE(svg.find("a &lt; b &amp; &quot;c&quot;"), std::string::npos);
    EXPECT_NE(svg.find("<title>it&#39;s</title>"), std::string::npos);
    EXPECT_EQ(escaped(std::string("\x01x\0", 3)), "\xEF\xBF\xBDx\xEF\xBF\xBD");
}

TEST(CoreSvg, CarriesItsColoursOrLeavesThemToThePage) {
    EXPECT_EQ(count(to_svg(scene_with_image()), "<style>"), 1U);
    EXPECT_EQ(count(to_svg(scene_with_image(), {.style = false}), "<style>"), 0U);
    EXPECT_NE(svg_style().find("prefers-color-scheme:dark"), std::string::npos);
    EXPECT_NE(svg_style().find(".bw-series5{color:" + to_string(kDarkTheme.series[5]) + "}"),
              std::string::npos);
}

TEST(CoreSvg, UsesTheEncoderThatIsGiven) {
    SvgOptions options;
    options.encoder = [](std::span<const std::uint8_t> pixels, std::size_t rows,
                         std::size_t columns, std::size_t channels) {
        EXPECT_EQ(pixels.size(), rows * columns * channels);
        return std::string("PNG");
    };
    EXPECT_NE(to_svg(scene_with_image(), options).find("base64,UE5H\""), std::string::npos);
}

TEST(CoreSvg, ClipsWhatLeavesThePlot) {
    Panel panel;
    panel.y.range = Interval{0, 1};
    panel.items = {Curve{"c", {{0, 0}, {1, 5}}}};
    EXPECT_EQ(count(to_svg(Scene{.panels = {panel}}), "<svg"), 2U);
    panel.y.range = Interval{0, 5};
    EXPECT_EQ(count(to_svg(Scene{.panels = {panel}}), "<svg"), 1U);
}

TEST(CoreSvg, Base64IsThatOfRfc4648) {
    // section 10
    const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(detail::to_base64(plain), encoded);
        const auto bytes = detail::from_base64(encoded);
        EXPECT_EQ(std::string(bytes.begin(), bytes.end()), plain);
    }
    EXPECT_THROW(detail::from_base64("a b"), std::invalid_argument);
}

// CRC-32 of "123456789" is 0xCBF43926 in every catalogue of CRCs; the Adler-32 of "Wikipedia" is
// 0x11E60398.
TEST(CoreSvg, StoredPngHasRightChecksums) {
    EXPECT_EQ(detail::crc32_of("123456789"), 0xCBF43926U);
    const std::string stream = detail::stored_zlib("Wikipedia");
    EXPECT_EQ(stream.substr(stream.size() - 4), std::string("\x11\xE6\x03\x98"));
    const std::vector<std::uint8_t> pixels(300 * 300, 7);
    const std::string png = detail::stored_png(pixels, 300, 300, 1);
    EXPECT_TRUE(png.starts_with("\x89PNG\r\n\x1a\n"));
    EXPECT_TRUE(png.ends_with(std::string("IEND\xAE\x42\x60\x82")));
}

} // namespace baldwin::svg_test

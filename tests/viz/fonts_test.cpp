// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "support/temporary_folder.hpp"

#include <baldwin/viz/fonts.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace baldwin::fonts_test {
namespace {

void touch(const std::filesystem::path& path) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "x";
}

} // namespace

TEST(VizFonts, PrefersAKnownFaceAndItsBold) {
    const test::TemporaryFolder folder;
    touch(folder / "a/Odd.ttf");
    touch(folder / "b/c/LiberationSans-Regular.ttf");
    touch(folder / "b/c/LiberationSans-Bold.ttf");
    const auto fonts = viz::find_fonts({folder / "none", folder / "a", folder / "b"});
    EXPECT_EQ(fonts.regular.filename(), "LiberationSans-Regular.ttf");
    EXPECT_EQ(fonts.bold.filename(), "LiberationSans-Bold.ttf");
}

TEST(VizFonts, TakesAnyRegularFaceOtherwise) {
    const test::TemporaryFolder folder;
    touch(folder / "Odd-Bold.ttf");
    touch(folder / "Odd-Regular.otf");
    touch(folder / "readme.txt");
    EXPECT_EQ(viz::find_fonts({folder.path()}).regular.filename(), "Odd-Regular.otf");
}

TEST(VizFonts, TheEnvironmentNamesOne) {
    const test::TemporaryFolder folder;
    touch(folder / "mine.ttf");
    ::setenv("BALDWIN_FONT", (folder / "mine.ttf").c_str(), 1);
    EXPECT_EQ(viz::system_fonts().regular, folder / "mine.ttf");
    EXPECT_TRUE(viz::system_fonts().bold.empty());
    for (const char* none : {"", "/no/such.ttf"}) {
        ::setenv("BALDWIN_FONT", none, 1);
        EXPECT_EQ(viz::system_fonts().regular,
                  viz::find_fonts(viz::detail::font_folders()).regular);
    }
    ::unsetenv("BALDWIN_FONT");
}

TEST(VizFonts, NoFontIsNoError) {
    const test::TemporaryFolder folder;
    EXPECT_TRUE(viz::find_fonts({folder.path(), "/no/such/folder"}).regular.empty());
}

} // namespace baldwin::fonts_test

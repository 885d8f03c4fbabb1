// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "support/temporary_folder.hpp"
#include "viz/virtual_display.hpp"

#include <baldwin/core/layout.hpp>
#include <baldwin/viz/display.hpp>
#include <baldwin/viz/live_view.hpp>

#include <SFML/Graphics/Image.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

using namespace baldwin;
using viz::LiveView;

namespace {

bool eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

/// One raster of one colour that fills its panel, and a title.
Scene coloured(Colour colour) {
    Image image{
        .rows = 1, .columns = 1, .channels = 3, .pixels = {colour.red, colour.green, colour.blue}};
    Panel panel{.title = "A colour", .items = {image}};
    return {.panels = {panel}};
}

std::optional<Colour> pixel(const std::filesystem::path& path, double x, double y) {
    sf::Image picture;
    if (!picture.loadFromFile(path.string())) return std::nullopt;
    const sf::Color colour = picture.getPixel(static_cast<unsigned>(x), static_cast<unsigned>(y));
    return Colour{colour.r, colour.g, colour.b};
}

/// Types a key into the window of this process, by its title.
void type(const std::string& title, const std::string& what) {
    const std::string command =
        "xdotool search --sync --onlyvisible --name '^" + title + "$' " + what + " >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

/// A private display for all tests; SFML keeps its connection, so it lives as long as the process.
class VizLiveView : public ::testing::Test {
protected:
    void SetUp() override {
        if (!test::VirtualDisplay::is_installed()) GTEST_SKIP() << "Xvfb is not installed";
        static const auto* const display = new test::VirtualDisplay;
        ::setenv("DISPLAY", display->name().c_str(), 1);
    }

    std::filesystem::path picture(LiveView& view, const std::string& name) {
        view.save_picture(folder_ / name);
        EXPECT_TRUE(eventually([&] { return std::filesystem::exists(folder_ / name); }));
        return folder_ / name;
    }

    test::TemporaryFolder folder_;
};

} // namespace

TEST(VizDisplay, NoDisplayIsSaidAndNothingAborts) {
    ::unsetenv("DISPLAY");
    EXPECT_EQ(viz::display_obstacle(), "no display (DISPLAY is not set)");
    EXPECT_THROW(LiveView(), std::runtime_error);
    ::setenv("DISPLAY", ":987", 1);
    EXPECT_EQ(viz::display_obstacle(), "no display (:987 cannot be opened)");
    EXPECT_FALSE(viz::display_available());
    EXPECT_THROW(LiveView(), std::runtime_error);
    ::unsetenv("DISPLAY");
}

TEST_F(VizLiveView, ShowsTheNewestSceneWhereTheLayoutPutsIt) {
    ASSERT_TRUE(viz::display_available());
    LiveView view({.title = "newest", .width = 640, .height = 480});
    const Colour last{200, 30, 90};
    for (int i = 0; i < 200; ++i) view.show(coloured({0, 0, static_cast<std::uint8_t>(i)}));
    view.show(coloured(last));
    const auto path = picture(view, "a.png");
    const Rect plot = lay_out(coloured(last), 640, 480).panels.at(0).plot;
    EXPECT_EQ(pixel(path, plot.x + plot.width / 2, plot.y + plot.height / 2), last);
    EXPECT_EQ(pixel(path, plot.x + 2, plot.y + 2), last);
    EXPECT_EQ(pixel(path, 2, 2), kDarkTheme.surface);
    EXPECT_LT(view.frames(), 100U); // those that nobody could see were not drawn
}

TEST_F(VizLiveView, TextIsDrawnAndWithoutAFontAllElseIs) {
    // counts pixels of the title's row that differ from the surface
    const auto marks = [&](LiveView& view, const std::string& name) {
        sf::Image image;
        EXPECT_TRUE(image.loadFromFile(picture(view, name).string()));
        int count = 0;
        for (unsigned x = 0; x < 200; ++x) {
            for (unsigned y = 12; y < 30; ++y)
                count += image.getPixel(x, y) != image.getPixel(2, 2);
        }
        return count;
    };
    LiveView with({.title = "with", .width = 640, .height = 480});
    with.show(coloured({1, 2, 3}));
    if (!viz::system_fonts().regular.empty()) {
        EXPECT_GT(marks(with, "with.png"), 50);
    }
    LiveView without({.title = "without", .width = 640, .height = 480, .font = "/no/such.ttf"});
    without.show(coloured({9, 9, 250}));
    EXPECT_EQ(marks(without, "without.png"), 0);
    EXPECT_EQ(pixel(folder_ / "without.png", 320, 240), (Colour{9, 9, 250}));
}

TEST_F(VizLiveView, KeysDoWhatTheHelpSays) {
    if (test::find_program("xdotool").empty()) GTEST_SKIP() << "xdotool is not installed";
    LiveView view({.title = "keys", .width = 640, .height = 480, .pictures = folder_.path()});
    view.show(coloured({10, 200, 30}));
    ASSERT_TRUE(eventually([&] { return view.frames() > 0; }));
    type("keys", "key s");
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(folder_ / "screenshot-1.png"); }));
    EXPECT_EQ(pixel(folder_ / "screenshot-1.png", 2, 2), kDarkTheme.surface);
    std::uint64_t frames = view.frames();
    type("keys", "key d");
    ASSERT_TRUE(eventually([&] { return view.frames() > frames; }));
    EXPECT_EQ(pixel(picture(view, "light.png"), 2, 2), kLightTheme.surface);
    frames = view.frames();
    type("keys", "key F1");
    ASSERT_TRUE(eventually([&] { return view.frames() > frames; }));
    EXPECT_EQ(pixel(picture(view, "help.png"), 640 - 20, 30), kLightTheme.surface);
    type("keys", "key Escape");
    EXPECT_TRUE(eventually([&] { return !view.is_open(); }));
    EXPECT_FALSE(view.wants_scene());
    view.show(coloured({1, 1, 1})); // the run goes on and need not ask
}

TEST_F(VizLiveView, FollowsTheSizeOfItsWindow) {
    if (test::find_program("xdotool").empty()) GTEST_SKIP() << "xdotool is not installed";
    LiveView view({.title = "size", .width = 640, .height = 480});
    view.show(coloured({10, 200, 30}));
    ASSERT_TRUE(eventually([&] { return view.frames() > 0; }));
    type("size", "windowsize 900 700");
    const std::uint64_t frames = view.frames();
    ASSERT_TRUE(eventually([&] { return view.frames() > frames; }));
    sf::Image image;
    ASSERT_TRUE(eventually([&] {
        std::filesystem::remove(folder_ / "size.png");
        return image.loadFromFile(picture(view, "size.png").string()) && image.getSize().x == 900;
    }));
    const Rect plot = lay_out(coloured({10, 200, 30}), 900, 700).panels.at(0).plot;
    EXPECT_EQ(pixel(folder_ / "size.png", plot.right() - 3, plot.bottom() - 3),
              (Colour{10, 200, 30}));
}

// What the run pays for showing a scene: a thousand in far less than a frame each.
TEST_F(VizLiveView, ShowNeverWaits) {
    LiveView view({.title = "wait", .width = 640, .height = 480});
    const Scene scene = coloured({10, 200, 30});
    double longest = 0;
    for (int i = 0; i < 1000; ++i) {
        timespec before{};
        timespec after{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        view.show(scene);
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        longest = std::max(longest, static_cast<double>(after.tv_sec - before.tv_sec) +
                                        1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec));
    }
    EXPECT_LT(longest, 0.005);
}

// What a closed ssh session does: the X server is gone while the window is open.
TEST_F(VizLiveView, ADisplayThatGoesAwayEndsTheWindowOnly) {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    const auto lose_display = [] {
        auto display = std::make_unique<test::VirtualDisplay>();
        ::setenv("DISPLAY", display->name().c_str(), 1);
        {
            LiveView view({.title = "lost"});
            view.show(coloured({1, 2, 3}));
            if (!eventually([&] { return view.frames() > 0; })) std::exit(1);
            display.reset();
            if (!eventually([&] { return !view.is_open(); })) std::exit(2);
            view.show(coloured({1, 2, 3}));
        }
        std::exit(viz::display_available() ? 3 : 7);
    };
    EXPECT_EXIT(lose_display(), ::testing::ExitedWithCode(7), "");
}

TEST_F(VizLiveView, ASceneThatContradictsItselfEndsTheWindowOnly) {
    LiveView view({.title = "wrong"});
    Scene scene = coloured({1, 2, 3});
    std::get<Image>(scene.panels[0].items[0]).rows = 7;
    view.show(scene);
    EXPECT_TRUE(eventually([&] { return !view.is_open(); }));
}

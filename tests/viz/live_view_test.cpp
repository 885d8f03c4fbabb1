// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "viz/live_window.hpp"

#include <baldwin/core/colour.hpp>
#include <baldwin/viz/display.hpp>
#include <baldwin/viz/live_view.hpp>
#include <baldwin/viz/snapshot.hpp>
#include <baldwin/viz/thread_meter.hpp>

#include <SFML/Graphics/Image.hpp>

#include <gtest/gtest.h>

#if defined(__linux__)
#include <pthread.h>
#endif

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <variant>

namespace baldwin::live_view_test {

using namespace test;

namespace {

class VizLiveView : public LiveWindowTest {
protected:
    /// A run gets through a thousand steps while its window, which is held up, shows no picture;
    /// the window has the newest once it is released.
    static void expect_run_goes_on(LiveView& view, const std::function<void()>& release) {
        constexpr std::uint64_t kSteps = 1000;
        const std::uint64_t frames = view.frames();
        std::atomic<std::uint64_t> steps{0};
        std::thread run([&] {
            for (std::uint64_t step = 1; step <= kSteps; ++step) {
                const Metric metric{"loss", 1.0 / static_cast<double>(step)};
                view.record(step, {&metric, 1});
                view.show(step, "scene", coloured({static_cast<std::uint8_t>(step), 200, 30}));
                steps = step;
                // half a second in all: several pictures are due meanwhile
                std::this_thread::sleep_for(std::chrono::microseconds(500));
            }
        });
        EXPECT_TRUE(eventually([&] { return steps == kSteps; })) << "it waited at " << steps;
        EXPECT_EQ(view.frames(), frames);
        release();
        run.join();
        EXPECT_TRUE(eventually([&] { return state(view)["panes"]["scene"]["step"] == kSteps; }));
        EXPECT_EQ(state(view)["last"], kSteps);
    }
};

/// Reports steps for so many seconds, as a run does that has something to show all the time.
void report(LiveView& view, std::uint64_t& step, double seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (std::chrono::steady_clock::now() < end) {
        const Metric metrics[] = {{"loss", std::sin(0.3 * static_cast<double>(++step))},
                                  {"rate", static_cast<double>(step)}};
        view.record(step, metrics);
        if (view.wants_scene()) {
            view.show(step, "scene", coloured({10, static_cast<std::uint8_t>(step), 30}));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

/// What a window takes and gives.
struct Cost {
    double share; ///< of a core
    double rate;  ///< pictures a second
};

/// Of a window of its own, without its first seconds, in which fonts and OpenGL start.
Cost measured_cost() {
    LiveView view(sized("budget", 1280, 800));
    std::uint64_t step = 0;
    report(view, step, 2);
    const double cpu = view.cpu_seconds();
    const std::uint64_t frames = view.frames();
    const auto began = std::chrono::steady_clock::now();
    report(view, step, 4);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    return {(view.cpu_seconds() - cpu) / took.count(),
            static_cast<double>(view.frames() - frames) / took.count()};
}

/// Keeps a core busy for so many CPU seconds.
void work(double seconds) {
    const double end = viz::ThreadMeter::own() + seconds;
    while (viz::ThreadMeter::own() < end) {
    }
}

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

TEST_F(VizLiveView, ARequestThatTheDisplayRefusesDoesNotEndTheProgram) {
    viz::detail::DisplayLink link;
    void* const display = link.handle();
    ASSERT_NE(display, nullptr) << link.obstacle();
    link.survive_loss();
    constexpr unsigned long kNoWindow = 12345;
    link.library().symbol<int(void*, unsigned long)>("XMapWindow")(display, kNoWindow);
    link.library().symbol<int(void*, int)>("XSync")(display, 0); // the refusal arrives here
    link.library().symbol<int(void*)>("XCloseDisplay")(display);
}

TEST_F(VizLiveView, ShowsTheNewestScene) {
    ASSERT_TRUE(viz::display_available());
    LiveView view(sized("newest"));
    const Colour last{200, 30, 90};
    for (int i = 0; i < 200; ++i) view.show(coloured({0, 0, static_cast<std::uint8_t>(i)}));
    view.show(coloured(last));
    ASSERT_TRUE(eventually([&] { return view.frames() > 0; }));
    const auto path = picture(view, "a.png");
    const Point middle = VizLiveView::middle(view, "scene");
    EXPECT_EQ(pixel(path, middle.x, middle.y), last);
    EXPECT_EQ(pixel(path, 3, 60), kDarkTheme.surface);
    EXPECT_LT(view.frames(), 100U); // those that nobody could see were not drawn
}

TEST_F(VizLiveView, TextIsDrawnAndWithoutAFontAllElseIs) {
    // counts pixels of the panel's title that differ from the surface
    const auto marks = [&](LiveView& view, const std::string& name) {
        sf::Image image;
        EXPECT_TRUE(image.loadFromFile(picture(view, name).string()));
        int count = 0;
        for (unsigned x = 10; x < 200; ++x) {
            for (unsigned y = 66; y < 88; ++y)
                count += image.getPixel(x, y) != image.getPixel(3, 60);
        }
        return count;
    };
    LiveView with(sized("with"));
    with.show(coloured({1, 2, 3}));
    if (!viz::system_fonts().regular.empty()) {
        EXPECT_GT(marks(with, "with.png"), 50);
    }
    viz::LiveOptions options = sized("without");
    options.window.font = "/no/such.ttf";
    LiveView without(options);
    without.show(coloured({9, 9, 250}));
    EXPECT_EQ(marks(without, "without.png"), 0);
    EXPECT_EQ(pixel(folder_ / "without.png", 320, 240), (Colour{9, 9, 250}));
}

TEST_F(VizLiveView, FollowsTheSizeOfItsWindow) {
    if (!has_xdotool()) GTEST_SKIP() << "xdotool is not installed";
    LiveView view(sized("size"));
    view.show(coloured({10, 200, 30}));
    ASSERT_TRUE(eventually([&] { return view.frames() > 0; }));
    type("size", "windowsize 900 700");
    sf::Image image;
    ASSERT_TRUE(eventually([&] {
        std::filesystem::remove(folder_ / "size.png");
        return image.loadFromFile(picture(view, "size.png").string()) && image.getSize().x == 900;
    }));
    EXPECT_EQ(pixel(folder_ / "size.png", 800, 600), (Colour{10, 200, 30}));
}

// The window's thread stands still between two pictures: in the call that says what it saved.
TEST_F(VizLiveView, TheRunDoesNotWaitForAWindowThatIsBusy) {
    std::atomic<bool> is_held{false};
    std::atomic<bool> is_released{false};
    viz::LiveOptions options = sized("busy");
    options.window.tell = [&](const std::string&) {
        is_held = true;
        while (!is_released) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    LiveView view(options);
    const test::AtEnd release([&] { is_released = true; });
    view.show(coloured({10, 200, 30}));
    view.save_picture(folder_ / "held.png");
    ASSERT_TRUE(eventually([&] { return is_held.load(); }));
    expect_run_goes_on(view, [&] { is_released = true; });
}

// The window's thread stands still while it paints: the X server takes no pixels.
TEST_F(VizLiveView, TheRunDoesNotWaitForAWindowThatPaints) {
    LiveView view(sized("paints"));
    const test::AtEnd release([&] { display().go_on(); });
    view.show(coloured({10, 200, 30}));
    ASSERT_TRUE(eventually([&] { return view.frames() > 0; }));
    display().stop();
    expect_run_goes_on(view, [&] { display().go_on(); });
}

// What a thread did before would otherwise be taken for the cost of the window's first picture, and
// hold back the next twenty.
TEST(VizThreadMeter, WhatWasBeforeIsNotCounted) {
    work(0.2);
    viz::ThreadMeter meter;
    EXPECT_LT(meter.seconds(), 0.1);
    work(0.2);
    EXPECT_GE(meter.seconds(), 0.2);
}

#if defined(__linux__)
// A driver's thread of an earlier window goes on: only what it takes from now on is this window's,
// and stays when the thread ends.
TEST(VizThreadMeter, ADriversThreadCountsFromTheConstructionOn) {
    std::atomic<int> stage{0};
    std::thread driver([&] {
        ::pthread_setname_np(::pthread_self(), "test:disk$0");
        for (const int next : {1, 3}) {
            work(0.2);
            stage = next;
            while (stage == next) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    const auto await = [&](int next) {
        while (stage != next) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    await(1);
    viz::ThreadMeter meter;
    EXPECT_LT(meter.seconds(), 0.1);
    stage = 2;
    await(3);
    const double taken = meter.seconds();
    EXPECT_GE(taken, 0.2);
    stage = 4;
    driver.join();
    EXPECT_GE(meter.seconds(), taken);
}
#endif

// A run that reports all the time: the window stays within its share of a core, 4 %, or paints at
// its least rate, 5.6 pictures a second, where that takes more: a picture costs 7 ms of CPU time on
// one machine and 15 ms on another, and other tests push its caches about. So a window that takes
// more than its share must be at its least rate. Of up to three windows the cheapest counts. What a
// picture costs, and that there are five a second, bench/viz holds against its goals.
TEST_F(VizLiveView, StaysWithinItsShareOfACoreOrAtItsLeastRate) {
    if (BALDWIN_TEST_IS_SANITIZED) GTEST_SKIP() << "a sanitizer multiplies the window's work";
    constexpr double kShare = 0.05;
    constexpr double kLeastRate = 5.6;
    const auto is_lawful = [](const Cost& cost) {
        return cost.share < kShare || cost.rate < 1.1 * kLeastRate;
    };
    Cost least{1, 1000};
    for (int attempt = 0; attempt < 3 && !is_lawful(least); ++attempt) {
        const Cost cost = measured_cost();
        std::printf("share of a core %.4f, %.1f frames a second\n", cost.share, cost.rate);
        if (cost.share < least.share) least = cost;
    }
    RecordProperty("share_of_a_core", std::to_string(least.share));
    RecordProperty("frames_a_second", std::to_string(least.rate));
    EXPECT_TRUE(is_lawful(least)) << least.share << " of a core at " << least.rate << " a second";
    EXPECT_LT(least.share, 0.25); // 45 ms a picture, whatever the machine
    EXPECT_GT(least.rate, 2.5);
}

// The callback throws twice: for what was saved, and for what went wrong with that.
TEST_F(VizLiveView, WhatEndsTheWindowsThreadIsToldOnce) {
    viz::LiveOptions options = sized("fails");
    options.window.tell = [](const std::string&) { throw std::runtime_error("no more ink"); };
    LiveView view(options);
    EXPECT_EQ(view.take_failure(), "");
    view.show(coloured({1, 2, 3}));
    view.save_picture(folder_ / "a.png");
    ASSERT_TRUE(eventually([&] { return !view.is_open(); }));
    EXPECT_EQ(view.take_failure(), "no more ink");
    EXPECT_EQ(view.take_failure(), "");
    EXPECT_TRUE(view.attend().empty()); // the run goes on
}

// The display is there when it is asked for, and takes no client more when the window is opened.
TEST_F(VizLiveView, AWindowThatCannotBeOpenedIsToldAsWell) {
    const test::VirtualDisplay full;
    ::setenv("DISPLAY", full.name().c_str(), 1);
    std::deque<viz::detail::DisplayLink> clients;
    do {
        ASSERT_LT(clients.size(), 3000U);
        clients.emplace_back();
    } while (clients.back().obstacle().empty());
    clients.pop_back();
    clients.pop_back(); // room for the one that asks
    LiveView view(sized("full"));
    std::string reason;
    EXPECT_TRUE(eventually([&] { return !(reason = view.take_failure()).empty(); }));
    EXPECT_EQ(reason, "no display (" + full.name() + " cannot be opened)");
    EXPECT_FALSE(view.is_open());
    EXPECT_EQ(view.frames(), 0U);
}

TEST_F(VizLiveView, AWindowThatTheUserClosesIsNoFailure) {
    if (!has_xdotool()) GTEST_SKIP() << "xdotool is not installed";
    LiveView view(sized("closes"));
    view.show(coloured({1, 2, 3}));
    ASSERT_TRUE(eventually([&] { return view.frames() > 0; }));
    type_last("closes", "Escape");
    ASSERT_TRUE(eventually([&] { return !view.is_open(); }));
    EXPECT_EQ(view.take_failure(), "");
}

// What a closed ssh session does: the X server is gone while the window is open.
TEST_F(VizLiveView, ADisplayThatGoesAwayEndsTheWindowOnly) {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    const auto lose_display = [] {
        auto display = std::make_unique<test::VirtualDisplay>();
        ::setenv("DISPLAY", display->name().c_str(), 1);
        {
            LiveView view(sized("lost"));
            view.show(coloured({1, 2, 3}));
            if (!eventually([&] { return view.frames() > 0; })) std::exit(1);
            display.reset();
            if (!eventually([&] { return !view.is_open(); })) std::exit(2);
            view.show(coloured({1, 2, 3}));
            if (view.take_failure() != "its display is gone") std::exit(4);
            if (!view.take_failure().empty()) std::exit(5);
        }
        std::exit(viz::display_available() ? 3 : 7);
    };
    EXPECT_EXIT(lose_display(), ::testing::ExitedWithCode(7), "");
}

TEST_F(VizLiveView, ASceneThatContradictsItselfIsSaidInItsPanel) {
    LiveView view(sized("wrong"));
    Scene scene = coloured({1, 2, 3});
    std::get<Image>(scene.panels[0].items[0]).rows = 7;
    view.show(scene);
    view.show(1, "right", coloured({10, 200, 30}));
    ASSERT_TRUE(eventually([&] { return view.frames() > 0; }));
    const Point there = middle(view, "right");
    EXPECT_EQ(pixel(picture(view, "both.png"), there.x, there.y), (Colour{10, 200, 30}));
    EXPECT_TRUE(view.is_open());
}

TEST_F(VizLiveView, ASnapshotHasItsSizeAndNoWindow) {
    viz::LiveSource source("a run");
    for (std::uint64_t step = 1; step < 100; ++step) {
        const Metric metric{"loss", 1.0 / static_cast<double>(step)};
        source.record(step, {&metric, 1});
    }
    source.show(99, "scene", coloured({10, 200, 30}));
    viz::render(source, {.width = 1000, .height = 600}, folder_ / "sub" / "snapshot.png");
    sf::Image image;
    ASSERT_TRUE(image.loadFromFile((folder_ / "sub" / "snapshot.png").string()));
    EXPECT_EQ(image.getSize(), sf::Vector2u(1000, 600));
    EXPECT_EQ(pixel(folder_ / "sub" / "snapshot.png", 700, 320), (Colour{10, 200, 30}));
    EXPECT_EQ(pixel(folder_ / "sub" / "snapshot.png", 3, 60), kLightTheme.surface);
    EXPECT_THROW(viz::render(source, {}, "/proc/no.png"), std::runtime_error);
}

} // namespace baldwin::live_view_test

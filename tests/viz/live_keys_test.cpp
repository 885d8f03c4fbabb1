// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "viz/live_window.hpp"

#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/viz/exhibit_source.hpp>
#include <baldwin/viz/live_view.hpp>
#include <baldwin/viz/window.hpp>

#include <SFML/Graphics/Image.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

namespace baldwin::live_keys_test {

using namespace test;

namespace {

class VizLiveKeys : public LiveWindowTest {};

} // namespace

TEST_F(VizLiveKeys, KeysDoWhatTheHelpSays) {
    if (!has_xdotool()) GTEST_SKIP() << "xdotool is not installed";
    viz::LiveOptions options = sized("keys", 900, 600);
    options.window.pictures = folder_.path();
    options.window.cpu_share = 1;
    LiveView view(options);
    run(view, 1, 100);
    run(view, 101, 200, {200, 30, 90});
    type("keys", "key s");
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(folder_ / "screenshot-1.png"); }));
    EXPECT_EQ(pixel(folder_ / "screenshot-1.png", 3, 60), kDarkTheme.surface);
    type("keys", "key d");
    EXPECT_TRUE(becomes(view, "dark", false));
    type("keys", "key F1");
    EXPECT_TRUE(becomes(view, "help", true));
    type("keys", "key F1");
    EXPECT_TRUE(becomes(view, "help", false));
    type("keys", "key Left");
    EXPECT_TRUE(becomes(view, "step", 100));
    EXPECT_EQ(state(view)["panes"]["scene"]["step"], 100);
    type("keys", "key Right");
    EXPECT_TRUE(becomes(view, "following", true));
    type("keys", "key Tab");
    EXPECT_TRUE(eventually([&] { return !state(view)["alone"].get<std::string>().empty(); }));
    type("keys", "key shift+Tab");
    EXPECT_TRUE(becomes(view, "alone", ""));
    type("keys", "key Prior");
    EXPECT_TRUE(becomes(view, "scale", 1.25));
    type_last("keys", "Escape");
    EXPECT_TRUE(eventually([&] { return !view.is_open(); }));
    EXPECT_FALSE(view.wants_scene());
    view.show(coloured({1, 1, 1})); // the run goes on and need not ask
}

TEST_F(VizLiveKeys, ThePointerZoomsSelectsAndDragsBorders) {
    if (!has_xdotool()) GTEST_SKIP() << "xdotool is not installed";
    viz::LiveOptions options = sized("pointer", 900, 600);
    options.window.cpu_share = 1;
    LiveView view(options);
    run(view, 1, 100);
    run(view, 101, 200);
    const Point chart = middle(view, "chart loss");
    type("pointer", at(chart) + " click 4 click 4");
    ASSERT_TRUE(eventually([&] { return state(view).contains("steps"); }));
    type("pointer", "key f");
    EXPECT_TRUE(eventually([&] { return !state(view).contains("steps"); }));
    // a click chooses a step, in all panels
    type("pointer", at(chart) + " click 1");
    EXPECT_TRUE(becomes(view, "following", false));
    const int step = state(view)["step"];
    EXPECT_NEAR(step, 100, 20);
    EXPECT_TRUE(
        eventually([&] { return state(view)["panes"]["scene"]["step"] == 100 || step < 100; }));
    const Json before = state(view)["panes"]["chart loss"]["at"];
    const Point border = {before[0].get<double>() + before[2].get<double>(), chart.y};
    type("pointer", at(border) + " mousedown 1 " + at({border.x + 80, border.y}) + " mouseup 1");
    EXPECT_TRUE(eventually([&] {
        const Json after = state(view)["panes"]["chart loss"]["at"];
        return std::abs(after[2].get<double>() - before[2].get<double>() - 80) < 2;
    }));
}

// A thing that is clicked is marked in every panel that knows it; the wheel zooms where the pointer
// is, a drag moves what is seen.
TEST_F(VizLiveKeys, AClickSelectsInEveryPanelAndScenesZoomAndPan) {
    if (!has_xdotool()) GTEST_SKIP() << "xdotool is not installed";
    viz::LiveOptions options = sized("things", 900, 600);
    options.window.cpu_share = 1;
    LiveView view(options);
    for (const char* name : {"cloud", "history"}) view.show(1, name, things());
    ASSERT_TRUE(eventually([&] { return state(view)["panes"].size() == 2; }));
    // pixels of the ink's colour in a panel's plot: the ring around a selected thing
    const auto marks = [&](const std::string& name, const std::string& file) {
        sf::Image image;
        EXPECT_TRUE(image.loadFromFile(picture(view, file).string()));
        const Json plot = state(view)["panes"][name]["plots"][0];
        const sf::Color ink(kDarkTheme.ink.red, kDarkTheme.ink.green, kDarkTheme.ink.blue);
        int count = 0;
        for (int y = 5; y < plot[3].get<int>() - 5; ++y) {
            for (int x = 5; x < plot[2].get<int>() - 5; ++x) {
                count += image.getPixel(static_cast<unsigned>(plot[0].get<int>() + x),
                                        static_cast<unsigned>(plot[1].get<int>() + y)) == ink;
            }
        }
        return count;
    };
    const int cloud = marks("cloud", "before-1.png");
    const int history = marks("history", "before-2.png");
    const Point thing = centre(state(view)["panes"]["cloud"]["plots"][0]);
    type("things", at(thing) + " click 1");
    ASSERT_TRUE(becomes(view, "key", "b"));
    // a ring of 16 x 16 pixels, 2 wide, is about a hundred pixels; half of them may be blended
    EXPECT_GT(marks("cloud", "after-1.png"), cloud + 30);
    EXPECT_GT(marks("history", "after-2.png"), history + 30);
    type("things", at(thing) + " click 4 click 4");
    EXPECT_TRUE(eventually([&] { return state(view)["panes"]["cloud"]["zoomed"] == true; }));
    EXPECT_EQ(state(view)["panes"]["history"]["zoomed"], false);
    // what was under the pointer still is, and goes along with a drag
    const auto is_at = [&](Point place) {
        return eventually([&] {
            const Json selected = state(view)["panes"]["cloud"]["selected"];
            if (selected.empty()) return false;
            const Point now = centre(selected[0]);
            return std::abs(now.x - place.x) < 2 && std::abs(now.y - place.y) < 2;
        });
    };
    EXPECT_TRUE(is_at(thing));
    type("things", at(thing) + " mousedown 1 " + at({thing.x + 60, thing.y + 30}) + " mouseup 1");
    EXPECT_TRUE(is_at({thing.x + 60, thing.y + 30}));
    type("things", "key f");
    EXPECT_TRUE(eventually([&] { return state(view)["panes"]["cloud"]["zoomed"] == false; }));
}

// What a running experiment cannot do: going back for good, beginning again.
TEST_F(VizLiveKeys, KeysSteerAnExhibit) {
    if (!has_xdotool()) GTEST_SKIP() << "xdotool is not installed";
    Exhibit exhibit = make_exhibit<int>(
        {.category = "tests", .name = "count", .summary = "counts"},
        [](std::uint64_t, Exhibit::Values) { return 0; }, [](int& n, Exhibit::Values) { ++n; },
        [](const int& n) {
            return coloured({0, 0, static_cast<std::uint8_t>(n)});
        });
    Registry registry;
    registry.add(std::move(exhibit));
    viz::ExhibitSource source(registry, registry.find("count"));
    viz::Window window(source, {.title = "speed", .width = 640, .height = 480, .cpu_share = 1});
    const auto says = [&](const char* key, const Json& value) {
        return eventually([&] {
            window.tick();
            return window.workspace().dump()[key] == value;
        });
    };
    const auto type_there = [&](const char* what) {
        std::thread typing([&] { type("speed", what); });
        // the window's thread goes on meanwhile
        for (int i = 0; i < 30; ++i) {
            window.tick();
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        typing.join();
    };
    type_there("key minus");
    EXPECT_TRUE(says("speed", 20));
    type_there("key plus key plus");
    EXPECT_TRUE(says("speed", 60));
    type_there("key space");
    EXPECT_FALSE(source.controls()->is_running());
    const auto paused = window.workspace().timeline().last();
    EXPECT_GT(paused, 3U);
    type_there("key Right");
    EXPECT_TRUE(says("step", paused + 1));
    type_there("key Left key Left");
    const auto kept = window.workspace().timeline().kept(); // a slow window keeps not every step
    EXPECT_TRUE(says("step", kept.at(kept.size() - 3)));
    type_there("key r");
    EXPECT_TRUE(says("last", 0));
}

TEST_F(VizLiveKeys, SpacePausesTheRunAndAStepIsOneStep) {
    if (!has_xdotool()) GTEST_SKIP() << "xdotool is not installed";
    viz::LiveOptions options = sized("pause");
    options.parameters = {{.name = "rate", .value = 1, .low = 0, .high = 2}};
    LiveView view(options);
    std::atomic<std::uint64_t> steps{0};
    std::atomic<bool> is_over{false};
    std::atomic<double> rate{1};
    std::thread running([&] {
        while (!is_over) {
            for (const auto& edit : view.attend([&] { return !is_over; })) rate = edit.to;
            const Metric metric{"loss", 1.0};
            view.record(++steps, {&metric, 1});
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    });
    ASSERT_TRUE(eventually([&] { return view.frames() > 0 && steps > 5; }));
    type("pause", "key minus");
    EXPECT_TRUE(eventually([&] { return state(view)["speed"].is_number(); }));
    EXPECT_LE(state(view)["speed"].get<double>(), 1 / 0.002 / 2);
    type("pause", "key plus key plus");
    EXPECT_TRUE(becomes(view, "speed", nullptr)); // infinite, which JSON cannot say
    type("pause", "key space");
    // paused once the count stands still for a tenth of a second
    EXPECT_TRUE(eventually([&] {
        const std::uint64_t before = steps;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        return steps == before;
    }));
    const std::uint64_t paused = steps;
    type("pause", "key Right");
    EXPECT_TRUE(eventually([&] { return steps == paused + 1; }));
    // the middle of the first slider, below its title and label
    const Json at_settings = state(view)["panes"]["settings"]["at"];
    const Point slider = {at_settings[0].get<double>() + at_settings[2].get<double>() * 0.75,
                          at_settings[1].get<double>() + 58};
    type("pause", at(slider) + " click 1 key space");
    EXPECT_TRUE(eventually([&] { return steps > paused + 5 && rate > 1.3; }));
    is_over = true;
    running.join();
}

// What the experiment is told while it is paused; a drag pans all the same, a click is heard of.
TEST_F(VizLiveKeys, ThePausedRunHearsWhereThePointerIs) {
    if (!has_xdotool()) GTEST_SKIP() << "xdotool is not installed";
    viz::LiveOptions options = sized("hears");
    options.window.cpu_share = 1;
    LiveView view(options);
    view.show(1, "things", things());
    view.show(1, "other", things());
    ASSERT_TRUE(eventually([&] { return state(view)["panes"].size() == 2; }));
    std::atomic<bool> is_over{false};
    std::atomic<int> clicks{0};
    std::atomic<double> x{-1};
    std::atomic<double> y{-1};
    std::thread running([&] {
        while (!is_over) {
            (void)view.attend([&] { return !is_over; },
                              [&](const Pointer& pointer) {
                                  EXPECT_EQ(pointer.panel, "Things");
                                  if (pointer.pressed) ++clicks;
                                  x = pointer.x;
                                  y = pointer.y;
                              });
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    });
    type("hears", "key space");
    const Json plot = state(view)["panes"]["things"]["plots"][0];
    const Point middle = centre(plot);
    type("hears", at(middle));
    // axes from 0 to 10; the pointer stands on a whole pixel
    const double pixel = 10 / plot[2].get<double>() + 10 / plot[3].get<double>();
    EXPECT_TRUE(eventually([&] { return std::abs(x - 5) < pixel && std::abs(y - 5) < pixel; }))
        << x << " " << y;
    type("hears", at(middle) + " mousedown 1 " + at({middle.x + 60, middle.y}) + " mouseup 1");
    EXPECT_TRUE(eventually([&] { return state(view)["panes"]["things"]["zoomed"] == true; }));
    EXPECT_EQ(clicks, 0);
    type("hears", at(middle) + " click 1"); // down and up before anybody could look twice
    EXPECT_TRUE(eventually([&] { return clicks == 1; }));
    is_over = true;
    running.join();
}

} // namespace baldwin::live_keys_test

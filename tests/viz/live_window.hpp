// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Live windows on a private display, for tests that look at their pixels or steer them with
/// xdotool.
#pragma once

#include "support/temporary_folder.hpp"
#include "viz/virtual_display.hpp"

#include <baldwin/core/json.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/live_view.hpp>

#include <SFML/Graphics/Image.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace baldwin::test {

using viz::LiveView;

/// Does something when a test ends, whatever ends it.
class AtEnd {
public:
    explicit AtEnd(std::function<void()> action) : action_(std::move(action)) {}
    ~AtEnd() { action_(); }
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;

private:
    std::function<void()> action_;
};

inline bool eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

/// One raster of one colour that fills its panel, and a title.
inline Scene coloured(Colour colour) {
    Image image{
        .rows = 1, .columns = 1, .channels = 3, .pixels = {colour.red, colour.green, colour.blue}};
    Panel panel{.title = "A colour", .items = {image}};
    return {.panels = {panel}};
}

/// Three things with keys on a plane; the second one in the middle.
inline Scene things() {
    Panel panel{.title = "Things",
                .x = {.label = "x", .range = Interval{0, 10}},
                .y = {.label = "y", .range = Interval{0, 10}}};
    panel.items.emplace_back(
        Points{.at = {{2, 2}, {5, 5}, {8, 8}}, .radius = 5, .keys = {"a", "b", "c"}});
    return {.panels = {panel}};
}

inline viz::LiveOptions sized(const std::string& title, unsigned width = 640,
                              unsigned height = 480) {
    viz::LiveOptions options;
    options.window.title = title;
    options.window.width = width;
    options.window.height = height;
    return options;
}

inline std::optional<Colour> pixel(const std::filesystem::path& path, double x, double y) {
    sf::Image picture;
    if (!picture.loadFromFile(path.string())) return std::nullopt;
    const sf::Color colour = picture.getPixel(static_cast<unsigned>(x), static_cast<unsigned>(y));
    return Colour{colour.r, colour.g, colour.b};
}

/// Types or points into the window of this process, by its title. \return xdotool's exit status
inline int xdotool(const std::string& title, const std::string& what) {
    const std::string command =
        "xdotool search --sync --onlyvisible --name '^" + title + "$' " + what + " >/dev/null";
    return std::system(command.c_str());
}
inline void type(const std::string& title, const std::string& what) {
    ASSERT_EQ(xdotool(title, what), 0) << what;
}
/// Types the key that closes the window. It goes down there; where it would come up again the
/// window may be gone, and xdotool then fails with BadWindow: so the window's end says whether the
/// key arrived.
inline void type_last(const std::string& title, const std::string& key) {
    (void)xdotool(title, "key " + key);
}

/// What the workspace says of itself.
inline Json state(LiveView& view) { return Json::parse(view.dump()); }

/// Waits until the workspace says something of a key.
inline bool becomes(LiveView& view, const char* key, const Json& value) {
    return eventually([&] { return state(view)[key] == value; });
}

/// A private display for all tests; SFML keeps its connection, so it lives as long as the process.
class LiveWindowTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (!VirtualDisplay::is_installed()) GTEST_SKIP() << "Xvfb is not installed";
        ::setenv("DISPLAY", display().name().c_str(), 1);
    }
    static const VirtualDisplay& display() {
        static const auto* const one = new VirtualDisplay;
        return *one;
    }

    std::filesystem::path picture(LiveView& view, const std::string& name) {
        view.save_picture(folder_ / name);
        EXPECT_TRUE(eventually([&] { return std::filesystem::exists(folder_ / name); }));
        return folder_ / name;
    }
    /// Numbers and a scene of some steps.
    static void run(LiveView& view, int first, int last, Colour colour = {10, 200, 30}) {
        for (int step = first; step <= last; ++step) {
            const Metric metric{"loss", 1.0 / step};
            view.record(static_cast<std::uint64_t>(step), {&metric, 1});
        }
        const std::uint64_t frames = view.frames();
        view.show(static_cast<std::uint64_t>(last), "scene", coloured(colour));
        EXPECT_TRUE(eventually([&] { return view.frames() > frames; }));
    }
    /// The middle of a panel.
    static Point middle(LiveView& view, const std::string& pane) {
        const Json at = state(view)["panes"][pane]["at"];
        return {at[0].get<double>() + at[2].get<double>() / 2,
                at[1].get<double>() + at[3].get<double>() / 2};
    }
    static Point centre(const Json& at) {
        return {at[0].get<double>() + at[2].get<double>() / 2,
                at[1].get<double>() + at[3].get<double>() / 2};
    }
    static std::string at(Point place) {
        return "mousemove --window %1 " + std::to_string(static_cast<int>(place.x)) + " " +
               std::to_string(static_cast<int>(place.y));
    }
    static bool has_xdotool() { return !find_program("xdotool").empty(); }

    TemporaryFolder folder_;
};

} // namespace baldwin::test

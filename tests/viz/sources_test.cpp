// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/exhibit.hpp>
#include <baldwin/viz/exhibit_source.hpp>
#include <baldwin/viz/live_source.hpp>
#include <baldwin/viz/workspace.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace baldwin::sources_test {

using viz::ExhibitSource;
using viz::InputEvent;
using viz::Key;
using viz::LiveSource;

namespace {

Scene dot(double x) { return {.panels = {{.items = {Points{{{x, 0}}}}}}}; }

double shown(viz::Source& source, std::uint64_t step) {
    const auto frames = source.frames(0, step);
    return std::get<Points>(frames.at(0).scene->panels[0].items[0]).at[0].x;
}

/// Counts up by a parameter; throws beyond 100.
Exhibit counter(const std::string& name, double start) {
    return make_exhibit<double>(
        {.category = "tests",
         .name = name,
         .summary = "counts from " + name,
         .parameters = {{.name = "stride", .value = 1, .low = 1, .high = 50, .step = 1}}},
        [start](std::uint64_t seed, Exhibit::Values) { return start + static_cast<double>(seed); },
        [](double& state, Exhibit::Values values) {
            state += values[0];
            if (state > 100) throw std::runtime_error("too far");
        },
        [](const double& state) { return dot(state); });
}

Registry two() {
    Registry registry;
    registry.add(counter("here", 0));
    registry.add(counter("there", 50));
    return registry;
}

/// Where the pointer was last, and how often each button was down.
struct Touched {
    std::string panel;
    double x = 0;
    double y = 0;
    int draws = 0;
    int rubs = 0;

    friend bool operator==(const Touched&, const Touched&) = default;
};

} // namespace

TEST(VizLiveSource, HandsOverNumbersAndTheNewestScenesBetweenThreads) {
    LiveSource source("run", {}, {{"loss", "nats"}});
    std::thread run([&] {
        for (std::uint64_t step = 1; step <= 1000; ++step) {
            const Metric metrics[] = {{"loss", static_cast<double>(step)}, {"rate", 0.5}};
            source.record(step, metrics);
            source.show(step, "frame", dot(static_cast<double>(step)));
        }
    });
    run.join();
    const viz::News news = source.poll(0);
    EXPECT_TRUE(news.metrics);
    EXPECT_TRUE(news.frames);
    EXPECT_EQ(source.metrics()[0], (viz::MetricInfo{"loss", "nats"}));
    EXPECT_EQ(source.extent(0, 0), (Interval{1, 1000}));
    EXPECT_EQ(source.nearest({.metric = 0}, 500), (Point{500, 500}));
    EXPECT_EQ(source.frame_steps(0), (std::vector<std::uint64_t>{1000})); // the others were dropped
    EXPECT_FALSE(source.poll(0).any());
}

TEST(VizLiveSource, KeepsAHistoryThatStaysBounded) {
    LiveSource source("run");
    for (std::uint64_t step = 1; step <= 5000; ++step) {
        source.show(step, "frame", dot(static_cast<double>(step)));
        source.poll(0);
    }
    const auto steps = source.frame_steps(0);
    EXPECT_LE(steps.size(), LiveSource::kKept);
    EXPECT_GE(steps.size(), LiveSource::kKept / 2);
    EXPECT_EQ(steps.front(), 1U); // thinned out, not cut off
    EXPECT_EQ(steps.back(), 5000U);
    EXPECT_EQ(shown(source, 4999), 4999);
    EXPECT_TRUE(source.frames(0, 0).empty());
}

TEST(VizLiveSource, TheRunWaitsWhileItIsPausedAndHearsOfEdits) {
    LiveSource source("run", {{.name = "rate", .value = 1, .low = 0, .high = 10}});
    viz::LiveControls& controls = source.steering();
    EXPECT_TRUE(controls.attend([] { return true; }).empty());
    controls.set_value(0, 99);
    const auto edits = controls.attend([] { return true; });
    ASSERT_EQ(edits.size(), 1U);
    EXPECT_EQ(edits[0].from, 1);
    EXPECT_EQ(edits[0].to, 10); // brought into its range
    EXPECT_TRUE(controls.attend([] { return true; }).empty());

    std::atomic<int> steps{0};
    std::atomic<bool> is_over{false};
    controls.run(false);
    std::thread run([&] {
        while (!is_over) {
            controls.attend([&] { return !is_over; });
            ++steps;
        }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(steps, 0);
    controls.step();
    for (int i = 0; i < 1000 && steps < 1; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(steps, 1);
    controls.run(true);
    for (int i = 0; i < 1000 && steps < 100; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_GT(steps, 99);
    is_over = true;
    run.join();
}

// The run was busy while the user asked for steps and then let it go on: at the next pause it
// waits.
TEST(VizLiveSource, StepsThatWereNotMadeAreForgottenWhenItRunsOn) {
    LiveSource source("run");
    viz::LiveControls& controls = source.steering();
    controls.step();
    controls.step();
    controls.run(true);
    controls.run(false);
    int asked = 0;
    controls.attend([&] { return ++asked < 3; });
    EXPECT_EQ(asked, 3);
    controls.step();
    controls.attend([&] { return ++asked < 100; });
    EXPECT_EQ(asked, 4); // asked once, and there the step was
}

namespace {

/// Steps of a run, each of which takes at least two milliseconds.
void make_steps(viz::LiveControls& controls, int count) {
    for (int i = 0; i < count; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        EXPECT_TRUE(controls.attend([] { return true; }).empty());
    }
}

} // namespace

TEST(VizLiveSource, SlowerHalvesTheMeasuredSpeedAndFasterGoesBackToFull) {
    LiveSource source("run");
    viz::LiveControls& controls = source.steering();
    EXPECT_TRUE(controls.has_speed());
    EXPECT_TRUE(std::isinf(controls.speed()));
    controls.change_speed(-1); // nothing is known of it yet
    controls.change_speed(1);
    EXPECT_TRUE(std::isinf(controls.speed()));
    make_steps(controls, 5);
    controls.change_speed(-1);
    const double half = controls.speed();
    EXPECT_LE(half, 1 / 0.002 / 2);
    controls.change_speed(-1);
    EXPECT_EQ(controls.speed(), half / 2);
    controls.change_speed(1);
    EXPECT_EQ(controls.speed(), half);
    for (int i = 0; i < 100; ++i) controls.change_speed(-1);
    EXPECT_GE(controls.speed(), 0.1);
    for (int i = 0; i < 100; ++i) controls.change_speed(1);
    EXPECT_TRUE(std::isinf(controls.speed()));
}

// The least time only, since steps may come late but never early: the first is at once, and each
// may make up for 0.02 s of lateness.
TEST(VizLiveSource, ARunMakesNoMoreStepsThanItsSpeedAllows) {
    LiveSource source("run");
    viz::LiveControls& controls = source.steering();
    make_steps(controls, 3);
    while (controls.speed() > 60) controls.change_speed(-1);
    constexpr int kSteps = 4;
    const auto began = std::chrono::steady_clock::now();
    make_steps(controls, kSteps);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    EXPECT_GE(took.count(), (kSteps - 1) / controls.speed() - 0.02);
}

// At one step in some seconds the run would be late for all of these.
TEST(VizLiveSource, AWaitForTheSpeedEndsWhenTheUserChangesHisMind) {
    LiveSource source("run");
    viz::LiveControls& controls = source.steering();
    make_steps(controls, 3);
    const auto slow_down = [&] {
        for (int i = 0; i < 100; ++i) controls.change_speed(-1);
        ASSERT_LT(controls.speed(), 0.2);
    };
    slow_down();
    controls.attend([] { return true; }); // due at once: it was fast before
    int asked = 0;
    controls.attend([&] { return ++asked < 3; });
    EXPECT_EQ(asked, 3); // it waited until it was told to end
    asked = 0;
    controls.attend([&] {
        if (++asked == 2) controls.change_speed(1);
        return asked < 100;
    });
    EXPECT_EQ(asked, 2);
    slow_down();
    asked = 0;
    controls.attend([&] {
        if (++asked == 2) controls.step(); // pauses, with a step to make
        return asked < 100;
    });
    EXPECT_LE(asked, 4);
    EXPECT_FALSE(controls.is_running());
}

TEST(VizLiveSource, AFrameMayBeCalledWhatAPanelIsCalled) {
    LiveSource source("run", {{.name = "rate", .value = 1, .low = 0, .high = 10}});
    const Metric metric{"loss", 1};
    source.record(1, {&metric, 1});
    for (const char* name : {"settings", "chart loss", "mine"}) source.show(1, name, dot(1));
    viz::Workspace workspace(source);
    workspace.resize(1280, 800);
    for (double now : {1, 2}) workspace.update(now);
    (void)workspace.surfaces();
    std::vector<std::string> frames;
    std::vector<std::string> others;
    for (const viz::Pane& pane : workspace.panes()) {
        const bool is_frame = pane.kind == viz::Pane::Kind::frame;
        EXPECT_TRUE(pane.is_visible) << pane.name;
        EXPECT_EQ(pane.scene != nullptr, is_frame) << pane.name;
        (is_frame ? frames : others).push_back(pane.name);
    }
    EXPECT_EQ(frames, (std::vector<std::string>{"settings (2)", "chart loss (2)", "mine"}));
    EXPECT_EQ(others, (std::vector<std::string>{"settings", "chart loss"}));
}

TEST(VizLiveSource, OneWordInTwoUnitsIsTwoChartsAndNamesMayHoldSlashes) {
    LiveSource source("run", {}, {{"train/loss", "nats"}, {"held/loss", "nats"}});
    const Metric metrics[] = {
        {"train/loss", 1}, {"held/loss", 2}, {"value_loss", 3}, {"a/b", 4}, {"a", 5}};
    source.record(1, metrics);
    viz::Workspace workspace(source);
    workspace.resize(1280, 800);
    workspace.update(1);
    const auto metrics_of = [&](const char* name) {
        const viz::Pane* pane = workspace.find(name);
        return pane == nullptr ? std::vector<std::size_t>() : pane->chart.group.metrics;
    };
    EXPECT_EQ(metrics_of("chart loss"), (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(metrics_of("chart value_loss"), (std::vector<std::size_t>{2}));
    EXPECT_EQ(metrics_of("chart a/b"), (std::vector<std::size_t>{3}));
    for (const viz::Surface* surface : workspace.surfaces()) {
        for (const viz::HitArea& area : surface->areas) {
            if (area.id != "chart a/b/log") continue;
            const Point at = {surface->at.x + area.at.x + 2, surface->at.y + area.at.y + 2};
            workspace.handle({.kind = InputEvent::Kind::press, .at = at}, 1);
            workspace.handle({.kind = InputEvent::Kind::release, .at = at}, 1);
            EXPECT_TRUE(workspace.find("chart a/b")->chart.log_y);
            EXPECT_FALSE(workspace.find("chart a")->chart.log_y);
            return;
        }
    }
    FAIL() << "the chart has no toggle";
}

TEST(VizExhibitSource, StepsBackAndGoesOnFromThere) {
    const Registry registry = two();
    ExhibitSource source(registry, registry.find("here"), 7);
    viz::Controls& controls = *source.controls();
    controls.run(false);
    EXPECT_EQ(shown(source, 0), 7);
    for (int i = 0; i < 5; ++i) {
        controls.step();
        source.poll(1);
    }
    EXPECT_EQ(source.frame_steps(0), (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(shown(source, 5), 12);
    EXPECT_EQ(shown(source, 2), 9);
    controls.go_back(2);
    controls.set_value(0, 10);
    controls.step();
    source.poll(1);
    EXPECT_EQ(shown(source, 99), 19);
    EXPECT_EQ(source.frame_steps(0), (std::vector<std::uint64_t>{0, 1, 2, 3}));
    controls.restart();
    EXPECT_EQ(shown(source, 99), 7);
}

TEST(VizExhibitSource, AnExhibitThatFailsStopsWithAMessage) {
    const Registry registry = two();
    ExhibitSource source(registry, registry.find("there"), 7);
    viz::Controls& controls = *source.controls();
    controls.set_value(0, 50);
    controls.step();
    source.poll(1);
    const auto messages = source.take_messages();
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0], "there stopped: too far");
    EXPECT_FALSE(controls.is_running());
    EXPECT_EQ(shown(source, 99), 57);
}

TEST(VizExhibitSource, TheWorkspaceListsAndOpensExhibits) {
    const Registry registry = two();
    ExhibitSource source(registry, registry.find("here"));
    viz::Workspace workspace(source);
    workspace.resize(1000, 700);
    source.controls()->run(false);
    const auto press = [&](const std::string& id) {
        for (const viz::Surface* surface : workspace.surfaces()) {
            for (const viz::HitArea& area : surface->areas) {
                if (area.id != id) continue;
                const Point at = {surface->at.x + area.at.x + area.at.width / 2,
                                  surface->at.y + area.at.y + area.at.height / 2};
                for (const auto kind : {InputEvent::Kind::press, InputEvent::Kind::release}) {
                    workspace.handle({.kind = kind, .at = at}, 0);
                }
                return true;
            }
        }
        return false;
    };
    const auto key = [&](Key one) {
        workspace.handle({.kind = InputEvent::Kind::key, .key = one}, 0);
    };
    EXPECT_TRUE(press("exhibits/exhibit:tests/there"));
    EXPECT_EQ(source.runs()[0], "tests/there");
    // searching: what is typed is no command, Enter opens the first
    EXPECT_TRUE(press("exhibits/search"));
    for (const char32_t letter : std::u32string(U"s here")) {
        workspace.handle({.kind = InputEvent::Kind::text, .letter = letter}, 0);
    }
    key(Key::s);
    EXPECT_TRUE(workspace.take_requests().empty());
    key(Key::enter);
    EXPECT_EQ(source.runs()[0], "tests/here");
    key(Key::s);
    EXPECT_EQ(workspace.take_requests().size(), 1U);
    // right steps on, left goes back, space goes on from there, R restarts
    source.controls()->run(false);
    for (int i = 0; i < 3; ++i) {
        key(Key::right);
        workspace.update(i);
    }
    EXPECT_EQ(workspace.timeline().current(), 3U);
    key(Key::left);
    EXPECT_EQ(workspace.timeline().current(), 2U);
    key(Key::space);
    EXPECT_TRUE(source.controls()->is_running());
    workspace.update(9);
    source.controls()->run(false);
    EXPECT_EQ(source.frame_steps(0).at(2), 2U);
    key(Key::r);
    workspace.update(10);
    EXPECT_EQ(source.frame_steps(0).front(), 0U);
    // sliders and the seed
    EXPECT_TRUE(press("settings/slider:0"));
    EXPECT_NEAR(source.controls()->value(0), 25.5, 1);
    EXPECT_TRUE(press("settings/seed+"));
    EXPECT_EQ(source.controls()->seed(), 2U);
}

TEST(VizExhibitSource, ThePointerActsOnAnExhibitInThePanelsCoordinates) {
    const auto last = std::make_shared<Touched>();
    Registry registry;
    registry.add(make_exhibit<Touched>(
        {.category = "tests", .name = "paper", .summary = "is drawn on"},
        [](std::uint64_t, Exhibit::Values) { return Touched{}; }, [](Touched&, Exhibit::Values) {},
        [](const Touched& state) {
            Scene scene = dot(state.x);
            scene.panels[0].title = "Draw here";
            scene.panels[0].x.range = Interval{0, 10};
            scene.panels[0].y.range = Interval{0, 20};
            return scene;
        },
        [last](Touched& state, const Pointer& pointer) {
            state.panel = std::string(pointer.panel);
            state.x = pointer.x;
            state.y = pointer.y;
            state.draws += pointer.pressed ? 1 : 0;
            state.rubs += pointer.secondary ? 1 : 0;
            *last = state;
        }));
    ExhibitSource source(registry, registry.find("paper"));
    viz::Workspace workspace(source);
    workspace.resize(1000, 700);
    source.controls()->run(false);
    workspace.update(1);
    (void)workspace.surfaces();
    const auto at = [&](double x, double y) {
        const viz::Pane& pane = *workspace.find("paper");
        const Point inside = viz::Plane(pane.view.places().at(0)).pixel({x, y});
        return Point{pane.surface.at.x + inside.x, pane.surface.at.y + inside.y};
    };
    const auto send = [&](InputEvent::Kind kind, Point place, bool secondary = false) {
        workspace.handle({.kind = kind, .at = place, .secondary = secondary}, 1);
        workspace.update(1);
        (void)workspace.surfaces();
    };
    const Point from = at(2, 5);
    const Point to = at(6, 15);
    send(InputEvent::Kind::press, from);
    EXPECT_NEAR(shown(source, 0), 2, 1e-6);
    send(InputEvent::Kind::move, to);
    EXPECT_NEAR(shown(source, 0), 6, 1e-6);
    // what was drawn on did not move under the pointer
    EXPECT_EQ(at(6, 15), to);
    send(InputEvent::Kind::release, to);
    send(InputEvent::Kind::move, from);
    EXPECT_NEAR(shown(source, 0), 2, 1e-6);
    send(InputEvent::Kind::press, from, true);
    send(InputEvent::Kind::move, {0, 0}); // out of the panel: the button counts as up
    send(InputEvent::Kind::release, {0, 0}, true);
    EXPECT_EQ(*last, (Touched{"Draw here", last->x, last->y, 2, 1}));
    // one step kept: pointing changes the newest, it adds none
    EXPECT_EQ(source.frame_steps(0), (std::vector<std::uint64_t>{0}));
}

} // namespace baldwin::sources_test

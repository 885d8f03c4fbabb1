// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "viz/made_source.hpp"

#include <baldwin/viz/compositor.hpp>
#include <baldwin/viz/export.hpp>
#include <baldwin/viz/workspace.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace baldwin::workspace_test {

using viz::InputEvent;
using viz::Key;
using viz::Pane;
using viz::Plane;
using viz::Request;
using viz::Workspace;
using Kind = viz::InputEvent::Kind;

namespace {

/// A workspace of 1280 x 800 over made data, and hands.
class VizWorkspace : public ::testing::Test {
protected:
    VizWorkspace() {
        workspace_.resize(1280, 800);
        refresh();
    }

    void refresh() {
        workspace_.update(now_ += 1);
        (void)workspace_.surfaces();
    }
    void key(Key key, bool shift = false) {
        workspace_.handle({.kind = Kind::key, .key = key, .shift = shift}, now_);
        refresh();
    }
    void move(Point at) { workspace_.handle({.kind = Kind::move, .at = at}, now_); }
    void drag(Point from, Point to) {
        move(from);
        workspace_.handle({.kind = Kind::press, .at = from}, now_);
        move(to);
        workspace_.handle({.kind = Kind::release, .at = to}, now_);
        refresh();
    }
    void click(Point at) { drag(at, at); }
    void wheel(Point at, double notches) {
        workspace_.handle({.kind = Kind::wheel, .at = at, .wheel = notches}, now_);
        refresh();
    }
    const Pane& pane(const std::string& name) {
        const Pane* found = workspace_.find(name);
        if (found == nullptr) throw std::runtime_error("no pane " + name);
        return *found;
    }
    /// Where a chart's coordinates are in the window.
    Point on_chart(const std::string& name, Point world) {
        const Rect& at = pane(name).surface.at;
        const Point inside = Plane(*pane(name).chart.place()).pixel(world);
        return {at.x + inside.x, at.y + inside.y};
    }
    Point on_scene(const std::string& name, Point world) {
        const Rect& at = pane(name).surface.at;
        const Point inside = Plane(pane(name).view.places().at(0)).pixel(world);
        return {at.x + inside.x, at.y + inside.y};
    }
    /// The middle of an area of the bars or of a panel.
    Point area(const std::string& id) {
        for (const viz::Surface* surface : workspace_.surfaces()) {
            for (const viz::HitArea& area : surface->areas) {
                if (area.id != id) continue;
                return {surface->at.x + area.at.x + area.at.width / 2,
                        surface->at.y + area.at.y + area.at.height / 2};
            }
        }
        throw std::runtime_error("no area " + id);
    }
    /// All texts that lie on top.
    std::string overlay_text() {
        std::string all;
        for (const DrawCommand& command : workspace_.overlay().commands) {
            if (const auto* text = std::get_if<DrawText>(&command)) all += text->text + "\n";
        }
        return all;
    }

    test::MadeSource source_;
    Workspace workspace_{source_};
    double now_ = 0;
};

bool overlap(const Rect& a, const Rect& b) {
    return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

} // namespace

TEST_F(VizWorkspace, MetricsOfOneWordShareAChartAndNothingOverlaps) {
    EXPECT_EQ(pane("chart loss").chart.group.metrics, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(pane("chart learning_rate").chart.group.metrics, (std::vector<std::size_t>{2}));
    for (const double scale : {1.0, 2.0}) {
        Workspace scaled(source_, {.scale = scale});
        scaled.resize(1280, 800);
        const auto all = scaled.surfaces();
        EXPECT_GE(all.size(), 4U) << scale;
        double covered = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            covered += all[i]->at.width * all[i]->at.height;
            for (std::size_t k = i + 1; k < all.size(); ++k) {
                EXPECT_FALSE(overlap(all[i]->at, all[k]->at)) << scale << " " << i << " " << k;
            }
        }
        EXPECT_NEAR(covered, scaled.size().x * scaled.size().y, 1e-6);
    }
}

TEST_F(VizWorkspace, SeveralRunsHaveAColourEachAndAChartForEachMetric) {
    test::MadeSource two({"left", "right"});
    Workspace workspace(two);
    const Pane* chart = workspace.find("chart train_loss");
    ASSERT_NE(chart, nullptr);
    const auto series = chart->chart.series(two);
    ASSERT_EQ(series.size(), 2U);
    EXPECT_EQ(series[0].name, "left");
    EXPECT_EQ(series[1].name, "right");
    EXPECT_NE(series[0].paint, series[1].paint);
    EXPECT_NE(workspace.find("cloud, left"), nullptr);
    EXPECT_NE(workspace.find("cloud, right"), nullptr);
}

TEST_F(VizWorkspace, BordersCanBeDragged) {
    const Rect before = pane("chart loss").surface.at;
    const Point border = {before.right(), before.y + 50};
    drag(border, {border.x + 90, border.y});
    const Rect after = pane("chart loss").surface.at;
    EXPECT_NEAR(after.width, before.width + 90, 1);
    EXPECT_NEAR(pane("cloud").surface.at.x, after.right(), 1);
    // never so far that a panel is gone
    drag({after.right(), after.y + 50}, {5000, 0});
    EXPECT_GE(1280 - pane("chart loss").surface.at.right(), 60 - 1);
}

TEST_F(VizWorkspace, TheWheelZoomsAtThePointerAndAllChartsFollow) {
    const Point at = on_chart("chart loss", {300, 0.5});
    wheel(at, 3);
    ASSERT_TRUE(workspace_.charts().steps);
    const Interval shown = *workspace_.charts().steps;
    EXPECT_NEAR(shown.high - shown.low, 1000 * std::pow(0.8, 3), 1e-6);
    // what is under the pointer stays there
    EXPECT_NEAR(on_chart("chart loss", {300, 0.5}).x, at.x, 1e-6);
    EXPECT_EQ(pane("chart learning_rate").chart.place()->x, shown);
    // dragging to the left shows later steps
    drag(at, {at.x - 60, at.y});
    EXPECT_GT(workspace_.charts().steps->low, shown.low);
    EXPECT_NEAR(workspace_.charts().steps->high - workspace_.charts().steps->low,
                shown.high - shown.low, 1e-6);
    EXPECT_NEAR(on_chart("chart loss", {300, 0.5}).x, at.x - 60, 1e-6);
    key(Key::f);
    EXPECT_FALSE(workspace_.charts().steps);
}

TEST_F(VizWorkspace, TheWheelZoomsASceneAtThePointer) {
    const Point at = on_scene("cloud", {8, 8});
    wheel(at, 2);
    const Point after = on_scene("cloud", {8, 8});
    EXPECT_NEAR(after.x, at.x, 1e-6);
    EXPECT_NEAR(after.y, at.y, 1e-6);
    EXPECT_NEAR(pane("cloud").view.places()[0].x.high - pane("cloud").view.places()[0].x.low,
                10 * 0.64, 1e-9);
    EXPECT_EQ(workspace_.dump()["panes"]["cloud"]["zoomed"], true);
    // two clicks in the same place undo it
    click(at);
    click(at);
    now_ += 0;
    key(Key::f);
    EXPECT_EQ(workspace_.dump()["panes"]["cloud"]["zoomed"], false);
}

TEST_F(VizWorkspace, HoverReadsTheExactValuesOfAllCurves) {
    move(on_chart("chart loss", {302, 0.1}));
    const std::string text = overlay_text();
    EXPECT_NE(text.find("step 300"), std::string::npos) << text;
    EXPECT_NE(text.find("train  0.00332226"), std::string::npos) << text; // 1 / 301
    EXPECT_NE(text.find("held  0.00664452"), std::string::npos) << text;  // 2 / 301
    move(on_scene("cloud", {5, 5})); // 1000 / 200 = 5: the thing "b"
    EXPECT_NE(overlay_text().find("b\n"), std::string::npos);
}

TEST_F(VizWorkspace, ASelectedStepIsShownInAllPanels) {
    EXPECT_EQ(pane("cloud").frame_step, 1000U);
    click(on_chart("chart loss", {398, 0.1}));
    EXPECT_EQ(workspace_.timeline().current(), 400U);
    EXPECT_EQ(pane("cloud").frame_step, 400U);
    EXPECT_EQ(pane("history").frame_step, 400U);
    // an upright line in every chart, at that step
    for (const char* name : {"chart loss", "chart learning_rate"}) {
        const double x = on_chart(name, {400, 1}).x;
        const Drawing overlay = workspace_.overlay();
        EXPECT_TRUE(std::any_of(overlay.commands.begin(), overlay.commands.end(),
                                [&](const DrawCommand& command) {
                                    const auto* path = std::get_if<DrawPath>(&command);
                                    return path != nullptr && path->at.size() == 2 &&
                                           std::abs(path->at[0].x - x) < 1e-6 &&
                                           std::abs(path->at[1].x - x) < 1e-6;
                                }))
            << name;
    }
}

TEST_F(VizWorkspace, AThingSelectedInOnePanelIsMarkedInAll) {
    click(on_scene("cloud", {8, 8}));
    EXPECT_EQ(workspace_.selected_key(), "c");
    move({5, 5});
    const Point mark = on_scene("cloud", {8, 8});
    const Point bar = on_scene("history", {2, 3});
    int rings = 0;
    for (const DrawCommand& command : workspace_.overlay().commands) {
        const auto* path = std::get_if<DrawPath>(&command);
        if (path == nullptr || path->at.size() != 4 || path->fill) continue;
        const Rect box = {path->at[0].x, path->at[0].y, path->at[2].x - path->at[0].x,
                          path->at[2].y - path->at[0].y};
        rings += box.contains(mark) || box.contains(bar) ? 1 : 0;
    }
    EXPECT_EQ(rings, 2);
    click(on_scene("cloud", {5, 1}));
    EXPECT_EQ(workspace_.selected_key(), "");
}

TEST_F(VizWorkspace, KeysGoThroughTheKeptSteps) {
    key(Key::left);
    EXPECT_EQ(workspace_.timeline().current(), 400U);
    key(Key::left);
    key(Key::left);
    EXPECT_EQ(workspace_.timeline().current(), 100U);
    EXPECT_EQ(pane("cloud").frame_step, 100U);
    key(Key::right);
    EXPECT_EQ(workspace_.timeline().current(), 400U);
    key(Key::end);
    EXPECT_TRUE(workspace_.timeline().is_following());
    // space plays from the start to the end
    key(Key::space);
    EXPECT_EQ(workspace_.dump()["playing"], true);
    for (int i = 0; i < 5; ++i) refresh();
    EXPECT_EQ(workspace_.dump()["playing"], false);
    EXPECT_TRUE(workspace_.timeline().is_following());
    const double speed = workspace_.dump()["speed"];
    key(Key::plus);
    EXPECT_GT(workspace_.dump()["speed"].get<double>(), speed);
    key(Key::minus);
    EXPECT_EQ(workspace_.dump()["speed"].get<double>(), speed);
}

TEST_F(VizWorkspace, TabShowsOnePanelAfterTheOtherAndThenAll) {
    std::vector<std::string> alone;
    for (std::size_t i = 0; i <= workspace_.panes().size(); ++i) {
        key(Key::tab);
        alone.push_back(workspace_.dump()["alone"]);
    }
    EXPECT_EQ(alone.back(), "");
    alone.pop_back();
    std::vector<std::string> names;
    for (const Pane& one : workspace_.panes()) names.push_back(one.name);
    EXPECT_EQ(alone, names);
    key(Key::tab, true);
    EXPECT_EQ(workspace_.dump()["alone"], names.back());
    EXPECT_EQ(pane(names.back()).surface.at.width, 1280);
}

TEST_F(VizWorkspace, PanelsAreHiddenAndCurvesAreHidden) {
    move(on_chart("chart learning_rate", {500, 500}));
    key(Key::x);
    EXPECT_FALSE(pane("chart learning_rate").is_visible);
    EXPECT_GT(pane("chart loss").surface.at.height, 600);
    click(area("chart loss/series:held"));
    EXPECT_TRUE(pane("chart loss").chart.hidden().contains("held"));
    move(on_chart("chart loss", {300, 0.1}));
    EXPECT_EQ(overlay_text().find("held"), std::string::npos);
    click(area("chart loss/series:held"));
    EXPECT_TRUE(pane("chart loss").chart.hidden().empty());
}

TEST_F(VizWorkspace, AxesBecomeLogarithmicAndCurvesSmooth) {
    move(on_chart("chart loss", {300, 0.1}));
    key(Key::l);
    EXPECT_TRUE(pane("chart loss").chart.place()->log_y);
    EXPECT_FALSE(pane("chart learning_rate").chart.place()->log_y);
    click(area("log steps"));
    EXPECT_TRUE(pane("chart learning_rate").chart.place()->log_x);
    click(area("smoothing"));
    EXPECT_NEAR(workspace_.charts().smoothing, 0.5, 0.02);
}

TEST_F(VizWorkspace, KeysThatLeaveTheWorkspaceBecomeRequests) {
    move(on_chart("chart loss", {300, 0.1}));
    for (const Key one : {Key::s, Key::v, Key::c, Key::g, Key::escape}) key(one);
    const std::vector<Request> expected = {{Request::Kind::screenshot, ""},
                                           {Request::Kind::film, ""},
                                           {Request::Kind::csv, "chart loss"},
                                           {Request::Kind::svg, "chart loss"},
                                           {Request::Kind::quit, ""}};
    EXPECT_EQ(workspace_.take_requests(), expected);
    EXPECT_TRUE(workspace_.take_requests().empty());
}

TEST_F(VizWorkspace, F1TellsEveryKeyAndAClickClosesIt) {
    key(Key::f1);
    const std::string text = overlay_text();
    for (const viz::KeyBinding& binding : viz::kKeys) {
        if (binding.name.empty()) continue;
        EXPECT_NE(text.find(std::string(binding.does)), std::string::npos) << binding.name;
    }
    click({640, 400});
    EXPECT_EQ(workspace_.dump()["help"], false);
}

TEST_F(VizWorkspace, SizesAndThemesChange) {
    key(Key::page_up);
    EXPECT_EQ(workspace_.scale(), 1.25);
    EXPECT_EQ(workspace_.size(), (Point{1024, 640}));
    key(Key::page_down);
    EXPECT_EQ(workspace_.size(), (Point{1280, 800}));
    key(Key::d);
    EXPECT_EQ(&workspace_.theme(), &kLightTheme);
}

TEST_F(VizWorkspace, MessagesAreShownForAWhile) {
    source_.messages = {"run two was deleted"};
    const auto shows = [&] {
        for (const viz::Surface* surface : workspace_.surfaces()) {
            for (const DrawCommand& command : surface->drawing.commands) {
                const auto* text = std::get_if<DrawText>(&command);
                if (text != nullptr && text->text == "run two was deleted") return true;
            }
        }
        return false;
    };
    refresh();
    EXPECT_TRUE(shows());
    for (int i = 0; i < 10; ++i) refresh();
    EXPECT_FALSE(shows());
}

TEST_F(VizWorkspace, OnlyWhatChangedIsPaintedAgain) {
    viz::Compositor compositor(nullptr);
    EXPECT_FALSE(compositor.compose(workspace_, 1280, 800).empty());
    EXPECT_TRUE(compositor.compose(workspace_, 1280, 800).empty());
    source_.add(0, 1010, 2, 5);
    workspace_.update(now_);
    double area = 0;
    for (const viz::PixelBox& box : compositor.compose(workspace_, 1280, 800)) {
        area += box.width() * box.height();
    }
    EXPECT_GT(area, 0);
    // the charts' steps have grown, so all charts; neither the frames nor most of the bars
    EXPECT_LT(area, 0.55 * 1280 * 800);
    // the picture is the same as one that is painted from nothing
    viz::Compositor fresh(nullptr);
    move(on_chart("chart loss", {300, 0.1}));
    compositor.compose(workspace_, 1280, 800);
    move({5, 5});
    compositor.compose(workspace_, 1280, 800);
    fresh.compose(workspace_, 1280, 800);
    EXPECT_TRUE(std::equal(compositor.picture().pixels().begin(),
                           compositor.picture().pixels().end(), fresh.picture().pixels().begin()));
}

TEST_F(VizWorkspace, ACharacterOfTheCurveIsWhereItsValueIs) {
    viz::Compositor compositor(nullptr);
    compositor.compose(workspace_, 1280, 800);
    const Point at = on_chart("chart learning_rate", {505, 505});
    const Colour seen = compositor.picture().pixel(static_cast<int>(at.x), static_cast<int>(at.y));
    EXPECT_EQ(seen, kDarkTheme.series[0]);
}

TEST_F(VizWorkspace, ChartsAreWrittenAsNumbersAndPanelsAsPictures) {
    click(area("chart loss/series:held"));
    const std::string csv = viz::chart_csv(source_, pane("chart loss").chart, workspace_.charts());
    EXPECT_EQ(csv.substr(0, 51), "run,metric,step,value\none,train_loss,0,1\none,train_");
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 102);
    const std::string svg = viz::pane_svg(source_, pane("chart loss"), workspace_.charts());
    EXPECT_NE(svg.find("loss (nats)"), std::string::npos);
    EXPECT_NE(viz::pane_svg(source_, pane("cloud"), workspace_.charts()).find("<circle"),
              std::string::npos);
}

} // namespace baldwin::workspace_test

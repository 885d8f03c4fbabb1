// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The workspace's members that arrange and draw.
#pragma once

#include <baldwin/viz/workspace.hpp>

namespace baldwin::viz {

inline const Pane* Workspace::find(const std::string& name) const {
    for (const Pane& pane : panes_) {
        if (pane.name == name) return &pane;
    }
    return nullptr;
}
inline Pane* Workspace::named(const std::string& name) { return const_cast<Pane*>(find(name)); }
inline const Pane* Workspace::pane_at(Point at) const {
    for (const Pane& pane : panes_) {
        if (pane.is_visible && pane.surface.at.contains(at)) return &pane;
    }
    return nullptr;
}
inline Pane* Workspace::pane_at(Point at) {
    return const_cast<Pane*>(std::as_const(*this).pane_at(at));
}

inline Rect Workspace::main_area() const {
    if (!options_.has_bars) return {0, 36, size_.x, std::max(size_.y - 36, 1.0)};
    return {0, kToolbar, size_.x, std::max(size_.y - kToolbar - kTimeline, 1.0)};
}

inline void Workspace::stale(Pane::Kind kind) {
    for (Pane& pane : panes_) {
        if (pane.kind == kind) pane.is_stale = true;
    }
}
inline void Workspace::all_stale() {
    for (Pane& pane : panes_) pane.is_stale = true;
    are_bars_stale_ = true;
}

/// Forgets all panels and makes those of the source.
inline void Workspace::reload() {
    panes_.clear();
    alone_.reset();
    is_arranged_by_user_ = false;
    charts_.steps.reset();
    timeline_ = Timeline();
    const Controls* controls = source_.controls();
    if (controls != nullptr && (!controls->parameters().empty() || controls->seed())) {
        panes_.push_back({.name = "settings", .kind = Pane::Kind::controls});
    }
    if (source_.registry() != nullptr) {
        panes_.push_back({.name = "exhibits", .kind = Pane::Kind::exhibits});
    }
    timeline_.update(source_);
    make_charts();
    refresh_frames();
    arrange();
}

/// Adds charts for metrics that have none yet.
inline void Workspace::make_charts() {
    bool is_new = false;
    for (ChartGroup& group : chart_groups(source_.metrics(), source_.runs().size())) {
        // an epoch's number over the steps says nothing that the axis does not
        if (group.name == "epoch") continue;
        const auto known = std::find_if(panes_.begin(), panes_.end(), [&](const Pane& pane) {
            return pane.kind == Pane::Kind::chart && pane.chart.group.name == group.name;
        });
        if (known != panes_.end()) {
            known->chart.group = std::move(group);
            continue;
        }
        Pane pane{.name = free_name("chart " + group.name), .kind = Pane::Kind::chart};
        pane.chart.group = std::move(group);
        panes_.push_back(std::move(pane));
        is_new = true;
    }
    if (is_new) arrange();
}

/// A name that no panel has: a run may call a frame what another panel is called.
inline std::string Workspace::free_name(const std::string& wanted) const {
    std::string name = wanted;
    for (int number = 2; find(name) != nullptr; ++number) {
        name = wanted + " (" + std::to_string(number) + ")";
    }
    return name;
}

/// The panel of a run's frame, null before it has one.
inline Pane* Workspace::frame_pane(std::size_t run, const std::string& frame) {
    const auto found = std::find_if(panes_.begin(), panes_.end(), [&](const Pane& pane) {
        return pane.kind == Pane::Kind::frame && pane.run == run && pane.frame == frame;
    });
    return found == panes_.end() ? nullptr : &*found;
}

inline void Workspace::refresh_frames() {
    const auto runs = source_.runs();
    const std::size_t before = panes_.size();
    std::vector<std::string> shown;
    for (std::size_t run = 0; run < runs.size(); ++run) {
        for (Frame& frame : source_.frames(run, timeline_.current())) {
            Pane* pane = frame_pane(run, frame.name);
            if (pane == nullptr) {
                const bool is_one = runs.size() <= 1;
                panes_.push_back(
                    {.name = free_name(is_one ? frame.name : frame.name + ", " + runs[run]),
                     .kind = Pane::Kind::frame,
                     .run = run,
                     .frame = frame.name});
                pane = &panes_.back();
            }
            shown.push_back(pane->name);
            if (pane->scene == frame.scene && pane->frame_step == frame.step) continue;
            pane->scene = std::move(frame.scene);
            pane->frame_step = frame.step;
            pane->is_stale = true;
        }
    }
    // what was made later than the chosen step is not shown at it
    for (Pane& pane : panes_) {
        if (pane.kind != Pane::Kind::frame || pane.scene == nullptr) continue;
        if (std::find(shown.begin(), shown.end(), pane.name) != shown.end()) continue;
        pane.scene = nullptr;
        pane.is_stale = true;
    }
    if (panes_.size() > before) arrange();
}

/// Gives every panel a place: the usual one, or in what the user made.
inline void Workspace::arrange() {
    const Rect area = main_area();
    if (!is_arranged_by_user_) {
        Arrangement fresh = arranged(panes_, area.width, area.height);
        tree_ = SplitTree(std::move(fresh.root));
        left_out_ = fresh.left_out.size();
    } else {
        for (const Pane& pane : panes_) {
            if (pane.is_closed || tree_.has(pane.name)) continue;
            const auto placed = tree_.place(area);
            tree_.split(placed.empty() ? "" : placed.back().name, pane.name, area);
        }
    }
    place();
}

/// Tells the panels where they stand.
inline void Workspace::place() {
    std::vector<Placed> placed;
    if (alone_ && named(*alone_) != nullptr)
        placed = {{*alone_, main_area()}};
    else
        placed = tree_.place(main_area());
    for (Pane& pane : panes_) {
        const auto found = std::find_if(placed.begin(), placed.end(),
                                        [&](const Placed& one) { return one.name == pane.name; });
        pane.is_visible = found != placed.end();
        if (pane.is_visible) pane.surface.at = found->at;
    }
    all_stale();
}

inline std::vector<const Surface*> Workspace::surfaces() {
    const PaneContext context{source_, charts_, theme(), exhibits_, hovered_, !options_.has_bars};
    std::vector<const Surface*> all;
    if (are_bars_stale_) draw_bars();
    all.push_back(&toolbar_);
    if (options_.has_bars) all.push_back(&bottom_);
    for (Pane& pane : panes_) {
        if (!pane.is_visible) continue;
        if (pane.is_stale) {
            const Rect at = pane.surface.at;
            pane.draw(context, at, caption_of(pane));
        }
        all.push_back(&pane.surface);
    }
    return all;
}

inline std::string Workspace::caption_of(const Pane& pane) const {
    if (pane.kind != Pane::Kind::frame) return {};
    std::string text = spoken(pane.name);
    if (pane.scene == nullptr) return text + ": none up to this step";
    if (timeline_.last() > 0) {
        text += ", step " + fixed_text(static_cast<double>(pane.frame_step), 0);
    }
    return text;
}

inline void Workspace::draw_bars() {
    Ui top(hovered_);
    const Rect bar = {0, 0, size_.x, options_.has_bars ? kToolbar : 36};
    if (options_.has_bars) {
        draw_toolbar(top);
    } else {
        const std::string step = step_text(timeline_);
        const double room = size_.x - 64 - text_width(step, 12);
        top.text({16, 20}, source_.title(), Paint::ink(), Text::Anchor::start, 15, room, true);
        if (timeline_.last() > 0) {
            top.text({size_.x - 16, 20}, step, Paint::muted(), Text::Anchor::end, 12);
        }
    }
    toolbar_.take(bar, std::move(top));
    Ui low(hovered_);
    const Rect strip = {0, size_.y - kTimeline, size_.x, kTimeline};
    low.line({0, 0.5}, {size_.x, 0.5}, Paint::grid());
    const std::string step = step_text(timeline_);
    const double right = std::max(150.0, text_width(step, 12) + 24);
    draw_timeline(timeline_, source_, {12, 6, std::max(size_.x - right - 24, 40.0), 26}, low);
    low.text({size_.x - 16, 19}, step, Paint::ink(), Text::Anchor::end, 12);
    const std::string keys = "F1: keys";
    low.text({size_.x - 16, 42}, keys, Paint::muted(), Text::Anchor::end);
    std::string message = messages_.empty() ? std::string() : messages_.front();
    if (message.empty() && source_.loaded() < 1) {
        message = "reading: " + fixed_text(100 * source_.loaded(), 0) + " %";
    }
    if (message.empty() && left_out_ > 0 && !alone_) {
        message = std::to_string(left_out_) + " more panels: Tab shows them one by one";
    }
    low.text({16, 42}, message, Paint::muted(), Text::Anchor::start, 11, size_.x - 110);
    bottom_.take(strip, std::move(low));
    are_bars_stale_ = false;
}

/// As the tool bar says it.
inline std::string speed_text(double speed) {
    if (std::isinf(speed)) return "full speed";
    return (speed < 10 ? number_text(speed, 2) : fixed_text(speed, 0)) + " steps/s";
}

inline void Workspace::draw_toolbar(Ui& ui) const {
    Controls* controls = source_.controls();
    const bool is_running = controls != nullptr ? controls->is_running() : is_playing_;
    double x = 12;
    const auto next = [&x](double width) {
        return Rect{std::exchange(x, x + width + 6), 8, width, 24};
    };
    ui.button("run", next(30), is_running ? Icon::pause : Icon::run, "run or pause (Space)");
    ui.button("back", next(30), Icon::back, "step back (Left)");
    ui.button("step", next(30), Icon::step, "step on (Right)");
    if (controls != nullptr && controls->can_restart()) {
        ui.button("restart", next(30), Icon::restart, "restart (R)");
    }
    if (controls == nullptr || controls->has_speed()) {
        x += 8;
        ui.button("slower", next(22), "-", "slower (-)");
        ui.text({x + 36, 20}, speed_text(speed()), Paint::muted(), Text::Anchor::middle);
        x += 78;
        ui.button("faster", next(22), "+", "faster (+)");
    }
    const bool has_charts = std::any_of(panes_.begin(), panes_.end(), [](const Pane& pane) {
        return pane.kind == Pane::Kind::chart;
    });
    if (has_charts) {
        x += 14;
        ui.text({x, 20}, "smoothing", Paint::muted());
        ui.track("smoothing", {x + 68, 10, 110, 20}, charts_.smoothing);
        ui.area("smoothing", {x + 68, 10, 110, 20}, "weight of the past in the curves");
        ui.text({x + 184, 20}, fixed_text(charts_.smoothing, 2));
        ui.toggle("log steps", {x + 224, 12, 80, 16}, "log steps", charts_.log_x,
                  "logarithmic x axis of all curves");
        x += 310;
    }
    const double room = size_.x - x - 24;
    if (room < 80) return;
    const std::string title = fitted(source_.title(), 12, room, true);
    ui.text({size_.x - 16, 20}, title, Paint::ink(), Text::Anchor::end, 12, room, true);
}

// -- what lies on top -------------------------------------------------------------------------

inline Drawing Workspace::overlay() const {
    Ui ui;
    mark_selection(ui);
    tooltip(ui);
    if (shows_help_) help(ui);
    return std::move(ui.drawing);
}

/// The chosen step in the charts, things with the selected key in the scenes.
inline void Workspace::mark_selection(Ui& ui) const {
    for (const Pane& pane : panes_) {
        if (!pane.is_visible) continue;
        const Point corner = {pane.surface.at.x, pane.surface.at.y};
        const auto& place = pane.chart.place();
        if (pane.kind == Pane::Kind::chart && place && !timeline_.is_following()) {
            const auto step = static_cast<double>(timeline_.current());
            const double x = Plane(*place).pixel({step, 1}).x;
            const Rect& plot = place->plot;
            if (!(x >= plot.x && x <= plot.right())) continue;
            ui.line({corner.x + x, corner.y + plot.y}, {corner.x + x, corner.y + plot.bottom()},
                    Paint::ink());
            for (const Reading& one : pane.chart.readings(source_, charts_, step)) {
                if (!plot.contains(one.pixel)) continue;
                ui.drawing.commands.emplace_back(DrawDots{
                    {{corner.x + one.pixel.x, corner.y + one.pixel.y}}, 4, one.series.paint});
            }
        }
        if (pane.kind != Pane::Kind::frame || key_.empty()) continue;
        for (const Rect& at : pane.view.places_of(key_)) {
            DrawPath ring =
                Ui::box({corner.x + at.x - 3, corner.y + at.y - 3, at.width + 6, at.height + 6},
                        std::nullopt, Paint::ink());
            ring.width = 2;
            ui.drawing.commands.emplace_back(std::move(ring));
        }
    }
}

/// What the pointer reads.
inline std::vector<std::string> Workspace::hover_lines() const {
    if (!pointer_ || grip_.has_moved) return {};
    if (!hint_.empty()) return {hint_};
    const Pane* pane = pane_at(*pointer_);
    if (pane == nullptr) return {};
    const Point at = {pointer_->x - pane->surface.at.x, pointer_->y - pane->surface.at.y};
    if (pane->kind == Pane::Kind::frame && pane->scene != nullptr) {
        return pane->view.read(*pane->scene, at);
    }
    std::vector<std::string> lines;
    if (pane->kind != Pane::Kind::chart) return lines;
    for (const Reading& one : pane->chart.read(source_, charts_, at)) {
        if (lines.empty()) lines.push_back("step " + fixed_text(one.sample.x, 0));
        std::string line = one.series.name + "  " + number_text(one.sample.y, 6);
        const std::string step = "step " + fixed_text(one.sample.x, 0);
        if (step != lines.front()) line += "  (" + step + ")";
        lines.push_back(std::move(line));
    }
    return lines;
}

inline void Workspace::tooltip(Ui& ui) const {
    const auto lines = hover_lines();
    if (lines.empty()) return;
    const Pane* pane = pane_at(*pointer_);
    if (hint_.empty() && pane != nullptr && pane->kind == Pane::Kind::chart) {
        const Rect plot =
            detail::shifted(pane->chart.place()->plot, {pane->surface.at.x, pane->surface.at.y});
        ui.line({pointer_->x, plot.y}, {pointer_->x, plot.bottom()}, Paint::muted());
    }
    double width = 0;
    for (const std::string& line : lines) width = std::max(width, text_width(line, 11));
    width = std::min(width + 16, size_.x - 8);
    const double height = 10 + 16 * static_cast<double>(lines.size());
    Rect box = {pointer_->x + 14, pointer_->y + 14, width, height};
    if (box.right() > size_.x - 4) box.x = std::max(4.0, pointer_->x - 14 - width);
    if (box.bottom() > size_.y - 4) box.y = std::max(4.0, pointer_->y - 14 - height);
    ui.drawing.commands.emplace_back(Ui::box(box, Paint::surface(), Paint::muted()));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        ui.text({box.x + 8, box.y + 13 + 16 * static_cast<double>(i)}, lines[i], Paint::ink(),
                Text::Anchor::start, 11, width - 16);
    }
}

/// The keys, in a box in the middle.
inline void Workspace::help(Ui& ui) const {
    std::size_t count = 0;
    for (const KeyBinding& binding : kKeys) count += binding.name.empty() ? 0 : 1;
    const double width = std::min(470.0, size_.x - 16);
    const double height = 72 + 20 * static_cast<double>(count);
    const Rect box = {(size_.x - width) / 2, std::max(4.0, (size_.y - height) / 2), width, height};
    ui.drawing.commands.emplace_back(Ui::box(box, Paint::surface(), Paint::muted()));
    ui.text({box.x + 20, box.y + 22}, "Keys", Paint::ink(), Text::Anchor::start, 13, width, true);
    double y = box.y + 46;
    for (const KeyBinding& binding : kKeys) {
        if (binding.name.empty()) continue;
        ui.text({box.x + 20, y}, std::string(binding.name), Paint::ink(), Text::Anchor::start, 11,
                120, true);
        ui.text({box.x + 150, y}, std::string(binding.does), Paint::ink(), Text::Anchor::start, 11,
                width - 166);
        y += 20;
    }
    ui.text({box.x + 20, y + 2},
            "wheel: zoom   drag: pan, borders   click: select   double: undo zoom", Paint::muted(),
            Text::Anchor::start, 11, width - 36);
}

inline Json Workspace::dump() const {
    Json json = {{"step", timeline_.current()},
                 {"last", timeline_.last()},
                 {"following", timeline_.is_following()},
                 {"playing", is_playing_},
                 {"speed", speed()},
                 {"key", key_},
                 {"dark", options_.dark},
                 {"scale", options_.scale},
                 {"size", {size_.x, size_.y}},
                 {"help", shows_help_},
                 {"alone", alone_.value_or("")},
                 {"smoothing", charts_.smoothing},
                 {"log_x", charts_.log_x},
                 {"panes", Json::object()}};
    if (charts_.steps) json["steps"] = {charts_.steps->low, charts_.steps->high};
    for (const Pane& pane : panes_) {
        const Rect& at = pane.surface.at;
        Json one = {{"visible", pane.is_visible}, {"at", {at.x, at.y, at.width, at.height}}};
        if (pane.kind == Pane::Kind::chart) {
            one["log_y"] = pane.chart.log_y;
            one["hidden"] = pane.chart.hidden();
        }
        if (pane.kind == Pane::Kind::frame) {
            one["step"] = pane.frame_step;
            one["zoomed"] = !pane.view.zooms.empty();
            const auto of_window = [&at](const Rect& rect) {
                return Json{at.x + rect.x, at.y + rect.y, rect.width, rect.height};
            };
            for (const PanelPlace& place : pane.view.places()) {
                one["plots"].push_back(of_window(place.plot));
            }
            for (const Rect& thing : pane.view.places_of(key_)) {
                one["selected"].push_back(of_window(thing));
            }
        }
        json["panes"][pane.name] = std::move(one);
    }
    return json;
}

} // namespace baldwin::viz

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The workspace's members that react.
#pragma once

#include <baldwin/viz/workspace.hpp>

namespace baldwin::viz {

/// What the user does, turned into changes of a workspace.
class WorkspaceInput {
public:
    explicit WorkspaceInput(Workspace& workspace) : w_(workspace) {}

    void key(const InputEvent& event) {
        if (w_.exhibits_.is_typing && type_key(event.key)) return;
        Key key = event.key;
        if (key == Key::tab && event.shift) key = Key::back_tab;
        if (const auto command = command_of(key)) w_.carry_out(*command);
    }
    void text(char32_t letter) {
        if (!w_.exhibits_.is_typing || letter < 32 || letter == 127) return;
        append_utf8(w_.exhibits_.text, letter);
        w_.exhibits_.scroll = 0;
        w_.stale(Pane::Kind::exhibits);
    }
    void press(Point at, bool secondary) {
        w_.pointer_ = at;
        if (w_.shows_help_) {
            w_.shows_help_ = false;
            return;
        }
        if (w_.exhibits_.is_typing) {
            w_.exhibits_.is_typing = false;
            w_.stale(Pane::Kind::exhibits);
        }
        w_.grip_ = seized(at);
        Grip& grip = w_.grip_;
        if (grip.kind == Grip::Kind::plot && takes_pointer(grip)) {
            grip.kind = Grip::Kind::exhibit;
            grip.secondary = secondary;
            go_on_from_here();
            return point(at, true);
        }
        if (secondary) grip = {};
        if (grip.kind == Grip::Kind::area) slide(at);
    }
    void move(Point at) {
        w_.pointer_ = at;
        Grip& grip = w_.grip_;
        if (grip.kind == Grip::Kind::none) {
            hover(at);
            return point(at, false);
        }
        const Point last = std::exchange(grip.last, at);
        grip.has_moved = grip.has_moved || std::hypot(at.x - grip.from.x, at.y - grip.from.y) > 3;
        if (grip.kind == Grip::Kind::area) return slide(at);
        if (grip.kind == Grip::Kind::exhibit) return point(at, true);
        if (!grip.has_moved) return;
        if (grip.kind == Grip::Kind::border) {
            w_.tree_.drag(grip.border, w_.main_area(), at);
            w_.is_arranged_by_user_ = true;
            w_.place();
        }
        if (grip.kind == Grip::Kind::plot) pan(last, at);
    }
    void release(Point at, double now) {
        if (w_.grip_.kind == Grip::Kind::exhibit) {
            point(w_.grip_.last, false);
            w_.grip_ = {};
            return hover(at);
        }
        const Grip grip = std::exchange(w_.grip_, {});
        if (!grip.has_moved) {
            if (grip.kind == Grip::Kind::plot || grip.kind == Grip::Kind::area) tell_click(at);
            click(grip, at, now);
        }
        hover(at);
    }
    void wheel(Point at, double notches) {
        Pane* pane = w_.pane_at(at);
        if (pane == nullptr) return;
        const double factor = std::pow(0.8, notches);
        const Point inside = local(*pane, at);
        if (pane->kind == Pane::Kind::exhibits) {
            w_.exhibits_.scroll -= 36 * notches;
            pane->is_stale = true;
        } else if (pane->kind == Pane::Kind::frame) {
            zoom_scene(*pane, inside, factor);
        } else if (pane->kind == Pane::Kind::chart && pane->chart.place()) {
            zoom_chart(*pane, inside, factor);
        }
    }

private:
    using Grip = Workspace::Grip;

    static void append_utf8(std::string& text, char32_t letter) {
        const auto byte = [&](char32_t value) {
            text += static_cast<char>(static_cast<unsigned char>(value));
        };
        if (letter < 0x80) return byte(letter);
        if (letter < 0x800) {
            byte(0xC0U | (letter >> 6U));
        } else {
            byte(0xE0U | ((letter >> 12U) & 0x0FU));
            byte(0x80U | ((letter >> 6U) & 0x3FU));
        }
        byte(0x80U | (letter & 0x3FU));
    }
    /// Keys of the search field; others that mean something wait until it is left.
    bool type_key(Key key) {
        std::string& text = w_.exhibits_.text;
        w_.stale(Pane::Kind::exhibits);
        if (key == Key::backspace) {
            while (text.size() > 1 && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) {
                text.pop_back();
            }
            if (!text.empty()) text.pop_back();
        } else if (key == Key::enter) {
            w_.exhibits_.is_typing = false;
            const auto found = w_.source_.registry()->search(text);
            if (!found.empty()) open(*found.front());
        } else if (key == Key::escape) {
            w_.exhibits_.is_typing = false;
        } else if (key == Key::f1 || key == Key::tab) {
            w_.exhibits_.is_typing = false;
            return false;
        }
        return true;
    }

    static Point local(const Pane& pane, Point at) {
        return {at.x - pane.surface.at.x, at.y - pane.surface.at.y};
    }

    /// The area under a point, moved to the window's coordinates.
    [[nodiscard]] std::optional<HitArea> area_under(Point at) const {
        std::vector<const Surface*> all = {&w_.toolbar_};
        if (w_.options_.has_bars) all.push_back(&w_.bottom_);
        if (const Pane* pane = std::as_const(w_).pane_at(at)) all.push_back(&pane->surface);
        for (const Surface* surface : all) {
            const Point corner = {surface->at.x, surface->at.y};
            const HitArea* area = area_at(surface->areas, {at.x - corner.x, at.y - corner.y});
            if (area == nullptr) continue;
            HitArea found = *area;
            found.at = detail::shifted(found.at, corner);
            return found;
        }
        return std::nullopt;
    }

    Grip seized(Point at) {
        Grip grip{.from = at, .last = at};
        if (const auto area = area_under(at)) {
            grip.kind = Grip::Kind::area;
            grip.id = area->id;
            grip.area = area->at;
            return grip;
        }
        if (!w_.alone_) {
            for (const Border& border : w_.tree_.borders(w_.main_area())) {
                if (!border.at.contains(at)) continue;
                grip.kind = Grip::Kind::border;
                grip.border = border;
                return grip;
            }
        }
        return plot_at(at);
    }
    [[nodiscard]] Grip plot_at(Point at) const {
        Grip grip{.from = at, .last = at};
        const Pane* pane = w_.pane_at(at);
        if (pane == nullptr) return grip;
        grip.kind = Grip::Kind::plot;
        grip.pane = pane->name;
        grip.panel = pane->view.panel_at(local(*pane, at));
        return grip;
    }

    /// Whether what was seized is a panel of an exhibit that the pointer acts on.
    [[nodiscard]] bool takes_pointer(const Grip& grip) const {
        const Controls* controls = w_.source_.controls();
        const Pane* pane = w_.find(grip.pane);
        return controls != nullptr && controls->takes_pointer() && grip.panel && pane != nullptr &&
               pane->kind == Pane::Kind::frame;
    }
    /// An exhibit that is acted on goes on from the step that is shown.
    void go_on_from_here() {
        if (w_.timeline_.is_following()) return;
        w_.source_.controls()->go_back(w_.timeline_.current());
        w_.timeline_.follow();
        moved();
    }
    /// Where a drag pans, who listens to the pointer hears of a press when it was a click.
    void tell_click(Point at) {
        const Controls* controls = w_.source_.controls();
        if (controls == nullptr || controls->takes_pointer()) return; // was told when it went down
        w_.grip_ = plot_at(at);
        point(at, true);
        w_.grip_ = {};
        point(at, false);
    }
    /// Tells the exhibit where the pointer is; a button that left the panel it went down in is up.
    void point(Point at, bool is_held) {
        Controls* controls = w_.source_.controls();
        if (controls == nullptr || !controls->hears_pointer()) return;
        const Grip& grip = w_.grip_;
        const Pane* pane = is_held ? w_.named(grip.pane) : w_.pane_at(at);
        if (pane == nullptr || pane->kind != Pane::Kind::frame || pane->scene == nullptr) return;
        const Point inside = local(*pane, at);
        const auto panel = pane->view.panel_at(inside);
        const auto shown = is_held ? grip.panel : panel;
        if (!shown || *shown >= pane->scene->panels.size()) return;
        if (!w_.timeline_.is_following()) return;
        const bool is_down = is_held && panel == shown;
        const Point world = Plane(pane->view.places()[*shown]).world(inside);
        controls->point({pane->scene->panels[*shown].title, world.x, world.y,
                         is_down && !grip.secondary, is_down && grip.secondary});
    }

    /// The panel that an area belongs to; null for those of the bars. Names may hold a slash, so
    /// that of "train/x" begins as that of "train" does: the longest is meant.
    Pane* owner_of(const std::string& id) {
        Pane* owner = nullptr;
        for (Pane& pane : w_.panes_) {
            if (!id.starts_with(pane.prefix())) continue;
            if (owner == nullptr || pane.name.size() > owner->name.size()) owner = &pane;
        }
        return owner;
    }

    void hover(Point at) {
        const auto area = area_under(at);
        const std::string id = area ? area->id : std::string();
        w_.hint_ = area ? area->hint : std::string();
        if (id == w_.hovered_) return;
        // only what is drawn differently when pointed at
        const std::string before = std::exchange(w_.hovered_, id);
        for (const std::string& one : {before, id}) {
            if (Pane* pane = owner_of(one))
                pane->is_stale = true;
            else if (!one.empty())
                w_.are_bars_stale_ = true;
        }
    }

    /// What a slider does while it is held.
    void slide(Point at) {
        const std::string& id = w_.grip_.id;
        const double share = Ui::share_at(w_.grip_.area, at.x);
        if (id == "smoothing") {
            w_.charts_.smoothing = std::min(0.99, std::round(share * 100) / 100);
            w_.stale(Pane::Kind::chart);
            w_.are_bars_stale_ = true;
        } else if (id == "timeline") {
            w_.timeline_.choose_share(share);
            w_.is_playing_ = false;
            moved();
        } else if (id.starts_with("settings/slider:")) {
            Controls* controls = w_.source_.controls();
            const auto number = static_cast<std::size_t>(std::stoul(id.substr(16)));
            const auto parameters = controls->parameters();
            if (number >= parameters.size()) return;
            controls->set_value(number, value_at(parameters[number], share));
            w_.stale(Pane::Kind::controls);
        }
    }

    void moved() {
        w_.refresh_frames();
        w_.stale(Pane::Kind::frame);
        w_.are_bars_stale_ = true;
    }

    void pan(Point from, Point to) {
        Pane* pane = w_.named(w_.grip_.pane);
        if (pane == nullptr) return;
        if (pane->kind == Pane::Kind::frame && w_.grip_.panel) {
            pane->view.pan(*w_.grip_.panel, from, to);
            pane->is_stale = true;
        }
        if (pane->kind != Pane::Kind::chart || !pane->chart.place()) return;
        const PanelPlace& place = *pane->chart.place();
        const Plane plane(place);
        w_.charts_.steps =
            panned(place.x, place.log_x, plane.share_x(from.x) - plane.share_x(to.x));
        if (pane->chart.y) {
            pane->chart.y =
                panned(place.y, place.log_y, plane.share_y(from.y) - plane.share_y(to.y));
        }
        w_.stale(Pane::Kind::chart);
        // the next piece of the drag begins where this one ended
        (void)w_.surfaces();
    }

    /// The labels of the axes move the plot a little: what is under the pointer is put back there.
    void zoom_scene(Pane& pane, Point at, double factor) {
        const auto panel = pane.view.panel_at(at);
        if (!panel) return;
        const Point world = Plane(pane.view.places()[*panel]).world(at);
        pane.view.zoom(at, factor);
        pane.is_stale = true;
        (void)w_.surfaces();
        if (*panel >= pane.view.places().size()) return;
        pane.view.pan(*panel, Plane(pane.view.places()[*panel]).pixel(world), at);
        pane.is_stale = true;
    }

    /// Left of the axis the wheel zooms the values, else the steps of all charts.
    void zoom_chart(Pane& pane, Point at, double factor) {
        const PanelPlace& place = *pane.chart.place();
        const Plane plane(place);
        if (at.x < place.plot.x) {
            pane.chart.y = zoomed(place.y, place.log_y, plane.share_y(at.y), factor);
            pane.is_stale = true;
            return;
        }
        if (!place.plot.contains(at)) return;
        const Point world = plane.world(at);
        w_.charts_.steps = zoomed(place.x, place.log_x, plane.share_x(at.x), factor);
        w_.stale(Pane::Kind::chart);
        (void)w_.surfaces();
        const Plane after(*pane.chart.place());
        w_.charts_.steps = panned(*w_.charts_.steps, place.log_x,
                                  after.share_x(after.pixel(world).x) - after.share_x(at.x));
        w_.stale(Pane::Kind::chart);
    }

    void click(const Grip& grip, Point at, double now) {
        const bool is_double =
            now - w_.last_click_ < 0.35 &&
            std::hypot(at.x - w_.last_click_at_.x, at.y - w_.last_click_at_.y) < 4;
        w_.last_click_ = is_double ? -1 : now;
        w_.last_click_at_ = at;
        if (grip.kind == Grip::Kind::area) return press_area(grip.id);
        Pane* pane = w_.named(grip.pane);
        if (pane == nullptr) return;
        if (is_double) return w_.carry_out(Command::fit);
        const Point inside = local(*pane, at);
        if (pane->kind == Pane::Kind::chart) {
            const auto read = pane->chart.read(w_.source_, w_.charts_, inside);
            if (read.empty()) return;
            w_.timeline_.choose(static_cast<std::uint64_t>(std::max(0.0, read.front().sample.x)));
            w_.is_playing_ = false;
            moved();
        } else if (pane->kind == Pane::Kind::frame) {
            select(*pane, inside);
        }
    }
    /// A thing with a key, or a step on an axis of steps.
    void select(const Pane& pane, Point at) {
        w_.key_ = pane.view.key_at(at);
        if (!w_.key_.empty() || pane.scene == nullptr) return;
        const auto panel = pane.view.panel_at(at);
        if (!panel || *panel >= pane.scene->panels.size()) return;
        if (pane.scene->panels[*panel].x.label != "step") return;
        const double step = Plane(pane.view.places()[*panel]).world(at).x;
        if (!(step >= 0)) return;
        w_.timeline_.choose_near(static_cast<std::uint64_t>(std::llround(step)));
        moved();
    }

    void press_area(const std::string& id) {
        const auto carry_out = [&](Command command) { w_.carry_out(command); };
        if (id == "run") return carry_out(Command::run_pause);
        if (id == "back") return carry_out(Command::step_back);
        if (id == "step") return carry_out(Command::step_on);
        if (id == "restart") return carry_out(Command::restart);
        if (id == "slower") return carry_out(Command::slower);
        if (id == "faster") return carry_out(Command::faster);
        if (id == "log steps") {
            w_.charts_.log_x = !w_.charts_.log_x;
            w_.charts_.steps.reset();
            w_.stale(Pane::Kind::chart);
            w_.are_bars_stale_ = true;
        }
        Pane* pane = owner_of(id);
        if (pane != nullptr) press_in(pane, id.substr(pane->prefix().size()));
    }
    void press_in(Pane* pane, const std::string& what) {
        pane->is_stale = true;
        Controls* controls = w_.source_.controls();
        if (what == "log") pane->chart.log_y = !pane->chart.log_y;
        if (what == "log") pane->chart.y.reset();
        if (what.starts_with("series:")) pane->chart.toggle(what.substr(7));
        if (what == "search") w_.exhibits_.is_typing = true;
        if (what.starts_with("exhibit:")) open(w_.source_.registry()->find(what.substr(8)));
        if ((what == "seed+" || what == "seed-") && controls != nullptr && controls->seed()) {
            const std::uint64_t seed = *controls->seed();
            controls->set_seed(what == "seed+" ? seed + 1
                                               : seed - std::min<std::uint64_t>(seed, 1));
            w_.carry_out(Command::restart);
        }
    }
    void open(const Exhibit& exhibit) {
        w_.source_.open(exhibit);
        w_.reload();
    }

    Workspace& w_;
};

inline void Workspace::handle(const InputEvent& event, double now) {
    WorkspaceInput input(*this);
    using Kind = InputEvent::Kind;
    switch (event.kind) {
    case Kind::close: requests_.push_back({Request::Kind::quit}); break;
    case Kind::resize: resize(event.at.x, event.at.y); break;
    case Kind::key: input.key(event); break;
    case Kind::text: input.text(event.letter); break;
    case Kind::press: input.press(event.at, event.secondary); break;
    case Kind::release: input.release(event.at, now); break;
    case Kind::move: input.move(event.at); break;
    case Kind::leave: pointer_.reset(); break;
    case Kind::wheel: input.wheel(event.at, event.wheel); break;
    case Kind::expose:
    case Kind::other: break;
    }
}

inline bool Workspace::update(double now, double budget) {
    const News news = source_.poll(budget);
    for (std::string& message : source_.take_messages()) say(std::move(message));
    if (news.metrics || news.frames) {
        timeline_.update(source_);
        are_bars_stale_ = true;
    }
    if (news.metrics) {
        make_charts();
        stale(Pane::Kind::chart);
    }
    if (news.frames) refresh_frames();
    const Controls* controls = source_.controls();
    if (controls != nullptr &&
        std::exchange(was_running_, controls->is_running()) != controls->is_running()) {
        are_bars_stale_ = true;
    }
    if (is_playing_ && now >= next_play_) {
        next_play_ = now + 1 / speed_;
        is_playing_ = timeline_.on() && !timeline_.is_following();
        refresh_frames();
        are_bars_stale_ = true;
    }
    if (messages_.empty()) return news.any();
    if (message_since_ < 0) {
        message_since_ = now;
        are_bars_stale_ = true;
    } else if (now - message_since_ > 8) {
        messages_.pop_front();
        message_since_ = -1;
        are_bars_stale_ = true;
    }
    return news.any();
}

} // namespace baldwin::viz

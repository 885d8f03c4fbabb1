// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The workspace's members that carry out commands.
#pragma once

#include <baldwin/viz/workspace.hpp>

namespace baldwin::viz {

inline void Workspace::carry_out(Command command) {
    are_bars_stale_ = true;
    if (steer(command) || change_panel(command)) return;
    const auto ask = [&](Request::Kind kind) {
        const Pane* under = pointer_ ? pane_at(*pointer_) : nullptr;
        const bool is_whole = kind != Request::Kind::csv && kind != Request::Kind::svg;
        if (is_whole || under != nullptr) {
            requests_.push_back({kind, is_whole ? std::string() : under->name});
        }
    };
    switch (command) {
    case Command::screenshot: return ask(Request::Kind::screenshot);
    case Command::film: return ask(Request::Kind::film);
    case Command::save_csv: return ask(Request::Kind::csv);
    case Command::save_svg: return ask(Request::Kind::svg);
    case Command::quit: return ask(Request::Kind::quit);
    case Command::help: shows_help_ = !shows_help_; return;
    case Command::theme: options_.dark = !options_.dark; return all_stale();
    case Command::larger: options_.scale = std::min(3.0, options_.scale + 0.25); break;
    case Command::smaller: options_.scale = std::max(0.5, options_.scale - 0.25); break;
    default: return;
    }
    resize(window_.x, window_.y);
}

/// Commands that move the run, the exhibit or the play head. \return whether it was one
inline bool Workspace::steer(Command command) {
    Controls* controls = source_.controls();
    switch (command) {
    case Command::run_pause: run_or_pause(); break;
    case Command::step_back:
        is_playing_ = false;
        if (controls != nullptr && controls->can_go_back()) controls->run(false);
        timeline_.back();
        break;
    case Command::step_on:
        is_playing_ = false;
        if (!timeline_.on() && controls != nullptr) controls->step();
        break;
    case Command::first: timeline_.to_first(); break;
    case Command::newest: timeline_.follow(); break;
    case Command::faster: change_speed(1); break;
    case Command::slower: change_speed(-1); break;
    case Command::restart:
        if (controls == nullptr) timeline_.to_first();
        if (controls == nullptr || !controls->can_restart()) break;
        controls->restart();
        timeline_.follow();
        break;
    default: return false;
    }
    refresh_frames();
    return true;
}

inline void Workspace::run_or_pause() {
    Controls* controls = source_.controls();
    if (controls == nullptr) {
        is_playing_ = !is_playing_;
        if (is_playing_ && timeline_.is_following()) timeline_.to_first();
        return;
    }
    const bool on = !controls->is_running();
    if (on && controls->can_go_back() && !timeline_.is_following()) {
        controls->go_back(timeline_.current());
        timeline_.follow();
    }
    controls->run(on);
}

/// Of what can be steered, else of playing through kept steps.
inline void Workspace::change_speed(int way) {
    if (Controls* controls = source_.controls())
        controls->change_speed(way);
    else
        speed_ = next_speed(speed_, way);
}
inline double Workspace::speed() const {
    const Controls* controls = source_.controls();
    return controls != nullptr && controls->has_speed() ? controls->speed() : speed_;
}

/// Commands about panels. \return whether it was one
inline bool Workspace::change_panel(Command command) {
    Pane* under = pointer_ ? pane_at(*pointer_) : nullptr;
    switch (command) {
    case Command::next_panel: next_panel(1); return true;
    case Command::previous_panel: next_panel(-1); return true;
    case Command::exhibits:
        if (Pane* pane = named("exhibits")) {
            pane->is_closed = !pane->is_closed;
            exhibits_.is_typing = false;
            if (pane->is_closed) tree_.remove(pane->name);
            arrange();
        }
        return true;
    case Command::fit:
        charts_.steps.reset();
        if (under != nullptr) under->view.zooms.clear();
        if (under != nullptr) under->chart.y.reset();
        all_stale();
        return true;
    case Command::log_y:
        if (under == nullptr) return true;
        under->chart.log_y = !under->chart.log_y;
        under->chart.y.reset();
        under->is_stale = true;
        return true;
    case Command::hide_panel:
        if (under == nullptr) return true;
        under->is_closed = true;
        tree_.remove(under->name);
        is_arranged_by_user_ = true;
        alone_.reset();
        place();
        return true;
    default: return false;
    }
}

/// One panel alone after the other, then all together.
inline void Workspace::next_panel(int way) {
    const auto count = static_cast<int>(panes_.size());
    int at = count; // all together
    for (int i = 0; i < count; ++i) {
        if (alone_ && panes_[static_cast<std::size_t>(i)].name == *alone_) at = i;
    }
    at = (at + way + count + 1) % (count + 1);
    alone_.reset();
    if (at < count) alone_ = panes_[static_cast<std::size_t>(at)].name;
    place();
}

} // namespace baldwin::viz

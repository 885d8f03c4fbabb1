// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What a user does, in our own terms, and what each key means: one table for all programs, which
/// F1 shows and which the workspace obeys.
#pragma once

#include <baldwin/core/scene.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace baldwin::viz {

/// Keys that mean something.
enum class Key : std::uint8_t {
    other,
    space,
    left,
    right,
    home,
    end,
    plus,
    minus,
    tab,
    back_tab,
    enter,
    backspace,
    escape,
    page_up,
    page_down,
    f1,
    c,
    d,
    e,
    f,
    g,
    l,
    r,
    s,
    v,
    x
};

/// What happened to a window. Places are pixels of the window divided by the workspace's scale.
struct InputEvent {
    enum class Kind : std::uint8_t {
        other,
        close,
        resize,  ///< `at` is the new size, in pixels of the window
        expose,  ///< something that covered the window is gone
        key,     ///< `key`, and `shift`
        text,    ///< `letter`
        press,   ///< a button went down
        release, ///< a button came up
        move,
        leave, ///< the pointer left the window
        wheel, ///< `wheel` notches, > 0 away from the user
    };

    Kind kind = Kind::other;
    Key key = Key::other;
    char32_t letter = 0;
    Point at{};
    double wheel = 0;
    bool shift = false;
    bool secondary = false; ///< the right button, for press and release; else the left one
};

/// What keys can ask for.
enum class Command : std::uint8_t {
    run_pause,
    step_back,
    step_on,
    first,
    newest,
    faster,
    slower,
    restart,
    next_panel,
    previous_panel,
    screenshot,
    film,
    save_csv,
    save_svg,
    exhibits,
    fit,
    log_y,
    hide_panel,
    theme,
    larger,
    smaller,
    help,
    quit
};

/// A key and what it does.
struct KeyBinding {
    Key key;
    Command command;
    std::string_view name; ///< of the key, for F1
    std::string_view does; ///< one line for F1; empty: told with the line before
};

/// All keys, in the order in which F1 shows them.
inline constexpr std::array<KeyBinding, 23> kKeys = {
    {{Key::space, Command::run_pause, "Space", "run / pause"},
     {Key::left, Command::step_back, "Left / Right", "step back / step on"},
     {Key::right, Command::step_on, "", ""},
     {Key::home, Command::first, "Home / End", "first kept step / newest, and follow"},
     {Key::end, Command::newest, "", ""},
     {Key::plus, Command::faster, "+ / -", "faster / slower"},
     {Key::minus, Command::slower, "", ""},
     {Key::r, Command::restart, "R", "restart, where that can be"},
     {Key::tab, Command::next_panel, "Tab", "next panel alone, then all (Shift: back)"},
     {Key::back_tab, Command::previous_panel, "", ""},
     {Key::x, Command::hide_panel, "X", "hide the panel under the pointer"},
     {Key::e, Command::exhibits, "E", "list of exhibits, where there are any"},
     {Key::f, Command::fit, "F", "undo zooming"},
     {Key::l, Command::log_y, "L", "logarithmic y axis under the pointer"},
     {Key::s, Command::screenshot, "S", "save the window as PNG"},
     {Key::v, Command::film, "V", "save all kept steps as PNG for a film"},
     {Key::c, Command::save_csv, "C", "save the curves under the pointer as CSV"},
     {Key::g, Command::save_svg, "G", "save the panel under the pointer as SVG"},
     {Key::d, Command::theme, "D", "dark / light"},
     {Key::page_up, Command::larger, "Page Up / Down", "larger / smaller"},
     {Key::page_down, Command::smaller, "", ""},
     {Key::f1, Command::help, "F1", "show or hide these keys"},
     {Key::escape, Command::quit, "Esc", "close the window; a run goes on"}}};

/// What a key asks for, if anything.
inline std::optional<Command> command_of(Key key) {
    for (const KeyBinding& binding : kKeys) {
        if (binding.key == key) return binding.command;
    }
    return std::nullopt;
}

} // namespace baldwin::viz

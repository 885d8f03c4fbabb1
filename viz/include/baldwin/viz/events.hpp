// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Window events in our own terms. SFML 3 changes its event interface; only this file knows it.
#pragma once

#include <SFML/Graphics/RenderWindow.hpp>
#include <SFML/Window/Event.hpp>

#include <cstdint>
#include <optional>

namespace baldwin::viz {

/// Keys that mean something.
enum class Key : std::uint8_t { other, escape, screenshot, theme, larger, smaller, help };

/// What happened to a window.
struct WindowEvent {
    enum class Kind : std::uint8_t { other, close, resize, expose, key };

    Kind kind = Kind::other;
    Key key = Key::other; ///< for Kind::key
    unsigned width = 0;   ///< for Kind::resize, pixels
    unsigned height = 0;  ///< for Kind::resize, pixels
};

namespace detail {

inline Key key_of(const sf::Event::KeyEvent& event) {
    switch (event.code) {
    case sf::Keyboard::Escape: return Key::escape;
    case sf::Keyboard::S: return Key::screenshot;
    case sf::Keyboard::D: return Key::theme;
    case sf::Keyboard::PageUp: return Key::larger;
    case sf::Keyboard::PageDown: return Key::smaller;
    case sf::Keyboard::F1: return Key::help;
    default: return Key::other;
    }
}

inline WindowEvent event_of(const sf::Event& event) {
    using Kind = WindowEvent::Kind;
    switch (event.type) {
    case sf::Event::Closed: return {Kind::close};
    case sf::Event::Resized: return {Kind::resize, Key::other, event.size.width, event.size.height};
    case sf::Event::GainedFocus: return {Kind::expose};
    case sf::Event::KeyPressed: return {Kind::key, key_of(event.key)};
    default: return {};
    }
}

} // namespace detail

/// The next event that waits, if any; does not block.
inline std::optional<WindowEvent> next_event(sf::RenderWindow& window) {
    sf::Event event{};
    if (!window.pollEvent(event)) return std::nullopt;
    return detail::event_of(event);
}

} // namespace baldwin::viz

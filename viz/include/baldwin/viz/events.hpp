// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Window events in our own terms. SFML 3 changes its event interface; only this file knows it.
#pragma once

#include <baldwin/viz/input.hpp>

#include <SFML/Graphics/RenderWindow.hpp>
#include <SFML/Window/Event.hpp>

#include <array>
#include <optional>
#include <utility>

namespace baldwin::viz {

namespace detail {

inline Key key_of(sf::Keyboard::Key code) {
    using K = sf::Keyboard;
    static constexpr std::array<std::pair<K::Key, Key>, 27> kMeaning = {
        {{K::Space, Key::space},
         {K::Left, Key::left},
         {K::Right, Key::right},
         {K::Home, Key::home},
         {K::End, Key::end},
         {K::Add, Key::plus},
         {K::Equal, Key::plus},
         {K::Subtract, Key::minus},
         {K::Hyphen, Key::minus},
         {K::Tab, Key::tab},
         {K::Enter, Key::enter},
         {K::Backspace, Key::backspace},
         {K::Escape, Key::escape},
         {K::PageUp, Key::page_up},
         {K::PageDown, Key::page_down},
         {K::F1, Key::f1},
         {K::C, Key::c},
         {K::D, Key::d},
         {K::E, Key::e},
         {K::F, Key::f},
         {K::G, Key::g},
         {K::L, Key::l},
         {K::R, Key::r},
         {K::S, Key::s},
         {K::V, Key::v},
         {K::X, Key::x},
         {K::Unknown, Key::other}}};
    for (const auto& [theirs, ours] : kMeaning) {
        if (theirs == code) return ours;
    }
    return Key::other;
}

inline Point point_of(int x, int y) { return {static_cast<double>(x), static_cast<double>(y)}; }

inline InputEvent event_of(const sf::Event& event) {
    using Kind = InputEvent::Kind;
    InputEvent ours;
    switch (event.type) {
    case sf::Event::Closed: ours.kind = Kind::close; break;
    case sf::Event::GainedFocus: ours.kind = Kind::expose; break;
    case sf::Event::MouseLeft: ours.kind = Kind::leave; break;
    case sf::Event::Resized:
        ours.kind = Kind::resize;
        ours.at = {static_cast<double>(event.size.width), static_cast<double>(event.size.height)};
        break;
    case sf::Event::KeyPressed:
        ours.kind = Kind::key;
        ours.key = key_of(event.key.code);
        ours.shift = event.key.shift;
        break;
    case sf::Event::TextEntered:
        ours.kind = Kind::text;
        ours.letter = event.text.unicode;
        break;
    case sf::Event::MouseMoved:
        ours.kind = Kind::move;
        ours.at = point_of(event.mouseMove.x, event.mouseMove.y);
        break;
    case sf::Event::MouseButtonPressed:
    case sf::Event::MouseButtonReleased:
        ours.secondary = event.mouseButton.button == sf::Mouse::Right;
        if (!ours.secondary && event.mouseButton.button != sf::Mouse::Left) break;
        ours.kind = event.type == sf::Event::MouseButtonPressed ? Kind::press : Kind::release;
        ours.at = point_of(event.mouseButton.x, event.mouseButton.y);
        break;
    case sf::Event::MouseWheelScrolled:
        if (event.mouseWheelScroll.wheel != sf::Mouse::VerticalWheel) break;
        ours.kind = Kind::wheel;
        ours.at = point_of(event.mouseWheelScroll.x, event.mouseWheelScroll.y);
        ours.wheel = static_cast<double>(event.mouseWheelScroll.delta);
        break;
    default: break;
    }
    return ours;
}

} // namespace detail

/// The next event that waits, if any, with places in pixels of the window; does not block.
inline std::optional<InputEvent> next_event(sf::RenderWindow& window) {
    sf::Event event{};
    if (!window.pollEvent(event)) return std::nullopt;
    return detail::event_of(event);
}

} // namespace baldwin::viz

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Panels with sliders for what can be turned, and with the list of exhibits.
#pragma once

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/widgets.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace baldwin::viz {

/// Where a value stands on a parameter's slider; ranges over several decades are logarithmic.
inline bool is_logarithmic(const Parameter& parameter) {
    return parameter.low > 0 && parameter.high / parameter.low >= 100 && parameter.step == 0;
}
inline double share_of(const Parameter& parameter, double value) {
    if (is_logarithmic(parameter)) {
        return std::log(value / parameter.low) / std::log(parameter.high / parameter.low);
    }
    return (value - parameter.low) / (parameter.high - parameter.low);
}
/// The allowed value nearest to a place on the slider; full precision only where it matters.
inline double value_at(const Parameter& parameter, double share) {
    if (is_logarithmic(parameter)) {
        const double value = parameter.low * std::pow(parameter.high / parameter.low, share);
        // two digits are what a slider can be set to
        const double digit = std::pow(10, std::floor(std::log10(value)) - 1);
        return allowed(parameter, std::round(value / digit) * digit);
    }
    const double fine = (parameter.high - parameter.low) / 200;
    const double value = parameter.low + share * (parameter.high - parameter.low);
    if (parameter.step > 0) return allowed(parameter, value);
    const double digit = std::pow(10, std::floor(std::log10(fine)));
    return allowed(parameter, std::round(value / digit) * digit);
}

/// A slider for each parameter, and the seed.
inline void draw_controls(const Controls& controls, Point size, Ui& ui, const std::string& prefix) {
    const double width = size.x - 32;
    double y = 8;
    ui.text({16, y + 10}, "Settings", Paint::ink(), Text::Anchor::start, 13, width, true);
    y += 28;
    const auto parameters = controls.parameters();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const Parameter& parameter = parameters[i];
        const double value = controls.value(i);
        std::string text = number_text(value, 3);
        if (!parameter.unit.empty()) text += " " + parameter.unit;
        ui.slider(prefix + "slider:" + std::to_string(i), {16, y, width, 30}, parameter.name, text,
                  share_of(parameter, value), parameter.help);
        y += 38;
    }
    const auto seed = controls.seed();
    if (!seed) return;
    ui.text({16, y + 11}, "seed", Paint::muted());
    ui.text({size.x - 16 - 58, y + 11}, std::to_string(*seed), Paint::ink(), Text::Anchor::end);
    ui.button(prefix + "seed-", {size.x - 16 - 50, y, 22, 22}, "-", "restart with the seed before");
    ui.button(prefix + "seed+", {size.x - 16 - 22, y, 22, 22}, "+", "restart with the next seed");
}

/// State of the list of exhibits.
struct ExhibitList {
    std::string text;       ///< searched for
    bool is_typing = false; ///< the field has the keys
    double scroll = 0;      ///< pixels, >= 0
    std::string shown = {}; ///< the open exhibit that was scrolled to
};

/// The search field and the exhibits that match it.
inline void draw_exhibits(const Registry& registry, ExhibitList& list, const std::string& open,
                          Point size, Ui& ui, const std::string& prefix) {
    const double width = size.x - 32;
    ui.text({16, 18}, "Exhibits", Paint::ink(), Text::Anchor::start, 13, width, true);
    const Rect field = {16, 34, width, 24};
    ui.drawing.commands.emplace_back(Ui::box(
        field, Paint::grid(), list.is_typing ? std::optional(Paint::series(0)) : std::nullopt));
    const bool is_empty = list.text.empty() && !list.is_typing;
    ui.text({field.x + 8, field.y + 12},
            is_empty ? "search" : list.text + (list.is_typing ? "|" : ""),
            is_empty ? Paint::muted() : Paint::ink(), Text::Anchor::start, 11, width - 16);
    ui.area(prefix + "search", field, "type to search; Enter opens the first");
    const auto found = registry.search(list.text);
    const double room = size.y - 66;
    const double all = 36.0 * static_cast<double>(found.size());
    if (all > room) {
        ui.text({size.x - 16, 18}, std::to_string(found.size()) + ", the wheel scrolls",
                Paint::muted(), Text::Anchor::end, 10);
    }
    if (list.shown != open) {
        list.shown = open;
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (found[i]->category + "/" + found[i]->name != open) continue;
            const double top = 36.0 * static_cast<double>(i);
            if (top < list.scroll || top + 36 > list.scroll + room) {
                list.scroll = 36 * std::round((top + 18 - room / 2) / 36);
            }
        }
    }
    list.scroll = std::clamp(list.scroll, 0.0, std::max(0.0, all - room));
    if (found.empty()) ui.text({16, 80}, "nothing of that name", Paint::muted());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double y = 66 + 36.0 * static_cast<double>(i) - list.scroll;
        if (y < 60 || y + 34 > size.y) continue; // only whole entries
        const std::string title = found[i]->category + "/" + found[i]->name;
        const std::string id = prefix + "exhibit:" + title;
        const bool is_open = title == open;
        if (is_open || ui.is_hovered(id)) {
            ui.fill({8, y, size.x - 16, 34}, is_open ? Paint::series(0) : Paint::grid(),
                    is_open ? 0.25 : 1);
        }
        ui.text({16, y + 10}, found[i]->name, Paint::ink(), Text::Anchor::start, 12, width, true);
        ui.text({16, y + 25}, found[i]->category, Paint::muted(), Text::Anchor::start, 10, width);
        ui.area(id, {8, y, size.x - 16, 34}, found[i]->summary);
    }
}

} // namespace baldwin::viz

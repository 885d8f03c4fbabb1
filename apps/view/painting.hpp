// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What baldwin-view paints: pictures and films; with a display of its own where there is none.
#pragma once

#include "private_display.hpp"
#include "view_options.hpp"

#include <baldwin/app/main.hpp>
#include <baldwin/core/stop.hpp>
#include <baldwin/viz/display.hpp>
#include <baldwin/viz/fonts.hpp>
#include <baldwin/viz/sfml_typeface.hpp>
#include <baldwin/viz/snapshot.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/window.hpp>

#include <SFML/System/Err.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

namespace baldwin::app {

/// Pictures a second of a film.
inline constexpr double kFilmRate = 10;

/// The fonts to use.
/// \throws UsageError if the one that was asked for is no file
inline viz::Fonts fonts_of(const ViewOptions& options) {
    if (options.font.empty()) return viz::system_fonts();
    if (!std::filesystem::is_regular_file(options.font)) {
        throw UsageError("--font: there is no file '" + options.font +
                         "'; name a .ttf or .otf file");
    }
    return {options.font, {}};
}

/// How the window begins.
inline viz::WindowOptions window_options(const ViewOptions& options, const std::string& title) {
    fonts_of(options); // refuses a font that is not there
    return {.title = "baldwin-view: " + title,
            .width = static_cast<unsigned>(options.size.width),
            .height = static_cast<unsigned>(options.size.height),
            .scale = options.scale,
            .dark = options.theme == ThemeName::dark,
            .font = options.font,
            .cpu_share = 1, // it is the program's only work
            .tell = say};
}

/// Paints off screen. SFML is not called before a display is there.
class Painting {
public:
    /// \throws UsageError if the font is none
    /// \throws std::runtime_error if there is no display and none can be made
    explicit Painting(const ViewOptions& options) : options_(options), fonts_(fonts_of(options)) {
        if (!viz::display_available()) display_.emplace();
        sf::err().rdbuf(nullptr); // what SFML has to say is said in our words
        typeface_.emplace(fonts_);
        if (typeface_->is_usable()) return;
        if (!options.font.empty()) {
            throw UsageError("--font: '" + options.font + "' is no font that can be read");
        }
        std::cerr
            << "baldwin-view: no font was found, so there is no text; --font FILE names one\n";
    }

    /// Reads what the picture shows, and writes it.
    /// \return false if a stop was requested; nothing is then written
    bool write_snapshot(viz::Source& source) {
        const viz::Canvas shown = viz::picture_of(source, picture(), typeface());
        if (stop_requested()) return false;
        viz::write_png(shown, options_.snapshot);
        return true;
    }
    /// \return false if a stop was requested
    /// \throws std::runtime_error if there are no frames, or a picture cannot be written
    bool write_film(viz::Source& source) {
        viz::read_for(source, picture());
        if (stop_requested()) return false;
        const std::size_t pictures = viz::render_film(source, picture(), options_.film, typeface());
        if (stop_requested()) return false;
        if (pictures == 0) throw std::runtime_error("--film: no step has frames");
        return true;
    }

private:
    [[nodiscard]] viz::SnapshotOptions picture() const {
        viz::SnapshotOptions picture;
        picture.width = static_cast<int>(options_.size.width);
        picture.height = static_cast<int>(options_.size.height);
        picture.scale = options_.scale;
        picture.dark = options_.theme == ThemeName::dark;
        if (options_.step != std::numeric_limits<std::uint64_t>::max())
            picture.step = options_.step;
        picture.tell = say;
        return picture;
    }
    [[nodiscard]] viz::Typeface* typeface() {
        return typeface_->is_usable() ? &*typeface_ : nullptr;
    }

    const ViewOptions& options_;
    viz::Fonts fonts_;
    std::optional<PrivateDisplay> display_; // first, so that it outlives what SFML holds
    std::optional<viz::SfmlTypeface> typeface_;
};

} // namespace baldwin::app

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

#include <SFML/System/Err.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

namespace baldwin::app {

/// Pictures a second of a film.
inline constexpr double kFilmRate = 10;

/// Paints off screen. SFML is not called before a display is there.
class Painting {
public:
    /// \throws UsageError if the font is none
    /// \throws std::runtime_error if there is no display and none can be made
    explicit Painting(const ViewOptions& options) : options_(options) {
        if (!viz::display_available()) display_.emplace();
        sf::err().rdbuf(nullptr); // what SFML has to say is said in our words
        typeface_.emplace(viz::system_fonts());
        if (typeface_->is_usable()) return;
        if (!options.font.empty()) {
            throw UsageError("--font: '" + options.font + "' is no font that can be read");
        }
        std::cerr << "baldwin-view: no font was found, so there is no text; --font FILE or "
                     "BALDWIN_FONT names one\n";
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
    std::optional<PrivateDisplay> display_; // first, so that it outlives what SFML holds
    std::optional<viz::SfmlTypeface> typeface_;
};

} // namespace baldwin::app

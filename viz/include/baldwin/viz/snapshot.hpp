// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Pictures of a source without a window: one step, or every kept step for a film.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/core/stop.hpp>
#include <baldwin/viz/canvas.hpp>
#include <baldwin/viz/compositor.hpp>
#include <baldwin/viz/display.hpp>
#include <baldwin/viz/fonts.hpp>
#include <baldwin/viz/sfml_typeface.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/typeface.hpp>
#include <baldwin/viz/workspace.hpp>

#include <SFML/Graphics/Image.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// What a snapshot shows.
struct SnapshotOptions {
    int width = 1280; ///< pixels
    int height = 800; ///< pixels
    double scale = 1; ///< of everything drawn
    bool dark = false;
    std::optional<std::uint64_t> step = std::nullopt; ///< none: the newest
    std::filesystem::path font = {};                  ///< empty: one of the system's
    /// Is told what is wrong with the source, a line each.
    std::function<void(const std::string&)> tell = {};
};

/// Writes a canvas as PNG: all of it or nothing.
/// \throws std::runtime_error with path and reason
inline void write_png(const Canvas& canvas, const std::filesystem::path& path) {
    sf::Image image;
    image.create(static_cast<unsigned>(canvas.width()), static_cast<unsigned>(canvas.height()),
                 canvas.pixels().data());
    std::error_code error;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    // SFML knows the format by the name's end
    const auto draft = path.parent_path() / ("." + path.filename().string() + ".tmp.png");
    const bool is_written = image.saveToFile(draft.string());
    if (is_written) std::filesystem::rename(draft, path, error);
    if (is_written && !error) return;
    std::filesystem::remove(draft, error);
    throw std::runtime_error(path.string() + ": cannot be written");
}

namespace detail {

/// A workspace that fills a picture and shows the step that is wanted.
inline Workspace still_workspace(Source& source, const SnapshotOptions& options) {
    Workspace workspace(source, {.dark = options.dark, .scale = options.scale, .has_bars = false});
    workspace.resize(options.width, options.height);
    return workspace;
}

/// Reads what the workspace shows. A source may read only what was asked for: drawing asks, until
/// nothing new comes.
inline void settle(Workspace& workspace, const SnapshotOptions& options) {
    bool is_settled = false;
    while (!is_settled) {
        // the first slice is short, so that a large run is asked for its curves while it is read
        const bool is_first = workspace.panes().empty();
        is_settled = !workspace.update(0, is_first ? 0 : 0.2) || stop_requested();
        if (options.step) workspace.timeline().choose(*options.step);
        workspace.refresh_frames();
        (void)workspace.surfaces();
        for (const std::string& message : workspace.take_messages()) {
            if (options.tell) options.tell(message);
        }
    }
}

} // namespace detail

/// Reads all that a picture of the source shows; as much as there is time for until
/// stop_requested().
inline void read_for(Source& source, const SnapshotOptions& options) {
    Workspace workspace = detail::still_workspace(source, options);
    detail::settle(workspace, options);
}

/// Paints a source as a picture, all that it shows read before, as by read_for().
/// \param typeface  null: no text
inline Canvas picture_of(Source& source, const SnapshotOptions& options, Typeface* typeface) {
    Workspace workspace = detail::still_workspace(source, options);
    detail::settle(workspace, options);
    Compositor compositor(typeface);
    compositor.compose(workspace, options.width, options.height);
    if (options.tell && workspace.left_out() > 0) {
        options.tell(std::to_string(workspace.left_out()) + " of " +
                     std::to_string(workspace.panes().size()) +
                     " panels had no room; a larger picture shows more");
    }
    return compositor.picture();
}

/// Paints a source and writes the picture as PNG. Only where display_available(), for its letters.
/// \throws std::runtime_error if it cannot be written, or without a display
inline void render(Source& source, const SnapshotOptions& options,
                   const std::filesystem::path& path) {
    const detail::DisplayLink display; // held: a server that nobody uses may start anew
    if (!display.obstacle().empty()) throw std::runtime_error(display.obstacle());
    SfmlTypeface typeface(options.font.empty() ? system_fonts() : Fonts{options.font, {}});
    write_png(picture_of(source, options, typeface.is_usable() ? &typeface : nullptr), path);
}

/// The command that makes a film of pictures film-00000001.png, film-00000002.png, ... in a folder.
inline std::string film_command(const std::filesystem::path& folder, double pictures_a_second) {
    return "ffmpeg -framerate " + std::to_string(static_cast<int>(pictures_a_second)) + " -i '" +
           (folder / "film-%08d.png").string() + "' -pix_fmt yuv420p '" +
           (folder / "film.mp4").string() + "'";
}

/// Paints every kept step of what was read as a PNG of its own, named for film_command().
/// \return how many there are; fewer after stop_requested()
/// \throws std::runtime_error if one cannot be written
/// \cost about a tenth of a second a picture
inline std::size_t render_film(Source& source, SnapshotOptions options,
                               const std::filesystem::path& folder, Typeface* typeface) {
    // a film of odd width or height is refused by most encoders
    options.width -= options.width % 2;
    options.height -= options.height % 2;
    Workspace workspace = detail::still_workspace(source, options);
    Compositor compositor(typeface);
    std::size_t count = 0;
    for (const std::uint64_t step : std::vector(workspace.timeline().kept())) {
        if (stop_requested()) break;
        workspace.timeline().choose(step);
        workspace.refresh_frames();
        compositor.compose(workspace, options.width, options.height);
        std::string digits = std::to_string(++count);
        digits.insert(0, 8 - std::min<std::size_t>(8, digits.size()), '0');
        write_png(compositor.picture(), folder / ("film-" + digits + ".png"));
    }
    return count;
}

} // namespace baldwin::viz

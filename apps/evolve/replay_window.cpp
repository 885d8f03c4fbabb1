// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "replay_window.hpp"

#include <baldwin/core/colour.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/io/png.hpp>
#include <baldwin/viz/rasterise.hpp>

#ifdef BALDWIN_HAS_VIZ
#include "../view/private_display.hpp"

#include <baldwin/core/stop.hpp>
#include <baldwin/viz/exhibit_source.hpp>
#include <baldwin/viz/sfml_typeface.hpp>
#include <baldwin/viz/window.hpp>

#include <SFML/System/Err.hpp>

#include <optional>
#endif

#include <algorithm>
#include <system_error>
#include <utility>

namespace baldwin::app {

#ifdef BALDWIN_HAS_VIZ

std::string window_obstacle() { return viz::display_obstacle(); }

ExitCode show_exhibit(const Exhibit& exhibit, std::uint64_t seed, const std::string& title) {
    Registry registry;
    registry.add(exhibit);
    viz::ExhibitSource source(registry, registry.exhibits().front(), seed);
    viz::WindowOptions options;
    options.title = title;
    options.cpu_share = 1; // it is the program's only work
    viz::Window window(source, options);
    window.run([] { return !stop_requested(); });
    return stop_requested() ? ExitCode::interrupted : ExitCode::done;
}

struct PictureWriter::Letters {
    Letters() {
        if (!viz::display_available()) display.emplace();
        sf::err().rdbuf(nullptr); // what SFML has to say is said in our words
        face.emplace(viz::system_fonts());
    }
    [[nodiscard]] viz::Typeface* typeface() { return face->is_usable() ? &*face : nullptr; }

    std::optional<PrivateDisplay> display; // first, so that it outlives what SFML holds
    std::optional<viz::SfmlTypeface> face;
};

#else

std::string window_obstacle() { return "this program was built without SFML"; }

ExitCode show_exhibit(const Exhibit&, std::uint64_t, const std::string&) {
    return ExitCode::failed;
}

struct PictureWriter::Letters {
    static viz::Typeface* typeface() { return nullptr; }
};

#endif

struct PictureWriter::Painter {
    Letters letters;
    viz::Canvas canvas;
};

PictureWriter::PictureWriter(std::filesystem::path folder, int width, int height)
    : folder_(std::move(folder)) {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) throw file_error(folder_, "cannot be made: " + error.message());
    painter_ = std::make_unique<Painter>();
    painter_->canvas.resize(width, height);
}

PictureWriter::~PictureWriter() = default;

void PictureWriter::write(const Scene& scene) {
    viz::Canvas& canvas = painter_->canvas;
    canvas.clear(kLightTheme.surface);
    viz::paint(lay_out(scene, canvas.width(), canvas.height()), canvas,
               {kLightTheme, painter_->letters.typeface()});
    std::string digits = std::to_string(pictures_++);
    digits.insert(0, 8 - std::min<std::size_t>(8, digits.size()), '0');
    const auto pixels = canvas.pixels();
    io::write_png(folder_ / (digits + ".png"), {.width = static_cast<std::size_t>(canvas.width()),
                                                .height = static_cast<std::size_t>(canvas.height()),
                                                .channels = 4,
                                                .pixels = {pixels.begin(), pixels.end()}});
}

} // namespace baldwin::app

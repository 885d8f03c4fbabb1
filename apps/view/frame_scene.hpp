// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Files of frames/ as scenes: scenes are read, pictures and arrays become one.
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/core/npy.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/run_reader.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/io/png.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// Largest file that is read as a frame, bytes.
inline constexpr std::size_t kFrameLimit = std::size_t{1} << 27;

namespace detail {

/// A panel that holds a picture and nothing else.
inline Panel picture_panel(std::string title, Image image) {
    Panel panel{.title = std::move(title)};
    panel.equal = true;
    panel.legend = false;
    panel.x.visible = panel.y.visible = false;
    image.low = {0, 0};
    image.high = {static_cast<double>(image.columns), static_cast<double>(image.rows)};
    panel.x.range = Interval{0, image.high.x};
    panel.y.range = Interval{0, image.high.y};
    panel.items.emplace_back(std::move(image));
    return panel;
}

/// Grey or RGB; what shines through is white.
inline Image opaque(const io::Picture& picture) {
    const bool has_alpha = picture.channels % 2 == 0;
    Image image{.rows = picture.height,
                .columns = picture.width,
                .channels = picture.channels - (has_alpha ? 1 : 0)};
    if (!has_alpha) {
        image.pixels = picture.pixels;
        return image;
    }
    for (std::size_t at = 0; at < picture.pixels.size(); at += picture.channels) {
        const unsigned alpha = picture.pixels[at + image.channels];
        for (std::size_t channel = 0; channel < image.channels; ++channel) {
            const unsigned mixed = picture.pixels[at + channel] * alpha + 255 * (255 - alpha);
            image.pixels.push_back(static_cast<std::uint8_t>(mixed / 255));
        }
    }
    return image;
}

/// Largest finite amount, 1 if there is none.
inline double limit_of(std::span<const float> values) {
    double limit = 0;
    for (const float value : values) {
        if (std::isfinite(value)) limit = std::max(limit, std::abs(static_cast<double>(value)));
    }
    return limit > 0 ? limit : 1;
}

/// Rows and columns as a heat map centred on zero.
inline Panel heat_map(std::string title, std::span<const float> values, std::size_t rows,
                      std::size_t columns) {
    const double limit = limit_of(values);
    Panel panel = picture_panel(std::move(title), {.rows = rows,
                                                   .columns = columns,
                                                   .values = {values.begin(), values.end()},
                                                   .limit = limit,
                                                   .framed = true});
    panel.note =
        "blue: negative, white: zero, rust: positive; strongest colour: " + number_text(limit, 2);
    return panel;
}

/// An array as what its shape suggests: (n) a curve, (rows, columns) a heat map, more extents a
/// grid of heat maps.
inline Panel array_panel(const std::string& title, const std::vector<std::size_t>& shape,
                         std::span<const float> values) {
    if (values.empty()) throw std::runtime_error("is an array without elements");
    if (shape.size() < 2) {
        Series series{title, {}, {}};
        for (const float value : values) {
            series.x.push_back(static_cast<double>(series.x.size()));
            series.y.push_back(value);
        }
        return curves(title, {.label = "index", .whole = true}, {.label = "value"}, {series});
    }
    if (shape.size() == 2) return heat_map(title, values, shape[0], shape[1]);
    const std::size_t rows = shape[shape.size() - 2];
    const std::size_t columns = shape[shape.size() - 1];
    const std::size_t channels = shape.size() == 3 ? 1 : shape[shape.size() - 3];
    constexpr std::size_t kMost = 64; // maps that still can be told apart
    const std::size_t count = std::min(values.size() / (rows * columns * channels),
                                       std::max<std::size_t>(1, kMost / channels));
    return filter_grid(title, values.first(count * channels * rows * columns),
                       {count, channels, rows, columns});
}

inline Scene scene_of_array(const RunFrame& frame) {
    const auto array = parse_npy_as<float>(read_file(frame.path, kFrameLimit), frame.path.string());
    Scene scene;
    try {
        scene.panels.push_back(array_panel(
            frame.name, std::vector<std::size_t>(array.shape().begin(), array.shape().end()),
            std::span<const float>(array.data(), array.size())));
    } catch (const std::exception& error) {
        throw file_error(frame.path, error.what());
    }
    return scene;
}

} // namespace detail

/// What a frame shows.
/// \param warnings  receives a line for each thing in it that this program does not know
/// \throws std::runtime_error with path and reason if it cannot be read
inline Scene scene_of_frame(const RunFrame& frame, std::vector<std::string>& warnings) {
    switch (frame.kind) {
    case RunFrame::Kind::scene:
        return scene_from_json(read_text(frame.path, kFrameLimit), frame.path.string(), &warnings);
    case RunFrame::Kind::picture: {
        const auto bytes = read_file(frame.path, kFrameLimit);
        Scene scene;
        scene.panels.push_back(detail::picture_panel(
            frame.name, detail::opaque(io::parse_png(bytes, frame.path.string()))));
        return scene;
    }
    case RunFrame::Kind::array: break;
    }
    return detail::scene_of_array(frame);
}

} // namespace baldwin::app

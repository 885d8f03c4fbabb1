// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Scenes: what a module wants shown, as a short list of things in world coordinates.
///
/// A scene knows no window and no file format. `svg.hpp` writes it as a picture, `scene_json.hpp`
/// keeps it, the `viz` module draws it live, and a test compares it as data.
#pragma once

#include <baldwin/core/colour.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin {

/// A place in world coordinates.
struct Point {
    double x = 0;
    double y = 0;

    friend bool operator==(const Point&, const Point&) = default;
};

/// A coordinate range; low < high.
struct Interval {
    double low = 0;
    double high = 1;

    friend bool operator==(const Interval&, const Interval&) = default;
};

/// Unconnected marks.
struct Points {
    std::vector<Point> at = {};
    Paint paint{};
    double radius = 3;     ///< pixels
    std::string name = {}; ///< legend entry; none if empty
    /// Which thing each mark stands for, shape (n) or empty; see Scene.
    std::vector<std::string> keys = {};

    friend bool operator==(const Points&, const Points&) = default;
};

/// A connected line; a point with a NaN coordinate breaks it. Not in the legend.
struct Lines {
    std::vector<Point> at = {};
    Paint paint = Paint::ink();
    double width = 1; ///< pixels
    bool dashed = false;
    std::string key = {}; ///< the thing it stands for

    friend bool operator==(const Lines&, const Lines&) = default;
};

/// A closed area.
struct Polygon {
    std::vector<Point> corners = {};
    std::optional<Paint> fill = Paint{};
    std::optional<Paint> outline = std::nullopt;
    double opacity = 1;   ///< of the fill, in [0, 1]
    std::string key = {}; ///< the thing it stands for

    friend bool operator==(const Polygon&, const Polygon&) = default;
};

/// A line of text, its height centred on `at`.
struct Text {
    enum class Anchor : std::uint8_t { start, middle, end };

    Point at{};
    std::string text = {};
    Paint paint = Paint::ink();
    double size = 11;               ///< pixels
    Anchor anchor = Anchor::middle; ///< which part of the text stands at `at`
    double fit = 0;                 ///< width in world units that it must not exceed; 0: any
    bool bold = false;

    friend bool operator==(const Text&, const Text&) = default;
};

/// A raster picture; its first row is the upper one whatever the axes' direction.
struct Image {
    Point low{};      ///< corner with the smaller coordinates
    Point high{1, 1}; ///< the opposite corner
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t channels = 1;              ///< 1 grey, 3 red-green-blue
    std::vector<std::uint8_t> pixels = {}; ///< (rows, columns, channels); empty for signed values
    std::vector<float> values = {};        ///< (rows, columns), drawn by diverging(value / limit)
    double limit = 1;                      ///< value of the strongest colour; > 0
    bool framed = false;                   ///< a thin line around it
    std::string key = {};                  ///< the thing it stands for

    friend bool operator==(const Image&, const Image&) = default;
};

/// Upright bars from `base` to each height.
struct Bars {
    std::vector<Point> tops = {}; ///< x: centre of the bar, y: its end
    double width = 0.8;           ///< world units
    double base = 0;
    Paint paint{};
    std::string name = {}; ///< legend entry; none if empty
    /// Which thing each bar stands for, shape (n) or empty.
    std::vector<std::string> keys = {};

    friend bool operator==(const Bars&, const Bars&) = default;
};

/// A named function of x, with an entry in the legend; a NaN breaks it.
struct Curve {
    std::string name = {};
    std::vector<Point> at = {};
    Paint paint{};
    double width = 1.8; ///< pixels
    bool dashed = false;
    bool marked = false;  ///< a dot at every point
    std::string key = {}; ///< the thing it stands for

    friend bool operator==(const Curve&, const Curve&) = default;
};

using Item = std::variant<Points, Lines, Polygon, Text, Image, Bars, Curve>;

/// A labelled place on an axis.
struct Tick {
    double at = 0;
    std::string label = {};

    friend bool operator==(const Tick&, const Tick&) = default;
};

/// One direction of a panel.
struct Axis {
    enum class Scale : std::uint8_t { linear, log };

    std::string label = {};
    std::string unit = {};
    Scale scale = Scale::linear;
    std::optional<Interval> range = std::nullopt; ///< none: from the items
    std::vector<Tick> ticks = {};                 ///< empty: chosen
    bool whole = false;    ///< only whole numbers are ticks: epochs, generations
    bool reversed = false; ///< grows to the left or down
    bool visible = true;   ///< line, ticks and label are drawn

    friend bool operator==(const Axis&, const Axis&) = default;
};

/// One coordinate system with its items; later items lie on top.
struct Panel {
    std::string title = {};
    std::string note = {}; ///< a sentence under the title
    Axis x = {};
    Axis y = {};
    std::vector<Item> items = {};
    bool legend = true;      ///< named items are listed
    bool equal = false;      ///< one world unit is as long in x as in y
    std::size_t columns = 1; ///< of the scene's grid that it takes; >= 1
    double height = 1;       ///< of its row beside other rows; the tallest panel decides; > 0

    friend bool operator==(const Panel&, const Panel&) = default;
};

/// Panels in a grid, filled row by row.
///
/// Items may carry keys: names of the things that they stand for ("genome 17", "filter 3"). Things
/// with one key are one thing wherever they are drawn: selecting it in one panel shows it in all.
struct Scene {
    std::string title = {};
    std::vector<Panel> panels = {};
    std::size_t columns = 0; ///< of the grid, more on a low surface; 0: what fits best

    friend bool operator==(const Scene&, const Scene&) = default;
};

/// "loss (nats)", or the one part that there is.
inline std::string caption_of(const Axis& axis) {
    if (axis.unit.empty()) return axis.label;
    if (axis.label.empty()) return axis.unit;
    return axis.label + " (" + axis.unit + ")";
}

/// Legend entry of an item; empty for none.
inline std::string name_of(const Item& item) {
    return std::visit(
        [](const auto& thing) -> std::string {
            if constexpr (requires { thing.name; }) return thing.name;
            return {};
        },
        item);
}

/// Points from a column of x and one of y.
/// \throws std::invalid_argument if the columns differ in length
inline std::vector<Point> zip_points(const std::vector<double>& x, const std::vector<double>& y) {
    if (x.size() != y.size()) {
        throw std::invalid_argument("zip_points: x and y must have one length, got " +
                                    std::to_string(x.size()) + " and " + std::to_string(y.size()));
    }
    std::vector<Point> points(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) points[i] = {x[i], y[i]};
    return points;
}

/// Checks what a raster must hold: extents, channels and data agree.
/// \throws std::invalid_argument naming what does not
inline void check_image(const Image& image) {
    const auto fail = [](const std::string& what) {
        throw std::invalid_argument("Image: " + what);
    };
    if (image.rows == 0 || image.columns == 0) fail("rows and columns must be at least 1");
    if (image.channels != 1 && image.channels != 3) {
        fail("channels must be 1 or 3, got " + std::to_string(image.channels));
    }
    const bool is_signed = !image.values.empty();
    const std::size_t row = is_signed ? image.columns : image.columns * image.channels;
    const std::size_t held = is_signed ? image.values.size() : image.pixels.size();
    if (row / (is_signed ? 1 : image.channels) != image.columns ||
        image.rows > std::numeric_limits<std::size_t>::max() / row || image.rows * row != held) {
        fail("shape (" + std::to_string(image.rows) + ", " + std::to_string(image.columns) + ", " +
             std::to_string(image.channels) + ") does not hold " + std::to_string(held) +
             " values");
    }
    if (is_signed && !(image.limit > 0)) fail("limit must be above 0");
}

} // namespace baldwin

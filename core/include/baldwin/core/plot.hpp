// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Plots: panels for what experiments show most often, made from plain numbers.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/ticks.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin {

/// A named curve's numbers.
struct Series {
    std::string name;
    std::vector<double> x; ///< shape (n)
    std::vector<double> y; ///< shape (n); NaN leaves a gap
    bool dashed = false;   ///< for what accompanies: a limit, a reference
};

/// Curves over one x axis, with a legend.
/// \throws std::invalid_argument if a series has columns of different length
inline Panel curves(std::string title, Axis x, Axis y, const std::vector<Series>& series) {
    Panel panel{.title = std::move(title), .x = std::move(x), .y = std::move(y)};
    for (const Series& one : series) {
        Curve curve{one.name, zip_points(one.x, one.y)};
        curve.dashed = one.dashed;
        curve.marked = one.x.size() <= 30; // few points: show where they are
        panel.items.emplace_back(std::move(curve));
    }
    return panel;
}

/// Loss and accuracy of a training run, side by side.
/// \param x         what both are drawn over, such as {.label = "epoch", .whole = true}
/// \param loss      in nats
/// \param accuracy  shares in [0, 1]; drawn in percent
inline Scene learning_curves(const Axis& x, const std::vector<Series>& loss,
                             std::vector<Series> accuracy) {
    for (Series& series : accuracy) {
        for (double& share : series.y) share *= 100;
    }
    Scene scene{.title = {}, .panels = {}, .columns = 2};
    scene.panels.push_back(curves("Loss", x, {.label = "cross-entropy", .unit = "nats"}, loss));
    scene.panels.push_back(
        curves("Accuracy", x, {.label = "share of right answers", .unit = "%"}, accuracy));
    return scene;
}

namespace detail {

inline Axis category_axis(std::string label, const std::vector<std::string>& names) {
    Axis axis{.label = std::move(label)};
    const auto count = static_cast<double>(names.size());
    axis.range = Interval{-0.5, std::max(count, 1.0) - 0.5};
    for (std::size_t i = 0; i < names.size(); ++i) {
        axis.ticks.push_back({static_cast<double>(i), names[i]});
    }
    return axis;
}

inline Polygon cell(double x, double y, Colour colour) {
    return {
        {{x - 0.48, y - 0.48}, {x + 0.48, y - 0.48}, {x + 0.48, y + 0.48}, {x - 0.48, y + 0.48}},
        Paint::fixed(colour)};
}

} // namespace detail

/// Confusion matrix with its numbers: a row for each true class, a column for each answer; a
/// cell's shade is its share of the row.
/// \param counts  shape (classes, classes), true class first
/// \throws std::invalid_argument if there is not one count for each pair of names
inline Panel confusion_matrix(std::string title, std::span<const std::size_t> counts,
                              const std::vector<std::string>& names) {
    const std::size_t classes = names.size();
    if (classes == 0 || counts.size() != classes * classes) {
        throw std::invalid_argument("confusion_matrix: needs classes x classes counts, got " +
                                    std::to_string(counts.size()) + " for " +
                                    std::to_string(classes) + " classes");
    }
    Panel panel{.title = std::move(title),
                .x = detail::category_axis("answer", names),
                .y = detail::category_axis("true class", names)};
    panel.equal = true;
    panel.y.reversed = true;
    for (std::size_t row = 0; row < classes; ++row) {
        const auto line = counts.subspan(row * classes, classes);
        double total = 0;
        for (const std::size_t count : line) total += static_cast<double>(count);
        for (std::size_t column = 0; column < classes; ++column) {
            const double share = total > 0 ? static_cast<double>(line[column]) / total : 0;
            // the root brings the rare confusions, which are what one looks for, into sight
            const Colour shade = sequential(std::sqrt(share));
            const auto x = static_cast<double>(column);
            const auto y = static_cast<double>(row);
            panel.items.emplace_back(detail::cell(x, y, shade));
            if (line[column] == 0) continue;
            const Paint ink = Paint::fixed(is_light(shade) ? kLightTheme.ink : kDarkTheme.ink);
            panel.items.emplace_back(Text{.at = {x, y},
                                          .text = std::to_string(line[column]),
                                          .paint = ink,
                                          .size = 11,
                                          .fit = 0.86});
        }
    }
    return panel;
}

/// A picture with up to two lines under it.
struct Captioned {
    Image image;
    std::string caption = {};
    std::string second = {};
    Paint paint = Paint::ink(); ///< of the second line
};

/// Pictures in rows, each with its captions.
/// \param columns  pictures a row; >= 1
/// \throws std::invalid_argument if columns is 0 or a picture contradicts its own shape
inline Panel image_grid(std::string title, const std::vector<Captioned>& pictures,
                        std::size_t columns) {
    if (columns == 0) throw std::invalid_argument("image_grid: columns must be at least 1, got 0");
    const auto has = [&](auto member) {
        return std::any_of(pictures.begin(), pictures.end(),
                           [&](const Captioned& one) { return !(one.*member).empty(); });
    };
    // height of a line of captions, in picture heights: text of 11 pixels under pictures of 44
    constexpr double kLine = 0.3;
    const double lines =
        (has(&Captioned::caption) ? kLine : 0) + (has(&Captioned::second) ? kLine : 0);
    const double pitch = 1.08 + (lines > 0 ? lines + 0.08 : 0);
    const std::size_t rows = (pictures.size() + columns - 1) / columns;
    Panel panel{.title = std::move(title)};
    panel.equal = true;
    panel.legend = false;
    panel.x.visible = panel.y.visible = false;
    panel.x.range = Interval{0, 1.08 * static_cast<double>(columns)};
    panel.y.range = Interval{0, std::max(pitch * static_cast<double>(rows), 1.0)};
    panel.y.reversed = true;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const Captioned& picture = pictures[i];
        const std::size_t row = i / columns;
        const double x = 1.08 * static_cast<double>(i % columns);
        const double y = pitch * static_cast<double>(row);
        Image image = picture.image;
        check_image(image);
        image.low = {x, y};
        image.high = {x + 1, y + 1};
        panel.items.emplace_back(std::move(image));
        double below = y + 1.03 + kLine / 2;
        for (const auto& [line, paint] :
             {std::pair{picture.caption, Paint::ink()}, std::pair{picture.second, picture.paint}}) {
            if (line.empty()) continue;
            panel.items.emplace_back(
                Text{.at = {x + 0.5, below}, .text = line, .paint = paint, .size = 11, .fit = 1.0});
            below += kLine;
        }
    }
    return panel;
}

/// Filters of a convolution as pictures: zero is near-white, each filter's channels stand in one
/// row of pictures if there are several.
/// \param weights  shape (count, channels, rows, columns)
/// \param extents  those four numbers
/// \throws std::invalid_argument if extents and weights disagree
inline Panel filter_grid(std::string title, std::span<const float> weights,
                         std::array<std::size_t, 4> extents, std::size_t columns = 8) {
    const auto [count, channels, rows, width] = extents;
    const std::size_t size = rows * width;
    if (size == 0 || weights.size() != count * channels * size) {
        throw std::invalid_argument("filter_grid: extents do not hold " +
                                    std::to_string(weights.size()) + " weights");
    }
    double limit = 0;
    for (const float weight : weights) {
        if (std::isfinite(weight)) limit = std::max(limit, std::abs(static_cast<double>(weight)));
    }
    std::vector<Captioned> pictures(count * channels);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        Image& image = pictures[i].image;
        const auto values = weights.subspan(i * size, size);
        image.rows = rows;
        image.columns = width;
        image.values.assign(values.begin(), values.end());
        image.limit = limit > 0 ? limit : 1;
        image.framed = true;
    }
    Panel panel = image_grid(std::move(title), pictures, channels > 1 ? channels : columns);
    panel.note =
        "blue: negative, white: zero, rust: positive; strongest colour: " + number_text(limit, 2);
    return panel;
}

/// A bar for each name.
/// \throws std::invalid_argument if names and values differ in number
inline Panel bar_chart(std::string title, const std::vector<std::string>& names,
                       std::span<const double> values, Axis y, std::string x_label = {}) {
    if (names.size() != values.size()) {
        throw std::invalid_argument("bar_chart: names and values must have one length, got " +
                                    std::to_string(names.size()) + " and " +
                                    std::to_string(values.size()));
    }
    Panel panel{.title = std::move(title),
                .x = detail::category_axis(std::move(x_label), names),
                .y = std::move(y)};
    Bars bars;
    for (std::size_t i = 0; i < values.size(); ++i) {
        bars.tops.push_back({static_cast<double>(i), values[i]});
    }
    panel.items.emplace_back(std::move(bars));
    return panel;
}

/// How often values fall into equal bins between their extremes; non-finite ones are left out.
/// \throws std::invalid_argument if bins is 0
/// \cost O(values + bins)
inline Panel histogram(std::string title, std::span<const float> values, Axis x,
                       std::size_t bins = 40) {
    if (bins == 0) throw std::invalid_argument("histogram: bins must be at least 1, got 0");
    Panel panel{.title = std::move(title), .x = std::move(x), .y = {.label = "count"}};
    double low = 0;
    double high = 0;
    bool any = false;
    for (const float value : values) {
        if (!std::isfinite(value)) continue;
        low = any ? std::min(low, static_cast<double>(value)) : value;
        high = any ? std::max(high, static_cast<double>(value)) : value;
        any = true;
    }
    if (!any) return panel;
    if (high - low <= 0) high = low + 1;
    const double width = (high - low) / static_cast<double>(bins);
    std::vector<double> counts(bins, 0.0);
    for (const float value : values) {
        if (!std::isfinite(value)) continue;
        const auto bin = static_cast<std::size_t>((static_cast<double>(value) - low) / width);
        counts[std::min(bin, bins - 1)] += 1;
    }
    Bars bars;
    bars.width = 0.94 * width;
    for (std::size_t i = 0; i < bins; ++i) {
        bars.tops.push_back({low + (static_cast<double>(i) + 0.5) * width, counts[i]});
    }
    panel.items.emplace_back(std::move(bars));
    return panel;
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A scene in a panel of the workspace: zoomed, read under the pointer, picked from.
#pragma once

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/viz/plane.hpp>
#include <baldwin/viz/widgets.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::viz {

/// Ranges that a panel of a scene is zoomed to.
struct PanelZoom {
    Interval x{};
    Interval y{};

    friend bool operator==(const PanelZoom&, const PanelZoom&) = default;
};

/// A thing of a scene that has a key, where it was drawn.
struct KeyedPlace {
    std::string key;
    Rect at;              ///< pixels of the surface
    bool is_mark = false; ///< a dot: it may be missed by a few pixels
};

/// Shows one scene.
class SceneView {
public:
    std::map<std::size_t, PanelZoom> zooms; ///< by the panel's place in the scene

    /// Draws the scene into a surface of a size.
    void draw(const Scene& scene, const std::string& caption, Point size, Ui& ui) {
        double top = 0;
        if (!caption.empty()) {
            ui.text({16, 16}, caption, Paint::muted(), Text::Anchor::start, 11, size.x - 32);
            top = 18;
        }
        Scene shown = scene;
        for (const auto& [panel, zoom] : zooms) {
            if (panel >= shown.panels.size()) continue;
            shown.panels[panel].x.range = zoom.x;
            shown.panels[panel].y.range = zoom.y;
        }
        keyed_.clear();
        try {
            append(ui.drawing, lay_out(shown, size.x, std::max(size.y - top, 1.0)), {0, top});
        } catch (const std::exception& error) {
            // a picture that contradicts itself, from a file or a program that is still written
            ui.text({16, top + 20}, error.what(), Paint::bad(), Text::Anchor::start, 11,
                    size.x - 32);
        }
        places_ = ui.drawing.panels;
        find_keys(shown);
    }
    [[nodiscard]] const std::vector<PanelPlace>& places() const noexcept { return places_; }

    /// The panel of the scene whose coordinates hold a place.
    [[nodiscard]] std::optional<std::size_t> panel_at(Point at) const {
        for (std::size_t i = 0; i < places_.size(); ++i) {
            if (places_[i].plot.contains(at)) return i;
        }
        return std::nullopt;
    }
    /// Zooms the panel under the pointer, which keeps its place.
    bool zoom(Point at, double factor) {
        const auto panel = panel_at(at);
        if (!panel) return false;
        const PanelPlace& place = places_[*panel];
        const Plane plane(place);
        zooms[*panel] = {zoomed(place.x, place.log_x, plane.share_x(at.x), factor),
                         zoomed(place.y, place.log_y, plane.share_y(at.y), factor)};
        return true;
    }
    /// Moves what a panel shows.
    void pan(std::size_t panel, Point from, Point to) {
        const PanelPlace& place = places_[panel];
        const Plane plane(place);
        zooms[panel] = {panned(place.x, place.log_x, plane.share_x(from.x) - plane.share_x(to.x)),
                        panned(place.y, place.log_y, plane.share_y(from.y) - plane.share_y(to.y))};
    }

    /// What is under the pointer, in words: coordinates, and the value of a picture there.
    [[nodiscard]] std::vector<std::string> read(const Scene& scene, Point at) const {
        const auto number = panel_at(at);
        if (!number || *number >= scene.panels.size()) return {};
        const Panel& panel = scene.panels[*number];
        const Point world = Plane(places_[*number]).world(at);
        std::vector<std::string> lines;
        if (const KeyedPlace* found = keyed_at(at)) lines.push_back(found->key);
        for (auto item = panel.items.rbegin(); item != panel.items.rend(); ++item) {
            const auto* image = std::get_if<Image>(&*item);
            if (image == nullptr) continue;
            const auto text = pixel_text(*image, world, places_[*number]);
            if (!text.empty()) {
                lines.push_back(text);
                return lines;
            }
        }
        coordinate(lines, panel.x, world.x);
        coordinate(lines, panel.y, world.y);
        return lines;
    }

    /// The key of what is under the pointer; empty if nothing has one there.
    [[nodiscard]] std::string key_at(Point at) const {
        const KeyedPlace* found = keyed_at(at);
        return found == nullptr ? std::string() : found->key;
    }
    /// Where the things with a key were drawn.
    [[nodiscard]] std::vector<Rect> places_of(const std::string& key) const {
        std::vector<Rect> all;
        for (const KeyedPlace& place : keyed_) {
            if (place.key == key) all.push_back(place.at);
        }
        return all;
    }

private:
    static constexpr double kReach = 6; ///< pixels by which a dot may be missed

    [[nodiscard]] const KeyedPlace* keyed_at(Point at) const {
        const KeyedPlace* best = nullptr;
        double least = 1e9;
        for (const KeyedPlace& place : keyed_) {
            const double reach = place.is_mark ? kReach : 0;
            const Rect& box = place.at;
            const Rect around = {box.x - reach, box.y - reach, box.width + 2 * reach,
                                 box.height + 2 * reach};
            if (!around.contains(at)) continue;
            const double distance =
                std::hypot(at.x - box.x - box.width / 2, at.y - box.y - box.height / 2);
            if (distance <= least) best = &place;
            least = std::min(least, distance);
        }
        return best;
    }

    void find_keys(const Scene& scene) {
        for (std::size_t i = 0; i < scene.panels.size() && i < places_.size(); ++i) {
            const Plane plane(places_[i]);
            for (const Item& item : scene.panels[i].items) {
                std::visit([&](const auto& thing) { find_keys(thing, plane, places_[i].plot); },
                           item);
            }
        }
    }
    template <class T>
    void find_keys(const T& item, const Plane& plane, const Rect& plot) {
        if constexpr (requires { item.keys; }) {
            const auto& at = points_of(item);
            for (std::size_t i = 0; i < std::min(at.size(), item.keys.size()); ++i) {
                const Point pixel = plane.pixel(at[i]);
                if (!item.keys[i].empty() && plot.contains(pixel)) {
                    const double radius = radius_of(item);
                    keyed_.push_back({item.keys[i],
                                      {pixel.x - radius, pixel.y - radius, 2 * radius, 2 * radius},
                                      true});
                }
            }
        } else if constexpr (requires { item.key; }) {
            if (item.key.empty()) return;
            if (const auto box = bounds(points_of(item), plane)) keyed_.push_back({item.key, *box});
        }
    }
    static const std::vector<Point>& points_of(const Points& item) { return item.at; }
    static const std::vector<Point>& points_of(const Bars& item) { return item.tops; }
    static const std::vector<Point>& points_of(const Polygon& item) { return item.corners; }
    static const std::vector<Point>& points_of(const Lines& item) { return item.at; }
    static const std::vector<Point>& points_of(const Curve& item) { return item.at; }
    static std::vector<Point> points_of(const Image& item) { return {item.low, item.high}; }
    static double radius_of(const Points& item) { return item.radius; }
    static double radius_of(const Bars& /*item*/) { return 4; }

    static std::optional<Rect> bounds(const std::vector<Point>& at, const Plane& plane) {
        std::optional<Rect> box;
        for (const Point point : at) {
            const Point pixel = plane.pixel(point);
            if (!std::isfinite(pixel.x) || !std::isfinite(pixel.y)) continue;
            if (!box) box = Rect{pixel.x, pixel.y, 0, 0};
            const double right = std::max(box->right(), pixel.x);
            const double bottom = std::max(box->bottom(), pixel.y);
            box->x = std::min(box->x, pixel.x);
            box->y = std::min(box->y, pixel.y);
            box->width = right - box->x;
            box->height = bottom - box->y;
        }
        return box;
    }

    static void coordinate(std::vector<std::string>& lines, const Axis& axis, double value) {
        if (!axis.visible || !axis.ticks.empty()) return;
        const std::string name = axis.label.empty() ? std::string("value") : axis.label;
        const std::string unit = axis.unit.empty() ? std::string() : " " + axis.unit;
        lines.push_back(name + " " + number_text(value, 4) + unit);
    }

    static std::string pixel_text(const Image& image, Point world, const PanelPlace& place) {
        const double u = (world.x - image.low.x) / (image.high.x - image.low.x);
        const double v = (world.y - image.low.y) / (image.high.y - image.low.y);
        if (!(u >= 0 && u < 1 && v >= 0 && v < 1)) return {};
        // the first row is the upper one, the first column the left one
        const double down = place.reversed_y ? v : 1 - v;
        const double along = place.reversed_x ? 1 - u : u;
        const auto row = std::min(static_cast<std::size_t>(down * static_cast<double>(image.rows)),
                                  image.rows - 1);
        const auto column =
            std::min(static_cast<std::size_t>(along * static_cast<double>(image.columns)),
                     image.columns - 1);
        const std::size_t i = row * image.columns + column;
        std::string text =
            "row " + std::to_string(row) + ", column " + std::to_string(column) + ": ";
        if (!image.values.empty()) return text + number_text(image.values[i], 4);
        for (std::size_t c = 0; c < image.channels; ++c) {
            text += (c > 0 ? " " : "") + std::to_string(image.pixels[i * image.channels + c]);
        }
        return text;
    }

    std::vector<PanelPlace> places_;
    std::vector<KeyedPlace> keyed_;
};

} // namespace baldwin::viz

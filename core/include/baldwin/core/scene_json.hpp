// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Scenes as versioned JSON: what stands in a run's frames/<step>-<name>.scene.json.
///
/// Coordinates that are not finite are null, rasters are base64, and a reader skips items of a
/// type it does not know, with a warning, so that an older program shows a newer scene in part.
#pragma once

#include <baldwin/core/detail/base64.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin {

/// Version of the format; a file with a higher one is refused.
inline constexpr int kSceneVersion = 1;

namespace detail {

inline Json points_json(const std::vector<Point>& points) {
    Json x = Json::array();
    Json y = Json::array();
    for (const Point& point : points) {
        x.push_back(point.x);
        y.push_back(point.y);
    }
    return {{"x", std::move(x)}, {"y", std::move(y)}};
}

/// Puts a member only where it says more than its absence.
template <class T>
void put_unless(Json& json, const char* key, const T& value, const T& ordinary) {
    if (value != ordinary) json[key] = value;
}

inline Json item_json(const Points& item) {
    Json json = points_json(item.at);
    json["type"] = "points";
    json["radius"] = item.radius;
    json["name"] = item.name;
    json["paint"] = to_string(item.paint);
    put_unless(json, "keys", item.keys, {});
    return json;
}

inline Json item_json(const Lines& item) {
    Json json = points_json(item.at);
    json.update({{"type", "lines"}, {"width", item.width}, {"paint", to_string(item.paint)}});
    put_unless(json, "dashed", item.dashed, false);
    put_unless(json, "key", item.key, std::string());
    return json;
}

inline Json item_json(const Polygon& item) {
    Json json = points_json(item.corners);
    json["type"] = "polygon";
    json["fill"] = item.fill ? Json(to_string(*item.fill)) : Json();
    json["outline"] = item.outline ? Json(to_string(*item.outline)) : Json();
    put_unless(json, "opacity", item.opacity, 1.0);
    put_unless(json, "key", item.key, std::string());
    return json;
}

inline constexpr std::array<const char*, 3> kAnchorNames = {"start", "middle", "end"};

inline Json item_json(const Text& item) {
    Json json = {{"type", "text"},
                 {"x", item.at.x},
                 {"y", item.at.y},
                 {"text", item.text},
                 {"size", item.size},
                 {"anchor", kAnchorNames[static_cast<std::size_t>(item.anchor)]},
                 {"paint", to_string(item.paint)}};
    put_unless(json, "fit", item.fit, 0.0);
    put_unless(json, "bold", item.bold, false);
    return json;
}

inline Json item_json(const Image& item) {
    Json json = {{"type", "image"},
                 {"low", {item.low.x, item.low.y}},
                 {"high", {item.high.x, item.high.y}},
                 {"rows", item.rows},
                 {"columns", item.columns},
                 {"channels", item.channels}};
    put_unless(json, "framed", item.framed, false);
    put_unless(json, "key", item.key, std::string());
    if (item.values.empty()) {
        json["pixels"] = to_base64(item.pixels);
    } else {
        json["values"] = item.values;
        json["limit"] = item.limit;
    }
    return json;
}

inline Json item_json(const Bars& item) {
    Json json = points_json(item.tops);
    json.update({{"type", "bars"}, {"width", item.width}, {"base", item.base}});
    json.update({{"name", item.name}, {"paint", to_string(item.paint)}});
    put_unless(json, "keys", item.keys, {});
    return json;
}

inline Json item_json(const Curve& item) {
    Json json = points_json(item.at);
    json.update({{"type", "curve"}, {"name", item.name}, {"width", item.width}});
    json["paint"] = to_string(item.paint);
    put_unless(json, "dashed", item.dashed, false);
    put_unless(json, "marked", item.marked, false);
    put_unless(json, "key", item.key, std::string());
    return json;
}

inline Json axis_json(const Axis& axis) {
    Json json = {{"label", axis.label}, {"unit", axis.unit}};
    json["scale"] = axis.scale == Axis::Scale::log ? "log" : "linear";
    if (axis.range) json["range"] = {axis.range->low, axis.range->high};
    for (const Tick& tick : axis.ticks) json["ticks"].push_back({tick.at, tick.label});
    put_unless(json, "whole", axis.whole, false);
    put_unless(json, "reversed", axis.reversed, false);
    put_unless(json, "visible", axis.visible, true);
    return json;
}

inline Json panel_json(const Panel& panel) {
    Json json = {{"title", panel.title}, {"x", axis_json(panel.x)}, {"y", axis_json(panel.y)}};
    put_unless(json, "note", panel.note, std::string());
    put_unless(json, "legend", panel.legend, true);
    put_unless(json, "equal", panel.equal, false);
    put_unless(json, "columns", panel.columns, std::size_t{1});
    put_unless(json, "height", panel.height, 1.0);
    json["items"] = Json::array();
    for (const Item& item : panel.items) {
        json["items"].push_back(std::visit([](const auto& it) { return item_json(it); }, item));
    }
    return json;
}

/// Walks a JSON value and knows where it is, for one clear message.
class SceneReader {
public:
    SceneReader(std::string source, std::vector<std::string>* warnings)
        : source_(std::move(source)), warnings_(warnings) {}

    [[nodiscard]] Scene scene(const Json& json) {
        place_ = "top level";
        check_header(json);
        Scene scene;
        scene.title = text(json, "title");
        scene.columns = count(json, "columns", 0);
        const Json& panels = array(json, "panels");
        for (std::size_t i = 0; i < panels.size(); ++i) {
            place_ = "panels[" + std::to_string(i) + "]";
            scene.panels.push_back(panel(panels[i]));
        }
        return scene;
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error(source_ + ": " + what);
    }

private:
    [[noreturn]] void fail_at(const std::string& key, const std::string& what) const {
        fail(place_ + ": " + key + " " + what);
    }

    void check_header(const Json& json) const {
        if (!json.is_object() || json.value("format", Json()) != "baldwin-scene") {
            fail("is not a Baldwin scene (no \"format\": \"baldwin-scene\")");
        }
        const auto version = count(json, "version", 0);
        if (version == 0 || version > static_cast<std::size_t>(kSceneVersion)) {
            fail("has scene format version " + std::to_string(version) + ", this program reads " +
                 std::to_string(kSceneVersion));
        }
    }

    Panel panel(const Json& json) {
        if (!json.is_object()) fail(place_ + " must be an object");
        Panel panel;
        panel.title = text(json, "title");
        panel.note = text(json, "note");
        panel.x = axis(json, "x");
        panel.y = axis(json, "y");
        panel.legend = flag(json, "legend", true);
        panel.equal = flag(json, "equal", false);
        panel.columns = std::max<std::size_t>(1, count(json, "columns", 1));
        panel.height = number(json, "height", 1);
        if (!(panel.height > 0 && panel.height < 1e6)) fail_at("height", "must be above 0");
        const std::string here = place_;
        const Json& items = array(json, "items");
        for (std::size_t i = 0; i < items.size(); ++i) {
            place_ = here + ".items[" + std::to_string(i) + "]";
            add_item(panel, items[i]);
        }
        return panel;
    }

    void add_item(Panel& panel, const Json& json) {
        if (!json.is_object()) fail(place_ + " must be an object");
        const std::string type = text(json, "type");
        if (type == "points") return panel.items.emplace_back(marks(json)), void();
        if (type == "lines") return panel.items.emplace_back(lines(json)), void();
        if (type == "polygon") return panel.items.emplace_back(polygon(json)), void();
        if (type == "text") return panel.items.emplace_back(label(json)), void();
        if (type == "image") return panel.items.emplace_back(image(json)), void();
        if (type == "bars") return panel.items.emplace_back(bars(json)), void();
        if (type == "curve") return panel.items.emplace_back(curve(json)), void();
        if (warnings_ == nullptr) return;
        warnings_->push_back(source_ + ": " + place_ + " of unknown type \"" + type + "\" skipped");
    }

    Points marks(const Json& json) const {
        return {points(json), paint(json, "paint"), number(json, "radius", 3), text(json, "name"),
                keys(json)};
    }
    Lines lines(const Json& json) const {
        return {points(json), paint(json, "paint"), number(json, "width", 1),
                flag(json, "dashed", false), text(json, "key")};
    }
    Polygon polygon(const Json& json) const {
        return {points(json), optional_paint(json, "fill"), optional_paint(json, "outline"),
                number(json, "opacity", 1), text(json, "key")};
    }
    Bars bars(const Json& json) const {
        return {points(json),         number(json, "width", 0.8), number(json, "base", 0),
                paint(json, "paint"), text(json, "name"),         keys(json)};
    }
    Curve curve(const Json& json) const {
        return {text(json, "name"),
                points(json),
                paint(json, "paint"),
                number(json, "width", 1.8),
                flag(json, "dashed", false),
                flag(json, "marked", false),
                text(json, "key")};
    }

    Text label(const Json& json) const {
        Text item;
        item.at = {number(json, "x", 0), number(json, "y", 0)};
        item.text = text(json, "text");
        item.paint = paint(json, "paint");
        item.size = number(json, "size", 11);
        item.fit = number(json, "fit", 0);
        item.bold = flag(json, "bold", false);
        const std::string anchor = text(json, "anchor");
        for (std::size_t i = 0; i < kAnchorNames.size(); ++i) {
            if (anchor == kAnchorNames[i]) item.anchor = static_cast<Text::Anchor>(i);
        }
        return item;
    }

    Image image(const Json& json) const {
        Image item;
        item.low = pair(json, "low");
        item.high = pair(json, "high");
        item.rows = count(json, "rows", 0);
        item.columns = count(json, "columns", 0);
        item.channels = count(json, "channels", 1);
        item.framed = flag(json, "framed", false);
        item.key = text(json, "key");
        item.limit = number(json, "limit", 1);
        try {
            if (json.contains("values")) {
                for (const double value : numbers(json, "values")) {
                    item.values.push_back(static_cast<float>(value));
                }
            } else {
                item.pixels = from_base64(text(json, "pixels"));
            }
            check_image(item);
        } catch (const std::invalid_argument& error) {
            fail_at("pixels", error.what());
        }
        return item;
    }

    Axis axis(const Json& parent, const char* key) const {
        Axis axis;
        const auto found = parent.find(key);
        if (found == parent.end()) return axis;
        if (!found->is_object()) fail_at(key, "must be an object");
        axis.label = text(*found, "label");
        axis.unit = text(*found, "unit");
        axis.whole = flag(*found, "whole", false);
        axis.reversed = flag(*found, "reversed", false);
        axis.visible = flag(*found, "visible", true);
        if (text(*found, "scale") == "log") axis.scale = Axis::Scale::log;
        if (found->contains("range")) {
            const Point range = pair(*found, "range");
            if (!(range.x < range.y)) fail_at("range", "must grow");
            axis.range = Interval{range.x, range.y};
        }
        if (found->contains("ticks")) axis.ticks = ticks(array(*found, "ticks"));
        return axis;
    }

    std::vector<Tick> ticks(const Json& json) const {
        std::vector<Tick> ticks;
        for (const Json& tick : json) {
            if (!tick.is_array() || tick.size() != 2 || !tick[0].is_number() ||
                !tick[1].is_string()) {
                fail_at("ticks", "must be pairs of a number and a text");
            }
            ticks.push_back({tick[0].get<double>(), tick[1].get<std::string>()});
        }
        return ticks;
    }

    std::vector<Point> points(const Json& json) const {
        const std::vector<double> x = numbers(json, "x");
        const std::vector<double> y = numbers(json, "y");
        if (x.size() != y.size()) fail_at("x and y", "must have the same length");
        return zip_points(x, y);
    }

    std::vector<std::string> keys(const Json& json) const {
        std::vector<std::string> keys;
        if (!json.contains("keys")) return keys;
        for (const Json& key : array(json, "keys")) {
            if (!key.is_string()) fail_at("keys", "must hold texts");
            keys.push_back(key.get<std::string>());
        }
        return keys;
    }

    std::vector<double> numbers(const Json& json, const char* key) const {
        const Json& list = array(json, key);
        std::vector<double> values;
        values.reserve(list.size());
        for (const Json& value : list) {
            if (!value.is_number() && !value.is_null()) fail_at(key, "must hold numbers or null");
            values.push_back(value.is_null() ? kNan : value.get<double>());
        }
        return values;
    }

    Point pair(const Json& json, const char* key) const {
        const std::vector<double> values = numbers(json, key);
        if (values.size() != 2) fail_at(key, "must be two numbers");
        return {values[0], values[1]};
    }

    const Json& array(const Json& json, const char* key) const {
        const auto found = json.find(key);
        if (found == json.end() || !found->is_array()) fail_at(key, "must be an array");
        return *found;
    }

    std::string text(const Json& json, const char* key) const {
        const auto found = json.find(key);
        if (found == json.end()) return {};
        if (!found->is_string()) fail_at(key, "must be a text");
        return found->get<std::string>();
    }

    double number(const Json& json, const char* key, double ordinary) const {
        const auto found = json.find(key);
        if (found == json.end()) return ordinary;
        if (found->is_null()) return kNan;
        if (!found->is_number()) fail_at(key, "must be a number");
        return found->get<double>();
    }

    std::size_t count(const Json& json, const char* key, std::size_t ordinary) const {
        const auto found = json.find(key);
        if (found == json.end()) return ordinary;
        if (!found->is_number_unsigned()) fail_at(key, "must be a whole number");
        return found->get<std::size_t>();
    }

    bool flag(const Json& json, const char* key, bool ordinary) const {
        const auto found = json.find(key);
        if (found == json.end()) return ordinary;
        if (!found->is_boolean()) fail_at(key, "must be true or false");
        return found->get<bool>();
    }

    Paint paint(const Json& json, const char* key) const {
        if (!json.contains(key)) return {};
        const auto paint = parse_paint(text(json, key));
        if (!paint) fail_at(key, "must be a colour or a role, got \"" + text(json, key) + "\"");
        return *paint;
    }

    std::optional<Paint> optional_paint(const Json& json, const char* key) const {
        if (!json.contains(key) || json.at(key).is_null()) return std::nullopt;
        return paint(json, key);
    }

    static constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

    std::string source_;
    std::vector<std::string>* warnings_;
    std::string place_;
};

} // namespace detail

/// The scene as one line of JSON; bytes that are not UTF-8 are replaced.
/// \cost O(size of the scene)
inline std::string to_json(const Scene& scene) {
    Json json = {{"format", "baldwin-scene"}, {"version", kSceneVersion}};
    json["title"] = scene.title;
    if (scene.columns != 0) json["columns"] = scene.columns;
    json["panels"] = Json::array();
    for (const Panel& panel : scene.panels) json["panels"].push_back(detail::panel_json(panel));
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Reads what to_json wrote.
/// \param source    what the text is called in messages, such as its path
/// \param warnings  receives a line for each item that was skipped; may be null
/// \throws std::runtime_error naming source, place and reason if the text is truncated, malformed,
///         not a scene or of a newer version
inline Scene scene_from_json(std::string_view text, const std::string& source = "scene",
                             std::vector<std::string>* warnings = nullptr) {
    detail::SceneReader reader(source, warnings);
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) reader.fail("is truncated or not JSON");
    return reader.scene(json);
}

} // namespace baldwin

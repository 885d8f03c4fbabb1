// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// From world coordinates to pixels along one axis, and the range that a panel's items ask for.
#pragma once

#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <variant>

namespace baldwin::detail {

/// Straight or logarithmic map of a range onto pixels.
class AxisMap {
public:
    AxisMap() = default;
    AxisMap(Interval range, bool logarithmic, double first_pixel, double last_pixel)
        : logarithmic_(logarithmic), low_(bent(range.low)), high_(bent(range.high)),
          first_(first_pixel), last_(last_pixel) {}

    /// Pixel of a world coordinate; NaN where there is none.
    [[nodiscard]] double operator()(double value) const {
        return first_ + (bent(value) - low_) / (high_ - low_) * (last_ - first_);
    }
    /// Pixels a world unit; meaningful on straight axes.
    [[nodiscard]] double per_unit() const { return std::abs((last_ - first_) / (high_ - low_)); }

private:
    [[nodiscard]] double bent(double value) const {
        if (!logarithmic_) return value;
        return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
    }

    bool logarithmic_ = false;
    double low_ = 0;
    double high_ = 1;
    double first_ = 0;
    double last_ = 1;
};

/// Smallest and largest coordinate seen.
struct Extent {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void add(double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    [[nodiscard]] bool empty() const { return low > high; }
};

/// Extents of all items, and whether the range should keep a distance to them.
struct Extents {
    Extent x;
    Extent y;
    bool padded_x = false;
    bool padded_y = false;
    bool log_x = false;
    bool log_y = false;

    void add(Point point) {
        if (!(std::isfinite(point.x) && std::isfinite(point.y))) return;
        if ((log_x && point.x <= 0) || (log_y && point.y <= 0)) return;
        x.add(point.x);
        y.add(point.y);
    }
    void operator()(const Points& item) {
        padded_x = padded_y = true;
        for (const Point& point : item.at) add(point);
    }
    void operator()(const Curve& item) {
        padded_y = true;
        for (const Point& point : item.at) add(point);
    }
    void operator()(const Lines& item) {
        for (const Point& point : item.at) add(point);
    }
    void operator()(const Polygon& item) {
        for (const Point& point : item.corners) add(point);
    }
    void operator()(const Text& item) { add(item.at); }
    void operator()(const Image& item) {
        add(item.low);
        add(item.high);
    }
    void operator()(const Bars& item) {
        padded_y = true;
        for (const Point& top : item.tops) {
            add({top.x - item.width / 2, item.base});
            add({top.x + item.width / 2, top.y});
        }
    }
};

/// The range of an axis: its own, or what the items cover, widened to be drawable.
/// A padded range stays on its side of zero.
inline Interval range_of(const Axis& axis, const Extent& extent, bool padded) {
    const bool logarithmic = axis.scale == Axis::Scale::log;
    if (axis.range && (!logarithmic || axis.range->low > 0)) return *axis.range;
    if (extent.empty()) return logarithmic ? Interval{1, 10} : Interval{0, 1};
    Interval range = {extent.low, extent.high};
    if (logarithmic) {
        const double factor = range.high / range.low > 1 + 1e-9 ? (padded ? 1.15 : 1) : 2;
        return {range.low / factor, range.high * factor};
    }
    const double span = range.high - range.low;
    const double size = std::max(std::abs(range.low), std::abs(range.high));
    // one value only: half a unit for counts, a tenth of its size otherwise
    if (!(span > size * 1e-12)) {
        const double half = axis.whole || size == 0 ? 0.5 : 0.1 * size;
        return {range.low - half, range.high + half};
    }
    if (!padded) return range;
    const double pad = 0.05 * span;
    return {range.low >= 0 ? std::max(0.0, range.low - pad) : range.low - pad,
            range.high <= 0 ? std::min(0.0, range.high + pad) : range.high + pad};
}

} // namespace baldwin::detail

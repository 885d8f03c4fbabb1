// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A panel with the curves of one or several metrics of all runs.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/viz/plane.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/widgets.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// A metric's name in two parts: "validation_loss" is the "loss" of "validation". A name of one
/// part has an empty first one.
inline std::pair<std::string, std::string> name_parts(const std::string& name) {
    const std::size_t cut = name.find_last_of("_/.");
    // only what is measured of several things; "learning_rate" is one word
    static constexpr std::string_view kShared[] = {"loss",    "accuracy", "error",
                                                   "fitness", "reward",   "seconds"};
    if (cut == std::string::npos || cut == 0) return {"", name};
    const std::string last = name.substr(cut + 1);
    const bool is_shared =
        std::find(std::begin(kShared), std::end(kShared), last) != std::end(kShared);
    if (!is_shared) return {"", name};
    return {name.substr(0, cut), last};
}

/// "validation_loss" for people: "validation loss".
inline std::string spoken(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

/// Which metrics share a chart.
struct ChartGroup {
    std::string name; ///< unique
    std::vector<std::size_t> metrics;
};

/// Charts for metrics: of one run, those that measure the same of several things share one; with
/// several runs each metric has its own, so that the runs' colours say who is who.
inline std::vector<ChartGroup> chart_groups(const std::vector<MetricInfo>& metrics,
                                            std::size_t runs) {
    std::vector<ChartGroup> groups;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        const std::string name = runs > 1 ? metrics[i].name : name_parts(metrics[i].name).second;
        const auto same = std::find_if(groups.begin(), groups.end(),
                                       [&](const ChartGroup& one) { return one.name == name; });
        if (same == groups.end())
            groups.push_back({name, {i}});
        else if (metrics[same->metrics.front()].unit == metrics[i].unit)
            same->metrics.push_back(i);
        else // the same word in another unit
            groups.push_back({metrics[i].name, {i}});
    }
    return groups;
}

/// What all charts share.
struct ChartView {
    std::optional<Interval> steps = std::nullopt; ///< zoomed to; none: everything
    double smoothing = 0;
    bool log_x = false;
};

/// A curve of a chart.
struct ChartSeries {
    std::size_t run = 0;
    std::size_t metric = 0;
    std::string name = {};
    Paint paint{};
    bool dashed = false;
    bool hidden = false;
};

/// A value under the pointer.
struct Reading {
    ChartSeries series;
    Point sample{}; ///< (step, value), as measured or smoothed
    Point pixel{};  ///< of the surface
};

/// A chart's state and how it draws.
class CurveChart {
public:
    bool log_y = false;
    std::optional<Interval> y = std::nullopt; ///< zoomed to; none: what the curves cover
    ChartGroup group;

    /// Shows or hides a series by its name in the legend.
    void toggle(const std::string& name) {
        if (hidden_.erase(name) == 0) hidden_.insert(name);
    }
    [[nodiscard]] const std::set<std::string>& hidden() const noexcept { return hidden_; }

    /// Curves with their colours: by run, or by metric where there is one run.
    [[nodiscard]] std::vector<ChartSeries> series(const Source& source) const {
        const auto runs = source.runs();
        const auto metrics = source.metrics();
        std::vector<ChartSeries> all;
        for (std::size_t run = 0; run < runs.size(); ++run) {
            for (const std::size_t metric : group.metrics) {
                const std::size_t number = runs.size() > 1 ? run : all.size();
                ChartSeries one{.run = run, .metric = metric, .paint = Paint::series(number)};
                one.dashed = number >= kSeriesColours;
                const std::string part = name_parts(metrics[metric].name).first;
                one.name = runs.size() > 1 ? runs[run] : spoken(part.empty() ? group.name : part);
                one.hidden = hidden_.contains(one.name);
                if (source.extent(run, metric)) all.push_back(std::move(one));
            }
        }
        return all;
    }

    /// Draws the chart into a surface of a size.
    /// \param prefix  begins the ids of its areas; empty: a still picture, without toggles
    void draw(const Source& source, const ChartView& view, const Theme& theme, Point size, Ui& ui,
              const std::string& prefix) {
        const auto all = series(source);
        const double top = heading(source, all, size, ui, prefix);
        const Scene scene{.panels = {panel(source, view, theme, size.x, false)}};
        append(ui.drawing, lay_out(scene, size.x, std::max(size.y - top, 1.0)), {0, top});
        if (!ui.drawing.panels.empty()) place_ = ui.drawing.panels.back();
    }
    /// Where the coordinates ended up in the last draw().
    [[nodiscard]] const std::optional<PanelPlace>& place() const noexcept { return place_; }

    /// The range of x in which a zoomed chart shows something, or everything.
    [[nodiscard]] Interval steps(const Source& source, const ChartView& view) const {
        if (view.steps) return *view.steps;
        Interval all{std::numeric_limits<double>::infinity(),
                     -std::numeric_limits<double>::infinity()};
        for (const ChartSeries& one : series(source)) {
            const auto extent = source.extent(one.run, one.metric);
            all = {std::min(all.low, extent->low), std::max(all.high, extent->high)};
        }
        if (!(all.low <= all.high)) return {0, 1};
        if (view.log_x) all.low = std::max(all.low, 1.0);
        if (!(all.low < all.high)) return {all.low - 0.5, all.low + 0.5};
        return all;
    }

    /// The values of all visible curves at the sample that is nearest to a place, by the curve
    /// whose sample is the nearest.
    [[nodiscard]] std::vector<Reading> read(const Source& source, const ChartView& view,
                                            Point at) const {
        if (!place_ || !place_->plot.contains(at)) return {};
        const Plane plane(*place_);
        return readings(source, view, plane.world(at).x);
    }
    /// The values at a step.
    [[nodiscard]] std::vector<Reading> readings(const Source& source, const ChartView& view,
                                                double step) const {
        std::vector<Reading> all;
        if (!place_) return all;
        const Plane plane(*place_);
        for (const ChartSeries& one : series(source)) {
            if (one.hidden) continue;
            const auto sample = source.nearest(query(one, view), step);
            if (!sample) continue;
            all.push_back({one, *sample, plane.pixel(*sample)});
        }
        return all;
    }

    /// The chart as a panel of a scene.
    /// \param width       pixels that it will have: curves are thinned to that
    /// \param is_whole  with title and legend of its own
    [[nodiscard]] Panel panel(const Source& source, const ChartView& view, const Theme& theme,
                              double width, bool is_whole) const {
        const std::string unit = source.metrics()[group.metrics.front()].unit;
        Panel panel{.x = {.label = "step", .whole = true}};
        // without a unit the title says all
        if (!unit.empty()) panel.y = {.label = spoken(group.name), .unit = unit};
        if (is_whole) panel.title = spoken(group.name);
        panel.legend = is_whole;
        panel.x.range = steps(source, view);
        if (view.log_x) panel.x.scale = Axis::Scale::log;
        if (log_y) panel.y.scale = Axis::Scale::log;
        panel.y.range = y;
        const auto columns = static_cast<std::size_t>(std::max(width - 60, 16.0));
        const auto all = series(source);
        for (const bool is_faint : {true, false}) {
            if (is_faint && view.smoothing <= 0) continue;
            for (const ChartSeries& one : all) {
                if (one.hidden) continue;
                CurveQuery wanted = query(one, view);
                if (is_faint) wanted.smoothing = 0;
                wanted.steps = *panel.x.range;
                wanted.columns = columns;
                panel.items.emplace_back(curve(source, one, wanted, theme, is_faint));
            }
        }
        return panel;
    }

private:
    /// A series as it is drawn; what was measured stands faintly behind what is smoothed.
    static Curve curve(const Source& source, const ChartSeries& series, const CurveQuery& wanted,
                       const Theme& theme, bool is_faint) {
        Curve curve{.name = is_faint ? std::string() : series.name,
                    .at = source.curve(wanted),
                    .paint = series.paint};
        curve.width = is_faint ? 1 : 1.8;
        curve.dashed = series.dashed;
        curve.marked = curve.at.size() <= 30 && !is_faint;
        if (is_faint) {
            curve.paint = Paint::fixed(mix(theme.surface, theme(series.paint), 0.35));
        }
        return curve;
    }

    static CurveQuery query(const ChartSeries& series, const ChartView& view) {
        return {.run = series.run, .metric = series.metric, .smoothing = view.smoothing};
    }

    /// Title, toggles and the legend; returns the height that they take.
    double heading(const Source& source, const std::vector<ChartSeries>& all, Point size, Ui& ui,
                   const std::string& prefix) const {
        const double right = size.x - 16;
        const Rect log = {right - 44, 10, 44, 16};
        if (!prefix.empty()) {
            ui.toggle(prefix + "log", log, "log", log_y, "logarithmic y axis (L)");
        }
        ui.text({16, 18}, spoken(group.name), Paint::ink(), Text::Anchor::start, 13,
                log.x - 16 - 10, true);
        const bool is_plain = all.size() <= 1 && source.runs().size() <= 1;
        if (is_plain) return 20;
        Point at = {16, 38};
        for (const ChartSeries& one : all) {
            const std::string name = fitted(one.name, 11, size.x - 60);
            const double width = 24 + text_width(name, 11);
            if (at.x > 16 && at.x + width > right) at = {16, at.y + 17};
            legend_entry(one, name, at, ui);
            ui.area(prefix + "series:" + one.name, {at.x - 3, at.y - 8, width + 6, 16},
                    one.hidden ? "show this curve" : "hide this curve");
            at.x += width + 14;
        }
        return at.y + 2;
    }
    static void legend_entry(const ChartSeries& one, const std::string& name, Point at, Ui& ui) {
        DrawPath swatch{{at, {at.x + 17, at.y}}};
        swatch.stroke = one.hidden ? Paint::grid() : one.paint;
        swatch.width = 2.2;
        swatch.dashed = one.dashed;
        ui.drawing.commands.emplace_back(std::move(swatch));
        ui.text({at.x + 22, at.y}, name, one.hidden ? Paint::muted() : Paint::ink());
    }

    std::set<std::string> hidden_; ///< names of series
    std::optional<PanelPlace> place_;
};

} // namespace baldwin::viz

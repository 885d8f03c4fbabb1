// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What a workspace shows, as files: the numbers of a chart as CSV, a panel as SVG.
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/svg.hpp>
#include <baldwin/viz/curve_chart.hpp>
#include <baldwin/viz/pane.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/workspace.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

namespace baldwin::viz {

/// The samples behind a chart's visible curves, one a line: "run,metric,step,value", as measured
/// (not smoothed). Steps outside of what is zoomed to are left out; a value that is not finite is
/// an empty field.
/// \cost O(samples)
inline std::string chart_csv(const Source& source, const CurveChart& chart, const ChartView& view) {
    const auto quoted = [](const std::string& text) {
        if (text.find_first_of(",\"\n") == std::string::npos) return text;
        std::string safe = "\"";
        for (const char letter : text) safe += letter == '"' ? "\"\"" : std::string(1, letter);
        return safe + "\"";
    };
    const auto runs = source.runs();
    const auto metrics = source.metrics();
    std::string csv = "run,metric,step,value\n";
    for (const ChartSeries& one : chart.series(source)) {
        if (one.hidden) continue;
        const Interval steps = view.steps.value_or(
            Interval{-std::numeric_limits<double>::max(), std::numeric_limits<double>::max()});
        const std::string name = quoted(runs[one.run]) + "," + quoted(metrics[one.metric].name);
        for (const Point point :
             source.curve({.run = one.run, .metric = one.metric, .steps = steps})) {
            if (point.x < steps.low || point.x > steps.high) continue;
            csv += name + ",";
            baldwin::detail::append_number(csv, point.x);
            csv += ",";
            if (std::isfinite(point.y)) baldwin::detail::append_number(csv, point.y);
            csv += "\n";
        }
    }
    return csv;
}

/// A panel of a workspace as SVG, of the size that it has there.
inline std::string pane_svg(const Source& source, const Pane& pane, const ChartView& view) {
    SvgOptions options;
    options.width = std::max(pane.surface.at.width, 64.0);
    options.height = std::max(pane.surface.at.height, 64.0);
    if (pane.kind == Pane::Kind::frame && pane.scene != nullptr) {
        Scene scene = *pane.scene;
        for (const auto& [panel, zoom] : pane.view.zooms) {
            if (panel >= scene.panels.size()) continue;
            scene.panels[panel].x.range = zoom.x;
            scene.panels[panel].y.range = zoom.y;
        }
        return to_svg(scene, options);
    }
    // of a still chart only the title, the legend and the curves
    CurveChart chart = pane.chart;
    return to_svg({.panels = {chart.panel(source, view, kLightTheme, options.width, true)}},
                  options);
}

/// folder/name-1.ext, -2, ...: the first that does not exist, and its folder made.
inline std::filesystem::path free_path(const std::filesystem::path& folder, std::string name,
                                       const std::string& extension) {
    std::replace_if(
        name.begin(), name.end(),
        [](char letter) { return letter == '/' || letter == ' ' || letter == ',' || letter < 33; },
        '-');
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    for (int number = 1;; ++number) {
        auto path = folder / (name + "-" + std::to_string(number) + extension);
        if (!std::filesystem::exists(path, error)) return path;
    }
}

} // namespace baldwin::viz

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// All of a source in one scene: its curves, those of one kind together, and the frames of a step.
#pragma once

#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

namespace detail {

/// What kind of number a metric is: the last word of its name, "loss" of "train_loss".
inline std::string last_word(const std::string& name) {
    const std::size_t before = name.find_last_of("_/.- ");
    return before == std::string::npos || before + 1 == name.size() ? name
                                                                    : name.substr(before + 1);
}

/// Metrics that share a coordinate system.
struct MetricGroup {
    std::string word;
    std::string unit;
    std::vector<std::size_t> metrics;
};

inline std::vector<MetricGroup> grouped(const std::vector<viz::MetricInfo>& metrics) {
    std::vector<MetricGroup> groups;
    for (std::size_t metric = 0; metric < metrics.size(); ++metric) {
        const std::string word = last_word(metrics[metric].name);
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const MetricGroup& group) {
            return group.word == word && group.unit == metrics[metric].unit;
        });
        if (same != groups.end())
            same->metrics.push_back(metric);
        else
            groups.push_back({word, metrics[metric].unit, {metric}});
    }
    return groups;
}

/// The curves of a group, of all runs.
inline Panel curve_panel(const viz::Source& source, const MetricGroup& group, std::size_t columns) {
    const auto metrics = source.metrics();
    const auto runs = source.runs();
    const std::string& first = metrics[group.metrics[0]].name;
    const std::string title = group.metrics.size() == 1 ? first : group.word;
    Panel panel{.title = title,
                .x = {.label = "step", .whole = true},
                .y = {.label = title, .unit = group.unit}};
    for (std::size_t run = 0; run < runs.size(); ++run) {
        for (const std::size_t metric : group.metrics) {
            const auto extent = source.extent(run, metric);
            if (!extent) continue;
            Curve curve{.name = metrics[metric].name};
            if (runs.size() > 1) {
                curve.name = group.metrics.size() > 1 ? runs[run] + ": " + curve.name : runs[run];
            }
            curve.at =
                source.curve({.run = run, .metric = metric, .steps = *extent, .columns = columns});
            curve.marked = curve.at.size() <= 30; // few points: show where they are
            panel.items.emplace_back(std::move(curve));
        }
    }
    return panel;
}

} // namespace detail

/// Curves of all metrics, then what the frames show at a step.
/// \param columns  pixels that a curve is drawn over, see viz::CurveQuery
inline Scene overview(viz::Source& source, std::uint64_t step, std::size_t columns) {
    Scene scene{.title = source.title()};
    for (const auto& group : detail::grouped(source.metrics())) {
        Panel panel = detail::curve_panel(source, group, columns);
        if (!panel.items.empty()) scene.panels.push_back(std::move(panel));
    }
    const auto runs = source.runs();
    for (std::size_t run = 0; run < runs.size(); ++run) {
        for (const viz::Frame& frame : source.frames(run, step)) {
            for (Panel panel : frame.scene->panels) {
                panel.title += (panel.title.empty() ? "step " : ", step ") +
                               std::to_string(frame.step) +
                               (runs.size() > 1 ? " of " + runs[run] : "");
                scene.panels.push_back(std::move(panel));
            }
        }
    }
    return scene;
}

} // namespace baldwin::app

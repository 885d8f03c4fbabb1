// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "run_scenes.hpp"

#include <baldwin/core/plot.hpp>
#include <baldwin/neuroevolution/genome.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

namespace ne = neuroevolution;

Scene fitness_scene(std::span<const ne::GenerationReport> reports) {
    const auto series = [&](std::string name, auto&& value, bool dashed) {
        Series one{.name = std::move(name), .x = {}, .y = {}, .dashed = dashed};
        for (const ne::GenerationReport& report : reports) {
            one.x.push_back(static_cast<double>(report.generation) + 1); // when it was over
            one.y.push_back(value(report));
        }
        return one;
    };
    using Report = ne::GenerationReport;
    Scene scene;
    scene.panels.push_back(curves(
        "Fitness of the population", {.label = "generation", .whole = true},
        {.label = "return of an episode"},
        {series(
             "largest", [](const Report& r) { return r.fitness.most; }, false),
         series(
             "champion", [](const Report& r) { return r.champion; }, true),
         series(
             "upper quartile", [](const Report& r) { return r.fitness.upper_quartile; }, false),
         series(
             "median", [](const Report& r) { return r.fitness.median; }, false),
         series(
             "lower quartile", [](const Report& r) { return r.fitness.lower_quartile; }, false)}));
    return scene;
}

namespace {

Point place(std::span<const float> behaviour) {
    return {behaviour[0], behaviour.size() > 1 ? behaviour[1] : 0.0};
}

std::string key_of(const ne::Genome& genome) {
    const ne::Address birth = genome.birth();
    return std::to_string(birth.generation) + "." + std::to_string(birth.child);
}

Points population_points(const ne::Batch& batch, std::span<const ne::Evaluation> results) {
    Points points{.paint = Paint::series(0), .radius = 2.5, .name = "this generation"};
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (results[i].behaviour.empty()) continue;
        points.at.push_back(place(results[i].behaviour));
        points.keys.push_back(key_of(ne::genome_of(batch, i)));
    }
    return points;
}

Points archive_points(std::span<const float> archive) {
    Points points{.paint = Paint::muted(), .radius = 1.5, .name = "archive"};
    for (std::size_t i = 0; i + 1 < archive.size(); i += 2) {
        points.at.push_back(place(archive.subspan(i, 2)));
    }
    return points;
}

} // namespace

Scene behaviour_scene(const envs::AnyEnvironment& env, const ne::Batch& batch,
                      std::span<const ne::Evaluation> results, std::span<const float> archive) {
    Scene scene;
    Panel panel{.x = {.label = "behaviour"}, .y = {.visible = false}};
    const bool is_place = env.behaviour() && env.behaviour()->at.size() == 2;
    if (is_place) panel = env.scene().panels.front();
    panel.legend = true;
    panel.title = "Where individuals end";
    panel.note = "A mark for each individual; select one to find it in the other panels.";
    if (is_place && !archive.empty()) panel.items.emplace_back(archive_points(archive));
    panel.items.emplace_back(population_points(batch, results));
    scene.panels.push_back(std::move(panel));
    return scene;
}

Scene lineage_scene(const ne::Genome& genome) {
    std::vector<Point> line;
    Points marks{.paint = Paint::series(0), .radius = 4, .name = "ancestor"};
    const auto add = [&](ne::Address birth) {
        line.push_back({static_cast<double>(birth.generation), static_cast<double>(birth.child)});
        marks.keys.push_back(std::to_string(birth.generation) + "." + std::to_string(birth.child));
    };
    add(genome.origin);
    for (const ne::Mutation& mutation : genome.mutations) add(mutation.birth);
    marks.at = line;
    Panel panel{.title = "Ancestors of the champion",
                .note = std::to_string(genome.mutations.size()) +
                        " mutations lead from the first network to it",
                .x = {.label = "generation", .whole = true},
                .y = {.label = "child of its generation", .whole = true},
                .legend = false};
    panel.items.emplace_back(Lines{.at = std::move(line), .paint = Paint::muted()});
    panel.items.emplace_back(std::move(marks));
    Scene scene;
    scene.panels.push_back(std::move(panel));
    return scene;
}

namespace {

Axis bin_axis(const char* name, const ne::BehaviourAxis& axis) {
    return {.label = std::string("behaviour ") + name, .range = Interval{axis.low, axis.high}};
}

// of the occupants; 0 to 0 where nobody is
Interval fitness_range(const ne::MapElites& algorithm) {
    std::optional<Interval> range;
    for (const auto& occupant : algorithm.occupants()) {
        if (!occupant) continue;
        const double fitness = occupant->evaluation.fitness;
        if (!range) range = Interval{fitness, fitness};
        range->low = std::min(range->low, fitness);
        range->high = std::max(range->high, fitness);
    }
    return range.value_or(Interval{0, 0});
}

// 0 .. 255 from the worst to the best occupant
std::uint8_t shade(double fitness, Interval range) {
    const double span = range.high > range.low ? range.high - range.low : 1;
    return static_cast<std::uint8_t>(std::lround(40 + 215 * (fitness - range.low) / span));
}

} // namespace

Scene elites_scene(const ne::MapElites& algorithm) {
    const auto axes = algorithm.cells().axes();
    const ne::BehaviourAxis one{0, 1, 1};
    const ne::BehaviourAxis& x = axes[0];
    const ne::BehaviourAxis& y = axes.size() > 1 ? axes[1] : one;
    const Interval range = fitness_range(algorithm);
    Image image{.low = {x.low, y.low}, .high = {x.high, y.high}};
    image.rows = y.bins;
    image.columns = x.bins;
    image.pixels.assign(image.rows * image.columns, 0);
    for (std::size_t cell = 0; cell < algorithm.occupants().size(); ++cell) {
        const auto& occupant = algorithm.occupants()[cell];
        if (!occupant) continue;
        const std::size_t at_x = axes.size() > 1 ? cell / y.bins : cell;
        const std::size_t at_y = axes.size() > 1 ? cell % y.bins : 0;
        image.pixels[(image.rows - 1 - at_y) * image.columns + at_x] =
            shade(occupant->evaluation.fitness, range);
    }
    Panel panel{.title = "Elites",
                .note = std::to_string(algorithm.filled().size()) + " of " +
                        std::to_string(algorithm.occupants().size()) +
                        " cells have one; the lighter, the fitter",
                .x = bin_axis("1", x),
                .y = bin_axis("2", y),
                .legend = false};
    panel.y.visible = axes.size() > 1;
    panel.items.emplace_back(std::move(image));
    Scene scene;
    scene.panels.push_back(std::move(panel));
    return scene;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "scenes.hpp"

#include <baldwin/core/colour.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/envs/frame_stack.hpp>
#include <baldwin/envs/maze.hpp>
#include <baldwin/envs/maze_view.hpp>
#include <baldwin/neuroevolution/genetic.hpp>
#include <baldwin/neuroevolution/scenes.hpp>
#include <baldwin/neuroevolution/strategy.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace baldwin::app {

namespace ne = neuroevolution;

void FitnessHistory::add(const ne::GenerationReport& report) {
    const ne::FitnessSummary& f = report.fitness;
    rows_.insert(rows_.end(), {static_cast<double>(report.generation), f.most, f.upper_quartile,
                               f.median, f.lower_quartile, f.least, report.champion});
}

Panel FitnessHistory::panel() const {
    struct Line {
        const char* name;
        std::size_t column;
        Paint paint;
        bool dashed;
    };
    const std::array<Line, 5> lines = {{{"elite", 6, Paint::good(), false},
                                        {"largest", 1, Paint::series(0), false},
                                        {"upper quartile", 2, Paint::muted(), true},
                                        {"median", 3, Paint::series(1), false},
                                        {"lower quartile", 4, Paint::muted(), true}}};
    Panel panel;
    panel.title = "Fitness";
    panel.x = {.label = "generation", .whole = true};
    panel.y = {.label = "return"};
    for (const Line& line : lines) {
        Curve curve{.name = line.name, .paint = line.paint, .dashed = line.dashed};
        for (std::size_t row = 0; row < rows_.size(); row += kColumns) {
            curve.at.push_back({rows_[row] + 1, rows_[row + line.column]});
        }
        curve.marked = size() == 1;
        panel.items.emplace_back(std::move(curve));
    }
    return panel;
}

void FitnessHistory::save(SafetensorsWriter& out) const {
    if (!rows_.empty()) out.add("run.fitness", std::span<const double>(rows_));
}

void FitnessHistory::restore(const SafetensorsFile& in) {
    rows_.clear();
    if (!in.contains("run.fitness")) return;
    const auto values = in.values<double>("run.fitness");
    rows_.assign(values.begin(), values.end());
}

std::string key_of(const ne::Address& address) {
    return std::to_string(address.generation) + "." + std::to_string(address.child);
}

namespace {

const envs::Maze* maze_of(const envs::AnyEnvironment& env) {
    if (const auto* maze = env.get<envs::Maze>()) return maze;
    const auto* stack = env.get<envs::FrameStack<envs::MazeView>>();
    return stack == nullptr ? nullptr : &stack->inner().maze();
}

void set_axes(Panel& panel, const envs::AnyEnvironment& env, std::size_t dimensions) {
    if (const envs::Maze* maze = maze_of(env)) {
        maze->draw_map(panel);
        panel.equal = true;
        panel.x.visible = panel.y.visible = false;
        panel.x.range = maze->map().extent(&envs::MazePoint::x);
        panel.y.range = maze->map().extent(&envs::MazePoint::y);
        panel.y.reversed = true;
        return;
    }
    panel.x.label = dimensions > 1 ? "behaviour, first number" : "behaviour";
    panel.y.label = dimensions > 1 ? "behaviour, second number" : "return";
}

} // namespace

std::optional<Panel> behaviour_panel(const Population& population, std::span<const float> archive,
                                     const envs::AnyEnvironment& env) {
    if (population.results.empty() || population.results[0].behaviour.empty()) return std::nullopt;
    const std::size_t dimensions = population.results[0].behaviour.size();
    Panel panel;
    panel.title = kBehavioursTitle;
    panel.note = "Where each individual of generation " +
                 std::to_string(population.batch.generation + 1) + " ended";
    set_axes(panel, env, dimensions);
    if (dimensions > 1 && !archive.empty()) {
        Points old{.paint = Paint::muted(), .radius = 1.5, .name = "archive"};
        for (std::size_t i = 0; i + dimensions <= archive.size(); i += dimensions) {
            old.at.push_back(ne::place_of(archive.subspan(i, dimensions), 0));
        }
        panel.items.emplace_back(std::move(old));
    }
    Points now{.paint = Paint::series(0), .radius = 2.5, .name = "population"};
    for (std::size_t i = 0; i < population.results.size(); ++i) {
        const ne::Evaluation& one = population.results[i];
        now.at.push_back(ne::place_of(one.behaviour, one.fitness));
        now.keys.push_back(key_of(ne::genome_of(population.batch, i).birth()));
    }
    panel.items.emplace_back(std::move(now));
    return panel;
}

namespace {

// addresses from the first to the last
std::vector<ne::Address> path_of(const ne::Genome& genome) {
    std::vector<ne::Address> path = {genome.origin};
    for (const ne::Mutation& mutation : genome.mutations) path.push_back(mutation.birth);
    return path;
}

// the lineages of a population as lines that share their common part
class Tree {
public:
    explicit Tree(Panel& panel, std::size_t population)
        : panel_(panel), width_(static_cast<double>(std::max<std::size_t>(population, 2) - 1)) {}

    void add(const ne::Genome& genome, const Paint& paint, double width) {
        const auto path = path_of(genome);
        Points births{.paint = paint, .radius = width + 1};
        for (std::size_t i = 0; i < path.size(); ++i) {
            const std::string key = key_of(path[i]);
            if (i > 0 && drawn_.insert(key_of(path[i - 1]) + "-" + key + layer_of(width)).second) {
                panel_.items.emplace_back(
                    Lines{.at = {at(path[i - 1]), at(path[i])}, .paint = paint, .width = width});
            }
            births.at.push_back(at(path[i]));
            births.keys.push_back(key);
        }
        panel_.items.emplace_back(std::move(births));
    }

private:
    static std::string layer_of(double width) { return width > 1 ? "!" : ""; }
    [[nodiscard]] Point at(const ne::Address& birth) const {
        return {birth.child / width_, birth.generation + 1.0};
    }

    Panel& panel_;
    double width_;
    std::set<std::string> drawn_;
};

} // namespace

std::optional<Panel> family_panel(std::span<const ne::Parent> parents, const ne::Genome& elite,
                                  std::size_t population) {
    if (elite.base) return std::nullopt;
    Panel panel;
    panel.title = "Family of the elite";
    panel.note = "Each line is a mutation, from parent to child; the elite's are thick";
    panel.x = {.label = "number of the child, as a share of the population",
               .range = Interval{-0.02, 1.02}};
    panel.y = {.label = "generation", .whole = true, .reversed = true};
    Tree tree(panel, population);
    for (const ne::Parent& parent : parents) tree.add(parent.genome, Paint::muted(), 1);
    tree.add(elite, Paint::good(), 2.5);
    return panel;
}

std::span<const float> archive_of(const ne::Algorithm& algorithm) {
    if (const auto* ga = dynamic_cast<const ne::GeneticAlgorithm*>(&algorithm)) {
        return ga->archive().points();
    }
    if (const auto* es = dynamic_cast<const ne::EvolutionStrategy*>(&algorithm)) {
        return es->archive().points();
    }
    return {};
}

std::vector<NamedScene> evolution_scenes(const FitnessHistory& history,
                                         const ne::Algorithm& algorithm,
                                         const Population& population,
                                         const envs::AnyEnvironment& env) {
    const std::string title = std::string(algorithm.name()) + ", generation " +
                              std::to_string(algorithm.progress().generation);
    std::vector<NamedScene> scenes;
    const auto add = [&](const char* name, std::optional<Panel> panel) {
        if (panel) scenes.push_back({name, {.title = title, .panels = {std::move(*panel)}}});
    };
    if (history.size() > 0) add("fitness", history.panel());
    add("behaviours", behaviour_panel(population, archive_of(algorithm), env));
    if (const auto* map = dynamic_cast<const ne::MapElites*>(&algorithm)) {
        add("elites", ne::elites_panel(*map));
    }
    const auto* ga = dynamic_cast<const ne::GeneticAlgorithm*>(&algorithm);
    if (ga != nullptr && algorithm.champion()) {
        add("family", family_panel(ga->parents(), algorithm.champion()->individual.genome,
                                   algorithm.config().population));
    }
    return scenes;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Exhibits of neuroevolution: an arm that reaches around a wall by novelty and not by reward, and
/// the repertoire that MAP-Elites gathers of its poses.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/colour.hpp>
#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/cells.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/detail/arm.hpp>
#include <baldwin/neuroevolution/evaluation.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/genetic.hpp>
#include <baldwin/neuroevolution/genome.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>
#include <baldwin/neuroevolution/map_elites.hpp>
#include <baldwin/neuroevolution/scenes.hpp>
#include <baldwin/neuroevolution/start.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

namespace detail {

/// A generation from nothing: what an exhibit keeps is the algorithm alone, a value.
inline EvaluatedBatch run_generation(Algorithm& algorithm, const PlanarArm& arm,
                                     const Fitness& fitness) {
    LocalEngine engine(Decoder(arm.layout(), StartRule::layout), fitness);
    Evolution evolution(algorithm, engine);
    while (evolution.step() != Evolution::Step::generation) continue;
    return evolution.population();
}

inline std::vector<Point> pose_of(const PlanarArm& arm, const Genome& genome) {
    return arm.pose(Decoder(arm.layout(), StartRule::layout).decode(genome));
}

inline Episode arm_episode(Point tip, double fitness) {
    Episode episode;
    episode.fitness = fitness;
    episode.behaviour = {static_cast<float>(tip.x), static_cast<float>(tip.y)};
    return episode;
}

/// The arm as a line with its joints.
inline void draw_arm(Panel& panel, const std::vector<Point>& pose, const Paint& paint,
                     const std::string& name) {
    panel.items.emplace_back(Lines{.at = pose, .paint = paint, .width = 2.5});
    panel.items.emplace_back(Points{.at = pose, .paint = paint, .radius = 3.5, .name = name});
}

} // namespace detail

/// A search for a target behind a wall: an arm of twelve joints is stopped by what it meets.
class ReachingSearch {
public:
    static constexpr Point kTarget{0.7, 0};
    static constexpr double kTolerance = 0.05; ///< the tip is at the target

    /// \param sigma  mutation power, radians
    ReachingSearch(std::uint64_t seed, Selection selection, double sigma)
        : algorithm_(config(seed, selection, sigma)) {
        step();
    }

    /// A generation of 200 arms; nothing once the target is reached.
    void step() {
        if (algorithm_.is_over()) return;
        last_ = detail::run_generation(algorithm_, arm(), each_episode(reach));
        closest_.push_back({static_cast<double>(closest_.size() + 1), closest()});
    }
    [[nodiscard]] const GeneticAlgorithm& algorithm() const noexcept { return algorithm_; }
    /// Least distance of a tip from the target so far.
    [[nodiscard]] double closest() const { return -algorithm_.champion()->fitness; }
    /// closest() over the generations.
    [[nodiscard]] const std::vector<Point>& history() const noexcept { return closest_; }
    [[nodiscard]] Panel panel(std::string title) const;

private:
    static const detail::PlanarArm& arm() {
        static const detail::PlanarArm kArm(
            12, 1.5,
            {{{0.12, 0.3}, {0.4, 0.3}}, {{0.4, 0.3}, {0.4, -0.3}}, {{0.4, -0.3}, {0.12, -0.3}}});
        return kArm;
    }
    static Episode reach(const Candidate& candidate, std::uint64_t /*seed*/) {
        const Point tip = arm().pose(candidate.theta).back();
        return detail::arm_episode(tip, -std::hypot(tip.x - kTarget.x, tip.y - kTarget.y));
    }
    static GaConfig config(std::uint64_t seed, Selection selection, double sigma) {
        return {.run = {.seed = seed,
                        .population = 200,
                        .generations = std::numeric_limits<std::uint32_t>::max(),
                        .target = -kTolerance},
                .sigma = {.first = sigma},
                .selection = selection};
    }

    GeneticAlgorithm algorithm_;
    EvaluatedBatch last_;
    std::vector<Point> closest_;
};

inline Panel ReachingSearch::panel(std::string title) const {
    Panel panel{.title = std::move(title),
                .note = "generation " + std::to_string(closest_.size()) + ": " +
                        (algorithm_.is_over() ? "the target is reached"
                                              : fixed_text(closest(), 2) + " from the target"),
                .x = {.label = "x", .range = Interval{-1.55, 1.55}},
                .y = {.label = "y", .range = Interval{-1.55, 1.55}}};
    panel.equal = true;
    for (const detail::Wall& wall : arm().walls()) {
        panel.items.emplace_back(Lines{.at = {wall.from, wall.to}, .width = 4});
    }
    Points archive{.paint = Paint::muted(), .radius = 2, .name = "archive"};
    const auto known = algorithm_.archive().points();
    for (std::size_t i = 0; i + 1 < known.size(); i += 2) {
        archive.at.push_back({known[i], known[i + 1]});
    }
    if (!archive.at.empty()) panel.items.emplace_back(std::move(archive));
    Points tips{.paint = Paint::series(0), .radius = 2.5, .name = "tips of the generation"};
    for (const Evaluation& one : last_.results) tips.at.push_back(place_of(one.behaviour, 0));
    panel.items.emplace_back(std::move(tips));
    detail::draw_arm(panel, detail::pose_of(arm(), algorithm_.champion()->individual.genome),
                     Paint::series(1), "closest so far");
    panel.items.emplace_back(
        Points{.at = {kTarget}, .paint = Paint::good(), .radius = 6, .name = "target"});
    return panel;
}

/// MAP-Elites on the poses of a free arm of reach 1: for each place that the tip can be at, the
/// pose whose angles differ least. \paper Vassiliades et al. 2018, the arm repertoire
class ArmRepertoire {
public:
    static constexpr std::uint32_t kBins = 24; ///< cells to a side of the square [-1, 1]^2
    static constexpr const char* kMap = "A pose for each place of the tip";

    /// \param joints  >= 1
    /// \param sigma   mutation power, radians
    ArmRepertoire(std::uint64_t seed, std::size_t joints, double sigma)
        : arm_(joints, 1), map_(config(seed, sigma)) {
        step();
    }

    /// A generation of 200 poses.
    void step() {
        const auto even = [this](const Candidate& candidate, std::uint64_t /*seed*/) {
            return detail::arm_episode(arm_.pose(candidate.theta).back(), -spread(candidate.theta));
        };
        detail::run_generation(map_, arm_, each_episode(even));
        const double generation = map_.progress().generation;
        coverage_.push_back({generation, 100 * map_.coverage()});
        const auto filled = static_cast<double>(map_.filled().size());
        spread_.push_back({generation, std::sqrt(-map_.qd_score() / filled)});
    }
    /// The pose of the cell at the pointer is shown from here on.
    void point(const Pointer& pointer) {
        if (pointer.panel == kMap) shown_ = {pointer.x, pointer.y};
    }
    [[nodiscard]] const MapElites& map() const noexcept { return map_; }
    /// The joints of the pose that is shown; nothing where its cell is empty.
    [[nodiscard]] std::optional<std::vector<Point>> shown_pose() const {
        const std::array<float, 2> tip = {static_cast<float>(shown_.x),
                                          static_cast<float>(shown_.y)};
        const auto& occupant = map_.occupants()[map_.cells().cell_of(tip)];
        if (!occupant) return std::nullopt;
        return detail::pose_of(arm_, occupant->individual.genome);
    }
    [[nodiscard]] Scene scene() const;

private:
    /// Variance of the angles, radians squared.
    static double spread(std::span<const float> angles) {
        const auto count = static_cast<double>(angles.size());
        const double mean = std::accumulate(angles.begin(), angles.end(), 0.0) / count;
        double sum = 0;
        for (const float angle : angles) sum += (angle - mean) * (angle - mean);
        return sum / count;
    }
    static MapElitesConfig config(std::uint64_t seed, double sigma) {
        constexpr BehaviourAxis kAxis{-1, 1, kBins};
        return {.run = {.seed = seed,
                        .population = 200,
                        .generations = std::numeric_limits<std::uint32_t>::max()},
                .cells = Cells::grid({kAxis, kAxis}),
                .sigma = {.first = sigma}};
    }

    detail::PlanarArm arm_;
    MapElites map_;
    std::vector<Point> coverage_; // (generation, %)
    std::vector<Point> spread_;   // (generation, radians)
    Point shown_ = {0.4, 0.5};
};

inline Scene ArmRepertoire::scene() const {
    Panel map = elites_panel(map_, false);
    map.title = kMap;
    map.note = "dark: even angles; point at a cell to see its pose";
    map.x = {.label = "x of the tip", .range = Interval{-1, 1}};
    map.y = {.label = "y of the tip", .range = Interval{-1, 1}};
    map.equal = true;
    map.height = 2;
    if (const auto pose = shown_pose()) {
        detail::draw_arm(map, *pose, Paint::series(1), "pose of the cell");
    }
    const auto curve = [](std::string title, Axis y, const std::vector<Point>& at) {
        Panel panel{.title = std::move(title),
                    .x = {.label = "generation", .whole = true},
                    .y = std::move(y),
                    .legend = false};
        panel.items.emplace_back(Curve{.name = "now", .at = at, .marked = at.size() == 1});
        return panel;
    };
    return {.panels = {std::move(map),
                       curve("Cells filled", {.label = "share of all", .unit = "%"}, coverage_),
                       curve("Unevenness", {.label = "deviation of the angles", .unit = "rad"},
                             spread_)},
            .columns = 3};
}

/// The GA by reward beside the GA by novelty.
[[nodiscard]] inline Exhibit novelty_exhibit() {
    using Pair = std::array<ReachingSearch, 2>;
    return make_exhibit<Pair>(
        {.category = "neuroevolution",
         .name = "novelty search",
         .summary = "An arm must reach around a wall: reward leads into the trap, novelty out.",
         .parameters = {{.name = "sigma",
                         .value = 0.1,
                         .low = 0.01,
                         .high = 1,
                         .unit = "rad",
                         .help = "mutation power; at the next restart"}}},
        [](std::uint64_t seed, Exhibit::Values values) {
            return Pair{ReachingSearch(seed, Selection::fitness, values[0]),
                        ReachingSearch(seed, Selection::novelty, values[0])};
        },
        [](Pair& pair, Exhibit::Values) {
            for (ReachingSearch& search : pair) search.step();
        },
        [](const Pair& pair) {
            Panel closest{.title = "Closest so far",
                          .x = {.label = "generation", .whole = true},
                          .y = {.label = "distance of the tip from the target"}};
            closest.items.emplace_back(Curve{.name = "by reward", .at = pair[0].history()});
            closest.items.emplace_back(Curve{.name = "by novelty", .at = pair[1].history()});
            return Scene{.panels = {pair[0].panel("Selected by reward"),
                                    pair[1].panel("Selected by novelty"), std::move(closest)},
                         .columns = 3};
        });
}

/// MAP-Elites fills a grid of places with poses.
[[nodiscard]] inline Exhibit repertoire_exhibit() {
    return make_exhibit<ArmRepertoire>(
        {.category = "neuroevolution",
         .name = "map-elites",
         .summary = "MAP-Elites gathers a pose of an arm for every place that its tip can be at.",
         .parameters = {{.name = "joints",
                         .value = 8,
                         .low = 2,
                         .high = 32,
                         .step = 1,
                         .help = "of the arm; at the next restart"},
                        {.name = "sigma",
                         .value = 0.2,
                         .low = 0.01,
                         .high = 2,
                         .unit = "rad",
                         .help = "mutation power; at the next restart"}}},
        [](std::uint64_t seed, Exhibit::Values values) {
            return ArmRepertoire(seed, static_cast<std::size_t>(values[0]), values[1]);
        },
        [](ArmRepertoire& repertoire, Exhibit::Values) { repertoire.step(); },
        [](const ArmRepertoire& repertoire) { return repertoire.scene(); },
        [](ArmRepertoire& repertoire, const Pointer& pointer) { repertoire.point(pointer); });
}

/// Adds neuroevolution's exhibits.
/// \throws std::invalid_argument if they are there already
inline void register_exhibits(Registry& registry) {
    registry.add(novelty_exhibit());
    registry.add(repertoire_exhibit());
}

} // namespace baldwin::neuroevolution

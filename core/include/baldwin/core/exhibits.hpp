// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Core's own exhibits: optimisers on a surface of four valleys, and a small network that learns
/// to tell two spirals apart. Both run the code that training runs.
///
/// Not in core.hpp: it compiles the evaluation of networks, unless extern_network.hpp is included
/// too.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/colour.hpp>
#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/initialise.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/core/nn/activation.hpp>
#include <baldwin/core/nn/affine.hpp>
#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/nn/sequence.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ops/elementwise.hpp>
#include <baldwin/core/ops/loss.hpp>
#include <baldwin/core/ops/rows.hpp>
#include <baldwin/core/optim.hpp>
#include <baldwin/core/parameters.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/tape.hpp>
#include <baldwin/core/tensor.hpp>
#include <baldwin/core/value.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin {

namespace detail {

// -- descent ----------------------------------------------------------------------------------

/// Himmelblau's function: four minima of value 0 and saddles between them.
inline double valley_height(Point at) {
    const double a = at.x * at.x + at.y - 11;
    const double b = at.x + at.y * at.y - 7;
    return a * a + b * b;
}
inline std::array<double, 2> valley_slope(Point at) {
    const double a = at.x * at.x + at.y - 11;
    const double b = at.x + at.y * at.y - 7;
    return {4 * at.x * a + 2 * b, 2 * a + 4 * at.y * b};
}

inline constexpr Interval kValleys = {-5.5, 5.5}; ///< of x and y shown

/// The surface as a picture, dark in the valleys; made once.
inline const Image& valley_picture() {
    static const Image kPicture = [] {
        constexpr std::size_t kSide = 110;
        Image image{.low = {kValleys.low, kValleys.low}, .high = {kValleys.high, kValleys.high}};
        image.rows = image.columns = kSide;
        image.channels = 3;
        const double pitch = (kValleys.high - kValleys.low) / kSide;
        for (std::size_t row = 0; row < kSide; ++row) {
            for (std::size_t column = 0; column < kSide; ++column) {
                const Point at = {kValleys.low + (static_cast<double>(column) + 0.5) * pitch,
                                  kValleys.high - (static_cast<double>(row) + 0.5) * pitch};
                // contour bands of equal ratios: heights span five decades
                const double level = std::floor(4 * std::log10(1 + valley_height(at))) / 13;
                const Colour colour = sequential(1 - level);
                image.pixels.insert(image.pixels.end(), {colour.red, colour.green, colour.blue});
            }
        }
        return image;
    }();
    return kPicture;
}

/// One optimiser on its way down.
struct Descender {
    std::string name;
    OptimiserOptions options;
    Optimiser<double> optimiser;
    std::vector<Point> path;
    std::vector<double> heights = {};

    Descender(std::string called, const OptimiserOptions& rule, Point start)
        : name(std::move(called)), options(rule),
          optimiser(layout(), rule), path{start}, heights{valley_height(start)} {}

    static Layout layout() {
        Layout two;
        two.add({.name = "place", .shape = {2}, .offset = 0, .layer = "place", .initialiser = {}});
        return two;
    }
    /// Goes on under another rule of the same kind with the moments gathered so far.
    void follow(const OptimiserOptions& rule) {
        Optimiser<double> next(layout(), rule);
        next.resume_at(optimiser.steps());
        auto to = next.state();
        const auto from = optimiser.state();
        for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
            std::copy(from[i].values.begin(), from[i].values.end(), to[i].values.begin());
        }
        options = rule;
        optimiser = std::move(next);
    }
    void step(double rate) {
        const Point at = path.back();
        // what ran away stays where it was last seen
        if (!std::isfinite(at.x) || std::abs(at.x) + std::abs(at.y) > 1e3) return;
        std::array<double, 2> place = {at.x, at.y};
        const std::array<double, 2> slope = valley_slope(at);
        optimiser.step(place, slope, rate);
        path.push_back({place[0], place[1]});
        heights.push_back(valley_height(path.back()));
    }
};

using Descent = std::vector<Descender>;

inline Descent start_descent(std::uint64_t seed, Exhibit::Values values) {
    const Stream draws(seed, 0);
    const Point start = {10 * draws.uniform(0) - 5, 10 * draws.uniform(1) - 5};
    return {Descender("SGD", {.rule = Sgd{.momentum = 0}}, start),
            Descender("SGD with momentum", {.rule = Sgd{.momentum = values[1]}}, start),
            Descender("Adam", {.rule = Adam{}}, start)};
}
inline void step_descent(Descent& descent, Exhibit::Values values) {
    auto& momentum = std::get<Sgd>(descent[1].options.rule);
    if (momentum.momentum != values[1]) descent[1].follow({.rule = Sgd{.momentum = values[1]}});
    descent[0].step(values[0]);
    descent[1].step(values[0]);
    descent[2].step(values[2]);
}
inline Scene descent_scene(const Descent& descent) {
    Panel map{.title = "The surface and three ways down",
              .note = "dark: low; Himmelblau's function has four minima of height 0",
              .x = {.label = "first parameter", .range = kValleys},
              .y = {.label = "second parameter", .range = kValleys}};
    map.equal = true;
    map.items.emplace_back(valley_picture());
    Panel fall{.title = "Height", .x = {.label = "update"}, .y = {.label = "height"}};
    fall.y.scale = Axis::Scale::log;
    for (std::size_t i = 0; i < descent.size(); ++i) {
        const Descender& one = descent[i];
        const Paint paint = Paint::series(std::array<std::size_t, 3>{1, 2, 4}[i]);
        map.items.emplace_back(Lines{.at = one.path, .paint = paint, .width = 2, .key = one.name});
        map.items.emplace_back(Points{.at = {one.path.back()},
                                      .paint = paint,
                                      .radius = 6,
                                      .name = one.name,
                                      .keys = {one.name}});
        Curve curve{.name = one.name, .paint = paint, .key = one.name};
        for (std::size_t k = 0; k < one.heights.size(); ++k) {
            curve.at.push_back({static_cast<double>(k), std::max(one.heights[k], 1e-12)});
        }
        fall.items.emplace_back(std::move(curve));
    }
    return {.panels = {std::move(map), std::move(fall)}, .columns = 2};
}

inline Exhibit descent_exhibit() {
    return make_exhibit<Descent>(
        {.category = "learning",
         .name = "descent",
         .summary = "Three optimisers look for a minimum from the same start.",
         .parameters = {{.name = "learning rate of SGD",
                         .value = 0.005,
                         .low = 0.0001,
                         .high = 0.05,
                         .help = "step along the slope; both kinds of SGD"},
                        {.name = "momentum",
                         .value = 0.9,
                         .low = 0,
                         .high = 0.99,
                         .help = "share of the last step that is made again"},
                        {.name = "learning rate of Adam",
                         .value = 0.1,
                         .low = 0.001,
                         .high = 1,
                         .help = "about the length of a step"}}},
        start_descent, step_descent, descent_scene);
}

// -- spirals ----------------------------------------------------------------------------------

/// A network of two inputs and two answers on its way to telling two spirals apart.
struct SpiralLearner {
    static constexpr std::size_t kPoints = 120; ///< of each spiral
    static constexpr double kReach = 1.25;      ///< of the plane shown, to both sides
    static constexpr int kUpdates = 4;          ///< a step: it learns while one watches

    std::vector<float> places;        ///< shape (2 kPoints, 2), one spiral after the other
    std::vector<std::int32_t> labels; ///< shape (2 kPoints)
    nn::Network network;
    AlignedVector<float> theta;
    Optimiser<float> optimiser;
    std::vector<Point> losses = {}; ///< (update, nats)

    explicit SpiralLearner(std::uint64_t seed, double noise)
        : network(nn::parse("linear 24, tanh, linear 24, tanh, linear 2"), Shape{2}),
          theta(network.parameters().size()), optimiser(network.parameters(), {.rule = Adam{}}) {
        const Stream draws(seed, 1);
        for (std::size_t i = 0; i < 2 * kPoints; ++i) {
            const double along = static_cast<double>(i % kPoints) / kPoints;
            const double angle =
                3.2 * std::numbers::pi * along + (i < kPoints ? 0 : std::numbers::pi);
            const double radius = 0.1 + 0.95 * along;
            const auto index = 2 * static_cast<std::uint64_t>(i);
            places.push_back(
                static_cast<float>(radius * std::cos(angle) + noise * draws.normal(index)));
            places.push_back(
                static_cast<float>(radius * std::sin(angle) + noise * draws.normal(index + 1)));
            labels.push_back(i < kPoints ? 0 : 1);
        }
        initialise(network.parameters(), std::span<float>(theta), Stream(seed, 2));
    }

    void step(double rate) {
        const double loss = update(rate);
        losses.push_back({kUpdates * static_cast<double>(losses.size()), loss});
        for (int i = 1; i < kUpdates; ++i) update(rate);
    }
    /// \return the loss before it, nats
    double update(double rate) {
        Tape<float> tape;
        const Value x = tape.leaf(TensorView<const float>(places.data(), {2 * kPoints, 2}));
        const Value parameters = tape.leaf(std::span<const float>(theta));
        const Value y = network(tape, parameters, x, {.mode = nn::Mode::training});
        const Value loss = cross_entropy(tape, y, std::span<const std::int32_t>(labels));
        std::vector<float> gradient(theta.size());
        tape.backward({{loss}}, {{parameters, std::span<float>(gradient)}});
        optimiser.step(theta, gradient, rate);
        return tape.item(loss);
    }
    /// Probability of the second spiral at points, shape (n, 2).
    [[nodiscard]] std::vector<float> answers(std::span<const float> at) const {
        Tape<float> tape;
        tape.set_recording(false);
        const Value x = tape.leaf(TensorView<const float>(at.data(), {at.size() / 2, 2}));
        const Value y = softmax(tape, network(tape, tape.leaf(std::span<const float>(theta)), x));
        std::vector<float> second;
        for (std::size_t i = 0; i < at.size() / 2; ++i) {
            second.push_back(tape[y].values()[2 * i + 1]);
        }
        return second;
    }
};

/// What the network would say all over the plane: blue for the first, rust for the second.
inline Image spiral_surface(const SpiralLearner& learner) {
    constexpr std::size_t kSide = 72;
    constexpr double kReach = SpiralLearner::kReach;
    std::vector<float> at;
    for (std::size_t i = 0; i < kSide * kSide; ++i) {
        const double column = (static_cast<double>(i % kSide) + 0.5) / kSide;
        const double row = (static_cast<double>(i / kSide) + 0.5) / kSide;
        at.push_back(static_cast<float>(kReach * (2 * column - 1)));
        at.push_back(static_cast<float>(kReach * (1 - 2 * row)));
    }
    Image image{.low = {-kReach, -kReach}, .high = {kReach, kReach}};
    image.rows = image.columns = kSide;
    image.values = learner.answers(at);
    // the full colours belong to the points
    for (float& value : image.values) value = 2 * value - 1;
    image.limit = 1.6;
    return image;
}

inline Scene spiral_scene(const SpiralLearner& learner) {
    constexpr Interval kShown = {-SpiralLearner::kReach, SpiralLearner::kReach};
    Panel plane{.title = "What the network says, everywhere",
                .x = {.label = "first input", .range = kShown},
                .y = {.label = "second input", .range = kShown}};
    plane.equal = true;
    plane.items.emplace_back(spiral_surface(learner));
    for (const std::size_t spiral : {0U, 1U}) {
        Points points{.paint = Paint::fixed(spiral == 0 ? diverging(-0.9) : diverging(0.8)),
                      .radius = 3.2,
                      .name = spiral == 0 ? "first spiral" : "second spiral"};
        for (std::size_t i = 0; i < SpiralLearner::kPoints; ++i) {
            const std::size_t k = 2 * (spiral * SpiralLearner::kPoints + i);
            points.at.push_back({learner.places[k], learner.places[k + 1]});
        }
        plane.items.emplace_back(std::move(points));
    }
    const auto answers = learner.answers(learner.places);
    std::size_t right = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        right += (answers[i] > 0.5F) == (learner.labels[i] == 1) ? 1 : 0;
    }
    plane.note = std::to_string(right) + " of " + std::to_string(answers.size()) + " points right";
    Panel loss{.title = "Loss",
               .x = {.label = "update"},
               .y = {.label = "cross-entropy", .unit = "nats"},
               .legend = false};
    loss.y.scale = Axis::Scale::log;
    loss.items.emplace_back(Curve{.name = "loss", .at = learner.losses});
    return {.panels = {std::move(plane), std::move(loss)}, .columns = 2};
}

inline Exhibit spiral_exhibit() {
    return make_exhibit<SpiralLearner>(
        {.category = "learning",
         .name = "spirals",
         .summary = "A network of two layers of 24 tanh units learns to tell two spirals apart.",
         .parameters = {{.name = "learning rate",
                         .value = 0.01,
                         .low = 0.0001,
                         .high = 0.1,
                         .help = "of Adam"},
                        {.name = "noise",
                         .value = 0.03,
                         .low = 0,
                         .high = 0.2,
                         .help =
                             "deviation of the points from their spirals; at the next restart"}}},
        [](std::uint64_t seed, Exhibit::Values values) { return SpiralLearner(seed, values[1]); },
        [](SpiralLearner& learner, Exhibit::Values values) { learner.step(values[0]); },
        spiral_scene);
}

} // namespace detail

/// Adds core's exhibits.
inline void register_exhibits(Registry& registry) {
    registry.add(detail::descent_exhibit());
    registry.add(detail::spiral_exhibit());
}

} // namespace baldwin

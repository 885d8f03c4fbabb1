// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// MountainCar, with three forces and with a continuous one: an engine too weak for the hill.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/detail/sketch.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace baldwin::envs {

namespace detail {

/// What both cars share: the valley, the start and the picture.
class Valley {
public:
    static constexpr double kLeft = -1.2;
    static constexpr double kRight = 0.6;
    static constexpr double kTopSpeed = 0.07;

    [[nodiscard]] static Space observation_space() {
        return Box{{2},
                   {static_cast<float>(kLeft), static_cast<float>(-kTopSpeed)},
                   {static_cast<float>(kRight), static_cast<float>(kTopSpeed)}};
    }
    std::span<const float> reset(std::uint64_t seed) {
        random_ = NumpyGenerator(seed);
        return reset();
    }
    std::span<const float> reset() {
        position = random_.uniform(-0.6, -0.4);
        speed = 0;
        farthest = position;
        episode.begin();
        return observe();
    }
    /// One step with an acceleration; the left wall stops the car.
    void move(double acceleration) {
        speed += acceleration - 0.0025 * std::cos(3 * position);
        speed = std::clamp(speed, -kTopSpeed, kTopSpeed);
        position = std::clamp(position + speed, kLeft, kRight);
        if (position == kLeft && speed < 0) speed = 0;
    }
    std::span<const float> observe() {
        farthest = std::max(farthest, position);
        observation_ = {static_cast<float>(position), static_cast<float>(speed)};
        return observation_;
    }
    /// The point is the largest position of the episode.
    [[nodiscard]] Behaviour behaviour(double goal) const {
        const double left = std::max(0.0, goal - farthest);
        return {{static_cast<float>(farthest)}, std::max(0.0, goal - position), left, left == 0};
    }
    [[nodiscard]] Scene scene(double goal) const {
        const auto height = [](double x) { return 0.45 * std::sin(3 * x) + 0.55; };
        Panel panel = stage("Mountain car",
                            "The engine is too weak: swing back to gain speed. Speed " +
                                rounded(speed, 3) + " per step",
                            {kLeft - 0.1, kRight + 0.1}, {-0.05, 1.35});
        Lines hill{.paint = Paint::muted(), .width = 2};
        for (int i = 0; i <= 72; ++i) {
            const double x = kLeft + (kRight - kLeft) * i / 72;
            hill.at.push_back({x, height(x)});
        }
        panel.items.emplace_back(std::move(hill));
        const double base = height(goal);
        panel.items.emplace_back(
            Lines{.at = {{goal, base}, {goal, base + 0.25}}, .paint = Paint::ink(), .width = 2});
        panel.items.emplace_back(Polygon{
            .corners = {{goal, base + 0.25}, {goal + 0.12, base + 0.2}, {goal, base + 0.15}},
            .fill = Paint::good()});
        panel.items.emplace_back(disc({position, height(position) + 0.05}, 0.05, Paint::series(0)));
        return scene_of(std::move(panel));
    }

    double position = 0; ///< along x
    double speed = 0;    ///< of x, per step
    double farthest = 0; ///< largest position of the episode
    Episode episode;

private:
    std::array<float, 2> observation_{};
    NumpyGenerator random_;
};

} // namespace detail

/// Gymnasium's MountainCar-v0 without its limit of 200 steps.
///
/// Observation: position in [-1.2, 0.6] and speed in [-0.07, 0.07]. Actions: 0 pushes left, 1 not
/// at all, 2 right. Reward -1 for each step. It ends at position 0.5. The behaviour is the largest
/// position reached.
/// \paper Moore 1990, "Efficient memory-based learning for robot control"
class MountainCar {
public:
    static constexpr std::string_view kName = "envs::MountainCar";

    [[nodiscard]] static Space observation_space() { return detail::Valley::observation_space(); }
    [[nodiscard]] static Space action_space() { return Discrete{3}; }
    std::span<const float> reset(std::uint64_t seed) { return car_.reset(seed); }
    std::span<const float> reset() { return car_.reset(); }

    Outcome step(const Action& action) {
        const double push = static_cast<double>(action.choice(3, kName)) - 1;
        car_.episode.expect_running(kName);
        car_.move(push * 0.001);
        const bool there = car_.position >= kGoal && car_.speed >= 0;
        car_.episode.end_if(there);
        return {car_.observe(), -1, there, false};
    }

    [[nodiscard]] Scene scene() const { return car_.scene(kGoal); }
    [[nodiscard]] std::optional<Behaviour> behaviour() const { return car_.behaviour(kGoal); }

private:
    static constexpr double kGoal = 0.5;

    detail::Valley car_;
};

/// Gymnasium's MountainCarContinuous-v0 without its limit of 999 steps.
///
/// As MountainCar, with one number as action: the force, clipped to [-1, 1]. Reward 100 at the end,
/// at position 0.45, minus 0.1 times the square of the action as it was given.
class MountainCarContinuous {
public:
    static constexpr std::string_view kName = "envs::MountainCarContinuous";

    [[nodiscard]] static Space observation_space() { return detail::Valley::observation_space(); }
    [[nodiscard]] static Space action_space() { return uniform_box({1}, -1, 1); }
    std::span<const float> reset(std::uint64_t seed) { return car_.reset(seed); }
    std::span<const float> reset() { return car_.reset(); }

    Outcome step(const Action& action) {
        const double asked = action.values(1, kName)[0];
        car_.episode.expect_running(kName);
        car_.move(std::clamp(asked, -1.0, 1.0) * 0.0015);
        const bool there = car_.position >= kGoal && car_.speed >= 0;
        car_.episode.end_if(there);
        // the reference keeps its state in float32 after a step
        car_.position = static_cast<double>(static_cast<float>(car_.position));
        car_.speed = static_cast<double>(static_cast<float>(car_.speed));
        return {car_.observe(), (there ? 100.0 : 0.0) - 0.1 * asked * asked, there, false};
    }

    [[nodiscard]] Scene scene() const { return car_.scene(kGoal); }
    [[nodiscard]] std::optional<Behaviour> behaviour() const { return car_.behaviour(kGoal); }

private:
    static constexpr double kGoal = 0.45;

    detail::Valley car_;
};

} // namespace baldwin::envs

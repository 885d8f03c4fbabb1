// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Acrobot: two links, a motor at the joint between them, and a bar to swing the tip above.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/detail/sketch.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <string_view>
#include <utility>

namespace baldwin::envs {

/// Gymnasium's Acrobot-v1 ("book" equations, no noise) without its limit of 500 steps.
///
/// Observation: cosine and sine of the first angle (0 hangs down), of the second one relative to
/// the first, and both angular speeds (rad/s). Actions: torque -1, 0 or 1 N m on the joint. Reward
/// -1 for each step and 0 for the last. It ends when the tip is one link above the fixed end.
/// \paper Sutton 1996, "Generalization in reinforcement learning"
class Acrobot {
public:
    static constexpr std::string_view kName = "envs::Acrobot";

    [[nodiscard]] static Space observation_space() {
        return symmetric_box(
            {1, 1, 1, 1, static_cast<float>(kMaxSpin1), static_cast<float>(kMaxSpin2)});
    }
    [[nodiscard]] static Space action_space() { return Discrete{3}; }

    std::span<const float> reset(std::uint64_t seed) {
        random_ = NumpyGenerator(seed);
        return reset();
    }
    std::span<const float> reset() {
        // the reference rounds the start to float32
        for (double& part : state_) {
            part = static_cast<double>(static_cast<float>(random_.uniform(-0.1, 0.1)));
        }
        episode_.begin();
        return observe();
    }

    Outcome step(const Action& action) {
        const double torque = static_cast<double>(action.choice(3, kName)) - 1;
        episode_.expect_running(kName);
        integrate(torque);
        state_[0] = wrapped(state_[0]);
        state_[1] = wrapped(state_[1]);
        state_[2] = std::clamp(state_[2], -kMaxSpin1, kMaxSpin1);
        state_[3] = std::clamp(state_[3], -kMaxSpin2, kMaxSpin2);
        const bool up = tip_height() > 1;
        episode_.end_if(up);
        return {observe(), up ? 0.0 : -1.0, up, false};
    }

    [[nodiscard]] Scene scene() const {
        Panel panel = detail::stage("Acrobot",
                                    "Only the middle joint has a motor; the tip has to pass the "
                                    "line. Height " +
                                        detail::rounded(tip_height()),
                                    {-2.3, 2.3}, {-2.3, 2.3});
        const Point joint{std::sin(state_[0]), -std::cos(state_[0])};
        const double both = state_[0] + state_[1];
        const Point tip{joint.x + std::sin(both), joint.y - std::cos(both)};
        panel.items.emplace_back(
            Lines{.at = {{-2.2, 1}, {2.2, 1}}, .paint = Paint::good(), .dashed = true});
        panel.items.emplace_back(detail::bar({0, 0}, joint, 0.16, Paint::series(0)));
        panel.items.emplace_back(detail::bar(joint, tip, 0.16, Paint::series(1)));
        panel.items.emplace_back(detail::disc({0, 0}, 0.1, Paint::ink()));
        panel.items.emplace_back(detail::disc(joint, 0.1, Paint::ink()));
        return detail::scene_of(std::move(panel));
    }

private:
    using State = std::array<double, 4>; // two angles, two angular speeds

    static constexpr double kMaxSpin1 = 4 * std::numbers::pi;
    static constexpr double kMaxSpin2 = 9 * std::numbers::pi;

    static double wrapped(double angle) {
        while (angle > std::numbers::pi) angle -= 2 * std::numbers::pi;
        while (angle < -std::numbers::pi) angle += 2 * std::numbers::pi;
        return angle;
    }
    [[nodiscard]] double tip_height() const {
        return -std::cos(state_[0]) - std::cos(state_[0] + state_[1]);
    }
    // lengths, masses and moments of inertia are 1, centres of mass at 0.5
    static State derivative(const State& s, double torque) {
        constexpr double kGravity = 9.8;
        constexpr double kCentre = 0.5;
        constexpr double kQuarterTurn = std::numbers::pi / 2;
        const double cosine = std::cos(s[1]);
        const double sine = std::sin(s[1]);
        const double d1 = kCentre * kCentre + (1 + kCentre * kCentre + 2 * kCentre * cosine) + 2;
        const double d2 = kCentre * kCentre + kCentre * cosine + 1;
        const double phi2 = kCentre * kGravity * std::cos(s[0] + s[1] - kQuarterTurn);
        const double phi1 = -kCentre * s[3] * s[3] * sine - 2 * kCentre * s[3] * s[2] * sine +
                            (kCentre + 1) * kGravity * std::cos(s[0] - kQuarterTurn) + phi2;
        const double second = (torque + d2 / d1 * phi1 - kCentre * s[2] * s[2] * sine - phi2) /
                              (kCentre * kCentre + 1 - d2 * d2 / d1);
        return {s[2], s[3], -(d2 * second + phi1) / d1, second};
    }
    // one step of the classical Runge-Kutta method over 0.2 s
    void integrate(double torque) {
        constexpr double kTime = 0.2;
        const auto moved = [this](const State& slope, double time) {
            State there = state_;
            for (std::size_t i = 0; i < there.size(); ++i) there[i] += time * slope[i];
            return there;
        };
        const State k1 = derivative(state_, torque);
        const State k2 = derivative(moved(k1, kTime / 2), torque);
        const State k3 = derivative(moved(k2, kTime / 2), torque);
        const State k4 = derivative(moved(k3, kTime), torque);
        for (std::size_t i = 0; i < state_.size(); ++i) {
            state_[i] += kTime / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
        }
    }
    std::span<const float> observe() {
        const std::array<double, 6> seen = {std::cos(state_[0]), std::sin(state_[0]),
                                            std::cos(state_[1]), std::sin(state_[1]),
                                            state_[2],           state_[3]};
        for (std::size_t i = 0; i < seen.size(); ++i) {
            observation_[i] = static_cast<float>(seen[i]);
        }
        return observation_;
    }

    State state_{};
    std::array<float, 6> observation_{};
    NumpyGenerator random_;
    Episode episode_;
};

} // namespace baldwin::envs

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Pendulum: swung up and held upright by a motor too weak to lift it at once.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/detail/sketch.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <string_view>
#include <utility>

namespace baldwin::envs {

/// Gymnasium's Pendulum-v1 without its limit of 200 steps; it never ends by itself.
///
/// Observation: cosine and sine of the angle (0 is upright), angular speed (rad/s). Action: torque
/// in N m, clipped to [-2, 2]. Reward, from the state before the step:
/// -(angle^2 + 0.1 speed^2 + 0.001 torque^2).
class Pendulum {
public:
    static constexpr std::string_view kName = "envs::Pendulum";

    [[nodiscard]] static Space observation_space() {
        return symmetric_box({1, 1, static_cast<float>(kMaxSpin)});
    }
    [[nodiscard]] static Space action_space() {
        return uniform_box({1}, static_cast<float>(-kMaxTorque), static_cast<float>(kMaxTorque));
    }

    std::span<const float> reset(std::uint64_t seed) {
        random_ = NumpyGenerator(seed);
        return reset();
    }
    std::span<const float> reset() {
        angle_ = random_.uniform(-std::numbers::pi, std::numbers::pi);
        spin_ = random_.uniform(-1, 1);
        torque_ = 0;
        episode_.begin();
        return observe();
    }

    Outcome step(const Action& action) {
        constexpr double kTime = 0.05;
        const double asked = action.values(1, kName)[0];
        episode_.expect_running(kName);
        torque_ = std::clamp(asked, -kMaxTorque, kMaxTorque);
        const double off = from_upright();
        const double cost = off * off + 0.1 * spin_ * spin_ + 0.001 * torque_ * torque_;
        // g = 10, mass and length 1: 3 g / 2 l and 3 / m l^2
        spin_ += (15 * std::sin(angle_) + 3 * torque_) * kTime;
        spin_ = std::clamp(spin_, -kMaxSpin, kMaxSpin);
        angle_ += spin_ * kTime;
        return {observe(), -cost, false, false};
    }

    [[nodiscard]] Scene scene() const {
        Panel panel = detail::stage("Pendulum",
                                    "To be swung up and held upright. Angle " +
                                        detail::rounded(from_upright()) + " rad, torque " +
                                        detail::rounded(torque_) + " N m",
                                    {-1.4, 1.4}, {-1.4, 1.4});
        const Point tip{-std::sin(angle_), std::cos(angle_)};
        panel.items.emplace_back(
            Lines{.at = {{0, 0}, {0, 1.2}}, .paint = Paint::good(), .dashed = true});
        panel.items.emplace_back(detail::bar({0, 0}, tip, 0.2, Paint::series(1)));
        panel.items.emplace_back(detail::disc(tip, 0.1, Paint::series(1)));
        panel.items.emplace_back(detail::disc({0, 0}, 0.05, Paint::ink()));
        // the torque as an arc around the hinge
        Lines arc{.paint = Paint::series(0), .width = 3};
        for (int i = 0; i <= 24; ++i) {
            const double at = std::numbers::pi / 2 + torque_ / kMaxTorque * i / 24 * 2.5;
            arc.at.push_back({0.35 * std::cos(at), 0.35 * std::sin(at)});
        }
        panel.items.emplace_back(std::move(arc));
        return detail::scene_of(std::move(panel));
    }

private:
    static constexpr double kMaxSpin = 8;
    static constexpr double kMaxTorque = 2;

    // in [-pi, pi)
    [[nodiscard]] double from_upright() const {
        constexpr double kTurn = 2 * std::numbers::pi;
        const double shifted = angle_ + std::numbers::pi;
        return shifted - kTurn * std::floor(shifted / kTurn) - std::numbers::pi;
    }
    std::span<const float> observe() {
        observation_ = {static_cast<float>(std::cos(angle_)), static_cast<float>(std::sin(angle_)),
                        static_cast<float>(spin_)};
        return observation_;
    }

    double angle_ = 0;  // rad
    double spin_ = 0;   // rad/s
    double torque_ = 0; // of the last step, N m
    std::array<float, 3> observation_{};
    NumpyGenerator random_;
    Episode episode_;
};

} // namespace baldwin::envs

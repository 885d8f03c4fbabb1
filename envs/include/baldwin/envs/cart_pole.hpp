// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// CartPole: a pole hinged to a cart is kept upright by pushing the cart left or right.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/detail/sketch.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>

namespace baldwin::envs {

/// The cart and pole of Gymnasium's CartPole-v1 without its limit of 500 steps.
///
/// Observation: position (m), speed (m/s), angle (rad), angular speed (rad/s). Actions: 0 pushes to
/// the left, 1 to the right, with 10 N. Reward 1 for each step, the last one included. It ends when
/// the cart is 2.4 m from the middle or the pole 12 degrees from upright.
/// \paper Barto, Sutton & Anderson 1983, "Neuronlike adaptive elements"
class CartPole {
public:
    static constexpr std::string_view kName = "envs::CartPole";

    /// \param sutton_barto_reward  reward 0, and -1 for the last step, as in the paper
    explicit CartPole(bool sutton_barto_reward = false)
        : sutton_barto_reward_(sutton_barto_reward) {}

    [[nodiscard]] static Space observation_space() {
        return symmetric_box(
            {static_cast<float>(2 * kEdge), kUnbounded, static_cast<float>(2 * kTilt), kUnbounded});
    }
    [[nodiscard]] static Space action_space() { return Discrete{2}; }

    std::span<const float> reset(std::uint64_t seed) {
        random_ = NumpyGenerator(seed);
        return reset();
    }
    std::span<const float> reset() {
        for (double* part : {&x_, &speed_, &angle_, &spin_}) *part = random_.uniform(-0.05, 0.05);
        episode_.begin();
        return observe();
    }

    Outcome step(const Action& action) {
        const double force = action.choice(2, kName) == 1 ? 10.0 : -10.0;
        episode_.expect_running(kName);
        move(force);
        const bool fell = std::abs(x_) > kEdge || std::abs(angle_) > kTilt;
        episode_.end_if(fell);
        const double reward = sutton_barto_reward_ ? (fell ? -1.0 : 0.0) : 1.0;
        return {observe(), reward, fell, false};
    }

    [[nodiscard]] Scene scene() const {
        using detail::rectangle;
        Panel panel = detail::stage(
            "Cart and pole",
            "The cart is pushed so that the pole stays up. x = " + detail::rounded(x_) +
                " m, angle " + detail::rounded(angle_ * 180 / std::numbers::pi, 1) + " degrees",
            {-2.8, 2.8}, {-0.5, 1.5});
        panel.items.emplace_back(Lines{.at = {{-kEdge, 0}, {kEdge, 0}}, .paint = Paint::muted()});
        for (const double edge : {-kEdge, kEdge}) {
            panel.items.emplace_back(
                Lines{.at = {{edge, -0.2}, {edge, 0.2}}, .paint = Paint::bad(), .width = 2});
        }
        panel.items.emplace_back(
            rectangle({x_ - 0.25, x_ + 0.25}, {-0.12, 0.12}, Paint::series(0)));
        const Point tip{x_ + std::sin(angle_), std::cos(angle_)};
        panel.items.emplace_back(detail::bar({x_, 0}, tip, 0.06, Paint::series(1)));
        panel.items.emplace_back(detail::disc({x_, 0}, 0.05, Paint::ink()));
        return detail::scene_of(std::move(panel));
    }

private:
    static constexpr double kEdge = 2.4;
    static constexpr double kTilt = 12 * 2 * std::numbers::pi / 360;

    // explicit Euler over 0.02 s; the positions move with the old speeds
    void move(double force) {
        constexpr double kTau = 0.02;
        constexpr double kGravity = 9.8;
        constexpr double kTotalMass = 1.1;
        constexpr double kPoleMass = 0.1;
        constexpr double kHalfLength = 0.5;
        constexpr double kPoleMoment = kPoleMass * kHalfLength;
        const double cosine = std::cos(angle_);
        const double sine = std::sin(angle_);
        const double push = (force + kPoleMoment * spin_ * spin_ * sine) / kTotalMass;
        const double turn = (kGravity * sine - cosine * push) /
                            (kHalfLength * (4.0 / 3.0 - kPoleMass * cosine * cosine / kTotalMass));
        const double acceleration = push - kPoleMoment * turn * cosine / kTotalMass;
        x_ += kTau * speed_;
        speed_ += kTau * acceleration;
        angle_ += kTau * spin_;
        spin_ += kTau * turn;
    }
    std::span<const float> observe() {
        observation_ = {static_cast<float>(x_), static_cast<float>(speed_),
                        static_cast<float>(angle_), static_cast<float>(spin_)};
        return observation_;
    }

    double x_ = 0;     // m
    double speed_ = 0; // m/s
    double angle_ = 0; // rad from upright, positive to the right
    double spin_ = 0;  // rad/s
    std::array<float, 4> observation_{};
    NumpyGenerator random_;
    Episode episode_;
    bool sutton_barto_reward_;
};

} // namespace baldwin::envs

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// MinAtar's Freeway: a chicken crosses eight lanes of traffic.
#pragma once

#include <baldwin/envs/minatar/board.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace baldwin::envs::minatar {

/// The rules of Freeway; one point for each crossing, the game ends after 2501 frames.
/// \paper Young & Tian 2019, "MinAtar", arXiv 1903.03176
class Freeway {
public:
    static constexpr std::string_view kTitle = "Freeway";
    static constexpr std::string_view kAim = "A crossing is a point; a car throws the chicken back";
    static constexpr std::array<std::string_view, 7> kChannels = {
        "chicken", "car", "speed 1", "speed 2", "speed 3", "speed 4", "speed 5"};
    static constexpr std::array kMinimal = {Move::none, Move::up, Move::down};

    void reset(NumpyLegacy& random) {
        *this = Freeway();
        draw_speeds(random);
    }

    /// One frame.
    /// \return the reward
    double act(Move move, NumpyLegacy& random, bool /*ramping*/) {
        walk(move);
        double reward = 0;
        if (y_ == 0) {
            reward = 1;
            draw_speeds(random);
            y_ = kStart;
        }
        for (std::size_t lane = 0; lane < cars_.size(); ++lane) drive(lane);
        if (move_timer_ > 0) --move_timer_;
        is_over_ = --frames_left_ < 0;
        return reward;
    }

    [[nodiscard]] bool is_over() const noexcept { return is_over_; }

    template <std::size_t Channels>
    void draw(Board<Channels>& board) const {
        board.set(0, kColumn, y_);
        for (std::size_t lane = 0; lane < cars_.size(); ++lane) {
            const Car& car = cars_[lane];
            const int y = static_cast<int>(lane) + 1;
            const int behind = (car.x - sign_of(car.speed) + kSize) % kSize;
            board.set(1, car.x, y);
            board.set(1 + static_cast<std::size_t>(std::abs(car.speed)), behind, y);
        }
    }

private:
    struct Car {
        int x = 0;
        int timer = 0; // frames until it moves
        int speed = 1; // sign: direction; size: frames of rest between two moves
    };

    static constexpr int kColumn = 4;
    static constexpr int kStart = 9;
    static constexpr int kRest = 3; // frames between two moves of the chicken

    static int sign_of(int speed) noexcept { return (speed > 0) - (speed < 0); }

    // all sizes are drawn before all signs
    void draw_speeds(NumpyLegacy& random) {
        for (Car& car : cars_) car.speed = random.integer(1, 6);
        for (Car& car : cars_) {
            const double side = random.uniform() - 0.5;
            car.timer = car.speed;
            car.speed *= (side > 0) - (side < 0);
        }
    }
    void walk(Move move) {
        if (move_timer_ != 0 || (move != Move::up && move != Move::down)) return;
        move_timer_ = kRest;
        y_ = std::clamp(y_ + (move == Move::up ? -1 : 1), 0, kSize - 1);
    }
    void drive(std::size_t lane) {
        Car& car = cars_[lane];
        const auto hits = [&] { return car.x == kColumn && static_cast<int>(lane) + 1 == y_; };
        if (hits()) y_ = kStart;
        if (car.timer > 0) {
            --car.timer;
            return;
        }
        car.timer = std::abs(car.speed);
        car.x = (car.x + sign_of(car.speed) + kSize) % kSize;
        if (hits()) y_ = kStart;
    }

    std::array<Car, 8> cars_{}; // lane i is row i + 1
    int y_ = kStart;
    int move_timer_ = kRest;
    int frames_left_ = 2500;
    bool is_over_ = false;
};

} // namespace baldwin::envs::minatar

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// MinAtar's Breakout: a paddle keeps a ball in play that breaks three rows of bricks.
#pragma once

#include <baldwin/envs/minatar/board.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace baldwin::envs::minatar {

/// The rules of Breakout; one point for each brick.
/// \paper Young & Tian 2019, "MinAtar", arXiv 1903.03176
class Breakout {
public:
    static constexpr std::string_view kTitle = "Breakout";
    static constexpr std::string_view kAim =
        "The paddle keeps the ball in play; a brick is a point";
    static constexpr std::array<std::string_view, 4> kChannels = {"paddle", "ball", "trail",
                                                                  "brick"};
    static constexpr std::array kMinimal = {Move::none, Move::left, Move::right};

    void reset(NumpyLegacy& random) {
        *this = Breakout();
        if (random.integer(0, 2) == 1) {
            ball_x_ = 9;
            heading_ = 3;
        }
        last_x_ = ball_x_;
        refill();
    }

    /// One frame.
    /// \return the reward
    double act(Move move, NumpyLegacy&, bool /*ramping*/) {
        if (move == Move::left) paddle_ = std::max(0, paddle_ - 1);
        if (move == Move::right) paddle_ = std::min(kSize - 1, paddle_ + 1);
        last_x_ = ball_x_;
        last_y_ = ball_y_;
        return move_ball();
    }

    [[nodiscard]] bool is_over() const noexcept { return is_over_; }

    template <std::size_t Channels>
    void draw(Board<Channels>& board) const {
        board.set(0, paddle_, kSize - 1);
        board.set(1, ball_x_, ball_y_);
        board.set(2, last_x_, last_y_);
        bricks_.draw(board, 3);
    }

private:
    // headings: 0 up-left, 1 up-right, 2 down-right, 3 down-left
    void mirror_x() noexcept { heading_ ^= 1; }
    void mirror_y() noexcept { heading_ = 3 - heading_; }
    void turn_back() noexcept { heading_ ^= 2; }

    void refill() { bricks_.fill(0, kSize - 1, 1, 3); }

    double move_ball() {
        int x = ball_x_ + (heading_ == 1 || heading_ == 2 ? 1 : -1);
        int y = ball_y_ + (heading_ >= 2 ? 1 : -1);
        if (x < 0 || x >= kSize) {
            x = std::clamp(x, 0, kSize - 1);
            mirror_x();
        }
        double reward = 0;
        bool touches = false;
        if (y < 0) {
            y = 0;
            mirror_y();
        } else if (bricks_.at(x, y)) {
            touches = true;
            reward = hit(x, y);
        } else if (y == kSize - 1) {
            meet_floor(x, y);
        }
        if (!touches) strikes_ = false;
        ball_x_ = x;
        ball_y_ = y;
        return reward;
    }
    // within one touch only the first brick breaks; the ball passes through the others
    double hit(int x, int& y) {
        if (strikes_) return 0;
        strikes_ = true;
        bricks_.clear(x, y);
        y = last_y_;
        mirror_y();
        return 1;
    }
    void meet_floor(int x, int& y) {
        if (bricks_.is_empty()) refill();
        if (ball_x_ == paddle_) {
            mirror_y();
            y = last_y_;
        } else if (x == paddle_) {
            turn_back();
            y = last_y_;
        } else {
            is_over_ = true;
        }
    }

    int ball_x_ = 0;
    int ball_y_ = 3;
    int last_x_ = 0;
    int last_y_ = 3;
    int heading_ = 2;
    int paddle_ = 4;
    Cells bricks_;
    bool strikes_ = false;
    bool is_over_ = false;
};

} // namespace baldwin::envs::minatar

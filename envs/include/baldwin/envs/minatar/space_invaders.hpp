// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// MinAtar's Space Invaders: a cannon below a block of aliens that comes down.
#pragma once

#include <baldwin/envs/minatar/board.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace baldwin::envs::minatar {

/// The rules of Space Invaders; one point for each alien. Nothing in it is random.
/// \paper Young & Tian 2019, "MinAtar", arXiv 1903.03176
class SpaceInvaders {
public:
    static constexpr std::string_view kTitle = "Space Invaders";
    static constexpr std::string_view kAim =
        "An alien shot is a point; a hit or their landing ends it";
    static constexpr std::array<std::string_view, 6> kChannels = {
        "cannon", "alien", "alien_left", "alien_right", "friendly_bullet", "enemy_bullet"};
    static constexpr std::array kMinimal = {Move::none, Move::left, Move::right, Move::fire};

    void reset(NumpyLegacy&) {
        *this = SpaceInvaders();
        refill();
    }

    /// One frame.
    /// \return the reward
    double act(Move move, NumpyLegacy&, bool ramping) {
        move_cannon(move);
        bullets_.move_up();
        enemy_bullets_.move_down();
        if (enemy_bullets_.at(x_, kFloor) || aliens_.at(x_, kFloor)) is_over_ = true;
        if (move_timer_ == 0) move_aliens();
        if (alien_shot_timer_ == 0) {
            alien_shot_timer_ = kAlienRest;
            shoot_back();
        }
        const double reward = resolve_hits();
        if (shot_timer_ > 0) --shot_timer_;
        --move_timer_;
        --alien_shot_timer_;
        if (aliens_.is_empty()) {
            if (interval_ > kShortest && ramping) --interval_;
            refill();
        }
        return reward;
    }

    [[nodiscard]] bool is_over() const noexcept { return is_over_; }

    template <std::size_t Channels>
    void draw(Board<Channels>& board) const {
        board.set(0, x_, kFloor);
        aliens_.draw(board, 1);
        aliens_.draw(board, direction_ < 0 ? 2 : 3);
        bullets_.draw(board, 4);
        enemy_bullets_.draw(board, 5);
    }

private:
    static constexpr int kFloor = kSize - 1;
    static constexpr int kRest = 5;       // frames between two shots
    static constexpr int kAlienRest = 10; // the same for the aliens
    static constexpr int kShortest = 6;   // move interval that ramping ends at

    void refill() { aliens_.fill(2, 7, 0, 3); }

    void move_cannon(Move move) {
        if (move == Move::fire && shot_timer_ == 0) {
            bullets_.set(x_, kFloor);
            shot_timer_ = kRest;
        }
        if (move == Move::left) x_ = std::max(0, x_ - 1);
        if (move == Move::right) x_ = std::min(kSize - 1, x_ + 1);
    }
    void move_aliens() {
        move_timer_ = std::min(aliens_.count(), interval_);
        const unsigned columns = aliens_.columns();
        const bool at_edge =
            direction_ < 0 ? (columns & 1U) != 0 : (columns >> (kSize - 1) & 1U) != 0;
        if (!at_edge) {
            aliens_.move_sideways(direction_);
        } else {
            direction_ = -direction_;
            const std::uint16_t landed = aliens_.row(kFloor);
            if (landed != 0) is_over_ = true;
            aliens_.move_down();
            aliens_.row(0) = landed; // the reference moves them cyclically
        }
        if (aliens_.at(x_, kFloor)) is_over_ = true;
    }
    // the lowest alien of the nearest column shoots; of two as near the one to the left
    void shoot_back() {
        const unsigned columns = aliens_.columns();
        int nearest = -1;
        for (int x = 0; x < kSize; ++x) {
            const bool is_nearer = nearest < 0 || std::abs(x - x_) < std::abs(nearest - x_);
            if ((columns >> x & 1U) != 0 && is_nearer) nearest = x;
        }
        if (nearest < 0) return;
        int y = kFloor;
        while (!aliens_.at(nearest, y)) --y;
        enemy_bullets_.set(nearest, y);
    }
    double resolve_hits() {
        int hits = 0;
        for (int y = 0; y < kSize; ++y) {
            const std::uint16_t hit = aliens_.row(y) & bullets_.row(y);
            hits += __builtin_popcount(hit);
            aliens_.row(y) ^= hit;
            bullets_.row(y) ^= hit;
        }
        return hits;
    }

    int x_ = 5;
    Cells aliens_;
    Cells bullets_;
    Cells enemy_bullets_;
    int direction_ = -1;
    int interval_ = 12;
    int move_timer_ = 12;
    int alien_shot_timer_ = kAlienRest;
    int shot_timer_ = 0;
    bool is_over_ = false;
};

} // namespace baldwin::envs::minatar

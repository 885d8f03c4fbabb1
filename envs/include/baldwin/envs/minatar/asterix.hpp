// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// MinAtar's Asterix: gold and enemies cross the board in rows; the player collects the gold.
#pragma once

#include <baldwin/envs/minatar/board.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace baldwin::envs::minatar {

/// The rules of Asterix; one point for each piece of gold, an enemy's touch ends the game.
/// \paper Young & Tian 2019, "MinAtar", arXiv 1903.03176
class Asterix {
public:
    static constexpr std::string_view kTitle = "Asterix";
    static constexpr std::string_view kAim = "Gold is a point; an enemy's touch is the end";
    static constexpr std::array<std::string_view, 4> kChannels = {"player", "enemy", "trail",
                                                                  "gold"};
    static constexpr std::array kMinimal = {Move::none, Move::left, Move::up, Move::right,
                                            Move::down};

    void reset(NumpyLegacy&) { *this = Asterix(); }

    /// One frame.
    /// \return the reward
    double act(Move move, NumpyLegacy& random, bool ramping) {
        double reward = 0;
        if (spawn_timer_ == 0) {
            spawn(random);
            spawn_timer_ = spawn_speed_;
        }
        move_player(move);
        for (Thing& thing : things_) reward += meet(thing);
        if (move_timer_ == 0) {
            move_timer_ = move_speed_;
            for (Thing& thing : things_) reward += advance(thing);
        }
        --spawn_timer_;
        --move_timer_;
        if (ramping) ramp();
        return reward;
    }

    [[nodiscard]] bool is_over() const noexcept { return is_over_; }

    template <std::size_t Channels>
    void draw(Board<Channels>& board) const {
        board.set(0, x_, y_);
        for (const Thing& thing : things_) {
            if (!thing.is_there) continue;
            const int y = row_of(thing);
            board.set(thing.is_gold ? 3 : 1, thing.x, y);
            board.set_inside(2, thing.x - thing.direction, y);
        }
    }

private:
    struct Thing {
        bool is_there = false;
        bool is_gold = false;
        int x = 0;
        int direction = 1;
    };

    [[nodiscard]] int row_of(const Thing& thing) const {
        return static_cast<int>(&thing - things_.data()) + 1;
    }
    void move_player(Move move) {
        if (move == Move::left) x_ = std::max(0, x_ - 1);
        if (move == Move::right) x_ = std::min(kSize - 1, x_ + 1);
        if (move == Move::up) y_ = std::max(1, y_ - 1);
        if (move == Move::down) y_ = std::min(kSize - 2, y_ + 1);
    }
    // takes gold, or ends the game
    double meet(Thing& thing) {
        if (!thing.is_there || thing.x != x_ || row_of(thing) != y_) return 0;
        if (!thing.is_gold) {
            is_over_ = true;
            return 0;
        }
        thing.is_there = false;
        return 1;
    }
    double advance(Thing& thing) {
        if (!thing.is_there) return 0;
        thing.x += thing.direction;
        thing.is_there = thing.x >= 0 && thing.x < kSize;
        return meet(thing);
    }
    void spawn(NumpyLegacy& random) {
        const bool goes_right = random.uniform() < 1.0 / 2;
        const bool is_gold = random.uniform() < 1.0 / 3;
        std::array<Thing*, 8> free{};
        int count = 0;
        for (Thing& thing : things_) {
            if (!thing.is_there) free[static_cast<std::size_t>(count++)] = &thing;
        }
        if (count == 0) return;
        Thing& thing = *free[static_cast<std::size_t>(random.integer(0, count))];
        thing = {true, is_gold, goes_right ? 0 : kSize - 1, goes_right ? 1 : -1};
    }
    // every 102 frames things appear and move faster
    void ramp() {
        if (spawn_speed_ <= 1 && move_speed_ <= 1) return;
        if (ramp_timer_ >= 0) {
            --ramp_timer_;
            return;
        }
        if (move_speed_ > 1 && ramp_index_ % 2 == 1) --move_speed_;
        if (spawn_speed_ > 1) --spawn_speed_;
        ++ramp_index_;
        ramp_timer_ = 100;
    }

    int x_ = 5;
    int y_ = 5;
    std::array<Thing, 8> things_{}; // one for each of the rows 1 to 8
    int spawn_speed_ = 10;
    int spawn_timer_ = 10;
    int move_speed_ = 5;
    int move_timer_ = 5;
    int ramp_timer_ = 100;
    int ramp_index_ = 0;
    bool is_over_ = false;
};

} // namespace baldwin::envs::minatar

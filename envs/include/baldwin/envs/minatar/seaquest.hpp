// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// MinAtar's Seaquest: a submarine shoots, collects divers and has to come up for air.
#pragma once

#include <baldwin/envs/minatar/board.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace baldwin::envs::minatar {

/// The rules of Seaquest; one point for each fish or submarine shot, and points for the oxygen left
/// when six divers are brought up.
///
/// The reference keeps its things in lists, walks them from the newest to the oldest and removes by
/// value: of two equal things the older one goes, and the walk then meets the newer one twice. So
/// does this.
/// \paper Young & Tian 2019, "MinAtar", arXiv 1903.03176
class Seaquest {
public:
    static constexpr std::string_view kTitle = "Seaquest";
    static constexpr std::string_view kAim =
        "Shoot, collect six divers, come up before the air ends";
    static constexpr std::array<std::string_view, 10> kChannels = {
        "sub_front",  "sub_back",  "friendly_bullet", "trail",       "enemy_bullet",
        "enemy_fish", "enemy_sub", "oxygen",          "diver_gauge", "diver"};
    static constexpr std::array kMinimal = {Move::none,  Move::left, Move::up,
                                            Move::right, Move::down, Move::fire};

    void reset(NumpyLegacy&) {
        bullets_.clear();
        enemy_bullets_.clear();
        fish_.clear();
        subs_.clear();
        divers_.clear();
        now_ = Now();
    }

    /// One frame.
    /// \return the reward
    double act(Move move, NumpyLegacy& random, bool ramping) {
        if (now_.spawn_timer == 0) {
            spawn_enemy(random);
            now_.spawn_timer = now_.spawn_speed;
        }
        if (now_.diver_timer == 0) {
            spawn_diver(random);
            now_.diver_timer = kDiverRest;
        }
        move_player(move);
        double reward = move_bullets();
        walk(divers_, [this](auto& walker) { move_diver(walker); });
        walk(subs_, [&](auto& walker) {
            reward += move_enemy(walker);
            shoot_back(*walker.thing);
        });
        walk(enemy_bullets_, [this](auto& walker) { move_enemy_bullet(walker); });
        walk(fish_, [&](auto& walker) { reward += move_enemy(walker); });
        return reward + breathe(ramping);
    }

    [[nodiscard]] bool is_over() const noexcept { return now_.is_over; }

    template <std::size_t Channels>
    void draw(Board<Channels>& board) const {
        board.set(0, now_.x, now_.y);
        board.set_inside(1, now_.x - now_.facing, now_.y);
        for (const Thing& bullet : bullets_) board.set(2, bullet.x, bullet.y);
        for (const Thing& bullet : enemy_bullets_) board.set(4, bullet.x, bullet.y);
        draw_with_trail(board, fish_, 5);
        draw_with_trail(board, subs_, 6);
        draw_with_trail(board, divers_, 9);
        const int air = std::max(0, now_.oxygen) * 10 / kFullOxygen;
        for (int x = 0; x < air; ++x) board.set(7, x, kGauge);
        for (int x = kGauge - now_.carried; x < kGauge; ++x) board.set(8, x, kGauge);
    }

private:
    struct Thing {
        int x = 0;
        int y = 0;
        int direction = 1;  // of x: 1 or -1
        int timer = 0;      // frames until it moves
        int shot_timer = 0; // the same for an enemy submarine's shot

        friend bool operator==(const Thing&, const Thing&) = default;
    };
    using Things = std::vector<Thing>;

    // everything but the lists
    struct Now {
        int x = 5;
        int y = 0;
        int facing = -1;
        int oxygen = kFullOxygen;
        int carried = 0; // divers on board; -1 after six were brought up
        int spawn_speed = 20;
        int spawn_timer = 20;
        int diver_timer = kDiverRest;
        int move_speed = 5;
        int ramp_index = 0;
        int shot_timer = 0;
        bool is_up = true; // has surfaced and not dived since
        bool is_over = false;
    };

    // the thing that a walk is at; once removed it lives on as a copy
    struct Walker {
        Things& all;
        std::size_t index;
        Thing* thing;
        Thing removed{};

        Walker(Things& things, std::size_t at) : all(things), index(at), thing(&things[at]) {}

        // removes the first thing equal to this one, which may be an older twin
        void remove() {
            const auto first = std::find(all.begin(), all.end(), *thing);
            const auto place = static_cast<std::size_t>(first - all.begin());
            removed = *thing;
            all.erase(first);
            thing = place == index ? &removed : &all[index - 1];
        }
    };

    static constexpr int kGauge = kSize - 1; // row of the gauges
    static constexpr int kDeepest = kSize - 2;
    static constexpr int kFullOxygen = 200;
    static constexpr int kCrew = 6; // divers that fill the boat
    static constexpr int kDiverRest = 30;
    static constexpr int kDiverMove = 5;
    static constexpr int kShotRest = 5;
    static constexpr int kEnemyShotRest = 10;

    static bool is_outside(const Thing& thing) { return thing.x < 0 || thing.x >= kSize; }
    [[nodiscard]] bool is_at_player(const Thing& thing) const {
        return thing.x == now_.x && thing.y == now_.y;
    }
    static Things::iterator first_at(Things& things, const Thing& place) {
        return std::find_if(things.begin(), things.end(), [&](const Thing& thing) {
            return thing.x == place.x && thing.y == place.y;
        });
    }

    // calls f for each thing, newest first
    template <class F>
    static void walk(Things& things, F f) {
        for (std::size_t i = things.size(); i-- > 0;) {
            Walker walker(things, i);
            f(walker);
        }
    }

    void spawn_enemy(NumpyLegacy& random) {
        const int direction = random.uniform() < 1.0 / 2 ? 1 : -1;
        const bool is_sub = random.uniform() < 1.0 / 3;
        const int row = random.integer(1, 9);
        const auto opposes = [&](const Thing& other) {
            return other.y == row && other.direction != direction;
        };
        if (std::any_of(fish_.begin(), fish_.end(), opposes)) return;
        if (std::any_of(subs_.begin(), subs_.end(), opposes)) return;
        Thing thing{direction > 0 ? 0 : kSize - 1, row, direction, now_.move_speed, 0};
        if (is_sub) thing.shot_timer = kEnemyShotRest;
        (is_sub ? subs_ : fish_).push_back(thing);
    }
    void spawn_diver(NumpyLegacy& random) {
        const int direction = random.uniform() < 1.0 / 2 ? 1 : -1;
        const int row = random.integer(1, 9);
        divers_.push_back({direction > 0 ? 0 : kSize - 1, row, direction, kDiverMove, 0});
    }

    void move_player(Move move) {
        switch (move) {
        case Move::fire:
            if (now_.shot_timer != 0) break;
            bullets_.push_back({now_.x, now_.y, now_.facing, 0, 0});
            now_.shot_timer = kShotRest;
            break;
        case Move::left:
            now_.x = std::max(0, now_.x - 1);
            now_.facing = -1;
            break;
        case Move::right:
            now_.x = std::min(kSize - 1, now_.x + 1);
            now_.facing = 1;
            break;
        case Move::up: now_.y = std::max(0, now_.y - 1); break;
        case Move::down: now_.y = std::min(kDeepest, now_.y + 1); break;
        case Move::none: break;
        }
    }
    double move_bullets() {
        double reward = 0;
        walk(bullets_, [&](Walker& walker) {
            Thing& bullet = *walker.thing;
            bullet.x += bullet.direction;
            if (is_outside(bullet)) {
                walker.remove();
                return;
            }
            for (Things* enemies : {&fish_, &subs_}) {
                const auto hit = first_at(*enemies, bullet);
                if (hit == enemies->end()) continue;
                enemies->erase(hit);
                walker.remove();
                reward += 1;
                return;
            }
        });
        return reward;
    }
    // takes the diver on board if it is here and there is room
    bool pick_up(Walker& walker) {
        if (!is_at_player(*walker.thing) || now_.carried >= kCrew) return false;
        walker.remove();
        ++now_.carried;
        return true;
    }
    void move_diver(Walker& walker) {
        if (pick_up(walker)) return;
        Thing& diver = *walker.thing;
        if (diver.timer > 0) {
            --diver.timer;
            return;
        }
        diver.timer = kDiverMove;
        diver.x += diver.direction;
        if (is_outside(diver)) {
            walker.remove();
        } else {
            pick_up(walker);
        }
    }
    double move_enemy(Walker& walker) {
        Thing& enemy = *walker.thing;
        if (is_at_player(enemy)) now_.is_over = true;
        if (enemy.timer > 0) {
            --enemy.timer;
            return 0;
        }
        enemy.timer = now_.move_speed;
        enemy.x += enemy.direction;
        if (is_outside(enemy)) {
            walker.remove();
        } else if (is_at_player(enemy)) {
            now_.is_over = true;
        } else if (const auto hit = first_at(bullets_, enemy); hit != bullets_.end()) {
            bullets_.erase(hit);
            walker.remove();
            return 1;
        }
        return 0;
    }
    // a submarine that has just been removed still shoots
    void shoot_back(Thing& sub) {
        if (sub.shot_timer > 0) {
            --sub.shot_timer;
            return;
        }
        sub.shot_timer = kEnemyShotRest;
        enemy_bullets_.push_back({sub.x, sub.y, sub.direction, 0, 0});
    }
    void move_enemy_bullet(Walker& walker) {
        Thing& bullet = *walker.thing;
        if (is_at_player(bullet)) now_.is_over = true;
        bullet.x += bullet.direction;
        if (is_outside(bullet)) {
            walker.remove();
        } else if (is_at_player(bullet)) {
            now_.is_over = true;
        }
    }

    // timers, oxygen and the surface
    double breathe(bool ramping) {
        for (int* timer : {&now_.spawn_timer, &now_.diver_timer, &now_.shot_timer}) {
            if (*timer > 0) --*timer;
        }
        if (now_.oxygen <= 0) now_.is_over = true;
        if (now_.y > 0) {
            --now_.oxygen;
            now_.is_up = false;
            return 0;
        }
        if (now_.is_up) return 0;
        if (now_.carried == 0) {
            now_.is_over = true;
            return 0;
        }
        return surface(ramping);
    }
    // one diver leaves; six are worth the oxygen left. After six the count is -1, as in the
    // reference
    double surface(bool ramping) {
        now_.is_up = true;
        double reward = 0;
        if (now_.carried == kCrew) {
            now_.carried = 0;
            reward = now_.oxygen * 10 / kFullOxygen;
        }
        now_.oxygen = kFullOxygen;
        --now_.carried;
        if (ramping && (now_.spawn_speed > 1 || now_.move_speed > 2)) {
            if (now_.move_speed > 2 && now_.ramp_index % 2 == 1) --now_.move_speed;
            if (now_.spawn_speed > 1) --now_.spawn_speed;
            ++now_.ramp_index;
        }
        return reward;
    }

    template <std::size_t Channels>
    static void draw_with_trail(Board<Channels>& board, const Things& things, std::size_t channel) {
        for (const Thing& thing : things) {
            board.set_inside(channel, thing.x, thing.y);
            board.set_inside(3, thing.x - thing.direction, thing.y);
        }
    }

    Things bullets_;
    Things enemy_bullets_;
    Things fish_;
    Things subs_;
    Things divers_;
    Now now_;
};

} // namespace baldwin::envs::minatar

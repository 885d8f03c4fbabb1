// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A stand-in for the Arcade Learning Environment's header: the calls that envs::Atari makes, on a
/// made-up game. It holds none of ALE's code.
///
/// The game: a dot that actions move; FIRE is worth a point in frames divisible by 7; it ends after
/// 400 frames. The screen's brightness flickers from frame to frame.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ale {

enum Action : int { PLAYER_A_NOOP = 0, PLAYER_A_FIRE = 1, PLAYER_A_RIGHT = 3, PLAYER_A_LEFT = 4 };
using ActionVect = std::vector<Action>;

struct Logger {
    enum mode { Info = 0, Warning = 1, Error = 2 };
    static void setMode(mode) {}
};

struct ALEState {
    int frame = 0;
    int place = 80;
};

struct ALEScreen {
    [[nodiscard]] std::size_t height() const { return 210; }
    [[nodiscard]] std::size_t width() const { return 160; }
};

class ALEInterface {
public:
    void setInt(const std::string&, int) {}
    void setFloat(const std::string& name, float value) {
        if (name == "repeat_action_probability") repeat_ = value;
    }
    void setBool(const std::string&, bool) {}
    void loadROM(const std::string&) { state_ = {}; }
    void reset_game() { state_ = {}; }
    [[nodiscard]] ActionVect getLegalActionSet() const {
        ActionVect all;
        for (int i = 0; i < 18; ++i) all.push_back(static_cast<Action>(i));
        return all;
    }
    [[nodiscard]] ActionVect getMinimalActionSet() const {
        return {PLAYER_A_NOOP, PLAYER_A_FIRE, PLAYER_A_RIGHT, PLAYER_A_LEFT};
    }
    int act(Action action, float = 1) {
        ++state_.frame;
        if (action == PLAYER_A_RIGHT) ++state_.place;
        if (action == PLAYER_A_LEFT) --state_.place;
        return action == PLAYER_A_FIRE && state_.frame % 7 == 0 ? 1 : 0;
    }
    [[nodiscard]] bool game_over(bool = true) const { return state_.frame >= 400; }
    [[nodiscard]] const ALEScreen& getScreen() const { return screen_; }
    void getScreenGrayscale(std::vector<unsigned char>& grey) const {
        grey.assign(210 * 160, static_cast<unsigned char>(state_.frame % 2 == 0 ? 40 : 20));
        grey[100 * 160 + static_cast<std::size_t>(state_.place % 160)] = 255;
    }
    void getScreenRGB(std::vector<unsigned char>& rgb) const {
        rgb.assign(210 * 160 * 3, static_cast<unsigned char>(state_.frame % 256));
    }
    ALEState cloneState(bool = false) { return state_; }
    void restoreState(const ALEState& state) { state_ = state; }
    [[nodiscard]] int frame() const { return state_.frame; }

private:
    ALEState state_;
    ALEScreen screen_;
    float repeat_ = 0.25F;
};

} // namespace ale

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// MinAtar: five Atari games on boards of 10 x 10, step for step those of the Python reference.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/detail/sketch.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/minatar/asterix.hpp>
#include <baldwin/envs/minatar/board.hpp>
#include <baldwin/envs/minatar/breakout.hpp>
#include <baldwin/envs/minatar/freeway.hpp>
#include <baldwin/envs/minatar/seaquest.hpp>
#include <baldwin/envs/minatar/space_invaders.hpp>
#include <baldwin/envs/numpy_random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::envs {

/// How a MinAtar game is played.
struct MinAtarOptions {
    double sticky = 0.1;     ///< probability that the last action is repeated, in [0, 1]
    bool ramping = true;     ///< the game gets harder while it goes well
    bool all_actions = true; ///< six actions; otherwise those that do something in this game
};

/// A MinAtar game as an environment.
///
/// Observation: ones and zeros, shape (channels, 10, 10). Actions: nothing, left, up, right, down,
/// fire, or the game's own subset in that order. Randomness is NumPy's, as in the reference, and
/// reset(seed) also forgets the last action, which reset() does not.
/// \paper Young & Tian 2019, "MinAtar: an Atari-inspired testbed", arXiv 1903.03176
template <class Game>
class MinAtar {
public:
    static constexpr std::size_t kChannels = Game::kChannels.size();

    /// \throws std::invalid_argument if sticky is not in [0, 1]
    explicit MinAtar(const MinAtarOptions& options = {}) : options_(options) {
        if (!(options.sticky >= 0 && options.sticky <= 1)) {
            throw std::invalid_argument("envs::MinAtar: sticky must be in [0, 1], got " +
                                        std::to_string(options.sticky));
        }
    }

    [[nodiscard]] Space observation_space() const {
        return uniform_box({kChannels, minatar::kSize, minatar::kSize}, 0, 1);
    }
    [[nodiscard]] Space action_space() const { return Discrete{actions()}; }

    std::span<const float> reset(std::uint64_t seed) {
        random_ = NumpyLegacy(seed);
        last_ = minatar::Move::none;
        return reset();
    }
    std::span<const float> reset() {
        game_.reset(random_);
        score_ = 0;
        episode_.begin();
        return observe();
    }

    Outcome step(const Action& action) {
        const std::size_t choice = action.choice(actions(), "envs::MinAtar");
        episode_.expect_running("envs::MinAtar");
        const minatar::Move wanted =
            options_.all_actions ? static_cast<minatar::Move>(choice) : Game::kMinimal[choice];
        // a number is drawn even where it cannot matter
        if (!(random_.uniform() < options_.sticky)) last_ = wanted;
        const double reward = game_.act(last_, random_, options_.ramping);
        score_ += reward;
        episode_.end_if(game_.is_over());
        return {observe(), reward, game_.is_over(), false};
    }

    /// The reference's state(): bytes 0 or 1 in the order row, column, channel.
    [[nodiscard]] std::vector<std::uint8_t> state() const {
        constexpr std::size_t kCells = std::size_t{minatar::kSize} * minatar::kSize;
        std::vector<std::uint8_t> bytes(kCells * kChannels);
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            for (std::size_t cell = 0; cell < kCells; ++cell) {
                bytes[cell * kChannels + channel] =
                    static_cast<std::uint8_t>(board_.values()[channel * kCells + cell]);
            }
        }
        return bytes;
    }

    [[nodiscard]] Scene scene() const {
        Panel panel = detail::stage(std::string(Game::kTitle),
                                    std::string(Game::kAim) + ". Points so far: " +
                                        std::to_string(static_cast<long>(score_)),
                                    {0, minatar::kSize}, {0, minatar::kSize});
        panel.legend = true;
        panel.y.reversed = true;
        draw_cells(panel);
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            std::string name(Game::kChannels[channel]);
            std::replace(name.begin(), name.end(), '_', ' ');
            // no marks, only an entry in the legend
            panel.items.emplace_back(Points{
                .paint = Paint::fixed(colour_of(channel)), .radius = 4, .name = std::move(name)});
        }
        return detail::scene_of(std::move(panel));
    }

private:
    static Colour colour_of(std::size_t channel) {
        constexpr std::array<Colour, 10> kColours = {{{88, 212, 159},
                                                      {244, 103, 42},
                                                      {112, 120, 132},
                                                      {242, 213, 74},
                                                      {115, 138, 250},
                                                      {194, 116, 161},
                                                      {183, 236, 255},
                                                      {255, 160, 160},
                                                      {140, 200, 90},
                                                      {230, 230, 230}}};
        return kColours[channel];
    }
    [[nodiscard]] std::size_t actions() const noexcept {
        return options_.all_actions ? 6 : Game::kMinimal.size();
    }
    std::span<const float> observe() {
        board_.clear();
        game_.draw(board_);
        return board_.values();
    }
    // the board, and each cell with something on it in the colour of its first channel
    void draw_cells(Panel& panel) const {
        using detail::rectangle;
        constexpr std::size_t kCells = std::size_t{minatar::kSize} * minatar::kSize;
        panel.items.emplace_back(
            rectangle({0, minatar::kSize}, {0, minatar::kSize}, Paint::fixed({38, 41, 48})));
        for (std::size_t cell = 0; cell < kCells; ++cell) {
            std::size_t channel = 0;
            while (channel < kChannels && board_.values()[channel * kCells + cell] == 0) ++channel;
            if (channel == kChannels) continue;
            const auto x = static_cast<double>(cell % minatar::kSize);
            const auto y = static_cast<double>(cell / minatar::kSize);
            panel.items.emplace_back(rectangle({x + 0.05, x + 0.95}, {y + 0.05, y + 0.95},
                                               Paint::fixed(colour_of(channel))));
        }
    }

    Game game_;
    minatar::Board<kChannels> board_;
    NumpyLegacy random_;
    minatar::Move last_ = minatar::Move::none;
    MinAtarOptions options_;
    double score_ = 0;
    Episode episode_;
};

} // namespace baldwin::envs

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Atari games through the Arcade Learning Environment, with the standard preprocessing. Needs ALE
/// and a ROM of the user's.
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/envs/catalogue.hpp>
#include <baldwin/envs/detail/sketch.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/frame_stack.hpp>
#include <baldwin/envs/numpy_random.hpp>
#include <baldwin/envs/time_limit.hpp>

#include <ale_interface.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::envs {

/// How an Atari game is played and seen.
struct AtariOptions {
    std::string rom = {}; ///< file
    int frame_skip = 4;   ///< frames of a step, >= 1; the rewards are added up
    double sticky = 0.25; ///< probability that a frame repeats the last one's action
    int noops = 30;       ///< a reset does 1 to so many frames of nothing; 0: none
    FireOnReset fire_on_reset = FireOnReset::no;
    bool all_actions = false; ///< 18 actions; otherwise those that do something in this game
};

namespace detail {

/// A grey picture made smaller: each pixel is the mean of the area it stands for.
class AreaResize {
public:
    AreaResize(std::size_t rows, std::size_t columns, std::size_t side)
        : rows_(parts(rows, side)), columns_(parts(columns, side)), width_(columns) {}

    /// \param pixels  (rows, columns), row-major
    /// \param out     (side, side), in [0, 1]
    void operator()(std::span<const std::uint8_t> pixels, std::span<float> out) const {
        for (std::size_t r = 0; r < rows_.size(); ++r) {
            for (std::size_t c = 0; c < columns_.size(); ++c) {
                out[r * columns_.size() + c] = mean(pixels, rows_[r], columns_[c]);
            }
        }
    }

private:
    // the stretch of input cells under one output cell, with the share of each; shares add up to 1
    struct Part {
        std::size_t first = 0;
        std::vector<float> shares = {};
    };

    static std::vector<Part> parts(std::size_t from, std::size_t to) {
        std::vector<Part> parts(to);
        const double scale = static_cast<double>(from) / static_cast<double>(to);
        for (std::size_t i = 0; i < to; ++i) {
            const double low = static_cast<double>(i) * scale;
            const double high = low + scale;
            parts[i].first = static_cast<std::size_t>(low);
            for (std::size_t cell = parts[i].first; cell < from; ++cell) {
                const double start = std::max(low, static_cast<double>(cell));
                const double share = std::min(high, static_cast<double>(cell + 1)) - start;
                if (share <= 1e-9) break;
                parts[i].shares.push_back(static_cast<float>(share / scale));
            }
        }
        return parts;
    }
    [[nodiscard]] float mean(std::span<const std::uint8_t> pixels, const Part& row,
                             const Part& column) const {
        float sum = 0;
        for (std::size_t y = 0; y < row.shares.size(); ++y) {
            const std::uint8_t* line = pixels.data() + (row.first + y) * width_ + column.first;
            float across = 0;
            for (std::size_t x = 0; x < column.shares.size(); ++x) {
                across += column.shares[x] * static_cast<float>(line[x]);
            }
            sum += row.shares[y] * across;
        }
        return std::min(sum / 255, 1.0F);
    }

    std::vector<Part> rows_;
    std::vector<Part> columns_;
    std::size_t width_;
};

} // namespace detail

/// One Atari game; an observation is the newest frame, so it is usually stacked: see atari_game.
///
/// Observation: grey, shape (1, 84, 84), in [0, 1]: the brighter of the last two frames of a step,
/// made smaller by areas. Actions: choices. An episode ends with the game, not with a life. What is
/// random (no-ops, sticky actions) comes from the seed and not from ALE, by the same rules, so that
/// a seed decides an episode. A copy loads the ROM again: keep copies rather than make them.
/// \paper Machado et al. 2018, "Revisiting the arcade learning environment"
class Atari {
public:
    static constexpr std::string_view kName = "envs::Atari";
    static constexpr std::size_t kSide = 84; ///< pixels of an observation

    /// \throws std::invalid_argument if an option is out of its range
    /// \throws std::runtime_error if there is no such ROM
    explicit Atari(AtariOptions options)
        : options_(checked(std::move(options))), ale_(loaded(options_)),
          choices_(options_.all_actions ? ale_->getLegalActionSet() : ale_->getMinimalActionSet()),
          resize_(ale_->getScreen().height(), ale_->getScreen().width(), kSide),
          beginning_(ale_->cloneState(true)), observation_(kSide * kSide) {}
    Atari(const Atari& other)
        : options_(other.options_), ale_(loaded(options_)), choices_(other.choices_),
          resize_(other.resize_), beginning_(other.beginning_), last_(other.last_),
          observation_(other.observation_), random_(other.random_), episode_(other.episode_),
          score_(other.score_) {
        ale_->restoreState(other.ale_->cloneState(true));
    }
    Atari(Atari&&) noexcept = default;
    Atari& operator=(Atari&&) noexcept = default;
    Atari& operator=(const Atari& other) { return *this = Atari(other); }
    ~Atari() = default;

    [[nodiscard]] static Space observation_space() { return uniform_box({1, kSide, kSide}, 0, 1); }
    [[nodiscard]] Space action_space() const { return Discrete{choices_.size()}; }

    std::span<const float> reset(std::uint64_t seed) {
        random_ = NumpyGenerator(seed);
        return reset();
    }
    std::span<const float> reset() {
        begin();
        if (options_.noops > 0) {
            const int frames = 1 + static_cast<int>(random_.uniform() * options_.noops);
            for (int i = 0; i < frames; ++i) act_at_start(ale::PLAYER_A_NOOP);
        }
        press_fire();
        grab(newest_);
        resize_(newest_, observation_);
        episode_.begin();
        return observation_;
    }

    Outcome step(const Action& action) {
        const ale::Action wanted = choices_[action.choice(choices_.size(), kName)];
        episode_.expect_running(kName);
        double reward = 0;
        bool is_over = false;
        for (int frame = 0; frame < options_.frame_skip && !is_over; ++frame) {
            if (frame + 1 == options_.frame_skip && frame > 0) grab(before_);
            // each frame may repeat what the last one did
            if (!(random_.uniform() < options_.sticky)) last_ = wanted;
            reward += static_cast<double>(ale_->act(last_));
            is_over = ale_->game_over();
        }
        grab(newest_);
        if (options_.frame_skip == 1 || before_.empty()) before_ = newest_;
        for (std::size_t i = 0; i < newest_.size(); ++i) {
            newest_[i] = std::max(newest_[i], before_[i]);
        }
        before_.clear();
        resize_(newest_, observation_);
        score_ += reward;
        episode_.end_if(is_over);
        return {observation_, reward, is_over, false};
    }

    [[nodiscard]] Scene scene() const {
        const auto rows = static_cast<std::size_t>(ale_->getScreen().height());
        const auto columns = static_cast<std::size_t>(ale_->getScreen().width());
        Image image{.rows = rows, .columns = columns, .channels = 3, .framed = true};
        ale_->getScreenRGB(image.pixels);
        // a pixel of the screen is about twice as wide as high
        image.high = {4, 3};
        Panel panel = detail::stage(std::filesystem::path(options_.rom).stem().string(),
                                    "An Atari game. Points so far: " +
                                        std::to_string(static_cast<long>(score_)),
                                    {0, 4}, {0, 3});
        panel.items.emplace_back(std::move(image));
        return detail::scene_of(std::move(panel));
    }

private:
    static AtariOptions checked(AtariOptions options) {
        if (options.frame_skip < 1 || options.noops < 0 ||
            !(options.sticky >= 0 && options.sticky <= 1)) {
            throw std::invalid_argument(
                "envs::Atari: frame_skip must be >= 1, noops >= 0 and sticky in [0, 1], got " +
                std::to_string(options.frame_skip) + ", " + std::to_string(options.noops) +
                " and " + std::to_string(options.sticky));
        }
        if (!std::filesystem::is_regular_file(options.rom)) {
            throw file_error(options.rom, "is no ROM: there is no such file");
        }
        return options;
    }
    // settings take effect when the ROM is loaded
    static std::unique_ptr<ale::ALEInterface> loaded(const AtariOptions& options) {
        ale::Logger::setMode(ale::Logger::Error);
        auto ale = std::make_unique<ale::ALEInterface>();
        ale->setInt("random_seed", 1);
        ale->setFloat("repeat_action_probability", 0);
        ale->setInt("frame_skip", 1);
        ale->setBool("color_averaging", false);
        ale->setBool("truncate_on_loss_of_life", false);
        ale->loadROM(options.rom);
        ale->reset_game();
        return ale;
    }
    // as after loading, whatever was played before
    void begin() {
        ale_->restoreState(beginning_);
        last_ = ale::PLAYER_A_NOOP;
        before_.clear();
        score_ = 0;
    }
    void act_at_start(ale::Action action) {
        ale_->act(action);
        if (ale_->game_over()) begin();
    }
    void press_fire() {
        const auto fire = std::find(choices_.begin(), choices_.end(), ale::PLAYER_A_FIRE);
        if (options_.fire_on_reset == FireOnReset::frame && fire != choices_.end()) {
            act_at_start(*fire);
        }
        const bool is_second = fire == choices_.begin() + 1 && choices_.size() > 2;
        if (options_.fire_on_reset != FireOnReset::steps || !is_second) return;
        for (const std::size_t choice : {1U, 2U}) {
            for (int frame = 0; frame < 4; ++frame) act_at_start(choices_[choice]);
        }
    }
    void grab(std::vector<unsigned char>& grey) const { ale_->getScreenGrayscale(grey); }

    AtariOptions options_;
    std::unique_ptr<ale::ALEInterface> ale_;
    ale::ActionVect choices_;
    detail::AreaResize resize_;
    ale::ALEState beginning_;
    ale::Action last_ = ale::PLAYER_A_NOOP;
    std::vector<unsigned char> newest_;
    std::vector<unsigned char> before_; // the frame before the newest of a step
    std::vector<float> observation_;
    NumpyGenerator random_;
    Episode episode_;
    double score_ = 0;
};

/// A game as networks see it: the last four frames, shape (4, 84, 84).
/// \param max_steps  an episode is truncated after so many
inline TimeLimit<FrameStack<Atari>> atari_game(AtariOptions options,
                                               std::size_t max_steps = AtariRules().max_steps) {
    return {FrameStack(Atari(std::move(options)), 4), max_steps};
}

/// Adds "atari": the game of the ROM that MakeOptions::model names.
inline void add_ale_environments(Catalogue& catalogue) {
    catalogue.add({"atari", "The Atari game of the ROM that --model names.", std::nullopt,
                   [](const MakeOptions& options) -> AnyEnvironment {
                       const AtariRules& rules = options.atari;
                       return atari_game({.rom = options.model,
                                          .sticky = rules.sticky,
                                          .fire_on_reset = rules.fire_on_reset},
                                         rules.max_steps);
                   }});
}

} // namespace baldwin::envs

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Environments by name, with the limits that their reference gives them.
#pragma once

#include <baldwin/envs/acrobot.hpp>
#include <baldwin/envs/any_environment.hpp>
#include <baldwin/envs/cart_pole.hpp>
#include <baldwin/envs/maze_map.hpp>
#include <baldwin/envs/maze_view.hpp>
#include <baldwin/envs/minatar/minatar.hpp>
#include <baldwin/envs/mountain_car.hpp>
#include <baldwin/envs/pendulum.hpp>
#include <baldwin/envs/time_limit.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::envs {

/// Whether and how FIRE is pressed once the no-ops of a reset are over; many games wait for it.
enum class FireOnReset {
    no,
    frame, ///< one frame, in games that have it
    steps  ///< four frames of the second action and four of the third, where the second is FIRE
};

/// Rules of an Atari game beyond its preprocessing.
struct AtariRules {
    double sticky = 0.25; ///< probability that a frame repeats the last one's action
    FireOnReset fire_on_reset = FireOnReset::no;
    std::size_t max_steps = 27'000; ///< of an episode; four frames each
};

/// What a program's user may say about an environment; each environment takes what concerns it.
struct MakeOptions {
    MinAtarOptions minatar = {};
    AtariRules atari = {};
    std::string maze = {};  ///< maze file; empty: the built-in hard maze
    std::string model = {}; ///< robot file of MuJoCo; empty: looked up
};

/// An environment that can be made.
struct CatalogueEntry {
    std::string id;                              ///< such as "CartPole-v1"
    std::string summary;                         ///< one sentence
    std::optional<double> solved = std::nullopt; ///< return that counts as solved
    std::function<AnyEnvironment(const MakeOptions&)> make;
};

/// The environments of a program, in the order in which they were added.
class Catalogue {
public:
    /// \throws std::invalid_argument if the id is taken
    void add(CatalogueEntry entry) {
        if (look_up(entry.id) != nullptr) {
            throw std::invalid_argument("envs::Catalogue: " + entry.id + " is already there");
        }
        entries_.push_back(std::move(entry));
    }

    [[nodiscard]] const std::vector<CatalogueEntry>& entries() const noexcept { return entries_; }
    /// The entry of that id, or nullptr.
    [[nodiscard]] const CatalogueEntry* look_up(std::string_view id) const noexcept {
        const auto found =
            std::find_if(entries_.begin(), entries_.end(),
                         [&](const CatalogueEntry& entry) { return entry.id == id; });
        return found == entries_.end() ? nullptr : &*found;
    }
    /// \throws std::invalid_argument naming all ids if there is no such environment, or what to
    ///         install where its simulator is missing; what making it throws
    [[nodiscard]] AnyEnvironment make(std::string_view id, const MakeOptions& options = {}) const {
        if (const CatalogueEntry* entry = look_up(id)) return entry->make(options);
        refuse_without_simulator(id);
        std::string known;
        for (const CatalogueEntry& entry : entries_) {
            known += (known.empty() ? "" : ", ") + entry.id;
        }
        throw std::invalid_argument("unknown environment '" + std::string(id) +
                                    "'; there are: " + known);
    }

private:
    struct Simulator {
        std::string_view name;
        std::string_view install;
        std::vector<std::string_view> prefixes; ///< of the ids that it plays
    };
    static std::vector<Simulator> simulators() {
        return {{"Box2D", "libbox2d-dev", {"LunarLander"}},
                {"MuJoCo",
                 "libmujoco-dev",
                 {"Ant-", "HalfCheetah-", "Hopper-", "Humanoid-", "Swimmer-", "Walker2d-"}},
                {"ALE", "the Arcade Learning Environment", {"atari"}}};
    }
    // an id that another build would know
    void refuse_without_simulator(std::string_view id) const {
        for (const Simulator& simulator : simulators()) {
            for (const std::string_view prefix : simulator.prefixes) {
                const auto begins = [&](std::string_view name) { return name.starts_with(prefix); };
                if (!begins(id) || std::any_of(entries_.begin(), entries_.end(),
                                               [&](const auto& one) { return begins(one.id); })) {
                    continue;
                }
                throw std::invalid_argument(
                    "'" + std::string(id) + "' needs " + std::string(simulator.name) +
                    ", which this build is without: install " + std::string(simulator.install) +
                    ", configure and build again");
            }
        }
    }

    std::vector<CatalogueEntry> entries_;
};

namespace detail {

template <class E>
CatalogueEntry limited(std::string id, std::size_t steps, std::optional<double> solved,
                       std::string summary) {
    return {std::move(id), std::move(summary), solved,
            [steps](const MakeOptions&) -> AnyEnvironment { return TimeLimit(E(), steps); }};
}

template <class Game>
CatalogueEntry minatar_game(const std::string& name) {
    return {"minatar/" + name, std::string(Game::kAim) + ".", std::nullopt,
            [](const MakeOptions& options) -> AnyEnvironment {
                return MinAtar<Game>(options.minatar);
            }};
}

inline MazeMap maze_of(const MakeOptions& options) {
    return options.maze.empty() ? hard_maze_map() : read_maze(options.maze);
}

} // namespace detail

/// Adds all environments of this module.
inline void add_environments(Catalogue& catalogue) {
    using detail::limited;
    const std::string pole = "A cart is pushed left and right so that its pole stays up.";
    catalogue.add(limited<CartPole>("CartPole-v0", 200, 195, pole));
    catalogue.add(limited<CartPole>("CartPole-v1", 500, 475, pole));
    catalogue.add(limited<MountainCar>("MountainCar-v0", 200, -110,
                                       "A weak car swings itself up a hill, with three forces."));
    catalogue.add(limited<MountainCarContinuous>("MountainCarContinuous-v0", 999, 90,
                                                 "The same with any force, and a cost for it."));
    catalogue.add(limited<Acrobot>("Acrobot-v1", 500, -100,
                                   "Two links with a motor between them swing their tip up."));
    catalogue.add(limited<Pendulum>("Pendulum-v1", 200, std::nullopt,
                                    "A weak motor swings a pendulum up and holds it."));
    catalogue.add(detail::minatar_game<minatar::Asterix>("asterix"));
    catalogue.add(detail::minatar_game<minatar::Breakout>("breakout"));
    catalogue.add(detail::minatar_game<minatar::Freeway>("freeway"));
    catalogue.add(detail::minatar_game<minatar::Seaquest>("seaquest"));
    catalogue.add(detail::minatar_game<minatar::SpaceInvaders>("space_invaders"));
    catalogue.add({"hard-maze", "A robot with range finders has to find the way round the traps.",
                   std::nullopt, [](const MakeOptions& options) -> AnyEnvironment {
                       return Maze(detail::maze_of(options));
                   }});
    catalogue.add({"image-hard-maze", "The same, seen from above as four grey pictures.",
                   std::nullopt, [](const MakeOptions& options) -> AnyEnvironment {
                       return image_maze(detail::maze_of(options));
                   }});
}

/// A catalogue with all environments of this module.
inline Catalogue standard_catalogue() {
    Catalogue catalogue;
    add_environments(catalogue);
    return catalogue;
}

} // namespace baldwin::envs

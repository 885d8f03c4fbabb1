// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The environments as exhibits: to be looked at while somebody acts at random.
#pragma once

#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/envs/catalogue.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::envs {

/// An environment in which actions are drawn at random and held for some steps.
class RandomPlay {
public:
    RandomPlay(AnyEnvironment env, std::uint64_t seed)
        : env_(std::move(env)), space_(env_.action_space()), stream_(seed) {
        env_.reset(seed);
        draw();
    }

    /// One step; an episode that is over starts again.
    /// \param hold  steps that an action is held for; >= 1
    void step(std::size_t hold) {
        if (is_over_) {
            env_.reset();
            total_ = 0;
            ++episodes_;
        }
        if (is_over_ || held_ >= hold) draw();
        ++held_;
        const Outcome outcome = env_.step(action());
        total_ += outcome.reward;
        is_over_ = outcome.is_over();
    }
    [[nodiscard]] Scene scene() const {
        Scene scene = env_.scene();
        scene.title = "Random actions: episode " + std::to_string(episodes_ + 1) + ", return " +
                      detail::rounded(total_);
        return scene;
    }

private:
    void draw() {
        held_ = 0;
        const std::size_t numbers = policy_outputs(space_);
        if (const auto* box = std::get_if<Box>(&space_)) {
            values_.resize(numbers);
            for (std::size_t i = 0; i < numbers; ++i) {
                // a side without a bound counts as 1
                const float low = std::isfinite(box->low[i]) ? box->low[i] : -1;
                const float high = std::isfinite(box->high[i]) ? box->high[i] : 1;
                values_[i] = low + (high - low) * stream_.uniform_float(draws_ * numbers + i);
            }
        } else {
            choice_ = static_cast<std::size_t>(stream_.below(numbers, draws_));
        }
        ++draws_;
    }
    [[nodiscard]] Action action() const {
        if (std::holds_alternative<Box>(space_)) return values_;
        return choice_;
    }

    AnyEnvironment env_;
    Space space_;
    Stream stream_;
    std::uint64_t draws_ = 0;
    std::size_t held_ = 0;
    std::size_t choice_ = 0;
    std::vector<float> values_;
    double total_ = 0;
    std::size_t episodes_ = 0;
    bool is_over_ = false;
};

/// Offers every environment of a catalogue that can be made without a file.
inline void register_exhibits(Registry& registry, const Catalogue& catalogue) {
    for (const CatalogueEntry& entry : catalogue.entries()) {
        const auto start = [make = entry.make](std::uint64_t seed, Exhibit::Values) {
            return RandomPlay(make({}), seed);
        };
        const auto step = [](RandomPlay& play, Exhibit::Values values) {
            play.step(static_cast<std::size_t>(values[0]));
        };
        try {
            (void)entry.make({});
        } catch (const std::runtime_error&) {
            continue; // its robot's file is not here
        }
        registry.add(make_exhibit<RandomPlay>(
            {.category = "environments",
             .name = entry.id,
             .summary = entry.summary,
             .parameters = {{.name = "hold",
                             .value = 5,
                             .low = 1,
                             .high = 50,
                             .step = 1,
                             .unit = "steps",
                             .help = "How long a random action is held."}}},
            start, step, [](const RandomPlay& play) { return play.scene(); }));
    }
}

/// Offers every environment of this module.
inline void register_exhibits(Registry& registry) {
    register_exhibits(registry, standard_catalogue());
}

} // namespace baldwin::envs

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What every environment promises, checked on one of any type.
#pragma once

#include <baldwin/core/random.hpp>
#include <baldwin/envs/any_environment.hpp>

#include "support/errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::test {

/// Actions drawn from a space; infinite bounds count as +-1.
class ActionSource {
public:
    ActionSource(envs::Space space, std::uint64_t seed) : space_(std::move(space)), stream_(seed) {}

    /// The action of step t; the same however often it is asked for.
    [[nodiscard]] envs::Action at(std::size_t t) {
        if (const auto* discrete = std::get_if<envs::Discrete>(&space_)) {
            return static_cast<std::size_t>(stream_.below(discrete->count, t));
        }
        const auto& box = std::get<envs::Box>(space_);
        values_.resize(box.size());
        for (std::size_t i = 0; i < values_.size(); ++i) {
            const float low = std::max(box.low[i], -1.0F);
            const float high = std::min(box.high[i], 1.0F);
            values_[i] = low + (high - low) * stream_.uniform_float(t * values_.size() + i);
        }
        return std::span<const float>(values_);
    }

private:
    envs::Space space_;
    Stream stream_;
    std::vector<float> values_;
};

/// One row for each step: observation, reward, terminated, truncated.
using Trajectory = std::vector<std::vector<double>>;

/// Appends to a trajectory until the episode ends or there are \p limit rows.
inline void continue_until(envs::AnyEnvironment& env, std::uint64_t seed, std::size_t limit,
                           Trajectory& rows) {
    ActionSource actions(env.action_space(), seed);
    while (rows.size() < limit) {
        const auto outcome = env.step(actions.at(rows.size()));
        std::vector<double> row(outcome.observation.begin(), outcome.observation.end());
        row.insert(row.end(),
                   {outcome.reward, outcome.terminated ? 1.0 : 0.0, outcome.truncated ? 1.0 : 0.0});
        rows.push_back(std::move(row));
        if (outcome.is_over()) break;
    }
}

/// Rows of a trajectory that are compared: fewer where observations are pictures.
inline std::size_t usual_rows(const envs::AnyEnvironment& env) {
    return std::get<envs::Box>(env.observation_space()).size() > 5000 ? 12 : 200;
}

/// A trajectory from reset(seed) on; its first row is the first observation.
inline Trajectory trajectory_of(envs::AnyEnvironment& env, std::uint64_t seed, std::size_t limit) {
    const auto start = env.reset(seed);
    Trajectory rows = {std::vector<double>(start.begin(), start.end())};
    continue_until(env, seed, limit, rows);
    return rows;
}

/// The same seed gives the same bits: on a new object, a used one and a copy.
inline void expect_determinism(const envs::AnyEnvironment& fresh) {
    envs::AnyEnvironment env = fresh;
    const std::size_t rows = usual_rows(env);
    for (const std::uint64_t seed : {std::uint64_t{3}, std::uint64_t{1} << 40}) {
        SCOPED_TRACE(seed);
        const Trajectory first = trajectory_of(env, seed, rows);
        trajectory_of(env, seed + 1, rows / 4); // leaves it in the middle of something
        EXPECT_EQ(trajectory_of(env, seed, rows), first);
        envs::AnyEnvironment other = fresh;
        EXPECT_EQ(trajectory_of(other, seed, rows), first);
    }
}

/// A copy taken in the middle of an episode goes on by itself, and the original as if alone.
inline void expect_copies(const envs::AnyEnvironment& fresh) {
    envs::AnyEnvironment env = fresh;
    const std::size_t limit = std::min<std::size_t>(usual_rows(env), 60);
    const Trajectory whole = trajectory_of(env, 5, limit);
    if (whole.size() < 4) return;
    envs::AnyEnvironment half = fresh;
    Trajectory rows = trajectory_of(half, 5, whole.size() / 2);
    envs::AnyEnvironment copy = half;
    EXPECT_EQ(copy.scene(), half.scene());
    Trajectory of_copy = rows;
    continue_until(copy, 5, limit, of_copy);
    EXPECT_EQ(of_copy, whole);
    continue_until(half, 5, limit, rows);
    EXPECT_EQ(rows, whole);
}

/// What comes out lies in the observation space, and rewards are finite.
inline void expect_values_in_spaces(const envs::AnyEnvironment& fresh) {
    envs::AnyEnvironment env = fresh;
    ASSERT_TRUE(std::holds_alternative<envs::Box>(env.observation_space()));
    const auto box = std::get<envs::Box>(env.observation_space());
    EXPECT_EQ(box.shape.size(), box.low.size());
    EXPECT_EQ(box.low.size(), box.high.size());
    EXPECT_GE(envs::policy_outputs(env.action_space()), 1U);
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        EXPECT_TRUE(envs::contains(box, env.reset(seed)));
        ActionSource actions(env.action_space(), seed);
        for (std::size_t t = 0; t < 100; ++t) {
            const auto outcome = env.step(actions.at(t));
            ASSERT_TRUE(envs::contains(box, outcome.observation)) << "seed " << seed << " t " << t;
            ASSERT_TRUE(std::isfinite(outcome.reward));
            if (outcome.is_over()) env.reset();
        }
    }
}

/// A step outside an episode is an error, a reset mends it; wrong actions change nothing.
inline void expect_misuse_refused(const envs::AnyEnvironment& fresh) {
    using test::message_of;
    envs::AnyEnvironment env = fresh;
    ActionSource actions(env.action_space(), 1);
    EXPECT_NE(message_of<std::logic_error>([&] {
                  env.step(actions.at(0));
              }).find("before the first reset"),
              std::string::npos);
    env.reset(1);
    for (std::size_t t = 0; t < 3000; ++t) {
        if (!env.step(actions.at(t)).is_over()) continue;
        EXPECT_NE(message_of<std::logic_error>([&] {
                      env.step(actions.at(0));
                  }).find("after the end of the episode"),
                  std::string::npos);
        break;
    }
    env.reset(1);
    const Scene before = env.scene();
    const std::size_t count = envs::policy_outputs(env.action_space());
    const std::vector<float> wrong_size(count + 1, 0.0F);
    EXPECT_THROW(env.step(std::span(wrong_size)), std::invalid_argument);
    if (std::holds_alternative<envs::Discrete>(env.action_space())) {
        EXPECT_THROW(env.step(count), std::invalid_argument);
    } else {
        std::vector<float> nan(count, 0.0F);
        nan.back() = std::numeric_limits<float>::quiet_NaN();
        EXPECT_THROW(env.step(std::span<const float>(nan)), std::invalid_argument);
        EXPECT_THROW(env.step(std::size_t{0}), std::invalid_argument);
    }
    EXPECT_EQ(env.scene(), before);
    EXPECT_NO_THROW(env.step(actions.at(0)));
}

/// There is something to look at, and it moves.
inline void expect_scene(const envs::AnyEnvironment& fresh) {
    envs::AnyEnvironment env = fresh;
    env.reset(2);
    const Scene first = env.scene();
    ASSERT_FALSE(first.panels.empty());
    for (const Panel& panel : first.panels) {
        EXPECT_FALSE(panel.title.empty());
        EXPECT_FALSE(panel.note.empty()) << "a stranger is told what he sees";
        EXPECT_FALSE(panel.items.empty());
    }
    bool has_moved = false;
    ActionSource actions(env.action_space(), 2);
    for (std::size_t t = 0; t < 50 && !has_moved; ++t) {
        if (env.step(actions.at(t)).is_over()) env.reset();
        has_moved = env.scene() != first;
    }
    EXPECT_TRUE(has_moved);
}

/// All of it.
/// \param fresh  an environment that was never reset
inline void expect_environment_conforms(const envs::AnyEnvironment& fresh) {
    expect_determinism(fresh);
    expect_copies(fresh);
    expect_values_in_spaces(fresh);
    expect_misuse_refused(fresh);
    expect_scene(fresh);
}

} // namespace baldwin::test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The walking robots by name.
#pragma once

#include <baldwin/envs/catalogue.hpp>
#include <baldwin/envs/time_limit.hpp>
#include <baldwin/envs_mujoco/locomotion.hpp>
#include <baldwin/envs_mujoco/physics.hpp>

#include <optional>
#include <string>

namespace baldwin::envs {

namespace detail {

/// A robot's entries for versions 4 and 5. Its file is read when it is made.
inline void add_robot(Catalogue& catalogue, Robot robot, const std::string& id,
                      const std::string& file, const std::string& summary) {
    for (const int version : {4, 5}) {
        // the walker's feet grip alike from version 5 on
        const bool has_new_file = robot == Robot::walker2d && version == 5;
        const std::string name = has_new_file ? file + "_v5" : file;
        catalogue.add({id + "-v" + std::to_string(version), summary, std::nullopt,
                       [robot, version, name](const MakeOptions& options) -> AnyEnvironment {
                           const auto model = load_physics_model(find_robot(options.model, name));
                           return TimeLimit(Locomotion(model, locomotion_rules(robot, version)),
                                            1000);
                       }});
    }
}

} // namespace detail

/// Adds Ant, HalfCheetah, Hopper, Humanoid, Swimmer and Walker2d, versions 4 and 5.
inline void add_mujoco_environments(Catalogue& catalogue) {
    using detail::add_robot;
    add_robot(catalogue, Robot::ant, "Ant", "ant", "A body on four legs walks.");
    add_robot(catalogue, Robot::half_cheetah, "HalfCheetah", "half_cheetah",
              "Half a cheetah runs in a plane.");
    add_robot(catalogue, Robot::hopper, "Hopper", "hopper", "One leg hops in a plane.");
    add_robot(catalogue, Robot::humanoid, "Humanoid", "humanoid", "A human body walks.");
    add_robot(catalogue, Robot::swimmer, "Swimmer", "swimmer", "A chain of three links swims.");
    add_robot(catalogue, Robot::walker2d, "Walker2d", "walker2d", "Two legs walk in a plane.");
}

} // namespace baldwin::envs

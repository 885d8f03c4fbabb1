// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Robots that walk: Gymnasium's MuJoCo tasks, versions 4 and 5. Needs MuJoCo.
#pragma once

#include <baldwin/core/random.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/envs/detail/sketch.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/numpy_random.hpp>
#include <baldwin/envs_mujoco/physics.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::envs {

/// What a walking task counts, shows and forbids.
struct LocomotionRules {
    /// Whose way along x is rewarded.
    enum class Forward : std::uint8_t { root, torso, centre_of_mass };
    /// What is seen beside positions and velocities.
    enum class Sight : std::uint8_t {
        joints,       ///< nothing
        contacts,     ///< contact forces of all bodies but the world, clipped to +-1
        bodies,       ///< inertias, velocities, actuator and contact forces, world included
        robot_bodies, ///< the same without the world and the root's actuators
    };

    int frame_skip = 5;
    Forward forward = Forward::root;
    double forward_weight = 1;
    double control_weight = 0;
    double contact_weight = 0;
    double contact_clip = kNone;  ///< of each contact force before it is squared
    double contact_limit = kNone; ///< of the whole contact cost
    double alive = 0;             ///< reward for a step that ends healthy
    bool alive_always = false;    ///< also for one that does not: versions up to 4
    std::size_t height = 0;       ///< position that must stay in `heights`; 0: none
    Interval heights{-kNone, kNone};
    bool heights_closed = false; ///< the ends belong to it
    double tilt = kNone;         ///< limit of position 2
    double others = kNone;       ///< limit of positions and velocities from the third on
    std::size_t hidden = 1;      ///< first positions that are not seen
    double speed_clip = kNone;   ///< of the velocities seen
    Sight sight = Sight::joints;
    double noise = 0.1;         ///< of the start
    bool normal_speeds = false; ///< the start's velocities are normal, not uniform

    static constexpr double kNone = std::numeric_limits<double>::infinity();
};

/// The robots that have rules.
enum class Robot : std::uint8_t { ant, half_cheetah, hopper, humanoid, swimmer, walker2d };

namespace detail {

inline void set_ant(LocomotionRules& rules, bool is_new) {
    rules.forward = LocomotionRules::Forward::torso;
    rules.control_weight = 0.5;
    rules.contact_weight = is_new ? 5e-4 : 0;
    rules.contact_clip = 1;
    rules.alive = 1;
    rules.height = 2;
    rules.heights = {0.2, 1.0};
    rules.heights_closed = true;
    rules.hidden = 2;
    rules.sight = is_new ? LocomotionRules::Sight::contacts : LocomotionRules::Sight::joints;
    rules.normal_speeds = true;
}

inline void set_half_cheetah(LocomotionRules& rules) {
    rules.control_weight = 0.1;
    rules.normal_speeds = true;
}

inline void set_hopper(LocomotionRules& rules) {
    rules.frame_skip = 4;
    rules.control_weight = 1e-3;
    rules.alive = 1;
    rules.height = 1;
    rules.heights = {0.7, LocomotionRules::kNone};
    rules.tilt = 0.2;
    rules.others = 100;
    rules.speed_clip = 10;
    rules.noise = 5e-3;
}

inline void set_humanoid(LocomotionRules& rules, bool is_new) {
    rules.forward = LocomotionRules::Forward::centre_of_mass;
    rules.forward_weight = 1.25;
    rules.control_weight = 0.1;
    rules.contact_weight = is_new ? 5e-7 : 0;
    rules.contact_limit = 10;
    rules.alive = 5;
    rules.height = 2;
    rules.heights = {1, 2};
    rules.hidden = 2;
    rules.sight = is_new ? LocomotionRules::Sight::robot_bodies : LocomotionRules::Sight::bodies;
    rules.noise = 0.01;
}

inline void set_swimmer(LocomotionRules& rules) {
    rules.frame_skip = 4;
    rules.control_weight = 1e-4;
    rules.hidden = 2;
}

inline void set_walker2d(LocomotionRules& rules) {
    rules.frame_skip = 4;
    rules.control_weight = 1e-3;
    rules.alive = 1;
    rules.height = 1;
    rules.heights = {0.8, 2};
    rules.tilt = 1;
    rules.speed_clip = 10;
    rules.noise = 5e-3;
}

} // namespace detail

/// The rules of Gymnasium.
/// \param version  4 or 5
/// \throws std::invalid_argument for another version
inline LocomotionRules locomotion_rules(Robot robot, int version) {
    if (version != 4 && version != 5) {
        throw std::invalid_argument("envs::locomotion_rules: version must be 4 or 5, got " +
                                    std::to_string(version));
    }
    const bool is_new = version == 5;
    LocomotionRules rules;
    rules.alive_always = !is_new;
    switch (robot) {
    case Robot::ant: detail::set_ant(rules, is_new); break;
    case Robot::half_cheetah: detail::set_half_cheetah(rules); break;
    case Robot::hopper: detail::set_hopper(rules); break;
    case Robot::humanoid: detail::set_humanoid(rules, is_new); break;
    case Robot::swimmer: detail::set_swimmer(rules); break;
    case Robot::walker2d: detail::set_walker2d(rules); break;
    }
    return rules;
}

/// The parts of a step's reward.
struct LocomotionReward {
    double forward = 0;
    double alive = 0;
    double control = 0; ///< a cost: taken off
    double contact = 0; ///< a cost: taken off

    [[nodiscard]] double total() const noexcept { return forward + alive - control - contact; }
};

/// A robot that is rewarded for moving along x, without Gymnasium's limit of 1000 steps.
///
/// Action: a control for each actuator; costs count it as given, MuJoCo clips what it does to the
/// robot. Equal seeds start Humanoid, Hopper, Walker2d and Swimmer as Gymnasium does; Ant and
/// HalfCheetah draw their first velocities from normals of our own.
class Locomotion {
public:
    /// Reward of a step that no physics follows: so low that nobody gains by it.
    static constexpr double kUnstable = -1000;
    static constexpr std::string_view kName = "envs::Locomotion";

    /// \throws std::invalid_argument if the robot lacks what the rules look at
    Locomotion(PhysicsModel model, const LocomotionRules& rules)
        : physics_(std::move(model)), rules_(rules) {
        const auto positions = static_cast<std::size_t>(physics_.model().nq);
        const std::size_t least = std::max({rules.hidden, rules.height, std::size_t{2}}) + 1;
        if (positions < least || physics_.model().nu < 1 || physics_.model().nbody < 2) {
            throw std::invalid_argument(
                "envs::Locomotion: the robot needs a body, an actuator and at least " +
                std::to_string(least) + " positions, got " + std::to_string(positions));
        }
        observe();
    }

    [[nodiscard]] Space observation_space() const {
        return uniform_box({observation_.size()}, -kUnbounded, kUnbounded);
    }
    [[nodiscard]] Space action_space() const {
        const mjModel& model = physics_.model();
        Box box = uniform_box({static_cast<std::size_t>(model.nu)}, -kUnbounded, kUnbounded);
        for (std::size_t i = 0; i < box.size(); ++i) {
            if (model.actuator_ctrllimited[i] == 0) continue;
            box.low[i] = static_cast<float>(model.actuator_ctrlrange[2 * i]);
            box.high[i] = static_cast<float>(model.actuator_ctrlrange[2 * i + 1]);
        }
        return box;
    }

    std::span<const float> reset(std::uint64_t seed) {
        random_ = NumpyGenerator(seed);
        return reset();
    }
    std::span<const float> reset() {
        const mjModel& model = physics_.model();
        const double noise = rules_.noise;
        std::vector<mjtNum> positions(model.qpos0, model.qpos0 + model.nq);
        for (mjtNum& value : positions) value += random_.uniform(-noise, noise);
        std::vector<mjtNum> velocities(static_cast<std::size_t>(model.nv));
        if (rules_.normal_speeds) {
            Stream(random_.bits()).fill_normal(velocities);
            for (mjtNum& value : velocities) value *= noise;
        } else {
            for (mjtNum& value : velocities) value = random_.uniform(-noise, noise);
        }
        return start(positions, velocities);
    }
    /// Starts an episode from a state of the caller's.
    /// \throws std::invalid_argument if a number of entries is wrong
    std::span<const float> start(std::span<const mjtNum> positions,
                                 std::span<const mjtNum> velocities) {
        physics_.start(positions, velocities);
        reward_ = {};
        episode_.begin();
        return observe();
    }

    /// Where the simulation becomes unstable, the episode terminates with kUnstable as the step's
    /// reward.
    Outcome step(const Action& action) {
        const auto control = action.values(static_cast<std::size_t>(physics_.model().nu), kName);
        episode_.expect_running(kName);
        const double before = place();
        if (!physics_.step(control, rules_.frame_skip)) {
            episode_.end_if(true);
            reward_ = {};
            return {observe(), kUnstable, true, false};
        }
        const double time = physics_.model().opt.timestep * rules_.frame_skip;
        const bool healthy = is_healthy();
        reward_.forward = rules_.forward_weight * (place() - before) / time;
        reward_.alive = rules_.alive_always || healthy ? rules_.alive : 0;
        reward_.control = rules_.control_weight * sum_of_squares(control);
        reward_.contact = contact_cost();
        episode_.end_if(!healthy);
        return {observe(), reward_.total(), !healthy, false};
    }

    [[nodiscard]] const Physics& physics() const noexcept { return physics_; }
    [[nodiscard]] const LocomotionRules& rules() const noexcept { return rules_; }
    /// The parts of the last step's reward.
    [[nodiscard]] const LocomotionReward& reward() const noexcept { return reward_; }

    [[nodiscard]] Scene scene() const;

private:
    template <class T>
    static double sum_of_squares(std::span<const T> values) {
        double sum = 0;
        for (const T value : values) sum += static_cast<double>(value) * static_cast<double>(value);
        return sum;
    }
    /// Rows of a table with six columns or ten, one row for each body.
    [[nodiscard]] std::span<const mjtNum> bodies(const mjtNum* table, std::size_t columns) const {
        return {table, columns * static_cast<std::size_t>(physics_.model().nbody)};
    }
    // along x, of what the reward follows
    [[nodiscard]] double place() const {
        const mjData& data = physics_.data();
        if (rules_.forward == LocomotionRules::Forward::root) return data.qpos[0];
        if (rules_.forward == LocomotionRules::Forward::torso) return data.xpos[3];
        const mjModel& model = physics_.model();
        double moment = 0;
        double mass = 0;
        for (int body = 0; body < model.nbody; ++body) {
            moment += model.body_mass[body] * data.xipos[3 * body];
            mass += model.body_mass[body];
        }
        return moment / mass;
    }
    [[nodiscard]] bool is_healthy() const {
        const auto positions = physics_.positions();
        const auto velocities = physics_.velocities();
        const double height = rules_.height == 0 ? 0 : positions[rules_.height];
        const auto [low, high] = rules_.heights;
        if (rules_.heights_closed ? !(low <= height && height <= high)
                                  : !(low < height && height < high)) {
            return false;
        }
        if (!(std::abs(positions[2]) < rules_.tilt) && std::isfinite(rules_.tilt)) return false;
        const auto is_small = [&](mjtNum value) { return std::abs(value) < rules_.others; };
        return !std::isfinite(rules_.others) ||
               (std::all_of(positions.begin() + 2, positions.end(), is_small) &&
                std::all_of(velocities.begin(), velocities.end(), is_small));
    }
    [[nodiscard]] double contact_cost() const {
        if (rules_.contact_weight == 0) return 0;
        double sum = 0;
        for (const mjtNum force : bodies(physics_.data().cfrc_ext, 6)) {
            const double kept = std::clamp(force, -rules_.contact_clip, rules_.contact_clip);
            sum += kept * kept;
        }
        return std::min(rules_.contact_weight * sum, rules_.contact_limit);
    }
    std::span<const float> observe() {
        observation_.clear();
        const auto see = [this](std::span<const mjtNum> values,
                                double clip = LocomotionRules::kNone) {
            for (const mjtNum value : values) {
                observation_.push_back(static_cast<float>(std::clamp(value, -clip, clip)));
            }
        };
        see(physics_.positions().subspan(rules_.hidden));
        see(physics_.velocities(), rules_.speed_clip);
        using Sight = LocomotionRules::Sight;
        const mjData& data = physics_.data();
        const std::size_t first = rules_.sight == Sight::bodies ? 0 : 1; // body
        if (rules_.sight == Sight::contacts) {
            see(bodies(data.cfrc_ext, 6).subspan(6), rules_.contact_clip);
        }
        if (rules_.sight == Sight::bodies || rules_.sight == Sight::robot_bodies) {
            const auto joints = static_cast<std::size_t>(physics_.model().nv);
            see(bodies(data.cinert, 10).subspan(10 * first));
            see(bodies(data.cvel, 6).subspan(6 * first));
            see(std::span<const mjtNum>(data.qfrc_actuator, joints)
                    .subspan(std::min(joints, 6 * first)));
            see(bodies(data.cfrc_ext, 6).subspan(6 * first));
        }
        return observation_;
    }
    void draw_geom(Panel& panel, int geom, bool from_above) const;

    Physics physics_;
    LocomotionRules rules_;
    std::vector<float> observation_;
    LocomotionReward reward_;
    NumpyGenerator random_;
    Episode episode_;
};

inline Scene Locomotion::scene() const {
    const mjModel& model = physics_.model();
    const mjData& data = physics_.data();
    // without a limit on its height the robot swims: it is seen from above
    const bool from_above = rules_.hidden == 2 && rules_.height == 0;
    const double x = data.xpos[3];
    const double y = from_above ? data.xpos[4] : 0.75;
    Panel panel = detail::stage("Robot",
                                "Rewarded for moving to the right. At x = " + detail::rounded(x) +
                                    " m, reward " + detail::rounded(reward_.total()),
                                {x - 2, x + 2}, {y - 1.25, y + 1.25});
    if (!from_above) {
        panel.items.emplace_back(Lines{.at = {{x - 2, 0}, {x + 2, 0}}, .paint = Paint::muted()});
    }
    Points marks{.paint = Paint::grid(), .radius = 2};
    for (int i = -2; i <= 2; ++i) marks.at.push_back({std::round(x) + i, from_above ? y : 0.0});
    panel.items.emplace_back(std::move(marks));
    for (int geom = 0; geom < model.ngeom; ++geom) draw_geom(panel, geom, from_above);
    return detail::scene_of(std::move(panel));
}

inline void Locomotion::draw_geom(Panel& panel, int geom, bool from_above) const {
    const mjModel& model = physics_.model();
    const mjData& data = physics_.data();
    if (model.geom_bodyid[geom] == 0) return; // the ground
    const mjtNum* centre = data.geom_xpos + 3 * geom;
    const mjtNum* turn = data.geom_xmat + 9 * geom;
    const mjtNum* size = model.geom_size + 3 * geom;
    const int up = from_above ? 1 : 2;
    const bool is_long =
        model.geom_type[geom] == mjGEOM_CAPSULE || model.geom_type[geom] == mjGEOM_CYLINDER;
    const double half = is_long ? size[1] : 0;
    // the third column of the rotation is the capsule's axis
    const auto end = [&](double along) {
        return Point{centre[0] + along * turn[2], centre[up] + along * turn[3 * up + 2]};
    };
    const Paint paint = Paint::series(static_cast<std::size_t>(model.geom_bodyid[geom]));
    panel.items.emplace_back(detail::disc(end(half), size[0], paint));
    if (!is_long) return;
    panel.items.emplace_back(detail::disc(end(-half), size[0], paint));
    panel.items.emplace_back(detail::bar(end(-half), end(half), 2 * size[0], paint));
}

} // namespace baldwin::envs

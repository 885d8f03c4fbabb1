// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A robot with range finders in a maze, steered by two numbers: the task of novelty search.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/detail/sketch.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/maze_map.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::envs {

/// Where the robot of a maze is.
struct MazeRobot {
    MazePoint at{};
    float heading = 0; ///< degrees, in [0, 360]
    float speed = 0;   ///< units per step, in [-3, 3]
    float spin = 0;    ///< degrees per step, in [-3, 3]
    int collisions = 0;
};

namespace detail {

/// Walls as columns of numbers, so that loops over them run on vectors.
class MazeWalls {
public:
    explicit MazeWalls(const std::vector<MazeWall>& walls) {
        // an empty place is a wall of no length far away: no ray meets it
        const std::size_t count = (walls.size() + 7) / 8 * 8;
        for (auto* column : {&x_, &y_, &dx_, &dy_, &length2_}) column->resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            const bool is_wall = i < walls.size();
            const MazePoint from = is_wall ? walls[i].from : MazePoint{1e9F, 1e9F};
            const MazePoint to = is_wall ? walls[i].to : MazePoint{1e9F, 1e9F};
            x_[i] = from.x;
            y_[i] = from.y;
            dx_[i] = to.x - from.x;
            dy_[i] = to.y - from.y;
            const float length = std::sqrt(dx_[i] * dx_[i] + dy_[i] * dy_[i]);
            length2_[i] = length * length;
        }
    }

    /// Square of the distance to the nearest wall; a wall without length is a point.
    [[nodiscard]] float nearest(MazePoint p) const noexcept {
        float nearest = 1e12F;
        for (std::size_t i = 0; i < x_.size(); ++i) {
            const float ax = p.x - x_[i];
            const float ay = p.y - y_[i];
            // share of the wall at the foot of the perpendicular, or the nearer end
            float u = (ax * dx_[i] + ay * dy_[i]) / (length2_[i] == 0 ? 1.0F : length2_[i]);
            u = u < 0 ? 0.0F : u;
            u = u > 1 ? 1.0F : u;
            const float x = ax - u * dx_[i];
            const float y = ay - u * dy_[i];
            const float distance2 = x * x + y * y;
            nearest = distance2 < nearest ? distance2 : nearest;
        }
        return nearest;
    }

    /// Distance from \p p to the first wall on the way to p + ray; \p range if there is none.
    /// Only crossings strictly inside both count.
    [[nodiscard]] float first_hit(MazePoint p, MazePoint ray, float range) const noexcept {
        float nearest = range * range;
        for (std::size_t i = 0; i < x_.size(); ++i) {
            const float ax = x_[i] - p.x;
            const float ay = y_[i] - p.y;
            // wall(r) = p + s * ray
            const float turn = dx_[i] * ray.y - dy_[i] * ray.x;
            const float r = (ay * ray.x - ax * ray.y) / turn;
            const float s = (ay * dx_[i] - ax * dy_[i]) / turn;
            const float x = ax + r * dx_[i];
            const float y = ay + r * dy_[i];
            const float distance2 = x * x + y * y;
            // parallel: r and s are infinite or NaN, and no comparison holds
            const bool is_hit = (r > 0) & (r < 1) & (s > 0) & (s < 1) & (distance2 < nearest);
            nearest = is_hit ? distance2 : nearest;
        }
        return std::sqrt(nearest);
    }

private:
    std::vector<float> x_;
    std::vector<float> y_;
    std::vector<float> dx_;
    std::vector<float> dy_;
    std::vector<float> length2_;
};

} // namespace detail

/// The maze robot of Lehman and Stanley, as the Deep GA's code plays it.
///
/// Observation, 11 numbers: 1; distances to the walls at -90, -45, 0, 45, 90 and -180 degrees from
/// the heading, up to 100 and divided by 100; four flags for the quarter in which the goal lies:
/// ahead, left (45 to 135 degrees), behind, right. Action: turn and speed, in [-0.5, 0.5] and
/// clipped to it; they are wishes that the robot follows by at most 0.2 a step. Reward 0, and minus
/// the distance to the goal at the last step. Deterministic: the seed changes nothing.
/// \paper Lehman & Stanley 2011, "Abandoning objectives"; Such et al. 2017, arXiv 1712.06567
class Maze {
public:
    static constexpr std::string_view kName = "envs::Maze";
    static constexpr std::size_t kSensors = 11;
    static constexpr float kRadius = 8; ///< of the robot
    static constexpr float kNear = 10;  ///< distance at which the goal counts as reached

    explicit Maze(MazeMap map = hard_maze_map())
        : map_(std::make_shared<const MazeMap>(std::move(map))),
          walls_(std::make_shared<const detail::MazeWalls>(map_->walls)) {}

    [[nodiscard]] static Space observation_space() { return uniform_box({kSensors}, 0, 1); }
    [[nodiscard]] static Space action_space() { return uniform_box({2}, -0.5F, 0.5F); }

    std::span<const float> reset(std::uint64_t /*seed*/) { return reset(); }
    std::span<const float> reset() {
        robot_ = {.at = map_->start, .heading = map_->heading};
        trail_.clear();
        is_stuck_ = false;
        closest_ = distance();
        episode_.begin();
        return observe();
    }

    Outcome step(const Action& action) {
        const auto wishes = action.values(2, kName);
        episode_.expect_running(kName);
        trail_.push_back(robot_.at);
        steer(wishes[0], wishes[1]);
        move();
        closest_ = std::min(closest_, distance());
        const bool is_last = trail_.size() >= map_->steps;
        episode_.end_if(is_last);
        return {observe(), is_last ? -static_cast<double>(distance()) : 0.0, is_last, false};
    }

    [[nodiscard]] const MazeMap& map() const noexcept { return *map_; }
    [[nodiscard]] const MazeRobot& robot() const noexcept { return robot_; }
    /// Where the robot was before each step of the episode.
    [[nodiscard]] std::span<const MazePoint> trail() const noexcept { return trail_; }
    /// Straight way to the goal.
    [[nodiscard]] float distance() const noexcept {
        const float x = map_->goal.x - robot_.at.x;
        const float y = map_->goal.y - robot_.at.y;
        return std::sqrt(x * x + y * y);
    }
    /// Smallest distance of the episode, the start included.
    [[nodiscard]] float closest() const noexcept { return closest_; }
    /// The point is where the robot is; at the end of an episode, where it ended.
    [[nodiscard]] std::optional<Behaviour> behaviour() const {
        return Behaviour{{robot_.at.x, robot_.at.y}, distance(), closest_, closest_ < kNear};
    }

    [[nodiscard]] Scene scene() const {
        Panel panel = detail::stage("Maze",
                                    "Step " + std::to_string(trail_.size()) + " of " +
                                        std::to_string(map_->steps) + ", " +
                                        detail::rounded(distance(), 1) + " from the goal",
                                    map_->extent(&MazePoint::x), map_->extent(&MazePoint::y));
        panel.y.reversed = true;
        draw_map(panel);
        draw_robot(panel);
        return detail::scene_of(std::move(panel));
    }
    /// Adds walls, start and goal to a panel whose units are the maze's.
    void draw_map(Panel& panel) const {
        for (const MazeWall& wall : map_->walls) {
            panel.items.emplace_back(Lines{.at = {point(wall.from), point(wall.to)}, .width = 2.5});
        }
        panel.items.emplace_back(detail::disc(point(map_->goal), 5, Paint::good()));
        panel.items.emplace_back(Text{.at = {map_->goal.x + 8.0, map_->goal.y},
                                      .text = "goal",
                                      .anchor = Text::Anchor::start});
        panel.items.emplace_back(Points{.at = {point(map_->start)}, .paint = Paint::muted()});
    }

private:
    static constexpr float kRange = 100;
    static constexpr float kPush = 0.2F; // largest change of speed or spin in a step
    static constexpr float kTop = 3;
    static constexpr double kHalfTurn = 3.1415926; // the reference's pi
    static constexpr std::array<float, 6> kLooks = {-90, -45, 0, 45, 90, -180};

    static Point point(MazePoint p) { return {p.x, p.y}; }

    static void follow(float& value, float wish) {
        const double wanted = (static_cast<double>(std::clamp(wish + 0.5F, 0.0F, 1.0F)) - 0.5) * 6;
        const float change = static_cast<float>(wanted) - value;
        value = std::clamp(value + std::clamp(change, -kPush, kPush), -kTop, kTop);
    }
    void steer(float turn, float speed) {
        follow(robot_.spin, turn);
        follow(robot_.speed, speed);
    }
    // with the heading before the turn; a step into a wall is not made
    void move() {
        const double angle = static_cast<double>(robot_.heading) / 180.0 * kHalfTurn;
        const double speed = robot_.speed;
        const auto x = static_cast<float>(std::cos(angle) * speed);
        const auto y = static_cast<float>(std::sin(angle) * speed);
        robot_.heading += robot_.spin;
        if (robot_.heading > 360) robot_.heading -= 360;
        if (robot_.heading < 0) robot_.heading += 360;
        const MazePoint next{robot_.at.x + x, robot_.at.y + y};
        const bool is_free = walls_->nearest(next) >= kRadius * kRadius;
        if (is_free && !is_stuck_) {
            robot_.at = next;
            return;
        }
        ++robot_.collisions;
        is_stuck_ = map_->stops_on_collision;
    }
    std::span<const float> observe() {
        const auto turn = static_cast<float>(static_cast<double>(robot_.heading) / 180 * kHalfTurn);
        const MazePoint ahead{std::cos(turn), std::sin(turn)};
        observation_[0] = 1;
        for (std::size_t i = 0; i < kLooks.size(); ++i) {
            const MazePoint ray{ahead.x * looks()[i].x - ahead.y * looks()[i].y,
                                ahead.y * looks()[i].x + ahead.x * looks()[i].y};
            observation_[1 + i] = walls_->first_hit(robot_.at, ray, kRange) / kRange;
        }
        const float x = map_->goal.x - robot_.at.x;
        const float y = map_->goal.y - robot_.at.y;
        const std::size_t quarter =
            quarter_of(ahead.x * x + ahead.y * y, ahead.x * y - ahead.y * x);
        for (std::size_t i = 0; i < 4; ++i) observation_[7 + i] = i == quarter ? 1.0F : 0.0F;
        return observation_;
    }
    // which of [315, 405), [45, 135), [135, 225), [225, 315) degrees a direction lies in
    static std::size_t quarter_of(float x, float y) {
        if (std::abs(x) > std::abs(y)) return x > 0 ? 0 : 2;
        if (std::abs(x) < std::abs(y)) return y > 0 ? 1 : 3;
        if (x == 0 && y == 0) return 3;  // at the goal; the reference calls this 270 degrees
        if (y > 0) return x > 0 ? 1 : 2; // 45 and 135
        return x > 0 ? 0 : 3;            // 315 and 225
    }
    // rays of length kRange in the robot's own frame
    static const std::array<MazePoint, 6>& looks() {
        static const auto kRays = [] {
            std::array<MazePoint, 6> rays;
            for (std::size_t i = 0; i < rays.size(); ++i) {
                const auto angle = static_cast<float>(kLooks[i] / 180.0 * kHalfTurn);
                rays[i] = {std::cos(angle) * kRange, std::sin(angle) * kRange};
            }
            return rays;
        }();
        return kRays;
    }
    void draw_robot(Panel& panel) const {
        Lines way{.paint = Paint::series(0), .width = 1.5};
        for (const MazePoint& p : trail_) way.at.push_back(point(p));
        way.at.push_back(point(robot_.at));
        panel.items.emplace_back(std::move(way));
        const double turn = robot_.heading / 180.0 * kHalfTurn;
        const Point here = point(robot_.at);
        for (std::size_t i = 0; i < kLooks.size(); ++i) {
            const double angle = turn + kLooks[i] / 180.0 * kHalfTurn;
            const double reach = static_cast<double>(observation_[1 + i] * kRange);
            const Point end{here.x + reach * std::cos(angle), here.y + reach * std::sin(angle)};
            panel.items.emplace_back(Lines{.at = {here, end}, .paint = Paint::grid()});
        }
        panel.items.emplace_back(detail::disc(here, kRadius, Paint::series(1)));
        const Point nose{here.x + kRadius * std::cos(turn), here.y + kRadius * std::sin(turn)};
        panel.items.emplace_back(Lines{.at = {here, nose}, .paint = Paint::surface(), .width = 2});
    }

    std::shared_ptr<const MazeMap> map_; // copies of a maze share what never changes
    std::shared_ptr<const detail::MazeWalls> walls_;
    MazeRobot robot_;
    float closest_ = 0;
    bool is_stuck_ = false;
    std::vector<MazePoint> trail_;
    std::array<float, kSensors> observation_{};
    Episode episode_;
};

} // namespace baldwin::envs

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The maze seen from above as a grey picture: the image version of the Hard Maze.
#pragma once

#include <baldwin/envs/frame_stack.hpp>
#include <baldwin/envs/maze.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::envs {

/// The maze's robot, steered by what a camera above the maze sees.
///
/// Observation: one grey picture, shape (1, 84, 84), in [0, 1]: floor 0, walls 0.5, goal 0.75, the
/// robot a disc of 1 with a dark line from its middle to where it heads. The paper's renderer was
/// never published; this one is ours. Everything else is as in Maze.
/// \paper Such et al. 2017, arXiv 1712.06567, section 4.2
class MazeView {
public:
    static constexpr std::size_t kSide = 84; ///< pixels

    explicit MazeView(MazeMap map = hard_maze_map())
        : maze_(std::move(map)), camera_(maze_.map()),
          floor_(std::make_shared<const std::vector<float>>(drawn_floor())), picture_(*floor_) {}

    [[nodiscard]] const Maze& maze() const noexcept { return maze_; }
    [[nodiscard]] static Space observation_space() { return uniform_box({1, kSide, kSide}, 0, 1); }
    [[nodiscard]] static Space action_space() { return Maze::action_space(); }
    [[nodiscard]] std::optional<Behaviour> behaviour() const { return maze_.behaviour(); }

    std::span<const float> reset(std::uint64_t seed) {
        maze_.reset(seed);
        return observe();
    }
    std::span<const float> reset() {
        maze_.reset();
        return observe();
    }
    Outcome step(const Action& action) {
        Outcome outcome = maze_.step(action);
        outcome.observation = observe();
        return outcome;
    }

    [[nodiscard]] Scene scene() const {
        Scene scene = maze_.scene();
        Panel panel = detail::stage("What the robot's network sees",
                                    "84 x 84 grey values, newest frame", {0, kSide}, {0, kSide});
        Image image{.high = {kSide, kSide}, .rows = kSide, .columns = kSide, .framed = true};
        for (const float value : picture_) {
            image.pixels.push_back(static_cast<std::uint8_t>(std::lround(255 * value)));
        }
        panel.items.emplace_back(std::move(image));
        scene.panels.push_back(std::move(panel));
        return scene;
    }

private:
    // from the maze's units to pixels; the whole maze fits
    struct Camera {
        float left;
        float top;
        float scale; // pixels per unit

        explicit Camera(const MazeMap& map) {
            const Interval x = map.extent(&MazePoint::x);
            const Interval y = map.extent(&MazePoint::y);
            left = static_cast<float>(x.low);
            top = static_cast<float>(y.low);
            scale = static_cast<float>(kSide / std::max(x.high - x.low, y.high - y.low));
        }
        [[nodiscard]] MazePoint operator()(MazePoint p) const {
            return {(p.x - left) * scale, (p.y - top) * scale};
        }
    };

    // how much of a pixel lies within some distance of a thing, given the distance of its middle
    static float cover(float reach, float distance) {
        return std::clamp(reach - distance + 0.5F, 0.0F, 1.0F);
    }
    static float distance_to(MazePoint p, MazePoint a, MazePoint b) {
        const float dx = b.x - a.x;
        const float dy = b.y - a.y;
        const float length2 = dx * dx + dy * dy;
        const float along = (p.x - a.x) * dx + (p.y - a.y) * dy;
        const float u = length2 > 0 ? std::clamp(along / length2, 0.0F, 1.0F) : 0.0F;
        const float x = p.x - a.x - u * dx;
        const float y = p.y - a.y - u * dy;
        return std::sqrt(x * x + y * y);
    }
    // mixes a grey value into each pixel of a square by cover(its middle)
    template <class F>
    static void paint(std::vector<float>& pixels, MazePoint centre, float reach, float grey,
                      F cover_of) {
        const auto first = [&](float at) {
            return static_cast<int>(std::clamp(at - reach - 1, 0.0F, float{kSide}));
        };
        const auto last = [&](float at) {
            return static_cast<int>(std::clamp(at + reach + 2, 0.0F, float{kSide}));
        };
        for (int y = first(centre.y); y < last(centre.y); ++y) {
            for (int x = first(centre.x); x < last(centre.x); ++x) {
                const MazePoint middle{static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F};
                float& pixel =
                    pixels[static_cast<std::size_t>(y) * kSide + static_cast<std::size_t>(x)];
                pixel += (grey - pixel) * cover_of(middle);
            }
        }
    }

    [[nodiscard]] std::vector<float> drawn_floor() const {
        std::vector<float> pixels(kSide * kSide);
        for (const MazeWall& wall : maze_.map().walls) {
            const MazePoint a = camera_(wall.from);
            const MazePoint b = camera_(wall.to);
            paint(pixels, {kSide / 2.0F, kSide / 2.0F}, kSide, 0.5F,
                  [&](MazePoint p) { return cover(0.6F, distance_to(p, a, b)); });
        }
        const MazePoint goal = camera_(maze_.map().goal);
        paint(pixels, goal, 2, 0.75F,
              [&](MazePoint p) { return cover(2, distance_to(p, goal, goal)); });
        return pixels;
    }
    std::span<const float> observe() {
        picture_ = *floor_;
        const MazeRobot& robot = maze_.robot();
        const MazePoint at = camera_(robot.at);
        const float radius = Maze::kRadius * camera_.scale;
        const float angle = robot.heading * 3.14159265F / 180;
        const MazePoint nose{at.x + radius * std::cos(angle), at.y + radius * std::sin(angle)};
        paint(picture_, at, radius, 1,
              [&](MazePoint p) { return cover(radius, distance_to(p, at, at)); });
        paint(picture_, at, radius, 0,
              [&](MazePoint p) { return cover(0.5F, distance_to(p, at, nose)); });
        return picture_;
    }

    Maze maze_;
    Camera camera_;
    std::shared_ptr<const std::vector<float>> floor_; // the picture without the robot
    std::vector<float> picture_;
};

/// The image version of the Hard Maze: the last four pictures, shape (4, 84, 84).
inline FrameStack<MazeView> image_maze(MazeMap map = hard_maze_map()) {
    return {MazeView(std::move(map)), 4};
}

} // namespace baldwin::envs

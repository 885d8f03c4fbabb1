// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Maps of mazes: walls, start and goal, read from the format of the public maze files.
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace baldwin::envs {

/// A place in a maze.
struct MazePoint {
    float x = 0;
    float y = 0;

    friend bool operator==(const MazePoint&, const MazePoint&) = default;
};

/// A straight wall.
struct MazeWall {
    MazePoint from;
    MazePoint to;

    friend bool operator==(const MazeWall&, const MazeWall&) = default;
};

/// A maze; y grows downwards in the usual drawings.
struct MazeMap {
    bool stops_on_collision = false; ///< a robot that hits a wall never moves again
    std::size_t steps = 400;         ///< of an episode
    MazePoint start{};
    float heading = 0; ///< at the start, degrees
    MazePoint goal{};
    MazePoint point_of_interest{}; ///< read and kept; nothing uses it
    std::vector<MazeWall> walls = {};

    friend bool operator==(const MazeMap&, const MazeMap&) = default;

    /// Range of the walls' x or y, with a margin.
    [[nodiscard]] Interval extent(float MazePoint::*axis) const {
        Interval range{std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()};
        for (const MazeWall& wall : walls) {
            for (const MazePoint* end : {&wall.from, &wall.to}) {
                range.low = std::min(range.low, static_cast<double>(end->*axis));
                range.high = std::max(range.high, static_cast<double>(end->*axis));
            }
        }
        return {range.low - 5, range.high + 5};
    }
};

/// The deceptive maze of novelty search: 13 walls, start at the lower left, goal at the upper left.
/// \paper Lehman & Stanley 2011, "Abandoning objectives", the hard map
inline MazeMap hard_maze_map() {
    return {.steps = 400,
            .start = {36, 184},
            .heading = 0,
            .goal = {31, 20},
            .point_of_interest = {31, 20},
            .walls = {{{41, 5}, {3, 8}},
                      {{3, 8}, {4, 49}},
                      {{4, 49}, {57, 53}},
                      {{4, 49}, {7, 202}},
                      {{7, 202}, {195, 198}},
                      {{195, 198}, {186, 8}},
                      {{186, 8}, {39, 5}},
                      {{56, 54}, {56, 157}},
                      {{57, 106}, {158, 162}},
                      {{77, 201}, {108, 164}},
                      {{6, 80}, {33, 121}},
                      {{192, 146}, {87, 91}},
                      {{56, 55}, {133, 30}}}};
}

namespace detail {

/// Numbers of a text, one after the other, with errors that name what is missing.
class MazeReader {
public:
    MazeReader(std::string_view text, std::string origin)
        : rest_(text), origin_(std::move(origin)) {}

    /// The next number, within a range.
    double number(const std::string& what, double low, double high) {
        const std::string_view word = next_word();
        if (word.empty()) fail(what, "the file ends");
        double value = 0;
        const auto result = std::from_chars(word.data(), word.data() + word.size(), value);
        const bool is_number = result.ec == std::errc() && result.ptr == word.data() + word.size();
        if (!is_number || !(value >= low && value <= high)) {
            fail(what, "a number " + plain(low) + " to " + plain(high) + " is needed, got '" +
                           std::string(word.substr(0, 40)) + "'");
        }
        return value;
    }
    std::size_t count(const std::string& what, double low, double high) {
        const double value = number(what, low, high);
        if (value != std::floor(value)) fail(what, "a whole number is needed");
        return static_cast<std::size_t>(value);
    }
    MazePoint point(const std::string& what) {
        constexpr double kFar = 1e6;
        const double x = number("x of " + what, -kFar, kFar);
        const double y = number("y of " + what, -kFar, kFar);
        return {static_cast<float>(x), static_cast<float>(y)};
    }
    void expect_end() {
        const std::string_view word = next_word();
        if (!word.empty()) {
            fail("the end", "more follows: '" + std::string(word.substr(0, 40)) + "'");
        }
    }

private:
    static std::string plain(double value) { return std::to_string(std::llround(value)); }

    std::string_view next_word() {
        constexpr std::string_view kSpace = " \t\r\n";
        rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(kSpace)));
        const std::string_view word = rest_.substr(0, rest_.find_first_of(kSpace));
        rest_.remove_prefix(word.size());
        return word;
    }
    [[noreturn]] void fail(const std::string& what, const std::string& why) const {
        throw file_error(origin_, "is no maze: at " + what + ", " + why);
    }

    std::string_view rest_;
    std::string origin_;
};

} // namespace detail

/// Reads a maze: flag (0: a collision blocks, 1: it stops the robot for good), steps, number of
/// walls, start, heading in degrees, goal, point of interest, then x1 y1 x2 y2 of each wall.
/// \param origin  the file's name, for errors
/// \throws std::runtime_error "origin: is no maze: ..." naming the place and what was expected
inline MazeMap parse_maze(std::string_view text, const std::string& origin) {
    detail::MazeReader reader(text, origin);
    MazeMap map;
    map.stops_on_collision = reader.count("the collision flag", 0, 1) == 1;
    map.steps = reader.count("the number of steps", 1, 1e6);
    const std::size_t walls = reader.count("the number of walls", 1, 10'000);
    map.start = reader.point("the start");
    map.heading = static_cast<float>(reader.number("the heading", -360, 360));
    map.goal = reader.point("the goal");
    map.point_of_interest = reader.point("the point of interest");
    for (std::size_t i = 0; i < walls; ++i) {
        const std::string name = "wall " + std::to_string(i + 1) + " of " + std::to_string(walls);
        const MazePoint from = reader.point("the start of " + name);
        map.walls.push_back({from, reader.point("the end of " + name)});
    }
    reader.expect_end();
    return map;
}

/// Reads a maze file.
/// \throws std::runtime_error with path and reason
inline MazeMap read_maze(const std::filesystem::path& path) {
    constexpr std::size_t kLimit = std::size_t{1} << 20U;
    return parse_maze(read_text(path, kLimit), path.string());
}

} // namespace baldwin::envs

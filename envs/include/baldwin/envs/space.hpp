// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Spaces: what an environment accepts as an action and returns as an observation.
#pragma once

#include <baldwin/core/shape.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace baldwin::envs {

/// A choice among `count` things, numbered from 0.
struct Discrete {
    std::size_t count = 1; ///< >= 1

    friend bool operator==(const Discrete&, const Discrete&) = default;
};

/// Numbers in a shape, each within its bounds; a bound may be infinite.
struct Box {
    Shape shape{};
    std::vector<float> low = {};  ///< (shape), row-major
    std::vector<float> high = {}; ///< (shape), row-major

    [[nodiscard]] std::size_t size() const noexcept { return low.size(); }

    friend bool operator==(const Box&, const Box&) = default;
};

using Space = std::variant<Discrete, Box>;

/// A box whose numbers have one range.
inline Box uniform_box(const Shape& shape, float low, float high) {
    return {shape, std::vector<float>(shape.size(), low), std::vector<float>(shape.size(), high)};
}

/// A flat box with the range [-high, high] for each number.
inline Box symmetric_box(const std::vector<float>& high) {
    Box box{{high.size()}, high, high};
    for (float& bound : box.low) bound = -bound;
    return box;
}

inline constexpr float kUnbounded = std::numeric_limits<float>::infinity();

/// Whether all numbers are there, within their bounds and none is NaN.
inline bool contains(const Box& box, std::span<const float> values) {
    if (values.size() != box.size()) return false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(values[i] >= box.low[i] && values[i] <= box.high[i])) return false;
    }
    return true;
}

/// What is done in one step: a choice, or the coordinates of a box. A view; values are not copied.
class Action {
public:
    constexpr Action(std::size_t choice) noexcept : choice_(choice) {}
    constexpr Action(std::span<const float> values) noexcept : values_(values) {}
    Action(const std::vector<float>& values) noexcept : values_(values) {}

    [[nodiscard]] constexpr bool is_choice() const noexcept { return choice_ != kNone; }

    /// \throws std::invalid_argument if it is no choice below \p count
    [[nodiscard]] constexpr std::size_t choice(std::size_t count, std::string_view who) const {
        if (choice_ >= count) fail_choice(count, who);
        return choice_;
    }
    /// \throws std::invalid_argument if it is not \p count numbers, or one is not finite
    [[nodiscard]] std::span<const float> values(std::size_t count, std::string_view who) const {
        if (is_choice() || values_.size() != count) fail_count(count, who);
        for (const float value : values_) {
            if (!std::isfinite(value)) fail_value(value, who);
        }
        return values_;
    }

private:
    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

    [[nodiscard]] std::string given() const {
        if (is_choice()) return "choice " + std::to_string(choice_);
        return std::to_string(values_.size()) + " numbers";
    }
    [[noreturn]] void fail_choice(std::size_t count, std::string_view who) const {
        throw std::invalid_argument(std::string(who) + ": the action must be a choice 0 to " +
                                    std::to_string(count - 1) + ", got " + given());
    }
    [[noreturn]] void fail_count(std::size_t count, std::string_view who) const {
        throw std::invalid_argument(std::string(who) + ": the action must be " +
                                    std::to_string(count) + " numbers, got " + given());
    }
    [[noreturn]] static void fail_value(float value, std::string_view who) {
        throw std::invalid_argument(std::string(who) + ": the action must be finite, got " +
                                    std::to_string(value));
    }

    std::size_t choice_ = kNone;
    std::span<const float> values_{};
};

/// How many numbers a policy gives for an action: one for each choice, or one for each coordinate.
inline std::size_t policy_outputs(const Space& space) {
    const auto* discrete = std::get_if<Discrete>(&space);
    return discrete != nullptr ? discrete->count : std::get<Box>(space).size();
}

/// The action that a policy's outputs mean: the first largest choice, or the numbers themselves.
/// \throws std::invalid_argument if their number is not policy_outputs(space), or a score is NaN
inline Action greedy_action(const Space& space, std::span<const float> outputs) {
    if (outputs.size() != policy_outputs(space)) {
        throw std::invalid_argument("greedy_action: the space takes " +
                                    std::to_string(policy_outputs(space)) + " outputs, got " +
                                    std::to_string(outputs.size()));
    }
    if (std::holds_alternative<Box>(space)) return outputs;
    std::size_t best = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (std::isnan(outputs[i])) {
            throw std::invalid_argument("greedy_action: output " + std::to_string(i) + " is nan");
        }
        if (outputs[i] > outputs[best]) best = i;
    }
    return best;
}

namespace detail {

/// "[-1, 1]", with as few digits as tell the numbers apart.
inline std::string range_text(float low, float high) {
    const auto text = [](float value) {
        char digits[32];
        return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    };
    return "[" + text(low) + ", " + text(high) + "]";
}

} // namespace detail

/// "choice of 3", "4x10x10 numbers in [0, 1]", "2 numbers in [-1.2, 0.6] [-0.07, 0.07]".
inline std::string to_string(const Space& space) {
    if (const auto* discrete = std::get_if<Discrete>(&space)) {
        return "choice of " + std::to_string(discrete->count);
    }
    const Box& box = std::get<Box>(space);
    std::string text;
    for (const std::size_t extent : box.shape) {
        text += (text.empty() ? "" : "x") + std::to_string(extent);
    }
    text += box.size() == 1 ? " number in" : " numbers in";
    bool is_uniform = true;
    for (std::size_t i = 1; i < box.size(); ++i) {
        is_uniform = is_uniform && box.low[i] == box.low[0] && box.high[i] == box.high[0];
    }
    const std::size_t shown = is_uniform ? 1 : box.size();
    for (std::size_t i = 0; i < shown; ++i) {
        text += " " + detail::range_text(box.low[i], box.high[i]);
    }
    return text;
}

} // namespace baldwin::envs

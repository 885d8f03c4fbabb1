// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What a network has answered already.
#pragma once

#include <baldwin/core/aligned.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace baldwin::app {

/// Remembers outputs of a function of an observation. In games things stand still between moves and
/// episodes begin alike, so most observations were seen before; looking one up costs the reading of
/// it, not of all weights. An answer is found by all bits of the observation, so it has the
/// function's bits.
class AnswerTable {
public:
    /// \param inputs, outputs  numbers in an observation and in an answer
    AnswerTable(std::size_t inputs, std::size_t outputs)
        : inputs_(inputs), outputs_(outputs), ages_(places(inputs + outputs)),
          observations_(ages_.size() * inputs), answers_(ages_.size() * outputs) {}

    /// From here on the function is another one.
    void forget() noexcept { ++age_; }

    /// What `compute` gives for \p x, asked only if the place of \p x holds no answer to it.
    /// \return valid until the next call
    template <class F>
    std::span<const float> find_or(std::span<const float> x, F&& compute) {
        const std::size_t place = hash(x) & (ages_.size() - 1);
        const auto seen = std::span(observations_).subspan(place * inputs_, inputs_);
        const auto answer = std::span(answers_).subspan(place * outputs_, outputs_);
        if (ages_[place] == age_ && std::ranges::equal(std::as_bytes(x), std::as_bytes(seen))) {
            return answer;
        }
        std::ranges::copy(compute(x), answer.begin());
        std::ranges::copy(x, seen.begin());
        ages_[place] = age_;
        return answer;
    }

private:
    // at most 1,024 and 4 MiB, a power of two
    static std::size_t places(std::size_t numbers) {
        constexpr std::size_t kMostNumbers = std::size_t{1} << 20;
        return std::bit_floor(std::clamp<std::size_t>(kMostNumbers / numbers, 1, 1024));
    }
    static std::size_t hash(std::span<const float> x) {
        const auto bytes = std::as_bytes(x);
        return std::hash<std::string_view>()(
            {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }

    std::size_t inputs_;
    std::size_t outputs_;
    std::uint64_t age_ = 1;
    std::vector<std::uint64_t> ages_; // of what a place holds; 0: nothing
    AlignedVector<float> observations_;
    AlignedVector<float> answers_;
};

} // namespace baldwin::app

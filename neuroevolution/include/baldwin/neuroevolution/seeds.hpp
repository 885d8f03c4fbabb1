// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The numbers that everything random in a run comes from: pure functions of (run seed, generation,
/// child).
#pragma once

#include <baldwin/core/random.hpp>

#include <cstdint>

namespace baldwin::neuroevolution {

/// What an episode is played for; its seed depends on it.
enum class Purpose : std::uint8_t {
    training,   ///< the population's; what selection sees
    validation, ///< decides which of the best is the best; counted as well
    test        ///< for reports only: no selection sees it, and it is not counted
};

namespace detail {

// numbers of the streams under a run's seed
inline constexpr std::uint64_t kChildren = 1;
inline constexpr std::uint64_t kSigmaStart = 2;
inline constexpr std::uint64_t kSigmaGroups = 3;
inline constexpr std::uint64_t kMemberDraws = 4;
inline constexpr std::uint64_t kCentroids = 5;
inline constexpr std::uint64_t kEpisodes = 16; // + purpose
// and under a child's
inline constexpr std::uint64_t kNoise = 0;
inline constexpr std::uint64_t kStart = 1;
inline constexpr std::uint64_t kParentDraw = 2;
inline constexpr std::uint64_t kSigmaDraw = 3;
inline constexpr std::uint64_t kArchiveDraw = 4;

} // namespace detail

/// The seed of child \p child of generation \p generation: a 64-bit hash.
/// \cost about 30 ns
[[nodiscard]] inline std::uint64_t child_seed(std::uint64_t run_seed, std::uint64_t generation,
                                              std::uint64_t child) noexcept {
    return Stream(run_seed, detail::kChildren).substream(generation).substream(child).id();
}

/// The seed of one episode: what an environment is reset with.
[[nodiscard]] inline std::uint64_t episode_seed(std::uint64_t run_seed, Purpose purpose,
                                                std::uint64_t generation, std::uint64_t child,
                                                std::uint64_t episode) noexcept {
    return Stream(run_seed, detail::kEpisodes + static_cast<std::uint64_t>(purpose))
        .substream(generation)
        .substream(child)
        .substream(episode)
        .id();
}

} // namespace baldwin::neuroevolution

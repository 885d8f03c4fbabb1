// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Figures that expose a memory in which everything has become familiar, and a warning.
///
/// Once crosstalk lifts the evidence of novel inputs past the sigmoid's centre, every input is
/// judged familiar and one code takes all. Weights do not show it, codes do.
#pragma once

#include <baldwin/sdr/mac.hpp>
#include <baldwin/sdr/network.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace baldwin::sdr {

/// Of a memory that has not collapsed: least share of stores with a code of their own, and least
/// mean usage entropy of a mac as a share of log2 K.
inline constexpr double kLeastUniqueShare = 0.10;
inline constexpr double kLeastEntropyShare = 0.50;

/// How a mac or a level of macs uses its codes.
struct Health {
    std::size_t stores = 0;       ///< frames learned in which there was a code
    std::size_t unique_codes = 0; ///< different codes among them (of all macs together)
    double mean_familiarity = 0;  ///< mean G over stores and macs
    double usage_entropy = 0;     ///< bits; mean over modules and macs
    double most_entropy = 0;      ///< log2 K
    std::size_t macs = 0;         ///< with enough stores to tell: 2 K
    std::size_t poor_macs = 0;    ///< those of them below half of log2 K
    double saturation = 0;        ///< share of weights that are 1, all signals
    double frozen_share = 0;      ///< share of (cell, signal) pairs that learn no more

    /// 1 if nothing is stored.
    [[nodiscard]] double unique_share() const noexcept {
        return stores == 0 ? 1.0 : static_cast<double>(unique_codes) / static_cast<double>(stores);
    }
};

/// Mean over modules of the entropy of how often each cell won, in bits; 0 if none did.
[[nodiscard]] inline double usage_entropy(const Mac& mac) {
    const std::size_t cells = mac.shape().cells;
    double sum = 0;
    for (std::size_t q = 0; q < mac.shape().modules; ++q) {
        const auto& wins = mac.state().usage;
        double total = 0;
        for (std::size_t k = 0; k < cells; ++k) total += wins[q * cells + k];
        for (std::size_t k = 0; k < cells; ++k) {
            const double share = wins[q * cells + k] / total;
            if (share > 0) sum -= share * std::log2(share);
        }
    }
    return sum / static_cast<double>(mac.shape().modules);
}

namespace detail {

inline std::size_t count_unique(std::vector<std::uint64_t> hashes) {
    std::sort(hashes.begin(), hashes.end());
    return static_cast<std::size_t>(std::unique(hashes.begin(), hashes.end()) - hashes.begin());
}

// One hash for the codes of all macs in each learned frame; frames without any code are left out.
inline std::vector<std::uint64_t> joint_history(std::span<const Mac> macs) {
    std::vector<std::uint64_t> joint;
    for (std::size_t frame = 0; frame < macs[0].frames_learned(); ++frame) {
        std::uint64_t hash = 0;
        for (std::size_t m = 0; m < macs.size(); ++m) {
            const std::uint64_t code = macs[m].state().history[frame];
            if (code != 0) hash += code * (2 * m + 1);
        }
        if (hash != 0) joint.push_back(hash);
    }
    return joint;
}

struct Totals {
    std::size_t weights = 0, increased = 0, cells = 0, frozen = 0, stores = 0;
    double familiarity = 0;

    void add(const Mac& mac) {
        for (const Signals one : {Signals::u, Signals::h, Signals::d}) {
            if (mac.weights(one).inputs() == 0) continue;
            weights += mac.weights(one).size();
            increased += mac.weights(one).increased();
            cells += mac.shape().units();
            frozen += mac.weights(one).frozen_cells();
        }
        for (const float g : mac.state().familiarities) {
            if (g < 0) continue;
            familiarity += static_cast<double>(g);
            ++stores;
        }
    }
};

inline double share_of(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

} // namespace detail

/// Health of macs of the same shape that learned together: one, or a level.
/// \cost O(frames learned * macs)
[[nodiscard]] inline Health health_of(std::span<const Mac> macs) {
    Health health;
    detail::Totals totals;
    health.most_entropy = std::log2(static_cast<double>(macs[0].shape().cells));
    for (const Mac& mac : macs) {
        const std::size_t before = totals.stores;
        totals.add(mac);
        if (totals.stores - before < 2 * mac.shape().cells) continue;
        const double entropy = usage_entropy(mac);
        health.usage_entropy += entropy;
        health.macs += 1;
        health.poor_macs += entropy < kLeastEntropyShare * health.most_entropy ? 1U : 0U;
    }
    if (health.macs > 0) health.usage_entropy /= static_cast<double>(health.macs);
    const auto joint = detail::joint_history(macs);
    health.stores = joint.size();
    health.unique_codes = detail::count_unique(joint);
    health.mean_familiarity =
        totals.stores == 0 ? 0.0 : totals.familiarity / static_cast<double>(totals.stores);
    health.saturation = detail::share_of(totals.increased, totals.weights);
    health.frozen_share = detail::share_of(totals.frozen, totals.cells);
    return health;
}
[[nodiscard]] inline Health health_of(const Mac& mac) {
    return health_of(std::span<const Mac>(&mac, 1));
}
/// Health of a level of a network.
[[nodiscard]] inline Health health_of(const Network& network, std::size_t level) {
    return health_of(network.macs(level));
}

/// One line that says in which way a memory, or any one of its macs, has collapsed; nothing for a
/// healthy one or one with too few stores to tell. A mac at the border of the picture, where the
/// same few pixels are on again and again, can collapse in a memory that is good as a whole.
[[nodiscard]] inline std::optional<std::string> collapse_warning(const Health& health) {
    char text[200];
    if (health.stores >= 20 && health.unique_share() < kLeastUniqueShare) {
        std::snprintf(text, sizeof text,
                      "the memory has collapsed: %zu different codes in %zu stores, a healthy one "
                      "has at least %.0f %%",
                      health.unique_codes, health.stores, 100 * kLeastUniqueShare);
        return text;
    }
    if (health.poor_macs > 0) {
        std::snprintf(text, sizeof text,
                      "%zu of %zu macs collapsed: the entropy of their cells' use is below %.2f "
                      "bits, half of log2 K",
                      health.poor_macs, health.macs, kLeastEntropyShare * health.most_entropy);
        return text;
    }
    return std::nullopt;
}

} // namespace baldwin::sdr

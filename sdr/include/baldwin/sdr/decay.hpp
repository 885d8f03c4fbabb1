// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Weights that fade unless they are used again: decay with permanence.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baldwin::sdr {

/// Largest weight of a decaying synapse.
inline constexpr unsigned kMostWeight = 127;
/// Stiffness of a synapse that keeps its weight for good.
inline constexpr std::uint8_t kPermanent = 2;

/// Ages in frames up to which a synapse keeps 127, 120 and 50, by stiffness.
inline constexpr std::array<std::array<std::size_t, 3>, 2> kDecayAges = {
    {{2000, 3000, 4000}, {4000, 6000, 8000}}};

/// Weight of a synapse that was last used \p age frames ago, in [0, 127].
/// \param stiffness  0, 1 or kPermanent
/// \paper constants of the author's Java code, see reference sheet section 3
[[nodiscard]] constexpr unsigned decayed_weight(std::uint8_t stiffness, std::size_t age) noexcept {
    if (stiffness >= kPermanent) return kMostWeight;
    const auto& ages = kDecayAges[stiffness];
    return age < ages[0] ? kMostWeight : age < ages[1] ? 120U : age < ages[2] ? 50U : 0U;
}

/// Stiffness and time of last use of each synapse of one signal: 5 bytes for each, where a binary
/// weight is a bit. Empty for binary weights.
class SynapseAges {
public:
    SynapseAges() = default;
    /// \param units  of a row: bits of the layout
    SynapseAges(std::size_t inputs, std::size_t units)
        : units_(units), stiffness_(inputs * units), used_(inputs * units) {}

    [[nodiscard]] bool empty() const noexcept { return stiffness_.empty(); }
    [[nodiscard]] std::span<const std::uint8_t> stiffness() const noexcept { return stiffness_; }
    [[nodiscard]] std::span<const std::uint32_t> last_used() const noexcept { return used_; }
    [[nodiscard]] std::uint8_t stiffness(std::size_t input, std::size_t unit) const noexcept {
        return stiffness_[input * units_ + unit];
    }
    /// Weight of a synapse that was used before.
    [[nodiscard]] unsigned weight(std::size_t input, std::size_t unit,
                                  std::size_t now) const noexcept {
        const std::size_t i = input * units_ + unit;
        return decayed_weight(stiffness_[i], now - used_[i]);
    }
    /// First use.
    void start(std::size_t input, std::size_t unit, std::size_t now) noexcept {
        stiffness_[input * units_ + unit] = 0;
        used_[input * units_ + unit] = static_cast<std::uint32_t>(now);
    }
    /// Another use: adds to the stiffness if the weight is still at its largest and the last use
    /// was another code's; a weight that had faded to 0 starts anew.
    void renew(std::size_t input, std::size_t unit, std::size_t now,
               std::size_t persistence) noexcept {
        const std::size_t i = input * units_ + unit;
        const std::size_t age = now - used_[i];
        if (decayed_weight(stiffness_[i], age) == 0) return start(input, unit, now);
        if (stiffness_[i] < kPermanent && age >= persistence &&
            age < kDecayAges[stiffness_[i]][0]) {
            ++stiffness_[i];
        }
        used_[i] = static_cast<std::uint32_t>(now);
    }
    void make_permanent(std::size_t input, std::size_t unit) noexcept {
        stiffness_[input * units_ + unit] = kPermanent;
    }
    /// Takes over stored values of the same sizes.
    void restore(std::span<const std::uint8_t> stiffness, std::span<const std::uint32_t> used) {
        std::copy(stiffness.begin(), stiffness.end(), stiffness_.begin());
        std::copy(used.begin(), used.end(), used_.begin());
    }

private:
    std::size_t units_ = 0;
    std::vector<std::uint8_t> stiffness_; // (inputs, units)
    std::vector<std::uint32_t> used_;     // (inputs, units)
};

} // namespace baldwin::sdr

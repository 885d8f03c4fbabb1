// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Codes of many macs for many frames.
#pragma once

#include <baldwin/sdr/code.hpp>
#include <baldwin/sdr/mac.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baldwin::sdr {

/// Codes of one level for a number of frames.
struct CodeTable {
    MacShape shape = {};
    std::size_t macs = 0;
    std::vector<Cell> winners = {};             ///< shape (frames, macs, Q); kNoCell without a code
    std::vector<float> familiarity = {};        ///< G, shape (frames, macs); 0 without a code
    std::vector<std::uint16_t> hypotheses = {}; ///< zeta, shape (frames, macs); 0 without a code

    CodeTable() = default;
    CodeTable(const MacShape& mac, std::size_t count, std::size_t frames)
        : shape(mac), macs(count), winners(frames * count * mac.modules, kNoCell),
          familiarity(frames * count), hypotheses(frames * count) {}

    [[nodiscard]] std::size_t frames() const noexcept {
        return macs == 0 ? 0 : familiarity.size() / macs;
    }
    /// Cells that each frame has a winner for: macs * Q.
    [[nodiscard]] std::size_t width() const noexcept { return macs * shape.modules; }
    /// The winners of all macs, shape (macs * Q): entry m * Q + q.
    [[nodiscard]] std::span<const Cell> row(std::size_t frame) const {
        return std::span(winners).subspan(frame * width(), width());
    }
    /// The code of one mac, shape (Q).
    [[nodiscard]] std::span<const Cell> code(std::size_t frame, std::size_t mac) const {
        return row(frame).subspan(mac * shape.modules, shape.modules);
    }
    /// Mean G of the macs that have a code; 0 if none has.
    [[nodiscard]] double mean_familiarity(std::size_t frame) const {
        double sum = 0;
        std::size_t active = 0;
        for (std::size_t m = frame * macs; m < (frame + 1) * macs; ++m) {
            if (hypotheses[m] == 0) continue;
            sum += static_cast<double>(familiarity[m]);
            ++active;
        }
        return active == 0 ? 0.0 : sum / static_cast<double>(active);
    }
    /// Takes down the present code of a mac.
    void write(std::size_t frame, std::size_t m, const Mac& mac) {
        const auto code = mac.winners();
        std::copy(code.begin(), code.end(),
                  winners.begin() +
                      static_cast<std::ptrdiff_t>(frame * width() + m * shape.modules));
        const std::size_t at = frame * macs + m;
        const bool is_active = mac.is_active();
        familiarity[at] = is_active ? static_cast<float>(mac.familiarity()) : 0.0F;
        hypotheses[at] = static_cast<std::uint16_t>(is_active ? mac.hypotheses() : std::size_t{0});
    }
    friend bool operator==(const CodeTable& a, const CodeTable& b) = default;
};

} // namespace baldwin::sdr

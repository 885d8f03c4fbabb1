// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Where the cells of a mac stand in a row of weight bits: each module is padded to 16, 32 or a
/// multiple of 64 bits, so that a module never straddles a word, and a row to whole vectors of 256.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/sdr/code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace baldwin::sdr::detail {

using Word = std::uint64_t;

struct UnitLayout {
    MacShape shape;
    std::size_t stride = 0;    // bits of a module
    std::size_t words = 0;     // words of a row
    AlignedVector<Word> cells; // the row with all cells and no padding

    UnitLayout() = default;
    explicit UnitLayout(const MacShape& mac) : shape(mac) {
        check(mac);
        stride = mac.cells <= 16 ? 16 : mac.cells <= 32 ? 32 : (mac.cells + 63) / 64 * 64;
        words = (mac.modules * stride + 255) / 256 * 4;
        cells.resize(words);
        for (std::size_t q = 0; q < shape.modules; ++q) {
            for (std::size_t k = 0; k < shape.cells; ++k) {
                cells[bit(q, k) / 64] |= Word{1} << (bit(q, k) % 64);
            }
        }
    }
    [[nodiscard]] std::size_t bits() const noexcept { return words * 64; }
    // Modules that a row has room for; at least Q.
    [[nodiscard]] std::size_t places() const noexcept { return bits() / stride; }
    [[nodiscard]] std::size_t bit(std::size_t q, std::size_t k) const noexcept {
        return q * stride + k;
    }
    // The row with exactly the given bit of each module.
    void set_winners(std::span<const Cell> winners, std::span<Word> row) const {
        std::fill(row.begin(), row.end(), 0);
        for (std::size_t q = 0; q < winners.size(); ++q) {
            const std::size_t at = bit(q, winners[q]);
            row[at / 64] |= Word{1} << (at % 64);
        }
    }
};

} // namespace baldwin::sdr::detail

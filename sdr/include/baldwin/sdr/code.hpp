// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Sparse distributed codes: one winning cell in each of Q competitive modules.
#pragma once

#include <baldwin/core/hash.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/bit_set.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr {

/// Index of a cell in its competitive module.
using Cell = std::uint16_t;

/// Stands for the winner in the tables of macs that have no code.
inline constexpr Cell kNoCell = std::numeric_limits<Cell>::max();

/// Size of a macrocolumn (mac).
struct MacShape {
    std::size_t modules = 50; ///< Q, competitive modules; in [1, 4096]
    std::size_t cells = 20;   ///< K, cells in each module; in [2, 4096]

    /// Q * K
    [[nodiscard]] std::size_t units() const noexcept { return modules * cells; }
    friend bool operator==(const MacShape& a, const MacShape& b) = default;
};

/// \throws std::invalid_argument if Q or K is out of range
inline void check(const MacShape& shape) {
    if (shape.modules < 1 || shape.modules > 4096) {
        throw std::invalid_argument("sdr::MacShape: modules (Q) must be in [1, 4096], got " +
                                    std::to_string(shape.modules));
    }
    if (shape.cells < 2 || shape.cells > 4096) {
        throw std::invalid_argument("sdr::MacShape: cells (K) must be in [2, 4096], got " +
                                    std::to_string(shape.cells));
    }
}

/// Number of modules in which both codes have the same winner; modules without one do not count.
/// The spans have the same length.
/// \cost O(Q), about 5 ns for Q = 50
[[nodiscard]] inline std::size_t intersection(std::span<const Cell> a, std::span<const Cell> b) {
    BALDWIN_ASSERT(a.size() == b.size());
    std::size_t same = 0;
    for (std::size_t q = 0; q < a.size(); ++q) same += a[q] == b[q] && a[q] != kNoCell ? 1U : 0U;
    return same;
}

/// A hash of winners, the same on every machine.
[[nodiscard]] inline std::uint64_t hash_of(std::span<const Cell> winners) {
    return hash64(std::as_bytes(winners));
}

/// A code: the winner of each competitive module.
///
/// Exactly Q of the Q * K cells are active, so every code has the same norm and similarity is a
/// plain count.
class Code {
public:
    /// \param winners  shape (Q); entry q is a cell in [0, K)
    /// \throws std::invalid_argument if the shape is out of range or does not fit the winners
    Code(const MacShape& shape, std::vector<Cell> winners)
        : shape_(shape), winners_(std::move(winners)) {
        check(shape_);
        if (winners_.size() != shape_.modules) {
            throw std::invalid_argument("sdr::Code: there must be a winner for each of " +
                                        std::to_string(shape_.modules) + " modules, got " +
                                        std::to_string(winners_.size()));
        }
        const Cell largest = *std::max_element(winners_.begin(), winners_.end());
        if (largest >= shape_.cells) {
            throw std::invalid_argument("sdr::Code: winners must be below " +
                                        std::to_string(shape_.cells) + ", got " +
                                        std::to_string(largest));
        }
    }

    [[nodiscard]] const MacShape& shape() const noexcept { return shape_; }
    /// Winner of each module, shape (Q).
    [[nodiscard]] std::span<const Cell> winners() const noexcept { return winners_; }
    /// The dense view: Q * K bits, cell k of module q is bit q * K + k.
    [[nodiscard]] BitSet bits() const {
        BitSet set(shape_.units());
        for (std::size_t q = 0; q < winners_.size(); ++q) set.set(q * shape_.cells + winners_[q]);
        return set;
    }
    friend bool operator==(const Code& a, const Code& b) = default;

private:
    MacShape shape_;
    std::vector<Cell> winners_;
};

/// Share of modules in which both codes have the same winner, in [0, 1]. Two random codes score
/// 1 / K on average.
/// \throws std::invalid_argument if the codes come from macs of different shape
[[nodiscard]] inline double overlap(const Code& a, const Code& b) {
    if (a.shape() != b.shape()) {
        const auto text = [](const MacShape& shape) {
            return std::to_string(shape.modules) + " x " + std::to_string(shape.cells);
        };
        throw std::invalid_argument("sdr::overlap: codes must have the same shape, got " +
                                    text(a.shape()) + " and " + text(b.shape()));
    }
    return static_cast<double>(intersection(a.winners(), b.winners())) /
           static_cast<double>(a.shape().modules);
}

/// A code whose winners are drawn uniformly.
/// \throws std::invalid_argument if Q or K is out of range
[[nodiscard]] inline Code random_code(const MacShape& shape, const Stream& stream) {
    check(shape);
    std::vector<Cell> winners(shape.modules);
    for (std::size_t q = 0; q < winners.size(); ++q) {
        winners[q] = static_cast<Cell>(stream.below(shape.cells, q));
    }
    return {shape, std::move(winners)};
}

/// Noise that keeps the weight of a code: a share of the modules (rounded to whole modules) get
/// another winner.
/// \throws std::invalid_argument if \p share is not in [0, 1]
[[nodiscard]] inline Code with_noise(const Code& code, double share, const Stream& stream) {
    detail::check_share(share, "with_noise");
    std::vector<Cell> winners(code.winners().begin(), code.winners().end());
    std::vector<std::uint32_t> modules(winners.size());
    std::iota(modules.begin(), modules.end(), 0U);
    const std::size_t wanted = detail::part_of(winners.size(), share);
    const std::size_t cells = code.shape().cells;
    const Stream draws = stream.substream(1);
    for (const auto q : detail::choose(modules, wanted, stream.substream(0))) {
        winners[q] = static_cast<Cell>((winners[q] + 1 + draws.below(cells - 1, q)) % cells);
    }
    return {code.shape(), std::move(winners)};
}

} // namespace baldwin::sdr

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A list of codes that were stored, to ask which of them an active code stands for.
#pragma once

#include <baldwin/sdr/code.hpp>

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::sdr {

/// The stored code that is most like another.
struct Match {
    std::size_t index = 0;        ///< of the stored code, the first of equals
    std::size_t intersection = 0; ///< modules with the same winner
    double likelihood = 0;        ///< intersection / width, in [0, 1]
};

/// Codes in the order in which they were stored.
///
/// A memory does not need it: the active code itself makes every stored code partly active, and
/// that part is read as the likelihood of the item. The codebook spells it out, for which it needs
/// time in proportion to what is stored.
/// \paper Rinkus 2017, arXiv 1701.07879
class Codebook {
public:
    /// \param width  winners of a code: Q, or macs * Q; >= 1
    /// \throws std::invalid_argument if it is 0
    explicit Codebook(std::size_t width) : width_(width) {
        if (width == 0) throw std::invalid_argument("sdr::Codebook: width must be >= 1, got 0");
    }

    [[nodiscard]] std::size_t size() const noexcept { return winners_.size() / width_; }
    [[nodiscard]] std::size_t width() const noexcept { return width_; }
    [[nodiscard]] std::span<const Cell> code(std::size_t i) const {
        return std::span(winners_).subspan(i * width_, width_);
    }
    /// \return its index
    /// \throws std::invalid_argument if the code has another width
    std::size_t add(std::span<const Cell> winners) {
        check_width(winners);
        winners_.insert(winners_.end(), winners.begin(), winners.end());
        return size() - 1;
    }
    /// \throws std::invalid_argument if the code has another width, or nothing is stored
    /// \cost O(size * width), about 1 us for 100 codes of 50 winners
    [[nodiscard]] Match best_match(std::span<const Cell> winners) const {
        check_width(winners);
        if (winners_.empty()) throw std::invalid_argument("sdr::Codebook: nothing is stored");
        Match best;
        for (std::size_t i = 0; i < size(); ++i) {
            const std::size_t same = intersection(code(i), winners);
            if (i == 0 || same > best.intersection) best = {i, same, 0};
        }
        best.likelihood = static_cast<double>(best.intersection) / static_cast<double>(width_);
        return best;
    }
    /// Likelihood of every stored item while a code is active: share of its modules that have the
    /// same winner, shape (size).
    /// \throws std::invalid_argument if the code has another width
    [[nodiscard]] std::vector<double> likelihoods(std::span<const Cell> winners) const {
        check_width(winners);
        std::vector<double> share(size());
        for (std::size_t i = 0; i < share.size(); ++i) {
            share[i] =
                static_cast<double>(intersection(code(i), winners)) / static_cast<double>(width_);
        }
        return share;
    }

private:
    void check_width(std::span<const Cell> winners) const {
        if (winners.size() == width_) return;
        throw std::invalid_argument("sdr::Codebook: a code must have " + std::to_string(width_) +
                                    " winners, got " + std::to_string(winners.size()));
    }

    std::size_t width_;
    std::vector<Cell> winners_; // (size, width)
};

} // namespace baldwin::sdr

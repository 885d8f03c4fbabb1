// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What reaches a mac in one frame, and how it judges that.
#pragma once

#include <baldwin/sdr/parameters.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baldwin::sdr {

/// Whether a presentation changes weights.
enum class Mode : std::uint8_t { learn, recognise };

/// Active inputs of one signal that come from macs with equally many hypotheses.
struct ActiveRows {
    std::span<const std::uint32_t> rows = {}; ///< rising indices of inputs
    std::size_t zeta = 1;                     ///< hypotheses of the sources; 1 for pixels
};

/// What reaches a mac in one frame.
struct Afferents {
    std::span<const ActiveRows> u = {};
    std::span<const ActiveRows> h = {};
    std::span<const ActiveRows> d = {};
    std::size_t features = 0; ///< active features of the U field: pixels, or macs
    bool is_first = true;     ///< first frame of an episode
    bool is_blind = false;    ///< no input: H or D alone may start a code, whatever the U band

    /// Signal 0 (U), 1 (H) or 2 (D).
    [[nodiscard]] std::span<const ActiveRows> signal(std::size_t index) const noexcept {
        return index == 0 ? u : index == 1 ? h : d;
    }
};

/// How a mac judges an input, cell by cell; entry q * K + k is cell k of module q.
struct Explanation {
    std::vector<double> v;           ///< evidence, in [0, 1]
    std::vector<double> psi;         ///< relative likelihood to win, in [1, eta]
    std::vector<double> rho;         ///< likelihood to win; sums to 1 in each module
    double familiarity = 0;          ///< G
    double eta = 1;                  ///< contrast
    std::size_t hypotheses = 1;      ///< zeta
    Signals signals = Signals::none; ///< what V was made from
};

} // namespace baldwin::sdr

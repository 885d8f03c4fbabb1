// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The algorithm as one would first write it down, to measure ours against: a packed row of inputs
/// for each cell, AND and popcount, likelihoods by libm.
#pragma once

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/code.hpp>
#include <baldwin/sdr/parameters.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace baldwin::bench {

/// One mac with U signals, soft learning and hard retrieval.
class PlainMac {
public:
    PlainMac(const sdr::MacShape& shape, std::size_t inputs, const sdr::CsaParameters& csa,
             const Stream& stream)
        : shape_(shape), words_((inputs + 63) / 64), csa_(csa), stream_(stream),
          weights_(shape.units() * words_), counts_(shape.units()), v_(shape.units()),
          psi_(shape.cells), winners_(shape.modules) {}

    /// Number of active inputs with weight 1, for each cell.
    const std::vector<std::uint32_t>& sum(sdr::BitView frame) {
        const auto words = frame.words();
        for (std::size_t unit = 0; unit < counts_.size(); ++unit) {
            const std::uint64_t* row = weights_.data() + unit * words_;
            std::uint32_t count = 0;
            for (std::size_t w = 0; w < words_; ++w) {
                count += static_cast<std::uint32_t>(std::popcount(row[w] & words[w]));
            }
            counts_[unit] = count;
        }
        return counts_;
    }
    void recognise(sdr::BitView frame) {
        judge(frame);
        for (std::size_t q = 0; q < shape_.modules; ++q) {
            const double* v = v_.data() + q * shape_.cells;
            winners_[q] = static_cast<std::size_t>(std::max_element(v, v + shape_.cells) - v);
        }
    }
    void learn(sdr::BitView frame) {
        const double g = judge(frame);
        const double chi = csa_.contrast.chi * static_cast<double>(shape_.cells);
        const double eta = 1 + std::pow(g, csa_.contrast.gamma) * chi;
        for (std::size_t q = 0; q < shape_.modules; ++q) winners_[q] = draw(q, eta);
        const auto words = frame.words();
        for (std::size_t q = 0; q < shape_.modules; ++q) {
            std::uint64_t* row = weights_.data() + (q * shape_.cells + winners_[q]) * words_;
            for (std::size_t w = 0; w < words_; ++w) row[w] |= words[w];
        }
    }
    [[nodiscard]] const std::vector<std::size_t>& winners() const noexcept { return winners_; }

private:
    double judge(sdr::BitView frame) {
        sum(frame);
        const auto active = static_cast<double>(frame.count());
        double g = 0;
        for (std::size_t q = 0; q < shape_.modules; ++q) {
            double most = 0;
            for (std::size_t i = q * shape_.cells; i < (q + 1) * shape_.cells; ++i) {
                v_[i] = counts_[i] / active;
                most = std::max(most, v_[i]);
            }
            g += most;
        }
        return g / static_cast<double>(shape_.modules);
    }
    std::size_t draw(std::size_t q, double eta) {
        double total = 0;
        for (std::size_t k = 0; k < shape_.cells; ++k) {
            const double v = v_[q * shape_.cells + k];
            psi_[k] = 1 + (eta - 1) / (1 + std::exp(-csa_.slope * (v - csa_.centre)));
            total += psi_[k];
        }
        double at = stream_.uniform(draws_++) * total;
        std::size_t k = 0;
        while (k + 1 < shape_.cells && at >= psi_[k]) at -= psi_[k++];
        return k;
    }

    sdr::MacShape shape_;
    std::size_t words_;
    sdr::CsaParameters csa_;
    Stream stream_;
    std::uint64_t draws_ = 0;
    std::vector<std::uint64_t> weights_; // (units, words)
    std::vector<std::uint32_t> counts_;
    std::vector<double> v_;
    std::vector<double> psi_;
    std::vector<std::size_t> winners_;
};

} // namespace baldwin::bench

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The weights of one signal to one mac: a row of bits for each input, and what is frozen of them.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/assert.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/detail/bit_sums.hpp>
#include <baldwin/sdr/detail/unit_layout.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::sdr {

/// Binary weights, input-major: row j has a bit for each cell that input j reaches with weight 1.
///
/// Learning is an OR of the code into the rows of the active inputs, sums are event driven. A
/// signal that a mac does not have is one of 0 inputs.
class BinaryWeights {
public:
    using Word = detail::Word;

    BinaryWeights() = default;
    /// All weights 0.
    /// \param connections  shape (inputs, layout.words); the synapses that exist. Empty: all
    BinaryWeights(const detail::UnitLayout& layout, std::size_t inputs,
                  AlignedVector<Word> connections = {})
        : layout_(layout), inputs_(inputs), bits_(inputs * layout.words),
          connections_(std::move(connections)), frozen_(layout.words), open_winners_(layout.words),
          increased_(layout.bits()) {
        BALDWIN_ASSERT(connections_.empty() || connections_.size() == bits_.size());
        count_afferents();
    }

    [[nodiscard]] const detail::UnitLayout& layout() const noexcept { return layout_; }
    [[nodiscard]] std::size_t inputs() const noexcept { return inputs_; }
    /// Weight bits, shape (inputs, layout().words).
    [[nodiscard]] std::span<const Word> bits() const noexcept { return bits_; }
    /// Synapses that exist, of the same shape; empty if all do.
    [[nodiscard]] std::span<const Word> connections() const noexcept { return connections_; }
    [[nodiscard]] bool is_complete() const noexcept { return connections_.empty(); }
    /// Number of synapses.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Number of weights that are 1.
    [[nodiscard]] std::size_t increased() const noexcept { return total_increased_; }
    /// Share of weights that are 1; 0 if there are none at all.
    [[nodiscard]] double saturation() const noexcept {
        return size() == 0 ? 0.0 : static_cast<double>(increased()) / static_cast<double>(size());
    }
    /// The same for one cell, given by its bit in a row.
    [[nodiscard]] double saturation(std::size_t unit) const noexcept {
        return afferents_[unit] == 0
                   ? 0.0
                   : static_cast<double>(increased_[unit]) / static_cast<double>(afferents_[unit]);
    }
    /// Cells whose weights no longer change, a row of bits.
    [[nodiscard]] std::span<const Word> frozen() const noexcept { return frozen_; }
    [[nodiscard]] bool is_frozen(std::size_t unit) const noexcept {
        return (frozen_[unit / 64] >> (unit % 64) & 1U) != 0;
    }
    [[nodiscard]] std::size_t frozen_cells() const noexcept {
        std::size_t count = 0;
        for (const Word word : frozen_) count += static_cast<std::size_t>(std::popcount(word));
        return count;
    }
    /// Weight from an input to a cell, given by its bit in a row: layout().bit(module, cell).
    [[nodiscard]] bool weight(std::size_t input, std::size_t unit) const noexcept {
        return (bits_[input * layout_.words + unit / 64] >> (unit % 64) & 1U) != 0;
    }
    /// Whether there is such a synapse.
    [[nodiscard]] bool exists(std::size_t input, std::size_t unit) const noexcept {
        if (connections_.empty()) return true;
        return (connections_[input * layout_.words + unit / 64] >> (unit % 64) & 1U) != 0;
    }

    /// Raises the weights from active inputs to the winners that are not frozen.
    /// \param rows     active inputs
    /// \param winners  the code as a row of bits
    void learn(std::span<const std::uint32_t> rows, std::span<const Word> winners,
               KernelPath path = KernelPath::automatic) {
        const std::size_t words = layout_.words;
        for (std::size_t w = 0; w < words; ++w) open_winners_[w] = winners[w] & ~frozen_[w];
        if (connections_.empty()) {
            return detail::or_rows({bits_.data(), words, rows, open_winners_.data()}, path);
        }
        for (const auto j : rows) {
            Word* row = bits_.data() + j * words;
            const Word* exists = connections_.data() + j * words;
            for (std::size_t w = 0; w < words; ++w) row[w] |= open_winners_[w] & exists[w];
        }
    }
    /// Notes that \p count more weights of a cell are 1.
    void add_increased(std::size_t unit, std::size_t count) {
        increased_[unit] += static_cast<std::uint32_t>(count);
        total_increased_ += count;
    }
    void clear_weight(std::size_t input, std::size_t unit) {
        bits_[input * layout_.words + unit / 64] &= ~(Word{1} << (unit % 64));
        increased_[unit] -= 1;
        total_increased_ -= 1;
    }
    void freeze(std::size_t unit) { frozen_[unit / 64] |= Word{1} << (unit % 64); }
    void freeze_all() {
        const auto& all = layout_.cells;
        std::copy(all.begin(), all.end(), frozen_.begin());
    }
    /// Takes over stored bits of the same shape; the counts follow from them.
    void restore(std::span<const Word> bits, std::span<const Word> frozen) {
        std::copy(bits.begin(), bits.end(), bits_.begin());
        std::copy(frozen.begin(), frozen.end(), frozen_.begin());
        std::fill(increased_.begin(), increased_.end(), 0);
        for (std::size_t j = 0; j < inputs_; ++j) {
            BitView(bits_.data() + j * layout_.words, layout_.bits())
                .for_each([&](std::size_t unit) { ++increased_[unit]; });
        }
        total_increased_ = total(increased_);
    }

    /// Number of winners that an input has a weight to: the reversed direction.
    [[nodiscard]] std::size_t reversed_sum(std::size_t input, std::span<const Word> winners) const {
        return overlap_of(bits_.data() + input * layout_.words, winners);
    }
    /// Number of winners that an input has a synapse to.
    [[nodiscard]] std::size_t reachable(std::size_t input, std::span<const Word> winners) const {
        if (connections_.empty()) return layout_.shape.modules;
        return overlap_of(connections_.data() + input * layout_.words, winners);
    }

private:
    static std::size_t overlap_of(const Word* row, std::span<const Word> winners) {
        std::size_t count = 0;
        for (std::size_t w = 0; w < winners.size(); ++w) {
            count += static_cast<std::size_t>(std::popcount(row[w] & winners[w]));
        }
        return count;
    }
    static std::size_t total(const std::vector<std::uint32_t>& counts) {
        std::size_t sum = 0;
        for (const auto count : counts) sum += count;
        return sum;
    }
    void count_afferents() {
        afferents_.assign(layout_.bits(), 0);
        const auto& all = layout_.cells;
        const std::span<const Word> rows =
            connections_.empty() ? std::span<const Word>(all) : std::span<const Word>(connections_);
        const auto times = static_cast<std::uint32_t>(connections_.empty() ? inputs_ : 1);
        for (std::size_t first = 0; first < rows.size(); first += layout_.words) {
            BitView(rows.data() + first, layout_.bits()).for_each([&](std::size_t unit) {
                afferents_[unit] += times;
            });
        }
        size_ = total(afferents_);
    }

    detail::UnitLayout layout_;
    std::size_t inputs_ = 0;
    AlignedVector<Word> bits_;             // (inputs, words)
    AlignedVector<Word> connections_;      // the same, or empty
    AlignedVector<Word> frozen_;           // (words)
    AlignedVector<Word> open_winners_;     // (words) scratch of learn
    std::vector<std::uint32_t> increased_; // per unit of the layout
    std::vector<std::uint32_t> afferents_; // per unit of the layout
    std::size_t size_ = 0;
    std::size_t total_increased_ = 0;
};

} // namespace baldwin::sdr

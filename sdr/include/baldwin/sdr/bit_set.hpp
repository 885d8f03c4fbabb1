// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Sets of bits, packed 64 to a word: the frames that a memory sees, and operations on them.
#pragma once

#include <baldwin/core/assert.hpp>
#include <baldwin/core/random.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::sdr {

/// Bits of another object, read only. Bit i is bit i % 64 of word i / 64; bits of the last word
/// beyond the size are 0.
class BitView {
public:
    BitView(const std::uint64_t* words, std::size_t size) noexcept : words_(words), size_(size) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The packed words, shape (ceil(size / 64)).
    [[nodiscard]] std::span<const std::uint64_t> words() const noexcept {
        return {words_, (size_ + 63) / 64};
    }
    [[nodiscard]] bool operator[](std::size_t i) const noexcept {
        BALDWIN_ASSERT(i < size_);
        return (words_[i / 64] >> (i % 64) & 1U) != 0;
    }
    /// Number of bits that are on.
    [[nodiscard]] std::size_t count() const noexcept {
        std::size_t on = 0;
        for (const auto word : words()) on += static_cast<std::size_t>(std::popcount(word));
        return on;
    }
    /// Calls f(i) for each bit that is on, in rising order.
    template <class F>
    void for_each(F&& f) const {
        for (std::size_t w = 0; w < words().size(); ++w) {
            for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1) {
                f(w * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
            }
        }
    }
    /// The sparse form: the bits that are on, in rising order.
    [[nodiscard]] std::vector<std::uint32_t> indices() const {
        std::vector<std::uint32_t> on;
        indices_into(on);
        return on;
    }
    /// The same in place of what \p on holds.
    void indices_into(std::vector<std::uint32_t>& on) const {
        // sixteen at a time whether there are as many or not: how many a word has cannot be
        // foreseen, a branch on it would be expensive
        constexpr std::size_t kTogether = 16;
        on.resize(count() + kTogether);
        std::uint32_t* next = on.data();
        for (std::size_t w = 0; w < words().size(); ++w) {
            std::uint64_t rest = words_[w];
            const int there = std::popcount(rest);
            for (int done = 0; done < there; done += int{kTogether}) {
                for (std::size_t i = 0; i < kTogether; ++i, rest &= rest - 1) {
                    next[done + static_cast<int>(i)] = static_cast<std::uint32_t>(
                        w * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
                }
            }
            next += there;
        }
        on.resize(static_cast<std::size_t>(next - on.data()));
    }

private:
    const std::uint64_t* words_;
    std::size_t size_;
};

/// A set of bits of fixed size. A value type.
class BitSet {
public:
    BitSet() = default;
    /// All bits off.
    explicit BitSet(std::size_t size) : words_((size + 63) / 64), size_(size) {}
    /// A copy of what a view shows.
    explicit BitSet(BitView view)
        : words_(view.words().begin(), view.words().end()), size_(view.size()) {}

    /// The set of the given bits.
    /// \throws std::invalid_argument if an index is not below \p size
    [[nodiscard]] static BitSet of(std::size_t size, std::span<const std::uint32_t> indices) {
        BitSet set(size);
        for (const auto i : indices) {
            if (i >= size) {
                throw std::invalid_argument("sdr::BitSet: index must be below the size, " +
                                            std::to_string(size) + ", got " + std::to_string(i));
            }
            set.set(i);
        }
        return set;
    }
    /// Bit i is on where \p bytes[i] is not 0.
    [[nodiscard]] static BitSet from_bytes(std::span<const std::uint8_t> bytes) {
        BitSet set(bytes.size());
        for (std::size_t i = 0; i < bytes.size(); ++i) set.set(i, bytes[i] != 0);
        return set;
    }

    operator BitView() const noexcept { return view(); } // NOLINT: a set is a view of itself
    [[nodiscard]] BitView view() const noexcept { return {words_.data(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t count() const noexcept { return view().count(); }
    [[nodiscard]] bool operator[](std::size_t i) const noexcept { return view()[i]; }
    [[nodiscard]] std::span<const std::uint64_t> words() const noexcept { return words_; }
    [[nodiscard]] std::vector<std::uint32_t> indices() const { return view().indices(); }

    void set(std::size_t i, bool on = true) noexcept {
        BALDWIN_ASSERT(i < size_);
        const std::uint64_t bit = std::uint64_t{1} << (i % 64);
        words_[i / 64] = on ? words_[i / 64] | bit : words_[i / 64] & ~bit;
    }
    void clear() noexcept { std::fill(words_.begin(), words_.end(), 0); }

    /// Union.
    /// \throws std::invalid_argument if the sizes differ, as all operations on two sets
    BitSet& operator|=(BitView other) {
        return combine(other, [](std::uint64_t a, std::uint64_t b) { return a | b; });
    }
    /// Intersection.
    BitSet& operator&=(BitView other) {
        return combine(other, [](std::uint64_t a, std::uint64_t b) { return a & b; });
    }
    /// Bits that are on in one of both.
    BitSet& operator^=(BitView other) {
        return combine(other, [](std::uint64_t a, std::uint64_t b) { return a ^ b; });
    }
    /// Bits that are on here and off there.
    BitSet& operator-=(BitView other) {
        return combine(other, [](std::uint64_t a, std::uint64_t b) { return a & ~b; });
    }
    friend BitSet operator|(BitSet a, BitView b) { return a |= b; }
    friend BitSet operator&(BitSet a, BitView b) { return a &= b; }
    friend BitSet operator^(BitSet a, BitView b) { return a ^= b; }
    friend BitSet operator-(BitSet a, BitView b) { return a -= b; }
    friend bool operator==(const BitSet& a, const BitSet& b) = default;

private:
    template <class F>
    BitSet& combine(BitView other, F f);

    std::vector<std::uint64_t> words_;
    std::size_t size_ = 0;
};

namespace detail {

inline void check_same_size(BitView a, BitView b) {
    if (a.size() == b.size()) return;
    throw std::invalid_argument("sdr::BitSet: both sets must have the same size, got " +
                                std::to_string(a.size()) + " and " + std::to_string(b.size()));
}

inline void check_share(double share, const char* name) {
    if (share >= 0 && share <= 1) return;
    throw std::invalid_argument(std::string("sdr::") + name + ": share must be in [0, 1], got " +
                                std::to_string(share));
}

// Share of a count, rounded to the nearest whole number.
inline std::size_t part_of(std::size_t count, double share) {
    return static_cast<std::size_t>(std::llround(share * static_cast<double>(count)));
}

// The first `wanted` of `items` in random order.
inline std::span<std::uint32_t> choose(std::vector<std::uint32_t>& items, std::size_t wanted,
                                       const Stream& stream) {
    for (std::size_t i = 0; i < wanted; ++i) {
        std::swap(items[i], items[i + stream.below(items.size() - i, i)]);
    }
    return std::span(items).first(wanted);
}

} // namespace detail

template <class F>
BitSet& BitSet::combine(BitView other, F f) {
    detail::check_same_size(*this, other);
    for (std::size_t w = 0; w < words_.size(); ++w) words_[w] = f(words_[w], other.words()[w]);
    return *this;
}

/// Number of bits that are on in both.
/// \throws std::invalid_argument if the sizes differ
/// \cost O(size / 64)
[[nodiscard]] inline std::size_t overlap(BitView a, BitView b) {
    detail::check_same_size(a, b);
    std::size_t both = 0;
    for (std::size_t w = 0; w < a.words().size(); ++w) {
        both += static_cast<std::size_t>(std::popcount(a.words()[w] & b.words()[w]));
    }
    return both;
}

/// Intersection over union, in [0, 1]; 1 for two empty sets.
/// \throws std::invalid_argument if the sizes differ
[[nodiscard]] inline double jaccard(BitView a, BitView b) {
    const std::size_t both = overlap(a, b);
    const std::size_t either = a.count() + b.count() - both;
    return either == 0 ? 1.0 : static_cast<double>(both) / static_cast<double>(either);
}

/// Share of bits that are on, in [0, 1].
[[nodiscard]] inline double sparsity(BitView a) {
    return a.size() == 0 ? 0.0 : static_cast<double>(a.count()) / static_cast<double>(a.size());
}

/// A set of \p count bits drawn without replacement.
/// \throws std::invalid_argument if \p count is above \p size
[[nodiscard]] inline BitSet random_bits(std::size_t size, std::size_t count, const Stream& stream) {
    if (count > size) {
        throw std::invalid_argument("sdr::random_bits: count must be at most the size, " +
                                    std::to_string(size) + ", got " + std::to_string(count));
    }
    std::vector<std::uint32_t> all(size);
    std::iota(all.begin(), all.end(), 0U);
    return BitSet::of(size, detail::choose(all, count, stream));
}

/// Noise that keeps the number of bits: a share of the bits that are on (rounded to whole bits)
/// goes to places that were off, as far as there are any.
/// \throws std::invalid_argument if \p share is not in [0, 1]
[[nodiscard]] inline BitSet moved(BitView bits, double share, const Stream& stream) {
    detail::check_share(share, "moved");
    auto on = bits.indices();
    BitSet inverse(bits.size());
    for (std::size_t i = 0; i < bits.size(); ++i) inverse.set(i, !bits[i]);
    auto off = inverse.indices();
    const std::size_t wanted = std::min(detail::part_of(on.size(), share), off.size());
    BitSet result(bits);
    for (const auto i : detail::choose(on, wanted, stream.substream(0))) result.set(i, false);
    for (const auto i : detail::choose(off, wanted, stream.substream(1))) result.set(i);
    return result;
}

/// The set without a share of its bits (rounded to whole bits).
/// \throws std::invalid_argument if \p share is not in [0, 1]
[[nodiscard]] inline BitSet dropped(BitView bits, double share, const Stream& stream) {
    detail::check_share(share, "dropped");
    auto on = bits.indices();
    BitSet result(bits);
    for (const auto i : detail::choose(on, detail::part_of(on.size(), share), stream)) {
        result.set(i, false);
    }
    return result;
}

} // namespace baldwin::sdr

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Numbers in as few bits as they need, written and read back within bounds.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution::detail {

/// Appends bits, lowest first.
class BitWriter {
public:
    void bits(std::uint64_t value, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            if (used_ % 8 == 0) bytes_.push_back(0);
            bytes_.back() |= static_cast<std::uint8_t>((value >> i & 1U) << (used_ % 8));
            ++used_;
        }
    }
    /// A number >= 1 in 2 floor(log2) + 1 bits (Elias' gamma code).
    void gamma(std::uint64_t value) {
        const auto width = static_cast<unsigned>(std::bit_width(value));
        bits(0, width - 1);
        bits(1, 1);
        bits(value, width - 1); // without the leading one
    }
    [[nodiscard]] std::vector<std::uint8_t> bytes() && { return std::move(bytes_); }

private:
    std::vector<std::uint8_t> bytes_;
    std::size_t used_ = 0;
};

/// Reads what BitWriter wrote.
class BitReader {
public:
    explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() * 8 - used_; }
    /// \throws std::runtime_error if there are fewer
    std::uint64_t bits(unsigned count) {
        if (count > left()) throw std::runtime_error("the packed genome ends too early");
        std::uint64_t value = 0;
        for (unsigned i = 0; i < count; ++i, ++used_) {
            value |= std::uint64_t{bytes_[used_ / 8] >> (used_ % 8) & 1U} << i;
        }
        return value;
    }
    /// \throws std::runtime_error if it is above \p most, or there are too few bits
    std::uint64_t gamma(std::uint64_t most) {
        unsigned width = 0;
        while (bits(1) == 0) {
            if (++width > 63) throw std::runtime_error("the packed genome has no number here");
        }
        const std::uint64_t value = bits(width) | (std::uint64_t{1} << width);
        if (value > most) {
            throw std::runtime_error("the packed genome has a number of " + std::to_string(value) +
                                     ", at most " + std::to_string(most) + " is possible");
        }
        return value;
    }
    /// \throws std::runtime_error unless nothing but padding is left
    void expect_end() {
        if (left() >= 8 || bits(static_cast<unsigned>(left())) != 0) {
            throw std::runtime_error("the packed genome goes on after its end");
        }
    }

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t used_ = 0;
};

} // namespace baldwin::neuroevolution::detail

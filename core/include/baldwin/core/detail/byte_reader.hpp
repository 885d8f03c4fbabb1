// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A cursor over the bytes of a file that cannot leave them.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin::detail {

static_assert(std::endian::native == std::endian::little, "raw buffers are little-endian");

/// a * b, or nothing if it does not fit.
inline bool multiply_overflows(std::size_t a, std::size_t b) {
    return a != 0 && b > std::numeric_limits<std::size_t>::max() / a;
}

/// Reads numbers and blocks front to back; errors are "origin: reason".
class ByteReader {
public:
    /// \param origin  path or other name of where the bytes come from
    ByteReader(std::span<const std::byte> bytes, std::string_view origin)
        : bytes_(bytes), origin_(origin) {}

    [[nodiscard]] std::size_t position() const noexcept { return position_; }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - position_; }

    [[noreturn]] void fail(std::string_view reason) const {
        throw std::runtime_error(std::string(origin_) + ": " + std::string(reason));
    }
    /// The next \p count bytes; \p what names them in the error.
    std::span<const std::byte> take(std::size_t count, std::string_view what) {
        if (count > left()) {
            fail("truncated: " + std::string(what) + " needs " + std::to_string(count) +
                 " bytes at offset " + std::to_string(position_) + ", the file has " +
                 std::to_string(left()) + " left");
        }
        const auto block = bytes_.subspan(position_, count);
        position_ += count;
        return block;
    }
    std::string_view text(std::size_t count, std::string_view what) {
        const auto block = take(count, what);
        return {reinterpret_cast<const char*>(block.data()), block.size()};
    }
    template <std::unsigned_integral T>
    T little_endian(std::string_view what) {
        T value = 0;
        std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
        return value;
    }
    std::uint32_t big_endian32(std::string_view what) {
        std::uint32_t value = 0;
        for (const std::byte byte : take(4, what)) {
            value = (value << 8) | std::to_integer<std::uint32_t>(byte);
        }
        return value;
    }
    /// \throws std::runtime_error if bytes are left
    void expect_end() const {
        if (left() == 0) return;
        fail("oversized: " + std::to_string(left()) + " bytes too many after offset " +
             std::to_string(position_));
    }

private:
    std::span<const std::byte> bytes_;
    std::string_view origin_;
    std::size_t position_ = 0;
};

} // namespace baldwin::detail

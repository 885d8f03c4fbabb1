// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// gzip files: inflated into memory with a bound on the result, deflated for tests and exports.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>
#include <baldwin/core/file.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::io {

/// Largest result that gunzip makes unless told otherwise: 2 GiB.
inline constexpr std::size_t kInflateLimit = std::size_t{1} << 31;

/// Whether bytes begin like a gzip file.
[[nodiscard]] inline bool is_gzip(std::span<const std::byte> bytes) {
    return bytes.size() >= 2 && bytes[0] == std::byte{0x1F} && bytes[1] == std::byte{0x8B};
}

namespace detail {

/// One zlib stream in the gzip format.
class Inflater {
public:
    explicit Inflater(std::span<const std::byte> bytes) : left_(bytes) {
        constexpr int kGzipWindow = 15 + 16; // largest window, gzip wrapper required
        if (::inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { ::inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Bytes of the input not yet used.
    [[nodiscard]] std::size_t left() const noexcept { return left_.size(); }
    [[nodiscard]] const char* message() const noexcept { return stream_.msg; }
    /// Begins the next member of a file of several.
    void restart() { ::inflateReset(&stream_); }
    /// Fills a part of \p out, says how much in \p made, and gives zlib's code.
    int step(std::span<std::byte> out, std::size_t& made) {
        constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
        const auto in_size = static_cast<uInt>(std::min(left_.size(), kMost));
        const auto out_size = static_cast<uInt>(std::min(out.size(), kMost));
        // zlib does not write to its input; its interface predates const
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(left_.data()));
        stream_.avail_in = in_size;
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = out_size;
        const int code = ::inflate(&stream_, Z_NO_FLUSH);
        left_ = left_.subspan(in_size - stream_.avail_in);
        made = out_size - stream_.avail_out;
        return code;
    }

private:
    std::span<const std::byte> left_;
    z_stream stream_{};
};

/// The size that the last four bytes announce, as far as deflate could reach it.
inline std::size_t announced_size(std::span<const std::byte> bytes, std::size_t limit) {
    constexpr std::size_t kLargestRatio = 1032;
    std::uint32_t announced = 0;
    if (bytes.size() >= 18) std::memcpy(&announced, &bytes[bytes.size() - 4], 4);
    return std::min({std::size_t{announced}, bytes.size() * kLargestRatio, limit}) + 1;
}

} // namespace detail

/// Inflates a gzip file of one or more members.
/// \param origin  path or other name, for errors
/// \param limit   largest result accepted, bytes: a small file may claim to hold terabytes
/// \throws std::runtime_error "origin: reason" if it is truncated, damaged, followed by other
///         bytes, or larger than \p limit when inflated
[[nodiscard]] inline std::vector<std::byte> gunzip(std::span<const std::byte> bytes,
                                                   std::string_view origin,
                                                   std::size_t limit = kInflateLimit) {
    const baldwin::detail::ByteReader file(bytes, origin);
    if (!is_gzip(bytes)) file.fail("is not a gzip file: it must begin with the bytes 1F 8B");
    detail::Inflater inflater(bytes);
    std::vector<std::byte> out(detail::announced_size(bytes, limit));
    std::size_t used = 0;
    for (;;) {
        if (used == out.size()) out.resize(2 * used + 4096);
        std::size_t made = 0;
        const int code = inflater.step(std::span(out).subspan(used), made);
        used += made;
        if (used > limit) {
            file.fail("inflates to more than the limit of " + std::to_string(limit) + " bytes");
        }
        if (code == Z_STREAM_END && inflater.left() == 0) break;
        if (code == Z_STREAM_END) {
            inflater.restart();
        } else if (code == Z_BUF_ERROR || (code == Z_OK && made == 0 && inflater.left() == 0)) {
            file.fail("truncated: the compressed data ends too early");
        } else if (code != Z_OK) {
            const char* reason = inflater.message();
            file.fail("is damaged after " + std::to_string(used) + " inflated bytes: " +
                      (reason != nullptr ? reason : "zlib error " + std::to_string(code)));
        }
    }
    out.resize(used);
    return out;
}

/// A gzip file with the given content; the same bytes for the same content and level (no name, no
/// time).
/// \param level  0 (stored) to 9 (smallest)
/// \throws std::invalid_argument if the level is not from 0 to 9
[[nodiscard]] inline std::vector<std::byte> gzip(std::span<const std::byte> bytes, int level = 6) {
    if (level < 0 || level > 9) {
        throw std::invalid_argument("gzip: level must be from 0 to 9, got " +
                                    std::to_string(level));
    }
    if (bytes.size() > std::numeric_limits<uInt>::max()) {
        throw std::invalid_argument("gzip: at most 4 GiB - 1 can be packed, got " +
                                    std::to_string(bytes.size()) + " bytes");
    }
    z_stream stream{};
    constexpr int kGzipWindow = 15 + 16;
    constexpr int kMemory = 8;
    if (::deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        throw std::bad_alloc();
    }
    std::vector<std::byte> out(::deflateBound(&stream, static_cast<uLong>(bytes.size())));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH); // deflateBound bytes are always enough
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

/// The content of a file, inflated if it is a gzip file.
/// \param limit  largest content accepted, bytes
/// \throws std::runtime_error with path and reason
[[nodiscard]] inline std::vector<std::byte> read_maybe_gzip(const std::filesystem::path& path,
                                                            std::size_t limit = kInflateLimit) {
    auto bytes = read_file(path, limit);
    return is_gzip(bytes) ? gunzip(bytes, path.string(), limit) : bytes;
}

} // namespace baldwin::io

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The idx format of MNIST: bytes 0 0 type rank, big-endian 32-bit extents, big-endian elements.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>
#include <baldwin/core/detail/payload.hpp>
#include <baldwin/core/dtype.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/shape.hpp>
#include <baldwin/core/tensor.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin {

/// The element types that idx files can hold.
template <class T>
concept IdxScalar = std::same_as<T, std::uint8_t> || std::same_as<T, std::int8_t> ||
    std::same_as<T, std::int16_t> || std::same_as<T, std::int32_t> || std::same_as<T, float> ||
    std::same_as<T, double>;

namespace detail {

struct IdxType {
    unsigned code;
    Dtype dtype;
};
inline constexpr IdxType kIdxTypes[] = {{0x08, Dtype::u8},  {0x09, Dtype::i8},  {0x0B, Dtype::i16},
                                        {0x0C, Dtype::i32}, {0x0D, Dtype::f32}, {0x0E, Dtype::f64}};

/// Checks magic, type and shape of an idx file against its size and leaves \p file at the elements.
inline Shape read_idx_header(ByteReader& file, Dtype dtype) {
    const std::uint32_t magic = file.big_endian32("the magic number");
    const unsigned code = (magic >> 8) & 0xFF;
    const unsigned rank = magic & 0xFF;
    const auto* type = std::find_if(std::begin(kIdxTypes), std::end(kIdxTypes),
                                    [&](const auto& entry) { return entry.code == code; });
    if ((magic >> 16) != 0 || type == std::end(kIdxTypes)) {
        file.fail("magic number " + std::to_string(magic) +
                  " is not that of an idx file (0 0 type rank; type 8 = U8)");
    }
    if (type->dtype != dtype) {
        file.fail("has elements of type " + std::string(to_string(type->dtype)) + ", " +
                  std::string(to_string(dtype)) + " is needed");
    }
    if (rank < 1 || rank > Shape::kMaxRank) {
        file.fail("has rank " + std::to_string(rank) + ", 1 to " + std::to_string(Shape::kMaxRank) +
                  " is right");
    }
    std::vector<std::size_t> extents;
    for (unsigned axis = 0; axis < rank; ++axis) {
        extents.push_back(file.big_endian32("the shape"));
    }
    return Shape(std::span<const std::size_t>(extents));
}

/// Reverses the bytes of each element.
inline void swap_bytes(std::span<std::byte> bytes, std::size_t element) {
    for (std::size_t at = 0; element > 1 && at < bytes.size(); at += element) {
        const auto part = bytes.subspan(at, element);
        std::reverse(part.begin(), part.end());
    }
}

} // namespace detail

/// The tensor in the bytes of an idx file (not compressed).
/// \param origin  path or other name, for errors
/// \throws std::runtime_error "origin: reason" if magic, type, rank or size is not right
template <IdxScalar T = std::uint8_t>
[[nodiscard]] Tensor<T> parse_idx(std::span<const std::byte> bytes, std::string_view origin) {
    detail::ByteReader file(bytes, origin);
    const Shape shape = detail::read_idx_header(file, kDtypeOf<T>);
    detail::check_payload(file, shape, sizeof(T));
    auto tensor = detail::take_tensor<T>(file, shape);
    detail::swap_bytes(std::as_writable_bytes(std::span(tensor.data(), tensor.size())), sizeof(T));
    return tensor;
}

/// Reads an idx file (not compressed; baldwin::io reads .gz).
/// \throws std::runtime_error with path and reason
template <IdxScalar T = std::uint8_t>
[[nodiscard]] Tensor<T> read_idx(const std::filesystem::path& path,
                                 std::size_t limit = kFileLimit) {
    return parse_idx<T>(read_file(path, limit), path.string());
}

/// A tensor as the bytes of an idx file.
/// \throws std::invalid_argument if it has rank 0 or an extent above 2^32 - 1
template <IdxScalar T>
[[nodiscard]] std::vector<std::byte> idx_bytes(TensorView<const T> tensor) {
    if (tensor.rank() == 0) {
        throw std::invalid_argument("idx_bytes: rank must be >= 1, got 0");
    }
    std::vector<std::byte> bytes;
    const auto append = [&](std::uint32_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.push_back(static_cast<std::byte>(value >> shift));
        }
    };
    const auto* type = std::find_if(std::begin(detail::kIdxTypes), std::end(detail::kIdxTypes),
                                    [](const auto& entry) { return entry.dtype == kDtypeOf<T>; });
    append(static_cast<std::uint32_t>(type->code << 8 | tensor.rank()));
    for (const std::size_t extent : tensor.shape()) {
        if (extent > std::numeric_limits<std::uint32_t>::max()) {
            throw std::invalid_argument("idx_bytes: an extent must be below 2^32, got " +
                                        std::to_string(extent));
        }
        append(static_cast<std::uint32_t>(extent));
    }
    const auto elements = std::as_bytes(tensor.values());
    const std::size_t header = bytes.size();
    bytes.insert(bytes.end(), elements.begin(), elements.end());
    detail::swap_bytes(std::span(bytes).subspan(header), sizeof(T));
    return bytes;
}

} // namespace baldwin

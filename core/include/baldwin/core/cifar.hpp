// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The binary format of CIFAR-10: records of a label byte and 3 x 32 x 32 colour bytes.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/image_set.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace baldwin {

/// Side of a CIFAR image, pixels.
inline constexpr std::size_t kCifarSide = 32;
/// Bytes of one record: the label, then the red, green and blue plane, row-major.
inline constexpr std::size_t kCifarRecord = 1 + 3 * kCifarSide * kCifarSide;
/// Number of classes of CIFAR-10.
inline constexpr std::size_t kCifarClasses = 10;

/// The images, shape (n, 3, 32, 32), and labels in the bytes of a CIFAR-10 file (not compressed).
/// \param origin  path or other name, for errors
/// \throws std::runtime_error "origin: reason" if the size is not a whole positive number of
///         records, or a label is not below 10
[[nodiscard]] inline ImageSet parse_cifar(std::span<const std::byte> bytes,
                                          std::string_view origin) {
    detail::ByteReader file(bytes, origin);
    const std::size_t count = bytes.size() / kCifarRecord;
    if (count == 0 || bytes.size() % kCifarRecord != 0) {
        file.fail("has " + std::to_string(bytes.size()) + " bytes, a positive multiple of " +
                  std::to_string(kCifarRecord) + " (a label and 3 x 32 x 32 bytes) is right");
    }
    ImageSet set;
    set.images = Tensor<std::uint8_t>::from_shape({count, 3, kCifarSide, kCifarSide});
    set.labels.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto record = file.take(kCifarRecord, "a record");
        set.labels[i] = std::to_integer<std::uint8_t>(record[0]);
        if (set.labels[i] >= kCifarClasses) {
            file.fail("record " + std::to_string(i) + " has label " +
                      std::to_string(set.labels[i]) + ", 0 to 9 is right");
        }
        std::memcpy(set.images.data() + i * (kCifarRecord - 1), &record[1], kCifarRecord - 1);
    }
    return set;
}

/// Reads a CIFAR-10 file (not compressed; baldwin::io reads .gz).
/// \throws std::runtime_error with path and reason
[[nodiscard]] inline ImageSet read_cifar(const std::filesystem::path& path,
                                         std::size_t limit = kFileLimit) {
    return parse_cifar(read_file(path, limit), path.string());
}

} // namespace baldwin

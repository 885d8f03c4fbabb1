// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// NumPy's .npy format, versions 1 to 3: one tensor in a file. The header is read by our own parser
/// and checked against the file's size before anything is allocated.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>
#include <baldwin/core/detail/npy_header.hpp>
#include <baldwin/core/detail/payload.hpp>
#include <baldwin/core/dtype.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/shape.hpp>
#include <baldwin/core/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin {

/// The tensor in the bytes of a .npy file, which must have exactly this element type.
/// \param origin  path or other name, for errors
/// \throws std::runtime_error "origin: reason" if anything is not as it must be; Fortran order and
///         big-endian elements are not read
template <class T>
[[nodiscard]] Tensor<T> parse_npy(std::span<const std::byte> bytes, std::string_view origin) {
    detail::ByteReader file(bytes, origin);
    const auto header = detail::read_npy_header(file);
    if (header.dtype != kDtypeOf<T>) {
        file.fail("has elements of type " + std::string(to_string(header.dtype)) + ", " +
                  std::string(to_string(kDtypeOf<T>)) + " is needed");
    }
    detail::check_npy_bools(file, header);
    return detail::take_tensor<T>(file, header.shape);
}

/// The tensor in the bytes of a .npy file of any element type, converted to T as static_cast does.
/// \throws std::runtime_error as parse_npy
template <class T>
[[nodiscard]] Tensor<T> parse_npy_as(std::span<const std::byte> bytes, std::string_view origin) {
    detail::ByteReader file(bytes, origin);
    const auto header = detail::read_npy_header(file);
    detail::check_npy_bools(file, header);
    return visit(header.dtype, [&]<class Stored>(Stored /*type*/) {
        const auto stored = detail::take_tensor<Stored>(file, header.shape);
        auto out = Tensor<T>::from_shape(
            std::vector<std::size_t>(header.shape.begin(), header.shape.end()));
        std::transform(stored.data(), stored.data() + stored.size(), out.data(),
                       [](Stored value) { return static_cast<T>(value); });
        return out;
    });
}

/// Reads a .npy file of exactly this element type.
/// \throws std::runtime_error with path and reason
template <class T>
[[nodiscard]] Tensor<T> read_npy(const std::filesystem::path& path,
                                 std::size_t limit = kFileLimit) {
    return parse_npy<T>(read_file(path, limit), path.string());
}

/// Reads a .npy file of any element type, converted to T as static_cast does.
/// \throws std::runtime_error with path and reason
template <class T>
[[nodiscard]] Tensor<T> read_npy_as(const std::filesystem::path& path,
                                    std::size_t limit = kFileLimit) {
    return parse_npy_as<T>(read_file(path, limit), path.string());
}

/// A tensor as the bytes of a .npy file, version 1.0.
template <class T>
[[nodiscard]] std::vector<std::byte> npy_bytes(TensorView<const T> tensor) {
    const std::string header = detail::npy_header_text(kDtypeOf<T>, tensor.shape());
    const auto head = bytes_of(header);
    const auto elements = std::as_bytes(tensor.values());
    std::vector<std::byte> bytes(head.begin(), head.end());
    bytes.insert(bytes.end(), elements.begin(), elements.end());
    return bytes;
}

/// Writes a tensor as a .npy file.
/// \throws std::runtime_error with path and reason; an older file is then untouched
template <class T>
void write_npy(const std::filesystem::path& path, TensorView<const T> tensor,
               Sync sync = Sync::no) {
    AtomicFile file(path);
    file.write(detail::npy_header_text(kDtypeOf<T>, tensor.shape()));
    file.write(std::as_bytes(tensor.values()));
    file.commit(sync);
}
template <class T>
void write_npy(const std::filesystem::path& path, const Tensor<T>& tensor, Sync sync = Sync::no) {
    write_npy(path, TensorView<const T>(tensor), sync);
}

} // namespace baldwin

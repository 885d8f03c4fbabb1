// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The elements of one tensor that fill the rest of a file.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>
#include <baldwin/core/shape.hpp>
#include <baldwin/core/tensor.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace baldwin::detail {

/// Checks that the elements which a shape read from a file announces are exactly what is left.
/// \param element  bytes of one element
inline void check_payload(const ByteReader& file, const Shape& shape, std::size_t element) {
    std::size_t bytes = element;
    for (const std::size_t extent : shape) {
        if (multiply_overflows(bytes, extent)) {
            file.fail("has shape " + to_string(shape) + ", whose size overflows");
        }
        bytes *= extent;
    }
    if (bytes == file.left()) return;
    file.fail(std::string(bytes > file.left() ? "truncated" : "oversized") + ": shape " +
              to_string(shape) + " needs " + std::to_string(bytes) +
              " bytes of elements, the file has " + std::to_string(file.left()));
}

/// A tensor with all elements that are left; check_payload comes first.
template <class T>
Tensor<T> take_tensor(ByteReader& file, const Shape& shape) {
    auto tensor = Tensor<T>::from_shape(std::vector<std::size_t>(shape.begin(), shape.end()));
    const auto elements = file.take(tensor.size() * sizeof(T), "the elements");
    if (!elements.empty()) std::memcpy(tensor.data(), elements.data(), elements.size());
    return tensor;
}

} // namespace baldwin::detail

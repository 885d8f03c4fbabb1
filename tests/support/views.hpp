// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Weights laid out in every way that an operation must not notice.
#pragma once

#include <baldwin/core/value.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace baldwin::test {

/// Calls check(strides, vector length) for the compact place first, then for every offset modulo 16
/// with narrow and with very wide rows (more than 8,000 elements apart).
inline void for_every_place(std::size_t planes, std::size_t rows, std::size_t columns,
                            const std::function<void(const Strides&, std::size_t)>& check) {
    const auto place = [&](std::size_t offset, std::size_t extra_columns, std::size_t extra_rows) {
        const std::size_t row_stride = columns + extra_columns;
        const std::size_t plane_stride = (rows + extra_rows) * row_stride;
        const Strides at{offset, planes, rows, columns, plane_stride, row_stride};
        check(at, offset + planes * plane_stride + 16);
    };
    place(0, 0, 0);
    for (std::size_t offset = 0; offset < 16; ++offset) {
        place(offset, 3 + offset, offset % 3);
        place(offset, 8001 + offset, 1);
    }
}

/// Copies a compact array into a strided place of a longer vector.
template <class T>
std::vector<T> placed(const std::vector<T>& compact, const Strides& at, std::size_t length,
                      T elsewhere) {
    std::vector<T> flat(length, elsewhere);
    const Block<T> block(flat.data(), at);
    std::size_t next = 0;
    for (std::size_t p = 0; p < at.planes; ++p) {
        for (std::size_t r = 0; r < at.rows; ++r) {
            for (std::size_t c = 0; c < at.columns; ++c) block.row(p, r)[c] = compact[next++];
        }
    }
    return flat;
}

/// Reads a strided place as a compact array.
template <class T>
std::vector<T> compacted(const std::vector<T>& flat, const Strides& at) {
    std::vector<T> compact;
    for (std::size_t p = 0; p < at.planes; ++p) {
        for (std::size_t r = 0; r < at.rows; ++r) {
            const T* row = flat.data() + at.offset + p * at.plane_stride + r * at.row_stride;
            compact.insert(compact.end(), row, row + at.columns);
        }
    }
    return compact;
}

} // namespace baldwin::test

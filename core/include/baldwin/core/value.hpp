// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Handles of values on a tape, and strided views of flat parameter vectors.
#pragma once

#include <baldwin/core/assert.hpp>
#include <baldwin/core/parameters.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace baldwin {

/// Names a value on a tape until the tape is rewound; using it later is caught in dev builds.
struct Value {
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t index = kNone;
    std::uint32_t generation = 0;

    explicit operator bool() const noexcept { return index != kNone; }
};

/// The place of a block of planes x rows x columns inside a flat vector; columns are adjacent.
///
/// Every operation gives the same bits on a block as on a compact copy of it.
struct Strides {
    std::size_t offset = 0; ///< elements before the first one
    std::size_t planes = 1; ///< gates, projections or output channels
    std::size_t rows = 1;
    std::size_t columns = 1;
    std::size_t plane_stride = 0; ///< elements from one plane to the next
    std::size_t row_stride = 0;   ///< elements from one row to the next

    [[nodiscard]] std::size_t size() const noexcept { return planes * rows * columns; }
    /// Elements from the first one up to and including the last one.
    [[nodiscard]] std::size_t extent() const noexcept {
        if (size() == 0) return 0;
        return (planes - 1) * plane_stride + (rows - 1) * row_stride + columns;
    }
    [[nodiscard]] bool is_compact() const noexcept {
        return (rows == 1 || row_stride == columns) &&
               (planes == 1 || plane_stride == rows * columns);
    }
};

/// A strided block bound to memory, as kernels take it.
template <class T>
struct Block {
    T* data = nullptr; ///< the first element of the block
    std::size_t planes = 1;
    std::size_t rows = 1;
    std::size_t columns = 1;
    std::size_t plane_stride = 0;
    std::size_t row_stride = 0;

    Block() = default;
    /// \param flat  the vector in which \p strides place the block
    Block(T* flat, const Strides& strides)
        : data(flat + strides.offset), planes(strides.planes), rows(strides.rows),
          columns(strides.columns), plane_stride(strides.plane_stride),
          row_stride(strides.row_stride) {}

    [[nodiscard]] T* row(std::size_t plane, std::size_t row_index) const noexcept {
        return data + plane * plane_stride + row_index * row_stride;
    }
};

/// A block of a flat vector on a tape: θ itself, a decoded genome or a hypernetwork's output.
struct WeightView {
    Value source;
    Strides at;

    /// The leading planes, rows and columns, nothing copied.
    [[nodiscard]] WeightView narrowed(std::size_t planes, std::size_t rows,
                                      std::size_t columns) const {
        BALDWIN_ASSERT(planes <= at.planes && rows <= at.rows && columns <= at.columns);
        WeightView view = *this;
        view.at.planes = planes;
        view.at.rows = rows;
        view.at.columns = columns;
        return view;
    }
    /// The leading rows and columns of every plane.
    [[nodiscard]] WeightView narrowed(std::size_t rows, std::size_t columns) const {
        return narrowed(at.planes, rows, columns);
    }
    /// The same columns of the rows from \p first on.
    [[nodiscard]] WeightView from_row(std::size_t first, std::size_t rows) const {
        BALDWIN_ASSERT(first + rows <= at.rows);
        WeightView view = *this;
        view.at.offset += first * at.row_stride;
        view.at.rows = rows;
        return view;
    }
};

/// Views \p count neighbouring elements as one row, as biases, scales and shifts are.
[[nodiscard]] inline WeightView vector_view(Value source, std::size_t offset, std::size_t count) {
    return {source, {offset, 1, 1, count, count, count}};
}

/// Views a row-major matrix of rows x columns; \p row_stride 0 means compact.
[[nodiscard]] inline WeightView matrix_view(Value source, std::size_t offset, std::size_t rows,
                                            std::size_t columns, std::size_t row_stride = 0) {
    const std::size_t stride = row_stride == 0 ? columns : row_stride;
    return {source, {offset, 1, rows, columns, rows * stride, stride}};
}

/// Views planes x rows x columns stored one after another.
[[nodiscard]] inline WeightView planes_view(Value source, std::size_t offset, std::size_t planes,
                                            std::size_t rows, std::size_t columns) {
    return {source, {offset, planes, rows, columns, rows * columns, columns}};
}

/// Views an entry of a layout in a flat vector of that layout.
///
/// Rank 1 gives one row; rank 2 a matrix; rank 3 planes; rank 4, a convolution's
/// (out, in, height, width), gives planes = out, rows = in, columns = height * width.
[[nodiscard]] inline WeightView view_of(Value source, const LayoutEntry& entry) {
    const Shape& shape = entry.shape;
    switch (shape.rank()) {
    case 0:
    case 1: return vector_view(source, entry.offset, shape.size());
    case 2: return matrix_view(source, entry.offset, shape[0], shape[1]);
    default: return planes_view(source, entry.offset, shape[0], shape[1], shape.size_from(2));
    }
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Matrix products whose bits depend on the logical sizes alone: not on addresses, strides, thread
/// counts or caches.
#pragma once

#include <baldwin/core/arena.hpp>
#include <baldwin/core/kernels/detail/product.hpp>
#include <baldwin/core/kernels/gemv.hpp>
#include <baldwin/core/parallel.hpp>

#include <cstddef>

namespace baldwin::kernels {

/// A factor of a product. Element (i, j) of op(X) is data[i * row_stride + j], or
/// data[j * row_stride + i] where transposed.
template <class T>
struct MatrixIn {
    const T* data;
    std::size_t row_stride;
    bool transposed = false;
};

/// The result of a product: element (i, j) is data[i * row_stride + j].
template <class T>
struct MatrixOut {
    T* data;
    std::size_t row_stride;
};

/// Extents of a product C = A B.
struct GemmShape {
    std::size_t rows;    ///< of A and C
    std::size_t columns; ///< of B and C
    std::size_t inner;   ///< columns of A, rows of B
};

/// What else a product adds.
template <class T>
struct GemmOptions {
    bool accumulate = false;        ///< add to what C holds
    const T* column_bias = nullptr; ///< (columns), added to each row of C
    const T* row_bias = nullptr;    ///< (rows), added to each column of C
};

namespace detail {

template <class T>
[[nodiscard]] Product<T> product_of(const GemmShape& shape, const MatrixIn<T>& a,
                                    const MatrixIn<T>& b, const MatrixOut<T>& c,
                                    const GemmOptions<T>& options) {
    return best_product<T>(
        {shape.inner,
         {a.data, a.row_stride, shape.rows, !a.transposed},
         {b.data, b.row_stride, shape.columns, b.transposed},
         {c.data, c.row_stride, false, options.accumulate, options.row_bias, options.column_bias}});
}

/// One row times the rows of B: the shape of a linear layer at batch size 1.
template <class T>
[[nodiscard]] bool is_matrix_vector(const GemmShape& shape, const MatrixIn<T>& a,
                                    const MatrixIn<T>& b, const GemmOptions<T>& options) {
    return shape.rows == 1 && !a.transposed && b.transposed && options.row_bias == nullptr;
}

} // namespace detail

/// C [+]= op(A) op(B) [+ biases]. C must not overlap the factors.
///
/// Every element is a chain of fused multiply-adds over k, cut into blocks of equal length (at most
/// 320) whose sums are added in order. One row times a transposed B is a gemv and sums in lanes.
/// \param arena  scratch, given back on return
/// \cost 2 * rows * columns * inner operations, near the processor's peak from about 64^3 on
template <class T>
void gemm(const Executor& executor, Arena& arena, const GemmShape& shape, const MatrixIn<T>& a,
          const MatrixIn<T>& b, const MatrixOut<T>& c, const GemmOptions<T>& options = {}) {
    if (shape.rows == 0 || shape.columns == 0) return;
    if (detail::is_matrix_vector(shape, a, b, options)) {
        return gemv(executor, {shape.columns, shape.inner}, b.data, b.row_stride, a.data, c.data,
                    GemvOptions<T>{options.accumulate, options.column_bias});
    }
    const ArenaScope scope(arena);
    detail::run(executor, arena, detail::product_of(shape, a, b, c, options));
}

/// Distances in elements between the matrices of a batch; 0 uses one matrix for all.
struct BatchStrides {
    std::size_t a;
    std::size_t b;
    std::size_t c;
};

/// \p batch independent products of one shape, in parallel over the batch.
/// \param arena  scratch, given back on return
template <class T>
void batched_gemm(const Executor& executor, Arena& arena, std::size_t batch, const GemmShape& shape,
                  const MatrixIn<T>& a, const MatrixIn<T>& b, const MatrixOut<T>& c,
                  const BatchStrides& strides, const GemmOptions<T>& options = {}) {
    if (batch == 0 || shape.rows == 0 || shape.columns == 0) return;
    const ArenaScope scope(arena);
    const auto first = detail::product_of(shape, a, b, c, options);
    const std::size_t left_size = first.packed_left_size();
    const std::size_t size = left_size + first.slot_size();
    T* scratch = arena.allocate<T>(executor.concurrency() * size);
    executor.chunks(batch, [&](std::size_t i, std::size_t slot) {
        const MatrixIn<T> left{a.data + i * strides.a, a.row_stride, a.transposed};
        const MatrixIn<T> right{b.data + i * strides.b, b.row_stride, b.transposed};
        const MatrixOut<T> result{c.data + i * strides.c, c.row_stride};
        detail::run_serially(detail::product_of(shape, left, right, result, options),
                             scratch + slot * size);
    });
}

} // namespace baldwin::kernels

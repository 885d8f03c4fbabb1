// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Affine maps with weights that are views of a flat vector, and products of two tensors.
#pragma once

#include <baldwin/core/kernels/gemm.hpp>
#include <baldwin/core/kernels/rows.hpp>
#include <baldwin/core/tape.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {
namespace ops {

/// y = x W^T + b on the last axis, for W of planes x rows x columns: the outputs of one plane
/// follow those of the one before.
///
/// Inputs on the tape: x, the vector that holds W, the vector that holds b (if any).
struct Linear {
    static constexpr std::string_view kName = "linear";
    Strides weight;
    Strides bias; ///< as many elements as outputs(), adjacent
    bool has_bias = false;

    [[nodiscard]] std::size_t outputs() const noexcept { return weight.planes * weight.rows; }
    [[nodiscard]] std::size_t inputs() const noexcept { return weight.columns; }

    /// z = x W^T + B for any weights of this form; x (rows, inputs), z (rows, outputs), B or null.
    template <class T>
    void apply(const Executor& executor, Arena& arena, const Block<const T>& w, const T* b,
               std::size_t rows, const T* x, T* z) const {
        for (std::size_t p = 0; p < w.planes; ++p) {
            const T* column_bias = b == nullptr ? nullptr : b + p * w.rows;
            kernels::gemm<T>(executor, arena, {rows, w.rows, w.columns}, {x, w.columns},
                             {w.row(p, 0), w.row_stride, true}, {z + p * w.rows, outputs()},
                             {.column_bias = column_bias});
        }
    }
    /// c [+]= s W for any weights of this form; s (rows, outputs), c (rows, inputs).
    template <class T>
    void apply_transposed(const Executor& executor, Arena& arena, const Block<const T>& w,
                          std::size_t rows, const T* s, T* c, bool accumulate) const {
        for (std::size_t p = 0; p < w.planes; ++p) {
            kernels::gemm<T>(executor, arena, {rows, w.columns, w.rows},
                             {s + p * w.rows, outputs()}, {w.row(p, 0), w.row_stride, false},
                             {c, w.columns}, {.accumulate = accumulate || p > 0});
        }
    }

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto y = f.output(output_shape(x.shape()));
        const T* b = has_bias ? f.input(2).data() + bias.offset : nullptr;
        apply<T>(f.executor(), f.scratch(), {f.input(1).data(), weight}, b, y.size() / outputs(),
                 x.data(), y.data());
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto g = b.gradient();
        const std::size_t rows = g.size() / outputs();
        if (const Sink<T> dx = b.sink(0)) {
            apply_transposed<T>(b.executor(), b.scratch(), {b.input(1).data(), weight}, rows,
                                g.data(), dx.data, dx.accumulate);
        }
        if (T* dw = b.accumulator(1)) add_weight_gradient(b, rows, g.data(), {dw, weight});
        if (!has_bias) return;
        if (T* db = b.accumulator(2)) {
            kernels::column_sums(b.executor(), b.scratch(), rows, outputs(), g.data(),
                                 db + bias.offset, true);
        }
    }

private:
    [[nodiscard]] Shape output_shape(Shape shape) const {
        if (shape.rank() == 0 || shape.back() != inputs()) {
            throw std::invalid_argument("linear: " + std::to_string(inputs()) +
                                        " inputs expected in the last axis, got shape " +
                                        to_string(shape));
        }
        shape[shape.rank() - 1] = outputs();
        return shape;
    }
    template <class T>
    void add_weight_gradient(Backward<T>& b, std::size_t rows, const T* g,
                             const Block<T>& dw) const {
        for (std::size_t p = 0; p < dw.planes; ++p) {
            kernels::gemm<T>(b.executor(), b.scratch(), {dw.rows, dw.columns, rows},
                             {g + p * dw.rows, outputs(), true}, {b.input(0).data(), dw.columns},
                             {dw.row(p, 0), dw.row_stride}, {.accumulate = true});
        }
    }
};

/// Products of the two last axes, one for each entry of the leading axes.
struct MatMul {
    static constexpr std::string_view kName = "matmul";
    bool transpose_a = false;
    bool transpose_b = false;

    template <class T>
    void forward(Forward<T>& f) {
        const auto a = f.input(0);
        const auto b = f.input(1);
        const Extents e = extents(a.shape(), b.shape());
        Shape shape = a.shape();
        shape[shape.rank() - 2] = e.rows;
        shape[shape.rank() - 1] = e.columns;
        const auto y = f.output(shape);
        kernels::batched_gemm<T>(
            f.executor(), f.scratch(), e.batch, {e.rows, e.columns, e.inner},
            {a.data(), a.shape().back(), transpose_a}, {b.data(), b.shape().back(), transpose_b},
            {y.data(), e.columns},
            {e.rows * e.inner, e.shared_b ? 0 : e.inner * e.columns, e.rows * e.columns});
    }
    template <class T>
    void backward(Backward<T>& b) {
        const Extents e = extents(b.input(0).shape(), b.input(1).shape());
        if (const Sink<T> da = b.sink(0)) to_a(b, e, da);
        if (const Sink<T> db = b.sink(1)) to_b(b, e, db);
    }

private:
    struct Extents {
        std::size_t batch, rows, columns, inner;
        bool shared_b; // one B for the whole batch
    };
    [[nodiscard]] Extents extents(const Shape& a, const Shape& b) const {
        const bool ranks = a.rank() >= 2 && (b.rank() == a.rank() || b.rank() == 2);
        bool same = ranks;
        for (std::size_t axis = 0; same && b.rank() == a.rank() && axis + 2 < a.rank(); ++axis) {
            same = a[axis] == b[axis];
        }
        const std::size_t inner = ranks ? a.back(transpose_a ? 1 : 0) : 0;
        if (!same || inner != b.back(transpose_b ? 0 : 1)) {
            throw std::invalid_argument("matmul: shapes " + to_string(a) + " and " + to_string(b) +
                                        " do not fit");
        }
        const std::size_t matrix = a.back(0) * a.back(1);
        return {matrix == 0 ? 0 : a.size() / matrix, a.back(transpose_a ? 0 : 1),
                b.back(transpose_b ? 1 : 0), inner, b.rank() == 2 && a.rank() > 2};
    }
    // dA = G B^T, or its transpose B G^T
    template <class T>
    void to_a(Backward<T>& b, const Extents& e, const Sink<T>& da) const {
        const T* g = b.gradient().data();
        const T* right = b.input(1).data();
        const std::size_t right_row = transpose_b ? e.inner : e.columns;
        const std::size_t step_b = e.shared_b ? 0 : e.inner * e.columns;
        if (transpose_a) {
            kernels::batched_gemm<T>(
                b.executor(), b.scratch(), e.batch, {e.inner, e.rows, e.columns},
                {right, right_row, transpose_b}, {g, e.columns, true}, {da.data, e.rows},
                {step_b, e.rows * e.columns, e.rows * e.inner}, {.accumulate = da.accumulate});
        } else {
            kernels::batched_gemm<T>(
                b.executor(), b.scratch(), e.batch, {e.rows, e.inner, e.columns}, {g, e.columns},
                {right, right_row, !transpose_b}, {da.data, e.inner},
                {e.rows * e.columns, step_b, e.rows * e.inner}, {.accumulate = da.accumulate});
        }
    }
    // dB = A^T G, or its transpose G^T A; a shared B sums over the batch in order
    template <class T>
    void to_b(Backward<T>& b, const Extents& e, const Sink<T>& db) const {
        const std::size_t turns = e.shared_b ? e.batch : 1;
        for (std::size_t turn = 0; turn < turns; ++turn) {
            const T* g = b.gradient().data() + turn * e.rows * e.columns;
            const T* a = b.input(0).data() + turn * e.rows * e.inner;
            const kernels::MatrixIn<T> left{a, transpose_a ? e.rows : e.inner, !transpose_a};
            const kernels::GemmOptions<T> options{.accumulate = db.accumulate || turn > 0};
            const std::size_t batch = e.shared_b ? 1 : e.batch;
            if (transpose_b) {
                kernels::batched_gemm<T>(
                    b.executor(), b.scratch(), batch, {e.columns, e.inner, e.rows},
                    {g, e.columns, true}, {a, left.row_stride, transpose_a}, {db.data, e.inner},
                    {e.rows * e.columns, e.rows * e.inner, e.inner * e.columns}, options);
            } else {
                kernels::batched_gemm<T>(
                    b.executor(), b.scratch(), batch, {e.inner, e.columns, e.rows}, left,
                    {g, e.columns}, {db.data, e.columns},
                    {e.rows * e.inner, e.rows * e.columns, e.inner * e.columns}, options);
            }
        }
    }
};

namespace detail {

/// \throws std::invalid_argument if the view reaches beyond the vector that it views
template <class T>
void check_view(const Tape<T>& tape, std::string_view name, const WeightView& view) {
    const std::size_t size = tape[view.source].size();
    if (view.at.offset + view.at.extent() > size) {
        throw std::invalid_argument(std::string(name) + ": a view ends at element " +
                                    std::to_string(view.at.offset + view.at.extent()) +
                                    " of a vector of " + std::to_string(size));
    }
}

} // namespace detail
} // namespace ops

/// x W^T + b on the last axis.
/// \param x  (..., columns of w)
/// \param w  planes x rows x columns; rows are outputs
/// \param b  one row with planes * rows elements, or nothing
/// \return   (..., planes * rows)
/// \throws std::invalid_argument if the sizes do not fit
template <class T>
Value linear(Tape<T>& tape, Value x, const WeightView& w, const WeightView& b = {}) {
    ops::detail::check_view(tape, "linear", w);
    ops::Linear operation{w.at, b.at, static_cast<bool>(b.source)};
    if (!operation.has_bias) return tape.apply(operation, {x, w.source});
    ops::detail::check_view(tape, "linear", b);
    if (b.at.size() != operation.outputs() || !b.at.is_compact()) {
        throw std::invalid_argument("linear: " + std::to_string(operation.outputs()) +
                                    " adjacent biases expected, got " +
                                    std::to_string(b.at.size()));
    }
    return tape.apply(operation, {x, w.source, b.source});
}

/// Which factors of a product are taken transposed.
struct Transposed {
    bool a = false;
    bool b = false;
};

/// Product over the two last axes: (..., m, k) by (..., k, n), or by one (k, n) for all.
/// \throws std::invalid_argument if the extents do not fit
template <class T>
Value matmul(Tape<T>& tape, Value a, Value b, Transposed transposed = {}) {
    return tape.apply(ops::MatMul{transposed.a, transposed.b}, {a, b});
}

} // namespace baldwin

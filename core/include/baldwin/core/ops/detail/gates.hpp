// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Affine maps into the gates of a recurrent cell, one plane of weights a gate.
#pragma once

#include <baldwin/core/kernels/gemm.hpp>
#include <baldwin/core/kernels/rows.hpp>
#include <baldwin/core/ops/detail/weight_input.hpp>
#include <baldwin/core/tape.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin::ops::detail {

/// gates = x W^T + b: x (batch, columns of W), gates (batch, planes, rows of W).
struct GateMap {
    WeightInput weight; ///< planes x rows x columns
    WeightInput bias;   ///< planes * rows elements, or absent

    [[nodiscard]] std::size_t width() const noexcept { return weight.at.planes * weight.at.rows; }

    /// gates [+]= x W^T + b
    template <class T>
    void apply(Forward<T>& f, std::size_t batch, const T* x, T* gates, bool add) const {
        const Block<const T> w = weight.block(f);
        const T* b = bias ? bias.compact(f, width(), T{0}) : nullptr;
        for (std::size_t p = 0; p < w.planes; ++p) {
            const T* column_bias = b == nullptr ? nullptr : b + p * w.rows;
            kernels::gemm<T>(f.executor(), f.scratch(), {batch, w.rows, w.columns}, {x, w.columns},
                             {w.row(p, 0), w.row_stride, true}, {gates + p * w.rows, width()},
                             {.accumulate = add, .column_bias = column_bias});
        }
    }
    /// dx [+]= g W
    template <class T>
    void to_input(Backward<T>& b, std::size_t batch, const T* g, const Sink<T>& dx) const {
        const Block<const T> w = weight.block(b);
        for (std::size_t p = 0; p < w.planes; ++p) {
            kernels::gemm<T>(b.executor(), b.scratch(), {batch, w.columns, w.rows},
                             {g + p * w.rows, width()}, {w.row(p, 0), w.row_stride, false},
                             {dx.data, w.columns}, {.accumulate = dx.accumulate || p > 0});
        }
    }
    /// dW += g^T x, db += sum of g over the batch
    template <class T>
    void to_weights(Backward<T>& b, std::size_t batch, const T* g, const T* x) const {
        const Block<T> dw = weight.gradient(b);
        for (std::size_t p = 0; dw.data != nullptr && p < dw.planes; ++p) {
            kernels::gemm<T>(b.executor(), b.scratch(), {dw.rows, dw.columns, batch},
                             {g + p * dw.rows, width(), true}, {x, dw.columns},
                             {dw.row(p, 0), dw.row_stride}, {.accumulate = true});
        }
        if (!bias.wanted(b)) return;
        T* sums = b.template scratch<T>(width());
        kernels::column_sums(b.executor(), b.scratch(), batch, width(), g, sums, false);
        bias.add_gradient(b, static_cast<const T*>(sums));
    }
};

/// Sizes of one step of a recurrent cell.
struct CellExtents {
    std::size_t batch;
    std::size_t inputs;
    std::size_t hidden;
};

/// \throws std::invalid_argument unless x is (N, I) and state is (N, H)
inline CellExtents cell_extents(std::string_view name, const Shape& x, const Shape& state) {
    if (x.rank() != 2 || state.rank() != 2 || x[0] != state[0]) {
        throw std::invalid_argument(std::string(name) +
                                    ": x (N, I) and state (N, H) expected, got " + to_string(x) +
                                    " and " + to_string(state));
    }
    return {x[0], x[1], state[1]};
}

/// Adds the weights of a gate map to the inputs of an operation.
/// \throws std::invalid_argument unless the weights are gates x hidden x columns
template <class T>
[[nodiscard]] GateMap gate_map(InputList<T>& inputs, std::string_view name,
                               const WeightView& weight, const WeightView& bias, std::size_t gates,
                               std::size_t hidden, std::size_t columns) {
    const Strides& at = weight.at;
    if (!weight.source || at.planes != gates || at.rows != hidden || at.columns != columns) {
        const auto extents = [](std::size_t p, std::size_t r, std::size_t c) {
            return std::to_string(p) + " x " + std::to_string(r) + " x " + std::to_string(c);
        };
        throw std::invalid_argument(std::string(name) + ": weights of " +
                                    extents(gates, hidden, columns) + " expected, got " +
                                    extents(at.planes, at.rows, at.columns));
    }
    const WeightInput w = inputs.add(weight);
    return {w, inputs.add(bias, "bias", gates * hidden)};
}

} // namespace baldwin::ops::detail

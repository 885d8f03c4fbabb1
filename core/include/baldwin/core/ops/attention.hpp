// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Scaled dot-product attention with heads and masks, and multi-head attention with projections.
#pragma once

#include <baldwin/core/kernels/gemm.hpp>
#include <baldwin/core/ops/detail/heads.hpp>
#include <baldwin/core/ops/detail/rows_loop.hpp>
#include <baldwin/core/ops/detail/softmax_row.hpp>
#include <baldwin/core/ops/linear.hpp>
#include <baldwin/core/tape.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {

/// Attributes of attention.
struct AttentionOptions {
    std::size_t heads = 1; ///< >= 1; the last axes are cut into so many equal parts
    /// Whether a query sees no key after its own place. The last query stands at the last key:
    /// query i sees key j if j <= i + keys - queries.
    bool causal = false;
    /// (N, keys), nonzero where the key may be seen; empty: all. Copied.
    std::span<const std::uint8_t> key_mask = {};
};

namespace ops {

/// y = softmax(q k^T / sqrt(width of a head)) v for every example and head.
/// \paper Vaswani et al. 2017, eq. 1
///
/// Inputs on the tape: q, k, v. A query that may see no key gives zeros.
struct Attention {
    static constexpr std::string_view kName = "attention";
    std::size_t heads = 1;
    bool causal = false;
    const std::uint8_t* key_mask = nullptr; ///< (N, keys), or nullptr
    std::size_t key_mask_size = 0;
    const void* saved = nullptr;

    /// The attention weights that were used, shape (N, heads, queries, keys).
    template <class T>
    [[nodiscard]] const T* weights() const {
        return static_cast<const T*>(saved);
    }

    template <class T>
    void forward(Forward<T>& f) {
        const Extents e = extents(f);
        const auto y = f.output({e.batch, e.queries, heads * e.value_width});
        keep_mask(f);
        const Executor& executor = f.executor();
        const T* q = detail::split_heads(executor, f.scratch(), e.of_queries(), f.input(0).data());
        const T* k = detail::split_heads(executor, f.scratch(), e.of_keys(), f.input(1).data());
        const T* v = detail::split_heads(executor, f.scratch(), e.of_values(), f.input(2).data());
        T* p = detail::keep<T>(f, e.parts() * e.queries * e.keys);
        saved = p;
        multiply<T>(f, e, {e.queries, e.keys, e.width}, {q, e.width}, {k, e.width, true}, p);
        detail::for_rows(executor, e.parts() * e.queries, e.keys,
                         [&](std::size_t row) { weigh(e, row, p + row * e.keys); });
        T* parts = f.template scratch<T>(e.of_results().elements());
        multiply<T>(f, e, {e.queries, e.value_width, e.keys}, {p, e.keys}, {v, e.value_width},
                    parts);
        detail::merge_heads<T>(executor, e.of_results(), parts, {y.data(), false});
    }
    template <class T>
    void backward(Backward<T>& b) {
        const Extents e = extents(b);
        const T* g =
            detail::split_heads(b.executor(), b.scratch(), e.of_results(), b.gradient().data());
        if (b.wants(0) || b.wants(1)) to_queries_and_keys(b, e, g);
        if (!b.wants(2)) return;
        T* dv = b.template scratch<T>(e.of_values().elements());
        multiply<T>(b, e, {e.keys, e.value_width, e.queries}, {weights<T>(), e.keys, true},
                    {g, e.value_width}, dv);
        detail::merge_heads<T>(b.executor(), e.of_values(), dv, b.sink(2));
    }

private:
    struct Extents {
        std::size_t batch, heads, queries, keys;
        std::size_t width;       // of a head of q and k
        std::size_t value_width; // of a head of v

        [[nodiscard]] std::size_t parts() const { return batch * heads; }
        [[nodiscard]] detail::Heads of_queries() const { return {batch, heads, queries, width}; }
        [[nodiscard]] detail::Heads of_keys() const { return {batch, heads, keys, width}; }
        [[nodiscard]] detail::Heads of_values() const { return {batch, heads, keys, value_width}; }
        [[nodiscard]] detail::Heads of_results() const {
            return {batch, heads, queries, value_width};
        }
    };

    template <class Context>
    [[nodiscard]] Extents extents(const Context& context) const {
        const Shape& q = context.input(0).shape();
        const Shape& k = context.input(1).shape();
        const Shape& v = context.input(2).shape();
        check_shapes(q, k, v);
        check_heads(q[2]);
        check_heads(v[2]);
        if (key_mask != nullptr && key_mask_size != k[0] * k[1]) {
            throw std::invalid_argument("attention: the key mask must have " +
                                        std::to_string(k[0] * k[1]) + " elements, got " +
                                        std::to_string(key_mask_size));
        }
        return {q[0], heads, q[1], k[1], q[2] / heads, v[2] / heads};
    }
    static void check_shapes(const Shape& q, const Shape& k, const Shape& v) {
        const bool ranks = q.rank() == 3 && k.rank() == 3 && v.rank() == 3;
        if (ranks && q[0] == k[0] && q[0] == v[0] && k[1] == v[1] && q[2] == k[2]) return;
        throw std::invalid_argument("attention: q (N, Q, D), k (N, K, D), v (N, K, E) expected, "
                                    "got " +
                                    to_string(q) + ", " + to_string(k) + ", " + to_string(v));
    }
    void check_heads(std::size_t extent) const {
        if (heads > 0 && extent > 0 && extent % heads == 0) return;
        throw std::invalid_argument("attention: heads must divide the last axis of " +
                                    std::to_string(extent) + ", got " + std::to_string(heads));
    }
    template <class T>
    void keep_mask(Forward<T>& f) {
        if (key_mask == nullptr || !f.is_recording()) return;
        auto* copy = f.template save<std::uint8_t>(key_mask_size);
        std::copy_n(key_mask, key_mask_size, copy);
        key_mask = copy;
    }
    // one product for every example and head, all compact and by head
    template <class T, class Context>
    static void multiply(Context& context, const Extents& e, const kernels::GemmShape& shape,
                         const kernels::MatrixIn<T>& a, const kernels::MatrixIn<T>& b, T* c) {
        kernels::batched_gemm<T>(
            context.executor(), context.scratch(), e.parts(), shape, a, b, {c, shape.columns},
            {shape.rows * shape.inner, shape.inner * shape.columns, shape.rows * shape.columns});
    }
    template <class T>
    [[nodiscard]] static T score_factor(const Extents& e) {
        return static_cast<T>(1.0 / std::sqrt(static_cast<double>(e.width)));
    }
    // keys that a row of scores reaches, before the key mask
    [[nodiscard]] std::size_t reach(const Extents& e, std::size_t row) const {
        if (!causal) return e.keys;
        const std::size_t seen = row % e.queries + 1 + e.keys;
        return std::min(e.keys, seen > e.queries ? seen - e.queries : 0);
    }
    // scores to weights
    template <class T>
    void weigh(const Extents& e, std::size_t row, T* scores) const {
        const std::size_t reached = reach(e, row);
        std::size_t visible = reached;
        if (key_mask != nullptr) {
            const std::uint8_t* mask = key_mask + row / (heads * e.queries) * e.keys;
            for (std::size_t j = 0; j < reached; ++j) {
                if (mask[j] != 0) continue;
                scores[j] = -std::numeric_limits<T>::infinity();
                --visible;
            }
        }
        if (visible > 0) detail::softmax_row<T>(reached, score_factor<T>(e), scores, scores);
        std::fill(scores + (visible > 0 ? reached : 0), scores + e.keys, T{0});
    }
    template <class T>
    void to_queries_and_keys(Backward<T>& b, const Extents& e, const T* g) const {
        const Executor& executor = b.executor();
        const T* v = detail::split_heads(executor, b.scratch(), e.of_values(), b.input(2).data());
        T* slopes = b.template scratch<T>(e.parts() * e.queries * e.keys);
        multiply<T>(b, e, {e.queries, e.keys, e.value_width}, {g, e.value_width},
                    {v, e.value_width, true}, slopes);
        const T* p = weights<T>();
        detail::for_rows(executor, e.parts() * e.queries, e.keys, [&](std::size_t row) {
            T* slope = slopes + row * e.keys;
            detail::softmax_row_gradient<T>(false, e.keys, score_factor<T>(e), p + row * e.keys,
                                            slope, slope);
        });
        if (b.wants(0)) {
            const T* k = detail::split_heads(executor, b.scratch(), e.of_keys(), b.input(1).data());
            T* dq = b.template scratch<T>(e.of_queries().elements());
            multiply<T>(b, e, {e.queries, e.width, e.keys}, {slopes, e.keys}, {k, e.width}, dq);
            detail::merge_heads<T>(executor, e.of_queries(), dq, b.sink(0));
        }
        if (b.wants(1)) {
            const T* q =
                detail::split_heads(executor, b.scratch(), e.of_queries(), b.input(0).data());
            T* dk = b.template scratch<T>(e.of_keys().elements());
            multiply<T>(b, e, {e.keys, e.width, e.queries}, {slopes, e.keys, true}, {q, e.width},
                        dk);
            detail::merge_heads<T>(executor, e.of_keys(), dk, b.sink(1));
        }
    }
};

} // namespace ops

/// Scaled dot-product attention. Query i of an example gives the mean of the values, weighted with
/// the softmax over keys j of <q_i, k_j> / sqrt(D / heads), for each head; zeros where masks hide
/// every key.
/// \param q  (N, Q, D)
/// \param k  (N, K, D)
/// \param v  (N, K, E)
/// \return   (N, Q, E), the heads side by side
/// \throws std::invalid_argument if the shapes do not fit, heads does not divide D and E, or the
/// key mask has not N * K elements \cost N Q K (D + E) multiply-adds; N heads Q K weights are kept
/// in the record
template <class T>
Value attention(Tape<T>& tape, Value q, Value k, Value v, const AttentionOptions& options = {}) {
    const auto mask = options.key_mask;
    const ops::Attention operation{options.heads, options.causal,
                                   mask.empty() ? nullptr : mask.data(), mask.size()};
    return tape.apply(operation, {q, k, v});
}

/// Where the projections of multi-head attention are; rows are outputs. Biases may be absent.
struct AttentionWeights {
    WeightView query;      ///< (heads * width) x inputs
    WeightView key;        ///< (heads * width) x inputs
    WeightView value;      ///< (heads * value width) x inputs
    WeightView output;     ///< outputs x (heads * value width)
    WeightView query_bias; ///< (heads * width)
    WeightView key_bias;
    WeightView value_bias;  ///< (heads * value width)
    WeightView output_bias; ///< (outputs)

    /// From a view with planes query, key, value, and one with their biases.
    /// \param projections  3 x rows x inputs
    /// \param biases       3 x 1 x rows, or nothing
    /// \throws std::invalid_argument if there are not 3 planes
    static AttentionWeights of_planes(const WeightView& projections, const WeightView& output,
                                      const WeightView& biases = {},
                                      const WeightView& output_bias = {}) {
        const auto plane = [](WeightView view, std::size_t p) {
            if (!view.source) return view;
            if (view.at.planes != 3) {
                throw std::invalid_argument("AttentionWeights: 3 planes expected, got " +
                                            std::to_string(view.at.planes));
            }
            view.at.offset += p * view.at.plane_stride;
            view.at.planes = 1;
            return view;
        };
        return {plane(projections, 0), plane(projections, 1), plane(projections, 2), output,
                plane(biases, 0),      plane(biases, 1),      plane(biases, 2),      output_bias};
    }
    /// The first heads of these, whose projections are \p rows rows in all; nothing is copied.
    [[nodiscard]] AttentionWeights narrowed(std::size_t rows) const {
        const auto first_rows = [rows](const WeightView& view) {
            return view.narrowed(rows, view.at.columns);
        };
        const auto first_columns = [rows](const WeightView& view) {
            return view.source ? view.narrowed(1, rows) : view;
        };
        AttentionWeights result = *this;
        result.query = first_rows(query);
        result.key = first_rows(key);
        result.value = first_rows(value);
        result.output = output.narrowed(output.at.rows, rows);
        result.query_bias = first_columns(query_bias);
        result.key_bias = first_columns(key_bias);
        result.value_bias = first_columns(value_bias);
        return result;
    }
};

/// Attention between projections of x and of a memory, projected again.
/// \param x       (N, Q, inputs): where the queries come from
/// \param memory  (N, K, inputs): where keys and values come from; x for self-attention
/// \return        (N, Q, outputs)
/// \throws std::invalid_argument as linear and attention
/// \paper Vaswani et al. 2017, section 3.2.2
template <class T>
Value multi_head_attention(Tape<T>& tape, Value x, Value memory, const AttentionWeights& weights,
                           const AttentionOptions& options) {
    const Value q = linear(tape, x, weights.query, weights.query_bias);
    const Value k = linear(tape, memory, weights.key, weights.key_bias);
    const Value v = linear(tape, memory, weights.value, weights.value_bias);
    return linear(tape, attention(tape, q, k, v, options), weights.output, weights.output_bias);
}

} // namespace baldwin

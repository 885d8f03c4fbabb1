// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What every operation promises: the same bits for any number of threads and on any strided view,
/// and constant memory in a loop.
#pragma once

#include <baldwin/core/tape.hpp>

#include "support/gradient_check.hpp"

#include <cstddef>
#include <cstring>
#include <functional>
#include <span>
#include <type_traits>
#include <vector>

namespace baldwin::test {

/// Values and gradients of one evaluation, in order.
template <class T>
using Results = std::vector<std::vector<T>>;

template <class T>
std::vector<T> normals(std::size_t count, unsigned seed, double scale = 1.0) {
    const auto values = normal_values(count, seed, scale);
    return {values.begin(), values.end()};
}

template <class T>
std::vector<T> elements(const Tape<T>& tape, Value value) {
    return {tape[value].begin(), tape[value].end()};
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// Builds a value from leaves on the given tape.
template <class T>
using GraphOf = std::function<Value(Tape<T>&, std::span<const Value>)>;
/// The same with weight views beside the leaves.
template <class T>
using ViewGraphOf =
    std::function<Value(Tape<T>&, std::span<const Value>, std::span<const WeightView>)>;

/// Values and gradients have the same bits for 1, 2, 3 and 8 threads. All these threads take part
/// in a loop of the forward and in one of the backward pass, so the shapes must be large enough.
template <class T>
void expect_same_bits_for_threads(const std::type_identity_t<GraphOf<T>>& graph,
                                  const std::vector<Shape>& shapes);

/// After the first turn, a loop asks for no more memory.
template <class T>
void expect_steady_memory(const std::type_identity_t<GraphOf<T>>& graph,
                          const std::vector<Shape>& shapes);

/// Extents of a weight view.
struct ViewExtents {
    std::size_t planes;
    std::size_t rows;
    std::size_t columns;
};

/// Where views lie in one flat vector: one after another, or apart from each other.
class Placement {
public:
    /// \param offset  elements before the first view and between views
    /// \param pad  elements between two rows
    Placement(const std::vector<ViewExtents>& extents, std::size_t offset, std::size_t pad) {
        for (const auto& [planes, rows, columns] : extents) {
            size_ += offset;
            const std::size_t row_stride = columns + pad;
            const std::size_t plane_stride = rows * row_stride + (pad == 0 ? 0 : 3);
            places_.push_back({size_, planes, rows, columns, plane_stride, row_stride});
            size_ += places_.back().extent();
        }
        size_ += pad;
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::vector<WeightView> views(Value source) const {
        std::vector<WeightView> views;
        for (const Strides& at : places_) views.push_back({source, at});
        return views;
    }
    /// The elements of all views, in order.
    template <class T>
    [[nodiscard]] std::vector<T> gather(std::vector<T> flat) const {
        std::vector<T> compact;
        for_each(flat, [&](T& element) { compact.push_back(element); });
        return compact;
    }
    /// A flat vector with these elements in the views and \p other elsewhere.
    template <class T>
    [[nodiscard]] std::vector<T> scatter(const std::vector<T>& compact, T other) const {
        std::vector<T> flat(size_, other);
        auto next = compact.begin();
        for_each(flat, [&](T& element) { element = *next++; });
        return flat;
    }

private:
    template <class T, class F>
    void for_each(std::vector<T>& flat, const F& f) const {
        for (const Strides& at : places_) {
            const Block<T> block(flat.data(), at);
            for (std::size_t p = 0; p < at.planes; ++p) {
                for (std::size_t r = 0; r < at.rows; ++r) {
                    for (std::size_t c = 0; c < at.columns; ++c) f(block.row(p, r)[c]);
                }
            }
        }
    }

    std::vector<Strides> places_;
    std::size_t size_ = 0;
};

/// Gradient check of graph(tape, inputs, views) with the weights in narrowed views of one θ, once
/// as a leaf and once computed on the tape.
void expect_view_gradients(const ViewGraphOf<double>& graph, std::vector<Shape> shapes,
                           const std::vector<ViewExtents>& extents, double tolerance = 2e-7);

/// Values and gradients on narrowed views have the bits of those on compact ones, for every offset
/// modulo 16 with narrow rows and with rows more than 8,000 elements apart; what lies outside the
/// views is neither read (it is NaN) nor given a gradient.
template <class T>
void expect_view_bits(const std::type_identity_t<ViewGraphOf<T>>& graph,
                      const std::vector<Shape>& shapes, const std::vector<ViewExtents>& extents);

} // namespace baldwin::test

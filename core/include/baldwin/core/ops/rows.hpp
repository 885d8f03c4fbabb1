// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Rows by number: embedding tables, gather and scatter.
#pragma once

#include <baldwin/core/ops/detail/rows_loop.hpp>
#include <baldwin/core/ops/detail/weight_input.hpp>
#include <baldwin/core/tape.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {
namespace ops {
namespace detail {

[[noreturn]] inline void refuse_index(std::string_view name, std::size_t rows,
                                      const std::string& index, std::size_t at) {
    throw std::invalid_argument(std::string(name) + ": indices must be whole numbers in [0, " +
                                std::to_string(rows) + "), got " + index + " at index " +
                                std::to_string(at));
}

/// Row numbers that are known to be in range.
struct RowIndices {
    const std::int32_t* data = nullptr;
    std::size_t count = 0;

    /// Checks the caller's numbers and copies them into the record.
    template <class T>
    void take(Forward<T>& f, std::string_view name, std::size_t rows) {
        for (std::size_t i = 0; i < count; ++i) {
            if (data[i] >= 0 && static_cast<std::size_t>(data[i]) < rows) continue;
            refuse_index(name, rows, std::to_string(data[i]), i);
        }
        if (!f.is_recording()) return;
        auto* copy = f.template save<std::int32_t>(count);
        std::copy_n(data, count, copy);
        data = copy;
    }
    /// Converts numbers on the tape.
    template <class T>
    void take(Forward<T>& f, std::string_view name, std::size_t rows, TensorView<const T> numbers) {
        count = numbers.size();
        auto* copy = keep<std::int32_t>(f, count);
        for (std::size_t i = 0; i < count; ++i) {
            const T number = numbers[i];
            if (!(number >= T{0} && number < static_cast<T>(rows)) ||
                std::floor(number) != number) {
                refuse_index(name, rows, std::to_string(number), i);
            }
            copy[i] = static_cast<std::int32_t>(number);
        }
        data = copy;
    }
};

/// y[i] = table[indices[i]], or y[i] += where \p add.
template <class T>
void gather(const Executor& executor, const RowIndices& indices, const Block<const T>& table, T* y,
            bool add) {
    for_rows(executor, indices.count, table.columns, [&](std::size_t i) {
        const T* from = table.row(0, static_cast<std::size_t>(indices.data[i]));
        T* to = y + i * table.columns;
        for (std::size_t c = 0; c < table.columns; ++c) to[c] = add ? to[c] + from[c] : from[c];
    });
}

/// table[indices[i]] += x[i], for each row of the table in the order of i.
///
/// Each chunk owns a range of rows of the table and looks at all indices.
template <class T>
void scatter_add(const Executor& executor, const RowIndices& indices, const T* x,
                 const Block<T>& table) {
    const std::size_t chunks = row_chunks(std::min(indices.count, table.rows), table.columns, 16);
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range rows = part(table.rows, chunks, chunk);
        for (std::size_t i = 0; i < indices.count; ++i) {
            const auto row = static_cast<std::size_t>(indices.data[i]);
            if (row < rows.begin || row >= rows.end) continue;
            T* to = table.row(0, row);
            const T* from = x + i * table.columns;
            for (std::size_t c = 0; c < table.columns; ++c) to[c] += from[c];
        }
    });
}

/// A compact tensor as a block of rows along its first axis.
template <class T>
[[nodiscard]] Block<T> rows_of(T* data, const Shape& shape) {
    const std::size_t columns = shape.size_from(1);
    return Block<T>(data, Strides{0, 1, shape[0], columns, shape.size(), columns});
}
inline void require_rows(std::string_view name, const Shape& shape) {
    if (shape.rank() > 0) return;
    throw std::invalid_argument(std::string(name) + ": x must have at least one axis");
}

} // namespace detail

/// Rows of a table; inputs on the tape: the vector that holds it, and the indices if they are
/// there.
struct Embedding {
    static constexpr std::string_view kName = "embedding";
    detail::RowIndices indices;
    detail::WeightInput table;
    bool indices_on_tape = false;

    template <class T>
    void forward(Forward<T>& f) {
        Shape shape{indices.count};
        if (indices_on_tape) {
            shape = f.input(1).shape();
            indices.take(f, kName, table.at.rows, f.input(1));
        } else {
            indices.take(f, kName, table.at.rows);
        }
        const auto y = f.output(with_columns(shape));
        detail::gather(f.executor(), indices, table.block(f), y.data(), false);
    }
    template <class T>
    void backward(Backward<T>& b) {
        const T* g = b.gradient().data();
        if (const Block<T> to = table.gradient(b); to.data != nullptr) {
            detail::scatter_add(b.executor(), indices, g, to);
        }
        if (indices_on_tape) (void)b.accumulator(1); // indices have no slope: zeros
    }

private:
    [[nodiscard]] Shape with_columns(const Shape& shape) const {
        if (shape.rank() == Shape::kMaxRank) {
            throw std::invalid_argument("embedding: indices must have at most 5 axes, got shape " +
                                        to_string(shape));
        }
        std::array<std::size_t, Shape::kMaxRank> extents{};
        std::copy(shape.begin(), shape.end(), extents.begin());
        extents[shape.rank()] = table.at.columns;
        return Shape(std::span<const std::size_t>(extents.data(), shape.rank() + 1));
    }
};

/// y[i] = x[indices[i]] along the first axis.
struct GatherRows {
    static constexpr std::string_view kName = "gather_rows";
    detail::RowIndices indices;

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        detail::require_rows(kName, x.shape());
        indices.take(f, kName, x.shape()[0]);
        Shape shape = x.shape();
        shape[0] = indices.count;
        const auto y = f.output(shape);
        detail::gather(f.executor(), indices, detail::rows_of(x.data(), x.shape()), y.data(),
                       false);
    }
    template <class T>
    void backward(Backward<T>& b) {
        if (T* dx = b.accumulator(0)) {
            detail::scatter_add(b.executor(), indices, b.gradient().data(),
                                detail::rows_of(dx, b.input(0).shape()));
        }
    }
};

/// y = x, then y[indices[i]] += rows[i] along the first axis.
struct ScatterRows {
    static constexpr std::string_view kName = "scatter_rows";
    detail::RowIndices indices;

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto rows = f.input(1);
        check(x.shape(), rows.shape());
        indices.take(f, kName, x.shape()[0]);
        const auto y = f.output(x.shape());
        std::copy(x.begin(), x.end(), y.begin());
        detail::scatter_add(f.executor(), indices, rows.data(),
                            detail::rows_of(y.data(), y.shape()));
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto g = b.gradient();
        if (const Sink<T> dx = b.sink(0)) {
            for (std::size_t i = 0; i < g.size(); ++i) {
                dx.data[i] = dx.accumulate ? dx.data[i] + g[i] : g[i];
            }
        }
        if (const Sink<T> rows = b.sink(1)) {
            detail::gather(b.executor(), indices, detail::rows_of(g.data(), g.shape()), rows.data,
                           rows.accumulate);
        }
    }

private:
    void check(const Shape& x, const Shape& rows) const {
        detail::require_rows(kName, x);
        Shape expected = x;
        expected[0] = indices.count;
        if (rows == expected) return;
        throw std::invalid_argument("scatter_rows: rows must have shape " + to_string(expected) +
                                    ", got " + to_string(rows));
    }
};

namespace detail {

template <class T>
Value embed(Tape<T>& tape, InputList<T>& inputs, Embedding operation) {
    if (operation.table.at.planes != 1) {
        throw std::invalid_argument("embedding: the table must have 1 plane, got " +
                                    std::to_string(operation.table.at.planes));
    }
    return tape.apply(operation, inputs.values());
}

} // namespace detail
} // namespace ops

/// Rows of a table by number.
/// \param indices  copied; each in [0, rows of the table)
/// \param table    rows x columns
/// \return         (indices, columns of the table)
/// \throws std::invalid_argument if an index is out of range
template <class T>
Value embedding(Tape<T>& tape, std::span<const std::int32_t> indices, const WeightView& table) {
    ops::detail::InputList<T> inputs(tape, ops::Embedding::kName);
    return ops::detail::embed(tape, inputs,
                              {{indices.data(), indices.size()}, inputs.add(table), false});
}

/// The same with indices from the tape, which must be whole numbers; their gradient is zero.
/// \param indices  any shape of at most 5 axes
/// \return         shape of indices, then columns of the table
/// \throws std::invalid_argument if an index is out of range or not whole
template <class T>
Value embedding(Tape<T>& tape, Value indices, const WeightView& table) {
    ops::detail::InputList<T> inputs(tape, ops::Embedding::kName);
    const ops::detail::WeightInput rows = inputs.add(table);
    inputs.add(indices);
    return ops::detail::embed(tape, inputs, {{}, rows, true});
}

/// y[i] = x[indices[i]] along the first axis; an index may occur any number of times.
/// \param x        (rows, ...)
/// \param indices  copied; each in [0, rows)
/// \return         (indices, ...)
/// \throws std::invalid_argument if an index is out of range
template <class T>
Value gather_rows(Tape<T>& tape, Value x, std::span<const std::int32_t> indices) {
    return tape.apply(ops::GatherRows{{indices.data(), indices.size()}}, {x});
}

/// x with rows[i] added to its row indices[i]; rows with equal index are added in order.
/// \param x        (n, ...)
/// \param indices  copied; each in [0, n)
/// \param rows     (indices, ...)
/// \return         shape of x
/// \throws std::invalid_argument if an index is out of range or the shapes do not fit
template <class T>
Value scatter_rows(Tape<T>& tape, Value x, std::span<const std::int32_t> indices, Value rows) {
    return tape.apply(ops::ScatterRows{{indices.data(), indices.size()}}, {x, rows});
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Layers for sequences: embedding. Samples are (time) or (time, features).
#pragma once

#include <baldwin/core/nn/layer.hpp>
#include <baldwin/core/ops/rows.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace baldwin::nn {

/// Rows of a table by number: (...) whole numbers to (..., width).
///
/// Parameter: table (rows, width). Numbers come as values on the tape and have no gradient.
struct Embedding {
    static constexpr std::string_view kName = "embedding";
    std::size_t rows = 1;
    std::size_t width = 1;

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require_positive("rows", rows);
        detail::require_positive("width", width);
        detail::require(x.rank() + 1 < Shape::kMaxRank, "needs samples of at most 4 axes", x);
        std::vector<std::size_t> extents(x.begin(), x.end());
        extents.push_back(width);
        return Shape(std::span<const std::size_t>(extents));
    }
    void declare(const Shape& /*x*/, Declaration& to) const { to.embedding("table", rows, width); }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        return embedding(tape, x, a.parameters[0]);
    }
    friend bool operator==(const Embedding&, const Embedding&) = default;
};

} // namespace baldwin::nn

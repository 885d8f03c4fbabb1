// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A network as a table to read.
#pragma once

#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/nn/text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace baldwin::nn {

/// Multiply-accumulates for one sample.
[[nodiscard]] inline std::uint64_t macs(const Network& network) {
    std::uint64_t sum = 0;
    for (const LayerInfo& layer : network.layers()) sum += layer.macs;
    return sum;
}

namespace detail {

/// "4052658" as "4,052,658".
inline std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}

using TableRow = std::array<std::string, 4>;

/// Columns as wide as their longest cell; the numbers stand at the right.
inline std::string table(const std::vector<TableRow>& rows) {
    std::array<std::size_t, 4> widths{};
    for (const TableRow& row : rows) {
        for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
    }
    std::string text;
    for (const TableRow& row : rows) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            const std::string fill(widths[c] - row[c].size(), ' ');
            if (c > 0) text += "  ";
            text += c < 2 ? row[c] + fill : fill + row[c];
        }
        text.resize(text.find_last_not_of(' ') + 1);
        text += "\n";
    }
    return text;
}

} // namespace detail

/// One line for each layer: label, extents of its output for one sample, parameters,
/// multiply-accumulates for one sample; then the totals.
[[nodiscard]] inline std::string describe(const Network& network) {
    std::vector<detail::TableRow> rows{{"layer", "output", "parameters", "MACs"},
                                       {"input", print(network.input()), "", ""}};
    for (const LayerInfo& layer : network.layers()) {
        rows.push_back({std::string(2 * layer.depth, ' ') + layer.label, print(layer.output),
                        detail::grouped(layer.parameters), detail::grouped(layer.macs)});
    }
    rows.push_back({"total", "", detail::grouped(network.parameters().size()),
                    detail::grouped(macs(network))});
    std::string text = detail::table(rows);
    if (network.state().size() > 0) {
        text += "state: " + detail::grouped(network.state().size()) + " numbers\n";
    }
    return text;
}

} // namespace baldwin::nn

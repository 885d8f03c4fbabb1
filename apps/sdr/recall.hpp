// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Recall of stored pictures from damaged ones: noise, a patch that hides a part, the upper half
/// alone.
#pragma once

#include "image_memory.hpp"

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/knn.hpp>
#include <baldwin/sdr/network.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace baldwin::app {

/// What is done to a picture.
enum class Damage : std::uint8_t {
    noise,     ///< a share of the bits that are on moves elsewhere
    occlusion, ///< a square somewhere in the picture is empty
    completion ///< the lower rows are missing
};

/// "noise", "occlusion" or "completion".
inline std::string damage_text(Damage damage) {
    if (damage == Damage::noise) return "noise";
    return damage == Damage::occlusion ? "occlusion" : "completion";
}

/// Without the bits of all planes in a rectangle.
inline sdr::BitSet without_area(sdr::BitView frame, const sdr::Extent& extent, std::size_t top,
                                std::size_t left, std::size_t rows, std::size_t columns) {
    sdr::BitSet result(frame);
    frame.for_each([&](std::size_t i) {
        const std::size_t place = i % extent.size();
        const std::size_t row = place / extent.columns;
        const std::size_t column = place % extent.columns;
        const bool is_inside =
            row >= top && row < top + rows && column >= left && column < left + columns;
        if (is_inside) result.set(i, false);
    });
    return result;
}

/// A damaged frame.
/// \param share  of the bits, of the area, or of the rows; in [0, 1]
inline sdr::BitSet damaged(sdr::BitView frame, const sdr::Extent& extent, Damage damage,
                           double share, const Stream& stream) {
    const auto part = [&](std::size_t whole, double of) {
        return static_cast<std::size_t>(std::lround(static_cast<double>(whole) * of));
    };
    if (damage == Damage::noise) return sdr::moved(frame, share, stream);
    if (damage == Damage::completion) {
        const std::size_t missing = part(extent.rows, share);
        return without_area(frame, extent, extent.rows - missing, 0, missing, extent.columns);
    }
    const std::size_t rows = part(extent.rows, std::sqrt(share));
    const std::size_t columns = part(extent.columns, std::sqrt(share));
    return without_area(frame, extent, stream.below(extent.rows - rows + 1, 0),
                        stream.below(extent.columns - columns + 1, 1), rows, columns);
}

/// How recall went under one kind and amount of damage; means over all stored items.
struct RecallRow {
    Damage damage = Damage::noise;
    double share = 0;       ///< of what is damaged
    double code = 0;        ///< share of the stored code that comes back
    double identified = 0;  ///< share of items whose own code is the nearest one
    double nearest = 0;     ///< share of items that are the nearest neighbour of the damaged frame
    double picture = 0;     ///< Jaccard similarity of the recalled picture to the stored one
    double shown = 0;       ///< Jaccard similarity of the damaged picture to the stored one
    double familiarity = 0; ///< G
};

/// Index of the stored code that has most in common with a code; the first of equals.
/// \param codes  shape (items, code.size())
inline std::size_t nearest_code(std::span<const sdr::Cell> codes, std::span<const sdr::Cell> code) {
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t i = 0; i * code.size() < codes.size(); ++i) {
        const std::size_t same =
            sdr::intersection(codes.subspan(i * code.size(), code.size()), code);
        if (same <= most) continue;
        most = same;
        best = i;
    }
    return best;
}

/// Shows each stored frame damaged and compares what comes back.
/// \param codes  of the frames when they were stored, shape (frames, modules)
inline RecallRow recall_row(sdr::Network& network, std::span<const sdr::BitSet> frames,
                            std::span<const sdr::Cell> codes, Damage damage, double share,
                            double threshold, const Stream& stream, const Executor& executor) {
    const sdr::Extent extent = network.parameters().input;
    const std::size_t modules = network.codes().width();
    RecallRow row{.damage = damage, .share = share};
    std::vector<sdr::BitSet> shown;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        shown.push_back(damaged(frames[i], extent, damage, share, stream.substream(i)));
        network.recognise(shown.back());
        const auto code = network.codes().row(0);
        const auto own = codes.subspan(i * modules, modules);
        row.code += static_cast<double>(sdr::intersection(own, code)) /
                    static_cast<double>(std::max<std::size_t>(1, sdr::intersection(own, own)));
        row.identified += nearest_code(codes, code) == i ? 1 : 0;
        row.picture += sdr::jaccard(network.reconstruct(0, threshold), frames[i]);
        row.shown += sdr::jaccard(shown.back(), frames[i]);
        row.familiarity += network.codes().mean_familiarity(0);
    }
    const auto nearest = sdr::nearest_by_jaccard(frames, shown, executor);
    for (std::size_t i = 0; i < nearest.size(); ++i) row.nearest += nearest[i] == i ? 1 : 0;
    const auto n = static_cast<double>(frames.size());
    for (double* sum :
         {&row.code, &row.identified, &row.nearest, &row.picture, &row.shown, &row.familiarity}) {
        *sum /= n;
    }
    return row;
}

} // namespace baldwin::app

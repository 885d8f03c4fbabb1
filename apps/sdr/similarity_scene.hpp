// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The table of similarities as curves.
#pragma once

#include "studies.hpp"

#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace baldwin::app {

/// Codes against inputs: the curves of a table of similarities.
inline Scene similarity_scene(const std::vector<SimilarityRow>& rows) {
    std::vector<Series> series;
    for (const SimilarityRow& row : rows) {
        Series one{row.preset + ", " + std::to_string(row.before) + " stored before", {}, {}};
        for (std::size_t p = kSharedPixels.size(); p-- > 0;) {
            one.x.push_back(static_cast<double>(kSharedPixels[p]));
            one.y.push_back(row.intersection[p].mean);
        }
        series.push_back(std::move(one));
    }
    series.push_back({"linear", {0, 12}, {0.125, 1}, true});
    Scene scene;
    scene.panels.push_back(curves("Similar inputs, similar codes",
                                  {.label = "pixels shared with the stored item", .unit = "of 12"},
                                  {.label = "share of the code in common"}, series));
    return scene;
}

} // namespace baldwin::app

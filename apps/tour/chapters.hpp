// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The tour's chapters in their order. A module adds its own here.
#pragma once

#include "chapter.hpp"
#include "evolution_chapter.hpp"
#include "sdr_chapter.hpp"
#include "training_chapter.hpp"

#include <baldwin/app/main.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace baldwin::app {

/// All chapters, in the order in which they are shown.
inline std::vector<Chapter> all_chapters() {
    return {training_chapter(), sdr_chapter(), evolution_chapter()};
}

/// The chapters of a comma-separated list of names, in the tour's order; all for "all".
/// \throws UsageError if a name is unknown
inline std::vector<Chapter> chosen_chapters(const std::string& names) {
    std::vector<Chapter> all = all_chapters();
    if (names == "all") return all;
    std::string known;
    for (const Chapter& chapter : all) known += (known.empty() ? "" : ", ") + chapter.name;
    std::vector<std::string> wanted;
    for (std::size_t start = 0; start <= names.size();) {
        const std::size_t comma = std::min(names.find(',', start), names.size());
        wanted.push_back(names.substr(start, comma - start));
        start = comma + 1;
    }
    for (const std::string& name : wanted) {
        const bool is_known = std::any_of(all.begin(), all.end(),
                                          [&](const Chapter& one) { return one.name == name; });
        if (!is_known) {
            throw UsageError("--chapters: there is no chapter '" + name + "'; there are: all, " +
                             known);
        }
    }
    std::erase_if(all, [&](const Chapter& chapter) {
        return std::find(wanted.begin(), wanted.end(), chapter.name) == wanted.end();
    });
    return all;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A walk through the environments for the sanitizers: every one of them under random actions,
/// copied half way. Exit 0 if all of it held.

#include <baldwin/core/random.hpp>
#include <baldwin/envs/exhibits.hpp>

#include <cstddef>
#include <cstdio>

namespace {

using namespace baldwin;

/// Plays on and on a copy; both must show the same.
bool plays(const envs::CatalogueEntry& entry) {
    envs::RandomPlay play(entry.make({}), 3);
    const int steps = entry.id == "image-hard-maze" ? 30 : 300;
    for (int t = 0; t < steps; ++t) play.step(2);
    envs::RandomPlay copy = play;
    for (int t = 0; t < steps; ++t) play.step(2);
    for (int t = 0; t < steps; ++t) copy.step(2);
    return play.scene() == copy.scene();
}

} // namespace

int main() {
    const envs::Catalogue catalogue = envs::standard_catalogue();
    for (const envs::CatalogueEntry& entry : catalogue.entries()) {
        if (plays(entry)) continue;
        std::fprintf(stderr, "%s: a copy went another way\n", entry.id.c_str());
        return 1;
    }
    return 0;
}

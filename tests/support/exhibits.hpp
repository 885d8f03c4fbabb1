// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What the exhibits of every module must hold to.
#pragma once

#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/scene.hpp>

#include <gtest/gtest.h>

namespace baldwin::test {

/// Expects that pictures follow from seed and parameters alone, that steps change them, and that a
/// copied state stays as it is: going back in a window is keeping copies.
/// \param steps  after which none of the exhibits stands still
inline void expect_lawful_exhibits(const Registry& registry, int steps) {
    for (const Exhibit& exhibit : registry.exhibits()) {
        SCOPED_TRACE(exhibit.name);
        const auto values = starting_values(exhibit);
        auto state = exhibit.start(5, values);
        auto again = exhibit.start(5, values);
        for (int i = 0; i < steps; ++i) {
            exhibit.step(state, values);
            exhibit.step(again, values);
        }
        const Scene scene = exhibit.make(state);
        EXPECT_FALSE(scene.panels.empty());
        EXPECT_EQ(scene, exhibit.make(again));
        const auto earlier = state;
        for (int i = 0; i < steps; ++i) exhibit.step(state, values);
        EXPECT_EQ(exhibit.make(earlier), scene);
        EXPECT_NE(exhibit.make(state), scene);
    }
}

} // namespace baldwin::test

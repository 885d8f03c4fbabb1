// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/exhibit.hpp>
#include <baldwin/envs/exhibits.hpp>

#include <gtest/gtest.h>

#include <any>
#include <cstddef>
#include <string>
#include <vector>

namespace baldwin::exhibits_test {
namespace {

TEST(EnvsExhibits, EveryEnvironmentIsOfferedAndRuns) {
    Registry registry;
    envs::register_exhibits(registry);
    ASSERT_EQ(registry.exhibits().size(), envs::standard_catalogue().entries().size());
    for (const Exhibit& exhibit : registry.exhibits()) {
        SCOPED_TRACE(exhibit.name);
        const auto values = starting_values(exhibit);
        std::any state = exhibit.start(3, values);
        for (int t = 0; t < 5; ++t) exhibit.step(state, values);
        const std::any kept = state; // stepping back is keeping a copy
        const Scene before = exhibit.make(state);
        // no environment ends within five steps
        EXPECT_NE(before.title.find("episode 1,"), std::string::npos) << before.title;
        for (int t = 0; t < 60; ++t) exhibit.step(state, values);
        EXPECT_NE(exhibit.make(state), before);
        EXPECT_EQ(exhibit.make(kept), before);
        std::any again = exhibit.start(3, values);
        for (int t = 0; t < 65; ++t) exhibit.step(again, values);
        EXPECT_EQ(exhibit.make(again), exhibit.make(state));
    }
}

} // namespace
} // namespace baldwin::exhibits_test

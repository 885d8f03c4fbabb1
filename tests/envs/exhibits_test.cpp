// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/exhibit.hpp>
#include <baldwin/envs/exhibits.hpp>

#include "support/exhibits.hpp"

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
    test::expect_lawful_exhibits(registry, 60);
    for (const Exhibit& exhibit : registry.exhibits()) {
        const auto values = starting_values(exhibit);
        std::any state = exhibit.start(3, values);
        for (int t = 0; t < 5; ++t) exhibit.step(state, values);
        // no environment ends within five steps
        const std::string title = exhibit.make(state).title;
        EXPECT_NE(title.find("episode 1,"), std::string::npos) << exhibit.name << ": " << title;
    }
}

} // namespace
} // namespace baldwin::exhibits_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/exhibit.hpp>

#include <gtest/gtest.h>

#include <any>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::exhibit_test {
namespace {

/// A ball that falls; the smallest model of an exhibit.
struct Ball {
    double height = 0;
    double speed = 0;
};

Exhibit ball(std::string category = "environments", std::string name = "ball") {
    return make_exhibit<Ball>(
        {.category = std::move(category),
         .name = std::move(name),
         .summary = "A ball falls.",
         .parameters = {{.name = "gravity", .value = 9.81, .high = 20, .unit = "m/s2"}}},
        [](std::uint64_t seed, Exhibit::Values) { return Ball{static_cast<double>(seed)}; },
        [](Ball& state, Exhibit::Values values) {
            state.speed -= 0.1 * values[0];
            state.height += 0.1 * state.speed;
        },
        [](const Ball& state) {
            return Scene{.panels = {{.items = {Points{{{0, state.height}}}}}}};
        });
}

std::vector<std::string> names(const std::vector<const Exhibit*>& exhibits) {
    std::vector<std::string> found;
    for (const Exhibit* exhibit : exhibits)
        found.push_back(exhibit->category + "/" + exhibit->name);
    return found;
}

} // namespace

TEST(CoreExhibit, RunsFromASeedAndShowsItsState) {
    const Exhibit exhibit = ball();
    const auto values = starting_values(exhibit);
    std::any state = exhibit.start(7, values);
    const Scene first = exhibit.make(state);
    const std::any kept = state; // stepping back is keeping a copy
    exhibit.step(state, values);
    EXPECT_NE(exhibit.make(state), first);
    EXPECT_EQ(exhibit.make(kept), first);
    EXPECT_EQ(exhibit.make(exhibit.start(7, values)), first);
}

TEST(CoreExhibit, RegistryIsSortedAndSearchable) {
    Registry registry;
    registry.add(ball("memories", "Recall"));
    registry.add(ball("environments", "pendulum"));
    registry.add(ball("environments", "ball"));
    EXPECT_EQ(names(registry.search("")),
              (std::vector<std::string>{"environments/ball", "environments/pendulum",
                                        "memories/Recall"}));
    EXPECT_EQ(names(registry.search("REC")), (std::vector<std::string>{"memories/Recall"}));
    EXPECT_EQ(names(registry.search("falls pend")),
              (std::vector<std::string>{"environments/pendulum"}));
    EXPECT_TRUE(registry.search("nothing like it").empty());
}

TEST(CoreExhibit, FindNeedsOneMeaning) {
    Registry registry;
    registry.add(ball("a", "x"));
    registry.add(ball("b", "x"));
    registry.add(ball("b", "y"));
    EXPECT_EQ(registry.find("y").category, "b");
    EXPECT_EQ(registry.find("a/x").category, "a");
    EXPECT_THROW(static_cast<void>(registry.find("x")), std::invalid_argument);
    try {
        static_cast<void>(registry.find("z"));
        ADD_FAILURE();
    } catch (const std::invalid_argument& error) {
        EXPECT_EQ(std::string(error.what()), "\"z\" is not an exhibit; there are: a/x, b/x, b/y");
    }
}

TEST(CoreExhibit, RegistryRefusesWhatCannotBeShown) {
    Registry registry;
    registry.add(ball());
    EXPECT_THROW(registry.add(ball()), std::invalid_argument);
    EXPECT_THROW(registry.add(ball("", "x")), std::invalid_argument);
    Exhibit unmade = ball("c", "unmade");
    unmade.make = nullptr;
    EXPECT_THROW(registry.add(unmade), std::invalid_argument);
    Exhibit outside = ball("c", "outside");
    outside.parameters[0].value = 21;
    EXPECT_THROW(registry.add(outside), std::invalid_argument);
    EXPECT_EQ(registry.exhibits().size(), 1U);
}

TEST(CoreExhibit, ParametersStayInTheirRangeAndOnTheirSteps) {
    const Parameter whole{.name = "cells", .value = 2, .low = 2, .high = 9, .step = 3};
    EXPECT_EQ(allowed(whole, 4), 5);
    EXPECT_EQ(allowed(whole, -1), 2);
    EXPECT_EQ(allowed(whole, 100), 8);
    EXPECT_EQ(allowed({.name = "rate"}, 0.3), 0.3);
    EXPECT_THROW(static_cast<void>(allowed(whole, std::numeric_limits<double>::quiet_NaN())),
                 std::invalid_argument);
}

} // namespace baldwin::exhibit_test

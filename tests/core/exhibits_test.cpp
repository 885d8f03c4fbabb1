// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/exhibits.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/core/nn/extern_network.hpp>

#include <gtest/gtest.h>

#include <any>
#include <cstddef>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace baldwin::exhibits_test {
namespace {

const Registry& registry() {
    static const Registry all = [] {
        Registry made;
        register_exhibits(made);
        return made;
    }();
    return all;
}

/// The last values of the curves of a scene's second panel.
std::vector<double> ends(const Scene& scene) {
    std::vector<double> values;
    for (const Item& item : scene.panels.at(1).items) {
        values.push_back(std::get<Curve>(item).at.back().y);
    }
    return values;
}

} // namespace

// What every exhibit promises: scenes that can be laid out, the same from the same seed, states
// that can be kept and gone on from.
TEST(CoreExhibits, AreRepeatableAndCanBeSteppedBack) {
    for (const Exhibit& exhibit : registry().exhibits()) {
        SCOPED_TRACE(exhibit.name);
        const auto values = starting_values(exhibit);
        std::any state = exhibit.start(3, values);
        for (int i = 0; i < 5; ++i) exhibit.step(state, values);
        const std::any kept = state;
        for (int i = 0; i < 5; ++i) exhibit.step(state, values);
        const Scene there = exhibit.make(state);
        EXPECT_FALSE(lay_out(there, 900, 500).commands.empty());
        std::any again = kept;
        EXPECT_NE(exhibit.make(kept), there);
        for (int i = 0; i < 5; ++i) exhibit.step(again, values);
        EXPECT_EQ(exhibit.make(again), there);
        EXPECT_NE(exhibit.make(exhibit.start(4, values)), exhibit.make(exhibit.start(3, values)));
    }
}

TEST(CoreExhibits, AllOptimisersComeDownAndTheirThingsAreLinked) {
    const Exhibit& exhibit = registry().find("descent");
    const auto values = starting_values(exhibit);
    std::any state = exhibit.start(3, values);
    for (int i = 0; i < 400; ++i) exhibit.step(state, values);
    const Scene scene = exhibit.make(state);
    for (const double height : ends(scene)) EXPECT_LT(height, 1e-3);
    std::set<std::string> marks;
    std::set<std::string> curves;
    for (const Item& item : scene.panels[0].items) {
        if (const auto* points = std::get_if<Points>(&item)) marks.insert(points->keys.at(0));
    }
    for (const Item& item : scene.panels[1].items) curves.insert(std::get<Curve>(item).key);
    EXPECT_EQ(marks, curves);
    EXPECT_EQ(marks.size(), 3U);
}

// With momentum 0 both kinds of SGD are one; turning it up in the middle parts them.
TEST(CoreExhibits, AParameterTurnedInTheMiddleActsFromThere) {
    const Exhibit& exhibit = registry().find("descent");
    auto values = starting_values(exhibit);
    values[1] = 0;
    std::any state = exhibit.start(3, values);
    for (int i = 0; i < 4; ++i) exhibit.step(state, values);
    EXPECT_EQ(ends(exhibit.make(state))[0], ends(exhibit.make(state))[1]);
    values[1] = 0.9;
    for (int i = 0; i < 4; ++i) exhibit.step(state, values);
    EXPECT_NE(ends(exhibit.make(state))[0], ends(exhibit.make(state))[1]);
}

TEST(CoreExhibits, TheNetworkLearnsTheSpirals) {
    const Exhibit& exhibit = registry().find("spirals");
    const auto values = starting_values(exhibit);
    std::any state = exhibit.start(1, values);
    exhibit.step(state, values);
    const double first = ends(exhibit.make(state))[0];
    // twenty seconds of somebody who watches at the usual thirty steps a second
    for (int i = 0; i < 600; ++i) exhibit.step(state, values);
    const Scene scene = exhibit.make(state);
    EXPECT_LT(ends(scene)[0], 0.25 * first);
    const int right = std::stoi(scene.panels[0].note);
    EXPECT_GT(right, 0.9 * 240);
}

} // namespace baldwin::exhibits_test

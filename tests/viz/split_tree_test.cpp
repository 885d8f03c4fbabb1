// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/viz/split_tree.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace baldwin::split_tree_test {

using viz::Split;
using viz::SplitTree;

namespace {

constexpr Rect kArea = {0, 40, 800, 600};

/// a | (b over c)
SplitTree three() {
    Split right{.way = Split::Way::down, .parts = {{.name = "b"}, {.name = "c"}}};
    return SplitTree({.way = Split::Way::across, .parts = {{.name = "a"}, right}});
}

Rect at(const SplitTree& tree, const std::string& name) {
    for (const viz::Placed& placed : tree.place(kArea)) {
        if (placed.name == name) return placed.at;
    }
    return {};
}

} // namespace

TEST(VizSplitTree, PlacesPartsByTheirWeights) {
    EXPECT_EQ(at(three(), "a"), (Rect{0, 40, 400, 600}));
    EXPECT_EQ(at(three(), "b"), (Rect{400, 40, 400, 300}));
    EXPECT_EQ(at(three(), "c"), (Rect{400, 340, 400, 300}));
}

TEST(VizSplitTree, ADraggedBorderMovesItsNeighboursOnly) {
    SplitTree tree = three();
    const auto borders = tree.borders(kArea);
    ASSERT_EQ(borders.size(), 2U);
    tree.drag(borders[0], kArea, {500, 100});
    EXPECT_EQ(at(tree, "a").width, 500);
    EXPECT_EQ(at(tree, "b"), (Rect{500, 40, 300, 300}));
    tree.drag(tree.borders(kArea)[1], kArea, {600, 240});
    EXPECT_EQ(at(tree, "b").height, 200);
    EXPECT_EQ(at(tree, "c").height, 400);
    EXPECT_EQ(at(tree, "a").width, 500);
}

TEST(VizSplitTree, RemovedPanelsGiveTheirRoomToTheirNeighbours) {
    SplitTree tree = three();
    tree.remove("b");
    EXPECT_EQ(at(tree, "c"), (Rect{400, 40, 400, 600}));
    tree.remove("a");
    EXPECT_EQ(at(tree, "c"), kArea);
    tree.remove("c");
    EXPECT_TRUE(tree.place(kArea).empty());
    tree.split("nothing", "d", kArea);
    EXPECT_EQ(at(tree, "d"), kArea);
}

TEST(VizSplitTree, ANewPanelSharesTheRoomOfAnother) {
    SplitTree tree = three();
    tree.split("b", "d", kArea); // 400 x 300 is wider than high
    EXPECT_EQ(at(tree, "b").width, 200);
    EXPECT_EQ(at(tree, "d"), (Rect{600, 40, 200, 300}));
    tree.split("a", "e", kArea); // 400 x 600 is not
    EXPECT_EQ(at(tree, "e"), (Rect{0, 340, 400, 300}));
    EXPECT_TRUE(tree.has("e"));
}

} // namespace baldwin::split_tree_test

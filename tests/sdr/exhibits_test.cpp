// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/sdr/exhibits.hpp>

#include "support/exhibits.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace baldwin::sdr::exhibits_test {
namespace {

TEST(SdrExhibits, AllHaveScenesThatFollowFromSeedAndParameters) {
    Registry registry;
    register_exhibits(registry);
    ASSERT_EQ(registry.exhibits().size(), 3U);
    baldwin::test::expect_lawful_exhibits(registry, 4);
    for (const Exhibit& exhibit : registry.exhibits()) {
        const auto state = exhibit.start(5, starting_values(exhibit));
        EXPECT_GE(exhibit.make(state).panels.size(), 5U) << exhibit.name;
    }
}

void draw_stroke(const Exhibit& exhibit, Exhibit::State& state, std::size_t digit) {
    bool is_down = false;
    for (const auto& point : detail::stroke_of(digit)) {
        const double x = 8 + 12 * point.x;
        const double y = 5 + 18 * point.y;
        if (!is_down) exhibit.point(state, {DrawingBoard::kCanvas, x, y, false, false});
        exhibit.point(state, {DrawingBoard::kCanvas, x, y, true, false});
        is_down = true;
    }
    exhibit.point(state, {DrawingBoard::kCanvas, 0, 0, false, false});
}

// What is drawn with the pointer is named at once, without a step; storing it makes it familiar.
TEST(SdrExhibits, DrawingIsRecognisedAtOnce) {
    const Exhibit exhibit = drawing_exhibit();
    std::size_t right = 0;
    for (std::size_t digit = 0; digit < 10; ++digit) {
        auto state = exhibit.start(2, starting_values(exhibit));
        draw_stroke(exhibit, state, digit);
        right += std::any_cast<DrawingBoard&>(state).answer() == digit ? 1U : 0U;
    }
    EXPECT_GE(right, 9U); // of 10; by chance one

    auto state = exhibit.start(2, starting_values(exhibit));
    auto& board = std::any_cast<DrawingBoard&>(state);
    draw_stroke(exhibit, state, 3);
    const double before = board.familiarity();
    exhibit.step(state, std::vector<double>{7, 1, 0});
    EXPECT_EQ(board.items(), 201U);
    EXPECT_GE(board.familiarity(), before);
    exhibit.step(state, std::vector<double>{7, 1, 0}); // held: once is enough
    EXPECT_EQ(board.items(), 201U);
}

TEST(SdrExhibits, TheRightButtonErasesAndPointingChoosesAMac) {
    DrawingBoard board(1, 1);
    board.point({DrawingBoard::kCanvas, 14, 14, true, false});
    const auto ink = [&] {
        const auto& pixels = board.canvas().pixels;
        return std::accumulate(pixels.begin(), pixels.end(), 0);
    };
    EXPECT_GT(ink(), 0);
    board.point({DrawingBoard::kCanvas, 14, 14, false, false});
    board.point({DrawingBoard::kCanvas, 14, 14, false, true});
    EXPECT_EQ(ink(), 0);
    board.point({DrawingBoard::kMacs, 3.5, 1.5, false, false});
    EXPECT_EQ(board.chosen_mac(), 8U);
    board.point({DrawingBoard::kMacs, 5.5, 1.5, false, false}); // outside
    EXPECT_EQ(board.chosen_mac(), 8U);
}

// Nothing else is stored in its way: five sequences of ten frames are far below capacity.
TEST(SdrExhibits, SequencesGoOnByThemselves) {
    SequencePlayer player(3);
    double sum = 0;
    for (int i = 0; i < 49; ++i) {
        player.step();
        sum += player.likeness().back();
    }
    EXPECT_GT(sum / 49, 0.9);
}

// A probe that shares all pixels brings the code back, one that shares none what chance gives:
// 1/8 with a standard deviation of 0.0675 of one probe, 0.0151 of the mean of 20; four of these.
TEST(SdrExhibits, OneMacAnswersToTheSharedPixels) {
    const Exhibit exhibit = mac_exhibit();
    std::vector<double> values = {12, 1, 40, 0.9, 100};
    auto state = exhibit.start(1, values);
    const auto mean_of_twenty = [&](double shared) {
        values[0] = shared;
        for (int i = 0; i < 20; ++i) exhibit.step(state, values);
        const auto common = std::any_cast<MacStudy&>(state).common().last(20);
        return std::accumulate(common.begin(), common.end(), 0.0) / 20;
    };
    EXPECT_GT(mean_of_twenty(12), 0.97);
    EXPECT_NEAR(mean_of_twenty(0), 0.125, 4 * 0.0151);
}

TEST(SdrScenes, MisuseThrows) {
    EXPECT_THROW((void)frame_image(BitSet(7), {2, 3}), std::invalid_argument);
    EXPECT_EQ(mac_at({2, 3}, 2.5, 1.5), 5U);
    EXPECT_EQ(mac_at({2, 3}, 3.5, 1.5), std::nullopt);
    EXPECT_EQ(mac_at({2, 3}, -0.5, 1.5), std::nullopt);
}

} // namespace
} // namespace baldwin::sdr::exhibits_test

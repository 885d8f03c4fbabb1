// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/viz/frame_pacer.hpp>

#include <gtest/gtest.h>

namespace baldwin::frame_pacer_test {

using baldwin::viz::FramePacer;

TEST(VizFramePacer, CheapFramesComeAtTheFullRate) {
    FramePacer pacer(0.05, 30, 5);
    EXPECT_TRUE(pacer.is_due(0));
    pacer.painted(10, 0.0001);
    EXPECT_FALSE(pacer.is_due(10.033));
    EXPECT_TRUE(pacer.is_due(10.034));
}

TEST(VizFramePacer, DearFramesKeepToTheirShare) {
    FramePacer pacer(0.05, 30, 1);
    for (int i = 0; i < 5; ++i) pacer.painted(i, 0.01);
    EXPECT_NEAR(pacer.interval(), 0.2, 1e-9); // 10 ms in 200 ms are 5 %
}

TEST(VizFramePacer, TheCostIsPartOfTheTimeBetweenFrames) {
    FramePacer pacer(0.05, 30, 1);
    pacer.painted(7, 0.01);
    EXPECT_FALSE(pacer.is_due(7.189)); // the frame began at 6.99
    EXPECT_TRUE(pacer.is_due(7.191));
    FramePacer free(1, 60, 5);
    free.painted(7, 0.05); // a program that does nothing else makes no pause
    EXPECT_TRUE(free.is_due(7.001));
}

TEST(VizFramePacer, NeverFallsBelowTheSlowestRate) {
    FramePacer pacer(0.05, 30, 5);
    pacer.painted(0, 3);
    EXPECT_NEAR(pacer.interval(), 0.2, 1e-9);
}

TEST(VizFramePacer, OneSlowFrameIsSoonForgotten) {
    FramePacer pacer(0.05, 30, 1);
    pacer.painted(0, 0.1);
    for (int i = 0; i < 12; ++i) pacer.painted(i, 0.001);
    EXPECT_LT(pacer.interval(), 0.1);
}

} // namespace baldwin::frame_pacer_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/sdr/detail/glyphs.hpp>
#include <baldwin/sdr/encoders.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace baldwin::sdr::encoders_test {
namespace {

Picture picture_of(const PictureSize& size, const std::vector<std::uint8_t>& pixels) {
    return {size, pixels};
}

// Mean row and column of the ink, in 1/65536 pixel, and the slant.
struct Pose {
    double row = 0;
    double column = 0;
    double slant = 0;
};

Pose pose_of(const Picture& picture) {
    const auto m = detail::moments_of(picture);
    const auto mass = static_cast<double>(m.mass);
    return {static_cast<double>(m.y) / mass, static_cast<double>(m.x) / mass,
            static_cast<double>(detail::slant_of(m)) / 65536};
}

TEST(SdrEncoder, ThresholdSetsABitWhereThereIsInk) {
    const Encoder encoder({.feature = Feature::threshold, .deskew = false, .threshold = 100},
                          {1, 4});
    const BitSet bits = encoder(picture_of({1, 4}, {99, 100, 255, 0}));
    EXPECT_EQ(bits.indices(), (std::vector<std::uint32_t>{1, 2}));
}

TEST(SdrEncoder, ThermometerHasAPlaneForEachLevel) {
    // thresholds 64, 128, 192
    const Encoder encoder({.feature = Feature::thermometer, .deskew = false, .levels = 3}, {1, 4});
    EXPECT_EQ(encoder.planes(), 3U);
    const BitSet bits = encoder(picture_of({1, 4}, {63, 64, 128, 192}));
    EXPECT_EQ(bits.indices(), (std::vector<std::uint32_t>{1, 2, 3, 6, 7, 11}));
}

// A ramp along a direction has its edges in that direction's plane and no other: the gradient
// points exactly to it, for all eight directions.
TEST(SdrEncoder, EdgesStandInThePlaneOfTheirDirection) {
    constexpr PictureSize kSize{9, 9};
    constexpr int kX[] = {1, 1, 0, -1, -1, -1, 0, 1};
    constexpr int kY[] = {0, 1, 1, 1, 0, -1, -1, -1};
    for (std::size_t d = 0; d < 8; ++d) {
        SCOPED_TRACE(d);
        Picture ramp(kSize);
        for (int row = 0; row < 9; ++row) {
            for (int column = 0; column < 9; ++column) {
                ramp.pixels[static_cast<std::size_t>(9 * row + column)] = static_cast<std::uint8_t>(
                    128 + 12 * (kX[d] * (column - 4) + kY[d] * (row - 4)));
            }
        }
        const Encoder encoder({.deskew = false, .smooth = false}, kSize);
        const BitSet bits = encoder(ramp);
        EXPECT_EQ(bits.count(), 49U); // all but the border
        bits.view().for_each([&](std::size_t i) { EXPECT_EQ(i / 81, d); });
    }
}

TEST(SdrEncoder, FlatPicturesHaveNoEdges) {
    const PictureSize size{12, 12};
    const Encoder encoder({}, size);
    EXPECT_EQ(encoder(Picture(size)).count(), 0U);
}

// The border of an octant at 22.5 degrees, by whole numbers: tan(22.5) = 0.41421...
TEST(SdrEncoder, DirectionsMeetAtTheRightAngle) {
    EXPECT_EQ(detail::direction_of(100000, 41421, 8), 0U);
    EXPECT_EQ(detail::direction_of(100000, 41422, 8), 1U);
    EXPECT_EQ(detail::direction_of(41421, 100000, 8), 2U);
    EXPECT_EQ(detail::direction_of(41422, 100000, 8), 1U);
    EXPECT_EQ(detail::direction_of(-3, -3, 8), 5U);
    EXPECT_EQ(detail::direction_of(-2, 3, 4), 1U);
}

// Interpolation rounds each pixel by at most half a grey value; over a stroke of some 3,000 units
// of ink that leaves the mean place within a tenth of a pixel, and the slant near 0.
TEST(SdrPicture, DeskewedInkIsUprightAndCentred) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const Picture upright = deskewed(detail::drawn_digit(seed % 10, {28, 28}, Stream(seed)));
        const Pose pose = pose_of(upright);
        EXPECT_NEAR(pose.row, 13.5, 0.1);
        EXPECT_NEAR(pose.column, 13.5, 0.1);
        EXPECT_NEAR(pose.slant, 0.0, 0.05);
    }
}

TEST(SdrPicture, ASlantedLineIsMadeUpright) {
    Picture line({28, 28});
    detail::draw_line(line, {8, 24}, {20, 4}, 1.2);
    EXPECT_LT(pose_of(line).slant, -0.5);
    EXPECT_NEAR(pose_of(deskewed(line)).slant, 0.0, 0.05);
}

TEST(SdrPicture, AnEmptyPictureStaysEmpty) {
    const Picture empty({5, 7});
    EXPECT_EQ(deskewed(empty), empty);
}

// A bar three pixels thick becomes a line: thinner, connected in its middle, inside the bar.
TEST(SdrPicture, SkeletonsAreThinAndInsideTheirStroke) {
    Picture bar({9, 20});
    for (std::size_t row = 3; row < 6; ++row) {
        for (std::size_t column = 2; column < 18; ++column) bar.pixels[row * 20 + column] = 200;
    }
    const Picture thin = skeleton(bar, 128);
    for (std::size_t column = 4; column < 16; ++column) {
        std::size_t ink = 0;
        for (std::size_t row = 0; row < 9; ++row) ink += thin.pixels[row * 20 + column] != 0;
        EXPECT_EQ(ink, 1U) << "column " << column;
    }
    for (std::size_t i = 0; i < thin.pixels.size(); ++i) {
        EXPECT_TRUE(thin.pixels[i] == 0 || bar.pixels[i] != 0);
    }
    EXPECT_EQ(skeleton(thin, 128), thin);
}

TEST(SdrEncoder, PicturesInParallelHaveTheSameBits) {
    const PictureSize size{28, 28};
    const Encoder encoder({}, size);
    const auto picture = [&](std::size_t i) {
        return detail::drawn_digit(i % 10, size, Stream(i));
    };
    const auto one = encode_all(encoder, 200, picture);
    EXPECT_EQ(encode_all(encoder, 200, picture, Executor(3)), one);
    EXPECT_EQ(one[17], encoder(picture(17)));
}

TEST(SdrEncoder, MisuseThrows) {
    EXPECT_THROW(Encoder({.directions = 5}, {4, 4}), std::invalid_argument);
    EXPECT_THROW(Encoder({.levels = 0}, {4, 4}), std::invalid_argument);
    EXPECT_THROW(Encoder({.threshold = 256}, {4, 4}), std::invalid_argument);
    EXPECT_THROW(Encoder({.contrast = 0}, {4, 4}), std::invalid_argument);
    EXPECT_THROW(Encoder({}, {0, 4}), std::invalid_argument);
    EXPECT_THROW((void)Encoder({}, {4, 4})(Picture({4, 5})), std::invalid_argument);
    EXPECT_THROW(Picture({2, 2}, std::vector<std::uint8_t>(5)), std::invalid_argument);
    EXPECT_THROW((void)grey_picture(std::vector<std::uint8_t>(5), {2, 2}), std::invalid_argument);
}

} // namespace
} // namespace baldwin::sdr::encoders_test

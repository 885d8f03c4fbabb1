// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/augment.hpp>

#include "support/errors.hpp"
#include "support/images.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::augment_test {
namespace {

using baldwin::all_samples;
using baldwin::Augmentation;
using baldwin::Executor;
using baldwin::ImageSet;
using baldwin::ImageVariant;
using baldwin::Normalisation;
using baldwin::Stream;
using baldwin::test::message_of;
using baldwin::test::random_images;

using Samples = std::vector<std::uint32_t>;
const Augmentation kAll{.shift = 2, .flip = true, .cutout = 3};
const Normalisation kNormalisation{{0.3, 0.6}, {0.2, 0.5}};

std::vector<float> augmented(const ImageSet& images, const Samples& samples,
                             const Augmentation& augmentation, std::uint64_t epoch,
                             const Executor& executor = Executor::serial()) {
    std::vector<float> out(samples.size() * images.image_size());
    baldwin::augmented_images_into(images, samples, kNormalisation, augmentation, Stream(9), epoch,
                                   std::span<float>(out), executor);
    return out;
}

/// The definition, pixel by pixel.
std::vector<float> by_definition(const ImageSet& images, std::uint32_t sample,
                                 const ImageVariant& variant) {
    ImageSet moved = random_images(1, images.channels(), images.height(), images.width(), 1);
    const auto rows = static_cast<std::ptrdiff_t>(images.height());
    const auto columns = static_cast<std::ptrdiff_t>(images.width());
    std::size_t at = 0;
    for (std::size_t channel = 0; channel < images.channels(); ++channel) {
        for (std::ptrdiff_t y = 0; y < rows; ++y) {
            for (std::ptrdiff_t x = 0; x < columns; ++x, ++at) {
                const auto from_y = y + variant.dy;
                const auto from_x = (variant.flip ? columns - 1 - x : x) + variant.dx;
                const auto inside = [](std::ptrdiff_t i, const baldwin::Range& range) {
                    return static_cast<std::size_t>(i) >= range.begin &&
                           static_cast<std::size_t>(i) < range.end;
                };
                const bool is_black =
                    from_y < 0 || from_y >= rows || from_x < 0 || from_x >= columns ||
                    (inside(y, variant.cut_rows) && inside(x, variant.cut_columns));
                moved.images.data()[at] =
                    is_black ? std::uint8_t{0}
                             : images.images(sample, channel, static_cast<std::size_t>(from_y),
                                             static_cast<std::size_t>(from_x));
            }
        }
    }
    std::vector<float> out(at);
    baldwin::images_into(moved, Samples{0}, kNormalisation, std::span<float>(out));
    return out;
}

TEST(CoreAugment, ImagesAreWhatTheirVariantsSay) {
    const auto images = random_images(40, 2, 9, 11, 1);
    for (const Augmentation& augmentation :
         {kAll, Augmentation{.shift = 8}, Augmentation{.flip = true}, Augmentation{.cutout = 30},
          Augmentation{.cutout = 1}}) {
        for (std::uint32_t sample = 0; sample < 40; ++sample) {
            SCOPED_TRACE(sample);
            const auto variant = draw_variant(augmentation, Stream(9), 5, sample, 9, 11);
            EXPECT_EQ(augmented(images, {sample}, augmentation, 5),
                      by_definition(images, sample, variant));
        }
    }
}

TEST(CoreAugment, OffMeansTheImagesThemselves) {
    const auto images = random_images(4, 2, 5, 6, 1);
    std::vector<float> plain(4 * 60);
    baldwin::images_into(images, all_samples(4), kNormalisation, std::span<float>(plain));
    EXPECT_EQ(augmented(images, all_samples(4), {}, 3), plain);
    EXPECT_FALSE(Augmentation{}.is_on());
}

TEST(CoreAugment, DependsOnSampleAndEpochButNotOnTheBatch) {
    const auto images = random_images(30, 2, 9, 11, 1);
    const std::size_t size = images.image_size();
    const auto whole = augmented(images, all_samples(30), kAll, 2);
    const auto part = augmented(images, {17, 4}, kAll, 2);
    EXPECT_TRUE(std::equal(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(size),
                           whole.begin() + static_cast<std::ptrdiff_t>(17 * size)));
    EXPECT_TRUE(std::equal(part.begin() + static_cast<std::ptrdiff_t>(size), part.end(),
                           whole.begin() + static_cast<std::ptrdiff_t>(4 * size)));
    EXPECT_NE(augmented(images, all_samples(30), kAll, 3), whole);
}

TEST(CoreAugment, ThreadsDoNotChangeTheResult) {
    const auto images = random_images(200, 2, 9, 11, 1);
    const auto serial = augmented(images, all_samples(200), kAll, 1);
    for (const std::size_t threads : {2U, 3U, 8U}) {
        EXPECT_EQ(augmented(images, all_samples(200), kAll, 1, Executor(threads)), serial);
    }
}

// 4000 draws of 5 values: standard error of a share of 1/5 is 0.0063; of 1/2, 0.0079; the bands are
// 5 standard errors
TEST(CoreAugment, EveryVariantIsEquallyLikely) {
    std::vector<double> rows(5);
    std::vector<double> columns(5);
    double flips = 0;
    for (std::uint32_t sample = 0; sample < 4000; ++sample) {
        const auto variant = draw_variant(kAll, Stream(1), 0, sample, 28, 28);
        rows.at(static_cast<std::size_t>(variant.dy + 2)) += 1.0 / 4000;
        columns.at(static_cast<std::size_t>(variant.dx + 2)) += 1.0 / 4000;
        flips += variant.flip ? 1.0 / 4000 : 0.0;
    }
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_NEAR(rows[i], 0.2, 5 * 0.0063);
        EXPECT_NEAR(columns[i], 0.2, 5 * 0.0063);
    }
    EXPECT_NEAR(flips, 0.5, 5 * 0.0079);
}

// no draw of one sample is one of its neighbour: two of 5 equally likely values agree by chance in
// 1/5 of 4000 cases, 5 standard errors of 0.0063
TEST(CoreAugment, NeighbouringSamplesShareNoDraws) {
    for (const std::uint32_t distance : {1U, 2U, 3U}) {
        double equal_rows = 0;
        double row_is_column = 0;
        for (std::uint32_t sample = 0; sample < 4000; ++sample) {
            const auto a = draw_variant(kAll, Stream(1), 0, sample, 28, 28);
            const auto b = draw_variant(kAll, Stream(1), 0, sample + distance, 28, 28);
            equal_rows += a.dy == b.dy ? 1.0 / 4000 : 0.0;
            row_is_column += a.dx == b.dy ? 1.0 / 4000 : 0.0;
        }
        EXPECT_NEAR(equal_rows, 0.2, 5 * 0.0063);
        EXPECT_NEAR(row_is_column, 0.2, 5 * 0.0063);
    }
}

TEST(CoreAugment, CutSquaresStayInside) {
    std::set<std::size_t> heights;
    for (std::uint32_t sample = 0; sample < 500; ++sample) {
        const auto variant = draw_variant(kAll, Stream(1), 0, sample, 28, 28);
        ASSERT_LE(variant.cut_rows.end, 28U);
        ASSERT_LT(variant.cut_rows.begin, variant.cut_rows.end);
        heights.insert(variant.cut_rows.size());
    }
    EXPECT_EQ(heights, (std::set<std::size_t>{2, 3})); // 2 at either border
}

TEST(CoreAugment, TheShiftMustLeaveSomething) {
    EXPECT_EQ(message_of<std::invalid_argument>(
                  [] { return draw_variant({.shift = 5}, Stream(1), 0, 0, 5, 9); }),
              "Augmentation: shift must be below the side of the image 5, got 5");
    const auto images = random_images(2, 2, 5, 6, 1);
    EXPECT_THROW(augmented(images, {0}, {.shift = 5}, 0), std::invalid_argument);
    EXPECT_THROW(augmented(images, {0}, {.shift = 5}, 0, Executor(2)), std::invalid_argument);
    EXPECT_THROW(augmented(images, {2}, kAll, 0), std::invalid_argument);
}

} // namespace
} // namespace baldwin::augment_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/batches.hpp>

#include "support/errors.hpp"
#include "support/images.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace baldwin::batches_test {
namespace {

using baldwin::all_samples;
using baldwin::BatchConfig;
using baldwin::Batches;
using baldwin::Executor;
using baldwin::LastBatch;
using baldwin::Normalisation;
using baldwin::Stream;
using baldwin::test::message_of;
using baldwin::test::random_images;

using Samples = std::vector<std::uint32_t>;

/// All samples of one epoch in their order.
Samples epoch_of(Batches& batches, std::uint64_t epoch) {
    Samples order;
    for (std::size_t batch = 0; batch < batches.per_epoch(); ++batch) {
        const auto part = batches.samples(epoch, batch);
        order.insert(order.end(), part.begin(), part.end());
    }
    return order;
}

TEST(CoreHoldOut, PartsAreDisjointCompleteAndTheSameForASeed) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const auto parts = baldwin::hold_out(100, 17, Stream(seed));
        EXPECT_EQ(parts.held.size(), 17U);
        EXPECT_EQ(parts.kept.size(), 83U);
        Samples joined;
        std::merge(parts.kept.begin(), parts.kept.end(), parts.held.begin(), parts.held.end(),
                   std::back_inserter(joined));
        EXPECT_EQ(joined, all_samples(100));
        EXPECT_EQ(baldwin::hold_out(100, 17, Stream(seed)).held, parts.held);
        EXPECT_NE(baldwin::hold_out(100, 17, Stream(seed + 1)).held, parts.held);
    }
}

TEST(CoreHoldOut, NoneKeepsEverySample) {
    const auto parts = baldwin::hold_out(5, 0, Stream(1));
    EXPECT_EQ(parts.kept, all_samples(5));
    EXPECT_TRUE(parts.held.empty());
}

TEST(CoreHoldOut, SomethingMustBeLeft) {
    EXPECT_EQ(message_of<std::invalid_argument>([] { return baldwin::hold_out(5, 5, Stream(1)); }),
              "hold_out: held must be below the number of samples 5, got 5");
    EXPECT_THROW(static_cast<void>(baldwin::hold_out(0, 0, Stream(1))), std::invalid_argument);
}

TEST(CoreBatches, EachEpochShowsEverySampleOnceInItsOwnOrder) {
    Batches batches({3, 5, 8, 13, 21, 34, 55}, {.size = 3}, Stream(7));
    EXPECT_EQ(batches.per_epoch(), 3U);
    EXPECT_EQ(batches.size_of(2), 1U);
    std::set<Samples> orders;
    for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
        auto order = epoch_of(batches, epoch);
        orders.insert(order);
        std::sort(order.begin(), order.end());
        EXPECT_EQ(order, (Samples{3, 5, 8, 13, 21, 34, 55}));
    }
    EXPECT_GT(orders.size(), 15U); // of 5040: two of 20 coincide with a chance of 4 %
}

TEST(CoreBatches, ABatchIsAFunctionOfSeedEpochAndNumber) {
    Batches forward(all_samples(50), {.size = 8}, Stream(3));
    std::vector<Samples> epochs;
    for (std::uint64_t epoch = 0; epoch < 5; ++epoch) epochs.push_back(epoch_of(forward, epoch));
    for (std::uint64_t epoch = 5; epoch-- > 0;) {
        Batches resumed(all_samples(50), {.size = 8}, Stream(3));
        const auto middle = resumed.samples(epoch, 3);
        EXPECT_TRUE(std::equal(middle.begin(), middle.end(), epochs[epoch].begin() + 24));
        EXPECT_EQ(epoch_of(forward, epoch), epochs[epoch]);
    }
    Batches other(all_samples(50), {.size = 8}, Stream(4));
    EXPECT_NE(epoch_of(other, 0), epochs[0]);
}

TEST(CoreBatches, WithoutShufflingTheOrderIsTheGivenOne) {
    Batches batches({9, 2, 7, 4, 1}, {.size = 2, .shuffle = false}, Stream(1));
    EXPECT_EQ(epoch_of(batches, 0), (Samples{9, 2, 7, 4, 1}));
    EXPECT_EQ(epoch_of(batches, 6), (Samples{9, 2, 7, 4, 1}));
}

TEST(CoreBatches, TheLastBatchIsKeptOrDropped) {
    Batches kept(all_samples(10), {.size = 4}, Stream(1));
    Batches dropped(all_samples(10), {.size = 4, .last = LastBatch::drop}, Stream(1));
    EXPECT_EQ(kept.per_epoch(), 3U);
    EXPECT_EQ(kept.samples(0, 2).size(), 2U);
    EXPECT_EQ(dropped.per_epoch(), 2U);
    EXPECT_EQ(epoch_of(dropped, 0).size(), 8U);
    Batches exact(all_samples(8), {.size = 4}, Stream(1));
    EXPECT_EQ(exact.per_epoch(), 2U);
}

TEST(CoreBatches, WrongSizesAreRefused) {
    const auto make = [](std::size_t samples, const BatchConfig& config) {
        return message_of<std::invalid_argument>(
            [&] { Batches(all_samples(samples), config, Stream(1)); });
    };
    EXPECT_EQ(make(5, {.size = 0}), "Batches: size must be >= 1, got 0");
    EXPECT_EQ(make(0, {.size = 1}), "Batches: no samples");
    EXPECT_EQ(make(5, {.size = 6, .last = LastBatch::drop}),
              "Batches: size must be at most the number of samples 5, got 6");
    EXPECT_EQ(make(5, {.size = 6}), "(no exception)");
    Batches batches(all_samples(5), {.size = 5}, Stream(1));
    EXPECT_THROW(static_cast<void>(batches.samples(0, 1)), std::invalid_argument);
}

// pixels 0 255 | 255 255: mean 0.75, variance 3/16
TEST(CoreNormalisation, MeasuresMeanAndDeviationOfTheChosenSamples) {
    auto images = random_images(3, 2, 2, 1, 1);
    const std::vector<std::uint8_t> pixels = {0, 255, 9, 9, 1, 2, 3, 4, 255, 255, 9, 9};
    std::copy(pixels.begin(), pixels.end(), images.images.data());
    const auto found = baldwin::measure_channels(images, Samples{0, 2});
    EXPECT_DOUBLE_EQ(found.mean[0], 0.75);
    EXPECT_DOUBLE_EQ(found.deviation[0], std::sqrt(3.0 / 16.0));
    EXPECT_DOUBLE_EQ(found.mean[1], 9.0 / 255.0);
    EXPECT_EQ(found.deviation[1], 1.0); // constant channel
    EXPECT_THROW(static_cast<void>(baldwin::measure_channels(images, Samples{})),
                 std::invalid_argument);
    EXPECT_THROW(static_cast<void>(baldwin::measure_channels(images, Samples{3})),
                 std::invalid_argument);
}

TEST(CoreNormalisation, DoesNotDependOnTheOrderOfSamples) {
    const auto images = random_images(40, 3, 7, 5, 2);
    auto samples = all_samples(40);
    const auto forward = baldwin::measure_channels(images, samples);
    std::reverse(samples.begin(), samples.end());
    EXPECT_EQ(baldwin::measure_channels(images, samples).mean, forward.mean);
    EXPECT_EQ(baldwin::measure_channels(images, samples).deviation, forward.deviation);
}

template <class T>
class CoreImagesInto : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(CoreImagesInto, Scalars);

// one rounding of scale and shift and one or two of the result: 4 units in the last place of the
// largest intermediate (below 16 here) are a safe bound
TYPED_TEST(CoreImagesInto, ValuesAreNormalisedPixels) {
    using T = TypeParam;
    const auto images = random_images(9, 3, 5, 7, 1);
    const Samples samples = {8, 0, 3, 3};
    const Normalisation normalisation{{0.1, 0.5, 0.9}, {0.2, 0.3, 0.1}};
    std::vector<T> out(samples.size() * images.image_size());
    baldwin::images_into(images, samples, normalisation, std::span<T>(out));
    const double bound = 4 * 16 * std::numeric_limits<T>::epsilon();
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t channel = i / 35 % 3;
        const double pixel = images.image(samples[i / 105])[i % 105];
        EXPECT_NEAR(out[i],
                    (pixel / 255 - normalisation.mean[channel]) / normalisation.deviation[channel],
                    bound);
    }
}

TYPED_TEST(CoreImagesInto, APixelHasTheSameBitsWhereverItLies) {
    using T = TypeParam;
    auto images = random_images(1, 1, 1, 61, 1);
    std::fill_n(images.images.data(), 61, std::uint8_t{201});
    std::vector<T> out(61 + 8);
    for (std::size_t offset = 0; offset < 8; ++offset) {
        const auto target = std::span<T>(out).subspan(offset, 61);
        baldwin::images_into(images, Samples{0}, {{0.2860}, {0.3530}}, target);
        EXPECT_EQ(std::count(target.begin(), target.end(), target[0]), 61);
    }
}

TYPED_TEST(CoreImagesInto, ThreadsDoNotChangeTheResult) {
    using T = TypeParam;
    const auto images = random_images(300, 1, 9, 9, 1);
    const auto samples = all_samples(300);
    std::vector<T> serial(300 * 81);
    baldwin::images_into(images, samples, baldwin::unit_range(1), std::span<T>(serial));
    for (const std::size_t threads : {2U, 3U, 8U}) {
        std::vector<T> parallel(serial.size());
        baldwin::images_into(images, samples, baldwin::unit_range(1), std::span<T>(parallel),
                             Executor(threads));
        EXPECT_EQ(parallel, serial);
    }
}

TYPED_TEST(CoreImagesInto, WrongSizesAreRefused) {
    using T = TypeParam;
    const auto images = random_images(2, 1, 3, 3, 1);
    std::vector<T> out(9);
    const auto fill = [&](const Samples& samples, const Normalisation& normalisation) {
        return message_of<std::invalid_argument>(
            [&] { baldwin::images_into(images, samples, normalisation, std::span<T>(out)); });
    };
    EXPECT_EQ(fill({1}, baldwin::unit_range(1)), "(no exception)");
    EXPECT_EQ(fill({0, 1}, baldwin::unit_range(1)), "batch: out must hold 18 values, got 9");
    EXPECT_EQ(fill({2}, baldwin::unit_range(1)), "batch: samples must be below 2, got 2");
    EXPECT_EQ(fill({0}, baldwin::unit_range(3)),
              "Normalisation: the images have 1 channels, got 3");
    EXPECT_TRUE(fill({0}, {{0.0}, {0.0}}).starts_with("Normalisation: deviation must be > 0"));
    EXPECT_TRUE(fill({0}, {{0.0}, {NAN}}).starts_with("Normalisation: deviation must be > 0"));
    EXPECT_TRUE(fill({0}, {{0.0}, {}}).starts_with("Normalisation: mean and deviation must have"));
}

TEST(CoreLabelsInto, GivesTheClassesOfTheSamples) {
    const auto images = random_images(20, 1, 2, 2, 1);
    const Samples samples = {19, 4, 4};
    std::vector<std::int64_t> out(3);
    baldwin::labels_into(images, samples, std::span<std::int64_t>(out));
    EXPECT_EQ(out,
              (std::vector<std::int64_t>{images.labels[19], images.labels[4], images.labels[4]}));
    EXPECT_THROW(baldwin::labels_into(images, samples, std::span<std::int64_t>(out).first(2)),
                 std::invalid_argument);
}

} // namespace
} // namespace baldwin::batches_test

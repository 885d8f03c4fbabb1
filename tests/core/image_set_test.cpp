// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/image_set.hpp>

#include "support/errors.hpp"
#include "support/images.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::image_set_test {
namespace {

using baldwin::ImageDataset;
using baldwin::ImageSet;
using baldwin::Tensor;
using baldwin::test::message_of;
using baldwin::test::random_images;

using Pixels = Tensor<std::uint8_t>;

TEST(CoreImageSet, GreyImagesGetAChannelAxis) {
    const Pixels labels = {7, 3};
    const auto set = baldwin::make_image_set(Pixels::from_shape({2, 4, 5}), labels, "a with b");
    EXPECT_EQ(set.channels(), 1U);
    EXPECT_EQ(set.height(), 4U);
    EXPECT_EQ(set.width(), 5U);
    EXPECT_EQ(set.labels, (std::vector<std::uint8_t>{7, 3}));
    EXPECT_EQ(set.image(1).data(), set.images.data() + 20);
}

TEST(CoreImageSet, ImagesAndLabelsMustBelongTogether) {
    const auto make = [](const std::vector<std::size_t>& images,
                         const std::vector<std::size_t>& labels) {
        return message_of<std::runtime_error>([&] {
            return baldwin::make_image_set(Pixels::from_shape(images), Pixels::from_shape(labels),
                                           "a with b");
        });
    };
    EXPECT_EQ(make({2, 3, 4, 5}, {2}), "(no exception)");
    EXPECT_EQ(make({2, 4}, {2}), "a with b: images have shape (2, 4), (n, height, width) or "
                                 "(n, channels, height, width) is right");
    EXPECT_EQ(make({2, 4, 5}, {3}), "a with b: images have shape (2, 4, 5) but labels have (3), "
                                    "one label for each image is right");
    EXPECT_EQ(make({2, 4, 5}, {2, 1}), "a with b: images have shape (2, 4, 5) but labels have "
                                       "(2, 1), one label for each image is right");
    EXPECT_EQ(make({0, 4, 5}, {0}),
              "a with b: images have shape (0, 4, 5), at least one pixel is needed");
}

TEST(CoreImageSet, AppendingKeepsTheOrder) {
    const auto a = random_images(3, 2, 4, 5, 1);
    const auto b = random_images(2, 2, 4, 5, 2);
    ImageSet joined;
    baldwin::append(joined, a);
    baldwin::append(joined, b);
    ASSERT_EQ(joined.size(), 5U);
    EXPECT_EQ(joined.labels[3], b.labels[0]);
    EXPECT_TRUE(std::equal(joined.image(2).begin(), joined.image(2).end(), a.image(2).begin()));
    EXPECT_TRUE(std::equal(joined.image(4).begin(), joined.image(4).end(), b.image(1).begin()));
    EXPECT_EQ(message_of<std::runtime_error>(
                  [&] { baldwin::append(joined, random_images(1, 2, 5, 4, 1)); }),
              "ImageSet: images (1, 2, 5, 4) cannot follow (5, 2, 4, 5)");
}

TEST(CoreImageSet, BothPartsOfADatasetMustMatch) {
    ImageDataset data;
    data.name = "d";
    data.classes.resize(10);
    data.train = random_images(3, 1, 4, 5, 1);
    EXPECT_EQ(message_of<std::runtime_error>([&] { baldwin::check_dataset(data); }),
              "d: a training and a test image at least are needed");
    data.test = random_images(3, 3, 4, 5, 1);
    EXPECT_EQ(message_of<std::runtime_error>([&] { baldwin::check_dataset(data); }),
              "d: training images are (3, 1, 4, 5) but test images are (3, 3, 4, 5)");
    data.test = random_images(3, 1, 4, 5, 1);
    EXPECT_NO_THROW(baldwin::check_dataset(data));
    data.test.labels = {0, 12, 1};
    EXPECT_EQ(message_of<std::runtime_error>([&] { baldwin::check_dataset(data); }),
              "d: test: label 1 is 12, below 10 is right");
}

} // namespace
} // namespace baldwin::image_set_test

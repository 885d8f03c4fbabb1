// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Labelled images in memory, as bytes.
#pragma once

#include <baldwin/core/shape.hpp>
#include <baldwin/core/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin {

/// Images and their classes.
struct ImageSet {
    Tensor<std::uint8_t> images =
        Tensor<std::uint8_t>::from_shape({0, 0, 0, 0}); ///< (n, channels, height, width)
    std::vector<std::uint8_t> labels;                   ///< (n), class of each image

    [[nodiscard]] std::size_t size() const noexcept { return labels.size(); }
    [[nodiscard]] std::size_t channels() const { return images.shape()[1]; }
    [[nodiscard]] std::size_t height() const { return images.shape()[2]; }
    [[nodiscard]] std::size_t width() const { return images.shape()[3]; }
    /// Bytes of one image.
    [[nodiscard]] std::size_t image_size() const { return channels() * height() * width(); }
    /// The bytes of image \p index, channel by channel, row-major.
    [[nodiscard]] std::span<const std::uint8_t> image(std::size_t index) const {
        return {images.data() + index * image_size(), image_size()};
    }
};

/// A training and a test part with the same kind of images and the same classes.
struct ImageDataset {
    std::string name;                 ///< as asked for
    std::vector<std::string> sources; ///< the files it was read from
    ImageSet train;
    ImageSet test;
    std::vector<std::string> classes; ///< name of each class

    [[nodiscard]] std::size_t channels() const { return train.channels(); }
    [[nodiscard]] std::size_t height() const { return train.height(); }
    [[nodiscard]] std::size_t width() const { return train.width(); }
    /// Shape of one image.
    [[nodiscard]] Shape image_shape() const { return {channels(), height(), width()}; }
};

namespace detail {

inline std::string shape_text(const Tensor<std::uint8_t>& tensor) {
    return to_string(
        Shape(std::span<const std::size_t>(tensor.shape().data(), tensor.shape().size())));
}

inline void check_labels(const ImageSet& set, std::size_t classes, const std::string& part) {
    const auto wrong = std::find_if(set.labels.begin(), set.labels.end(),
                                    [&](std::uint8_t label) { return label >= classes; });
    if (wrong == set.labels.end()) return;
    throw std::runtime_error(part + ": label " + std::to_string(wrong - set.labels.begin()) +
                             " is " + std::to_string(*wrong) + ", below " +
                             std::to_string(classes) + " is right");
}

} // namespace detail

/// Joins images of shape (n, height, width) or (n, channels, height, width) with their labels.
/// \param origin  name of the two sources, for errors
/// \throws std::runtime_error if the rank or the number of labels is not right, or there are none
[[nodiscard]] inline ImageSet make_image_set(Tensor<std::uint8_t> images,
                                             const Tensor<std::uint8_t>& labels,
                                             const std::string& origin) {
    const auto fail = [&](const std::string& reason) {
        throw std::runtime_error(origin + ": " + reason);
    };
    const std::string shape = detail::shape_text(images);
    if (images.dimension() != 3 && images.dimension() != 4) {
        fail("images have shape " + shape +
             ", (n, height, width) or (n, channels, height, width)"
             " is right");
    }
    if (labels.dimension() != 1 || labels.size() != images.shape()[0]) {
        fail("images have shape " + shape + " but labels have " + detail::shape_text(labels) +
             ", one label for each image is right");
    }
    if (images.size() == 0) fail("images have shape " + shape + ", at least one pixel is needed");
    if (images.dimension() == 3) {
        images.reshape(
            std::vector<std::size_t>{images.shape()[0], 1, images.shape()[1], images.shape()[2]});
    }
    return {std::move(images), {labels.begin(), labels.end()}};
}

/// Appends the images of \p more to \p set, which may be empty.
/// \throws std::runtime_error if the images have another shape
inline void append(ImageSet& set, const ImageSet& more) {
    if (set.size() == 0) {
        set = more;
        return;
    }
    if (set.image_size() != more.image_size() || set.channels() != more.channels() ||
        set.width() != more.width()) {
        throw std::runtime_error("ImageSet: images " + detail::shape_text(more.images) +
                                 " cannot follow " + detail::shape_text(set.images));
    }
    auto images = Tensor<std::uint8_t>::from_shape(
        {set.size() + more.size(), set.channels(), set.height(), set.width()});
    const auto middle = std::copy_n(set.images.data(), set.images.size(), images.data());
    std::copy_n(more.images.data(), more.images.size(), middle);
    set.images = std::move(images);
    set.labels.insert(set.labels.end(), more.labels.begin(), more.labels.end());
}

/// Checks that both parts belong together: images of one shape, labels below the number of classes.
/// \throws std::runtime_error "name: reason"
inline void check_dataset(const ImageDataset& data) {
    const ImageSet& a = data.train;
    const ImageSet& b = data.test;
    if (a.size() == 0 || b.size() == 0) {
        throw std::runtime_error(data.name + ": a training and a test image at least are needed");
    }
    if (a.channels() != b.channels() || a.height() != b.height() || a.width() != b.width()) {
        throw std::runtime_error(data.name + ": training images are " +
                                 detail::shape_text(a.images) + " but test images are " +
                                 detail::shape_text(b.images));
    }
    detail::check_labels(a, data.classes.size(), data.name + ": training");
    detail::check_labels(b, data.classes.size(), data.name + ": test");
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Which images a memory stores and which it is asked about.
#pragma once

#include <baldwin/app/main.hpp>
#include <baldwin/core/batches.hpp>
#include <baldwin/core/image_set.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/picture.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace baldwin::app {

/// Images of a set, in an order.
struct ImageChoice {
    const ImageSet* set = nullptr;
    std::vector<std::uint32_t> index = {}; ///< (n), positions in the set
    std::vector<std::uint8_t> labels = {}; ///< (n), their classes

    [[nodiscard]] std::size_t size() const noexcept { return index.size(); }
    /// The i-th of them, in grey.
    [[nodiscard]] sdr::Picture picture(std::size_t i) const {
        return sdr::grey_picture(set->image(index[i]), {set->height(), set->width()});
    }
    void add(std::uint32_t at) {
        index.push_back(at);
        labels.push_back(set->labels[at]);
    }
};

/// All images of a set in their order.
inline ImageChoice all_images(const ImageSet& set) {
    ImageChoice all{.set = &set};
    for (std::uint32_t i = 0; i < set.size(); ++i) all.add(i);
    return all;
}

/// What is stored and what is asked.
struct ImageParts {
    ImageChoice store;
    ImageChoice ask; ///< the test images, or those held out of the training images
};

/// Images of each class, shape (classes).
inline std::vector<std::size_t> class_sizes(std::span<const std::uint8_t> labels,
                                            std::size_t classes) {
    std::vector<std::size_t> sizes(classes);
    for (const std::uint8_t label : labels) ++sizes[label];
    return sizes;
}

/// Draws the images to store, in random order, so many of each class.
/// \param per_class   none: all of them
/// \param validation  training images held out to be asked about; 0: ask the test images
/// \throws UsageError if a class is empty, or has fewer images than asked for
inline ImageParts choose_images(const ImageDataset& data, std::optional<std::size_t> per_class,
                                std::size_t validation, const Stream& stream) {
    const std::size_t classes = data.classes.size();
    const std::size_t n = data.train.size();
    if (validation >= n) {
        throw UsageError("--validation: must be below the number of training images, " +
                         std::to_string(n) + ", got " + std::to_string(validation));
    }
    ImageParts parts;
    parts.store.set = &data.train;
    parts.ask = validation > 0 ? ImageChoice{.set = &data.train} : all_images(data.test);
    std::vector<std::size_t> taken(classes);
    std::size_t place = 0;
    for (const std::uint32_t at : permutation(n, stream)) {
        if (place++ < validation) {
            parts.ask.add(at);
            continue;
        }
        auto& count = taken[data.train.labels[at]];
        if (per_class && count == *per_class) continue;
        parts.store.add(at);
        ++count;
    }
    for (std::size_t c = 0; c < classes; ++c) {
        const std::string held = validation > 0 ? ", held-out ones left aside" : "";
        if (taken[c] == 0) {
            throw UsageError("--data: class " + std::to_string(c) + " (" + data.classes[c] +
                             ") has no training image" + held);
        }
        if (per_class && taken[c] < *per_class) {
            throw UsageError("--train-per-class: class " + std::to_string(c) + " (" +
                             data.classes[c] + ") has " + std::to_string(taken[c]) +
                             " training images" + held + ", got " + std::to_string(*per_class));
        }
    }
    return parts;
}

} // namespace baldwin::app

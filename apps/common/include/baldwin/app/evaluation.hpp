// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// How well a classifier does, and what to show of it: counts, and the scenes made from them.
#pragma once

#include <baldwin/core/assert.hpp>
#include <baldwin/core/image_set.hpp>
#include <baldwin/core/parameters.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::app {

/// What a classifier answered to a number of samples, in their order.
struct Evaluation {
    std::size_t classes = 0;
    double loss_sum = 0;                ///< cross-entropy over all samples, nats
    std::size_t right = 0;              ///< samples whose answer is their class
    std::vector<std::size_t> confusion; ///< (classes, classes), true class first
    std::vector<std::uint32_t> samples; ///< (n), their indices in the image set
    std::vector<std::uint8_t> answers;  ///< (n), the class with the largest output
    std::vector<float> confidences;     ///< (n), the probability given to the answer

    [[nodiscard]] double accuracy() const noexcept {
        return samples.empty() ? 0.0
                               : static_cast<double>(right) / static_cast<double>(samples.size());
    }
    /// Mean cross-entropy, nats.
    [[nodiscard]] double loss() const noexcept {
        return samples.empty() ? 0.0 : loss_sum / static_cast<double>(samples.size());
    }
};

/// Index of the largest element; the first one of equals.
inline std::size_t arg_max(std::span<const float> values) {
    return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) -
                                    values.begin());
}

/// Counts the answers to a batch.
/// \param log_probabilities  (batch, classes)
/// \param labels             (batch)
inline void add_batch(Evaluation& evaluation, std::span<const float> log_probabilities,
                      std::span<const std::int32_t> labels,
                      std::span<const std::uint32_t> samples) {
    const std::size_t classes = evaluation.classes;
    BALDWIN_ASSERT(log_probabilities.size() == labels.size() * classes);
    evaluation.confusion.resize(classes * classes);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto row = log_probabilities.subspan(i * classes, classes);
        const auto label = static_cast<std::size_t>(labels[i]);
        const std::size_t answer = arg_max(row);
        evaluation.loss_sum -= static_cast<double>(row[label]);
        evaluation.right += answer == label ? 1 : 0;
        ++evaluation.confusion[label * classes + answer];
        evaluation.samples.push_back(samples[i]);
        evaluation.answers.push_back(static_cast<std::uint8_t>(answer));
        evaluation.confidences.push_back(std::exp(row[answer]));
    }
}

/// Loss and accuracy after an epoch; the held part is the validation images, or where there are
/// none the test images, which choose nothing.
struct EpochResult {
    std::uint64_t epoch = 0; ///< completed
    double train_loss = 0;   ///< mean over the epoch, while it was learning
    double train_accuracy = 0;
    double held_loss = 0;
    double held_accuracy = 0;
};

/// Learning curves over epochs.
/// \param held_name  "validation" or "test"
inline Scene learning_curve_scene(std::span<const EpochResult> history,
                                  const std::string& held_name) {
    const auto series = [&](std::string name, double EpochResult::*value) {
        Series one{.name = std::move(name), .x = {}, .y = {}};
        for (const EpochResult& result : history) {
            one.x.push_back(static_cast<double>(result.epoch));
            one.y.push_back(result.*value);
        }
        return one;
    };
    return learning_curves(
        {.label = "epoch", .whole = true},
        {series("training", &EpochResult::train_loss), series(held_name, &EpochResult::held_loss)},
        {series("training", &EpochResult::train_accuracy),
         series(held_name, &EpochResult::held_accuracy)});
}

/// The confusion matrix of an evaluation.
inline Scene confusion_scene(const Evaluation& evaluation, const std::vector<std::string>& classes,
                             const std::string& title) {
    Scene scene;
    scene.panels.push_back(confusion_matrix(title, evaluation.confusion, classes));
    return scene;
}

/// An image of a data set, as scenes show it.
inline Image picture_of(const ImageSet& set, std::size_t index) {
    const auto bytes = set.image(index);
    const std::size_t plane = set.height() * set.width();
    Image image;
    image.rows = set.height();
    image.columns = set.width();
    image.channels = set.channels() == 3 ? 3 : 1;
    image.pixels.resize(plane * image.channels);
    for (std::size_t channel = 0; channel < image.channels; ++channel) {
        for (std::size_t i = 0; i < plane; ++i) {
            image.pixels[i * image.channels + channel] = bytes[channel * plane + i];
        }
    }
    return image;
}

/// Places in an evaluation: the \p first ones, then the \p wrong most confident mistakes.
inline std::vector<std::size_t> pick_examples(const Evaluation& evaluation, const ImageSet& set,
                                              std::size_t first, std::size_t wrong) {
    std::vector<std::size_t> mistakes;
    for (std::size_t i = 0; i < evaluation.samples.size(); ++i) {
        if (evaluation.answers[i] != set.labels[evaluation.samples[i]]) mistakes.push_back(i);
    }
    std::stable_sort(mistakes.begin(), mistakes.end(), [&](std::size_t a, std::size_t b) {
        return evaluation.confidences[a] > evaluation.confidences[b];
    });
    mistakes.resize(std::min(wrong, mistakes.size()));
    std::vector<std::size_t> picked;
    for (std::size_t i = 0; i < std::min(first, evaluation.samples.size()); ++i)
        picked.push_back(i);
    picked.insert(picked.end(), mistakes.begin(), mistakes.end());
    return picked;
}

/// Images with what the network said: the first ones, and the mistakes it was most certain of.
inline Scene prediction_scene(const Evaluation& evaluation, const ImageSet& set,
                              const std::vector<std::string>& classes) {
    constexpr std::size_t kColumns = 8;
    const auto panel = [&](std::string title, std::span<const std::size_t> places) {
        std::vector<Captioned> pictures;
        for (const std::size_t at : places) {
            const std::size_t answer = evaluation.answers[at];
            const std::size_t label = set.labels[evaluation.samples[at]];
            char share[16];
            std::snprintf(share, sizeof share, " %.0f %%",
                          100.0 * static_cast<double>(evaluation.confidences[at]));
            const bool is_right = answer == label;
            pictures.push_back(
                {.image = picture_of(set, evaluation.samples[at]),
                 .caption = classes[answer] + share,
                 .second = is_right ? "right" : "is " + classes[label],
                 .paint = {.role = is_right ? Paint::Role::good : Paint::Role::bad}});
        }
        Panel grid = image_grid(std::move(title), pictures, kColumns);
        grid.note = "the answer and its probability";
        return grid;
    };
    const auto picked = pick_examples(evaluation, set, 2 * kColumns, kColumns);
    const std::size_t first = std::min(2 * kColumns, evaluation.samples.size());
    const auto places = std::span<const std::size_t>(picked);
    Scene scene;
    scene.columns = 1;
    scene.panels.push_back(panel("First images", places.first(first)));
    if (places.size() > first) {
        scene.panels.push_back(panel("Most certain mistakes", places.subspan(first)));
    }
    return scene;
}

/// The weights that look at the image directly, as pictures: a convolution's filters, or the
/// rows of a linear layer. Nothing where the first weights are neither.
/// \param image  (channels, height, width)
inline std::optional<Scene> filter_scene(const Layout& layout, std::span<const float> theta,
                                         const Shape& image) {
    constexpr std::size_t kMostWeights = 16384; // a scene stays below about 300 KiB
    const auto entries = layout.entries();
    const auto entry = std::find_if(entries.begin(), entries.end(), [](const LayoutEntry& one) {
        return one.kind == ParameterKind::weight;
    });
    if (entry == entries.end()) return std::nullopt;
    const Shape& shape = entry->shape;
    std::array<std::size_t, 4> extents{};
    if (shape.rank() == 4)
        extents = {shape[0], shape[1], shape[2], shape[3]};
    else if (shape.rank() == 2 && shape[1] == image.size()) {
        extents = {shape[0], image[0], image[1], image[2]};
    } else {
        return std::nullopt;
    }
    const std::size_t size = extents[1] * extents[2] * extents[3];
    extents[0] =
        std::min({extents[0], std::size_t{64}, std::max<std::size_t>(1, kMostWeights / size)});
    const std::size_t count = extents[0] * size;
    Scene scene;
    scene.panels.push_back(filter_grid("First-layer filters (" + entry->layer + ")",
                                       theta.subspan(entry->offset, count), extents));
    return scene;
}

} // namespace baldwin::app

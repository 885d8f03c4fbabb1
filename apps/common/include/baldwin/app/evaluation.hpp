// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// How well a classifier does, and what to show of it: counts, and the scenes made from them.
#pragma once

#include <baldwin/core/image_set.hpp>
#include <baldwin/core/parameters.hpp>
#include <baldwin/core/scene.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
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
std::size_t arg_max(std::span<const float> values);

/// Counts the answers to a batch.
/// \param log_probabilities  (batch, classes)
/// \param labels             (batch)
void add_batch(Evaluation& evaluation, std::span<const float> log_probabilities,
               std::span<const std::int32_t> labels, std::span<const std::uint32_t> samples);

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
Scene learning_curve_scene(std::span<const EpochResult> history, const std::string& held_name);

/// The confusion matrix of an evaluation.
Scene confusion_scene(const Evaluation& evaluation, const std::vector<std::string>& classes,
                      const std::string& title);

/// An image of a data set, as scenes show it.
Image picture_of(const ImageSet& set, std::size_t index);

/// Places in an evaluation: the \p first ones, then the \p wrong most confident mistakes.
std::vector<std::size_t> pick_examples(const Evaluation& evaluation, const ImageSet& set,
                                       std::size_t first, std::size_t wrong);

/// Images with what the network said: the first ones, and the mistakes it was most certain of.
Scene prediction_scene(const Evaluation& evaluation, const ImageSet& set,
                       const std::vector<std::string>& classes);

/// The weights that look at the image directly, as pictures: a convolution's filters, or the
/// rows of a linear layer. Nothing where the first weights are neither.
/// \param image  (channels, height, width)
std::optional<Scene> filter_scene(const Layout& layout, std::span<const float> theta,
                                  const Shape& image);

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// How much the tour's first chapter learns in the time that it has.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace baldwin::app {

/// Training images that the chapter holds out to watch the learning.
inline constexpr std::size_t kHeldOut = 2000;
/// Steps in which the learning rate grows to its full value.
inline constexpr std::size_t kWarmUp = 100;
/// How often it looks at them, the beginning and the ends of epochs not counted.
inline constexpr std::size_t kLooks = 10;

/// How much is learned; decided once, from the speed of this machine.
struct TrainingPlan {
    std::size_t epochs = 1;
    std::size_t train_images = 0; ///< in an epoch; 0: all
};

/// What fits into a time, from the speed measured in a few steps: as few passes as do, each over
/// all images or, for whole batches, nearly as many as there is time for.
/// \param images_per_second  of training
/// \param images             training images that there are, validation left out
inline TrainingPlan plan_training(double seconds, double images_per_second, std::size_t images) {
    // an answer costs about a third of learning from an image
    constexpr double kAnswers = (kHeldOut * (kLooks + 2) + 10000) / 3.0;
    const double affordable = std::max(0.0, seconds * images_per_second - kAnswers);
    const double epochs =
        std::clamp(std::ceil(affordable / static_cast<double>(images)), 1.0, 12.0);
    const auto part = static_cast<std::size_t>(std::max(affordable / epochs / 640, 1.0)) * 640;
    return {static_cast<std::size_t>(epochs), part < images ? part : 0};
}

} // namespace baldwin::app

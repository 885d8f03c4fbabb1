// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/evaluation.hpp>

#include <baldwin/core/assert.hpp>
#include <baldwin/core/plot.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

std::size_t arg_max(std::span<const float> values) {
    return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) -
                                    values.begin());
}

void add_batch(Evaluation& evaluation, std::span<const float> log_probabilities,
               std::span<const std::int32_t> labels, std::span<const std::uint32_t> samples) {
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

Scene learning_curve_scene(std::span<const EpochResult> history, const std::string& held_name) {
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

Scene confusion_scene(const Evaluation& evaluation, const std::vector<std::string>& classes,
                      const std::string& title) {
    Scene scene;
    scene.panels.push_back(confusion_matrix(title, evaluation.confusion, classes));
    return scene;
}

Image picture_of(const ImageSet& set, std::size_t index) {
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

std::vector<std::size_t> pick_examples(const Evaluation& evaluation, const ImageSet& set,
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

Scene prediction_scene(const Evaluation& evaluation, const ImageSet& set,
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

std::optional<Scene> filter_scene(const Layout& layout, std::span<const float> theta,
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

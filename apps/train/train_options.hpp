// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The options of baldwin-train and what they stand for.
#pragma once

#include <baldwin/app/classifier.hpp>
#include <baldwin/app/common_options.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/core/checkpoint.hpp>
#include <baldwin/core/optim.hpp>
#include <baldwin/core/schedule.hpp>
#include <baldwin/core/ticks.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace baldwin::app {

/// Which rule moves θ.
enum class OptimiserName { sgd, adam, adamw };

/// Which variants of training images are drawn.
enum class AugmentationName { none, shift, flip, both };

/// Values of the options of baldwin-train.
struct TrainOptions {
    CommonOptions common;
    std::string arch = "cnn";
    OptimiserName optimiser = OptimiserName::adam;
    double rate = 0; ///< 0: the optimiser's own
    double momentum = 0.9;
    double weight_decay = 0;
    double clip = 0;
    Schedule::Course schedule = Schedule::Course::cosine;
    std::size_t warm_up = 0;
    std::size_t epochs = 3;
    std::size_t batch = 64;
    AugmentationName augment = AugmentationName::none;
    double label_smoothing = 0;
    std::size_t validation = 5000;
    std::size_t train_images = 0;
    double max_seconds = 0;
    double checkpoint_seconds = CheckpointCadence::Config().period;
    bool describe = false;

    TrainOptions() { common.data = "fashion-mnist"; }

    /// Declares all of them.
    void declare(OptionTable& table);
    /// Puts the optimiser's own learning rate in place of 0, so that config.json says it.
    void resolve() {
        if (rate == 0) rate = optimiser == OptimiserName::sgd ? 0.05 : 0.001;
    }
    /// What moves the parameters, for people: "Adam with a learning rate of 0.001 throughout".
    [[nodiscard]] std::string method_text() const;
    /// How the classifier is trained.
    /// \param images_per_epoch  decides the length of schedules
    [[nodiscard]] TrainingConfig training(std::size_t images_per_epoch) const;
    /// Images learned from in an epoch.
    [[nodiscard]] std::size_t images_per_epoch(std::size_t images) const {
        const std::size_t kept = images - std::min(images, validation);
        return train_images == 0 ? kept : std::min(kept, train_images);
    }
};

namespace detail {

/// What the run writes, with units; the held-out images are validation or test images.
inline void add_metrics(OptionTable& table) {
    for (const char* name : {"batch_loss", "train_loss", "validation_loss", "test_loss"}) {
        table.add_metric(name, "nats");
    }
    for (const char* name : {"train_accuracy", "validation_accuracy", "test_accuracy"}) {
        table.add_metric(name, "share");
    }
    table.add_metric("learning_rate", "");
    table.add_metric("epoch", "");
}

/// What --help says after the options.
inline void add_notes(OptionTable& table) {
    table.add_note(
        "The run directory holds config.json, metrics.jsonl, events.jsonl, frames/, "
        "checkpoint.safetensors, model.safetensors and summary.json, whose keys are: app, "
        "finished (false after Ctrl-C), step, seconds, threads, test_accuracy and "
        "test_loss (null after Ctrl-C), validation_accuracy, validation_loss, "
        "train_accuracy and train_loss of the last epoch, epochs, images, "
        "train_seconds and train_images_per_second (training alone, without "
        "evaluation), architecture, parameters, macs (for one image), parameters_hash "
        "(XXH64 of the parameters).");
    table.add_note("Exit codes: 0 done, 1 the run failed, 2 wrong usage, 130 interrupted.");
}

} // namespace detail

inline void TrainOptions::declare(OptionTable& table) {
    common.declare(table);
    table.text("arch", arch, "NAME|TEXT",
               "mlp, cnn, dqn, resnet, or layers such as 'conv 32 3x3 same, relu, max_pool 2, "
               "flatten, linear 10'");
    table.choice("optimiser", optimiser, "what moves the parameters",
                 {{"sgd", OptimiserName::sgd},
                  {"adam", OptimiserName::adam},
                  {"adamw", OptimiserName::adamw}});
    table.number("lr", rate,
                 "learning rate; 0 is the optimiser's own, 0.05 for sgd and 0.001 for "
                 "adam and adamw",
                 {0, 100});
    table.number("momentum", momentum, "momentum of sgd", {0, 0.9999});
    table.number("weight-decay", weight_decay, "decay of weights, not of biases", {0, 10});
    table.number("clip", clip, "largest norm of the gradient; 0 is no limit", {0, 1e9});
    table.choice("schedule", schedule,
                 "course of the learning rate: constant; cosine falls to 0 at the end; step "
                 "divides by 10 after each third of the epochs",
                 {{"constant", Schedule::Course::constant},
                  {"cosine", Schedule::Course::cosine},
                  {"step", Schedule::Course::step}});
    table.count("warm-up", warm_up, "steps in which the learning rate grows to its full value",
                {0, 1'000'000'000});
    table.count("epochs", epochs, "passes over the training images", {1, 1'000'000}).as(Role::end);
    table.count("batch", batch, "images in a step", {1, 65536});
    table.choice("augment", augment,
                 "variants of training images: shift by up to 2 pixels, flip left and right, both",
                 {{"none", AugmentationName::none},
                  {"shift", AugmentationName::shift},
                  {"flip", AugmentationName::flip},
                  {"both", AugmentationName::both}});
    table.number("label-smoothing", label_smoothing,
                 "share of each target that is spread over all classes", {0, 0.99});
    table.count("validation", validation,
                "training images held out by seed, to report on; the test images are used once, "
                "at the end (with 0: after each epoch), and choose nothing",
                {0, 1'000'000'000});
    table.count("train-images", train_images, "learn from the first N images only; 0 is all",
                {0, 1'000'000'000});
    table
        .number("max-seconds", max_seconds,
                "end after so many seconds, though epochs are left; 0 is no limit", {0, 1e9})
        .endless_if_zero();
    table.number("checkpoint-seconds", checkpoint_seconds,
                 "seconds between checkpoints, fewer where they would cost more than 2 % of the "
                 "time; 0 is after every step",
                 {0, 3600});
    table
        .flag("describe", describe,
              "print the network's layers with shapes, parameters and "
              "multiply-accumulates (MACs), and stop")
        .as(Role::place);
    detail::add_metrics(table);
    detail::add_notes(table);
}

inline std::string TrainOptions::method_text() const {
    const std::string rule =
        optimiser == OptimiserName::sgd
            ? "stochastic gradient descent with momentum " + shortest_text(momentum)
            : (optimiser == OptimiserName::adam ? "Adam" : "AdamW");
    const std::string course = schedule == Schedule::Course::constant ? " throughout"
                               : schedule == Schedule::Course::cosine
                                   ? " that falls to 0 along a cosine"
                                   : ", divided by 10 after each third";
    return rule + " with a learning rate of " + shortest_text(rate) + course;
}

inline TrainingConfig TrainOptions::training(std::size_t images) const {
    const std::size_t steps = std::max<std::size_t>(1, epochs * ((images + batch - 1) / batch));
    TrainingConfig config;
    config.batch = batch;
    config.epochs = epochs;
    config.validation = validation;
    config.train_images = train_images;
    config.label_smoothing = label_smoothing;
    config.augmentation.shift =
        augment == AugmentationName::shift || augment == AugmentationName::both ? 2 : 0;
    config.augmentation.flip =
        augment == AugmentationName::flip || augment == AugmentationName::both;
    switch (optimiser) {
    case OptimiserName::sgd:
        config.optimiser.rule = Sgd{.momentum = momentum, .weight_decay = weight_decay};
        break;
    case OptimiserName::adam: config.optimiser.rule = Adam{.weight_decay = weight_decay}; break;
    case OptimiserName::adamw: config.optimiser.rule = AdamW{.weight_decay = weight_decay}; break;
    }
    config.optimiser.clip_norm = clip;
    config.schedule = {.course = schedule,
                       .rate = rate,
                       .warm_up = std::min(warm_up, steps - 1),
                       .steps = steps,
                       .interval = std::max<std::size_t>(1, (steps + 2) / 3)};
    return config;
}

} // namespace baldwin::app

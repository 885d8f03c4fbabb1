// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The tour's first chapter: a convolutional network learns to name pieces of clothing.
#pragma once

#include "../train/train_options.hpp"
#include "chapter.hpp"
#include "training_plan.hpp"

#include <baldwin/app/classifier.hpp>
#include <baldwin/app/evaluation.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/nn/describe.hpp>
#include <baldwin/core/nn/presets.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/progress.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/io/dataset.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::app {

/// The training of one network with everything that is shown of it.
class TrainingChapter {
public:
    /// \param data  must outlive this
    TrainingChapter(ChapterContext& context, const ImageDataset& data)
        : context_(context), started_(Clock::now()), data_(data),
          network_(nn::preset("cnn", data_.classes.size()).architecture, data_.image_shape()),
          plan_(choose_plan()), options_(options_of(plan_)),
          classifier_(network_, data_, training_config(options_), context.common.seed,
                      context.executor),
          answers_(Executor::serial()) {
        first_theta_.assign(classifier_.theta().begin(), classifier_.theta().end());
        if (context_.run.checkpoint()) load(context_.run.checkpoint()->tensors);
    }

    /// \return nothing if it was asked to stop
    std::optional<ChapterResult> run() {
        const Evaluation held = classifier_.evaluate_held();
        watched_.assign(held.samples.begin(),
                        held.samples.begin() +
                            std::min<std::ptrdiff_t>(12, std::ssize(held.samples)));
        if (held_loss_.x.empty()) note_held(held);
        const auto all = static_cast<double>(classifier_.images_per_epoch() * plan_.epochs);
        context_.run.progress().begin("images", all, static_cast<double>(classifier_.images()));
        show(true);
        while (!classifier_.is_done()) {
            if (Run::should_stop()) {
                context_.run.save(classifier_.steps(), [this](auto& out) { save(out); });
                return std::nullopt;
            }
            one_step();
        }
        return result(classifier_.evaluate_test());
    }

private:
    using Clock = std::chrono::steady_clock;

    // the very options of the command that the report gives
    [[nodiscard]] TrainOptions options_of(const TrainingPlan& plan) const {
        TrainOptions options;
        options.common = context_.common;
        options.epochs = plan.epochs;
        options.train_images = plan.train_images;
        options.resolve();
        // a small data set has fewer images to hold out
        options.warm_up = kWarmUp;
        options.validation = std::min(kHeldOut, data_.train.size() / 4);
        return options;
    }

    [[nodiscard]] TrainingConfig training_config(const TrainOptions& options) const {
        return options.training(options.images_per_epoch(data_.train.size()));
    }

    [[nodiscard]] double seconds_gone() const {
        return std::chrono::duration<double>(Clock::now() - started_).count();
    }

    [[nodiscard]] TrainingPlan choose_plan() const {
        if (context_.run.checkpoint()) {
            const auto& in = context_.run.checkpoint()->tensors;
            return {in.value<std::uint64_t>("plan_epochs"),
                    in.value<std::uint64_t>("plan_train_images")};
        }
        if (context_.is_full) return {10, 0};
        const TrainOptions options = options_of({});
        Classifier trial(network_, data_, training_config(options), context_.common.seed,
                         context_.executor);
        for (int i = 0; i < 5; ++i) trial.step(); // caches and arena warm up
        const double before = trial.train_seconds();
        const std::uint64_t images_before = trial.images();
        const double patience = 0.02 * context_.seconds;
        while (trial.train_seconds() - before < patience && !trial.is_done()) trial.step();
        const double rate = static_cast<double>(trial.images() - images_before) /
                            std::max(trial.train_seconds() - before, 1e-9);
        // a tenth is left for pictures, for the report and for a machine that slows down
        return plan_training(0.9 * context_.seconds - seconds_gone(), rate,
                             options.images_per_epoch(data_.train.size()));
    }

    void save(SafetensorsWriter& out) {
        classifier_.save(out);
        out.add_value("plan_epochs", static_cast<std::uint64_t>(plan_.epochs));
        out.add_value("plan_train_images", static_cast<std::uint64_t>(plan_.train_images));
        out.add_value("interval_loss", loss_sum_);
        out.add_value("interval_right", right_);
        out.add_value("interval_seen", seen_);
    }

    void load(const SafetensorsFile& in) {
        classifier_.load(in);
        loss_sum_ = in.value<double>("interval_loss");
        right_ = in.value<std::uint64_t>("interval_right");
        seen_ = in.value<std::uint64_t>("interval_seen");
        // the curves stand in the metrics
        for (const MetricsRow& row : read_metrics(context_.run.directory().metrics_path())) {
            const double x =
                static_cast<double>(row.step) / static_cast<double>(classifier_.steps_per_epoch());
            const auto add = [&](const char* name, Series& series) {
                const auto value = row.find(name);
                if (!value) return;
                series.x.push_back(x);
                series.y.push_back(*value);
            };
            add("train_loss", loss_);
            add("train_accuracy", accuracy_);
            add("validation_loss", held_loss_);
            add("validation_accuracy", held_accuracy_);
        }
    }

    // -- learning -----------------------------------------------------------------------------

    [[nodiscard]] double epochs_done() const {
        return static_cast<double>(classifier_.steps()) /
               static_cast<double>(classifier_.steps_per_epoch());
    }

    void one_step() {
        context_.live.attend(classifier_.steps());
        const StepResult step = classifier_.step();
        loss_sum_ += step.loss * static_cast<double>(step.images);
        right_ += step.right;
        seen_ += step.images;
        const std::uint64_t number = classifier_.steps();
        if (number % interval() == 0) note_interval(step.rate);
        if (classifier_.is_at_boundary())
            end_epoch();
        else if (is_time_to_look())
            note_held(classifier_.evaluate_held());
        context_.run.save_if_due(number, classifier_.is_at_boundary(),
                                 [this](SafetensorsWriter& out) { save(out); });
        show(number % std::max<std::uint64_t>(1, classifier_.steps_in_all() / 20) == 0);
        if (context_.run.progress().is_due()) {
            context_.run.progress().update(static_cast<double>(classifier_.images()),
                                           "loss " + fixed_text(step.loss, 3));
        }
    }

    /// Steps between points of the training curves: about 120 points in all.
    [[nodiscard]] std::uint64_t interval() const {
        return std::max<std::uint64_t>(1, classifier_.steps_in_all() / 120);
    }

    /// Steps between looks at the validation images.
    [[nodiscard]] std::uint64_t look() const {
        return std::max<std::uint64_t>(1, classifier_.steps_in_all() / kLooks);
    }

    /// The end of an epoch is a look anyway.
    [[nodiscard]] bool is_time_to_look() const {
        const std::uint64_t step = classifier_.steps();
        return step % look() == 0 && step + look() / 2 < classifier_.steps_in_all();
    }

    void note_interval(double rate) {
        const auto count = static_cast<double>(seen_);
        const double loss = loss_sum_ / count;
        const double accuracy = static_cast<double>(right_) / count;
        loss_.x.push_back(epochs_done());
        loss_.y.push_back(loss);
        accuracy_.x.push_back(epochs_done());
        accuracy_.y.push_back(accuracy);
        context_.run.record(
            classifier_.steps(),
            {{"train_loss", loss}, {"train_accuracy", accuracy}, {"learning_rate", rate}});
        loss_sum_ = 0;
        right_ = seen_ = 0;
    }

    void note_held(const Evaluation& held) {
        held_loss_.x.push_back(epochs_done());
        held_loss_.y.push_back(held.loss());
        held_accuracy_.x.push_back(epochs_done());
        held_accuracy_.y.push_back(held.accuracy());
        context_.run.record(classifier_.steps(), {{"validation_loss", held.loss()},
                                                  {"validation_accuracy", held.accuracy()}});
    }

    void end_epoch() {
        const Evaluation held = classifier_.evaluate_held();
        const EpochResult epoch = classifier_.end_epoch(held);
        note_held(held);
        context_.run.progress().note("epoch " + std::to_string(epoch.epoch) + " of " +
                                     std::to_string(plan_.epochs) + ": validation accuracy " +
                                     percent(held.accuracy()) + ", " +
                                     quantity_text(classifier_.images_per_second()) + " images/s");
    }

    // -- pictures -----------------------------------------------------------------------------

    static std::string percent(double share) { return fixed_text(100 * share, 2) + " %"; }

    /// Draws the present state: into the window if it wants one, into a frame if asked for.
    void show(bool as_frame) {
        const bool is_time = Clock::now() - shown_ > std::chrono::milliseconds(250);
        const bool in_window = is_time && context_.live.wants_scene();
        if (!as_frame && !in_window) return;
        Scene scene = live_scene();
        if (as_frame) frame("training", scene);
        if (in_window) context_.live.show(classifier_.steps(), "training", std::move(scene));
        shown_ = Clock::now();
    }

    void frame(std::string_view name, const Scene& scene) const {
        context_.run.directory().write_frame(classifier_.steps(), name, "scene.json",
                                             to_json(scene));
    }

    [[nodiscard]] Scene curve_scene() const {
        Scene scene = learning_curves({.label = "passes over the training images"},
                                      {loss_, held_loss_}, {accuracy_, held_accuracy_});
        for (Panel& panel : scene.panels) {
            panel.x.range = Interval{0, static_cast<double>(plan_.epochs)};
        }
        limit_loss(scene.panels.front());
        return scene;
    }

    /// The first steps can be far above all others: the axis ends where the rest has room.
    void limit_loss(Panel& panel) const {
        const double early = 0.05 * static_cast<double>(plan_.epochs);
        double highest = std::log(static_cast<double>(data_.classes.size()));
        for (const Series* series : {&loss_, &held_loss_}) {
            for (std::size_t i = 0; i < series->x.size(); ++i) {
                if (series->x[i] > early) highest = std::max(highest, series->y[i]);
            }
        }
        const auto above = [&](double loss) { return loss > 1.1 * highest; };
        panel.y.range = Interval{0, 1.1 * highest};
        if (std::any_of(loss_.y.begin(), loss_.y.end(), above)) {
            panel.note = "the first steps, up to " +
                         number_text(*std::max_element(loss_.y.begin(), loss_.y.end()), 2) +
                         ", lie above the picture";
        }
    }

    [[nodiscard]] Scene live_scene() {
        Scene scene = curve_scene();
        scene.title = "A convolutional network learns " + data_.name + ": " +
                      fixed_text(static_cast<double>(classifier_.images()), 0) + " images seen";
        if (auto filters =
                filter_scene(network_.parameters(), classifier_.theta(), data_.image_shape())) {
            filters->panels.front().title = "First-layer filters";
            scene.panels.push_back(std::move(filters->panels.front()));
        }
        scene.panels.push_back(present_answers());
        return scene;
    }

    /// What the network answers now to a few images that it does not learn from.
    Panel present_answers() {
        Evaluation present;
        present.classes = data_.classes.size();
        answers_.set_recording(false);
        answers_.rewind();
        const Shape shape = {watched_.size(), data_.channels(), data_.height(), data_.width()};
        const auto [x, pixels] = answers_.input(shape);
        images_into(classifier_.held_set(), watched_, classifier_.normalisation(), pixels.values(),
                    Executor::serial());
        std::vector<std::int32_t> labels(watched_.size());
        labels_into(classifier_.held_set(), watched_, std::span(labels));
        const Value theta = answers_.leaf(classifier_.theta());
        const Value state =
            classifier_.state().empty() ? Value{} : answers_.leaf(classifier_.state());
        const Value y = log_softmax(answers_, network_(answers_, theta, state, x, {}).y);
        add_batch(present, answers_[y].values(), labels, watched_);
        std::vector<Captioned> pictures;
        for (std::size_t i = 0; i < watched_.size(); ++i) pictures.push_back(captioned(present, i));
        return image_grid("Answers to images that it does not learn from", pictures, 6);
    }

    [[nodiscard]] Captioned captioned(const Evaluation& evaluation, std::size_t i) const {
        const std::size_t answer = evaluation.answers[i];
        const std::size_t label = classifier_.held_set().labels[evaluation.samples[i]];
        const bool is_right = answer == label;
        return {.image = picture_of(classifier_.held_set(), evaluation.samples[i]),
                .caption = data_.classes[answer] + " " +
                           fixed_text(100 * static_cast<double>(evaluation.confidences[i]), 0) +
                           " %",
                .second = is_right ? "right" : "is " + data_.classes[label],
                .paint = is_right ? Paint::good() : Paint::bad()};
    }

    // -- the report ---------------------------------------------------------------------------

    [[nodiscard]] ChapterResult result(const Evaluation& test) {
        context_.run.progress().note("test accuracy " + percent(test.accuracy()));
        ChapterResult result;
        describe(result, test);
        numbers(result, test);
        figures(result, test);
        for (const ChapterFigure& figure : result.figures) frame(figure.name, figure.scene);
        return result;
    }

    void describe(ChapterResult& result, const Evaluation& test) const {
        const auto count = [](std::size_t n) { return fixed_text(static_cast<double>(n), 0); };
        result.was_run =
            "A small convolutional network (" + nn::print(network_.architecture()) + ") of " +
            count(network_.parameters().size()) +
            " parameters started from random numbers and learned to say what an image shows, by " +
            options_.method_text() + ", " + count(options_.batch) + " images a step, in " +
            (plan_.epochs == 1 ? "one pass" : count(plan_.epochs) + " passes") + " over " +
            count(classifier_.images_per_epoch()) + " images.";
        result.data = "Data set " + data_.name + ": images of " + count(data_.height()) + " x " +
                      count(data_.width()) + " pixels in " + count(data_.classes.size()) +
                      " classes. " + count(options_.validation) +
                      " training images were held out to watch the learning (validation); the " +
                      count(data_.test.size()) +
                      " test images were used once, at the end, and chose nothing.";
        result.came_out = "After " + duration_text(classifier_.train_seconds()) +
                          " of learning the network names " + percent(test.accuracy()) +
                          " of the test images correctly. Guessing would reach " +
                          percent(1.0 / static_cast<double>(data_.classes.size())) + ".";
        result.repeat = repeat_command();
    }

    [[nodiscard]] std::string repeat_command() const {
        const bool has_space = context_.common.data.find(' ') != std::string::npos;
        const std::string quote = has_space ? "'" : "";
        std::string command = "build/release/bin/baldwin-train --data " + quote +
                              context_.common.data + quote + " --arch cnn --epochs " +
                              std::to_string(plan_.epochs) + " --seed " +
                              std::to_string(context_.common.seed);
        if (plan_.train_images > 0) {
            command += " --train-images " + std::to_string(plan_.train_images);
        }
        command += " --validation " + std::to_string(options_.validation) + " --warm-up " +
                   std::to_string(options_.warm_up);
        return command + " --threads " + std::to_string(context_.common.threads);
    }

    void numbers(ChapterResult& result, const Evaluation& test) const {
        const auto add = [&](std::string key, double value, std::string name, std::string text,
                             std::string beside = {}) {
            result.numbers.push_back(
                {std::move(key), value, std::move(name), std::move(text), std::move(beside)});
        };
        const auto& held = held_accuracy_.y;
        add("test_accuracy", test.accuracy(), "test accuracy", percent(test.accuracy()),
            "guessing: " + percent(1.0 / static_cast<double>(data_.classes.size())));
        add("test_loss", test.loss(), "test loss (cross-entropy)",
            fixed_text(test.loss(), 4) + " nats",
            "guessing: " + fixed_text(std::log(static_cast<double>(data_.classes.size())), 4) +
                " nats");
        add("validation_accuracy", held.back(), "validation accuracy", percent(held.back()),
            "before learning: " + percent(held.front()));
        add("train_images_per_second", classifier_.images_per_second(), "learning speed",
            quantity_text(classifier_.images_per_second()) + " images/s",
            std::to_string(context_.common.threads) + " threads");
        add("images", static_cast<double>(classifier_.images()), "images learned from",
            fixed_text(static_cast<double>(classifier_.images()), 0),
            fixed_text(static_cast<double>(classifier_.images_per_epoch()), 0) + " different ones");
        add("parameters", static_cast<double>(network_.parameters().size()), "parameters",
            fixed_text(static_cast<double>(network_.parameters().size()), 0));
        add("epochs", static_cast<double>(plan_.epochs), "passes over the images",
            std::to_string(plan_.epochs));
        result.more["train_images"] = plan_.train_images;
        result.more["parameters_hash"] = classifier_.parameters_hash();
        result.steps = classifier_.steps();
    }

    void figures(ChapterResult& result, const Evaluation& test) const {
        result.figures.push_back(
            {"learning-curve", curve_scene(),
             "How it learned. Training: mean over the images just learned from; validation: "
             "images that it never learned from.",
             960, 340});
        Scene predictions = prediction_scene(test, data_.test, data_.classes);
        predictions.panels.front().height = 1.8; // two rows of pictures above one
        result.figures.push_back(
            {"predictions", std::move(predictions),
             "What the network says of test images, with the probability it gives to its answer: "
             "the first of the set, then the mistakes that it was most certain of.",
             960, 540});
        result.figures.push_back(
            {"confusion", confusion_scene(test, data_.classes, "Answers to the test images"),
             "A row for each true class, a column for each answer: what lies off the diagonal is "
             "mistaken. Shade: share of the row.",
             960, 560});
        if (const auto filters = filter_figure()) {
            result.figures.push_back(
                {"filters", *filters,
                 "The weights that look at the pixels. A filter with rust beside blue answers to "
                 "an edge. Much of the random start stays; what learning changed is on the right, "
                 "on a scale of its own.",
                 960, 250});
        }
    }

    [[nodiscard]] std::optional<Scene> filter_figure() const {
        std::vector<float> change(first_theta_.size());
        std::transform(classifier_.theta().begin(), classifier_.theta().end(), first_theta_.begin(),
                       change.begin(), std::minus<>());
        Scene all{.columns = 3};
        const auto add = [&](const char* title, std::span<const float> theta) {
            auto scene = filter_scene(network_.parameters(), theta, data_.image_shape());
            if (!scene) return;
            scene->panels.front().title = title;
            scene->panels.front().note =
                "strongest colour: " + number_text(strongest(scene->panels.front()), 2);
            all.panels.push_back(std::move(scene->panels.front()));
        };
        add("First-layer filters before learning", first_theta_);
        add("After learning", classifier_.theta());
        add("What learning changed", change);
        if (all.panels.empty()) return std::nullopt;
        all.panels.front().note += " (blue: negative, rust: positive)";
        return all;
    }

    /// The weight that the strongest colour of a filter panel stands for.
    static double strongest(const Panel& panel) {
        const auto* image = std::get_if<Image>(&panel.items.front());
        return image == nullptr ? 0 : image->limit;
    }

    ChapterContext& context_;
    Clock::time_point started_;
    const ImageDataset& data_;
    nn::Network network_;
    TrainingPlan plan_;
    TrainOptions options_;
    Classifier classifier_;
    Tape<float> answers_;
    std::vector<float> first_theta_;
    std::vector<std::uint32_t> watched_; ///< images whose answers are shown while it learns
    Series loss_{"training", {}, {}};
    Series accuracy_{"training", {}, {}};
    Series held_loss_{"validation", {}, {}};
    Series held_accuracy_{"validation", {}, {}};
    double loss_sum_ = 0; ///< since the last point of the curves
    std::uint64_t right_ = 0;
    std::uint64_t seen_ = 0;
    Clock::time_point shown_{};
};

/// The chapter for the tour's list.
inline Chapter training_chapter() {
    const auto data = std::make_shared<ImageDataset>();
    return {
        .name = "training",
        .title = "Learning to see: a convolutional network and ten kinds of clothing",
        .prepare =
            [data](const CommonOptions& common) {
                *data = as_usage("--data", [&] { return io::load_dataset(common.data); });
            },
        .run = [data](ChapterContext& context) { return TrainingChapter(context, *data).run(); }};
}

} // namespace baldwin::app

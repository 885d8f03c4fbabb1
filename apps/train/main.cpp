// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-train: trains and tests a network described in text.

#include "train_options.hpp"

#include <baldwin/app/classifier.hpp>
#include <baldwin/app/demo.hpp>
#include <baldwin/app/evaluation.hpp>
#include <baldwin/app/images.hpp>
#include <baldwin/app/live.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/model_file.hpp>
#include <baldwin/core/nn/describe.hpp>
#include <baldwin/core/nn/presets.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/scene_json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::app {
namespace {

bool is_preset(std::string_view name) {
    const auto names = nn::preset_names();
    return std::find(names.begin(), names.end(), name) != names.end();
}

// a bare word that is no preset is more likely a misspelt one than a layer
nn::Architecture architecture_of(const std::string& text, std::size_t classes) {
    return as_usage("--arch", [&] {
        if (is_preset(text)) return nn::preset(text, classes).architecture;
        try {
            return nn::parse(text);
        } catch (const std::invalid_argument& error) {
            throw std::invalid_argument(std::string(error.what()) +
                                        "; presets: mlp, cnn, dqn, resnet");
        }
    });
}

// a course that falls to its end cannot be lengthened: what is done was done on the shorter one
void check_later_end(const TrainOptions& options) {
    if (!options.common.is_resumed() || options.common.given.count("epochs") == 0 ||
        options.schedule == Schedule::Course::constant) {
        return;
    }
    throw UsageError("--epochs cannot stand beside --resume here: the run's --schedule ends with "
                     "its epochs; a run with --schedule constant can be given a later end");
}

ExitCode describe(TrainOptions& options) {
    const bool is_own = is_preset(options.arch) && options.common.given.count("data") == 0;
    nn::Architecture architecture;
    Shape input;
    if (is_own) {
        // a preset is shown on the samples it is meant for
        const nn::Preset preset = options.arch == "dqn" ? nn::dqn() : nn::preset(options.arch, 10);
        architecture = preset.architecture;
        input = preset.input;
    } else {
        const ImageDataset data = load_images(options.common);
        architecture = architecture_of(options.arch, data.classes.size());
        input = data.image_shape();
    }
    const auto network = as_usage("--arch", [&] { return nn::Network(architecture, input); });
    std::cout << nn::print(architecture) << "\n\n" << nn::describe(network);
    return ExitCode::done;
}

std::string percent(double share) {
    char text[16];
    std::snprintf(text, sizeof text, "%.2f %%", 100 * share);
    return text;
}

std::string fixed(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", value);
    return text;
}

// the training loop with everything that is shown and kept of it
class Training {
public:
    Training(const TrainOptions& options, Run& run, Classifier& classifier)
        : options_(options), run_(run), classifier_(classifier),
          live_(options.common.view, "baldwin-train: " + classifier.data().name, run,
                {rate_factor(classifier)}),
          interval_(std::max<std::size_t>(1, classifier.steps_per_epoch() / 50)) {}

    // until the end, a stop or the time limit; says whether it was stopped
    bool learn() {
        const auto per_epoch = static_cast<double>(classifier_.images_per_epoch());
        run_.progress().begin("images", per_epoch * static_cast<double>(options_.epochs),
                              static_cast<double>(classifier_.images()));
        while (!classifier_.is_done() && !is_out_of_time()) {
            if (Run::should_stop()) return true;
            one_step();
        }
        return false;
    }
    // the checkpoint, the model and what is left to be measured
    void finish(bool is_stopped) {
        save();
        write_model(run_.directory().path() / "model.safetensors", classifier_.network(),
                    classifier_.theta(), classifier_.state(), model_metadata());
        std::optional<Evaluation> test;
        if (!is_stopped) test = classifier_.evaluate_test();
        if (test) {
            run_.progress().note("test accuracy " + percent(test->accuracy()) + ", loss " +
                                 fixed(test->loss()) + " (" + run_.directory().path().string() +
                                 ")");
        }
        run_.finish(classifier_.steps(), is_stopped, results(test));
        live_.stay();
    }

private:
    static LiveParameter rate_factor(Classifier& classifier) {
        return {{.name = "learning rate factor",
                 .value = classifier.rate_factor(),
                 .low = 0.01,
                 .high = 100,
                 .help = "multiplies the schedule's learning rate from the next step on"},
                [&classifier](double factor) { classifier.set_rate_factor(factor); }};
    }
    [[nodiscard]] bool is_out_of_time() const {
        return options_.max_seconds > 0 && run_.seconds() >= options_.max_seconds;
    }
    void one_step() {
        live_.attend(classifier_.steps());
        const StepResult result = classifier_.step();
        const std::uint64_t step = classifier_.steps();
        if (step % interval_ == 0) {
            run_.record(step, {{"batch_loss", result.loss}, {"learning_rate", result.rate}});
        }
        if (classifier_.is_at_boundary()) end_epoch();
        if (live_.wants_scene()) {
            if (auto filters = first_filters()) live_.show(step, "filters", std::move(*filters));
        }
        run_.save_if_due(step, classifier_.is_at_boundary(),
                         [&](SafetensorsWriter& out) { classifier_.save(out); });
        if (run_.progress().is_due()) {
            run_.progress().update(static_cast<double>(classifier_.images()),
                                   "loss " + fixed(result.loss));
        }
    }
    void end_epoch() {
        const Evaluation held = classifier_.evaluate_held();
        const EpochResult result = classifier_.end_epoch(held);
        const std::string name = classifier_.held_name();
        const std::string loss_name = name + "_loss";
        const std::string accuracy_name = name + "_accuracy";
        run_.record(classifier_.steps(), {{"epoch", static_cast<double>(result.epoch)},
                                          {"train_loss", result.train_loss},
                                          {"train_accuracy", result.train_accuracy},
                                          {loss_name, result.held_loss},
                                          {accuracy_name, result.held_accuracy}});
        run_.progress().note("epoch " + std::to_string(result.epoch) + " of " +
                             std::to_string(options_.epochs) + ": training loss " +
                             fixed(result.train_loss) + ", accuracy " +
                             percent(result.train_accuracy) + "; " + name + " accuracy " +
                             percent(result.held_accuracy) + "; " +
                             quantity_text(classifier_.images_per_second()) + " images/s");
        show(held);
    }
    // the scenes of an epoch, as frames and in the window
    void show(const Evaluation& held) {
        const ImageDataset& data = classifier_.data();
        const std::string name = classifier_.held_name();
        write("learning-curve", learning_curve_scene(classifier_.history(), name));
        write("confusion", confusion_scene(held, data.classes, "Confusion matrix, " + name));
        write("predictions", prediction_scene(held, classifier_.held_set(), data.classes));
        if (auto filters = first_filters()) write("filters", std::move(*filters));
    }
    [[nodiscard]] std::optional<Scene> first_filters() const {
        return filter_scene(classifier_.network().parameters(), classifier_.theta(),
                            classifier_.network().input());
    }
    void write(const std::string& name, Scene scene) {
        run_.directory().write_frame(classifier_.steps(), name, "scene.json", to_json(scene));
        live_.show(classifier_.steps(), name, std::move(scene));
    }
    void save() {
        run_.save(classifier_.steps(), [&](SafetensorsWriter& out) { classifier_.save(out); });
    }
    [[nodiscard]] std::map<std::string, std::string> model_metadata() const {
        const auto& normalisation = classifier_.normalisation();
        return {{"data", classifier_.data().name},
                {"classes", Json(classifier_.data().classes).dump()},
                {"mean", Json(normalisation.mean).dump()},
                {"deviation", Json(normalisation.deviation).dump()}};
    }
    [[nodiscard]] Json results(const std::optional<Evaluation>& test) const {
        const nn::Network& network = classifier_.network();
        Json json = {{"test_accuracy", nullptr},
                     {"test_loss", nullptr},
                     {"validation_accuracy", nullptr},
                     {"validation_loss", nullptr},
                     {"train_accuracy", nullptr},
                     {"train_loss", nullptr},
                     {"epochs", classifier_.epoch()},
                     {"images", classifier_.images()},
                     {"train_seconds", classifier_.train_seconds()},
                     {"train_images_per_second", classifier_.images_per_second()},
                     {"architecture", nn::print(network.architecture())},
                     {"parameters", network.parameters().size()},
                     {"macs", nn::macs(network)},
                     {"parameters_hash", classifier_.parameters_hash()}};
        if (test) {
            json["test_accuracy"] = test->accuracy();
            json["test_loss"] = test->loss();
        }
        if (!classifier_.history().empty()) {
            const EpochResult& last = classifier_.history().back();
            json["train_accuracy"] = last.train_accuracy;
            json["train_loss"] = last.train_loss;
            if (classifier_.held_name() == "validation") {
                json["validation_accuracy"] = last.held_accuracy;
                json["validation_loss"] = last.held_loss;
            }
        }
        return json;
    }

    const TrainOptions& options_;
    Run& run_;
    Classifier& classifier_;
    Live live_;
    std::uint64_t interval_; // steps between rows of metrics.jsonl
};

ExitCode train(const std::vector<std::string>& arguments) {
    TrainOptions options;
    OptionTable table("baldwin-train", "Trains and tests a network described in text.");
    options.declare(table);
    if (read_options(table, options.common, arguments)) return ExitCode::done;
    check_later_end(options);
    if (options.describe) return describe(options);
    options.resolve();
    limit_threads(options.common.threads);
    const ImageDataset data = load_images(options.common);
    const auto architecture = architecture_of(options.arch, data.classes.size());
    const auto network =
        as_usage("--arch", [&] { return nn::Network(architecture, data.image_shape()); });
    auto classifier = as_usage("", [&] {
        return Classifier(network, data,
                          options.training(options.images_per_epoch(data.train.size())),
                          options.common.seed, Executor(options.common.threads));
    });
    Run run(table, options.common, nn::print(architecture), options.checkpoint_seconds);
    if (run.checkpoint()) classifier.load(run.checkpoint()->tensors);
    run.drop_checkpoint();
    Training training(options, run, classifier);
    try {
        const bool is_stopped = training.learn();
        training.finish(is_stopped);
        return is_stopped ? ExitCode::interrupted : ExitCode::done;
    } catch (const NonFiniteLoss& error) {
        run.directory().append_event(classifier.steps(), "failed", {{"reason", error.what()}});
        throw;
    }
}

} // namespace
} // namespace baldwin::app

int main(int argc, char** argv) {
    using namespace baldwin::app;
    return run_main_with_demo("baldwin-train", arguments_of(argc, argv), train);
}

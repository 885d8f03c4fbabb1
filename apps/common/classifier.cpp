// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/classifier.hpp>

#include <baldwin/core/initialise.hpp>
#include <baldwin/core/ops/loss.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

Classifier::Classifier(nn::Network network, const ImageDataset& data, const TrainingConfig& config,
                       std::uint64_t seed, const Executor& executor)
    : network_(std::move(network)), data_(&data), config_(config), seed_(seed),
      parts_(split(data, config, seed)),
      batches_(parts_.kept, {.size = config.batch}, stream(Draw::order)),
      normalisation_(measure_channels(data.train, parts_.kept)),
      optimiser_(network_.parameters(), config.optimiser, executor), tape_(executor),
      theta_(network_.parameters().size()), state_(network_.state().size()),
      gradient_(theta_.size()) {
    check_fit();
    check(config.schedule);
    initialise(network_.parameters(), std::span(theta_), stream(Draw::start));
    initialise(network_.state(), std::span(state_), stream(Draw::start));
}

HoldOut Classifier::split(const ImageDataset& data, const TrainingConfig& config,
                          std::uint64_t seed) {
    const Stream draws(seed, static_cast<std::uint64_t>(Draw::held));
    HoldOut parts = hold_out(data.train.size(), config.validation, draws);
    if (config.train_images > 0 && config.train_images < parts.kept.size()) {
        parts.kept.resize(config.train_images);
    }
    return parts;
}

void Classifier::check_fit() const {
    if (network_.input() != data_->image_shape()) {
        throw std::invalid_argument("the network reads samples of " + to_string(network_.input()) +
                                    ", the images are " + to_string(data_->image_shape()));
    }
    if (network_.output() != Shape{data_->classes.size()}) {
        throw std::invalid_argument("the network must end in one output for each of the " +
                                    std::to_string(data_->classes.size()) +
                                    " classes, its output is " + to_string(network_.output()));
    }
}

nn::Evaluation Classifier::forward(Value theta, Value x, nn::Mode mode) {
    const Value state = state_.empty() ? Value{} : tape_.leaf(std::span<const float>(state_));
    return network_(tape_, theta, state, x, context(mode));
}

StepResult Classifier::step() {
    const auto began = std::chrono::steady_clock::now();
    const auto samples = batches_.samples(epoch_, batch_);
    tape_.rewind();
    const auto [x, pixels] = tape_.input(batch_shape(samples.size()));
    augmented_images_into(data_->train, samples, normalisation_, config_.augmentation,
                          stream(Draw::augmentation), epoch_, pixels.values(), tape_.executor());
    labels_.resize(samples.size());
    labels_into(data_->train, samples, std::span(labels_));
    const Value theta = tape_.leaf(std::span<const float>(theta_));
    const nn::Evaluation out = forward(theta, x, nn::Mode::training);
    const Value loss = cross_entropy(tape_, out.y, std::span<const std::int32_t>(labels_),
                                     {.label_smoothing = config_.label_smoothing});
    StepResult result{.loss = tape_.item(loss),
                      .images = samples.size(),
                      .rate = rate_factor_ * learning_rate(config_.schedule, steps())};
    if (!std::isfinite(result.loss)) fail_loss(tape_.item(loss));
    const std::size_t classes = data_->classes.size();
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto row = tape_[out.y].values().subspan(i * classes, classes);
        result.right += arg_max(row) == static_cast<std::size_t>(labels_[i]) ? 1 : 0;
    }
    tape_.backward({{loss}}, {{theta, std::span(gradient_)}});
    optimiser_.step(theta_, gradient_, result.rate);
    if (!state_.empty()) std::ranges::copy(tape_[out.state], state_.begin());
    count(result);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    train_seconds_ += took.count();
    return result;
}

void Classifier::count(const StepResult& result) {
    epoch_loss_ += result.loss * static_cast<double>(result.images);
    epoch_right_ += result.right;
    epoch_images_ += result.images;
    images_ += result.images;
    if (++batch_ < batches_.per_epoch()) return;
    batch_ = 0;
    ++epoch_;
}

EpochResult Classifier::end_epoch(const Evaluation& held) {
    const auto images = static_cast<double>(std::max<std::uint64_t>(epoch_images_, 1));
    history_.push_back({.epoch = epoch_,
                        .train_loss = epoch_loss_ / images,
                        .train_accuracy = static_cast<double>(epoch_right_) / images,
                        .held_loss = held.loss(),
                        .held_accuracy = held.accuracy()});
    epoch_loss_ = 0;
    epoch_right_ = 0;
    epoch_images_ = 0;
    return history_.back();
}

Evaluation Classifier::evaluate(const ImageSet& set, std::span<const std::uint32_t> samples) {
    constexpr std::size_t kBatch = 256;
    Evaluation result;
    result.classes = data_->classes.size();
    tape_.set_recording(false);
    for (std::size_t at = 0; at < samples.size(); at += kBatch) {
        const auto part = samples.subspan(at, std::min(kBatch, samples.size() - at));
        tape_.rewind();
        const auto [x, pixels] = tape_.input(batch_shape(part.size()));
        images_into(set, part, normalisation_, pixels.values(), tape_.executor());
        labels_.resize(part.size());
        labels_into(set, part, std::span(labels_));
        const Value theta = tape_.leaf(std::span<const float>(theta_));
        const Value y = log_softmax(tape_, forward(theta, x, nn::Mode::inference).y);
        add_batch(result, tape_[y].values(), labels_, part);
    }
    tape_.set_recording(true);
    return result;
}

void Classifier::fail_non_finite(const std::string& what, const std::string& where) const {
    throw NonFiniteLoss(what + " at step " + std::to_string(steps()) + " (epoch " +
                        std::to_string(epoch_ + 1) + ", batch " + std::to_string(batch_ + 1) +
                        "), first in " + where + "; a smaller learning rate may help");
}

void Classifier::fail_loss(float loss) const {
    const auto node = tape_.first_non_finite();
    std::string where = "the parameters";
    if (node) {
        where = node->label().empty() ? std::string(node->name())
                                      : "layer " + std::string(node->label());
    }
    fail_non_finite("the loss became " + std::to_string(loss), where);
}

// a checkpoint that cannot be gone on from is not worth writing
void Classifier::check_finite() const {
    for (const LayoutEntry& entry : network_.parameters().entries()) {
        const auto values = std::span(theta_).subspan(entry.offset, entry.size());
        if (std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) continue;
        fail_non_finite("the parameters became non-finite", "layer " + entry.layer);
    }
}

void Classifier::save(SafetensorsWriter& out) {
    check_finite();
    out.add("theta", std::span<const float>(theta_));
    out.add("state", std::span<const float>(state_));
    for (const auto& moment : optimiser_.state()) {
        out.add("optimiser." + std::string(moment.name), std::span<const float>(moment.values));
    }
    for (const auto& [name, value] : counters()) out.add_value(std::string(name), *value);
    for (const auto& [name, value] : sums()) out.add_value(std::string(name), *value);
    if (rate_factor_ != 1) out.add_value("rate_factor", rate_factor_);
    std::vector<double> rows;
    for (const EpochResult& one : history_) {
        rows.insert(rows.end(), {static_cast<double>(one.epoch), one.train_loss, one.train_accuracy,
                                 one.held_loss, one.held_accuracy});
    }
    out.add_copy<double>("history", TensorView<const double>(rows.data(), {history_.size(), 5}));
}

void Classifier::load(const SafetensorsFile& in) {
    in.copy_into("theta", std::span(theta_));
    in.copy_into("state", std::span(state_));
    for (auto& moment : optimiser_.state()) {
        in.copy_into("optimiser." + std::string(moment.name), moment.values);
    }
    for (auto& [name, value] : counters()) *value = in.value<std::uint64_t>(name);
    for (auto& [name, value] : sums()) *value = in.value<double>(name);
    rate_factor_ = in.contains("rate_factor") ? in.value<double>("rate_factor") : 1;
    if (batch_ >= batches_.per_epoch()) {
        throw std::runtime_error("the checkpoint stands at batch " + std::to_string(batch_) +
                                 " of an epoch of " + std::to_string(batches_.per_epoch()));
    }
    optimiser_.resume_at(steps());
    const auto rows = in.values<double>("history");
    history_.clear();
    for (std::size_t i = 0; i + 5 <= rows.size(); i += 5) {
        history_.push_back({static_cast<std::uint64_t>(rows[i]), rows[i + 1], rows[i + 2],
                            rows[i + 3], rows[i + 4]});
    }
}

} // namespace baldwin::app

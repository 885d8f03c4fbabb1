// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Training of an image classifier, one batch at a time; what it holds is what a checkpoint holds.
#pragma once

#include <baldwin/app/evaluation.hpp>
#include <baldwin/core/aligned.hpp>
#include <baldwin/core/augment.hpp>
#include <baldwin/core/batches.hpp>
#include <baldwin/core/hash.hpp>
#include <baldwin/core/image_set.hpp>
#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/ops/loss.hpp>
#include <baldwin/core/optim.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/core/schedule.hpp>
#include <baldwin/core/tape.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// How a classifier is trained.
struct TrainingConfig {
    std::size_t batch = 64;       ///< images in a step, >= 1
    std::size_t epochs = 3;       ///< passes over the training images
    std::size_t validation = 0;   ///< training images held out, drawn by seed
    std::size_t train_images = 0; ///< use only the first so many of the others; 0 = all
    double label_smoothing = 0;   ///< in [0, 1)
    Augmentation augmentation;    ///< of training images
    OptimiserOptions optimiser;
    Schedule schedule; ///< learning rate over the steps of all epochs
};

/// The loss of a step was infinite or not a number.
class NonFiniteLoss : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What one step did.
struct StepResult {
    double loss = 0;        ///< mean over the batch, nats
    std::size_t right = 0;  ///< answers that were right before θ moved
    std::size_t images = 0; ///< in the batch
    double rate = 0;        ///< learning rate
};

/// A network that learns to tell images apart.
///
/// Everything is a pure function of (network, data, config, seed): the number of threads and
/// stops between save() and load() leave no trace in the bits.
class Classifier {
public:
    /// \param data  must outlive this
    /// \throws std::invalid_argument if the network's input or output does not fit the data, or
    ///         the config leaves nothing to learn from
    Classifier(nn::Network network, const ImageDataset& data, const TrainingConfig& config,
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

    [[nodiscard]] const nn::Network& network() const noexcept { return network_; }
    [[nodiscard]] const ImageDataset& data() const noexcept { return *data_; }
    [[nodiscard]] const Normalisation& normalisation() const noexcept { return normalisation_; }
    [[nodiscard]] std::span<const float> theta() const noexcept { return theta_; }
    [[nodiscard]] std::span<const float> state() const noexcept { return state_; }
    /// Hash of θ's bytes, 16 hexadecimal digits.
    [[nodiscard]] std::string parameters_hash() const {
        return hash_hex(hash64(std::as_bytes(std::span(theta_))));
    }

    /// Steps taken, over all epochs.
    [[nodiscard]] std::uint64_t steps() const noexcept {
        return epoch_ * batches_.per_epoch() + batch_;
    }
    [[nodiscard]] std::uint64_t steps_in_all() const noexcept {
        return config_.epochs * batches_.per_epoch();
    }
    [[nodiscard]] std::size_t steps_per_epoch() const noexcept { return batches_.per_epoch(); }
    /// Completed epochs.
    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
    [[nodiscard]] bool is_done() const noexcept { return epoch_ >= config_.epochs; }
    /// Whether the last step completed an epoch.
    [[nodiscard]] bool is_at_boundary() const noexcept { return batch_ == 0 && epoch_ > 0; }
    /// Images in one epoch.
    [[nodiscard]] std::size_t images_per_epoch() const noexcept { return parts_.kept.size(); }
    /// Images trained on, over all epochs, and the seconds that took (evaluation not counted).
    [[nodiscard]] std::uint64_t images() const noexcept { return images_; }
    [[nodiscard]] double train_seconds() const noexcept { return train_seconds_; }
    [[nodiscard]] double images_per_second() const noexcept {
        return train_seconds_ > 0 ? static_cast<double>(images_) / train_seconds_ : 0;
    }
    /// One entry for each completed epoch that end_epoch() was told of.
    [[nodiscard]] std::span<const EpochResult> history() const noexcept { return history_; }

    /// Multiplies the schedule's learning rate from the next step on; 1 at the start. Kept by
    /// save().
    /// \param factor  >= 0
    void set_rate_factor(double factor) noexcept { rate_factor_ = factor; }
    [[nodiscard]] double rate_factor() const noexcept { return rate_factor_; }

    /// Learns from one batch.
    /// \throws NonFiniteLoss naming step and layer; θ has not moved then
    StepResult step();
    /// "validation", or "test" where nothing is held out for validation.
    [[nodiscard]] std::string held_name() const {
        return parts_.held.empty() ? "test" : "validation";
    }
    /// Answers to the validation images; to the test images where there are none.
    [[nodiscard]] Evaluation evaluate_held() {
        return parts_.held.empty() ? evaluate_test() : evaluate(data_->train, parts_.held);
    }
    [[nodiscard]] const ImageSet& held_set() const noexcept {
        return parts_.held.empty() ? data_->test : data_->train;
    }
    /// Answers to all test images. They never choose anything.
    [[nodiscard]] Evaluation evaluate_test() {
        return evaluate(data_->test, all_samples(data_->test.size()));
    }
    /// Notes the result of the epoch that was just completed.
    EpochResult end_epoch(const Evaluation& held);

    /// Adds everything that load() needs. What is added is not copied.
    void save(SafetensorsWriter& out);
    /// Goes on where save() stood.
    /// \throws std::runtime_error if something is missing or of another size
    void load(const SafetensorsFile& in);

private:
    /// What the run draws random numbers for; each has its own stream.
    enum class Draw : std::uint64_t {
        start = 1,
        held = 2,
        order = 3,
        augmentation = 4,
        dropout = 5
    };

    static HoldOut split(const ImageDataset& data, const TrainingConfig& config,
                         std::uint64_t seed) {
        const Stream draws(seed, static_cast<std::uint64_t>(Draw::held));
        HoldOut parts = hold_out(data.train.size(), config.validation, draws);
        if (config.train_images > 0 && config.train_images < parts.kept.size()) {
            parts.kept.resize(config.train_images);
        }
        return parts;
    }
    [[nodiscard]] Stream stream(Draw what) const {
        return Stream(seed_, static_cast<std::uint64_t>(what));
    }
    void check_fit() const;
    void check_finite() const;
    [[nodiscard]] Shape batch_shape(std::size_t images) const {
        return {images, data_->channels(), data_->height(), data_->width()};
    }
    [[nodiscard]] nn::Context context(nn::Mode mode) const {
        return {.mode = mode, .stream = stream(Draw::dropout), .step = steps()};
    }
    [[nodiscard]] nn::Evaluation forward(Value theta, Value x, nn::Mode mode);
    [[noreturn]] void fail_non_finite(const std::string& what, const std::string& where) const;
    [[noreturn]] void fail_loss(float loss) const;
    void count(const StepResult& result);
    // what a checkpoint holds beside the vectors
    auto counters() {
        return std::array<std::pair<const char*, std::uint64_t*>, 5>{
            {{"epoch", &epoch_},
             {"batch", &batch_},
             {"images", &images_},
             {"epoch_right", &epoch_right_},
             {"epoch_images", &epoch_images_}}};
    }
    auto sums() {
        return std::array<std::pair<const char*, double*>, 2>{
            {{"epoch_loss", &epoch_loss_}, {"train_seconds", &train_seconds_}}};
    }
    [[nodiscard]] Evaluation evaluate(const ImageSet& set, std::span<const std::uint32_t> samples);

    nn::Network network_;
    const ImageDataset* data_;
    TrainingConfig config_;
    std::uint64_t seed_;
    HoldOut parts_;
    Batches batches_;
    Normalisation normalisation_;
    Optimiser<float> optimiser_;
    Tape<float> tape_;
    AlignedVector<float> theta_;
    AlignedVector<float> state_;
    AlignedVector<float> gradient_;
    std::vector<std::int32_t> labels_;
    std::vector<EpochResult> history_;
    std::uint64_t epoch_ = 0;
    std::uint64_t batch_ = 0; // steps taken in this epoch
    std::uint64_t images_ = 0;
    std::uint64_t epoch_right_ = 0; // of this epoch
    std::uint64_t epoch_images_ = 0;
    double epoch_loss_ = 0;
    double train_seconds_ = 0;
    double rate_factor_ = 1;
};

inline void Classifier::check_fit() const {
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

inline nn::Evaluation Classifier::forward(Value theta, Value x, nn::Mode mode) {
    const Value state = state_.empty() ? Value{} : tape_.leaf(std::span<const float>(state_));
    return network_(tape_, theta, state, x, context(mode));
}

inline StepResult Classifier::step() {
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

inline void Classifier::count(const StepResult& result) {
    epoch_loss_ += result.loss * static_cast<double>(result.images);
    epoch_right_ += result.right;
    epoch_images_ += result.images;
    images_ += result.images;
    if (++batch_ < batches_.per_epoch()) return;
    batch_ = 0;
    ++epoch_;
}

inline EpochResult Classifier::end_epoch(const Evaluation& held) {
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

inline Evaluation Classifier::evaluate(const ImageSet& set,
                                       std::span<const std::uint32_t> samples) {
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

inline void Classifier::fail_non_finite(const std::string& what, const std::string& where) const {
    throw NonFiniteLoss(what + " at step " + std::to_string(steps()) + " (epoch " +
                        std::to_string(epoch_ + 1) + ", batch " + std::to_string(batch_ + 1) +
                        "), first in " + where + "; a smaller learning rate may help");
}

inline void Classifier::fail_loss(float loss) const {
    const auto node = tape_.first_non_finite();
    std::string where = "the parameters";
    if (node) {
        where = node->label().empty() ? std::string(node->name())
                                      : "layer " + std::string(node->label());
    }
    fail_non_finite("the loss became " + std::to_string(loss), where);
}

// a checkpoint that cannot be gone on from is not worth writing
inline void Classifier::check_finite() const {
    for (const LayoutEntry& entry : network_.parameters().entries()) {
        const auto values = std::span(theta_).subspan(entry.offset, entry.size());
        if (std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) continue;
        fail_non_finite("the parameters became non-finite", "layer " + entry.layer);
    }
}

inline void Classifier::save(SafetensorsWriter& out) {
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

inline void Classifier::load(const SafetensorsFile& in) {
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

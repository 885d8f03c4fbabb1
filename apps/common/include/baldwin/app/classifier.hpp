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
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/optim.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/core/schedule.hpp>
#include <baldwin/core/tape.hpp>

#include <array>
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
               std::uint64_t seed, const Executor& executor);

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
                         std::uint64_t seed);
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

} // namespace baldwin::app

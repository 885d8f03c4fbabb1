// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// From labelled images to the batches of a training loop: held-out part, order of each epoch,
/// normalised values in the caller's buffer.
#pragma once

#include <baldwin/core/assert.hpp>
#include <baldwin/core/detail/pixels.hpp>
#include <baldwin/core/image_set.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin {

/// Two disjoint parts of the samples 0 .. n - 1, each in rising order.
struct HoldOut {
    std::vector<std::uint32_t> kept; ///< to learn from
    std::vector<std::uint32_t> held; ///< to validate on
};

/// Draws \p held of \p count samples without repetition: a pure function of its arguments.
/// \throws std::invalid_argument if nothing would be left to learn from
[[nodiscard]] inline HoldOut hold_out(std::size_t count, std::size_t held, const Stream& stream) {
    if (held >= count) {
        throw std::invalid_argument("hold_out: held must be below the number of samples " +
                                    std::to_string(count) + ", got " + std::to_string(held));
    }
    const auto order = permutation(count, stream);
    const auto middle = order.begin() + static_cast<std::ptrdiff_t>(held);
    HoldOut parts{{middle, order.end()}, {order.begin(), middle}};
    std::sort(parts.kept.begin(), parts.kept.end());
    std::sort(parts.held.begin(), parts.held.end());
    return parts;
}

/// All samples 0 .. count - 1 in order.
[[nodiscard]] inline std::vector<std::uint32_t> all_samples(std::size_t count) {
    std::vector<std::uint32_t> samples(count);
    std::iota(samples.begin(), samples.end(), std::uint32_t{0});
    return samples;
}

/// How pixels become network inputs: (pixel / 255 - mean) / deviation, per channel.
struct Normalisation {
    std::vector<double> mean;      ///< (channels), on the scale 0 .. 1
    std::vector<double> deviation; ///< (channels), > 0
};

/// Inputs from 0 to 1: pixel / 255.
[[nodiscard]] inline Normalisation unit_range(std::size_t channels) {
    return {std::vector<double>(channels, 0.0), std::vector<double>(channels, 1.0)};
}

/// Mean and standard deviation of each channel over \p samples, exact up to one rounding, so the
/// same bits everywhere. A channel of one constant value gets deviation 1.
/// \throws std::invalid_argument if there are no samples or one is not below images.size()
/// \cost one pass over the pixels
[[nodiscard]] inline Normalisation measure_channels(const ImageSet& images,
                                                    std::span<const std::uint32_t> samples) {
    if (samples.empty()) throw std::invalid_argument("measure_channels: no samples");
    const std::size_t plane = images.height() * images.width();
    Normalisation result = unit_range(images.channels());
    for (std::size_t channel = 0; channel < images.channels(); ++channel) {
        detail::PixelSums sums;
        for (const std::uint32_t sample : samples) {
            if (sample >= images.size()) {
                throw std::invalid_argument("measure_channels: samples must be below " +
                                            std::to_string(images.size()) + ", got " +
                                            std::to_string(sample));
            }
            sums.add(images.image(sample).subspan(channel * plane, plane));
        }
        result.mean[channel] = sums.mean() / 255.0;
        const double deviation = sums.deviation() / 255.0;
        if (deviation > 0.0) result.deviation[channel] = deviation;
    }
    return result;
}

/// What becomes of the samples that do not fill the last batch of an epoch.
enum class LastBatch {
    keep, ///< a smaller batch
    drop  ///< left out of this epoch
};

/// How samples are put into batches.
struct BatchConfig {
    std::size_t size = 128;           ///< samples in a batch, >= 1
    LastBatch last = LastBatch::keep; ///< what becomes of the rest
    bool shuffle = true;              ///< a new order each epoch; else the given order
};

/// The order of samples in every epoch.
///
/// The order of epoch e is a pure function of (stream, e): going on from (epoch, batch) needs
/// nothing else.
class Batches {
public:
    /// \param samples  indices of the samples, in the order used without shuffling
    /// \throws std::invalid_argument if there are no samples, the size is 0, or dropping the last
    ///         batch would leave none
    Batches(std::vector<std::uint32_t> samples, const BatchConfig& config, const Stream& stream)
        : config_(config), stream_(stream), samples_(std::move(samples)), order_(samples_) {
        if (config.size == 0) throw std::invalid_argument("Batches: size must be >= 1, got 0");
        if (samples_.empty()) throw std::invalid_argument("Batches: no samples");
        if (per_epoch() == 0) {
            throw std::invalid_argument("Batches: size must be at most the number of samples " +
                                        std::to_string(samples_.size()) + ", got " +
                                        std::to_string(config.size));
        }
    }

    /// Number of samples that take part, whether an epoch uses all of them or not.
    [[nodiscard]] std::size_t sample_count() const noexcept { return samples_.size(); }
    /// Number of batches in an epoch.
    [[nodiscard]] std::size_t per_epoch() const noexcept {
        const std::size_t rest = config_.last == LastBatch::keep ? config_.size - 1 : 0;
        return (samples_.size() + rest) / config_.size;
    }
    /// Number of samples in batch \p batch of any epoch.
    [[nodiscard]] std::size_t size_of(std::size_t batch) const {
        BALDWIN_ASSERT(batch < per_epoch());
        return std::min(config_.size, samples_.size() - batch * config_.size);
    }
    /// The samples of one batch; valid until another epoch is asked for.
    /// \throws std::invalid_argument if \p batch is not below per_epoch()
    /// \cost a shuffle when the epoch differs from that of the call before; else nothing
    [[nodiscard]] std::span<const std::uint32_t> samples(std::uint64_t epoch, std::size_t batch) {
        if (batch >= per_epoch()) {
            throw std::invalid_argument("Batches: batch must be below " +
                                        std::to_string(per_epoch()) + ", got " +
                                        std::to_string(batch));
        }
        if (config_.shuffle && epoch_ != epoch) reorder(epoch);
        return std::span<const std::uint32_t>(order_).subspan(batch * config_.size, size_of(batch));
    }

private:
    void reorder(std::uint64_t epoch) {
        std::copy(samples_.begin(), samples_.end(), order_.begin());
        shuffle(std::span(order_), stream_.substream(epoch));
        epoch_ = epoch;
    }

    BatchConfig config_;
    Stream stream_;
    std::vector<std::uint32_t> samples_;
    std::vector<std::uint32_t> order_;   // of epoch_
    std::optional<std::uint64_t> epoch_; // none before the first shuffle
};

/// Writes the normalised images of \p samples one after the other, each (channels, height, width).
/// \param out  (samples, channels, height, width)
/// \throws std::invalid_argument if out or the normalisation has another size, or a sample is not
///         below images.size()
/// \cost no allocation
template <PackScalar T>
void images_into(const ImageSet& images, std::span<const std::uint32_t> samples,
                 const Normalisation& normalisation, std::span<T> out,
                 const Executor& executor = Executor::serial()) {
    const detail::PixelMap<T> map(normalisation.mean, normalisation.deviation);
    detail::check_batch(images, samples, map.channels(), out.size());
    const std::size_t plane = images.height() * images.width();
    detail::for_each_sample(samples, executor, [&](std::size_t i) {
        const auto image = images.image(samples[i]);
        for (std::size_t channel = 0; channel < images.channels(); ++channel) {
            map.apply(channel, image.subspan(channel * plane, plane),
                      out.data() + i * image.size() + channel * plane);
        }
    });
}

/// Writes the classes of \p samples.
/// \param out  (samples)
/// \throws std::invalid_argument if out has another size
template <class Label>
void labels_into(const ImageSet& images, std::span<const std::uint32_t> samples,
                 std::span<Label> out) {
    if (out.size() != samples.size()) {
        throw std::invalid_argument("labels_into: out must hold " + std::to_string(samples.size()) +
                                    " labels, got " + std::to_string(out.size()));
    }
    std::transform(samples.begin(), samples.end(), out.begin(), [&](std::uint32_t sample) {
        BALDWIN_ASSERT(sample < images.size());
        return static_cast<Label>(images.labels[sample]);
    });
}

} // namespace baldwin

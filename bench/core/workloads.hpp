// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The jobs that core is measured by, through its public interface.
#pragma once

#include "../support/timing.hpp"

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/presets.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ops/loss.hpp>
#include <baldwin/core/optim.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/tape.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace baldwin::bench {

/// A network with parameters and a set of made-up samples that it goes through batch by batch.
class Subject {
public:
    Subject(const nn::Preset& preset, std::size_t batch, std::size_t samples, std::size_t threads)
        : network_(preset.architecture, preset.input), batch_(batch), samples_(samples),
          theta_(network_.parameters().size()), gradient_(theta_.size()),
          x_(samples * preset.input.size()), labels_(samples), executor_(threads), tape_(executor_),
          optimiser_(network_.parameters(), {}, executor_) {
        const Stream stream(1, 2);
        initialise(network_.parameters(), std::span<float>(theta_), stream);
        stream.substream(1).fill_uniform(std::span<float>(x_));
        const auto classes = static_cast<std::uint32_t>(network_.output().size());
        for (std::size_t i = 0; i < samples; ++i) {
            labels_[i] = static_cast<std::int32_t>(stream.bits(i) % classes);
        }
    }

    /// One step of SGD with momentum; returns the images it saw.
    double train() {
        tape_.rewind();
        const std::size_t first = next_batch();
        const Value theta = tape_.leaf(std::span<const float>(theta_));
        const Value y = network_(tape_, theta, batch_at(first), {.mode = nn::Mode::training});
        const std::span<const std::int32_t> labels(labels_);
        const Value loss = cross_entropy(tape_, y, labels.subspan(first, batch_));
        tape_.backward({{loss}}, {{theta, std::span<float>(gradient_)}});
        optimiser_.step(theta_, gradient_, 0.01);
        return static_cast<double>(batch_);
    }
    /// One forward pass; returns the images it saw.
    double infer() {
        tape_.set_recording(false);
        tape_.rewind();
        const Value theta = tape_.leaf(std::span<const float>(theta_));
        const Value y = network_(tape_, theta, batch_at(next_batch()));
        keep(*tape_[y].data());
        return static_cast<double>(batch_);
    }

    /// Floating-point operations of one sample forwards.
    [[nodiscard]] double forward_flops() const {
        double flops = 0;
        for (const auto& layer : network_.layers()) flops += 2.0 * static_cast<double>(layer.macs);
        return flops;
    }
    /// The same with backwards; the input of the first layer gets no gradient.
    [[nodiscard]] double training_flops() const {
        for (const auto& layer : network_.layers()) {
            if (layer.macs == 0) continue;
            return 3 * forward_flops() - 2.0 * static_cast<double>(layer.macs);
        }
        return 0;
    }
    [[nodiscard]] std::size_t parameters() const noexcept { return theta_.size(); }
    [[nodiscard]] std::size_t batch() const noexcept { return batch_; }

private:
    std::size_t next_batch() {
        const std::size_t first = at_;
        at_ = at_ + 2 * batch_ <= samples_ ? at_ + batch_ : 0;
        return first;
    }
    Value batch_at(std::size_t first) {
        Shape shape = network_.input();
        const std::size_t size = shape.size();
        std::vector<std::size_t>& extents = extents_;
        extents.assign(1, batch_);
        extents.insert(extents.end(), shape.begin(), shape.end());
        const float* data = x_.data() + first * size;
        return tape_.leaf(
            TensorView<const float>(data, Shape(std::span<const std::size_t>(extents))));
    }

    nn::Network network_;
    std::size_t batch_;
    std::size_t samples_;
    AlignedVector<float> theta_;
    AlignedVector<float> gradient_;
    AlignedVector<float> x_;
    std::vector<std::int32_t> labels_;
    std::vector<std::size_t> extents_;
    Executor executor_;
    Tape<float> tape_;
    Optimiser<float> optimiser_;
    std::size_t at_ = 0;
};

/// 4-64-64-2 with tanh, the policy of a small control task.
[[nodiscard]] inline nn::Preset policy() {
    return {nn::parse("linear 64, tanh, linear 64, tanh, linear 2"), {4}};
}

/// Fills a block that fits the second-level cache with normals; returns how many.
[[nodiscard]] inline double draw_normals() {
    static AlignedVector<float> block(std::size_t{1} << 16);
    static std::uint64_t at = 0;
    Stream(1, 3).fill_normal(std::span<float>(block), at);
    at += block.size();
    keep(*block.data());
    return static_cast<double>(block.size());
}

} // namespace baldwin::bench

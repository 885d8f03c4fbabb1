// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A memory of pictures: encoder, a level of macs, and three read-outs of the class.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/hash.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/sdr/encoders.hpp>
#include <baldwin/sdr/linear_readout.hpp>
#include <baldwin/sdr/memory_file.hpp>
#include <baldwin/sdr/network.hpp>
#include <baldwin/sdr/readout.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// Who answers.
enum class ReadoutName : std::uint8_t { automatic, linear, count, binary };

/// "linear", "count", "binary" or "automatic".
inline std::string readout_text(ReadoutName name) {
    switch (name) {
    case ReadoutName::linear: return "linear";
    case ReadoutName::count: return "count";
    case ReadoutName::binary: return "binary";
    case ReadoutName::automatic: break;
    }
    return "automatic";
}

/// What a memory of pictures is made of. The defaults were chosen on held-out training images of
/// MNIST, see sdr/README.md.
struct MemorySettings {
    sdr::EncoderParameters encoder = {};
    std::size_t grid = 7;   ///< macs along each side
    std::size_t field = 10; ///< pixels along each side of what a mac sees
    sdr::MacShape mac = {.modules = 10, .cells = 50};
    double freeze = 0.25; ///< share of increased weights after which a cell stops learning
    double slope = 40;    ///< of the sigmoid
    double centre = 0.9;  ///< of the sigmoid, in V
    ReadoutName readout = ReadoutName::automatic;
    sdr::LinearReadoutParameters linear = {};
    sdr::KernelPath kernel = sdr::KernelPath::automatic; ///< codes are the same with each
};

/// "automatic", "portable", "avx2" or "avx512".
inline std::string kernel_text(sdr::KernelPath path) {
    switch (path) {
    case sdr::KernelPath::portable: return "portable";
    case sdr::KernelPath::avx2: return "avx2";
    case sdr::KernelPath::avx512: return "avx512";
    case sdr::KernelPath::automatic: break;
    }
    return "automatic";
}

/// The network that settings ask for.
inline sdr::NetworkParameters network_of(const MemorySettings& settings,
                                         const sdr::Encoder& encoder) {
    sdr::NetworkParameters network;
    network.input = {encoder.size().rows, encoder.size().columns};
    network.planes = encoder.planes();
    sdr::LevelParameters level;
    level.grid = {settings.grid, settings.grid};
    level.mac.shape = settings.mac;
    level.mac.csa.slope = settings.slope;
    level.mac.csa.centre = settings.centre;
    level.mac.plasticity.u_limit = settings.freeze;
    level.u = sdr::Field::square(settings.field);
    network.levels.push_back(level);
    return network;
}

/// The read-out that answers: with few items of each class the binary one is the best.
inline ReadoutName chosen_readout(ReadoutName wanted, std::size_t items, std::size_t classes) {
    constexpr std::size_t kFew = 100; // items of a class, on held-out images of two data sets
    if (wanted != ReadoutName::automatic) return wanted;
    return items < kFew * classes ? ReadoutName::binary : ReadoutName::linear;
}

/// Answers of the three read-outs to a number of pictures.
struct Answers {
    std::vector<std::uint8_t> linear; ///< (n)
    std::vector<std::uint8_t> count;  ///< (n)
    std::vector<std::uint8_t> binary; ///< (n)
    double mean_familiarity = 0;      ///< G, over all pictures
    std::uint64_t codes_hash = 0;

    [[nodiscard]] const std::vector<std::uint8_t>& of(ReadoutName name) const {
        if (name == ReadoutName::linear) return linear;
        return name == ReadoutName::count ? count : binary;
    }
};

/// Share of answers that are right, in [0, 1].
inline double share_right(std::span<const std::uint8_t> answers,
                          std::span<const std::uint8_t> labels) {
    std::size_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) right += answers[i] == labels[i] ? 1U : 0U;
    return labels.empty() ? 0.0 : static_cast<double>(right) / static_cast<double>(labels.size());
}

/// Stores pictures with their classes, each seen once, and names others.
///
/// A pure function of (settings, pictures in their order, seed): threads and stops between save()
/// and load() leave no trace in the bits.
class ImageMemory {
public:
    /// \throws std::invalid_argument if a setting is out of range or the CPU lacks the kernel
    ImageMemory(const MemorySettings& settings, const sdr::PictureSize& size, std::size_t classes,
                std::uint64_t seed, const Executor& executor)
        : settings_(settings), encoder_(settings.encoder, size), executor_(executor), seed_(seed),
          network_(network_of(settings, encoder_), seed, executor),
          shape_{.modules = settings.grid * settings.grid * settings.mac.modules,
                 .cells = settings.mac.cells,
                 .classes = classes},
          hebbian_(shape_), linear_(shape_), last_(encoder_.bits()) {
        if (!sdr::has_path(settings.kernel)) {
            throw std::invalid_argument("--kernel: this CPU cannot run " +
                                        kernel_text(settings.kernel) +
                                        "; automatic takes the fastest that it can");
        }
        network_.set_kernel(settings.kernel);
    }

    [[nodiscard]] const MemorySettings& settings() const noexcept { return settings_; }
    [[nodiscard]] const sdr::Encoder& encoder() const noexcept { return encoder_; }
    [[nodiscard]] const sdr::Network& network() const noexcept { return network_; }
    [[nodiscard]] sdr::Network& network() noexcept { return network_; }
    [[nodiscard]] const sdr::ClassReadout& hebbian() const noexcept { return hebbian_; }
    [[nodiscard]] const sdr::LinearReadout& linear() const noexcept { return linear_; }
    /// The frame that was shown last, stored or asked.
    [[nodiscard]] const sdr::BitSet& last_frame() const noexcept { return last_; }
    /// Items stored.
    [[nodiscard]] std::size_t size() const noexcept { return labels_.size(); }
    /// Codes of the stored items as they were chosen, shape (size, modules).
    [[nodiscard]] std::span<const sdr::Cell> codes() const noexcept { return codes_; }
    [[nodiscard]] std::span<const sdr::Cell> code(std::size_t item) const {
        return codes().subspan(item * shape_.modules, shape_.modules);
    }
    [[nodiscard]] std::span<const std::uint8_t> labels() const noexcept { return labels_; }
    /// Mean G of items from \p first on, when they were stored; 0 if there are none.
    [[nodiscard]] double mean_familiarity(std::size_t first = 0) const noexcept {
        const std::size_t n = familiarity_.size() - std::min(first, familiarity_.size());
        double sum = 0;
        for (std::size_t i = first; i < familiarity_.size(); ++i) sum += double{familiarity_[i]};
        return n == 0 ? 0.0 : sum / static_cast<double>(n);
    }
    /// Hash of all codes stored.
    [[nodiscard]] std::uint64_t codes_hash() const { return sdr::hash_of(codes_); }
    [[nodiscard]] ReadoutName readout() const {
        return chosen_readout(settings_.readout, size(), shape_.classes);
    }

    /// Stores frames and their classes, in order.
    void store(std::span<const sdr::BitSet> frames, std::span<const std::uint8_t> labels) {
        const sdr::CodeTable table = network_.learn_all(frames);
        if (!frames.empty()) last_ = frames.back();
        for (std::size_t i = 0; i < frames.size(); ++i) {
            hebbian_.learn(table.row(i), labels[i]);
            familiarity_.push_back(static_cast<float>(table.mean_familiarity(i)));
        }
        codes_.insert(codes_.end(), table.winners.begin(), table.winners.end());
        labels_.insert(labels_.end(), labels.begin(), labels.end());
    }
    /// Makes the read-outs ready; the linear one goes over the stored codes.
    void fit() {
        hebbian_.prepare();
        linear_.fit(codes_, labels_, settings_.linear, Stream(seed_, kFitStream));
    }
    /// What the read-outs say, once they are fitted.
    [[nodiscard]] Answers answer(std::span<const sdr::BitSet> frames) {
        constexpr std::size_t kBlock = 50;
        const sdr::CodeTable table = network_.recognise_all(frames);
        if (!frames.empty()) last_ = frames.back();
        const std::size_t n = frames.size();
        Answers answers{.linear = std::vector<std::uint8_t>(n),
                        .count = std::vector<std::uint8_t>(n),
                        .binary = std::vector<std::uint8_t>(n),
                        .codes_hash = sdr::hash_of(table.winners)};
        executor_.chunks((n + kBlock - 1) / kBlock, [&](std::size_t chunk, std::size_t) {
            for (std::size_t i = chunk * kBlock; i < std::min(n, (chunk + 1) * kBlock); ++i) {
                const auto code = table.row(i);
                const auto best = [](const std::vector<double>& scores) {
                    return static_cast<std::uint8_t>(sdr::best_class(scores));
                };
                answers.linear[i] = best(linear_.scores(code));
                answers.count[i] = best(hebbian_.count_scores(code));
                answers.binary[i] = best(hebbian_.binary_scores(code));
            }
        });
        for (std::size_t i = 0; i < n; ++i) answers.mean_familiarity += table.mean_familiarity(i);
        answers.mean_familiarity /= static_cast<double>(std::max<std::size_t>(n, 1));
        return answers;
    }
    /// Scores of the read-out that answers.
    [[nodiscard]] std::vector<double> scores(std::span<const sdr::Cell> code) const {
        switch (readout()) {
        case ReadoutName::linear: return linear_.scores(code);
        case ReadoutName::count: return hebbian_.count_scores(code);
        default: return hebbian_.binary_scores(code);
        }
    }
    /// Pictures as the macs see them.
    template <class F>
    [[nodiscard]] std::vector<sdr::BitSet> encode(std::size_t count, F&& picture) const {
        return sdr::encode_all(encoder_, count, std::forward<F>(picture), executor_);
    }

    /// Adds what load() needs. What is added is not copied.
    void save(SafetensorsWriter& out) const {
        sdr::add_memory(out, network_);
        out.add("readout.counts", hebbian_.counts());
        out.add("readout.items", hebbian_.items());
        out.add("codes", std::span<const sdr::Cell>(codes_));
        out.add("labels", std::span<const std::uint8_t>(labels_));
        out.add("familiarity", std::span<const float>(familiarity_));
    }
    /// Goes on where save() stood.
    /// \throws std::runtime_error if something is missing or of another shape
    void load(const SafetensorsFile& in) {
        sdr::restore_memory(in, network_);
        hebbian_.restore(in.values<std::uint32_t>("readout.counts"),
                         in.values<std::uint32_t>("readout.items"));
        const auto codes = in.values<sdr::Cell>("codes");
        const auto labels = in.values<std::uint8_t>("labels");
        if (codes.size() != labels.size() * shape_.modules) {
            throw std::runtime_error("the saved codes do not belong to a memory of " +
                                     std::to_string(shape_.modules) + " modules");
        }
        codes_.assign(codes.begin(), codes.end());
        labels_.assign(labels.begin(), labels.end());
        const auto familiarity = in.values<float>("familiarity");
        familiarity_.assign(familiarity.begin(), familiarity.end());
    }

private:
    static constexpr std::uint64_t kFitStream = 0x11;

    MemorySettings settings_;
    sdr::Encoder encoder_;
    Executor executor_;
    std::uint64_t seed_;
    sdr::Network network_;
    sdr::ReadoutShape shape_;
    sdr::ClassReadout hebbian_;
    sdr::LinearReadout linear_;
    sdr::BitSet last_;
    std::vector<sdr::Cell> codes_;     // (size, modules)
    std::vector<std::uint8_t> labels_; // (size)
    std::vector<float> familiarity_;   // (size), G when stored
};

} // namespace baldwin::app

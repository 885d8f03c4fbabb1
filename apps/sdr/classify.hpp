// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-sdr classify: stores pictures, each seen once, and names others.
#pragma once

#include "image_memory.hpp"
#include "live_scene.hpp"
#include "sdr_options.hpp"
#include "training_images.hpp"

#include <baldwin/app/images.hpp>
#include <baldwin/app/live.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/sdr/health.hpp>
#include <baldwin/sdr/knn.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// Values of the options of classify.
struct ClassifyOptions {
    CommonOptions common;
    MemoryOptions memory;
    std::string train_per_class = "200";
    std::size_t validation = 0;
    double checkpoint_seconds = CheckpointCadence::Config().period;

    ClassifyOptions() { common.data = "fashion-mnist"; }
    void declare(OptionTable& table);
    /// Items of each class; none for all.
    [[nodiscard]] std::optional<std::size_t> per_class() const {
        if (train_per_class == "all") return std::nullopt;
        try {
            return parse_count(train_per_class, {1, 1'000'000'000}, "--train-per-class");
        } catch (const UsageError& error) {
            throw UsageError(std::string(error.what()) + ", or all");
        }
    }
};

inline void ClassifyOptions::declare(OptionTable& table) {
    common.declare(table);
    table.text("train-per-class", train_per_class, "N|all", "pictures of each class to store");
    table.count("validation", validation,
                "ask so many held-out training pictures in place of the test pictures, to choose "
                "settings by; 0: ask the test pictures",
                {0, 1'000'000'000});
    memory.declare(table);
    table.number("checkpoint-seconds", checkpoint_seconds,
                 "seconds between checkpoints, fewer where they would cost more than 2 % of the "
                 "time; 0 is after every block",
                 {0, 3600});
    table.add_note(
        "summary.json: test_accuracy (of the read-out that answers), accuracy_linear, "
        "accuracy_count, accuracy_binary, and beside them, on the same stored pictures, "
        "knn1_accuracy (raw picture at threshold 128, Jaccard), knn1_grey_accuracy (grey, "
        "Euclid), knn1_encoded_accuracy (the bits that the macs see, Jaccard); asked (test, or "
        "validation after --validation), readout, items, train_seconds (encoding, storing, "
        "read-out), store_us_median and recognize_us_median (a single picture, one thread, all "
        "items stored), mean_g (when storing), mean_g_asked, unique_codes (different codes of all "
        "macs "
        "together), frozen_share, saturation, usage_entropy (bits; most_entropy is log2 K), "
        "poor_macs (below half of it, of macs_judged), codes_hash, stored_hash. frozen_share and "
        "the like are shares in [0, 1]; accuracies "
        "too.");
    table.add_note("Exit codes: 0 done, 1 the run failed, 2 wrong usage, 130 interrupted.");
}

/// Everything that classify does with a memory, and what it measures.
class Classification {
public:
    Classification(const ClassifyOptions& options, Run& run, const ImageDataset& data,
                   const ImageParts& parts, ImageMemory& memory)
        : options_(options), run_(run), data_(data), parts_(parts), memory_(memory),
          live_(options.common.view, "baldwin-sdr classify", run),
          chosen_(memory.network().macs(0).size() / 2) {
        live_.on_pointer([this](const Pointer& pointer) { point(pointer); });
    }

    /// Stores what is not stored yet.
    /// \return whether it was stopped
    bool store() {
        const auto n = static_cast<double>(parts_.store.size());
        run_.progress().begin("pictures", n, static_cast<double>(memory_.size()));
        while (memory_.size() < parts_.store.size()) {
            if (Run::should_stop()) {
                save();
                return true;
            }
            store_block();
        }
        return false;
    }
    /// Fits the read-outs, asks, compares, and writes what came out.
    /// \return whether it was stopped
    bool finish();
    void load(const SafetensorsFile& in) {
        memory_.load(in);
        seconds_ = in.value<double>("train_seconds");
        if (memory_.size() > parts_.store.size()) {
            throw std::runtime_error("the checkpoint holds " + std::to_string(memory_.size()) +
                                     " pictures, the run stores " +
                                     std::to_string(parts_.store.size()));
        }
    }
    void save() {
        run_.save(memory_.size(), [this](SafetensorsWriter& out) { add_to(out); });
    }

private:
    using Clock = std::chrono::steady_clock;

    static double since(Clock::time_point start) {
        return std::chrono::duration<double>(Clock::now() - start).count();
    }
    void add_to(SafetensorsWriter& out) const {
        memory_.save(out);
        out.add_value("train_seconds", seconds_);
    }
    [[nodiscard]] std::vector<sdr::BitSet> encoded(const ImageChoice& images, std::size_t first,
                                                   std::size_t count) const {
        return memory_.encode(count, [&](std::size_t i) { return images.picture(first + i); });
    }
    void store_block();
    void note_progress(std::size_t first);
    /// Looks into the mac under the pointer.
    void point(const Pointer& pointer);
    [[nodiscard]] Json baselines() const;
    [[nodiscard]] Json single_times(std::span<const sdr::BitSet> asked) const;
    void write_scenes(const Answers& answers);
    void say(const Json& result);

    const ClassifyOptions& options_;
    Run& run_;
    const ImageDataset& data_;
    const ImageParts& parts_;
    ImageMemory& memory_;
    Live live_;
    std::size_t chosen_;              // the mac that the window looks into
    std::vector<double> familiarity_; // mean G of each block of this session
    double seconds_ = 0;              // of encoding, storing and read-out
};

inline void Classification::store_block() {
    constexpr std::size_t kBlock = 500;
    const std::size_t first = memory_.size();
    const std::size_t count = std::min(kBlock, parts_.store.size() - first);
    const auto began = Clock::now();
    const auto frames = encoded(parts_.store, first, count);
    memory_.store(frames, std::span(parts_.store.labels).subspan(first, count));
    seconds_ += since(began);
    note_progress(first);
    run_.save_if_due(memory_.size(), memory_.size() == parts_.store.size(),
                     [this](SafetensorsWriter& out) { add_to(out); });
}

inline void Classification::note_progress(std::size_t first) {
    const double mean_g = memory_.mean_familiarity(first);
    run_.record(memory_.size(), {{"mean_g", mean_g}, {"store_seconds", seconds_}});
    familiarity_.push_back(mean_g);
    if (live_.wants_scene()) {
        live_.show(memory_.size(), "memory", memory_scene(memory_, familiarity_, chosen_));
    }
    live_.attend(memory_.size());
    if (run_.progress().is_due()) {
        run_.progress().update(static_cast<double>(memory_.size()), "G " + fixed_text(mean_g, 3));
    }
}

inline void Classification::point(const Pointer& pointer) {
    if (pointer.panel != kMacsTitle) return;
    const auto& grid = memory_.network().parameters().levels[0].grid;
    const auto mac = sdr::mac_at(grid, pointer.x, pointer.y);
    if (!mac || *mac == chosen_) return;
    chosen_ = *mac;
    live_.show(memory_.size(), "memory", memory_scene(memory_, familiarity_, chosen_));
}

inline Json Classification::baselines() const {
    const Executor executor(options_.common.threads);
    const auto share = [&](const std::vector<std::uint32_t>& nearest) {
        return sdr::agreement(nearest, parts_.store.labels, parts_.ask.labels);
    };
    const auto by_bits = [&](const sdr::Encoder& encoder) {
        const auto bits = [&](const ImageChoice& images) {
            return sdr::encode_all(
                encoder, images.size(), [&](std::size_t i) { return images.picture(i); }, executor);
        };
        return share(sdr::nearest_by_jaccard(bits(parts_.store), bits(parts_.ask), executor));
    };
    const auto grey = [](const ImageChoice& images) {
        std::vector<std::uint8_t> pixels;
        for (std::size_t i = 0; i < images.size(); ++i) {
            const sdr::Picture picture = images.picture(i);
            pixels.insert(pixels.end(), picture.pixels.begin(), picture.pixels.end());
        }
        return pixels;
    };
    const sdr::PictureSize size = memory_.encoder().size();
    sdr::EncoderParameters raw;
    raw.feature = sdr::Feature::threshold;
    raw.deskew = false;
    // each takes seconds where many pictures are stored
    Json json = {{"knn1_accuracy", by_bits(sdr::Encoder(raw, size))}};
    if (Run::should_stop()) return json;
    json["knn1_grey_accuracy"] = share(
        sdr::nearest_by_distance(grey(parts_.store), grey(parts_.ask), size.pixels(), executor));
    if (Run::should_stop()) return json;
    json["knn1_encoded_accuracy"] = by_bits(memory_.encoder());
    return json;
}

// a copy of the network does what the run itself did in batches
inline Json Classification::single_times(std::span<const sdr::BitSet> asked) const {
    sdr::Network network = memory_.network();
    network.set_executor(Executor::serial());
    const auto median = [&](sdr::Mode mode) {
        std::vector<double> times;
        for (const sdr::BitSet& frame : asked.first(std::min<std::size_t>(asked.size(), 300))) {
            const auto began = Clock::now();
            network.present(frame, mode);
            times.push_back(1e6 * since(began));
        }
        const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
        std::nth_element(times.begin(), middle, times.end());
        return *middle;
    };
    const double recognise = median(sdr::Mode::recognise);
    return {{"store_us_median", median(sdr::Mode::learn)}, {"recognize_us_median", recognise}};
}

inline void Classification::write_scenes(const Answers& answers) {
    const auto& answered = answers.of(memory_.readout());
    const std::size_t classes = data_.classes.size();
    std::vector<std::size_t> counts(classes * classes);
    for (std::size_t i = 0; i < answered.size(); ++i) {
        ++counts[parts_.ask.labels[i] * classes + answered[i]];
    }
    Scene scene;
    Scene inside = memory_scene(memory_, familiarity_, chosen_);
    run_.directory().write_frame(memory_.size(), "memory", "scene.json", to_json(inside));
    live_.show(memory_.size(), "memory", std::move(inside));
    scene.panels.push_back(
        confusion_matrix("Answers to pictures never stored", counts, data_.classes));
    run_.directory().write_frame(memory_.size(), "confusion", "scene.json", to_json(scene));
}

inline void Classification::say(const Json& result) {
    const auto percent = [&](const char* key) {
        return fixed_text(100 * result[key].get<double>(), 2) + " %";
    };
    run_.progress().note("stored " + std::to_string(memory_.size()) + " pictures in " +
                         fixed_text(result["train_seconds"].get<double>(), 2) + " s; " +
                         result["asked"].get<std::string>() + ": linear " +
                         percent("accuracy_linear") + ", count " + percent("accuracy_count") +
                         ", binary " + percent("accuracy_binary") + " (the " +
                         result["readout"].get<std::string>() + " read-out answers)");
    run_.progress().note("nearest neighbour on the same pictures: raw bits " +
                         percent("knn1_accuracy") + ", grey " + percent("knn1_grey_accuracy") +
                         ", encoded " + percent("knn1_encoded_accuracy") + " (" +
                         run_.directory().path().string() + ")");
}

inline bool Classification::finish() {
    run_.progress().clear();
    const auto began = Clock::now();
    memory_.fit();
    const double train_seconds = seconds_ + since(began);
    const auto frames = encoded(parts_.ask, 0, parts_.ask.size());
    const Answers answers = memory_.answer(frames);
    const auto accuracy = [&](ReadoutName name) {
        return share_right(answers.of(name), parts_.ask.labels);
    };
    const double own = accuracy(memory_.readout());
    const bool is_test = options_.validation == 0;
    const sdr::Health health = sdr::health_of(memory_.network(), 0);
    Json result = {{"asked", is_test ? "test" : "validation"},
                   {"test_accuracy", is_test ? Json(own) : Json()},
                   {"validation_accuracy", is_test ? Json() : Json(own)},
                   {"readout", readout_text(memory_.readout())},
                   {"accuracy_linear", accuracy(ReadoutName::linear)},
                   {"accuracy_count", accuracy(ReadoutName::count)},
                   {"accuracy_binary", accuracy(ReadoutName::binary)},
                   {"items", memory_.size()},
                   {"asked_items", parts_.ask.size()},
                   {"train_seconds", train_seconds},
                   {"mean_g", memory_.mean_familiarity()},
                   {"mean_g_asked", answers.mean_familiarity},
                   {"unique_codes", health.unique_codes},
                   {"usage_entropy", health.usage_entropy},
                   {"most_entropy", health.most_entropy},
                   {"macs_judged", health.macs},
                   {"poor_macs", health.poor_macs},
                   {"saturation", health.saturation},
                   {"frozen_share", health.frozen_share},
                   {"stored_hash", hash_hex(memory_.codes_hash())},
                   {"codes_hash", hash_hex(memory_.codes_hash() ^ answers.codes_hash)}};
    if (const auto warning = sdr::collapse_warning(health)) {
        run_.event(memory_.size(), "collapse", *warning);
        result["collapse"] = *warning;
    }
    write_scenes(answers);
    live_.attend(memory_.size());
    if (!Run::should_stop()) result.update(baselines());
    if (Run::should_stop()) {
        save();
        run_.finish(memory_.size(), true, result);
        return true;
    }
    result.update(single_times(frames));
    say(result);
    run_.finish(memory_.size(), false, result);
    live_.stay();
    return false;
}

/// The command.
inline ExitCode classify(const std::vector<std::string>& arguments) {
    ClassifyOptions options;
    OptionTable table("baldwin-sdr classify",
                      "Stores pictures in a sparse distributed memory, each seen once, and names "
                      "others; nearest neighbours beside it.");
    options.declare(table);
    if (read_options(table, options.common, arguments)) return ExitCode::done;
    limit_threads(options.common.threads);
    const std::optional<std::size_t> per_class = options.per_class();
    const ImageDataset data = load_images(options.common);
    const ImageParts parts =
        choose_images(data, per_class, options.validation, Stream(options.common.seed, 1));
    auto memory = as_usage("", [&] {
        return ImageMemory(options.memory.resolved(), {data.height(), data.width()},
                           data.classes.size(), options.common.seed,
                           Executor(options.common.threads));
    });
    choose_place(options.common, "classify");
    Run run(table, options.common, data.name, options.checkpoint_seconds);
    Classification work(options, run, data, parts, memory);
    if (run.checkpoint()) work.load(run.checkpoint()->tensors);
    run.drop_checkpoint();
    if (work.store()) {
        run.finish(memory.size(), true, {{"items", memory.size()}});
        return ExitCode::interrupted;
    }
    return work.finish() ? ExitCode::interrupted : ExitCode::done;
}

} // namespace baldwin::app

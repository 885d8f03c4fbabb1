// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The tour's chapter on sparse distributed memory: thousands of pictures stored, each seen once.
#pragma once

#include "../sdr/image_memory.hpp"
#include "../sdr/recall.hpp"
#include "../sdr/recall_scenes.hpp"
#include "../sdr/similarity_scene.hpp"
#include "../sdr/studies.hpp"
#include "../sdr/training_images.hpp"
#include "chapter.hpp"

#include <baldwin/core/hash.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/io/dataset.hpp>
#include <baldwin/sdr/knn.hpp>
#include <baldwin/sdr/scenes.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// What came out for one data set.
struct SdrScores {
    std::string data;
    std::size_t items = 0;
    std::size_t asked = 0;
    double seconds = 0; ///< encoding, storing and read-out
    double own = 0;     ///< accuracy of the read-out that answers
    double count = 0;   ///< of the Hebbian count read-out
    double nearest_raw = 0;
    double nearest_encoded = 0;
    std::string codes_hash;
};

/// Stores so many pictures of each class and names the test pictures, as baldwin-sdr classify does.
inline SdrScores store_and_ask(const ImageDataset& data, std::size_t per_class, std::uint64_t seed,
                               const Executor& executor) {
    const auto clock = [] { return std::chrono::steady_clock::now(); };
    const ImageParts parts = choose_images(data, per_class, 0, Stream(seed, 1));
    const sdr::PictureSize size{data.height(), data.width()};
    const auto began = clock();
    ImageMemory memory({}, size, data.classes.size(), seed, executor);
    const auto encode = [&](const ImageChoice& images) {
        return memory.encode(images.size(), [&](std::size_t i) { return images.picture(i); });
    };
    const auto stored = encode(parts.store);
    memory.store(stored, parts.store.labels);
    memory.fit();
    const double seconds = std::chrono::duration<double>(clock() - began).count();
    const auto asked = encode(parts.ask);
    const Answers answers = memory.answer(asked);
    const sdr::Encoder raw({.feature = sdr::Feature::threshold, .deskew = false}, size);
    const auto raw_bits = [&](const ImageChoice& images) {
        return sdr::encode_all(
            raw, images.size(), [&](std::size_t i) { return images.picture(i); }, executor);
    };
    const auto nearest = [&](std::span<const sdr::BitSet> items,
                             std::span<const sdr::BitSet> queries) {
        return sdr::agreement(sdr::nearest_by_jaccard(items, queries, executor), parts.store.labels,
                              parts.ask.labels);
    };
    return {.data = data.name,
            .items = memory.size(),
            .asked = asked.size(),
            .seconds = seconds,
            .own = share_right(answers.of(memory.readout()), parts.ask.labels),
            .count = share_right(answers.count, parts.ask.labels),
            .nearest_raw = nearest(raw_bits(parts.store), raw_bits(parts.ask)),
            .nearest_encoded = nearest(stored, asked),
            .codes_hash = hash_hex(memory.codes_hash() ^ answers.codes_hash)};
}

/// The chapter's work.
class SdrChapter {
public:
    /// \param sets  the tour's data set, and MNIST where it is present
    SdrChapter(ChapterContext& context, std::span<const ImageDataset> sets)
        : context_(context), sets_(sets), data_(sets.front()) {}

    /// \return nothing if it was asked to stop
    std::optional<ChapterResult> run() {
        ChapterResult result;
        for (const ImageDataset& data : sets_) {
            if (Run::should_stop()) return std::nullopt;
            scores_.push_back(
                store_and_ask(data, per_class(data), context_.common.seed, context_.executor));
            add_scores(result, scores_.back());
        }
        if (Run::should_stop()) return std::nullopt;
        add_recall(result);
        add_similarity(result);
        add_sequence(result);
        describe(result);
        for (const ChapterFigure& figure : result.figures) {
            context_.run.directory().write_frame(0, "sdr-" + figure.name, "scene.json",
                                                 to_json(figure.scene));
        }
        return result;
    }

private:
    static std::string percent(double share) { return fixed_text(100 * share, 2) + " %"; }
    // what there is of every class, at most 200 or in the long form 800
    [[nodiscard]] std::size_t per_class(const ImageDataset& data) const {
        const auto sizes = class_sizes(data.train.labels, data.classes.size());
        return std::min<std::size_t>(context_.is_full ? 800 : 200,
                                     *std::min_element(sizes.begin(), sizes.end()));
    }
    static void add(ChapterResult& result, std::string key, double value, std::string name,
                    std::string text, std::string beside = {}) {
        result.numbers.push_back(
            {std::move(key), value, std::move(name), std::move(text), std::move(beside)});
    }
    void add_scores(ChapterResult& result, const SdrScores& scores) const {
        const bool is_first = result.numbers.empty();
        const std::string prefix = is_first ? "" : "mnist_";
        const std::string of = is_first ? "" : "MNIST: ";
        const std::string nearest = "nearest neighbour: raw " + percent(scores.nearest_raw) +
                                    ", encoded " + percent(scores.nearest_encoded);
        add(result, prefix + "test_accuracy", scores.own, of + "test accuracy", percent(scores.own),
            is_first ? nearest
                     : nearest + (scores.items == 2000 ? "; published for Sparsey: 91 %" : ""));
        add(result, prefix + "accuracy_count", scores.count,
            of + "test accuracy, Hebbian read-out (single pass)", percent(scores.count));
        add(result, prefix + "train_seconds", scores.seconds,
            of + "storing " + std::to_string(scores.items) + " pictures",
            fixed_text(scores.seconds, 2) + " s",
            !is_first && scores.items == 2000 ? "published for Sparsey: 220 s" : "");
        result.more[prefix + "codes_hash"] = scores.codes_hash;
    }
    // pictures that one mac sees as a whole, come back from damaged ones
    void add_recall(ChapterResult& result) {
        MemorySettings settings;
        settings.encoder.deskew = false;
        settings.grid = 1;
        settings.field = std::max(data_.height(), data_.width());
        settings.mac = {.modules = 50, .cells = 100};
        const Stream stream(context_.common.seed, 2);
        const ImageParts parts = choose_images(data_, std::min<std::size_t>(10, per_class(data_)),
                                               0, stream.substream(0));
        ImageMemory memory(settings, {data_.height(), data_.width()}, data_.classes.size(),
                           context_.common.seed, context_.executor);
        const auto frames = memory.encode(parts.store.size(),
                                          [&](std::size_t i) { return parts.store.picture(i); });
        memory.store(frames, parts.store.labels);
        const RecallRow row = recall_row(memory.network(), frames, memory.codes(), Damage::noise,
                                         0.5, 0.9, stream.substream(1), context_.executor);
        add(result, "recall_identified", row.identified,
            "stored pictures recognised with half their bits moved", percent(row.identified),
            "nearest neighbour: " + percent(row.nearest));
        add(result, "recall_picture", row.picture, "likeness of the recalled picture (Jaccard)",
            fixed_text(row.picture, 3), "of the picture shown: " + fixed_text(row.shown, 3));
        result.figures.push_back(
            {"recall", recall_scene(memory.network(), frames, 0.9, stream.substream(2)),
             "A memory of " + std::to_string(frames.size()) +
                 " pictures (their edges), each seen once: what was stored, what is shown, what "
                 "comes back. Rows: 30 % of the bits moved; 30 % of the area hidden; the lower "
                 "half missing.",
             960, 460});
    }
    void add_similarity(ChapterResult& result) const {
        const auto rows =
            similarity_table(400, Stream(context_.common.seed, 15), context_.executor);
        result.figures.push_back(
            {"similarity", similarity_scene(rows),
             "Similar inputs get similar codes without anything being trained: the more pixels a "
             "new input shares with the stored one, the more winners their codes share. Two "
             "settings, with nothing else or 20 items stored before.",
             960, 360});
    }
    // pictures in a row, the next one recalled from the last
    void add_sequence(ChapterResult& result) const {
        constexpr std::size_t kLength = 8;
        constexpr std::size_t kSequences = 5;
        const sdr::Encoder encoder({.deskew = false}, {data_.height(), data_.width()});
        sdr::NetworkParameters parameters;
        parameters.input = {data_.height(), data_.width()};
        parameters.planes = encoder.planes();
        sdr::LevelParameters level;
        level.mac.shape = {.modules = 50, .cells = 32};
        level.h = sdr::Field{};
        parameters.levels.push_back(level);
        sdr::Network network(parameters, context_.common.seed);
        const auto order = permutation(data_.train.size(), Stream(context_.common.seed, 3));
        const std::size_t count = std::min(kSequences, order.size() / kLength);
        std::vector<sdr::BitSet> frames;
        for (std::size_t i = 0; i < count * kLength; ++i) {
            const sdr::PictureSize size{data_.height(), data_.width()};
            frames.push_back(encoder(sdr::grey_picture(data_.train.image(order[i]), size)));
            if (i % kLength == 0) network.begin_episode();
            network.learn(frames.back());
        }
        std::vector<Captioned> pictures;
        const auto show = [&](sdr::BitView bits, const std::string& caption) {
            pictures.push_back(
                {.image = sdr::frame_image(bits, parameters.input), .caption = caption});
        };
        for (std::size_t i = 0; i < std::min(kLength, frames.size()); ++i)
            show(frames[i], "stored");
        double likeness = 0;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            const bool is_cue = i % kLength == 0;
            if (is_cue) {
                network.begin_episode();
                network.recognise(frames[i]);
            }
            const sdr::BitSet recalled = is_cue ? frames[i] : network.predict();
            if (!is_cue) likeness += sdr::jaccard(recalled, frames[i]);
            if (i < kLength) show(recalled, is_cue ? "shown" : "recalled");
        }
        likeness /= static_cast<double>(std::max<std::size_t>(1, count * (kLength - 1)));
        add(result, "sequence_likeness", likeness,
            "likeness of a sequence that goes on from its first picture (Jaccard)",
            fixed_text(likeness, 3), "the stored sequence: 1");
        Scene scene;
        scene.panels.push_back(
            image_grid("A sequence goes on by itself from its first picture", pictures, kLength));
        result.figures.push_back(
            {"sequence", std::move(scene),
             std::to_string(count) + " sequences of " + std::to_string(kLength) +
                 " pictures were shown once. Upper row: one of them. Lower row: its first picture "
                 "was shown again, the rest came from the memory alone.",
             960, 300});
    }
    void describe(ChapterResult& result) const {
        const SdrScores& own = scores_.front();
        result.was_run = "A memory of 7 x 7 small modules (macs) of Sparsey's kind stored " +
                         std::to_string(own.items) +
                         " pictures as sparse codes, each seen once and for good; nothing was "
                         "trained by gradient but the read-out that names the class from the "
                         "stored codes. Then " +
                         std::to_string(own.asked) + " other pictures were named.";
        result.data = "Data set " + own.data + (scores_.size() > 1 ? ", and MNIST beside it" : "") +
                      ": the test pictures were used once and chose nothing.";
        result.came_out = "Storing took " + fixed_text(own.seconds, 2) + " s; " + percent(own.own) +
                          " of the test pictures were named correctly, by "
                          "nearest neighbour on the raw pictures " +
                          percent(own.nearest_raw) + ".";
        result.repeat = repeat_commands();
        result.steps = own.items;
    }
    // each data set's numbers, then the whole chapter
    [[nodiscard]] std::string repeat_commands() const {
        const std::string seed = " --seed " + std::to_string(context_.common.seed);
        const std::string own = " --data '" + context_.common.data + "'";
        std::string commands;
        for (const ImageDataset& data : sets_) {
            commands += "build/release/bin/baldwin-sdr classify" +
                        (&data == &data_ ? own : " --data mnist") + " --train-per-class " +
                        std::to_string(per_class(data)) + seed + "\n";
        }
        return commands + "scripts/demo --chapters memory" + own + seed +
               (context_.is_full ? " --full" : "");
    }

    ChapterContext& context_;
    std::span<const ImageDataset> sets_;
    const ImageDataset& data_;
    std::vector<SdrScores> scores_;
};

/// The chapter for the tour's list.
inline Chapter sdr_chapter() {
    const auto sets = std::make_shared<std::vector<ImageDataset>>();
    return {.name = "memory",
            .title = "Remembering at first sight: sparse distributed codes",
            .share = 0.1,
            .prepare =
                [sets](const CommonOptions& common) {
                    sets->push_back(
                        as_usage("--data", [&] { return io::load_dataset(common.data); }));
                    if (common.data != "fashion-mnist") return;
                    try {
                        sets->push_back(io::load_dataset("mnist"));
                    } catch (const std::invalid_argument&) {
                        // MNIST is shown where it is present
                    }
                },
            .run = [sets](ChapterContext& context) { return SdrChapter(context, *sets).run(); }};
}

} // namespace baldwin::app

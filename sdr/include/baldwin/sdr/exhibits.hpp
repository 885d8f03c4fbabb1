// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Exhibits of sdr: a memory to draw for, one mac with its numbers, and a sequence that goes on by
/// itself.
#pragma once

#include <baldwin/core/exhibit.hpp>
#include <baldwin/sdr/detail/glyphs.hpp>
#include <baldwin/sdr/encoders.hpp>
#include <baldwin/sdr/network.hpp>
#include <baldwin/sdr/readout.hpp>
#include <baldwin/sdr/scenes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr {

namespace detail {

// The last so many values.
template <class T>
void keep_last(std::vector<T>& values, std::size_t most) {
    if (values.size() <= most) return;
    values.erase(values.begin(), values.end() - static_cast<std::ptrdiff_t>(most));
}

inline NetworkParameters drawing_network(const PictureSize& size) {
    NetworkParameters network;
    network.input = {size.rows, size.columns};
    LevelParameters level;
    level.grid = {5, 5};
    level.mac.shape = {.modules = 10, .cells = 32};
    level.mac.plasticity.u_limit = 0.25;
    level.u = Field::square(12);
    network.levels.push_back(level);
    return network;
}

inline EncoderParameters drawing_encoder() {
    EncoderParameters encoder;
    encoder.feature = Feature::threshold;
    return encoder;
}

} // namespace detail

/// A memory of digits and a canvas: what is drawn is recognised at once.
class DrawingBoard {
public:
    static constexpr std::size_t kClasses = 10;
    static constexpr PictureSize kSize{28, 28};
    /// Title of the panel that is drawn on, and of the one in which a mac is pointed at.
    static constexpr const char* kCanvas = "Draw here";
    static constexpr const char* kMacs = "Macs";

    explicit DrawingBoard(std::uint64_t seed, std::size_t variants = 20)
        : stream_(seed, 0x5d), encoder_(detail::drawing_encoder(), kSize),
          network_(detail::drawing_network(kSize), seed),
          readout_({.modules = 250, .cells = 32, .classes = kClasses}), canvas_(kSize) {
        for (std::size_t i = 0; i < variants * kClasses; ++i) {
            store(detail::drawn_digit(i % kClasses, kSize, stream_.substream(i)), i % kClasses);
        }
        readout_.prepare();
        recognise();
    }

    [[nodiscard]] const Picture& canvas() const noexcept { return canvas_; }
    [[nodiscard]] std::size_t items() const noexcept { return items_; }
    /// The class that the memory sees in the canvas.
    [[nodiscard]] std::size_t answer() const { return best_class(scores_); }
    /// G of the canvas.
    [[nodiscard]] double familiarity() const { return network_.codes().mean_familiarity(0); }
    [[nodiscard]] std::size_t chosen_mac() const noexcept { return chosen_; }

    /// Draws, erases or chooses a mac.
    void point(const Pointer& pointer) {
        if (pointer.panel == kMacs) {
            pen_.reset();
            if (const auto mac = mac_at(network_.parameters().levels[0].grid, pointer.x, pointer.y))
                chosen_ = *mac;
            return;
        }
        if (pointer.panel != kCanvas || !(pointer.pressed || pointer.secondary)) {
            pen_.reset();
            return;
        }
        if (!is_drawn_) canvas_ = Picture(kSize);
        is_drawn_ = true;
        const detail::PenPoint here{pointer.x, pointer.y};
        detail::draw_line(canvas_, pen_.value_or(here), here, pointer.secondary ? 2.0 : 1.2,
                          pointer.secondary);
        pen_ = here;
        recognise();
    }
    /// One step: stores or clears the canvas when asked to; shows digits never stored until
    /// somebody draws.
    /// \param values  class, store, clear
    void step(std::span<const double> values) {
        ++steps_;
        const bool wants_store = values[1] >= 0.5;
        if (wants_store && !was_storing_) {
            store(canvas_, static_cast<std::size_t>(values[0]));
            readout_.prepare();
        }
        was_storing_ = wants_store;
        if (values[2] >= 0.5) {
            canvas_ = Picture(kSize);
            is_drawn_ = true;
        } else if (!is_drawn_ && steps_ % 30 == 1) {
            const std::uint64_t unseen = 1'000'000 + steps_;
            canvas_ = detail::drawn_digit(stream_.below(kClasses, unseen), kSize,
                                          stream_.substream(unseen));
        }
        recognise();
    }
    [[nodiscard]] Scene scene() const;

private:
    void store(const Picture& picture, std::size_t label) {
        network_.learn(encoder_(picture));
        readout_.learn(network_.codes().row(0), label);
        ++items_;
    }
    void recognise() {
        network_.recognise(encoder_(canvas_));
        const auto code = network_.codes().row(0);
        scores_ = readout_.binary_scores(code);
        familiarity_.push_back(familiarity());
        codes_.insert(codes_.end(), code.begin(), code.end());
        detail::keep_last(familiarity_, 200);
        detail::keep_last(codes_, 24 * code.size());
    }

    Stream stream_;
    Encoder encoder_;
    Network network_;
    ClassReadout readout_;
    Picture canvas_;
    std::optional<detail::PenPoint> pen_; // where it was, while it is down
    std::vector<double> scores_;          // (kClasses)
    std::vector<double> familiarity_;     // of the last presentations
    std::vector<Cell> codes_;             // of the last presentations
    std::size_t items_ = 0;
    std::size_t steps_ = 0;
    std::size_t chosen_ = 12;
    bool is_drawn_ = false;
    bool was_storing_ = false;
};

inline Scene DrawingBoard::scene() const {
    Scene scene;
    scene.title = "A memory of " + std::to_string(items_) + " digits, each seen once";
    scene.columns = 4;
    Image image;
    image.rows = kSize.rows;
    image.columns = kSize.columns;
    std::transform(canvas_.pixels.begin(), canvas_.pixels.end(), std::back_inserter(image.pixels),
                   [](std::uint8_t pixel) { return detail::ink(pixel / 255.0); });
    const Extent extent = network_.parameters().input;
    scene.panels.push_back(detail::picture_panel(kCanvas, std::move(image)));
    scene.panels.back().note = "left button draws, right button erases";
    scene.panels.push_back(frame_panel("What the macs see", encoder_(canvas_), extent));
    scene.panels.push_back(frame_panel("What it recalls", network_.reconstruct(), extent));
    scene.panels.back().note = "the codes, through the weights reversed";
    const std::vector<std::string> names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    scene.panels.push_back(score_panel("Class", names, scores_, "cells"));
    scene.panels.push_back(mac_panel(kMacs, network_, 0, chosen_));
    scene.panels.back().note = "a column for each module, its winner dark; point at one";
    for (auto& panel : judgement_panels(network_, 0, chosen_)) {
        scene.panels.push_back(std::move(panel));
    }
    scene.panels.push_back(familiarity_panel("Familiarity", familiarity_));
    scene.panels.back().columns = 2;
    scene.panels.push_back(intersection_panel("Codes in common", codes_, network_.codes().width()));
    scene.panels.back().note = "of the last presentations, dark: all";
    return scene;
}

/// One mac that has stored drawn patterns, and probes that share some pixels with one of them.
class MacStudy {
public:
    static constexpr std::size_t kOn = 12;
    static constexpr Extent kInput{12, 12};

    /// \param values  those of mac_exhibit
    MacStudy(std::uint64_t seed, std::span<const double> values) : stream_(seed, 0x3a) {
        build(values);
    }
    void step(std::span<const double> values) {
        if (!std::equal(built_.begin(), built_.end(), values.begin() + 1)) build(values);
        ++steps_;
        const double share = (static_cast<double>(kOn) - values[0]) / static_cast<double>(kOn);
        network_->recognise(moved(item_, share, stream_.substream(1000 + steps_)));
        const auto winners = network_->macs(0)[0].winners();
        common_.push_back(static_cast<double>(intersection(code_, winners)) /
                          static_cast<double>(code_.size()));
        familiarity_.push_back(network_->macs(0)[0].familiarity());
        detail::keep_last(common_, 200);
        detail::keep_last(familiarity_, 200);
    }
    /// Share of the item's code in the last probes' codes, and their G.
    [[nodiscard]] std::span<const double> common() const noexcept { return common_; }
    [[nodiscard]] std::span<const double> familiarity() const noexcept { return familiarity_; }
    [[nodiscard]] Scene scene() const {
        Scene scene;
        scene.columns = 3;
        scene.panels = judgement_panels(*network_, 0, 0);
        Series common{.name = "code in common", .x = {}, .y = common_};
        Series familiar{.name = "familiarity G", .x = {}, .y = familiarity_};
        for (std::size_t i = 0; i < common_.size(); ++i) {
            common.x.push_back(static_cast<double>(i + 1));
        }
        familiar.x = common.x;
        scene.panels.push_back(curves("Probes", {.label = "probe", .whole = true},
                                      {.label = "share", .range = Interval{0, 1.02}},
                                      {common, familiar}));
        scene.panels.back().columns = 2;
        scene.panels.push_back(frame_panel("What it recalls", network_->reconstruct(), kInput));
        return scene;
    }

private:
    // shared, then what a new memory is made for: stored, slope, centre, chi
    void build(std::span<const double> values) {
        built_.assign(values.begin() + 1, values.end());
        NetworkParameters parameters;
        parameters.input = kInput;
        LevelParameters level;
        level.mac.shape = {.modules = 24, .cells = 8};
        level.mac.csa.slope = values[2];
        level.mac.csa.centre = values[3];
        level.mac.csa.contrast.chi = values[4];
        level.mac.csa.retrieval_contrast = level.mac.csa.contrast;
        level.mac.csa.retrieval_choice = Choice::soft;
        level.mac.plasticity.freeze = FreezeScope::none;
        parameters.levels.push_back(level);
        network_.emplace(parameters, stream_.seed());
        for (std::size_t i = 0; i + 1 < static_cast<std::size_t>(values[1]); ++i) {
            network_->learn(random_bits(kInput.size(), kOn, stream_.substream(10 + i)));
        }
        item_ = random_bits(kInput.size(), kOn, stream_.substream(0));
        network_->learn(item_);
        const auto winners = network_->macs(0)[0].winners();
        code_.assign(winners.begin(), winners.end());
        common_.clear();
        familiarity_.clear();
    }

    Stream stream_;
    std::vector<double> built_; // values that the network was made for
    std::optional<Network> network_;
    BitSet item_;
    std::vector<Cell> code_;
    std::vector<double> common_;
    std::vector<double> familiarity_;
    std::size_t steps_ = 0;
};

/// Sequences of a digit that wanders; shown the first frame, the memory goes on by itself.
class SequencePlayer {
public:
    static constexpr PictureSize kSize{16, 16};
    static constexpr std::size_t kLength = 10;
    static constexpr std::size_t kSequences = 5;

    explicit SequencePlayer(std::uint64_t seed) : network_(parameters(), seed) {
        const Stream stream(seed, 0x71);
        for (std::size_t s = 0; s < kSequences; ++s) {
            auto& sequence = sequences_.emplace_back();
            for (std::size_t f = 0; f < kLength; ++f) sequence.push_back(frame(s, f, stream));
            network_.begin_episode();
            for (const BitSet& one : sequence) network_.learn(one);
        }
        step();
    }
    /// The next frame: seen if it is the first of a sequence, recalled otherwise.
    void step() {
        if (at_ % kLength == 0) {
            network_.begin_episode();
            network_.recognise(wanted());
            recalled_ = network_.reconstruct();
            likeness_.clear();
        } else {
            recalled_ = network_.predict();
        }
        likeness_.push_back(jaccard(recalled_, wanted()));
        shown_ = at_++;
    }
    /// Jaccard similarity of the frames recalled so far to those that were stored.
    [[nodiscard]] std::span<const double> likeness() const noexcept { return likeness_; }
    [[nodiscard]] Scene scene() const {
        const Extent extent{kSize.rows, kSize.columns};
        const bool is_cue = shown_ % kLength == 0;
        Scene scene;
        scene.columns = 3;
        scene.title = "Frame " + std::to_string(shown_ % kLength + 1) + " of " +
                      std::to_string(kLength) + (is_cue ? ": seen" : ": recalled, without input");
        scene.panels.push_back(
            frame_panel("What was stored",
                        sequences_[shown_ / kLength % kSequences][shown_ % kLength], extent));
        scene.panels.push_back(
            frame_panel(is_cue ? "What it sees" : "What it recalls", recalled_, extent));
        Panel curve = familiarity_panel("Likeness of what is recalled", likeness_);
        curve.x.label = "frame";
        curve.x.range = Interval{1, kLength};
        curve.y.label = "Jaccard similarity";
        scene.panels.push_back(std::move(curve));
        for (auto& panel : judgement_panels(network_, 0, 0)) {
            scene.panels.push_back(std::move(panel));
        }
        return scene;
    }

private:
    static NetworkParameters parameters() {
        NetworkParameters network;
        network.input = {kSize.rows, kSize.columns};
        LevelParameters level;
        level.mac.shape = {.modules = 24, .cells = 16};
        level.h = Field{};
        network.levels.push_back(level);
        return network;
    }
    // a digit that moves and turns slowly
    static BitSet frame(std::size_t sequence, std::size_t f, const Stream& stream) {
        Picture picture(kSize);
        const double angle = 0.6 * static_cast<double>(f) + static_cast<double>(sequence);
        const double x = 8 + 4.5 * std::cos(angle);
        const double y = 8 + 4.5 * std::sin(angle * (1 + 0.5 * static_cast<double>(sequence % 3)));
        const double size = 2 + stream.uniform(sequence);
        const double turn = angle * (sequence % 2 == 0 ? 1 : -1);
        const detail::PenPoint a{x - size * std::cos(turn), y - size * std::sin(turn)};
        const detail::PenPoint b{x + size * std::cos(turn), y + size * std::sin(turn)};
        detail::draw_line(picture, a, b, 0.8);
        return Encoder({.feature = Feature::threshold, .deskew = false}, kSize)(picture);
    }
    [[nodiscard]] const BitSet& wanted() const {
        return sequences_[at_ / kLength % kSequences][at_ % kLength];
    }

    Network network_;
    std::vector<std::vector<BitSet>> sequences_;
    BitSet recalled_;
    std::vector<double> likeness_;
    std::size_t at_ = 0;
    std::size_t shown_ = 0;
};

/// Draw a digit; recognition, recall and familiarity answer at once.
[[nodiscard]] inline Exhibit drawing_exhibit() {
    ExhibitLabel label{
        .category = "sdr",
        .name = "drawing",
        .summary = "Draw a digit: a memory that saw each example once recognises and recalls it."};
    label.parameters = {{.name = "class",
                         .value = 0,
                         .low = 0,
                         .high = 9,
                         .step = 1,
                         .help = "what the drawing is stored as"},
                        {.name = "store",
                         .value = 0,
                         .low = 0,
                         .high = 1,
                         .step = 1,
                         .help = "going to 1 stores the drawing, once"},
                        {.name = "clear",
                         .value = 0,
                         .low = 0,
                         .high = 1,
                         .step = 1,
                         .help = "at 1 the canvas stays empty"}};
    return make_exhibit<DrawingBoard>(
        std::move(label), [](std::uint64_t seed, Exhibit::Values) { return DrawingBoard(seed); },
        [](DrawingBoard& board, Exhibit::Values values) { board.step(values); },
        [](const DrawingBoard& board) { return board.scene(); },
        [](DrawingBoard& board, const Pointer& pointer) { board.point(pointer); });
}

/// One mac: evidence, likelihoods and winners as the sigmoid changes.
[[nodiscard]] inline Exhibit mac_exhibit() {
    ExhibitLabel label{.category = "sdr",
                       .name = "one mac",
                       .summary = "V, psi and rho of one mac for probes that share pixels with a "
                                  "stored item."};
    label.parameters = {
        {.name = "shared",
         .value = 10,
         .low = 0,
         .high = 12,
         .step = 1,
         .help = "pixels of 12 that a probe shares with the item"},
        {.name = "stored", .value = 10, .low = 1, .high = 200, .step = 1, .help = "items stored"},
        {.name = "slope", .value = 10, .low = 0, .high = 100, .help = "L of the sigmoid"},
        {.name = "centre", .value = 0.8, .low = 0, .high = 1, .help = "c of the sigmoid, in V"},
        {.name = "chi", .value = 30, .low = 0, .high = 1000, .help = "largest contrast, per cell"}};
    return make_exhibit<MacStudy>(
        std::move(label),
        [](std::uint64_t seed, Exhibit::Values values) {
            MacStudy study(seed, values);
            study.step(values);
            return study;
        },
        [](MacStudy& study, Exhibit::Values values) { study.step(values); },
        [](const MacStudy& study) { return study.scene(); });
}

/// A sequence that goes on by itself from its first frame.
[[nodiscard]] inline Exhibit sequence_exhibit() {
    return make_exhibit<SequencePlayer>(
        {.category = "sdr",
         .name = "sequence",
         .summary = "Shown the first frame of a stored sequence, the memory goes on by itself."},
        [](std::uint64_t seed, Exhibit::Values) { return SequencePlayer(seed); },
        [](SequencePlayer& player, Exhibit::Values) { player.step(); },
        [](const SequencePlayer& player) { return player.scene(); });
}

/// Adds sdr's exhibits.
/// \throws std::invalid_argument if they are there already
inline void register_exhibits(Registry& registry) {
    registry.add(drawing_exhibit());
    registry.add(mac_exhibit());
    registry.add(sequence_exhibit());
}

} // namespace baldwin::sdr

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Studies of one mac on drawn patterns: similarity of codes, capacity, sequences. Each says what a
/// trial prototype of ours had measured, and checks itself against it.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/mac.hpp>
#include <baldwin/sdr/network.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// Mean and its standard error.
struct Estimate {
    double mean = 0;
    double error = 0; ///< standard error; 0 for fewer than two values
};

/// The mean of values and how far it may be off.
inline Estimate estimate(std::span<const double> values) {
    const auto n = static_cast<double>(values.size());
    if (values.empty()) return {};
    double sum = 0;
    for (const double value : values) sum += value;
    const double mean = sum / n;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return {mean, values.size() < 2 ? 0.0 : std::sqrt(squares / (n - 1) / n)};
}

/// A measured value beside the prototype's.
struct Compared {
    std::string what; ///< such as "graded, 20 stored, 8 of 12 shared"
    Estimate measured;
    double expected = 0;
    double allowed = 0; ///< largest difference

    [[nodiscard]] bool is_met() const noexcept {
        return std::abs(measured.mean - expected) <= allowed;
    }
};

// -- similarity ---------------------------------------------------------------------------------

/// Pixels that a probe shares with the stored item, of 12.
inline constexpr std::array<std::size_t, 9> kSharedPixels = {12, 11, 10, 9, 8, 6, 4, 2, 0};

/// One line of the table of similarities.
struct SimilarityRow {
    std::string preset;
    std::size_t before = 0;               ///< items stored before
    std::array<Estimate, 9> intersection; ///< share of the code, for kSharedPixels
    std::array<double, 9> expected;
};

/// A pattern of the item's size that shares so many pixels with it.
inline sdr::BitSet probe_of(const sdr::BitSet& item, std::size_t shared, const Stream& stream) {
    const auto size = static_cast<double>(item.count());
    const double share = (size - static_cast<double>(shared)) / size;
    return sdr::moved(item, share, stream);
}

/// Q = 24, K = 8 with drawn winners, also when asked; nothing is ever frozen.
inline sdr::MacParameters similarity_mac(const sdr::CsaParameters& preset) {
    sdr::MacParameters parameters;
    parameters.shape = {.modules = 24, .cells = 8};
    parameters.csa = preset;
    parameters.csa.retrieval_choice = sdr::Choice::soft;
    parameters.csa.retrieval_contrast = preset.contrast;
    parameters.plasticity.freeze = sdr::FreezeScope::none;
    return parameters;
}

/// How codes of N = 144, S = 12, Q = 24, K = 8 overlap as their inputs do: one item stored after
/// \p before others, probes that share 12 to 0 of its pixels, winners drawn.
inline SimilarityRow similarity_row(const std::string& name, const sdr::CsaParameters& preset,
                                    std::size_t before, const std::array<double, 9>& expected,
                                    std::size_t trials, const Stream& stream,
                                    const Executor& executor) {
    constexpr std::size_t kInputs = 144;
    constexpr std::size_t kOn = 12;
    const sdr::MacParameters parameters = similarity_mac(preset);
    std::vector<std::vector<double>> found(kSharedPixels.size(), std::vector<double>(trials));
    executor.chunks(trials, [&](std::size_t trial, std::size_t) {
        const Stream own = stream.substream(trial);
        sdr::Mac mac(parameters, kInputs, own.substream(0));
        for (std::size_t i = 0; i < before; ++i) {
            mac.learn(sdr::random_bits(kInputs, kOn, own.substream(100 + i)));
        }
        const sdr::BitSet item = sdr::random_bits(kInputs, kOn, own.substream(1));
        mac.learn(item);
        const std::vector<sdr::Cell> code(mac.winners().begin(), mac.winners().end());
        for (std::size_t p = 0; p < kSharedPixels.size(); ++p) {
            mac.recognise(probe_of(item, kSharedPixels[p], own.substream(2 + p)));
            found[p][trial] = static_cast<double>(sdr::intersection(code, mac.winners())) /
                              static_cast<double>(code.size());
        }
    });
    SimilarityRow row{name, before, {}, expected};
    for (std::size_t p = 0; p < kSharedPixels.size(); ++p) row.intersection[p] = estimate(found[p]);
    return row;
}

/// The four lines of the table, with what the prototype measured.
/// \param goes_on  given the lines so far after each; false ends the table; may be empty
inline std::vector<SimilarityRow>
similarity_table(std::size_t trials, const Stream& stream, const Executor& executor,
                 const std::function<bool(const std::vector<SimilarityRow>&)>& goes_on = {}) {
    struct Line {
        const char* name;
        sdr::CsaParameters preset;
        std::size_t before;
        std::array<double, 9> expected;
    };
    const std::array<Line, 4> lines = {
        {{"graded", sdr::graded(), 0, {.964, .954, .931, .876, .764, .349, .144, .124, .124}},
         {"graded", sdr::graded(), 20, {.924, .911, .882, .841, .771, .517, .292, .187, .138}},
         {"strict", sdr::strict(), 0, {.992, .985, .844, .226, .126, .126, .126, .127, .126}},
         {"strict", sdr::strict(), 20, {.991, .986, .896, .525, .289, .155, .130, .126, .128}}}};
    std::vector<SimilarityRow> rows;
    for (const Line& line : lines) {
        rows.push_back(similarity_row(line.name, line.preset, line.before, line.expected, trials,
                                      stream.substream(line.before), executor));
        if (goes_on && !goes_on(rows)) break;
    }
    return rows;
}

/// Each entry of a line beside the prototype's. The prototype drew 1,000 trials too, so its values
/// are off by as much as ours of 1,000: the difference of both has the root of the summed squares
/// as its standard error, of which four are allowed, and half of its last digit.
inline std::vector<Compared> compared(const SimilarityRow& row, std::size_t trials) {
    std::vector<Compared> all;
    const double ratio = std::sqrt(1.0 + static_cast<double>(trials) / 1000.0);
    for (std::size_t p = 0; p < kSharedPixels.size(); ++p) {
        all.push_back({row.preset + ", " + std::to_string(row.before) + " stored before, " +
                           std::to_string(kSharedPixels[p]) + " of 12 shared",
                       row.intersection[p], row.expected[p],
                       4 * ratio * row.intersection[p].error + 0.0005});
    }
    return all;
}

/// Whether codes overlap no more where inputs do less, to four standard errors.
inline bool is_monotone(const SimilarityRow& row) {
    for (std::size_t p = 1; p < row.intersection.size(); ++p) {
        const Estimate& more = row.intersection[p - 1];
        const Estimate& less = row.intersection[p];
        if (less.mean - more.mean > 4 * std::hypot(more.error, less.error)) return false;
    }
    return true;
}

// -- capacity -----------------------------------------------------------------------------------

/// Recall of single patterns by one mac.
struct CapacityPoint {
    std::size_t cells = 0;   ///< K
    std::size_t modules = 0; ///< Q
    std::size_t items = 0;
    Estimate recall;                 ///< share of an item's code that comes back, over trials
    std::vector<double> first_trial; ///< the same of each item in the first trial, shape (items)
};

/// Items of N = 144, S = 12 stored and then recalled with hard choice; nothing is ever frozen.
inline CapacityPoint capacity_point(const sdr::MacShape& shape, std::size_t items,
                                    std::size_t trials, const Stream& stream,
                                    const Executor& executor) {
    constexpr std::size_t kInputs = 144;
    constexpr std::size_t kOn = 12;
    sdr::MacParameters parameters;
    parameters.shape = shape;
    parameters.plasticity.freeze = sdr::FreezeScope::none;
    std::vector<double> recall(trials);
    std::vector<double> first_trial(items);
    executor.chunks(trials, [&](std::size_t trial, std::size_t) {
        const Stream own = stream.substream(trial);
        sdr::Mac mac(parameters, kInputs, own.substream(0));
        std::vector<sdr::BitSet> stored;
        std::vector<std::vector<sdr::Cell>> codes;
        for (std::size_t i = 0; i < items; ++i) {
            stored.push_back(sdr::random_bits(kInputs, kOn, own.substream(1 + i)));
            mac.learn(stored.back());
            codes.emplace_back(mac.winners().begin(), mac.winners().end());
        }
        std::size_t same = 0;
        for (std::size_t i = 0; i < items; ++i) {
            mac.recognise(stored[i]);
            const std::size_t common = sdr::intersection(codes[i], mac.winners());
            same += common;
            if (trial > 0) continue;
            first_trial[i] = static_cast<double>(common) / static_cast<double>(shape.modules);
        }
        recall[trial] = static_cast<double>(same) / static_cast<double>(items * shape.modules);
    });
    return {shape.cells, shape.modules, items, estimate(recall), std::move(first_trial)};
}

/// Items that are recalled to 97 %, between the points on both sides; the last point's where
/// recall stays above. Points have rising numbers of items.
inline double capacity_of(std::span<const CapacityPoint> points) {
    constexpr double kGoal = 0.97;
    for (std::size_t i = 1; i < points.size(); ++i) {
        const double before = points[i - 1].recall.mean;
        const double after = points[i].recall.mean;
        if (before < kGoal || after >= kGoal) continue;
        const double share = (before - kGoal) / (before - after);
        return static_cast<double>(points[i - 1].items) +
               share * static_cast<double>(points[i].items - points[i - 1].items);
    }
    return points.empty() ? 0.0 : static_cast<double>(points.back().items);
}

// -- sequences ----------------------------------------------------------------------------------

/// Sequences of drawn frames of 12 x 12 pixels, 12 of them on.
struct SequenceStudy {
    std::size_t sequences = 10;
    std::size_t length = 10; ///< frames of each
};

inline std::vector<std::vector<sdr::BitSet>> draw_sequences(const SequenceStudy& study,
                                                            const Stream& stream) {
    std::vector<std::vector<sdr::BitSet>> all(study.sequences);
    for (std::size_t s = 0; s < all.size(); ++s) {
        for (std::size_t f = 0; f < study.length; ++f) {
            all[s].push_back(sdr::random_bits(144, 12, stream.substream(s * study.length + f)));
        }
    }
    return all;
}

/// One mac over 12 x 12 pixels with complete U and H weights.
inline sdr::NetworkParameters sequence_network(const sdr::MacShape& shape,
                                               const sdr::CsaParameters& csa) {
    sdr::NetworkParameters network;
    network.input = {12, 12};
    sdr::LevelParameters level;
    level.mac.shape = shape;
    level.mac.csa = csa;
    level.mac.plasticity.freeze = sdr::FreezeScope::none;
    level.h = sdr::Field{};
    network.levels.push_back(level);
    return network;
}

/// What a sequence study measured with one net.
struct SequenceRow {
    sdr::MacShape shape = {};
    std::size_t sequences = 0;
    std::array<Estimate, 3> recognised = {}; ///< share of codes; 0, 1, 2 pixels of each frame moved
    Estimate completed_code = {};            ///< after the first frame
    Estimate completed_pixel = {};
};

using SequenceCodes = std::vector<std::vector<std::vector<sdr::Cell>>>; ///< (sequences, frames, Q)

inline std::vector<sdr::Cell> code_of(const sdr::Network& network) {
    const auto winners = network.macs(0)[0].winners();
    return {winners.begin(), winners.end()};
}

/// Stores each sequence as an episode.
inline SequenceCodes store_sequences(sdr::Network& network,
                                     const std::vector<std::vector<sdr::BitSet>>& sequences) {
    SequenceCodes codes;
    for (const auto& sequence : sequences) {
        network.begin_episode();
        auto& own = codes.emplace_back();
        for (const sdr::BitSet& frame : sequence) {
            network.learn(frame);
            own.push_back(code_of(network));
        }
    }
    return codes;
}

/// Mean share of the stored codes that comes back when the sequences are shown again with some
/// pixels of each frame moved.
inline double recognition(sdr::Network& network,
                          const std::vector<std::vector<sdr::BitSet>>& sequences,
                          const SequenceCodes& codes, std::size_t moved_pixels,
                          const Stream& stream) {
    double sum = 0;
    std::size_t frames = 0;
    for (std::size_t s = 0; s < sequences.size(); ++s) {
        network.begin_episode();
        for (std::size_t f = 0; f < sequences[s].size(); ++f, ++frames) {
            const sdr::BitSet& frame = sequences[s][f];
            network.recognise(
                probe_of(frame, frame.count() - moved_pixels, stream.substream(frames)));
            sum += static_cast<double>(sdr::intersection(codes[s][f], code_of(network))) /
                   static_cast<double>(codes[s][f].size());
        }
    }
    return sum / static_cast<double>(frames);
}

/// How well sequences go on by themselves after their first frame.
struct Completion {
    double code = 0;  ///< mean share of the codes
    double pixel = 0; ///< mean Jaccard similarity of the pictures made from them
};

inline Completion complete(sdr::Network& network,
                           const std::vector<std::vector<sdr::BitSet>>& sequences,
                           const SequenceCodes& codes) {
    Completion sum;
    double frames = 0;
    for (std::size_t s = 0; s < sequences.size(); ++s) {
        network.begin_episode();
        network.recognise(sequences[s][0]);
        for (std::size_t f = 1; f < sequences[s].size(); ++f, ++frames) {
            const sdr::BitSet picture = network.predict();
            sum.code += static_cast<double>(sdr::intersection(codes[s][f], code_of(network))) /
                        static_cast<double>(codes[s][f].size());
            sum.pixel += sdr::jaccard(picture, sequences[s][f]);
        }
    }
    return {sum.code / frames, sum.pixel / frames};
}

/// The net that recognises: familiar by both signals, or if neither is, by the better one.
inline sdr::CsaParameters recognising(double centre) {
    sdr::CsaParameters csa = sdr::strict();
    csa.centre = centre;
    csa.back_off = {{sdr::Signals::hu, 0.5}, {sdr::Signals::u, 1.0}};
    csa.back_off_rest = sdr::BackOffRest::most_familiar;
    return csa;
}

/// Recognition and completion of drawn sequences of 10 frames, over trials.
/// \param centre  of the sigmoid in the net that recognises; the one that completes is strict
inline SequenceRow sequence_row(const sdr::MacShape& shape, double centre, std::size_t sequences,
                                std::size_t trials, const Stream& stream,
                                const Executor& executor) {
    std::array<std::vector<double>, 5> values;
    for (auto& column : values) column.resize(trials);
    executor.chunks(trials, [&](std::size_t trial, std::size_t) {
        const Stream own = stream.substream(trial);
        const auto drawn = draw_sequences({.sequences = sequences}, own.substream(0));
        sdr::Network network(sequence_network(shape, recognising(centre)), own.id());
        const auto codes = store_sequences(network, drawn);
        for (std::size_t moved = 0; moved < 3; ++moved) {
            values[moved][trial] =
                recognition(network, drawn, codes, moved, own.substream(1 + moved));
        }
        sdr::Network strict(sequence_network(shape, sdr::strict()), own.id());
        const auto strict_codes = store_sequences(strict, drawn);
        const Completion completion = complete(strict, drawn, strict_codes);
        values[3][trial] = completion.code;
        values[4][trial] = completion.pixel;
    });
    SequenceRow row{.shape = shape, .sequences = sequences};
    for (std::size_t moved = 0; moved < 3; ++moved) row.recognised[moved] = estimate(values[moved]);
    row.completed_code = estimate(values[3]);
    row.completed_pixel = estimate(values[4]);
    return row;
}

/// One frame after two different ones.
struct ContextStudy {
    Estimate between; ///< share of the code that X after A has in common with X after B
    Estimate own;     ///< share that comes back when A X (or B X) is shown again
};

/// A X and B X stored in a mac of Q = 24, K = 8 with U and H.
inline ContextStudy context_study(std::size_t trials, const Stream& stream,
                                  const Executor& executor) {
    std::vector<double> between(trials);
    std::vector<double> own(trials);
    executor.chunks(trials, [&](std::size_t trial, std::size_t) {
        const Stream draws = stream.substream(trial);
        const auto frame = [&](std::uint64_t i) {
            return sdr::random_bits(144, 12, draws.substream(i));
        };
        const std::vector<std::vector<sdr::BitSet>> drawn = {{frame(0), frame(2)},
                                                             {frame(1), frame(2)}};
        sdr::Network network(sequence_network({.modules = 24, .cells = 8}, sdr::strict()),
                             draws.id());
        const auto codes = store_sequences(network, drawn);
        between[trial] = static_cast<double>(sdr::intersection(codes[0][1], codes[1][1])) / 24;
        own[trial] = recognition(network, drawn, codes, 0, draws.substream(3));
    });
    return {estimate(between), estimate(own)};
}

} // namespace baldwin::app

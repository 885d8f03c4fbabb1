// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What the windows of the studies show: the curves so far, and one trial of the newest point.
#pragma once

#include "similarity_scene.hpp"
#include "studies.hpp"

#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/sdr/scenes.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// The lines of the table so far, and how a mac of the newest line judges a probe that shares 9 of
/// its 12 pixels with the stored item.
inline Scene similarity_trial(const std::vector<SimilarityRow>& rows, const Stream& stream) {
    constexpr std::size_t kShared = 9;
    const SimilarityRow& row = rows.back();
    sdr::NetworkParameters parameters;
    parameters.input = {12, 12};
    sdr::LevelParameters level;
    level.mac = similarity_mac(row.preset == "graded" ? sdr::graded() : sdr::strict());
    parameters.levels.push_back(level);
    sdr::Network network(parameters, stream.id());
    for (std::size_t i = 0; i < row.before; ++i) {
        network.learn(sdr::random_bits(144, 12, stream.substream(100 + i)));
    }
    const sdr::BitSet item = sdr::random_bits(144, 12, stream.substream(1));
    network.learn(item);
    const std::vector<sdr::Cell> code = code_of(network);
    const sdr::BitSet probe = probe_of(item, kShared, stream.substream(2));
    network.recognise(probe);
    Scene scene = similarity_scene(rows);
    scene.columns = 3;
    scene.title = "Line " + std::to_string(rows.size()) + " of 4: " + row.preset + ", " +
                  std::to_string(row.before) + " stored before; below, one of its trials";
    scene.panels.front().columns = 3;
    scene.panels.front().height = 1.6;
    scene.panels.push_back(sdr::frame_panel("The item stored", item, parameters.input));
    scene.panels.push_back(sdr::frame_panel("A probe", probe, parameters.input));
    scene.panels.back().note = "shares " + std::to_string(kShared) + " of 12 pixels; its code " +
                               std::to_string(sdr::intersection(code, code_of(network))) +
                               " of 24 winners";
    for (Panel& panel : sdr::judgement_panels(network, 0, 0)) {
        scene.panels.push_back(std::move(panel));
    }
    return scene;
}

/// Curves of recall over the items stored.
inline Panel capacity_panel(const std::vector<Series>& series) {
    return curves("Recall of what was stored", {.label = "items stored", .whole = true},
                  {.label = "share of codes", .unit = "%"}, series);
}

/// The curves so far, and in the newest point's first trial which items come back.
inline Scene capacity_scene(const std::vector<Series>& series, const CapacityPoint& newest) {
    Scene scene;
    scene.title = "Q = " + std::to_string(newest.modules) +
                  ", K = " + std::to_string(newest.cells) + ", " + std::to_string(newest.items) +
                  " items: " + fixed_text(100 * newest.recall.mean, 1) + " % comes back";
    scene.columns = 1;
    scene.panels.push_back(capacity_panel(series));
    Points items;
    for (std::size_t i = 0; i < newest.first_trial.size(); ++i) {
        items.at.push_back({static_cast<double>(i + 1), 100 * newest.first_trial[i]});
    }
    Panel one{.title = "One mac: each item, asked for once all are stored",
              .x = {.label = "item, in the order of storing", .whole = true},
              .y = {.label = "share of its code", .unit = "%", .range = Interval{0, 103}}};
    one.x.range = Interval{0, static_cast<double>(newest.items + 1)};
    one.items.emplace_back(std::move(items));
    scene.panels.push_back(std::move(one));
    return scene;
}

/// A stored sequence, and what a memory of \p sequences makes of its first frame.
inline Panel completion_panel(const sdr::MacShape& shape, std::size_t sequences,
                              const Stream& stream) {
    const auto drawn = draw_sequences({.sequences = sequences}, stream);
    const sdr::NetworkParameters parameters = sequence_network(shape, sdr::strict());
    sdr::Network network(parameters, stream.id());
    store_sequences(network, drawn);
    const auto& wanted = drawn.front();
    std::vector<Captioned> pictures;
    for (std::size_t f = 0; f < wanted.size(); ++f) {
        pictures.push_back({.image = sdr::frame_image(wanted[f], parameters.input),
                            .caption = "stored " + std::to_string(f + 1)});
    }
    network.begin_episode();
    network.recognise(wanted.front());
    for (std::size_t f = 0; f < wanted.size(); ++f) {
        const sdr::BitSet picture = f == 0 ? wanted.front() : network.predict();
        const std::string like = fixed_text(100 * sdr::jaccard(picture, wanted[f]), 0) + " % same";
        pictures.push_back({.image = sdr::frame_image(picture, parameters.input),
                            .caption = f == 0 ? "shown" : like});
    }
    return image_grid("One of " + std::to_string(sequences) +
                          " sequences, and below it how the memory goes on from its first frame",
                      pictures, wanted.size());
}

/// Shares of codes over the sequences stored, for each net, and one completed sequence of the
/// newest.
inline Scene sequence_scene(std::span<const SequenceRow> rows, const Stream& stream) {
    constexpr std::array kMoved = {"as stored", "1 pixel moved", "2 pixels moved"};
    const auto lines = [&](std::size_t modules) {
        std::vector<Series> series;
        series.reserve(kMoved.size() + 1);
        for (const char* name : kMoved) series.push_back({name, {}, {}});
        series.push_back({"from the first frame on", {}, {}, true});
        for (const SequenceRow& row : rows) {
            if (row.shape.modules != modules) continue;
            const auto add = [&](Series& one, const Estimate& value) {
                one.x.push_back(static_cast<double>(row.sequences));
                one.y.push_back(100 * value.mean);
            };
            for (std::size_t m = 0; m < kMoved.size(); ++m) add(series[m], row.recognised[m]);
            add(series.back(), row.completed_code);
        }
        return curves("Q = " + std::to_string(modules) + ", K = 16",
                      {.label = "sequences stored", .whole = true},
                      {.label = "codes that come back", .unit = "%", .range = Interval{0, 103}},
                      series);
    };
    Scene scene;
    scene.columns = 2;
    scene.title = "Memory for sequences of 10 drawn frames";
    scene.panels.push_back(lines(9));
    scene.panels.push_back(lines(24));
    if (rows.empty()) return scene;
    scene.panels.push_back(completion_panel(rows.back().shape, rows.back().sequences, stream));
    scene.panels.back().columns = 2;
    return scene;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-sdr recall: stored pictures from damaged ones.
#pragma once

#include "recall.hpp"
#include "recall_scenes.hpp"
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
#include <baldwin/sdr/scenes.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// Values of the options of recall.
struct RecallOptions {
    CommonOptions common;
    MemoryOptions memory;
    std::size_t per_class = 10;
    double threshold = 0.9;

    // one mac sees the whole picture: what is hidden can only come back from what is not
    RecallOptions() {
        common.data = "fashion-mnist";
        memory.settings.encoder.feature = sdr::Feature::edges;
        memory.settings.grid = 1;
        memory.settings.field = 28;
        memory.settings.mac = {.modules = 50, .cells = 100};
        memory.deskew = Switch::off;
    }
    void declare(OptionTable& table) {
        common.declare(table);
        table.count("items-per-class", per_class, "pictures of each class to store", {1, 100'000});
        table.number("recall-threshold", threshold,
                     "share of the winners that must have a weight to a bit that is recalled",
                     {0.01, 1});
        memory.declare(table);
        table.add_note("summary.json: rows (damage, share, code: share of the stored code that "
                       "comes back, identified: share of items whose own code is the nearest, "
                       "knn1: the same by nearest neighbour of the bits, picture: Jaccard "
                       "similarity of what is recalled to what was stored, shown: the same of what "
                       "is shown, g), items, mean_g, saturation, frozen_share, unique_codes.");
        table.add_note("Exit codes: 0 done, 1 the run failed, 2 wrong usage, 130 interrupted.");
    }
};

inline Json to_json(const RecallRow& row) {
    return {{"damage", damage_text(row.damage)},
            {"share", row.share},
            {"code", row.code},
            {"identified", row.identified},
            {"knn1", row.nearest},
            {"picture", row.picture},
            {"shown", row.shown},
            {"g", row.familiarity}};
}

inline void say_recall(Run& run, const RecallRow& row) {
    const auto percent = [](double share) { return fixed_text(100 * share, 1) + " %"; };
    run.progress().note(damage_text(row.damage) + " " + percent(row.share) + ": code " +
                        percent(row.code) + ", identified " + percent(row.identified) +
                        " (nearest neighbour " + percent(row.nearest) + "), picture " +
                        fixed_text(row.picture, 3) + " (shown " + fixed_text(row.shown, 3) +
                        "), G " + fixed_text(row.familiarity, 3));
}

inline ExitCode recall(const std::vector<std::string>& arguments) {
    RecallOptions options;
    OptionTable table("baldwin-sdr recall",
                      "Stores pictures, each seen once, and recalls them from damaged ones.");
    options.declare(table);
    if (read_options(table, options.common, arguments)) return ExitCode::done;
    limit_threads(options.common.threads);
    const ImageDataset data = load_images(options.common);
    const Stream stream(options.common.seed, 2);
    const ImageParts parts = choose_images(data, options.per_class, 0, stream.substream(0));
    const Executor executor(options.common.threads);
    auto memory = as_usage("", [&] {
        return ImageMemory(options.memory.resolved(), {data.height(), data.width()},
                           data.classes.size(), options.common.seed, executor);
    });
    choose_place(options.common, "recall");
    Run run(table, options.common, data.name);
    const auto frames =
        memory.encode(parts.store.size(), [&](std::size_t i) { return parts.store.picture(i); });
    memory.store(frames, parts.store.labels);
    Live live(options.common.view, "baldwin-sdr recall", run);
    const auto pictures = [&] {
        sdr::Network copy = memory.network(); // showing draws numbers, which the run must not miss
        return recall_scene(copy, frames, options.threshold, stream.substream(2));
    };
    Json rows = Json::array();
    for (const Damage damage : {Damage::noise, Damage::occlusion, Damage::completion}) {
        for (const double share : {0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6}) {
            if (Run::should_stop()) break;
            const RecallRow row =
                recall_row(memory.network(), frames, memory.codes(), damage, share,
                           options.threshold, stream.substream(1), executor);
            rows.push_back(to_json(row));
            say_recall(run, row);
            if (live.wants_scene()) live.show(rows.size(), "recall", pictures());
            live.attend(rows.size());
        }
    }
    const sdr::Health health = sdr::health_of(memory.network(), 0);
    if (const auto warning = sdr::collapse_warning(health)) run.event(0, "collapse", *warning);
    run.directory().write_frame(memory.size(), "recall", "scene.json", to_json(pictures()));
    run.finish(memory.size(), Run::should_stop(),
               {{"rows", std::move(rows)},
                {"items", memory.size()},
                {"mean_g", memory.mean_familiarity()},
                {"unique_codes", health.unique_codes},
                {"saturation", health.saturation},
                {"frozen_share", health.frozen_share},
                {"codes_hash", hash_hex(memory.codes_hash())}});
    if (Run::should_stop()) return ExitCode::interrupted;
    live.stay();
    return ExitCode::done;
}

} // namespace baldwin::app

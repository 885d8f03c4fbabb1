// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-sdr events: names the action in a clip, with a memory of three levels; nobody that it is
/// asked about was seen before.
#pragma once

#include "event_clips.hpp"
#include "image_memory.hpp"
#include "sdr_options.hpp"

#include <baldwin/app/live.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/sdr/knn.hpp>
#include <baldwin/sdr/linear_readout.hpp>
#include <baldwin/sdr/network.hpp>
#include <baldwin/sdr/readout.hpp>
#include <baldwin/sdr/scenes.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// A share with Wilson's 95 % interval.
struct Share {
    std::size_t right = 0;
    std::size_t all = 0;

    void add(bool is_right) {
        right += is_right ? 1U : 0U;
        ++all;
    }
    [[nodiscard]] double value() const noexcept {
        return all == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(all);
    }
    [[nodiscard]] std::pair<double, double> interval() const noexcept {
        constexpr double kZ = 1.96;
        const double n = std::max(1.0, static_cast<double>(all));
        const double middle = (value() + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
        const double half =
            kZ / (1 + kZ * kZ / n) * std::sqrt(value() * (1 - value()) / n + kZ * kZ / (4 * n * n));
        return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
    }
    [[nodiscard]] Json json() const {
        const auto [low, high] = interval();
        return {{"accuracy", value()}, {"low", low}, {"high", high}, {"clips", all}};
    }
};

/// Values of the options of events.
struct EventOptions {
    CommonOptions common;
    double freeze = 0.25;

    EventOptions() { common.data = "weizmann"; }
    void declare(OptionTable& table) {
        common.declare(table);
        table.number("freeze", freeze,
                     "share of increased weights after which a cell stops learning", {0.001, 1});
        table.add_note(
            "--data is the folder with weizmann_edge_42x60.csv and .u8.gz. summary.json: accuracy, "
            "low and high (Wilson's 95 % interval) of the linear read-out of all levels at a "
            "clip's last frame; readouts: the same for count and binary, for the top level alone, "
            "and for the linear one summed over all frames; baselines: nearest neighbour of the "
            "last frame (Jaccard) and of the mean frame (Euclid); store_seconds, people, clips, "
            "weights, codes_hash.");
        table.add_note("Exit codes: 0 done, 1 the run failed, 2 wrong usage, 130 interrupted.");
    }
};

/// Three levels: 8 x 6 macs over the picture, 4 x 3 macs over those, one over all; the upper two
/// know what was before.
inline sdr::NetworkParameters event_network(const sdr::Extent& extent, double freeze) {
    sdr::NetworkParameters network;
    network.input = extent;
    const auto add = [&](sdr::Extent grid, sdr::Field field, sdr::MacShape mac, bool has_h) {
        sdr::LevelParameters level;
        level.grid = grid;
        level.u = std::move(field);
        level.mac.shape = mac;
        level.mac.plasticity.u_limit = freeze;
        if (has_h) {
            level.h = sdr::Field{};
            level.mac.csa.back_off = {{sdr::Signals::hu, 0.5}, {sdr::Signals::u, 1.0}};
            level.mac.csa.back_off_rest = sdr::BackOffRest::most_familiar;
        }
        network.levels.push_back(std::move(level));
    };
    add({8, 6}, sdr::Field::square(14), {.modules = 8, .cells = 32}, false);
    add({4, 3}, sdr::Field::square(4), {.modules = 16, .cells = 32}, true);
    add({1, 1}, {}, {.modules = 50, .cells = 32}, true);
    return network;
}

/// The frame with its mass in the middle and its lines made thicker.
inline sdr::BitSet prepared_outline(sdr::BitView frame, const sdr::Extent& extent) {
    std::size_t rows = 0;
    std::size_t columns = 0;
    const std::size_t mass = std::max<std::size_t>(1, frame.count());
    frame.for_each([&](std::size_t i) {
        rows += i / extent.columns;
        columns += i % extent.columns;
    });
    // to the nearest whole pixel
    const auto shift = [&](std::size_t sum, std::size_t length) {
        const auto twice =
            static_cast<std::int64_t>((length - 1) * mass) - static_cast<std::int64_t>(2 * sum);
        return static_cast<std::int64_t>(
            std::llround(static_cast<double>(twice) / static_cast<double>(2 * mass)));
    };
    const std::int64_t down = shift(rows, extent.rows);
    const std::int64_t right = shift(columns, extent.columns);
    sdr::BitSet centred(frame.size());
    frame.for_each([&](std::size_t i) {
        const auto row = static_cast<std::int64_t>(i / extent.columns) + down;
        const auto column = static_cast<std::int64_t>(i % extent.columns) + right;
        if (row < 0 || column < 0 || row >= static_cast<std::int64_t>(extent.rows) ||
            column >= static_cast<std::int64_t>(extent.columns)) {
            return;
        }
        centred.set(static_cast<std::size_t>(row) * extent.columns +
                    static_cast<std::size_t>(column));
    });
    return thickened(centred, extent);
}

/// Mean of a clip's frames, 0 to 255.
inline std::vector<std::uint8_t> mean_frame(const Clip& clip) {
    std::vector<std::uint32_t> sums(clip.frames.front().size());
    for (const auto& frame : clip.frames) {
        frame.view().for_each([&](std::size_t i) { ++sums[i]; });
    }
    std::vector<std::uint8_t> mean(sums.size());
    std::transform(sums.begin(), sums.end(), mean.begin(), [&](std::uint32_t sum) {
        return static_cast<std::uint8_t>(255 * sum / clip.frames.size());
    });
    return mean;
}

/// Answers of all read-outs to clips of people never seen.
struct EventScores {
    Share linear, summed, count, binary, top_count, top_binary; ///< of a memory
    Share nearest_last, nearest_mean;                           ///< plain baselines
    double store_seconds = 0; ///< storing and fitting, all folds together
    double ask_seconds = 0;
    std::size_t weights = 0;
    std::uint64_t codes_hash = 0;
};

/// One fold: everybody but one person is stored, that person's clips are asked.
class EventFold {
public:
    EventFold(const EventClips& data, std::size_t person, const EventOptions& options,
              const Executor& executor)
        : data_(data), person_(person), seed_(options.common.seed),
          network_(event_network(data.extent, options.freeze), seed_ + 1000 * person, executor),
          all_(shape(false)), top_(shape(true)), linear_(shape(false)) {}

    /// \param live  shown each clip once it is stored
    void store(EventScores& scores, Live& live) {
        const auto began = std::chrono::steady_clock::now();
        std::vector<sdr::Cell> codes;
        std::vector<std::uint8_t> labels;
        for (const Clip& clip : data_.clips) {
            if (clip.person == person_) continue;
            network_.begin_episode();
            for (const sdr::BitSet& frame : clip.frames) {
                network_.learn(frame);
                const auto code = code_of(false);
                all_.learn(code, clip.action);
                top_.learn(network_.codes().row(0), clip.action);
                codes.insert(codes.end(), code.begin(), code.end());
                labels.push_back(static_cast<std::uint8_t>(clip.action));
            }
            if (live.wants_scene()) live.show(labels.size(), "memory", scene(clip));
            live.attend(labels.size());
        }
        all_.prepare();
        top_.prepare();
        linear_.fit(codes, labels, {.passes = 20}, Stream(seed_, 0x33));
        scores.codes_hash += sdr::hash_of(codes);
        scores.weights = network_.weights();
        scores.store_seconds +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    }
    void ask(EventScores& scores) {
        const auto began = std::chrono::steady_clock::now();
        for (const Clip& clip : data_.clips) {
            if (clip.person != person_) continue;
            network_.begin_episode();
            std::vector<double> sum(data_.actions.size());
            for (const sdr::BitSet& frame : clip.frames) {
                network_.recognise(frame);
                const auto one = linear_.scores(code_of(false));
                for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += one[c];
            }
            const auto code = code_of(false);
            const auto top = network_.codes().row(0);
            const auto is_right = [&](const std::vector<double>& found) {
                return sdr::best_class(found) == clip.action;
            };
            scores.linear.add(is_right(linear_.scores(code)));
            scores.summed.add(is_right(sum));
            scores.count.add(is_right(all_.count_scores(code)));
            scores.binary.add(is_right(all_.binary_scores(code)));
            scores.top_count.add(is_right(top_.count_scores(top)));
            scores.top_binary.add(is_right(top_.binary_scores(top)));
        }
        scores.ask_seconds +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    }

private:
    // a clip's last frame, what all levels made of it, and how the top one judged it
    [[nodiscard]] Scene scene(const Clip& clip) const {
        Scene scene;
        scene.title = data_.actions[clip.action] + " by " + data_.people[clip.person] + ", stored";
        scene.columns = 4;
        scene.panels.push_back(
            sdr::frame_panel("The last frame", clip.frames.back(), data_.extent));
        for (std::size_t l = 0; l < network_.levels(); ++l) {
            scene.panels.push_back(
                sdr::mac_panel("Macs of level " + std::to_string(l + 1), network_, l));
        }
        scene.panels.push_back(
            sdr::frame_panel("What it recalls", network_.reconstruct(), data_.extent));
        for (auto& panel : sdr::judgement_panels(network_, network_.levels() - 1, 0)) {
            scene.panels.push_back(std::move(panel));
        }
        return scene;
    }
    [[nodiscard]] sdr::ReadoutShape shape(bool is_top) const {
        sdr::ReadoutShape shape{.modules = network_.codes().width(),
                                .cells = network_.codes().shape.cells,
                                .classes = data_.actions.size()};
        for (std::size_t l = 0; !is_top && l + 1 < network_.levels(); ++l) {
            shape.modules += network_.codes(l).width();
        }
        return shape;
    }
    // the winners of all levels, one after the other
    [[nodiscard]] std::vector<sdr::Cell> code_of(bool is_top) const {
        std::vector<sdr::Cell> code;
        for (std::size_t l = is_top ? network_.levels() - 1 : 0; l < network_.levels(); ++l) {
            const auto row = network_.codes(l).row(0);
            code.insert(code.end(), row.begin(), row.end());
        }
        return code;
    }

    const EventClips& data_;
    std::size_t person_;
    std::uint64_t seed_;
    sdr::Network network_;
    sdr::ClassReadout all_;
    sdr::ClassReadout top_;
    sdr::LinearReadout linear_;
};

/// Nearest clips of other people, by the last and by the mean frame.
inline void ask_nearest(const EventClips& data, std::size_t person, EventScores& scores,
                        const Executor& executor) {
    std::array<std::vector<sdr::BitSet>, 2> last; // stored, asked
    std::array<std::vector<std::uint8_t>, 2> mean;
    std::array<std::vector<std::size_t>, 2> actions;
    for (const Clip& clip : data.clips) {
        const std::size_t part = clip.person == person ? 1 : 0;
        last[part].push_back(clip.frames.back());
        const auto pixels = mean_frame(clip);
        mean[part].insert(mean[part].end(), pixels.begin(), pixels.end());
        actions[part].push_back(clip.action);
    }
    const auto by_last = sdr::nearest_by_jaccard(last[0], last[1], executor);
    const auto by_mean = sdr::nearest_by_distance(mean[0], mean[1], data.extent.size(), executor);
    for (std::size_t i = 0; i < by_last.size(); ++i) {
        scores.nearest_last.add(actions[0][by_last[i]] == actions[1][i]);
        scores.nearest_mean.add(actions[0][by_mean[i]] == actions[1][i]);
    }
}

inline Json summary_of(const EventScores& scores, const EventClips& data) {
    Json json = scores.linear.json();
    json["readouts"] = {
        {"linear", scores.linear.json()},       {"linear_summed", scores.summed.json()},
        {"count", scores.count.json()},         {"binary", scores.binary.json()},
        {"top_count", scores.top_count.json()}, {"top_binary", scores.top_binary.json()}};
    json["baselines"] = {{"knn1_last_frame", scores.nearest_last.json()},
                         {"knn1_mean_frame", scores.nearest_mean.json()}};
    json["store_seconds"] = scores.store_seconds;
    json["ask_seconds"] = scores.ask_seconds;
    json["people"] = data.people.size();
    json["clips"] = data.clips.size();
    json["weights"] = scores.weights;
    json["codes_hash"] = hash_hex(scores.codes_hash);
    return json;
}

inline void say_events(Run& run, const EventScores& scores) {
    const auto text = [](const Share& share) { return fixed_text(100 * share.value(), 1) + " %"; };
    const auto [low, high] = scores.linear.interval();
    run.progress().note("actions of people never seen, at the last frame: linear " +
                        text(scores.linear) + " (95 %: " + fixed_text(100 * low, 1) + " to " +
                        fixed_text(100 * high, 1) + "), count " + text(scores.count) + ", binary " +
                        text(scores.binary) + "; top level alone " + text(scores.top_count) +
                        "; all frames summed " + text(scores.summed));
    run.progress().note("nearest neighbour: last frame " + text(scores.nearest_last) +
                        ", mean frame " + text(scores.nearest_mean) + " (" +
                        run.directory().path().string() + ")");
}

inline ExitCode events(const std::vector<std::string>& arguments) {
    EventOptions options;
    OptionTable table("baldwin-sdr events",
                      "Names the action in a clip with a memory of three levels, leaving one "
                      "person out at a time.");
    options.declare(table);
    if (read_options(table, options.common, arguments)) return ExitCode::done;
    limit_threads(options.common.threads);
    auto folder = std::filesystem::path(options.common.data);
    for (const auto& root : io::dataset_roots()) {
        if (std::filesystem::is_directory(folder)) break;
        folder = root / options.common.data;
    }
    if (!std::filesystem::is_directory(folder)) folder = options.common.data;
    EventClips data = as_usage("--data", [&] { return read_event_clips(folder); });
    for (Clip& clip : data.clips) {
        for (auto& frame : clip.frames) frame = prepared_outline(frame, data.extent);
    }
    choose_place(options.common, "events");
    Run run(table, options.common, {});
    const Executor executor(options.common.threads);
    Live live(options.common.view, "baldwin-sdr events", run);
    EventScores scores;
    run.progress().begin("people", static_cast<double>(data.people.size()));
    for (std::size_t person = 0; person < data.people.size() && !Run::should_stop(); ++person) {
        EventFold fold(data, person, options, executor);
        fold.store(scores, live);
        fold.ask(scores);
        ask_nearest(data, person, scores, executor);
        run.record(person + 1, {{"accuracy", scores.linear.value()}});
        run.progress().update(static_cast<double>(person + 1));
    }
    run.finish(data.people.size(), Run::should_stop(), summary_of(scores, data));
    if (Run::should_stop()) return ExitCode::interrupted;
    say_events(run, scores);
    live.stay();
    return ExitCode::done;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Run directories as what a workspace shows.
#pragma once

#include "frame_scene.hpp"

#include <baldwin/core/detail/quiet_file.hpp>
#include <baldwin/core/run_reader.hpp>
#include <baldwin/viz/metric_column.hpp>
#include <baldwin/viz/source.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace baldwin::app {

namespace detail {

/// The frames of one run: what there is, and the scenes that were looked at last.
class FrameShelf {
public:
    static constexpr std::size_t kMostNames = 64; ///< more in one run are not shown
    static constexpr std::size_t kKept = 48;      ///< scenes

    /// Sorts the frames that a reader found.
    void take(const std::vector<RunFrame>& frames, std::vector<std::string>& messages) {
        rows_.clear();
        steps_.clear();
        std::map<std::string, std::size_t> places;
        for (const RunFrame& frame : frames) {
            const auto [place, is_new] = places.emplace(frame.name, rows_.size());
            if (is_new) {
                if (rows_.size() < kMostNames)
                    rows_.emplace_back();
                else
                    say_once(frame.path.parent_path().string() +
                                 ": has frames of more than 64 names; the first ones are shown",
                             messages);
            }
            if (place->second >= rows_.size()) continue;
            rows_[place->second].push_back(frame);
            if (steps_.empty() || steps_.back() != frame.step) steps_.push_back(frame.step);
        }
    }
    [[nodiscard]] const std::vector<std::uint64_t>& steps() const noexcept { return steps_; }

    /// For each name the newest frame not later than a step that can be read.
    std::vector<viz::Frame> at(std::uint64_t step, std::vector<std::string>& messages) {
        std::vector<viz::Frame> found;
        for (const auto& row : rows_) {
            const auto after = std::upper_bound(
                row.begin(), row.end(), step,
                [](std::uint64_t wanted, const RunFrame& frame) { return wanted < frame.step; });
            if (after == row.begin()) continue;
            const RunFrame& frame = *std::prev(after);
            auto scene = scene_of(frame, messages);
            if (scene != nullptr) found.push_back({frame.name, frame.step, std::move(scene)});
        }
        return found;
    }

private:
    struct Kept {
        std::filesystem::path path;
        baldwin::detail::FileStamp stamp;
        std::shared_ptr<const Scene> scene; // null: it could not be read
    };

    std::shared_ptr<const Scene> scene_of(const RunFrame& frame,
                                          std::vector<std::string>& messages) {
        auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&](const Kept& one) { return one.path == frame.path; });
        Kept kept;
        if (found != kept_.end()) {
            kept = std::move(*found);
            kept_.erase(found);
        } else {
            kept.path = frame.path;
        }
        const bool is_new = kept.stamp.may_have_changed(frame.path);
        // of a frame that is gone, the picture stays
        if (is_new && kept.stamp.exists()) read(frame, kept, messages);
        kept_.push_front(kept);
        if (kept_.size() > kKept) kept_.pop_back();
        return kept.scene;
    }
    void read(const RunFrame& frame, Kept& kept, std::vector<std::string>& messages) {
        std::vector<std::string> warnings;
        try {
            Scene scene = scene_of_frame(frame, warnings);
            if (kept.scene == nullptr || !(*kept.scene == scene)) {
                kept.scene = std::make_shared<const Scene>(std::move(scene));
            }
        } catch (const std::exception& error) {
            kept.scene = nullptr;
            warnings = {std::string(error.what()) + "; it is not shown"};
        }
        for (const std::string& warning : warnings) say_once(warning, messages);
    }
    void say_once(const std::string& text, std::vector<std::string>& messages) {
        constexpr std::size_t kMost = 100; // a run of damaged files is known by then
        if (said_.size() < kMost && said_.insert(text).second) messages.push_back(text);
    }

    std::vector<std::vector<RunFrame>> rows_; // (names): by step
    std::vector<std::uint64_t> steps_;
    std::deque<Kept> kept_; // used last first
    std::set<std::string> said_;
};

/// Names that tell directories apart: the last part of the path where that is enough.
inline std::vector<std::string> short_names(const std::vector<std::filesystem::path>& paths) {
    std::vector<std::string> names;
    for (const auto& path : paths) {
        std::error_code error;
        auto whole = std::filesystem::weakly_canonical(path, error);
        if (error) whole = path;
        names.push_back(whole.filename().string());
    }
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const auto same = std::count(names.begin(), names.end(), names[i]);
        if (same > 1) names[i] = paths[i].lexically_normal().string();
    }
    return names;
}

} // namespace detail

/// One or several run directories, read while they are written.
///
/// Of large metrics files only those metrics are parsed that were asked for by curve() or
/// nearest(): the answer to the first question is then empty, and complete some polls later.
class RunSource final : public viz::Source {
public:
    /// Files up to this size are parsed whole, so that every curve is at hand at once, bytes.
    static constexpr std::uint64_t kParsedWhole = std::uint64_t{1} << 26;

    /// \throws std::invalid_argument if a path is no run directory, or is given twice
    explicit RunSource(const std::vector<std::filesystem::path>& paths)
        : names_(detail::short_names(paths)) {
        for (std::size_t i = 0; i < paths.size(); ++i) {
            std::error_code error;
            for (std::size_t before = 0; before < i; ++before) {
                if (!std::filesystem::equivalent(paths[i], paths[before], error)) continue;
                throw std::invalid_argument(paths[i].string() + " is given twice");
            }
            runs_.push_back(std::make_unique<Run>(paths[i]));
        }
    }

    [[nodiscard]] std::string title() const override {
        if (names_.size() == 1) return names_[0];
        return std::to_string(names_.size()) + " runs";
    }
    viz::News poll(double seconds) override {
        viz::News news;
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            Run& run = *runs_[i];
            const double part = seconds / static_cast<double>(runs_.size());
            const RunNews got = run.reader.poll(part, run);
            admit_metrics(run);
            if (got.frames) run.shelf.take(run.reader.frames(), messages_);
            if (got.others) note_units();
            news.metrics = news.metrics || got.log.samples || got.log.metrics || got.others;
            news.frames = news.frames || got.frames;
            // what was just met is wanted, and read at the next poll
            news.more = news.more || got.log.more || run.reader.log().share() < 1;
            for (auto& warning : run.reader.take_warnings())
                messages_.push_back(std::move(warning));
        }
        return news;
    }
    [[nodiscard]] double loaded() const override {
        double share = 0;
        for (const auto& run : runs_) share += run->reader.log().share();
        return share / static_cast<double>(runs_.size());
    }
    [[nodiscard]] std::vector<std::string> take_messages() override {
        return std::exchange(messages_, {});
    }

    [[nodiscard]] std::vector<std::string> runs() const override { return names_; }
    [[nodiscard]] std::vector<viz::MetricInfo> metrics() const override { return metrics_; }
    [[nodiscard]] std::optional<Interval> extent(std::size_t run,
                                                 std::size_t metric) const override {
        const auto place = place_of(run, metric);
        if (!place) return std::nullopt;
        const auto steps = runs_[run]->reader.log().extent(*place);
        if (!steps) return std::nullopt;
        return Interval{static_cast<double>(steps->first), static_cast<double>(steps->second)};
    }
    [[nodiscard]] std::vector<Point> curve(const viz::CurveQuery& query) const override {
        const viz::MetricColumn* column = wanted(query);
        return column == nullptr ? std::vector<Point>() : column->curve(query);
    }
    [[nodiscard]] std::optional<Point> nearest(const viz::CurveQuery& query,
                                               double step) const override {
        const viz::MetricColumn* column = wanted(query);
        return column == nullptr ? std::nullopt : column->nearest(query, step);
    }

    [[nodiscard]] std::vector<std::uint64_t> frame_steps(std::size_t run) const override {
        return runs_[run]->shelf.steps();
    }
    [[nodiscard]] std::vector<viz::Frame> frames(std::size_t run, std::uint64_t step) override {
        return runs_[run]->shelf.at(step, messages_);
    }
    [[nodiscard]] std::vector<viz::RunEvent> events(std::size_t run) const override {
        std::vector<viz::RunEvent> events;
        for (const RunRemark& remark : runs_[run]->reader.remarks()) {
            std::string text = remark.kind;
            if (!remark.text.empty()) text += (text.empty() ? "" : ": ") + remark.text;
            events.push_back({remark.step, std::move(text)});
        }
        return events;
    }

    /// Asks for every metric of every run, as an export does.
    void want_all() {
        for (const auto& run : runs_) {
            MetricLog& log = run->reader.log();
            for (std::size_t metric = 0; metric < log.size(); ++metric) log.want(metric);
        }
    }

private:
    /// A directory and what was read of it; the sink of its log.
    struct Run {
        explicit Run(const std::filesystem::path& path) : reader(path) {}

        void append(std::size_t metric, std::uint64_t step, double value) {
            if (columns.size() <= metric) columns.resize(metric + 1);
            columns[metric].append(static_cast<double>(step), value);
        }
        void cut(std::size_t metric, std::size_t samples) { columns[metric].cut(samples); }

        RunReader reader;
        detail::FrameShelf shelf;
        std::deque<viz::MetricColumn> columns;          // (metrics of the log)
        std::vector<std::size_t> shown;                 // (metrics of the log): index in metrics_
        std::vector<std::optional<std::size_t>> places; // (metrics_): index in the log
    };

    void admit_metrics(Run& run) {
        MetricLog& log = run.reader.log();
        for (std::size_t metric = run.shown.size(); metric < log.size(); ++metric) {
            const auto [place, is_new] = by_name_.emplace(log.name(metric), metrics_.size());
            if (is_new) metrics_.push_back({log.name(metric), run.reader.unit(log.name(metric))});
            run.shown.push_back(place->second);
            run.places.resize(std::max(run.places.size(), place->second + 1));
            run.places[place->second] = metric;
            if (log.bytes() <= kParsedWhole) log.want(metric);
        }
    }
    /// A config may come after the first rows.
    void note_units() {
        for (viz::MetricInfo& metric : metrics_) {
            for (const auto& run : runs_) {
                if (metric.unit.empty()) metric.unit = run->reader.unit(metric.name);
            }
        }
    }
    [[nodiscard]] std::optional<std::size_t> place_of(std::size_t run, std::size_t metric) const {
        const auto& places = runs_[run]->places;
        return metric < places.size() ? places[metric] : std::nullopt;
    }
    /// The samples behind a question, which are read from now on; null while there are none.
    [[nodiscard]] const viz::MetricColumn* wanted(const viz::CurveQuery& query) const {
        const auto place = place_of(query.run, query.metric);
        if (!place) return nullptr;
        Run& run = *runs_[query.run];
        run.reader.log().want(*place);
        return *place < run.columns.size() ? &run.columns[*place] : nullptr;
    }

    std::vector<std::string> names_;
    std::vector<std::unique_ptr<Run>> runs_;
    std::vector<viz::MetricInfo> metrics_;
    std::map<std::string, std::size_t> by_name_;
    std::vector<std::string> messages_;
};

} // namespace baldwin::app

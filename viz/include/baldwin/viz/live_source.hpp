// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A running experiment of this process as a source: its thread hands over numbers and scenes and
/// never waits, the window's thread looks at them and keeps a history.
#pragma once

#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/mailbox.hpp>
#include <baldwin/viz/metric_column.hpp>
#include <baldwin/viz/source.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// A parameter that the user turned.
struct ParameterEdit {
    std::size_t parameter = 0; ///< its place in the list that was declared
    double from = 0;
    double to = 0;
};

/// The steering of a running experiment; any thread may use it. The experiment runs at full speed
/// unless the user slows it down, which makes it wait between steps and changes nothing else.
class LiveControls final : public Controls {
public:
    explicit LiveControls(std::vector<Parameter> parameters)
        : parameters_(std::move(parameters)), values_(parameters_.size()) {
        for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = parameters_[i].value;
        for (const Parameter& parameter : parameters_) used_.push_back(parameter.value);
    }

    // -- the user's side ----------------------------------------------------------------------
    [[nodiscard]] bool is_running() const override { return !is_paused_; }
    void run(bool on) override {
        // steps that were asked for and not made are not made at the next pause
        if (on) steps_waiting_ = 0;
        is_paused_ = !on;
    }
    void step() override {
        is_paused_ = true;
        ++steps_waiting_;
    }
    [[nodiscard]] std::vector<Parameter> parameters() const override { return parameters_; }
    [[nodiscard]] double value(std::size_t parameter) const override {
        return values_.at(parameter);
    }
    void set_value(std::size_t parameter, double wanted) override {
        values_.at(parameter) = allowed(parameters_.at(parameter), wanted);
    }
    [[nodiscard]] bool has_speed() const override { return true; }
    [[nodiscard]] double speed() const override { return limit_; }
    /// Slower is half of what it is now, from the speed that was measured; faster is twice, up to
    /// no limit at all. Before its second step its speed is not known, and stays.
    void change_speed(int way) override {
        const double full = 1 / step_seconds_;
        const double limit = limit_;
        const double half = std::min(limit, full) / 2;
        if (way > 0)
            limit_ = 2 * limit < full ? 2 * limit : kFullSpeed;
        else if (half >= kSlowest && half < kFullSpeed)
            limit_ = half;
    }
    [[nodiscard]] bool hears_pointer() const override { return true; }
    /// A press waits for the experiment, however short it was; of all else the newest counts.
    void point(const Pointer& pointer) override {
        if (pointer.pressed || pointer.secondary) {
            (void)pointers_.take(); // it came before
            presses_.put({std::string(pointer.panel), pointer});
        } else {
            pointers_.put({std::string(pointer.panel), pointer});
        }
    }

    // -- the experiment's side ----------------------------------------------------------------

    /// To be called between two steps: waits while the user pauses, and as long as the speed asks.
    /// \cost at full speed one reading of the clock and a few atomics
    /// \param goes_on  asked now and then while waiting; false ends the wait
    /// \param pointed  told where the pointer is now if it moved, also while waiting; may be empty
    /// \return what was edited since the last call
    std::vector<ParameterEdit> attend(const std::function<bool()>& goes_on,
                                      const std::function<void(const Pointer&)>& pointed = {}) {
        const double arrived = clock();
        measure(arrived - std::exchange(left_, arrived));
        tell(pointed);
        if (is_paused_ || limit_ < kFullSpeed) {
            keep_speed(arrived, goes_on, pointed);
            wait_while_paused(goes_on, pointed);
            left_ = clock();
        }
        std::vector<ParameterEdit> edits;
        for (std::size_t i = 0; i < used_.size(); ++i) {
            const double now = values_[i];
            if (now != used_[i]) edits.push_back({i, std::exchange(used_[i], now), now});
        }
        return edits;
    }

private:
    struct Pointed {
        std::string panel; ///< what the pointer's view of it looked at
        Pointer pointer;
    };

    static constexpr double kFullSpeed = std::numeric_limits<double>::infinity();
    static constexpr double kSlowest = 0.1; ///< steps a second

    static double clock() {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
            .count();
    }
    /// Notes what a step took, its waits left out. One that is long (an evaluation) weighs a tenth.
    void measure(double seconds) {
        ++steps_;
        if (steps_ == 2) step_seconds_ = seconds;
        if (steps_ > 2) step_seconds_ = 0.9 * step_seconds_ + 0.1 * seconds;
    }
    /// Waits until the step is due that the speed allows, unless the user changes his mind.
    void keep_speed(double arrived, const std::function<bool()>& goes_on,
                    const std::function<void(const Pointer&)>& pointed) {
        const double limit = limit_;
        // a little lateness is made up for, so that that of many short waits does not add up
        due_ = std::max(due_ + 1 / limit, arrived - 0.02);
        double now = arrived;
        for (; now < due_ && limit_ == limit && !is_paused_ && goes_on(); now = clock()) {
            tell(pointed);
            std::this_thread::sleep_for(std::chrono::duration<double>(std::min(0.005, due_ - now)));
        }
        due_ = std::min(due_, now);
    }
    void wait_while_paused(const std::function<bool()>& goes_on,
                           const std::function<void(const Pointer&)>& pointed) {
        while (is_paused_ && goes_on()) {
            tell(pointed);
            std::uint64_t waiting = steps_waiting_;
            if (waiting > 0 && steps_waiting_.compare_exchange_strong(waiting, waiting - 1)) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    void tell(const std::function<void(const Pointer&)>& pointed) {
        if (!pointed) return;
        for (Mailbox<Pointed>* box : {&presses_, &pointers_}) {
            auto newest = box->take();
            if (!newest) continue;
            newest->pointer.panel = newest->panel;
            pointed(newest->pointer);
        }
    }

    std::vector<Parameter> parameters_;
    std::deque<std::atomic<double>> values_;
    std::vector<double> used_; ///< of the experiment's thread
    Mailbox<Pointed> presses_;
    Mailbox<Pointed> pointers_;
    std::atomic<bool> is_paused_{false};
    std::atomic<std::uint64_t> steps_waiting_{0};
    std::atomic<double> limit_{kFullSpeed}; ///< steps a second
    std::atomic<double> step_seconds_{0};   ///< of a step, smoothed; 0: not known yet
    // of the experiment's thread
    std::uint64_t steps_ = 0;
    double left_ = 0; ///< when the present step began
    double due_ = 0;  ///< when it was to begin at the earliest
};

/// A running experiment. record() and show() belong to one thread, everything else to another.
class LiveSource final : public Source {
public:
    static constexpr std::size_t kKept = 400; ///< frames of one name in the history

    /// \param units  of metrics, by name
    explicit LiveSource(std::string title, std::vector<Parameter> parameters = {},
                        std::map<std::string, std::string> units = {})
        : title_(std::move(title)), controls_(std::move(parameters)), units_(std::move(units)) {}
    ~LiveSource() override { (void)take_rows(); }

    // -- the experiment's side ----------------------------------------------------------------

    /// Hands over numbers of a step. \cost one allocation for each; never waits
    void record(std::uint64_t step, std::span<const Metric> metrics) {
        auto* row = new Row{step, {}, nullptr};
        for (const Metric& metric : metrics) row->values.emplace_back(metric.name, metric.value);
        row->before = rows_.load();
        while (!rows_.compare_exchange_weak(row->before, row)) {
        }
    }
    /// Hands over a scene; one of that name which nobody took yet is dropped. Never waits.
    void show(std::uint64_t step, std::string name, Scene scene) {
        auto waiting = scenes_.take();
        std::vector<Frame> frames = waiting ? std::move(*waiting) : std::vector<Frame>();
        std::erase_if(frames, [&](const Frame& frame) { return frame.name == name; });
        frames.push_back({std::move(name), step, std::make_shared<const Scene>(std::move(scene))});
        scenes_.put(std::move(frames));
    }
    [[nodiscard]] bool has_scene_waiting() const { return !scenes_.empty(); }
    [[nodiscard]] LiveControls& steering() noexcept { return controls_; }

    // -- the window's side --------------------------------------------------------------------

    [[nodiscard]] std::string title() const override { return title_; }
    News poll(double /*seconds*/) override {
        News news;
        for (const auto& row : take_rows()) {
            news.metrics = true;
            add(*row);
        }
        if (auto frames = scenes_.take()) {
            news.frames = true;
            for (Frame& frame : *frames) keep(std::move(frame));
        }
        return news;
    }
    [[nodiscard]] std::vector<std::string> runs() const override { return {"this run"}; }
    [[nodiscard]] std::vector<MetricInfo> metrics() const override { return metrics_; }
    [[nodiscard]] std::optional<Interval> extent(std::size_t /*run*/,
                                                 std::size_t metric) const override {
        return columns_.at(metric).extent();
    }
    [[nodiscard]] std::vector<Point> curve(const CurveQuery& query) const override {
        return columns_.at(query.metric).curve(query);
    }
    [[nodiscard]] std::optional<Point> nearest(const CurveQuery& query,
                                               double step) const override {
        return columns_.at(query.metric).nearest(query, step);
    }
    [[nodiscard]] std::vector<std::uint64_t> frame_steps(std::size_t /*run*/) const override {
        std::vector<std::uint64_t> steps;
        for (const auto& [name, kept] : history_) {
            for (const Frame& frame : kept) steps.push_back(frame.step);
        }
        std::sort(steps.begin(), steps.end());
        steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
        return steps;
    }
    [[nodiscard]] std::vector<Frame> frames(std::size_t /*run*/, std::uint64_t step) override {
        std::vector<Frame> shown;
        for (const auto& [name, kept] : history_) {
            const auto after = std::upper_bound(
                kept.begin(), kept.end(), step,
                [](std::uint64_t wanted, const Frame& frame) { return wanted < frame.step; });
            if (after != kept.begin()) shown.push_back(*std::prev(after));
        }
        return shown;
    }
    [[nodiscard]] Controls* controls() override { return &controls_; }

private:
    struct Row {
        std::uint64_t step = 0;
        std::vector<std::pair<std::string, double>> values;
        Row* before = nullptr;
    };

    /// All rows that were handed over, oldest first.
    std::vector<std::unique_ptr<Row>> take_rows() {
        std::vector<std::unique_ptr<Row>> all;
        for (Row* row = rows_.exchange(nullptr); row != nullptr; row = row->before) {
            all.emplace_back(row);
        }
        std::reverse(all.begin(), all.end());
        return all;
    }
    void add(const Row& row) {
        for (const auto& [name, value] : row.values) {
            columns_[number_of(name)].append(static_cast<double>(row.step), value);
        }
    }
    /// The place of a metric in the list, made for a new one.
    std::size_t number_of(const std::string& name) {
        const auto found = std::find_if(metrics_.begin(), metrics_.end(),
                                        [&](const auto& metric) { return metric.name == name; });
        if (found != metrics_.end()) return static_cast<std::size_t>(found - metrics_.begin());
        const auto unit = units_.find(name);
        metrics_.push_back({name, unit == units_.end() ? std::string() : unit->second});
        columns_.emplace_back();
        return metrics_.size() - 1;
    }
    void keep(Frame frame) {
        const auto place = std::find_if(history_.begin(), history_.end(),
                                        [&](const auto& one) { return one.first == frame.name; });
        auto& kept = place == history_.end()
                         ? history_.emplace_back(frame.name, std::deque<Frame>()).second
                         : place->second;
        while (!kept.empty() && kept.back().step >= frame.step) kept.pop_back();
        kept.push_back(std::move(frame));
        // a long run keeps every second of the older ones, again and again
        if (kept.size() <= kKept) return;
        std::deque<Frame> thinned;
        for (std::size_t i = 0; i < kept.size(); ++i) {
            if (i % 2 == 0 || i + kKept / 4 > kept.size()) thinned.push_back(std::move(kept[i]));
        }
        kept = std::move(thinned);
    }

    std::string title_;
    LiveControls controls_;
    std::map<std::string, std::string> units_;
    std::atomic<Row*> rows_{nullptr}; ///< handed over, newest first
    Mailbox<std::vector<Frame>> scenes_;
    std::vector<MetricInfo> metrics_;
    std::deque<MetricColumn> columns_;                               ///< by metric
    std::vector<std::pair<std::string, std::deque<Frame>>> history_; ///< by name
};

} // namespace baldwin::viz

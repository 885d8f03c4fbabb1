// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A source made of plain data, for tests.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/viz/metric_column.hpp>
#include <baldwin/viz/source.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::test {

/// Two metrics of one word and one of another in each run, and frames of two names.
class MadeSource : public viz::Source {
public:
    explicit MadeSource(std::vector<std::string> runs = {"one"}) : runs_(std::move(runs)) {
        for (std::size_t run = 0; run < runs_.size(); ++run) {
            columns_.emplace_back(3);
            for (int step = 0; step <= 1000; step += 10) {
                add(run, step, 0, 1.0 / (1 + step) + 0.1 * static_cast<double>(run));
                add(run, step, 1, 2.0 / (1 + step));
                add(run, step, 2, step);
            }
            for (const std::uint64_t step : {100U, 400U, 1000U}) {
                frames_[{run, step}] = {
                    {"cloud", step, std::make_shared<const Scene>(cloud(step))},
                    {"history", step, std::make_shared<const Scene>(history())}};
            }
        }
    }

    void add(std::size_t run, double step, std::size_t metric, double value) {
        columns_[run][metric].append(step, value);
        news_.metrics = true;
    }
    std::vector<std::string> messages;

    [[nodiscard]] std::string title() const override { return "made"; }
    viz::News poll(double /*seconds*/) override { return std::exchange(news_, {}); }
    [[nodiscard]] std::vector<std::string> take_messages() override {
        return std::exchange(messages, {});
    }
    [[nodiscard]] std::vector<std::string> runs() const override { return runs_; }
    [[nodiscard]] std::vector<viz::MetricInfo> metrics() const override {
        return {{"train_loss", "nats"}, {"held_loss", "nats"}, {"learning_rate", ""}};
    }
    [[nodiscard]] std::optional<Interval> extent(std::size_t run,
                                                 std::size_t metric) const override {
        return columns_[run][metric].extent();
    }
    [[nodiscard]] std::vector<Point> curve(const viz::CurveQuery& query) const override {
        return columns_[query.run][query.metric].curve(query);
    }
    [[nodiscard]] std::optional<Point> nearest(const viz::CurveQuery& query,
                                               double step) const override {
        return columns_[query.run][query.metric].nearest(query, step);
    }
    [[nodiscard]] std::vector<std::uint64_t> frame_steps(std::size_t run) const override {
        std::vector<std::uint64_t> steps;
        for (const auto& [key, frames] : frames_) {
            if (key.first == run) steps.push_back(key.second);
        }
        return steps;
    }
    [[nodiscard]] std::vector<viz::Frame> frames(std::size_t run, std::uint64_t step) override {
        auto after = frames_.upper_bound({run, step});
        if (after == frames_.begin()) return {};
        --after;
        return after->first.first == run ? after->second : std::vector<viz::Frame>();
    }
    [[nodiscard]] std::vector<viz::RunEvent> events(std::size_t /*run*/) const override {
        return {{500, "the rate was turned"}};
    }

    /// Three things with keys; the second one moves with the step.
    static Scene cloud(std::uint64_t step) {
        Panel panel{.x = {.label = "x", .range = Interval{0, 10}},
                    .y = {.label = "y", .range = Interval{0, 10}}};
        panel.items.emplace_back(
            Points{.at = {{2, 2}, {static_cast<double>(step) / 200, 5}, {8, 8}},
                   .radius = 5,
                   .keys = {"a", "b", "c"}});
        return {.panels = {panel}};
    }
    /// The same things as one bar each.
    static Scene history() {
        Panel panel{.x = {.label = "thing"}, .y = {.label = "fitness"}};
        panel.items.emplace_back(Bars{.tops = {{0, 1}, {1, 2}, {2, 3}}, .keys = {"a", "b", "c"}});
        return {.panels = {panel}};
    }

private:
    std::vector<std::string> runs_;
    std::vector<std::vector<viz::MetricColumn>> columns_; ///< by run and metric
    std::map<std::pair<std::size_t, std::uint64_t>, std::vector<viz::Frame>> frames_;
    viz::News news_;
};

} // namespace baldwin::test

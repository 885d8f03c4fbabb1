// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// An exhibit as a source: it runs in the window's own time, every step is kept as a copy of its
/// state, and it goes on from any of them.
#pragma once

#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/source.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// Shows one exhibit of a registry, and others on request.
class ExhibitSource final : public Source, private Controls {
public:
    static constexpr std::size_t kKept = 500; ///< states that can be gone back to

    /// \param registry  must outlive this
    /// \throws whatever the exhibit's start throws
    ExhibitSource(const Registry& registry, const Exhibit& exhibit, std::uint64_t seed = 1)
        : registry_(registry), seed_(seed) {
        begin(exhibit);
    }

    [[nodiscard]] std::string title() const override {
        return exhibit_->name + ": " + exhibit_->summary;
    }
    /// Steps as far as time went on since the last call, within \p seconds.
    News poll(double seconds) override {
        const double now = clock();
        const double past = std::clamp(now - last_, 0.0, 0.5);
        last_ = now;
        if (!is_running_) {
            due_ = 0;
        } else {
            due_ += past * speed_;
        }
        bool has_stepped = false;
        while (due_ >= 1 || steps_asked_ > 0) {
            if (steps_asked_ > 0)
                --steps_asked_;
            else
                due_ -= 1;
            if (!advance()) break;
            has_stepped = true;
            if (clock() - now > seconds) {
                due_ = std::min(due_, 1.0); // too slow for the speed asked for
                break;
            }
        }
        if (has_stepped) keep();
        return {.frames = std::exchange(has_news_, false) || has_stepped};
    }
    [[nodiscard]] std::vector<std::string> take_messages() override {
        return std::exchange(messages_, {});
    }
    [[nodiscard]] std::vector<std::string> runs() const override {
        return {exhibit_->category + "/" + exhibit_->name};
    }
    [[nodiscard]] std::vector<MetricInfo> metrics() const override { return {}; }
    [[nodiscard]] std::optional<Interval> extent(std::size_t /*run*/,
                                                 std::size_t /*metric*/) const override {
        return std::nullopt;
    }
    [[nodiscard]] std::vector<Point> curve(const CurveQuery& /*query*/) const override {
        return {};
    }
    [[nodiscard]] std::optional<Point> nearest(const CurveQuery& /*query*/,
                                               double /*step*/) const override {
        return std::nullopt;
    }
    [[nodiscard]] std::vector<std::uint64_t> frame_steps(std::size_t /*run*/) const override {
        std::vector<std::uint64_t> steps;
        for (const Kept& kept : history_) steps.push_back(kept.step);
        return steps;
    }
    [[nodiscard]] std::vector<Frame> frames(std::size_t /*run*/, std::uint64_t step) override {
        const auto found = place_of(step);
        if (found == history_.end()) return {};
        if (found->scene == nullptr) found->scene = scene_of(found->state);
        return {{exhibit_->name, found->step, found->scene}};
    }
    [[nodiscard]] Controls* controls() override { return this; }
    [[nodiscard]] const Registry* registry() const override { return &registry_; }
    void open(const Exhibit& exhibit) override { begin(exhibit); }

private:
    struct Kept {
        std::uint64_t step = 0;
        Exhibit::State state;
        std::shared_ptr<const Scene> scene; ///< null: not looked at yet
    };

    static double clock() {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
            .count();
    }

    // -- Controls -----------------------------------------------------------------------------
    [[nodiscard]] bool is_running() const override { return is_running_; }
    void run(bool on) override {
        if (on) steps_asked_ = 0;
        is_running_ = on;
    }
    void step() override {
        is_running_ = false;
        ++steps_asked_;
    }
    [[nodiscard]] bool can_restart() const override { return true; }
    void restart() override {
        step_ = 0;
        history_.clear();
        try {
            state_ = exhibit_->start(seed_, values_);
        } catch (const std::exception& error) {
            return fail(error);
        }
        keep();
        has_news_ = true;
    }
    [[nodiscard]] bool can_go_back() const override { return true; }
    void go_back(std::uint64_t step) override {
        const auto found = place_of(step);
        if (found == history_.end()) return;
        state_ = found->state;
        step_ = found->step;
        history_.erase(std::next(found), history_.end());
        has_news_ = true;
    }
    [[nodiscard]] std::vector<Parameter> parameters() const override {
        return exhibit_->parameters;
    }
    [[nodiscard]] double value(std::size_t parameter) const override {
        return values_.at(parameter);
    }
    void set_value(std::size_t parameter, double wanted) override {
        values_.at(parameter) = allowed(exhibit_->parameters.at(parameter), wanted);
    }
    [[nodiscard]] std::optional<std::uint64_t> seed() const override { return seed_; }
    void set_seed(std::uint64_t seed) override { seed_ = seed; }
    [[nodiscard]] bool takes_pointer() const override { return exhibit_->point != nullptr; }
    void point(const Pointer& pointer) override {
        if (history_.empty()) return;
        try {
            exhibit_->point(state_, pointer);
        } catch (const std::exception& error) {
            return fail(error);
        }
        history_.back() = {step_, state_, nullptr};
        has_news_ = true;
    }
    [[nodiscard]] bool has_speed() const override { return true; }
    [[nodiscard]] double speed() const override { return speed_; }
    void change_speed(int way) override { speed_ = next_speed(speed_, way); }

    // -----------------------------------------------------------------------------------------

    void begin(const Exhibit& exhibit) {
        exhibit_ = &exhibit;
        values_ = starting_values(exhibit);
        restart();
    }
    bool advance() {
        try {
            exhibit_->step(state_, values_);
        } catch (const std::exception& error) {
            fail(error);
            return false;
        }
        ++step_;
        return true;
    }
    void fail(const std::exception& error) {
        is_running_ = false;
        steps_asked_ = 0;
        messages_.push_back(exhibit_->name + " stopped: " + error.what());
    }
    void keep() {
        history_.push_back({step_, state_, nullptr});
        if (history_.size() > kKept) history_.pop_front();
    }
    /// The newest that is not later than a step.
    std::deque<Kept>::iterator place_of(std::uint64_t step) {
        const auto after = std::upper_bound(
            history_.begin(), history_.end(), step,
            [](std::uint64_t wanted, const Kept& kept) { return wanted < kept.step; });
        return after == history_.begin() ? history_.end() : std::prev(after);
    }
    std::shared_ptr<const Scene> scene_of(const Exhibit::State& state) {
        try {
            return std::make_shared<const Scene>(exhibit_->make(state));
        } catch (const std::exception& error) {
            fail(error);
            return std::make_shared<const Scene>();
        }
    }

    const Registry& registry_;
    const Exhibit* exhibit_ = nullptr;
    std::uint64_t seed_;
    std::vector<double> values_;
    Exhibit::State state_;
    std::uint64_t step_ = 0;
    std::deque<Kept> history_;
    bool is_running_ = true;
    std::uint64_t steps_asked_ = 0;
    double speed_ = 30; ///< steps a second
    double due_ = 0;    ///< steps that time has come for
    double last_ = clock();
    bool has_news_ = false;
    std::vector<std::string> messages_;
};

} // namespace baldwin::viz

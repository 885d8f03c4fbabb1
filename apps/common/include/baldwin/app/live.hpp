// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The window that --view opens, or its absence: programs show scenes and need not ask.
#pragma once

#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/scene.hpp>

#ifdef BALDWIN_HAS_VIZ
#include <baldwin/viz/live_view.hpp>
#endif

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {

/// A number of a running experiment that the user of its window may turn.
struct LiveParameter {
    Parameter parameter;
    std::function<void(double)> apply; ///< called between two steps with the new value
};

/// A window on the run where one was asked for and can be opened; else nothing happens.
///
/// It follows the numbers that the run records by itself. A run whose parameters nobody turned
/// computes the same bits with and without it.
class Live {
public:
    /// \param is_wanted  whether --view was given
    /// \param run        must outlive this; is told in one line why there is no window, and of
    /// edits
    Live(bool is_wanted, [[maybe_unused]] const std::string& title, Run& run,
         std::vector<LiveParameter> parameters = {})
        : run_(run), parameters_(std::move(parameters)) {
        if (!is_wanted) return;
#ifdef BALDWIN_HAS_VIZ
        open(title);
#else
        run_.progress().note("no window: this program was built without SFML; the run goes on");
#endif
    }
    ~Live() { run_.observe({}); }
    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;

    /// Whether a scene would be drawn now: ask before making one.
    [[nodiscard]] bool wants_scene() {
#ifdef BALDWIN_HAS_VIZ
        return view_ && view_->wants_scene();
#else
        return false;
#endif
    }
    /// Shows a scene of a step; never waits. Scenes of one name replace one another and are kept
    /// to be gone back to.
    void show([[maybe_unused]] std::uint64_t step, [[maybe_unused]] const std::string& name,
              [[maybe_unused]] Scene scene) {
#ifdef BALDWIN_HAS_VIZ
        if (view_ && view_->is_open()) view_->show(step, name, std::move(scene));
#endif
    }
    /// To be called between two steps: waits while the user pauses the run, applies what was
    /// turned and records it in events.jsonl.
    void attend([[maybe_unused]] std::uint64_t step) {
#ifdef BALDWIN_HAS_VIZ
        if (!view_) return;
        for (const viz::ParameterEdit& edit : view_->attend([] { return !Run::should_stop(); })) {
            const LiveParameter& turned = parameters_.at(edit.parameter);
            turned.apply(edit.to);
            run_.edit(step, turned.parameter.name, edit.from, edit.to);
        }
#endif
    }

private:
#ifdef BALDWIN_HAS_VIZ
    void open(const std::string& title) {
        viz::LiveOptions options;
        options.window.title = title;
        options.window.pictures = run_.directory().path() / "pictures";
        options.units = run_.units();
        for (const LiveParameter& one : parameters_) options.parameters.push_back(one.parameter);
        try {
            view_.emplace(std::move(options));
        } catch (const std::exception& error) {
            run_.progress().note("no window: " + std::string(error.what()) + "; the run goes on");
            return;
        }
        run_.observe([this](std::uint64_t step, std::span<const Metric> metrics) {
            view_->record(step, metrics);
        });
    }
#endif

    Run& run_;
    std::vector<LiveParameter> parameters_;
#ifdef BALDWIN_HAS_VIZ
    std::optional<viz::LiveView> view_;
#endif
};

} // namespace baldwin::app

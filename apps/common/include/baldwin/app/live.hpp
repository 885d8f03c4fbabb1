// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The window that --view opens, or its absence: programs show scenes and need not ask.
#pragma once

#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/scene.hpp>

#include <cstdint>
#include <functional>
#include <memory>
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
/// computes the same bits with and without it. Its window is compiled once, in live.cpp: with it,
/// every program would take half a minute more to compile.
class Live {
public:
    /// \param is_wanted  whether --view was given
    /// \param run        must outlive this; is told of edits, and in one line why there is no
    /// window
    Live(bool is_wanted, const std::string& title, Run& run,
         std::vector<LiveParameter> parameters = {});
    ~Live();
    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;

    /// Whether there is a window, open still.
    [[nodiscard]] bool is_open() const;
    /// Whether a scene would be drawn now: ask before making one.
    [[nodiscard]] bool wants_scene();
    /// Shows a scene of a step; never waits. Scenes of one name replace one another and are kept
    /// to be gone back to.
    void show(std::uint64_t step, const std::string& name, Scene scene);
    /// What attend() calls, also while the user pauses, with the newest place of the pointer over a
    /// panel of a scene shown.
    void on_pointer(std::function<void(const Pointer&)> pointed) { pointed_ = std::move(pointed); }
    /// To be called between two steps: waits while the user pauses the run, applies what was
    /// turned and records it in events.jsonl. Says once if the window closed by itself.
    void attend(std::uint64_t step);
    /// To be called once the run is finished: where a user sits at a terminal, the window stays
    /// until it is closed or Ctrl-C is pressed. Scripts go on at once.
    void stay();

private:
    struct Window;

    Run& run_;
    std::vector<LiveParameter> parameters_;
    std::function<void(const Pointer&)> pointed_;
    std::unique_ptr<Window> window_; ///< null: no window
};

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The window that --view opens, or its absence: programs show scenes and need not ask.
#pragma once

#include <baldwin/core/progress.hpp>
#include <baldwin/core/scene.hpp>

#ifdef BALDWIN_HAS_VIZ
#include <baldwin/viz/live_view.hpp>
#endif

#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace baldwin::app {

/// A window on the run where one was asked for and can be opened; else nothing happens.
class Live {
public:
    /// \param is_wanted  whether --view was given
    /// \param pictures   folder for screenshots, made with the first
    /// \param progress   is told in one line why there is no window
    Live(bool is_wanted, [[maybe_unused]] const std::string& title,
         [[maybe_unused]] const std::filesystem::path& pictures, Progress& progress) {
        if (!is_wanted) return;
#ifdef BALDWIN_HAS_VIZ
        try {
            viz::LiveOptions options;
            options.title = title;
            options.pictures = pictures;
            view_.emplace(std::move(options));
        } catch (const std::exception& error) {
            progress.note("no window: " + std::string(error.what()) + "; the run goes on");
        }
#else
        progress.note("no window: this program was built without SFML; the run goes on");
#endif
    }

    /// Whether a scene would be drawn now: ask before making one.
    [[nodiscard]] bool wants_scene() const {
#ifdef BALDWIN_HAS_VIZ
        return view_ && view_->wants_scene();
#else
        return false;
#endif
    }
    /// Shows a scene; never waits.
    void show([[maybe_unused]] Scene scene) {
#ifdef BALDWIN_HAS_VIZ
        if (view_ && view_->is_open()) view_->show(std::move(scene));
#endif
    }

private:
#ifdef BALDWIN_HAS_VIZ
    std::optional<viz::LiveView> view_;
#endif
};

} // namespace baldwin::app

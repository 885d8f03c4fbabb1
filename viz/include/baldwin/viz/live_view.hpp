// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A window on a running experiment, in its own thread: it shows the newest scenes and numbers that
/// it was given and never makes the run wait, unless the user pauses it.
#pragma once

#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/display.hpp>
#include <baldwin/viz/frame_pacer.hpp>
#include <baldwin/viz/live_source.hpp>
#include <baldwin/viz/mailbox.hpp>
#include <baldwin/viz/window.hpp>

#include <pthread.h>
#if defined(__linux__)
#include <sys/resource.h>
#endif

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// How a live window looks, what it may cost, and what may be turned in it.
struct LiveOptions {
    WindowOptions window = {};
    std::vector<Parameter> parameters = {};        ///< that the user may turn
    std::map<std::string, std::string> units = {}; ///< of metrics, by name
};

/// A live window. Keys: F1 lists them; Esc closes it and the run goes on.
class LiveView {
public:
    /// Opens the window, in a new thread.
    /// \throws std::runtime_error if there is no display
    explicit LiveView(LiveOptions options = {})
        : options_(std::move(options)),
          source_(options_.window.title, options_.parameters, options_.units) {
        if (!display_.obstacle().empty()) throw std::runtime_error(display_.obstacle());
        display_.survive_loss();
        // a software renderer works in the painting thread, where its cost is seen and bounded
        ::setenv("LP_NUM_THREADS", "0", 0);
        thread_ = std::thread([this] { run(); });
    }
    /// Closes the window.
    ~LiveView() {
        is_open_ = false;
        // the thread that lost its display never ends
        while (!is_finished_ && !detail::display_lost) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        if (is_finished_)
            thread_.join();
        else
            thread_.detach();
    }
    LiveView(const LiveView&) = delete;
    LiveView& operator=(const LiveView&) = delete;

    // -- of the run's thread ------------------------------------------------------------------

    /// Shows a scene as soon as a frame is due; one of the same name that was not drawn yet is
    /// dropped. Never waits.
    void show(std::uint64_t step, std::string name, Scene scene) {
        if (!is_open()) return;
        source_.show(step, std::move(name), std::move(scene));
        if (asked_ < 0) return;
        // what making scenes costs the run counts as well
        const double now = seconds();
        makers_.painted(now, now - std::exchange(asked_, -1));
    }
    /// Shows a scene as the next of a sequence.
    void show(Scene scene) { show(++shown_, "scene", std::move(scene)); }
    /// Adds numbers to the curves. Never waits.
    void record(std::uint64_t step, std::span<const Metric> metrics) {
        if (is_open()) source_.record(step, metrics);
    }
    /// Whether a new scene would be seen: the last one was taken, and making them has cost the run
    /// no more than a hundredth of its time; or the user pauses and looks at the present step. Ask
    /// before making one that takes effort.
    [[nodiscard]] bool wants_scene() {
        if (!is_open()) return false;
        const double now = seconds();
        const bool is_paused = !source_.steering().is_running();
        if (!is_paused && (source_.has_scene_waiting() || !makers_.is_due(now))) return false;
        asked_ = now;
        return true;
    }
    /// Why the window closed without the user's doing, in a few words; empty if it did not. Told
    /// once.
    [[nodiscard]] std::string take_failure() {
        if (is_open()) return {};
        if (detail::display_lost && !std::exchange(is_loss_told_, true)) {
            return "its display is gone";
        }
        const auto reason = failures_.take();
        return reason ? *reason : std::string();
    }
    /// To be called between two steps: waits while the user pauses, and says what was edited.
    /// \param goes_on  asked while waiting; false ends the wait
    /// \param pointed  told where the pointer is if it moved over a panel of the newest scene
    std::vector<ParameterEdit> attend(const std::function<bool()>& goes_on = {},
                                      const std::function<void(const Pointer&)>& pointed = {}) {
        return source_.steering().attend([&] { return is_open() && (!goes_on || goes_on()); },
                                         pointed);
    }

    // -- of any thread ------------------------------------------------------------------------

    /// False once the user has closed it or its display is gone.
    [[nodiscard]] bool is_open() const { return is_open_ && !detail::display_lost; }
    /// Saves the window as PNG once what was given so far is drawn; asynchronous.
    void save_picture(std::filesystem::path path) { pictures_.put(std::move(path)); }
    /// The workspace's state as of the last picture, for tests: see Workspace::dump().
    [[nodiscard]] std::string dump() {
        wants_dump_ = true;
        while (wants_dump_ && is_open()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        const auto text = dumps_.take();
        return text ? *text : std::string();
    }
    /// Frames painted and CPU seconds of the window's threads so far.
    [[nodiscard]] std::uint64_t frames() const { return frames_; }
    [[nodiscard]] double cpu_seconds() const { return cpu_seconds_; }

private:
    static double seconds() {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
            .count();
    }

    /// The window's thread. Whatever goes wrong here ends the window and nothing else; the run's
    /// thread asks what it was.
    void run() {
        // Ctrl-C is the run's affair
        sigset_t signals;
        ::sigfillset(&signals);
        ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        give_way();
        try {
            show_window();
        } catch (const std::exception& error) {
            failures_.put(error.what());
        } catch (...) {
            failures_.put("its thread failed");
        }
        is_open_ = false;
        is_finished_ = true;
    }

    /// The window takes what the run leaves: opening it alone costs a quarter of a second.
    static void give_way() {
#if defined(__linux__)
        constexpr int kNice = 10;
        // of this thread and of those that it starts; refused or not, the run goes on
        (void)::setpriority(PRIO_PROCESS, 0, kNice);
#endif
    }

    void show_window() {
        Window window(source_, options_.window);
        while (is_open_ && window.tick()) {
            frames_ = window.frames();
            cpu_seconds_ = window.cpu_seconds();
            if (wants_dump_) {
                dumps_.put(window.workspace().dump().dump(2));
                wants_dump_ = false;
            }
            if (window.frames() > 0 && !source_.has_scene_waiting()) {
                if (const auto path = pictures_.take()) window.save(*path);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(15));
        }
    }

    detail::DisplayLink display_; ///< first, so that it outlives the window
    LiveOptions options_;
    LiveSource source_;
    Mailbox<std::filesystem::path> pictures_;
    Mailbox<std::string> dumps_;
    Mailbox<std::string> failures_;
    std::atomic<bool> wants_dump_{false};
    std::atomic<bool> is_open_{true};
    std::atomic<bool> is_finished_{false};
    std::atomic<std::uint64_t> frames_{0};
    std::atomic<double> cpu_seconds_{0};
    // of the run's thread
    std::uint64_t shown_ = 0;
    bool is_loss_told_ = false;
    double asked_ = -1; ///< when it was last told that a scene is wanted; < 0: it has answered
    FramePacer makers_{0.01, 30, 1};
    std::thread thread_;
};

} // namespace baldwin::viz

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A window on a running experiment, in its own thread: it shows the newest scene it was given and
/// never makes the run wait.
#pragma once

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/display.hpp>
#include <baldwin/viz/events.hpp>
#include <baldwin/viz/fonts.hpp>
#include <baldwin/viz/frame_pacer.hpp>
#include <baldwin/viz/mailbox.hpp>
#include <baldwin/viz/painter.hpp>

#include <SFML/Graphics/Image.hpp>
#include <SFML/Graphics/RenderWindow.hpp>
#include <SFML/Graphics/Texture.hpp>
#include <SFML/System/Err.hpp>

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace baldwin::viz {

/// How a window looks and what it may cost.
struct LiveOptions {
    std::string title = "Baldwin";
    unsigned width = 1280;                ///< pixels
    unsigned height = 800;                ///< pixels
    double scale = 1;                     ///< of everything drawn; 2 for dense screens
    bool dark = true;                     ///< theme at the start
    std::filesystem::path font = {};      ///< empty: one of the system's
    std::filesystem::path pictures = "."; ///< folder for screenshots, made when needed
    double cpu_share = 0.05;              ///< of one core that painting may take
};

/// A live window.
///
/// Keys: Esc closes it (the run goes on), S saves a screenshot, D changes between dark and light,
/// Page Up and Page Down change the size of everything, F1 lists the keys.
class LiveView {
public:
    /// Opens the window, in a new thread.
    /// \throws std::runtime_error if there is no display
    explicit LiveView(LiveOptions options = {}) : options_(std::move(options)) {
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

    /// Shows a scene as soon as a frame is due; one that was not drawn yet is dropped.
    /// \cost allocates the scene's hull; never waits. Any thread may call it.
    void show(Scene scene) { scenes_.put(std::move(scene)); }

    /// Whether the window would draw a new scene now: ask before making one that takes effort.
    [[nodiscard]] bool wants_scene() const { return is_open() && wants_scene_ && scenes_.empty(); }

    /// False once the user has closed it or its display is gone.
    [[nodiscard]] bool is_open() const { return is_open_ && !detail::display_lost; }

    /// Saves the window as PNG once all scenes shown so far are drawn; asynchronous.
    void save_picture(std::filesystem::path path) { pictures_.put(std::move(path)); }

    /// Frames painted and CPU seconds of the window's thread so far.
    [[nodiscard]] std::uint64_t frames() const { return frames_; }
    [[nodiscard]] double cpu_seconds() const { return cpu_seconds_; }

private:
    using Clock = std::chrono::steady_clock;

    static double seconds() {
        return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
    }

    static double thread_cpu_seconds() {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    }

    /// The window's thread. Whatever goes wrong here ends the window and nothing else.
    void run() {
        // Ctrl-C is the run's affair
        sigset_t signals;
        ::sigfillset(&signals);
        ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        try {
            show_window();
        } catch (const std::exception&) {
        }
        is_open_ = false;
        is_finished_ = true;
    }

    void show_window() {
        sf::err().rdbuf(nullptr); // SFML's remarks would tear the run's progress line
        sf::RenderWindow window(sf::VideoMode(options_.width, options_.height), options_.title);
        window.setKeyRepeatEnabled(false);
        Fonts fonts = options_.font.empty() ? system_fonts() : Fonts{options_.font, {}};
        Painter painter(fonts);
        FramePacer pacer(options_.cpu_share);
        is_dirty_ = true;
        while (is_open_) {
            while (const auto event = next_event(window)) react(*event, window);
            wants_scene_ = pacer.is_due(seconds());
            if (wants_scene_) {
                if (auto scene = scenes_.take()) {
                    scene_ = std::move(*scene);
                    is_dirty_ = true;
                }
                if (is_dirty_)
                    paint(window, painter, pacer);
                else if (const auto path = pictures_.take())
                    save(window, *path);
            }
            cpu_seconds_ = thread_cpu_seconds();
            std::this_thread::sleep_for(std::chrono::milliseconds(15));
        }
    }

    void react(const WindowEvent& event, sf::RenderWindow& window) {
        using Kind = WindowEvent::Kind;
        if (event.kind == Kind::close) is_open_ = false;
        if (event.kind == Kind::resize || event.kind == Kind::expose) is_dirty_ = true;
        if (event.kind != Kind::key) return;
        is_dirty_ = true;
        switch (event.key) {
        case Key::escape: is_open_ = false; break;
        case Key::theme: options_.dark = !options_.dark; break;
        case Key::larger: options_.scale = std::min(3.0, options_.scale + 0.25); break;
        case Key::smaller: options_.scale = std::max(0.5, options_.scale - 0.25); break;
        case Key::help: shows_help_ = !shows_help_; break;
        case Key::screenshot: save(window, free_name()); break;
        case Key::other: is_dirty_ = false; break;
        }
    }

    void paint(sf::RenderWindow& window, Painter& painter, FramePacer& pacer) {
        const double start = thread_cpu_seconds();
        const sf::Vector2u size = window.getSize();
        Drawing drawing = lay_out(scene_, size.x / options_.scale, size.y / options_.scale);
        add_hint(drawing);
        painter.prepare(drawing);
        const Theme& theme = options_.dark ? kDarkTheme : kLightTheme;
        painter.paint(drawing, window, theme, options_.scale);
        if (shows_help_) painter.paint_over(help(drawing.width), window, theme, options_.scale);
        window.display();
        is_dirty_ = false;
        ++frames_;
        pacer.painted(seconds(), thread_cpu_seconds() - start);
    }

    /// A hint while there is nothing to see.
    void add_hint(Drawing& drawing) const {
        if (!scene_.panels.empty()) return;
        drawing.commands.emplace_back(DrawText{{drawing.width / 2, drawing.height / 2},
                                               "waiting for the run's first picture",
                                               14,
                                               Paint::muted(),
                                               Text::Anchor::middle});
    }

    /// The keys, in a box at the upper right.
    static Drawing help(double width) {
        constexpr std::array<std::array<const char*, 2>, 5> kLines = {
            {{"Esc", "close the window; the run goes on"},
             {"S", "save a screenshot"},
             {"D", "dark or light"},
             {"Page Up / Down", "larger / smaller"},
             {"F1", "show or hide these keys"}}};
        const Rect box = {width - 382, 12, 370, 24 + 20.0 * kLines.size()};
        DrawPath frame{{{box.x, box.y},
                        {box.right(), box.y},
                        {box.right(), box.bottom()},
                        {box.x, box.bottom()}},
                       true};
        frame.fill = Paint::surface();
        frame.stroke = Paint::muted();
        Drawing drawing{.commands = {std::move(frame)}};
        for (std::size_t i = 0; i < kLines.size(); ++i) {
            const double y = box.y + 26 + 20 * static_cast<double>(i);
            const DrawText key{{box.x + 14, y}, kLines[i][0],        12,
                               Paint::ink(),    Text::Anchor::start, true};
            drawing.commands.emplace_back(key);
            drawing.commands.emplace_back(DrawText{{box.x + 130, y}, kLines[i][1], 12});
        }
        return drawing;
    }

    /// pictures/screenshot-1.png, -2, ...: the first that does not exist.
    [[nodiscard]] std::filesystem::path free_name() const {
        for (int number = 1;; ++number) {
            auto path = options_.pictures / ("screenshot-" + std::to_string(number) + ".png");
            if (!std::filesystem::exists(path)) return path;
        }
    }

    /// Writes what the window shows; a picture that cannot be written is no reason to stop.
    static void save(const sf::RenderWindow& window, const std::filesystem::path& path) {
        std::error_code error;
        if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
        sf::Texture texture;
        const sf::Vector2u size = window.getSize();
        if (!texture.create(size.x, size.y)) return;
        texture.update(window);
        // complete or absent, for whoever waits for it
        const std::filesystem::path draft = path.parent_path() / ("." + path.filename().string());
        if (texture.copyToImage().saveToFile(draft.string())) {
            std::filesystem::rename(draft, path, error);
        }
    }

    detail::DisplayLink display_; ///< first, so that it outlives the window
    LiveOptions options_;
    Mailbox<Scene> scenes_;
    Mailbox<std::filesystem::path> pictures_;
    std::atomic<bool> is_open_{true};
    std::atomic<bool> is_finished_{false};
    std::atomic<bool> wants_scene_{true};
    std::atomic<std::uint64_t> frames_{0};
    std::atomic<double> cpu_seconds_{0};
    // of the window's thread
    Scene scene_;
    bool is_dirty_ = false;
    bool shows_help_ = false;
    std::thread thread_;
};

} // namespace baldwin::viz

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A window on a source: a workspace that SFML shows and feeds with events.
#pragma once

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/canvas.hpp>
#include <baldwin/viz/compositor.hpp>
#include <baldwin/viz/detail/x_painter.hpp>
#include <baldwin/viz/display.hpp>
#include <baldwin/viz/events.hpp>
#include <baldwin/viz/export.hpp>
#include <baldwin/viz/fonts.hpp>
#include <baldwin/viz/frame_pacer.hpp>
#include <baldwin/viz/sfml_typeface.hpp>
#include <baldwin/viz/snapshot.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/thread_meter.hpp>
#include <baldwin/viz/workspace.hpp>

#include <SFML/Graphics/RenderWindow.hpp>
#include <SFML/Graphics/Sprite.hpp>
#include <SFML/Graphics/Texture.hpp>
#include <SFML/System/Err.hpp>
#include <SFML/Window/Context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// How a window looks and what it may cost.
struct WindowOptions {
    std::string title = "Baldwin";
    unsigned width = 1280;                ///< pixels
    unsigned height = 800;                ///< pixels
    double scale = 1;                     ///< of everything drawn; 2 for dense screens
    bool dark = true;                     ///< theme at the start
    std::filesystem::path font = {};      ///< empty: one of the system's
    std::filesystem::path pictures = "."; ///< folder for what is saved, made when needed
    double cpu_share = 0.04;              ///< of one core that the window may take; 1: as it likes
    /// Is told what was saved and where, a line each; the window says it as well.
    std::function<void(const std::string&)> tell = {};
};

namespace detail {

/// Brings a picture in memory onto a window.
class Presenter {
public:
    Presenter(sf::RenderWindow& window, const DisplayLink& link) : window_(window) {
        if (!is_software()) return;
        // it keeps what it painted last time, and pays for every pixel
        keeps_content_ = true;
        painter_.emplace(link, window.getSystemHandle());
        if (!painter_->is_usable()) painter_.reset();
    }

    /// Whether all has to be shown again.
    [[nodiscard]] bool take_exposed() { return painter_ && painter_->take_exposed(); }

    /// Shows the boxes of the picture that changed.
    void show(const Canvas& picture, std::vector<PixelBox> boxes) {
        if (!painter_) return show_by_opengl(picture, std::move(boxes));
        merge(boxes);
        painter_->show(picture, boxes);
    }

private:
    static bool is_software() {
        using GetString = const unsigned char* (*)(unsigned);
        constexpr unsigned kRenderer = 0x1F01;
        const auto get_string =
            reinterpret_cast<GetString>(sf::Context::getFunction("glGetString"));
        const unsigned char* name = get_string == nullptr ? nullptr : get_string(kRenderer);
        const std::string_view renderer =
            name == nullptr ? std::string_view() : reinterpret_cast<const char*>(name);
        return renderer.find("llvmpipe") != std::string_view::npos ||
               renderer.find("softpipe") != std::string_view::npos;
    }

    void show_by_opengl(const Canvas& picture, std::vector<PixelBox> boxes) {
        const auto width = static_cast<unsigned>(picture.width());
        const auto height = static_cast<unsigned>(picture.height());
        if (texture_.getSize() != sf::Vector2u(width, height)) {
            if (!texture_.create(width, height)) {
                throw std::runtime_error("the window is larger than the graphics card can paint");
            }
            window_.setView(
                sf::View({0, 0, static_cast<float>(width), static_cast<float>(height)}));
            boxes = {picture.bounds()};
        }
        merge(boxes);
        for (const PixelBox& box : boxes) upload(picture, box);
        if (!keeps_content_) boxes = {picture.bounds()};
        for (const PixelBox& box : boxes) {
            sf::Sprite sprite(texture_, {box.left, box.top, box.width(), box.height()});
            sprite.setPosition(static_cast<float>(box.left), static_cast<float>(box.top));
            window_.draw(sprite, sf::RenderStates(sf::BlendNone));
        }
        window_.display();
    }

    /// Boxes that overlap become one, so that no pixel is brought twice.
    static void merge(std::vector<PixelBox>& boxes) {
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            for (std::size_t k = i + 1; k < boxes.size();) {
                if (boxes[i].cut(boxes[k]).empty()) {
                    ++k;
                    continue;
                }
                boxes[i] = boxes[i].joined(boxes[k]);
                boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(k));
                k = i + 1;
            }
        }
    }
    void upload(const Canvas& picture, PixelBox box) {
        rows_.clear();
        const auto pixels = picture.pixels();
        for (int y = box.top; y < box.bottom; ++y) {
            const auto first =
                4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width()) +
                     static_cast<std::size_t>(box.left));
            const auto row = pixels.subspan(first, 4 * static_cast<std::size_t>(box.width()));
            rows_.insert(rows_.end(), row.begin(), row.end());
        }
        texture_.update(rows_.data(), static_cast<unsigned>(box.width()),
                        static_cast<unsigned>(box.height()), static_cast<unsigned>(box.left),
                        static_cast<unsigned>(box.top));
    }

    sf::RenderWindow& window_;
    sf::Texture texture_;
    bool keeps_content_ = false;
    std::optional<XPainter> painter_; ///< where it is cheaper than OpenGL
    std::vector<std::uint8_t> rows_;
};

} // namespace detail

/// A window. It belongs to the thread that made it.
class Window {
public:
    /// Opens it.
    /// \param source  must outlive this
    /// \throws std::runtime_error if there is no display, or it refuses
    Window(Source& source, WindowOptions options)
        : options_(std::move(options)), source_(source), is_able_(prepare()),
          window_(sf::VideoMode(options_.width, options_.height), options_.title),
          typeface_(options_.font.empty() ? system_fonts() : Fonts{options_.font, {}}),
          workspace_(source, {.dark = options_.dark, .scale = options_.scale}),
          compositor_(typeface_.is_usable() ? &typeface_ : nullptr), presenter_(window_, display_),
          // a little above five, for a thread that is woken late
          pacer_(options_.cpu_share, options_.cpu_share < 1 ? 30 : 60, 5.6) {
        if (!window_.isOpen()) throw std::runtime_error("the display refused to open a window");
        window_.setKeyRepeatEnabled(false);
        workspace_.resize(options_.width, options_.height);
        if (!typeface_.is_usable()) {
            workspace_.say("no font was found: name one by --font or BALDWIN_FONT");
        }
    }

    /// One round: events, news, and a picture if one is due. Does not wait.
    /// \return false once the user has closed it
    bool tick() {
        while (auto event = next_event(window_)) {
            if (event->kind != InputEvent::Kind::resize) {
                event->at = {event->at.x / workspace_.scale(), event->at.y / workspace_.scale()};
            }
            needs_all_ = needs_all_ || event->kind == InputEvent::Kind::expose;
            workspace_.handle(*event, clock());
        }
        needs_all_ = presenter_.take_exposed() || needs_all_;
        for (const Request& request : workspace_.take_requests()) carry_out(request);
        // a program that does nothing else reads a large run without a pause
        const bool is_reading = options_.cpu_share >= 1 && source_.loaded() < 1;
        if (is_open_ && (is_reading || pacer_.is_due(clock()))) paint();
        return is_open_;
    }
    /// Shows it until it is closed.
    /// \param goes_on  asked now and then; false ends it
    void run(const std::function<bool()>& goes_on = {}) {
        while ((!goes_on || goes_on()) && tick()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(4));
        }
    }

    [[nodiscard]] Workspace& workspace() noexcept { return workspace_; }
    /// The picture that was shown last.
    [[nodiscard]] const Canvas& picture() const { return compositor_.picture(); }
    /// Pictures shown so far.
    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
    /// CPU seconds of its thread and of those of the graphics driver, at the last picture.
    [[nodiscard]] double cpu_seconds() const noexcept { return cpu_; }
    /// Writes the picture as PNG; what goes wrong is said in the window.
    void save(const std::filesystem::path& path) {
        attempt([&] { write_png(picture(), path), said("saved " + path.string()); });
    }

private:
    static double clock() {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
            .count();
    }
    /// Before SFML is called for the first time.
    [[nodiscard]] bool prepare() const {
        if (!display_.obstacle().empty()) throw std::runtime_error(display_.obstacle());
        sf::err().rdbuf(nullptr); // SFML's remarks would tear the run's progress line
        return true;
    }

    void paint() {
        // a large run is read in seconds, not a few milliseconds a picture
        const bool has_news = workspace_.update(clock(), source_.loaded() < 1 ? 0.1 : 0.004);
        const auto size = window_.getSize();
        auto boxes =
            compositor_.compose(workspace_, static_cast<int>(size.x), static_cast<int>(size.y));
        if (std::exchange(needs_all_, false)) boxes = {compositor_.picture().bounds()};
        const bool is_new = !boxes.empty();
        if (is_new) {
            presenter_.show(compositor_.picture(), std::move(boxes));
            ++frames_;
        }
        if (!is_new && !has_news) return;
        const double before = std::exchange(cpu_, meter_.seconds());
        pacer_.painted(clock(), cpu_ - before);
    }

    void said(const std::string& what) {
        workspace_.say(what);
        if (options_.tell) options_.tell(what);
    }
    void attempt(const std::function<void()>& action) {
        try {
            action();
        } catch (const std::exception& error) {
            said(error.what());
        }
    }
    void write(const std::string& text, const std::filesystem::path& path) {
        write_file(path, bytes_of(text), Sync::no);
        said("saved " + path.string());
    }
    void carry_out(const Request& request) {
        const Pane* pane = workspace_.find(request.pane);
        switch (request.kind) {
        case Request::Kind::quit: is_open_ = false; break;
        case Request::Kind::screenshot:
            save(free_path(options_.pictures, "screenshot", ".png"));
            break;
        case Request::Kind::csv:
            if (pane == nullptr || pane->kind != Pane::Kind::chart) break;
            attempt([&] {
                write(chart_csv(source_, pane->chart, workspace_.charts()),
                      free_path(options_.pictures, pane->name, ".csv"));
            });
            break;
        case Request::Kind::svg:
            if (pane == nullptr || pane->kind == Pane::Kind::controls ||
                pane->kind == Pane::Kind::exhibits) {
                break;
            }
            attempt([&] {
                write(pane_svg(source_, *pane, workspace_.charts()),
                      free_path(options_.pictures, pane->name, ".svg"));
            });
            break;
        case Request::Kind::film: attempt([&] { film(); }); break;
        }
    }
    void film() {
        const auto folder = free_path(options_.pictures, "film", "");
        const SnapshotOptions options{.width = static_cast<int>(window_.getSize().x),
                                      .height = static_cast<int>(window_.getSize().y),
                                      .scale = workspace_.scale(),
                                      .dark = &workspace_.theme() == &kDarkTheme};
        const std::size_t count =
            render_film(source_, options, folder, typeface_.is_usable() ? &typeface_ : nullptr);
        said(std::to_string(count) + " pictures; a film of them: " + film_command(folder, 10));
    }

    detail::DisplayLink display_; ///< first, so that it outlives the window
    WindowOptions options_;
    Source& source_;
    bool is_able_; ///< checked before SFML is touched
    ThreadMeter meter_;
    sf::RenderWindow window_;
    SfmlTypeface typeface_;
    Workspace workspace_;
    Compositor compositor_;
    detail::Presenter presenter_;
    FramePacer pacer_;
    bool is_open_ = true;
    bool needs_all_ = true;
    std::uint64_t frames_ = 0;
    double cpu_ = 0;
};

} // namespace baldwin::viz

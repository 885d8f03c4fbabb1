// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The workspace: panels over a source, what the user does with them, and what has to be painted.
/// It knows no window: events go in, drawings and requests come out.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/viz/input.hpp>
#include <baldwin/viz/pane.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/split_tree.hpp>
#include <baldwin/viz/timeline.hpp>
#include <baldwin/viz/widgets.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// How a workspace begins.
struct WorkspaceOptions {
    bool dark = true;
    double scale = 1;     ///< of everything drawn; 2 for dense screens
    bool has_bars = true; ///< tool bar and timeline; a snapshot has a plain heading instead
};

/// Something that the window has to do.
struct Request {
    enum class Kind : std::uint8_t { quit, screenshot, film, csv, svg };

    Kind kind = Kind::quit;
    std::string pane = {}; ///< for csv and svg

    friend bool operator==(const Request&, const Request&) = default;
};

/// Panels over a source. One thread uses it.
class Workspace {
public:
    /// \param source  must outlive this
    explicit Workspace(Source& source, WorkspaceOptions options = {})
        : source_(source), options_(options) {
        reload();
    }

    // -- what happens -------------------------------------------------------------------------

    /// \param width, height  pixels of the window
    void resize(double width, double height) {
        window_ = {std::max(width, 1.0), std::max(height, 1.0)};
        size_ = {window_.x / options_.scale, window_.y / options_.scale};
        arrange();
    }
    /// Takes in news for about \p budget seconds and moves on what plays.
    /// \param now  seconds of any steady clock
    /// \return whether there was news
    bool update(double now, double budget = 0.004);
    /// Reacts to what the user does. \param now  as in update()
    void handle(const InputEvent& event, double now);
    /// Carries out what a key stands for.
    void carry_out(Command command);
    /// What the window has to do since the last call, in order.
    [[nodiscard]] std::vector<Request> take_requests() { return std::exchange(requests_, {}); }
    /// Shows a sentence below the panels for some seconds.
    void say(std::string message) { messages_.push_back(std::move(message)); }
    /// The sentences that wait to be shown, for those who have another place for them.
    [[nodiscard]] std::deque<std::string> take_messages() { return std::exchange(messages_, {}); }

    // -- what is seen -------------------------------------------------------------------------

    /// Everything that is painted, redrawn where needed; none lies over another.
    [[nodiscard]] std::vector<const Surface*> surfaces();
    /// What lies on top: tooltip, marks of the selection, keys.
    [[nodiscard]] Drawing overlay() const;

    [[nodiscard]] const Theme& theme() const { return options_.dark ? kDarkTheme : kLightTheme; }
    [[nodiscard]] double scale() const noexcept { return options_.scale; }
    [[nodiscard]] bool has_bars() const noexcept { return options_.has_bars; }
    [[nodiscard]] Point size() const noexcept { return size_; }
    [[nodiscard]] Timeline& timeline() noexcept { return timeline_; }
    [[nodiscard]] const Timeline& timeline() const noexcept { return timeline_; }
    [[nodiscard]] const std::vector<Pane>& panes() const noexcept { return panes_; }
    [[nodiscard]] const Pane* find(const std::string& name) const;
    [[nodiscard]] const ChartView& charts() const noexcept { return charts_; }
    [[nodiscard]] const std::string& selected_key() const noexcept { return key_; }
    [[nodiscard]] Source& source() noexcept { return source_; }
    /// Panels that there is no room for.
    [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }
    /// Shows the frames of the step that the timeline is at; after moving it from outside.
    void refresh_frames();
    /// Whether time alone changes what is seen: it plays, or a message is to go.
    [[nodiscard]] bool is_moving() const { return is_playing_ || !messages_.empty(); }
    /// The state for tests and for those who look for a fault.
    [[nodiscard]] Json dump() const;

private:
    friend class WorkspaceInput;

    static constexpr double kToolbar = 40;
    static constexpr double kTimeline = 54;

    /// What the pointer holds down.
    struct Grip {
        enum class Kind : std::uint8_t { none, area, border, plot, exhibit };
        Kind kind = Kind::none;
        std::string id = {}; ///< of the area
        Rect area{};         ///< of the window
        Border border{};
        std::string pane = {};
        std::optional<std::size_t> panel = std::nullopt; ///< of the scene
        Point from{};
        Point last{};
        bool has_moved = false;
        bool secondary = false; ///< held with the right button
    };

    bool steer(Command command);
    bool change_panel(Command command);
    void run_or_pause();
    void change_speed(int way);
    [[nodiscard]] double speed() const;
    void next_panel(int way);
    void reload();
    void arrange();
    void place();
    void make_charts();
    void stale(Pane::Kind kind);
    void all_stale();
    [[nodiscard]] Rect main_area() const;
    [[nodiscard]] Pane* pane_at(Point at);
    [[nodiscard]] const Pane* pane_at(Point at) const;
    [[nodiscard]] Pane* named(const std::string& name);
    [[nodiscard]] std::string free_name(const std::string& wanted) const;
    [[nodiscard]] Pane* frame_pane(std::size_t run, const std::string& frame);
    void draw_bars();
    void draw_toolbar(Ui& ui) const;
    [[nodiscard]] std::string caption_of(const Pane& pane) const;
    void mark_selection(Ui& ui) const;
    void tooltip(Ui& ui) const;
    void help(Ui& ui) const;
    [[nodiscard]] std::vector<std::string> hover_lines() const;

    Source& source_;
    WorkspaceOptions options_;
    Point window_{1280, 800};
    Point size_{1280, 800};
    std::vector<Pane> panes_;
    SplitTree tree_;
    bool is_arranged_by_user_ = false;
    std::optional<std::string> alone_; ///< the only panel shown
    std::size_t left_out_ = 0;         ///< panels without room
    ChartView charts_;
    Timeline timeline_;
    ExhibitList exhibits_;
    Surface toolbar_;
    Surface bottom_;
    bool are_bars_stale_ = true;
    std::string key_; ///< of what is selected
    bool shows_help_ = false;
    bool is_playing_ = false; ///< through kept steps
    double speed_ = 30;       ///< of that, steps a second
    double next_play_ = 0;
    std::deque<std::string> messages_;
    double message_since_ = -1;
    std::optional<Point> pointer_;
    std::string hovered_; ///< id of the area under the pointer
    std::string hint_;    ///< of that area
    bool was_running_ = false;
    Grip grip_;
    double last_click_ = -1;
    Point last_click_at_{};
    std::vector<Request> requests_;
};

} // namespace baldwin::viz

#include <baldwin/viz/detail/workspace_commands.hpp>
#include <baldwin/viz/detail/workspace_draw.hpp>
#include <baldwin/viz/detail/workspace_input.hpp>

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The step that is shown: the newest, or one that the user went back to.
#pragma once

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/ticks.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/widgets.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// Steps that were kept, and which one is shown.
class Timeline {
public:
    /// Takes in what a source has. A chosen step that is no longer kept gives way to its neighbour.
    void update(const Source& source) {
        std::vector<std::uint64_t> all;
        std::uint64_t last = 0;
        std::uint64_t first = ~std::uint64_t{0};
        const std::size_t metrics = source.metrics().size();
        for (std::size_t run = 0; run < source.runs().size(); ++run) {
            const auto steps = source.frame_steps(run);
            all.insert(all.end(), steps.begin(), steps.end());
            for (std::size_t metric = 0; metric < metrics; ++metric) {
                const auto extent = source.extent(run, metric);
                if (!extent) continue;
                first = std::min(first, static_cast<std::uint64_t>(std::max(extent->low, 0.0)));
                last = std::max(last, static_cast<std::uint64_t>(std::max(extent->high, 0.0)));
            }
        }
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        kept_ = std::move(all);
        if (!kept_.empty()) {
            first = std::min(first, kept_.front());
            last = std::max(last, kept_.back());
        }
        first_ = std::min(first, last);
        last_ = last;
        if (chosen_) choose(*chosen_);
    }

    [[nodiscard]] const std::vector<std::uint64_t>& kept() const noexcept { return kept_; }
    [[nodiscard]] std::uint64_t first() const noexcept { return first_; }
    [[nodiscard]] std::uint64_t last() const noexcept { return last_; }
    /// The step shown.
    [[nodiscard]] std::uint64_t current() const { return chosen_.value_or(last_); }
    /// Whether new steps are shown as they come.
    [[nodiscard]] bool is_following() const noexcept { return !chosen_; }

    void choose(std::uint64_t step) { chosen_ = std::clamp(step, first_, last_); }
    void follow() { chosen_.reset(); }
    /// The kept step before the one shown; does nothing at the first.
    void back() {
        const std::uint64_t now = current();
        if (kept_.empty()) return choose(now - std::min(now, stride()));
        const auto at = std::lower_bound(kept_.begin(), kept_.end(), now);
        choose(at == kept_.begin() ? kept_.front() : *std::prev(at));
    }
    /// The kept step after the one shown; at the newest it follows again and says so.
    /// \return whether there was a later step
    bool on() {
        if (!chosen_) return false;
        const std::uint64_t now = current();
        if (kept_.empty()) {
            choose(now + stride());
        } else {
            const auto at = std::upper_bound(kept_.begin(), kept_.end(), now);
            choose(at == kept_.end() ? last_ : *at);
        }
        if (current() >= last_) follow();
        return true;
    }
    void to_first() { choose(first_); }

    /// Where a step stands between the first and the last, in [0, 1].
    [[nodiscard]] double share_of(std::uint64_t step) const {
        if (last_ <= first_) return 1;
        const auto span = static_cast<double>(last_ - first_);
        return std::clamp((static_cast<double>(step) - static_cast<double>(first_)) / span, 0.0,
                          1.0);
    }
    /// Chooses the kept step nearest to a place; at the very end it follows.
    void choose_share(double share) {
        if (share >= 1) return follow();
        const auto wanted = static_cast<std::uint64_t>(
            std::llround(static_cast<double>(first_) +
                         std::clamp(share, 0.0, 1.0) * static_cast<double>(last_ - first_)));
        choose_near(wanted);
    }
    /// Chooses the kept step nearest to another one.
    void choose_near(std::uint64_t wanted) {
        if (kept_.empty()) return choose(wanted);
        const auto after = std::lower_bound(kept_.begin(), kept_.end(), wanted);
        if (after == kept_.end()) return choose(kept_.back());
        if (after == kept_.begin()) return choose(kept_.front());
        const std::uint64_t before = *std::prev(after);
        choose(*after - wanted < wanted - before ? *after : before);
    }

private:
    /// Steps that an arrow key moves where nothing is kept.
    [[nodiscard]] std::uint64_t stride() const {
        return std::max<std::uint64_t>(1, (last_ - first_) / 100);
    }

    std::vector<std::uint64_t> kept_;
    std::uint64_t first_ = 0;
    std::uint64_t last_ = 0;
    std::optional<std::uint64_t> chosen_;
};

/// "step 1,200 of 3,000", or "step 3,000" at the end.
inline std::string step_text(const Timeline& timeline) {
    const auto number = [](std::uint64_t step) { return fixed_text(static_cast<double>(step), 0); };
    const std::string text = "step " + number(timeline.current());
    return timeline.is_following() ? text : text + " of " + number(timeline.last());
}

/// Draws the line of steps with its head, the kept steps and the events of the runs.
/// \param at  the room that there is; the area "timeline" gets it
inline void draw_timeline(const Timeline& timeline, const Source& source, Rect at, Ui& ui) {
    ui.area("timeline", at, "drag to go through the kept steps");
    const Rect inner = Ui::knob_range(at);
    const double y = at.y + at.height / 2;
    const auto x_of = [&](std::uint64_t step) {
        return inner.x + timeline.share_of(step) * inner.width;
    };
    double before = -10;
    for (const std::uint64_t step : timeline.kept()) {
        const double x = x_of(step);
        if (x - before < 3) continue; // more would be a grey bar
        before = x;
        ui.line({x, y - 5}, {x, y + 5}, Paint::grid());
    }
    ui.track("timeline", at, timeline.share_of(timeline.current()));
    for (std::size_t run = 0; run < source.runs().size(); ++run) {
        for (const RunEvent& event : source.events(run)) {
            const double x = x_of(event.step);
            DrawPath mark{{{x, y - 12}, {x + 4, y - 7}, {x, y - 2}, {x - 4, y - 7}}, true};
            mark.fill = Paint::bad();
            ui.drawing.commands.emplace_back(std::move(mark));
            ui.area("event", {x - 4, y - 12, 8, 10},
                    "step " + fixed_text(static_cast<double>(event.step), 0) + ": " + event.text);
        }
    }
}

} // namespace baldwin::viz

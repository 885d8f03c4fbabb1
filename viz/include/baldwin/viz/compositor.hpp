// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The workspace as a picture in memory, painted again only where it changed.
#pragma once

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/canvas.hpp>
#include <baldwin/viz/pane.hpp>
#include <baldwin/viz/rasterise.hpp>
#include <baldwin/viz/typeface.hpp>
#include <baldwin/viz/workspace.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::viz {

namespace detail {

/// Pixels of a drawing that a command may paint.
inline Rect bounds_of(const DrawCommand& command) {
    const auto around = [](const std::vector<Point>& at, double reach) -> Rect {
        if (at.empty()) return {};
        Point low = at[0];
        Point high = at[0];
        for (const Point point : at) {
            low = {std::min(low.x, point.x), std::min(low.y, point.y)};
            high = {std::max(high.x, point.x), std::max(high.y, point.y)};
        }
        return {low.x - reach, low.y - reach, high.x - low.x + 2 * reach,
                high.y - low.y + 2 * reach};
    };
    if (const auto* path = std::get_if<DrawPath>(&command))
        return around(path->at, path->width + 1);
    if (const auto* dots = std::get_if<DrawDots>(&command))
        return around(dots->at, dots->radius + 2);
    if (const auto* image = std::get_if<DrawImage>(&command)) return image->at;
    const auto& text = std::get<DrawText>(command);
    const double width = 1.15 * text_width(text.text, text.size, text.bold) + 8;
    const double left = text.at.x - width * static_cast<double>(text.anchor) / 2 - 4;
    return {left, text.at.y - 1.2 * text.size, width + 8, 1.7 * text.size};
}

} // namespace detail

/// Paints a workspace.
class Compositor {
public:
    /// \param typeface  null: no text; must outlive this
    explicit Compositor(Typeface* typeface) : typeface_(typeface) {}

    /// Brings the picture up to date.
    /// \param width, height  of the picture, pixels
    /// \return the boxes that changed; empty if nothing did
    /// \cost O(pixels of what changed)
    std::vector<PixelBox> compose(Workspace& workspace, int width, int height) {
        const auto surfaces = workspace.surfaces();
        std::vector<PixelBox> changed;
        const bool is_new = begins_anew(workspace, surfaces, width, height);
        if (is_new) changed = {front_.bounds()};
        const RasterStyle style{workspace.theme(), typeface_, workspace.scale(), {}};
        revisions_.resize(surfaces.size(), 0);
        for (std::size_t i = 0; i < surfaces.size(); ++i) {
            if (std::exchange(revisions_[i], surfaces[i]->revision) == surfaces[i]->revision) {
                continue;
            }
            changed.push_back(paint_surface(*surfaces[i], style));
        }
        const Drawing overlay = workspace.overlay();
        if (changed.empty() && overlay == overlay_) return changed;
        for (const PixelBox& box : overlay_boxes_) changed.push_back(box);
        overlay_ = overlay;
        overlay_boxes_.clear();
        for (const DrawCommand& command : overlay_.commands) {
            const PixelBox box = box_of(detail::bounds_of(command), style.scale);
            overlay_boxes_.push_back(box.cut(front_.bounds()));
            changed.push_back(overlay_boxes_.back());
        }
        // of a surface only what is different now has to be shown again
        if (!is_new) {
            for (PixelBox& box : changed) box = front_.copy(base_, box);
        } else {
            front_.copy(base_, front_.bounds());
        }
        changed.insert(changed.end(), overlay_boxes_.begin(), overlay_boxes_.end());
        std::erase_if(changed, [](const PixelBox& box) { return box.empty(); });
        front_.clip(front_.bounds());
        paint(overlay_, front_, style);
        return changed;
    }

    /// The picture as of the last compose().
    [[nodiscard]] const Canvas& picture() const noexcept { return front_; }

private:
    static PixelBox box_of(const Rect& rect, double scale) {
        const auto whole = [scale](double value) {
            return static_cast<int>(std::lround(std::clamp(value * scale, -1e6, 1e6)));
        };
        return {whole(rect.x), whole(rect.y), whole(rect.right()), whole(rect.bottom())};
    }

    /// Whether everything has to be painted: another size, theme, scale or arrangement.
    bool begins_anew(const Workspace& workspace, const std::vector<const Surface*>& surfaces,
                     int width, int height) {
        std::vector<Rect> places;
        places.reserve(surfaces.size());
        for (const Surface* surface : surfaces) places.push_back(surface->at);
        const bool is_same = base_.width() == width && base_.height() == height &&
                             theme_ == &workspace.theme() && scale_ == workspace.scale() &&
                             places == places_;
        if (is_same) return false;
        base_.resize(width, height);
        front_.resize(width, height);
        base_.clear(workspace.theme().surface);
        theme_ = &workspace.theme();
        scale_ = workspace.scale();
        places_ = std::move(places);
        revisions_.clear();
        overlay_boxes_.clear();
        return true;
    }

    PixelBox paint_surface(const Surface& surface, RasterStyle style) {
        const PixelBox box = box_of(surface.at, style.scale).cut(base_.bounds());
        if (box.empty()) return box;
        base_.clip(box);
        base_.clear(style.theme.surface);
        style.origin = {surface.at.x, surface.at.y};
        paint(surface.drawing, base_, style);
        return box;
    }

    Typeface* typeface_;
    Canvas base_;  ///< without the overlay
    Canvas front_; ///< as it is seen
    const Theme* theme_ = nullptr;
    double scale_ = 0;
    std::vector<Rect> places_;
    std::vector<std::uint64_t> revisions_; ///< painted last, 0: never
    Drawing overlay_;
    std::vector<PixelBox> overlay_boxes_;
};

} // namespace baldwin::viz

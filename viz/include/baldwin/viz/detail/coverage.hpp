// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// How much of each pixel a shape covers.
#pragma once

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// Whole pixels: columns [left, right) of rows [top, bottom).
struct PixelBox {
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;

    [[nodiscard]] int width() const noexcept { return right - left; }
    [[nodiscard]] int height() const noexcept { return bottom - top; }
    [[nodiscard]] bool empty() const noexcept { return left >= right || top >= bottom; }
    /// The part that lies in another box; may be empty.
    [[nodiscard]] PixelBox cut(PixelBox by) const noexcept {
        return {std::max(left, by.left), std::max(top, by.top), std::min(right, by.right),
                std::min(bottom, by.bottom)};
    }
    /// The smallest box around both; an empty one counts for nothing.
    [[nodiscard]] PixelBox joined(PixelBox with) const noexcept {
        if (empty()) return with;
        if (with.empty()) return *this;
        return {std::min(left, with.left), std::min(top, with.top), std::max(right, with.right),
                std::max(bottom, with.bottom)};
    }
    /// All pixels that a rectangle touches; far outside, some that are far outside as well.
    static PixelBox around(const Rect& rect) {
        const auto whole = [](double value) {
            return static_cast<int>(std::clamp(value, -1e8, 1e8));
        };
        return {whole(std::floor(rect.x)), whole(std::floor(rect.y)),
                whole(std::ceil(rect.right())), whole(std::ceil(rect.bottom()))};
    }
    friend bool operator==(const PixelBox&, const PixelBox&) = default;
};

namespace detail {

/// Coverage of each pixel, 0 to 255, collected from shapes; overlaps count once.
class Coverage {
public:
    void resize(int width, int height) {
        width_ = width;
        alpha_.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
        line_.assign(static_cast<std::size_t>(width) + 2, 0);
        touched_ = {};
    }
    [[nodiscard]] PixelBox touched() const noexcept { return touched_; }
    [[nodiscard]] const std::uint8_t* row(int y) const { return alpha_.data() + offset(y); }

    /// Forgets all shapes.
    /// \cost O(pixels touched)
    void clear() {
        for (int y = touched_.top; y < touched_.bottom; ++y) {
            std::fill_n(alpha_.begin() + static_cast<std::ptrdiff_t>(offset(y)) + touched_.left,
                        touched_.width(), std::uint8_t{0});
        }
        touched_ = {};
    }

    /// All that is closer than \p radius to a line from a to b, with an edge of one pixel.
    void segment(Point a, Point b, double radius, PixelBox clip) {
        const double reach = radius + 0.5;
        const Rect around = {std::min(a.x, b.x) - reach, std::min(a.y, b.y) - reach,
                             std::abs(a.x - b.x) + 2 * reach, std::abs(a.y - b.y) + 2 * reach};
        const PixelBox box = PixelBox::around(around).cut(clip);
        if (box.empty()) return;
        touched_ = touched_.joined(box);
        const Point along = {b.x - a.x, b.y - a.y};
        const double square = along.x * along.x + along.y * along.y;
        const double slope = along.x / along.y; // used where along.y is not nearly 0
        const Band band{a,
                        along,
                        square > 0 ? 1 / square : 0,
                        square > 0 ? 1 / std::sqrt(square) : 0,
                        reach,
                        std::min(1.0, 2 * radius)};
        // width of the band in a row, along the row
        const double spread =
            std::abs(along.y) > 1e-9 ? reach * std::sqrt(square) / std::abs(along.y) : 1e9;
        for (int y = box.top; y < box.bottom; ++y) {
            const double dy = y + 0.5 - a.y;
            int left = box.left;
            int right = box.right;
            if (spread < 1e8) {
                const double middle = a.x + dy * slope;
                const auto whole = [&](double x) {
                    return static_cast<int>(std::clamp(x, -1.0 + left, 1.0 + right));
                };
                left = std::max(left, whole(middle - spread - 0.5));
                right = std::min(right, whole(middle + spread + 1.5));
            }
            segment_row(y, left, right, band);
        }
    }

    /// A closed shape.
    void area(std::span<const Point> at, PixelBox clip) {
        if (const auto rect = upright(at)) return fill(*rect, clip);
        const PixelBox box = PixelBox::around(bounds(at)).cut(clip);
        if (box.empty()) return;
        touched_ = touched_.joined(box);
        for (int y = box.top; y < box.bottom; ++y) {
            std::fill(line_.begin() + box.left, line_.begin() + box.right, 0.0F);
            for (int part = 0; part < kParts; ++part) {
                const double level = y + (part + 0.5) / kParts;
                find_crossings(at, level);
                add_spans(box);
            }
            std::uint8_t* alpha = alpha_.data() + offset(y);
            for (int x = box.left; x < box.right; ++x) {
                raise(alpha[x], line_[static_cast<std::size_t>(x)] / kParts);
            }
        }
    }

private:
    static constexpr int kParts = 4; ///< lines looked at in a row of pixels

    struct Band {
        Point start;
        Point along;
        double inverse_square; ///< of the length; 0: a dot
        double inverse;        ///< of the length
        double reach;
        double most; ///< coverage in the middle: a thin line is a faint one
    };

    [[nodiscard]] std::size_t offset(int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_);
    }
    static void raise(std::uint8_t& alpha, double coverage) {
        constexpr double kHalf = 0.5; // rounds: never negative, and much faster than lround
        const auto value = static_cast<std::uint8_t>(255 * std::clamp(coverage, 0.0, 1.0) + kHalf);
        alpha = std::max(alpha, value);
    }

    void segment_row(int y, int left, int right, const Band& band) {
        const double dy = y + 0.5 - band.start.y;
        std::uint8_t* alpha = alpha_.data() + offset(y);
        for (int x = left; x < right; ++x) {
            const double dx = x + 0.5 - band.start.x;
            const double share = (dx * band.along.x + dy * band.along.y) * band.inverse_square;
            // beside the line its distance is that of the infinite one; beyond, that of an end
            const double off = share > 0 && share < 1
                                   ? std::abs(dx * band.along.y - dy * band.along.x) * band.inverse
                                   : distance(dx, dy, share >= 1 ? band.along : Point{});
            const double away = band.reach - off;
            if (away > 0) raise(alpha[x], std::min(away, 1.0) * band.most);
        }
    }
    static double distance(double dx, double dy, Point from) {
        return std::sqrt((dx - from.x) * (dx - from.x) + (dy - from.y) * (dy - from.y));
    }

    static Rect bounds(std::span<const Point> at) {
        Point low = at[0];
        Point high = at[0];
        for (const Point point : at) {
            low = {std::min(low.x, point.x), std::min(low.y, point.y)};
            high = {std::max(high.x, point.x), std::max(high.y, point.y)};
        }
        return {low.x, low.y, high.x - low.x, high.y - low.y};
    }

    /// The rectangle that four corners are, if they are one.
    static std::optional<Rect> upright(std::span<const Point> at) {
        if (at.size() != 4) return std::nullopt;
        const bool level_first =
            at[0].y == at[1].y && at[1].x == at[2].x && at[2].y == at[3].y && at[3].x == at[0].x;
        const bool upright_first =
            at[0].x == at[1].x && at[1].y == at[2].y && at[2].x == at[3].x && at[3].y == at[0].y;
        if (!level_first && !upright_first) return std::nullopt;
        return bounds(at);
    }

    void fill(const Rect& rect, PixelBox clip) {
        const PixelBox box = PixelBox::around(rect).cut(clip);
        if (box.empty()) return;
        touched_ = touched_.joined(box);
        const auto share = [](int pixel, double low, double high) {
            return std::min(pixel + 1.0, high) - std::max<double>(pixel, low);
        };
        for (int y = box.top; y < box.bottom; ++y) {
            const double height = share(y, rect.y, rect.bottom());
            std::uint8_t* alpha = alpha_.data() + offset(y);
            for (int x = box.left; x < box.right; ++x) {
                raise(alpha[x], height * share(x, rect.x, rect.right()));
            }
        }
    }

    /// Where the outline crosses a level, from left to right, and whether upwards.
    void find_crossings(std::span<const Point> at, double level) {
        crossings_.clear();
        for (std::size_t i = 0; i < at.size(); ++i) {
            const Point a = at[i];
            const Point b = at[(i + 1) % at.size()];
            if ((a.y <= level) == (b.y <= level)) continue;
            const double x = a.x + (level - a.y) / (b.y - a.y) * (b.x - a.x);
            crossings_.emplace_back(x, a.y <= level ? 1 : -1);
        }
        std::sort(crossings_.begin(), crossings_.end());
    }
    void add_spans(PixelBox box) {
        int winding = 0;
        for (std::size_t i = 0; i + 1 < crossings_.size(); ++i) {
            winding += crossings_[i].second;
            if (winding == 0) continue;
            const double low = std::max<double>(crossings_[i].first, box.left);
            const double high = std::min<double>(crossings_[i + 1].first, box.right);
            for (int x = static_cast<int>(low); x < high; ++x) {
                line_[static_cast<std::size_t>(x)] +=
                    static_cast<float>(std::min(x + 1.0, high) - std::max<double>(x, low));
            }
        }
    }

    int width_ = 0;
    std::vector<std::uint8_t> alpha_;
    std::vector<float> line_; ///< of one row of pixels
    std::vector<std::pair<double, int>> crossings_;
    PixelBox touched_{};
};

} // namespace detail

} // namespace baldwin::viz

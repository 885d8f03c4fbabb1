// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A metric's samples in one run, asked for by pixel columns: a pyramid of extremes makes a curve
/// of ten million samples as cheap to draw as one of a thousand.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/viz/source.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

namespace baldwin::viz {

/// Exponential smoothing without the pull of its start: s_n = w s_(n-1) + (1 - w) v_n, shown
/// divided by 1 - w^n, so the first smoothed value is the first value and no curve starts at zero.
class Smoother {
public:
    /// \param weight  of the past, in [0, 1)
    explicit Smoother(double weight = 0) : weight_(weight) {}

    /// The smoothed value after one more; a value that is not finite is passed on and forgotten.
    double operator()(double value) {
        if (!std::isfinite(value) || weight_ <= 0) return value;
        sum_ = weight_ * sum_ + (1 - weight_) * value;
        decay_ *= weight_;
        return sum_ / (1 - decay_);
    }

private:
    double weight_;
    double sum_ = 0;
    double decay_ = 1;
};

namespace detail {

/// Values with the extremes of every block of 64, and of every 64 of those.
/// Memory that was handed out never moves, so growth has no peaks.
class ExtremePyramid {
public:
    /// Where the extremes of a range stand; for a range without finite values, only `gap`.
    struct Extremes {
        static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
        std::uint32_t least = kNone;
        std::uint32_t greatest = kNone;
        std::uint32_t gap = kNone; ///< first value that is not finite
    };

    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    [[nodiscard]] double operator[](std::size_t i) const { return values_[i]; }

    void append(double value) {
        const std::size_t i = values_.size();
        values_.push_back(value);
        Extremes& block = block_of(blocks_, i / kBlock);
        add(block, static_cast<std::uint32_t>(i));
        add(block_of(groups_, i / (kBlock * kBlock)), static_cast<std::uint32_t>(i));
    }
    /// Forgets all but the first \p count values.
    void cut(std::size_t count) {
        const std::size_t group = count - count % (kBlock * kBlock);
        std::vector<double> again(values_.begin() + static_cast<std::ptrdiff_t>(group),
                                  values_.begin() + static_cast<std::ptrdiff_t>(count));
        values_.resize(group);
        blocks_.resize(group / kBlock);
        groups_.resize(group / (kBlock * kBlock));
        for (const double value : again) append(value);
    }
    /// Extremes of the values in [first, last).
    /// \cost O(128 + (last - first) / 4096)
    [[nodiscard]] Extremes range(std::size_t first, std::size_t last) const {
        Extremes all;
        for (std::size_t i = first; i < last;) {
            constexpr std::size_t kGroup = kBlock * kBlock;
            if (i % kGroup == 0 && i + kGroup <= last) {
                add(all, groups_[i / kGroup]);
                i += kGroup;
            } else if (i % kBlock == 0 && i + kBlock <= last) {
                add(all, blocks_[i / kBlock]);
                i += kBlock;
            } else {
                add(all, static_cast<std::uint32_t>(i++));
            }
        }
        return all;
    }

private:
    static constexpr std::size_t kBlock = 64;

    static Extremes& block_of(std::deque<Extremes>& blocks, std::size_t i) {
        if (i == blocks.size()) blocks.emplace_back();
        return blocks[i];
    }
    void add(Extremes& to, std::uint32_t i) const {
        const double value = values_[i];
        if (!std::isfinite(value)) {
            to.gap = std::min(to.gap, i);
            return;
        }
        if (to.least == Extremes::kNone || value < values_[to.least]) to.least = i;
        if (to.greatest == Extremes::kNone || value > values_[to.greatest]) to.greatest = i;
    }
    void add(Extremes& to, const Extremes& more) const {
        if (more.least != Extremes::kNone) {
            add(to, more.least);
            add(to, more.greatest);
        }
        to.gap = std::min(to.gap, more.gap);
    }

    std::deque<double> values_;
    std::deque<Extremes> blocks_; ///< of 64 values each
    std::deque<Extremes> groups_; ///< of 4096 values each
};

} // namespace detail

/// Samples of one metric of one run, at most 2^32 - 1.
class MetricColumn {
public:
    /// Adds a sample; one that is earlier than the last one starts a new past: what lies at or
    /// after its step is forgotten first, as in a run that was resumed from a checkpoint.
    /// \cost O(1); about 17 bytes
    void append(double step, double value) {
        if (!steps_.empty() && step < steps_.back()) cut(index_at(step));
        steps_.push_back(step);
        values_.append(value);
    }
    /// Forgets all but the first \p count samples, as when a resumed run cuts its file.
    void cut(std::size_t count) {
        if (count >= size()) return;
        steps_.resize(count);
        values_.cut(count);
        weight_ = 0;
    }
    /// Forgets the samples later than a step.
    void cut_after(double step) { cut(index_after(step)); }
    void clear() { cut(0); }

    [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
    /// First and last step; nothing if empty.
    [[nodiscard]] std::optional<Interval> extent() const {
        if (steps_.empty()) return std::nullopt;
        return Interval{steps_.front(), steps_.back()};
    }
    /// As Source::curve.
    [[nodiscard]] std::vector<Point> curve(const CurveQuery& query) const {
        const auto& values = smoothed(query.smoothing);
        const std::size_t inside = index_at(query.steps.low);
        const std::size_t first = inside > 0 ? inside - 1 : 0;
        const std::size_t last = std::min(index_after(query.steps.high) + 1, size());
        std::vector<Point> points;
        if (query.columns == 0 || last - first <= 4 * query.columns) {
            for (std::size_t i = first; i < last; ++i) points.push_back({steps_[i], values[i]});
            return points;
        }
        const double width =
            (query.steps.high - query.steps.low) / static_cast<double>(query.columns);
        std::size_t from = first;
        for (std::size_t column = 0; column < query.columns && from < last; ++column) {
            const double end = query.steps.low + static_cast<double>(column + 1) * width;
            const bool is_last = column + 1 == query.columns;
            const std::size_t to = is_last ? last : std::min(std::max(index_at(end), from), last);
            add_column(points, values, from, to);
            from = to;
        }
        return points;
    }
    /// As Source::nearest.
    [[nodiscard]] std::optional<Point> nearest(const CurveQuery& query, double step) const {
        if (steps_.empty()) return std::nullopt;
        const auto& values = smoothed(query.smoothing);
        std::size_t i = std::min(index_at(step), size() - 1);
        if (i > 0 && step - steps_[i - 1] <= steps_[i] - step) --i;
        return Point{steps_[i], values[i]};
    }

private:
    using Pyramid = detail::ExtremePyramid;

    /// Index of the first sample at or after a step.
    [[nodiscard]] std::size_t index_at(double step) const {
        return static_cast<std::size_t>(std::lower_bound(steps_.begin(), steps_.end(), step) -
                                        steps_.begin());
    }
    /// Index of the first sample after a step.
    [[nodiscard]] std::size_t index_after(double step) const {
        return static_cast<std::size_t>(std::upper_bound(steps_.begin(), steps_.end(), step) -
                                        steps_.begin());
    }
    /// First, least, greatest and last of [from, to) and a gap in it, in their order.
    void add_column(std::vector<Point>& points, const Pyramid& values, std::size_t from,
                    std::size_t to) const {
        if (from == to) return;
        const auto found = values.range(from, to);
        std::array<std::size_t, 5> picked = {from, found.least, found.greatest, found.gap, to - 1};
        std::sort(picked.begin(), picked.end());
        std::size_t before = to;
        for (const std::size_t i : picked) {
            if (i >= to || i == before) continue;
            points.push_back({steps_[i], values[i]});
            before = i;
        }
    }
    /// The values smoothed; those of the last weight asked for are kept.
    [[nodiscard]] const Pyramid& smoothed(double weight) const {
        if (weight <= 0) return values_;
        if (weight != weight_ || smoothed_.size() > values_.size()) {
            smoothed_ = Pyramid();
            smoother_ = Smoother(weight);
            weight_ = weight;
        }
        for (std::size_t i = smoothed_.size(); i < values_.size(); ++i) {
            smoothed_.append(smoother_(values_[i]));
        }
        return smoothed_;
    }

    std::deque<double> steps_;
    Pyramid values_;
    // the values smoothed by weight_, and where that stands; made when asked for
    mutable double weight_ = 0;
    mutable Pyramid smoothed_;
    mutable Smoother smoother_;
};

} // namespace baldwin::viz

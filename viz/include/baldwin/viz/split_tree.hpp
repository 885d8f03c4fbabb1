// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Panels that share a surface: columns of rows of columns ..., with borders that can be dragged.
#pragma once

#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// A panel's name, or parts side by side or one above the other.
struct Split {
    enum class Way : std::uint8_t { leaf, across, down };

    Way way = Way::leaf;
    std::string name = {};         ///< of a leaf
    double weight = 1;             ///< beside its siblings; > 0
    std::vector<Split> parts = {}; ///< of what is no leaf; at least one

    friend bool operator==(const Split&, const Split&) = default;
};

/// Where a panel stands.
struct Placed {
    std::string name;
    Rect at;
};

/// A border between two parts that can be dragged.
struct Border {
    std::vector<std::size_t> path; ///< to the split that has it
    std::size_t before = 0;        ///< the part on its left or above
    bool is_upright = false;       ///< it moves to the left and right
    Rect at{};                     ///< with kGrip pixels to both sides
};

/// The tree of panels.
class SplitTree {
public:
    static constexpr double kGrip = 4;   ///< pixels beside a border at which it can be seized
    static constexpr double kLeast = 60; ///< pixels that a dragged border leaves of a part

    SplitTree() = default;
    explicit SplitTree(Split root) : root_(std::move(root)) {}

    [[nodiscard]] const Split& root() const noexcept { return root_; }
    [[nodiscard]] bool has(const std::string& name) const { return holds(root_, name); }

    [[nodiscard]] std::vector<Placed> place(Rect area) const {
        std::vector<Placed> all;
        walk(root_, area, [&](const Split& split, Rect at, const auto& /*path*/) {
            if (split.way == Split::Way::leaf && !split.name.empty()) {
                all.push_back({split.name, at});
            }
        });
        return all;
    }
    [[nodiscard]] std::vector<Border> borders(Rect area) const {
        std::vector<Border> all;
        walk(root_, area, [&](const Split& split, Rect at, const auto& path) {
            const bool across = split.way == Split::Way::across;
            const auto cells = cells_of(split, at);
            for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
                const Rect& cell = cells[i];
                const Rect line = across ? Rect{cell.right() - kGrip, at.y, 2 * kGrip, at.height}
                                         : Rect{at.x, cell.bottom() - kGrip, at.width, 2 * kGrip};
                all.push_back({path, i, across, line});
            }
        });
        return all;
    }
    /// Moves a border to a pixel, as far as its neighbours keep kLeast pixels; what the other
    /// parts have stays.
    void drag(const Border& border, Rect area, Point to) {
        Split* split = &root_;
        for (const std::size_t i : border.path) {
            const auto cells = cells_of(*split, area);
            if (i >= cells.size()) return;
            area = cells[i];
            split = &split->parts[i];
        }
        if (border.before + 1 >= split->parts.size()) return;
        const auto cells = cells_of(*split, area);
        const Rect& first = cells[border.before];
        const Rect& second = cells[border.before + 1];
        const double start = border.is_upright ? first.x : first.y;
        const double end = border.is_upright ? second.right() : second.bottom();
        if (end - start < 2 * kLeast) return;
        const double at = std::clamp(border.is_upright ? to.x : to.y, start + kLeast, end - kLeast);
        Split& before = split->parts[border.before];
        Split& after = split->parts[border.before + 1];
        const double both = before.weight + after.weight;
        before.weight = both * (at - start) / (end - start);
        after.weight = both - before.weight;
    }
    /// Takes a panel away; its neighbours get its room.
    void remove(const std::string& name) {
        remove(root_, name);
        if (root_.way == Split::Way::leaf && root_.name == name) root_ = {};
    }
    /// Puts a new panel beside another one: on its right where that is wider than high, else below.
    void split(const std::string& beside, const std::string& name, Rect area) {
        for (const Placed& placed : place(area)) {
            if (placed.name != beside) continue;
            Split* leaf = find(root_, beside);
            const Split old = *leaf;
            const bool across = placed.at.width > 1.3 * placed.at.height;
            *leaf = {across ? Split::Way::across : Split::Way::down, {}, old.weight, {old, old}};
            leaf->parts[0].weight = leaf->parts[1].weight = 1;
            leaf->parts[1].name = name;
            return;
        }
        if (place(area).empty()) root_ = {.name = name};
    }

private:
    static bool holds(const Split& split, const std::string& name) {
        if (split.way == Split::Way::leaf) return split.name == name;
        return std::any_of(split.parts.begin(), split.parts.end(),
                           [&](const Split& part) { return holds(part, name); });
    }
    static Split* find(Split& split, const std::string& name) {
        if (split.way == Split::Way::leaf) return split.name == name ? &split : nullptr;
        for (Split& part : split.parts) {
            if (Split* found = find(part, name)) return found;
        }
        return nullptr;
    }
    static std::vector<Rect> cells_of(const Split& split, Rect area) {
        double all = 0;
        for (const Split& part : split.parts) all += part.weight;
        std::vector<Rect> cells;
        double before = 0;
        const bool across = split.way == Split::Way::across;
        for (const Split& part : split.parts) {
            const double from = before / all;
            before += part.weight;
            const double to = before / all;
            cells.push_back(
                across ? Rect{std::round(area.x + from * area.width), area.y, 0, area.height}
                       : Rect{area.x, std::round(area.y + from * area.height), area.width, 0});
            if (across)
                cells.back().width = std::round(area.x + to * area.width) - cells.back().x;
            else
                cells.back().height = std::round(area.y + to * area.height) - cells.back().y;
        }
        return cells;
    }
    template <class F>
    static void walk(const Split& split, Rect area, const F& visit,
                     std::vector<std::size_t> path = {}) {
        visit(split, area, path);
        if (split.way == Split::Way::leaf) return;
        const auto cells = cells_of(split, area);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            path.push_back(i);
            walk(split.parts[i], cells[i], visit, path);
            path.pop_back();
        }
    }
    static void remove(Split& split, const std::string& name) {
        std::erase_if(split.parts, [&](const Split& part) {
            return part.way == Split::Way::leaf && part.name == name;
        });
        for (Split& part : split.parts) remove(part, name);
        std::erase_if(split.parts,
                      [](const Split& part) { return part.parts.empty() && part.name.empty(); });
        if (split.parts.size() == 1) {
            Split only = std::move(split.parts.front());
            only.weight = split.weight;
            split = std::move(only);
        } else if (split.parts.empty() && split.way != Split::Way::leaf) {
            split = {.weight = split.weight};
        }
    }

    Split root_;
};

} // namespace baldwin::viz

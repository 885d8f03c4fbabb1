// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The named layout of a flat parameter vector θ, or of a flat state vector beside it.
#pragma once

#include <baldwin/core/shape.hpp>

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin {

/// What an entry of a layout is for; optimisers, genome initialisers and generators read it.
enum class ParameterKind { weight, bias, scale, shift, embedding, mean, variance };

/// How an entry starts. With a fan f other than none the scale is divided by sqrt(f).
struct Initialiser {
    enum class Distribution { constant, normal, uniform };
    enum class Fan { none, in, out, average };

    Distribution distribution = Distribution::constant;
    double scale = 0.0; ///< the constant, the standard deviation, or the limit of (-limit, limit)
    Fan fan = Fan::none;

    static Initialiser constant(double value) { return {Distribution::constant, value, Fan::none}; }
    static Initialiser normal(double deviation) {
        return {Distribution::normal, deviation, Fan::none};
    }
    static Initialiser uniform(double limit) { return {Distribution::uniform, limit, Fan::none}; }
    /// Variance 2 / fan-in, for layers followed by ReLU. \paper He et al. 2015, eq. 10
    static Initialiser he_normal() { return {Distribution::normal, 1.4142135623730951, Fan::in}; }
    /// Variance 2 / (fan-in + fan-out). \paper Glorot & Bengio 2010, eq. 16
    static Initialiser glorot_uniform() {
        return {Distribution::uniform, 1.7320508075688772, Fan::average};
    }
    /// Variance 1 / fan-in.
    static Initialiser lecun_normal() { return {Distribution::normal, 1.0, Fan::in}; }
    /// Uniform in (-1/sqrt(fan-in), 1/sqrt(fan-in)).
    static Initialiser fan_in_uniform() { return {Distribution::uniform, 1.0, Fan::in}; }
};

/// One named array inside a flat vector.
struct LayoutEntry {
    std::string name;       ///< unique, such as "2.conv.weight"
    Shape shape;            ///< row-major
    std::size_t offset = 0; ///< of its first element in the flat vector
    ParameterKind kind = ParameterKind::weight;
    std::size_t fan_in = 1;  ///< inputs of one output unit
    std::size_t fan_out = 1; ///< outputs that one input reaches
    std::string layer;       ///< the layer that owns it, such as "2.conv"
    Initialiser initialiser;

    [[nodiscard]] std::size_t size() const noexcept { return shape.size(); }
};

/// Names and places of the arrays in a flat vector: declaration order, row-major, no gaps.
class Layout {
public:
    /// Most numbers of a flat vector: 256 GiB of floats. What is larger is a mistake of the text.
    static constexpr std::size_t kMostSize = std::size_t{1} << 36U;

    /// Appends an entry; its offset is set here.
    /// \return the entry's index
    /// \throws std::invalid_argument if the name is taken or the vector would be too long
    std::size_t add(LayoutEntry entry) {
        if (contains(entry.name)) {
            throw std::invalid_argument("Layout: name '" + entry.name + "' is already taken");
        }
        const std::size_t size = checked_size(entry.shape, kMostSize);
        if (size > kMostSize - size_) {
            throw std::invalid_argument("Layout: with '" + entry.name + "' of shape " +
                                        to_string(entry.shape) + " there are more than " +
                                        std::to_string(kMostSize) + " numbers");
        }
        entry.offset = size_;
        size_ += size;
        entries_.push_back(std::move(entry));
        return entries_.size() - 1;
    }

    /// Length of the flat vector: the parameter count.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::span<const LayoutEntry> entries() const noexcept { return entries_; }
    [[nodiscard]] const LayoutEntry& operator[](std::size_t index) const { return entries_[index]; }
    [[nodiscard]] bool contains(std::string_view name) const noexcept {
        return index_of(name) < entries_.size();
    }
    /// \throws std::invalid_argument if no entry has that name
    [[nodiscard]] const LayoutEntry& at(std::string_view name) const {
        const std::size_t index = index_of(name);
        if (index == entries_.size()) {
            throw std::invalid_argument("Layout: no entry is named '" + std::string(name) + "'");
        }
        return entries_[index];
    }
    /// The part of a flat vector of this layout that an entry names.
    template <class T>
    [[nodiscard]] std::span<T> part(std::span<T> flat, std::string_view name) const {
        const LayoutEntry& entry = at(name);
        return flat.subspan(entry.offset, entry.size());
    }

private:
    [[nodiscard]] std::size_t index_of(std::string_view name) const noexcept {
        std::size_t index = 0;
        while (index < entries_.size() && entries_[index].name != name) ++index;
        return index;
    }

    std::vector<LayoutEntry> entries_;
    std::size_t size_ = 0;
};

} // namespace baldwin

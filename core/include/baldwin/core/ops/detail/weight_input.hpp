// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Weight views as inputs of an operation, some of which may be absent.
#pragma once

#include <baldwin/core/tape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin::ops::detail {

/// A view among the inputs of an operation: which input it looks at, and where.
struct WeightInput {
    static constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

    std::size_t input = kAbsent;
    Strides at;

    explicit operator bool() const noexcept { return input != kAbsent; }

    /// \param context  Forward<T> or Backward<T>
    template <class T, template <class> class Context>
    [[nodiscard]] Block<const T> block(const Context<T>& context) const {
        return {context.input(input).data(), at};
    }
    template <class T>
    [[nodiscard]] bool wanted(const Backward<T>& b) const {
        return *this && b.wants(input);
    }
    /// Where to add the gradient of the view; data is nullptr if nobody asked for it.
    template <class T>
    [[nodiscard]] Block<T> gradient(Backward<T>& b) const {
        T* flat = *this ? b.accumulator(input) : nullptr;
        return flat == nullptr ? Block<T>() : Block<T>(flat, at);
    }
    /// The elements in order as an adjacent copy; \p count times \p missing if absent.
    template <class T, template <class> class Context>
    [[nodiscard]] T* compact(Context<T>& context, std::size_t count, T missing) const {
        T* copy = context.template scratch<T>(count);
        if (!*this) {
            std::fill_n(copy, count, missing);
            return copy;
        }
        const Block<const T> from = block(context);
        T* to = copy;
        for (std::size_t p = 0; p < from.planes; ++p) {
            for (std::size_t r = 0; r < from.rows; ++r) {
                to = std::copy_n(from.row(p, r), from.columns, to);
            }
        }
        return copy;
    }
    /// Adds adjacent elements to the gradient of the view, in order.
    template <class T>
    void add_gradient(Backward<T>& b, const T* compact_gradient) const {
        const Block<T> to = gradient(b);
        if (to.data == nullptr) return;
        for (std::size_t p = 0; p < to.planes; ++p) {
            for (std::size_t r = 0; r < to.rows; ++r) {
                for (std::size_t c = 0; c < to.columns; ++c) to.row(p, r)[c] += *compact_gradient++;
            }
        }
    }
};

/// Collects the inputs of an operation in place.
template <class T>
class InputList {
public:
    InputList(const Tape<T>& tape, std::string_view name) : tape_(tape), name_(name) {}

    void add(Value value) { values_[count_++] = value; }
    /// Adds the vector that a view looks at; a view without source is absent.
    /// \throws std::invalid_argument if the view reaches beyond it
    WeightInput add(const WeightView& view) {
        if (!view.source) return {};
        const std::size_t end = view.at.offset + view.at.extent();
        const std::size_t size = tape_.shape(view.source).size();
        if (end > size) {
            throw std::invalid_argument(std::string(name_) + ": a view ends at element " +
                                        std::to_string(end) + " of a vector of " +
                                        std::to_string(size));
        }
        add(view.source);
        return {count_ - 1, view.at};
    }
    /// The same for a view that must have \p count elements if it is there.
    /// \throws std::invalid_argument if it has another number
    WeightInput add(const WeightView& view, std::string_view what, std::size_t count) {
        if (view.source && view.at.size() != count) {
            throw std::invalid_argument(std::string(name_) + ": " + std::string(what) +
                                        " must have " + std::to_string(count) + " elements, got " +
                                        std::to_string(view.at.size()));
        }
        return add(view);
    }
    [[nodiscard]] std::span<const Value> values() const { return {values_.data(), count_}; }

private:
    const Tape<T>& tape_;
    std::string_view name_;
    std::array<Value, 12> values_{};
    std::size_t count_ = 0;
};

} // namespace baldwin::ops::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Hebbian read-out of classes from codes, learned in the same single pass as the codes.
#pragma once

#include <baldwin/core/assert.hpp>
#include <baldwin/core/math.hpp>
#include <baldwin/sdr/code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::sdr {

/// What a read-out sees: the winners of all modules of all macs, and how many classes there are.
struct ReadoutShape {
    std::size_t modules = 0; ///< macs * Q; >= 1
    std::size_t cells = 0;   ///< K; >= 2
    std::size_t classes = 0; ///< >= 2, at most 256

    /// Cells of all modules.
    [[nodiscard]] std::size_t units() const noexcept { return modules * cells; }
    friend bool operator==(const ReadoutShape& a, const ReadoutShape& b) = default;
};

/// \throws std::invalid_argument if a value is out of range
inline void check(const ReadoutShape& shape) {
    if (shape.modules >= 1 && shape.cells >= 2 && shape.classes >= 2 && shape.classes <= 256) {
        return;
    }
    throw std::invalid_argument("sdr::ReadoutShape: modules must be >= 1, cells >= 2 and classes "
                                "in [2, 256], got " +
                                std::to_string(shape.modules) + ", " + std::to_string(shape.cells) +
                                " and " + std::to_string(shape.classes));
}

namespace detail {

/// \throws std::invalid_argument if a code or a class does not fit a read-out
inline void check_code(const ReadoutShape& shape, std::span<const Cell> winners) {
    if (winners.size() == shape.modules) return;
    throw std::invalid_argument("sdr: the read-out reads codes of " +
                                std::to_string(shape.modules) + " modules, got " +
                                std::to_string(winners.size()));
}
inline void check_class(const ReadoutShape& shape, std::size_t label) {
    if (label < shape.classes) return;
    throw std::invalid_argument("sdr: the read-out has " + std::to_string(shape.classes) +
                                " classes, got class " + std::to_string(label));
}

/// Calls f(unit) for the winner of each module that has one.
template <class F>
void for_each_unit(const ReadoutShape& shape, std::span<const Cell> winners, F&& f) {
    for (std::size_t q = 0; q < winners.size(); ++q) {
        if (winners[q] == kNoCell) continue;
        BALDWIN_ASSERT(winners[q] < shape.cells);
        f(q * shape.cells + winners[q]);
    }
}

} // namespace detail

/// A field of class units, each joined to the cells of the codes that were stored with its class.
///
/// The binary read-out answers with the class that has most cells of the code among those it was
/// ever seen with; with many items all weights become 1 and it levels off. The count read-out
/// weighs each cell by how often it won for each class (naive Bayes), which goes on improving.
/// \paper Rinkus & Leveille 2017; the count form is ours
class ClassReadout {
public:
    /// \throws std::invalid_argument if the shape is out of range
    explicit ClassReadout(const ReadoutShape& shape)
        : shape_((check(shape), shape)), counts_(shape.units() * shape.classes),
          items_(shape.classes) {}

    [[nodiscard]] const ReadoutShape& shape() const noexcept { return shape_; }
    /// Items stored for each class.
    [[nodiscard]] std::span<const std::uint32_t> items() const noexcept { return items_; }

    /// Joins a code to its class.
    /// \param winners  shape (modules); kNoCell where a mac had no code
    /// \throws std::invalid_argument if code or class do not fit the shape
    /// \cost O(modules)
    void learn(std::span<const Cell> winners, std::size_t label) {
        detail::check_code(shape_, winners);
        detail::check_class(shape_, label);
        detail::for_each_unit(shape_, winners,
                              [&](std::size_t unit) { ++counts_[unit * shape_.classes + label]; });
        ++items_[label];
        evidence_.clear();
    }

    /// Number of cells of a code that each class was seen with, shape (classes).
    /// \throws std::invalid_argument if the code does not fit the shape
    [[nodiscard]] std::vector<double> binary_scores(std::span<const Cell> winners) const {
        return scores(winners, [&](std::size_t i) { return counts_[i] > 0 ? 1.0 : 0.0; });
    }
    /// Log likelihood of a code under each class with the modules taken as independent, shape
    /// (classes); each cell is given a tenth of an item in advance.
    /// \throws std::invalid_argument if the code does not fit the shape, or prepare() was not
    ///         called after the last item
    [[nodiscard]] std::vector<double> count_scores(std::span<const Cell> winners) const {
        if (evidence_.empty()) {
            throw std::invalid_argument("sdr::ClassReadout: prepare() comes before count_scores()");
        }
        return scores(winners, [&](std::size_t i) { return double{evidence_[i]}; });
    }
    /// Turns counts into evidence for count_scores().
    /// \cost O(units * classes), about 3 ms for 24,500 cells and 10 classes
    void prepare() {
        constexpr double kAdvance = 0.1;
        evidence_.resize(counts_.size());
        for (std::size_t c = 0; c < shape_.classes; ++c) {
            const double whole = items_[c] + kAdvance * static_cast<double>(shape_.cells);
            for (std::size_t i = c; i < counts_.size(); i += shape_.classes) {
                evidence_[i] = baldwin::log(static_cast<float>((counts_[i] + kAdvance) / whole));
            }
        }
    }

    /// How often each cell won for each class, shape (units, classes): what a file has to keep.
    [[nodiscard]] std::span<const std::uint32_t> counts() const noexcept { return counts_; }
    /// Takes back counts and items.
    /// \throws std::invalid_argument if they are of another shape
    void restore(std::span<const std::uint32_t> counts, std::span<const std::uint32_t> items) {
        if (counts.size() != counts_.size() || items.size() != items_.size()) {
            throw std::invalid_argument(
                "sdr::ClassReadout: there must be " + std::to_string(counts_.size()) +
                " counts and " + std::to_string(items_.size()) + " items, got " +
                std::to_string(counts.size()) + " and " + std::to_string(items.size()));
        }
        std::copy(counts.begin(), counts.end(), counts_.begin());
        std::copy(items.begin(), items.end(), items_.begin());
        evidence_.clear();
    }

private:
    template <class F>
    [[nodiscard]] std::vector<double> scores(std::span<const Cell> winners, F&& weight) const {
        detail::check_code(shape_, winners);
        std::vector<double> sums(shape_.classes);
        detail::for_each_unit(shape_, winners, [&](std::size_t unit) {
            for (std::size_t c = 0; c < sums.size(); ++c) {
                sums[c] += weight(unit * shape_.classes + c);
            }
        });
        return sums;
    }

    ReadoutShape shape_;
    std::vector<std::uint32_t> counts_; // (units, classes)
    std::vector<std::uint32_t> items_;  // (classes)
    std::vector<float> evidence_;       // (units, classes), or empty
};

/// The class with the largest score; the first of equals.
[[nodiscard]] inline std::size_t best_class(std::span<const double> scores) {
    return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) -
                                    scores.begin());
}

} // namespace baldwin::sdr

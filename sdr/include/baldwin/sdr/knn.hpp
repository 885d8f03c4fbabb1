// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Nearest neighbours: the plain baseline that a memory's scores stand beside.
#pragma once

#include <baldwin/core/assert.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/sdr/bit_set.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

namespace baldwin::sdr {

namespace detail {

/// Queries that look at one item while it is in the cache.
inline constexpr std::size_t kQueryBlock = 8;

/// Number of bits on in both, over \p words words.
using OverlapKernel = std::uint64_t (*)(const std::uint64_t* a, const std::uint64_t* b,
                                        std::size_t words);

inline std::uint64_t overlap_portable(const std::uint64_t* a, const std::uint64_t* b,
                                      std::size_t words) {
    std::array<std::uint64_t, 4> sums{};
    std::size_t w = 0;
    for (; w + 4 <= words; w += 4) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
            sums[lane] += static_cast<std::uint64_t>(std::popcount(a[w + lane] & b[w + lane]));
        }
    }
    for (; w < words; ++w) sums[0] += static_cast<std::uint64_t>(std::popcount(a[w] & b[w]));
    return sums[0] + sums[1] + sums[2] + sums[3];
}

#if defined(__x86_64__) && defined(__GNUC__)
// whole numbers: the same result as the portable one
[[gnu::target("avx512f,avx512vpopcntdq")]] inline std::uint64_t
overlap_avx512(const std::uint64_t* a, const std::uint64_t* b, std::size_t words) {
    __m512i sum = _mm512_setzero_si512();
    for (std::size_t w = 0; w < words; w += 8) {
        const std::size_t rest = words - w;
        const auto mask = static_cast<__mmask8>(rest >= 8 ? 0xFFU : (1U << rest) - 1U);
        const __m512i both = _mm512_and_si512(_mm512_maskz_loadu_epi64(mask, a + w),
                                              _mm512_maskz_loadu_epi64(mask, b + w));
        sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(both));
    }
    alignas(64) std::array<std::uint64_t, 8> lanes;
    _mm512_store_si512(lanes.data(), sum);
    std::uint64_t total = 0;
    for (const std::uint64_t lane : lanes) total += lane;
    return total;
}
#endif

[[nodiscard]] inline OverlapKernel overlap_kernel() {
#if defined(__x86_64__) && defined(__GNUC__)
    static const bool has_popcount =
        __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vpopcntdq") != 0;
    if (has_popcount) return overlap_avx512;
#endif
    return overlap_portable;
}

[[nodiscard]] inline std::vector<std::uint64_t> packed(std::span<const BitSet> items) {
    std::vector<std::uint64_t> words;
    for (const BitSet& item : items) {
        check_same_size(item, items.front());
        words.insert(words.end(), item.words().begin(), item.words().end());
    }
    return words;
}

[[nodiscard]] inline std::vector<std::uint32_t> counts_of(std::span<const BitSet> items) {
    std::vector<std::uint32_t> counts;
    counts.reserve(items.size());
    for (const BitSet& item : items) counts.push_back(static_cast<std::uint32_t>(item.count()));
    return counts;
}

inline void check_some(std::size_t items, const char* name) {
    if (items > 0) return;
    throw std::invalid_argument(std::string("sdr::") + name +
                                ": there must be a stored item at least, got 0");
}

/// A share compared without division: both / either.
struct Share {
    std::uint64_t both = 0;
    std::uint64_t either = 1;

    [[nodiscard]] bool is_above(const Share& other) const noexcept {
        return both * other.either > other.both * either;
    }
};

} // namespace detail

/// For each query the stored item with the largest Jaccard similarity, the first of equals.
/// \return indices of items, shape (queries)
/// \throws std::invalid_argument if there is no item or sizes differ
/// \cost queries * items * bits / 64 word operations: 10,000 against 60,000 of 784 bits in about
///       2 s on two cores with AVX-512, 5 s without
[[nodiscard]] inline std::vector<std::uint32_t>
nearest_by_jaccard(std::span<const BitSet> items, std::span<const BitSet> queries,
                   const Executor& executor = {}) {
    detail::check_some(items.size(), "nearest_by_jaccard");
    for (const BitSet& query : queries) detail::check_same_size(query, items.front());
    const auto stored = detail::packed(items);
    const auto counts = detail::counts_of(items);
    const std::size_t words = items.front().words().size();
    const auto kernel = detail::overlap_kernel();
    std::vector<std::uint32_t> nearest(queries.size());
    const std::size_t chunks =
        (queries.size() + detail::kQueryBlock - 1) / detail::kQueryBlock;
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t) {
        const std::size_t first = chunk * detail::kQueryBlock;
        const auto block = queries.subspan(
            first, std::min(detail::kQueryBlock, queries.size() - first));
        const auto ones = detail::counts_of(block);
        std::array<detail::Share, detail::kQueryBlock> best{};
        for (std::size_t i = 0; i < items.size(); ++i) {
            for (std::size_t q = 0; q < block.size(); ++q) {
                const std::uint64_t both =
                    kernel(stored.data() + i * words, block[q].words().data(), words);
                const std::uint64_t either = std::uint64_t{counts[i]} + ones[q] - both;
                // two empty sets are equal
                const detail::Share share{either == 0 ? 1 : both, std::max<std::uint64_t>(either, 1)};
                if (!share.is_above(best[q])) continue;
                best[q] = share;
                nearest[first + q] = static_cast<std::uint32_t>(i);
            }
        }
    });
    return nearest;
}

namespace detail {

/// Vectors of bytes widened to 16 bits, which CPUs multiply and add pairwise.
struct WideVectors {
    std::size_t length = 0;
    std::vector<std::int16_t> values; ///< shape (count, length)
    std::vector<std::int32_t> norms;  ///< shape (count), squared

    WideVectors(std::span<const std::uint8_t> bytes, std::size_t size)
        : length(size), values(bytes.begin(), bytes.end()), norms(bytes.size() / size) {
        for (std::size_t i = 0; i < norms.size(); ++i) {
            for (std::size_t j = 0; j < size; ++j) {
                const std::int32_t value = bytes[i * size + j];
                norms[i] += value * value;
            }
        }
    }
    [[nodiscard]] std::size_t count() const noexcept { return norms.size(); }
    [[nodiscard]] const std::int16_t* row(std::size_t i) const {
        return values.data() + i * length;
    }
};

/// Products of four rows with one vector.
[[nodiscard]] inline std::array<std::int32_t, 4> four_products(const std::int16_t* rows,
                                                               const std::int16_t* vector,
                                                               std::size_t length) {
    std::int32_t a = 0;
    std::int32_t b = 0;
    std::int32_t c = 0;
    std::int32_t d = 0;
    for (std::size_t i = 0; i < length; ++i) {
        a += rows[i] * vector[i];
        b += rows[length + i] * vector[i];
        c += rows[2 * length + i] * vector[i];
        d += rows[3 * length + i] * vector[i];
    }
    return {a, b, c, d};
}

} // namespace detail

/// For each query the stored item with the smallest Euclidean distance, the first of equals.
/// \param items    shape (n, length)
/// \param queries  shape (queries, length)
/// \param length   elements of a vector; in [1, 32768]
/// \return indices of items, shape (queries)
/// \throws std::invalid_argument if there is no item, or the length does not fit
/// \cost queries * items * length products: 10,000 against 60,000 of 784 bytes in about 10 s on two
///       cores
[[nodiscard]] inline std::vector<std::uint32_t>
nearest_by_distance(std::span<const std::uint8_t> items, std::span<const std::uint8_t> queries,
                    std::size_t length, const Executor& executor = {}) {
    // above 32768 a squared norm could pass 2^31
    if (length == 0 || length > 32768 || items.size() % length != 0 ||
        queries.size() % length != 0) {
        throw std::invalid_argument("sdr::nearest_by_distance: length must be in [1, 32768] and "
                                    "divide both sizes, got " +
                                    std::to_string(length));
    }
    detail::check_some(items.size(), "nearest_by_distance");
    // three rows of zeros behind the last item, so that four can always be taken
    std::vector<std::uint8_t> padded(items.begin(), items.end());
    padded.resize(padded.size() + 3 * length);
    const detail::WideVectors stored(padded, length);
    const detail::WideVectors asked(queries, length);
    const std::size_t count = items.size() / length;
    std::vector<std::uint32_t> nearest(asked.count());
    const std::size_t chunks = (asked.count() + detail::kQueryBlock - 1) / detail::kQueryBlock;
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t) {
        const std::size_t first = chunk * detail::kQueryBlock;
        const std::size_t last = std::min(asked.count(), first + detail::kQueryBlock);
        // |item|^2 - 2 item query: the query's own norm changes no order
        std::array<std::int32_t, detail::kQueryBlock> best;
        best.fill(std::numeric_limits<std::int32_t>::max());
        for (std::size_t i = 0; i < count; i += 4) {
            for (std::size_t q = first; q < last; ++q) {
                const auto products = detail::four_products(stored.row(i), asked.row(q), length);
                for (std::size_t r = 0; r < std::min<std::size_t>(4, count - i); ++r) {
                    const std::int32_t far = stored.norms[i + r] - 2 * products[r];
                    if (far >= best[q - first]) continue;
                    best[q - first] = far;
                    nearest[q] = static_cast<std::uint32_t>(i + r);
                }
            }
        }
    });
    return nearest;
}

/// Share of queries whose nearest item has their class.
/// \param nearest  shape (queries), indices into item_labels
/// \throws std::invalid_argument if there are not as many labels as queries, or no query
[[nodiscard]] inline double agreement(std::span<const std::uint32_t> nearest,
                                      std::span<const std::uint8_t> item_labels,
                                      std::span<const std::uint8_t> query_labels) {
    if (nearest.size() != query_labels.size() || nearest.empty()) {
        throw std::invalid_argument("sdr::agreement: there must be a label for each query, got " +
                                    std::to_string(query_labels.size()) + " for " +
                                    std::to_string(nearest.size()));
    }
    std::size_t right = 0;
    for (std::size_t i = 0; i < nearest.size(); ++i) {
        BALDWIN_ASSERT(nearest[i] < item_labels.size());
        right += item_labels[nearest[i]] == query_labels[i] ? 1U : 0U;
    }
    return static_cast<double>(right) / static_cast<double>(nearest.size());
}

} // namespace baldwin::sdr

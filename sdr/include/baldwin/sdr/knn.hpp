// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Nearest neighbours: the plain baseline that a memory's scores stand beside.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/assert.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/detail/bit_sums.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::sdr {

namespace detail {

/// Queries of one chunk of work; so few for distances that they stay in the first cache.
inline constexpr std::size_t kQueryBlock = 64;
inline constexpr std::size_t kVectorBlock = 16;

/// Stored items as columns of bits: row i says which items have bit i. Overlaps with a query are
/// then sums of the rows of its bits, which are few, for 64 items at a time.
class ItemColumns {
public:
    static constexpr std::size_t kWords = 64;          // of a row of a block
    static constexpr std::size_t kItems = 64 * kWords; // of a block

    explicit ItemColumns(std::span<const BitSet> items) : bits_(items.front().size()) {
        blocks_ = (items.size() + kItems - 1) / kItems;
        words_.resize(blocks_ * bits_ * kWords);
        counts_.resize(items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            check_same_size(items[i], items.front());
            const std::size_t place = i % kItems;
            Word* column = words_.data() + i / kItems * bits_ * kWords + place / 64;
            items[i].view().for_each([&](std::size_t bit) {
                column[bit * kWords] |= Word{1} << (place % 64);
                ++counts_[i];
            });
        }
    }
    [[nodiscard]] std::size_t blocks() const noexcept { return blocks_; }
    /// Bits of each item that are on, of one block.
    [[nodiscard]] std::span<const std::uint32_t> counts(std::size_t block) const {
        const auto all = std::span(counts_);
        return all.subspan(block * kItems, std::min(kItems, all.size() - block * kItems));
    }
    /// Bits that the items of a block share with a query, shape (kItems).
    void overlaps(std::size_t block, std::span<const std::uint32_t> on,
                  std::span<std::uint16_t> out) const {
        alignas(64) std::array<Word, kMostPlanes * kWords> planes;
        const Word* rows = words_.data() + block * bits_ * kWords;
        sum_rows({rows, kWords, on, planes.data()}, KernelPath::automatic);
        unpack(planes.data(), planes_of(on.size()), kWords, out.data(), KernelPath::automatic);
    }

private:
    std::size_t bits_ = 0;
    std::size_t blocks_ = 0;
    AlignedVector<Word> words_;         // (blocks, bits, kWords)
    std::vector<std::uint32_t> counts_; // (items)
};

inline void check_some(std::size_t items, const char* name) {
    if (items > 0) return;
    throw std::invalid_argument(std::string("sdr::") + name +
                                ": there must be a stored item at least, got 0");
}

// counts are held in 16 bits
inline void check_width(std::size_t bits) {
    if (bits <= 65535) return;
    throw std::invalid_argument(
        "sdr::nearest_by_jaccard: items must have at most 65535 bits, got " + std::to_string(bits));
}

/// A Jaccard similarity that is compared without division.
struct Share {
    std::uint64_t both = 0;
    std::uint64_t either = 1;

    [[nodiscard]] bool is_above(const Share& other) const noexcept {
        return both * other.either > other.both * either;
    }
};

/// A query and the best item so far.
struct JaccardSearch {
    std::vector<std::uint32_t> on; ///< its bits
    Share best = {};
    std::uint32_t nearest = 0;

    void look_at(const ItemColumns& items, std::size_t block, std::span<std::uint16_t> overlaps) {
        items.overlaps(block, on, overlaps);
        const auto counts = items.counts(block);
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const std::uint64_t both = overlaps[i];
            const std::uint64_t either = on.size() + counts[i] - both;
            // two empty sets are equal
            const Share share = either == 0 ? Share{1, 1} : Share{both, either};
            if (!share.is_above(best)) continue;
            best = share;
            nearest = static_cast<std::uint32_t>(block * ItemColumns::kItems + i);
        }
    }
};

} // namespace detail

/// For each query the stored item with the largest Jaccard similarity, the first of equals.
/// \return indices of items, shape (queries)
/// \throws std::invalid_argument if there is no item, or sizes differ or are above 65535
/// \cost queries * items / 64 * (bits of a query that are on) word operations, fewer with vectors
[[nodiscard]] inline std::vector<std::uint32_t> nearest_by_jaccard(std::span<const BitSet> items,
                                                                   std::span<const BitSet> queries,
                                                                   const Executor& executor = {}) {
    detail::check_some(items.size(), "nearest_by_jaccard");
    detail::check_width(items.front().size());
    for (const BitSet& query : queries) detail::check_same_size(query, items.front());
    const detail::ItemColumns columns(items);
    std::vector<std::uint32_t> nearest(queries.size());
    const std::size_t chunks = (queries.size() + detail::kQueryBlock - 1) / detail::kQueryBlock;
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t) {
        const std::size_t first = chunk * detail::kQueryBlock;
        const std::size_t count = std::min(detail::kQueryBlock, queries.size() - first);
        std::vector<detail::JaccardSearch> searches(count);
        for (std::size_t q = 0; q < count; ++q) searches[q].on = queries[first + q].indices();
        std::vector<std::uint16_t> overlaps(detail::ItemColumns::kItems);
        for (std::size_t block = 0; block < columns.blocks(); ++block) {
            for (auto& search : searches) search.look_at(columns, block, overlaps);
        }
        for (std::size_t q = 0; q < count; ++q) nearest[first + q] = searches[q].nearest;
    });
    return nearest;
}

namespace detail {

/// Vectors of bytes widened to 16 bits, which CPUs multiply and add pairwise.
struct WideVectors {
    std::size_t length = 0;
    std::vector<std::int16_t> values; ///< shape (count, length)
    std::vector<std::int32_t> norms;  ///< shape (count), squared

    /// \param multiple  zeros follow up to a multiple of so many vectors
    WideVectors(std::span<const std::uint8_t> bytes, std::size_t size, std::size_t multiple)
        : length(size), norms(bytes.size() / size) {
        values.reserve((norms.size() + multiple) * size);
        values.assign(bytes.begin(), bytes.end());
        values.resize((norms.size() + multiple - 1) / multiple * multiple * size);
        for (std::size_t i = 0; i < norms.size(); ++i) {
            for (std::size_t j = 0; j < size; ++j) {
                const std::int32_t value = bytes[i * size + j];
                norms[i] += value * value;
            }
        }
    }
    [[nodiscard]] const std::int16_t* row(std::size_t i) const {
        return values.data() + i * length;
    }
};

/// Products of four rows with two vectors: entry 2 * row + vector.
[[nodiscard]] inline std::array<std::int32_t, 8> products(const std::int16_t* rows,
                                                          const std::int16_t* x,
                                                          const std::int16_t* y,
                                                          std::size_t length) {
    const std::int16_t* a = rows;
    const std::int16_t* b = a + length;
    const std::int16_t* c = b + length;
    const std::int16_t* d = c + length;
    std::int32_t ax = 0, ay = 0, bx = 0, by = 0, cx = 0, cy = 0, dx = 0, dy = 0;
    for (std::size_t i = 0; i < length; ++i) {
        ax += a[i] * x[i];
        ay += a[i] * y[i];
        bx += b[i] * x[i];
        by += b[i] * y[i];
        cx += c[i] * x[i];
        cy += c[i] * y[i];
        dx += d[i] * x[i];
        dy += d[i] * y[i];
    }
    return {ax, ay, bx, by, cx, cy, dx, dy};
}

} // namespace detail

/// For each query the stored item with the smallest Euclidean distance, the first of equals.
/// \param items    shape (n, length)
/// \param queries  shape (queries, length)
/// \param length   elements of a vector; in [1, 32768]
/// \return indices of items, shape (queries)
/// \throws std::invalid_argument if there is no item, or the length does not fit
/// \cost queries * items * length products, 16 to an AVX2 instruction
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
    // zeros behind the last item and query: four and two are always there
    const detail::WideVectors stored(items, length, 4);
    const detail::WideVectors asked(queries, length, 2);
    const std::size_t count = items.size() / length;
    std::vector<std::uint32_t> nearest(queries.size() / length);
    const std::size_t chunks = (nearest.size() + detail::kVectorBlock - 1) / detail::kVectorBlock;
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t) {
        const std::size_t first = chunk * detail::kVectorBlock;
        const std::size_t last = std::min(nearest.size(), first + detail::kVectorBlock);
        // |item|^2 - 2 item query: the query's own norm changes no order
        std::array<std::int32_t, detail::kVectorBlock + 1> best;
        best.fill(std::numeric_limits<std::int32_t>::max());
        for (std::size_t i = 0; i < count; i += 4) {
            for (std::size_t q = first; q < last; q += 2) {
                const auto sums =
                    detail::products(stored.row(i), asked.row(q), asked.row(q + 1), length);
                for (std::size_t k = 0; k < 8; ++k) {
                    const std::size_t item = i + k / 2;
                    const std::size_t query = q + k % 2;
                    if (item >= count || query >= last) continue;
                    const std::int32_t far = stored.norms[item] - 2 * sums[k];
                    if (far >= best[query - first]) continue;
                    best[query - first] = far;
                    nearest[query] = static_cast<std::uint32_t>(item);
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

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Event-driven, bit-sliced sums of weight rows in plain C++: the definition of the results.
///
/// Plane p of a sum holds bit p of the count of each unit. Counts are exact integers, so every
/// version gives the same planes in whatever order it adds.
#pragma once

#include <baldwin/sdr/detail/unit_layout.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace baldwin::sdr::detail {

// Counts are below 2^16: at most that many rows are added.
inline constexpr std::size_t kMostPlanes = 16;

// Number of planes that counts up to `most` need.
inline std::size_t planes_of(std::size_t most) {
    return static_cast<std::size_t>(std::bit_width(most));
}

// A row sum that is being worked on; planes are `words` words each, one after the other.
struct SumTask {
    const Word* weights;                 // rows of `words` words
    std::size_t words;                   // a multiple of 4
    std::span<const std::uint32_t> rows; // the rows to add
    Word* planes;                        // planes_of(rows.size()) planes
};

// Bits that learning sets: those of `mask` in the given rows.
struct OrTask {
    Word* weights;                       // rows of `words` words
    std::size_t words;                   // a multiple of 4
    std::span<const std::uint32_t> rows; // the rows to change
    const Word* mask;                    // of `words` words
};

namespace portable {

// Words of a row that are worked on together: a vector of the compiler's, whatever the machine has.
inline constexpr std::size_t kLanes = 4;
using Lanes [[gnu::vector_size(kLanes * sizeof(Word))]] = Word;

inline void load(Lanes& to, const Word* from) { std::memcpy(&to, from, sizeof(to)); }

// A full adder in each bit: sum + 2 carry = sum + a + b.
inline void add_bits(Lanes& sum, Lanes& carry, const Lanes& a, const Lanes& b) {
    const Lanes mixed = a ^ b;
    carry = (a & b) | (mixed & sum);
    sum ^= mixed;
}

// Adds `carry` to the counter planes from plane p up.
inline void ripple(std::span<Lanes> planes, std::size_t p, Lanes carry) {
    for (; p < planes.size(); ++p) {
        const Lanes next = planes[p] & carry;
        planes[p] ^= carry;
        carry = next;
    }
}

// Adds eight rows.
inline void add_eight(std::span<Lanes> planes, const Lanes* row) {
    Lanes twos_a, twos_b, fours_a, fours_b, eights;
    add_bits(planes[0], twos_a, row[0], row[1]);
    add_bits(planes[0], twos_b, row[2], row[3]);
    add_bits(planes[1], fours_a, twos_a, twos_b);
    add_bits(planes[0], twos_a, row[4], row[5]);
    add_bits(planes[0], twos_b, row[6], row[7]);
    add_bits(planes[1], fours_b, twos_a, twos_b);
    add_bits(planes[2], eights, fours_a, fours_b);
    ripple(planes, 3, eights);
}

// Four columns of words: eight rows a turn through carry-save adders (Harley and Seal).
inline void sum_columns(const SumTask& task, std::size_t w) {
    Lanes all[kMostPlanes] = {};
    const std::span<Lanes> planes(all, planes_of(task.rows.size()));
    const auto load_row = [&](Lanes& to, std::size_t i) {
        load(to, task.weights + task.rows[i] * task.words + w);
    };
    std::size_t i = 0;
    for (; i + 8 <= task.rows.size(); i += 8) {
        Lanes row[8];
        for (std::size_t k = 0; k < 8; ++k) load_row(row[k], i + k);
        add_eight(planes, row);
    }
    for (; i < task.rows.size(); ++i) {
        Lanes row;
        load_row(row, i);
        ripple(planes, 0, row);
    }
    for (std::size_t p = 0; p < planes.size(); ++p) {
        std::memcpy(task.planes + p * task.words + w, &planes[p], sizeof(Lanes));
    }
}

inline void sum_rows(const SumTask& task) {
    for (std::size_t w = 0; w < task.words; w += kLanes) sum_columns(task, w);
}

inline void or_rows(const OrTask& task) {
    for (const auto j : task.rows) {
        Word* row = task.weights + j * task.words;
        for (std::size_t w = 0; w < task.words; ++w) row[w] |= task.mask[w];
    }
}

// Eight bits to eight bytes of 0 or 1.
inline Word spread(Word byte) {
    const Word bits = (byte * 0x0101010101010101U) & 0x8040201008040201U;
    return (bits + 0x7f7f7f7f7f7f7f7fU) >> 7 & 0x0101010101010101U;
}

// The counts of all units as numbers.
inline void unpack(const Word* planes, std::size_t count, std::size_t words,
                   std::uint16_t* counts) {
    for (std::size_t w = 0; w < words; ++w) {
        for (std::size_t byte = 0; byte < 8; ++byte) {
            std::array<Word, 2> halves{}; // planes 0 to 7 and 8 to 15
            for (std::size_t p = 0; p < count; ++p) {
                halves[p / 8] |= spread(planes[p * words + w] >> (8 * byte) & 0xffU) << (p % 8);
            }
            for (std::size_t i = 0; i < 8; ++i) {
                const auto low = static_cast<unsigned>(halves[0] >> (8 * i) & 0xffU);
                const auto high = static_cast<unsigned>(halves[1] >> (8 * i) & 0xffU);
                counts[w * 64 + byte * 8 + i] = static_cast<std::uint16_t>(low | high << 8);
            }
        }
    }
}

// Largest count among the candidates of one module of T bits; the candidates that have it stay.
template <class T>
inline std::uint16_t module_maximum(const Word* planes, std::size_t count, std::size_t words,
                                    std::size_t q, Word* candidates) {
    const auto part = [q](const Word* row) {
        T bits;
        std::memcpy(&bits, reinterpret_cast<const char*>(row) + q * sizeof(T), sizeof(T));
        return bits;
    };
    T left = part(candidates);
    unsigned most = 0;
    for (std::size_t p = count; p-- > 0;) {
        const T with = left & part(planes + p * words);
        if (with == 0) continue;
        left = with;
        most |= 1U << p;
    }
    std::memcpy(reinterpret_cast<char*>(candidates) + q * sizeof(T), &left, sizeof(T));
    return static_cast<std::uint16_t>(most);
}

// The same for a module of whole words.
inline std::uint16_t wide_module_maximum(const Word* planes, std::size_t count, std::size_t words,
                                         std::size_t first, std::size_t width, Word* candidates) {
    unsigned most = 0;
    for (std::size_t p = count; p-- > 0;) {
        const Word* plane = planes + p * words;
        Word any = 0;
        for (std::size_t w = first; w < first + width; ++w) any |= candidates[w] & plane[w];
        if (any == 0) continue;
        for (std::size_t w = first; w < first + width; ++w) candidates[w] &= plane[w];
        most |= 1U << p;
    }
    return static_cast<std::uint16_t>(most);
}

// Largest count of each module straight from the planes, most significant first. `candidates`
// comes in as the cells that compete and goes out as those that have the largest count.
inline void module_maxima(const Word* planes, std::size_t count, const UnitLayout& layout,
                          Word* candidates, std::uint16_t* maxima) {
    static_assert(std::endian::native == std::endian::little);
    const std::size_t width = layout.stride / 64;
    for (std::size_t q = 0; q < layout.shape.modules; ++q) {
        const auto of = [&]<class T>(T /*type*/) {
            return module_maximum<T>(planes, count, layout.words, q, candidates);
        };
        maxima[q] = layout.stride == 16   ? of(std::uint16_t{})
                    : layout.stride == 32 ? of(std::uint32_t{})
                    : layout.stride == 64 ? of(std::uint64_t{})
                                          : wide_module_maximum(planes, count, layout.words,
                                                                q * width, width, candidates);
    }
}

} // namespace portable

// Number of units whose count is at least `least`: a comparison bit by bit, most significant first.
inline std::size_t count_at_least(const Word* planes, std::size_t count, std::size_t words,
                                  std::size_t least) {
    if (least >> count != 0) return 0;
    std::size_t found = 0;
    for (std::size_t w = 0; w < words; w += portable::kLanes) {
        portable::Lanes more = {};
        portable::Lanes same = ~more;
        for (std::size_t p = count; p-- > 0;) {
            portable::Lanes plane;
            portable::load(plane, planes + p * words + w);
            if ((least >> p & 1U) != 0) {
                same &= plane;
            } else {
                more |= same & plane;
                same &= ~plane;
            }
        }
        more |= same;
        for (std::size_t i = 0; i < portable::kLanes; ++i) {
            found += static_cast<std::size_t>(std::popcount(more[i]));
        }
    }
    return found;
}

} // namespace baldwin::sdr::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Random damage for readers: every damaged input must give a valid result or a std::exception.
///
/// The loop has a fixed number of rounds, so a test does the same work on every machine. Include
/// this header in one source file of a test program at most if BALDWIN_TEST_COUNT_ALLOCATIONS is
/// defined: it then replaces the global operator new to measure the largest allocation (not under
/// a sanitizer, which has its own).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#undef BALDWIN_TEST_COUNT_ALLOCATIONS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#undef BALDWIN_TEST_COUNT_ALLOCATIONS
#endif
#endif

#ifdef BALDWIN_TEST_COUNT_ALLOCATIONS
#include <cstdlib>
#include <new>
#endif

namespace baldwin::test {

/// Largest single allocation since it was last set to 0; stays 0 if none are counted.
inline std::atomic<std::size_t> largest_allocation{0};

/// Outcome of a fuzz loop.
struct FuzzResult {
    std::size_t accepted = 0;           ///< inputs that were read without an error
    std::size_t rejected = 0;           ///< inputs that gave a std::exception
    std::size_t largest_allocation = 0; ///< bytes; 0 if not counted
    std::string failure;                ///< what else happened; empty is right
};

/// Damages an input in one to four ways: bits and bytes, whole numbers of both byte orders,
/// truncation, insertion, removal, repeated blocks, and ASCII digits and signs (for text headers).
class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    /// \param focus  damage falls into the first \p focus bytes three times out of four
    std::vector<std::byte> operator()(std::span<const std::byte> input, std::size_t focus) {
        std::vector<std::byte> bytes(input.begin(), input.end());
        for (std::size_t round = below(4) + 1; round > 0; --round) damage(bytes, focus);
        return bytes;
    }

private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

    std::size_t position(const std::vector<std::byte>& bytes, std::size_t focus) {
        return below(4) == 0 ? below(bytes.size()) : below(std::min(focus, bytes.size()));
    }
    void damage(std::vector<std::byte>& bytes, std::size_t focus) {
        if (bytes.empty()) {
            bytes.push_back(static_cast<std::byte>(below(256)));
            return;
        }
        const std::size_t at = position(bytes, focus);
        switch (below(8)) {
        case 0: bytes[at] ^= static_cast<std::byte>(1U << below(8)); break;
        case 1: bytes[at] = static_cast<std::byte>(below(256)); break;
        case 2: number(bytes, at); break;
        case 3: bytes.resize(at); break;
        case 4: insert(bytes, at); break;
        case 5: erase(bytes, at); break;
        case 6: repeat(bytes, at); break;
        default: bytes[at] = static_cast<std::byte>("0123456789-+.e,:[](){}'\" "[below(25)]);
        }
    }
    // numbers at the borders of what readers expect, in either byte order
    void number(std::vector<std::byte>& bytes, std::size_t at) {
        static constexpr std::uint64_t kBorders[] = {
            0,          1,          0x7F,       0x80,       0xFF,           0x7FFF,     0x8000,
            0xFFFF,     0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1ULL << 32,     1ULL << 62, ~0ULL,
            ~0ULL >> 1, 3,          0x01000000, 0x00010000, 0xFFFFFFFFF0ULL};
        const std::uint64_t value = kBorders[below(std::size(kBorders))];
        const std::size_t width = std::min(std::size_t{1} << below(4), bytes.size() - at);
        std::byte raw[8];
        std::memcpy(raw, &value, 8);
        if (below(2) == 0) std::reverse(raw, raw + width);
        std::memcpy(bytes.data() + at, raw, width);
    }
    void insert(std::vector<std::byte>& bytes, std::size_t at) {
        const std::vector<std::byte> block(below(16) + 1, static_cast<std::byte>(below(256)));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), block.begin(), block.end());
    }
    void erase(std::vector<std::byte>& bytes, std::size_t at) {
        const std::size_t count = std::min(below(16) + 1, bytes.size() - at);
        const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        bytes.erase(first, first + static_cast<std::ptrdiff_t>(count));
    }
    void repeat(std::vector<std::byte>& bytes, std::size_t at) {
        const std::size_t count = std::min(below(64) + 1, bytes.size() - at);
        const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        const std::vector<std::byte> block(first, first + static_cast<std::ptrdiff_t>(count));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), block.begin(), block.end());
    }

    std::mt19937_64 random_;
};

/// Options of a fuzz loop.
struct FuzzOptions {
    std::size_t rounds = 1000;
    std::uint64_t seed = 1;
    /// Damage falls mostly into the first bytes, where headers are.
    std::size_t focus = 256;
};

/// Runs \p read on damaged copies of \p inputs in turn.
/// \param read  called with std::vector<std::byte>; must return or throw a std::exception
template <class Read>
FuzzResult fuzz(std::span<const std::vector<std::byte>> inputs, Read&& read,
                const FuzzOptions& options = {}) {
    FuzzResult result;
    Mutator mutate(options.seed);
    for (std::size_t round = 0; round < options.rounds; ++round) {
        auto bytes = mutate(inputs[round % inputs.size()], options.focus);
        largest_allocation = 0;
        try {
            read(std::move(bytes));
            ++result.accepted;
        } catch (const std::bad_alloc&) {
            result.failure = "round " + std::to_string(round) + ": asked for too much memory";
        } catch (const std::exception&) {
            ++result.rejected;
        } catch (...) {
            result.failure = "round " + std::to_string(round) + ": threw no std::exception";
        }
        result.largest_allocation = std::max(result.largest_allocation, largest_allocation.load());
    }
    return result;
}

/// Runs \p read on every proper prefix of \p input (at most \p limit of them, evenly spread).
/// \return the number of prefixes that were read without a std::exception
template <class Read>
std::size_t accepted_prefixes(std::span<const std::byte> input, Read&& read,
                              std::size_t limit = 2000) {
    std::size_t accepted = 0;
    const std::size_t step = std::max<std::size_t>(1, input.size() / limit);
    for (std::size_t size = 0; size < input.size(); size += step) {
        try {
            read(std::vector<std::byte>(input.begin(),
                                        input.begin() + static_cast<std::ptrdiff_t>(size)));
            ++accepted;
        } catch (const std::exception&) {
            continue;
        }
    }
    return accepted;
}

} // namespace baldwin::test

#ifdef BALDWIN_TEST_COUNT_ALLOCATIONS
namespace baldwin::test::detail {

inline void* counted_allocation(std::size_t bytes, std::size_t alignment) {
    std::size_t seen = largest_allocation.load();
    while (seen < bytes && !largest_allocation.compare_exchange_weak(seen, bytes)) {
    }
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    if (rounded < bytes) throw std::bad_alloc();
    void* memory = std::aligned_alloc(alignment, std::max(rounded, alignment));
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

} // namespace baldwin::test::detail

// not inlined: the compiler would otherwise see free() meet operator new and warn
#define BALDWIN_TEST_OWN_OPERATOR [[gnu::noinline]]
BALDWIN_TEST_OWN_OPERATOR void* operator new(std::size_t bytes) {
    return baldwin::test::detail::counted_allocation(bytes, 16);
}
BALDWIN_TEST_OWN_OPERATOR void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return baldwin::test::detail::counted_allocation(bytes, static_cast<std::size_t>(alignment));
}
BALDWIN_TEST_OWN_OPERATOR void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    try {
        return baldwin::test::detail::counted_allocation(bytes, 16);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
BALDWIN_TEST_OWN_OPERATOR void operator delete(void* memory) noexcept { std::free(memory); }
BALDWIN_TEST_OWN_OPERATOR void operator delete(void* memory, std::size_t /*bytes*/) noexcept {
    std::free(memory);
}
BALDWIN_TEST_OWN_OPERATOR void operator delete(void* memory, std::align_val_t /*align*/) noexcept {
    std::free(memory);
}
BALDWIN_TEST_OWN_OPERATOR void operator delete(void* memory, std::size_t /*bytes*/,
                                               std::align_val_t /*align*/) noexcept {
    std::free(memory);
}
#undef BALDWIN_TEST_OWN_OPERATOR
#endif

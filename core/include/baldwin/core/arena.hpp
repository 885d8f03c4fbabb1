// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Memory that is rewound instead of freed: a loop of fixed shape allocates in its first turn only.
#pragma once

#include <baldwin/core/aligned.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace baldwin {

/// A bump allocator over a list of blocks.
///
/// Memory stays valid until the arena is rewound past it. The same sequence of requests after a
/// rewind lands in the same places, so the second turn of a loop never asks the system.
/// One thread at a time.
class Arena {
public:
    /// A position to rewind to.
    struct Mark {
        std::size_t block = 0;
        std::size_t used = 0;
    };

    /// \param block_bytes  smallest block asked from the system
    explicit Arena(std::size_t block_bytes = std::size_t{1} << 18) : block_bytes_(block_bytes) {}

    /// Room for \p count elements, 64-byte aligned, not initialised.
    /// \throws std::bad_alloc if the system has no such memory
    template <class T>
    [[nodiscard]] T* allocate(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>, "an arena runs no destructors");
        static_assert(alignof(T) <= kAlignment);
        return static_cast<T*>(static_cast<void*>(take(count * sizeof(T))));
    }
    /// Room for \p count elements, each set to T{}.
    template <class T>
    [[nodiscard]] T* allocate_zeroed(std::size_t count) {
        T* data = allocate<T>(count);
        std::fill_n(data, count, T{});
        return data;
    }
    template <class T>
    [[nodiscard]] std::span<T> span(std::size_t count) {
        return {allocate<T>(count), count};
    }

    [[nodiscard]] Mark mark() const noexcept { return at_; }
    /// Gives back everything allocated since \p mark was taken.
    void rewind(Mark mark) noexcept { at_ = mark; }
    void rewind() noexcept { at_ = Mark(); }
    /// Bytes held from the system.
    [[nodiscard]] std::size_t capacity() const noexcept {
        std::size_t bytes = 0;
        for (const auto& block : blocks_) bytes += block.size();
        return bytes;
    }

private:
    std::byte* take(std::size_t bytes) {
        bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
        for (; at_.block < blocks_.size(); ++at_.block, at_.used = 0) {
            if (blocks_[at_.block].size() - at_.used >= bytes) break;
        }
        if (at_.block == blocks_.size()) grow(bytes);
        std::byte* data = blocks_[at_.block].data() + at_.used;
        at_.used += bytes;
        return data;
    }
    // each block is at least as large as all before it, so their number stays logarithmic
    void grow(std::size_t bytes) {
        blocks_.emplace_back(std::max({bytes, block_bytes_, capacity()}));
    }

    std::vector<AlignedVector<std::byte>> blocks_;
    std::size_t block_bytes_;
    Mark at_;
};

/// Rewinds an arena to where it stood when the scope began.
class ArenaScope {
public:
    explicit ArenaScope(Arena& arena) : arena_(arena), mark_(arena.mark()) {}
    ~ArenaScope() { arena_.rewind(mark_); }
    ArenaScope(const ArenaScope&) = delete;
    ArenaScope& operator=(const ArenaScope&) = delete;

private:
    Arena& arena_;
    Arena::Mark mark_;
};

} // namespace baldwin

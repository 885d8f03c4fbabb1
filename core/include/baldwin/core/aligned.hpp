// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Memory aligned for vector loads: the allocator and the vector that hold parameters.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace baldwin {

/// Alignment in bytes of every buffer that core allocates: a cache line and an AVX-512 register.
inline constexpr std::size_t kAlignment = 64;

/// Standard allocator whose memory starts on a multiple of kAlignment.
template <class T>
struct AlignedAllocator {
    using value_type = T;

    AlignedAllocator() = default;
    template <class U>
    AlignedAllocator(const AlignedAllocator<U>& /*other*/) noexcept {}

    /// \throws std::bad_alloc if the system has no such memory
    T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{kAlignment}));
    }
    void deallocate(T* pointer, std::size_t /*count*/) noexcept {
        ::operator delete (pointer, std::align_val_t{kAlignment});
    }
    friend bool operator==(const AlignedAllocator& /*a*/, const AlignedAllocator& /*b*/) {
        return true;
    }
};

/// A vector with a 64-byte aligned base; the type of every flat parameter vector.
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

} // namespace baldwin

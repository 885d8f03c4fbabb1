// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Counts calls of the system's allocator over all threads. Include it in one file of a program: it
/// defines malloc and its relatives there.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BALDWIN_TEST_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BALDWIN_TEST_COUNTS_ALLOCATIONS 0
#endif
#endif
#if !defined(BALDWIN_TEST_COUNTS_ALLOCATIONS) && defined(__GLIBC__)
#define BALDWIN_TEST_COUNTS_ALLOCATIONS 1 // else the sanitizer's or another allocator is in place
#elif !defined(BALDWIN_TEST_COUNTS_ALLOCATIONS)
#define BALDWIN_TEST_COUNTS_ALLOCATIONS 0
#endif

namespace baldwin::test {

/// Calls so far of malloc, calloc, realloc, aligned_alloc, posix_memalign and memalign, of operator
/// new therefore too. Always 0 where BALDWIN_TEST_COUNTS_ALLOCATIONS is 0.
inline std::atomic<std::size_t> allocator_calls{0};

} // namespace baldwin::test

#if BALDWIN_TEST_COUNTS_ALLOCATIONS
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

void* malloc(std::size_t bytes) noexcept {
    ++baldwin::test::allocator_calls;
    return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) noexcept {
    ++baldwin::test::allocator_calls;
    return __libc_calloc(count, bytes);
}
void* realloc(void* memory, std::size_t bytes) noexcept {
    ++baldwin::test::allocator_calls;
    return __libc_realloc(memory, bytes);
}
void* memalign(std::size_t alignment, std::size_t bytes) noexcept {
    ++baldwin::test::allocator_calls;
    return __libc_memalign(alignment, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
    ++baldwin::test::allocator_calls;
    return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) noexcept {
    ++baldwin::test::allocator_calls;
    *memory = __libc_memalign(alignment, bytes);
    return *memory == nullptr ? ENOMEM : 0;
}
}
#endif

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The one assertion macro: broken promises inside the library, never user input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace baldwin::detail {

/// Ends the program after naming the broken promise.
[[noreturn]] inline void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "baldwin: broken promise %s at %s:%d\n", expression, file, line);
    std::abort();
}

} // namespace baldwin::detail

/// Checks an internal promise in builds without NDEBUG; costs nothing otherwise.
#ifdef NDEBUG
#define BALDWIN_ASSERT(expression) static_cast<void>(0)
#else
#define BALDWIN_ASSERT(expression)                                                                 \
    ((expression) ? static_cast<void>(0)                                                           \
                  : ::baldwin::detail::assertion_failed(#expression, __FILE__, __LINE__))
#endif

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What an exception says, for tests of error messages.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace baldwin::test {

/// The message of the \p Error that \p f throws; another text if it throws nothing of the kind.
template <class Error = std::exception, class F>
std::string message_of(F&& f) {
    try {
        std::forward<F>(f)();
    } catch (const Error& error) {
        return error.what();
    } catch (...) {
        return "(another exception)";
    }
    return "(no exception)";
}

} // namespace baldwin::test

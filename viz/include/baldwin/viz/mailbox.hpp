// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A mailbox for one value between two threads: the latest wins and nobody ever waits.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace baldwin::viz {

/// Holds at most one value. Any thread may put, any thread may take; neither waits for the other.
template <class T>
class Mailbox {
public:
    Mailbox() = default;
    ~Mailbox() { delete slot_.load(); }
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// Leaves a value; one that nobody took is dropped.
    void put(T value) { delete slot_.exchange(new T(std::move(value))); }

    /// The newest value, or null if there is none since the last call.
    [[nodiscard]] std::unique_ptr<T> take() { return std::unique_ptr<T>(slot_.exchange(nullptr)); }

    [[nodiscard]] bool empty() const { return slot_.load() == nullptr; }

private:
    std::atomic<T*> slot_{nullptr};
};

} // namespace baldwin::viz

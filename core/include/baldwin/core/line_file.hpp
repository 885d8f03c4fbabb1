// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A text file that grows line by line while others read it.
#pragma once

#include <baldwin/core/detail/descriptor.hpp>
#include <baldwin/core/file.hpp>

#include <fcntl.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace baldwin {

/// Appends lines through a buffer; whole lines reach the file at least every kFlushPeriod while
/// lines come in, so a live reader follows and a kill loses that much at most.
class LineFile {
public:
    static constexpr std::chrono::milliseconds kFlushPeriod{500};
    static constexpr std::size_t kBufferBytes = std::size_t{1} << 16;

    /// Opens for appending; makes the file if there is none.
    /// \throws std::runtime_error with path and reason
    explicit LineFile(const std::filesystem::path& path)
        : file_(existing(path), O_WRONLY | O_APPEND), flushed_(Clock::now()) {
        buffer_.reserve(kBufferBytes + 1024);
    }
    ~LineFile() {
        try {
            flush();
        } catch (const std::exception&) {
            // a destructor has nobody to tell; those who care call flush()
        }
    }
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;

    /// Adds a line; \p line has no line break.
    /// \throws std::runtime_error with path and reason, e.g. no space left
    void append(std::string_view line) {
        buffer_ += line;
        buffer_ += '\n';
        if (buffer_.size() >= kBufferBytes) flush();
        flush_if_due();
    }
    /// Hands the lines to the system.
    /// \throws std::runtime_error as append
    void flush() {
        flushed_ = Clock::now();
        // taken out first: what failed once is not tried again by the destructor
        taken_.clear();
        std::swap(taken_, buffer_);
        if (!taken_.empty()) file_.write(bytes_of(taken_));
    }
    /// Flushes if lines have waited for kFlushPeriod; call it now and then in long silences.
    /// \throws std::runtime_error as append
    void flush_if_due() {
        if (!buffer_.empty() && Clock::now() - flushed_ >= kFlushPeriod) flush();
    }
    /// Flushes and waits until the disk holds everything.
    /// \throws std::runtime_error as append
    void sync() {
        flush();
        file_.sync();
    }

private:
    using Clock = std::chrono::steady_clock;

    static const std::filesystem::path& existing(const std::filesystem::path& path) {
        detail::Descriptor file;
        if (file.create_new(path, path)) file.close();
        return path;
    }

    detail::Descriptor file_;
    std::string buffer_;
    std::string taken_;
    Clock::time_point flushed_;
};

} // namespace baldwin

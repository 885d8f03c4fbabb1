// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A regular file opened for reading at any place; what goes wrong is a value and no exception.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

namespace baldwin::detail {

/// For files that other processes write, cut and delete while they are read. They are never mapped:
/// a mapped file that is cut ends the program that reads it.
class QuietFile {
public:
    /// Which file of the system it is, whatever its name.
    using Identity = std::pair<std::uint64_t, std::uint64_t>;

    explicit QuietFile(const std::filesystem::path& path)
        // a pipe without a writer must not make the reader wait
        : handle_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        struct stat status {};
        if (handle_ < 0 || ::fstat(handle_, &status) != 0) {
            is_missing_ = errno == ENOENT || errno == ENOTDIR;
            reason_ = std::generic_category().message(errno);
        } else if (!S_ISREG(status.st_mode)) {
            reason_ = "it is not a regular file";
        } else {
            size_ = static_cast<std::uint64_t>(status.st_size);
            identity_ = {status.st_dev, status.st_ino};
        }
    }
    ~QuietFile() {
        if (handle_ >= 0) ::close(handle_);
    }
    QuietFile(QuietFile&& other) noexcept
        : handle_(std::exchange(other.handle_, -1)), size_(other.size_),
          identity_(std::move(other.identity_)), is_missing_(other.is_missing_),
          reason_(std::move(other.reason_)) {}
    QuietFile(const QuietFile&) = delete;
    QuietFile& operator=(const QuietFile&) = delete;

    [[nodiscard]] bool is_good() const noexcept { return reason_.empty(); }
    [[nodiscard]] bool is_missing() const noexcept { return is_missing_; }
    /// Why it is not good.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] Identity identity() const noexcept { return identity_; }

    /// Copies up to \p size bytes from an offset; fewer at the file's end or after an error.
    [[nodiscard]] std::size_t read(char* to, std::size_t size, std::uint64_t from) const {
        std::size_t done = 0;
        while (done < size) {
            const auto got =
                ::pread(handle_, to + done, size - done, static_cast<off_t>(from + done));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }
    /// The last \p most bytes, or all.
    [[nodiscard]] std::string tail(std::size_t most) const {
        std::string text(std::min<std::uint64_t>(most, size_), '\0');
        text.resize(read(text.data(), text.size(), size_ - text.size()));
        return text;
    }

private:
    int handle_;
    std::uint64_t size_ = 0;
    Identity identity_{};
    bool is_missing_ = false;
    std::string reason_;
};

/// Notices that a file or folder was replaced, written or removed.
class FileStamp {
public:
    /// Whether it may have changed since the last call; the first call says yes. Clocks of file
    /// systems are coarse: what was written within the last two seconds may have changed again.
    bool may_have_changed(const std::filesystem::path& path) {
        struct stat status {};
        State now{};
        if (::stat(path.c_str(), &status) == 0) {
            now = {true, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                   status.st_mtim.tv_nsec};
        }
        const bool has_changed = now != state_ || is_fresh_;
        is_fresh_ = std::get<0>(now) && status.st_mtim.tv_sec + 2 >= std::time(nullptr);
        state_ = now;
        return has_changed;
    }
    [[nodiscard]] bool exists() const { return std::get<0>(state_); }

private:
    // exists, number, size, seconds, nanoseconds
    using State = std::tuple<bool, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;

    State state_{};
    bool is_fresh_ = true;
};

} // namespace baldwin::detail

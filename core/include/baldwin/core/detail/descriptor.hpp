// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A POSIX file descriptor that closes itself and reports errors with its path.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>

namespace baldwin::detail {

/// "path: what: the system's reason", from errno.
inline std::runtime_error system_error(const std::filesystem::path& path, const std::string& what) {
    const int code = errno;
    return std::runtime_error(path.string() + ": " + what + ": " +
                              std::generic_category().message(code));
}

/// The folder that holds a path; "." for a bare name.
inline std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

/// An open file.
class Descriptor {
public:
    Descriptor() = default;
    Descriptor(const std::filesystem::path& path, int flags) : shown_(path) {
        handle_ = ::open(path.c_str(), flags | O_CLOEXEC);
        if (handle_ < 0) throw system_error(path, "cannot be opened");
    }
    ~Descriptor() { abandon(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    /// Makes a file that must not exist yet; false if it does. Errors name \p shown.
    bool create_new(const std::filesystem::path& path, const std::filesystem::path& shown) {
        shown_ = shown;
        handle_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (handle_ < 0 && errno != EEXIST) throw system_error(shown_, "cannot be written");
        return handle_ >= 0;
    }

    /// Size as announced by the system; 0 for pipes and the like.
    [[nodiscard]] std::size_t size() const {
        struct stat status {};
        if (::fstat(handle_, &status) != 0) throw system_error(shown_, "cannot be examined");
        if (S_ISDIR(status.st_mode)) {
            errno = EISDIR;
            throw system_error(shown_, "cannot be read");
        }
        return S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
    }
    /// Fills a part of \p bytes and says how much; 0 at the end.
    [[nodiscard]] std::size_t read(std::span<std::byte> bytes) const {
        for (;;) {
            const auto got = ::read(handle_, bytes.data(), bytes.size());
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR) throw system_error(shown_, "cannot be read");
        }
    }
    /// Writes all of \p bytes.
    void write(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const auto done = ::write(handle_, bytes.data(), bytes.size());
            if (done < 0 && errno == EINTR) continue;
            if (done < 0) throw system_error(shown_, "cannot be written");
            bytes = bytes.subspan(static_cast<std::size_t>(done));
        }
    }
    void sync() {
        if (::fsync(handle_) != 0) throw system_error(shown_, "cannot be written to disk");
    }
    /// Closes and reports a late error (quota, network file system).
    void close() {
        const int handle = handle_;
        handle_ = -1;
        if (::close(handle) != 0 && errno != EINTR) throw system_error(shown_, "cannot be written");
    }
    /// Closes whatever happens.
    void abandon() noexcept {
        if (handle_ >= 0) ::close(handle_);
        handle_ = -1;
    }
    [[nodiscard]] int handle() const noexcept { return handle_; }

private:
    std::filesystem::path shown_;
    int handle_ = -1;
};

/// Makes a rename in \p folder survive a power cut. File systems without such a call are passed.
inline void sync_folder(const std::filesystem::path& folder) {
    const Descriptor handle(folder, O_RDONLY | O_DIRECTORY);
    if (::fsync(handle.handle()) != 0 && errno != EINVAL && errno != ENOTSUP) {
        throw system_error(folder, "cannot be written to disk");
    }
}

} // namespace baldwin::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Whole files: read with a bound, written so that a crash or a full disk leaves the old one.
#pragma once

#include <baldwin/core/detail/descriptor.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace baldwin {

/// Largest file that read_file accepts unless told otherwise: 8 GiB.
inline constexpr std::size_t kFileLimit = std::size_t{1} << 33;

/// Whether a write waits until the disk holds it.
enum class Sync {
    no, ///< survives a crash of the program, not of the machine
    yes ///< survives both
};

/// The error of a file: "path: reason".
inline std::runtime_error file_error(const std::filesystem::path& path, std::string_view reason) {
    return std::runtime_error(path.string() + ": " + std::string(reason));
}

/// Text as bytes, without a copy.
inline std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

/// The whole content of a file.
/// \param limit  largest size accepted, bytes
/// \throws std::runtime_error with path and reason if it cannot be read or is larger than limit
/// \cost one read of the file, one allocation of its size
inline std::vector<std::byte> read_file(const std::filesystem::path& path,
                                        std::size_t limit = kFileLimit) {
    const detail::Descriptor file(path, O_RDONLY);
    const auto check = [&](std::size_t size) {
        if (size <= limit) return;
        throw file_error(path, "has " + std::to_string(size) + " bytes or more, the limit is " +
                                   std::to_string(limit));
    };
    check(file.size());
    // one byte more than announced: the last read then finds the end without growing
    std::vector<std::byte> bytes(file.size() + 1);
    std::size_t used = 0;
    while (const std::size_t got = file.read(std::span(bytes).subspan(used))) {
        used += got;
        check(used);
        if (used == bytes.size()) bytes.resize(2 * used + 4096);
    }
    bytes.resize(used);
    return bytes;
}

/// The whole content of a text file, as it is.
/// \throws std::runtime_error as read_file
inline std::string read_text(const std::filesystem::path& path, std::size_t limit = kFileLimit) {
    const auto bytes = read_file(path, limit);
    std::string text(bytes.size(), '\0');
    std::transform(bytes.begin(), bytes.end(), text.begin(),
                   [](std::byte byte) { return static_cast<char>(byte); });
    return text;
}

/// A file that replaces its predecessor in one step, or not at all.
///
/// Bytes go to a temporary file in the same folder; commit() moves it into place. Without a commit
/// (an exception, a full disk) the temporary file is removed and the old file is untouched. A
/// killed process leaves the temporary file behind: see remove_temporaries.
class AtomicFile {
public:
    /// \throws std::runtime_error if the folder cannot be written, or path is not a regular file
    explicit AtomicFile(const std::filesystem::path& path) : path_(resolved(path)) { open(); }
    ~AtomicFile() { discard(); }
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Appends bytes to the temporary file.
    /// \throws std::runtime_error with the path and the system's reason, e.g. no space left
    void write(std::span<const std::byte> bytes) { file_.write(bytes); }
    void write(std::string_view text) { write(bytes_of(text)); }

    /// Puts the file into place. With Sync::yes the content, then the folder's entry, are on disk.
    /// \throws std::runtime_error with path and reason; the old file is then still there, except
    ///         if only the last step (syncing the folder) failed
    void commit(Sync sync = Sync::yes) {
        if (sync == Sync::yes) file_.sync();
        file_.close();
        std::error_code error;
        std::filesystem::rename(temporary_, path_, error);
        if (error) throw file_error(path_, "cannot be replaced: " + error.message());
        temporary_.clear();
        if (sync == Sync::yes) detail::sync_folder(detail::folder_of(path_));
    }

private:
    // a link is followed, so that it goes on pointing at the new content
    static std::filesystem::path resolved(const std::filesystem::path& path) {
        std::error_code error;
        const auto status = std::filesystem::status(path, error);
        if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
            throw file_error(path, "cannot be written: it is not a regular file");
        }
        if (!path.has_filename()) throw file_error(path, "cannot be written: no file name");
        if (!std::filesystem::is_symlink(path, error)) return path;
        auto target = std::filesystem::canonical(path, error);
        if (error) throw file_error(path, "is a link to nowhere: " + error.message());
        return target;
    }
    // a name nobody else has: process id and a count, the next one if that exists
    void open() {
        static std::atomic<unsigned> count{0};
        do {
            temporary_ = detail::folder_of(path_) /
                         ("." + path_.filename().string() + "." + std::to_string(::getpid()) + "-" +
                          std::to_string(count++) + ".tmp");
        } while (!file_.create_new(temporary_, path_));
    }
    void discard() noexcept {
        if (temporary_.empty()) return;
        file_.abandon();
        ::unlink(temporary_.c_str());
    }

    std::filesystem::path path_;
    std::filesystem::path temporary_; // empty once committed
    detail::Descriptor file_;
};

/// Replaces a file by \p bytes, or leaves it as it was.
/// \throws std::runtime_error as AtomicFile
inline void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes,
                       Sync sync = Sync::yes) {
    AtomicFile file(path);
    file.write(bytes);
    file.commit(sync);
}

/// Replaces a file by \p text, or leaves it as it was.
/// \throws std::runtime_error as AtomicFile
inline void write_text(const std::filesystem::path& path, std::string_view text,
                       Sync sync = Sync::yes) {
    write_file(path, bytes_of(text), sync);
}

/// Removes what writers of \p path left in its folder when they were killed. Call it only where no
/// other process writes that path.
/// \return the number of files removed
inline std::size_t remove_temporaries(const std::filesystem::path& path) {
    const std::string prefix = "." + path.filename().string() + ".";
    const std::string suffix = ".tmp";
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(detail::folder_of(path), error)) {
        const std::string name = entry.path().filename().string();
        if (name.size() <= prefix.size() + suffix.size()) continue;
        const auto middle = std::string_view(name).substr(
            prefix.size(), name.size() - prefix.size() - suffix.size());
        const bool is_ours = name.starts_with(prefix) && name.ends_with(suffix) &&
                             middle.find_first_not_of("0123456789-") == std::string_view::npos;
        if (is_ours) found.push_back(entry.path());
    }
    for (const auto& file : found) std::filesystem::remove(file, error);
    return found.size();
}

} // namespace baldwin

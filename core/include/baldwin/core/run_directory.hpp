// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The one directory that a run writes: config, metrics, events, frames, checkpoint, summary.
#pragma once

#include <baldwin/core/detail/descriptor.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/line_file.hpp>
#include <baldwin/core/metrics.hpp>

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace baldwin {

/// A moment in UTC as files and names carry it: "2026-11-23T20:15:00Z", or "20261123-201500".
inline std::string time_text(std::chrono::system_clock::time_point moment,
                             const char* format = "%Y-%m-%dT%H:%M:%SZ") {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(moment);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[64];
    return {text, std::strftime(text, sizeof text, format, &parts)};
}

/// Where a run goes unless told otherwise: root/<app>-<time>-<seed>, with -2, -3, ... where taken.
inline std::filesystem::path
default_run_path(std::string_view app, std::uint64_t seed,
                 const std::filesystem::path& root = "runs",
                 std::chrono::system_clock::time_point now = std::chrono::system_clock::now()) {
    const std::string name =
        std::string(app) + "-" + time_text(now, "%Y%m%d-%H%M%S") + "-" + std::to_string(seed);
    auto path = root / name;
    for (int copy = 2; std::filesystem::exists(path); ++copy) {
        path = root / (name + "-" + std::to_string(copy));
    }
    return path;
}

/// A run directory, open for writing.
///
/// While it is open no other process can open it for writing (an advisory lock of the directory,
/// which ends with the process however it ends); anybody may read. One thread at a time.
class RunDirectory {
public:
    /// Makes a directory for a new run, parents included; an empty one is taken as it is.
    /// \throws std::invalid_argument if it has content, or is not a directory
    /// \throws std::runtime_error if it cannot be made or written
    static RunDirectory create(const std::filesystem::path& path) {
        check_vacant(path);
        std::error_code error;
        std::filesystem::create_directories(path, error);
        if (error) throw file_error(path, "cannot be made: " + error.message());
        RunDirectory directory(path);
        remove_temporaries(directory.config_path());
        return directory;
    }
    /// Opens the directory of an earlier run.
    /// \throws std::invalid_argument if it holds no run (no config.json)
    /// \throws std::runtime_error if another process writes it
    static RunDirectory reopen(const std::filesystem::path& path) {
        if (!std::filesystem::exists(path / "config.json")) {
            throw std::invalid_argument(path.string() +
                                        " holds no run to resume: there is no config.json");
        }
        return RunDirectory(path);
    }
    /// Checks that create() would find the place free.
    /// \throws std::invalid_argument if there is content, or something that is not a directory
    static void check_vacant(const std::filesystem::path& path) {
        std::error_code error;
        if (!std::filesystem::exists(path, error)) return;
        if (!std::filesystem::is_directory(path, error)) {
            throw std::invalid_argument(path.string() +
                                        " is not a directory; name a new or an empty one");
        }
        if (!holds_content(path)) return;
        throw std::invalid_argument(path.string() +
                                    " is not empty; name a new directory, or go on with that run: "
                                    "--resume " +
                                    path.string());
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path config_path() const { return path_ / "config.json"; }
    [[nodiscard]] std::filesystem::path metrics_path() const { return path_ / "metrics.jsonl"; }
    [[nodiscard]] std::filesystem::path events_path() const { return path_ / "events.jsonl"; }
    [[nodiscard]] std::filesystem::path frames_path() const { return path_ / "frames"; }
    [[nodiscard]] std::filesystem::path summary_path() const { return path_ / "summary.json"; }
    [[nodiscard]] std::filesystem::path checkpoint_path() const {
        return path_ / "checkpoint.safetensors";
    }
    /// Whether a checkpoint exists; without one a run starts again at step 0.
    [[nodiscard]] bool has_checkpoint() const { return std::filesystem::exists(checkpoint_path()); }
    /// frames/<8-digit step>-<name>.<extension>
    /// \throws std::invalid_argument if the name is not plain (letters, digits, _ and -)
    [[nodiscard]] std::filesystem::path frame_path(std::uint64_t step, std::string_view name,
                                                   std::string_view extension) const {
        if (!detail::is_plain_name(name) || name.find_first_of("./") != std::string_view::npos) {
            throw std::invalid_argument("RunDirectory: not a plain frame name: '" +
                                        std::string(name) + "'");
        }
        std::string digits = std::to_string(step);
        digits.insert(0, 8 - std::min<std::size_t>(8, digits.size()), '0');
        return frames_path() / (digits + "-" + std::string(name) + "." + std::string(extension));
    }

    /// Writes config.json, before anything else of the run.
    /// \throws std::runtime_error with path and reason
    void write_config(const Json& config) const { write_text(config_path(), pretty(config)); }
    /// \throws std::runtime_error if it cannot be read or is not a JSON object
    [[nodiscard]] Json config() const {
        Json config = read_json(config_path());
        if (!config.is_object()) throw file_error(config_path(), "is not a JSON object");
        return config;
    }
    /// Writes summary.json, at the end of the run.
    /// \throws std::runtime_error with path and reason
    void write_summary(const Json& summary) const { write_text(summary_path(), pretty(summary)); }
    /// Writes a frame; a live reader sees all of it or nothing.
    /// \throws std::invalid_argument as frame_path
    /// \throws std::runtime_error with path and reason
    void write_frame(std::uint64_t step, std::string_view name, std::string_view extension,
                     std::span<const std::byte> bytes) const {
        const auto path = frame_path(step, name, extension);
        std::error_code error;
        std::filesystem::create_directory(frames_path(), error);
        if (error) throw file_error(frames_path(), "cannot be made: " + error.message());
        write_file(path, bytes, Sync::no);
    }
    void write_frame(std::uint64_t step, std::string_view name, std::string_view extension,
                     std::string_view text) const {
        write_frame(step, name, extension, bytes_of(text));
    }
    /// Appends {"time", "step", "event": kind, ...fields} to events.jsonl, at once.
    /// \throws std::runtime_error with path and reason
    void append_event(std::uint64_t step, std::string_view kind,
                      const Json& fields = Json::object()) const {
        Json event = {
            {"time", time_text(std::chrono::system_clock::now())}, {"step", step}, {"event", kind}};
        event.update(fields);
        LineFile file(events_path());
        file.append(event.dump(-1, ' ', false, Json::error_handler_t::replace));
        file.flush();
    }

    /// Takes the directory back to a step, as if the run had just got there: metrics and frames of
    /// later steps, an old summary and what killed writers left go. Nothing = to before the start.
    /// \throws std::runtime_error with path and reason
    void cut_back(std::optional<std::uint64_t> last_step) const {
        cut_metrics(metrics_path(), last_step);
        for (const auto& frame : frames_after(last_step)) remove(frame);
        remove(summary_path());
        remove_temporaries(checkpoint_path());
        remove_temporaries(summary_path());
        remove_temporaries(config_path());
    }

private:
    explicit RunDirectory(std::filesystem::path path)
        : path_(std::move(path)),
          lock_(std::make_unique<detail::Descriptor>(path_, O_RDONLY | O_DIRECTORY)) {
        // file systems without locks are passed
        if (::flock(lock_->handle(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            throw file_error(path_, "another process is writing this run; wait or stop it first");
        }
    }
    // what a run left that was killed while it wrote its first file does not count
    static bool holds_content(const std::filesystem::path& path) {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
            const std::string name = entry.path().filename().string();
            if (!name.starts_with(".config.json.") || !name.ends_with(".tmp")) return true;
        }
        return static_cast<bool>(error);
    }
    static void remove(const std::filesystem::path& file) {
        std::error_code error;
        std::filesystem::remove(file, error);
        if (error) throw file_error(file, "cannot be removed: " + error.message());
    }
    // files in frames/ that start with a later step, or that a killed writer left
    [[nodiscard]] std::vector<std::filesystem::path>
    frames_after(std::optional<std::uint64_t> last_step) const {
        std::vector<std::filesystem::path> found;
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(frames_path(), error)) {
            const std::string name = entry.path().filename().string();
            const bool is_left_over = name.starts_with('.') && name.ends_with(".tmp");
            std::uint64_t step = 0;
            const auto parsed = std::from_chars(name.data(), name.data() + name.size(), step);
            const bool is_frame = parsed.ec == std::errc() && parsed.ptr - name.data() >= 8;
            if (is_left_over || (is_frame && (!last_step || step > *last_step))) {
                found.push_back(entry.path());
            }
        }
        return found;
    }

    std::filesystem::path path_;
    std::unique_ptr<detail::Descriptor> lock_;
};

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A run directory followed by a reader, while it is written or long after.
#pragma once

#include <baldwin/core/detail/quiet_file.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/metric_log.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/version.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace baldwin {

/// A file in frames/: <8-digit step>-<name>.<extension>
struct RunFrame {
    enum class Kind : std::uint8_t {
        scene,   ///< .scene.json
        picture, ///< .png
        array    ///< .npy
    };

    std::uint64_t step = 0;
    std::string name;
    Kind kind = Kind::scene;
    std::filesystem::path path;

    friend bool operator==(const RunFrame&, const RunFrame&) = default;
};

/// What a file name in frames/ says; nothing if it is no frame.
inline std::optional<RunFrame> parse_frame_name(const std::filesystem::path& path) {
    constexpr std::array<std::pair<std::string_view, RunFrame::Kind>, 3> kKinds = {
        {{".scene.json", RunFrame::Kind::scene},
         {".png", RunFrame::Kind::picture},
         {".npy", RunFrame::Kind::array}}};
    const std::string file = path.filename().string();
    RunFrame frame;
    const auto number = std::from_chars(file.data(), file.data() + file.size(), frame.step);
    const auto digits = static_cast<std::size_t>(number.ptr - file.data());
    if (number.ec != std::errc() || digits < 8 || digits >= file.size() || file[digits] != '-') {
        return std::nullopt;
    }
    for (const auto& [extension, kind] : kKinds) {
        if (!file.ends_with(extension) || file.size() <= digits + 1 + extension.size()) continue;
        frame.name = file.substr(digits + 1, file.size() - digits - 1 - extension.size());
        frame.kind = kind;
        frame.path = path;
        return frame;
    }
    return std::nullopt;
}

/// A line of events.jsonl.
struct RunRemark {
    std::uint64_t step = 0;
    std::string kind; ///< "resume", "warning", "edit", ...
    std::string text; ///< what else the line says, for people

    friend bool operator==(const RunRemark&, const RunRemark&) = default;
};

/// What a look at a run directory brought.
struct RunNews {
    LogNews log = {};
    bool frames = false; ///< frames came or went
    bool others = false; ///< config, summary or events changed

    [[nodiscard]] bool any() const noexcept { return log.any() || frames || others; }
};

/// A run directory, read by somebody who does not write it.
///
/// What is there is read, what is not there yet is waited for, and what is wrong becomes a sentence
/// in take_warnings(), once: a directory that is half-written, cut back, deleted, damaged or of a
/// newer version is no reason to throw. One thread at a time.
class RunReader {
public:
    static constexpr std::size_t kConfigLimit = std::size_t{1} << 24;  ///< bytes
    static constexpr std::size_t kRemarksLimit = std::size_t{1} << 20; ///< bytes, the newest ones

    /// \throws std::invalid_argument if there is no such directory, or nothing of a run is in it
    explicit RunReader(std::filesystem::path path)
        : path_(std::move(path)), log_(path_ / "metrics.jsonl") {
        std::error_code error;
        if (!std::filesystem::exists(path_, error)) {
            throw std::invalid_argument(path_.string() + " does not exist; name a run directory");
        }
        if (!std::filesystem::is_directory(path_, error)) {
            throw std::invalid_argument(path_.string() + " is not a directory; name the directory "
                                                         "of a run");
        }
        for (const char* name : {"config.json", "metrics.jsonl", "frames"}) {
            if (std::filesystem::exists(path_ / name, error)) return;
        }
        throw std::invalid_argument(path_.string() + " holds no run: there is no config.json, "
                                                     "metrics.jsonl or frames/");
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] MetricLog& log() noexcept { return log_; }
    [[nodiscard]] const MetricLog& log() const noexcept { return log_; }
    /// Whether the directory was there at the last poll.
    [[nodiscard]] bool exists() const noexcept { return exists_; }
    /// config.json; an empty object while there is none.
    [[nodiscard]] const Json& config() const noexcept { return config_; }
    /// summary.json; an empty object while there is none: the run goes on, or was killed.
    [[nodiscard]] const Json& summary() const noexcept { return summary_; }
    /// Unit of a metric as config.json has it; empty if it does not say.
    [[nodiscard]] std::string unit(const std::string& metric) const {
        const auto metrics = config_.find("metrics");
        if (metrics == config_.end() || !metrics->is_object()) return {};
        const auto unit = metrics->find(metric);
        return unit != metrics->end() && unit->is_string() ? unit->get<std::string>()
                                                           : std::string();
    }
    /// Frames by step, those of a step by name.
    [[nodiscard]] const std::vector<RunFrame>& frames() const noexcept { return frames_; }
    /// Lines of events.jsonl, in their order.
    [[nodiscard]] const std::vector<RunRemark>& remarks() const noexcept { return remarks_; }

    /// Takes in what is new, metrics for about \p seconds.
    /// \param sink  receives samples, see MetricLog
    template <class Sink>
    RunNews poll(double seconds, Sink& sink) {
        RunNews news;
        if (Clock::now() >= next_look_) look(news);
        news.log = log_.read(seconds, sink);
        for (std::string& warning : log_.take_warnings()) warnings_.push_back(std::move(warning));
        return news;
    }
    /// Sentences on what is wrong since the last call.
    [[nodiscard]] std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }

private:
    using Clock = std::chrono::steady_clock;

    /// Everything but the metrics; a large directory is not listed all the time.
    void look(RunNews& news) {
        const auto begin = Clock::now();
        look_for_directory();
        if (config_stamp_.may_have_changed(path_ / "config.json")) {
            news.others = read_object("config.json", config_) || news.others;
            check_version();
        }
        if (summary_stamp_.may_have_changed(path_ / "summary.json")) {
            news.others = read_object("summary.json", summary_) || news.others;
        }
        if (remarks_stamp_.may_have_changed(path_ / "events.jsonl")) {
            news.others = read_remarks() || news.others;
        }
        if (frames_stamp_.may_have_changed(path_ / "frames")) {
            news.frames = list_frames() || news.frames;
        }
        const auto end = Clock::now();
        next_look_ = end + std::max<Clock::duration>(kLookPeriod, 20 * (end - begin));
    }
    void look_for_directory() {
        std::error_code error;
        const bool exists = std::filesystem::is_directory(path_, error);
        if (!exists && exists_) {
            warnings_.push_back(path_.string() + " was deleted; what was read of it stays");
        }
        exists_ = exists;
    }

    /// Reads an object into \p value; false if nothing is different. A file that is gone takes its
    /// object along, unless the whole directory is.
    bool read_object(const std::string& name, Json& value) {
        Json now = Json::object();
        const detail::QuietFile file(path_ / name);
        if (file.is_missing() && !exists_) return false;
        if (!file.is_missing()) {
            if (!file.is_good()) return warn(name, "cannot be read: " + file.reason());
            if (file.size() > kConfigLimit) return warn(name, "is larger than 16 MiB");
            now = Json::parse(file.tail(kConfigLimit), nullptr, false);
            if (!now.is_object()) return warn(name, "is no JSON object");
        }
        if (now == value) return false;
        value = std::move(now);
        return true;
    }
    void check_version() {
        const auto version = config_.find("version");
        if (version == config_.end() || !version->is_string()) return;
        const auto given = version->get<std::string>();
        if (numbers_of(given) <= numbers_of(kVersion)) return;
        warn("config.json", "is of the newer version " + given.substr(0, 40) +
                                ", this program is " + std::string(kVersion) +
                                ": what it does not know is not shown");
    }
    static std::array<unsigned, 3> numbers_of(std::string_view version) {
        std::array<unsigned, 3> numbers{};
        for (unsigned& number : numbers) {
            const auto parsed =
                std::from_chars(version.data(), version.data() + version.size(), number);
            version.remove_prefix(static_cast<std::size_t>(parsed.ptr - version.data()));
            if (parsed.ec != std::errc() || !version.starts_with('.')) break;
            version.remove_prefix(1);
        }
        return numbers;
    }

    bool read_remarks() {
        const detail::QuietFile file(path_ / "events.jsonl");
        if (file.is_missing() && !exists_) return false;
        if (!file.is_missing() && !file.is_good()) {
            return warn("events.jsonl", "cannot be read: " + file.reason());
        }
        const std::string text = file.is_good() ? file.tail(kRemarksLimit) : std::string();
        // a beginning that was left out ends in the middle of a line
        std::size_t at = file.size() > text.size() ? std::min(text.find('\n'), text.size()) : 0;
        std::vector<RunRemark> now;
        while (const auto line = detail::line_at(text, at)) {
            at += line->size() + 1;
            if (line->empty()) continue;
            if (auto remark = parse_remark(*line)) {
                now.push_back(std::move(*remark));
            } else {
                warn("events.jsonl", "has a line that is no event and is left out");
            }
        }
        if (now == remarks_) return false;
        remarks_ = std::move(now);
        return true;
    }
    static std::optional<RunRemark> parse_remark(std::string_view line) {
        const Json event = Json::parse(line, nullptr, false);
        if (!event.is_object()) return std::nullopt;
        RunRemark remark;
        for (const auto& [key, value] : event.items()) {
            if (key == "step" && value.is_number_unsigned()) {
                remark.step = value.get<std::uint64_t>();
            } else if (key == "event" && value.is_string()) {
                remark.kind = value.get<std::string>();
            } else if (key == "text" && value.is_string()) {
                remark.text = value.get<std::string>();
            } else if (key != "time") {
                remark.text += (remark.text.empty() ? "" : ", ") + key + " " +
                               value.dump(-1, ' ', false, Json::error_handler_t::replace);
            }
        }
        return remark;
    }

    bool list_frames() {
        if (!exists_) return false;
        std::error_code error;
        std::vector<RunFrame> now;
        const auto folder = path_ / "frames";
        for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
             at.increment(error)) {
            const std::string name = at->path().filename().string();
            if (name.starts_with('.')) continue; // being written
            if (auto frame = parse_frame_name(at->path())) {
                now.push_back(std::move(*frame));
            } else {
                warn("frames", "holds " + name.substr(0, 80) +
                                   ", which this program does not know; it and its like are not "
                                   "shown");
            }
        }
        std::sort(now.begin(), now.end(), [](const RunFrame& a, const RunFrame& b) {
            return std::tie(a.step, a.name, a.kind) < std::tie(b.step, b.name, b.kind);
        });
        if (now == frames_) return false;
        frames_ = std::move(now);
        return true;
    }

    /// Says it once for each file.
    bool warn(const std::string& name, const std::string& what) {
        if (warned_.insert(name).second) {
            warnings_.push_back((path_ / name).string() + ": " + what);
        }
        return false;
    }

    static constexpr std::chrono::milliseconds kLookPeriod{250};

    std::filesystem::path path_;
    MetricLog log_;
    Json config_ = Json::object();
    Json summary_ = Json::object();
    std::vector<RunFrame> frames_;
    std::vector<RunRemark> remarks_;
    bool exists_ = true;
    Clock::time_point next_look_{};
    detail::FileStamp config_stamp_;
    detail::FileStamp summary_stamp_;
    detail::FileStamp remarks_stamp_;
    detail::FileStamp frames_stamp_;
    std::set<std::string> warned_;
    std::vector<std::string> warnings_;
};

} // namespace baldwin

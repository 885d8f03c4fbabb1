// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// metrics.jsonl followed while it is written: a scan that parses only the numbers somebody wants.
#pragma once

#include <baldwin/core/detail/metric_line.hpp>
#include <baldwin/core/detail/quiet_file.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin {

/// What reading on in a metrics file brought.
struct LogNews {
    bool samples = false; ///< the sink was called
    bool metrics = false; ///< new names were met
    bool more = false;    ///< the time ran out before the end

    [[nodiscard]] bool any() const noexcept { return samples || metrics || more; }
};

/// A metrics file, read from its beginning to its growing end.
///
/// Rows are met once, in slices of time. Only metrics that were asked for by want() are parsed; one
/// that is asked for later is caught up on by itself. What is read goes to a sink, any object with
///
///     void append(std::size_t metric, std::uint64_t step, double value); // NaN for null
///     void cut(std::size_t metric, std::size_t samples); // only the first so many are left
///
/// The file may do what files of runs do: end in half a line, be cut back by a resumed run and
/// written on, be replaced, vanish, or hold lines that are no rows; nothing throws, and
/// take_warnings() says once what is wrong. It is read in blocks and never mapped, because a
/// mapped file that is cut ends the program that reads it.
///
/// One thread at a time. \cost memory: names, and about 300 bytes for each MiB of the file
class MetricLog {
public:
    static constexpr std::size_t kBlock = std::size_t{1} << 18;        ///< bytes read at a time
    static constexpr std::size_t kMarkDistance = std::size_t{1} << 20; ///< bytes between marks
    static constexpr std::size_t kLongestLine = std::size_t{1} << 24; ///< bytes; reading ends there

    explicit MetricLog(std::filesystem::path path) : path_(std::move(path)) {
        marks_.push_back({});
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// Number of metrics met so far, without step and seconds; it only grows.
    [[nodiscard]] std::size_t size() const noexcept { return reader_.names.size(); }
    /// \param metric  in [0, size())
    [[nodiscard]] const std::string& name(std::size_t metric) const {
        return reader_.names[metric];
    }
    /// First and last step at which a metric was met, wanted or not; nothing if it is not in the
    /// file (any more).
    [[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint64_t>>
    extent(std::size_t metric) const {
        const Cursor& cursor = cursors_[metric];
        if (cursor.first > cursor.last) return std::nullopt;
        return std::pair(cursor.first, cursor.last);
    }
    /// Bytes of the file when it was last looked at.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    /// Share of the file that was read for all wanted metrics, in [0, 1].
    [[nodiscard]] double share() const {
        const std::uint64_t at = least();
        if (at == end_ && (is_drained_ || bytes_ == 0)) return 1;
        return std::min(1.0, static_cast<double>(at) / static_cast<double>(bytes_));
    }
    /// Whether the file was there when it was last looked at.
    [[nodiscard]] bool exists() const noexcept { return exists_; }

    /// Asks for a metric's samples: from its first one, now and as the file grows.
    void want(std::size_t metric) { cursors_[metric].is_wanted = true; }
    [[nodiscard]] bool is_wanted(std::size_t metric) const { return cursors_[metric].is_wanted; }

    /// Reads on for about \p seconds, at least one block.
    template <class Sink>
    LogNews read(double seconds, Sink& sink) {
        const auto end = Clock::now() + std::chrono::duration<double>(seconds);
        LogNews news;
        const auto file = look(sink, news);
        while (file && read_block(*file, sink, news)) {
            news.more = true;
            if (Clock::now() >= end) return news;
        }
        news.more = false;
        return news;
    }

    /// Sentences on what is wrong with the file, since the last call; each kind comes once.
    [[nodiscard]] std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t kTail = 256; // bytes by which a place is recognised

    // a place between two lines, and what stands before it
    struct Mark {
        std::uint64_t offset = 0;
        std::uint64_t step = 0; // greatest before it
        std::string tail = {};
    };
    // what was handed to the sink
    struct Count {
        std::size_t samples = 0;
        std::uint64_t step = 0; // of the last one
    };
    // how far a metric was read
    struct Cursor {
        bool is_wanted = false;
        std::uint64_t at = 0;                                            // bytes: a mark or end_
        Count count = {};                                                // up to there
        std::vector<Count> counts = {};                                  // at the marks up to there
        std::uint64_t first = std::numeric_limits<std::uint64_t>::max(); // met, wanted or not
        std::uint64_t last = 0;
    };

    /// Opens the file and takes back what it does not say any more.
    template <class Sink>
    std::optional<detail::QuietFile> look(Sink& sink, LogNews& news) {
        detail::QuietFile file(path_);
        exists_ = file.is_good();
        if (!file.is_good()) {
            // what was read stays: the directory may have been deleted while somebody looks at it
            if (!file.is_missing()) warn(unreadable, "cannot be read: " + file.reason());
            return std::nullopt;
        }
        bytes_ = file.size();
        const bool is_other = end_ > 0 && file.identity() != identity_;
        identity_ = file.identity();
        if (is_other) {
            rewind(0, sink, news);
        } else if (!holds(file, end_, tail_)) {
            std::size_t mark = marks_.size() - 1;
            while (!holds(file, marks_[mark].offset, marks_[mark].tail)) --mark;
            rewind(mark, sink, news);
        }
        return file;
    }
    // whether \p tail still stands before a place; the beginning is always there
    [[nodiscard]] bool holds(const detail::QuietFile& file, std::uint64_t offset,
                             const std::string& tail) const {
        if (offset > bytes_) return false;
        char found[kTail];
        const std::size_t got = file.read(found, tail.size(), offset - tail.size());
        return std::string_view(found, got) == tail;
    }
    template <class Sink>
    void rewind(std::size_t mark, Sink& sink, LogNews& news) {
        const Mark& place = marks_[mark];
        for (std::size_t metric = 0; metric < cursors_.size(); ++metric) {
            Cursor& cursor = cursors_[metric];
            if (cursor.first > place.step || place.offset == 0) {
                cursor.first = std::numeric_limits<std::uint64_t>::max();
                cursor.last = 0;
            }
            cursor.last = std::min(cursor.last, place.step);
            if (cursor.at <= place.offset) continue;
            cursor.at = place.offset;
            cursor.counts.resize(mark + 1);
            const std::size_t before = cursor.count.samples;
            cursor.count = cursor.counts[mark];
            if (cursor.count.samples == before) continue;
            sink.cut(metric, cursor.count.samples);
            news.samples = true;
        }
        end_ = place.offset;
        step_ = place.step;
        tail_ = place.tail;
        marks_.resize(mark + 1);
        is_stuck_ = false;
    }

    [[nodiscard]] std::uint64_t least() const {
        std::uint64_t at = end_;
        for (const Cursor& cursor : cursors_) {
            if (cursor.is_wanted) at = std::min(at, cursor.at);
        }
        return at;
    }
    /// Reads one block where least was read; false if everything is.
    template <class Sink>
    bool read_block(const detail::QuietFile& file, Sink& sink, LogNews& news) {
        const std::uint64_t from = least();
        if (from < end_) return catch_up(file, from, sink, news);
        is_drained_ = !read_on(file, sink, news);
        return !is_drained_;
    }

    /// The next lines of the file.
    template <class Sink>
    bool read_on(const detail::QuietFile& file, Sink& sink, LogNews& news) {
        if (is_stuck_ || end_ >= bytes_) return false;
        std::size_t lines = 0;
        std::size_t got = 0;
        for (std::size_t size = kBlock; lines == 0; size *= 2) {
            buffer_.resize(size);
            got = file.read(buffer_.data(), size, end_);
            lines = whole_lines(got);
            if (lines > 0 || got < size) break;
            if (size >= kLongestLine) {
                is_stuck_ = true;
                warn(too_long, "a line at byte " + std::to_string(end_) +
                                   " is longer than 16 MiB; reading ends there");
                return false;
            }
        }
        if (lines == 0) return false;
        begin_pass(end_);
        const std::size_t known = size();
        take_lines(lines, true, sink, news);
        news.metrics = news.metrics || size() > known;
        tail_.append(buffer_.data() + (lines > kTail ? lines - kTail : 0), std::min(lines, kTail));
        if (tail_.size() > kTail) tail_.erase(0, tail_.size() - kTail);
        move(end_ + lines);
        if (end_ - marks_.back().offset >= kMarkDistance) add_mark();
        return got == buffer_.size();
    }
    /// The lines up to the next mark, for metrics that were asked for late.
    template <class Sink>
    bool catch_up(const detail::QuietFile& file, std::uint64_t from, Sink& sink, LogNews& news) {
        const auto after = std::upper_bound(
            marks_.begin(), marks_.end(), from,
            [](std::uint64_t offset, const Mark& mark) { return offset < mark.offset; });
        const std::uint64_t to = after == marks_.end() ? end_ : after->offset;
        buffer_.resize(to - from);
        // less only if the file was cut this very moment: the next look finds out
        if (file.read(buffer_.data(), buffer_.size(), from) < buffer_.size()) return false;
        begin_pass(from);
        take_lines(whole_lines(buffer_.size()), false, sink, news);
        for (const std::size_t metric : active_) {
            cursors_[metric].at = to;
            if (after != marks_.end()) cursors_[metric].counts.push_back(cursors_[metric].count);
        }
        return true;
    }

    // bytes of the buffer up to its last line break
    [[nodiscard]] std::size_t whole_lines(std::size_t size) const {
        const void* last = ::memrchr(buffer_.data(), '\n', size);
        if (last == nullptr) return 0;
        return static_cast<std::size_t>(static_cast<const char*>(last) - buffer_.data()) + 1;
    }
    // a pass is for the metrics that were read up to its beginning
    void begin_pass(std::uint64_t from) {
        active_.clear();
        reader_.wanted.assign(size(), false);
        for (std::size_t metric = 0; metric < cursors_.size(); ++metric) {
            if (!cursors_[metric].is_wanted || cursors_[metric].at != from) continue;
            active_.push_back(metric);
            reader_.wanted[metric] = true;
        }
        from_ = from;
    }
    template <class Sink>
    void take_lines(std::size_t size, bool is_first, Sink& sink, LogNews& news) {
        const char* at = buffer_.data();
        const char* const end = at + size;
        while (at < end) {
            const char* stop =
                static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
            if (stop == nullptr) break;
            const bool is_row = read_row(at, stop);
            admit_new_metrics();
            if (is_row) {
                if (is_first) meet();
                hand_over(at, sink, news);
            }
            at = stop + 1;
        }
    }
    // reads a line; false for one that is to be left out
    bool read_row(const char* at, const char* stop) {
        if (reader_.read(at, stop, line_)) return true;
        warn(no_row, "the line at byte " + place_of(at) +
                         " is no metrics row and is left out, as are all such lines");
        return false;
    }
    template <class Sink>
    void hand_over(const char* at, Sink& sink, LogNews& news) {
        for (const auto& [metric, value] : line_.values) {
            Count& count = cursors_[metric].count;
            if (line_.step < count.step) {
                warn(backwards, "the step of " + name(metric) + " goes back at byte " +
                                    place_of(at) + ": such values are left out");
                continue;
            }
            count = {count.samples + 1, line_.step};
            sink.append(static_cast<std::size_t>(metric), line_.step, value);
            news.samples = true;
        }
    }
    [[nodiscard]] std::string place_of(const char* at) const {
        return std::to_string(from_ + static_cast<std::uint64_t>(at - buffer_.data()));
    }
    void admit_new_metrics() {
        while (cursors_.size() < size()) {
            Cursor cursor;
            // nothing of it is in front of the last mark
            cursor.at = marks_.back().offset;
            cursor.counts.resize(marks_.size());
            cursors_.push_back(std::move(cursor));
        }
    }
    // notes which metrics the first reading of a line finds
    void meet() {
        step_ = std::max(step_, line_.step);
        for (const std::uint32_t metric : line_.others) meet_metric(metric);
        for (const auto& value : line_.values) meet_metric(value.first);
    }
    void meet_metric(std::uint32_t metric) {
        Cursor& cursor = cursors_[metric];
        cursor.first = std::min(cursor.first, line_.step);
        cursor.last = std::max(cursor.last, line_.step);
    }
    void move(std::uint64_t to) {
        end_ = to;
        for (const std::size_t metric : active_) cursors_[metric].at = to;
    }
    void add_mark() {
        marks_.push_back({end_, step_, tail_});
        for (Cursor& cursor : cursors_) {
            if (cursor.at == end_) cursor.counts.push_back(cursor.count);
        }
    }

    enum Kind : unsigned { unreadable = 1, no_row = 2, backwards = 4, too_long = 8 };
    void warn(Kind kind, const std::string& what) {
        if ((warned_ & kind) != 0) return;
        warned_ |= kind;
        warnings_.push_back(path_.string() + ": " + what);
    }

    std::filesystem::path path_;
    detail::MetricLineReader reader_;
    detail::MetricLine line_;
    std::vector<Cursor> cursors_;     // (metrics)
    std::vector<std::size_t> active_; // metrics that a pass reads
    std::vector<Mark> marks_;         // the beginning, then one about every kMarkDistance
    std::vector<char> buffer_;
    std::uint64_t from_ = 0;  // offset of the buffer
    std::uint64_t end_ = 0;   // read up to here, by whom or whatever for
    std::uint64_t step_ = 0;  // greatest before end_
    std::string tail_;        // what stands before end_
    std::uint64_t bytes_ = 0; // of the file
    detail::QuietFile::Identity identity_{};
    bool exists_ = false;
    bool is_drained_ = false; // no whole line is left
    bool is_stuck_ = false;   // before a line that is too long
    unsigned warned_ = 0;
    std::vector<std::string> warnings_;
};

} // namespace baldwin

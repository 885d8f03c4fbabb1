// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Progress of a run: one line that rewrites itself on a terminal, plain lines elsewhere.
#pragma once

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace baldwin {

/// A duration as people read it: "8 s", "3 min 05 s", "2 h 07 min". Negative or non-finite: "?".
inline std::string duration_text(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "?";
    const auto whole = static_cast<long long>(std::llround(seconds));
    const auto two = [](long long value) {
        return (value < 10 ? "0" : "") + std::to_string(value);
    };
    if (whole < 60) return std::to_string(whole) + " s";
    if (whole < 3600) return std::to_string(whole / 60) + " min " + two(whole % 60) + " s";
    return std::to_string(whole / 3600) + " h " + two(whole / 60 % 60) + " min";
}

/// A rate or count with three significant digits and thousands separated: "23,400", "4.31".
inline std::string quantity_text(double value) {
    if (!std::isfinite(value)) return "?";
    char buffer[64];
    if (std::abs(value) < 999.5) {
        std::snprintf(buffer, sizeof buffer, "%.3g", value);
        return buffer;
    }
    std::snprintf(buffer, sizeof buffer, "%.0f", value);
    std::string digits = buffer;
    for (std::size_t at = digits.size(); at > 3 + (value < 0 ? 1U : 0U);) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

/// Where and how a Progress shows itself.
struct ProgressConfig {
    bool is_quiet = false;      ///< show nothing at all
    bool is_terminal = false;   ///< rewrite one line; else print plain lines
    std::size_t width = 80;     ///< columns of the terminal
    double line_period = 5.0;   ///< seconds between plain lines; > 0
    double redraw_period = 0.1; ///< seconds between redraws on a terminal; > 0

    /// For stderr as it is now.
    static ProgressConfig of_stderr(bool is_quiet) {
        ProgressConfig config;
        config.is_quiet = is_quiet;
        const char* kind = std::getenv("TERM");
        config.is_terminal =
            ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
        winsize size{};
        if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
            config.width = size.ws_col;
        }
        return config;
    }
};

/// Shows how far a run is, its rate and the time left.
///
/// The rate is that of this session: a resumed run starts counting at begin(). One thread.
class Progress {
public:
    using Clock = std::function<double()>; ///< seconds since any fixed moment, never backwards

    explicit Progress(ProgressConfig config, std::ostream& out = std::cerr,
                      Clock clock = &Progress::steady_seconds)
        : config_(config), out_(&out), clock_(std::move(clock)), started_(clock_()),
          shown_(started_) {}
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// States what is counted and where this session starts.
    /// \param unit   plural noun, such as "images"
    /// \param total  where the count ends; 0 = unknown
    void begin(std::string_view unit, double total, double done = 0) {
        unit_ = unit;
        total_ = total;
        first_ = done;
        started_ = clock_();
        shown_ = started_;
    }
    /// Tells the count so far; \p text is put behind it. Shown now and then only.
    /// \cost a clock reading, unless it is time to show
    void update(double done, std::string_view text = {}) {
        if (config_.is_quiet) return;
        const double now = clock_();
        if (now - shown_ < (config_.is_terminal ? config_.redraw_period : config_.line_period)) {
            return;
        }
        shown_ = now;
        show(line(done, now, text));
    }
    /// Whether update() would show something now, for callers whose text is dear to make.
    [[nodiscard]] bool is_due() const {
        const double period = config_.is_terminal ? config_.redraw_period : config_.line_period;
        return !config_.is_quiet && clock_() - shown_ >= period;
    }
    /// Whether a user reads it as it is written.
    [[nodiscard]] bool is_on_terminal() const noexcept { return config_.is_terminal; }
    /// Prints a line that stays, such as an epoch's result.
    void note(std::string_view text) {
        if (config_.is_quiet) return;
        clear();
        *out_ << text << '\n' << std::flush;
    }
    /// Removes the line that rewrites itself, if there is one.
    void clear() {
        if (!is_drawn_) return;
        *out_ << "\r\x1b[2K" << std::flush;
        is_drawn_ = false;
    }

private:
    static double steady_seconds() {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        return std::chrono::duration<double>(now).count();
    }
    [[nodiscard]] std::string line(double done, double now, std::string_view text) const {
        const double rate = (done - first_) / std::max(now - started_, 1e-9);
        std::string result = quantity_text(done);
        if (total_ > 0) {
            char percent[16];
            std::snprintf(percent, sizeof percent, " (%.0f %%)", 100.0 * done / total_);
            result += " of " + quantity_text(total_) + " " + unit_ + percent;
        } else {
            result += " " + unit_;
        }
        result += ", " + quantity_text(rate) + "/s";
        if (total_ > 0 && rate > 0) {
            result += ", " + duration_text((total_ - done) / rate) + " left";
        }
        return text.empty() ? result : result + ", " + std::string(text);
    }
    void show(std::string text) {
        if (!config_.is_terminal) {
            *out_ << text << '\n' << std::flush;
            return;
        }
        // a line as wide as the terminal would wrap and could not be rewritten
        text.resize(std::min(text.size(), config_.width - 1));
        *out_ << "\r\x1b[2K" << text << std::flush;
        is_drawn_ = true;
    }

    ProgressConfig config_;
    std::ostream* out_;
    Clock clock_;
    std::string unit_ = "steps";
    double total_ = 0;
    double first_ = 0;
    double started_;
    double shown_;
    bool is_drawn_ = false;
};

} // namespace baldwin

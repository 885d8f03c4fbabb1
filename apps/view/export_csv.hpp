// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The numbers of runs as one table, whatever their size: nothing is kept in memory.
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/core/metric_log.hpp>
#include <baldwin/core/stop.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::app {

/// Rows "run,metric,step,value", one for each number, in the order of the file.
class CsvTable {
public:
    /// \throws std::runtime_error if the file cannot be written
    explicit CsvTable(const std::filesystem::path& path) : path_(path), file_(path) {
        text_ = "run,metric,step,value\n";
    }

    /// Adds what a metrics file holds.
    /// \return false if a stop was requested; nothing is then to be committed
    /// \throws std::runtime_error if a file cannot be written, or is cut while it is read
    bool add(const std::string& run, MetricLog& log) {
        heads_.clear();
        run_ = quoted(run);
        // once for the names, once for the numbers
        if (!read(log)) return false;
        for (std::size_t metric = 0; metric < log.size(); ++metric) {
            log.want(metric);
            heads_.push_back(run_ + "," + quoted(log.name(metric)) + ",");
        }
        return read(log);
    }
    void commit() {
        file_.write(std::exchange(text_, {}));
        file_.commit(Sync::no);
    }

    // the sink of a log
    void append(std::size_t metric, std::uint64_t step, double value) {
        // a metric that came up between the two readings is left to the next export
        if (metric >= heads_.size()) return;
        char digits[64];
        char* end = std::to_chars(digits, digits + 24, step).ptr;
        *end++ = ',';
        if (std::isfinite(value)) end = std::to_chars(end, digits + sizeof digits - 1, value).ptr;
        *end++ = '\n';
        text_ += heads_[metric];
        text_.append(digits, end);
    }
    void cut(std::size_t /*metric*/, std::size_t /*samples*/) {
        throw std::runtime_error(path_.string() +
                                 ": not written, the run was resumed meanwhile; try again");
    }

private:
    static constexpr std::size_t kBuffer = std::size_t{1} << 20;

    bool read(MetricLog& log) {
        do {
            if (text_.size() > kBuffer) {
                file_.write(text_);
                text_.clear();
            }
            if (stop_requested()) return false;
        } while (log.read(0, *this).more);
        return true;
    }
    // as RFC 4180 has it
    static std::string quoted(std::string_view text) {
        if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
        std::string field = "\"";
        for (const char letter : text) {
            if (letter == '"') field += '"';
            field += letter;
        }
        return field + "\"";
    }

    std::filesystem::path path_;
    AtomicFile file_;
    std::string text_;
    std::string run_;
    std::vector<std::string> heads_; // (metrics): "run,metric,"
};

} // namespace baldwin::app

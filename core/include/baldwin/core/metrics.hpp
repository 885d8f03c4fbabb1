// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// metrics.jsonl: flat objects {step, seconds, <name>: number}, one a line, written and read.
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/core/line_file.hpp>

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace baldwin {

/// A number with a name. Names are plain: letters, digits and _ . / -
struct Metric {
    std::string_view name;
    double value = 0;
};

/// One line of metrics.jsonl as read back; a null is a NaN.
struct MetricsRow {
    std::uint64_t step = 0;
    double seconds = 0; ///< since the run began, time stopped between resumes not counted
    std::vector<std::pair<std::string, double>> values;

    /// The value of that name, if the row has one.
    [[nodiscard]] std::optional<double> find(std::string_view name) const {
        for (const auto& [key, value] : values) {
            if (key == name) return value;
        }
        return std::nullopt;
    }
};

namespace detail {

/// Appends the shortest decimal that reads back as the same double; null if not finite.
inline void append_number(std::string& text, double value) {
    if (!std::isfinite(value)) {
        text += "null";
        return;
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text.append(digits, end);
}

inline bool is_plain_name(std::string_view name) {
    return !name.empty() && name != "step" && name != "seconds" &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_./-") == std::string_view::npos;
}

/// A row, or nothing for a line that is no flat object of numbers with a step.
inline std::optional<MetricsRow> parse_metrics_row(std::string_view line) {
    const auto object = nlohmann::ordered_json::parse(line, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    const auto step = object.find("step");
    if (step == object.end() || !step->is_number_unsigned()) return std::nullopt;
    MetricsRow row;
    row.step = step->get<std::uint64_t>();
    for (const auto& [name, value] : object.items()) {
        if (name == "step" || !(value.is_number() || value.is_null())) continue;
        const double number =
            value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
        if (name == "seconds")
            row.seconds = number;
        else
            row.values.emplace_back(name, number);
    }
    return row;
}

/// The next line of \p text from \p at on, or nothing if no complete line is left.
inline std::optional<std::string_view> line_at(std::string_view text, std::size_t at) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return std::nullopt;
    return text.substr(at, end - at);
}

} // namespace detail

/// Writes metrics.jsonl.
///
/// Steps never decrease within a run; what is written for a step is written before the checkpoint
/// of that step, so a resumed run cuts the file back to its checkpoint and goes on.
class MetricsWriter {
public:
    /// Appends to \p path.
    /// \throws std::runtime_error with path and reason
    explicit MetricsWriter(const std::filesystem::path& path) : file_(path) {}

    /// \param seconds  since the run began
    /// \throws std::invalid_argument if a name is not plain, or is "step" or "seconds"
    /// \throws std::runtime_error if the file cannot be written
    void write(std::uint64_t step, double seconds, std::span<const Metric> metrics) {
        line_ = "{\"step\":" + std::to_string(step) + ",\"seconds\":";
        detail::append_number(line_, std::round(seconds * 1e3) / 1e3);
        for (const Metric& metric : metrics) {
            if (!detail::is_plain_name(metric.name)) {
                throw std::invalid_argument("MetricsWriter: not a plain metric name: '" +
                                            std::string(metric.name) + "'");
            }
            line_ += ",\"";
            line_ += metric.name;
            line_ += "\":";
            detail::append_number(line_, metric.value);
        }
        line_ += '}';
        file_.append(line_);
    }
    void write(std::uint64_t step, double seconds, std::initializer_list<Metric> metrics) {
        write(step, seconds, std::span(metrics.begin(), metrics.size()));
    }
    /// Hands everything to the system, where a live reader sees it.
    void flush() { file_.flush(); }
    void flush_if_due() { file_.flush_if_due(); }
    /// Flushes and waits for the disk.
    void sync() { file_.sync(); }

private:
    LineFile file_;
    std::string line_;
};

/// The rows of a metrics file; a last line still being written is left out.
/// \throws std::runtime_error if the file cannot be read, or a complete line is no metrics row
inline std::vector<MetricsRow> read_metrics(const std::filesystem::path& path) {
    const std::string text = read_text(path);
    std::vector<MetricsRow> rows;
    std::size_t at = 0;
    while (const auto line = detail::line_at(text, at)) {
        auto row = detail::parse_metrics_row(*line);
        if (!row) {
            throw file_error(path, "line " + std::to_string(rows.size() + 1) +
                                       " is not a metrics row: {\"step\": .., \"seconds\": ..}");
        }
        rows.push_back(std::move(*row));
        at += line->size() + 1;
    }
    return rows;
}

/// Cuts a metrics file back to the rows whose step is at most \p last_step; nothing = to none. What
/// a kill or a full disk left half written goes too. A missing file is fine.
/// \throws std::runtime_error with path and reason
inline void cut_metrics(const std::filesystem::path& path, std::optional<std::uint64_t> last_step) {
    if (!std::filesystem::exists(path)) return;
    std::size_t kept = 0;
    const std::string text = last_step ? read_text(path) : std::string();
    while (const auto line = detail::line_at(text, kept)) {
        const auto row = detail::parse_metrics_row(*line);
        if (!row || row->step > *last_step) break;
        kept += line->size() + 1;
    }
    std::error_code error;
    std::filesystem::resize_file(path, kept, error);
    if (error) throw file_error(path, "cannot be cut back: " + error.message());
}

} // namespace baldwin

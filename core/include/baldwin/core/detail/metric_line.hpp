// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// One line of metrics.jsonl, read as fast as memory allows and only where somebody wants it.
#pragma once

#include <baldwin/core/metrics.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

namespace baldwin::detail {

/// The metrics of a file by number, and which number comes next in a line.
///
/// Lines of one kind have the same keys in the same order, so the key that followed the last time
/// is tried first: one comparison instead of a search.
class MetricNames {
public:
    static constexpr std::size_t kMost = 10'000;     ///< metrics; what comes later is left out
    static constexpr std::size_t kLongestName = 200; ///< bytes; longer ones are left out
    static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

    [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
    [[nodiscard]] const std::string& operator[](std::size_t metric) const { return names_[metric]; }

    /// The metric of that name, or kNone.
    [[nodiscard]] std::uint32_t find(std::string_view name) const {
        const auto found = numbers_.find(name);
        return found == numbers_.end() ? kNone : found->second;
    }
    /// The metric of that name, new or not; kNone if there are too many or the name is unfit.
    std::uint32_t add(std::string_view name) {
        const std::uint32_t known = find(name);
        if (known != kNone || names_.size() >= kMost || !is_fit(name)) return known;
        const auto number = static_cast<std::uint32_t>(names_.size());
        numbers_.emplace(names_.emplace_back(name), number);
        next_.push_back(kNone);
        return number;
    }
    /// The metric whose name begins at \p at and ends before a quotation mark, or kNone.
    /// \param previous  metric before it in the line, kNone for the first
    [[nodiscard]] std::uint32_t at(const char* at, const char* end, std::uint32_t previous) {
        std::uint32_t& guess = previous == kNone ? first_ : next_[previous];
        const auto left = static_cast<std::size_t>(end - at);
        if (guess != kNone) {
            const std::string& name = names_[guess];
            if (left > name.size() && at[name.size()] == '"' &&
                std::memcmp(at, name.data(), name.size()) == 0) {
                return guess;
            }
        }
        const void* quote = std::memchr(at, '"', left);
        if (quote == nullptr) return kNone;
        const auto length = static_cast<std::size_t>(static_cast<const char*>(quote) - at);
        const std::uint32_t found = find({at, length});
        if (found != kNone) guess = found;
        return found;
    }

private:
    // what can stand in a legend: short, and without control characters
    static bool is_fit(std::string_view name) {
        if (name.empty() || name.size() > kLongestName) return false;
        for (const char letter : name) {
            if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) return false;
        }
        return true;
    }

    std::deque<std::string> names_; // addresses stay
    std::unordered_map<std::string_view, std::uint32_t> numbers_;
    std::vector<std::uint32_t> next_; // (metrics): what followed it in the last line
    std::uint32_t first_ = kNone;
};

/// A line's step and the values in it that are wanted.
struct MetricLine {
    std::uint64_t step = 0;
    std::vector<std::pair<std::uint32_t, double>> values; ///< of wanted metrics
    std::vector<std::uint32_t> others;                    ///< metrics that are there too
};

/// Reads lines. Numbers that nobody wants are stepped over.
class MetricLineReader {
public:
    MetricNames names;
    std::vector<bool> wanted; ///< (metrics)

    /// Reads the line from \p at to \p end, where a line break stands.
    /// \return whether it is a metrics row; \p line is then complete
    /// \cost one pass over the line; lines that our writer would not write take ten times as long
    bool read(const char* at, const char* end, MetricLine& line) {
        if (read_usual(at, end, line)) return true;
        return read_any({at, static_cast<std::size_t>(end - at)}, line);
    }

private:
    // {"step":N,"name":number,...} with known names; the line break at the end stops every loop
    bool read_usual(const char* at, const char* end, MetricLine& line) {
        clear(line);
        ++line_number_;
        met_in_.resize(names.size(), 0);
        at = past_spaces(at);
        if (*at++ != '{') return false;
        at = past_key(past_spaces(at), end, "\"step\"");
        if (at == nullptr) return false;
        const auto step = std::from_chars(at, end, line.step);
        if (step.ec != std::errc()) return false;
        at = past_spaces(step.ptr);
        std::uint32_t previous = MetricNames::kNone;
        while (*at == ',') {
            at = past_spaces(at + 1);
            if (const char* time = past_key(at, end, "\"seconds\"")) {
                at = past_number(time, end);
            } else {
                at = read_metric(at, end, previous, line);
            }
            if (at == nullptr) return false;
            at = past_spaces(at);
        }
        return *at == '}' && past_spaces(at + 1) == end;
    }

    // "name": number; nothing if it is anything else
    const char* read_metric(const char* at, const char* end, std::uint32_t& previous,
                            MetricLine& line) {
        if (*at++ != '"') return nullptr;
        const std::uint32_t metric = names.at(at, end, previous);
        if (metric == MetricNames::kNone) return nullptr;
        // of a name that stands twice JSON takes the last
        if (std::exchange(met_in_[metric], line_number_) == line_number_) return nullptr;
        previous = metric;
        at = past_colon(at + names[metric].size() + 1);
        if (at == nullptr) return nullptr;
        if (!wanted[metric]) {
            line.others.push_back(metric);
            return past_number(at, end);
        }
        double value = 0;
        at = read_number(at, end, value);
        if (at != nullptr) line.values.emplace_back(metric, value);
        return at;
    }

    static const char* read_number(const char* at, const char* end, double& value) {
        if (end - at >= 4 && std::memcmp(at, "null", 4) == 0) {
            value = std::numeric_limits<double>::quiet_NaN();
            return at + 4;
        }
        // from_chars knows inf and nan, JSON does not
        const char first = *at == '-' ? at[1] : *at;
        if (first < '0' || first > '9') return nullptr;
        const auto number = std::from_chars(at, end, value);
        return number.ec == std::errc() ? number.ptr : nullptr;
    }

    // to what ends a number or null; texts and brackets are nothing we step over
    static const char* past_number(const char* at, const char* end) {
        if (*at == 'n') return end - at >= 4 && std::memcmp(at, "null", 4) == 0 ? at + 4 : nullptr;
        const char* const start = at;
        while ((*at >= '0' && *at <= '9') || *at == '.' || *at == '-' || *at == '+' || *at == 'e' ||
               *at == 'E') {
            ++at;
        }
        return at == start ? nullptr : at;
    }
    static const char* past_spaces(const char* at) {
        while (*at == ' ' || *at == '\t' || *at == '\r') ++at;
        return at;
    }
    static const char* past_colon(const char* at) {
        at = past_spaces(at);
        return *at == ':' ? past_spaces(at + 1) : nullptr;
    }
    static const char* past_key(const char* at, const char* end, std::string_view key) {
        if (static_cast<std::size_t>(end - at) < key.size() ||
            std::memcmp(at, key.data(), key.size()) != 0) {
            return nullptr;
        }
        return past_colon(at + key.size());
    }
    static void clear(MetricLine& line) {
        line.values.clear();
        line.others.clear();
    }

    // any JSON that is a row, with new names or in another order
    bool read_any(std::string_view text, MetricLine& line) {
        clear(line);
        const auto row = parse_metrics_row(text);
        if (!row) return false;
        line.step = row->step;
        for (const auto& [name, value] : row->values) {
            const std::uint32_t metric = names.add(name);
            if (metric == MetricNames::kNone) continue;
            wanted.resize(names.size(), false);
            if (wanted[metric]) {
                line.values.emplace_back(metric, value);
            } else {
                line.others.push_back(metric);
            }
        }
        return true;
    }

    std::uint64_t line_number_ = 0;
    std::vector<std::uint64_t> met_in_; // (metrics): number of the last line that has it
};

} // namespace baldwin::detail

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Numbers as people read them, and round places for the ticks of an axis.
#pragma once

#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin {

/// A number with a fixed count of decimals and commas between thousands: "12,345.60".
inline std::string fixed_text(double value, int decimals) {
    if (!std::isfinite(value)) return std::isnan(value) ? "n/a" : value > 0 ? "inf" : "-inf";
    std::array<char, 512> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*f", std::clamp(decimals, 0, 60), value);
    std::string text = buffer.data();
    const std::size_t first = text.front() == '-' ? 1 : 0;
    for (auto end = std::min(text.find('.'), text.size()); end > first + 3; end -= 3) {
        text.insert(end - 3, ",");
    }
    return text;
}

/// A number in at most about \p digits significant digits, for people: "0.0125", "9.13", "12,345",
/// "1.7e+09".
inline std::string number_text(double value, int digits = 4) {
    const double size = std::abs(value);
    if (!std::isfinite(value) || value == 0) return fixed_text(value, 0);
    if (size >= 1e7 || size < 1e-4) {
        std::array<char, 64> buffer{};
        std::snprintf(buffer.data(), buffer.size(), "%.*e", std::clamp(digits - 2, 0, 17), value);
        return buffer.data();
    }
    const int decimals = std::max(0, digits - 1 - static_cast<int>(std::floor(std::log10(size))));
    std::string text = fixed_text(value, decimals);
    if (decimals > 0) {
        while (text.back() == '0') text.pop_back();
        if (text.back() == '.') text.pop_back();
    }
    return text;
}

namespace detail {

/// Smallest of 1, 2, 5 times a power of ten that is at least \p value.
inline double round_step(double value) {
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= value * (1 - 1e-9)) return factor * power;
    }
    return 10 * power;
}

/// Label of a tick, exact for its step: decimals as needed, k and M for large ones.
inline std::string tick_text(double value, double step) {
    const double size = std::abs(value) < step / 2 ? 0 : std::abs(value);
    if (size <= 0) value = 0; // never "-0"
    if (size > 0 && (step >= 1e9 || step < 1e-5)) return number_text(value, 3);
    if (step >= 1e5) return fixed_text(value / 1e6, step < 1e6 ? 1 : 0) + (size > 0 ? "M" : "");
    if (step >= 1e4) return fixed_text(value / 1e3, 0) + (size > 0 ? "k" : "");
    const int decimals = static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
    return fixed_text(value, std::max(0, decimals));
}

inline std::vector<Tick> steps_of(Interval range, std::size_t most, bool whole) {
    double step = round_step((range.high - range.low) / static_cast<double>(most));
    if (whole) step = std::max(step, 1.0);
    if (!std::isfinite(step) || !(step > 0)) return {};
    std::vector<Tick> ticks;
    const double first = std::ceil(range.low / step - 1e-9);
    for (double i = first; i * step <= range.high + step * 1e-9; ++i) {
        ticks.push_back({i * step, tick_text(i * step, step)});
        if (ticks.size() > 2 * most + 2) break; // beyond what doubles can tell apart
    }
    return ticks;
}

/// At least two wherever a finer step has them: one alone tells no scale.
inline std::vector<Tick> linear_ticks(Interval range, std::size_t most, bool whole) {
    std::vector<Tick> ticks;
    for (std::size_t count = std::max<std::size_t>(most, 2); count <= most + 6; ++count) {
        ticks = steps_of(range, count, whole);
        if (ticks.size() >= 2) break;
    }
    return ticks;
}

/// "0.001", "1", "1,000", and "1e-6" beyond what is short.
inline std::string decade_text(double value) {
    if (value >= 0.00099 && value < 1e5) return number_text(value, 3);
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.0e", value);
    std::string text = buffer.data();
    const std::size_t sign = text.find('e') + 1;
    if (text[sign] == '+') text.erase(sign, 1);
    const std::size_t digit = text.find_first_of("0123456789", sign);
    if (text[digit] == '0' && digit + 1 < text.size()) text.erase(digit, 1);
    return text;
}

inline std::vector<Tick> log_ticks(Interval range, std::size_t most) {
    const double first = std::ceil(std::log10(range.low) - 1e-9);
    const double last = std::floor(std::log10(range.high) + 1e-9);
    const double decades = last - first + 1;
    if (decades < 2) {
        // within a decade or so: 1, 2, 5, else what a linear axis has
        std::vector<Tick> ticks;
        for (double power = first - 1; power <= last + 1; ++power) {
            for (const double factor : {1.0, 2.0, 5.0}) {
                const double at = factor * std::pow(10.0, power);
                if (at < range.low * (1 - 1e-9) || at > range.high * (1 + 1e-9)) continue;
                ticks.push_back({at, decade_text(at)});
            }
        }
        return ticks.size() >= 2 ? ticks : linear_ticks(range, most, false);
    }
    std::vector<Tick> ticks;
    const double stride = std::ceil(decades / static_cast<double>(std::max<std::size_t>(most, 2)));
    for (double power = first; power <= last; power += stride) {
        ticks.push_back({std::pow(10.0, power), decade_text(std::pow(10.0, power))});
    }
    return ticks;
}

} // namespace detail

/// Round places in a range: steps of 1, 2 or 5 times a power of ten, or decades.
/// \param range  finite, low < high; above 0 on a logarithmic axis
/// \param most   about how many there is room for
inline std::vector<Tick> round_ticks(Interval range, std::size_t most,
                                     Axis::Scale scale = Axis::Scale::linear, bool whole = false) {
    return scale == Axis::Scale::log ? detail::log_ticks(range, most)
                                     : detail::linear_ticks(range, most, whole);
}

} // namespace baldwin

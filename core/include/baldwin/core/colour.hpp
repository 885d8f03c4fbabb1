// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Colours of scenes: paints that follow the theme, two themes, and maps from values to colours.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace baldwin {

/// An sRGB colour, 8 bits a channel.
struct Colour {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;

    friend constexpr bool operator==(const Colour&, const Colour&) = default;
};

/// "#rrggbb".
inline std::string to_string(Colour colour) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text = "#";
    for (const unsigned channel : {colour.red, colour.green, colour.blue}) {
        text += kDigits[channel / 16];
        text += kDigits[channel % 16];
    }
    return text;
}

/// Reads "#rrggbb"; nothing if the text is anything else.
inline std::optional<Colour> parse_colour(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (text.size() != 7 || text[0] != '#') return std::nullopt;
    std::array<std::size_t, 6> digits{};
    for (std::size_t i = 0; i < 6; ++i) {
        digits[i] = kDigits.find(static_cast<char>(text[i + 1] | (text[i + 1] >= 'A' ? 32 : 0)));
        if (digits[i] == std::string_view::npos) return std::nullopt;
    }
    const auto channel = [&](std::size_t i) {
        return static_cast<std::uint8_t>(16 * digits[2 * i] + digits[2 * i + 1]);
    };
    return Colour{channel(0), channel(1), channel(2)};
}

/// Mixture of two colours; share 0 gives \p from, 1 gives \p to.
inline Colour mix(Colour from, Colour to, double share) {
    const auto channel = [share](std::uint8_t a, std::uint8_t b) {
        return static_cast<std::uint8_t>(std::lround(a + (b - a) * std::clamp(share, 0.0, 1.0)));
    };
    return {channel(from.red, to.red), channel(from.green, to.green), channel(from.blue, to.blue)};
}

/// Number of series colours; further series start over with dashed lines.
inline constexpr std::size_t kSeriesColours = 6;

/// What a thing is painted with: a role that the theme resolves, or one fixed colour.
struct Paint {
    enum class Role : std::uint8_t {
        automatic, ///< the panel's next series colour
        ink,       ///< text and marks that carry the message
        muted,     ///< labels and what accompanies
        grid,      ///< grid lines and frames
        surface,   ///< the background
        good,      ///< right answers; always beside a word or sign, never colour alone
        bad,       ///< wrong answers; likewise
        series,    ///< series colour number `index` modulo kSeriesColours
        fixed,     ///< `colour`, whatever the theme
    };

    Role role = Role::automatic;
    std::uint8_t index = 0; ///< for Role::series
    Colour colour{};        ///< for Role::fixed

    static constexpr Paint ink() { return {Role::ink, 0, {}}; }
    static constexpr Paint muted() { return {Role::muted, 0, {}}; }
    static constexpr Paint grid() { return {Role::grid, 0, {}}; }
    static constexpr Paint surface() { return {Role::surface, 0, {}}; }
    static constexpr Paint good() { return {Role::good, 0, {}}; }
    static constexpr Paint bad() { return {Role::bad, 0, {}}; }
    static constexpr Paint series(std::size_t number) {
        return {Role::series, static_cast<std::uint8_t>(number % kSeriesColours), {}};
    }
    static constexpr Paint fixed(Colour colour) { return {Role::fixed, 0, colour}; }

    friend constexpr bool operator==(const Paint&, const Paint&) = default;
};

/// Names of the roles in files, in the order of Paint::Role; the last two carry a value.
inline constexpr std::array<std::string_view, 7> kPaintNames = {
    "automatic", "ink", "muted", "grid", "surface", "good", "bad"};

/// "ink", "series3" or "#rrggbb".
inline std::string to_string(const Paint& paint) {
    if (paint.role == Paint::Role::fixed) return to_string(paint.colour);
    if (paint.role == Paint::Role::series) return "series" + std::to_string(paint.index);
    return std::string(kPaintNames[static_cast<std::size_t>(paint.role)]);
}

/// Inverse of to_string; nothing if the name is unknown.
inline std::optional<Paint> parse_paint(std::string_view text) {
    if (const auto colour = parse_colour(text)) return Paint::fixed(*colour);
    if (text.size() == 7 && text.starts_with("series") && text[6] >= '0' && text[6] <= '9') {
        return Paint::series(static_cast<std::size_t>(text[6] - '0'));
    }
    for (std::size_t i = 0; i < kPaintNames.size(); ++i) {
        if (text == kPaintNames[i]) return Paint{static_cast<Paint::Role>(i), 0, {}};
    }
    return std::nullopt;
}

/// The colours behind the roles.
struct Theme {
    Colour surface;
    Colour ink;
    Colour muted;
    Colour grid;
    Colour good;
    Colour bad;
    std::array<Colour, kSeriesColours> series;

    /// Colour of a paint; Role::automatic reads as the first series.
    [[nodiscard]] constexpr Colour operator()(const Paint& paint) const {
        switch (paint.role) {
        case Paint::Role::ink: return ink;
        case Paint::Role::muted: return muted;
        case Paint::Role::grid: return grid;
        case Paint::Role::surface: return surface;
        case Paint::Role::good: return good;
        case Paint::Role::bad: return bad;
        case Paint::Role::fixed: return paint.colour;
        case Paint::Role::automatic:
        case Paint::Role::series: break;
        }
        return series[paint.index % kSeriesColours];
    }
};

/// Dark marks on white. Any two series colours keep an OKLab distance of 0.085 for readers with
/// normal, protan, deutan and tritan vision, and a contrast of 3 : 1 to the surface.
inline constexpr Theme kLightTheme = {{255, 255, 255},
                                      {29, 34, 40},
                                      {92, 101, 112},
                                      {226, 230, 235},
                                      {40, 124, 84},
                                      {184, 73, 4},
                                      {{{57, 118, 235},
                                        {184, 73, 4},
                                        {40, 124, 84},
                                        {141, 89, 174},
                                        {169, 141, 54},
                                        {137, 147, 191}}}};

/// Light marks on a near-black blue; the same promises.
inline constexpr Theme kDarkTheme = {{20, 24, 29},
                                     {230, 234, 239},
                                     {158, 168, 179},
                                     {48, 55, 64},
                                     {88, 212, 159},
                                     {244, 103, 42},
                                     {{{115, 138, 250},
                                       {244, 103, 42},
                                       {88, 212, 159},
                                       {194, 116, 161},
                                       {242, 213, 74},
                                       {183, 236, 255}}}};

namespace detail {

/// Colour at \p share of the way along equally spaced stops.
template <std::size_t N>
Colour along(const std::array<Colour, N>& stops, double share) {
    const double position = std::clamp(share, 0.0, 1.0) * static_cast<double>(N - 1);
    const auto first = std::min(static_cast<std::size_t>(position), N - 2);
    return mix(stops[first], stops[first + 1], position - static_cast<double>(first));
}

} // namespace detail

/// Zero-centred map of signed values: blue at -1, near-white at 0, rust at +1.
/// Both arms darken at the same pace, so size reads the same for either sign. NaN is grey.
inline Colour diverging(double value) {
    if (std::isnan(value)) return {128, 128, 128};
    constexpr std::array<Colour, 4> kBelow = {
        {{247, 247, 245}, {158, 190, 226}, {66, 122, 190}, {19, 58, 122}}};
    constexpr std::array<Colour, 4> kAbove = {
        {{247, 247, 245}, {240, 178, 135}, {201, 98, 42}, {118, 42, 10}}};
    return value < 0 ? detail::along(kBelow, -value) : detail::along(kAbove, value);
}

/// Map of amounts: near-white at 0 to deep blue at 1. NaN is grey.
inline Colour sequential(double value) {
    if (std::isnan(value)) return {128, 128, 128};
    constexpr std::array<Colour, 5> kStops = {
        {{247, 249, 252}, {198, 216, 240}, {125, 168, 222}, {52, 110, 184}, {12, 50, 108}}};
    return detail::along(kStops, value);
}

/// Whether black text reads better than white on this ground (by relative luminance).
inline bool is_light(Colour ground) {
    const auto linear = [](std::uint8_t channel) { return std::pow(channel / 255.0, 2.2); };
    return 0.2126 * linear(ground.red) + 0.7152 * linear(ground.green) +
               0.0722 * linear(ground.blue) >
           0.18;
}

} // namespace baldwin

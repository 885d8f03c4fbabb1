// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// How theta_0 comes from a seed.
#pragma once

#include <baldwin/core/initialise.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/parameters.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/neuroevolution/seeds.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin::neuroevolution {

/// Distribution of the first weights. Biases and shifts are 0, scales 1 (but for `layout`).
enum class StartRule : std::uint8_t {
    fan_in, ///< normal, deviation 1 / sqrt(fan-in), a tenth of it in the last layer
    normc,  ///< normal, each output unit's weights scaled to the norm 1, in the last layer 0.1
    xavier, ///< normal, variance 2 / (fan-in + fan-out)
    layout  ///< every entry as its own initialiser says
};

inline constexpr std::array<std::string_view, 4> kStartRuleNames = {"fan-in", "normc", "xavier",
                                                                    "layout"};

[[nodiscard]] inline std::string_view to_string(StartRule rule) {
    return kStartRuleNames[static_cast<std::size_t>(rule)];
}
/// \throws std::invalid_argument if there is no such rule
[[nodiscard]] inline StartRule parse_start_rule(std::string_view text) {
    const auto found = std::find(kStartRuleNames.begin(), kStartRuleNames.end(), text);
    if (found == kStartRuleNames.end()) {
        throw std::invalid_argument("StartRule: must be fan-in, normc, xavier or layout, got '" +
                                    std::string(text) + "'");
    }
    return static_cast<StartRule>(found - kStartRuleNames.begin());
}

namespace detail {

inline constexpr double kOutputScale = 0.1; ///< of the last layer, in fan_in and normc

/// The layer of the last weight entry: its units are the network's outputs.
inline std::string_view output_layer(const Layout& layout) {
    std::string_view layer;
    for (const LayoutEntry& entry : layout.entries()) {
        if (entry.kind == ParameterKind::weight) layer = entry.layer;
    }
    return layer;
}

/// Deviation of a weight entry's normals.
inline float start_deviation(const LayoutEntry& entry, StartRule rule, bool is_output) {
    const auto in = static_cast<double>(entry.fan_in);
    const auto out = static_cast<double>(entry.fan_out);
    if (rule == StartRule::xavier) return static_cast<float>(std::sqrt(2 / (in + out)));
    const double scale = is_output ? kOutputScale : 1.0;
    return static_cast<float>(rule == StartRule::fan_in ? scale / std::sqrt(in) : scale);
}

/// Scales each run of fan-in weights to a norm. The squares of floats are exact in double, so a
/// fused sum has the same bits as an unfused one.
inline void normalise_units(std::span<float> weights, std::size_t fan_in, float norm) {
    const std::size_t unit = weights.size() % fan_in == 0 ? fan_in : weights.size();
    for (std::size_t at = 0; at < weights.size(); at += unit) {
        const auto values = weights.subspan(at, unit);
        double sum = 0;
        for (const float value : values) sum += static_cast<double>(value) * value;
        const auto factor = static_cast<float>(norm / std::sqrt(sum));
        for (float& value : values) value *= sum > 0 ? factor : 0;
    }
}

inline constexpr std::size_t kDecodeBlock = std::size_t{1} << 14; ///< floats; half of an L2

/// Normals of the entry's place in the stream, times a factor.
inline void scaled_normals(std::span<float> values, float scale, const Stream& stream,
                           std::uint64_t first_index, const Executor& executor) {
    const std::size_t blocks = (values.size() + kDecodeBlock - 1) / kDecodeBlock;
    executor.chunks(blocks, [&](std::size_t block, std::size_t /*slot*/) {
        const std::size_t begin = block * kDecodeBlock;
        const auto part = values.subspan(begin, std::min(kDecodeBlock, values.size() - begin));
        stream.fill_normal(part, first_index + begin);
        for (float& value : part) value *= scale;
    });
}

inline void start_entry(const LayoutEntry& entry, StartRule rule, bool is_output,
                        std::span<float> values, const Stream& stream, const Executor& executor) {
    switch (entry.kind) {
    case ParameterKind::weight: {
        const float scale = start_deviation(entry, rule, is_output);
        const bool whole_units = rule == StartRule::normc;
        scaled_normals(values, whole_units ? 1.0F : scale, stream, entry.offset, executor);
        if (whole_units) normalise_units(values, entry.fan_in, scale);
        break;
    }
    case ParameterKind::embedding:
        scaled_normals(values, 1.0F, stream, entry.offset, executor);
        break;
    case ParameterKind::scale: std::ranges::fill(values, 1.0F); break;
    default: std::ranges::fill(values, 0.0F); break;
    }
}

} // namespace detail

/// Fills \p theta as the rule says. Class A bits: a function of layout, rule and seed alone.
/// \param theta  as long as the layout
/// \cost about 1 ns a parameter
/// \paper Such et al. 2017, the authors' GPU code (fan_in) and CPU code (normc)
inline void start_into(const Layout& layout, StartRule rule, std::uint64_t seed,
                       std::span<float> theta, const Executor& executor = Executor::serial()) {
    const Stream stream(seed, detail::kStart);
    if (rule == StartRule::layout) return initialise(layout, theta, stream);
    const std::string_view output = detail::output_layer(layout);
    for (const LayoutEntry& entry : layout.entries()) {
        detail::start_entry(entry, rule, entry.layer == output,
                            theta.subspan(entry.offset, entry.size()), stream, executor);
    }
}

} // namespace baldwin::neuroevolution

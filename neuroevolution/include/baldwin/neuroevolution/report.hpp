// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What is reported of a generation.
#pragma once

#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/detail/state.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// Order statistics of a population's fitness.
struct FitnessSummary {
    double least = 0;
    double lower_quartile = 0;
    double median = 0;
    double upper_quartile = 0;
    double most = 0;
    double mean = 0;

    /// Quantiles between two values are interpolated; all 0 for no value.
    static FitnessSummary of(std::vector<double> values) {
        if (values.empty()) return {};
        std::sort(values.begin(), values.end());
        const auto quantile = [&](double share) {
            const double at = share * static_cast<double>(values.size() - 1);
            const auto low = static_cast<std::size_t>(at);
            const std::size_t high = std::min(low + 1, values.size() - 1);
            return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
        };
        double sum = 0;
        for (const double value : values) sum += value;
        return {values.front(), quantile(0.25), quantile(0.5),
                quantile(0.75), values.back(),  sum / static_cast<double>(values.size())};
    }
};

/// A finished generation in figures.
struct GenerationReport {
    std::uint32_t generation = 0;
    FitnessSummary fitness;        ///< of the population, by reward
    double champion = 0;           ///< the champion's fitness
    std::uint64_t evaluations = 0; ///< so far
    std::uint64_t frames = 0;      ///< so far
    /// The algorithm's own, such as {"sigma", 0.005} or {"archive", 120}.
    std::vector<std::pair<std::string, double>> figures;
};

/// Puts a report into a checkpoint.
inline void save_report(SafetensorsWriter& out, const GenerationReport& report) {
    const FitnessSummary& f = report.fitness;
    std::vector<double> numbers = {static_cast<double>(report.generation),
                                   static_cast<double>(report.evaluations),
                                   static_cast<double>(report.frames),
                                   report.champion,
                                   f.least,
                                   f.lower_quartile,
                                   f.median,
                                   f.upper_quartile,
                                   f.most,
                                   f.mean};
    std::string names;
    for (const auto& [name, value] : report.figures) {
        names += name + '\n';
        numbers.push_back(value);
    }
    out.metadata["report"] = names;
    detail::add_list(out, "report", numbers);
}

/// Takes it back.
/// \throws std::runtime_error if there is none
inline GenerationReport read_report(const SafetensorsFile& in) {
    auto numbers = detail::list_of<double>(in, "report");
    const std::string& names = in.text("report");
    const auto figures = static_cast<std::size_t>(std::count(names.begin(), names.end(), '\n'));
    numbers.resize(10 + figures);
    GenerationReport report;
    report.generation = static_cast<std::uint32_t>(numbers[0]);
    report.evaluations = static_cast<std::uint64_t>(numbers[1]);
    report.frames = static_cast<std::uint64_t>(numbers[2]);
    report.champion = numbers[3];
    report.fitness = {numbers[4], numbers[5], numbers[6], numbers[7], numbers[8], numbers[9]};
    std::size_t at = 0;
    for (std::size_t i = 0; i < figures; ++i) {
        const std::size_t end = names.find('\n', at);
        report.figures.emplace_back(names.substr(at, end - at), numbers[10 + i]);
        at = end + 1;
    }
    return report;
}

} // namespace baldwin::neuroevolution

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The speed of reading metrics.jsonl beside its limit, which is reading the file and finding the
/// ends of its lines, and beside the JSON library on every line.
///
/// usage: metric_log_bench [LINES]     10,000,000 by default, about 0.7 GB in the temporary folder

#include "../support/timing.hpp"

#include <baldwin/core/detail/quiet_file.hpp>
#include <baldwin/core/metric_log.hpp>
#include <baldwin/core/metrics.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace baldwin;
using Clock = std::chrono::steady_clock;

// keeps nothing, so that only the reading is measured
struct Sum {
    double value = 0;
    std::size_t samples = 0;
    void append(std::size_t, std::uint64_t, double sample) {
        value += sample;
        ++samples;
    }
    void cut(std::size_t, std::size_t) {}
};

void write_log(const std::filesystem::path& path, std::uint64_t lines) {
    MetricsWriter metrics(path);
    for (std::uint64_t step = 0; step < lines; ++step) {
        const double x = static_cast<double>(step);
        const double loss = std::round(1e6 / (1 + 1e-6 * x) + 5e4 * std::sin(0.7 * x)) / 1e6;
        const double accuracy = std::round(1e4 * std::tanh(1e-6 * x)) / 1e4;
        metrics.write(step, 1e-3 * x, {{"loss", loss}, {"accuracy", accuracy}});
    }
}

// the limit: every byte through the same buffer, every line break found
std::size_t count_lines(const std::filesystem::path& path) {
    const baldwin::detail::QuietFile file(path);
    std::vector<char> buffer(MetricLog::kBlock);
    std::size_t lines = 0;
    for (std::uint64_t at = 0; at < file.size(); at += buffer.size()) {
        const std::size_t got = file.read(buffer.data(), buffer.size(), at);
        const char* place = buffer.data();
        const char* const end = place + got;
        while (const void* found =
                   std::memchr(place, '\n', static_cast<std::size_t>(end - place))) {
            place = static_cast<const char*>(found) + 1;
            ++lines;
        }
    }
    return lines;
}

// the peer: the JSON library, which read_metrics() uses, on the first lines
std::size_t parse_lines(const std::filesystem::path& path, std::size_t most) {
    std::ifstream file(path);
    std::size_t bytes = 0;
    for (std::string line; most > 0 && std::getline(file, line); --most) {
        auto row = baldwin::detail::parse_metrics_row(line);
        bench::keep(row);
        bytes += line.size() + 1;
    }
    return bytes;
}

// \param wanted  metrics that are parsed, in the order of the file
Sum read_log(const std::filesystem::path& path, std::size_t wanted) {
    MetricLog log(path);
    Sum sum;
    log.read(0, sum);
    for (std::size_t metric = 0; metric < wanted; ++metric) log.want(metric);
    while (log.read(0.1, sum).more) {
    }
    return sum;
}

template <class F>
void report(const char* what, double bytes, F&& work) {
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
        const auto began = Clock::now();
        auto result = work();
        bench::keep(result);
        best = std::min(best, std::chrono::duration<double>(Clock::now() - began).count());
    }
    std::printf("%-40s %7.3f s %8.0f MB/s\n", what, best, 1e-6 * bytes / best);
}

void run(std::uint64_t lines) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("metric_log_bench-" + std::to_string(::getpid()) + ".jsonl");
    write_log(path, lines);
    const auto bytes = static_cast<double>(std::filesystem::file_size(path));
    std::printf("%.0f lines, %.2f GB, best of three\n", static_cast<double>(lines), 1e-9 * bytes);
    report("limit: read, find line breaks", bytes, [&] { return count_lines(path); });
    report("names and steps alone", bytes, [&] { return read_log(path, 0).samples; });
    report("one metric of two", bytes, [&] { return read_log(path, 1).samples; });
    report("both metrics", bytes, [&] { return read_log(path, 2).samples; });
    constexpr std::size_t kFew = 200'000;
    const auto part = static_cast<double>(parse_lines(path, kFew));
    report("peer: JSON library, first 200,000 lines", part,
           [&] { return parse_lines(path, kFew); });
    std::filesystem::remove(path);
}

} // namespace

int main(int argc, char** argv) {
    try {
        run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "metric_log_bench: %s\n", error.what());
        return 1;
    }
    return 0;
}

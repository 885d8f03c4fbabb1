// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Times of one mac and of a network of 49, beside the algorithm written plainly.
/// usage: sdr_bench --json FILE [--seconds S] [--rounds N] [--only PART]

#include "../support/program.hpp"
#include "../support/timing.hpp"
#include "plain_mac.hpp"

#include <baldwin/core/random.hpp>
#include <baldwin/sdr/detail/bit_sums.hpp>
#include <baldwin/sdr/mac.hpp>
#include <baldwin/sdr/network.hpp>
#include <baldwin/sdr/readout.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace baldwin;
using namespace baldwin::bench;

constexpr std::size_t kPixels = 784;
constexpr std::size_t kActive = 100;
constexpr sdr::MacShape kShape = {50, 20};

/// One key of the report. Figures are microseconds, or ratios of them.
struct Job {
    std::string name;
    std::size_t threads;
    std::string unit;
    double goal; ///< to stay below
    std::function<double(double seconds)> ours;
    std::function<double(double seconds)> limit; ///< what the machine allows, or none
    std::function<double(double seconds)> peer;  ///< or none
};

std::vector<sdr::BitSet> random_frames(std::size_t count, std::uint64_t seed) {
    std::vector<sdr::BitSet> frames;
    for (std::uint64_t i = 0; i < count; ++i) {
        frames.push_back(sdr::random_bits(kPixels, kActive, Stream(seed, i)));
    }
    return frames;
}

sdr::MacParameters unfrozen() {
    sdr::MacParameters mac;
    mac.shape = kShape;
    mac.plasticity.freeze = sdr::FreezeScope::none;
    return mac;
}

/// A mac that has stored fifty frames, and those.
template <class M>
struct Stored {
    std::vector<sdr::BitSet> frames = random_frames(50, 1);
    M mac;

    explicit Stored(M empty) : mac(std::move(empty)) {
        for (const auto& frame : frames) mac.learn(frame);
    }
};

Stored<sdr::Mac> ours() { return Stored(sdr::Mac(unfrozen(), kPixels, Stream(2))); }
Stored<PlainMac> plain() { return Stored(PlainMac(kShape, kPixels, sdr::strict(), Stream(2))); }

/// Microseconds of a call with each frame in turn.
template <class F>
double time_each(double seconds, const std::vector<sdr::BitSet>& frames, F&& f) {
    return 1e6 / rate_of(seconds, [&] {
               for (const auto& frame : frames) f(frame);
               return static_cast<double>(frames.size());
           });
}

/// The row sums alone; active rows are listed beforehand. As planes, which all else starts from.
double sum_ours(double seconds) {
    const auto memory = ours();
    const auto& weights = memory.mac.weights(sdr::Signals::u);
    std::vector<std::vector<std::uint32_t>> rows;
    for (const auto& frame : memory.frames) rows.push_back(frame.indices());
    AlignedVector<std::uint64_t> planes(sdr::detail::kMostPlanes * weights.layout().words);
    std::size_t i = 0;
    return time_each(seconds, memory.frames, [&](const sdr::BitSet&) {
        sdr::detail::sum_rows(
            {weights.bits().data(), weights.layout().words, rows[i++ % rows.size()], planes.data()},
            sdr::KernelPath::automatic);
        keep(planes[0]);
    });
}
double sum_plain(double seconds) {
    auto memory = plain();
    return time_each(seconds, memory.frames, [&](const sdr::BitSet& frame) {
        auto count = memory.mac.sum(frame)[0];
        keep(count);
    });
}
/// Reading the active rows once, which any event-driven sum has to do.
double sum_limit(double seconds) {
    const auto memory = ours();
    const auto& weights = memory.mac.weights(sdr::Signals::u);
    const std::size_t words = weights.layout().words;
    std::vector<std::vector<std::uint32_t>> rows;
    for (const auto& frame : memory.frames) rows.push_back(frame.indices());
    AlignedVector<std::uint64_t> all(words);
    std::size_t i = 0;
    return time_each(seconds, memory.frames, [&](const sdr::BitSet&) {
        const auto& active = rows[i++ % rows.size()];
        for (std::size_t w = 0; w < words; w += 4) {
            std::uint64_t any[4] = {};
            for (const auto row : active) {
                const std::uint64_t* from = weights.bits().data() + row * words + w;
                for (std::size_t k = 0; k < 4; ++k) any[k] ^= from[k];
            }
            std::copy_n(any, 4, all.begin() + static_cast<std::ptrdiff_t>(w));
        }
        keep(all[0]);
    });
}

/// A mac and the read-out of ten classes beside it, for code, G and class.
struct Classifier {
    static constexpr std::size_t kClasses = 10;
    sdr::Mac mac;
    sdr::ClassReadout readout{
        {.modules = kShape.modules, .cells = kShape.cells, .classes = kClasses}};
    std::size_t items = 0;

    void learn(const sdr::BitSet& frame) {
        mac.learn(frame);
        readout.learn(mac.winners(), items++ % kClasses);
    }
    std::size_t recognise(const sdr::BitSet& frame) {
        mac.recognise(frame);
        return sdr::best_class(readout.binary_scores(mac.winners()));
    }
};

template <class M>
double time_storing(double seconds, Stored<M> memory) {
    return time_each(seconds, memory.frames,
                     [&](const sdr::BitSet& frame) { memory.mac.learn(frame); });
}
double time_recognising(double seconds) {
    auto memory = ours();
    Classifier classifier{std::move(memory.mac)};
    return time_each(seconds, memory.frames, [&](const sdr::BitSet& frame) {
        auto answer = classifier.recognise(frame);
        keep(answer);
    });
}
double time_recognising_plainly(double seconds) {
    auto memory = plain();
    return time_each(seconds, memory.frames, [&](const sdr::BitSet& frame) {
        memory.mac.recognise(frame);
        auto winner = memory.mac.winners()[0];
        keep(winner);
    });
}

/// Median microseconds of calls with new frames.
template <class F>
double median_time(std::uint64_t seed, F&& f) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> times;
    for (const auto& frame : random_frames(400, seed)) {
        const auto began = Clock::now();
        f(frame);
        times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
    }
    return median(std::move(times));
}

/// Median time of code, G and class with 10,000 items stored over that with 100.
double growth(bool is_storing) {
    double times[2];
    for (const std::size_t full : {0U, 1U}) {
        Classifier classifier{sdr::Mac(unfrozen(), kPixels, Stream(3))};
        for (const auto& frame : random_frames(full == 1 ? 10000 : 100, 4)) classifier.learn(frame);
        times[full] = median_time(5, [&](const sdr::BitSet& frame) {
            if (is_storing) return classifier.learn(frame);
            auto answer = classifier.recognise(frame);
            keep(answer);
        });
    }
    return times[1] / times[0];
}

/// The network of the sheet's best MNIST figures on random frames.
double time_network(double seconds, std::size_t threads, sdr::Mode mode) {
    sdr::NetworkParameters parameters;
    parameters.input = {28, 28};
    sdr::LevelParameters level;
    level.grid = {7, 7};
    level.u = sdr::Field::square(10);
    level.mac.shape = {10, 50};
    level.mac.plasticity.u_limit = 0.25;
    parameters.levels.push_back(level);
    sdr::Network network(parameters, 1, Executor(threads));
    const auto frames = random_frames(200, 6);
    return 1e6 / rate_of(seconds, [&] {
               network.present_all(frames, mode);
               return static_cast<double>(frames.size());
           });
}

std::vector<Job> all_jobs() {
    std::vector<Job> jobs;
    jobs.push_back({"u_sums", 1, "us", 0.5, sum_ours, sum_limit, sum_plain});
    jobs.push_back({"store",
                    1,
                    "us",
                    2,
                    [](double s) { return time_storing(s, ours()); },
                    {},
                    [](double s) { return time_storing(s, plain()); }});
    jobs.push_back({"recognise", 1, "us", 2, time_recognising, {}, time_recognising_plainly});
    jobs.push_back({"store_growth", 1, "ratio", 1.1, [](double) { return growth(true); }, {}, {}});
    jobs.push_back(
        {"recognise_growth", 1, "ratio", 1.1, [](double) { return growth(false); }, {}, {}});
    for (const std::size_t threads : {1U, 2U}) {
        jobs.push_back({"network_store",
                        threads,
                        "us",
                        300,
                        [=](double s) { return time_network(s, threads, sdr::Mode::learn); },
                        {},
                        {}});
        jobs.push_back({"network_recognise",
                        threads,
                        "us",
                        300,
                        [=](double s) { return time_network(s, threads, sdr::Mode::recognise); },
                        {},
                        {}});
    }
    return jobs;
}

struct Result {
    double ours = 0;
    std::optional<double> limit;
    std::optional<double> peer;
};

double median_of(const Options& options, const std::function<double(double)>& measure) {
    std::vector<double> values;
    for (std::size_t round = 0; round < options.rounds; ++round) {
        values.push_back(measure(options.seconds));
    }
    return median(std::move(values));
}

Result measure(const Options& options, const Job& job) {
    Result result;
    result.ours = median_of(options, job.ours);
    if (job.limit) result.limit = median_of(options, job.limit);
    if (job.peer) result.peer = median_of(options, job.peer);
    return result;
}

std::string object(const Job& job, const Result& result) {
    std::optional<double> ratio;
    if (result.peer) ratio = *result.peer / result.ours;
    return "  \"" + job.name + "/" + std::to_string(job.threads) +
           "\": {\"ours\": " + number(result.ours) + ", \"unit\": \"" + job.unit +
           "\", \"limit\": " + number(result.limit) + ", \"peer\": " + number(result.peer) +
           ", \"peer_name\": " + (result.peer ? "\"plain loops\"" : "null") +
           ", \"ratio\": " + number(ratio) + ", \"goal\": " + number(job.goal) + "}";
}

Options parse(int count, char** arguments) {
    return parse_options(count, arguments, {.seconds = 0.5}, false);
}

void run(const Options& options) {
    std::string text;
    std::printf("%-20s %9s %9s %9s %9s  unit\n", "", "ours", "goal", "limit", "plain");
    for (const Job& job : all_jobs()) {
        const std::string key = job.name + "/" + std::to_string(job.threads);
        if (key.find(options.only) == std::string::npos) continue;
        const Result result = measure(options, job);
        std::printf("%-20s %9s %9s %9s %9s  %s\n", key.c_str(), number(result.ours).c_str(),
                    number(job.goal).c_str(), number(result.limit).c_str(),
                    number(result.peer).c_str(), job.unit.c_str());
        std::fflush(stdout);
        text += (text.empty() ? "" : ",\n") + object(job, result);
    }
    write_results(options.json, text);
}

} // namespace

int main(int count, char** arguments) {
    return baldwin::bench::run_main("sdr_bench", count, arguments, parse, run);
}

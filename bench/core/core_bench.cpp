// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The speed of core beside libtorch and beside the limits of the machine.
///
/// usage: core_bench --json FILE [--peer PROGRAM] [--seconds S] [--rounds N] [--only TEXT]
///
/// Every job runs in rounds, ours and the peer's in turn, so that both meet the same moods of the
/// machine; figures are medians over the rounds.

#include "../support/program.hpp"
#include "../support/timing.hpp"
#include "limits.hpp"
#include "workloads.hpp"

#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace baldwin;
using namespace baldwin::bench;

/// One key of the report.
struct Job {
    std::string name;
    std::size_t threads;
    std::string unit;
    double scale; ///< of the rate, to the unit
    /// Starts the work: a function that does some and says how much.
    std::function<std::function<double()>()> start;
    /// The rate that the machine's limits allow.
    std::function<double(const Limits&)> limit;
    std::vector<std::size_t> peer_threads; ///< the best of these counts
};

struct Result {
    double ours = 0;
    double limit = 0;
    std::optional<double> peer;
    std::string peer_name;
    std::optional<double> ratio;
};

/// Rate of the peer, or nothing if it does not know the job.
std::optional<double> peer_rate(const Options& options, const Job& job, std::size_t threads) {
    return run_peer("OPENBLAS_NUM_THREADS=1 '" + options.peer + "' " + job.name + " " +
                    std::to_string(threads) + " " + std::to_string(options.seconds));
}

Result measure(const Options& options, const Job& job, const Limits& limits) {
    Result result;
    result.limit = job.limit(limits) * job.scale;
    std::vector<double> ours;
    std::vector<std::vector<double>> peers(job.peer_threads.size());
    const auto work = job.start();
    for (std::size_t round = 0; round < options.rounds; ++round) {
        ours.push_back(rate_of(options.seconds, work) * job.scale);
        for (std::size_t i = 0; i < peers.size() && !options.peer.empty(); ++i) {
            const auto rate = peer_rate(options, job, job.peer_threads[i]);
            if (rate) peers[i].push_back(*rate * job.scale);
        }
    }
    result.ours = median(ours);
    for (std::size_t i = 0; i < peers.size(); ++i) {
        if (peers[i].empty()) continue;
        const double rate = median(peers[i]);
        if (result.peer && *result.peer >= rate) continue;
        result.peer = rate;
        result.peer_name = "libtorch, " + std::to_string(job.peer_threads[i]) + " thread(s)";
        result.ratio = result.ours / rate;
    }
    return result;
}

Job training(const std::string& name, std::size_t threads, const nn::Preset& preset,
             std::size_t batch, std::vector<std::size_t> peer_threads) {
    const auto start = [=] {
        const auto subject = std::make_shared<Subject>(preset, batch, 50 * batch, threads);
        return [subject] { return subject->train(); };
    };
    const auto limit = [=](const Limits& limits) {
        return limits.flops / Subject(preset, 1, 1, 1).training_flops();
    };
    return {name, threads, "images/s", 1, start, limit, std::move(peer_threads)};
}

/// Forward passes: bound by arithmetic, and by reading the parameters once a batch where those do
/// not fit the cache.
Job inference(const std::string& name, std::size_t threads, const nn::Preset& preset,
              std::size_t batch, const std::string& unit) {
    const auto start = [=] {
        const auto subject = std::make_shared<Subject>(preset, batch, 50 * batch, threads);
        return [subject] { return subject->infer(); };
    };
    const auto limit = [=](const Limits& limits) {
        const Subject subject(preset, 1, 1, 1);
        const double bytes = 4.0 * static_cast<double>(subject.parameters());
        const double reading = bytes > 4e6 ? bytes / static_cast<double>(batch) / limits.read : 0;
        return 1 / (subject.forward_flops() / limits.flops + reading);
    };
    return {name, threads, unit, 1, start, limit, {threads}};
}

std::vector<Job> all_jobs() {
    std::vector<Job> jobs;
    jobs.push_back(training("mlp_train", 1, nn::mlp(), 128, {1}));
    jobs.push_back(training("mlp_train", 2, nn::mlp(), 128, {1, 2}));
    for (const std::size_t threads : {1, 2}) {
        jobs.push_back(training("cnn_train", threads, nn::cnn(), 64, {threads}));
    }
    for (const std::size_t threads : {1, 2}) {
        jobs.push_back(inference("cnn_infer", threads, nn::cnn(), 64, "images/s"));
    }
    jobs.push_back(inference("dqn_forward_1", 1, nn::dqn(), 1, "frames/s"));
    jobs.push_back(inference("dqn_forward_32", 1, nn::dqn(), 32, "frames/s"));
    jobs.push_back(inference("policy_forward_1", 1, policy(), 1, "forwards/s"));
    jobs.push_back({"normals",
                    1,
                    "million/s",
                    1e-6,
                    [] { return std::function(draw_normals); },
                    [](const Limits& limits) { return limits.bits; },
                    {1}});
    return jobs;
}

std::string object(const Job& job, const Result& result) {
    const std::string peer = result.peer ? "\"" + result.peer_name + "\"" : "null";
    return "  \"" + job.name + "/" + std::to_string(job.threads) +
           "\": {\"ours\": " + number(result.ours) + ", \"unit\": \"" + job.unit +
           "\", \"limit\": " + number(result.limit) + ", \"peer\": " + number(result.peer) +
           ", \"peer_name\": " + peer + ", \"ratio\": " + number(result.ratio) + "}";
}

Options parse(int count, char** arguments) {
    return parse_options(count, arguments, {.seconds = 1.0}, true);
}

void run(const Options& options) {
    std::string text;
    std::printf("%-18s %12s %12s %12s %7s  unit\n", "", "ours", "limit", "peer", "ratio");
    for (const Job& job : all_jobs()) {
        const std::string key = job.name + "/" + std::to_string(job.threads);
        if (key.find(options.only) == std::string::npos) continue;
        const Result result = measure(options, job, measure_limits(job.threads));
        std::printf("%-18s %12s %12s %12s %7s  %s\n", key.c_str(), number(result.ours).c_str(),
                    number(result.limit).c_str(), number(result.peer).c_str(),
                    number(result.ratio).c_str(), job.unit.c_str());
        std::fflush(stdout);
        text += (text.empty() ? "" : ",\n") + object(job, result);
    }
    write_results(options.json, text);
}

} // namespace

int main(int count, char** arguments) {
    return baldwin::bench::run_main("core_bench", count, arguments, parse, run);
}

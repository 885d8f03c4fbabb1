// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Decoding of the genome of a network of 4,052,658 weights, the novelty archive, and the GA beside
/// pagmo2's.
/// usage: neuroevolution_bench --json FILE [--peer PROGRAM] [--seconds S] [--rounds N] [--only
/// PART] Ours and the peer run in turn; figures are medians of the rounds.

#include "../support/program.hpp"
#include "../support/timing.hpp"

#include <baldwin/core/detail/normal_fill.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/genetic.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>
#include <baldwin/neuroevolution/novelty.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace baldwin;
using namespace baldwin::bench;
using namespace baldwin::neuroevolution;
using baldwin::detail::NormalPath;

/// One key of the report: milliseconds, to stay below the goal; or a rate, whose ratio to the
/// peer's is to stay above.
struct Job {
    std::string name;
    std::size_t threads;
    std::string unit;
    double goal;
    std::function<double(double seconds)> ours;
    std::function<double(double seconds)> peer = {}; ///< measured here
    std::string peer_name = {};
    bool has_program = false; ///< the peer is a program
};

/// The layout of `conv 32 8x8/4 same, relu, conv 64 4x4/2 same, relu, conv 64 3x3/1 same, relu,
/// linear 512, relu, linear 18` on 4 x 84 x 84.
Layout atari_layout() {
    Layout layout;
    const auto add = [&](const char* layer, Shape shape, std::size_t in, std::size_t out) {
        const std::string name = layer;
        layout.add({name + ".weight", shape, 0, ParameterKind::weight, in, out, name, {}});
        layout.add({name + ".bias", {shape[0]}, 0, ParameterKind::bias, in, out, name, {}});
    };
    add("0.conv", {32, 4, 8, 8}, 256, 2048);
    add("2.conv", {64, 32, 4, 4}, 512, 1024);
    add("4.conv", {64, 64, 3, 3}, 576, 576);
    add("6.linear", {512, 7744}, 7744, 512);
    add("8.linear", {18, 512}, 512, 18);
    if (layout.size() != 4'052'658) throw std::logic_error("this is another network");
    return layout;
}

Genome lineage(std::uint32_t generations) {
    Genome genome = Genome::fresh(1, {0, 3});
    for (std::uint32_t g = 1; g <= generations; ++g) {
        genome = genome.mutated({{g, (g * 389) % 1000}, 0.002F});
    }
    return genome;
}

template <class F>
double milliseconds(double seconds, F&& f) {
    return 1e3 / rate_of(seconds, [&] {
               f();
               return 1.0;
           });
}

/// A child from its parent by one version of the kernel, block by block as the decoder does it.
double mutate_by(NormalPath path, double seconds) {
    const std::size_t size = atari_layout().size();
    const AlignedVector<float> parent(size, 0.1F);
    AlignedVector<float> child(size);
    const baldwin::detail::WordSource noise{5, 0, baldwin::detail::DrawKind::normals};
    return milliseconds(seconds, [&] {
        for (std::size_t begin = 0; begin < size; begin += neuroevolution::detail::kDecodeBlock) {
            const std::size_t end = std::min(begin + neuroevolution::detail::kDecodeBlock, size);
            const auto block = std::span(child).subspan(begin, end - begin);
            std::copy_n(parent.data() + begin, block.size(), block.begin());
            baldwin::detail::on_draws(baldwin::detail::AddNormal{0.002F}, noise, begin, block,
                                      path);
        }
        keep(child[0]);
    });
}

/// The same with noise from a shared table instead of a generator.
double mutate_from_table(double seconds) {
    const std::size_t size = atari_layout().size();
    AlignedVector<float> table(std::size_t{1} << 26); // 256 MB; published runs have 1 GB
    Stream(123).fill_normal(std::span<float>(table));
    const AlignedVector<float> parent(size, 0.1F);
    AlignedVector<float> child(size);
    std::uint64_t at = 0;
    return milliseconds(seconds, [&] {
        const float* noise = table.data() + Stream(4).below(table.size() - size, at++);
        for (std::size_t i = 0; i < size; ++i) child[i] = parent[i] + 0.002F * noise[i];
        keep(child[0]);
    });
}

double mutate_cached(double seconds, std::size_t threads) {
    const Decoder decoder(atari_layout());
    const Executor executor(threads);
    const AlignedVector<float> parent = decoder.decode(lineage(1));
    AlignedVector<float> child(parent.size());
    std::uint64_t seed = 0;
    return milliseconds(seconds, [&] {
        decoder.mutate_into(parent, {}, seed++, 0.002F, child, executor);
        keep(child[0]);
    });
}

double decode_cold(double seconds, std::size_t threads) {
    const Decoder decoder(atari_layout());
    const Executor executor(threads);
    const Genome genome = lineage(100);
    AlignedVector<float> theta(decoder.size());
    return milliseconds(seconds, [&] {
        decoder.decode_into(genome, theta, executor);
        keep(theta[0]);
    });
}

std::vector<float> uniform_points(std::size_t count, std::uint64_t seed) {
    std::vector<float> points(2 * count);
    Stream(seed).fill_uniform(std::span<float>(points));
    return points;
}

NoveltyArchive archive_of(std::size_t count) {
    NoveltyArchive archive(2);
    const auto points = uniform_points(count, 1);
    for (std::size_t i = 0; i < points.size(); i += 2) {
        archive.add(std::span<const float>(points).subspan(i, 2));
    }
    return archive;
}

double query_archive(double seconds, std::size_t threads) {
    const NoveltyArchive archive = archive_of(100'000);
    const auto queries = uniform_points(1000, 2);
    const Executor executor(threads);
    return milliseconds(seconds, [&] {
        auto nearest = archive.nearest(queries, 25, executor);
        keep(nearest[0]);
    });
}
double query_by_comparing(double seconds) {
    const auto points = uniform_points(100'000, 1);
    const auto queries = uniform_points(1000, 2);
    std::vector<double> distances(points.size() / 2);
    return milliseconds(seconds, [&] {
        for (std::size_t q = 0; q < queries.size(); q += 2) {
            for (std::size_t i = 0; i < distances.size(); ++i) {
                const double x = double{points[2 * i]} - queries[q];
                const double y = double{points[2 * i + 1]} - queries[q + 1];
                distances[i] = x * x + y * y;
            }
            std::nth_element(distances.begin(), distances.begin() + 24, distances.end());
            keep(distances[0]);
        }
    });
}

/// Evaluations a second at dimension 1,000, population 100, 20 parents, all genes mutated.
double evolve(double seconds, std::size_t threads) {
    Layout layout;
    layout.add({"w", {1, 1000}, 0, ParameterKind::weight, 1000, 1, "w", {}});
    const auto sphere = plain_fitness([](std::span<const float> theta) {
        float sum = 0;
        for (const float x : theta) sum += (x - 0.5F) * (x - 0.5F);
        return -double{sum};
    });
    const Executor executor(threads);
    GaConfig config;
    config.run.generations = 1U << 31;
    config.sigma.first = 0.01;
    GeneticAlgorithm ga(config, executor);
    LocalEngine engine(Decoder(layout), sphere, executor);
    Evolution evolution(ga, engine);
    return rate_of(seconds, [&] {
        const auto before = ga.progress().evaluations;
        for (int generation = 0; generation < 20;) {
            generation += evolution.step() == Evolution::Step::generation ? 1 : 0;
        }
        return static_cast<double>(ga.progress().evaluations - before);
    });
}

std::vector<Job> all_jobs() {
    std::vector<Job> jobs;
    const auto by = [](NormalPath path) {
        return [path](double seconds) { return mutate_by(path, seconds); };
    };
    if (baldwin::detail::has_path(NormalPath::avx512)) {
        jobs.push_back({"mutate_avx512", 1, "ms", 6, by(NormalPath::avx512), mutate_from_table,
                        "noise table of 256 MB"});
    }
    if (baldwin::detail::has_path(NormalPath::avx2)) {
        jobs.push_back({"mutate_avx2", 1, "ms", 12, by(NormalPath::avx2), mutate_from_table,
                        "noise table of 256 MB"});
    }
    for (const std::size_t threads : {1U, 2U}) {
        jobs.push_back({"decode_cached", threads, "ms", 12,
                        [=](double s) { return mutate_cached(s, threads); }});
        jobs.push_back({"decode_cold_100", threads, "ms", 1200,
                        [=](double s) { return decode_cold(s, threads); }});
        jobs.push_back(
            {"archive_1000", threads, "ms", 20, [=](double s) { return query_archive(s, threads); },
             threads == 1 ? query_by_comparing : std::function<double(double)>(), "comparing all"});
    }
    jobs.push_back({"ga_1000",
                    1,
                    "evaluations/s",
                    5,
                    [](double s) { return evolve(s, 1); },
                    {},
                    "pagmo2 sga, 1 thread",
                    true});
    jobs.push_back({"ga_1000", 2, "evaluations/s", 0, [](double s) { return evolve(s, 2); }});
    return jobs;
}

/// \throws std::runtime_error if it prints no rate
double peer_rate(const Options& options, const Job& job) {
    const std::string command =
        "'" + options.peer + "' " + job.name + " 1 " + std::to_string(options.seconds);
    const auto rate = run_peer(command);
    if (!rate) throw std::runtime_error(command + ": failed");
    return *rate;
}

struct Result {
    double ours = 0;
    std::optional<double> peer;
    std::optional<double> ratio; ///< how many times as fast as the peer
};

Result measure(const Options& options, const Job& job) {
    std::vector<double> ours;
    std::vector<double> peers;
    for (std::size_t round = 0; round < options.rounds; ++round) {
        ours.push_back(job.ours(options.seconds));
        if (job.peer) peers.push_back(job.peer(options.seconds));
        if (job.has_program && !options.peer.empty()) peers.push_back(peer_rate(options, job));
    }
    Result result;
    result.ours = median(ours);
    if (peers.empty()) return result;
    result.peer = median(peers);
    result.ratio = job.unit == "ms" ? *result.peer / result.ours : result.ours / *result.peer;
    return result;
}

std::string object(const Job& job, const Result& result) {
    const auto goal = job.goal > 0 ? std::optional(job.goal) : std::nullopt;
    return "  \"" + job.name + "/" + std::to_string(job.threads) +
           "\": {\"ours\": " + number(result.ours) + ", \"unit\": \"" + job.unit +
           "\", \"peer\": " + number(result.peer) +
           ", \"peer_name\": " + (result.peer ? "\"" + job.peer_name + "\"" : "null") +
           ", \"ratio\": " + number(result.ratio) + ", \"goal\": " + number(goal) +
           ", \"goal_of\": " + (job.unit == "ms" ? "\"ours\"" : "\"ratio\"") + "}";
}

Options parse(int count, char** arguments) {
    return parse_options(count, arguments, {.seconds = 0.5}, true);
}

/// The size of a genome, which needs no clock.
std::string genome_object() {
    const Genome genome = lineage(100);
    std::printf("genome of 100 generations: %zu bytes, compression %.0f\n", genome_bytes(genome),
                compression(genome, atari_layout().size()));
    return "  \"genome_100\": {\"bytes\": " + std::to_string(genome_bytes(genome)) +
           ", \"compression\": " + number(compression(genome, atari_layout().size())) +
           ", \"goal\": 40000}";
}

void run(const Options& options) {
    std::string text = genome_object();
    std::printf("%-20s %11s %9s %11s %7s  unit\n", "", "ours", "goal", "peer", "ratio");
    for (const Job& job : all_jobs()) {
        const std::string key = job.name + "/" + std::to_string(job.threads);
        if (key.find(options.only) == std::string::npos) continue;
        const Result result = measure(options, job);
        std::printf("%-20s %11s %9s %11s %7s  %s\n", key.c_str(), number(result.ours).c_str(),
                    number(job.goal).c_str(), number(result.peer).c_str(),
                    number(result.ratio).c_str(), job.unit.c_str());
        std::fflush(stdout);
        text += ",\n" + object(job, result);
    }
    write_results(options.json, text);
}

} // namespace

int main(int count, char** arguments) {
    return baldwin::bench::run_main("neuroevolution_bench", count, arguments, parse, run);
}

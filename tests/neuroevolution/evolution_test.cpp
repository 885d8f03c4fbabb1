// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "problems.hpp"
#include "support/errors.hpp"
#include "support/threads.hpp"

#include <baldwin/core/stop.hpp>
#include <baldwin/neuroevolution/genetic.hpp>
#include <baldwin/neuroevolution/map_elites.hpp>
#include <baldwin/neuroevolution/strategy.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::neuroevolution::evolution_test {
namespace {

using baldwin::test::message_of;

const Layout kLayout = test::small_layout();

RunConfig small_run() {
    RunConfig run;
    run.seed = 4;
    run.population = 40;
    run.episodes = 2;
    run.validation_episodes = 7;
    run.candidates = 4;
    run.generations = 6;
    run.cap = {.steps = 11, .threshold = 0.1, .ratio = 1.3, .most = 14};
    return run;
}

constexpr std::array<std::string_view, 7> kAlgorithms = {"ga",    "ga-ns",  "rs",        "es",
                                                         "ns-es", "nsr-es", "map-elites"};

std::unique_ptr<Algorithm> make(std::string_view name, const Executor& executor,
                                const RunConfig& run = small_run()) {
    if (name == "map-elites") {
        MapElitesConfig config;
        config.run = run;
        config.cells = Cells::cvt({{-1, 1, 0}, {-1, 1, 0}}, 30, 1, executor);
        return std::make_unique<MapElites>(config);
    }
    if (name.ends_with("es")) {
        EsConfig config;
        config.run = run;
        config.kind = name == "es" ? EsKind::es : name == "ns-es" ? EsKind::ns_es : EsKind::nsr_es;
        config.normalises_observations = true;
        config.moments_probability = 0.3;
        return std::make_unique<EvolutionStrategy>(config, Decoder(kLayout), executor);
    }
    GaConfig config;
    config.run = run;
    config.parents = name == "rs" ? 0 : 8;
    config.selection = name == "ga-ns" ? Selection::novelty : Selection::fitness;
    config.novelty.archive_probability = 0.2;
    config.rule = name == "ga-ns" ? SigmaRule::self_adaptive : SigmaRule::groups;
    config.sigma_groups = 5;
    return std::make_unique<GeneticAlgorithm>(config, executor);
}

LocalEngine engine(const Executor& executor, std::size_t cache = 1U << 20) {
    return {Decoder(kLayout), each_episode(test::noisy_sphere), executor, cache};
}

std::vector<std::byte> whole_run(std::string_view name, const Executor& executor,
                                 std::size_t cache = 1U << 20) {
    const auto algorithm = make(name, executor);
    LocalEngine local = engine(executor, cache);
    Evolution evolution(*algorithm, local);
    evolution.run();
    EXPECT_EQ(algorithm->progress().generation, 6U);
    EXPECT_EQ(algorithm->name(), name);
    return test::state_of(evolution);
}

TEST(NeuroevolutionEvolution, AnyNumberOfThreadsEndsWithTheSameBits) {
    for (const auto name : kAlgorithms) {
        SCOPED_TRACE(name);
        const auto expected = whole_run(name, Executor(1));
        for (const std::size_t threads : {2U, 3U, 8U}) {
            const Executor executor(threads);
            const baldwin::test::Rendezvous rendezvous(executor);
            EXPECT_EQ(whole_run(name, executor), expected) << threads;
            EXPECT_EQ(rendezvous.most_threads(), threads);
        }
        // nothing kept: all is decoded from seeds
        EXPECT_EQ(whole_run(name, Executor(1), 0), expected);
    }
}

// A checkpoint after every step, slices of one or two items, each resumed by a new process's
// objects.
TEST(NeuroevolutionEvolution, ResumedInsideAGenerationItEndsWithTheSameBits) {
    for (const auto name : kAlgorithms) {
        SCOPED_TRACE(name);
        const auto expected = whole_run(name, Executor(1));
        std::vector<std::byte> saved;
        std::size_t partial = 0;
        for (bool is_over = false; !is_over;) {
            const auto algorithm = make(name, Executor(1));
            LocalEngine local = engine(Executor(1));
            Evolution evolution(*algorithm, local, 1e-9);
            if (!saved.empty()) evolution.restore(SafetensorsFile(saved, "checkpoint"));
            for (int i = 0; i < 17 && !evolution.is_over(); ++i) {
                partial += evolution.step() == Evolution::Step::part ? 1 : 0;
            }
            saved = test::state_of(evolution);
            is_over = evolution.is_over();
        }
        EXPECT_EQ(saved, expected);
        EXPECT_GT(partial, 50U);
    }
}

// Ends a run and its copy from the third generation on.
template <class A>
void expect_a_copy_goes_on_by_itself(std::string_view name) {
    SCOPED_TRACE(name);
    const auto made = make(name, Executor(1));
    auto& algorithm = dynamic_cast<A&>(*made);
    LocalEngine local = engine(Executor(1));
    Evolution begun(algorithm, local);
    while (algorithm.progress().generation < 3) begun.step();
    A copy = algorithm;
    Evolution original(algorithm, local);
    original.run();
    EXPECT_EQ(copy.progress().generation, 3U);
    Evolution other(copy, local);
    other.run();
    const auto expected = whole_run(name, Executor(1));
    EXPECT_EQ(test::state_of(original), expected);
    EXPECT_EQ(test::state_of(other), expected);
}

TEST(NeuroevolutionEvolution, ACopyOfAnAlgorithmGoesOnByItself) {
    expect_a_copy_goes_on_by_itself<GeneticAlgorithm>("ga");
    expect_a_copy_goes_on_by_itself<GeneticAlgorithm>("ga-ns");
    expect_a_copy_goes_on_by_itself<EvolutionStrategy>("es");
    expect_a_copy_goes_on_by_itself<EvolutionStrategy>("nsr-es");
    expect_a_copy_goes_on_by_itself<MapElites>("map-elites");
}

// A generation that takes half an hour is counted before it is told, and once.
TEST(NeuroevolutionEvolution, TheUnfinishedGenerationIsCountedBesideTheProgress) {
    for (const auto name : kAlgorithms) {
        SCOPED_TRACE(name);
        const auto algorithm = make(name, Executor(1));
        LocalEngine local = engine(Executor(1));
        Evolution evolution(*algorithm, local, 1e-9);
        std::uint64_t episodes = 0;
        std::uint64_t frames = 0;
        std::optional<std::uint64_t> to_goal; // as it was first said
        bool was_partial = false;
        while (algorithm->progress().generation < 2) {
            const auto step = evolution.step();
            const Progress now = evolution.progress();
            const bool is_partial = now.evaluations > algorithm->progress().evaluations;
            EXPECT_EQ(is_partial, step == Evolution::Step::part);
            was_partial = was_partial || is_partial;
            EXPECT_GE(now.evaluations, episodes + 1);
            EXPECT_GE(now.frames, frames + 1);
            episodes = now.evaluations;
            frames = now.frames;
            to_goal = to_goal ? to_goal : now.evaluations_to_goal;
        }
        EXPECT_TRUE(was_partial);
        EXPECT_EQ(episodes, algorithm->progress().evaluations);
        EXPECT_EQ(to_goal, algorithm->progress().evaluations_to_goal);
    }
}

RunConfig quiet_run(std::string_view name) {
    RunConfig run = small_run();
    run.validation_episodes = name.ends_with("es") && name != "map-elites" ? 1 : 0;
    return run;
}

Episode quiet_sphere(const Candidate& candidate, std::uint64_t seed) {
    Episode episode = test::noisy_sphere(candidate, seed);
    episode.fitness = test::sphere(candidate.theta);
    return episode;
}

// Whatever selection goes by, and also inside a generation: without noise nobody who was evaluated
// is better than the champion.
TEST(NeuroevolutionEvolution, WithoutNoiseTheChampionIsTheBestOfAllThatWereEvaluated) {
    for (const auto name : kAlgorithms) {
        SCOPED_TRACE(name);
        const auto algorithm = make(name, Executor(1), quiet_run(name));
        double best = -std::numeric_limits<double>::infinity();
        LocalEngine local(Decoder(kLayout), each_episode([&](const Candidate& it, auto seed) {
                              const Episode episode = quiet_sphere(it, seed);
                              best = std::max(best, episode.fitness);
                              return episode;
                          }));
        Evolution evolution(*algorithm, local, 1e-9);
        EXPECT_FALSE(evolution.champion());
        while (!evolution.is_over()) {
            evolution.step();
            EXPECT_EQ(evolution.champion()->fitness, best);
        }
        const Champion& champion = *algorithm->champion();
        EXPECT_EQ(champion.fitness, best);
        EXPECT_EQ(test::sphere(Decoder(kLayout).decode(champion.individual.genome)), best);
    }
}

// With noise a lucky episode makes nobody the champion; before there is one, it is all there is.
TEST(NeuroevolutionEvolution, InsideAGenerationTheChampionStaysUntilOthersAreValidated) {
    const auto algorithm = make("ga", Executor(1));
    LocalEngine local = engine(Executor(1));
    Evolution evolution(*algorithm, local, 1e-9);
    while (evolution.step() == Evolution::Step::part) {
        EXPECT_EQ(evolution.champion()->episodes, 2U);
    }
    while (evolution.step() != Evolution::Step::generation) {
        EXPECT_EQ(evolution.champion()->episodes, evolution.evaluated() < 7 ? 2U : 7U);
    }
    const double validated = algorithm->champion()->fitness;
    while (evolution.step() == Evolution::Step::part) {
        EXPECT_EQ(evolution.champion()->fitness, validated);
    }
}

TEST(NeuroevolutionEvolution, TheLastPopulationIsInACheckpoint) {
    for (const auto name : kAlgorithms) {
        SCOPED_TRACE(name);
        const auto algorithm = make(name, Executor(1), quiet_run(name));
        LocalEngine local = engine(Executor(1));
        Evolution evolution(*algorithm, local);
        evolution.run();
        const auto again = make(name, Executor(1), quiet_run(name));
        Evolution other(*again, local);
        EXPECT_TRUE(other.population().results.empty());
        other.restore(SafetensorsFile(test::state_of(evolution), "checkpoint"));
        EXPECT_EQ(other.population().batch, evolution.population().batch);
        EXPECT_EQ(other.population().results, evolution.population().results);
        EXPECT_EQ(other.population().results.size(), 40U);
        EXPECT_EQ(other.population().batch.generation, 5U);
    }
}

// What validated individuals take is not what is expected of newcomers.
TEST(NeuroevolutionEvolution, ASliceIsSmallWhereABatchBegins) {
    class Watched final : public Engine {
    public:
        void evaluate(const Batch&, Range items, std::span<Evaluation> results) override {
            sizes.push_back(items.size());
            if (items.begin == 0) first_sizes.push_back(items.size());
            for (std::size_t i = items.begin; i < items.end; ++i) results[i].episodes = 1;
        }
        [[nodiscard]] std::size_t concurrency() const override { return 2; }

        std::vector<std::size_t> sizes;
        std::vector<std::size_t> first_sizes;
    } engine;
    GaConfig config;
    config.run.population = 1000;
    config.run.generations = 3;
    GeneticAlgorithm ga(config);
    Evolution evolution(ga, engine);
    evolution.run();
    EXPECT_EQ(engine.first_sizes, (std::vector<std::size_t>{2, 2, 2}));
    EXPECT_EQ(*std::max_element(engine.sizes.begin(), engine.sizes.end()), 854U);
}

TEST(NeuroevolutionAlgorithm, CountsWhatWasPlayedBeforeItsFirstBatch) {
    const auto algorithm = make("ga", Executor(1));
    std::vector<Evaluation> before(3);
    for (Evaluation& one : before) one.episodes = 1;
    before[2].frames = 8;
    before[1].first_goal = 1;
    algorithm->charge(before);
    EXPECT_EQ(algorithm->progress().evaluations, 3U);
    EXPECT_EQ(algorithm->progress().frames, 8U);
    EXPECT_EQ(algorithm->progress().evaluations_to_goal, 2U);
}

// Items in any order, one by one, by an engine that has seen nothing else, some of them twice.
TEST(NeuroevolutionEngine, ResultsDoNotDependOnWhoEvaluatesWhatAndWhen) {
    for (const auto name : kAlgorithms) {
        SCOPED_TRACE(name);
        const auto algorithm = make(name, Executor(1));
        LocalEngine one = engine(Executor(1));
        while (!algorithm->is_over()) {
            const Batch& batch = algorithm->ask();
            std::vector<Evaluation> all(batch.items.size());
            one.evaluate(batch, {0, all.size()}, all);
            std::vector<Evaluation> pieces(all.size());
            for (std::size_t i = all.size(); i-- > 0;) {
                LocalEngine other = engine(Executor(1), i % 2 == 0 ? 0 : 1U << 20);
                other.evaluate(batch, {i, std::min(i + 2, all.size())}, pieces);
            }
            EXPECT_EQ(pieces, all);
            algorithm->tell(all);
        }
    }
}

TEST(NeuroevolutionEngine, NamesTheChildWhoseFitnessIsNoNumber) {
    const auto algorithm = make("ga", Executor(1));
    LocalEngine local(Decoder(kLayout), each_episode([](const Candidate&, std::uint64_t) {
                          Episode episode;
                          episode.fitness = std::nan("");
                          return episode;
                      }));
    std::vector<Evaluation> results(40);
    EXPECT_EQ(message_of<std::runtime_error>([&] {
                  local.evaluate(algorithm->ask(), {3, 5}, results);
              }),
              "child 3 of generation 0: its fitness must be a finite number, got nan");
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  local.evaluate(algorithm->ask(), {3, 41}, results);
              }),
              "Engine: there must be a result for each of 40 items, and a range among them, got 40 "
              "and [3, 41)");
}

TEST(NeuroevolutionEngine, AFitnessWithBehavioursOfDifferentLengthsIsRefused) {
    const auto algorithm = make("ga-ns", Executor(1));
    LocalEngine local(Decoder(kLayout), each_episode([](const Candidate& it, std::uint64_t) {
                          Episode episode;
                          episode.behaviour.resize(it.theta[0] > 0 ? 2 : 3);
                          return episode;
                      }));
    Evolution evolution(*algorithm, local);
    EXPECT_EQ(message_of<std::runtime_error>([&] { evolution.run(); }).substr(0, 41),
              "novelty needs behaviours of one length, g");
}

TEST(NeuroevolutionEvolution, StopsWhereItIsAskedToAndGoesOn) {
    const auto expected = whole_run("ga", Executor(1));
    const auto algorithm = make("ga", Executor(1));
    std::size_t calls = 0;
    LocalEngine local(Decoder(kLayout), [&](const Candidate& it, std::span<Episode> episodes) {
        for (std::size_t i = 0; i < episodes.size(); ++i) {
            episodes[i] = test::noisy_sphere(it, it.seeds[i]);
        }
        if (++calls == 70) request_stop();
    });
    Evolution evolution(*algorithm, local);
    while (evolution.step() != Evolution::Step::stopped) continue;
    EXPECT_EQ(calls, 70U);
    clear_stop();
    evolution.run();
    EXPECT_EQ(test::state_of(evolution), expected);
}

TEST(NeuroevolutionEvolution, RefusesACheckpointOfAnotherAlgorithm) {
    const auto ga = make("ga", Executor(1));
    LocalEngine local = engine(Executor(1));
    Evolution evolution(*ga, local);
    const auto bytes = whole_run("es", Executor(1));
    EXPECT_EQ(message_of<std::runtime_error>(
                  [&] { evolution.restore(SafetensorsFile(bytes, "checkpoint")); }),
              "the checkpoint is of algorithm 'es', this is 'ga'");
}

// Every episode but those of tests counts, and so do their frames.
TEST(NeuroevolutionAlgorithm, CountsEveryEpisodeButThoseOfTests) {
    for (const auto name : kAlgorithms) {
        SCOPED_TRACE(name);
        const auto algorithm = make(name, Executor(1));
        std::uint64_t episodes = 0;
        std::uint64_t frames = 0;
        std::uint64_t to_goal = 0;
        LocalEngine local(Decoder(kLayout), [&](const Candidate& it, std::span<Episode> all) {
            for (std::size_t i = 0; i < all.size(); ++i) {
                all[i] = test::noisy_sphere(it, it.seeds[i]);
                ++episodes;
                frames += all[i].frames;
                if (all[i].reached_goal && to_goal == 0) to_goal = episodes;
            }
        });
        Evolution evolution(*algorithm, local);
        evolution.run();
        EXPECT_EQ(algorithm->progress().evaluations, episodes);
        EXPECT_EQ(algorithm->progress().frames, frames);
        EXPECT_EQ(algorithm->progress().evaluations_to_goal.value_or(0), to_goal);
        const Batch batch = algorithm->test_batch(30);
        std::vector<Evaluation> results(30);
        local.evaluate(batch, {0, 30}, results);
        EXPECT_EQ(algorithm->progress().evaluations + 30, episodes);
        EXPECT_EQ(algorithm->report().evaluations + 30, episodes);
    }
}

// No episode seed occurs twice in a run, but for those that a batch shares on purpose.
TEST(NeuroevolutionAlgorithm, EpisodesHaveSeedsOfTheirOwn) {
    const auto algorithm = make("ga", Executor(1));
    LocalEngine local = engine(Executor(1));
    std::vector<std::uint64_t> seeds;
    while (!algorithm->is_over()) {
        const Batch batch = algorithm->ask();
        const bool is_training = batch.purpose == Purpose::training;
        for (const Item& item : batch.items) {
            if (!is_training && item.parent > 0) continue;
            for (const auto seed : episode_seeds(batch, item)) seeds.push_back(seed);
        }
        if (!is_training) {
            EXPECT_EQ(episode_seeds(batch, batch.items[0]),
                      episode_seeds(batch, batch.items[batch.items.size() / 2]));
        }
        std::vector<Evaluation> results(batch.items.size());
        local.evaluate(batch, {0, results.size()}, results);
        algorithm->tell(results);
    }
    for (const Item& item : algorithm->test_batch(9).items) {
        for (const auto seed : episode_seeds(algorithm->test_batch(9), item)) seeds.push_back(seed);
    }
    EXPECT_EQ(seeds.size(), 6U * 40 * 2 + 6 * 7 + 9);
    std::sort(seeds.begin(), seeds.end());
    EXPECT_EQ(std::unique(seeds.begin(), seeds.end()), seeds.end());
}

TEST(NeuroevolutionAlgorithm, SaysWhatMakesNoSense) {
    const auto message = [](auto change) {
        GaConfig config;
        change(config);
        return message_of<std::invalid_argument>([&] { GeneticAlgorithm ga(config); });
    };
    EXPECT_EQ(message([](GaConfig& c) { c.parents = 200; }),
              "GaConfig: parents must be at most the population of 100, got 200");
    EXPECT_EQ(message([](GaConfig& c) { c.run.population = 0; }),
              "RunConfig: population must be >= 1, got 0");
    EXPECT_EQ(message([](GaConfig& c) { c.sigma.first = -0.5; }),
              "GaConfig: sigma must be > 0, got -0.5");
    EXPECT_EQ(message([](GaConfig& c) { c.novelty.archive_probability = 1.5; }),
              "GaConfig: novelty.archive_probability must be in [0, 1], got 1.5");
    EXPECT_EQ(message([](GaConfig& c) {
                  c.selection = Selection::novelty;
                  c.rule = SigmaRule::fifth;
              }),
              "GaConfig: with selection by novelty the sigma rule must be schedule or "
              "self-adaptive, got fifth");
    EsConfig es;
    es.run.population = 31;
    EXPECT_EQ(message_of<std::invalid_argument>(
                  [&] { EvolutionStrategy strategy(es, Decoder(kLayout)); }),
              "EsConfig: population must be even, got 31");
    GeneticAlgorithm ga(GaConfig{});
    EXPECT_EQ(message_of<std::logic_error>([&] { (void)ga.test_batch(3); }),
              "Algorithm: there is no champion before a generation");
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  (void)ga.ask();
                  ga.tell(std::vector<Evaluation>(99));
              }),
              "Algorithm: tell needs an evaluation for each of the 100 items that were asked for, "
              "got 99");
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  (void)ga.ask();
                  ga.tell(std::vector<Evaluation>(100));
              }),
              "Algorithm: item 0 must be told with 1 episodes, got 0");
}

} // namespace
} // namespace baldwin::neuroevolution::evolution_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "problems.hpp"
#include "support/errors.hpp"
#include "support/threads.hpp"

#include <baldwin/core/detail/normal_fill.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/parent_cache.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <vector>

namespace baldwin::neuroevolution::decoder_test {
namespace {

using baldwin::test::message_of;
using Theta = AlignedVector<float>;

Genome lineage(std::uint64_t run_seed, std::uint32_t generations) {
    Genome genome = Genome::fresh(run_seed, {0, 11});
    for (std::uint32_t g = 1; g <= generations; ++g) {
        genome = genome.mutated({{g, 3 * g}, 0.01F * static_cast<float>(g % 4 + 1)});
    }
    return genome;
}

/// More than two blocks, and no multiple of anything.
constexpr std::size_t kLong = 2 * detail::kDecodeBlock + 4711;

// The definition, element by element: the scalar path of the streams and one fma a mutation.
TEST(NeuroevolutionDecoder, IsTheSumThatTheGenomeSays) {
    const Decoder decoder(test::flat_layout(kLong));
    const Genome genome = lineage(5, 6);
    const Theta theta = decoder.decode(genome);
    const auto deviation = static_cast<float>(0.1 / std::sqrt(static_cast<double>(kLong)));
    for (std::size_t i = 0; i < kLong; i += 97) {
        float x = Stream(genome.start_seed(), detail::kStart).normal(i) * deviation;
        for (const Mutation& mutation : genome.mutations) {
            x = std::fma(mutation.sigma, Stream(genome.seed_of(mutation), detail::kNoise).normal(i),
                         x);
        }
        ASSERT_EQ(theta[i], x) << i;
    }
}

// Portable (SSE2), AVX2 and AVX-512 versions of the kernel, each forced in turn.
TEST(NeuroevolutionDecoder, EveryInstructionSetGivesTheSameBits) {
    using baldwin::detail::NormalPath;
    const Decoder decoder(test::flat_layout(kLong));
    const Genome parent = lineage(5, 3);
    const Genome child = parent.mutated({{9, 1}, 0.02F});
    const std::uint64_t expected = theta_hash(decoder.decode(child));
    for (const auto path : {NormalPath::portable, NormalPath::avx2, NormalPath::avx512}) {
        if (!baldwin::detail::has_path(path)) {
            std::printf("skipped: this CPU has no version %d\n", static_cast<int>(path));
            continue;
        }
        Theta theta = decoder.decode(parent);
        const baldwin::detail::WordSource noise{child.seed_of(child.mutations.back()),
                                                detail::kNoise, baldwin::detail::DrawKind::normals};
        baldwin::detail::on_draws(baldwin::detail::AddNormal{0.02F}, noise, 0,
                                  std::span<float>(theta), path);
        EXPECT_EQ(theta_hash(theta), expected) << static_cast<int>(path);
    }
}

TEST(NeuroevolutionDecoder, ColdCachedAndThreadedHaveTheSameBits) {
    for (const auto rule : {StartRule::fan_in, StartRule::normc, StartRule::layout}) {
        const Decoder decoder(test::flat_layout(kLong), rule);
        const Genome parent = lineage(6, 7);
        const Genome child = parent.mutated({{20, 2}, -0.03F});
        const Theta cold = decoder.decode(child);
        for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
            SCOPED_TRACE(threads);
            const Executor executor(threads);
            const baldwin::test::Rendezvous rendezvous(executor);
            EXPECT_EQ(decoder.decode(child, executor), cold);
            Theta cached(kLong);
            decoder.mutate_into(decoder.decode(parent), {}, child.seed_of(child.mutations.back()),
                                -0.03F, cached, executor);
            EXPECT_EQ(cached, cold);
            EXPECT_EQ(rendezvous.most_threads(), std::min<std::size_t>(threads, 3));
        }
    }
}

// bits/ checks the same in programs built by other compilers with other flags.
TEST(NeuroevolutionDecoder, HashesArePinned) {
    EXPECT_EQ(child_seed(1, 2, 3), 4687580412285656977U);
    EXPECT_EQ(episode_seed(1, Purpose::validation, 2, 3, 4), 13402173385561248912U);
    for (const auto rule :
         {StartRule::fan_in, StartRule::normc, StartRule::xavier, StartRule::layout}) {
        EXPECT_EQ(test::golden_hash(rule), test::kGoldenHashes[static_cast<std::size_t>(rule)])
            << to_string(rule);
    }
}

Theta start(StartRule rule) {
    return Decoder(test::small_layout(), rule).decode(Genome::fresh(3, {0, 1}));
}

TEST(NeuroevolutionStart, BiasesScalesAndNormsAreAsTheRuleSays) {
    const Layout layout = test::small_layout();
    for (const auto rule : {StartRule::fan_in, StartRule::normc, StartRule::xavier}) {
        const Theta theta = start(rule);
        const auto part = [&](const char* name) {
            return layout.part(std::span<const float>(theta), name);
        };
        const auto all = [](std::span<const float> values, float wanted) {
            return std::ranges::all_of(values, [=](float x) { return x == wanted; });
        };
        EXPECT_TRUE(all(part("0.linear.bias"), 0));
        EXPECT_TRUE(all(part("1.norm.scale"), 1));
        EXPECT_TRUE(all(part("1.norm.shift"), 0));
        EXPECT_FALSE(all(part("2.embedding"), 0));
    }
    // each unit's weights have norm 1, those of the last layer 0.1; floats of about 1: 1e-6
    const Theta theta = start(StartRule::normc);
    const auto norm = [&](std::size_t begin, std::size_t count) {
        double sum = 0;
        for (std::size_t i = begin; i < begin + count; ++i) sum += double{theta[i]} * theta[i];
        return std::sqrt(sum);
    };
    for (std::size_t unit = 0; unit < 8; ++unit) EXPECT_NEAR(norm(6 * unit, 6), 1, 1e-6);
    const std::size_t last = layout.at("3.linear.weight").offset;
    for (std::size_t unit = 0; unit < 3; ++unit) EXPECT_NEAR(norm(last + 8 * unit, 8), 0.1, 1e-7);
}

// The mean square of n normals has standard error sqrt(2 / n) of its value; the band is 5 of them.
TEST(NeuroevolutionStart, DeviationsAreThoseOfTheFans) {
    Layout layout;
    layout.add({"a", {200, 50}, 0, ParameterKind::weight, 50, 200, "a", {}});
    layout.add({"b", {100, 200}, 0, ParameterKind::weight, 200, 100, "b", {}});
    const auto mean_square = [&](StartRule rule, const char* name) {
        const Theta theta = Decoder(layout, rule).decode(Genome::fresh(3, {0, 1}));
        double sum = 0;
        const auto values = layout.part(std::span<const float>(theta), name);
        for (const float x : values) sum += double{x} * x;
        return sum / static_cast<double>(values.size());
    };
    const double hidden = 5 * std::sqrt(2.0 / 10000);
    const double output = 5 * std::sqrt(2.0 / 20000);
    EXPECT_NEAR(mean_square(StartRule::fan_in, "a") * 50, 1, hidden);
    EXPECT_NEAR(mean_square(StartRule::fan_in, "b") * 200 / 0.01, 1, output);
    EXPECT_NEAR(mean_square(StartRule::xavier, "a") * 250 / 2, 1, hidden);
    EXPECT_NEAR(mean_square(StartRule::xavier, "b") * 300 / 2, 1, output);
}

TEST(NeuroevolutionDecoder, RefusesWhatDoesNotFit) {
    const Decoder decoder(test::flat_layout(10));
    Theta theta(9);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { decoder.decode_into(lineage(1, 1), theta); }),
              "Decoder: theta must have 10 elements, got 9");
    const Genome found = Genome::from(1, {0, 0}, theta);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)decoder.decode(found); }),
              "Decoder: the base of the genome must have 10 elements, got 9");
    EXPECT_EQ(message_of<std::invalid_argument>([] { (void)parse_start_rule("he"); }),
              "StartRule: must be fan-in, normc, xavier or layout, got 'he'");
}

TEST(NeuroevolutionDecoder, StartsFromGivenParameters) {
    const Decoder decoder(test::flat_layout(5));
    const Theta base = {1, 2, 3, 4, 5};
    const Genome genome = Genome::from(1, {0, 0}, base).mutated({{0, 7}, 0.5F});
    const Theta theta = decoder.decode(genome);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(theta[i], std::fma(0.5F, Stream(child_seed(1, 0, 7)).normal(i), base[i]));
    }
}

/// A batch whose items are the children of given parents.
Batch batch_of(std::uint32_t generation, const std::vector<Genome>& parents) {
    Batch batch;
    batch.run_seed = 9;
    batch.generation = generation;
    for (const Genome& genome : parents) batch.parents.push_back({genome, nullptr});
    for (std::uint32_t i = 0; i < parents.size(); ++i) {
        Item item;
        item.parent = i;
        item.child = i;
        item.sigma = 0.1F;
        batch.items.push_back(item);
    }
    return batch;
}

TEST(NeuroevolutionParentCache, DecodesALineageOnceAndKeepsWithinItsLimit) {
    constexpr std::size_t kSize = 1000;
    const Decoder decoder(test::flat_layout(kSize));
    std::vector<Genome> parents;
    for (std::uint32_t i = 0; i < 8; ++i) parents.push_back(Genome::fresh(9, {0, i}));
    for (const std::size_t limit : {std::size_t{100}, std::size_t{6}, std::size_t{0}}) {
        SCOPED_TRACE(limit);
        ParentCache cache(limit * kSize * sizeof(float));
        std::vector<Genome> now = parents;
        for (std::uint32_t g = 1; g < 10; ++g) {
            const Batch batch = batch_of(g, now);
            const std::vector<std::size_t> items = {0, 1, 2, 3, 4, 5, 6, 7};
            const auto decoded = cache.prepare(decoder, batch, items, Executor::serial());
            std::size_t there = 0;
            for (std::size_t i = 0; i < 8; ++i) {
                if (decoded[i] == nullptr) continue;
                ++there;
                EXPECT_EQ(decoded[i]->theta, decoder.decode(now[i]));
            }
            EXPECT_EQ(there, std::min<std::size_t>(limit, 8));
            EXPECT_LE(cache.size(), limit);
            for (std::size_t i = 0; i < 8; ++i) now[i] = genome_of(batch, i);
        }
        // where all fit, one mutation each after the first batch; where none does, nothing
        if (limit == 6) {
            EXPECT_GE(cache.cold_decodes(), 6U);
        } else {
            EXPECT_EQ(cache.cold_decodes(), limit == 0 ? 0U : 8U);
        }
    }
}

} // namespace
} // namespace baldwin::neuroevolution::decoder_test

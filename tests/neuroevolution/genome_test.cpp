// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/genome.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>
#include <baldwin/neuroevolution/genome_file.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::neuroevolution::genome_test {
namespace {

using baldwin::test::message_of;

/// Child numbers below 1,000 and one sigma, as in the paper's runs.
Genome paper_genome(std::uint32_t generations, float sigma = 0.002F) {
    const Stream draws(7);
    Genome genome = Genome::fresh(7, {0, static_cast<std::uint32_t>(draws.below(1000, 0))});
    for (std::uint32_t g = 1; g <= generations; ++g) {
        const auto child = static_cast<std::uint32_t>(draws.below(1000, g));
        genome = genome.mutated({{g, child}, sigma});
    }
    return genome;
}

/// Random gaps between generations, child numbers of any width, few, many or one sigma.
Genome random_genome(std::uint64_t seed) {
    const Stream draws(seed, 3);
    std::uint64_t at = 0;
    const auto below = [&](std::uint64_t bound) {
        return static_cast<std::uint32_t>(draws.below(bound, at++));
    };
    const std::uint64_t width = std::uint64_t{1} << below(33);
    Genome genome = Genome::fresh(draws.wide_bits(1000000), {below(1000), below(width)});
    if (below(4) == 0) {
        const std::vector<float> theta = {1.0F, -0.0F, 3.5F};
        genome = Genome::from(seed, genome.origin, theta);
    }
    const std::uint32_t sigmas = std::uint32_t{1} << below(6);
    std::uint32_t generation = genome.origin.generation;
    for (std::uint32_t i = below(80); i > 0; --i) {
        generation += below(3) == 0 ? 1 + below(1U << below(20)) : 1;
        const float sigma = 0.001F * static_cast<float>(1 + below(sigmas)) - 0.003F;
        genome = genome.mutated({{generation, below(width)}, sigma});
    }
    return genome;
}

TEST(NeuroevolutionGenome, PackedAndUnpackedIsTheSame) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        const Genome genome = random_genome(seed);
        const Genome back = unpack(pack(genome), genome.base);
        EXPECT_EQ(back, genome);
        EXPECT_EQ(genome_hash(back), genome_hash(genome));
    }
}

// Bits by hand: version 8, run seed 64, generation 0: 1, child 5: gamma(6) = 5, one mutation:
// gamma(2) = 3, next generation: 1, width of 3: 6, the number 2, a sigma run: 1 + gamma(1) = 1,
// 32 + gamma(1) = 1; sum 125 = 16 bytes.
TEST(NeuroevolutionGenome, ShortGenomesTakeTheBytesCountedByHand) {
    const Genome genome = Genome::fresh(1, {0, 5}).mutated({{1, 3}, 0.5F});
    EXPECT_EQ(pack(genome).size(), 16U);
}

// 4 * 4,052,658 bytes; the contract is a compression of 40,000 after 100 generations. About
// 10 + 1 bits a generation: 11 * 100 / 8 = 138 bytes and some 18 of the rest.
TEST(NeuroevolutionGenome, HundredGenerationsOfFourMillionWeightsFitIntoFewBytes) {
    const Genome genome = paper_genome(100);
    EXPECT_EQ(genome.seeds(), 101U);
    EXPECT_LE(genome_bytes(genome), 160U);
    EXPECT_GE(compression(genome, 4'052'658), 100'000);
    // a sigma that changes in every generation costs four bytes each
    Genome changing = Genome::fresh(7, {0, 1});
    for (std::uint32_t g = 1; g <= 100; ++g) {
        changing = changing.mutated({{g, 700}, 0.002F + 1e-5F * static_cast<float>(g)});
    }
    EXPECT_LE(genome_bytes(changing), 590U);
}

TEST(NeuroevolutionGenome, AnyDifferenceChangesTheHash) {
    const Genome genome = paper_genome(5);
    auto other = genome;
    other.run_seed = 8;
    EXPECT_NE(genome_hash(other), genome_hash(genome));
    other = genome;
    other.mutations[2].birth.child ^= 1U;
    EXPECT_NE(genome_hash(other), genome_hash(genome));
    other = genome;
    other.mutations[4].sigma = -0.002F;
    EXPECT_NE(genome_hash(other), genome_hash(genome));
    other = genome;
    other.base = std::make_shared<const AlignedVector<float>>(3, 1.0F);
    EXPECT_NE(genome_hash(other), genome_hash(genome));
}

TEST(NeuroevolutionGenome, GenerationsMustRise) {
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  (void)Genome::fresh(1, {4, 0}).mutated({{4, 1}, 0.1F});
              }),
              "Genome: generations must rise, got 4 after 4");
    const std::vector<float> theta = {1.0F};
    const Genome found = Genome::from(1, {4, 0}, theta).mutated({{4, 1}, 0.1F});
    EXPECT_EQ(unpack(pack(found), found.base), found);
}

GenomeFile rich_file() {
    GenomeFile file;
    file.individual.genome = paper_genome(12);
    file.individual.normaliser =
        std::make_shared<const Normaliser>(Normaliser{{0.5F, 1.0F}, {2.0F, 3.0F}, 4.0F});
    file.architecture = "linear 4, tanh, linear 2";
    file.input = "2";
    file.start = StartRule::normc;
    file.safe = SafeMutations{Sensitivity::absolute, 0.02F, {1, 2, 3, 4}};
    file.metadata = {{"environment", "CartPole-v1"}};
    return file;
}

TEST(NeuroevolutionGenomeFile, ReadsWhatItWrote) {
    const baldwin::test::TemporaryFolder folder;
    const GenomeFile file = rich_file();
    write_genome(folder / "a.genome", file);
    const GenomeFile back = read_genome(folder / "a.genome", file.architecture, file.input);
    EXPECT_EQ(back.individual, file.individual);
    EXPECT_EQ(back.start, file.start);
    EXPECT_EQ(back.safe, file.safe);
    EXPECT_EQ(back.metadata.at("environment"), "CartPole-v1");

    GenomeFile dense = rich_file();
    const std::vector<float> theta = {1.0F, 2.0F, 3.0F};
    dense.individual.genome = Genome::from(3, {9, 0}, theta);
    write_genome(folder / "b.genome", dense);
    EXPECT_EQ(read_genome(folder / "b.genome").individual, dense.individual);
}

TEST(NeuroevolutionGenomeFile, SaysWhatDoesNotFit) {
    const baldwin::test::TemporaryFolder folder;
    const auto path = folder / "a.genome";
    write_genome(path, rich_file());
    EXPECT_EQ(message_of<std::runtime_error>([&] { (void)read_genome(path, "linear 9", "2"); }),
              path.string() + ": is a genome of another architecture: 'linear 4, tanh, linear 2' "
                              "on 2; needed: 'linear 9' on 2");
    SafetensorsWriter newer;
    add_genome(newer, rich_file());
    newer.metadata["version"] = "2";
    newer.write(path);
    EXPECT_EQ(message_of<std::runtime_error>([&] { (void)read_genome(path); }),
              path.string() + ": has genome version 2, this program reads version 1");
    newer.metadata["format"] = "baldwin-model";
    newer.write(path);
    EXPECT_EQ(message_of<std::runtime_error>([&] { (void)read_genome(path); }),
              path.string() + ": is not a genome: metadata 'format' must be 'baldwin-genome'");
    auto packed = pack(paper_genome(3));
    packed[0] = 9;
    EXPECT_EQ(message_of<std::runtime_error>([&] { (void)unpack(packed); }),
              "the packed genome has version 9, this program reads version 1");
}

// A mutation takes 12 bytes in memory and at least one bit of the input: 96 bytes for each byte.
TEST(NeuroevolutionGenomeFile, DamagedInputIsRefusedWithinBounds) {
    std::vector<std::vector<std::byte>> inputs;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto packed = pack(random_genome(seed));
        const auto bytes = std::as_bytes(std::span<const std::uint8_t>(packed));
        inputs.emplace_back(bytes.begin(), bytes.end());
    }
    const auto read_packed = [](const std::vector<std::byte>& bytes) {
        std::vector<std::uint8_t> packed;
        for (const std::byte byte : bytes) packed.push_back(std::to_integer<std::uint8_t>(byte));
        const Genome genome = unpack(packed);
        if (genome.mutations.size() > 8 * packed.size()) throw 1; // more than there were bits
        if (unpack(pack(genome)) != genome) throw 2;              // not what it says it is
    };
    const auto result = baldwin::test::fuzz(inputs, read_packed, {.rounds = 20000});
    EXPECT_EQ(result.failure, "");
    EXPECT_GT(result.rejected, 5000U);
    EXPECT_EQ(baldwin::test::accepted_prefixes(inputs[1], read_packed), 0U);

    SafetensorsWriter out;
    add_genome(out, rich_file());
    const std::vector<std::vector<std::byte>> files = {out.bytes()};
    const auto damaged =
        baldwin::test::fuzz(files,
                            [](std::vector<std::byte> bytes) {
                                (void)read_genome(SafetensorsFile(std::move(bytes), "x"), "x");
                            },
                            {.rounds = 3000, .seed = 2, .focus = 1000});
    EXPECT_EQ(damaged.failure, "");
    EXPECT_GT(damaged.rejected, 1000U);
}

} // namespace
} // namespace baldwin::neuroevolution::genome_test

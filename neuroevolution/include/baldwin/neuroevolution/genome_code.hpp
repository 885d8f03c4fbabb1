// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Genomes in few bytes: about ten bits a generation.
///
/// Bits, lowest first: version (8), run seed (64), generation and number of the origin, number of
/// mutations; for each mutation whether its generation is the next (1) or by how much later; the
/// width of a child's number (6) and the numbers; sigmas as runs of equal ones (0) or as a
/// dictionary with indices (1), whichever is shorter. Numbers without a width are gamma-coded.
#pragma once

#include <baldwin/core/hash.hpp>
#include <baldwin/neuroevolution/detail/bits.hpp>
#include <baldwin/neuroevolution/genome.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// Version of the packed form; a reader refuses others.
inline constexpr std::uint64_t kGenomeCodeVersion = 1;

namespace detail {

inline constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();

/// Generation before the first mutation's earliest one.
inline std::int64_t generation_before(const Genome& genome) {
    return std::int64_t{genome.origin.generation} - (genome.base ? 1 : 0);
}

inline void write_births(BitWriter& out, const Genome& genome) {
    std::int64_t last = generation_before(genome);
    std::uint32_t most = 0;
    for (const Mutation& mutation : genome.mutations) {
        const auto later = static_cast<std::uint64_t>(mutation.birth.generation - last);
        out.bits(later == 1 ? 1 : 0, 1);
        if (later != 1) out.gamma(later - 1);
        last = mutation.birth.generation;
        most = std::max(most, mutation.birth.child);
    }
    const auto width = static_cast<unsigned>(std::bit_width(most));
    out.bits(width, 6);
    for (const Mutation& mutation : genome.mutations) out.bits(mutation.birth.child, width);
}

inline void read_births(BitReader& in, Genome& genome) {
    std::int64_t last = generation_before(genome);
    for (Mutation& mutation : genome.mutations) {
        const std::uint64_t later = in.bits(1) == 1 ? 1 : in.gamma(kMost32) + 1;
        last += static_cast<std::int64_t>(later);
        if (last > static_cast<std::int64_t>(kMost32)) {
            throw std::runtime_error("the packed genome has a generation beyond 2^32");
        }
        mutation.birth.generation = static_cast<std::uint32_t>(last);
    }
    const auto width = static_cast<unsigned>(in.bits(6));
    if (width > 32) {
        throw std::runtime_error("the packed genome has child numbers of " + std::to_string(width) +
                                 " bits, at most 32 are possible");
    }
    for (Mutation& mutation : genome.mutations) {
        mutation.birth.child = static_cast<std::uint32_t>(in.bits(width));
    }
}

using SigmaRuns = std::vector<std::pair<std::uint32_t, std::size_t>>; // bits of sigma, length

inline SigmaRuns sigma_runs(const Genome& genome) {
    SigmaRuns runs;
    for (const Mutation& mutation : genome.mutations) {
        const auto bits = std::bit_cast<std::uint32_t>(mutation.sigma);
        if (runs.empty() || runs.back().first != bits) runs.emplace_back(bits, 0);
        ++runs.back().second;
    }
    return runs;
}

inline std::vector<std::uint32_t> sigma_dictionary(const SigmaRuns& runs) {
    std::vector<std::uint32_t> words;
    for (const auto& run : runs) words.push_back(run.first);
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

inline unsigned index_width(std::size_t words) {
    return static_cast<unsigned>(std::bit_width(words - 1));
}

inline void write_sigmas(BitWriter& out, const Genome& genome) {
    if (genome.mutations.empty()) return;
    const SigmaRuns runs = sigma_runs(genome);
    const auto words = sigma_dictionary(runs);
    const unsigned width = index_width(words.size());
    std::size_t run_bits = 0;
    for (const auto& run : runs) {
        run_bits += 32 + 2 * static_cast<std::size_t>(std::bit_width(run.second)) - 1;
    }
    const bool uses_dictionary =
        words.size() * 32 + genome.mutations.size() * width + 32 < run_bits;
    out.bits(uses_dictionary ? 1 : 0, 1);
    out.gamma(uses_dictionary ? words.size() : runs.size());
    if (!uses_dictionary) {
        for (const auto& run : runs) {
            out.bits(run.first, 32);
            out.gamma(run.second);
        }
        return;
    }
    for (const std::uint32_t word : words) out.bits(word, 32);
    for (const Mutation& mutation : genome.mutations) {
        const auto bits = std::bit_cast<std::uint32_t>(mutation.sigma);
        const auto at = std::lower_bound(words.begin(), words.end(), bits) - words.begin();
        out.bits(static_cast<std::uint64_t>(at), width);
    }
}

inline float read_sigma(BitReader& in) {
    const auto sigma = std::bit_cast<float>(static_cast<std::uint32_t>(in.bits(32)));
    if (!std::isfinite(sigma)) {
        throw std::runtime_error("the packed genome has a sigma that is not finite");
    }
    return sigma;
}

inline void read_sigma_runs(BitReader& in, std::uint64_t runs, std::span<Mutation> mutations) {
    for (std::uint64_t i = 0; i < runs; ++i) {
        const float sigma = read_sigma(in);
        if (mutations.empty()) throw std::runtime_error("the packed genome has too many sigmas");
        const std::uint64_t length = in.gamma(mutations.size());
        for (Mutation& mutation : mutations.first(length)) mutation.sigma = sigma;
        mutations = mutations.subspan(length);
    }
    if (!mutations.empty()) throw std::runtime_error("the packed genome has too few sigmas");
}

inline void read_sigmas(BitReader& in, Genome& genome) {
    if (genome.mutations.empty()) return;
    const bool uses_dictionary = in.bits(1) == 1;
    const std::uint64_t count = in.gamma(in.left() / 32 + 1);
    if (!uses_dictionary) return read_sigma_runs(in, count, genome.mutations);
    std::vector<float> words;
    for (std::uint64_t i = 0; i < count; ++i) words.push_back(read_sigma(in));
    const unsigned width = index_width(words.size());
    for (Mutation& mutation : genome.mutations) {
        const std::uint64_t index = in.bits(width);
        if (index >= words.size()) {
            throw std::runtime_error("the packed genome names sigma " + std::to_string(index) +
                                     " of " + std::to_string(words.size()));
        }
        mutation.sigma = words[index];
    }
}

} // namespace detail

/// Packs all of a genome but its base.
/// \cost O(mutations)
[[nodiscard]] inline std::vector<std::uint8_t> pack(const Genome& genome) {
    detail::BitWriter out;
    out.bits(kGenomeCodeVersion, 8);
    out.bits(genome.run_seed, 64);
    out.gamma(std::uint64_t{genome.origin.generation} + 1);
    out.gamma(std::uint64_t{genome.origin.child} + 1);
    out.gamma(genome.mutations.size() + 1);
    detail::write_births(out, genome);
    detail::write_sigmas(out, genome);
    return std::move(out).bytes();
}

/// Reads what pack wrote.
/// \param base  of the genome; null if it has none
/// \throws std::runtime_error if it is of another version or not what pack writes
/// \cost O(bytes) in time and memory, whatever the bytes are
[[nodiscard]] inline Genome unpack(std::span<const std::uint8_t> bytes,
                                   std::shared_ptr<const AlignedVector<float>> base = nullptr) {
    detail::BitReader in(bytes);
    const std::uint64_t version = in.bits(8);
    if (version != kGenomeCodeVersion) {
        throw std::runtime_error("the packed genome has version " + std::to_string(version) +
                                 ", this program reads version " +
                                 std::to_string(kGenomeCodeVersion));
    }
    Genome genome;
    genome.base = std::move(base);
    genome.run_seed = in.bits(64);
    genome.origin.generation = static_cast<std::uint32_t>(in.gamma(detail::kMost32 + 1) - 1);
    genome.origin.child = static_cast<std::uint32_t>(in.gamma(detail::kMost32 + 1) - 1);
    genome.mutations.resize(in.gamma(in.left() + 1) - 1); // a mutation takes a bit at least
    detail::read_births(in, genome);
    detail::read_sigmas(in, genome);
    in.expect_end();
    return genome;
}

/// Bytes of a genome: packed, and those of its base.
[[nodiscard]] inline std::size_t genome_bytes(const Genome& genome) {
    return pack(genome).size() + (genome.base ? genome.base->size() * sizeof(float) : 0);
}

/// How many times smaller it is than its parameters as floats.
[[nodiscard]] inline double compression(const Genome& genome, std::size_t parameters) {
    return static_cast<double>(parameters * sizeof(float)) /
           static_cast<double>(genome_bytes(genome));
}

/// Hash of all of a genome: equal genomes, equal hashes.
[[nodiscard]] inline std::uint64_t genome_hash(const Genome& genome) {
    const auto packed = pack(genome);
    const std::uint64_t hash = hash64(std::as_bytes(std::span<const std::uint8_t>(packed)));
    return genome.base ? hash64(std::as_bytes(std::span<const float>(*genome.base)), hash) : hash;
}

} // namespace baldwin::neuroevolution

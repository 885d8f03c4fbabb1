// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Genomes: networks of any size as the list of the mutations that made them.
///
/// theta_0 = start(seed_0), theta_n = theta_(n-1) + sigma_n * noise(seed_n), where seed_n is the
/// hash of (run seed, generation, child): a gene is the place of its birth.
/// \paper Such et al. 2017, arXiv 1712.06567, eq. 1 and 2
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/neuroevolution/seeds.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::neuroevolution {

/// A child's number in its run.
struct Address {
    std::uint32_t generation = 0;
    std::uint32_t child = 0;

    friend bool operator==(const Address& a, const Address& b) = default;
};

/// One step of a lineage: noise from the seed of an address, times sigma.
struct Mutation {
    Address birth;
    float sigma = 0; ///< finite; negative is the mirrored mutation

    friend bool operator==(const Mutation& a, const Mutation& b) = default;
};

/// A parameter vector, of any length, as a list of seeds. A value; copies share `base`.
struct Genome {
    std::uint64_t run_seed = 0;
    Address origin; ///< its seed gives theta_0; with a base, where that was found
    /// theta_0 itself, for lineages that begin with a trained or an otherwise found network; null
    /// if theta_0 comes from a seed.
    std::shared_ptr<const AlignedVector<float>> base;
    std::vector<Mutation> mutations; ///< generations rise from one to the next

    /// A genome that is a seed and nothing else.
    static Genome fresh(std::uint64_t run_seed, Address origin) {
        return {run_seed, origin, nullptr, {}};
    }
    /// A genome that starts from given parameters.
    static Genome from(std::uint64_t run_seed, Address origin, std::span<const float> theta) {
        return {run_seed,
                origin,
                std::make_shared<const AlignedVector<float>>(theta.begin(), theta.end()),
                {}};
    }

    /// The genome with one more mutation.
    /// \throws std::invalid_argument if the birth is not of a later generation than the last one
    [[nodiscard]] Genome mutated(const Mutation& mutation) const {
        // parameters that were found in a generation may be mutated in the same
        const std::uint32_t least = birth().generation + (base && mutations.empty() ? 0 : 1);
        if (mutation.birth.generation < least) {
            throw std::invalid_argument("Genome: generations must rise, got " +
                                        std::to_string(mutation.birth.generation) + " after " +
                                        std::to_string(birth().generation));
        }
        Genome child = *this;
        child.mutations.push_back(mutation);
        return child;
    }

    /// Address of the last step: where this very individual was born.
    [[nodiscard]] Address birth() const noexcept {
        return mutations.empty() ? origin : mutations.back().birth;
    }
    /// Number of seeds.
    [[nodiscard]] std::size_t seeds() const noexcept { return mutations.size() + (base ? 0 : 1); }
    /// Seed of theta_0.
    [[nodiscard]] std::uint64_t start_seed() const noexcept {
        return child_seed(run_seed, origin.generation, origin.child);
    }
    /// Seed of a mutation.
    [[nodiscard]] std::uint64_t seed_of(const Mutation& mutation) const noexcept {
        return child_seed(run_seed, mutation.birth.generation, mutation.birth.child);
    }

    /// Equal lists of seeds, and bases of equal values.
    friend bool operator==(const Genome& a, const Genome& b) {
        const bool same_base = a.base == b.base || (a.base && b.base && *a.base == *b.base);
        return same_base && a.run_seed == b.run_seed && a.origin == b.origin &&
               a.mutations == b.mutations;
    }
};

} // namespace baldwin::neuroevolution

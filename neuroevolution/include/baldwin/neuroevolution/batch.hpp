// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A batch: what an algorithm asks to be evaluated, as a list that names seeds, not parameters.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/neuroevolution/evaluation.hpp>
#include <baldwin/neuroevolution/genome.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace baldwin::neuroevolution {

/// One of those that children are made from.
struct Parent {
    Genome genome;
    std::shared_ptr<const Normaliser> normaliser; ///< of its observations; null: none

    friend bool operator==(const Parent& a, const Parent& b) {
        const bool same = a.normaliser == b.normaliser ||
                          (a.normaliser && b.normaliser && *a.normaliser == *b.normaliser);
        return same && a.genome == b.genome;
    }
};

/// One thing to evaluate: how it is made and which episodes it plays.
struct Item {
    static constexpr std::uint32_t kNoParent = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t parent = kNoParent; ///< rank in Batch::parents; kNoParent: a fresh seed
    std::uint32_t child = 0;          ///< its seeds are hashes of (run seed, generation, child)
    float sigma = 0;                  ///< of its mutation; 0: the parent itself
    std::uint32_t first_episode = 0;
    std::uint32_t episodes = 1;
    bool wants_moments = false;

    friend bool operator==(const Item& a, const Item& b) = default;
};

/// Items of one generation with all that evaluating them takes. The evaluation of an item is a pure
/// function of the batch and the item's place in it, so any engine may evaluate any of them, in any
/// order, twice, elsewhere.
struct Batch {
    std::uint64_t run_seed = 0;
    std::uint32_t generation = 0; ///< from 0
    Purpose purpose = Purpose::training;
    std::uint64_t max_steps = kNoCap;
    bool common_episodes = false; ///< all items play the same episodes
    std::vector<Parent> parents;
    std::vector<Item> items;

    friend bool operator==(const Batch& a, const Batch& b) = default;
};

/// A batch and what its items came to.
struct EvaluatedBatch {
    Batch batch = {};
    std::vector<Evaluation> results = {}; ///< one for each item
};

/// The genome of an item.
[[nodiscard]] inline Genome genome_of(const Batch& batch, std::size_t item) {
    const Item& child = batch.items[item];
    const Address birth{batch.generation, child.child};
    if (child.parent == Item::kNoParent) return Genome::fresh(batch.run_seed, birth);
    const Genome& parent = batch.parents[child.parent].genome;
    return child.sigma == 0 ? parent : parent.mutated({birth, child.sigma});
}

/// An item as an individual: its genome, and the normaliser that its parent brings.
[[nodiscard]] inline Parent individual_of(const Batch& batch, std::size_t item) {
    const std::uint32_t rank = batch.items[item].parent;
    return {genome_of(batch, item),
            rank == Item::kNoParent ? nullptr : batch.parents[rank].normaliser};
}

/// The seeds of an item's episodes, in their order.
[[nodiscard]] inline std::vector<std::uint64_t> episode_seeds(const Batch& batch,
                                                              const Item& item) {
    std::vector<std::uint64_t> seeds;
    for (std::uint32_t i = 0; i < item.episodes; ++i) {
        seeds.push_back(episode_seed(batch.run_seed, batch.purpose, batch.generation,
                                     batch.common_episodes ? 0 : item.child,
                                     item.first_episode + i));
    }
    return seeds;
}

/// Whoever evaluates: threads of this process, or many machines.
class Engine {
public:
    virtual ~Engine() = default;

    /// Evaluates the items of a range that are not evaluated yet (episodes == 0).
    /// \param results  one for each item of the batch
    /// Returns when all of them are, or soon after stop_requested(), with some missing.
    /// \throws std::runtime_error if a fitness is not finite; what the fitness function throws
    virtual void evaluate(const Batch& batch, Range items, std::span<Evaluation> results) = 0;

    /// How many evaluations run at a time; slots are below.
    [[nodiscard]] virtual std::size_t concurrency() const = 0;
};

} // namespace baldwin::neuroevolution

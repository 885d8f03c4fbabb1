// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The engine of one process: a thread an individual, parents decoded once.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/stop.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/detail/summary.hpp>
#include <baldwin/neuroevolution/parent_cache.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// Evaluates on the threads of an executor. Results do not depend on their number.
///
/// Decoded parents are kept from one generation to the next, so a child costs one mutation however
/// long its lineage is.
class LocalEngine final : public Engine {
public:
    /// \param cache_bytes  memory for decoded parents; what does not fit is decoded for each child
    LocalEngine(Decoder decoder, Fitness fitness, Executor executor = Executor::serial(),
                std::size_t cache_bytes = std::size_t{1} << 30)
        : decoder_(std::move(decoder)), fitness_(std::move(fitness)),
          executor_(std::move(executor)), cache_(cache_bytes), slots_(executor_.concurrency()) {}

    [[nodiscard]] const Decoder& decoder() const noexcept { return decoder_; }
    [[nodiscard]] std::size_t concurrency() const override { return executor_.concurrency(); }

    void evaluate(const Batch& batch, Range items, std::span<Evaluation> results) override {
        const auto missing = missing_items(batch, items, results);
        const auto parents = cache_.prepare(decoder_, batch, missing, executor_);
        executor_.chunks(missing.size(), [&](std::size_t i, std::size_t slot) {
            if (stop_requested()) return;
            const std::size_t item = missing[i];
            results[item] = evaluate_item(batch, item, parents, slot);
        });
    }

private:
    using Parents = std::vector<const DecodedParent*>;

    static std::vector<std::size_t> missing_items(const Batch& batch, Range items,
                                                  std::span<const Evaluation> results) {
        detail::check_range(batch, items, results.size());
        std::vector<std::size_t> missing;
        for (std::size_t i = items.begin; i < items.end; ++i) {
            if (results[i].episodes == 0) missing.push_back(i);
        }
        return missing;
    }
    Evaluation evaluate_item(const Batch& batch, std::size_t index, const Parents& parents,
                             std::size_t slot) {
        const Item& item = batch.items[index];
        const auto seeds = episode_seeds(batch, item);
        Candidate candidate;
        candidate.theta = theta_of(batch, index, parents, slots_[slot]);
        candidate.seeds = seeds;
        candidate.max_steps = batch.max_steps;
        candidate.slot = slot;
        candidate.wants_moments = item.wants_moments;
        if (item.parent != Item::kNoParent) {
            candidate.normaliser = batch.parents[item.parent].normaliser.get();
        }
        std::vector<Episode> episodes(seeds.size());
        fitness_(candidate, episodes);
        return detail::summary_of(batch, index, episodes);
    }
    /// The item's parameters: the decoded parent's own, or made in the slot's memory.
    std::span<const float> theta_of(const Batch& batch, std::size_t index, const Parents& parents,
                                    AlignedVector<float>& memory) const {
        const Item& item = batch.items[index];
        const DecodedParent* parent =
            item.parent == Item::kNoParent ? nullptr : parents[item.parent];
        if (parent != nullptr && item.sigma == 0) return parent->theta;
        memory.resize(decoder_.size());
        if (parent == nullptr) {
            decoder_.decode_into(genome_of(batch, index), memory);
        } else {
            decoder_.mutate_into(parent->theta, parent->scale,
                                 child_seed(batch.run_seed, batch.generation, item.child),
                                 item.sigma, memory);
        }
        return memory;
    }

    Decoder decoder_;
    Fitness fitness_;
    Executor executor_;
    ParentCache cache_;
    std::vector<AlignedVector<float>> slots_;
};

} // namespace baldwin::neuroevolution

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Decoded parents, kept while they are of use.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/hash.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/genome.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// A parent's parameters, and the scale of its mutations where the decoder has one.
struct DecodedParent {
    AlignedVector<float> theta;
    AlignedVector<float> scale;
};

namespace detail {

/// What names the first mutations of a genome in a cache: a hash of their memory, far cheaper than
/// genome_hash for lineages of thousands.
inline std::uint64_t lineage_key(const Genome& genome, std::size_t mutations) {
    static_assert(sizeof(Mutation) == 12, "no padding that a hash would see");
    const std::uint64_t start[] = {genome.run_seed, genome.origin.generation, genome.origin.child};
    std::uint64_t key = hash64(std::as_bytes(std::span(start)));
    if (genome.base) key = hash64(std::as_bytes(std::span<const float>(*genome.base)), key);
    const std::span<const Mutation> all(genome.mutations);
    return hash64(std::as_bytes(all.first(mutations)), key);
}
inline std::uint64_t lineage_key(const Genome& genome) {
    return lineage_key(genome, genome.mutations.size());
}

} // namespace detail

/// Decodes the parents of batches. Those of the last three batches are kept as far as they fit into
/// a limit: the next parents are children of theirs and cost one mutation each.
class ParentCache {
public:
    /// \param bytes  limit for all that is kept
    explicit ParentCache(std::size_t bytes) : bytes_(bytes) {}

    /// Decodes the parents that some items need.
    /// \return one pointer for each parent of the batch, valid until the next call; null where it
    /// is
    ///         not needed or does not fit
    std::vector<const DecodedParent*> prepare(const Decoder& decoder, const Batch& batch,
                                              std::span<const std::size_t> items,
                                              const Executor& executor) {
        const auto needed = needed_parents(batch, items);
        begin_batch(decoder, batch);
        std::vector<const DecodedParent*> decoded(batch.parents.size(), nullptr);
        for (std::size_t rank = 0; rank < needed.size(); ++rank) {
            if (needed[rank]) decoded[rank] = find_or_decode(decoder, batch, rank, executor);
        }
        return decoded;
    }
    /// Number of parents kept.
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    /// Parents that were decoded from nothing since the beginning.
    [[nodiscard]] std::size_t cold_decodes() const noexcept { return cold_; }

private:
    struct Entry {
        DecodedParent parent;
        std::uint64_t used = 0; // number of the batch
    };
    static constexpr std::uint64_t kKeptBatches = 3;

    static std::vector<bool> needed_parents(const Batch& batch,
                                            std::span<const std::size_t> items) {
        std::vector<bool> needed(batch.parents.size());
        for (const std::size_t item : items) {
            const std::uint32_t rank = batch.items[item].parent;
            if (rank != Item::kNoParent) needed[rank] = true;
        }
        return needed;
    }
    // what this batch needs as soon as it is known, so that nothing of it makes room for the rest
    void begin_batch(const Decoder& decoder, const Batch& batch) {
        const std::uint64_t id =
            (std::uint64_t{batch.generation} << 2) + static_cast<std::uint64_t>(batch.purpose);
        if (id != batch_id_) ++batch_;
        batch_id_ = id;
        const std::size_t floats = decoder.size() * (decoder.scale() ? 2 : 1);
        most_ = bytes_ / std::max<std::size_t>(1, floats * sizeof(float));
        std::erase_if(entries_, [&](const auto& entry) {
            return entry.second.used + kKeptBatches <= batch_;
        });
        for (const Parent& parent : batch.parents) {
            const auto found = entries_.find(detail::lineage_key(parent.genome));
            if (found != entries_.end()) found->second.used = batch_;
        }
    }
    // whether an entry more would fit, perhaps in place of one that this batch does not need
    [[nodiscard]] bool has_room() const {
        const auto is_old = [&](const auto& entry) { return entry.second.used != batch_; };
        return entries_.size() < most_ || std::any_of(entries_.begin(), entries_.end(), is_old);
    }
    void make_room() {
        if (entries_.size() < most_) return;
        entries_.erase(
            std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
                return a.second.used < b.second.used;
            }));
    }
    const DecodedParent* find_or_decode(const Decoder& decoder, const Batch& batch,
                                        std::size_t rank, const Executor& executor) {
        const Genome& genome = batch.parents[rank].genome;
        const std::uint64_t key = detail::lineage_key(genome);
        if (const auto found = entries_.find(key); found != entries_.end()) {
            return &found->second.parent;
        }
        if (!has_room()) return nullptr;
        DecodedParent decoded;
        decode(decoder, genome, decoded, executor);
        make_room();
        Entry& entry = entries_[key];
        entry.parent = std::move(decoded);
        entry.used = batch_;
        return &entry.parent;
    }
    void decode(const Decoder& decoder, const Genome& genome, DecodedParent& decoded,
                const Executor& executor) {
        decoded.theta.resize(decoder.size());
        const DecodedParent* parent = parent_of(genome);
        if (parent != nullptr) {
            const Mutation& last = genome.mutations.back();
            decoder.mutate_into(parent->theta, parent->scale, genome.seed_of(last), last.sigma,
                                decoded.theta, executor);
        } else {
            ++cold_;
            decoder.decode_into(genome, decoded.theta, executor);
        }
        if (!decoder.scale()) return;
        decoded.scale.resize(decoder.size());
        decoder.scale()(decoded.theta, decoded.scale);
    }
    /// The entry that lacks the last mutation only.
    const DecodedParent* parent_of(const Genome& genome) const {
        if (genome.mutations.empty()) return nullptr;
        const auto found = entries_.find(detail::lineage_key(genome, genome.mutations.size() - 1));
        return found == entries_.end() ? nullptr : &found->second.parent;
    }

    std::size_t bytes_;
    std::size_t most_ = 0;
    std::map<std::uint64_t, Entry> entries_; // by lineage_key
    std::uint64_t batch_ = 0;
    std::uint64_t batch_id_ = std::numeric_limits<std::uint64_t>::max();
    std::size_t cold_ = 0;
};

} // namespace baldwin::neuroevolution

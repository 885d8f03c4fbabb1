// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Parents, evaluations and batches in the tensors of a checkpoint.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/core/tensor.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::neuroevolution::detail {

template <class T>
void add_list(SafetensorsWriter& out, const std::string& name, const std::vector<T>& values) {
    out.add_copy<T>(name, TensorView<const T>(values.data(), Shape{values.size()}));
}

template <class T>
std::vector<T> list_of(const SafetensorsFile& in, const std::string& name) {
    const auto values = in.values<T>(name);
    return {values.begin(), values.end()};
}

/// A list of lists: their elements one after the other, and their lengths.
template <class T>
class Lists {
public:
    template <class List>
    void push(const List& values) {
        elements_.insert(elements_.end(), values.begin(), values.end());
        sizes_.push_back(values.size());
    }
    void save(SafetensorsWriter& out, const std::string& name) const {
        add_list(out, name, elements_);
        add_list(out, name + ".sizes", sizes_);
    }
    static Lists read(const SafetensorsFile& in, const std::string& name) {
        Lists lists;
        lists.elements_ = list_of<T>(in, name);
        lists.sizes_ = list_of<std::uint64_t>(in, name + ".sizes");
        return lists;
    }
    [[nodiscard]] std::size_t size() const noexcept { return sizes_.size(); }
    /// The next list.
    std::span<const T> pop() {
        const std::size_t count = next_ < sizes_.size() ? sizes_[next_++] : kMissing;
        if (count > elements_.size() - at_) {
            throw std::runtime_error("the checkpoint has lists whose lengths do not fit");
        }
        at_ += count;
        return std::span<const T>(elements_).subspan(at_ - count, count);
    }

private:
    static constexpr std::size_t kMissing = static_cast<std::size_t>(-1);

    std::vector<T> elements_;
    std::vector<std::uint64_t> sizes_;
    std::size_t next_ = 0;
    std::size_t at_ = 0;
};

inline void save_parents(SafetensorsWriter& out, const std::string& name,
                         std::span<const Parent> parents) {
    Lists<std::uint8_t> packed;
    Lists<float> bases; // each once: the mutants of a strategy share theirs
    std::vector<const AlignedVector<float>*> known;
    std::vector<std::uint64_t> base_of; // place in bases, from 1; 0: none
    Lists<float> normalisers;           // clip, means, deviations
    for (const Parent& parent : parents) {
        packed.push(pack(parent.genome));
        const AlignedVector<float>* base = parent.genome.base.get();
        // by value: a run that was resumed shares less memory, and saves the same bits
        auto found = std::find_if(known.begin(), known.end(), [&](const auto* other) {
            return base == other || (base != nullptr && *base == *other);
        });
        if (base != nullptr && found == known.end()) {
            bases.push(*base);
            found = known.insert(known.end(), base);
        }
        base_of.push_back(base == nullptr ? 0
                                          : static_cast<std::uint64_t>(found - known.begin()) + 1);
        std::vector<float> numbers;
        if (parent.normaliser) {
            numbers.push_back(parent.normaliser->clip);
            const auto& [mean, deviation, clip] = *parent.normaliser;
            numbers.insert(numbers.end(), mean.begin(), mean.end());
            numbers.insert(numbers.end(), deviation.begin(), deviation.end());
        }
        normalisers.push(numbers);
    }
    packed.save(out, name + ".packed");
    bases.save(out, name + ".base");
    add_list(out, name + ".base_of", base_of);
    normalisers.save(out, name + ".normaliser");
}

inline std::shared_ptr<const Normaliser> normaliser_of(std::span<const float> numbers) {
    if (numbers.empty()) return nullptr;
    const auto halves = numbers.subspan(1);
    const auto mean = halves.first(halves.size() / 2);
    const auto deviation = halves.subspan(halves.size() / 2);
    return std::make_shared<const Normaliser>(Normaliser{
        {mean.begin(), mean.end()}, {deviation.begin(), deviation.end()}, numbers.front()});
}

// the first is null: no base
inline std::vector<std::shared_ptr<const AlignedVector<float>>>
read_bases(const SafetensorsFile& in, const std::string& name) {
    auto lists = Lists<float>::read(in, name);
    std::vector<std::shared_ptr<const AlignedVector<float>>> bases = {nullptr};
    for (std::size_t i = 0; i < lists.size(); ++i) {
        const auto base = lists.pop();
        bases.push_back(std::make_shared<const AlignedVector<float>>(base.begin(), base.end()));
    }
    return bases;
}

inline std::vector<Parent> read_parents(const SafetensorsFile& in, const std::string& name) {
    auto packed = Lists<std::uint8_t>::read(in, name + ".packed");
    const auto bases = read_bases(in, name + ".base");
    const auto base_of = list_of<std::uint64_t>(in, name + ".base_of");
    auto normalisers = Lists<float>::read(in, name + ".normaliser");
    std::vector<Parent> parents(packed.size());
    for (std::size_t i = 0; i < parents.size(); ++i) {
        if (i >= base_of.size() || base_of[i] >= bases.size()) {
            throw std::runtime_error("the checkpoint has no base for one of its genomes");
        }
        Parent& parent = parents[i];
        parent.genome = unpack(packed.pop(), bases[base_of[i]]);
        parent.normaliser = normaliser_of(normalisers.pop());
    }
    return parents;
}

inline void save_evaluations(SafetensorsWriter& out, const std::string& name,
                             std::span<const Evaluation> evaluations) {
    std::vector<double> fitness;
    std::vector<std::uint64_t> counts; // frames, episodes, cut, first goal, observations
    Lists<float> behaviours;
    Lists<double> moments; // sums, squares
    for (const Evaluation& one : evaluations) {
        fitness.push_back(one.fitness);
        for (const std::uint64_t count :
             {one.frames, std::uint64_t{one.episodes}, std::uint64_t{one.cut},
              std::uint64_t{one.first_goal}, one.moments.count}) {
            counts.push_back(count);
        }
        behaviours.push(one.behaviour);
        std::vector<double> sums = one.moments.sum;
        sums.insert(sums.end(), one.moments.squares.begin(), one.moments.squares.end());
        moments.push(sums);
    }
    add_list(out, name + ".fitness", fitness);
    add_list(out, name + ".counts", counts);
    behaviours.save(out, name + ".behaviour");
    moments.save(out, name + ".moments");
}

inline std::vector<Evaluation> read_evaluations(const SafetensorsFile& in,
                                                const std::string& name) {
    const auto fitness = list_of<double>(in, name + ".fitness");
    std::vector<std::uint64_t> counts(5 * fitness.size());
    in.copy_into(name + ".counts", std::span(counts));
    auto behaviours = Lists<float>::read(in, name + ".behaviour");
    auto moments = Lists<double>::read(in, name + ".moments");
    std::vector<Evaluation> evaluations(fitness.size());
    for (std::size_t i = 0; i < fitness.size(); ++i) {
        Evaluation& one = evaluations[i];
        const std::uint64_t* count = counts.data() + 5 * i;
        one.fitness = fitness[i];
        one.frames = count[0];
        one.episodes = static_cast<std::uint32_t>(count[1]);
        one.cut = static_cast<std::uint32_t>(count[2]);
        one.first_goal = static_cast<std::uint32_t>(count[3]);
        one.moments.count = count[4];
        const auto behaviour = behaviours.pop();
        one.behaviour.assign(behaviour.begin(), behaviour.end());
        const auto sums = moments.pop();
        one.moments.sum.assign(sums.begin(), sums.begin() + sums.size() / 2);
        one.moments.squares.assign(sums.begin() + sums.size() / 2, sums.end());
    }
    return evaluations;
}

inline void save_items(SafetensorsWriter& out, const std::string& name,
                       std::span<const Item> items) {
    std::vector<std::uint32_t> numbers; // parent, child, first episode, episodes, wants moments
    std::vector<float> sigmas;
    for (const Item& item : items) {
        for (const std::uint32_t number : {item.parent, item.child, item.first_episode,
                                           item.episodes, item.wants_moments ? 1U : 0U}) {
            numbers.push_back(number);
        }
        sigmas.push_back(item.sigma);
    }
    add_list(out, name + ".numbers", numbers);
    add_list(out, name + ".sigmas", sigmas);
}

inline std::vector<Item> read_items(const SafetensorsFile& in, const std::string& name,
                                    std::size_t parents) {
    const auto sigmas = list_of<float>(in, name + ".sigmas");
    std::vector<std::uint32_t> numbers(5 * sigmas.size());
    in.copy_into(name + ".numbers", std::span(numbers));
    std::vector<Item> items;
    for (std::size_t i = 0; i < sigmas.size(); ++i) {
        const std::uint32_t* number = numbers.data() + 5 * i;
        if (number[0] != Item::kNoParent && number[0] >= parents) {
            throw std::runtime_error("the checkpoint has a child of parent " +
                                     std::to_string(number[0]) + ", there are " +
                                     std::to_string(parents));
        }
        items.push_back({number[0], number[1], sigmas[i], number[2], number[3], number[4] != 0});
    }
    return items;
}

inline void save_batch(SafetensorsWriter& out, const std::string& name,
                       const EvaluatedBatch& evaluated) {
    const Batch& batch = evaluated.batch;
    add_list<std::uint64_t>(out, name + ".batch",
                            {batch.run_seed, batch.generation,
                             static_cast<std::uint64_t>(batch.purpose), batch.max_steps,
                             batch.common_episodes ? 1U : 0U});
    save_parents(out, name + ".parents", batch.parents);
    save_items(out, name + ".items", batch.items);
    save_evaluations(out, name + ".results", evaluated.results);
}

inline EvaluatedBatch read_batch(const SafetensorsFile& in, const std::string& name) {
    std::vector<std::uint64_t> numbers(5);
    in.copy_into(name + ".batch", std::span(numbers));
    EvaluatedBatch evaluated;
    Batch& batch = evaluated.batch;
    batch.run_seed = numbers[0];
    batch.generation = static_cast<std::uint32_t>(numbers[1]);
    batch.purpose = static_cast<Purpose>(numbers[2]);
    batch.max_steps = numbers[3];
    batch.common_episodes = numbers[4] != 0;
    batch.parents = read_parents(in, name + ".parents");
    batch.items = read_items(in, name + ".items", batch.parents.size());
    evaluated.results = read_evaluations(in, name + ".results");
    if (evaluated.results.size() != batch.items.size()) {
        throw std::runtime_error("the checkpoint has evaluations of " +
                                 std::to_string(evaluated.results.size()) +
                                 " items, the batch has " + std::to_string(batch.items.size()));
    }
    return evaluated;
}

} // namespace baldwin::neuroevolution::detail

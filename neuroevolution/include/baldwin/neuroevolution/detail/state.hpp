// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Parents and evaluations in the tensors of a checkpoint.
#pragma once

#include <baldwin/core/safetensors.hpp>
#include <baldwin/core/tensor.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>

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
    Lists<float> bases;
    Lists<float> normalisers; // clip, means, deviations
    for (const Parent& parent : parents) {
        packed.push(pack(parent.genome));
        bases.push(parent.genome.base ? *parent.genome.base : AlignedVector<float>());
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

inline std::vector<Parent> read_parents(const SafetensorsFile& in, const std::string& name) {
    auto packed = Lists<std::uint8_t>::read(in, name + ".packed");
    auto bases = Lists<float>::read(in, name + ".base");
    auto normalisers = Lists<float>::read(in, name + ".normaliser");
    std::vector<Parent> parents(packed.size());
    for (Parent& parent : parents) {
        const auto base = bases.pop();
        parent.genome = unpack(
            packed.pop(),
            base.empty() ? nullptr
                         : std::make_shared<const AlignedVector<float>>(base.begin(), base.end()));
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

} // namespace baldwin::neuroevolution::detail

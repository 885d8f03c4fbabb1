// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Evolution strategies: one network moved by the ranks of its mirrored mutations, by reward (ES),
/// novelty (NS-ES) or both (NSR-ES).
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/optim.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/core/tensor.hpp>
#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/novelty.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// What the ranks of an evolution strategy come from.
enum class EsKind : std::uint8_t {
    es,    ///< reward
    ns_es, ///< novelty
    nsr_es ///< the mean of both ranks
};

/// An evolution strategy's own options. `run.population` is the number of mutants, two for each
/// noise vector; `run.validation_episodes` must be >= 1: the network itself, which is no mutant, is
/// validated beside the best of them.
struct EsConfig {
    RunConfig run = {};
    EsKind kind = EsKind::es;
    double sigma = 0.02;         ///< > 0
    double rate = 0.01;          ///< of Adam
    double weight_decay = 0.005; ///< adds this times theta to the gradient
    NoveltyConfig novelty = {.neighbours = 10};
    std::uint32_t meta_population = 3; ///< networks of NS-ES and NSR-ES
    bool normalises_observations = false;
    double moments_probability = 0.01; ///< that a pair collects observations; the first always does
    /// Parameters to start from, such as a trained network's; null: fresh seeds.
    std::shared_ptr<const AlignedVector<float>> start = nullptr;
};

/// Ranks of values spread evenly over [-0.5, 0.5]; equal values share the mean of their ranks.
[[nodiscard]] inline std::vector<double> centred_ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    const double most = std::max(1.0, static_cast<double>(values.size()) - 1);
    for (std::size_t i = 0; i < order.size();) {
        std::size_t end = i + 1;
        while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
        const double rank = static_cast<double>(i + end - 1) / 2;
        for (; i < end; ++i) ranks[order[i]] = values.size() > 1 ? rank / most - 0.5 : 0;
    }
    return ranks;
}

/// OpenAI's evolution strategy as Uber's code has it, NS-ES and NSR-ES.
///
/// theta moves by Adam along sum_j (rank+_j - rank-_j) noise_j / (2 n). The novelty variants keep a
/// few networks, move one each generation, drawn in proportion to its novelty, and archive the
/// behaviour of what came out.
/// \paper Salimans et al. 2017, arXiv 1703.03864; Conti et al. 2018, arXiv 1712.06560
class EvolutionStrategy final : public Algorithm {
public:
    /// \param decoder  makes the first networks; without a mutation scale
    /// \throws std::invalid_argument if a value makes no sense, such as an odd population
    EvolutionStrategy(const EsConfig& config, const Decoder& decoder,
                      Executor executor = Executor::serial());

    [[nodiscard]] std::string_view name() const override {
        constexpr std::array<std::string_view, 3> kNames = {"es", "ns-es", "nsr-es"};
        return kNames[static_cast<std::size_t>(config_.kind)];
    }
    /// The network that is being moved.
    [[nodiscard]] std::span<const float> theta() const noexcept {
        return *members_[current_].theta;
    }
    [[nodiscard]] const NoveltyArchive& archive() const noexcept { return archive_; }

private:
    struct Member {
        std::shared_ptr<const AlignedVector<float>> theta;
        Optimiser<float> optimiser;
        std::vector<float> behaviour; // empty: not evaluated yet
    };

    void fill_population(Batch& batch) const override;
    void advance(const Batch& batch, std::span<const Evaluation> results) override;
    [[nodiscard]] std::vector<Champion>
    challengers(const Batch& batch, std::span<const Evaluation> results) const override;
    void validated(std::span<const Champion> candidates) override;
    void describe(GenerationReport& report) const override;
    void save_own(SafetensorsWriter& out) const override;
    void restore_own(const SafetensorsFile& in) override;

    [[nodiscard]] bool uses_novelty() const noexcept { return config_.kind != EsKind::es; }
    [[nodiscard]] Parent centre() const;
    [[nodiscard]] std::vector<double> ranks_of(std::span<const Evaluation> results) const;
    [[nodiscard]] AlignedVector<float> gradient_of(const Batch& batch,
                                                   std::span<const double> ranks) const;
    [[nodiscard]] std::size_t next_member() const;

    EsConfig config_;
    Executor executor_;
    std::size_t parameters_;
    std::vector<Member> members_;
    std::size_t current_ = 0; // the member that this generation moves
    NoveltyArchive archive_;
    Moments moments_;
    std::shared_ptr<const Normaliser> normaliser_;
};

inline EvolutionStrategy::EvolutionStrategy(const EsConfig& config, const Decoder& decoder,
                                            Executor executor)
    : Algorithm(config.run), config_(config), executor_(std::move(executor)),
      parameters_(decoder.size()) {
    const auto require = [](bool holds, const char* what, double got) {
        detail::require(holds, std::string("EsConfig: ") + what, got);
    };
    require(config.run.population % 2 == 0, "population must be even", config.run.population);
    require(config.run.validation_episodes >= 1, "validation_episodes must be >= 1", 0);
    require(config.sigma > 0, "sigma must be > 0", config.sigma);
    require(config.meta_population >= 1, "meta_population must be >= 1", 0);
    require(config.novelty.neighbours >= 1, "novelty.neighbours must be >= 1", 0);
    require(config.moments_probability >= 0 && config.moments_probability <= 1,
            "moments_probability must be in [0, 1]", config.moments_probability);
    if (decoder.scale()) {
        throw std::invalid_argument("EsConfig: safe mutations are for genetic algorithms");
    }
    OptimiserOptions options;
    options.rule = Adam{.weight_decay = config.weight_decay};
    options.decay_all = true;
    const std::uint32_t members = uses_novelty() ? config.meta_population : 1;
    for (std::uint32_t i = 0; i < members; ++i) {
        Genome genome = Genome::fresh(config.run.seed, {0, i});
        genome.base = config.start;
        members_.push_back(
            {std::make_shared<const AlignedVector<float>>(decoder.decode(genome, executor_)),
             Optimiser<float>(decoder.layout(), options, executor_),
             {}});
    }
}

inline Parent EvolutionStrategy::centre() const {
    Genome genome;
    genome.run_seed = config().seed;
    genome.origin = {generation(), static_cast<std::uint32_t>(current_)};
    genome.base = members_[current_].theta;
    return {std::move(genome), normaliser_};
}

inline void EvolutionStrategy::fill_population(Batch& batch) const {
    batch.parents = {centre()};
    batch.items.resize(config().population);
    for (std::uint32_t i = 0; i < batch.items.size(); ++i) {
        Item& item = batch.items[i];
        item.parent = 0;
        item.child = i / 2; // both of a pair: the same noise, the same episodes
        item.sigma = static_cast<float>(i % 2 == 0 ? config_.sigma : -config_.sigma);
        if (!config_.normalises_observations) continue;
        const Stream draw(child_seed(batch.run_seed, batch.generation, item.child),
                          detail::kArchiveDraw);
        item.wants_moments = i == 0 || draw.bernoulli(config_.moments_probability, i % 2);
    }
}

inline std::vector<double> EvolutionStrategy::ranks_of(std::span<const Evaluation> results) const {
    std::vector<double> ranks(results.size());
    if (config_.kind != EsKind::ns_es) ranks = centred_ranks(detail::fitness_of(results));
    if (!uses_novelty()) return ranks;
    const auto points = detail::behaviours_of(results);
    const auto novelty = archive_.size() > 0
                             ? detail::mean_distances(archive_, points, config_.novelty, executor_)
                             : std::vector<double>(results.size()); // nothing to be far from yet
    const auto novel = centred_ranks(novelty);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        ranks[i] = config_.kind == EsKind::ns_es ? novel[i] : (ranks[i] + novel[i]) / 2;
    }
    return ranks;
}

// the negative of the direction in which fitness grows
inline AlignedVector<float> EvolutionStrategy::gradient_of(const Batch& batch,
                                                           std::span<const double> ranks) const {
    AlignedVector<float> gradient(parameters_);
    detail::for_blocks(gradient, executor_, [&](std::span<float> block, std::size_t begin) {
        for (std::size_t i = 0; i < ranks.size(); i += 2) {
            const double weight = (ranks[i + 1] - ranks[i]) / static_cast<double>(ranks.size());
            if (weight == 0) continue;
            const Stream noise(child_seed(batch.run_seed, batch.generation, batch.items[i].child),
                               detail::kNoise);
            noise.axpy_normal(block, static_cast<float>(weight), begin);
        }
    });
    return gradient;
}

inline void EvolutionStrategy::advance(const Batch& batch, std::span<const Evaluation> results) {
    const auto gradient = gradient_of(batch, ranks_of(results));
    Member& member = members_[current_];
    AlignedVector<float> theta = *member.theta;
    member.optimiser.step(theta, gradient, config_.rate);
    member.theta = std::make_shared<const AlignedVector<float>>(std::move(theta));
    if (!config_.normalises_observations) return;
    for (const Evaluation& one : results) moments_.add(one.moments);
    normaliser_ = std::make_shared<const Normaliser>(Normaliser::of(moments_));
}

inline std::vector<Champion>
EvolutionStrategy::challengers(const Batch& batch, std::span<const Evaluation> results) const {
    // the best mutants, whatever the ranks go by, and last the network itself
    auto all = best_of(batch, results, std::max<std::size_t>(2, room()) - 1);
    all.push_back({centre(), 0, 0, {}});
    return all;
}

inline void EvolutionStrategy::validated(std::span<const Champion> candidates) {
    if (!uses_novelty()) return;
    const auto& behaviour = candidates.back().evaluation.behaviour;
    if (behaviour.empty()) {
        throw std::runtime_error("novelty needs behaviours of one length, got none");
    }
    members_[current_].behaviour = behaviour;
    archive_.add(behaviour);
    current_ = next_member();
}

// each once at first, then drawn in proportion to novelty
inline std::size_t EvolutionStrategy::next_member() const {
    if (generation() + 1 < members_.size()) return generation() + 1;
    std::vector<double> sums;
    double sum = 0;
    for (const Member& member : members_) {
        sum += detail::mean_distances(archive_, member.behaviour, config_.novelty, executor_)[0];
        sums.push_back(sum);
    }
    const Stream draws(config().seed, detail::kMemberDraws);
    const double at = draws.uniform(generation()) * sum;
    const auto found = std::upper_bound(sums.begin(), sums.end(), at);
    if (found != sums.end()) return static_cast<std::size_t>(found - sums.begin());
    return draws.below(members_.size(), generation()); // no member is novel
}

inline void EvolutionStrategy::describe(GenerationReport& report) const {
    const double squares =
        squared_norm<float>(executor_, std::span<const float>(*members_[current_].theta));
    report.figures.emplace_back("theta_norm", std::sqrt(squares));
    if (!uses_novelty()) return;
    report.figures.emplace_back("member", static_cast<double>(current_));
    report.figures.emplace_back("archive", static_cast<double>(archive_.size()));
}

inline void EvolutionStrategy::save_own(SafetensorsWriter& out) const {
    std::vector<std::uint64_t> steps;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const Member& member = members_[i];
        const std::string name = "es." + std::to_string(i) + ".";
        out.add(name + "theta", std::span<const float>(*member.theta));
        Optimiser<float> optimiser = member.optimiser; // a const one shows no state
        for (const auto& moment : optimiser.state()) {
            out.add_copy<float>(name + std::string(moment.name),
                                TensorView<const float>(moment.values));
        }
        detail::add_list(out, name + "behaviour", member.behaviour);
        steps.push_back(member.optimiser.steps());
    }
    steps.push_back(current_);
    steps.push_back(moments_.count);
    detail::add_list(out, "es.steps", steps);
    detail::add_list(out, "es.moments.sum", moments_.sum);
    detail::add_list(out, "es.moments.squares", moments_.squares);
    archive_.save(out, "es.archive");
}

inline void EvolutionStrategy::restore_own(const SafetensorsFile& in) {
    std::vector<std::uint64_t> steps(members_.size() + 2);
    in.copy_into("es.steps", std::span(steps));
    for (std::size_t i = 0; i < members_.size(); ++i) {
        Member& member = members_[i];
        const std::string name = "es." + std::to_string(i) + ".";
        AlignedVector<float> theta(parameters_);
        in.copy_into(name + "theta", std::span<float>(theta));
        member.theta = std::make_shared<const AlignedVector<float>>(std::move(theta));
        for (const auto& moment : member.optimiser.state()) {
            in.copy_into(name + std::string(moment.name), moment.values);
        }
        member.behaviour = detail::list_of<float>(in, name + "behaviour");
        member.optimiser.resume_at(steps[i]);
    }
    current_ = std::min<std::size_t>(steps[members_.size()], members_.size() - 1);
    moments_.count = steps.back();
    moments_.sum = detail::list_of<double>(in, "es.moments.sum");
    moments_.squares = detail::list_of<double>(in, "es.moments.squares");
    normaliser_ =
        moments_.count > 0 ? std::make_shared<const Normaliser>(Normaliser::of(moments_)) : nullptr;
    archive_.restore(in, "es.archive");
}

} // namespace baldwin::neuroevolution

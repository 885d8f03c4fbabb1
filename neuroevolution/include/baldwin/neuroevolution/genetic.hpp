// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The Deep GA: mutation and truncation selection, by reward or by novelty; random search.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/novelty.hpp>
#include <baldwin/neuroevolution/sigma.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// What selection goes by.
enum class Selection : std::uint8_t { fitness, novelty };

/// The GA's own options. Random search is the GA without parents.
struct GaConfig {
    RunConfig run = {};
    std::uint32_t parents = 20; ///< T, the best of a generation; 0: every genome is fresh
    SigmaSchedule sigma = {};   ///< its first value is also where adapting rules start
    SigmaRule rule = SigmaRule::schedule;
    std::uint32_t sigma_groups = 10; ///< of SigmaRule::groups
    Selection selection = Selection::fitness;
    NoveltyConfig novelty = {};
    /// Parameters of the first generation's parent, such as a trained network's; null: fresh seeds.
    std::shared_ptr<const AlignedVector<float>> start = nullptr;
};

/// Such et al.'s GA, GA-NS and random search.
///
/// Generation 0: fresh genomes. Later: each child is one of T parents, drawn uniformly, plus noise.
/// By fitness, the parents are the best T of the population, the champion (the elite) among them.
/// By novelty, they are the T farthest from their nearest neighbours among population and archive;
/// the most novel of the last generation competes once more, and every individual enters the
/// archive with a small probability. \paper Such et al. 2017, algorithms 1 and 2
class GeneticAlgorithm final : public Algorithm {
public:
    /// \throws std::invalid_argument if a value makes no sense, such as more parents than children
    explicit GeneticAlgorithm(const GaConfig& config, Executor executor = Executor::serial());

    [[nodiscard]] std::string_view name() const override {
        if (config_.parents == 0) return "rs";
        return config_.selection == Selection::novelty ? "ga-ns" : "ga";
    }
    /// The parents of the present generation, best first; empty in the first.
    [[nodiscard]] std::span<const Parent> parents() const noexcept { return parents_; }
    /// Of GA-NS: behaviours that newcomers are compared with.
    [[nodiscard]] const NoveltyArchive& archive() const noexcept { return archive_; }

private:
    void fill_population(Batch& batch) const override;
    void advance(const Batch& batch, std::span<const Evaluation> results) override;
    void conclude(const Champion& champion) override;
    void describe(GenerationReport& report) const override;
    void save_own(SafetensorsWriter& out) const override;
    void restore_own(const SafetensorsFile& in) override;

    [[nodiscard]] float sigma_of(const Item& item, std::uint64_t seed) const;
    [[nodiscard]] float last_sigma(const Genome& genome) const;
    [[nodiscard]] std::size_t group_of(std::size_t item) const {
        return item * sigmas_.size() / config().population;
    }
    void select_by_fitness(const Batch& batch, std::span<const Evaluation> results);
    void select_by_novelty(const Batch& batch, std::span<const Evaluation> results);
    void adapt_sigma(const Batch& batch, std::span<const Evaluation> results);
    void adapt_groups(const std::vector<double>& gains);
    [[nodiscard]] bool needs_gains() const noexcept {
        return config_.rule == SigmaRule::fifth || config_.rule == SigmaRule::groups;
    }

    GaConfig config_;
    Executor executor_;
    NoveltyArchive archive_;
    std::vector<Parent> parents_;
    std::vector<double> parent_fitness_; // as selection saw it
    std::vector<float> sigmas_;          // one a group; one for all others
    std::optional<Parent> most_novel_;   // of the last generation
    std::vector<float> most_novel_at_;
    double mean_novelty_ = 0;
};

inline GeneticAlgorithm::GeneticAlgorithm(const GaConfig& config, Executor executor)
    : Algorithm(config.run), config_(config), executor_(std::move(executor)) {
    const auto require = [](bool holds, const char* what, double got) {
        detail::require(holds, std::string("GaConfig: ") + what, got);
    };
    require(config.parents <= config.run.population,
            ("parents must be at most the population of " + std::to_string(config.run.population))
                .c_str(),
            config.parents);
    require(config.sigma.first > 0 && config.sigma.last > 0, "sigma must be > 0",
            std::min(config.sigma.first, config.sigma.last));
    require(config.sigma.span >= 1, "sigma.span must be >= 1", 0);
    require(config.novelty.neighbours >= 1, "novelty.neighbours must be >= 1", 0);
    require(config.novelty.archive_probability >= 0 && config.novelty.archive_probability <= 1,
            "novelty.archive_probability must be in [0, 1]", config.novelty.archive_probability);
    require(config.rule != SigmaRule::groups ||
                (config.sigma_groups >= 2 && config.sigma_groups <= config.run.population),
            "sigma_groups must be in [2, population]", config.sigma_groups);
    if (config.selection == Selection::novelty && needs_gains()) {
        throw std::invalid_argument("GaConfig: with selection by novelty the sigma rule must be "
                                    "schedule or self-adaptive, got " +
                                    std::string(to_string(config.rule)));
    }
    sigmas_.assign(config.rule == SigmaRule::groups ? config.sigma_groups : 1,
                   static_cast<float>(config.sigma.first));
    for (std::size_t i = 1; i < sigmas_.size(); ++i) {
        sigmas_[i] =
            detail::varied_sigma(sigmas_[0], Stream(config.run.seed, detail::kSigmaStart), i);
    }
    if (config.start) parents_ = {{Genome{config.run.seed, {}, config.start, {}}, nullptr}};
}

inline float GeneticAlgorithm::last_sigma(const Genome& genome) const {
    return genome.mutations.empty() ? static_cast<float>(config_.sigma.first)
                                    : genome.mutations.back().sigma;
}

inline float GeneticAlgorithm::sigma_of(const Item& item, std::uint64_t seed) const {
    switch (config_.rule) {
    case SigmaRule::self_adaptive:
        return detail::varied_sigma(last_sigma(parents_[item.parent].genome),
                                    Stream(seed, detail::kSigmaDraw), 0);
    case SigmaRule::fifth: return sigmas_[0];
    case SigmaRule::groups: return sigmas_[group_of(item.child)];
    default:
        return static_cast<float>(
            sigma_at(config_.sigma, progress().generation, progress().frames));
    }
}

inline void GeneticAlgorithm::fill_population(Batch& batch) const {
    batch.parents = parents_;
    batch.items.resize(config().population);
    for (std::uint32_t i = 0; i < batch.items.size(); ++i) {
        Item& item = batch.items[i];
        item.child = i;
        if (parents_.empty()) continue;
        const std::uint64_t seed = child_seed(batch.run_seed, batch.generation, i);
        item.parent =
            static_cast<std::uint32_t>(Stream(seed, detail::kParentDraw).below(parents_.size(), 0));
        item.sigma = sigma_of(item, seed);
    }
}

inline void GeneticAlgorithm::advance(const Batch& batch, std::span<const Evaluation> results) {
    if (needs_gains()) adapt_sigma(batch, results);
    if (config_.selection == Selection::novelty) {
        select_by_novelty(batch, results);
    } else if (config_.parents > 0) {
        select_by_fitness(batch, results);
    }
}

inline void GeneticAlgorithm::select_by_fitness(const Batch& batch,
                                                std::span<const Evaluation> results) {
    const auto fitness = detail::fitness_of(results);
    parents_.clear();
    parent_fitness_.clear();
    for (const std::size_t i : detail::best_first(fitness, config_.parents)) {
        parents_.push_back(individual_of(batch, i));
        parent_fitness_.push_back(fitness[i]);
    }
}

inline void GeneticAlgorithm::select_by_novelty(const Batch& batch,
                                                std::span<const Evaluation> results) {
    std::vector<float> points = detail::behaviours_of(results);
    const std::size_t dimensions = results.front().behaviour.size();
    archive_.expect(dimensions);
    if (most_novel_) points.insert(points.end(), most_novel_at_.begin(), most_novel_at_.end());
    const auto novelty = novelty_of(archive_, points, config_.novelty, executor_);
    const auto parent_at = [&](std::size_t i) {
        return i < results.size() ? individual_of(batch, i) : *most_novel_;
    };
    const auto order = detail::best_first(novelty, std::max(1U, config_.parents));
    std::vector<Parent> chosen;
    chosen.reserve(order.size());
    for (const std::size_t i : order) chosen.push_back(parent_at(i));
    const auto first = points.begin() + static_cast<std::ptrdiff_t>(order.front() * dimensions);
    most_novel_at_ = {first, first + static_cast<std::ptrdiff_t>(dimensions)};
    most_novel_ = chosen.front();
    parents_ = config_.parents > 0 ? std::move(chosen) : std::vector<Parent>();
    mean_novelty_ = detail::mean_of(novelty);
    for (std::size_t i = 0; i < results.size(); ++i) {
        const Stream draw(child_seed(batch.run_seed, batch.generation, batch.items[i].child),
                          detail::kArchiveDraw);
        if (draw.bernoulli(config_.novelty.archive_probability, 0)) {
            archive_.add(results[i].behaviour);
        }
    }
}

inline void GeneticAlgorithm::adapt_sigma(const Batch& batch, std::span<const Evaluation> results) {
    if (batch.parents.empty() || parent_fitness_.size() != batch.parents.size()) return;
    std::vector<double> gains(sigmas_.size(), -std::numeric_limits<double>::infinity());
    std::size_t better = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const double gain = results[i].fitness - parent_fitness_[batch.items[i].parent];
        if (gain > 0) ++better;
        double& most = gains[config_.rule == SigmaRule::groups ? group_of(i) : 0];
        most = std::max(most, gain);
    }
    if (config_.rule == SigmaRule::groups) return adapt_groups(gains);
    constexpr float kGrowth = 1.2F; // and its fourth root down: balanced at a fifth
    constexpr float kDecline = 0.95544F;
    sigmas_[0] *= 5 * better > results.size() ? kGrowth : kDecline;
}

// the best fifth of the sigmas live on unchanged at the head; the others vary one of them
inline void GeneticAlgorithm::adapt_groups(const std::vector<double>& gains) {
    const std::size_t elites = std::max<std::size_t>(1, sigmas_.size() / 5);
    const auto best = detail::best_first(gains, elites);
    const Stream draws =
        Stream(config().seed, detail::kSigmaGroups).substream(progress().generation);
    std::vector<float> next;
    for (std::size_t i = 0; i < sigmas_.size(); ++i) {
        const float sigma = sigmas_[best[i < elites ? i : draws.below(elites, 2 * i)]];
        next.push_back(i < elites ? sigma : detail::varied_sigma(sigma, draws, 2 * i + 1));
    }
    sigmas_ = std::move(next);
}

inline void GeneticAlgorithm::conclude(const Champion& champion) {
    if (config_.parents == 0 || config_.selection == Selection::novelty) return;
    // the elite is a parent: where it stands among the best T, else in place of the last of them
    const auto found = std::find(parents_.begin(), parents_.end(), champion.individual);
    if (found != parents_.end()) return;
    parents_.pop_back();
    parents_.insert(parents_.begin(), champion.individual);
    parent_fitness_.pop_back();
    parent_fitness_.insert(parent_fitness_.begin(), champion.fitness);
}

inline void GeneticAlgorithm::describe(GenerationReport& report) const {
    const bool adapts = needs_gains();
    report.figures.emplace_back(
        "sigma", adapts ? sigmas_[0]
                        : sigma_at(config_.sigma, progress().generation - 1, progress().frames));
    if (config_.selection != Selection::novelty) return;
    report.figures.emplace_back("novelty", mean_novelty_);
    report.figures.emplace_back("archive", static_cast<double>(archive_.size()));
}

inline void GeneticAlgorithm::save_own(SafetensorsWriter& out) const {
    detail::save_parents(out, "ga.parents", parents_);
    detail::add_list(out, "ga.parent_fitness", parent_fitness_);
    detail::add_list(out, "ga.sigmas", sigmas_);
    std::vector<Parent> novel;
    if (most_novel_) novel.push_back(*most_novel_);
    detail::save_parents(out, "ga.most_novel", novel);
    detail::add_list(out, "ga.most_novel_at", most_novel_at_);
    out.add_value<double>("ga.mean_novelty", mean_novelty_);
    archive_.save(out, "ga.archive");
}

inline void GeneticAlgorithm::restore_own(const SafetensorsFile& in) {
    parents_ = detail::read_parents(in, "ga.parents");
    parent_fitness_ = detail::list_of<double>(in, "ga.parent_fitness");
    in.copy_into("ga.sigmas", std::span<float>(sigmas_));
    const auto novel = detail::read_parents(in, "ga.most_novel");
    most_novel_ = novel.empty() ? std::nullopt : std::optional(novel.front());
    most_novel_at_ = detail::list_of<float>(in, "ga.most_novel_at");
    mean_novelty_ = in.value<double>("ga.mean_novelty");
    archive_.restore(in, "ga.archive");
    if (most_novel_ && most_novel_at_.size() != archive_.dimensions()) {
        throw std::runtime_error(
            "the checkpoint has a behaviour of " + std::to_string(most_novel_at_.size()) +
            " dimensions, its archive has " + std::to_string(archive_.dimensions()));
    }
}

} // namespace baldwin::neuroevolution

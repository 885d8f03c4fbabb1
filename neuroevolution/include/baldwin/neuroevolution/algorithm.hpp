// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What all algorithms share: ask for a batch, tell its evaluations; the champion; budgets.
#pragma once

#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/detail/state.hpp>
#include <baldwin/neuroevolution/detail/summary.hpp>
#include <baldwin/neuroevolution/report.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

/// How many steps an episode may take. The cap grows when many episodes hit it.
struct EpisodeCap {
    std::uint64_t steps = kNoCap; ///< at first; >= 1
    double threshold = 1;         ///< share of a population's episodes cut off above which it grows
    double ratio = 1;             ///< what it is multiplied by then; >= 1; 1: it never grows
    std::uint64_t most = kNoCap;  ///< never beyond this
};

/// What every algorithm is told.
struct RunConfig {
    std::uint64_t seed = 1;
    std::uint32_t population = 100; ///< evaluated each generation; the champion is not among them
    std::uint32_t episodes = 1;     ///< of each evaluation, for training
    /// Episodes that each of the best plays again before one of them is the champion; 0: fitness
    /// has no noise, the first one counts.
    std::uint32_t validation_episodes = 0;
    std::uint32_t candidates = 10;   ///< how many of the best, the old champion among them; >= 1,
                                     ///< but there is always a new one
    EpisodeCap cap = {};             ///< in training and validation
    bool common_episodes = false;    ///< all of a population play the same training episodes
    std::uint32_t generations = 100; ///< the run ends after so many,
    std::uint64_t frames = std::numeric_limits<std::uint64_t>::max();      ///< or so many frames,
    std::uint64_t evaluations = std::numeric_limits<std::uint64_t>::max(); ///< or episodes,
    double target = std::numeric_limits<double>::infinity(); ///< or with a champion so good,
    bool stops_at_goal = false; ///< or when an episode reached its goal; looked at where a
                                ///< generation ends
};

/// The best individual so far by reward, whatever selection goes by.
struct Champion {
    Parent individual;
    double fitness = 0;         ///< of its last validation; without validation of its evaluation
    std::uint32_t episodes = 0; ///< that this is the mean of
    Evaluation evaluation;      ///< when it was found, with its behaviour

    /// Takes what it came to in a validation.
    void take(const Evaluation& validation) {
        fitness = validation.fitness;
        episodes = validation.episodes;
        if (evaluation.episodes == 0) evaluation = validation;
    }
};

/// How far a run has come. Test episodes are in none of these.
struct Progress {
    std::uint32_t generation = 0;  ///< generations finished
    std::uint64_t evaluations = 0; ///< episodes played
    std::uint64_t frames = 0;
    std::optional<std::uint64_t> evaluations_to_goal; ///< up to the first that reached it
    std::uint64_t max_steps = kNoCap;                 ///< the present cap
};

/// An evolutionary algorithm that is asked what to evaluate and told what came out.
///
///     while (!algorithm.is_over()) {
///         results.assign(algorithm.ask().items.size(), {});
///         engine.evaluate(algorithm.ask(), {0, results.size()}, results);
///         algorithm.tell(results);
///     }
///
/// A generation is one batch for the population and, with validation, one for the best of it. The
/// same seed and evaluations give the same bits. Not for several threads at once.
class Algorithm {
public:
    virtual ~Algorithm() = default;

    /// Name on the command line, such as "ga".
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] const RunConfig& config() const noexcept { return config_; }

    /// What is to be evaluated next; the same batch until it is told.
    [[nodiscard]] const Batch& ask() {
        if (!batch_) batch_ = phase_ == Phase::population ? population_batch() : validation_batch();
        return *batch_;
    }
    /// Takes the evaluations of the batch, one for each item.
    /// \throws std::invalid_argument if there are more or fewer, or one is missing
    void tell(std::span<const Evaluation> results);
    /// Counts what was played for the run before its first batch, such as episodes that show how
    /// observations are spread.
    void charge(std::span<const Evaluation> results);

    /// Whether a budget, the target or the goal is reached. Never inside a generation.
    [[nodiscard]] bool is_over() const noexcept;
    /// None before the end of the first generation.
    [[nodiscard]] const std::optional<Champion>& champion() const noexcept { return champion_; }
    /// The best so far, from what is evaluated of the batch asked for: for the report on a run that
    /// is stopped inside a generation. Whoever played fewer episodes than the champion, or fewer
    /// than there are in a validation that has begun, is no rival of it yet.
    /// \param results  as for tell(), of which some may be missing; or none
    [[nodiscard]] std::optional<Champion>
    champion_so_far(std::span<const Evaluation> results) const;
    [[nodiscard]] const Progress& progress() const noexcept { return progress_; }
    /// The last finished generation.
    [[nodiscard]] const GenerationReport& report() const noexcept { return report_; }

    /// Episodes for a report on the champion, one item each; not to be told.
    /// \throws std::logic_error if there is no champion yet
    [[nodiscard]] Batch test_batch(std::uint32_t episodes, std::uint64_t max_steps = kNoCap) const;

    /// Adds all that the algorithm has learned to a checkpoint.
    void save(SafetensorsWriter& out) const;
    /// Takes it back, into an algorithm of the same configuration.
    /// \throws std::runtime_error if the checkpoint does not fit
    void restore(const SafetensorsFile& in);

protected:
    /// \throws std::invalid_argument if a value makes no sense
    explicit Algorithm(const RunConfig& config);
    // the algorithms themselves are values: a copy goes on by itself
    Algorithm(const Algorithm&) = default;
    Algorithm& operator=(const Algorithm&) = default;
    Algorithm(Algorithm&&) = default;
    Algorithm& operator=(Algorithm&&) = default;

    /// The population of the present generation: parents and items; the rest is filled in.
    virtual void fill_population(Batch& batch) const = 0;
    /// Learns from a population.
    virtual void advance(const Batch& batch, std::span<const Evaluation> results) = 0;
    /// Who may become champion; by default the best of the population by reward.
    [[nodiscard]] virtual std::vector<Champion>
    challengers(const Batch& batch, std::span<const Evaluation> results) const {
        return best_of(batch, results, room());
    }
    /// The best of a population by reward, best first.
    [[nodiscard]] static std::vector<Champion>
    best_of(const Batch& batch, std::span<const Evaluation> results, std::size_t count);
    /// How many challengers there are beside the champion; >= 1.
    [[nodiscard]] std::size_t room() const noexcept {
        return std::max(1U, config_.candidates - (champion_ ? 1U : 0U));
    }
    /// What validation said of the candidates: the old champion, if there is one, and the
    /// challengers.
    virtual void validated(std::span<const Champion> /*candidates*/) {}
    /// The end of a generation: the champion is known.
    virtual void conclude(const Champion& /*champion*/) {}
    /// Figures for the report.
    virtual void describe(GenerationReport& /*report*/) const {}
    virtual void save_own(SafetensorsWriter& out) const = 0;
    virtual void restore_own(const SafetensorsFile& in) = 0;

    /// The generation that is being evaluated, from 0.
    [[nodiscard]] std::uint32_t generation() const noexcept { return progress_.generation; }

private:
    enum class Phase : std::uint8_t { population, validation };

    [[nodiscard]] Batch empty_batch(Purpose purpose) const;
    [[nodiscard]] Batch population_batch() const;
    [[nodiscard]] Batch validation_batch() const;
    [[nodiscard]] std::optional<Champion> best_validated(std::span<const Evaluation> results) const;
    void check_results(std::span<const Evaluation> results) const;
    void adapt_cap(std::span<const Evaluation> results);
    void after_population(const Batch& batch, std::span<const Evaluation> results);
    void after_validation(const Batch& batch, std::span<const Evaluation> results);
    void end_generation(std::size_t best);

    RunConfig config_;
    Phase phase_ = Phase::population;
    Progress progress_;
    std::optional<Batch> batch_; // asked for, not told
    std::optional<Champion> champion_;
    std::vector<Champion> candidates_; // during validation; the old champion first
    GenerationReport report_;
};

namespace detail {

/// Adds evaluations to a run's progress; those that are missing change nothing.
inline void count(Progress& progress, std::span<const Evaluation> results) {
    for (const Evaluation& one : results) {
        if (one.first_goal > 0 && !progress.evaluations_to_goal) {
            progress.evaluations_to_goal = progress.evaluations + one.first_goal;
        }
        progress.evaluations += one.episodes;
        progress.frames += one.frames;
    }
}

inline void require(bool holds, const std::string& what, double got) {
    if (holds) return;
    std::string number = std::to_string(got);
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
    throw std::invalid_argument(what + ", got " + number);
}

} // namespace detail

inline Algorithm::Algorithm(const RunConfig& config) : config_(config) {
    const auto require = [](bool holds, const char* what, double got) {
        detail::require(holds, std::string("RunConfig: ") + what, got);
    };
    require(config.population >= 1, "population must be >= 1", config.population);
    require(config.episodes >= 1, "episodes must be >= 1", config.episodes);
    require(config.candidates >= 1, "candidates must be >= 1", config.candidates);
    require(config.cap.steps >= 1, "cap.steps must be >= 1", 0);
    require(config.cap.ratio >= 1, "cap.ratio must be >= 1", config.cap.ratio);
    require(config.cap.threshold >= 0, "cap.threshold must be >= 0", config.cap.threshold);
    progress_.max_steps = config.cap.steps;
}

inline Batch Algorithm::empty_batch(Purpose purpose) const {
    Batch batch;
    batch.run_seed = config_.seed;
    batch.generation = progress_.generation;
    batch.purpose = purpose;
    batch.max_steps = progress_.max_steps;
    return batch;
}

inline Batch Algorithm::population_batch() const {
    Batch batch = empty_batch(Purpose::training);
    batch.common_episodes = config_.common_episodes;
    fill_population(batch);
    for (Item& item : batch.items) item.episodes = config_.episodes;
    return batch;
}

inline Batch Algorithm::validation_batch() const {
    Batch batch = empty_batch(Purpose::validation);
    batch.common_episodes = true; // candidates differ by what they are, not by their luck
    for (std::uint32_t i = 0; i < candidates_.size(); ++i) {
        batch.parents.push_back(candidates_[i].individual);
        // an item each: what is lost when a run is killed is less than an episode a thread
        for (std::uint32_t episode = 0; episode < config_.validation_episodes; ++episode) {
            Item item;
            item.parent = item.child = i;
            item.first_episode = episode;
            batch.items.push_back(item);
        }
    }
    return batch;
}

inline Batch Algorithm::test_batch(std::uint32_t episodes, std::uint64_t max_steps) const {
    if (!champion_) throw std::logic_error("Algorithm: there is no champion before a generation");
    Batch batch = empty_batch(Purpose::test);
    batch.max_steps = max_steps;
    batch.parents = {champion_->individual};
    for (std::uint32_t i = 0; i < episodes; ++i) {
        Item item;
        item.parent = 0;
        item.first_episode = i;
        batch.items.push_back(item);
    }
    return batch;
}

inline void Algorithm::check_results(std::span<const Evaluation> results) const {
    if (!batch_ || results.size() != batch_->items.size()) {
        throw std::invalid_argument("Algorithm: tell needs an evaluation for each of the " +
                                    std::to_string(batch_ ? batch_->items.size() : 0) +
                                    " items that were asked for, got " +
                                    std::to_string(results.size()));
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (results[i].episodes == batch_->items[i].episodes) continue;
        throw std::invalid_argument("Algorithm: item " + std::to_string(i) + " must be told with " +
                                    std::to_string(batch_->items[i].episodes) + " episodes, got " +
                                    std::to_string(results[i].episodes));
    }
}

inline void Algorithm::charge(std::span<const Evaluation> results) {
    detail::count(progress_, results);
}

inline void Algorithm::adapt_cap(std::span<const Evaluation> results) {
    std::uint64_t cut = 0;
    std::uint64_t all = 0;
    for (const Evaluation& one : results) {
        cut += one.cut;
        all += one.episodes;
    }
    const EpisodeCap& cap = config_.cap;
    if (cap.ratio == 1 || static_cast<double>(cut) <= cap.threshold * static_cast<double>(all)) {
        return;
    }
    const double grown = static_cast<double>(progress_.max_steps) * cap.ratio;
    progress_.max_steps = grown < static_cast<double>(cap.most)
                              ? static_cast<std::uint64_t>(grown)
                              : std::max(cap.most, progress_.max_steps);
}

inline void Algorithm::tell(std::span<const Evaluation> results) {
    check_results(results);
    const Batch batch = *std::exchange(batch_, std::nullopt);
    detail::count(progress_, results);
    if (phase_ == Phase::population) {
        after_population(batch, results);
    } else {
        after_validation(batch, results);
    }
}

inline std::vector<Champion>
Algorithm::best_of(const Batch& batch, std::span<const Evaluation> results, std::size_t count) {
    std::vector<Champion> best;
    for (const std::size_t i : detail::best_first(detail::fitness_of(results), count)) {
        best.push_back(
            {individual_of(batch, i), results[i].fitness, results[i].episodes, results[i]});
    }
    return best;
}

inline std::optional<Champion>
Algorithm::champion_so_far(std::span<const Evaluation> results) const {
    if (phase_ == Phase::validation) return best_validated(results);
    if (!batch_ || results.empty()) return champion_;
    std::vector<double> fitness = detail::fitness_of(results);
    const std::uint32_t least = champion_ ? champion_->episodes : 1;
    for (std::size_t i = 0; i < fitness.size(); ++i) {
        if (results[i].episodes < least) fitness[i] = -std::numeric_limits<double>::infinity();
    }
    const std::size_t best = detail::best_first(fitness, 1).front();
    if (results[best].episodes < least || (champion_ && fitness[best] <= champion_->fitness)) {
        return champion_;
    }
    return Champion{individual_of(*batch_, best), fitness[best], results[best].episodes,
                    results[best]};
}

inline std::optional<Champion>
Algorithm::best_validated(std::span<const Evaluation> results) const {
    std::vector<Evaluation> played(candidates_.size());
    if (batch_) played = detail::by_parent(*batch_, results, candidates_.size());
    std::optional<Champion> best;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        Champion one = candidates_[i];
        if (played[i].episodes == config_.validation_episodes) one.take(played[i]);
        if (one.episodes < config_.validation_episodes) continue;
        if (!best || one.fitness > best->fitness) best = std::move(one);
    }
    return best ? best : candidates_.front();
}

inline void Algorithm::after_population(const Batch& batch, std::span<const Evaluation> results) {
    report_ = GenerationReport();
    report_.generation = progress_.generation;
    report_.fitness = FitnessSummary::of(detail::fitness_of(results));
    adapt_cap(results);
    advance(batch, results);
    candidates_.clear();
    if (champion_) candidates_.push_back(*champion_);
    for (Champion& one : challengers(batch, results)) candidates_.push_back(std::move(one));
    if (config_.validation_episodes > 0) {
        phase_ = Phase::validation;
        return;
    }
    std::size_t best = 0;
    for (std::size_t i = 1; i < candidates_.size(); ++i) {
        if (candidates_[i].fitness > candidates_[best].fitness) best = i;
    }
    end_generation(best);
}

inline void Algorithm::after_validation(const Batch& batch, std::span<const Evaluation> results) {
    const auto played = detail::by_parent(batch, results, candidates_.size());
    std::vector<double> fitness;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        candidates_[i].take(played[i]);
        fitness.push_back(played[i].fitness);
    }
    phase_ = Phase::population;
    validated(candidates_);
    end_generation(detail::best_first(fitness, 1).front());
}

inline void Algorithm::end_generation(std::size_t best) {
    champion_ = candidates_[best];
    candidates_.clear();
    conclude(*champion_);
    ++progress_.generation;
    report_.evaluations = progress_.evaluations;
    report_.frames = progress_.frames;
    report_.champion = champion_->fitness;
    describe(report_);
}

inline bool Algorithm::is_over() const noexcept {
    if (phase_ == Phase::validation) return false;
    const Progress& now = progress_;
    return now.generation >= config_.generations || now.frames >= config_.frames ||
           now.evaluations >= config_.evaluations ||
           (champion_ && champion_->fitness >= config_.target) ||
           (config_.stops_at_goal && now.evaluations_to_goal);
}

inline void Algorithm::save(SafetensorsWriter& out) const {
    out.metadata["algorithm"] = std::string(name());
    detail::add_list<std::uint64_t>(out, "algorithm.progress",
                                    {progress_.generation, progress_.evaluations, progress_.frames,
                                     progress_.evaluations_to_goal.value_or(0), progress_.max_steps,
                                     static_cast<std::uint64_t>(phase_), champion_ ? 1U : 0U});
    std::vector<Champion> champions = candidates_;
    if (champion_) champions.push_back(*champion_);
    std::vector<Parent> individuals;
    std::vector<Evaluation> evaluations;
    std::vector<double> fitness;
    std::vector<std::uint32_t> episodes;
    for (const Champion& one : champions) {
        individuals.push_back(one.individual);
        evaluations.push_back(one.evaluation);
        fitness.push_back(one.fitness);
        episodes.push_back(one.episodes);
    }
    detail::save_parents(out, "algorithm.champions", individuals);
    detail::save_evaluations(out, "algorithm.champions.found", evaluations);
    detail::add_list(out, "algorithm.champions.fitness", fitness);
    detail::add_list(out, "algorithm.champions.episodes", episodes);
    save_report(out, report_);
    save_own(out);
}

inline void Algorithm::restore(const SafetensorsFile& in) {
    if (in.text("algorithm") != name()) {
        throw std::runtime_error("the checkpoint is of algorithm '" + in.text("algorithm") +
                                 "', this is '" + std::string(name()) + "'");
    }
    std::vector<std::uint64_t> numbers(7);
    in.copy_into("algorithm.progress", std::span(numbers));
    progress_ = {static_cast<std::uint32_t>(numbers[0]), numbers[1], numbers[2],
                 numbers[3] > 0 ? std::optional(numbers[3]) : std::nullopt, numbers[4]};
    phase_ = numbers[5] == 0 ? Phase::population : Phase::validation;
    auto individuals = detail::read_parents(in, "algorithm.champions");
    auto evaluations = detail::read_evaluations(in, "algorithm.champions.found");
    std::vector<double> fitness(individuals.size());
    in.copy_into("algorithm.champions.fitness", std::span(fitness));
    std::vector<std::uint32_t> episodes(individuals.size());
    in.copy_into("algorithm.champions.episodes", std::span(episodes));
    evaluations.resize(individuals.size());
    candidates_.clear();
    champion_.reset();
    for (std::size_t i = 0; i < individuals.size(); ++i) {
        candidates_.push_back(
            {std::move(individuals[i]), fitness[i], episodes[i], std::move(evaluations[i])});
    }
    if (numbers[6] != 0 && !candidates_.empty()) {
        champion_ = std::move(candidates_.back());
        candidates_.pop_back();
    }
    if (phase_ == Phase::validation && candidates_.empty()) {
        throw std::runtime_error("the checkpoint has no candidates to validate");
    }
    batch_.reset();
    report_ = read_report(in);
    restore_own(in);
}

} // namespace baldwin::neuroevolution

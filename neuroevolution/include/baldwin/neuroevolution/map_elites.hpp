// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// MAP-Elites: the best genome for each kind of behaviour.
#pragma once

#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/cells.hpp>
#include <baldwin/neuroevolution/sigma.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::neuroevolution {

struct MapElitesConfig {
    RunConfig run = {};
    Cells cells = Cells::grid({BehaviourAxis{}, BehaviourAxis{}});
    SigmaSchedule sigma = {};
    double qd_offset = 0; ///< what the QD score takes off each fitness: a lower bound of it
};

/// Whoever lives in a cell.
struct Occupant {
    Parent individual;
    Evaluation evaluation;
};

/// MAP-Elites on seed genomes: each child is the occupant of a filled cell, drawn uniformly, plus
/// noise; it takes the cell of its behaviour if that is empty or held by a worse one. The first
/// generation is of fresh genomes.
/// \paper Mouret & Clune 2015, arXiv 1504.04909
class MapElites final : public Algorithm {
public:
    /// \throws std::invalid_argument if a value makes no sense
    explicit MapElites(const MapElitesConfig& config)
        : Algorithm(config.run), config_(config), occupants_(config.cells.size()) {
        detail::require(config.sigma.first > 0 && config.sigma.last > 0,
                        "MapElitesConfig: sigma must be > 0",
                        std::min(config.sigma.first, config.sigma.last));
        detail::require(config.sigma.span >= 1, "MapElitesConfig: sigma.span must be >= 1", 0);
    }

    [[nodiscard]] std::string_view name() const override { return "map-elites"; }
    [[nodiscard]] const Cells& cells() const noexcept { return config_.cells; }
    /// One for each cell; none where it is empty.
    [[nodiscard]] std::span<const std::optional<Occupant>> occupants() const noexcept {
        return occupants_;
    }
    /// Cells that are filled, in the order in which they were.
    [[nodiscard]] std::span<const std::uint32_t> filled() const noexcept { return filled_; }
    /// Share of the cells that are filled.
    [[nodiscard]] double coverage() const noexcept {
        return static_cast<double>(filled_.size()) / static_cast<double>(occupants_.size());
    }
    /// Sum over the filled cells of fitness - qd_offset.
    [[nodiscard]] double qd_score() const {
        double sum = 0;
        for (const auto& one : occupants_) {
            if (one) sum += one->evaluation.fitness - config_.qd_offset;
        }
        return sum;
    }

private:
    void fill_population(Batch& batch) const override {
        batch.items.resize(config().population);
        std::map<std::uint32_t, std::uint32_t> ranks; // of the parents, by cell
        for (std::uint32_t i = 0; i < batch.items.size(); ++i) {
            Item& item = batch.items[i];
            item.child = i;
            if (filled_.empty()) continue;
            const Stream draw(child_seed(batch.run_seed, batch.generation, i), detail::kParentDraw);
            const std::uint32_t cell = filled_[draw.below(filled_.size(), 0)];
            const auto [at, is_new] =
                ranks.emplace(cell, static_cast<std::uint32_t>(batch.parents.size()));
            if (is_new) batch.parents.push_back(occupants_[cell]->individual);
            item.parent = at->second;
            item.sigma = sigma();
        }
    }
    void advance(const Batch& batch, std::span<const Evaluation> results) override {
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (results[i].behaviour.empty()) {
                throw std::runtime_error("map-elites needs behaviours, got none");
            }
            const std::size_t cell = config_.cells.cell_of(results[i].behaviour);
            auto& occupant = occupants_[cell];
            if (occupant && !(results[i].fitness > occupant->evaluation.fitness)) continue;
            if (!occupant) filled_.push_back(static_cast<std::uint32_t>(cell));
            occupant = {individual_of(batch, i), results[i]};
        }
    }
    void describe(GenerationReport& report) const override {
        report.figures.emplace_back("sigma", sigma());
        report.figures.emplace_back("coverage", coverage());
        report.figures.emplace_back("qd_score", qd_score());
    }
    void save_own(SafetensorsWriter& out) const override {
        std::vector<Parent> individuals;
        std::vector<Evaluation> evaluations;
        for (const std::uint32_t cell : filled_) {
            individuals.push_back(occupants_[cell]->individual);
            evaluations.push_back(occupants_[cell]->evaluation);
        }
        detail::add_list(out, "map.filled", filled_);
        detail::save_parents(out, "map.individuals", individuals);
        detail::save_evaluations(out, "map.evaluations", evaluations);
    }
    void restore_own(const SafetensorsFile& in) override {
        occupants_.assign(config_.cells.size(), std::nullopt);
        filled_ = detail::list_of<std::uint32_t>(in, "map.filled");
        auto individuals = detail::read_parents(in, "map.individuals");
        auto evaluations = detail::read_evaluations(in, "map.evaluations");
        individuals.resize(filled_.size());
        evaluations.resize(filled_.size());
        for (std::size_t i = 0; i < filled_.size(); ++i) {
            if (filled_[i] >= occupants_.size()) {
                throw std::runtime_error("the checkpoint has cell " + std::to_string(filled_[i]) +
                                         ", there are " + std::to_string(occupants_.size()));
            }
            occupants_[filled_[i]] = {std::move(individuals[i]), std::move(evaluations[i])};
        }
    }
    [[nodiscard]] float sigma() const {
        return static_cast<float>(
            sigma_at(config_.sigma, progress().generation, progress().frames));
    }

    MapElitesConfig config_;
    std::vector<std::optional<Occupant>> occupants_;
    std::vector<std::uint32_t> filled_;
};

} // namespace baldwin::neuroevolution

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A run of a program: its directory opened anew or resumed, metrics, checkpoints, progress, end.
#pragma once

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/core/checkpoint.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/progress.hpp>
#include <baldwin/core/run_directory.hpp>
#include <baldwin/core/stop.hpp>
#include <baldwin/core/ticks.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace baldwin::app {

/// Name of the processor as the system gives it; "unknown" where it gives none.
std::string cpu_name();

/// Hash of the options that decide what a run computes: neither where it ends nor how it is run.
std::string config_hash(const OptionTable& table);

/// An open run.
///
/// A program makes its network from the options, opens the run, takes back what checkpoint()
/// holds, works, and calls finish(). Everything for a step is recorded before save() of that step.
class Run {
public:
    /// Adds the state of a run to a checkpoint.
    using Fill = std::function<void(SafetensorsWriter&)>;

    /// Opens a new run, or the one that --resume names, and writes config.json.
    /// \param architecture  text form of the network; a checkpoint of another one is refused
    /// \param period        seconds between checkpoints, see CheckpointCadence
    /// \throws UsageError if --out cannot be used
    /// \throws std::runtime_error if a checkpoint does not belong to this run; nothing is changed
    Run(const OptionTable& table, const CommonOptions& common, std::string architecture,
        double period = CheckpointCadence::Config().period);

    /// What to go on from; nothing in a new run, or where the run was killed before its first one.
    [[nodiscard]] const std::optional<Checkpoint>& checkpoint() const noexcept {
        return checkpoint_;
    }
    [[nodiscard]] bool is_resumed() const noexcept { return is_resumed_; }
    /// Frees the memory of the checkpoint that was read.
    void drop_checkpoint() noexcept { checkpoint_.reset(); }

    [[nodiscard]] const RunDirectory& directory() const noexcept { return directory_; }
    [[nodiscard]] Progress& progress() noexcept { return progress_; }
    /// Seconds since the run began; time stopped between resumes not counted.
    [[nodiscard]] double seconds() const {
        return seconds_before_ + std::chrono::duration<double>(Clock::now() - opened_).count();
    }
    /// Whether somebody asked the run to stop: save, finish(true), and leave with interrupted.
    [[nodiscard]] static bool should_stop() noexcept { return stop_requested(); }

    /// Appends a row to metrics.jsonl.
    /// \throws std::runtime_error if it cannot be written
    void record(std::uint64_t step, std::initializer_list<Metric> metrics) {
        record(step, std::span<const Metric>(metrics.begin(), metrics.size()));
    }
    void record(std::uint64_t step, std::span<const Metric> metrics);
    /// Tells everything that is recorded from now on; an empty one tells nobody.
    void observe(std::function<void(std::uint64_t, std::span<const Metric>)> observer) {
        observer_ = std::move(observer);
    }
    /// Units of the metrics that the program declared, by name.
    [[nodiscard]] const std::map<std::string, std::string>& units() const noexcept {
        return units_;
    }
    /// Appends a line to events.jsonl and says it on stderr.
    void event(std::uint64_t step, std::string_view kind, std::string_view text);

    /// Appends to events.jsonl that the user turned a parameter, and says it on stderr.
    void edit(std::uint64_t step, const std::string& parameter, double from, double to);

    /// Writes a checkpoint if it is time to.
    /// \param is_boundary  an epoch or a generation has just ended
    /// \param fill         adds everything that the run needs to go on
    /// \return whether one was written
    /// \throws std::runtime_error if it cannot be written; the earlier one is then still there
    bool save_if_due(std::uint64_t step, bool is_boundary, const Fill& fill);
    /// Writes a checkpoint now.
    /// \throws std::runtime_error as save_if_due
    void save(std::uint64_t step, const Fill& fill);

    /// The same for a part of the work that has a state of its own, in a file of that name beside
    /// the run's: a chapter of the tour.
    bool save_part_if_due(const std::string& name, std::uint64_t step, bool is_boundary,
                          const Fill& fill);
    void save_part(const std::string& name, std::uint64_t step, const Fill& fill);
    /// What to go on from in that part; nothing where it had not begun.
    /// \throws std::runtime_error if it does not belong to this run
    [[nodiscard]] std::optional<Checkpoint> part(const std::string& name) const;

    /// Step of the last checkpoint, written or gone on from; 0 without one.
    [[nodiscard]] std::uint64_t saved_step() const noexcept { return saved_step_; }

    /// Writes summary.json: \p results behind the keys that all programs have.
    /// \throws std::runtime_error if it cannot be written
    void finish(std::uint64_t step, bool is_interrupted, const Json& results);

private:
    using Clock = std::chrono::steady_clock;

    static RunDirectory open(const OptionTable& table, const CommonOptions& common);
    void begin(const OptionTable& table, const CommonOptions& common);
    void resume(const OptionTable& table, const CommonOptions& common);
    [[nodiscard]] bool is_due(bool is_boundary);
    void write(const std::filesystem::path& path, std::uint64_t step, const Fill& fill);
    [[nodiscard]] std::filesystem::path part_path(const std::string& name) const {
        return directory_.path() / (name + ".checkpoint.safetensors");
    }
    void note_later_end(const OptionTable& table, Json& config, Json& fields);

    std::string app_;
    bool is_resumed_;
    bool accepts_other_bits_;
    RunDirectory directory_;
    CheckpointHeader wanted_;
    std::optional<MetricsWriter> metrics_;
    std::function<void(std::uint64_t, std::span<const Metric>)> observer_;
    std::map<std::string, std::string> units_; ///< of metrics
    Progress progress_;
    CheckpointCadence cadence_;
    Clock::time_point opened_;
    double seconds_before_ = 0;
    std::size_t threads_ = 0;
    std::uint64_t saved_step_ = 0;
    std::optional<Checkpoint> checkpoint_;
    StopSignals signals_;
};

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A run of a program: its directory opened anew or resumed, metrics, checkpoints, progress, end.
#pragma once

#include <baldwin/app/build_info.hpp>
#include <baldwin/app/common_options.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/core/checkpoint.hpp>
#include <baldwin/core/hash.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/metrics.hpp>
#include <baldwin/core/progress.hpp>
#include <baldwin/core/run_directory.hpp>
#include <baldwin/core/self_test.hpp>
#include <baldwin/core/stop.hpp>
#include <baldwin/core/ticks.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
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
inline std::string cpu_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

/// Hash of the options that decide what a run computes: neither where it ends nor how it is run.
inline std::string config_hash(const OptionTable& table) {
    const std::string text = table.to_json({Role::setting}).dump();
    return hash_hex(hash64(std::as_bytes(std::span(text))));
}

/// An open run.
///
/// A program makes its network from the options, opens the run, takes back what checkpoint()
/// holds, works, and calls finish(). Everything for a step is recorded before save() of that step.
class Run {
public:
    /// Opens a new run, or the one that --resume names, and writes config.json.
    /// \param architecture  text form of the network; a checkpoint of another one is refused
    /// \param period        seconds between checkpoints, see CheckpointCadence
    /// \throws UsageError if --out cannot be used
    /// \throws std::runtime_error if a checkpoint does not belong to this run; nothing is changed
    Run(const OptionTable& table, const CommonOptions& common, std::string architecture,
        double period = CheckpointCadence::Config().period)
        : app_(table.app()), is_resumed_(common.is_resumed()),
          directory_(open(table, common)), wanted_{.app = app_,
                                                   .architecture = std::move(architecture),
                                                   .config_hash = config_hash(table),
                                                   .self_test = hash_hex(self_test_hash())},
          progress_(ProgressConfig::of_stderr(common.quiet)), cadence_({.period = period}, 0.0),
          opened_(Clock::now()) {
        if (is_resumed_)
            resume(table, common);
        else
            begin(table, common);
        metrics_.emplace(directory_.metrics_path());
        for (const auto& [name, unit] : table.metrics().items()) {
            units_.emplace(name, unit.get<std::string>());
        }
    }

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
    void record(std::uint64_t step, std::span<const Metric> metrics) {
        metrics_->write(step, seconds(), metrics);
        if (observer_) observer_(step, metrics);
    }
    /// Tells everything that is recorded from now on; an empty one tells nobody.
    void observe(std::function<void(std::uint64_t, std::span<const Metric>)> observer) {
        observer_ = std::move(observer);
    }
    /// Units of the metrics that the program declared, by name.
    [[nodiscard]] const std::map<std::string, std::string>& units() const noexcept {
        return units_;
    }
    /// Appends a line to events.jsonl and says it on stderr.
    void event(std::uint64_t step, std::string_view kind, std::string_view text) {
        directory_.append_event(step, kind, {{"text", text}});
        progress_.note(text);
    }

    /// Appends to events.jsonl that the user turned a parameter, and says it on stderr.
    void edit(std::uint64_t step, const std::string& parameter, double from, double to) {
        const std::string text =
            parameter + " turned from " + number_text(from) + " to " + number_text(to);
        directory_.append_event(
            step, "edit", {{"parameter", parameter}, {"from", from}, {"to", to}, {"text", text}});
        progress_.note(text);
    }

    /// Writes a checkpoint if it is time to.
    /// \param is_boundary  an epoch or a generation has just ended
    /// \param fill         (SafetensorsWriter&): adds everything that the run needs to go on
    /// \return whether one was written
    /// \throws std::runtime_error if it cannot be written; the earlier one is then still there
    template <class F>
    bool save_if_due(std::uint64_t step, bool is_boundary, F&& fill) {
        const double now = seconds();
        metrics_->flush_if_due();
        if (!(is_boundary ? cadence_.is_due_at_boundary(now) : cadence_.is_due(now))) return false;
        save(step, std::forward<F>(fill));
        return true;
    }
    /// Writes a checkpoint now.
    /// \throws std::runtime_error as save_if_due
    template <class F>
    void save(std::uint64_t step, F&& fill) {
        const double began = seconds();
        // what the checkpoint says is done must be on disk before it
        metrics_->sync();
        SafetensorsWriter tensors;
        std::forward<F>(fill)(tensors);
        CheckpointHeader header = wanted_;
        header.step = step;
        header.seconds = began;
        write_checkpoint(directory_.checkpoint_path(), header, tensors);
        cadence_.wrote(began, seconds());
    }

    /// Writes summary.json: \p results behind the keys that all programs have.
    /// \throws std::runtime_error if it cannot be written
    void finish(std::uint64_t step, bool is_interrupted, const Json& results) {
        metrics_->flush();
        progress_.clear();
        Json summary = {{"app", app_},
                        {"finished", !is_interrupted},
                        {"step", step},
                        {"seconds", seconds()},
                        {"threads", threads_}};
        summary.update(results);
        directory_.write_summary(summary);
        if (is_interrupted) {
            progress_.note("interrupted; go on with " + app_ + " --resume " +
                           directory_.path().string());
        }
    }

private:
    using Clock = std::chrono::steady_clock;

    static RunDirectory open(const OptionTable& table, const CommonOptions& common) {
        if (common.is_resumed()) {
            return as_usage("--resume", [&] { return RunDirectory::reopen(common.resume); });
        }
        const auto path = common.out.empty() ? default_run_path(table.app(), common.seed)
                                             : std::filesystem::path(common.out);
        try {
            return RunDirectory::create(path);
        } catch (const std::exception& error) {
            throw UsageError("--out: " + std::string(error.what()));
        }
    }
    void begin(const OptionTable& table, const CommonOptions& common) {
        threads_ = common.threads;
        Json config = {{"app", app_},
                       {"options", table.to_json()},
                       {"seed", common.seed},
                       {"version", kVersion},
                       {"git_revision", kRevision},
                       {"compiler", kCompiler},
                       {"flags", kFlags},
                       {"cpu", cpu_name()},
                       {"threads", common.threads},
                       {"self_test", wanted_.self_test},
                       {"started", time_text(std::chrono::system_clock::now())}};
        if (!table.metrics().empty()) config["metrics"] = table.metrics();
        directory_.write_config(config);
    }
    // nothing in the directory changes before everything was found in order
    void resume(const OptionTable& table, const CommonOptions& common) {
        threads_ = common.threads;
        bool has_other_bits = false;
        if (directory_.has_checkpoint()) {
            checkpoint_ = read_checkpoint(directory_.checkpoint_path());
            has_other_bits =
                check_resumable(checkpoint_->header, wanted_, directory_.checkpoint_path(),
                                common.accept_other_bits);
            seconds_before_ = checkpoint_->header.seconds;
        }
        Json config = directory_.config();
        std::optional<std::uint64_t> step;
        if (checkpoint_) step = checkpoint_->header.step;
        directory_.cut_back(step);
        Json fields = {{"threads", common.threads}, {"other_bits", has_other_bits}};
        note_later_end(table, config, fields);
        directory_.append_event(step.value_or(0), "resume", fields);
    }
    // a later end becomes the run's own, so that the next resume knows it
    void note_later_end(const OptionTable& table, Json& config, Json& fields) {
        const Json ends = table.to_json({Role::end});
        Json& stored = config.contains("options") ? config["options"] : config;
        bool is_later = false;
        for (const auto& [name, value] : ends.items()) {
            if (stored.contains(name) && stored[name] == value) continue;
            fields[name] = value;
            stored[name] = value;
            is_later = true;
        }
        if (is_later) directory_.write_config(config);
    }

    std::string app_;
    bool is_resumed_;
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
    std::optional<Checkpoint> checkpoint_;
    StopSignals signals_;
};

} // namespace baldwin::app

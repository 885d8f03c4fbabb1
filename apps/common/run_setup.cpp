// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/build_info.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/hash.hpp>
#include <baldwin/core/self_test.hpp>

#include <fstream>

namespace baldwin::app {

std::string cpu_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

std::string config_hash(const OptionTable& table) {
    const std::string text = table.to_json({Role::setting}).dump();
    return hash_hex(hash64(std::as_bytes(std::span(text))));
}

Run::Run(const OptionTable& table, const CommonOptions& common, std::string architecture,
         double period)
    : app_(table.app()), is_resumed_(common.is_resumed()),
      accepts_other_bits_(common.accept_other_bits),
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

void Run::record(std::uint64_t step, std::span<const Metric> metrics) {
    metrics_->write(step, seconds(), metrics);
    if (observer_) observer_(step, metrics);
}

void Run::event(std::uint64_t step, std::string_view kind, std::string_view text) {
    directory_.append_event(step, kind, {{"text", text}});
    progress_.note(text);
}

void Run::edit(std::uint64_t step, const std::string& parameter, double from, double to) {
    const std::string text =
        parameter + " turned from " + number_text(from) + " to " + number_text(to);
    directory_.append_event(step, "edit",
                            {{"parameter", parameter}, {"from", from}, {"to", to}, {"text", text}});
    progress_.note(text);
}

bool Run::is_due(bool is_boundary) {
    const double now = seconds();
    metrics_->flush_if_due();
    return is_boundary ? cadence_.is_due_at_boundary(now) : cadence_.is_due(now);
}

bool Run::save_if_due(std::uint64_t step, bool is_boundary, const Fill& fill) {
    if (!is_due(is_boundary)) return false;
    save(step, fill);
    return true;
}

bool Run::save_part_if_due(const std::string& name, std::uint64_t step, bool is_boundary,
                           const Fill& fill) {
    if (!is_due(is_boundary)) return false;
    save_part(name, step, fill);
    return true;
}

void Run::save(std::uint64_t step, const Fill& fill) {
    write(directory_.checkpoint_path(), step, fill);
    saved_step_ = step;
}

void Run::save_part(const std::string& name, std::uint64_t step, const Fill& fill) {
    write(part_path(name), step, fill);
}

std::optional<Checkpoint> Run::part(const std::string& name) const {
    const auto path = part_path(name);
    if (!std::filesystem::exists(path)) return std::nullopt;
    Checkpoint found = read_checkpoint(path);
    (void)check_resumable(found.header, wanted_, path, accepts_other_bits_);
    return found;
}

void Run::write(const std::filesystem::path& path, std::uint64_t step, const Fill& fill) {
    const double began = seconds();
    // what the checkpoint says is done must be on disk before it
    metrics_->sync();
    SafetensorsWriter tensors;
    fill(tensors);
    CheckpointHeader header = wanted_;
    header.step = step;
    header.seconds = began;
    write_checkpoint(path, header, tensors);
    cadence_.wrote(began, seconds());
}

void Run::finish(std::uint64_t step, bool is_interrupted, const Json& results) {
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

RunDirectory Run::open(const OptionTable& table, const CommonOptions& common) {
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

void Run::begin(const OptionTable& table, const CommonOptions& common) {
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
void Run::resume(const OptionTable& table, const CommonOptions& common) {
    threads_ = common.threads;
    bool has_other_bits = false;
    if (directory_.has_checkpoint()) {
        checkpoint_ = read_checkpoint(directory_.checkpoint_path());
        has_other_bits = check_resumable(checkpoint_->header, wanted_, directory_.checkpoint_path(),
                                         common.accept_other_bits);
        seconds_before_ = checkpoint_->header.seconds;
        saved_step_ = checkpoint_->header.step;
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
void Run::note_later_end(const OptionTable& table, Json& config, Json& fields) {
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

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Checkpoints: what a run needs to go on as if it had never stopped, and when to write them.
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/core/safetensors.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace baldwin {

/// Version of the checkpoint format; a reader refuses newer ones.
inline constexpr std::uint64_t kCheckpointVersion = 1;

/// Which run a checkpoint belongs to and how far it had come; stored as metadata.
struct CheckpointHeader {
    std::string app;          ///< such as "baldwin-train"
    std::string architecture; ///< text form of the network; empty where there is none
    std::string config_hash;  ///< of the options that decide the run's bits
    std::string self_test; ///< hash of the start-up self-test: the bits of this binary's arithmetic
    std::uint64_t step = 0;
    double seconds = 0; ///< since the run began, time stopped between resumes not counted
};

namespace detail {

inline constexpr std::string_view kCheckpointFormat = "baldwin-checkpoint";

/// A number stored as text in the metadata.
template <class T>
T metadata_number(const SafetensorsFile& file, std::string_view key,
                  const std::filesystem::path& path) {
    const std::string& text = file.text(key);
    T value{};
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
        throw file_error(path,
                         "metadata '" + std::string(key) + "' is not a number: '" + text + "'");
    }
    return value;
}

} // namespace detail

/// Writes a checkpoint in place of the last one, or leaves that as it was (full disk, kill).
/// \param tensors  everything beyond the header that the run needs
/// \throws std::runtime_error with path and reason
inline void write_checkpoint(const std::filesystem::path& path, const CheckpointHeader& header,
                             SafetensorsWriter& tensors) {
    char seconds[32];
    const auto end = std::to_chars(seconds, seconds + sizeof seconds, header.seconds).ptr;
    tensors.metadata["format"] = detail::kCheckpointFormat;
    tensors.metadata["version"] = std::to_string(kCheckpointVersion);
    tensors.metadata["app"] = header.app;
    tensors.metadata["architecture"] = header.architecture;
    tensors.metadata["config_hash"] = header.config_hash;
    tensors.metadata["self_test"] = header.self_test;
    tensors.metadata["step"] = std::to_string(header.step);
    tensors.metadata["seconds"] = std::string(seconds, end);
    tensors.write(path, Sync::yes);
}

/// A checkpoint as read back.
struct Checkpoint {
    CheckpointHeader header;
    SafetensorsFile tensors;
};

/// Reads a checkpoint.
/// \throws std::runtime_error with path and reason: unreadable, malformed, no checkpoint, or
///         written by a newer version
inline Checkpoint read_checkpoint(const std::filesystem::path& path) {
    SafetensorsFile file = read_safetensors(path);
    const auto format = file.metadata.find("format");
    if (format == file.metadata.end() || format->second != detail::kCheckpointFormat) {
        throw file_error(path, "is not a checkpoint: metadata 'format' must be '" +
                                   std::string(detail::kCheckpointFormat) + "'");
    }
    const auto version = detail::metadata_number<std::uint64_t>(file, "version", path);
    if (version > kCheckpointVersion) {
        throw file_error(path, "was written by a newer program: checkpoint version " +
                                   std::to_string(version) + ", this one reads up to " +
                                   std::to_string(kCheckpointVersion));
    }
    CheckpointHeader header{.app = file.text("app"),
                            .architecture = file.text("architecture"),
                            .config_hash = file.text("config_hash"),
                            .self_test = file.text("self_test"),
                            .step = detail::metadata_number<std::uint64_t>(file, "step", path),
                            .seconds = detail::metadata_number<double>(file, "seconds", path)};
    return {std::move(header), std::move(file)};
}

/// Checks that a run may go on from a checkpoint.
/// \param wanted  what this program would write; step and seconds are not compared
/// \param accepts_other_bits  go on although the arithmetic differs
/// \return whether the arithmetic differs, which the caller records
/// \throws std::runtime_error naming what differs
inline bool check_resumable(const CheckpointHeader& found, const CheckpointHeader& wanted,
                            const std::filesystem::path& path, bool accepts_other_bits) {
    const auto expect = [&](std::string_view what, const std::string& has,
                            const std::string& needs) {
        if (has == needs) return;
        throw file_error(path, "is a checkpoint of another " + std::string(what) + ": '" + has +
                                   "', this run has '" + needs + "'");
    };
    expect("app", found.app, wanted.app);
    expect("architecture", found.architecture, wanted.architecture);
    expect("configuration", found.config_hash, wanted.config_hash);
    if (found.self_test == wanted.self_test) return false;
    if (!accepts_other_bits) {
        throw file_error(path, "was made with other arithmetic (self-test " + found.self_test +
                                   ", here " + wanted.self_test +
                                   "), so the run would not end with the same bits; resume with "
                                   "the program that made it, or say --accept-other-bits");
    }
    return true;
}

/// Decides when to write a checkpoint, from what the last ones cost.
///
/// Between boundaries one is due every `period` seconds, at a boundary (an epoch's or generation's
/// end) as soon as the budget allows. Neither spends more than `share` of the time: where one
/// checkpoint costs more than share * period, they come less often, but never less often than
/// every `longest` seconds, however much they cost: a kill may lose half a minute of work.
class CheckpointCadence {
public:
    struct Config {
        double period = 8.0; ///< seconds between checkpoints; 0 = after every step, at any cost
        double share = 0.02; ///< of the time, at most; in (0, 1]
        double longest = 25; ///< seconds that the share may hold one back
    };

    /// \param now  seconds since any fixed moment
    explicit CheckpointCadence(double now = 0) : CheckpointCadence(Config(), now) {}
    /// \throws std::invalid_argument if period is negative or share not in (0, 1]
    CheckpointCadence(const Config& config, double now) : config_(config), last_(now) {
        if (!(config.period >= 0) || !(config.share > 0 && config.share <= 1) ||
            !(config.longest >= 0)) {
            throw std::invalid_argument("CheckpointCadence: period and longest must be >= 0 and "
                                        "share in (0, 1], got " +
                                        std::to_string(config.period) + ", " +
                                        std::to_string(config.longest) + " and " +
                                        std::to_string(config.share));
        }
    }

    /// Whether to write one now, in the middle of things.
    [[nodiscard]] bool is_due(double now) const noexcept {
        return config_.period == 0 || now - last_ >= std::max(config_.period, affordable());
    }
    /// Whether to write one now, at the end of an epoch or generation.
    [[nodiscard]] bool is_due_at_boundary(double now) const noexcept {
        return config_.period == 0 || now - last_ >= affordable();
    }
    /// Tells that one was written.
    void wrote(double began, double ended) noexcept {
        // a single slow write fades; a slow disk does not
        const double cost = std::max(0.0, ended - began);
        cost_ = std::max(cost, 0.5 * (cost_ + cost));
        last_ = ended;
    }
    /// What a checkpoint costs, seconds.
    [[nodiscard]] double cost() const noexcept { return cost_; }

private:
    // working time that pays for one checkpoint: cost / (cost + time) <= share
    [[nodiscard]] double affordable() const noexcept {
        return std::min(cost_ * (1 / config_.share - 1), config_.longest);
    }

    Config config_;
    double last_;
    double cost_ = 0;
};

} // namespace baldwin

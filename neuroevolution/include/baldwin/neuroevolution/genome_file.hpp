// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Genomes as files: safetensors with the architecture's text form in the metadata.
///
/// Tensors: `genome` u8, the packed form; `base` f32 where the lineage begins with parameters;
/// `observation_mean` and `observation_deviation` f32 where the policy's input is normalised;
/// `safe_states` f32 where mutations were scaled by sensitivity.
/// Metadata: format, version, architecture, input, start, and further texts; with safe mutations
/// safe_sensitivity and safe_floor.
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/detail/state.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>
#include <baldwin/neuroevolution/safe_rule.hpp>
#include <baldwin/neuroevolution/start.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace baldwin::neuroevolution {

/// Version of the file format; a reader refuses others.
inline constexpr int kGenomeFileVersion = 1;

/// Everything that makes a network of a genome.
struct GenomeFile {
    Parent individual;
    std::string architecture; ///< text form
    std::string input;        ///< text form of one sample's shape
    StartRule start = StartRule::fan_in;
    std::optional<SafeMutations> safe = std::nullopt; ///< how mutations were scaled
    std::map<std::string, std::string> metadata = {}; ///< further texts, such as the environment
};

namespace detail {

inline constexpr std::string_view kGenomeFormat = "baldwin-genome";

inline void check_genome_format(const SafetensorsFile& in, const std::filesystem::path& path) {
    const auto format = in.metadata.find("format");
    if (format == in.metadata.end() || format->second != kGenomeFormat) {
        throw file_error(path, "is not a genome: metadata 'format' must be '" +
                                   std::string(kGenomeFormat) + "'");
    }
    const std::string& version = in.text("version");
    if (version != std::to_string(kGenomeFileVersion)) {
        throw file_error(path, "has genome version " + version + ", this program reads version " +
                                   std::to_string(kGenomeFileVersion));
    }
}

inline std::shared_ptr<const Normaliser> read_normaliser(const SafetensorsFile& in) {
    if (!in.contains("observation_mean")) return nullptr;
    Normaliser normaliser;
    normaliser.mean = list_of<float>(in, "observation_mean");
    normaliser.deviation = list_of<float>(in, "observation_deviation");
    normaliser.clip = in.value<float>("observation_clip");
    if (normaliser.mean.size() != normaliser.deviation.size()) {
        throw std::invalid_argument("observation_mean and observation_deviation differ in length");
    }
    return std::make_shared<const Normaliser>(std::move(normaliser));
}

inline std::optional<SafeMutations> read_safe(const SafetensorsFile& in) {
    if (!in.contains("safe_states")) return std::nullopt;
    SafeMutations safe;
    safe.sensitivity = parse_sensitivity(in.text("safe_sensitivity"));
    safe.floor = in.value<float>("safe_floor");
    safe.states = list_of<float>(in, "safe_states");
    return safe;
}

inline std::shared_ptr<const AlignedVector<float>> read_base(const SafetensorsFile& in) {
    if (!in.contains("base")) return nullptr;
    return std::make_shared<const AlignedVector<float>>(in.values<float>("base"));
}

} // namespace detail

/// Puts a genome into a writer.
inline void add_genome(SafetensorsWriter& out, const GenomeFile& file) {
    for (const auto& [key, text] : file.metadata) out.metadata[key] = text;
    out.metadata["format"] = detail::kGenomeFormat;
    out.metadata["version"] = std::to_string(kGenomeFileVersion);
    out.metadata["architecture"] = file.architecture;
    out.metadata["input"] = file.input;
    out.metadata["start"] = std::string(to_string(file.start));
    detail::add_list(out, "genome", pack(file.individual.genome));
    if (const auto& base = file.individual.genome.base)
        out.add("base", std::span<const float>(*base));
    if (const auto& normaliser = file.individual.normaliser) {
        detail::add_list(out, "observation_mean", normaliser->mean);
        detail::add_list(out, "observation_deviation", normaliser->deviation);
        out.add_value("observation_clip", normaliser->clip);
    }
    if (file.safe) {
        out.metadata["safe_sensitivity"] = std::string(to_string(file.safe->sensitivity));
        out.add_value("safe_floor", file.safe->floor);
        detail::add_list(out, "safe_states", file.safe->states);
    }
}

/// Writes a genome, or leaves the old file as it was.
/// \throws std::runtime_error with path and reason
inline void write_genome(const std::filesystem::path& path, const GenomeFile& file) {
    SafetensorsWriter out;
    add_genome(out, file);
    out.write(path);
}

/// Reads a genome from the content of a file.
/// \param path  for errors
/// \throws std::runtime_error with path and reason if it is no genome, of another version, or
///         damaged
[[nodiscard]] inline GenomeFile read_genome(const SafetensorsFile& in,
                                            const std::filesystem::path& path) {
    detail::check_genome_format(in, path);
    GenomeFile file;
    try {
        const auto packed = in.values<std::uint8_t>("genome");
        file.individual.genome = unpack(packed, detail::read_base(in));
        file.individual.normaliser = detail::read_normaliser(in);
        file.start = parse_start_rule(in.text("start"));
        file.safe = detail::read_safe(in);
    } catch (const std::exception& error) {
        const std::string what = error.what();
        throw what.starts_with(path.string()) ? std::runtime_error(what) : file_error(path, what);
    }
    file.architecture = in.text("architecture");
    file.input = in.text("input");
    file.metadata = in.metadata;
    return file;
}
[[nodiscard]] inline GenomeFile read_genome(const std::filesystem::path& path) {
    return read_genome(read_safetensors(path), path);
}

/// The same for a program that needs genomes of one architecture.
/// \throws std::runtime_error also if the genome is of another architecture
[[nodiscard]] inline GenomeFile read_genome(const std::filesystem::path& path,
                                            std::string_view architecture, std::string_view input) {
    GenomeFile file = read_genome(path);
    if (file.architecture == architecture && file.input == input) return file;
    throw file_error(path, "is a genome of another architecture: '" + file.architecture + "' on " +
                               file.input + "; needed: '" + std::string(architecture) + "' on " +
                               std::string(input));
}

} // namespace baldwin::neuroevolution

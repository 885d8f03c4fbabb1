// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A network with all that it has stored, as a safetensors file.
///
/// The file restores everything: weights, ages, frozen sets, positions in the random streams, the
/// present codes. What is learned or recognised after reading has the same codes and scores as it
/// would have had without the file. Synapses are drawn anew from the seed.
///
/// Tensors of mac M of level L, in rows of the padded layout (each module takes 16, 32 or a
/// multiple of 64 bits, a row whole 256):
///     L.M.u.weights u64 (inputs, words), L.M.u.frozen u64 (words), the same for h and d where they
///     are; L.M.u.stiffness u8 and L.M.u.used u32 (inputs, bits) where weights decay;
///     L.M.state u64 (7), L.M.familiarity f64 (), L.M.winners u16 (Q), L.M.usage u32 (Q K),
///     L.M.history u64 and L.M.familiarities f32 (frames learned).
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/sdr/detail/parameters_json.hpp>
#include <baldwin/sdr/network.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::sdr {

/// Version of the format; a reader refuses others.
inline constexpr int kMemoryVersion = 1;

namespace detail {

inline constexpr std::string_view kMemoryFormat = "baldwin-sdr";
inline constexpr std::array<std::pair<Signals, const char*>, 3> kSignalNames = {
    {{Signals::u, "u"}, {Signals::h, "h"}, {Signals::d, "d"}}};

inline std::string mac_name(std::size_t level, std::size_t mac) {
    return std::to_string(level) + "." + std::to_string(mac) + ".";
}

template <class T>
void add_list(SafetensorsWriter& out, const std::string& name, std::span<const T> values,
              std::size_t columns = 0) {
    const Shape shape =
        columns == 0 ? Shape{values.size()} : Shape{values.size() / columns, columns};
    out.add_copy<T>(name, TensorView<const T>(values.data(), shape));
}

inline void add_mac(SafetensorsWriter& out, const std::string& name, const Mac& mac) {
    for (const auto& [signal, text] : kSignalNames) {
        const BinaryWeights& weights = mac.weights(signal);
        if (weights.inputs() == 0) continue;
        const std::string own = name + text + ".";
        add_list<std::uint64_t>(out, own + "weights", weights.bits(), weights.layout().words);
        add_list<std::uint64_t>(out, own + "frozen", weights.frozen());
        const SynapseAges& ages = mac.ages(signal);
        if (ages.empty()) continue;
        add_list<std::uint8_t>(out, own + "stiffness", ages.stiffness(), weights.layout().bits());
        add_list<std::uint32_t>(out, own + "used", ages.last_used(), weights.layout().bits());
    }
    const MacState& state = mac.state();
    const std::array<std::uint64_t, 7> numbers = {state.is_active ? 1U : 0U,
                                                  state.is_frozen ? 1U : 0U,
                                                  static_cast<std::uint64_t>(state.signals),
                                                  state.age,
                                                  state.hypotheses,
                                                  state.ratchet_steps,
                                                  state.draws};
    add_list<std::uint64_t>(out, name + "state", numbers);
    out.add_value(name + "familiarity", state.familiarity);
    add_list<std::uint16_t>(out, name + "winners", state.winners);
    add_list<std::uint32_t>(out, name + "usage", state.usage);
    add_list<std::uint64_t>(out, name + "history", state.history);
    add_list<float>(out, name + "familiarities", state.familiarities);
}

template <class T>
std::vector<T> list_of(const SafetensorsFile& in, const std::string& name) {
    const auto values = in.values<T>(name);
    return {values.begin(), values.end()};
}
template <class T>
std::vector<T> list_of(const SafetensorsFile& in, const std::string& name, std::size_t size) {
    std::vector<T> values(size);
    in.copy_into(name, std::span<T>(values));
    return values;
}

inline void read_weights(const SafetensorsFile& in, const std::string& name, Signals signal,
                         Mac& mac) {
    BinaryWeights& weights = mac.weights_to_restore(signal);
    if (weights.inputs() == 0) return;
    weights.restore(list_of<std::uint64_t>(in, name + "weights", weights.bits().size()),
                    list_of<std::uint64_t>(in, name + "frozen", weights.frozen().size()));
    SynapseAges& ages = mac.ages_to_restore(signal);
    if (ages.empty()) return;
    ages.restore(list_of<std::uint8_t>(in, name + "stiffness", ages.stiffness().size()),
                 list_of<std::uint32_t>(in, name + "used", ages.last_used().size()));
}

inline MacState read_state(const SafetensorsFile& in, const std::string& name,
                           const MacShape& shape) {
    const auto numbers = list_of<std::uint64_t>(in, name + "state", 7);
    MacState state;
    state.is_active = numbers[0] != 0;
    state.is_frozen = numbers[1] != 0;
    state.signals = static_cast<Signals>(numbers[2] & 7U);
    state.age = numbers[3];
    state.hypotheses = numbers[4];
    state.ratchet_steps = numbers[5];
    state.draws = numbers[6];
    state.familiarity = in.value<double>(name + "familiarity");
    state.winners = list_of<std::uint16_t>(in, name + "winners", shape.modules);
    state.usage = list_of<std::uint32_t>(in, name + "usage", shape.units());
    state.history = list_of<std::uint64_t>(in, name + "history");
    state.familiarities = list_of<float>(in, name + "familiarities", state.history.size());
    for (const Cell winner : state.winners) {
        if (winner < shape.cells || (winner == kNoCell && !state.is_active)) continue;
        throw std::invalid_argument("tensor '" + name + "winners' must be below " +
                                    std::to_string(shape.cells) + ", got " +
                                    std::to_string(winner));
    }
    return state;
}

inline void check_memory_format(const SafetensorsFile& in, const std::filesystem::path& path) {
    const auto format = in.metadata.find("format");
    if (format == in.metadata.end() || format->second != kMemoryFormat) {
        throw file_error(path, "is not an sdr memory: metadata 'format' must be '" +
                                   std::string(kMemoryFormat) + "'");
    }
    const std::string& version = in.text("version");
    if (version != std::to_string(kMemoryVersion)) {
        throw file_error(path, "has memory version " + version + ", this program reads version " +
                                   std::to_string(kMemoryVersion));
    }
}

// "16 x 24 pixels, 1 x 1 macs of Q = 16, K = 12"
inline std::string shape_text(const NetworkParameters& network) {
    const auto by = [](const Extent& extent) {
        return std::to_string(extent.rows) + " x " + std::to_string(extent.columns);
    };
    std::string text = by(network.input) + " pixels";
    if (network.planes != 1) text += " in " + std::to_string(network.planes) + " planes";
    for (const LevelParameters& level : network.levels) {
        text += ", " + by(level.grid) + " macs of Q = " + std::to_string(level.mac.shape.modules) +
                ", K = " + std::to_string(level.mac.shape.cells);
    }
    return text;
}

inline void add_macs(SafetensorsWriter& out, const Network& network) {
    for (std::size_t l = 0; l < network.levels(); ++l) {
        for (std::size_t m = 0; m < network.macs(l).size(); ++m) {
            add_mac(out, mac_name(l, m), network.macs(l)[m]);
        }
    }
}

inline void restore_macs(const SafetensorsFile& in, Network& network) {
    for (std::size_t l = 0; l < network.levels(); ++l) {
        for (std::size_t m = 0; m < network.macs(l).size(); ++m) {
            Mac& mac = network.mac_to_restore(l, m);
            for (const auto& [signal, text] : kSignalNames) {
                read_weights(in, mac_name(l, m) + text + ".", signal, mac);
            }
            mac.restore(read_state(in, mac_name(l, m), mac.shape()));
        }
    }
}

inline Network read_memory(const SafetensorsFile& in) {
    NetworkParameters parameters;
    const Json json = parse_json(in.text("network"), "metadata 'network'");
    from_json(json, parameters);
    Network network(parameters, std::stoull(in.text("seed")));
    restore_macs(in, network);
    network.restored(std::stoull(in.text("frames")));
    return network;
}

} // namespace detail

/// Adds all that a network has stored to a file that is somebody else's, such as a checkpoint; the
/// parameters and the seed are theirs to keep.
inline void add_memory(SafetensorsWriter& out, const Network& network) {
    out.add_value<std::uint64_t>("frames", network.frames());
    detail::add_macs(out, network);
}

/// Takes back what add_memory added, into a network of the same parameters and seed.
/// \throws std::runtime_error naming the tensor if one is missing or of another shape
inline void restore_memory(const SafetensorsFile& in, Network& network) {
    try {
        detail::restore_macs(in, network);
    } catch (const std::logic_error& error) {
        throw std::runtime_error(error.what());
    }
    network.restored(in.value<std::uint64_t>("frames"));
}

/// Writes a network and all that it has stored, or leaves the old file as it was.
/// \param metadata  further texts, such as the encoder's
/// \throws std::runtime_error with path and reason
inline void write_memory(const std::filesystem::path& path, const Network& network,
                         const std::map<std::string, std::string>& metadata = {}) {
    SafetensorsWriter out;
    out.metadata = metadata;
    out.metadata["format"] = detail::kMemoryFormat;
    out.metadata["version"] = std::to_string(kMemoryVersion);
    out.metadata["network"] = detail::to_json(network.parameters()).dump();
    out.metadata["seed"] = std::to_string(network.seed());
    out.metadata["frames"] = std::to_string(network.frames());
    detail::add_macs(out, network);
    out.write(path);
}

/// A network from a file, with the texts that were stored beside it.
struct Memory {
    Network network;
    std::map<std::string, std::string> metadata;
};

/// Reads what write_memory wrote.
/// \throws std::runtime_error with path and reason if it is not a memory, of another version, or
///         incomplete
[[nodiscard]] inline Memory read_memory(const std::filesystem::path& path) {
    const SafetensorsFile in = read_safetensors(path);
    detail::check_memory_format(in, path);
    try {
        return {detail::read_memory(in), in.metadata};
    } catch (const std::logic_error& error) {
        throw file_error(path, error.what());
    } catch (const Json::exception& error) {
        throw file_error(path, std::string("metadata 'network': ") + error.what());
    }
}

/// The same for a program that needs a network of given parameters.
/// \throws std::runtime_error also if the file holds a memory of another shape or other rules
[[nodiscard]] inline Memory read_memory(const std::filesystem::path& path,
                                        const NetworkParameters& wanted) {
    Memory memory = read_memory(path);
    const NetworkParameters& found = memory.network.parameters();
    if (found == wanted) return memory;
    const std::string has = detail::shape_text(found);
    const std::string needs = detail::shape_text(wanted);
    throw file_error(
        path, has == needs ? "holds a memory with other parameters than are asked for (" + has + ")"
                           : "holds a memory of another shape: " + has + "; needed: " + needs);
}

} // namespace baldwin::sdr

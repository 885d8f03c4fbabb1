// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Trained networks as safetensors files: one tensor for each entry of the layouts, under its own
/// name, and the architecture's text form in the metadata.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/parameters.hpp>
#include <baldwin/core/safetensors.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace baldwin {

/// Version of the model format; a reader refuses newer ones.
inline constexpr int kModelVersion = 1;

/// A network with what it learned.
struct Model {
    nn::Network network;
    AlignedVector<float> theta;                       ///< layout network.parameters()
    AlignedVector<float> state;                       ///< layout network.state()
    std::map<std::string, std::string> metadata = {}; ///< further texts, such as class names
};

namespace detail {

inline constexpr std::string_view kModelFormat = "baldwin-model";

inline void add_entries(SafetensorsWriter& out, const Layout& layout, std::span<const float> flat) {
    for (const LayoutEntry& entry : layout.entries()) {
        out.add(entry.name, TensorView<const float>(flat.data() + entry.offset, entry.shape));
    }
}

inline AlignedVector<float> read_entries(const SafetensorsFile& in, const Layout& layout) {
    AlignedVector<float> flat(layout.size());
    for (const LayoutEntry& entry : layout.entries()) {
        in.copy_into(entry.name, std::span(flat).subspan(entry.offset, entry.size()));
    }
    return flat;
}

inline void check_model_format(const SafetensorsFile& in, const std::filesystem::path& path) {
    const auto format = in.metadata.find("format");
    if (format == in.metadata.end() || format->second != kModelFormat) {
        throw file_error(path, "is not a model: metadata 'format' must be '" +
                                   std::string(kModelFormat) + "'");
    }
    const std::string& version = in.text("version");
    if (version != std::to_string(kModelVersion)) {
        throw file_error(path, "has model version " + version + ", this program reads version " +
                                   std::to_string(kModelVersion));
    }
}

} // namespace detail

/// Writes a model, or leaves the old file as it was.
/// \throws std::runtime_error with path and reason
inline void write_model(const std::filesystem::path& path, const nn::Network& network,
                        std::span<const float> theta, std::span<const float> state,
                        const std::map<std::string, std::string>& metadata = {}) {
    SafetensorsWriter out;
    out.metadata = metadata;
    out.metadata["format"] = detail::kModelFormat;
    out.metadata["version"] = std::to_string(kModelVersion);
    out.metadata["architecture"] = nn::print(network.architecture());
    out.metadata["input"] = nn::print(network.input());
    detail::add_entries(out, network.parameters(), theta);
    detail::add_entries(out, network.state(), state);
    out.write(path);
}

/// Reads what write_model wrote.
/// \throws std::runtime_error with path and reason if it is not a model, of a newer version, or
///         holds other tensors than its architecture has
inline Model read_model(const std::filesystem::path& path) {
    const SafetensorsFile in = read_safetensors(path);
    detail::check_model_format(in, path);
    try {
        const nn::Network network(nn::parse(in.text("architecture")),
                                  nn::parse_shape(in.text("input")));
        Model model{network, detail::read_entries(in, network.parameters()),
                    detail::read_entries(in, network.state()), in.metadata};
        return model;
    } catch (const std::invalid_argument& error) {
        throw file_error(path, error.what());
    }
}

} // namespace baldwin

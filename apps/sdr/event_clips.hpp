// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Clips of people in action, as outlines: the packed form of the Weizmann actions.
#pragma once

#include <baldwin/core/file.hpp>
#include <baldwin/io/gzip.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/network_parameters.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::app {

/// One clip.
struct Clip {
    std::size_t action = 0; ///< index into EventClips::actions
    std::size_t person = 0; ///< index into EventClips::people
    std::vector<sdr::BitSet> frames;
};

/// All clips of a folder.
struct EventClips {
    sdr::Extent extent = {.rows = 60, .columns = 42};
    std::vector<std::string> actions;
    std::vector<std::string> people;
    std::vector<Clip> clips;
};

namespace detail {

inline std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    while (true) {
        const std::size_t comma = line.find(',');
        fields.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos) return fields;
        line.remove_prefix(comma + 1);
    }
}

inline std::size_t place_of(std::vector<std::string>& names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) names.emplace_back(name);
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

inline std::size_t number_of(std::string_view text, const std::filesystem::path& path) {
    std::size_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc() && result.ptr == text.data() + text.size()) return value;
    throw file_error(path, "a whole number is needed, got '" + std::string(text) + "'");
}

} // namespace detail

/// Reads weizmann_edge_42x60.csv (clip, action, person, first_frame, frames) and
/// weizmann_edge_42x60.u8.gz (frames of 60 x 42 bytes, 0 or 1).
/// \throws std::invalid_argument if the folder has no such files
/// \throws std::runtime_error with path and reason if they do not belong together
inline EventClips read_event_clips(const std::filesystem::path& folder) {
    const auto index = folder / "weizmann_edge_42x60.csv";
    const auto pixels = folder / "weizmann_edge_42x60.u8.gz";
    for (const auto& path : {index, pixels}) {
        if (std::filesystem::is_regular_file(path)) continue;
        throw std::invalid_argument("a folder with the outlines of the Weizmann actions is needed, "
                                    "weizmann_edge_42x60.csv and .u8.gz; there is no " +
                                    path.string());
    }
    EventClips data;
    const std::size_t size = data.extent.size();
    const auto raw = io::read_maybe_gzip(pixels);
    if (raw.size() % size != 0) {
        throw file_error(pixels, "frames of " + std::to_string(size) +
                                     " bytes are needed, it has " + std::to_string(raw.size()));
    }
    const std::string text = read_text(index);
    std::string_view rest = text;
    for (bool is_header = true; !rest.empty(); is_header = false) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (is_header || line.empty()) continue;
        const auto fields = detail::fields_of(line);
        if (fields.size() != 5) {
            throw file_error(index, "a line must have 5 fields, got '" + std::string(line) + "'");
        }
        const std::size_t first = detail::number_of(fields[3], index);
        const std::size_t count = detail::number_of(fields[4], index);
        if (count == 0 || first + count > raw.size() / size) {
            throw file_error(index, "clip " + std::string(fields[0]) + " lies outside of the " +
                                        std::to_string(raw.size() / size) + " frames");
        }
        Clip clip{.action = detail::place_of(data.actions, fields[1]),
                  .person = detail::place_of(data.people, fields[2]),
                  .frames = {}};
        for (std::size_t f = first; f < first + count; ++f) {
            const auto* bytes = reinterpret_cast<const std::uint8_t*>(raw.data() + f * size);
            clip.frames.push_back(sdr::BitSet::from_bytes({bytes, size}));
        }
        data.clips.push_back(std::move(clip));
    }
    if (data.people.size() < 2 || data.actions.size() < 2) {
        throw file_error(index, "two people and two actions at least are needed");
    }
    return data;
}

/// Lines made thicker: a bit is on where it or one of its eight neighbours is.
inline sdr::BitSet thickened(sdr::BitView frame, const sdr::Extent& extent) {
    sdr::BitSet result(frame.size());
    frame.for_each([&](std::size_t i) {
        const std::size_t row = i / extent.columns;
        const std::size_t column = i % extent.columns;
        for (std::size_t y = row - std::min<std::size_t>(row, 1);
             y <= std::min(row + 1, extent.rows - 1); ++y) {
            for (std::size_t x = column - std::min<std::size_t>(column, 1);
                 x <= std::min(column + 1, extent.columns - 1); ++x) {
                result.set(y * extent.columns + x);
            }
        }
    });
    return result;
}

} // namespace baldwin::app

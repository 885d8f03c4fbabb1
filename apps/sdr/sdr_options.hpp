// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Options that the commands of baldwin-sdr share, and what they stand for.
#pragma once

#include "image_memory.hpp"

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/core/image_set.hpp>
#include <baldwin/core/run_directory.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace baldwin::app {

/// On or off, for what is on by default.
enum class Switch : std::uint8_t { off, on };

/// Options of a memory of pictures.
struct MemoryOptions {
    MemorySettings settings;
    Switch deskew = Switch::on;
    Switch smooth = Switch::on;

    void declare(OptionTable& table);
    /// The settings with the switches in place.
    [[nodiscard]] MemorySettings resolved() const {
        MemorySettings result = settings;
        result.encoder.deskew = deskew == Switch::on;
        result.encoder.smooth = smooth == Switch::on;
        return result;
    }
};

inline void MemoryOptions::declare(OptionTable& table) {
    sdr::EncoderParameters& encoder = settings.encoder;
    table.choice("encoder", encoder.feature,
                 "what a bit says: edges (brightness rises in one of several directions), "
                 "threshold (ink), thermometer (ink of several strengths), skeleton (the middle "
                 "of a stroke)",
                 {{"edges", sdr::Feature::edges},
                  {"threshold", sdr::Feature::threshold},
                  {"thermometer", sdr::Feature::thermometer},
                  {"skeleton", sdr::Feature::skeleton}});
    table.choice("deskew", deskew, "make pictures upright and centred first",
                 {{"on", Switch::on}, {"off", Switch::off}});
    table.choice("smooth", smooth, "take edges after a 3 x 3 blur",
                 {{"on", Switch::on}, {"off", Switch::off}});
    table.count("directions", encoder.directions, "of edges: 4 or 8", {4, 8});
    table.count("contrast", encoder.contrast,
                "least change of brightness over two pixels that is an edge", {1, 360});
    table.count("threshold", encoder.threshold, "least brightness of ink", {1, 255});
    table.count("levels", encoder.levels, "of the thermometer", {1, 64});
    table.count("grid", settings.grid, "macs along each side of the picture", {1, 64});
    table.count("field", settings.field, "pixels along each side of what a mac sees", {1, 1024});
    table.count("q", settings.mac.modules, "Q, competitive modules of a mac", {1, 4096});
    table.count("k", settings.mac.cells, "K, cells of a module", {2, 4096});
    table.number("freeze", settings.freeze,
                 "share of increased weights after which a cell stops learning", {0.001, 1});
    table.number("slope", settings.slope, "of the sigmoid from V to likelihood", {0, 1000});
    table.number("centre", settings.centre, "of the sigmoid, in V", {0, 1});
    table.choice("readout", settings.readout,
                 "who answers: automatic is binary below 100 items of a class and linear from "
                 "there on",
                 {{"automatic", ReadoutName::automatic},
                  {"linear", ReadoutName::linear},
                  {"count", ReadoutName::count},
                  {"binary", ReadoutName::binary}});
    table.choice("kernel", settings.kernel,
                 "version of the machine code for the sums; codes are the same with each",
                 {{"automatic", sdr::KernelPath::automatic},
                  {"portable", sdr::KernelPath::portable},
                  {"avx2", sdr::KernelPath::avx2},
                  {"avx512", sdr::KernelPath::avx512}});
    table.number("rate", settings.linear.rate, "step size of the linear read-out", {1e-6, 1e5});
    table.count("passes", settings.linear.passes,
                "of the linear read-out over the stored codes; 0: as many as make 120,000 visits, "
                "from 4 to 30",
                {0, 10'000});
}

/// Refuses --data where a command makes its own.
inline void check_no_data(const CommonOptions& common, std::string_view command) {
    if (common.given.count("data") == 0) return;
    throw UsageError("--data: " + std::string(command) + " makes its own data, got '" +
                     common.data + "'");
}

/// Where a run goes that was not told: the table's name holds a space, which a folder's should not.
inline void choose_place(CommonOptions& common, std::string_view command) {
    if (!common.out.empty() || common.is_resumed()) return;
    common.out = default_run_path("baldwin-sdr-" + std::string(command), common.seed).string();
}

} // namespace baldwin::app

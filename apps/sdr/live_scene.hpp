// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What the window shows while pictures are stored.
#pragma once

#include "image_memory.hpp"

#include <baldwin/core/scene.hpp>
#include <baldwin/sdr/scenes.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::app {

/// Title of the panel in which a mac is pointed at.
inline constexpr const char* kMacsTitle = "Macs";

/// Bits of a memory as a picture.
inline Panel bits_panel(std::string title, const ImageMemory& memory, sdr::BitView bits) {
    const sdr::Extent extent = memory.network().parameters().input;
    Panel panel = sdr::frame_panel(std::move(title), bits, extent);
    if (memory.encoder().parameters().feature == sdr::Feature::edges) {
        auto& shown = std::get<Image>(panel.items.front());
        shown.pixels = sdr::relief_image(bits, extent).pixels;
        panel.note = "edges, as a relief";
    }
    return panel;
}

/// The last picture stored, its macs and winners, how one mac judged it, G over time, what the last
/// codes have in common, and the picture that the code stands for.
/// \param familiarity  mean G of the blocks stored so far
/// \param chosen       the mac that is looked into
inline Scene memory_scene(const ImageMemory& memory, std::span<const double> familiarity,
                          std::size_t chosen) {
    constexpr std::size_t kLast = 40;
    const sdr::Network& network = memory.network();
    Scene scene;
    scene.title = std::to_string(memory.size()) + " pictures stored, each seen once";
    scene.columns = 4;
    scene.panels.push_back(bits_panel("The last picture", memory, memory.last_frame()));
    scene.panels.push_back(sdr::mac_panel(kMacsTitle, network, 0, chosen));
    scene.panels.back().note = "winners dark; point at one for its V, psi and rho";
    scene.panels.push_back(bits_panel("What it recalls", memory, network.reconstruct()));
    const std::size_t modules = network.codes().width();
    const auto codes = memory.codes();
    scene.panels.push_back(sdr::intersection_panel(
        "Codes in common", codes.last(std::min(codes.size(), kLast * modules)), modules));
    scene.panels.back().note = "of the last pictures, dark: all";
    for (auto& panel : sdr::judgement_panels(network, 0, chosen)) {
        scene.panels.push_back(std::move(panel));
    }
    Panel curve = sdr::familiarity_panel("Familiarity G", familiarity);
    curve.x.label = "block of 500 pictures";
    scene.panels.push_back(std::move(curve));
    return scene;
}

} // namespace baldwin::app

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
#include <vector>

namespace baldwin::app {

/// Title of the panel in which a mac is pointed at.
inline constexpr const char* kMacsTitle = "Macs and their winners";

/// The last picture stored, its macs and winners, how one mac judged it, G over time, what the last
/// codes have in common, and the picture that the code stands for.
/// \param familiarity  mean G of the blocks stored so far
/// \param chosen       the mac that is looked into
inline Scene memory_scene(const ImageMemory& memory, std::span<const double> familiarity,
                          std::size_t chosen) {
    constexpr std::size_t kLast = 40;
    const sdr::Network& network = memory.network();
    const sdr::Extent extent = network.parameters().input;
    Scene scene;
    scene.title = std::to_string(memory.size()) + " pictures stored, each seen once";
    scene.columns = 4;
    scene.panels.push_back(
        sdr::frame_panel("The last picture, as bits", memory.last_frame(), extent));
    scene.panels.push_back(sdr::mac_panel(kMacsTitle, network, 0, chosen));
    scene.panels.back().note = "a column for each module, its winner dark; V, psi, rho: the framed";
    scene.panels.push_back(
        sdr::frame_panel("What the code stands for", network.reconstruct(), extent));
    const std::size_t modules = network.codes().width();
    const auto codes = memory.codes();
    scene.panels.push_back(
        sdr::intersection_panel("Codes in common, last pictures",
                                codes.last(std::min(codes.size(), kLast * modules)), modules));
    for (auto& panel : sdr::judgement_panels(network, 0, chosen)) {
        scene.panels.push_back(std::move(panel));
    }
    Panel curve = sdr::familiarity_panel("Familiarity G when storing", familiarity);
    curve.x.label = "block";
    scene.panels.push_back(std::move(curve));
    return scene;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Pictures of what was stored, what is shown and what comes back.
#pragma once

#include "recall.hpp"

#include <baldwin/core/plot.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/sdr/scenes.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace baldwin::app {

/// Pictures of some items: stored, shown damaged, recalled.
inline Scene recall_scene(sdr::Network& network, std::span<const sdr::BitSet> frames,
                          double threshold, const Stream& stream) {
    const sdr::Extent extent = network.parameters().input;
    std::vector<Captioned> pictures;
    const auto add = [&](sdr::BitView bits, const char* caption) {
        pictures.push_back({.image = sdr::frame_image(bits, extent), .caption = caption});
    };
    for (const auto& [damage, share] :
         {std::pair{Damage::noise, 0.3}, std::pair{Damage::occlusion, 0.3},
          std::pair{Damage::completion, 0.5}}) {
        for (std::size_t i = 0; i < std::min<std::size_t>(3, frames.size()); ++i) {
            const sdr::BitSet shown =
                damaged(frames[i], extent, damage, share, stream.substream(i));
            network.recognise(shown);
            add(frames[i], "stored");
            add(shown, damage == Damage::noise       ? "30 % moved"
                       : damage == Damage::occlusion ? "30 % hidden"
                                                     : "half missing");
            add(network.reconstruct(0, threshold), "recalled");
        }
    }
    Scene scene;
    scene.panels.push_back(image_grid("Recall from damaged pictures", pictures, 9));
    return scene;
}

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The environments that this program was built with.
#pragma once

#include <baldwin/envs/catalogue.hpp>
#ifdef BALDWIN_HAS_ALE
#include <baldwin/envs_ale/atari.hpp>
#endif
#ifdef BALDWIN_HAS_BOX2D
#include <baldwin/envs_box2d/lunar_lander.hpp>
#endif
#ifdef BALDWIN_HAS_MUJOCO
#include <baldwin/envs_mujoco/catalogue.hpp>
#endif

namespace baldwin::app {

/// All of them, those that need an installed simulator last.
inline envs::Catalogue all_environments() {
    envs::Catalogue catalogue = envs::standard_catalogue();
#ifdef BALDWIN_HAS_BOX2D
    envs::add_box2d_environments(catalogue);
#endif
#ifdef BALDWIN_HAS_ALE
    envs::add_ale_environments(catalogue);
#endif
#ifdef BALDWIN_HAS_MUJOCO
    envs::add_mujoco_environments(catalogue);
#endif
    return catalogue;
}

} // namespace baldwin::app

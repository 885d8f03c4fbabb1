// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// All of the environments.
#pragma once

#include <baldwin/envs/acrobot.hpp>
#include <baldwin/envs/action_wrappers.hpp>
#include <baldwin/envs/any_environment.hpp>
#include <baldwin/envs/cart_pole.hpp>
#include <baldwin/envs/catalogue.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/environment_vector.hpp>
#include <baldwin/envs/exhibits.hpp>
#include <baldwin/envs/frame_stack.hpp>
#include <baldwin/envs/fwd.hpp>
#include <baldwin/envs/maze.hpp>
#include <baldwin/envs/maze_map.hpp>
#include <baldwin/envs/maze_view.hpp>
#include <baldwin/envs/minatar/asterix.hpp>
#include <baldwin/envs/minatar/board.hpp>
#include <baldwin/envs/minatar/breakout.hpp>
#include <baldwin/envs/minatar/freeway.hpp>
#include <baldwin/envs/minatar/minatar.hpp>
#include <baldwin/envs/minatar/seaquest.hpp>
#include <baldwin/envs/minatar/space_invaders.hpp>
#include <baldwin/envs/mountain_car.hpp>
#include <baldwin/envs/normalised.hpp>
#include <baldwin/envs/numpy_random.hpp>
#include <baldwin/envs/pendulum.hpp>
#include <baldwin/envs/rollout.hpp>
#include <baldwin/envs/space.hpp>
#include <baldwin/envs/time_limit.hpp>

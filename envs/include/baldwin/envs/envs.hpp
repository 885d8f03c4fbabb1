// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// All of the environments.
#pragma once

#include <baldwin/envs/acrobot.hpp>
#include <baldwin/envs/any_environment.hpp>
#include <baldwin/envs/cart_pole.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/fwd.hpp>
#include <baldwin/envs/mountain_car.hpp>
#include <baldwin/envs/numpy_random.hpp>
#include <baldwin/envs/pendulum.hpp>
#include <baldwin/envs/space.hpp>
#include <baldwin/envs/time_limit.hpp>

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Forward declarations of the environments' main types.
#pragma once

namespace baldwin::envs {

// the interface
struct Behaviour;
struct Box;
struct Discrete;
struct Outcome;
class Action;
class AnyEnvironment;

// classic control
class Acrobot;
class CartPole;
class MountainCar;
class MountainCarContinuous;
class Pendulum;

} // namespace baldwin::envs

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
class Catalogue;
class ObservationStatistics;
struct EpisodeResult;
struct MakeOptions;

// classic control
class Acrobot;
class CartPole;
class MountainCar;
class MountainCarContinuous;
class Pendulum;

// games and mazes
template <class Game>
class MinAtar;
class Maze;
class MazeView;
struct MazeMap;

} // namespace baldwin::envs

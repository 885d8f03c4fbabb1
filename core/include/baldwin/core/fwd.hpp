// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Forward declarations of core's main types.
#pragma once

namespace baldwin {

// memory and shapes
class Arena;
class Shape;
template <class T>
class TensorView;

// parameters and evaluation
class Layout;
struct LayoutEntry;
struct Value;
struct WeightView;
template <class T>
class Tape;
template <class T>
class Forward;
template <class T>
class Backward;
template <class T>
class Step;
template <class T>
class Optimiser;

// randomness and threads
class Executor;
class Stream;

// files and runs
class RunDirectory;
class SafetensorsFile;
class SafetensorsWriter;

// pictures
struct Exhibit;
struct Scene;
class Registry;

namespace nn {

class Network;
struct Context;
struct Layer;

} // namespace nn

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Forward declarations of the viz module.
#pragma once

namespace baldwin::viz {

class Canvas;
class Compositor;
class Controls;
class CurveChart;
class ExhibitSource;
struct Fonts;
class FramePacer;
struct InputEvent;
struct LiveOptions;
class LiveSource;
class LiveView;
class MetricColumn;
struct Pane;
class SceneView;
class SfmlTypeface;
struct SnapshotOptions;
class Source;
class SplitTree;
class Timeline;
class Typeface;
class Window;
struct WindowOptions;
class Workspace;
struct WorkspaceOptions;

} // namespace baldwin::viz

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Everything of the viz module: sources shown in a workspace of panels, in windows and as files.
#pragma once

#include <baldwin/viz/canvas.hpp>
#include <baldwin/viz/compositor.hpp>
#include <baldwin/viz/control_panel.hpp>
#include <baldwin/viz/curve_chart.hpp>
#include <baldwin/viz/display.hpp>
#include <baldwin/viz/events.hpp>
#include <baldwin/viz/exhibit_source.hpp>
#include <baldwin/viz/export.hpp>
#include <baldwin/viz/fonts.hpp>
#include <baldwin/viz/frame_pacer.hpp>
#include <baldwin/viz/fwd.hpp>
#include <baldwin/viz/input.hpp>
#include <baldwin/viz/live_source.hpp>
#include <baldwin/viz/live_view.hpp>
#include <baldwin/viz/mailbox.hpp>
#include <baldwin/viz/metric_column.hpp>
#include <baldwin/viz/pane.hpp>
#include <baldwin/viz/plane.hpp>
#include <baldwin/viz/rasterise.hpp>
#include <baldwin/viz/scene_view.hpp>
#include <baldwin/viz/sfml_typeface.hpp>
#include <baldwin/viz/snapshot.hpp>
#include <baldwin/viz/source.hpp>
#include <baldwin/viz/split_tree.hpp>
#include <baldwin/viz/thread_meter.hpp>
#include <baldwin/viz/timeline.hpp>
#include <baldwin/viz/typeface.hpp>
#include <baldwin/viz/widgets.hpp>
#include <baldwin/viz/window.hpp>
#include <baldwin/viz/workspace.hpp>

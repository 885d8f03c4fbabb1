// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Forward declarations of the viz module.
#pragma once

namespace baldwin::viz {

struct Fonts;
class FramePacer;
class LiveView;
struct LiveOptions;
class Painter;
struct WindowEvent;

} // namespace baldwin::viz

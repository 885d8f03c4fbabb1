// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Everything of the viz module: scenes in windows, by SFML.
#pragma once

#include <baldwin/viz/display.hpp>
#include <baldwin/viz/events.hpp>
#include <baldwin/viz/fonts.hpp>
#include <baldwin/viz/frame_pacer.hpp>
#include <baldwin/viz/fwd.hpp>
#include <baldwin/viz/live_view.hpp>
#include <baldwin/viz/mailbox.hpp>
#include <baldwin/viz/painter.hpp>

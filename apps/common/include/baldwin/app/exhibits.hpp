// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The exhibits of all modules, for every program that shows them.
#pragma once

#include <baldwin/core/exhibit.hpp>

namespace baldwin::app {

/// What there is to be looked at and played with. Compiled once, in exhibits.cpp, where a module
/// adds a line that calls its register_exhibits(Registry&).
Registry all_exhibits();

} // namespace baldwin::app

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The exhibits of all modules, for every program that shows them.
#pragma once

#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/exhibits.hpp>
#include <baldwin/core/nn/extern_network.hpp>

namespace baldwin::app {

/// What there is to be looked at and played with. A module adds a line here that calls its
/// register_exhibits(Registry&).
inline Registry all_exhibits() {
    Registry registry;
    register_exhibits(registry); // core's own
    return registry;
}

} // namespace baldwin::app

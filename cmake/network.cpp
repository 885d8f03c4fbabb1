// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Networks, compiled once for all programs of ours.
#include <baldwin/core/nn/instantiate_network.hpp>

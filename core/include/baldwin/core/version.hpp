// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The version of the library. The build reads it from here.
#pragma once

#include <string_view>

/// Version as one number: 10000 * major + 100 * minor + patch.
#define BALDWIN_VERSION 100

namespace baldwin {

/// Version as text, `major.minor.patch`.
inline constexpr std::string_view kVersion = "0.1.0";

} // namespace baldwin

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// All of baldwin::io: what needs a compiled library beyond core's.
#pragma once

#include <baldwin/io/dataset.hpp>
#include <baldwin/io/gzip.hpp>
#include <baldwin/io/png.hpp>

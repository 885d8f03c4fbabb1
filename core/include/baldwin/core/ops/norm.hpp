// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// All normalisations.
#pragma once

#include <baldwin/core/ops/batch_norm.hpp>
#include <baldwin/core/ops/group_norm.hpp>
#include <baldwin/core/ops/layer_norm.hpp>

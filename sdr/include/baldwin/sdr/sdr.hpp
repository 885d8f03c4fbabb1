// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// All of sdr.
#pragma once

#include <baldwin/sdr/afferents.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/code.hpp>
#include <baldwin/sdr/code_table.hpp>
#include <baldwin/sdr/codebook.hpp>
#include <baldwin/sdr/csa.hpp>
#include <baldwin/sdr/decay.hpp>
#include <baldwin/sdr/encoders.hpp>
#include <baldwin/sdr/fwd.hpp>
#include <baldwin/sdr/health.hpp>
#include <baldwin/sdr/knn.hpp>
#include <baldwin/sdr/linear_readout.hpp>
#include <baldwin/sdr/mac.hpp>
#include <baldwin/sdr/memory_file.hpp>
#include <baldwin/sdr/network.hpp>
#include <baldwin/sdr/network_parameters.hpp>
#include <baldwin/sdr/parameters.hpp>
#include <baldwin/sdr/picture.hpp>
#include <baldwin/sdr/readout.hpp>
#include <baldwin/sdr/weights.hpp>

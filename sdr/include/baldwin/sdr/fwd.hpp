// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Forward declarations of sdr's main types.
#pragma once

namespace baldwin::sdr {

// codes
class BitSet;
class BitView;
class Code;
class Codebook;
struct MacShape;

// memories
class Mac;
class Network;
struct CsaParameters;
struct LevelParameters;
struct NetworkParameters;

} // namespace baldwin::sdr

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Keeps the evaluation of networks, with all its operations, from being compiled in every file.
///
/// In a program of many files include this instead of network.hpp, and repeat the declarations
/// below without the word extern in exactly one file, after network.hpp: that saves half a minute
/// of compile time in each of the others.
#pragma once

#include <baldwin/core/nn/network.hpp>

namespace baldwin::nn {

extern template Evaluation Network::operator()<float>(Tape<float>&, Value, Value, Value,
                                                      const Context&, Value) const;
extern template Evaluation Network::operator()<double>(Tape<double>&, Value, Value, Value,
                                                       const Context&, Value) const;

} // namespace baldwin::nn

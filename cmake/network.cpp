// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// What extern_network.hpp leaves out, compiled once for all programs of ours.
#include <baldwin/core/nn/network.hpp>

namespace baldwin::nn {

template Evaluation Network::operator()<float>(Tape<float>&, Value, Value, Value, const Context&,
                                               Value) const;
template Evaluation Network::operator()<double>(Tape<double>&, Value, Value, Value, const Context&,
                                                Value) const;

} // namespace baldwin::nn

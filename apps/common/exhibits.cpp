// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/environments.hpp>
#include <baldwin/app/exhibits.hpp>

#include <baldwin/core/exhibits.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/envs/exhibits.hpp>
#include <baldwin/neuroevolution/exhibits.hpp>
#include <baldwin/sdr/exhibits.hpp>

namespace baldwin::app {

Registry all_exhibits() {
    Registry registry;
    register_exhibits(registry); // core's own
    envs::register_exhibits(registry, all_environments());
    neuroevolution::register_exhibits(registry);
    sdr::register_exhibits(registry);
    return registry;
}

} // namespace baldwin::app

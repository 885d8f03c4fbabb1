// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A walk through viz for the sanitizers, without a display: a running experiment in one thread, a
/// workspace over it that is painted in another. Exit 0 if all of it held.

#include <baldwin/core/plot.hpp>
#include <baldwin/viz/compositor.hpp>
#include <baldwin/viz/live_source.hpp>
#include <baldwin/viz/workspace.hpp>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>

namespace {

using namespace baldwin;

/// An experiment that reports numbers and scenes.
void experiment(viz::LiveSource& source) {
    for (std::uint64_t step = 1; step <= 300; ++step) {
        const Metric metric{"loss", 1.0 / static_cast<double>(step)};
        source.record(step, {&metric, 1});
        const Series series{"sine", {0, 1, 2}, {0, static_cast<double>(step), 1}};
        source.show(step, "frame", {.panels = {curves("Frame", {}, {}, {series})}});
        (void)source.steering().attend([] { return true; });
    }
}

/// Pixels of the loss's curve in the last picture.
int pixels_painted() {
    viz::LiveSource source("smoke");
    std::atomic<bool> is_done{false};
    std::thread run([&] {
        experiment(source);
        is_done = true;
    });
    viz::Workspace workspace(source);
    workspace.resize(640, 480);
    viz::Compositor compositor(nullptr);
    for (bool last = false; !last;) {
        last = is_done;
        workspace.update(0);
        workspace.handle({.kind = viz::InputEvent::Kind::move, .at = {200, 200}}, 0);
        compositor.compose(workspace, 640, 480);
    }
    run.join();
    int count = 0;
    for (int x = 0; x < 640; ++x) {
        for (int y = 0; y < 480; ++y) {
            count += compositor.picture().pixel(x, y) == kDarkTheme.series[0] ? 1 : 0;
        }
    }
    return count;
}

} // namespace

int main() {
    if (pixels_painted() < 100) return std::puts("no curve was painted"), 1;
    return 0;
}

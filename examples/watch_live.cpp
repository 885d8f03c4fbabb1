// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A loop of one's own in a window: it can be paused, its parameter turned, its steps gone back
/// through. Without a display it runs all the same.
#include <baldwin/viz/viz.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <thread>

int main() {
    using namespace baldwin;
    viz::LiveOptions options;
    options.parameters = {{.name = "frequency", .value = 0.1, .low = 0.01, .high = 1}};
    std::optional<viz::LiveView> view;
    if (viz::display_available()) view.emplace(options); // SFML would abort without one
    double frequency = 0.1;
    double sum = 0;
    for (std::uint64_t step = 0; step < 5000; ++step) {
        const Metric sine{"sine", std::sin(frequency * static_cast<double>(step))};
        sum += sine.value;
        if (!view) continue;
        for (const auto& edit : view->attend()) frequency = edit.to; // waits while the user pauses
        view->record(step, {&sine, 1});                              // never waits
        std::this_thread::sleep_for(std::chrono::milliseconds(2));   // to have something to watch
    }
    std::printf("sum of the sines %.3f\n", sum);
}

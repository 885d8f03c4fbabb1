// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Trains a small network to tell the inside of a ring from the outside.
#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ops/loss.hpp>
#include <baldwin/core/optim.hpp>

#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

using namespace baldwin;

int main() {
    constexpr std::size_t kPoints = 512;
    std::vector<float> x(2 * kPoints);
    std::vector<std::int32_t> labels(kPoints);
    Stream(1).fill_normal(std::span(x));
    for (std::size_t i = 0; i < kPoints; ++i) {
        labels[i] = x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1] < 1.4F ? 1 : 0;
    }

    const nn::Network network(nn::parse("linear 32, tanh, linear 32, tanh, linear 2"), {2});
    std::vector<float> theta(network.parameters().size());
    std::vector<float> gradient(theta.size());
    initialise(network.parameters(), std::span(theta), Stream(2));
    Optimiser<float> optimiser(network.parameters(), {.rule = Adam{}});

    Tape<float> tape(Executor(2)); // two threads; the bits are those of one
    std::size_t right = 0;
    for (int step = 0; step <= 400; ++step) {
        tape.rewind();
        const Value parameters = tape.leaf(std::span<const float>(theta));
        const Value y = network(tape, parameters, tape.leaf({x.data(), {kPoints, 2}}));
        const Value loss = cross_entropy(tape, y, labels);
        tape.backward({{loss}}, {{parameters, gradient}});
        optimiser.step(theta, gradient, 0.01);
        if (step % 100 == 0) std::printf("step %3d  loss %.4f\n", step, double{tape.item(loss)});
        right = 0;
        for (std::size_t i = 0; i < kPoints; ++i) {
            right += static_cast<std::size_t>((tape[y][2 * i + 1] > tape[y][2 * i]) == labels[i]);
        }
    }
    std::printf("right %zu of %zu\n", right, kPoints);
    return right > kPoints * 97 / 100 ? 0 : 1;
}

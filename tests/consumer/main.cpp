// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// A program that knows nothing of Baldwin but the target baldwin::core: a small network learns
// whether two numbers have the same sign.

#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ops/loss.hpp>
#include <baldwin/core/optim.hpp>
#include <baldwin/core/version.hpp>

#include <cstdint>
#include <iostream>
#include <span>
#include <vector>

int main() {
    using namespace baldwin;
    const nn::Network network(nn::parse("linear 16, tanh, linear 2"), {2});
    AlignedVector<float> theta(network.parameters().size());
    AlignedVector<float> gradient(theta.size());
    initialise(network.parameters(), std::span<float>(theta), Stream(1));

    std::vector<float> points(2 * 256);
    Stream(2).fill_normal(std::span<float>(points));
    std::vector<std::int32_t> labels(256);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        labels[i] = points[2 * i] * points[2 * i + 1] > 0 ? 1 : 0;
    }

    Optimiser<float> optimiser(network.parameters(), {.rule = Adam{}});
    Tape<float> tape;
    std::size_t correct = 0;
    for (int step = 0; step < 500; ++step) {
        tape.rewind();
        const Value parameters = tape.leaf(std::span<const float>(theta));
        const Value x = tape.leaf(TensorView<const float>(points.data(), {256, 2}));
        const Value logits = network(tape, parameters, x);
        const Value loss = cross_entropy(tape, logits, std::span(labels));
        tape.backward({{loss}}, {{parameters, gradient}});
        optimiser.step(theta, gradient, 0.02);
        correct = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const bool says_same = tape[logits][2 * i + 1] > tape[logits][2 * i];
            correct += says_same == (labels[i] == 1);
        }
    }
    std::cout << "baldwin " << kVersion << ": " << network.parameters().size() << " parameters, "
              << (correct > 250 ? "learned" : "did not learn") << '\n';
}

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// One network computes the parameters of another: it learns to make, from a frequency, the network
// whose output is the sine of that frequency. The gradient flows through the generated parameters.
#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ops/loss.hpp>
#include <baldwin/core/optim.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

using namespace baldwin;

int main() {
    const nn::Network target(nn::parse("linear 16, tanh, linear 1"), {1});
    const std::string length = std::to_string(target.parameters().size());
    const nn::Network generator(nn::parse("linear 24, tanh, linear " + length), {1});

    std::vector<float> theta(generator.parameters().size()); // the only thing that is learned
    std::vector<float> gradient(theta.size());
    initialise(generator.parameters(), std::span(theta), Stream(1));
    Optimiser<float> optimiser(generator.parameters(), {.rule = Adam{}});

    constexpr std::size_t kPoints = 64;
    std::vector<float> x(kPoints);
    std::vector<float> wave(kPoints);
    Tape<float> tape;
    double last = 0.0;
    for (int step = 0; step < 3000; ++step) {
        const float frequency =
            0.5F + 1.5F * Stream(2).uniform_float(static_cast<std::uint64_t>(step));
        for (std::size_t i = 0; i < kPoints; ++i) {
            x[i] = -2.0F + 4.0F * static_cast<float>(i) / (kPoints - 1);
            wave[i] = std::sin(frequency * x[i]);
        }
        tape.rewind();
        const Value parameters = tape.leaf(std::span<const float>(theta));
        const Value generated = generator(tape, parameters, tape.filled(frequency, {1, 1}));
        const Value y = target(tape, generated, tape.leaf({x.data(), {kPoints, 1}}));
        const Value loss = mean_squared_error(tape, y, tape.leaf({wave.data(), {kPoints, 1}}));
        tape.backward({{loss}}, {{parameters, gradient}});
        optimiser.step(theta, gradient, 0.003);
        last = step == 0 ? double{tape.item(loss)} : 0.99 * last + 0.01 * double{tape.item(loss)};
        if (step % 1000 == 0) std::printf("step %4d  mean squared error %.5f\n", step, last);
    }
    std::printf("%zu parameters make %s; mean squared error %.5f\n", theta.size(), length.c_str(),
                last);
    return last < 0.01 ? 0 : 1;
}

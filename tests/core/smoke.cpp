// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A walk through core for the sanitizers: a small network with most kinds of layers learns, on
/// several threads, and its parameters go through a file. Exit 0 if all of it held.

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ops/loss.hpp>
#include <baldwin/core/optim.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/core/tape.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace baldwin;

/// Noise images of one channel, brighter in the half that their class names.
struct Images {
    static constexpr std::size_t kCount = 32;
    static constexpr std::size_t kSide = 8;
    std::vector<float> pixels = std::vector<float>(kCount * kSide * kSide);
    std::vector<std::int32_t> labels = std::vector<std::int32_t>(kCount);

    explicit Images(const Stream& stream) {
        stream.fill_normal(std::span<float>(pixels));
        for (std::size_t i = 0; i < kCount; ++i) {
            const std::size_t half = i % 2;
            labels[i] = static_cast<std::int32_t>(half);
            const auto image = std::span(pixels).subspan(i * kSide * kSide, kSide * kSide);
            for (float& pixel : image.subspan(half * image.size() / 2, image.size() / 2)) {
                pixel += 1.0F;
            }
        }
    }
};

/// Loss before and after 40 steps of Adam.
struct Outcome {
    float first = 0.0F;
    float last = 0.0F;
    AlignedVector<float> theta;
};

Outcome train(const nn::Network& network, std::size_t threads) {
    const Images images{Stream(1)};
    const Executor executor(threads);
    Outcome outcome;
    outcome.theta.resize(network.parameters().size());
    AlignedVector<float> state(network.state().size());
    AlignedVector<float> gradient(outcome.theta.size());
    initialise(network.parameters(), std::span<float>(outcome.theta), Stream(2));
    initialise(network.state(), std::span<float>(state), Stream(3));
    Optimiser<float> optimiser(network.parameters(), {.rule = Adam{}, .clip_norm = 5.0}, executor);
    Tape<float> tape(executor);
    for (std::uint64_t step = 0; step < 40; ++step) {
        tape.rewind();
        const Value theta = tape.leaf(std::span<const float>(outcome.theta));
        const Value statistics = tape.leaf(std::span<const float>(state));
        const Value x = tape.leaf(TensorView<const float>(
            images.pixels.data(), {Images::kCount, 1, Images::kSide, Images::kSide}));
        const auto evaluation =
            network(tape, theta, statistics, x,
                    {.mode = nn::Mode::training, .stream = Stream(4), .step = step});
        const Value loss = cross_entropy(tape, evaluation.y, std::span(images.labels));
        tape.backward({{loss}}, {{theta, gradient}});
        (step == 0 ? outcome.first : outcome.last) = tape.item(loss);
        std::ranges::copy(tape[evaluation.state].values(), state.begin());
        optimiser.step(outcome.theta, gradient, 0.01);
    }
    return outcome;
}

/// Whether a vector comes back from a file as it went in.
bool survives_a_file(const AlignedVector<float>& theta) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("baldwin-smoke-" + std::to_string(::getpid()) + ".safetensors");
    SafetensorsWriter writer;
    writer.add("theta", std::span<const float>(theta));
    write_safetensors(path, writer);
    AlignedVector<float> back(theta.size());
    read_safetensors(path).copy_into("theta", std::span<float>(back));
    std::filesystem::remove(path);
    return back == theta;
}

} // namespace

int main() {
    const nn::Network network(
        nn::parse("conv 8 3x3 same, batch_norm, relu, max_pool 2, residual(conv 8 3x3 same, tanh), "
                  "flatten, linear 16, layer_norm, gelu, linear 2"),
        {1, Images::kSide, Images::kSide});
    const Outcome one = train(network, 1);
    const Outcome two = train(network, 2);
    std::printf("loss %.3f -> %.3f\n", static_cast<double>(one.first),
                static_cast<double>(one.last));
    if (!(one.last < 0.5F * one.first)) return std::puts("the network did not learn"), 1;
    if (one.theta != two.theta) return std::puts("one and two threads differ"), 1;
    if (!survives_a_file(one.theta)) return std::puts("the file changed the parameters"), 1;
    return 0;
}

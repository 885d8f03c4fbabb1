// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "support/allocation_counter.hpp"

#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ops/loss.hpp>
#include <baldwin/core/optim.hpp>
#include <baldwin/core/schedule.hpp>

#include "support/threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace baldwin::nn::nn_allocation_test {
namespace {

/// A network whose loop is watched.
struct Loop {
    std::string name;
    std::string network;
    Shape input;
};

const std::vector<Loop> kLoops = {
    {"Images",
     "conv 8 3x3 same, batch_norm, relu, max_pool 2, residual(conv 8 3x3 same, batch_norm, relu), "
     "dropout 0.25, linear 32, relu, linear 10",
     {1, 12, 12}},
    {"OtherLayersOfImages",
     "conv 4 3x3 same depthwise, group_norm 2, silu, transposed_conv 4 2x2/2 same, instance_norm, "
     "average_pool 2, conv 8 3x3/2 same groups 2, elu, global_average_pool, linear 10",
     {2, 8, 8}},
    {"Sequences",
     "rms_norm, residual(attention 2 causal), layer_norm, lstm 8, gru 8 last, gelu, linear 10",
     {12, 12}}};

/// Everything that a training loop holds, for fixed random inputs and labels.
class Training {
public:
    Training(const Loop& loop, const Executor& executor)
        : network(parse(loop.network), loop.input), tape(executor),
          theta(network.parameters().size()), gradient(theta.size()), state(network.state().size()),
          shape(batch_of(loop.input)), x(shape.size()), labels(kBatch),
          optimiser(network.parameters(), {.rule = Sgd{}, .clip_norm = 1.0}, executor) {
        initialise(network.parameters(), std::span(theta), Stream(1));
        initialise(network.state(), std::span(state), Stream(1));
        Stream(2).fill_normal(std::span(x));
        for (std::size_t i = 0; i < kBatch; ++i) labels[i] = static_cast<std::int32_t>(i % 10);
    }

    float train() {
        tape.set_recording(true);
        tape.rewind();
        const Value vt = tape.leaf(std::span<const float>(theta));
        const Value vs = tape.leaf(std::span<const float>(state));
        const Value vx = tape.leaf({x.data(), shape});
        const auto [y, new_state, memory] =
            network(tape, vt, vs, vx,
                    {.mode = Mode::training, .stream = Stream(3), .step = optimiser.steps()});
        const Value loss = cross_entropy(tape, y, labels);
        tape.backward({{loss}}, {{vt, gradient}});
        std::ranges::copy(tape[new_state].values(), state.begin());
        optimiser.step(theta, gradient, learning_rate(schedule, optimiser.steps()));
        return tape.item(loss);
    }
    float infer() {
        tape.set_recording(false);
        tape.rewind();
        const Value vx = tape.leaf({x.data(), shape});
        const auto result = network(tape, tape.leaf(std::span<const float>(theta)),
                                    tape.leaf(std::span<const float>(state)), vx);
        return tape[result.y][0];
    }

private:
    static constexpr std::size_t kBatch = 32;

    static Shape batch_of(const Shape& input) {
        std::vector<std::size_t> extents{kBatch};
        extents.insert(extents.end(), input.begin(), input.end());
        return Shape(std::span<const std::size_t>(extents));
    }

    Network network;
    Tape<float> tape;
    std::vector<float> theta;
    std::vector<float> gradient;
    std::vector<float> state;
    Shape shape;
    std::vector<float> x;
    std::vector<std::int32_t> labels;
    Optimiser<float> optimiser;
    Schedule schedule{.course = Schedule::Course::cosine, .rate = 0.05, .steps = 100};
};

class CoreNnAllocation : public ::testing::TestWithParam<Loop> {};

INSTANTIATE_TEST_SUITE_P(Loops, CoreNnAllocation, ::testing::ValuesIn(kLoops),
                         [](const auto& loop) { return loop.param.name; });

// The threads' own first allocations (their stacks and queues) come before: all have worked once.
TEST_P(CoreNnAllocation, LaterTrainingStepsNeverCallTheAllocator) {
    if (!BALDWIN_TEST_COUNTS_ALLOCATIONS) GTEST_SKIP() << "a sanitizer has the allocator";
    for (const std::size_t threads : {1u, 2u, 8u}) {
        const Executor executor(threads);
        test::gather_threads(executor);
        Training training(GetParam(), executor);
        const float first = training.train();
        const std::size_t before = test::allocator_calls;
        float last = 0.0F;
        for (int step = 1; step < 30; ++step) last = training.train();
        EXPECT_EQ(test::allocator_calls - before, 0u) << threads << " threads";
        EXPECT_LT(last, first); // it does learn
    }
}

TEST_P(CoreNnAllocation, LaterInferencesNeverCallTheAllocator) {
    if (!BALDWIN_TEST_COUNTS_ALLOCATIONS) GTEST_SKIP() << "a sanitizer has the allocator";
    for (const std::size_t threads : {1u, 2u, 8u}) {
        const Executor executor(threads);
        test::gather_threads(executor);
        Training training(GetParam(), executor);
        const float first = training.infer();
        const std::size_t before = test::allocator_calls;
        for (int step = 1; step < 30; ++step) EXPECT_EQ(training.infer(), first);
        EXPECT_EQ(test::allocator_calls - before, 0u) << threads << " threads";
    }
}

TEST(CoreNnAllocationCounter, SeesAllocations) {
    if (!BALDWIN_TEST_COUNTS_ALLOCATIONS) GTEST_SKIP() << "a sanitizer has the allocator";
    const std::size_t before = test::allocator_calls;
    const AlignedVector<float> aligned(1000);
    const std::vector<float> plain(1000);
    EXPECT_GE(test::allocator_calls - before, 2u);
    EXPECT_EQ(aligned.size(), plain.size());
}

} // namespace
} // namespace baldwin::nn::nn_allocation_test

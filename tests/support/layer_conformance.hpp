// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What every layer promises, checked on a network of that layer alone.
#pragma once

#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>

#include "support/gradient_check.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace baldwin::test {

/// A layer and what it must come to for one input shape.
struct LayerCase {
    std::string text;
    Shape input;
    Shape output;
    std::size_t parameters = 0;
    std::uint64_t macs = 0;
    std::size_t state = 0;
    std::size_t memory = 0;
    std::size_t vocabulary = 0; ///< inputs are indices below it instead of numbers, if > 0
    bool positive = false;      ///< only inputs > 0 make sense
    std::size_t batch = 3;      ///< rows in the check of gradients
};

/// The name that a parametrised test shows.
inline std::string name_of_case(const ::testing::TestParamInfo<LayerCase>& info) {
    std::string name;
    for (const char c : info.param.text) {
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    return name + "_" + std::to_string(info.index);
}

namespace detail {

inline Shape with_batch(const Shape& sample, std::size_t batch) {
    std::vector<std::size_t> extents(sample.begin(), sample.end());
    extents.insert(extents.begin(), batch);
    return Shape(std::span<const std::size_t>(extents));
}

/// Inputs of a case: normal, positive or indices.
template <class T>
std::vector<T> inputs_of(const LayerCase& c, std::size_t batch) {
    std::vector<T> x;
    for (double value : normal_values(batch * c.input.size(), 31)) {
        if (c.positive) value = 0.5 + std::abs(value);
        if (c.vocabulary > 0) value = static_cast<double>(x.size() * 7 % c.vocabulary);
        x.push_back(static_cast<T>(value));
    }
    return x;
}
/// Statistics that are not the usual ones: means near 0, variances near 1.
template <class T>
std::vector<T> state_of(const nn::Network& network) {
    std::vector<T> state;
    for (const double value : normal_values(network.state().size(), 32, 0.1)) {
        state.push_back(static_cast<T>(value));
    }
    for (const LayoutEntry& entry : network.state().entries()) {
        if (entry.kind != ParameterKind::variance) continue;
        for (std::size_t i = 0; i < entry.size(); ++i) state[entry.offset + i] += T{1};
    }
    return state;
}

/// y, new state, new memory, and the gradients of θ and x of one training step, end to end.
struct Outcome {
    std::vector<float> numbers;

    void add(std::span<const float> more) {
        numbers.insert(numbers.end(), more.begin(), more.end());
    }
};

/// One forward and backward pass with fixed numbers on \p tape.
inline Outcome train_once(Tape<float>& tape, const nn::Network& network, const LayerCase& c,
                          std::size_t batch) {
    std::vector<float> theta;
    for (const double v : normal_values(network.parameters().size(), 33, 0.4)) {
        theta.push_back(static_cast<float>(v));
    }
    const auto x = inputs_of<float>(c, batch);
    const auto state = state_of<float>(network);
    std::vector<float> to_theta(theta.size());
    std::vector<float> to_x(x.size());
    tape.rewind();
    const Value vt = tape.leaf(std::span<const float>(theta));
    const Value vs = tape.leaf(std::span<const float>(state));
    const Value vx = tape.leaf({x.data(), with_batch(c.input, batch)});
    const auto result =
        network(tape, vt, vs, vx, {.mode = nn::Mode::training, .stream = Stream(5), .step = 2});
    std::vector<Target<float>> targets{{vt, to_theta}};
    if (c.vocabulary == 0) targets.push_back({vx, to_x});
    const Seed<float> seed{result.y};
    tape.backward(std::span(&seed, 1), targets);
    Outcome outcome;
    outcome.add(tape[result.y].values());
    outcome.add(tape[result.state].values());
    if (result.memory) outcome.add(tape[result.memory].values());
    outcome.add(to_theta);
    outcome.add(to_x);
    return outcome;
}

} // namespace detail

inline void expect_shape_rule(const LayerCase& c) {
    const nn::Network network(nn::parse(c.text), c.input);
    EXPECT_EQ(network.output(), c.output) << to_string(network.output());
    EXPECT_EQ(network.parameters().size(), c.parameters);
    EXPECT_EQ(network.state().size(), c.state);
    EXPECT_EQ(network.memory(), c.memory);
    std::uint64_t macs = 0;
    for (const auto& layer : network.layers()) macs += layer.macs;
    EXPECT_EQ(macs, c.macs);
    Tape<float> tape;
    const auto theta = std::vector<float>(c.parameters, 0.1F);
    const auto state = detail::state_of<float>(network);
    const auto x = detail::inputs_of<float>(c, 2);
    const auto result = network(tape, tape.leaf(std::span<const float>(theta)),
                                tape.leaf(std::span<const float>(state)),
                                tape.leaf({x.data(), detail::with_batch(c.input, 2)}));
    EXPECT_EQ(tape.shape(result.y), detail::with_batch(c.output, 2));
    EXPECT_EQ(static_cast<bool>(result.memory), c.memory > 0);
    if (result.memory) {
        EXPECT_EQ(tape.shape(result.memory), Shape({2, c.memory}));
    }
}

inline void expect_text_round_trip(const LayerCase& c) {
    const nn::Architecture layers = nn::parse(c.text);
    EXPECT_EQ(nn::print(layers), c.text);
    EXPECT_TRUE(nn::parse(nn::print(layers)) == layers);
}

/// Gradients of θ, x and the memory in double, in training and in inference.
inline void expect_layer_gradients(const LayerCase& c) {
    const nn::Network network(nn::parse(c.text), c.input);
    const auto state = detail::state_of<double>(network);
    const auto x = detail::inputs_of<double>(c, c.batch);
    const Shape x_shape = detail::with_batch(c.input, c.batch);
    for (const nn::Mode mode : {nn::Mode::training, nn::Mode::inference}) {
        const auto graph = [&](Tape<double>& tape, std::span<const Value> in) {
            const Value vx = c.vocabulary > 0 ? tape.constant(x_shape, x) : in[2];
            const auto result = network(tape, in[0], tape.constant({state.size()}, state), vx,
                                        {.mode = mode, .stream = Stream(5), .step = 2},
                                        c.memory > 0 ? in[1] : Value{});
            if (!result.memory) return result.y;
            const Value y = reshape(tape, result.y, {tape.shape(result.y).size()});
            const Value memory = reshape(tape, result.memory, {c.batch * c.memory});
            return concatenate(tape, {y, memory}, 0);
        };
        std::vector<Shape> shapes{{c.parameters}, {c.batch * c.memory}};
        std::vector<std::vector<double>> values{normal_values(c.parameters, 34, 0.4),
                                                normal_values(c.batch * c.memory, 35, 0.4)};
        if (c.memory > 0) shapes[1] = {c.batch, c.memory};
        if (c.vocabulary == 0) {
            shapes.push_back(x_shape);
            values.push_back(x);
        }
        expect_gradients(graph, shapes, values);
    }
}

/// \param batch  as large as one likes; that all threads take part in the loops of the operations
///               is for the operations' own tests
inline void expect_same_bits_on_threads(const LayerCase& c, std::size_t batch) {
    const nn::Network network(nn::parse(c.text), c.input);
    Tape<float> serial;
    const auto expected = detail::train_once(serial, network, c, batch).numbers;
    for (const std::size_t threads : {1u, 2u, 3u, 8u}) {
        const Executor executor(threads);
        Tape<float> tape{executor};
        const auto got = detail::train_once(tape, network, c, batch).numbers;
        ASSERT_EQ(got.size(), expected.size());
        EXPECT_EQ(std::memcmp(got.data(), expected.data(), got.size() * sizeof(float)), 0)
            << threads << " threads";
    }
}

inline void expect_steady_capacity(const LayerCase& c) {
    const nn::Network network(nn::parse(c.text), c.input);
    Tape<float> tape;
    const auto first = detail::train_once(tape, network, c, 5).numbers;
    const std::size_t capacity = tape.capacity();
    for (int turn = 0; turn < 3; ++turn) {
        const auto again = detail::train_once(tape, network, c, 5).numbers;
        EXPECT_EQ(std::memcmp(first.data(), again.data(), first.size() * sizeof(float)), 0);
    }
    EXPECT_EQ(tape.capacity(), capacity);
}

} // namespace baldwin::test

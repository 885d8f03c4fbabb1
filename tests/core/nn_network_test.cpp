// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ops/loss.hpp>

#include "support/errors.hpp"
#include "support/gradient_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace baldwin::nn::nn_network_test {
namespace {

Value leaf(Tape<double>& tape, const std::vector<double>& values, const Shape& shape) {
    return tape.leaf({values.data(), shape});
}
Value leaf(Tape<double>& tape, const std::vector<double>& values) {
    return tape.leaf(std::span<const double>(values));
}
std::vector<double> numbers(const Tape<double>& tape, Value value) {
    return {tape[value].begin(), tape[value].end()};
}

TEST(CoreNnNetwork, ParametersAreDenseInDeclarationOrder) {
    const Network network(parse("conv 2 3x3, batch_norm, relu, flatten, linear 3"), {1, 4, 4});
    std::vector<std::string> names;
    std::size_t offset = 0;
    for (const LayoutEntry& entry : network.parameters().entries()) {
        names.push_back(entry.name);
        EXPECT_EQ(entry.offset, offset);
        offset += entry.size();
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{"0.conv.weight", "0.conv.bias", "1.batch_norm.scale",
                                        "1.batch_norm.shift", "4.linear.weight", "4.linear.bias"}));
    const LayoutEntry& kernel = network.parameters().at("0.conv.weight");
    EXPECT_EQ(kernel.shape, Shape({2, 1, 3, 3}));
    EXPECT_EQ(kernel.fan_in, 9u);
    EXPECT_EQ(kernel.fan_out, 18u);
    EXPECT_EQ(kernel.layer, "0.conv");
    EXPECT_EQ(network.state().at("1.batch_norm.variance").kind, ParameterKind::variance);
}

TEST(CoreNnNetwork, WeightsBeforeARectifierStartWider) {
    const Network network(parse("linear 4, batch_norm, relu, linear 4, tanh, linear 4"), {3});
    const auto scale = [&](const char* name) {
        return initial_scale(network.parameters().at(name));
    };
    EXPECT_NEAR(scale("0.linear.weight"), std::sqrt(2.0 / 3), 1e-15);
    EXPECT_NEAR(scale("3.linear.weight"), std::sqrt(6.0 / 8), 1e-15);
    EXPECT_NEAR(scale("5.linear.weight"), std::sqrt(6.0 / 8), 1e-15);
    EXPECT_EQ(scale("1.batch_norm.scale"), 1.0);
    EXPECT_EQ(scale("0.linear.bias"), 0.0);
}

// y = W2 tanh(W1 x + b1) + b2 with one unit each
TEST(CoreNnNetwork, EvaluatesItsLayersInOrder) {
    const Network network(parse("linear 1, tanh, linear 1"), {2});
    const std::vector<double> theta{0.5, -1.0, 0.25, 2.0, 3.0};
    const std::vector<double> x{1.0, 2.0};
    Tape<double> tape;
    const Value y = network(tape, leaf(tape, theta), leaf(tape, x, {1, 2}));
    EXPECT_NEAR(tape.item(y), 3.0 + 2.0 * std::tanh(0.5 - 2.0 + 0.25), 1e-15);
}

TEST(CoreNnNetwork, ThetaMayComeFromAnotherNetworkOnTheSameTape) {
    const Network target(parse("conv 2 2x2, tanh, linear 2"), {1, 3, 3});
    const Network generator(
        parse("linear 4, tanh, linear " + std::to_string(target.parameters().size())), {3});
    test::expect_gradients(
        [&](Tape<double>& tape, std::span<const Value> in) {
            const Value generated = generator(tape, in[0], in[1]); // (1, length of theta)
            return target(tape, generated, in[2]);
        },
        {{generator.parameters().size()}, {1, 3}, {2, 1, 3, 3}});
}

TEST(CoreNnNetwork, AFrozenVectorGivesGradientsToOthersOnly) {
    const Network teacher(parse("linear 4, tanh, linear 2"), {3});
    const Network student(parse("linear 2, tanh, linear 2"), {3});
    const auto frozen = test::normal_values(teacher.parameters().size(), 1);
    const auto trained = test::normal_values(student.parameters().size(), 2);
    const auto x = test::normal_values(6, 3);
    Tape<double> tape;
    const Value of_teacher = leaf(tape, frozen);
    const Value of_student = leaf(tape, trained);
    const Value vx = leaf(tape, x, {2, 3});
    const Value y = subtract(tape, teacher(tape, of_teacher, vx), student(tape, of_student, vx));
    std::vector<double> to_student(trained.size(), 0.0);
    std::vector<double> again(trained.size(), 0.0);
    std::vector<double> to_teacher(frozen.size(), 0.0);
    const Seed<double> seed{y};
    tape.backward({seed}, {{of_student, to_student}});
    tape.backward({seed}, {{of_student, again}, {of_teacher, to_teacher}});
    EXPECT_EQ(to_student, again);
    // only weight gradients of vectors that were asked for are made
    std::size_t made = 0;
    tape.walk(std::span(&seed, 1), std::vector<Target<double>>{{of_student, to_student}},
              [&](Step<double>& step) {
                  if (step.node().name() == "linear" && step.wants(1)) ++made;
                  if (step.node().name() == "linear") {
                      EXPECT_NE(step.node().input(1).index, of_teacher.index);
                  }
                  step.backward();
              });
    EXPECT_EQ(made, 2u);
    EXPECT_EQ(to_student, again);
}

// Both are sums over 12 rows of products of equal factors, in another order. Rounding to double
// (u = 2^-53) errs by at most u per addition or product relative to the sum of absolute terms; a
// term passes through at most 12 + 16 + 8 additions forwards and backwards: 100 u is generous.
TEST(CoreNnNetwork, GradientsOfMicroBatchesAddUpToThoseOfTheBatch) {
    const Network network(parse("linear 16, tanh, linear 8, tanh, linear 2"), {3});
    const auto theta = test::normal_values(network.parameters().size(), 4, 0.5);
    const auto x = test::normal_values(36, 5);
    const auto target = test::normal_values(24, 6);
    Tape<double> tape;
    // gradient of sum of squares / 24 for the rows [begin, end)
    const auto run = [&](std::size_t begin, std::size_t end, std::vector<double>& into,
                         Store store) {
        tape.rewind();
        const Value vt = leaf(tape, theta);
        const std::size_t rows = end - begin;
        const Value y = network(tape, vt, tape.leaf({x.data() + 3 * begin, {rows, 3}}));
        const Value loss =
            mean_squared_error(tape, y, tape.leaf({target.data() + 2 * begin, {rows, 2}}));
        const std::vector<double> share{static_cast<double>(rows) / 12.0};
        tape.backward({{loss, share}}, {{vt, into, store}});
    };
    std::vector<double> whole(theta.size());
    std::vector<double> summed(theta.size(), 0.0);
    std::vector<double> sizes(theta.size(), 0.0);
    run(0, 12, whole, Store::overwrite);
    for (std::size_t i = 0; i < 12; i += 4) run(i, i + 4, summed, Store::add);
    for (std::size_t i = 0; i < 12; ++i) {
        std::vector<double> one(theta.size());
        run(i, i + 1, one, Store::overwrite);
        for (std::size_t k = 0; k < one.size(); ++k) sizes[k] += std::abs(one[k]);
    }
    for (std::size_t k = 0; k < whole.size(); ++k) {
        EXPECT_NEAR(summed[k], whole[k], 100 * 0x1p-53 * sizes[k] + 1e-300) << k;
    }
}

TEST(CoreNnNetwork, EvaluationChangesNothing) {
    const Network network(parse("linear 3, batch_norm, dropout 0.5"), {2});
    const auto theta = test::normal_values(network.parameters().size(), 1);
    const std::vector<double> state{0, 0, 0, 1, 1, 1};
    const auto x = test::normal_values(8, 2);
    Tape<double> tape;
    const Value vs = leaf(tape, state);
    const auto first = network(tape, leaf(tape, theta), vs, leaf(tape, x, {4, 2}));
    const auto again = network(tape, leaf(tape, theta), vs, leaf(tape, x, {4, 2}));
    EXPECT_EQ(first.state.index, vs.index); // the very state that was given
    EXPECT_EQ(numbers(tape, first.y), numbers(tape, again.y));
    EXPECT_FALSE(first.memory);
}

// batches (1, 3) and (5, 9): means 2 and 7, unbiased variances 2 and 8; momentum 0.1 moves
// (0, 1) to (0.2, 1.1); the plain means are 4.5 and 5
TEST(CoreNnNetwork, NewStatisticsAreAValueForTheCallerToCommit) {
    const Network network(parse("sequential(batch_norm), relu"), {1});
    const std::vector<double> theta{1.0, 0.0};
    const std::vector<double> one{1.0, 3.0};
    const std::vector<double> two{5.0, 9.0};
    std::vector<double> state{0.0, 1.0};
    Tape<double> tape;
    const auto evaluate = [&](const std::vector<double>& x, const Context& context) {
        const auto result =
            network(tape, leaf(tape, theta), leaf(tape, state), leaf(tape, x, {2, 1}), context);
        return numbers(tape, result.state);
    };
    const auto trained = evaluate(one, {.mode = Mode::training});
    EXPECT_NEAR(trained[0], 0.2, 1e-15);
    EXPECT_NEAR(trained[1], 1.1, 1e-15);
    EXPECT_EQ(state, (std::vector<double>{0.0, 1.0}));
    state = evaluate(one, {.mode = Mode::re_estimate, .step = 0});
    EXPECT_EQ(state, (std::vector<double>{2.0, 2.0}));
    state = evaluate(two, {.mode = Mode::re_estimate, .step = 1});
    EXPECT_NEAR(state[0], 4.5, 1e-15);
    EXPECT_NEAR(state[1], 5.0, 1e-15);
}

TEST(CoreNnNetwork, AsManyNormsAsOneLikesGiveTheirStateInOrder) {
    std::string text = "batch_norm";
    for (int i = 1; i < 70; ++i) text += ", batch_norm";
    const Network network(parse(text), {2});
    ASSERT_EQ(network.state().size(), 280u);
    std::vector<double> theta;
    std::vector<double> state;
    for (int i = 0; i < 70; ++i) {
        theta.insert(theta.end(), {1, 1, 100.0 * i, 200.0 * i}); // the next norm sees these means
        state.insert(state.end(), {0, 0, 1, 1});
    }
    const auto x = test::normal_values(8, 2);
    Tape<double> tape;
    const auto result = network(tape, leaf(tape, theta), leaf(tape, state), leaf(tape, x, {4, 2}),
                                {.mode = Mode::re_estimate});
    const auto means = numbers(tape, result.state);
    ASSERT_EQ(means.size(), 280u);
    for (std::size_t i = 1; i < 70; ++i) {
        EXPECT_NEAR(means[4 * i], 100.0 * static_cast<double>(i - 1), 1e-9);
        EXPECT_NEAR(means[4 * i + 1], 200.0 * static_cast<double>(i - 1), 1e-9);
    }
}

TEST(CoreNnNetwork, DropoutDrawsFromStreamAndStepAndPlace) {
    const Network network(parse("dropout 0.5, dropout 0.5"), {200});
    const std::vector<double> x(200, 1.0);
    Tape<double> tape;
    const auto evaluate = [&](const Context& context) {
        return numbers(tape, network(tape, Value{}, leaf(tape, x, {1, 200}), context));
    };
    const Context context{.mode = Mode::training, .stream = Stream(1), .step = 3};
    const auto y = evaluate(context);
    EXPECT_EQ(y, evaluate(context));
    EXPECT_NE(y, evaluate({.mode = Mode::training, .stream = Stream(2), .step = 3}));
    EXPECT_NE(y, evaluate({.mode = Mode::training, .stream = Stream(1), .step = 4}));
    EXPECT_EQ(x, evaluate({}));
    EXPECT_EQ(x, evaluate({.mode = Mode::re_estimate}));
    // were both masks equal, a half of the elements would stay; independent ones leave a quarter:
    // 50 of 200 with a standard deviation of 6.1
    EXPECT_NEAR(static_cast<double>(std::ranges::count(y, 4.0)), 50.0, 5 * 6.1);
}

TEST(CoreNnNetwork, ALayerRunsOnNarrowedViewsAsOnACompactCopy) {
    const Network wide(parse("linear 8, relu, linear 6"), {5});
    const Network narrow(parse("linear 3, relu, linear 6"), {5});
    const auto theta = test::normal_values(wide.parameters().size(), 1);
    const auto x = test::normal_values(20, 2);
    Tape<double> tape;
    const Value vt = leaf(tape, theta);
    const Value vx = leaf(tape, x, {4, 5});
    const auto view = [&](const char* name) { return view_of(vt, wide.parameters().at(name)); };
    const std::vector<WeightView> first{view("0.linear.weight").narrowed(3, 5),
                                        view("0.linear.bias").narrowed(1, 3)};
    const std::vector<WeightView> last{view("2.linear.weight").narrowed(6, 3),
                                       view("2.linear.bias")};
    Arguments arguments;
    arguments.parameters = first;
    const Value hidden = relu(tape, Linear{8}.apply(tape, vx, arguments));
    arguments.parameters = last;
    const Value y = Linear{6}.apply(tape, hidden, arguments);

    std::vector<double> compact(narrow.parameters().size());
    const auto copy = [&](const char* name, std::size_t rows, std::size_t columns) {
        const LayoutEntry& from = wide.parameters().at(name);
        const auto to = narrow.parameters().part(std::span(compact), name);
        for (std::size_t i = 0; i < to.size(); ++i) {
            to[i] = theta[from.offset + i / columns * from.shape.back() + i % columns];
        }
        ASSERT_EQ(to.size(), rows * columns);
    };
    copy("0.linear.weight", 3, 5);
    copy("0.linear.bias", 1, 3);
    copy("2.linear.weight", 6, 3);
    copy("2.linear.bias", 1, 6);
    EXPECT_EQ(numbers(tape, y), numbers(tape, narrow(tape, leaf(tape, compact), vx)));
}

TEST(CoreNnNetwork, StepsWithExplicitMemoryGiveWhatTheSequenceGives) {
    for (const std::string cell : {"lstm", "gru"}) {
        const std::string head = ", linear 2";
        const Network steps(parse(cell + " 3 step, tanh, " + cell + " 4 step" + head), {2});
        const Network sequence(parse(cell + " 3, tanh, " + cell + " 4 last" + head), {5, 2});
        ASSERT_EQ(steps.parameters().size(), sequence.parameters().size());
        ASSERT_EQ(steps.memory(), cell == "lstm" ? 14u : 7u);
        const auto theta = test::normal_values(steps.parameters().size(), 1);
        const auto x = test::normal_values(10, 2);
        Tape<double> tape;
        const Value vt = leaf(tape, theta);
        Evaluation now;
        for (std::size_t t = 0; t < 5; ++t) {
            const Value vx = tape.leaf({x.data() + 2 * t, {1, 2}});
            now = steps(tape, vt, Value{}, vx, {}, now.memory);
        }
        EXPECT_EQ(numbers(tape, now.y), numbers(tape, sequence(tape, vt, leaf(tape, x, {1, 5, 2}))))
            << cell;
    }
}

TEST(CoreNnNetwork, ATransformerBlockLooksBackOnly) {
    const Network network(parse("embedding 7 4, residual(layer_norm, attention 2 causal), "
                                "residual(layer_norm, linear 8, gelu, linear 4)"),
                          {5});
    const auto theta = test::normal_values(network.parameters().size(), 1, 0.5);
    std::vector<double> words{1, 2, 3, 4, 5};
    Tape<double> tape;
    const auto evaluate = [&] {
        return numbers(tape, network(tape, leaf(tape, theta), tape.constant({1, 5}, words)));
    };
    const auto before = evaluate();
    words[3] = 0;
    const auto after = evaluate();
    EXPECT_TRUE(std::equal(before.begin(), before.begin() + 12, after.begin()));
    EXPECT_NE(before[12], after[12]);
}

TEST(CoreNnNetwork, TheLayerOfANonFiniteValueIsNamed) {
    const Network network(parse("linear 2, residual(linear 2, tanh, linear 2), tanh"), {2});
    auto theta = test::normal_values(network.parameters().size(), 1);
    network.parameters().part(std::span(theta), "1.2.linear.bias")[1] =
        std::numeric_limits<double>::infinity();
    const std::vector<double> x{1.0, 2.0};
    Tape<double> tape;
    (void)network(tape, leaf(tape, theta), leaf(tape, x, {1, 2}));
    ASSERT_TRUE(tape.first_non_finite());
    EXPECT_EQ(tape.first_non_finite()->label(), "1.2.linear");
}

TEST(CoreNnNetwork, TheRecordKeepsItsLabelsWhileACopyLives) {
    Tape<double> tape;
    const std::vector<double> theta{1.0};
    const std::vector<double> x{1.0};
    const auto evaluate = [&] {
        const Network first(parse("linear 1 no_bias"), {1});
        const Network copy = first;
        (void)first(tape, leaf(tape, theta), leaf(tape, x, {1, 1}));
        return copy;
    };
    const Network survivor = evaluate();
    EXPECT_EQ(tape.node(0).label(), "0.linear");
}

TEST(CoreNnNetwork, ManyThreadsMayEvaluateOneNetwork) {
    const Network network(parse("conv 4 3x3, relu, linear 3"), {1, 6, 6});
    const auto theta = test::normal_values(network.parameters().size(), 1);
    const auto x = test::normal_values(72, 2);
    const auto evaluate = [&] {
        Tape<double> tape;
        return numbers(tape, network(tape, leaf(tape, theta), leaf(tape, x, {2, 1, 6, 6})));
    };
    const auto expected = evaluate();
    std::vector<std::vector<double>> got(4);
    std::vector<std::thread> threads;
    for (auto& result : got) threads.emplace_back([&] { result = evaluate(); });
    for (auto& thread : threads) thread.join();
    for (const auto& result : got) EXPECT_EQ(result, expected);
}

/// What the construction of a network complains about.
std::string refusal(const std::string& text, const Shape& input) {
    return test::message_of<std::invalid_argument>(
        [&] { const Network network(parse(text), input); });
}

TEST(CoreNnNetwork, ALayerWhoseInputDoesNotFitIsNamed) {
    EXPECT_EQ(refusal("flatten, conv 3 3x3", {1, 4, 4}),
              "Network: layer 1.conv: needs samples of shape (channels, height, width), got (16)");
    EXPECT_EQ(refusal("residual(relu, conv 3 5x5)", {1, 4, 4}),
              "Network: layer 0.1.conv: a window of 5x5 does not fit an image of 4x4 (padding "
              "included)");
    EXPECT_EQ(refusal("residual(linear 3)", {2}),
              "Network: layer 0.residual: the body gives (3) but the shortcut (2)");
    EXPECT_EQ(refusal("residual(linear 3; relu, linear 4)", {2}),
              "Network: layer 0.residual: the body gives (3) but the shortcut (4)");
    for (const char* text : {"linear 0",
                             "conv 0 3x3",
                             "conv 3 0x3",
                             "conv 3 3x3/0",
                             "conv 3 3x3 dilation 0",
                             "conv 3 3x3 groups 2",
                             "conv 4 3x3 groups 0",
                             "conv 3 3x3 depthwise",
                             "max_pool 7",
                             "transposed_conv 2 3x3 pad 9",
                             "transposed_conv 3 3x3 groups 2",
                             "group_norm 3",
                             "group_norm 0",
                             "dropout 1",
                             "dropout -0.5",
                             "reshape 5x5",
                             "softmax temperature 0",
                             "embedding 0 3",
                             "lstm 3",
                             "attention 2"}) {
        const std::string message = refusal(text, {2, 4, 4});
        EXPECT_EQ(message.substr(0, 17), "Network: layer 0.") << text << ": " << message;
    }
    EXPECT_EQ(refusal("lstm 0", {2, 3}).substr(0, 17), "Network: layer 0.");
    EXPECT_EQ(refusal("gru 2 step", {2, 3}),
              "Network: layer 0.gru: a step needs samples of shape (features), got (2, 3)");
    EXPECT_EQ(refusal("attention 2", {2, 3}),
              "Network: layer 0.attention: 2 heads must divide the width, got (2, 3)");
    EXPECT_EQ(refusal("relu", {}), "Network: the input must have elements, got shape ()");
    EXPECT_EQ(refusal("relu", {3, 0}), "Network: the input must have elements, got shape (3, 0)");
}

// what no machine holds is refused before sizes wrap and anything is allocated
TEST(CoreNnNetwork, ALayerTooLargeIsNamed) {
    EXPECT_EQ(refusal("linear 100000000, linear 100000000", {784}),
              "Network: layer 0.linear: shape (100000000, 784) has more than 68719476736 elements");
    EXPECT_EQ(refusal("linear 80000000, linear 700", {784}),
              "Network: layer 1.linear: Layout: with '1.linear.weight' of shape (700, 80000000) "
              "there are more than 68719476736 numbers");
    EXPECT_EQ(refusal("conv 4 3x3 pad 100000000", {1, 28, 28}).substr(0, 40),
              "Network: layer 0.conv: shape (4, 2000000");
}

TEST(CoreNnNetwork, VectorsOfAnotherLengthAreRefused) {
    const Network network(parse("linear 3, batch_norm"), {2});
    const std::vector<double> theta(15);
    const std::vector<double> state(6, 1.0);
    const std::vector<double> x(4);
    Tape<double> tape;
    const Value vt = leaf(tape, theta);
    const Value vs = leaf(tape, state);
    const Value vx = leaf(tape, x, {2, 2});
    EXPECT_NO_THROW((void)network(tape, vt, vs, vx));
    EXPECT_THROW((void)network(tape, vs, vs, vx), std::invalid_argument);
    EXPECT_THROW((void)network(tape, vt, vt, vx), std::invalid_argument);
    EXPECT_THROW((void)network(tape, vt, vx), std::invalid_argument); // no state
    EXPECT_THROW((void)network(tape, Value{}, vs, vx), std::invalid_argument);
    EXPECT_THROW((void)network(tape, vt, vs, leaf(tape, x, {4, 1})), std::invalid_argument);
    EXPECT_THROW((void)network(tape, vt, vs, leaf(tape, x, {4})), std::invalid_argument);
    EXPECT_THROW((void)network(tape, vt, vs, vx, {}, vx), std::invalid_argument); // no memory
}

} // namespace
} // namespace baldwin::nn::nn_network_test

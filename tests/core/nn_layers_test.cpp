// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "support/layer_conformance.hpp"

namespace baldwin::nn_layers_test {
namespace {

using test::LayerCase;

class CoreNnLayers : public ::testing::TestWithParam<LayerCase> {};

TEST_P(CoreNnLayers, ShapesAndCountsAreThoseWorkedByHand) { test::expect_shape_rule(GetParam()); }
TEST_P(CoreNnLayers, ReadingWhatWasPrintedGivesTheSame) {
    test::expect_text_round_trip(GetParam());
}
TEST_P(CoreNnLayers, GradientsAreRight) { test::expect_layer_gradients(GetParam()); }
TEST_P(CoreNnLayers, BitsDoNotDependOnTheNumberOfThreads) {
    test::expect_same_bits_on_threads(GetParam(), 37);
}
TEST_P(CoreNnLayers, ALoopKeepsItsMemoryAndItsBits) { test::expect_steady_capacity(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Affine, CoreNnLayers,
    ::testing::Values(
        LayerCase{"linear 5", {4}, {5}, 25, 20}, LayerCase{"linear 5 no_bias", {4}, {5}, 20, 20},
        LayerCase{"linear 5", {3, 4}, {3, 5}, 25, 60},   // one map for each time step
        LayerCase{"linear 5", {2, 3, 4}, {5}, 125, 120}, // images are flattened
        LayerCase{"conv 3 3x3", {2, 5, 6}, {3, 3, 4}, 57, 648},
        LayerCase{"conv 3 3x3 same", {2, 5, 6}, {3, 5, 6}, 57, 1620},
        LayerCase{"conv 3 3x3/2 same no_bias", {2, 5, 6}, {3, 3, 3}, 54, 486},
        LayerCase{"conv 2 4x4/2 same", {1, 7, 6}, {2, 4, 3}, 34, 384}, // 1 above, 2 below
        LayerCase{"conv 3 3x2/2x1 pad 1x0", {2, 5, 6}, {3, 3, 5}, 39, 540},
        LayerCase{"conv 4 3x3 same dilation 2x2 groups 2", {2, 6, 5}, {4, 6, 5}, 40, 1080},
        LayerCase{"conv 6 3x3 same depthwise", {3, 4, 4}, {6, 4, 4}, 60, 864},
        LayerCase{"transposed_conv 3 3x3", {2, 3, 4}, {3, 5, 6}, 57, 648},
        LayerCase{"transposed_conv 3 4x4/2 same", {2, 3, 4}, {3, 6, 8}, 99, 1152},
        LayerCase{"transposed_conv 2 2x2/3 same", {1, 2, 2}, {2, 6, 6}, 10, 32},
        LayerCase{
            "transposed_conv 4 3x3/2 pad 1x1 groups 2 no_bias", {2, 3, 3}, {4, 5, 5}, 36, 324},
        LayerCase{"flatten", {2, 3, 4}, {24}}, LayerCase{"reshape 4x6", {2, 3, 4}, {4, 6}}),
    test::name_of_case);

INSTANTIATE_TEST_SUITE_P(Pool, CoreNnLayers,
                         ::testing::Values(LayerCase{"max_pool 2x2", {2, 5, 6}, {2, 2, 3}},
                                           LayerCase{"max_pool 3x3/2 same", {2, 5, 6}, {2, 3, 3}},
                                           LayerCase{"average_pool 2x3/1x2", {2, 5, 7}, {2, 4, 3}},
                                           LayerCase{
                                               "average_pool 3x3/2 pad 1x1", {2, 5, 6}, {2, 3, 3}},
                                           LayerCase{"global_average_pool", {3, 4, 5}, {3}}),
                         test::name_of_case);

INSTANTIATE_TEST_SUITE_P(
    Norm, CoreNnLayers,
    ::testing::Values(LayerCase{"batch_norm", {4}, {4}, 8, 0, 8},
                      LayerCase{
                          "batch_norm momentum 0.25 epsilon 0.001", {3, 2, 4}, {3, 2, 4}, 6, 0, 6},
                      LayerCase{"layer_norm", {5}, {5}, 10},
                      LayerCase{"layer_norm epsilon 0.1", {3, 5}, {3, 5}, 10},
                      LayerCase{"rms_norm", {3, 5}, {3, 5}, 5},
                      LayerCase{"group_norm 2", {4, 2, 3}, {4, 2, 3}, 8},
                      LayerCase{"instance_norm", {2, 3, 3}, {2, 3, 3}, 4}),
    test::name_of_case);

INSTANTIATE_TEST_SUITE_P(
    Elementwise, CoreNnLayers,
    ::testing::Values(LayerCase{"relu", {6}, {6}}, LayerCase{"leaky_relu", {6}, {6}},
                      LayerCase{"leaky_relu 0.25", {6}, {6}}, LayerCase{"elu 0.5", {6}, {6}},
                      LayerCase{"softplus", {6}, {6}}, LayerCase{"tanh", {6}, {6}},
                      LayerCase{"sigmoid", {6}, {6}}, LayerCase{"gelu", {6}, {6}},
                      LayerCase{"silu", {6}, {6}}, LayerCase{"hard_swish", {6}, {6}},
                      LayerCase{"exp", {6}, {6}}, LayerCase{"log", {6}, {6}, 0, 0, 0, 0, 0, true},
                      LayerCase{"sqrt", {6}, {6}, 0, 0, 0, 0, 0, true},
                      LayerCase{"square", {6}, {6}}, LayerCase{"abs", {6}, {6}},
                      LayerCase{"sin", {6}, {6}}, LayerCase{"cos", {6}, {6}},
                      LayerCase{"softmax", {6}, {6}},
                      LayerCase{"softmax temperature 2", {2, 3}, {2, 3}}),
    test::name_of_case);

INSTANTIATE_TEST_SUITE_P(Random, CoreNnLayers,
                         ::testing::Values(LayerCase{"dropout 0.25", {8}, {8}}),
                         test::name_of_case);

INSTANTIATE_TEST_SUITE_P(
    Sequence, CoreNnLayers,
    ::testing::Values(LayerCase{"embedding 5 3", {4}, {4, 3}, 15, 0, 0, 0, 5},
                      // 4 * 2 * (3 + 2) weights and 8 biases, the weights used in each of 4 steps
                      LayerCase{"lstm 2", {4, 3}, {4, 2}, 48, 160},
                      LayerCase{"lstm 2 last", {4, 3}, {2}, 48, 160},
                      LayerCase{"lstm 2 step", {3}, {2}, 48, 40, 0, 4},
                      LayerCase{"gru 2", {4, 3}, {4, 2}, 42, 120},
                      LayerCase{"gru 2 last", {4, 3}, {2}, 42, 120},
                      LayerCase{"gru 2 step", {3}, {2}, 42, 30, 0, 2},
                      // four matrices of 4 x 4 for 3 places, then 3 x 3 scores of 4 numbers twice
                      LayerCase{"attention 2", {3, 4}, {3, 4}, 80, 264},
                      LayerCase{"attention 1 causal no_bias", {3, 4}, {3, 4}, 64, 264}),
    test::name_of_case);

INSTANTIATE_TEST_SUITE_P(
    Block, CoreNnLayers,
    ::testing::Values(
        LayerCase{"sequential(linear 4, tanh)", {3}, {4}, 16, 12},
        LayerCase{"residual(linear 4, tanh, linear 3)", {3}, {3}, 31, 24},
        LayerCase{
            "residual(conv 4 3x3/2 same no_bias, batch_norm, relu; conv 4 1x1/2 same no_bias)",
            {2, 4, 4},
            {4, 2, 2},
            88,
            320,
            8},
        LayerCase{
            "residual(residual(linear 3), sequential(tanh); linear 3 no_bias)", {3}, {3}, 21, 18}),
    test::name_of_case);

// The sign is a step forwards and the identity near 0 backwards, so differences say nothing: this
// is its definition.
TEST(CoreNnSign, PassesGradientsWithinItsReach) {
    test::expect_text_round_trip({"sign", {3}, {3}});
    test::expect_text_round_trip({"sign 0.5", {3}, {3}});
    const nn::Network network(nn::parse("sign 0.5"), {3});
    const std::vector<double> x{-0.25, 0.75, 0.0};
    std::vector<double> gradient(3);
    Tape<double> tape;
    const Value vx = tape.leaf({x.data(), {1, 3}});
    const Value y = network(tape, Value{}, vx);
    tape.backward({{y}}, {{vx, gradient}});
    EXPECT_EQ(std::vector<double>(tape[y].begin(), tape[y].end()),
              (std::vector<double>{-1.0, 1.0, 1.0}));
    EXPECT_EQ(gradient, (std::vector<double>{1.0, 0.0, 1.0}));
}

} // namespace
} // namespace baldwin::nn_layers_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/nn/describe.hpp>
#include <baldwin/core/nn/presets.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/random.hpp>

#include "support/errors.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::nn::nn_text_test {
namespace {

/// What parse() complains about, without its name.
std::string refusal(const std::string& text) {
    const auto message = test::message_of<std::invalid_argument>([&] { (void)parse(text); });
    return message.starts_with("architecture: ") ? message.substr(14) : message;
}

TEST(CoreNnText, AnArchitectureIsReadAsWritten) {
    const Architecture layers = parse("conv 32 8x8/4 same, relu,\n  linear 512 no_bias");
    ASSERT_EQ(layers.size(), 3u);
    EXPECT_TRUE(layers[0] == Layer(Convolution{.channels = 32,
                                               .window = {.kernel = {8, 8},
                                                          .stride = {4, 4},
                                                          .padding = Padding::same(),
                                                          .dilation = {1, 1}}}));
    EXPECT_TRUE(layers[1] == Layer(Activation(Function::relu)));
    EXPECT_TRUE(layers[2] == Layer(Linear{.outputs = 512, .bias = false}));
}

TEST(CoreNnText, ShortFormsMeanTheLongOnes) {
    const auto same = [](const char* a, const char* b) { return parse(a) == parse(b); };
    EXPECT_TRUE(same("conv 8 3", "conv 8 3x3/1 valid"));
    EXPECT_TRUE(same("conv 8 3/2 pad 1", "conv 8 3x3/2x2 pad 1x1"));
    EXPECT_TRUE(same("max_pool 2", "max_pool 2x2/2x2"));
    EXPECT_TRUE(same("average_pool 3x2/1", "average_pool 3x2/1x1"));
    EXPECT_TRUE(same("leaky_relu", "leaky_relu 0.01"));
    EXPECT_TRUE(same("batch_norm", "batch_norm epsilon 1e-5 momentum 0.1"));
    EXPECT_FALSE(same("max_pool 2", "max_pool 2/1"));
    EXPECT_FALSE(same("conv 8 3", "conv 8 3 same"));
    EXPECT_FALSE(same("residual(relu)", "sequential(relu)"));
    EXPECT_FALSE(same("residual(relu)", "residual(relu; relu)"));
    EXPECT_FALSE(same("relu", "tanh"));
}

TEST(CoreNnText, NumbersAndNestingHaveALimit) {
    EXPECT_EQ(
        refusal("linear 134217729"),
        "position 8: 'linear' needs the number of outputs, a whole number up to 134217728, got "
        "'134217729'");
    EXPECT_EQ(refusal("conv 4 3x3 pad 99999999999999").substr(0, 13), "position 16: ");
    EXPECT_EQ(refusal("conv 4 3x3/99999999999999").substr(0, 12), "position 8: ");
    EXPECT_EQ(refusal("linear 134217728"), "(no exception)");
    const auto nested = [](std::size_t depth) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i) text += "sequential(";
        return text + "relu" + std::string(depth, ')');
    };
    EXPECT_EQ(refusal(nested(100)), "(no exception)");
    EXPECT_EQ(refusal(nested(101)), "position 1101: blocks are nested more than 100 deep");
    EXPECT_EQ(refusal(nested(100'000)), "position 1101: blocks are nested more than 100 deep");
}

TEST(CoreNnText, BlocksNest) {
    const Architecture layers = parse("residual(sequential(relu, tanh); residual(linear 3))");
    const auto& outer = std::get<Residual>(layers.at(0).kind);
    EXPECT_EQ(std::get<Sequential>(outer.body.at(0).kind).body.size(), 2u);
    EXPECT_TRUE(std::get<Residual>(outer.shortcut.at(0).kind).shortcut.empty());
}

TEST(CoreNnText, ErrorsNamePositionWordAndWhatWouldBeRight) {
    EXPECT_EQ(refusal("linear 10, convv 3").substr(0, 49),
              "position 12: unknown layer 'convv', known: linear");
    EXPECT_NE(refusal("convv").find(", conv, "), std::string::npos);
    EXPECT_EQ(refusal("linear"), "position 7: 'linear' needs the number of outputs, a whole number "
                                 "up to 134217728, got the end of the text");
    EXPECT_EQ(refusal("linear -3"), "position 8: 'linear' needs the number of outputs, a whole "
                                    "number up to 134217728, got '-3'");
    EXPECT_EQ(refusal("relu, linear 3.5").substr(0, 12), "position 14:");
    EXPECT_EQ(refusal("linear 99999999999999999999").substr(0, 11), "position 8:");
    EXPECT_EQ(refusal("conv 3 3y3"), "position 8: 'conv' needs a window, kernel and stride such as "
                                     "3x3 or 8x8/4, got '3y3'");
    EXPECT_EQ(refusal("conv 3 3x3 wide"),
              "position 12: unknown option 'wide' of 'conv', known: same, valid, pad, dilation, "
              "groups, depthwise, no_bias");
    EXPECT_EQ(refusal("conv 3 3x3 pad"), "position 15: 'conv' needs a padding, extents such as 3 "
                                         "or 3x5, got the end of the text");
    EXPECT_EQ(refusal("relu 3"), "position 6: 'relu' ends before '3', expected ','");
    EXPECT_EQ(
        refusal("dropout inf"),
        "position 9: 'dropout' needs the probability of dropping, a finite number, got 'inf'");
    EXPECT_EQ(refusal("residual relu"), "position 10: expected '(', got 'relu'");
    EXPECT_EQ(refusal("residual(relu"), "position 14: expected ')', got the end of the text");
    EXPECT_EQ(refusal("residual(relu; )"), "position 16: expected a layer, got ')'");
    EXPECT_EQ(refusal("relu)"), "position 5: expected ',' or the end of the text, got ')'");
    EXPECT_EQ(refusal("relu,, tanh"), "position 6: expected a layer, got ','");
    EXPECT_EQ(refusal("relu,"), "position 6: expected a layer, got the end of the text");
    EXPECT_EQ(refusal(" "), "position 2: expected a layer, got the end of the text");
    EXPECT_EQ(refusal("reshape 1x2x3x4x5x6x7").substr(0, 11), "position 9:");
    EXPECT_EQ(refusal("activation").substr(0, 38), "position 1: unknown layer 'activation'");
}

/// A random architecture that uses every attribute of the grammar now and then.
Architecture random_architecture(const Stream& stream, std::uint64_t& draw, int depth) {
    const auto below = [&](std::uint64_t bound) {
        return static_cast<std::size_t>(stream.below(bound, draw++));
    };
    const auto number = [&] { return stream.uniform(draw++); };
    const auto window = [&] {
        return WindowRule{.kernel = {below(9) + 1, below(9) + 1},
                          .stride = {below(3) + 1, below(3) + 1},
                          .padding = {static_cast<Padding::Kind>(below(3)), {0, 0}},
                          .dilation = {below(2) + 1, below(2) + 1}};
    };
    const auto kernels = [&](auto layer) {
        layer.channels = below(100) + 1;
        layer.window = window();
        if (layer.window.padding.kind == Padding::Kind::amount) {
            layer.window.padding = Padding::of(below(4), below(4));
        }
        layer.groups = below(3) + 1;
        layer.bias = below(2) == 0;
        return layer;
    };
    const auto pool = [&](auto layer) {
        layer.window = window();
        layer.window.dilation = {};
        return layer;
    };
    Architecture layers;
    for (std::size_t i = below(5) + 1; i > 0; --i) {
        switch (below(depth > 0 ? 18 : 16)) {
        case 0: layers.push_back(Linear{below(1000) + 1, below(2) == 0}); break;
        case 1: layers.push_back(kernels(Convolution{.depthwise = below(2) == 0})); break;
        case 2: layers.push_back(kernels(TransposedConvolution{})); break;
        case 3: layers.push_back(pool(MaxPool{})); break;
        case 4: layers.push_back(pool(AveragePool{})); break;
        case 5: layers.push_back(BatchNorm{number(), below(2) == 0 ? 1e-5 : number()}); break;
        case 6: layers.push_back(GroupNorm{below(9) + 1, number()}); break;
        case 7: layers.push_back(RmsNorm{number()}); break;
        case 8: layers.push_back(Activation(kFunctions[below(kFunctions.size())].function)); break;
        case 9: layers.push_back(Activation(Function::leaky_relu, number() / 3)); break;
        case 10: layers.push_back(Dropout{number()}); break;
        case 11: layers.push_back(Softmax{number() + 0.1}); break;
        case 12: layers.push_back(Embedding{below(99) + 1, below(99) + 1}); break;
        case 13: layers.push_back(Reshape{{below(9) + 1, below(9) + 1}}); break;
        case 14: layers.push_back(Lstm{below(9) + 1, static_cast<Recurrence>(below(3))}); break;
        case 15: layers.push_back(Attention{below(9) + 1, below(2) == 0, below(2) == 0}); break;
        case 16: layers.push_back(Sequential{random_architecture(stream, draw, depth - 1)}); break;
        default:
            layers.push_back(Residual{
                random_architecture(stream, draw, depth - 1),
                below(2) == 0 ? Architecture{} : random_architecture(stream, draw, depth - 1)});
        }
    }
    return layers;
}

TEST(CoreNnText, ReadingWhatWasPrintedGivesTheSameArchitecture) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        std::uint64_t draw = 0;
        const Architecture layers = random_architecture(Stream(seed), draw, 3);
        const std::string text = print(layers);
        SCOPED_TRACE(text);
        EXPECT_TRUE(parse(text) == layers);
        EXPECT_EQ(print(parse(text)), text);
    }
}

// random cuts and changed characters either read or are refused with a position
TEST(CoreNnText, DamagedTextIsRefusedWithAPosition) {
    const std::string whole = print(resnet().architecture);
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        const Stream stream(seed);
        std::string text = whole.substr(0, 1 + stream.below(whole.size() - 1, 0));
        text[stream.below(text.size(), 1)] = "x(;),/ 9-e"[stream.below(10, 2)];
        try {
            (void)parse(text);
        } catch (const std::invalid_argument& error) {
            EXPECT_EQ(std::string(error.what()).substr(0, 23), "architecture: position ");
        }
    }
}

TEST(CoreNnText, ShapesAreReadAndPrinted) {
    EXPECT_EQ(parse_shape("1x28x28"), Shape({1, 28, 28}));
    EXPECT_EQ(parse_shape("784"), Shape({784}));
    EXPECT_EQ(print(Shape({1, 28, 28})), "1x28x28");
    for (const char* text : {"", "x", "3x", "3x-1", "a", "1x1x1x1x1x1x1", "3 4"}) {
        EXPECT_THROW((void)parse_shape(text), std::invalid_argument) << text;
    }
}

std::size_t parameters_of(const Preset& preset) {
    return Network(preset.architecture, preset.input).parameters().size();
}

// mlp: 784*256 + 256 + 256*128 + 128 + 128*10 + 10
// cnn: 32*9 + 32 + 64*32*9 + 64 + 7*7*64*128 + 128 + 128*10 + 10
// dqn: 32*4*64 + 32 + 64*32*16 + 64 + 64*64*9 + 64 + 11*11*64*512 + 512 + 512*18 + 18
// resnet: 27*16 + 9*(6*16*16 + 16*32 + 5*32*32 + 32*64 + 5*64*64) + 16*32 + 32*64 (shortcuts)
//         + 2*(7*16 + 7*32 + 7*64) (norms, 2 shortcuts among them) + 64*10 + 10
TEST(CoreNnPresets, HaveTheParametersWorkedByHand) {
    EXPECT_EQ(parameters_of(mlp()), 235'146u);
    EXPECT_EQ(parameters_of(cnn()), 421'642u);
    EXPECT_EQ(parameters_of(dqn()), 4'052'658u);
    EXPECT_EQ(parameters_of(dqn(4)), 4'052'658u - 14 * 513);
    EXPECT_EQ(parameters_of(resnet()), 272'474u);
    const Preset preset_of_resnet = resnet();
    EXPECT_EQ(Network(preset_of_resnet.architecture, preset_of_resnet.input).state().size(),
              1'568u);
    EXPECT_EQ(macs(Network(mlp().architecture, {1, 28, 28})), 784u * 256 + 256 * 128 + 128 * 10);
}

// 84 / 4 = 21, 21 / 2 rounded up = 11, as neuroevolution's LargeModel
TEST(CoreNnPresets, DqnHasTheExtentsOfSamePadding) {
    const Preset network = dqn();
    const auto layers = Network(network.architecture, network.input).layers();
    EXPECT_EQ(layers[0].output, Shape({32, 21, 21}));
    EXPECT_EQ(layers[2].output, Shape({64, 11, 11}));
    EXPECT_EQ(layers[4].output, Shape({64, 11, 11}));
}

TEST(CoreNnPresets, EveryNameIsKnownAndOthersAreRefused) {
    for (const auto name : preset_names()) {
        const Preset known = preset(name, 7);
        EXPECT_EQ(Network(known.architecture, known.input).output(), Shape({7})) << name;
    }
    EXPECT_THROW((void)preset("resnet-20", 10), std::invalid_argument);
}

TEST(CoreNnDescribe, PrintsALineForEachLayerAndTheTotals) {
    EXPECT_EQ(describe(Network(parse("conv 2 3x3, residual(batch_norm), flatten, linear 1000"),
                               {1, 4, 4})),
              "layer             output  parameters   MACs\n"
              "input             1x4x4\n"
              "0.conv            2x2x2           20     72\n"
              "  1.0.batch_norm  2x2x2            4      0\n"
              "1.residual        2x2x2            0      0\n"
              "2.flatten         8                0      0\n"
              "3.linear          1000         9,000  8,000\n"
              "total                          9,024  8,072\n"
              "state: 4 numbers\n");
}

} // namespace
} // namespace baldwin::nn::nn_text_test

// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Architectures with a name.
#pragma once

#include <baldwin/core/nn/text.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::nn {

/// An architecture and the extents of a sample that it is meant for.
struct Preset {
    Architecture architecture;
    Shape input;
};

/// 784-256-128-10 with ReLU; 235,146 parameters for images of 28x28.
[[nodiscard]] inline Preset mlp(std::size_t classes = 10) {
    return {parse("flatten, linear 256, relu, linear 128, relu, linear " + std::to_string(classes)),
            {1, 28, 28}};
}

/// Two convolutions with pools and two linear layers; 421,642 parameters for images of 28x28.
[[nodiscard]] inline Preset cnn(std::size_t classes = 10) {
    return {parse("conv 32 3x3 same, relu, max_pool 2, conv 64 3x3 same, relu, max_pool 2, "
                  "flatten, linear 128, relu, linear " +
                  std::to_string(classes)),
            {1, 28, 28}};
}

/// The Atari network of Deep GA: DQN's layers with SAME padding; 4,052,658 parameters with 18
/// actions. \paper Such et al. 2017, section 4.1; its code's LargeModel
[[nodiscard]] inline Preset dqn(std::size_t actions = 18) {
    return {parse("conv 32 8x8/4 same, relu, conv 64 4x4/2 same, relu, conv 64 3x3 same, relu, "
                  "flatten, linear 512, relu, linear " +
                  std::to_string(actions)),
            {4, 84, 84}};
}

/// ResNet-20 for small images, with batch norm; where the extents change the shortcut is a 1x1
/// convolution (option B). 272,474 parameters for 3x32x32 and 10 classes.
/// \paper He et al. 2016, section 4.2 (whose shortcuts there are option A: no parameters)
[[nodiscard]] inline Preset resnet(std::size_t classes = 10) {
    const auto block = [](std::size_t channels, bool halves) {
        const std::string width = std::to_string(channels);
        const std::string stride = halves ? "/2" : "";
        const std::string shortcut =
            halves ? "; conv " + width + " 1x1/2 same no_bias, batch_norm" : "";
        return "residual(conv " + width + " 3x3" + stride +
               " same no_bias, batch_norm, relu, conv " + width + " 3x3 same no_bias, batch_norm" +
               shortcut + "), relu, ";
    };
    std::string text = "conv 16 3x3 same no_bias, batch_norm, relu, ";
    for (const std::size_t channels : {16U, 32U, 64U}) {
        for (int i = 0; i < 3; ++i) text += block(channels, i == 0 && channels > 16);
    }
    return {parse(text + "global_average_pool, linear " + std::to_string(classes)), {3, 32, 32}};
}

/// Names of all presets.
[[nodiscard]] inline std::vector<std::string_view> preset_names() {
    return {"mlp", "cnn", "dqn", "resnet"};
}

/// \param outputs  classes or actions
/// \throws std::invalid_argument that lists the names if there is none of this name
[[nodiscard]] inline Preset preset(std::string_view name, std::size_t outputs) {
    if (name == "mlp") return mlp(outputs);
    if (name == "cnn") return cnn(outputs);
    if (name == "dqn") return dqn(outputs);
    if (name == "resnet") return resnet(outputs);
    throw std::invalid_argument("preset: must be one of mlp, cnn, dqn, resnet, got '" +
                                std::string(name) + "'");
}

} // namespace baldwin::nn

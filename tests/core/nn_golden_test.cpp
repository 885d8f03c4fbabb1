// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/safetensors.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace baldwin::nn::nn_golden_test {
namespace {

/// A network from tests/golden, rebuilt from its layer table (see README.md there).
class Golden {
public:
    explicit Golden(const std::string& name)
        : file_(read_safetensors(std::filesystem::path(BALDWIN_GOLDEN_DIR) / name)),
          spec_(file_.tensor<std::int64_t>("spec")), x(file_.tensor<double>("x")),
          y(file_.tensor<double>("y")), network(layers_from(0).first, sample_shape()) {
        for (std::size_t i = 0; i < spec_.shape(0); ++i) {
            append(theta, i, "weight");
            append(theta, i, "bias");
            append(state, i, "running_mean");
            append(state, i, "running_var");
        }
    }

private:
    SafetensorsFile file_;
    Tensor<std::int64_t> spec_;

public:
    Tensor<double> x;
    Tensor<double> y;
    Network network;
    std::vector<double> theta = {};
    std::vector<double> state = {};

private:
    [[nodiscard]] std::size_t column(std::size_t layer, std::size_t c) const {
        return static_cast<std::size_t>(spec_(layer, c));
    }
    // the layers from index \p i to the end or to the end of the residual block, and the index
    // after
    [[nodiscard]] std::pair<Architecture, std::size_t> layers_from(std::size_t i) const {
        Architecture layers;
        for (; i < spec_.shape(0) && column(i, 0) != 8; ++i) {
            if (column(i, 0) == 7) {
                auto [body, end] = layers_from(i + 1);
                layers.push_back(Residual{body, {}});
                i = end;
            } else {
                layers.push_back(layer(i));
            }
        }
        return {layers, i};
    }
    [[nodiscard]] Layer layer(std::size_t i) const {
        const std::size_t size = column(i, 3);
        const std::size_t padding = column(i, 5);
        const bool bias = column(i, 6) != 0;
        const WindowRule window{.kernel = {size, size},
                                .stride = {column(i, 4), column(i, 4)},
                                .padding = Padding::of(padding, padding)};
        switch (column(i, 0)) {
        case 0: return Linear{column(i, 2), bias};
        case 1: return Convolution{.channels = column(i, 2), .window = window, .bias = bias};
        case 2: return Activation(Function::relu);
        case 3: return MaxPool{window};
        case 4: return AveragePool{window};
        case 5: return Flatten{};
        default: return BatchNorm{.epsilon = file_.value<double>("p" + std::to_string(i) + "_eps")};
        }
    }
    [[nodiscard]] Shape sample_shape() const {
        return Shape(std::span<const std::size_t>(x.shape().data() + 1, x.shape().size() - 1));
    }
    void append(std::vector<double>& flat, std::size_t layer, const char* what) const {
        const std::string name = "p" + std::to_string(layer) + "_" + what;
        if (!file_.contains(name)) return;
        const auto values = file_.values<double>(name);
        flat.insert(flat.end(), values.begin(), values.end());
    }
};

class CoreNnGolden : public ::testing::TestWithParam<const char*> {};

// 1e-12 of the largest logit: sums of at most 100 terms of order one differ by 1e-14 when added in
// another order
TEST_P(CoreNnGolden, LogitsAgreeWithTorch) {
    const Golden golden(GetParam());
    ASSERT_EQ(golden.network.parameters().size(), golden.theta.size());
    ASSERT_EQ(golden.network.state().size(), golden.state.size());
    for (const std::size_t threads : {1, 2}) {
        Tape<double> tape{Executor(threads)};
        const auto result = golden.network(tape, tape.leaf(std::span<const double>(golden.theta)),
                                           tape.leaf(std::span<const double>(golden.state)),
                                           tape.leaf(TensorView<const double>(golden.x)));
        const auto y = tape[result.y];
        ASSERT_EQ(y.size(), golden.y.size());
        double largest = 0.0;
        for (const double logit : golden.y) largest = std::max(largest, std::abs(logit));
        for (std::size_t i = 0; i < y.size(); ++i) {
            EXPECT_NEAR(y[i], golden.y.data()[i], 1e-12 * largest) << i;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Files, CoreNnGolden,
                         ::testing::Values("lrp_mlp.safetensors", "lrp_cnn.safetensors",
                                           "lrp_bn.safetensors", "lrp_res.safetensors"));

} // namespace
} // namespace baldwin::nn::nn_golden_test
